// The fields of a card: as they are read, and as they are written.
import type { FieldKind } from "../wire";
import { h } from "./dom";
import type { Scene } from "./scene";

/** The value of a field in words; "" when there is none. */
export function inWords(scene: Scene, field: FieldKind, v: unknown): string {
	if (v === null || v === undefined || v === "") return "";
	switch (field.type) {
		case "choice":
			return scene.text(field.choices?.find((choice) => choice.id === v)?.label) || String(v);
		case "level": {
			const label = scene.text(field.choices?.[Number(v) - 1]?.label);
			return `${v}/${field.choices?.length ?? 0}${label ? " " + label : ""}`;
		}
		case "date": {
			const date = new Date(String(v) + "T12:00:00");
			return Number.isNaN(date.getTime()) ? String(v) : date.toLocaleDateString(scene.lang, { dateStyle: "long" });
		}
		case "amount":
			return (Number(v) / 100).toLocaleString(scene.lang, { style: "currency", currency: "EUR" });
		default:
			return String(v);
	}
}

/** A field as it is read; `beside` is what the card says, for who does not see its picture. */
export function reading(scene: Scene, field: FieldKind, v: unknown, beside = ""): Node {
	const words = inWords(scene, field, v);
	if (field.type === "link" && /^https?:\/\//.test(words)) return h("a", { href: words, rel: "noopener noreferrer nofollow", target: "_blank", text: words });
	if (field.type === "picture" && scene.pictures && /^[0-9a-f]{64}$/.test(words)) return h("img", { class: "b-picture", src: `${scene.pictures}/${words}`, alt: beside ? `${scene.text(field.label)} : ${beside}` : scene.text(field.label), loading: "lazy" });
	return document.createTextNode(words);
}

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** What a field shows while it is written. */
export function typed(field: FieldKind, v: unknown): string {
	if (v === null || v === undefined) return "";
	return field.type === "amount" ? String(Number(v) / 100) : String(v);
}

/** What was typed, as the server takes it; undefined when it is not a value (yet). */
export function valueOf(field: FieldKind, control: Control): unknown {
	const text = control.value;
	if (text.trim() === "" && field.type !== "text") return control instanceof HTMLInputElement && control.validity.badInput ? undefined : null;
	switch (field.type) {
		case "level":
			return Number(text);
		case "amount": {
			const cents = Math.round(Number(text.replace(",", ".")) * 100);
			return Number.isFinite(cents) && cents >= 0 ? cents : undefined;
		}
		case "link":
			return URL.canParse(text.trim()) && /^https?:\/\/\S+$/.test(text.trim()) ? text.trim() : undefined;
		case "person":
			return text.trim();
		default:
			return text;
	}
}

/** The control that writes a field. */
export function control(scene: Scene, field: FieldKind, v: unknown, id: string): Control {
	const shared = { id, class: "control", "data-field": field.id, "aria-describedby": field.help ? id + "-help" : undefined };
	let made: Control;
	if (field.choices && (field.type === "choice" || field.type === "level")) {
		const value = (i: number, name: string): string => (field.type === "level" ? String(i + 1) : name);
		made = h("select", shared, h("option", { value: "", text: scene.say("none_chosen") }), ...field.choices.map((choice, i) => h("option", { value: value(i, choice.id), text: (field.type === "level" ? `${i + 1}. ` : "") + scene.text(choice.label) })));
	} else if (field.type === "text") {
		made = h("textarea", { ...shared, rows: 2, maxlength: field.most || 2000 });
	} else {
		const kinds: Record<string, string> = { date: "date", link: "url", amount: "text" };
		made = h("input", { ...shared, type: kinds[field.type] ?? "text", autocomplete: "off", maxlength: field.type === "date" ? undefined : 2000, inputmode: field.type === "amount" ? "decimal" : undefined, list: field.type === "person" ? "b-people" : undefined });
	}
	made.value = typed(field, v);
	return made;
}
