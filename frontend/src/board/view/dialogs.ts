// What opens over the board: where to move a card, which question to draw, what was
// removed, what was refused, the keys.
import { announce } from "../../shared/announce";
import { between } from "../order";
import type { Refused } from "../store";
import type { Card, CardKind, Place, ZoneKind } from "../wire";
import { act, h } from "./dom";
import type { Scene } from "./scene";
import { decksOf, endOf } from "./zone";

/** One dialog, with what it is asked to hold; the keyboard goes back where it was. */
export class Dialog {
	readonly element = h("dialog", { class: "b-dialog" });

	constructor(private readonly scene: Scene) {
		this.element.addEventListener("click", (event) => {
			if (event.target === this.element) this.close();
		});
	}

	open(title: string, ...parts: (Node | null | false | undefined)[]): void {
		const { element } = this;
		if (element.open) element.close();
		const head = h("h2", { id: "b-dialog-title", text: title });
		element.setAttribute("aria-labelledby", "b-dialog-title");
		element.replaceChildren(h("div", { class: "b-dialog-head" }, head, act("close", this.scene.say("close"), () => this.close(), {}, true)), ...parts.filter((part): part is Node => !!part));
		element.showModal();
	}

	close(): void {
		this.element.close();
	}
}

/** The places a card may go to, with the zones that take it and its rank in its own. */
export function moving(scene: Scene, dialog: Dialog, card: Card, then: (id: string) => void): void {
	const { store } = scene;
	const mates = store.inZone(card.zone);
	const at = mates.findIndex((one) => one.id === card.id);
	const go = (place: Place, words: string) => () => {
		scene.do({ k: "card.move", t: card.id, v: place });
		dialog.close();
		announce(words);
		then(card.id);
	};
	const rank = (order: string): Place => ({ zone: card.zone, order, ...(card.x === undefined ? {} : { x: card.x, y: card.y }) });
	const title = scene.text(scene.zoneKind(card.zone)?.title);
	const steps: [string, boolean, string][] = [
		["move_first", at > 0, between("", mates[0]?.order ?? "")],
		["move_up", at > 0, between(mates[at - 2]?.order ?? "", mates[at - 1]?.order ?? "")],
		["move_down", at >= 0 && at < mates.length - 1, between(mates[at + 1]?.order ?? "", mates[at + 2]?.order ?? "")],
		["move_last", at >= 0 && at < mates.length - 1, between(mates[mates.length - 1]?.order ?? "", "")],
	];
	const zones = scene.kit.zones.filter((zone) => zone.id !== card.zone);
	dialog.open(
		scene.say("move_title", scene.face(card)),
		zones.length > 0 && h("div", { class: "b-choices" }, ...zones.map((zone) => act(null, scene.text(zone.title), go(endOf(scene, zone.id), scene.say("moved_to", scene.text(zone.title))), { class: "b-choice", "data-colour": zone.colour ?? "plain", "data-to": zone.id, disabled: !scene.mayWrite(zone.id) || !scene.takes(zone, card.type) }))),
		h("p", { class: "field-label", text: scene.say("move_inside", title) }),
		h("div", { class: "b-choices" }, ...steps.map(([words, may, order]) => act(null, scene.say(words), go(rank(order), scene.say("moved_inside", title)), { class: "b-choice", disabled: !may }))),
		["matrix", "free"].includes(scene.kit.layout) && card.zone === scene.kit.zones[0]?.id && plane(scene, card, dialog),
	);
}

/** Across and up, for those who do not drag. */
function plane(scene: Scene, card: Card, dialog: Dialog): HTMLElement {
	const [across, up] = scene.kit.axes ?? [];
	const slider = (id: string, words: string, v: number | undefined): [HTMLElement, HTMLInputElement] => {
		const input = h("input", { type: "range", id, min: 0, max: 100, step: 5 });
		input.value = String(Math.round((v ?? 0.5) * 100));
		return [h("div", { class: "b-field" }, h("label", { for: id, class: "field-label", text: words }), input), input];
	};
	const [xField, x] = slider("b-x", across ? `${scene.text(across.title)} (${scene.text(across.low)} → ${scene.text(across.high)})` : scene.say("place_x"), card.x);
	const [yField, y] = slider("b-y", up ? `${scene.text(up.title)} (${scene.text(up.low)} → ${scene.text(up.high)})` : scene.say("place_y"), card.y);
	const put = act("check", scene.say("place_put"), () => {
		scene.do({ k: "card.move", t: card.id, v: { zone: card.zone, order: card.order, x: Number(x.value) / 100, y: Number(y.value) / 100 } });
		dialog.close();
	}, { class: "main" });
	return h("div", { class: "b-place" }, xField, yField, put);
}

/** The kinds of cards that a zone takes. */
export function adding(scene: Scene, dialog: Dialog, zone: ZoneKind, kinds: CardKind[], add: (place: Place, type: string) => void): void {
	dialog.open(
		scene.say("add_to", scene.say("add"), scene.text(zone.title)),
		h("div", { class: "b-choices" }, ...kinds.map((kind) => act("plus", scene.text(kind.title), () => {
			dialog.close();
			add(endOf(scene, zone.id), kind.id);
		}, { class: "b-choice", "data-colour": kind.colour ?? "plain" }))),
	);
}

/** The questions of the decks of a zone: one by chance, or one that is picked. */
export function drawing(scene: Scene, dialog: Dialog, zone: ZoneKind, add: (place: Place, type: string, prompt: string) => void): void {
	const asked = new Map<string, number>();
	for (const card of scene.store.cards()) if (card.prompt && !card.removed) asked.set(card.prompt, (asked.get(card.prompt) ?? 0) + 1);
	const take = (type: string, prompt: string) => () => {
		dialog.close();
		add(endOf(scene, zone.id), type, prompt);
	};
	const decks = decksOf(scene, zone);
	const chance = (): void => {
		const all = decks.flatMap(({ deck, prompts }) => prompts.map((prompt) => ({ type: deck.card, name: `${deck.id}.${prompt.id}` })));
		const least = Math.min(...all.map((one) => asked.get(one.name) ?? 0));
		const fresh = all.filter((one) => (asked.get(one.name) ?? 0) === least);
		const one = fresh[Math.floor(Math.random() * fresh.length)];
		if (one) take(one.type, one.name)();
	};
	dialog.open(
		scene.say("draw_title", scene.text(zone.title)),
		act("card", scene.say("draw_chance"), chance, { class: "main" }),
		...decks.map(({ deck, prompts }) =>
			h("div", {}, h("h3", { text: scene.text(deck.title) }), h("div", { class: "b-choices b-prompts" }, ...prompts.map((prompt) => {
				const name = `${deck.id}.${prompt.id}`;
				const n = asked.get(name) ?? 0;
				return act(null, scene.text(prompt.title) + (n ? ` (${scene.count("draw_answered", n)})` : ""), take(deck.card, name), { class: "b-choice" });
			}))),
		),
	);
}

/** Cards that were removed, each with a way back. */
export function removed(scene: Scene, dialog: Dialog): void {
	const list = scene.store.removed;
	const rows = list.map((card) => {
		const row = h("li", {}, h("span", { text: scene.face(card) }), " ", h("span", { class: "soft small", text: scene.text(scene.zoneKind(card.zone)?.title) }), act("undo", scene.say("restore"), () => {
			scene.do({ k: "card.restore", t: card.id });
			row.remove();
			announce(scene.say("restored"));
		}, { disabled: !scene.mayWrite(card.zone) }));
		return row;
	});
	dialog.open(scene.say("removed_title"), rows.length > 0 ? h("ul", { class: "b-rows", role: "list" }, ...rows) : h("p", { text: scene.say("removed_none") }));
}

/** The keys of the board. */
export function keys(scene: Scene, dialog: Dialog): void {
	const rows = (["arrows", "enter", "escape", "new", "move", "vote", "delete", "undo", "view", "help"] as const).map((name) => h("div", {}, h("dt", {}, h("kbd", { text: scene.say("key_" + name) })), h("dd", { text: scene.say("key_" + name + "_does") })));
	dialog.open(scene.say("keys_title"), h("dl", { class: "b-keys" }, ...rows));
}

/** The words of an operation that was refused. */
export function wordsOf(refused: Refused): string {
	const { op } = refused;
	const fields = op.k === "card.add" ? Object.values((op.v as { fields?: Record<string, unknown> }).fields ?? {}) : op.k === "card.set" || op.k === "card.settle" ? [op.v] : [];
	return fields.filter((v): v is string => typeof v === "string" && v.trim() !== "").join("\n");
}

/** What the server did not take stays here, with its words, until its author lets go of it. */
export class RefusedBox {
	readonly element = h("section", { class: "b-refused", hidden: true });
	private readonly list = h("ul", { role: "list" });

	constructor(private readonly scene: Scene) {
		this.element.setAttribute("aria-label", scene.say("refused_title"));
		this.element.append(h("h2", { text: scene.say("refused_title") }), this.list);
	}

	/** Shows what was refused; `gone` is told when its author lets go of it. */
	add(refused: Refused, gone: () => void = () => undefined): void {
		const { scene } = this;
		const text = wordsOf(refused);
		announce(refused.message);
		const copied = act("copy", scene.say("copy"), async () => {
			try {
				await navigator.clipboard.writeText(text);
				announce(scene.say("copied"));
			} catch {
				const area = row.querySelector("textarea");
				area?.select();
			}
		});
		const area = h("textarea", { class: "control", rows: 2, readonly: true, "aria-label": scene.say("refused_text") });
		area.value = text;
		const row = h("li", {}, h("p", { text: refused.message }), refused.late && h("p", { class: "soft", text: scene.say("refused_late") }), text !== "" && area, h("p", { class: "b-lead-row" }, text !== "" && copied, act("close", scene.say("dismiss"), () => {
			row.remove();
			gone();
			scene.store.refused = scene.store.refused.filter((one) => one !== refused);
			this.element.hidden = this.list.children.length === 0;
		})));
		// The same text refused letter after letter is one row.
		const same = [...this.list.children].find((one) => one instanceof HTMLElement && refused.op.f && one.dataset.of === `${refused.op.t}/${refused.op.f}`);
		row.dataset.of = `${refused.op.t}/${refused.op.f}`;
		if (same) same.replaceWith(row);
		else this.list.append(row);
		this.element.hidden = false;
		if (text === "" && !refused.late) setTimeout(() => { row.remove(); this.element.hidden = this.list.children.length === 0; }, 8_000);
	}
}
