import { announce } from "../shared/announce";
import { page } from "../shared/net";

/**
 * `<t-filter data-target>` around a form of filters: the list changes as the filters do.
 * The address follows, so that the page can be kept or sent. When the network fails,
 * the form is sent the ordinary way. An element marked data-count in the list is said aloud.
 */
class Filter extends HTMLElement {
	private timer = 0;
	private asking: AbortController | undefined;

	connectedCallback(): void {
		const form = this.querySelector("form");
		if (!form) return;
		form.addEventListener("input", (event) => {
			const typing = event.target instanceof HTMLInputElement && ["text", "search", ""].includes(event.target.type);
			clearTimeout(this.timer);
			this.timer = window.setTimeout(() => void this.apply(form), typing ? 350 : 0);
		});
		form.addEventListener("submit", (event) => {
			event.preventDefault();
			clearTimeout(this.timer);
			void this.apply(form);
		});
	}

	private address(form: HTMLFormElement): URL {
		const url = new URL(form.action || location.href, location.href);
		const query = new URLSearchParams();
		for (const [name, value] of new FormData(form)) {
			if (typeof value === "string" && value !== "") query.append(name, value);
		}
		url.search = query.toString();
		return url;
	}

	private async apply(form: HTMLFormElement): Promise<void> {
		const target = this.dataset.target ?? "";
		const place = document.getElementById(target);
		if (!place) return form.submit();
		const url = this.address(form);
		this.asking?.abort();
		const asking = (this.asking = new AbortController());
		place.setAttribute("aria-busy", "true");
		try {
			const answer = await page(url.href, asking.signal);
			const fresh = answer.getElementById(target);
			if (!fresh) throw new Error("no " + target);
			place.replaceWith(document.adoptNode(fresh));
			history.replaceState(history.state, "", url);
			const said = document.getElementById(target)?.querySelector("[data-count]")?.textContent;
			if (said) announce(said);
		} catch {
			if (!asking.signal.aborted) form.submit();
		}
	}
}

customElements.define("t-filter", Filter);
