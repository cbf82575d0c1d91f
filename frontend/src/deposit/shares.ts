import { fill } from "./words";

/** `<t-shares>`: the total of the percentages as they are typed. */
class Shares extends HTMLElement {
	connectedCallback(): void {
		this.addEventListener("input", () => this.update());
		this.closest("[data-question]")?.addEventListener("restored", () => this.update());
	}

	private update(): void {
		const inputs = [...this.querySelectorAll<HTMLInputElement>("input")];
		const total = inputs.reduce((sum, input) => sum + (Number(input.value.replace("%", "").trim()) || 0), 0);
		const place = this.querySelector("output");
		if (place) place.textContent = fill(this.dataset.total ?? "", total);
	}
}

customElements.define("t-shares", Shares);
