import { announce } from "../shared/announce";

const reopen = 3_000;

/** Whether something was typed or chosen in a part and not sent yet. */
function busy(part: Element): boolean {
	for (const control of part.querySelectorAll("input, textarea, select")) {
		if (control instanceof HTMLTextAreaElement && control.value !== control.defaultValue) return true;
		if (control instanceof HTMLInputElement && control.type !== "hidden" && (control.value !== control.defaultValue || control.checked !== control.defaultChecked)) return true;
		if (control instanceof HTMLSelectElement && [...control.options].some((option, i) => option.selected !== (option.defaultSelected || (i === 0 && ![...control.options].some((o) => o.defaultSelected))))) return true;
	}
	return false;
}

/**
 * `<t-room data-url data-stream>`: the room follows what happens in it. The server calls,
 * the page is read again with the reader's own rights, and the parts that changed take
 * the place of the old ones, except where she is writing. Acts are sent without leaving
 * the page. Without script the same forms and the same page do everything.
 */
class Room extends HTMLElement {
	private stream: EventSource | undefined;
	private asked = 0;
	private sending = 0;
	private behind = false; // called while something was being sent

	connectedCallback(): void {
		this.listen();
		this.addEventListener("submit", (event) => this.send(event));
		window.addEventListener("pagehide", () => this.stream?.close());
		window.addEventListener("pageshow", (event) => {
			if (event.persisted) this.listen();
		});
	}

	disconnectedCallback(): void {
		this.stream?.close();
	}

	private listen(): void {
		const stream = new EventSource(this.dataset.stream ?? "");
		this.stream = stream;
		let first = this.asked === 0;
		stream.addEventListener("listening", () => {
			if (!first) this.read();
			first = false;
		});
		stream.addEventListener("changed", () => this.read());
		stream.addEventListener("ended", () => {
			stream.close();
			announce(this.dataset.ended ?? "");
			location.reload();
		});
		stream.onerror = () => {
			if (stream.readyState === EventSource.CLOSED && this.isConnected) setTimeout(() => this.listen(), reopen);
		};
	}

	/** What was sent is answered first: the call that it causes would hide its answer. */
	private read(): void {
		this.behind = this.sending > 0;
		if (this.behind) return;
		this.ask("GET", this.dataset.url ?? "", null);
	}

	private send(event: SubmitEvent): void {
		const form = event.target;
		if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
		event.preventDefault();
		const sent = new URLSearchParams();
		for (const [name, value] of new FormData(form, event.submitter)) {
			if (typeof value === "string") sent.append(name, value);
		}
		this.ask("POST", form.action, sent, form.closest("[data-part]"));
	}

	/** Reads a page; of several answers, only the one to the last question counts. */
	private ask(method: string, url: string, body: URLSearchParams | null, from: Element | null = null): void {
		const turn = ++this.asked;
		const request = new XMLHttpRequest();
		request.open(method, url);
		request.responseType = "document";
		if (method === "POST") {
			this.sending++;
			request.addEventListener("loadend", () => {
				this.sending--;
				if (this.behind) this.read();
			});
		}
		request.addEventListener("load", () => {
			const next = request.response instanceof Document ? request.response.getElementById("room") : null;
			if (method === "POST" && next) this.acknowledge(request.response);
			if (!next) location.reload();
			else if (turn === this.asked) this.show(next, request.status < 400 ? from : null);
		});
		request.addEventListener("error", () => {
			if (method === "POST") announce(this.dataset.ended ?? "");
			else setTimeout(() => turn === this.asked && this.isConnected && this.read(), reopen); // the network may come back before the stream notices
		});
		request.send(body);
	}

	/** What an act did is said at the top of the page that answers it: here it is said at its foot, where what follows on the stream does not take it away. */
	private acknowledge(answer: Document): void {
		const said = answer.querySelector(".notice p")?.textContent?.trim();
		if (said) document.dispatchEvent(new CustomEvent("toast", { detail: { text: said, alone: true } }));
	}

	private show(next: HTMLElement, done: Element | null): void {
		const now = this.querySelector<HTMLElement>("#room");
		if (!now) return;
		const said = next.dataset.said ?? "";
		if (said !== now.dataset.said) announce(said);
		const parts = (of: HTMLElement): string => [...of.querySelectorAll<HTMLElement>("[data-part]")].map((part) => part.dataset.part).join(" ");
		const focus = document.activeElement;
		const held = focus instanceof HTMLElement && this.contains(focus) ? { id: focus.id, name: focus.getAttribute("name"), value: focus.getAttribute("value"), label: focus.textContent } : null;
		if (parts(now) !== parts(next)) {
			now.replaceWith(document.adoptNode(next));
		} else {
			now.dataset.said = said;
			for (const part of next.querySelectorAll<HTMLElement>("[data-part]")) {
				const old = now.querySelector(`[data-part="${part.dataset.part}"]`);
				const folds = old?.querySelectorAll("details") ?? [];
				part.querySelectorAll("details").forEach((fold, i) => (fold.open ||= folds[i]?.open ?? false));
				if (old === done && old?.isEqualNode(part)) old.querySelectorAll("form").forEach((form) => form.reset()); // what was typed is sent
				if (!old || old.isEqualNode(part) || (old !== done && busy(old))) continue;
				old.replaceWith(document.adoptNode(part));
			}
		}
		if (held && !document.activeElement?.isConnected) return;
		if (held && document.activeElement === document.body) this.refocus(held);
	}

	/** Gives the keyboard back to the control that took the place of the one that had it. */
	private refocus(held: { id: string; name: string | null; value: string | null; label: string | null }): void {
		const same = [...this.querySelectorAll<HTMLElement>("a[href], button, input, select, textarea")].find(
			(one) => (held.id !== "" && one.id === held.id) || (one.getAttribute("name") === held.name && one.getAttribute("value") === held.value && one.textContent === held.label),
		);
		(same ?? this.querySelector<HTMLElement>("[data-part='floor'] a, [data-part='floor'] button"))?.focus({ preventScroll: true });
	}
}

customElements.define("t-room", Room);
