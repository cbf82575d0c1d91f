import { send, swap } from "./exchange";

/**
 * `<t-trial>`: shows a form again as one answers it, so that conditions react. Test answers
 * are kept for this tab alone, and found again when the form was changed beside it.
 */
class Trial extends HTMLElement {
	private timer = 0;
	private running = false;

	connectedCallback(): void {
		this.addEventListener("change", () => this.soon());
		this.addEventListener("click", (event) => {
			const pressed = event.target instanceof Element ? event.target.closest<HTMLButtonElement>("button[name='do']") : null;
			if (!pressed) return;
			event.preventDefault();
			void this.ask(pressed.value, true);
		});
		const kept = sessionStorage.getItem(this.key);
		const answers = this.field("answers");
		if (kept && answers && answers.value === "{}" && kept !== "{}") {
			answers.value = kept;
			void this.ask("refresh", false, true);
		}
	}

	private get key(): string {
		return "trial-" + this.dataset.call;
	}

	private field(name: string): HTMLInputElement | null {
		return this.querySelector<HTMLInputElement>(`input[type=hidden][name="${name}"]`);
	}

	private soon(): void {
		clearTimeout(this.timer);
		this.timer = window.setTimeout(() => void this.ask("refresh", false), 50);
	}

	private async ask(act: string, top: boolean, bare = false): Promise<void> {
		const form = this.querySelector("form");
		if (!form || this.running) return;
		this.running = true;
		try {
			// What the page shows is older than the answers found again: they alone are sent.
			if (bare) for (const control of form.querySelectorAll<HTMLInputElement>("[name^='f.']")) control.disabled = true;
			const came = await send(form, { do: act });
			const there = came.page.querySelector("t-trial > form");
			if (came.status !== 200 || !there) return;
			swap(form, there);
			const answers = this.field("answers");
			if (answers) sessionStorage.setItem(this.key, answers.value);
			if (top && act !== "check") window.scrollTo({ top: 0 });
			if (act === "check") this.querySelector<HTMLElement>("[autofocus]")?.focus();
		} finally {
			this.running = false;
		}
	}
}

customElements.define("t-trial", Trial);
