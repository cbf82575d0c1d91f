interface Policies {
	createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): unknown };
}

const tick = 5_000;
const probe = 15_000;
const minute = 60_000;

/** The one script that a page of the day may start besides those it is drawn with. */
function workerURL(url: string): string {
	const trusted = (window as unknown as { trustedTypes?: Policies }).trustedTypes;
	const rules = {
		createScriptURL: (one: string) => {
			if (!/^\/gatherings\/[^/]+\/day\.js$/.test(one)) throw new TypeError("not a script of the day");
			return one;
		},
	};
	return (trusted ? trusted.createPolicy("day", rules) : rules).createScriptURL(url) as string;
}

/**
 * `<t-day>`: what a page of the day says goes on with the time, with or without network:
 * where one is, what comes next and in how many minutes, which line is now. The clock is
 * that of the server, whatever that of the machine shows.
 */
class Day extends HTMLElement {
	private skew = 0;
	private read = "";
	private timers: number[] = [];
	private clocks = new Map<string, Intl.DateTimeFormat>();

	connectedCallback(): void {
		this.timers = [window.setInterval(() => this.step(), tick), window.setInterval(() => void this.back(), probe)];
		window.addEventListener("offline", this.cut);
		window.addEventListener("online", this.restored);
		this.step();
		void this.start();
	}

	disconnectedCallback(): void {
		this.timers.forEach((one) => clearInterval(one));
		window.removeEventListener("offline", this.cut);
		window.removeEventListener("online", this.restored);
	}

	private state(): HTMLElement | null {
		return this.querySelector<HTMLElement>("[data-read]");
	}

	private readonly cut = (): void => {
		const state = this.state();
		if (state) state.dataset.offline = "true";
	};

	private readonly restored = (): void => void this.back();

	/** Reads the page again once the network is back. */
	private async back(): Promise<void> {
		if (this.state()?.dataset.offline !== "true") return;
		const answer = await fetch(location.pathname + "?again", { headers: { Accept: "text/html" } }).catch(() => undefined);
		if (answer && answer.status < 500 && !(await answer.text()).includes('data-offline="true"')) location.reload();
	}

	/** Has the pages of the day kept on this machine. */
	private async start(): Promise<void> {
		const { worker, now, programme } = this.dataset;
		if (!worker || !now || !programme || !("serviceWorker" in navigator)) return;
		try {
			const url = workerURL(worker);
			await navigator.serviceWorker.register(url, { scope: programme });
			const one = await navigator.serviceWorker.register(url, { scope: now });
			const active = one.active ?? (await new Promise<ServiceWorker>((done) => {
				const coming = one.installing ?? one.waiting;
				coming?.addEventListener("statechange", () => {
					if (coming.state === "activated") done(coming);
				});
			}));
			if (this.state()?.dataset.offline !== "true") active.postMessage("keep");
		} catch {
			// Without it the page works as long as there is a network.
		}
	}

	private step(): void {
		const state = this.state();
		if (state && this.read !== state.dataset.read) {
			this.read = state.dataset.read ?? "";
			const device = Number(state.dataset.device);
			this.skew = Number(this.read) - (device > 0 ? device : Date.now());
		}
		const at = Date.now() + this.skew;
		for (const one of this.querySelectorAll<HTMLElement>("[data-clock]")) this.clock(one, at);
		const lines = [...this.querySelectorAll<HTMLElement>("[data-from][data-to]")];
		for (const line of lines) {
			const now = Number(line.dataset.from) <= at && at < Number(line.dataset.to);
			if (line.dataset.far === undefined) mark(line, now);
		}
		this.cards(lines.filter((line) => line.dataset.far !== undefined), at);
	}

	private clock(one: HTMLElement, at: number): void {
		const zone = one.dataset.clock ?? "UTC";
		let format = this.clocks.get(zone);
		if (!format) {
			format = new Intl.DateTimeFormat("fr-FR", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
			this.clocks.set(zone, format);
		}
		const text = format.format(at);
		const words = document.documentElement.lang === "fr" ? text.replace(":", "\u00a0h\u00a0") : text;
		if (one.textContent !== words) one.textContent = words;
	}

	/** Says where she is and what comes next, as the server does when it draws the page. */
	private cards(lines: HTMLElement[], at: number): void {
		if (lines.length === 0) return;
		const under = lines.filter((line) => Number(line.dataset.from) <= at && at < Number(line.dataset.to));
		const now = under.find((line) => line.dataset.all === undefined) ?? under[0];
		const next = lines.find((line) => Number(line.dataset.from) > at);
		for (const line of lines) mark(line, line === now);
		const card = (name: string): HTMLElement | null => this.querySelector<HTMLElement>(`[data-card="${name}"]`);
		const one = card("now");
		const two = card("next");
		if (one) this.fill(one, now, (next ? one.dataset.none : one.dataset.over) ?? "");
		if (!two) return;
		two.hidden = !next;
		if (!next) return;
		this.fill(two, next, "");
		const when = two.querySelector(".day-in");
		const words = this.when(next, at);
		if (when && when.textContent?.trim() !== words) when.textContent = words;
	}

	private fill(card: HTMLElement, line: HTMLElement | undefined, calm: string): void {
		const slot = card.querySelector(".day-slot");
		const what = line?.querySelector<HTMLElement>(".day-what");
		if (!slot) return;
		const shown = slot.querySelector<HTMLElement>(".day-what");
		if (what) {
			if (!shown?.isEqualNode(what)) slot.replaceChildren(what.cloneNode(true));
		} else if (shown) {
			const words = document.createElement("p");
			words.className = "day-calm";
			words.textContent = calm;
			slot.replaceChildren(words);
		}
	}

	private when(line: HTMLElement, at: number): string {
		const from = Number(line.dataset.from);
		const left = Math.floor((from - at) / minute);
		if (left < 1) return this.dataset.soon ?? "";
		if (left < Number(this.dataset.reach)) return (this.dataset.in ?? "").replace("12345", String(left));
		return (new Date(from).toDateString() === new Date(at).toDateString() ? line.dataset.at : line.dataset.far) ?? "";
	}
}

function mark(line: HTMLElement, now: boolean): void {
	if (now === (line.getAttribute("aria-current") === "time")) return;
	if (now) line.setAttribute("aria-current", "time");
	else line.removeAttribute("aria-current");
}

customElements.define("t-day", Day);
