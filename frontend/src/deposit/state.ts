// What the page says of each save.
import { announce } from "../shared/announce";
import { icon, say, type Words } from "./words";

export type SaveState = "saved" | "saving" | "offline" | "failed" | "conflict" | "idle";

/** Which states are worse than which: only a change for the worse is said aloud. */
const gravity: Record<SaveState, number> = { idle: 0, saved: 0, saving: 0, offline: 1, failed: 2, conflict: 3 };

export class Marks {
	private said: SaveState = "idle";

	constructor(private readonly root: HTMLElement, private readonly words: Words) {}

	/** Shows the state of a question under it, with its own sentence when there is one. */
	set(question: HTMLElement, state: SaveState, sentence = ""): void {
		const places = question.querySelectorAll<HTMLElement>(".save-state");
		const place = places[places.length - 1];
		if (!place || (place.dataset.state === state && !sentence)) return;
		const marks = this.root.querySelector<HTMLTemplateElement>('template[data-template="marks"]');
		const model = marks?.content.querySelector<HTMLElement>(`[data-state="${state}"]`);
		place.dataset.state = state;
		place.replaceChildren(...(model ? [...document.importNode(model, true).childNodes] : []));
		const text = place.querySelector("span");
		if (text && sentence) text.textContent = sentence;
		if (gravity[state] > gravity[this.said]) announce(place.textContent?.trim() ?? "");
		if (gravity[state] > 0 || state === "saved") this.said = state;
	}

	saved(question: HTMLElement): void {
		const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
		this.set(question, "saved", say(this.words, "saved_at", time));
	}

	/** A sentence about the whole draft, above it; "" removes it. */
	draft(sentence: string): void {
		const place = this.root.querySelector<HTMLElement>("[data-draft-state]");
		if (!place || place.dataset.said === sentence) return;
		place.dataset.said = sentence;
		const old = place.querySelector("[data-sentence]");
		old?.remove();
		if (sentence) {
			const banner = document.createElement("div");
			banner.className = "banner warning";
			banner.dataset.sentence = "";
			const mark = icon(this.root, "warning");
			if (mark) banner.append(mark);
			const text = document.createElement("p");
			text.className = "banner-text";
			text.textContent = sentence;
			banner.append(text);
			place.prepend(banner);
			announce(sentence);
		}
		place.hidden = place.childElementCount === 0;
	}

	/** A text that is not part of the file, kept in sight with a button to copy it. */
	stray(field: string, heading: string, explanation: string, text: string, question: HTMLElement | null): void {
		const place = question ?? this.root.querySelector<HTMLElement>("[data-draft-state]");
		if (!place || place.querySelector(`[data-stray="${CSS.escape(field)}"]`)) return;
		const box = document.createElement("section");
		box.className = "stray";
		box.dataset.stray = field;
		const title = document.createElement("h3");
		title.textContent = heading;
		const more = document.createElement("p");
		more.textContent = explanation;
		const body = document.createElement("p");
		body.className = "version-text";
		body.textContent = text;
		const copy = document.createElement("button");
		copy.type = "button";
		copy.className = "button";
		copy.textContent = say(this.words, "copy");
		copy.addEventListener("click", () => {
			void navigator.clipboard.writeText(text).then(() => {
				copy.textContent = say(this.words, "copied");
				announce(say(this.words, "copied"));
			});
		});
		box.append(title, more, body, copy);
		place.append(box);
		place.hidden = false;
	}
}
