// The zones and their cards: as a board, or as a list of the same things.
import type { Card, CardKind, Place, ZoneKind } from "../wire";
import { draw as drawName } from "../wire";
import { CardView } from "./card";
import { h, setText } from "./dom";
import { radar } from "./radar";
import type { Scene } from "./scene";
import { ZoneView } from "./zone";

/** What the surface asks of the page. */
export interface Page {
	move(card: Card): void;
	pick(zone: ZoneKind): void;
	choose(zone: ZoneKind, kinds: CardKind[]): void;
}

export class Surface {
	readonly element = h("div", { class: "b-surface" });
	readonly zones: ZoneView[];
	/** One zone at a time, on a phone. */
	readonly tabs = h("nav", { class: "b-tabs" });
	readonly cards = new Map<string, CardView>();
	private readonly drafts = new Set<string>();
	private readonly places = new Map<string, string>();
	private readonly drawing = h("div", { class: "b-drawing" });
	private current: string;

	constructor(
		readonly scene: Scene,
		private readonly page: Page,
	) {
		const { kit } = scene;
		const placed = kit.layout === "matrix" || kit.layout === "free";
		this.current = kit.zones[0]?.id ?? "";
		this.zones = kit.zones.map((zone, i) => new ZoneView(scene, zone, { view: (card) => this.view(card.id), drafts: (where) => this.draftsIn(where), add: (place, type, prompt) => this.add(place, type, prompt), pick: (one) => page.pick(one), choose: (one, kinds) => page.choose(one, kinds) }, placed && i === 0));
		this.tabs.setAttribute("aria-label", scene.say("zones"));
		this.tabs.append(...kit.zones.map((zone) => h("button", { type: "button", class: "b-tab", "data-tab": zone.id, "data-colour": zone.colour ?? "plain", on: { click: () => this.turnTo(zone.id) } }, h("span", { text: scene.text(zone.title) }), h("span", { class: "b-count" }))));
		this.element.dataset.layout = kit.layout;
		this.element.append(...(kit.layout === "radar" ? [this.drawing] : []), ...this.zones.map((zone) => zone.element));
		this.turnTo(this.current);
	}

	view(id: string): CardView {
		let view = this.cards.get(id);
		if (!view) {
			view = new CardView(this.scene, id, { move: (card) => this.page.move(card), dropped: (gone) => this.dropped(gone), edited: (gone, on) => this.edited(gone, on) });
			this.cards.set(id, view);
			view.update();
		}
		return view;
	}

	/** Shows a zone, where there is room for one only. */
	turnTo(zone: string): void {
		this.current = zone;
		for (const one of this.zones) one.element.toggleAttribute("data-current", one.zone.id === zone);
		for (const tab of this.tabs.children) {
			if (!(tab instanceof HTMLElement)) continue;
			if (tab.dataset.tab === zone) tab.setAttribute("aria-current", "true");
			else tab.removeAttribute("aria-current");
		}
	}

	/** Begins a new card. The others see it from its first word. */
	add(place: Place, type: string, prompt?: string, id = drawName()): void {
		const card: Card = { id, type, by: this.scene.store.me, ...place, n: 0 };
		if (prompt) card.prompt = prompt;
		this.turnTo(place.zone);
		const view = this.view(id);
		view.draft = card;
		this.drafts.add(id);
		this.zones.find((zone) => zone.zone.id === place.zone)?.list.append(view.element);
		view.update();
		view.open();
		view.face.scrollIntoView({ block: "nearest" });
	}

	private dropped(id: string): void {
		const view = this.cards.get(id);
		const zone = view?.element.closest<HTMLElement>(".b-zone");
		view?.element.remove();
		this.cards.delete(id);
		this.drafts.delete(id);
		zone?.querySelector<HTMLElement>(".b-add")?.focus();
	}

	private edited(id: string, on: boolean): void {
		if (!on && this.scene.store.card(id)) this.drafts.delete(id);
		this.element.classList.toggle("writing", [...this.cards.values()].some((view) => view.editing));
	}

	/** What is being typed goes out. */
	flush(): void {
		for (const view of this.cards.values()) if (view.editing) view.flush();
	}

	/** Draws again what changed under some keys, or everything. */
	update(keys: Set<string> | null): void {
		const focus = document.activeElement;
		const touched = new Set<string>();
		const ids = new Set<string>();
		let whole = keys === null;
		for (const key of keys ?? []) {
			if (key.startsWith("c/")) ids.add(key.slice(2));
			else if (key === "who" || key === "people") for (const view of this.cards.values()) view.update();
			else whole = true;
		}
		if (whole) for (const card of this.scene.store.cards()) ids.add(card.id);
		if (whole) for (const id of this.cards.keys()) ids.add(id);
		for (const id of ids) {
			const card = this.scene.store.card(id);
			const was = this.places.get(id);
			if (was) touched.add(was);
			if (card && !card.removed) {
				touched.add(card.zone);
				this.places.set(id, card.zone);
				this.view(id).update();
			} else if (!this.drafts.has(id)) {
				this.places.delete(id);
				if (!this.cards.get(id)?.editing) this.cards.delete(id);
			} else this.cards.get(id)?.update();
		}
		for (const zone of this.zones) if (whole || touched.has(zone.zone.id)) zone.update();
		this.count();
		if (this.scene.kit.layout === "radar") this.drawing.replaceChildren(...[radar(this.scene)].filter((one) => one !== null));
		// A card that went to another zone takes the keyboard with it.
		if (focus instanceof HTMLElement && focus !== document.activeElement && focus.isConnected && this.element.contains(focus)) focus.focus({ preventScroll: true });
		this.rove();
	}

	private draftsIn(zone: string): CardView[] {
		return [...this.drafts].flatMap((id) => {
			const view = this.cards.get(id);
			return view?.draft?.zone === zone && !this.scene.store.card(id) ? [view] : [];
		});
	}

	private count(): void {
		for (const tab of this.tabs.querySelectorAll<HTMLElement>(".b-tab")) {
			const place = tab.querySelector(".b-count");
			if (place) setText(place, String(this.scene.store.inZone(tab.dataset.tab ?? "").length));
		}
	}

	/** One card at a time takes the Tab key; arrows lead to the others. */
	rove(to?: HTMLElement): void {
		const all = this.faces();
		const now = to ?? all.find((one) => one.tabIndex === 0) ?? all[0];
		for (const one of all) {
			const index = one === now ? 0 : -1;
			if (one.tabIndex !== index) one.tabIndex = index;
		}
	}

	/** The cards as they are seen, in their order. */
	faces(): HTMLElement[] {
		return [...this.element.querySelectorAll<HTMLElement>(".b-card")];
	}

	/** Draws everything again in another view. */
	redraw(): void {
		this.element.dataset.view = this.scene.view;
		this.update(null);
	}

	/** Brings a card before the eyes. */
	reveal(id: string, focus: boolean): void {
		const card = this.scene.store.card(id);
		const view = this.cards.get(id);
		if (!card || !view) return;
		this.turnTo(card.zone);
		view.face.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
		if (focus) view.face.focus({ preventScroll: true });
	}

	/** Brings a zone before the eyes, and the keyboard to it. */
	show(zone: string): void {
		this.turnTo(zone);
		const element = this.zones.find((one) => one.zone.id === zone)?.element;
		element?.scrollIntoView({ block: "start" });
		element?.focus({ preventScroll: true });
	}

	/** The keyboard of the tabs: a zone before, a zone after. */
	get zone(): string {
		return this.current;
	}
}

