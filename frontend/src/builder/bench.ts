import { announce } from "../shared/announce";
import { swap, send, type Came } from "./exchange";

const PAUSE = 700;

/**
 * `<t-bench>`: saves the form of a question as one writes, shows again the parts of the page
 * that the server drew anew (data-region), and moves cards. A save that comes too late
 * shows the server's own page with both versions.
 */
class Bench extends HTMLElement {
	private timer = 0;
	private busy: Promise<void> = Promise.resolve();
	private dirty = false;
	/** How many times something was typed or chosen. */
	private edits = 0;
	/** How many saves are under way or wait for their turn. */
	private saving = 0;

	connectedCallback(): void {
		this.addEventListener("input", (event) => this.typed(event));
		this.addEventListener("change", (event) => this.changed(event));
		this.addEventListener("click", (event) => this.clicked(event));
		this.addEventListener("keydown", (event) => this.key(event));
		this.addEventListener("pointerdown", (event) => this.grip(event));
		this.addEventListener("dragstart", (event) => this.lift(event));
		this.addEventListener("dragover", (event) => this.over(event));
		this.addEventListener("drop", (event) => this.land(event));
		this.addEventListener("dragend", () => this.rest());
		window.addEventListener("beforeunload", (event) => {
			if (this.dirty) event.preventDefault();
		});
		this.dress();
	}

	private get live(): HTMLFormElement | null {
		return this.querySelector<HTMLFormElement>("form[data-live]");
	}

	/** Says what script adds, once it is there. */
	private dress(): void {
		for (const hint of this.querySelectorAll<HTMLElement>("[data-hint]")) hint.hidden = false;
		for (const card of this.querySelectorAll<HTMLElement>("[data-card]")) card.dataset.draggable = "";
	}

	private typed(event: Event): void {
		const at = event.target;
		if (!(at instanceof Element) || !this.live?.contains(at) || at.matches("[data-quiet]")) return;
		this.dirty = true;
		this.edits++;
		clearTimeout(this.timer);
		this.timer = window.setTimeout(() => this.save({ do: "save" }, false), PAUSE);
	}

	private changed(event: Event): void {
		const at = event.target;
		if (at instanceof HTMLSelectElement && this.live?.contains(at) && at.matches("[data-refresh], [name$='.mode'], [name$='.type']")) {
			this.save({ do: "refresh:" + at.name }, true);
		}
	}

	private clicked(event: Event): void {
		const pressed = event.target instanceof Element ? event.target.closest<HTMLButtonElement>("button[name='do'], form.undo button") : null;
		const form = pressed?.form;
		if (!pressed || !form || event.defaultPrevented) return;
		if (form === this.live && /^(add-|drop:|refresh:|save$)/.test(pressed.value)) {
			event.preventDefault();
			this.save({ do: pressed.value }, true);
		} else if (form.matches("[data-cards]") && /^(up|down|remove|duplicate|to):field:/.test(pressed.value)) {
			event.preventDefault();
			this.act(form, { do: pressed.value });
		} else if (form === this.live) {
			clearTimeout(this.timer);
			this.dirty = false;
			if (this.saving === 0) return;
			// The save under way gives the page its new mark: without it, one would clash with oneself.
			event.preventDefault();
			void this.busy.then(() => {
				const button = this.live?.querySelector<HTMLButtonElement>(`button[name="do"][value="${CSS.escape(pressed.value)}"]`);
				if (button) this.live?.requestSubmit(button);
			});
		}
	}

	/**
	 * Saves what is written; whole says that the form itself is drawn anew, which waits
	 * until nothing more was typed or chosen meanwhile: a list is gone through key by key.
	 */
	private save(extra: Record<string, string>, whole: boolean): void {
		clearTimeout(this.timer);
		this.saving++;
		this.busy = this.busy.then(async () => {
			const form = this.live;
			if (!form) return;
			this.say(this.dataset.saving);
			try {
				for (let again = true; again; ) {
					const seen = this.edits;
					this.dirty = false;
					const came = await send(form, extra);
					again = whole && seen !== this.edits && came.status === 200;
					this.take(came, whole && !again);
				}
				this.arrive(extra.do ?? "");
			} catch {
				this.dirty = true;
				this.say(this.dataset.failed);
			}
		}).finally(() => this.saving--);
	}

	/** After a condition was added, goes to its first control. */
	private arrive(act: string): void {
		const path = act.match(/^add-(?:test|group):(.*)$/)?.[1];
		const count = path && this.querySelector<HTMLInputElement>(`input[name="${CSS.escape(path)}.n"]`);
		if (!count) return;
		const at = `${CSS.escape(path)}.${Number(count.value) - 1}`;
		this.querySelector<HTMLElement>(`select[name="${at}.left"], select[name="${at}.mode"]`)?.focus();
	}

	private act(form: HTMLFormElement, extra: Record<string, string>): void {
		this.busy = this.busy.then(async () => {
			try {
				this.take(await send(form, extra), true);
				if (this.dataset.moved && /^(up|down|to):/.test(extra.do ?? "")) announce(this.dataset.moved);
			} catch {
				form.submit();
			}
		});
	}

	/** Takes from the page that came what differs from this one. */
	private take(came: Came, whole: boolean): void {
		if (came.status === 409 || came.status === 422) {
			if (came.status === 409 || whole) {
				const main = came.page.querySelector("main");
				if (main) document.querySelector("main")?.replaceWith(document.importNode(main, true));
				document.querySelector<HTMLElement>("[autofocus]")?.focus();
				return;
			}
			this.say(came.page.querySelector(".error-list")?.textContent?.trim() ?? this.dataset.failed);
			return;
		}
		if (came.status !== 200) throw new Error("status " + came.status);
		for (const there of came.page.querySelectorAll("[data-region]")) {
			const here = this.querySelector(`[data-region="${there.getAttribute("data-region")}"]`);
			if (!here) continue;
			if (there.getAttribute("data-region") === "form" && !whole) this.keep(here, there);
			else swap(here, there);
		}
		this.dress();
		this.say(this.dataset.saved);
		for (const frame of this.querySelectorAll<HTMLIFrameElement>("iframe[data-preview]")) frame.contentWindow?.location.replace(frame.src);
	}

	/** Leaves what is being typed, and takes the hidden marks: versions, ids that the server gave. */
	private keep(here: Element, there: Element): void {
		for (const mark of there.querySelectorAll<HTMLInputElement>("input[type=hidden]")) {
			const mine = here.querySelector<HTMLInputElement>(`input[type=hidden][name="${CSS.escape(mark.name)}"]`);
			const list = mark.name.match(/^(.*)\.\d+\.id$/)?.[1];
			if (mine && (!list || rows(here, list) === rows(there, list))) mine.value = mark.value;
		}
		for (const said of there.querySelectorAll(".condition > .if")) {
			const place = said.closest(".condition")?.id;
			const mine = place && here.querySelector(`#${CSS.escape(place)} > .if`);
			if (mine) mine.textContent = said.textContent;
		}
	}

	private say(sentence: string | undefined): void {
		const place = this.querySelector("[data-save-state]");
		if (place) place.textContent = sentence ?? "";
	}

	/** Alt and an arrow move the card that holds the focus. */
	private key(event: KeyboardEvent): void {
		if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
		const card = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-card]") : null;
		const button = card?.querySelector<HTMLButtonElement>(`button[value^="${event.key === "ArrowUp" ? "up" : "down"}:"]:enabled`);
		if (!button) return;
		event.preventDefault();
		button.focus();
		button.click();
	}

	// Dragging begins on the icon alone, so that words can still be selected.

	private grip(event: PointerEvent): void {
		const card = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-card]") : null;
		if (card) card.draggable = event.target instanceof Element && event.target.closest("[data-grip]") !== null;
	}

	private lift(event: DragEvent): void {
		const card = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>("[data-card]") : null;
		if (!card || !event.dataTransfer) return;
		card.dataset.dragged = "";
		event.dataTransfer.effectAllowed = "move";
		event.dataTransfer.setData("text/plain", card.dataset.card ?? "");
	}

	private over(event: DragEvent): void {
		const card = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-card]") : null;
		if (!card || !this.querySelector("[data-dragged]")) return;
		event.preventDefault();
		for (const marked of this.querySelectorAll("[data-before]")) marked.removeAttribute("data-before");
		card.dataset.before = "";
	}

	private land(event: DragEvent): void {
		const moved = this.querySelector<HTMLElement>("[data-dragged]");
		const before = this.querySelector<HTMLElement>("[data-before]");
		const form = moved?.closest("form");
		if (!moved || !before || !form || moved === before) return;
		event.preventDefault();
		const others = [...form.querySelectorAll<HTMLElement>("[data-card]")].filter((card) => card !== moved);
		const place = others.indexOf(before);
		this.act(form, { do: `to:field:${moved.dataset.card}:${form.dataset.step}`, place: String(place) });
	}

	private rest(): void {
		for (const card of this.querySelectorAll("[data-dragged], [data-before]")) {
			card.removeAttribute("data-dragged");
			card.removeAttribute("data-before");
		}
	}
}

function rows(place: Element, list: string): number {
	return place.querySelectorAll(`input[type=hidden][name^="${CSS.escape(list)}."][name$=".id"]`).length;
}

customElements.define("t-bench", Bench);
