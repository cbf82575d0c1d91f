// A zone: its name, its cards in their order, and what may be added there.
import { between } from "../order";
import type { Card, CardKind, Deck, Place, Prompt, ZoneKind } from "../wire";
import { act, arrange, h, icon, setText, show } from "./dom";
import type { CardView } from "./card";
import type { Scene } from "./scene";

/** What a zone asks of the page around it. */
export interface Yard {
	view(card: Card): CardView;
	/** The cards that are being written there for the first time. */
	drafts(zone: string): CardView[];
	add(place: Place, type: string, prompt?: string): void;
	pick(zone: ZoneKind): void;
	choose(zone: ZoneKind, kinds: CardKind[]): void;
}

/** The decks that may be drawn from in a zone: those whose prompts are asked there, or whose cards it takes. */
export function decksOf(scene: Scene, zone: ZoneKind): { deck: Deck; prompts: Prompt[] }[] {
	const asked = (deck: Deck): Prompt[] => deck.prompts.filter((prompt) => (prompt.zone ?? zone.id) === zone.id);
	const all = (scene.kit.decks ?? []).filter((deck) => !deck.deal && (!deck.variant || deck.variant === scene.variant) && (!zone.cards?.length || zone.cards.includes(deck.card)));
	const own = all.filter((deck) => deck.id === zone.id);
	return (own.length > 0 ? own : all).map((deck) => ({ deck, prompts: asked(deck) })).filter((one) => one.prompts.length > 0);
}

/** The place at the end of a zone. */
export function endOf(scene: Scene, zone: string): Place {
	const cards = scene.store.inZone(zone);
	return { zone, order: between(cards[cards.length - 1]?.order ?? "", "") };
}

export class ZoneView {
	readonly element: HTMLElement;
	readonly list = h("ul", { class: "b-cards", role: "list" });
	readonly plane: HTMLElement | null = null;
	private readonly number = h("span", { class: "b-count" });
	private readonly state = h("p", { class: "b-zone-state" });
	private readonly adders = h("div", { class: "b-adders" });
	private readonly nothing: HTMLElement;
	private offered = "";

	constructor(
		private readonly scene: Scene,
		readonly zone: ZoneKind,
		private readonly yard: Yard,
		placed: boolean,
	) {
		const id = "zone-" + zone.id;
		this.nothing = h("p", { class: "b-nothing soft", text: scene.say("zone_empty") });
		if (placed) this.plane = h("ul", { class: "b-plane", role: "list" });
		this.element = h(
			"section",
			{ class: "b-zone", id, "data-zone": zone.id, "data-colour": zone.colour ?? "plain", "aria-labelledby": id + "-title", tabindex: -1 },
			h("header", { class: "b-zone-head" }, h("h3", { id: id + "-title" }, scene.text(zone.title), " ", this.number), zone.help && h("p", { class: "b-zone-help soft", text: scene.text(zone.help) }), this.state),
			this.plane && this.framed(this.plane),
			this.list,
			this.nothing,
			this.adders,
		);
	}

	/** The surface where cards have a place of their own, with its axes when it has some. */
	private framed(plane: HTMLElement): HTMLElement {
		const [across, up] = this.scene.kit.axes ?? [];
		const { scene } = this;
		const end = (side: string, words: string): HTMLElement => h("span", { class: "b-axis b-axis-" + side, "aria-hidden": "true", text: words });
		return h("div", { class: "b-field-of-view" }, plane, ...(across && up ? [end("left", scene.text(across.low)), end("right", `${scene.text(across.high)} →`), end("low", scene.text(up.low)), end("high", `↑ ${scene.text(up.high)}`)] : []));
	}

	update(): void {
		const { scene, zone } = this;
		const cards = scene.store.inZone(zone.id);
		const views = cards.map((card) => this.yard.view(card));
		const onPlane = this.plane && scene.view === "board" && !matchMedia("(width < 48rem)").matches;
		const placed = views.filter((_, i) => onPlane && cards[i]!.x !== undefined);
		for (const view of placed) {
			const card = scene.store.card(view.id);
			view.element.style.setProperty("--x", String(card?.x ?? 0.5));
			view.element.style.setProperty("--y", String(card?.y ?? 0.5));
		}
		if (this.plane) arrange(this.plane, placed.map((view) => view.element));
		arrange(this.list, [...views.filter((view) => !placed.includes(view)), ...this.yard.drafts(zone.id)].map((view) => view.element));
		setText(this.number, zone.most ? `${cards.length}/${zone.most}` : String(cards.length));
		show(this.nothing, cards.length === 0);
		const open = scene.zoneOpen(zone);
		this.element.classList.toggle("closed", !open);
		const said = !open ? scene.say("zone_closed") : zone.most && cards.length >= zone.most ? scene.say("zone_full") : "";
		if (this.state.dataset.said !== said) {
			this.state.dataset.said = said;
			this.state.replaceChildren(...(said ? [icon("lock"), said] : []));
		}
		this.offer();
	}

	/** The buttons that add something here, when something may be added. */
	private offer(): void {
		const { scene, zone } = this;
		const may = scene.mayWrite(zone.id);
		const types = scene.kit.cards.filter((kind) => scene.takes(zone, kind.id) && !this.onlyDealt(kind.id));
		const decks = decksOf(scene, zone).filter((one) => scene.takes(zone, one.deck.card));
		const stamp = may ? JSON.stringify([types.map((t) => t.id), decks.length]) : "";
		if (stamp === this.offered) return;
		this.offered = stamp;
		if (!may) {
			this.adders.replaceChildren();
			return;
		}
		const { adders } = this;
		const drawing = decks.length > 0 && act("card", scene.say("draw"), () => this.yard.pick(zone), { class: "b-add", "aria-label": scene.say("draw_to", scene.text(zone.title)) });
		const add = (kind: CardKind) => () => this.yard.add(endOf(scene, zone.id), kind.id);
		adders.replaceChildren();
		// Many kinds are asked for one step later, so that the zone stays its cards.
		if (types.length > 2) adders.append(act("plus", scene.say("add"), () => this.yard.choose(zone, types), { class: "b-add", "aria-label": scene.say("add_to", scene.say("add"), scene.text(zone.title)) }));
		else adders.append(...types.map((kind) => act("plus", types.length > 1 ? scene.text(kind.title) : scene.say("add"), add(kind), { class: "b-add", "aria-label": scene.say("add_to", scene.text(kind.title), scene.text(zone.title)) })));
		if (drawing) adders.append(drawing);
	}

	/** Cards that a deck deals are there already: nobody makes more of them. */
	private onlyDealt(type: string): boolean {
		const decks = (this.scene.kit.decks ?? []).filter((deck) => deck.card === type);
		return decks.length > 0 && decks.every((deck) => deck.deal) && this.scene.kit.cards.length > 1;
	}
}
