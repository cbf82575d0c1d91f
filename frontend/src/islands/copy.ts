import { announce } from "../shared/announce";

/** `<t-copy data-from>`: a button that copies a value; it shows only where copying is possible. */
class Copy extends HTMLElement {
	connectedCallback(): void {
		const button = this.querySelector("button");
		const source = document.getElementById(this.dataset.from ?? "");
		if (!button || !source || !navigator.clipboard) return;
		button.hidden = false;
		const words = button.querySelector("span");
		const before = words?.textContent ?? "";
		button.addEventListener("click", async () => {
			try {
				await navigator.clipboard.writeText(source.textContent?.trim() ?? "");
			} catch {
				getSelection()?.selectAllChildren(source); // not allowed: one keystroke remains
				return;
			}
			const done = this.dataset.done ?? "";
			if (words) words.textContent = done;
			announce(done);
			setTimeout(() => {
				if (words) words.textContent = before;
			}, 2500);
		});
	}
}

customElements.define("t-copy", Copy);
