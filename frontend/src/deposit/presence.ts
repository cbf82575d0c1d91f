import { ask } from "../shared/net";
import { Autosave } from "./autosave";
import { fieldOf, find, questionOf, versionOf } from "./question";
import { icon, say, wordsOf, type Words } from "./words";

/** How often a page says that somebody is still on a field; the server forgets after 45 s. */
const sign = 20_000;
const reopen = 10_000;

/**
 * `<t-presence>`: shows who else is on which field, and the answers that they save. It stands
 * inside t-autosave and tells the server on which field this person is.
 */
class Presence extends HTMLElement {
	private stream: EventSource | undefined;
	private beat = 0;
	private on = "";

	connectedCallback(): void {
		const draft = this.draft;
		if (!draft) return;
		if (this.dataset.presenceUrl) {
			draft.addEventListener("focusin", (event) => this.move(questionOf(event.target)));
			draft.addEventListener("focusout", () => setTimeout(() => this.move(questionOf(document.activeElement)), 100));
			window.addEventListener("pagehide", () => this.tell(""));
		}
		if (!this.dataset.streamUrl) return;
		this.listen();
		// A page kept aside by the browser must not hold one of its few connections.
		window.addEventListener("pagehide", () => this.stream?.close());
		window.addEventListener("pageshow", (event) => {
			if (event.persisted) this.listen();
		});
	}

	disconnectedCallback(): void {
		this.stream?.close();
		clearInterval(this.beat);
	}

	private get words(): Words {
		return wordsOf(this);
	}

	private get draft(): Autosave | null {
		const found = this.closest("t-autosave");
		return found instanceof Autosave ? found : null;
	}

	private move(question: HTMLElement | null): void {
		const field = question ? fieldOf(question) : "";
		if (field === this.on) return;
		this.on = field;
		clearInterval(this.beat);
		this.tell(field);
		if (field) this.beat = window.setInterval(() => this.tell(field), sign);
	}

	private tell(field: string): void {
		void ask(this.dataset.presenceUrl ?? "", { method: "POST", body: { field }, keepalive: true }).catch(() => undefined);
	}

	private listen(): void {
		const stream = new EventSource(this.dataset.streamUrl ?? "");
		this.stream = stream;
		stream.addEventListener("presence", (event) => this.show(JSON.parse(event.data)));
		stream.addEventListener("saved", (event) => void this.saved(JSON.parse(event.data)));
		stream.addEventListener("closed", () => {
			stream.close();
			this.draft?.dispatchEvent(new Event("draft-closed"));
		});
		stream.onerror = () => {
			// The browser reconnects by itself, except after a refusal.
			if (stream.readyState === EventSource.CLOSED && this.isConnected) setTimeout(() => this.listen(), reopen);
		};
	}

	private show(names: Record<string, string[]>): void {
		for (const place of this.draft?.querySelectorAll<HTMLElement>("[data-marks]") ?? []) {
			const question = questionOf(place);
			const here = question ? (names[fieldOf(question)] ?? []) : [];
			const said = here.length > 0 ? say(this.words, "here", here.join(", ")) : "";
			if (place.textContent?.trim() === said) continue;
			place.replaceChildren();
			if (!said) continue;
			const badge = document.createElement("span");
			badge.className = "badge info";
			const mark = icon(this.draft, "person");
			if (mark) badge.append(mark);
			badge.append(said);
			place.append(badge);
		}
	}

	/** A colleague saved a field: its new answer takes the place of the old one, unless I am on it. */
	private async saved({ field, version, author }: { field: string; version: number; author: string }): Promise<void> {
		const draft = this.draft;
		const question = draft ? find(draft, field) : null;
		if (!draft || !question || version <= versionOf(question)) return;
		if (!(await draft.refresh(field))) return;
		const place = find(draft, field)?.querySelector<HTMLElement>(".save-state");
		if (place) place.textContent = say(this.words, "changed_by", author);
	}
}

customElements.define("t-presence", Presence);
