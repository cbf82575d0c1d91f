import { announce } from "../shared/announce";
import { button } from "../shared/dom";
import { fill, icon } from "./words";

/** `<t-ranking>`: buttons that move an option up and down, beside the ranks that one may also choose. */
class Ranking extends HTMLElement {
	connectedCallback(): void {
		for (const item of this.items) {
			const place = item.querySelector("[data-acts]");
			if (!place || place.childElementCount > 0) continue;
			place.append(this.mover(item, "up", this.dataset.up ?? "", -1), this.mover(item, "down", this.dataset.down ?? "", 1));
		}
		this.addEventListener("change", (event) => {
			const item = event.target instanceof Element ? event.target.closest("li") : null;
			if (item) this.place(item);
		});
		this.closest("[data-question]")?.addEventListener("restored", () => this.sort());
		this.refresh();
	}

	private get items(): HTMLLIElement[] {
		return [...this.querySelectorAll<HTMLLIElement>("li[data-option]")];
	}

	private list(item: Element): HTMLSelectElement | null {
		return item.querySelector("select");
	}

	private rank(item: Element): number {
		return Number(this.list(item)?.value) || Infinity;
	}

	private name(item: Element): string {
		return item.querySelector("label")?.textContent?.trim() ?? "";
	}

	private mover(item: HTMLLIElement, drawing: string, label: string, by: number): HTMLButtonElement {
		const made = button("quiet-button", "");
		const mark = icon(this.closest("t-autosave"), drawing);
		if (mark) made.append(mark);
		const text = document.createElement("span");
		text.className = mark ? "quiet-text" : "";
		text.textContent = `${label} ${this.name(item)}`;
		made.append(text);
		made.dataset.by = String(by);
		made.addEventListener("click", () => this.move(item, by));
		return made;
	}

	private move(item: HTMLLIElement, by: number): void {
		const items = this.items;
		const other = items[items.indexOf(item) + by];
		if (!other) return;
		if (by < 0) other.before(item);
		else other.after(item);
		this.number(Math.max(this.items.indexOf(item), this.items.indexOf(other)) + 1);
		const focus = item.querySelector<HTMLButtonElement>(`[data-by="${by}"]:enabled`) ?? item.querySelector<HTMLButtonElement>("button:enabled");
		focus?.focus();
		this.tell(item);
	}

	/** A rank chosen in a list puts the option there, and the others make room. */
	private place(item: HTMLLIElement): void {
		const rank = this.rank(item);
		const others = this.items.filter((other) => other !== item && this.rank(other) < Infinity);
		others.sort((a, b) => this.rank(a) - this.rank(b));
		if (rank < Infinity) others.splice(rank - 1, 0, item);
		for (const [at, ranked] of others.entries()) this.give(ranked, at + 1);
		this.sort();
		this.list(item)?.focus();
		this.tell(item);
	}

	/** Ranks the first ones by their place, and leaves those after without a rank. */
	private number(least: number): void {
		const given = this.items.filter((item) => this.rank(item) < Infinity).length;
		for (const [at, item] of this.items.entries()) this.give(item, at < Math.max(given, least) ? at + 1 : 0);
		this.refresh();
	}

	private give(item: Element, rank: number): void {
		const list = this.list(item);
		if (list) list.value = rank > 0 ? String(rank) : "";
	}

	private sort(): void {
		const items = this.items.sort((a, b) => this.rank(a) - this.rank(b) || 0);
		const place = this.querySelector("ol");
		for (const item of items) place?.append(item);
		this.refresh();
	}

	private refresh(): void {
		const items = this.items;
		for (const [at, item] of items.entries()) {
			const up = item.querySelector<HTMLButtonElement>('[data-by="-1"]');
			const down = item.querySelector<HTMLButtonElement>('[data-by="1"]');
			if (up) up.disabled = at === 0;
			if (down) down.disabled = at === items.length - 1;
		}
	}

	private tell(item: Element): void {
		const rank = this.rank(item);
		if (rank < Infinity) announce(fill(this.dataset.moved ?? "", this.name(item), rank));
		this.dispatchEvent(new Event("input", { bubbles: true }));
	}
}

customElements.define("t-ranking", Ranking);
