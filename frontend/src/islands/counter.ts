import { announce } from "../shared/announce";
import { count } from "../shared/words";

/**
 * The text as the server keeps it, so that both count the same: composed letters,
 * one kind of break, no invisible controls, no spaces at the ends.
 */
export function clean(raw: string): string {
	return raw
		.replace(/\r\n?|[\u0085\u2028\u2029]/g, "\n")
		.replace(/[^\P{Cc}\n\t]|[\uFEFF\u202A-\u202E\u2066-\u2069]/gu, "")
		.normalize("NFC")
		.replace(/[^\S\n]+$/gm, "")
		.trim();
}

/** Lines of a text: a hard break, or `width` characters. An empty text has none. */
export function lines(text: string, width: number): number {
	if (text === "") return 0;
	return text.split("\n").reduce((sum, line) => sum + Math.max(1, Math.ceil([...line].length / width)), 0);
}

/**
 * `<t-counter for="id">`: what is left of a text, as it is typed. It is said aloud
 * only near the end, at most every half second.
 */
class Counter extends HTMLElement {
	connectedCallback(): void {
		const control = document.getElementById(this.getAttribute("for") ?? "");
		if (!(control instanceof HTMLTextAreaElement || control instanceof HTMLInputElement)) return;
		control.addEventListener("input", () => this.update(control.value));
		this.update(control.value, true);
	}

	private update(raw: string, silent = false): void {
		const text = clean(raw);
		const data = this.dataset;
		const max = Number(data.max);
		const used = data.unit === "lines" ? lines(text, Number(data.line)) : [...text].length;
		const over = used > max;
		const sentence = over
			? count(used - max, data.overOne ?? "", data.overMany ?? "")
			: count(max - used, data.leftOne ?? "", data.leftMany ?? "");
		if (this.textContent === sentence) return;
		this.textContent = sentence;
		this.toggleAttribute("data-over", over);
		if (!silent && used >= max * 0.9) announce(sentence);
	}
}

customElements.define("t-counter", Counter);
