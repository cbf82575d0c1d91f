// The versions of a text that two people wrote at once, until somebody chooses.
import { compare, type Piece } from "../../deposit/diff";
import { versions } from "../store";
import type { Card, CardKind } from "../wire";
import { act, h } from "./dom";
import type { Scene } from "./scene";

function marked(pieces: Piece[]): HTMLElement {
	const body = h("p", { class: "version-text" });
	for (const piece of pieces) body.append(piece.own ? h("mark", { text: piece.text }) : piece.text);
	return body;
}

/** The box of each text of a card that has several versions; none when nothing waits. */
export function choices(scene: Scene, card: Card, kind: CardKind, may: boolean): HTMLElement[] {
	return kind.fields.flatMap((field) => {
		const list = versions(card, field.id);
		if (list.length < 2) return [];
		const texts = list.map((one) => String(one.v ?? ""));
		const pair = list.length === 2 ? compare(texts[0]!, texts[1]!) : null;
		const settle = (v: string): void => scene.do({ k: "card.settle", t: card.id, f: field.id, b: scene.store.base(card.id, field.id), v });
		const id = `merge-${card.id}-${field.id}`;
		const area = h("textarea", { id, class: "control", rows: 3, maxlength: field.most || 2000 });
		area.value = texts.filter((text) => text.trim()).join("\n");
		const columns = list.map((one, i) =>
			h("div", { class: "version" }, h("h4", { text: scene.say("version_by", scene.name(one.by)) }), pair ? marked(i === 0 ? pair.left : pair.right) : h("p", { class: "version-text", text: texts[i]! }), may && act("check", scene.say("version_keep"), () => settle(texts[i]!))),
		);
		return [
			h(
				"section",
				{ class: "b-versions", "aria-label": scene.say("versions_title", scene.text(field.label)), "data-versions": field.id, "data-stamp": JSON.stringify([may, list.map((one) => [one.v, one.by])]) },
				h("p", { class: "b-versions-title", text: scene.say("versions_title", scene.text(field.label)) }),
				h("div", { class: "versions" }, ...columns),
				may && h("details", {}, h("summary", { text: scene.say("version_merge") }), h("label", { class: "field-label", for: id, text: scene.say("version_merged") }), area, act("check", scene.say("version_keep_merged"), () => settle(area.value), { class: "main" })),
			),
		];
	});
}
