import { announce } from "../shared/announce";

/** What carrying a sitting somewhere would do. */
interface Verdict {
	ok: boolean;
	lines: string[];
}

const clock = (minutes: number): string => `${String(Math.floor(minutes / 60) % 24).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

const minutes = (time: string): number => {
	const [hours = "0", rest = "0"] = time.split(":");
	return Number(hours) * 60 + Number(rest);
};

/**
 * `<t-plan>`: sittings of a draft are carried from a cell to another of the same day, with a
 * pointer or with the arrow keys; what that would break is said at each cell, and nothing is
 * kept before it is dropped. Without script each sitting has a form that does the same.
 */
class Plan extends HTMLElement {
	private block: HTMLElement | undefined;
	private target: HTMLTableCellElement | undefined;
	private asked: AbortController | undefined;

	connectedCallback(): void {
		for (const block of this.querySelectorAll<HTMLElement>("[data-sitting]")) {
			const carry = block.querySelector<HTMLButtonElement>(".plan-carry");
			if (!carry) continue;
			carry.hidden = false;
			carry.addEventListener("pointerdown", (event) => this.grab(event, block, carry));
			carry.addEventListener("click", (event) => {
				if (event.detail === 0) this.toggle(block); // by keyboard
			});
			carry.addEventListener("keydown", (event) => this.key(event));
			carry.addEventListener("blur", () => {
				if (this.block === block) this.leave();
			});
		}
	}

	private pick(block: HTMLElement): void {
		this.block = block;
		this.target = undefined;
		block.classList.add("carried");
		announce((this.dataset.said ?? "").replace("{name}", block.dataset.name ?? ""));
	}

	private leave(): void {
		this.asked?.abort();
		this.block?.classList.remove("carried");
		this.mark(undefined);
		this.block = undefined;
		const out = this.querySelector<HTMLElement>(".plan-verdict");
		if (out) out.hidden = true;
	}

	private grab(event: PointerEvent, block: HTMLElement, carry: HTMLElement): void {
		if (event.button !== 0) return;
		event.preventDefault();
		carry.focus();
		this.pick(block);
		carry.setPointerCapture(event.pointerId);
		const move = (e: PointerEvent): void => {
			const cell = document.elementFromPoint(e.clientX, e.clientY)?.closest<HTMLTableCellElement>("td[data-room]");
			if (cell && cell.closest("table") === block.closest("table") && cell !== this.target) this.over(cell);
		};
		const end = (dropped: boolean): void => {
			carry.removeEventListener("pointermove", move);
			if (dropped && this.target && this.target !== block.closest("td")) this.drop();
			else this.leave();
		};
		carry.addEventListener("pointermove", move);
		carry.addEventListener("pointerup", () => end(true), { once: true });
		carry.addEventListener("pointercancel", () => end(false), { once: true });
	}

	private toggle(block: HTMLElement): void {
		if (this.block !== block) {
			this.pick(block);
			return;
		}
		if (this.target && this.target !== block.closest("td")) this.drop();
		else this.leave();
	}

	private key(event: KeyboardEvent): void {
		if (!this.block) return;
		if (event.key === "Escape") {
			event.preventDefault();
			this.leave();
			announce(this.dataset.free ?? "");
			return;
		}
		const ways: Record<string, [number, number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
		const way = ways[event.key];
		if (!way) return;
		event.preventDefault();
		const next = this.beside(this.target ?? this.block.closest<HTMLTableCellElement>("td[data-room]"), way);
		if (next) this.over(next);
	}

	/** The cell above, under or beside another: the next hour of the room, or the next room at about that hour. */
	private beside(cell: HTMLTableCellElement | null, [down, right]: [number, number]): HTMLTableCellElement | undefined {
		const table = cell?.closest("table");
		if (!cell || !table) return undefined;
		const cells = [...table.querySelectorAll<HTMLTableCellElement>("td[data-room]")];
		const rooms = [...new Set(cells.map((c) => c.dataset.room ?? ""))].sort((a, b) => this.column(cells, a) - this.column(cells, b));
		const room = rooms[rooms.indexOf(cell.dataset.room ?? "") + right];
		const column = cells.filter((c) => c.dataset.room === room).sort((a, b) => minutes(a.dataset.from ?? "") - minutes(b.dataset.from ?? ""));
		if (down !== 0) return column[column.indexOf(cell) + down];
		const from = minutes(cell.dataset.from ?? "");
		return column.filter((c) => minutes(c.dataset.from ?? "") <= from).pop() ?? column[0];
	}

	private column(cells: HTMLTableCellElement[], room: string): number {
		return cells.find((c) => c.dataset.room === room)?.getBoundingClientRect().left ?? 0;
	}

	private mark(cell: HTMLTableCellElement | undefined): void {
		this.target?.classList.remove("over", "good", "bad");
		this.target = cell;
		cell?.classList.add("over");
	}

	/** What a sitting is carried to: its room, and its hours from the beginning of the cell. */
	private place(cell: HTMLTableCellElement): URLSearchParams {
		const from = minutes(cell.dataset.from ?? "");
		return new URLSearchParams({ room: cell.dataset.room ?? "", from: clock(from), to: clock(from + Number(this.block?.dataset.minutes ?? 0)) });
	}

	private async over(cell: HTMLTableCellElement): Promise<void> {
		this.mark(cell);
		cell.scrollIntoView({ block: "nearest", inline: "nearest" });
		this.asked?.abort();
		const asked = new AbortController();
		this.asked = asked;
		let verdict: Verdict = { ok: false, lines: [this.dataset.off ?? ""] };
		try {
			const answer = await fetch(`${this.block?.dataset.sitting}/verdict?${this.place(cell)}`, { headers: { Accept: "application/json" }, signal: asked.signal });
			if (answer.ok) verdict = (await answer.json()) as Verdict;
		} catch {
			if (asked.signal.aborted) return;
		}
		if (this.target !== cell) return;
		cell.classList.add(verdict.ok ? "good" : "bad");
		const out = this.querySelector<HTMLElement>(".plan-verdict");
		if (out) {
			out.hidden = false;
			out.classList.toggle("bad", !verdict.ok);
			out.textContent = `${cell.dataset.from} · ${verdict.lines.join(" ")}`;
		}
	}

	private drop(): void {
		const form = document.querySelector<HTMLFormElement>(".plan-drop");
		if (!form || !this.block || !this.target) return;
		form.action = this.block.dataset.sitting ?? "";
		for (const [name, value] of this.place(this.target)) {
			const field = form.elements.namedItem(name);
			if (field instanceof HTMLInputElement) field.value = value;
		}
		form.submit();
	}
}

customElements.define("t-plan", Plan);
