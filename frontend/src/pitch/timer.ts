import { announce } from "../shared/announce";

/**
 * `<t-timer data-left data-running>`: what is left of a turn, in milliseconds as the server
 * counted them when it drew the page. It goes on with a clock that nobody sets, so that a
 * wrong watch does not lie and a lost network changes nothing.
 */
class Timer extends HTMLElement {
	private timer = 0;

	connectedCallback(): void {
		const left = Number(this.dataset.left);
		if (Number.isNaN(left) || this.dataset.running === undefined) return;
		const start = performance.now();
		const tick = (): void => {
			const now = left - (performance.now() - start);
			this.say(now);
			clearTimeout(this.timer);
			this.timer = window.setTimeout(tick, (((now % 1_000) + 1_000) % 1_000) + 20);
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
		const over = left <= 0;
		const seconds = over ? Math.floor(-left / 1_000) : Math.ceil(left / 1_000);
		const digits = this.querySelector(".stage-digits");
		const text = `${over && seconds > 0 ? "−" : ""}${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
		if (digits && digits.textContent !== text) digits.textContent = text;
		const state = over ? "over" : left <= 30_000 ? "soon" : "run";
		if (this.dataset.state === state) return;
		this.dataset.state = state;
		if (over) announce(this.dataset.ends ?? "");
	}
}

customElements.define("t-timer", Timer);
