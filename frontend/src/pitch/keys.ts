/**
 * `<t-keys>`: keys press the buttons inside that name them (`data-key`), while the
 * keyboard is within it; with `data-always`, on a projector, wherever it is but in a field.
 * The keys of a remote control, which turn pages, do as the arrows.
 */
class Keys extends HTMLElement {
	connectedCallback(): void {
		document.addEventListener("keydown", this.pressed);
	}

	disconnectedCallback(): void {
		document.removeEventListener("keydown", this.pressed);
	}

	private pressed = (event: KeyboardEvent): void => {
		if (event.altKey || event.ctrlKey || event.metaKey || event.repeat || event.defaultPrevented) return;
		const at = document.activeElement;
		if (!this.contains(at) && this.dataset.always === undefined) return;
		if (at?.closest("input, textarea, select, a, summary")) return;
		const key = event.key === "PageDown" ? "ArrowRight" : event.key;
		if (key === " " && at instanceof HTMLButtonElement) return; // it presses the button that has the keyboard
		const button = this.querySelector<HTMLButtonElement>(`button[data-key="${CSS.escape(key)}"]`);
		if (!button) return;
		event.preventDefault();
		button.click();
	};
}

customElements.define("t-keys", Keys);
