/**
 * `<t-menu>` around a `<details>`: Escape and a click elsewhere close it, and Escape
 * gives the focus back to its button.
 */
class Menu extends HTMLElement {
	private leave = (event: Event): void => {
		const details = this.querySelector("details");
		if (details?.open && event.target instanceof Node && !this.contains(event.target)) details.open = false;
	};

	connectedCallback(): void {
		this.addEventListener("keydown", (event) => {
			const details = this.querySelector("details");
			if (event.key !== "Escape" || !details?.open) return;
			details.open = false;
			details.querySelector<HTMLElement>("summary")?.focus();
			event.stopPropagation();
		});
		document.addEventListener("pointerdown", this.leave);
		document.addEventListener("focusin", this.leave);
	}

	disconnectedCallback(): void {
		document.removeEventListener("pointerdown", this.leave);
		document.removeEventListener("focusin", this.leave);
	}
}

customElements.define("t-menu", Menu);
