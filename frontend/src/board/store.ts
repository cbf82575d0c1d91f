// What is shown: the objects of the server (mine over everybody's) with my operations
// that it has not acknowledged applied over them.
import { counted, keysOf, same, step, touches } from "./apply";
import type { Log, Pending } from "./log";
import { PENDING, type Card, type Cast, type Desk, type Here, type Kit, type Message, type Op, type Person, type Role, type Tally, type Thing, type Things, type Version, type Vote, type VoteKind, type Zone } from "./wire";

/** An operation that the server refused, with what it would have written. */
export interface Refused {
	op: Op;
	key: string;
	message: string;
	late: boolean;
}

interface Numbered {
	n: number;
	thing: Thing;
}

/** How long an acknowledged operation waits for what it did to come back, in milliseconds. */
const patience = 2_000;

export class Store {
	/** The last number whose effects are all here; -1 for nothing. */
	n = -1;
	/** The last number after which nothing can be missing, should the connection end here: what is mine follows what is everybody's. */
	safe = -1;
	me = "";
	role: Role = "reader";
	people: Record<string, Person> = {};
	who: Here[] = [];
	refused: Refused[] = [];
	/** What the server's clock has more than ours, in milliseconds. */
	offset = 0;
	/** On a wall: what I alone see, and what I do, are not shown. */
	everybody = false;
	/** Told which objects changed; null says all. */
	onchange: (keys: Set<string> | null) => void = () => undefined;
	private readonly common = new Map<string, Numbered>();
	private readonly own = new Map<string, Numbered>();
	private readonly shown = new Map<string, Thing>();

	constructor(
		readonly kit: Kit,
		/** Those of closed windows first, then the window's own. */
		readonly logs: Log[] = [],
		private readonly clock: () => number = Date.now,
	) {}

	/** Now, by the server's clock. */
	get now(): number {
		return this.clock() + this.offset;
	}

	get desk(): Desk {
		return (this.shown.get("desk") as Desk | undefined) ?? { phase: this.kit.phases[0]?.id ?? "", n: -1 };
	}

	zone(id: string): Zone {
		return (this.shown.get("z/" + id) as Zone | undefined) ?? { open: false, n: -1 };
	}

	vote(id: string): Vote {
		return (this.shown.get("v/" + id) as Vote | undefined) ?? { open: false, people: 0, n: -1 };
	}

	cast(id: string): Cast {
		return (this.shown.get("m/" + id) as Cast | undefined) ?? {};
	}

	card(id: string): Card | undefined {
		return this.shown.get("c/" + id) as Card | undefined;
	}

	/** Every card, removed ones too. */
	*cards(): Generator<Card> {
		for (const [key, thing] of this.shown) if (key[0] === "c") yield thing as Card;
	}

	/** The cards of a zone in their order; those of one rank in the order of their names. */
	inZone(zone: string): Card[] {
		const list: Card[] = [];
		for (const c of this.cards()) if (c.zone === zone && !c.removed) list.push(c);
		return list.sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : a.id < b.id ? -1 : 1));
	}

	get removed(): Card[] {
		return [...this.cards()].filter((c) => c.removed && c.type);
	}

	/** How many of my operations are not on the server's disk. */
	get waiting(): number {
		return this.logs.reduce((sum, log) => sum + log.waiting, 0);
	}

	/** Whether an object has a change of mine that is not on the server's disk. */
	isPending(key: string): boolean {
		return this.pendingOf(key).some((p) => p.n === undefined);
	}

	private pendingOf(key: string): Pending[] {
		return this.logs.flatMap((log) => log.pending.filter((p) => touches(p.op, key)));
	}

	/**
	 * What a writing that begins now has seen, for `b`: all that is here, or, when it goes on from a text of
	 * mine that the server has not answered, what that one had seen.
	 */
	base(card: string, field: string): number {
		const value = this.card(card)?.fields?.[field];
		if (value?.n !== PENDING) {
			// A hidden card of mine may have changed, and what it says be on its way.
			const seen = this.served("c/" + card)?.n ?? this.n;
			return Math.max(0, (this.common.get("c/" + card)?.n ?? -1) > seen ? seen : this.n);
		}
		const own = this.logs.flatMap((log) => log.pending).filter((p) => p.op.t === card && (p.op.f === field || p.op.k === "card.add"));
		return own[own.length - 1]?.op.b ?? 0;
	}

	/** What is under a key once my operations are applied to it, from the first one that it does not hold already. */
	private over(key: string, thing: Thing | undefined): Thing | undefined {
		if (this.everybody) return thing;
		for (const log of this.logs) {
			const list = log.pending.filter((p) => touches(p.op, key));
			const from = key[0] === "c" && thing ? list.findLastIndex((p) => this.holds(thing as Card, p)) + 1 : 0;
			for (const p of list.slice(from)) thing = step(key, thing, p.op, { me: this.me, kit: this.kit, phase: this.desk.phase, at: p.at + this.offset, base: log.base });
		}
		return thing;
	}

	/**
	 * Whether a card of the server shows that it has an operation, and so those of the same client before it: by
	 * its number, or, when the acknowledgement was lost or is behind, by the text that it left.
	 */
	private holds(card: Card, { op, n }: Pending): boolean {
		if (n !== undefined) return card.n >= n;
		if (op.k === "card.add") return true;
		if (op.k !== "card.set" && op.k !== "card.settle") return false;
		const value = card.fields?.[op.f ?? ""];
		return [value, ...(value?.alts ?? [])].some((one) => one && one.by === this.me && one.n > (op.b ?? 0) && same(one.v, op.v));
	}

	/** Takes in what the server says of the board; acks and refusals go through the log first. */
	receive(m: Message): void {
		// A pong may come between the two, and says nothing of it.
		if (m.m === "own" || m.m === "who" || m.m === "people") this.safe = this.n;
		switch (m.m) {
			case "hello":
				this.hello(m);
				break;
			case "set":
			case "own":
				this.put(m.m === "own" ? this.own : this.common, m.n, m.set ?? {});
				if (m.m === "set") {
					if (m.n > this.n) this.safe = this.n;
					this.n = Math.max(this.n, m.n);
				}
				this.refresh(this.settle(Object.keys(m.set ?? {})));
				break;
			case "who":
				this.who = m.who ?? [];
				this.onchange(new Set(["who"]));
				break;
			case "people":
				this.people = { ...this.people, ...m.people };
				this.onchange(new Set(["people"]));
		}
	}

	private hello(m: Extract<Message, { m: "hello" }>): void {
		if (m.full) {
			this.common.clear();
			this.own.clear();
			this.shown.clear();
		}
		this.me = m.me;
		this.role = m.role;
		this.people = { ...this.people, ...m.people };
		if (m.who) this.who = m.who;
		this.n = this.safe = m.full ? m.n : Math.max(this.n, m.n);
		this.split(m.n, m.set ?? {});
		for (const log of this.logs) for (const p of [...log.pending]) if (p.n !== undefined && p.n <= m.n) log.take(p.s);
		this.refresh(null);
	}

	/** What opens a connection is seen through my eyes: my own objects are among it. */
	split(n: number, set: Things): void {
		const mine: Things = {};
		const all: Things = {};
		for (const [key, thing] of Object.entries(set)) {
			const secret = key[0] === "m" || (key[0] === "c" && (thing as Card).hidden && (thing as Card).type);
			(secret ? mine : all)[key] = thing;
		}
		this.put(this.common, n, all);
		this.put(this.own, n, mine);
	}

	private put(into: Map<string, Numbered>, at: number, set: Things): void {
		for (const [key, thing] of Object.entries(set)) {
			const n = key[0] === "m" ? at : ((thing as { n?: number }).n ?? at);
			const had = into.get(key);
			if (!had || had.n <= n) into.set(key, { n, thing });
		}
	}

	/** What the server has under a key: mine over everybody's, unless everybody's is newer and tells more. */
	private served(key: string): Numbered | undefined {
		const all = this.common.get(key);
		const mine = this.own.get(key);
		if (this.everybody) return all ?? (mine && key[0] === "c" ? { n: mine.n, thing: veiled(mine.thing as Card) } : undefined);
		if (!all || !mine) return mine ?? all;
		const masked = key[0] === "c" && !(all.thing as Card).type;
		return masked || mine.n >= all.n ? mine : all;
	}

	/** Lets go of the acknowledged operations whose effect is here; gives the keys that change with it. */
	private settle(keys: string[]): string[] {
		const all = new Set(keys);
		for (const log of this.logs) {
			for (const p of [...log.pending]) {
				if (p.n === undefined || !this.landed(p)) continue;
				log.take(p.s);
				for (const key of keysOf(p.op) ?? this.shown.keys()) all.add(key);
			}
		}
		return [...all];
	}

	private landed(p: Pending): boolean {
		const n = p.n ?? PENDING;
		const keys = p.op.k === "vote.cast" && !this.kind(p.op.f)?.shared ? ["m/" + p.op.f] : (keysOf(p.op) ?? ["desk"]);
		if (keys.length > 0 && keys.every((key) => (this.served(key)?.n ?? -1) >= n)) return true;
		return this.n >= n && this.clock() - (p.acked ?? 0) > patience;
	}

	/** An operation is acknowledged. */
	acked(log: Log, s: number, n: number): void {
		const p = log.ack(s, n);
		if (!p) return;
		const keys = keysOf(p.op) ?? [...this.shown.keys()];
		this.refresh(this.settle(keys));
		if (log.pending.includes(p)) setTimeout(() => this.refresh(this.settle([])), patience + 50);
	}

	/** An operation is refused: what it did goes away, what it said stays at hand. */
	refuse(log: Log, s: number, key: string, message: string, late: boolean): Refused | undefined {
		const p = log.take(s);
		if (!p) return undefined;
		const refused = { op: p.op, key, message, late };
		this.refused.push(refused);
		this.refresh(keysOf(p.op));
		return refused;
	}

	/** I do something: it is shown at once. */
	did(op: Op): void {
		this.refresh(keysOf(op));
	}

	kind(vote: string | undefined): VoteKind | undefined {
		return this.kit.votes?.find((v) => v.id === vote);
	}

	/** Computes again what is shown under some keys, or all, and tells. */
	refresh(keys: string[] | null): void {
		const all = keys ?? [...new Set([...this.common.keys(), ...this.own.keys(), ...this.logs.flatMap((log) => log.pending.flatMap((p) => keysOf(p.op) ?? []))])];
		if (!keys) this.shown.clear();
		const order = all.includes("desk") ? ["desk", ...all.filter((key) => key !== "desk")] : all;
		for (const key of order) this.show(key);
		for (const key of order) if (key[0] === "v" || key[0] === "m") this.count(key.slice(2));
		this.onchange(keys ? new Set(all) : null);
	}

	private show(key: string): void {
		const thing = this.over(key, this.served(key)?.thing);
		if (thing) this.shown.set(key, thing);
		else this.shown.delete(key);
	}

	/** A vote counts what I cast now instead of what the server knows. One that the group shares is read from its count. */
	private count(id: string): void {
		const kind = this.kind(id);
		if (!kind) return;
		const served = this.served("v/" + id)?.thing as Vote | undefined;
		const had = kind.shared ? together(served?.tally, kind) : ((this.served("m/" + id)?.thing as Cast | undefined) ?? {});
		const has = this.over("m/" + id, had) as Cast;
		this.shown.set("m/" + id, has);
		const vote = this.shown.get("v/" + id) as Vote | undefined;
		if (vote && served) this.shown.set("v/" + id, { ...counted({ ...served, open: vote.open }, kind, had, has) });
	}
}

/** A hidden card of mine as the others see it. */
const veiled = ({ id, zone, order, removed, n }: Card): Card => ({ id, zone, order, removed, n, hidden: true });

/** What a group cast together, read from the count of one voice. */
function together(tally: Record<string, Tally> | undefined, kind: VoteKind): Cast {
	const cast: Cast = {};
	for (const [id, t] of Object.entries(tally ?? {})) {
		const at = t.counts?.findIndex((n) => n > 0) ?? -1;
		if (kind.kind === "dots") cast[id] = t.sum;
		else if (kind.kind === "score") cast[id] = at + 1;
		else if (at >= 0) cast[id] = kind.choices?.[at]?.id;
	}
	return cast;
}

/** Every version of a text that waits for a choice, the one that stands first; none when there is one only. */
export function versions(card: Card, field: string): Version[] {
	const value = card.fields?.[field];
	return value?.alts?.length ? [value, ...value.alts.filter((a) => !same(a.v, value.v))] : [];
}
