import { basisPoints, cents, money, percent } from "./money";

/** `<t-budget>`: the totals of a budget as it is typed; the server computes the same when it saves. */
class Budget extends HTMLElement {
	connectedCallback(): void {
		this.addEventListener("input", () => this.update());
		this.addEventListener("change", () => this.update());
		this.closest("[data-question]")?.addEventListener("restored", () => this.update());
	}

	private sum(side: string, counts: (row: Element) => boolean = () => true): number {
		const rows = this.querySelectorAll(`[data-side="${side}"] [data-row]`);
		return [...rows].filter(counts).reduce((sum, row) => {
			const amount = row.querySelector<HTMLInputElement>('input[name$=".amount"]');
			return sum + (cents(amount?.value ?? "") ?? 0);
		}, 0);
	}

	private update(): void {
		const lang = this.dataset.lang ?? "fr";
		const expenses = this.sum("expenses");
		const income = this.sum("income");
		const open = this.sum("income", (row) => row.querySelector<HTMLSelectElement>("[data-category]")?.selectedOptions[0]?.hasAttribute("data-public") ?? false);
		const rate = (part: number): string => {
			const points = basisPoints(part, expenses);
			return points < 0 ? (this.dataset.none ?? "") : percent(points, lang);
		};
		this.say("expenses", money(expenses, lang));
		this.say("income", money(income, lang));
		this.say("balance", money(income - expenses, lang));
		this.say("public_rate", rate(open));
		this.say("funded", rate(income));
	}

	private say(total: string, text: string): void {
		const place = this.querySelector(`[data-total="${total}"]`);
		if (place && place.textContent !== text) place.textContent = text;
	}
}

customElements.define("t-budget", Budget);
