// Runs many boards at once in one page, each with a few clients behind a network that
// cuts, delays and repeats. The server is the test's; the clients are those of the board.
import type { Ears, Link, Sent, Way } from "../../src/board/link";
import { Log, open, type Kept, type Keep } from "../../src/board/log";
import { between } from "../../src/board/order";
import { Store, type Refused } from "../../src/board/store";
import { Sync } from "../../src/board/sync";
import { type Card, type Kit, type Message, type Op, type Role, type Things } from "../../src/board/wire";

/** Mulberry32, so that a seed gives the same history again. */
function chance(seed: number): () => number {
	return () => {
		seed = (seed + 0x6d2b79f5) | 0;
		let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}

interface Item {
	room: string;
	client: string;
	person: string;
	role: Role;
	enter?: boolean;
	after?: number;
	ops?: Sent[];
	full?: boolean;
}

async function exchange(items: Item[]): Promise<Message[][]> {
	const answer = await fetch("/step", { method: "POST", body: JSON.stringify(items) });
	if (!answer.ok) throw new Error(await answer.text());
	return (await answer.json()) as Message[][];
}

class Memory implements Keep {
	private readonly values = new Map<string, Kept>();
	async keys(prefix: string): Promise<string[]> {
		return [...this.values.keys()].filter((key) => key.startsWith(prefix)).sort();
	}
	async get(key: string): Promise<Kept | undefined> {
		return structuredClone(this.values.get(key));
	}
	async set(key: string, value: Kept): Promise<void> {
		this.values.set(key, structuredClone(value));
	}
	async remove(key: string): Promise<void> {
		this.values.delete(key);
	}
}

/** A connection over a bad network. */
class Bad implements Link {
	readonly quiet = 0;
	out: Sent[][] = [];
	into: Message[] = [];
	old: Sent[][] = [];
	entered = false;
	over = false;
	asked = 0;
	constructor(
		readonly client: string,
		readonly after: number,
		readonly ears: Ears,
	) {}
	ops(list: Sent[]): void {
		this.out.push(structuredClone(list));
	}
	here(): void {}
	ping(): boolean {
		this.asked++;
		return true;
	}
	close(): void {
		if (this.over) return;
		this.over = true;
		this.ears.closed(false);
	}
}

const words = ["idée", "<b>", "é", "l’atelier", "&", "deux\nlignes", "🙂"];

class Person {
	log!: Log;
	store!: Store;
	sync!: Sync;
	link: Bad | null = null;
	refused: Refused[] = [];
	private releases: (() => void)[] = [];

	constructor(
		readonly world: World,
		readonly id: string,
		readonly role: Role,
		readonly keep: Memory,
	) {}

	async begin(): Promise<void> {
		const { world } = this;
		const claim = async (name: string): Promise<(() => void) | null> => {
			if (world.claims.has(this.id + name)) return null;
			world.claims.add(this.id + name);
			const release = (): void => void world.claims.delete(this.id + name);
			this.releases.push(release);
			return release;
		};
		const { log, left } = await open(this.keep, claim, world.room, this.id, world.name);
		this.log = log;
		this.store = new Store(world.kit, [...left, log]);
		this.store.me = this.id;
		const way: Way = (_base, client, after, ears) => {
			world.trace.push(`${this.id} ${client.slice(0, 5)} connects after ${after}`);
			return (this.link = new Bad(client, after, ears));
		};
		this.sync = new Sync({ base: "", ways: [way], store: this.store, log, post: (_b, client, ops, heard) => this.post(client, ops, heard), chance: () => 0, beat: 1e9 });
		this.sync.onrefused = (one) => this.refused.push(one);
		this.sync.start();
	}

	private async post(client: string, ops: Sent[], heard: (m: Message) => void): Promise<number> {
		const [messages] = await exchange([{ room: this.world.room, client, person: this.id, role: this.role, ops }]);
		for (const m of messages!) if (m.m === "ack" || m.m === "no") heard(m);
		return 200;
	}

	/** The window is closed, or read again: what the device holds is all that is left. */
	end(): void {
		this.sync.stop();
		this.link = null;
		for (const release of this.releases.splice(0)) release();
	}
}

class World {
	readonly claims = new Set<string>();
	people: Person[] = [];
	/** What each text that was written added, and who wrote it. */
	readonly tokens = new Map<string, Person>();
	readonly lost: string[] = [];
	private made = 0;
	private names = 0;
	readonly trace: string[] = [];

	constructor(
		readonly room: string,
		readonly kit: Kit,
		readonly random: () => number,
	) {}

	pick<T>(list: T[]): T | undefined {
		return list[Math.floor(this.random() * list.length)];
	}

	/** A name that the seed gives again. */
	name = (): string => `n${String(this.names++).padStart(4, "0")}${this.room.replace(/[^a-z0-9]/g, "")}xxxxxx`.slice(0, 20);

	private text(by: Person, shown: string): string {
		const token = `${this.pick(words)}#${by.id}.${this.made++};`;
		this.tokens.set(token, by);
		return shown + token;
	}

	private place(store: Store): { zone: string; order: string } {
		const zone = this.pick(this.kit.zones)!.id;
		const cards = store.inZone(zone);
		const at = Math.floor(this.random() * (cards.length + 1));
		return { zone, order: between(cards[at - 1]?.order ?? "", cards[at]?.order ?? "") };
	}

	/** Something that this person might do now. */
	op(by: Person, quiet: boolean): Op | null {
		const { store } = by;
		const r = this.random();
		const mine = [...store.cards()].filter((card) => card.type);
		const card = this.pick(mine);
		if (by.role === "facilitator" && r < 0.12) {
			const phase = this.pick(this.kit.phases)!;
			const acts: Op[] = [{ k: "phase.set", t: phase.id }, { k: "phase.set", t: phase.id }, { k: "zone.close", t: "b" }, { k: "zone.open", t: "b" }, { k: "prompt.set", v: "?" }, { k: "timer.start", v: 60 }, { k: "vote.open", t: "score" }];
			if (!quiet) acts.push({ k: "board.freeze" }, { k: "board.thaw" }, { k: "board.thaw" });
			return this.pick(acts)!;
		}
		if (!card || (r < 0.3 && mine.length < 12)) return { k: "card.add", t: this.name(), v: { type: "note", fields: { text: this.text(by, "") }, ...this.place(store) } };
		if (r < 0.72) return this.writing(by, card);
		if (r < 0.8) return { k: "card.move", t: card.id, v: this.place(store) };
		if (r < 0.86) return { k: card.removed ? "card.restore" : "card.remove", t: card.id };
		if (r < 0.93) return { k: "vote.cast", t: card.id, f: "dots", v: Math.floor(this.random() * 3) };
		if (r < 0.97) return { k: "vote.cast", t: card.id, f: "score", v: 1 + Math.floor(this.random() * 3) };
		if (r < 0.985) return { k: "card.set", t: card.id, f: "level", b: Math.max(0, store.n), v: 1 + Math.floor(this.random() * 2) };
		const other = this.pick(mine.filter((one) => one.id !== card.id && !one.removed));
		return other ? { k: "vote.cast", t: card.id, f: "pairs", v: { over: other.id } } : null;
	}

	/** Goes on with the text as it is shown, or ends the choice between its versions. */
	private writing(by: Person, card: Card): Op {
		const value = card.fields?.["text"];
		const b = by.store.base(card.id, "text");
		const all = [value, ...(value?.alts ?? [])].map((one) => String(one?.v ?? ""));
		if (all.length > 1 && this.random() < 0.5) return { k: "card.settle", t: card.id, f: "text", b, v: this.text(by, [...new Set(all)].join("")) };
		return { k: "card.set", t: card.id, f: "text", b, v: this.text(by, all[0]!) };
	}

	/** Sees to the network of everybody for one round; what goes to the server is given back. */
	items(calm: boolean): { item: Item; link: Bad }[] {
		const list: { item: Item; link: Bad }[] = [];
		for (const person of this.people) {
			if (person.sync.state === "away") person.sync.hurry();
			const link = person.link;
			if (!link || link.over) continue;
			const item: Item = { room: this.room, client: link.client, person: person.id, role: person.role };
			const fate = calm ? 1 : this.random();
			if (fate < 0.06) {
				// Cut before anything arrives: what was on its way is lost.
				link.close();
				continue;
			}
			if (fate < 0.16) continue; // nothing passes this time
			if (!link.entered) {
				item.enter = true;
				item.after = link.after;
				link.entered = true;
			}
			item.ops = link.out.splice(0, calm ? Infinity : 1 + Math.floor(this.random() * 2)).flat();
			if (item.ops.length > 0) link.old.push(item.ops);
			if (!calm && this.random() < 0.08 && link.old.length > 0) item.ops = [...item.ops, ...this.pick(link.old)!]; // said twice
			list.push({ item, link });
			if (fate < 0.24) link.over = true; // it arrives, and its answer is lost
		}
		return list.sort(() => this.random() - 0.5);
	}

	/** Hands over what the server said, not all of it at once, some of it twice. */
	hear(calm: boolean): void {
		for (const person of this.people) {
			const link = person.link;
			if (!link) continue;
			if (link.over) {
				link.ears.closed(false);
				continue;
			}
			const n = calm ? Infinity : Math.floor(this.random() * (link.into.length + 2));
			const said = link.into.splice(0, n);
			if (!calm && said.length > 1 && this.random() < 0.15) said.push(...said.filter((m) => m.m === "set" || (m.m === "ack" && said[said.length - 1]!.m !== "set"))); // an acknowledgement never comes between what is everybody's and what is mine
			for (const m of said) {
				if (link.over || person.link !== link) continue;
				this.trace.push(`${person.id} ${link.client.slice(0, 5)} hears ${JSON.stringify(m)}`);
				link.ears.said(structuredClone(m));
			}
			if (link.asked && !link.over) {
				link.asked = 0;
				link.ears.said({ m: "pong", now: Date.now() });
			}
			if (!calm && this.random() < 0.04) link.close();
		}
	}
}

const settled = async (): Promise<void> => {
	for (let i = 0; i < 12; i++) await Promise.resolve();
};

async function round(worlds: World[], calm: boolean): Promise<void> {
	const all = worlds.flatMap((world) => world.items(calm));
	const answers = await exchange(all.map((one) => one.item));
	all.forEach(({ link }, i) => link.into.push(...answers[i]!));
	for (const world of worlds) world.hear(calm);
	await settled();
}

const sorted = (v: unknown): string => JSON.stringify(v, (_key, value) => (value && typeof value === "object" && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value));

function compare(world: World, person: Person, truth: Things): string[] {
	const faults: string[] = [];
	for (const [key, thing] of Object.entries(truth)) {
		const { store } = person;
		const shown = key === "desk" ? store.desk : key[0] === "c" ? store.card(key.slice(2)) : key[0] === "z" ? store.zone(key.slice(2)) : key[0] === "v" ? store.vote(key.slice(2)) : store.cast(key.slice(2));
		if (sorted(shown) !== sorted(thing)) faults.push(`${world.room}: ${person.id} shows ${key} as ${sorted(shown)}, the server has ${sorted(thing)}`);
	}
	for (const card of person.store.cards()) if (!(`c/${card.id}` in truth)) faults.push(`${world.room}: ${person.id} shows a card that the server lacks: ${card.id}`);
	return faults;
}

/** Every text that was written is somewhere: on a card, beside one, or in what its author was refused. */
function vanished(world: World, truth: Things): string[] {
	const kept = Object.entries(truth).flatMap(([key, thing]) => (key[0] === "c" ? Object.values((thing as Card).fields ?? {}).flatMap((f) => [f.v, ...(f.alts ?? []).map((a) => a.v)]) : []));
	const texts = kept.map(String).join("\u0000");
	const refused = new Map<string, string>();
	for (const person of world.people) refused.set(person.id, (refused.get(person.id) ?? "") + JSON.stringify(person.refused.map((one) => one.op.v)).replaceAll("\\n", "\n"));
	return [...world.tokens].filter(([token, by]) => !texts.includes(token) && !refused.get(by.id)!.includes(token)).map(([token, by]) => `${world.room}: what ${by.id} wrote has vanished: ${token}`);
}

async function histories(seed: number, count: number, rounds: number): Promise<{ faults: string[]; ops: number; refused: number }> {
	const kit = (await (await fetch("/kit")).json()) as Kit;
	const random = chance(seed);
	const worlds: World[] = [];
	let ops = 0;
	for (let i = 0; i < count; i++) {
		const world = new World(`${seed}-${i}`, kit, chance(Math.floor(random() * 2 ** 31)));
		const roles: Role[] = ["facilitator", "team", "peer", "guest", "team"];
		const n = 2 + Math.floor(world.random() * 4);
		const device = new Memory();
		for (let p = 0; p < n; p++) {
			// The last one may be a second window of the one before, on the same device.
			const twin = p === n - 1 && n > 2 && world.random() < 0.4;
			const before = world.people[p - 1];
			world.people.push(twin && before ? new Person(world, before.id, before.role, before.keep) : new Person(world, "p" + p, roles[p]!, p === 0 ? device : new Memory()));
		}
		for (const person of world.people) await person.begin();
		worlds.push(world);
	}
	for (let r = 0; r < rounds; r++) {
		for (const world of worlds) {
			for (const person of world.people) {
				if (world.random() < 0.03) {
					person.end();
					await person.begin();
				}
				// Who has never seen the board does not write on it.
				for (let k = world.random() < 0.5 ? 0 : 1 + Math.floor(world.random() * 2); k > 0 && person.store.n >= 0; k--) {
					const op = world.op(person, false);
					if (op) {
						world.trace.push(`${person.id} ${person.log.client.slice(0, 5)} at ${person.store.n} does ${JSON.stringify(op)}`);
						person.sync.do(op);
						ops++;
					}
				}
			}
		}
		await settled();
		await round(worlds, false);
	}
	const busy = (world: World): boolean => world.people.some((person) => person.store.waiting > 0 || person.sync.state !== "live" || person.link!.into.length > 0);
	for (let r = 0; r < 400 && worlds.some(busy); r++) await round(worlds, true);
	for (let r = 0; r < 3; r++) await round(worlds, true);
	const faults: string[] = [];
	let told = false;
	for (const world of worlds) {
		for (const person of world.people) {
			const [messages] = await exchange([{ room: world.room, client: "truth" + person.id, person: person.id, role: person.role, enter: true, after: -1 }]);
			const hello = messages!.find((m) => m.m === "hello");
			if (person.store.waiting > 0) faults.push(`${world.room}: ${person.id} still waits`);
			if (hello?.m === "hello") faults.push(...compare(world, person, hello.set ?? {}));
		}
		const [messages] = await exchange([{ room: world.room, client: "everything", person: "", role: "reader", full: true }]);
		const all = messages![0];
		if (all?.m === "set") faults.push(...vanished(world, all.set ?? {}));
		if (faults.length > 0 && !told) {
			told = true;
			Object.assign(window, { trace: world.trace });
		}
		for (const person of world.people) person.end();
	}
	return { faults, ops, refused: worlds.reduce((sum, world) => sum + world.people.reduce((n, person) => n + person.refused.length, 0), 0) };
}

/** What is shown, without the numbers and the hours that only the server gives. */
function bare(store: Store): string {
	const strip = (v: unknown): unknown => JSON.parse(JSON.stringify(v ?? null, (key, value) => (key === "n" || key === "at" || key === "began" || key === "ends" || (value === false && key !== "open") ? undefined : value)));
	const { kit } = store;
	const cards = [...store.cards()].sort((a, b) => (a.id < b.id ? -1 : 1)).map(strip);
	return sorted([strip(store.desk), kit.zones.map((zone) => strip(store.zone(zone.id))), (kit.votes ?? []).map((vote) => [strip(vote.secret ? { ...store.vote(vote.id), tally: null } : store.vote(vote.id)), store.cast(vote.id)]), cards]);
}

/** One client alone: what is shown at once is what the server answers. */
async function conformance(seed: number, count: number): Promise<{ faults: string[]; done: number; refused: number }> {
	const kit = (await (await fetch("/kit")).json()) as Kit;
	const world = new World("conformance-" + seed, kit, chance(seed));
	const person = new Person(world, "p0", "facilitator", new Memory());
	world.people.push(person);
	await person.begin();
	const faults: string[] = [];
	let refused = 0;
	for (let i = 0; i < 5; i++) await round([world], true);
	for (let i = 0; i < count && faults.length === 0; i++) {
		const op = world.op(person, true);
		if (!op) continue;
		const before = person.refused.length;
		person.sync.do(op);
		const shown = bare(person.store);
		await settled();
		for (let r = 0; r < 20 && person.store.waiting > 0; r++) await round([world], true);
		await round([world], true);
		if (person.refused.length > before) {
			refused++;
			continue;
		}
		const served = bare(person.store);
		if (shown !== served) faults.push(`seed ${seed}, operation ${i} ${JSON.stringify(op)}: shown\n${shown}\nserved\n${served}`);
	}
	person.end();
	return { faults, done: count, refused };
}

Object.assign(window, { histories, conformance, between });
