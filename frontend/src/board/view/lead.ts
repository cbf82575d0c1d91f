// The facilitator's bar.
import { announce } from "../../shared/announce";
import { ask } from "../../shared/net";
import { act, h, setText, show } from "./dom";
import type { Scene } from "./scene";

const lateEvery = 20_000;

export class LeadBar {
	readonly element = h("section", { class: "b-lead", hidden: true });
	private readonly before: HTMLButtonElement;
	private readonly after: HTMLButtonElement;
	private readonly freeze: HTMLButtonElement;
	private readonly start: HTMLButtonElement;
	private readonly more: HTMLButtonElement;
	private readonly stop: HTMLButtonElement;
	private readonly minutes = h("input", { type: "number", class: "control", id: "b-minutes", min: 1, max: 480, inputmode: "numeric" });
	private readonly late = h("a", { class: "b-act", hidden: true });
	private readonly zones = h("div", { class: "b-lead-zones" });
	private phase = "";
	private stamp = "";

	constructor(private readonly scene: Scene) {
		const { base } = scene;
		const go = (by: number) => () => {
			const at = scene.kit.phases.findIndex((one) => one.id === scene.store.desk.phase);
			const next = scene.kit.phases[at + by];
			if (next) scene.do({ k: "phase.set", t: next.id });
		};
		this.before = act("left", scene.say("phase_before"), go(-1), {}, true);
		this.after = act("right", scene.say("phase_after"), go(1), { class: "main" });
		this.freeze = act("lock", scene.say("freeze"), () => scene.do({ k: scene.store.desk.frozen ? "board.thaw" : "board.freeze" }));
		this.start = act("clock", scene.say("timer_start"), () => scene.do({ k: "timer.start", v: Math.max(1, Math.round(Number(this.minutes.value) || 5)) * 60 }));
		this.more = act("plus", scene.say("timer_more"), () => scene.do({ k: "timer.more", v: 60 }));
		this.stop = act("close", scene.say("timer_stop"), () => scene.do({ k: "timer.stop" }));
		this.late.setAttribute("href", base + "/late");
		this.element.setAttribute("aria-label", scene.say("lead"));
		this.element.append(
			h("div", { class: "b-lead-row" }, this.before, this.after, this.freeze, h("span", { class: "b-lead-timer" }, h("label", { for: "b-minutes", class: "quiet-text", text: scene.say("timer_minutes") }), this.minutes, this.start, this.more, this.stop), this.late),
			h("details", { class: "b-lead-more" }, h("summary", { class: "b-act", text: scene.say("lead_more") }), this.zones, this.ask(), h("p", { class: "b-lead-row" }, act("person", scene.say("call_here"), () => void this.call()), h("a", { class: "b-act", href: base + "?wall=1", target: "_blank", text: scene.say("wall") }), scene.code ? h("a", { class: "b-act", href: scene.code, text: scene.say("code") }) : null)),
		);
		if (scene.sync) setInterval(() => void this.countLate(), lateEvery);
	}

	/** What is asked of all. */
	private ask(): HTMLElement {
		const { scene } = this;
		const area = h("input", { type: "text", class: "control", id: "b-prompt", maxlength: 300, autocomplete: "off" });
		const show = (v: string) => () => {
			scene.do({ k: "prompt.set", v });
			area.value = v;
		};
		return h("form", { class: "b-lead-row", on: { submit: (event: Event) => { event.preventDefault(); show(area.value.trim())(); } } }, h("label", { for: "b-prompt", text: scene.say("prompt_label") }), area, h("button", { class: "b-act", type: "submit", text: scene.say("prompt_show") }), act(null, scene.say("prompt_clear"), show("")));
	}

	private async call(): Promise<void> {
		try {
			const answer = await ask<{ message?: string }>(this.scene.base + "/call", { method: "POST" });
			announce(answer.ok ? this.scene.say("called") : (answer.body?.message ?? this.scene.say("call_failed")));
		} catch {
			announce(this.scene.say("call_failed"));
		}
	}

	private async countLate(): Promise<void> {
		if (!this.scene.leads || document.hidden) return;
		try {
			const answer = await ask<{ late?: unknown[] }>(this.scene.base + "/late");
			const n = answer.body?.late?.length ?? 0;
			show(this.late, n > 0);
			setText(this.late, this.scene.count("late", n));
		} catch {
			// The count comes with the network.
		}
	}

	update(): void {
		const { scene } = this;
		show(this.element, scene.leads && !scene.wall);
		if (this.element.hidden) return;
		const { desk } = scene.store;
		const at = scene.kit.phases.findIndex((one) => one.id === desk.phase);
		const next = scene.kit.phases[at + 1];
		this.before.disabled = at <= 0;
		this.after.disabled = !next;
		setText(this.after.lastElementChild ?? this.after, next ? scene.say("phase_next", scene.text(next.title)) : scene.say("phase_after"));
		setText(this.freeze.lastElementChild ?? this.freeze, scene.say(desk.frozen ? "thaw" : "freeze"));
		this.freeze.setAttribute("aria-pressed", String(desk.frozen ?? false));
		if (this.phase !== desk.phase) {
			this.phase = desk.phase;
			this.minutes.value = String(scene.kit.phases[at]?.minutes || 5);
			void this.countLate();
		}
		show(this.more, desk.timer !== undefined);
		show(this.stop, desk.timer !== undefined);
		this.places();
	}

	/** Zones and votes, each open or closed. */
	private places(): void {
		const { scene } = this;
		const votes = scene.kit.votes ?? [];
		const stamp = JSON.stringify([scene.kit.zones.map((zone) => scene.store.zone(zone.id).open), votes.map((vote) => scene.store.vote(vote.id).open)]);
		if (stamp === this.stamp) return;
		this.stamp = stamp;
		const focus = this.zones.contains(document.activeElement) ? (document.activeElement as HTMLElement).id : "";
		const toggle = (id: string, words: string, on: boolean, flip: () => void): HTMLElement => {
			const input = h("input", { type: "checkbox", id, on: { change: flip } });
			input.checked = on;
			return h("label", { class: "b-toggle", for: id }, input, h("span", { text: words }));
		};
		this.zones.replaceChildren(
			h("fieldset", {}, h("legend", { text: scene.say("zones_open") }), ...scene.kit.zones.map((zone) => toggle("open-" + zone.id, scene.text(zone.title), scene.store.zone(zone.id).open, () => scene.do({ k: scene.store.zone(zone.id).open ? "zone.close" : "zone.open", t: zone.id })))),
			...(votes.length > 0 ? [h("fieldset", {}, h("legend", { text: scene.say("votes_open") }), ...votes.map((vote) => toggle("vote-" + vote.id, scene.text(vote.title), scene.store.vote(vote.id).open, () => scene.do({ k: scene.store.vote(vote.id).open ? "vote.close" : "vote.open", t: vote.id }))))] : []),
		);
		if (focus) document.getElementById(focus)?.focus();
	}
}
