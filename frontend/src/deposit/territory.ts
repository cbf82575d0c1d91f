import { announce } from "../shared/announce";
import { ask } from "../shared/net";
import { count } from "../shared/words";
import { fill } from "./words";
import type { Entry } from "./raw";

interface Place {
	ref: string;
	label: string;
	kind: string;
}

const pause = 200;

/**
 * `<t-territory>`: suggests places as one types, after the combobox pattern of ARIA 1.2. What is
 * picked becomes a box that stays ticked; a question that takes one place keeps the last.
 */
class Territory extends HTMLElement {
	private list: HTMLUListElement | undefined;
	private places: Place[] = [];
	private active = -1;
	private timer = 0;
	private asked: AbortController | undefined;

	connectedCallback(): void {
		const url = this.closest("form")?.dataset.placesUrl;
		const input = this.input;
		if (!url || !input || this.list) return;
		this.querySelector("[data-search]")?.remove();
		this.querySelector("[data-found]")?.remove();
		const list = document.createElement("ul");
		list.className = "suggestions";
		list.id = input.id + "-list";
		list.setAttribute("role", "listbox");
		list.setAttribute("aria-label", this.querySelector("label[for]")?.textContent ?? "");
		list.hidden = true;
		input.after(list);
		this.list = list;
		for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", list.id], ["aria-autocomplete", "list"]] as const) input.setAttribute(name, value);
		input.addEventListener("input", (event) => {
			event.stopPropagation();
			clearTimeout(this.timer);
			this.timer = window.setTimeout(() => void this.suggest(url), pause);
		});
		input.addEventListener("change", (event) => event.stopPropagation());
		input.addEventListener("keydown", (event) => this.key(event));
		// What sends a form is the key press, which a slow browser may deliver although the key down was taken.
		input.addEventListener("keypress", (event) => {
			if (event.key === "Enter") event.preventDefault();
		});
		input.addEventListener("blur", () => setTimeout(() => this.show([]), 150));
		list.addEventListener("pointerdown", (event) => event.preventDefault());
		list.addEventListener("click", (event) => {
			const option = event.target instanceof Element ? event.target.closest("[role=option]") : null;
			if (option) this.pick(this.places[[...list.children].indexOf(option)]);
		});
	}

	/** Makes the boxes of an answer that comes back. */
	restore(entries: Entry[], labels: Record<string, string>): void {
		for (const [name, value] of entries) {
			if (name === this.dataset.name && !this.box(value)) this.addPlace(value, labels[value] ?? value);
		}
	}

	private get input(): HTMLInputElement | null {
		return this.querySelector<HTMLInputElement>("[data-query]");
	}

	private get single(): boolean {
		return this.dataset.most === "1";
	}

	private box(ref: string): HTMLInputElement | undefined {
		return [...this.querySelectorAll<HTMLInputElement>("[data-picked] input")].find((box) => box.value === ref);
	}

	private async suggest(url: string): Promise<void> {
		const query = this.input?.value.trim() ?? "";
		this.asked?.abort();
		if (query.length < 2) return this.show([]);
		this.asked = new AbortController();
		const address = new URL(url, location.href);
		address.searchParams.set("q", query);
		for (const kind of (this.dataset.kinds ?? "").split(",").filter(Boolean)) address.searchParams.append("kind", kind);
		try {
			const answer = await ask<{ places: Place[] }>(address.href, { signal: this.asked.signal });
			this.show(answer.body?.places ?? [], true);
		} catch {
			// Another letter was typed, or the network is away: the next letter asks again.
		}
	}

	private show(places: Place[], tell = false): void {
		if (!this.list || !this.input) return;
		this.places = places;
		this.active = -1;
		this.list.replaceChildren(
			...places.map((place, at) => {
				const option = document.createElement("li");
				option.id = `${this.list?.id ?? ""}-${at}`;
				option.setAttribute("role", "option");
				option.setAttribute("aria-selected", "false");
				const kind = document.createElement("span");
				kind.className = "soft small";
				kind.textContent = place.kind;
				option.append(place.label, " ", kind);
				return option;
			}),
		);
		this.list.hidden = places.length === 0;
		this.input.setAttribute("aria-expanded", String(places.length > 0));
		this.input.removeAttribute("aria-activedescendant");
		if (tell) announce(places.length > 0 ? count(places.length, this.dataset.countOne ?? "", this.dataset.countMany ?? "") : (this.dataset.none ?? ""));
	}

	private key(event: KeyboardEvent): void {
		if (event.key === "Enter") {
			event.preventDefault();
			this.pick(this.places[Math.max(this.active, 0)]);
		} else if (event.key === "Escape" && this.places.length > 0) {
			event.preventDefault();
			this.show([]);
		} else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && this.places.length > 0) {
			event.preventDefault();
			const last = this.places.length - 1;
			const next = this.active + (event.key === "ArrowDown" ? 1 : -1);
			this.go(next > last ? 0 : next < 0 ? last : next);
		}
	}

	private go(at: number): void {
		this.active = at;
		for (const [i, option] of [...(this.list?.children ?? [])].entries()) {
			option.setAttribute("aria-selected", String(i === at));
			if (i !== at) continue;
			this.input?.setAttribute("aria-activedescendant", option.id);
			option.scrollIntoView({ block: "nearest" });
		}
	}

	private pick(place: Place | undefined): void {
		if (!place || !this.input) return;
		const known = this.box(place.ref);
		if (known) known.checked = true;
		else this.addPlace(place.ref, place.label);
		this.input.value = "";
		this.show([]);
		announce(fill(this.dataset.added ?? "", place.label));
		this.dispatchEvent(new Event("input", { bubbles: true }));
	}

	private addPlace(ref: string, label: string): void {
		const choice = document.createElement("label");
		choice.className = "choice";
		const box = document.createElement("input");
		box.type = this.single ? "radio" : "checkbox";
		box.name = this.dataset.name ?? "";
		box.value = ref;
		box.checked = true;
		const text = document.createElement("span");
		text.dataset.label = "";
		text.textContent = label;
		choice.append(box, text);
		const place = this.querySelector("[data-picked]");
		if (this.single) place?.replaceChildren(choice);
		else place?.append(choice);
	}
}

customElements.define("t-territory", Territory);
