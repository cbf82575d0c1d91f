import { button } from "../shared/dom";

/**
 * `<t-dialog>` around a `<details>`: what unfolded in place becomes a native dialog.
 * The browser keeps the focus inside, closes on Escape and gives the focus back.
 */
class Dialog extends HTMLElement {
	private made = false;

	connectedCallback(): void {
		const details = this.querySelector("details");
		const opener = details?.querySelector("summary");
		const body = details?.querySelector<HTMLElement>(".dialog-body");
		if (this.made || !details || !opener || !body) return;
		this.made = true;
		const dialog = document.createElement("dialog");
		const title = body.getAttribute("aria-labelledby");
		if (title) dialog.setAttribute("aria-labelledby", title);
		body.removeAttribute("aria-labelledby");
		const open = button(opener.className, opener.textContent ?? "");
		open.setAttribute("aria-haspopup", "dialog");
		open.addEventListener("click", () => dialog.showModal());
		const close = button("quiet-button dialog-close", "×");
		close.setAttribute("aria-label", this.dataset.close ?? "");
		close.addEventListener("click", () => dialog.close());
		// A press that starts and ends on the backdrop closes; a selection dragged out does not.
		let onBackdrop = false;
		dialog.addEventListener("pointerdown", (event) => (onBackdrop = event.target === dialog && !inside(dialog, event)));
		dialog.addEventListener("click", (event) => {
			if (onBackdrop && event.target === dialog && !inside(dialog, event)) dialog.close();
		});
		dialog.append(body, close);
		details.replaceWith(open, dialog);
		if (details.open) dialog.showModal();
	}
}

function inside(dialog: HTMLElement, event: MouseEvent): boolean {
	const box = dialog.getBoundingClientRect();
	return event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
}

customElements.define("t-dialog", Dialog);
