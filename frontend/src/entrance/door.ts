import { announce } from "../shared/announce";
import { ask, backoff } from "../shared/net";
import { count } from "../shared/words";
import { Camera, reads } from "./camera";
import { type Mark, Queue } from "./queue";
import { stay } from "./stay";

/** What the server knows of somebody. */
interface Known {
	here: string;
	last: string;
	due: boolean;
}

interface Told {
	done: { id: string; key?: string }[] | null;
	people: Record<string, Known>;
}

/** How many marks leave at once; the server takes up to 500. */
const batch = 200;

/** Letters and digits of a badge, as the server keeps them: what else was typed or scanned goes. */
const plain = (typed: string): string => typed.toUpperCase().replaceAll(/[^2-9A-HJKMNP-Z]/g, "");

/** The code of a badge: the text of its QR code is the address of this page with it. */
function codeOf(text: string): string {
	try {
		return plain(new URL(text).searchParams.get("badge") ?? "");
	} catch {
		return plain(text);
	}
}

/** A random name of 128 bits; a laptop on the network of a venue may serve without HTTPS, where randomUUID is absent. */
const name = (): string => [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");

const fold = (text: string): string => text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();

/**
 * `<t-entrance>`: who arrives is noted at once on the device and sent when there is a
 * network; the server notes each line once. The stream of the gathering says when other
 * devices noted something. Without script the same forms do the same.
 */
class Entrance extends HTMLElement {
	private readonly queue = new Queue(this.dataset.gathering ?? "");
	private readonly known = new Map<string, Known>();
	private sending = false;
	private again = false;
	private failures = 0;
	private timer = 0;
	private stream: EventSource | undefined;
	private camera: Camera | undefined;

	connectedCallback(): void {
		for (const row of this.rows()) {
			const { person = "", here = "", last = "", due = "" } = row.dataset;
			this.known.set(person, { here, last, due: due !== "" });
		}
		this.addEventListener("submit", (event) => this.submitted(event));
		this.prepareFind();
		this.prepareCamera();
		window.addEventListener("online", () => this.flush());
		window.addEventListener("pagehide", () => this.camera?.close());
		void this.queue.load().then(() => {
			this.show();
			this.flush();
		});
		this.listen();
		void stay(location.pathname, this.dataset.worker ?? "");
	}

	disconnectedCallback(): void {
		this.stream?.close();
		this.camera?.close();
		clearTimeout(this.timer);
	}

	private rows(): HTMLElement[] {
		return [...this.querySelectorAll<HTMLElement>("[data-person]")];
	}

	private listen(): void {
		const stream = new EventSource(this.dataset.stream ?? "");
		this.stream = stream;
		let first = true;
		stream.addEventListener("listening", () => {
			if (!first) this.flush();
			first = false;
		});
		stream.addEventListener("changed", () => this.flush());
		stream.onerror = () => {
			if (stream.readyState === EventSource.CLOSED && this.isConnected) setTimeout(() => this.listen(), 3000);
		};
	}

	private submitted(event: SubmitEvent): void {
		const form = event.target;
		if (!(form instanceof HTMLFormElement)) return;
		if (form.matches("[data-code-form]")) {
			event.preventDefault();
			const field = form.querySelector("input");
			if (!field) return;
			this.badge(field.value);
			field.value = "";
			field.focus();
			return;
		}
		const kind = event.submitter instanceof HTMLButtonElement ? event.submitter.dataset.act : undefined;
		const participant = new FormData(form).get("participant");
		if (typeof participant !== "string" || (kind !== "in" && kind !== "out" && kind !== "undone")) return;
		event.preventDefault();
		this.note(participant, kind);
		const shown = this.querySelector<HTMLElement>(`[data-person="${CSS.escape(participant)}"] button:not([hidden])`);
		if (document.activeElement === document.body || document.activeElement?.matches("[hidden]")) shown?.focus();
	}

	/** Notes who wears a badge that was typed or scanned. */
	private badge(text: string): void {
		const code = codeOf(text);
		if (code === "") return;
		const row = this.rows().find((one) => one.dataset.code === code);
		if (!row) return this.say(this.dataset.unknown ?? "");
		this.note(row.dataset.person ?? "", "in");
	}

	private note(participant: string, kind: Mark["kind"]): void {
		const now = this.now(participant);
		const mark: Mark = { id: name(), participant, kind, at: new Date().toISOString() };
		if (kind === "undone") {
			if (now.last === "") return;
			mark.of = now.last;
		}
		const who = this.rows().find((row) => row.dataset.person === participant)?.dataset.name ?? "";
		const said = { in: this.dataset.saidIn, out: this.dataset.saidOut, undone: this.dataset.saidUndone }[kind] ?? "";
		this.say(said.replace("{}", who));
		void this.queue.put(mark).then(() => {
			this.show();
			this.flush();
		});
		this.show();
	}

	private say(sentence: string): void {
		const place = this.querySelector<HTMLElement>("[data-said]");
		if (place) {
			place.textContent = sentence;
			place.hidden = sentence === "";
		}
		announce(sentence);
	}

	/** Where somebody is: as the server says, then as this device noted since. */
	private now(participant: string): Known {
		const base = this.known.get(participant) ?? { here: "", last: "", due: false };
		const mine = this.queue.marks.filter((m) => m.participant === participant);
		const undone = new Set(mine.filter((m) => m.kind === "undone").map((m) => m.of ?? ""));
		const state = { ...base };
		if (undone.has(base.last) && base.last !== "") {
			state.here = base.here === "" ? "…" : "";
			state.last = "";
		}
		for (const mark of mine) {
			if (mark.kind === "undone" || undone.has(mark.id)) continue;
			if (mark.kind === "out") state.here = "";
			else if (state.here === "") state.here = this.hour(mark.at);
			state.last = mark.id;
		}
		return state;
	}

	private hour(at: string): string {
		return new Intl.DateTimeFormat(document.documentElement.lang || "fr", { hour: "2-digit", minute: "2-digit" }).format(new Date(at));
	}

	/** Draws where everybody is, and what waits to be sent. */
	private show(): void {
		const figures = { here: 0, missing: 0, due: 0 };
		for (const row of this.rows()) {
			const state = this.now(row.dataset.person ?? "");
			row.dataset.here = state.here;
			row.classList.toggle("waits", this.queue.marks.some((m) => m.participant === row.dataset.person));
			const text = row.querySelector<HTMLElement>(".entrance-state");
			if (text) {
				text.hidden = state.here === "";
				text.textContent = state.here === "" ? "" : (this.dataset.there ?? "").replace("{}", state.here);
			}
			const shown: Record<string, boolean> = { in: state.here === "", out: state.here !== "", undone: state.last !== "" };
			for (const button of row.querySelectorAll<HTMLElement>("[data-act]")) button.hidden = !shown[button.dataset.act ?? ""];
			if (state.here !== "") figures.here++;
			else if (state.due) figures.missing++;
			if (state.due) figures.due++;
		}
		for (const [name, n] of Object.entries(figures)) {
			const place = this.querySelector(`[data-figure="${name}"]`);
			if (place) place.textContent = n.toLocaleString(document.documentElement.lang || "fr");
		}
		this.tell(this.failures > 0 ? (this.dataset.offline ?? "") : "");
	}

	private tell(why: string): void {
		const place = this.querySelector<HTMLElement>("[data-queue]");
		if (!place) return;
		const waits = this.queue.kept;
		const sentence = waits > 0 ? count(waits, this.dataset.sendingOne ?? "", this.dataset.sendingMany ?? "") + " " + why : why;
		if (place.textContent !== sentence) place.textContent = sentence;
		place.hidden = sentence === "";
	}

	private flush(): void {
		this.again = true;
		if (!this.sending) void this.exchange();
	}

	/** Sends what waits, and reads where everybody is; one exchange at a time. */
	private async exchange(): Promise<void> {
		this.sending = true;
		clearTimeout(this.timer);
		try {
			while (this.again) {
				this.again = false;
				const marks = this.queue.marks.slice(0, batch);
				const answer = marks.length > 0 ? await ask<Told>(this.dataset.marks ?? "", { method: "POST", body: { marks } }) : await ask<Told>(this.dataset.state ?? "");
				if (!answer.ok || !answer.body) {
					this.failures++;
					if (answer.status === 401 || answer.status === 403) return this.tell(this.dataset.signedOut ?? "");
					return this.later();
				}
				this.failures = 0;
				await this.heard(answer.body);
				if (marks.length === batch) this.again = true;
			}
		} catch {
			this.failures++;
			this.later();
		} finally {
			this.sending = false;
		}
	}

	private async heard(told: Told): Promise<void> {
		const done = told.done ?? [];
		await this.queue.done(new Set(done.map((one) => one.id)));
		if (done.some((one) => one.key)) this.say(this.dataset.refused ?? "");
		const strangers = Object.keys(told.people).some((id) => !this.known.has(id));
		for (const [id, state] of Object.entries(told.people)) this.known.set(id, state);
		if (strangers && this.queue.marks.length === 0 && !this.camera?.on && !this.contains(document.activeElement)) return location.reload();
		this.show();
	}

	private later(): void {
		this.show();
		this.timer = window.setTimeout(() => this.flush(), backoff(Math.min(this.failures, 6)));
	}

	private prepareFind(): void {
		const place = this.querySelector<HTMLElement>("[data-find]");
		const field = place?.querySelector("input");
		if (!place || !field) return;
		place.hidden = false;
		field.addEventListener("input", () => {
			const wanted = fold(field.value.trim());
			for (const row of this.rows()) row.hidden = wanted !== "" && !fold(row.textContent ?? "").includes(wanted);
		});
	}

	private prepareCamera(): void {
		const button = this.querySelector<HTMLButtonElement>("[data-scan]");
		const video = this.querySelector<HTMLVideoElement>("[data-camera]");
		if (!button || !video || !reads()) return;
		const camera = new Camera(video, (text) => this.badge(text));
		this.camera = camera;
		button.hidden = false;
		button.addEventListener("click", () => {
			if (camera.on) {
				camera.close();
				button.setAttribute("aria-pressed", "false");
				return;
			}
			camera.open().then(
				() => button.setAttribute("aria-pressed", "true"),
				() => {
					camera.close();
					this.say(this.dataset.noCamera ?? "");
				},
			);
		});
	}
}

customElements.define("t-entrance", Entrance);
