/**
 * `<t-reading>`: Alt with Page Down or Page Up follows the link to the next or the previous
 * file. Two keys together, so that no letter typed alone does anything.
 */
class Reading extends HTMLElement {
	private readonly pressed = (event: KeyboardEvent): void => {
		const rel = event.key === "PageDown" ? "next" : event.key === "PageUp" ? "prev" : "";
		if (!rel || !event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
		const link = this.querySelector<HTMLAnchorElement>(`a[rel="${rel}"]`);
		if (!link) return;
		event.preventDefault();
		link.click();
	};

	connectedCallback(): void {
		document.addEventListener("keydown", this.pressed);
	}

	disconnectedCallback(): void {
		document.removeEventListener("keydown", this.pressed);
	}
}

customElements.define("t-reading", Reading);
