// The board as it was: a slider over its operations, read from the server.
import { ask } from "../../shared/net";
import { Store } from "../store";
import type { Kit, Things } from "../wire";
import { act, h, setText } from "./dom";
import { Scene } from "./scene";
import { Surface } from "./surface";

interface Moment {
	n: number;
	last: number;
	at?: string;
	set: Things;
}

/** How long a hand rests on the slider before a moment is asked for, in milliseconds. */
const rest = 120;

export class Past {
	readonly element = h("section", { class: "b-past", hidden: true });
	private readonly slider = h("input", { type: "range", id: "b-past", min: 0, max: 0, step: 1 });
	private readonly label = h("output", { for: "b-past" });
	private readonly place = h("div");
	private timer = 0;
	private turn = 0;

	constructor(
		private readonly scene: Scene,
		words: Record<string, string>,
		private readonly closed: () => void,
	) {
		this.element.setAttribute("aria-label", scene.say("past"));
		this.element.append(h("div", { class: "b-past-bar" }, h("label", { for: "b-past", text: scene.say("past_slide") }), this.slider, this.label, act("close", scene.say("past_close"), () => this.close())), this.place);
		this.slider.addEventListener("input", () => {
			clearTimeout(this.timer);
			this.timer = window.setTimeout(() => void this.show(Number(this.slider.value), words), rest);
		});
		this.words = words;
	}

	private readonly words: Record<string, string>;

	open(): void {
		this.element.hidden = false;
		this.slider.max = this.slider.value = String(Math.max(0, this.scene.store.n));
		void this.show(Number(this.slider.value), this.words);
		this.slider.focus();
	}

	close(): void {
		this.element.hidden = true;
		this.place.replaceChildren();
		this.closed();
	}

	private async show(n: number, words: Record<string, string>): Promise<void> {
		const turn = ++this.turn;
		const { scene } = this;
		let moment: Moment | null = null;
		try {
			moment = (await ask<Moment>(`${scene.base}/history?at=${n}`)).body;
		} catch {
			// Said below.
		}
		if (turn !== this.turn || this.element.hidden) return;
		if (!moment?.set) {
			setText(this.label, scene.say("past_failed"));
			return;
		}
		this.slider.max = String(moment.last);
		const when = moment.at ? " · " + new Date(moment.at).toLocaleString(scene.lang, { dateStyle: "medium", timeStyle: "short" }) : "";
		setText(this.label, scene.say("past_at", moment.n, moment.last) + when);
		const store = new Store(scene.kit as Kit);
		store.me = scene.store.me;
		store.people = scene.store.people;
		store.split(moment.n, moment.set);
		const past = new Scene(store, null, scene.base, scene.lang, words, scene.variant, scene.pictures);
		past.still = true;
		past.view = scene.view;
		store.refresh(null);
		const surface = new Surface(past, { move: () => undefined, pick: () => undefined, choose: () => undefined });
		surface.redraw();
		this.place.replaceChildren(surface.tabs, surface.element);
	}
}
