/**
 * `<t-versus>`: while the focus is within it, 1 and 2 choose, 0 says that both are worth the
 * same, and Backspace takes the last answer back. Outside it, and while somebody types, keys
 * do what they always do. An answer is sent once, however fast one presses.
 */
class Versus extends HTMLElement {
	private sent = false;

	private readonly pressed = (event: KeyboardEvent): void => {
		if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented || event.repeat) return;
		if (event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLInputElement) return;
		const button = this.querySelector<HTMLButtonElement>(`button[data-key="${CSS.escape(event.key)}"]`);
		if (!button) return;
		event.preventDefault();
		button.click();
	};

	private readonly once = (event: SubmitEvent): void => {
		if (this.sent) event.preventDefault();
		this.sent = true;
	};

	/** A page that comes back from the cache of the browser may be answered again. */
	private readonly back = (): void => {
		this.sent = false;
	};

	connectedCallback(): void {
		this.addEventListener("keydown", this.pressed);
		this.addEventListener("submit", this.once);
		window.addEventListener("pageshow", this.back);
		window.addEventListener("online", this.back);
		if (location.hash === `#${this.id}`) this.focus({ preventScroll: true });
	}

	disconnectedCallback(): void {
		window.removeEventListener("pageshow", this.back);
		window.removeEventListener("online", this.back);
	}
}

customElements.define("t-versus", Versus);
