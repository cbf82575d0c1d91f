import { announce } from "../shared/announce";
import type { Entry } from "./raw";

const MARK = "__i__";
const NAMED = ["id", "for", "name", "value", "aria-describedby", "aria-labelledby", "data-field"];

/**
 * `<t-repeat>`: adds, removes and moves rows without asking the server. Its buttons are
 * ordinary submits ("remove-row:team:2"); rows are renumbered, and the question is told with
 * an `input` event, as if somebody had typed.
 */
class Repeat extends HTMLElement {
	connectedCallback(): void {
		this.addEventListener("click", (event) => {
			const pressed = event.target instanceof Element ? event.target.closest<HTMLButtonElement>('button[name="do"]') : null;
			const [act, path, at, way] = pressed?.value.split(":") ?? [];
			if (path !== this.path || !act) return;
			event.preventDefault();
			if (act === "add-row") this.add();
			else if (act === "remove-row") this.drop(Number(at));
			else if (act === "move-row") this.move(Number(at), way === "up");
		});
		this.refresh();
	}

	/** Makes as many rows as an answer that comes back needs. */
	restore(entries: Entry[]): void {
		const start = `f.${this.path}.`;
		const numbers = entries.filter(([name]) => name.startsWith(start)).map(([name]) => Number(name.slice(start.length).split(".")[0]));
		const wanted = Math.max(0, ...numbers.map((number) => number + 1));
		while (this.rows.length > Math.max(wanted, 1)) this.rows[this.rows.length - 1]?.remove();
		while (this.rows.length < wanted && this.grow());
		this.renumber();
	}

	private get path(): string {
		return this.dataset.path ?? "";
	}

	private get rows(): HTMLElement[] {
		return [...this.querySelectorAll<HTMLElement>(":scope > [data-rows] > [data-row]")];
	}

	private get model(): Element | null {
		const next = this.nextElementSibling;
		return next instanceof HTMLTemplateElement ? next.content.firstElementChild : null;
	}

	private grow(): HTMLElement | null {
		const place = this.querySelector(":scope > [data-rows]");
		if (!this.model || !place) return null;
		const made = document.importNode(this.model, true) as HTMLElement;
		place.append(made);
		return made;
	}

	private add(): void {
		const made = this.grow();
		if (!made) return;
		this.renumber();
		made.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea")?.focus();
		announce((this.dataset.added ?? "").replace(MARK, this.titleOf(this.rows.indexOf(made))));
	}

	private drop(at: number): void {
		const row = this.rows[at];
		if (!row) return;
		const title = this.titleOf(at);
		row.remove();
		this.renumber();
		const next = this.rows[Math.min(at, this.rows.length - 1)];
		(next?.querySelector<HTMLElement>("input, select, textarea") ?? this.querySelector<HTMLElement>('button[value^="add-row:"]'))?.focus();
		announce((this.dataset.removed ?? "").replace(MARK, title));
		this.tell();
	}

	private move(at: number, up: boolean): void {
		const row = this.rows[at];
		const other = this.rows[up ? at - 1 : at + 1];
		if (!row || !other) return;
		if (up) other.before(row);
		else other.after(row);
		this.renumber();
		(row.querySelector<HTMLElement>(`[data-act="${up ? "up" : "down"}"]:enabled`) ?? row.querySelector<HTMLElement>("[data-act]:enabled"))?.focus();
		announce((this.dataset.moved ?? "").replace(MARK, this.titleOf(this.rows.indexOf(row))));
		this.tell();
	}

	private tell(): void {
		this.dispatchEvent(new Event("input", { bubbles: true }));
	}

	private titleOf(at: number): string {
		return (this.dataset.title ?? "").replace(MARK, String(at + 1));
	}

	/** Gives each row its number in names, ids and what refers to them. Two passes, so that radio buttons of two rows never share a name. */
	private renumber(): void {
		const rows = this.rows;
		const moved = rows.filter((row, at) => row.dataset.row !== String(at));
		for (const row of moved) this.give(row, "moving" + rows.indexOf(row));
		for (const row of moved) this.give(row, String(rows.indexOf(row)));
		this.refresh();
	}

	private give(row: HTMLElement, to: string): void {
		const was = row.dataset.row ?? MARK;
		row.dataset.row = to;
		for (const title of row.querySelectorAll("[data-row-title]")) title.textContent = this.titleOf(Number(to.replace("moving", "")));
		const id = "f-f-" + this.path.replaceAll(".", "-") + "-";
		const pairs: [string, string][] = [
			[`f.${this.path}.${was}.`, `f.${this.path}.${to}.`],
			[`${id}${was}-`, `${id}${to}-`],
			[`row:${this.path}:${was}`, `row:${this.path}:${to}`],
		];
		for (const element of [row, ...row.querySelectorAll("*")]) rename(element, pairs);
	}

	/** A row cannot move past the ends, nor leave when it is one of the last needed. */
	private refresh(): void {
		const rows = this.rows;
		const most = Number(this.dataset.max);
		for (const [at, row] of rows.entries()) {
			for (const button of row.querySelectorAll<HTMLButtonElement>("[data-act]")) {
				const act = button.dataset.act;
				button.disabled = act === "up" ? at === 0 : act === "down" ? at === rows.length - 1 : rows.length <= Number(this.dataset.min);
			}
		}
		const add = this.querySelector<HTMLButtonElement>('button[value^="add-row:"]');
		if (add) add.disabled = most > 0 && rows.length >= most;
	}
}

function rename(element: Element, pairs: [string, string][]): void {
	for (const name of NAMED) {
		const value = element.getAttribute(name);
		if (value === null || (name === "value" && !(element instanceof HTMLButtonElement))) continue;
		let next = value;
		for (const [from, to] of pairs) next = next.split(" ").map((part) => part.replace(from, to)).join(" ");
		if (next !== value) element.setAttribute(name, next);
	}
}

customElements.define("t-repeat", Repeat);
