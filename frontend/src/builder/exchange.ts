/** A page that came back: where it ended, with which status. */
export interface Came {
	status: number;
	page: Document;
	url: string;
}

/** Sends a form as its own button would, and reads the page that follows. */
export function send(form: HTMLFormElement, extra: Record<string, string> = {}): Promise<Came> {
	const data = new URLSearchParams();
	for (const [name, value] of new FormData(form)) if (typeof value === "string") data.append(name, value);
	for (const [name, value] of Object.entries(extra)) data.set(name, value);
	return new Promise((resolve, reject) => {
		const request = new XMLHttpRequest();
		request.open("POST", form.action);
		request.responseType = "document";
		request.onload = () => {
			const page = request.responseXML;
			if (page) resolve({ status: request.status, page, url: request.responseURL });
			else reject(new Error("status " + request.status));
		};
		request.onerror = () => reject(new Error("unreachable"));
		request.send(data);
	});
}

/** Replaces what two pages have in common under a name; keeps the focus and what is unfolded. */
export function swap(here: Element, there: Element): void {
	const focus = document.activeElement;
	const id = focus && here.contains(focus) ? focus.id : "";
	const name = focus instanceof HTMLButtonElement && here.contains(focus) ? focus.value : "";
	const open = new Set([...here.querySelectorAll("details[open] summary")].map((s) => s.textContent));
	const fresh = document.importNode(there, true);
	for (const summary of fresh.querySelectorAll("details > summary")) {
		if (open.has(summary.textContent)) (summary.parentElement as HTMLDetailsElement).open = true;
	}
	here.replaceWith(fresh);
	const back = (id && document.getElementById(id)) || (name && fresh.querySelector<HTMLElement>(`button[value="${CSS.escape(name)}"]:enabled`));
	if (back instanceof HTMLElement) back.focus({ preventScroll: true });
}
