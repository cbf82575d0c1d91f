// What stands above the zones: the connection, the phase and its help, the timer, what
// is asked of all, the votes that are open.
import { announce } from "../../shared/announce";
import type { State } from "../sync";
import { Pairs } from "./ballot";
import { act, h, icon, setText, show } from "./dom";
import type { Scene } from "./scene";

/** Whether what I do is on the server, in words; said aloud only when it gets worse, and when it is over. */
export class StateBar {
	readonly element = h("p", { class: "b-state" });
	private said = "";
	private late = 0;

	constructor(private readonly scene: Scene) {}

	update(): void {
		const { scene } = this;
		const state: State = scene.sync?.state ?? "live";
		const waiting = scene.store.waiting;
		let words = "";
		if (state === "ended") words = scene.say("state_ended");
		else if (state === "live") words = waiting ? scene.count("state_sending", waiting) : scene.say("state_live");
		else if (waiting) words = scene.count("state_away_waiting", waiting);
		else words = state === "away" ? scene.say("state_away") : scene.say("state_connecting");
		this.element.dataset.state = state === "live" && waiting ? "sending" : state;
		if (this.element.textContent !== words) this.element.replaceChildren(icon(state === "live" ? (waiting ? "clock" : "check") : state === "connecting" ? "clock" : "warning"), h("span", { text: words }));
		const news = state === "away" || state === "ended" ? state : state === "live" ? "live" : this.said;
		if (news !== this.said) {
			const back = this.said === "away" && news === "live";
			clearTimeout(this.late);
			// A cut of a moment is not worth a word.
			if (news !== "live") this.late = window.setTimeout(() => announce(this.element.textContent ?? ""), 4_000);
			else if (back) announce(words);
			this.said = news;
		}
	}
}

/** Seconds as minutes and seconds. */
export function clock(seconds: number): string {
	const s = Math.max(0, Math.ceil(seconds));
	return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}

/** The timer that all see, by the server's clock. */
export class Timer {
	readonly element = h("p", { class: "b-timer", hidden: true });
	private readonly figure = h("span", { class: "b-timer-figure", role: "timer" });
	private told = Infinity;
	private ends = "";

	constructor(private readonly scene: Scene) {
		this.element.append(icon("clock"), this.figure);
	}

	update(): void {
		const { timer } = this.scene.store.desk;
		show(this.element, timer !== undefined);
		if (!timer) return;
		const left = (Date.parse(timer.ends) - this.scene.store.now) / 1000;
		if (timer.ends !== this.ends) {
			this.ends = timer.ends;
			this.told = left;
		}
		setText(this.figure, left > 0 ? clock(left) : this.scene.say("timer_over"));
		this.element.classList.toggle("soon", left <= 60);
		this.element.classList.toggle("over", left <= 0);
		for (const [mark, words] of [[60, "timer_minute"], [0, "timer_over"]] as const) {
			if (this.told > mark && left <= mark) announce(this.scene.say(words));
		}
		this.told = left;
	}
}

/** The phase, what may be done in it, what is asked of all, and the votes. */
export class PhaseBar {
	readonly element = h("section", { class: "b-phase" });
	private readonly title = h("h2", { class: "b-phase-title" });
	private readonly help = h("p", { class: "b-phase-help" });
	private readonly now = h("p", { class: "b-phase-now soft" });
	private readonly prompt = h("p", { class: "b-broadcast", hidden: true });
	private readonly votes = h("div", { class: "b-votes" });
	readonly timer: Timer;
	private readonly pairs = new Map<string, Pairs>();
	private said = "";
	private stamp = "";

	constructor(private readonly scene: Scene) {
		this.timer = new Timer(scene);
		this.element.setAttribute("aria-label", scene.say("phase"));
		this.element.append(h("div", { class: "b-phase-head" }, this.title, this.timer.element), this.help, this.now, this.prompt, this.votes);
	}

	update(): void {
		const { scene } = this;
		const { desk } = scene.store;
		const phases = scene.kit.phases;
		const at = phases.findIndex((phase) => phase.id === desk.phase);
		const phase = phases[at];
		setText(this.title, phases.length > 1 ? scene.say("phase_of", at + 1, phases.length, scene.text(phase?.title)) : scene.text(phase?.title));
		setText(this.help, scene.text(phase?.help));
		show(this.help, this.help.textContent !== "");
		setText(this.now, this.may());
		setText(this.prompt, desk.prompt ?? "");
		show(this.prompt, !!desk.prompt);
		this.timer.update();
		this.voting();
		const said = [this.title.textContent, desk.prompt].filter(Boolean).join(". ");
		if (this.said && said !== this.said) announce(`${said}. ${this.now.textContent ?? ""}`);
		this.said = said;
	}

	/** What one may do now, in a sentence. */
	private may(): string {
		const { scene } = this;
		const phase = scene.kit.phases.find((one) => one.id === scene.store.desk.phase);
		if (scene.still && !scene.wall) return scene.say("now_past");
		if (scene.store.role === "reader" && !scene.wall) return scene.say("now_reader");
		const parts: string[] = [];
		if (scene.frozen) parts.push(scene.say(scene.openVotes.length > 0 ? "now_vote" : "now_frozen"));
		else {
			const names = scene.kit.zones.filter((zone) => scene.zoneOpen(zone)).map((zone) => scene.text(zone.title));
			if (names.length < scene.kit.zones.length && names.length > 0) parts.push(scene.say("now_zones", new Intl.ListFormat(scene.lang).format(names)));
			if (phase?.hidden) parts.push(scene.say("now_hidden"));
			if (phase?.last) parts.push(scene.say("now_last"));
		}
		return parts.join(" ");
	}

	private voting(): void {
		const { scene } = this;
		const open = scene.openVotes;
		const stamp = JSON.stringify(open.map((vote) => [vote.id, scene.store.vote(vote.id).people, scene.mayVote(vote), scene.dotsLeft(vote)]));
		for (const vote of open) this.pairs.get(vote.id)?.update();
		if (stamp === this.stamp) return;
		this.stamp = stamp;
		this.votes.replaceChildren(
			...open.map((vote) => {
				const left = scene.dotsLeft(vote);
				const parts = [
					vote.kind === "dots" && scene.mayVote(vote) ? scene.count("dots_left", left, vote.budget ?? 0) : "",
					vote.shared ? scene.say("vote_shared") : scene.count("vote_people", scene.store.vote(vote.id).people),
					vote.secret ? scene.say("vote_secret") : "",
					scene.mayVote(vote) || scene.still ? "" : scene.say("vote_not_yours"),
				].filter(Boolean);
				let pairs: Pairs | undefined;
				if (vote.kind === "pairs" && !scene.still) {
					pairs = this.pairs.get(vote.id) ?? new Pairs(scene, vote);
					this.pairs.set(vote.id, pairs);
					pairs.update();
				}
				return h("div", { class: "b-vote" }, h("p", {}, h("strong", { text: scene.text(vote.title) }), " ", h("span", { class: "soft", text: parts.join(" · ") })), pairs?.element);
			}),
		);
	}
}

/** Who is here: a count, and the names under it. */
export class People {
	readonly element = h("details", { class: "b-people" });
	private readonly sum = h("span");
	private readonly list = h("ul", { role: "list" });
	private stamp = "";

	constructor(
		private readonly scene: Scene,
		private readonly find: (id: string) => void,
	) {
		this.element.append(h("summary", { class: "b-act" }, icon("person"), this.sum), this.list);
	}

	update(): void {
		const { scene } = this;
		const { who, people } = scene.store;
		const here = [...new Set([...who.map((one) => one.p), scene.store.me])].filter((id) => people[id]).sort((a, b) => scene.name(a).localeCompare(scene.name(b), scene.lang));
		const stamp = JSON.stringify([who, people]);
		if (stamp === this.stamp) return;
		this.stamp = stamp;
		setText(this.sum, scene.count("people_here", here.length));
		this.list.replaceChildren(
			...here.map((id) => {
				const at = who.find((one) => one.p === id && one.at)?.at ?? "";
				const card = scene.store.card(at.slice(2));
				return h("li", {}, h("span", { text: scene.name(id) + (id === scene.store.me ? ` (${scene.say("me")})` : "") }), " ", h("span", { class: "soft small", text: scene.say("role_" + (people[id]?.role ?? "reader")) }), card && id !== scene.store.me && act(null, scene.say("go_see"), () => this.find(card.id), { class: "small" }));
			}),
		);
		for (const data of document.querySelectorAll("#b-people")) data.replaceChildren(...Object.values(people).map((one) => h("option", { value: one.name })));
	}
}
