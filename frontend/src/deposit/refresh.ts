// Parts of the step, asked again from the server.
import { page } from "../shared/net";
import { find, isFocused } from "./question";

function address(base: string, name: string, value: string): string {
	const url = new URL(base, location.href);
	url.searchParams.set(name, value);
	return url.href;
}

/** The question as the server shows it now; null when it is hidden or cannot be reached. */
export async function freshQuestion(base: string, field: string): Promise<HTMLElement | null> {
	if (!base) return null;
	const answer = await page(address(base, "field", field));
	const found = find(answer, field);
	return found ? document.importNode(found, true) : null;
}

/** Puts the question of the server in place of this one. Somebody who writes in it is never interrupted. */
export async function swap(base: string, field: string, root: ParentNode, calm: () => boolean): Promise<boolean> {
	const fresh = await freshQuestion(base, field).catch(() => null);
	const now = find(root, field);
	if (!fresh || !now || isFocused(now) || !calm()) return false;
	now.replaceWith(fresh);
	return true;
}

/** Refreshes what the server computes inside a question: totals, the drawing of an assessment. */
export async function refreshDerived(base: string, question: HTMLElement): Promise<void> {
	const parts = question.querySelectorAll<HTMLElement>("[data-derived]");
	if (parts.length === 0 || !base) return;
	const fresh = await freshQuestion(base, question.dataset.question ?? "").catch(() => null);
	for (const part of parts) {
		const next = fresh?.querySelector(`[data-derived="${part.dataset.derived ?? ""}"]`);
		if (next) part.replaceWith(next);
	}
}

/**
 * Shows the questions that the server now asks for and removes the others, in the
 * server's order. Those that stay are left untouched, with what is typed in them.
 */
export async function reconcile(base: string, step: HTMLElement, adopt: (question: HTMLElement) => void): Promise<void> {
	const answer = await page(address(base, "step", step.dataset.step ?? ""));
	const place = step.querySelector("[data-questions]");
	const wanted = [...answer.querySelectorAll<HTMLElement>("[data-questions] > [data-question]")];
	if (!place || wanted.length === 0) return;
	const names = new Set(wanted.map((question) => question.dataset.question));
	for (const old of [...place.children]) {
		if (old instanceof HTMLElement && !names.has(old.dataset.question)) old.remove();
	}
	let before: Element | null = null;
	for (const question of wanted) {
		const here: HTMLElement | null = find(place, question.dataset.question ?? "");
		const made = here ?? document.importNode(question, true);
		if (!here) {
			if (before) before.after(made);
			else place.prepend(made);
			adopt(made);
		}
		before = made;
	}
}

/** Asks again the outline of the whole file, where the page shows it. */
export async function refreshOutline(base: string, step: string): Promise<void> {
	const here = document.querySelector("[data-outline]");
	if (!here || !base) return;
	const answer = await page(address(base, "outline", step));
	const next = answer.querySelector("[data-outline]");
	if (next && !here.contains(document.activeElement)) here.replaceWith(document.importNode(next, true));
}
