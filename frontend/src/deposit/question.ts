// One question of the step, as the islands see it.
import { raw, type Entry } from "./raw";

export type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** An island inside a question that can make room for an answer before it is put back. */
export interface Restorable extends HTMLElement {
	restore(entries: Entry[], labels: Record<string, string>): void;
}

const canRestore = (element: Element): element is Restorable => "restore" in element;

export const questionOf = (target: EventTarget | null): HTMLElement | null =>
	target instanceof Element ? target.closest<HTMLElement>("[data-question]") : null;

export const find = (root: ParentNode, field: string): HTMLElement | null =>
	root.querySelector<HTMLElement>(`[data-question="${CSS.escape(field)}"]`);

export const fieldOf = (question: HTMLElement): string => question.dataset.question ?? "";

/** The controls of the answer: not the hidden ones, not those of a choice between versions. */
function controls(question: HTMLElement): Control[] {
	const name = "f." + fieldOf(question);
	return [...question.querySelectorAll<Control>("input, select, textarea")].filter(
		(control) => (control.name === name || control.name.startsWith(name + ".")) && control.type !== "hidden" && control.type !== "file",
	);
}

const ticks = (control: Control): control is HTMLInputElement => control.type === "radio" || control.type === "checkbox";

export const entriesOf = (question: HTMLElement): Entry[] =>
	controls(question)
		.filter((control) => !ticks(control) || control.checked)
		.map((control) => [control.name, control.value]);

const labelOf = (control: Control): string => control.labels?.[0]?.textContent?.trim() ?? control.value;

/** The answer in words, one control per line. */
export const textOf = (question: HTMLElement): string =>
	controls(question)
		.filter((control) => control.value !== "" && (!ticks(control) || control.checked))
		.map((control) => {
			if (ticks(control)) return labelOf(control);
			return control instanceof HTMLSelectElement ? (control.selectedOptions[0]?.text ?? "") : control.value;
		})
		.join("\n");

export function valueOf(question: HTMLElement): unknown {
	const columns = question.querySelector<HTMLElement>("t-repeat")?.dataset.columns;
	return raw(question.dataset.type ?? "text", fieldOf(question), entriesOf(question), columns ? JSON.parse(columns) : {});
}

/** What the places picked are called, so that they can be shown again without asking. */
export const labelsOf = (question: HTMLElement): Record<string, string> =>
	Object.fromEntries(
		[...question.querySelectorAll<HTMLElement>("t-territory .choice")].map((choice) => [
			choice.querySelector("input")?.value ?? "",
			choice.querySelector("[data-label]")?.textContent ?? "",
		]),
	);

/** Puts an answer back in its controls, as it was typed. */
export function restore(question: HTMLElement, entries: Entry[], labels: Record<string, string>): void {
	for (const element of question.querySelectorAll("*")) if (canRestore(element)) element.restore(entries, labels);
	const left = new Map<string, string[]>();
	for (const [name, value] of entries) left.set(name, [...(left.get(name) ?? []), value]);
	for (const control of controls(question)) {
		const values = left.get(control.name) ?? [];
		if (ticks(control)) control.checked = values.includes(control.value);
		else control.value = values.shift() ?? "";
	}
	question.dispatchEvent(new CustomEvent("restored", { bubbles: true }));
}

const versionInput = (question: HTMLElement): HTMLInputElement | null =>
	question.querySelector<HTMLInputElement>(`input[name="v.${CSS.escape(fieldOf(question))}"]`);

export const versionOf = (question: HTMLElement): number => Number(versionInput(question)?.value ?? 0);

export function setVersion(question: HTMLElement, version: number): void {
	const input = versionInput(question);
	if (input) input.value = String(version);
}

export const isFocused = (question: HTMLElement): boolean => question.contains(document.activeElement);

/** Says what the server finds wrong; the server's own errors go, since these are newer. */
export function showProblems(question: HTMLElement, problems: string[], icon: Node | null): void {
	const before = question.querySelector("[data-problems]");
	const same = before?.textContent === problems.join(" ");
	if (same && problems.length > 0) return;
	question.querySelectorAll(".field-error").forEach((error) => error.remove());
	question.querySelectorAll("[data-error]").forEach((field) => field.removeAttribute("data-error"));
	before?.remove();
	for (const control of controls(question)) control.removeAttribute("aria-invalid");
	if (problems.length === 0) return;
	const id = "problems-" + fieldOf(question);
	const place = document.createElement("p");
	place.className = "field-error";
	place.id = id;
	place.dataset.problems = "";
	if (icon) place.append(icon);
	const said = document.createElement("span");
	said.textContent = problems.join(" ");
	place.append(said);
	const only = controls(question);
	if (only.length === 1) {
		only[0]?.setAttribute("aria-invalid", "true");
		const by = only[0]?.getAttribute("aria-describedby")?.split(" ").filter((known) => known !== id && document.getElementById(known)) ?? [];
		only[0]?.setAttribute("aria-describedby", [...by, id].join(" "));
	}
	const field = question.querySelector(".field");
	field?.setAttribute("data-error", "");
	const foot = field?.querySelector(":scope > .field-foot");
	if (foot) foot.before(place);
	else (field ?? question).append(place);
}
