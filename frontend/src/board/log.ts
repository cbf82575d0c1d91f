// The operations of one client that the server has not acknowledged: kept on the device
// before they are shown as kept, and sent again under the same identity (client, s).
import { same } from "./apply";
import { PENDING, type Op, type Version } from "./wire";

/** What a device keeps of one operation; `done` marks the last number that was used. */
export interface Kept {
	person: string;
	op?: Op;
	at: number;
	done?: boolean;
}

/** Where a device keeps things: IndexedDB, or a map in tests. */
export interface Keep {
	keys(prefix: string): Promise<string[]>;
	get(key: string): Promise<Kept | undefined>;
	set(key: string, value: Kept): Promise<void>;
	remove(key: string): Promise<void>;
}

/** Takes a name that one window holds at a time; null when another one has it. */
export type Claim = (name: string) => Promise<(() => void) | null>;

export interface Pending {
	s: number;
	op: Op;
	/** When it was done, in milliseconds of the device. */
	at: number;
	/** The device holds it, in its last wording. */
	kept: boolean;
	/** It has left at least once: its wording may not change any more. */
	left: boolean;
	/** It is on its way on the present connection. */
	sent: boolean;
	/** Its number, once it is on the server's disk, and when that was learnt. */
	n?: number;
	acked?: number;
	/** How often its wording changed, so that an older write does not count. */
	turn: number;
}

const width = 10;

export class Log {
	/** In the order in which they were done. */
	readonly pending: Pending[] = [];
	/** Told when an operation has been kept: it may leave. */
	onkept: () => void = () => undefined;
	/** The device keeps nothing: a closed window loses what was not sent. */
	forgetful = false;
	private top = 0;
	private readonly numbers = new Map<number, number>([[PENDING, -1]]);

	constructor(
		private readonly keep: Keep,
		readonly board: string,
		readonly person: string,
		readonly client: string,
		private readonly clock: () => number = Date.now,
	) {}

	private key(s: number): string {
		return `${this.board}/${this.client}/${String(s).padStart(width, "0")}`;
	}

	/** Takes back what the device holds of this client. */
	async load(): Promise<void> {
		for (const key of await this.keep.keys(`${this.board}/${this.client}/`)) {
			const s = Number(key.slice(-width));
			const kept = await this.keep.get(key);
			this.top = Math.max(this.top, s);
			if (kept?.op) this.pending.push({ s, op: kept.op, at: kept.at, kept: true, left: true, sent: false, turn: 0 });
		}
		this.pending.sort((a, b) => a.s - b.s);
	}

	/**
	 * Adds an operation. A field that is written again before its last writing has left
	 * changes that one instead, when it goes on from it: something else seen in between
	 * (another base) makes it another writing, beside which the first one may have to stay.
	 */
	add(op: Op): Pending {
		const last = this.pending[this.pending.length - 1];
		if (last && !last.left && op.k === "card.set" && last.op.k === "card.set" && last.op.t === op.t && last.op.f === op.f && last.op.b === op.b) {
			last.op = op;
			last.at = this.clock();
			void this.write(last);
			return last;
		}
		const made: Pending = { s: ++this.top, op, at: this.clock(), kept: false, left: false, sent: false, turn: 0 };
		this.pending.push(made);
		void this.write(made);
		return made;
	}

	private async write(p: Pending): Promise<void> {
		const turn = ++p.turn;
		p.kept = false;
		try {
			await this.keep.set(this.key(p.s), { person: this.person, op: p.op, at: p.at });
		} catch {
			this.forgetful = true; // private windows and full devices: the page still holds it
		}
		if (p.turn !== turn) return;
		p.kept = true;
		this.onkept();
	}

	/** What may leave now, in order: an operation never overtakes one that is not kept yet. */
	ready(most: number): Pending[] {
		const list: Pending[] = [];
		for (const p of this.pending) {
			if (p.sent || p.n !== undefined) continue;
			if (!p.kept || list.length === most) break;
			list.push(p);
		}
		return list;
	}

	/** The connection is a new one: what was on its way may have been lost. */
	reset(): void {
		for (const p of this.pending) p.sent = false;
	}

	/** The server has it on disk: the device may forget it, but not the highest number. */
	ack(s: number, n: number): Pending | undefined {
		const p = this.pending.find((one) => one.s === s);
		if (!p || p.n !== undefined) return p;
		p.n = n;
		this.numbers.set(n, p.op.b ?? 0);
		p.acked = this.clock();
		void this.forget(s);
		return p;
	}

	/** Takes an operation out: it was refused, or what it did has come back from the server. */
	take(s: number): Pending | undefined {
		const at = this.pending.findIndex((one) => one.s === s);
		if (at < 0) return undefined;
		const [p] = this.pending.splice(at, 1);
		if (p!.n === undefined) void this.forget(s);
		return p;
	}

	private async forget(s: number): Promise<void> {
		try {
			// The number must not be used again after a reload: the server would take the new operation for the old one.
			if (s === this.top) await this.keep.set(this.key(s), { person: this.person, at: 0, done: true });
			else await this.keep.remove(this.key(s));
		} catch {
			// It is sent once more after a reload, and acknowledged again.
		}
	}

	/**
	 * From what base this client wrote a version of a field; undefined when another one did. A text that is on
	 * its way and that the board has already is this client's: the acknowledgement was lost, or is behind.
	 */
	base = (one: Version, card: string, field: string): number | undefined => {
		const known = this.numbers.get(one.n);
		if (known !== undefined) return known;
		const sent = this.pending.find(({ op, n }) => n === undefined && op.t === card && (op.k === "card.add" ? same((op.v as { fields?: Record<string, unknown> }).fields?.[field], one.v) : op.f === field && same(op.v, one.v)));
		return sent && (sent.op.b ?? 0);
	};

	/** How many are not on the server's disk. */
	get waiting(): number {
		let n = 0;
		for (const p of this.pending) if (p.n === undefined) n++;
		return n;
	}

	/** Nothing waits any more: the device forgets even the numbers. For a client that nobody will be again. */
	async clear(): Promise<void> {
		for (const key of await this.keep.keys(`${this.board}/${this.client}/`)) await this.keep.remove(key);
	}
}

/** What a window takes over when it opens. */
export interface Opened {
	log: Log;
	/** Queues that other windows left when they were closed: sent as they are, under their own names. */
	left: Log[];
}

/**
 * Opens the log of a window. Of the queues that closed windows left on this board, the
 * first one becomes its own, so that a page read again goes on as the same client; the
 * others are sent beside. A queue that an open window holds is left to it.
 */
export async function open(keep: Keep, claim: Claim, board: string, person: string, fresh: () => string, clock?: () => number): Promise<Opened> {
	const left: Log[] = [];
	try {
		const clients = new Set((await keep.keys(board + "/")).map((key) => key.split("/")[1] ?? ""));
		for (const client of clients) {
			const first = (await keep.keys(`${board}/${client}/`))[0];
			if (!first || (await keep.get(first))?.person !== person) continue;
			const release = await claim(`${board}/${client}`);
			if (!release) continue;
			const log = new Log(keep, board, person, client, clock);
			await log.load();
			if (log.pending.length > 0) left.push(log);
			else {
				await log.clear();
				release();
			}
		}
	} catch {
		// Nothing can be read: nothing is left.
	}
	const own = left.shift();
	if (own) return { log: own, left };
	const client = fresh();
	await claim(`${board}/${client}`).catch(() => null);
	return { log: new Log(keep, board, person, client, clock), left };
}
