// What an operation does to what its author sees, before the server has said anything:
// the same rules as board.Apply, object by object.
import { PENDING, type Card, type Cast, type Desk, type FieldKind, type Kit, type Op, type Place, type Tally, type Thing, type Value, type Version, type Vote, type VoteKind, type Zone } from "./wire";

/** Who did it, and on what board. */
export interface Scene {
	me: string;
	kit: Kit;
	/** The phase the board is in when the operation is applied. */
	phase: string;
	/** When it was done, in milliseconds of the server. */
	at: number;
	/** From what base this very client wrote a version of a field; undefined when another one did. */
	base: (one: Version, card: string, field: string) => number | undefined;
}

/** Whether an operation may change the object under a key. */
export function touches(op: Op, key: string): boolean {
	const kind = op.k.slice(0, op.k.indexOf("."));
	switch (key[0]) {
		case "c":
			return kind === "card" ? key === "c/" + op.t : op.k === "phase.set";
		case "m":
			return op.k === "vote.cast" && key === "m/" + op.f;
		case "v":
			return op.k === "phase.set" || (kind === "vote" && (key === "v/" + op.t || key === "v/" + op.f));
		case "z":
			return kind === "zone" && key === "z/" + op.t;
		default:
			return ["phase", "board", "timer", "prompt"].includes(kind);
	}
}

/** The keys of the objects that an operation may change, when they can be told from it alone. */
export function keysOf(op: Op): string[] | null {
	if (op.k === "phase.set") return null;
	const kind = op.k.slice(0, op.k.indexOf("."));
	if (kind === "card") return ["c/" + op.t];
	if (op.k === "vote.cast") return ["m/" + op.f, "v/" + op.f];
	if (kind === "vote") return ["v/" + op.t];
	if (kind === "zone") return ["z/" + op.t];
	return op.k === "undo" ? [] : ["desk"];
}

export const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** Whether a value holds no text, so that nothing is lost with it. */
export const blank = (v: unknown): boolean => v === null || v === undefined || (typeof v === "string" && v.trim() === "");

export function fieldKind(kit: Kit, card: string | undefined, field: string | undefined): FieldKind | undefined {
	return kit.cards.find((c) => c.id === card)?.fields.find((f) => f.id === field);
}

/** The object under a key after an operation; the same one when it changes nothing there. */
export function step(key: string, now: Thing | undefined, op: Op, scene: Scene): Thing | undefined {
	switch (key[0]) {
		case "c":
			return card(now as Card | undefined, op, scene);
		case "m":
			return cast(now as Cast | undefined, op, scene.kit);
		case "v":
			return now && vote(now as Vote, op, key.slice(2), scene.kit);
		case "z":
			return now && { ...(now as Zone), open: op.k === "zone.open" };
		default:
			return now && desk(now as Desk, op, scene.at);
	}
}

function card(c: Card | undefined, op: Op, scene: Scene): Card | undefined {
	if (op.k === "card.add") return c ?? added(op, scene);
	if (!c || (!c.type && c.hidden)) return c;
	switch (op.k) {
		case "card.set":
		case "card.settle":
			return written(c, op, scene);
		case "card.move": {
			const { x: _x, y: _y, ...rest } = c;
			return { ...rest, ...(op.v as Place), n: PENDING };
		}
		case "card.remove":
			return c.removed ? c : { ...c, removed: true, n: PENDING };
		case "card.restore":
			return c.removed ? { ...c, removed: false, n: PENDING } : c;
		case "phase.set":
			return c.hidden && !scene.kit.phases.find((p) => p.id === op.t)?.hidden ? { ...c, hidden: false } : c;
	}
	return c;
}

function added(op: Op, scene: Scene): Card {
	const { type, prompt, fields, ...place } = op.v as { type: string; prompt?: string; fields?: Record<string, unknown> } & Place;
	const made: Card = { id: op.t ?? "", type, by: scene.me, at: new Date(scene.at).toISOString(), ...place, n: PENDING };
	if (prompt) made.prompt = prompt;
	if (scene.kit.phases.find((p) => p.id === scene.phase)?.hidden) made.hidden = true;
	if (fields) made.fields = Object.fromEntries(Object.entries(fields).map(([id, v]) => [id, { v, by: scene.me, n: PENDING }]));
	return made;
}

function written(c: Card, op: Op, scene: Scene): Card {
	const id = op.f ?? "";
	const base = op.b ?? 0;
	const old = c.fields?.[id];
	let next: Value = { v: op.v, by: scene.me, n: PENDING };
	if (op.k === "card.settle") {
		if (!old?.alts?.length) return c;
	} else if (old) {
		const text = fieldKind(scene.kit, c.type, id)?.type === "text";
		// What I wrote in another window, or before this page was read, is taken for this client's: if it is not, the
		// server puts what I write now beside it, and what I go on to write, from the same base, stays there.
		if (text && old.n > base && old.by !== scene.me && !same(old.v, op.v) && !blank(old.v)) next = beside(old, op.v, base, (one) => one.b ?? scene.base(one, c.id, id), scene.me);
		else if (old.alts) next.alts = old.alts;
	}
	const back = c.removed && c.n > base;
	return { ...c, ...(back ? { removed: false } : {}), fields: { ...c.fields, [id]: next }, n: PENDING };
}

/** A text beside another that was written meanwhile; the same writing, from the same base, goes on in its place. */
function beside(old: Value, v: unknown, base: number, from: (one: Version) => number | undefined, me: string): Value {
	const alts = (old.alts ?? []).filter((a) => from(a) !== base);
	if (alts.some((a) => same(a.v, v))) return old;
	return { ...old, alts: [...alts, { v, by: me, n: PENDING, b: base }] };
}

function vote(v: Vote, op: Op, id: string, kit: Kit): Vote {
	if (op.k === "phase.set") {
		const open = kit.phases.find((p) => p.id === op.t)?.votes?.includes(id) ?? false;
		return open === v.open ? v : { ...v, open };
	}
	if (op.k === "vote.cast") return v; // counted by `counted`, from what I had cast and what I cast now
	return { ...v, open: op.k === "vote.open" };
}

function desk(d: Desk, op: Op, at: number): Desk {
	const { timer, ...rest } = d;
	const iso = (ms: number): string => new Date(ms).toISOString();
	switch (op.k) {
		case "phase.set":
			return { ...rest, phase: op.t ?? d.phase };
		case "board.freeze":
		case "board.thaw":
			return { ...d, frozen: op.k === "board.freeze" };
		case "prompt.set":
			return { ...d, prompt: String(op.v ?? "") };
		case "timer.stop":
			return rest;
		case "timer.start":
		case "timer.more": {
			const more = Number(op.v) * 1000;
			if (op.k === "timer.more" && timer && Date.parse(timer.ends) > at) return { ...d, timer: { began: timer.began, ends: iso(Date.parse(timer.ends) + more) } };
			return { ...d, timer: { began: iso(at), ends: iso(at + more) } };
		}
	}
	return d;
}

interface Over {
	over?: string;
	back?: boolean;
}

/** Under which key a cast is kept: the card, or the pair of cards in the order of their names. */
export function castKey(kind: string, target: string, v: unknown): string {
	const other = (v as Over | null)?.over;
	if (kind !== "pairs" || !other) return target;
	return target < other ? target + "|" + other : other + "|" + target;
}

/** What I cast, after one more. A pair keeps who is preferred, whichever card was named. */
function cast(mine: Cast | undefined, op: Op, kit: Kit): Cast {
	const kind = kit.votes?.find((v) => v.id === op.f)?.kind ?? "";
	const next = { ...mine };
	const key = castKey(kind, op.t ?? "", op.v);
	if (op.v === null || (kind === "dots" && op.v === 0) || (op.v as Over | null)?.back) delete next[key];
	else next[key] = op.v;
	return next;
}

/** Which card of a pair a cast prefers. */
export function preferred(key: string, v: unknown): string {
	const [a, b] = key.split("|");
	return ((v as Over | null)?.over === a ? b : a) ?? "";
}

/** A count with what I had cast taken out and what I cast now put in. */
export function counted(v: Vote, kind: VoteKind, had: Cast, has: Cast): Vote {
	const people = v.people + (Object.keys(has).length > 0 ? 1 : 0) - (Object.keys(had).length > 0 ? 1 : 0);
	if (kind.secret && v.open) return { ...v, people };
	const tally: Record<string, Tally> = { ...v.tally };
	const add = (id: string, by: number, change: (t: Tally) => void): void => {
		const t = { counts: kind.choices?.map(() => 0), ...tally[id], people: (tally[id]?.people ?? 0) + by };
		if (t.counts) t.counts = [...t.counts];
		change(t);
		if (t.people > 0) tally[id] = t;
		else delete tally[id];
	};
	const put = (key: string, value: unknown, by: 1 | -1): void => {
		if (kind.kind === "pairs") {
			const won = preferred(key, value);
			for (const id of key.split("|")) add(id, by, (t) => id === won && (t.won = (t.won ?? 0) + by));
			return;
		}
		add(key, by, (t) => {
			if (typeof value === "number") t.sum = (t.sum ?? 0) + by * value;
			const i = kind.kind === "score" ? Number(value) - 1 : (kind.choices?.findIndex((c) => c.id === value) ?? -1);
			if (t.counts && i in t.counts) t.counts[i]! += by;
		});
	};
	for (const key of new Set([...Object.keys(had), ...Object.keys(has)])) {
		if (same(had[key], has[key])) continue;
		if (key in had) put(key, had[key], -1);
		if (key in has) put(key, has[key], 1);
	}
	const { tally: _old, ...rest } = v;
	return Object.keys(tally).length > 0 ? { ...rest, people, tally } : { ...rest, people };
}
