// <live-board>: the page of a board. What the server wrote inside it stays until the
// board is there, and is all there is without script.
import { announce } from "../shared/announce";
import { Store as Disk } from "../shared/idb";
import { ask } from "../shared/net";
import { claim } from "./claims";
import { poll, post, socket, stream } from "./link";
import { open, type Kept } from "./log";
import { Store, type Refused } from "./store";
import { Sync } from "./sync";
import { PhaseBar, People, StateBar } from "./view/bars";
import { adding, Dialog, drawing, keys, moving, RefusedBox, removed } from "./view/dialogs";
import { act, h, icon, setText } from "./view/dom";
import { dragging } from "./view/drag";
import { listen } from "./view/keys";
import { LeadBar } from "./view/lead";
import { fromPaper } from "./view/paper";
import { Past } from "./view/past";
import { Scene, type View } from "./view/scene";
import { Surface } from "./view/surface";
import { draw, type Kit } from "./wire";

/** How long one has to stay where one is when the facilitator calls, in milliseconds. */
const calling = 5_000;
/** How long changes are gathered before they are said aloud, in milliseconds. */
const telling = 4_000;

class LiveBoard extends HTMLElement {
	private scene!: Scene;
	private sync!: Sync;
	private surface!: Surface;
	private dialog!: Dialog;
	private dirty: Set<string> | null = new Set();
	private frame = 0;
	private stopped = new AbortController();
	private readonly kept = new Disk<Kept>("board", "relaxed");
	private readonly refusals = new Disk<Refused>("board-refused", "relaxed");
	private news = new Set<string>();
	private newsTimer = 0;
	private follows = "";

	connectedCallback(): void {
		void this.begin().catch((error: unknown) => {
			console.error(error); // what the server wrote is still there
		});
	}

	disconnectedCallback(): void {
		this.stopped.abort();
		this.sync?.stop();
	}

	private get base(): string {
		return this.dataset.url ?? "/boards/" + this.dataset.board;
	}

	private async begin(): Promise<void> {
		const lang = this.dataset.lang ?? document.documentElement.lang;
		const words = JSON.parse(this.dataset.says ?? "{}") as Record<string, string>;
		const answer = await ask<Kit>(this.base + "/kit", { retries: 8 });
		if (!answer.body) throw new Error("kit: " + answer.status);
		const wall = new URLSearchParams(location.search).get("wall") === "1";
		const board = this.dataset.board ?? "";
		const { log, left } = await open(this.kept, claim, board, this.dataset.me ?? "", draw);
		const store = new Store(answer.body, [...left, log]);
		store.everybody = wall;
		this.sync = new Sync({ base: this.base, ways: [socket, stream, poll], store, log, post, probe: async () => (await ask(this.base + "/kit")).status });
		this.scene = new Scene(store, this.sync, this.base, lang, words, this.dataset.variant ?? "", this.dataset.pictures ?? "");
		this.scene.code = this.dataset.code ?? "";
		this.scene.late = this.dataset.late ?? this.base + "/late";
		this.scene.wall = this.scene.still = wall;
		this.scene.view = wall ? "board" : this.chosen();
		store.me = this.dataset.me ?? "";
		const parts = this.build(words);
		let ready = false;
		store.onchange = (keys) => {
			if (!ready && store.n >= 0) {
				// The server's own list gives way once there is something to show in its place.
				ready = true;
				this.replaceChildren(...parts);
				this.classList.add("on");
				this.draws(null); // at once: a window behind another one draws no frame
				performance.mark("board-shown");
				this.soon(() => this.arrive());
				return;
			}
			this.mark(keys);
		};
		this.sync.onstate = () => this.mark(new Set(["state"]));
		this.listen(board);
		this.sync.start();
	}

	/** The view that this reader chose last; the list for whoever asks for less motion of the eyes: a small screen gets the board one zone at a time. */
	private chosen(): View {
		const asked = new URLSearchParams(location.search).get("view");
		if (asked === "list" || asked === "board") return asked;
		try {
			return localStorage.getItem("transformateur-board-view") === "list" ? "list" : "board";
		} catch {
			return "board";
		}
	}

	private build(words: Record<string, string>): HTMLElement[] {
		const { scene } = this;
		const dialog = (this.dialog = new Dialog(scene));
		this.surface = new Surface(scene, {
			move: (card) => moving(scene, dialog, card, (id) => this.soon(() => this.surface.reveal(id, true))),
			pick: (zone) => drawing(scene, dialog, zone, (place, type, prompt) => this.surface.add(place, type, prompt)),
			choose: (zone, kinds) => adding(scene, dialog, zone, kinds, (place, type) => this.surface.add(place, type)),
		});
		const state = new StateBar(scene);
		const phase = new PhaseBar(scene);
		const people = new People(scene, (id) => this.surface.reveal(id, true));
		const lead = new LeadBar(scene);
		const refused = new RefusedBox(scene);
		const past = new Past(scene, words, () => this.toggleAttribute("data-past", false));
		const views = act("list", "", () => this.turn(), { "data-view": true });
		const undo = act("undo", scene.say("undo"), () => this.undo());
		const follow = act("eye", scene.say("follow"), () => this.follow(follow), { "aria-pressed": "false" });
		const bar = h("div", { class: "b-bar-top" }, state.element, people.element, views, undo, follow, h("details", { class: "b-more" }, h("summary", { class: "b-act" }, icon("dots"), h("span", { text: scene.say("more") })), h("div", { class: "b-more-list" }, act("trash", scene.say("removed"), () => removed(scene, dialog)), act("clock", scene.say("past"), () => { this.toggleAttribute("data-past", true); past.open(); }), act("question", scene.say("keys"), () => keys(scene, dialog)))));
		const data = h("datalist", { id: "b-people" });
		this.sync.onrefused = (one) => {
			const key = `${this.dataset.board}/${Date.now()}-${Math.random()}`;
			void this.refusals.set(key, one).catch(() => undefined);
			refused.add(one, () => void this.refusals.remove(key).catch(() => undefined));
		};
		void this.earlier(refused);
		listen(this, () => this.surface, { move: (id) => { const card = scene.store.card(id); if (card && scene.mayWrite(card.zone)) moving(scene, dialog, card, (gone) => this.soon(() => this.surface.reveal(gone, true))); }, undo: () => this.undo(), help: () => keys(scene, dialog), toggle: () => this.turn() });
		dragging(this.surface.element, scene);
		setInterval(() => phase.timer.update(), 250);
		this.draws = (all) => {
			state.update();
			undo.hidden = follow.hidden = scene.still || !scene.writes;
			setText(views.lastElementChild ?? views, scene.say(scene.view === "board" ? "view_list" : "view_board"));
			if (all === null || [...all].some((key) => key !== "state")) {
				phase.update();
				people.update();
				lead.update();
				this.surface.update(all);
			}
			this.following();
		};
		this.toggleAttribute("data-wall", scene.wall);
		this.surface.element.dataset.view = scene.view;
		if (scene.wall) return [phase.element, this.surface.element];
		return [bar, lead.element, refused.element, phase.element, past.element, h("div", { class: "b-present" }, this.surface.tabs, this.surface.element), dialog.element, data];
	}

	private draws: (keys: Set<string> | null) => void = () => undefined;

	/** What was refused before the page was read again. */
	private async earlier(box: RefusedBox): Promise<void> {
		try {
			for (const key of await this.refusals.keys(this.dataset.board + "/")) {
				const one = await this.refusals.get(key);
				if (one && (one.op.k === "card.add" || one.op.k === "card.set" || one.op.k === "card.settle")) box.add(one, () => void this.refusals.remove(key));
				else void this.refusals.remove(key);
			}
		} catch {
			// The device keeps nothing.
		}
	}

	private listen(board: string): void {
		const { signal } = this.stopped;
		const away = (): void => {
			this.surface.flush();
			this.sync.stop();
		};
		addEventListener("pagehide", away, { signal });
		addEventListener("pageshow", (event) => event.persisted && this.sync.start(), { signal });
		addEventListener("online", () => this.sync.hurry(), { signal });
		document.addEventListener("visibilitychange", () => (document.hidden ? this.surface.flush() : this.sync.hurry()), { signal });
		matchMedia("(width < 48rem)").addEventListener("change", () => this.mark(null), { signal });
		this.addEventListener("focusin", (event) => {
			const face = (event.target as Element).closest<HTMLElement>(".b-card");
			const field = (event.target as HTMLElement).dataset.field ?? "";
			this.sync.here(face ? "c/" + face.dataset.card : "", field);
			if (face) this.surface.rove(face);
		});
		this.sync.oncall = (to) => this.called(to);
		this.dataset.ready = board;
	}

	/** Goes where the address leads, once there is something there: a card, a zone, a card that is on paper. */
	private arrive(): void {
		const { paper } = this.dataset;
		if (paper) fromPaper(this.scene, this.dialog, this.surface, paper);
		else if (location.hash.startsWith("#card-")) this.surface.reveal(location.hash.slice(6), true);
		else if (location.hash.startsWith("#zone-")) this.surface.show(location.hash.slice(6));
	}

	/** Draws once before the next image, however many things changed. */
	private mark(keys: Set<string> | null): void {
		if (keys === null || this.dirty === null) this.dirty = null;
		else for (const key of keys) this.dirty.add(key);
		for (const key of keys ?? []) if (key.startsWith("c/")) this.tell(key.slice(2));
		this.frame ||= requestAnimationFrame(() => {
			this.frame = 0;
			const all = this.dirty;
			this.dirty = new Set();
			this.draws(all);
		});
	}

	private soon(then: () => void): void {
		requestAnimationFrame(() => requestAnimationFrame(then));
	}

	/** What others did is said in one sentence every few seconds, not card by card. */
	private tell(id: string): void {
		const { store } = this.scene;
		const card = store.card(id);
		if (!card || this.scene.wall || card.by === store.me || store.isPending("c/" + id) || Object.values(card.fields ?? {}).some((f) => f.by === store.me && f.n === card.n)) return;
		this.news.add(id);
		this.newsTimer ||= window.setTimeout(() => {
			this.newsTimer = 0;
			const zones = new Map<string, number>();
			for (const one of this.news) {
				const zone = this.scene.store.card(one)?.zone;
				if (zone) zones.set(zone, (zones.get(zone) ?? 0) + 1);
			}
			this.news.clear();
			const parts = [...zones].map(([zone, n]) => this.scene.count("news", n, this.scene.text(this.scene.zoneKind(zone)?.title)));
			if (parts.length > 0) announce(parts.slice(0, 3).join(" "));
		}, telling);
	}

	private turn(): void {
		this.surface.flush();
		this.scene.view = this.scene.view === "board" ? "list" : "board";
		try {
			localStorage.setItem("transformateur-board-view", this.scene.view);
		} catch {
			// The choice holds for this page.
		}
		this.surface.redraw();
		announce(this.scene.say(this.scene.view === "board" ? "view_is_board" : "view_is_list"));
		this.mark(null);
	}

	private undo(): void {
		if (this.scene.still) return;
		this.surface.flush();
		this.scene.do({ k: "undo" });
		announce(this.scene.say("undone"));
	}

	private follow(button: HTMLElement): void {
		const on = button.getAttribute("aria-pressed") !== "true";
		button.setAttribute("aria-pressed", String(on));
		this.follows = on ? " " : "";
		this.following();
	}

	/** Where the facilitator is, I go with my eyes, not with my keyboard. */
	private following(): void {
		if (!this.follows) return;
		const { store } = this.scene;
		const at = store.who.find((one) => one.at && one.p !== store.me && store.people[one.p]?.role === "facilitator")?.at;
		if (!at || at === this.follows) return;
		this.follows = at;
		if (!this.surface.element.classList.contains("writing")) this.surface.reveal(at.slice(2), false);
	}

	/** The facilitator brings everybody somewhere: after a moment, unless one stays. */
	private called(to: string): void {
		const { scene } = this;
		if (!/^\/(?![/\\])/.test(to) || to === location.pathname || scene.leads) return;
		this.surface.flush();
		const go = (): void => location.assign(to);
		if (scene.wall) return go();
		const timer = window.setTimeout(go, calling);
		const box = h("section", { class: "b-call", role: "alert" }, h("p", { text: scene.say("call") }), h("p", { class: "b-lead-row" }, act("right", scene.say("call_go"), go, { class: "main" }), act("close", scene.say("call_stay"), () => {
			clearTimeout(timer);
			box.remove();
		})));
		this.querySelector(".b-call")?.remove();
		this.prepend(box);
	}
}

customElements.define("live-board", LiveBoard);
