import { count } from "../shared/words";

/**
 * `<t-countdown data-at data-now>`: what is left before an instant. The time comes
 * from the server (data-now) and goes on with a clock that nobody sets, so that a
 * wrong watch does not lie. It says the same words as the server.
 */
class Countdown extends HTMLElement {
	private timer = 0;

	connectedCallback(): void {
		const at = Date.parse(this.dataset.at ?? "");
		const now = Date.parse(this.dataset.now ?? "");
		if (Number.isNaN(at) || Number.isNaN(now)) return;
		const start = performance.now();
		const tick = (): void => {
			const left = at - (now + performance.now() - start);
			this.say(left);
			clearTimeout(this.timer);
			if (left > 0) this.timer = window.setTimeout(tick, (left % 60_000) + 50);
		};
		tick();
		// A laptop that slept: its timers did too.
		document.addEventListener("visibilitychange", tick);
		this.stop = () => document.removeEventListener("visibilitychange", tick);
	}

	disconnectedCallback(): void {
		clearTimeout(this.timer);
		this.stop();
	}

	private stop: () => void = () => {};

	private say(left: number): void {
		const sentence = this.sentence(left);
		if (this.textContent !== sentence) this.textContent = sentence;
		this.dataset.urgency = left <= 0 ? "over" : left <= 48 * 3_600_000 ? "soon" : "far";
	}

	private sentence(left: number): string {
		const d = this.dataset;
		const minutes = Math.floor(left / 60_000);
		if (left <= 0) return d.none ?? "";
		const parts = [
			{ n: Math.floor(minutes / 1440), one: d.daysOne, many: d.daysMany },
			{ n: Math.floor(minutes / 60) % 24, one: d.hoursOne, many: d.hoursMany },
			{ n: minutes % 60, one: d.minutesOne, many: d.minutesMany },
		];
		const first = parts.findIndex((part) => part.n > 0);
		const said = parts
			.slice(Math.max(first, 0), first + 2)
			.filter((part) => part.n > 0)
			.map((part) => count(part.n, part.one ?? "", part.many ?? ""));
		return (d.left ?? "").replace("%s", first < 0 ? (d.less ?? "") : said.join(d.and ?? ""));
	}
}

customElements.define("t-countdown", Countdown);
