import { button } from "../shared/dom";

const MOST = 3;

/**
 * `<t-toast>`: the region where `toast` events are shown, the three latest ones. Each is a
 * short message, said politely, which stays until closed; the detail of the event is its
 * text. With `alone`, that of a `CustomEvent<{text, alone}>`, it takes the place of the others.
 */
class Toast extends HTMLElement {
	private show = (event: Event): void => {
		const region = this.querySelector("[role=status]");
		if (!region || !(event instanceof CustomEvent)) return;
		const { text: said, alone } = typeof event.detail === "string" ? { text: event.detail, alone: false } : event.detail;
		if (alone) region.replaceChildren();
		const line = document.createElement("p");
		line.className = "toast";
		const text = document.createElement("span");
		text.textContent = String(said);
		const close = button("quiet-button", "×");
		close.setAttribute("aria-label", this.dataset.close ?? "");
		close.addEventListener("click", () => line.remove());
		line.append(text, close);
		region.append(line);
		while (region.children.length > MOST) region.firstElementChild?.remove();
	};

	connectedCallback(): void {
		document.addEventListener("toast", this.show);
	}

	disconnectedCallback(): void {
		document.removeEventListener("toast", this.show);
	}
}

customElements.define("t-toast", Toast);
