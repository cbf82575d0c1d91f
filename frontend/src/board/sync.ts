// Keeps a board and its server together: connects, comes back, sends what waits, takes
// in what is said. It knows nothing of the page.
import { keysOf } from "./apply";
import { gone, type Link, type Sent, type Way } from "./link";
import type { Log, Pending } from "./log";
import type { Refused, Store } from "./store";
import type { Message, Op } from "./wire";

/** Waits before each new try, in milliseconds; the last one is repeated. */
const waits = [100, 250, 600, 1_400, 3_000, 5_000];
/** Operations and characters of one message at most. */
const most = 40;
const wide = 40_000;

export interface Options {
	base: string;
	/** The ways to connect, best first; each is left for the next one when it has not opened twice. */
	ways: Way[];
	store: Store;
	/** The last of the store's logs is the window's own. */
	log: Log;
	/** Sends operations of another client, for the queues of closed windows. */
	post?: (base: string, client: string, ops: Sent[], heard: (m: Message) => void) => Promise<number>;
	/** The status of an ordinary request to the board: tells a network that lets no socket through from one that is away. */
	probe?: () => Promise<number>;
	/** How often to ask whether the server is there, in milliseconds, and how long to wait for an answer. */
	beat?: number;
	deaf?: number;
	chance?: () => number;
}

export type State = "connecting" | "live" | "away" | "ended";

export class Sync {
	state: State = "connecting";
	/** Why it ended. */
	ended = "";
	/** Told when the state, or what waits, changes. */
	onstate: () => void = () => undefined;
	onrefused: (refused: Refused) => void = () => undefined;
	oncall: (to: string) => void = () => undefined;
	private link: Link | undefined;
	private way = 0;
	private failures = 0;
	private tries = 0;
	private greeted = false;
	private retry: ReturnType<typeof setTimeout> | undefined;
	private pulse: ReturnType<typeof setInterval> | undefined;
	private asked = 0;
	private heard = 0;
	private best = Infinity;
	private place: [string, string] = ["", ""];

	constructor(private readonly o: Options) {
		o.log.onkept = () => {
			this.flush();
			this.onstate();
		};
	}

	/** I do something: shown at once, kept, then sent. */
	do(op: Op): void {
		if (this.state === "ended") return;
		const p = this.o.log.add(op);
		this.o.store.did(p.op);
		this.onstate();
	}

	start(): void {
		this.connect();
		for (const log of this.o.store.logs) if (log !== this.o.log) void this.drain(log);
	}

	/** Ends for good, or until start. */
	stop(): void {
		clearTimeout(this.retry);
		clearInterval(this.pulse);
		this.retry = undefined;
		const link = this.link;
		this.link = undefined;
		if (this.state !== "ended") this.state = "connecting";
		link?.close();
	}

	/** The network may be back, or somebody looks again: tries at once. */
	hurry(): void {
		if (this.state === "ended") return;
		if (this.state === "live") {
			this.ask();
			return;
		}
		if (!this.retry) return;
		clearTimeout(this.retry);
		this.tries = 0;
		this.connect();
	}

	/** Says where I am. */
	here(at: string, field: string): void {
		if (this.place[0] === at && this.place[1] === field) return;
		this.place = [at, field];
		if (this.state === "live") this.link?.here(at, field);
	}

	private connect(): void {
		clearTimeout(this.retry);
		clearInterval(this.pulse);
		this.retry = undefined;
		this.greeted = false;
		this.heard = Date.now();
		this.asked = 0;
		const { base, ways, log, store } = this.o;
		let link: Link | undefined;
		const mine = (): boolean => link === undefined || this.link === link;
		link = ways[this.way]!(base, log.client, store.safe, {
			opened: () => mine() && (this.heard = Date.now()),
			said: (m) => mine() && this.said(m),
			closed: (final) => mine() && this.closed(final),
		});
		this.link = link;
		this.pulse = setInterval(() => this.watch(), (this.o.beat ?? 10_000) / 4);
	}

	private closed(final: boolean): void {
		if (this.state === "ended") return;
		this.link = undefined;
		clearInterval(this.pulse);
		this.failures = this.greeted ? 0 : this.failures + 1;
		if (final && this.tries > 0) {
			this.end("");
			return;
		}
		this.state = "away";
		this.onstate();
		if (this.failures >= 2) void this.another().then(() => this.again());
		else this.again();
	}

	/** A way that did not open twice gives way to the next one, if it is not the whole network that is away. */
	private async another(): Promise<void> {
		this.failures = 0;
		const status = (await this.o.probe?.().catch(() => 0)) ?? 200;
		if (this.state === "ended") return;
		if (gone(status)) this.end("");
		else this.way = status === 200 ? (this.way + 1) % this.o.ways.length : 0;
	}

	private again(): void {
		if (this.state === "ended" || this.retry || this.link) return;
		const wait = waits[Math.min(this.tries++, waits.length - 1)]!;
		this.retry = setTimeout(() => this.connect(), wait * (0.5 + (this.o.chance ?? Math.random)() / 2));
	}

	/** Leaves a connection that may be dead and opens another one. */
	private reopen(): void {
		const link = this.link;
		this.link = undefined;
		link?.close();
		this.state = "away";
		this.onstate();
		this.again();
	}

	/** A socket may be dead without knowing it: who says nothing is asked, and who does not answer is left. */
	private watch(): void {
		const quiet = Date.now() - this.heard;
		const deaf = this.o.deaf ?? 5_000;
		const { link } = this;
		if (!this.greeted) {
			if (quiet > 2 * deaf) link?.close();
		} else if (link?.quiet) {
			if (quiet > link.quiet) this.reopen();
		} else if (this.asked) {
			if (Date.now() - this.asked > deaf && this.heard < this.asked) this.reopen();
		} else if (quiet > (this.o.beat ?? 10_000)) this.ask();
	}

	private ask(): void {
		this.asked = this.link?.ping() ? Date.now() : 0;
	}

	private end(why: string): void {
		this.ended = why;
		this.state = "ended";
		this.stop();
		this.onstate();
	}

	private said(m: Message): void {
		const { store, log } = this.o;
		this.heard = Date.now();
		switch (m.m) {
			case "hello":
				if (!m.full && m.n < store.n) {
					// The server has less than it had said: all is read again.
					store.n = store.safe = -1;
					this.reopen();
					return;
				}
				this.greet(m);
				return;
			case "ack":
			case "no":
				store.safe = store.n;
				this.answered(log, m);
				return;
			case "pong":
				this.measure(m.now);
				return;
			case "call":
				this.oncall(m.to);
				return;
			case "end":
				this.end(m.message);
				return;
			case "gap":
				this.reopen();
				return;
			default:
				store.receive(m);
		}
	}

	/** The server says what there is. A connection that polls hears it again and again. */
	private greet(m: Extract<Message, { m: "hello" }>): void {
		const { store, log } = this.o;
		const first = !this.greeted;
		this.greeted = true;
		if (first) {
			store.offset = m.now - Date.now();
			this.best = Infinity;
			this.tries = 0;
			log.reset();
		}
		store.receive(m);
		this.state = "live";
		if (first) {
			if (this.place[0]) this.link?.here(...this.place);
			this.ask();
		}
		this.flush();
		this.onstate();
	}

	/** The quickest answer gives the best idea of the server's clock. */
	private measure(now: number): void {
		const took = Date.now() - this.asked;
		if (this.asked && took < this.best) {
			this.best = took;
			this.o.store.offset = now + took / 2 - Date.now();
		}
		this.asked = 0;
	}

	private answered(log: Log, m: Extract<Message, { m: "ack" | "no" }>): void {
		if (m.m === "ack") this.o.store.acked(log, m.s, m.n);
		else {
			const refused = this.o.store.refuse(log, m.s, m.key, m.message, m.late ?? false);
			if (refused) this.onrefused(refused);
		}
		this.onstate();
	}

	/** Sends what waits, in order. */
	flush(): void {
		if (this.state !== "live") return;
		for (;;) {
			const list = fitting(this.o.log.ready(most));
			if (list.length === 0) return;
			for (const p of list) p.left = p.sent = true;
			this.link?.ops(list.map((p) => ({ s: p.s, ...p.op })));
		}
	}

	/** Sends the queue of a closed window to its end. */
	private async drain(log: Log): Promise<void> {
		for (let tries = 0; log.waiting > 0 && this.state !== "ended"; ) {
			const list = fitting(log.pending.filter((p) => p.n === undefined).slice(0, most));
			let status = 0;
			try {
				status = (await this.o.post?.(this.o.base, log.client, list.map((p) => ({ s: p.s, ...p.op })), (m) => (m.m === "ack" || m.m === "no") && this.answered(log, m))) ?? 0;
			} catch {
				// No network: later.
			}
			if (status === 200 && !list.some((p) => log.pending.includes(p) && p.n === undefined)) tries = 0;
			else await new Promise((done) => setTimeout(done, waits[Math.min(tries++, waits.length - 1)]));
		}
		if (log.waiting === 0) await log.clear().catch(() => undefined);
	}
}

/** As many operations as one message takes. */
function fitting(list: Pending[]): Pending[] {
	let size = 0;
	const end = list.findIndex((p, i) => (size += JSON.stringify(p.op).length + 20) > wide && i > 0);
	return end < 0 ? list : list.slice(0, end);
}

/** The key of the card that an operation is about, if it is about one. */
export const cardOf = (op: Op): string | undefined => keysOf(op)?.find((key) => key.startsWith("c/"))?.slice(2) ?? (op.k === "vote.cast" ? op.t : undefined);
