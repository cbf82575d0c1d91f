/**
 * `<t-errors>`: the error summary takes the focus when the page opens, and a link
 * to a field puts the focus in its control.
 */
class Errors extends HTMLElement {
	connectedCallback(): void {
		this.querySelector<HTMLElement>("[tabindex]")?.focus();
		this.addEventListener("click", (event) => {
			const link = event.target instanceof Element ? event.target.closest("a") : null;
			const target = link?.hash ? document.getElementById(link.hash.slice(1)) : null;
			if (!target) return;
			event.preventDefault();
			target.focus({ preventScroll: true });
			(target.closest(".field") ?? target).scrollIntoView({ block: "start" });
		});
	}
}

customElements.define("t-errors", Errors);
