import { announce } from "../shared/announce";
import { page } from "../shared/net";
import { count } from "../shared/words";

/** How long the network may take before the copy is shown, in milliseconds. */
const patience = 3000;

/** What is shown at an address: as it came, or as it was left. */
const kept = new Map<string, Document | HTMLElement>();
let words: DOMStringMap = {};

const pathOf = (address: string): string => new URL(address, location.href).pathname;

/**
 * `<t-reading-kept>`: keeps the pages of the listed files in this page, which is then never
 * left: links between them show the server's page while it answers, and the copy otherwise.
 * What is typed waits on the device, as everywhere.
 */
class Kept extends HTMLElement {
	connectedCallback(): void {
		words = this.dataset;
		this.hidden = false;
		this.querySelector("[data-keep]")?.addEventListener("click", () => void this.keep());
		this.tell();
	}

	private async keep(): Promise<void> {
		const links = [...document.querySelectorAll<HTMLAnchorElement>(".reading-list a")];
		try {
			for (const link of links) kept.set(pathOf(link.href), await page(link.href));
		} catch {
			return this.say(this.dataset.failed ?? "");
		}
		this.tell();
	}

	private tell(): void {
		if (kept.size > 0) this.say(count(kept.size, this.dataset.one ?? "", this.dataset.many ?? ""));
	}

	private say(sentence: string): void {
		const place = this.querySelector<HTMLElement>("[data-said]");
		if (place) place.textContent = sentence;
		announce(sentence);
	}
}

async function fresh(path: string): Promise<Document | null> {
	if (!navigator.onLine) return null;
	return page(path, AbortSignal.timeout(patience)).catch(() => null);
}

/** Puts another page's content in the place of this one's; what is left stays as it was. */
async function go(path: string, push: boolean): Promise<void> {
	const now = document.querySelector("main");
	const came = await fresh(path);
	const next = came ?? kept.get(path);
	if (!now || !next) return location.assign(path);
	kept.set(here, now);
	const main = next instanceof Document ? next.querySelector("main") : next;
	if (!main) return location.assign(path);
	const shown = next instanceof Document ? document.importNode(main, true) : main;
	if (next instanceof Document) {
		document.title = next.title;
		document.body.className = next.body.className;
	} else {
		document.title = shown.querySelector("h1")?.textContent ?? document.title;
	}
	now.replaceWith(shown);
	shown.querySelector("[data-kept-note]")?.remove();
	if (!came && words.offline) {
		const note = document.createElement("p");
		note.dataset.keptNote = "";
		note.className = "banner info";
		note.textContent = words.offline;
		(shown.querySelector(".neighbours") ?? shown.firstElementChild)?.before(note);
		announce(words.offline);
	}
	if (push) history.pushState(null, "", path);
	here = path;
	shown.tabIndex = -1;
	shown.focus({ preventScroll: true });
	scrollTo(0, 0);
}

let here = pathOf(location.href);

document.addEventListener("click", (event) => {
	const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
	if (!link || event.defaultPrevented || event.button !== 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
	const path = pathOf(link.href);
	if (kept.size === 0 || new URL(link.href).origin !== location.origin || path === here || (!kept.has(path) && path !== "/reviews")) return;
	event.preventDefault();
	void go(path, true);
});

window.addEventListener("popstate", () => {
	const path = pathOf(location.href);
	if (path === here) return;
	if (kept.has(path)) void go(path, false);
	else location.reload();
});

customElements.define("t-reading-kept", Kept);
