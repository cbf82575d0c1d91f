import { announce } from "../shared/announce";
import { button } from "../shared/dom";
import { Autosave } from "./autosave";
import { fieldOf, questionOf } from "./question";
import { swap } from "./refresh";
import { Damaged, Refused, send } from "./sending";
import { say, wordsOf, type Words } from "./words";

/**
 * `<t-upload>`: sends each file as soon as it is chosen or dropped, piece by piece, with its
 * progress. Without it the input and its button send the file with the form.
 */
class Upload extends HTMLElement {
	connectedCallback(): void {
		const input = this.querySelector<HTMLInputElement>("input[type=file]");
		if (!this.url) return;
		this.querySelector("[data-send]")?.remove();
		input?.addEventListener("change", () => {
			this.take([...(input.files ?? [])]);
			input.value = "";
		});
		this.drops(this.querySelector<HTMLElement>("[data-drop]"));
	}

	private get words(): Words {
		return wordsOf(this);
	}

	private get url(): string {
		return this.closest("form")?.dataset.uploadsUrl ?? "";
	}

	private get list(): Element | null {
		return this.querySelector("[data-files]");
	}

	private drops(place: HTMLElement | null): void {
		place?.addEventListener("dragover", (event) => {
			event.preventDefault();
			place.toggleAttribute("data-over", true);
		});
		place?.addEventListener("dragleave", () => place.removeAttribute("data-over"));
		place?.addEventListener("drop", (event) => {
			event.preventDefault();
			place.removeAttribute("data-over");
			this.take([...(event.dataTransfer?.files ?? [])]);
		});
	}

	private take(files: File[]): void {
		for (const file of files) {
			const wrong = this.wrong(file);
			const row = this.row(file.name);
			if (wrong) this.tell(row, wrong);
			else void this.go(file, row);
		}
	}

	/** Why a file cannot be taken, before it leaves; "" when it can. */
	private wrong(file: File): string {
		const accept = (this.dataset.accept ?? "").split(",").filter(Boolean);
		const most = Number(this.dataset.max);
		const going = this.querySelectorAll("[data-file], [data-going]").length;
		if (accept.length > 0 && !accept.some((end) => file.name.toLowerCase().endsWith(end))) return say(this.words, "upload_kind", accept.join(", "));
		if (most > 0 && file.size > most) return say(this.words, "upload_too_big", this.size(most));
		return going >= Number(this.dataset.most) ? say(this.words, "upload_too_many") : "";
	}

	private size(bytes: number): string {
		return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "megabyte", maximumFractionDigits: 1 }).format(bytes / 1e6);
	}

	private row(name: string): HTMLElement {
		const row = document.createElement("li");
		const about = document.createElement("div");
		const title = document.createElement("span");
		title.className = "file-name";
		title.textContent = name;
		const state = document.createElement("span");
		state.className = "small";
		state.dataset.said = "";
		about.append(title, " ", state);
		row.append(about);
		this.list?.append(row);
		return row;
	}

	private tell(row: HTMLElement, sentence: string, aloud = true): void {
		const place = row.querySelector("[data-said]");
		if (place) place.textContent = sentence;
		if (aloud) announce(sentence);
	}

	private async go(file: File, row: HTMLElement): Promise<void> {
		const stop = new AbortController();
		const bar = document.createElement("progress");
		bar.max = file.size;
		bar.value = 0;
		bar.setAttribute("aria-label", file.name);
		const cancel = button("button plain", say(this.words, "upload_cancel", file.name));
		cancel.addEventListener("click", () => stop.abort());
		row.dataset.going = "";
		row.append(cancel, bar);
		const watch = {
			progress: (sent: number) => {
				bar.value = sent;
				const done = sent >= file.size;
				this.tell(row, done ? say(this.words, "upload_checking") : say(this.words, "upload_sending", Math.floor((100 * sent) / file.size)), false);
			},
			waiting: () => this.tell(row, say(this.words, "upload_waiting"), false),
		};
		try {
			const kept = await send(this.url, this.dataset.field ?? "", file, watch, stop.signal);
			this.tell(row, say(this.words, "upload_done", file.name));
			row.dataset.file = kept.id;
			if (kept.digest) this.digest(row, kept.digest);
			bar.remove();
			cancel.remove();
			await this.refresh();
		} catch (error) {
			bar.remove();
			cancel.remove();
			this.failed(row, error, stop.signal.aborted, file.name);
		} finally {
			delete row.dataset.going;
		}
	}

	private digest(row: HTMLElement, digest: string): void {
		const place = document.createElement("span");
		place.className = "digest";
		place.textContent = say(this.words, "upload_digest", digest);
		row.firstElementChild?.append(place);
	}

	private failed(row: HTMLElement, error: unknown, cancelled: boolean, name: string): void {
		if (cancelled) {
			row.remove();
			announce(say(this.words, "upload_cancelled", name));
		} else if (error instanceof Damaged) this.tell(row, say(this.words, "upload_damaged"));
		else this.tell(row, say(this.words, "upload_failed", error instanceof Refused ? error.message : name));
	}

	/** Shows the list as the server has it, once nothing else is on its way. */
	private async refresh(): Promise<void> {
		const draft = this.closest("t-autosave");
		const question = questionOf(this);
		if (!(draft instanceof Autosave) || !question || this.querySelector("[data-going]:not([data-file])")) return;
		const field = fieldOf(question);
		if (document.activeElement instanceof HTMLElement && question.contains(document.activeElement)) document.activeElement.blur();
		await swap(draft.dataset.fragmentUrl ?? "", field, draft, () => true);
	}
}

customElements.define("t-upload", Upload);
