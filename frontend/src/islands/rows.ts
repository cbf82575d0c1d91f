import { announce } from "../shared/announce";

const MARK = "__i__";
const FIELD = "input:not([type=hidden]), select, textarea";
const NAMED = ["id", "for", "name", "value", "href", "aria-describedby", "aria-labelledby", "data-field"];

/**
 * `<t-rows>`: adds, removes and moves the rows of a repeating block without asking the
 * server. Its buttons are ordinary submits whose value says the act ("remove:budget.2").
 * Rows are renumbered as the server would, and the block tells its form with an
 * `input` event, as if somebody had typed.
 */
class Rows extends HTMLElement {
	connectedCallback(): void {
		this.addEventListener("click", (event) => {
			const pressed = event.target instanceof Element ? event.target.closest<HTMLButtonElement>('button[name="_rows"]') : null;
			if (!pressed || pressed.closest("t-rows") !== this) return;
			event.preventDefault();
			const [act, path] = pressed.value.split(":");
			if (act === "add") this.add();
			else this.change(act ?? "", Number(path?.split(".").pop()));
		});
		this.refresh();
	}

	private get place(): HTMLElement | null {
		return this.querySelector<HTMLElement>(":scope > [data-rows]");
	}

	private get rows(): HTMLElement[] {
		return [...(this.place?.children ?? [])].filter((row): row is HTMLElement => row instanceof HTMLElement);
	}

	private add(): void {
		const blank = this.querySelector<HTMLTemplateElement>(":scope > template");
		const row = blank?.content.firstElementChild;
		if (!row || !this.place) return;
		const made = document.importNode(row, true) as HTMLElement;
		this.place.append(made);
		this.renumber();
		made.querySelector<HTMLElement>(FIELD)?.focus();
		this.tell(this.dataset.added, this.rows.length - 1);
	}

	private change(act: string, at: number): void {
		const row = this.rows[at];
		if (!row) return;
		const title = this.titleOf(at);
		if (act === "remove") {
			row.remove();
			this.renumber();
			const next = this.rows[Math.min(at, this.rows.length - 1)];
			(next?.querySelector<HTMLElement>(FIELD) ?? this.addButton)?.focus();
			announce((this.dataset.removed ?? "").replace(MARK, title));
		} else {
			const other = this.rows[act === "up" ? at - 1 : at + 1];
			if (!other) return;
			if (act === "up") other.before(row);
			else other.after(row);
			this.renumber();
			row.querySelector<HTMLElement>(`button[value^="${act}:"]:enabled`)?.focus();
			announce((this.dataset.moved ?? "").replace(MARK, this.titleOf(this.rows.indexOf(row))));
		}
		this.dispatchEvent(new Event("input", { bubbles: true }));
	}

	private tell(sentence: string | undefined, at: number): void {
		announce((sentence ?? "").replace(MARK, this.titleOf(at)));
		this.dispatchEvent(new Event("input", { bubbles: true }));
	}

	private get addButton(): HTMLButtonElement | null {
		return this.querySelector<HTMLButtonElement>('button[value^="add:"]');
	}

	private titleOf(at: number): string {
		return (this.dataset.title ?? "").replace("%d", String(at + 1));
	}

	/** Gives each row its number in names, ids and what refers to them. */
	private renumber(): void {
		const path = this.dataset.path ?? "";
		const id = "f-" + path.replaceAll(".", "-") + "-";
		this.rows.forEach((row, at) => {
			const was = row.dataset.row ?? "";
			row.dataset.row = String(at);
			row.querySelectorAll("[data-row-title]").forEach((title) => {
				title.textContent = (title.matches("legend") ? "" : " ") + this.titleOf(at);
			});
			if (was === String(at)) return;
			for (const element of [row, ...row.querySelectorAll("*")]) rename(element, `${path}.${was}`, `${path}.${at}`, id + was + "-", id + at + "-");
		});
		this.refresh();
	}

	/** A row cannot move past the ends, nor leave when it is one of the last needed. */
	private refresh(): void {
		const rows = this.rows;
		const least = Number(this.dataset.min);
		const most = Number(this.dataset.max);
		rows.forEach((row, at) => {
			for (const act of ["up", "down", "remove"]) {
				const button = row.querySelector<HTMLButtonElement>(`button[value^="${act}:"]`);
				if (!button) continue;
				button.disabled = act === "up" ? at === 0 : act === "down" ? at === rows.length - 1 : rows.length <= least;
			}
		});
		if (this.addButton) this.addButton.disabled = most > 0 && rows.length >= most;
	}
}

function rename(element: Element, path: string, newPath: string, id: string, newId: string): void {
	for (const name of NAMED) {
		const value = element.getAttribute(name);
		if (value === null) continue;
		if (name === "value" && !(element instanceof HTMLButtonElement)) continue;
		const next = value
			.split(" ")
			.map((part) => {
				if (part.startsWith(id)) return newId + part.slice(id.length);
				if (part.startsWith("#" + id)) return "#" + newId + part.slice(id.length + 1);
				const [act, rest] = part.includes(":") ? part.split(":") : ["", part];
				if (rest === path || rest?.startsWith(path + ".")) return (act ? act + ":" : "") + newPath + rest.slice(path.length);
				return part;
			})
			.join(" ");
		if (next !== value) element.setAttribute(name, next);
	}
}

customElements.define("t-rows", Rows);
