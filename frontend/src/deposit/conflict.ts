// Two versions of one answer, side by side, until somebody chooses.
import { button } from "../shared/dom";
import { compare, type Piece } from "./diff";
import type { Conflict } from "./outbox";
import { icon, say, type Words } from "./words";

/** The types whose answer is a text, so that a third one can be written. */
const written = new Set(["text", "longtext", "email", "phone", "link", "iban", "reference", "number", "money", "percent"]);

export interface Choice {
	choice: string;
	text: string;
	variant: string;
	version: number;
}

function version(title: string, pieces: Piece[], nothing: string): HTMLElement {
	const place = document.createElement("div");
	place.className = "version";
	const heading = document.createElement("h4");
	heading.textContent = title;
	const body = document.createElement("p");
	body.className = "version-text";
	for (const piece of pieces) {
		if (piece.own) {
			const mark = document.createElement("mark");
			mark.textContent = piece.text;
			body.append(mark);
		} else body.append(piece.text);
	}
	if (pieces.length === 0) body.textContent = nothing;
	place.append(heading, body);
	return place;
}

function radio(name: string, value: string, label: string): HTMLElement {
	const choice = document.createElement("label");
	choice.className = "choice";
	const input = document.createElement("input");
	input.type = "radio";
	input.name = name;
	input.value = value;
	const text = document.createElement("span");
	text.textContent = label;
	choice.append(input, text);
	return choice;
}

function hidden(name: string, value: string): HTMLElement {
	const input = document.createElement("input");
	input.type = "hidden";
	input.name = name;
	input.value = value;
	return input;
}

function third(field: string, mine: string, words: Words): HTMLElement[] {
	const label = document.createElement("label");
	label.className = "field-label";
	label.htmlFor = "third-" + field;
	label.textContent = say(words, "conflict_third_text");
	const area = document.createElement("textarea");
	area.className = "control";
	area.id = "third-" + field;
	area.name = `c.${field}.text`;
	area.rows = 4;
	area.value = mine;
	return [label, area];
}

/** Builds the box, with the same controls as the one of the server. */
export function conflictBox(c: Conflict, mine: string, type: string, words: Words, root: Element | null): HTMLElement {
	const box = document.createElement("section");
	box.className = "conflict";
	box.dataset.conflict = c.variant;
	const title = document.createElement("h3");
	title.id = "conflict-" + c.field;
	const mark = icon(root, "warning");
	if (mark) title.append(mark);
	title.append(say(words, "conflict_title"));
	box.setAttribute("aria-labelledby", title.id);
	const who = document.createElement("p");
	const at = new Date(c.at);
	const when = Number.isNaN(at.getTime()) ? c.at : at.toLocaleString(document.documentElement.lang, { dateStyle: "full", timeStyle: "short" });
	who.textContent = say(words, "conflict_who", c.author, when);
	const texts = document.createElement("div");
	texts.className = "versions";
	const pieces = compare(c.theirs_text, mine);
	const nothing = say(words, "conflict_empty");
	texts.append(
		version(say(words, "conflict_their_text"), pieces.left, nothing),
		version(say(words, "conflict_my_text"), pieces.right, nothing),
	);
	const choose = document.createElement("fieldset");
	choose.className = "field";
	const legend = document.createElement("legend");
	legend.className = "field-label";
	legend.textContent = say(words, "conflict_choose");
	const choices = document.createElement("div");
	choices.className = "choices";
	const name = "c." + c.field;
	choices.append(radio(name, "mine", say(words, "conflict_mine")), radio(name, "theirs", say(words, "conflict_theirs")));
	if (written.has(type)) choices.append(radio(name, "merged", say(words, "conflict_third")));
	choose.append(legend, choices);
	const settle = button("button", say(words, "conflict_settle"));
	settle.type = "submit";
	settle.name = "do";
	settle.value = "resolve:" + c.field;
	settle.dataset.resolve = "";
	const foot = document.createElement("p");
	foot.append(settle);
	box.append(title, who, texts, hidden(name + ".variant", c.variant), hidden(name + ".version", String(c.version)), choose);
	if (written.has(type)) box.append(...third(c.field, mine, words));
	box.append(foot);
	return box;
}

/** What was chosen in a box, of the server or of the browser; null when nothing is. */
export function chosenIn(box: HTMLElement, field: string): Choice | null {
	const control = (name: string): HTMLInputElement | HTMLTextAreaElement | null => box.querySelector(`[name="c.${CSS.escape(field)}${name}"]`);
	const chosen = box.querySelector<HTMLInputElement>(`[name="c.${CSS.escape(field)}"]:checked`);
	if (!chosen) return null;
	return {
		choice: chosen.value,
		text: control(".text")?.value ?? "",
		variant: control(".variant")?.value ?? "",
		version: Number(control(".version")?.value ?? 0),
	};
}
