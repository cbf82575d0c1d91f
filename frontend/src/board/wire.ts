// What goes between the browser and the server of a live board, and what a kit says.

/** A text in the languages of the house. */
export type Said = Record<string, string>;

export type Role = "facilitator" | "team" | "coach" | "peer" | "expert" | "guest" | "reader";

export interface Option {
	id: string;
	label: Said;
}

export interface FieldKind {
	id: string;
	type: "text" | "choice" | "level" | "person" | "date" | "amount" | "link" | "picture";
	label: Said;
	help?: Said;
	required?: boolean;
	most?: number;
	choices?: Option[];
}

export interface CardKind {
	id: string;
	title: Said;
	colour?: string;
	fields: FieldKind[];
}

export interface ZoneKind {
	id: string;
	title: Said;
	help?: Said;
	colour?: string;
	cards?: string[];
	write?: Role[];
	most?: number;
	closed?: boolean;
}

export interface Prompt {
	id: string;
	title: Said;
	text?: Said;
	zone?: string;
}

export interface Deck {
	id: string;
	title: Said;
	variant?: string;
	card: string;
	deal?: string;
	prompts: Prompt[];
}

export interface Phase {
	id: string;
	title: Said;
	help?: Said;
	minutes?: number;
	hidden?: boolean;
	frozen?: boolean;
	zones?: string[];
	votes?: string[];
	last?: boolean;
}

export interface VoteKind {
	id: string;
	title: Said;
	kind: "dots" | "score" | "bins" | "pairs";
	cards?: string[];
	budget?: number;
	most?: number;
	choices?: Option[];
	secret?: boolean;
	shared?: boolean;
	write?: Role[];
}

/** A kit, as internal/board/kit writes it. */
export interface Kit {
	id: string;
	title: Said;
	layout: "columns" | "quadrants" | "matrix" | "radar" | "timeline" | "free";
	axes?: { title: Said; low: Said; high: Said }[];
	zones: ZoneKind[];
	cards: CardKind[];
	decks?: Deck[];
	phases: Phase[];
	votes?: VoteKind[];
}

/** An operation: its kinds and values are those of board.Op. */
export interface Op {
	k: string;
	t?: string;
	f?: string;
	b?: number;
	v?: unknown;
}

export interface Place {
	zone: string;
	order: string;
	x?: number;
	y?: number;
}

/** One version of what a field holds. */
export interface Version {
	v: unknown;
	by?: string;
	n: number;
	/** What had been seen when it was begun, of one that is not on the server yet. */
	b?: number;
}

export interface Value extends Version {
	alts?: Version[];
}

/** A card as its reader sees it; one that is hidden from her has no type. */
export interface Card extends Place {
	id: string;
	type?: string;
	prompt?: string;
	by?: string;
	at?: string;
	fields?: Record<string, Value>;
	hidden?: boolean;
	removed?: boolean;
	n: number;
}

export interface Tally {
	people: number;
	sum?: number;
	counts?: number[];
	won?: number;
}

export interface Vote {
	open: boolean;
	people: number;
	tally?: Record<string, Tally>;
	n: number;
}

export interface Zone {
	open: boolean;
	n: number;
}

export interface Desk {
	phase: string;
	frozen?: boolean;
	prompt?: string;
	timer?: { began: string; ends: string };
	n: number;
}

/** What I cast: card, or pair of cards, to value. */
export type Cast = Record<string, unknown>;

export type Thing = Card | Vote | Zone | Desk | Cast;

/** Objects by key: "desk", "z/ZONE", "c/CARD", "v/VOTE", and for me alone "m/VOTE". */
export type Things = Record<string, Thing>;

export interface Person {
	name: string;
	role: Role;
}

export interface Here {
	p: string;
	at?: string;
	f?: string;
}

export type Message =
	| { m: "hello"; n: number; full: boolean; now: number; me: string; role: Role; people?: Record<string, Person>; set?: Things; who?: Here[] }
	| { m: "set"; n: number; set?: Things }
	| { m: "own"; n: number; set?: Things }
	| { m: "ack"; s: number; n: number }
	| { m: "no"; s: number; key: string; message: string; late?: boolean }
	| { m: "who"; who?: Here[] }
	| { m: "people"; people?: Record<string, Person> }
	| { m: "call"; to: string }
	| { m: "end"; key: string; message: string }
	| { m: "gap" }
	| { m: "beat" }
	| { m: "pong"; now: number };

/** The number of what is not on the server yet: after every other. */
export const PENDING = Number.MAX_SAFE_INTEGER;

const letters = "abcdefghijklmnopqrstuvwxyz0123456789";

/** A random name of 20 lower-case letters and digits, of a client or of a card. */
export function draw(): string {
	let out = "";
	while (out.length < 20) {
		for (const byte of crypto.getRandomValues(new Uint8Array(24))) {
			if (byte < 252 && out.length < 20) out += letters[byte % 36]!; // 252 = 7 × 36: each as likely
		}
	}
	return out;
}
