import { button } from "../shared/dom";

/** Shows a short message at the foot of the page and says it politely. It stays until closed; alone, it takes the place of those before. */
export function toast(text: string, alone = false): void {
	document.dispatchEvent(new CustomEvent("toast", { detail: { text, alone } }));
}

const MOST = 3;

/** `<t-toast>`: the region where `toast` events are shown, the three latest ones. */
class Toast extends HTMLElement {
	private show = (event: Event): void => {
		const region = this.querySelector("[role=status]");
		if (!region || !(event instanceof CustomEvent)) return;
		if (event.detail.alone) region.replaceChildren();
		const line = document.createElement("p");
		line.className = "toast";
		const text = document.createElement("span");
		text.textContent = String(event.detail.text);
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
