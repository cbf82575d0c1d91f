// What every part of the page knows: the board, who looks, in which language.
import type { Store } from "../store";
import type { Sync } from "../sync";
import type { Card, CardKind, Kit, Op, Prompt, Said, VoteKind, ZoneKind } from "../wire";

export type View = "board" | "list";

/** What the page gave, and how things are done from it. */
export class Scene {
	view: View = "board";
	/** Nothing can be done: the past, or the wall. */
	still = false;
	wall = false;
	/** The page with the code by which people come in, when there is one. */
	code = "";
	/** The tray of what came too late for its step. */
	late = "";

	constructor(
		readonly store: Store,
		readonly sync: Sync | null,
		readonly base: string,
		readonly lang: string,
		private readonly words: Record<string, string>,
		readonly variant = "",
		/** Where pictures of cards are sent and read, when there is such a place. */
		readonly pictures = "",
	) {}

	get kit(): Kit {
		return this.store.kit;
	}

	/** A sentence of the house; each %s in turn. */
	say(name: string, ...args: (string | number)[]): string {
		let at = 0;
		return (this.words[name] ?? name).replace(/%[sd%]/g, (verb) => (verb === "%%" ? "%" : String(args[at++] ?? "")));
	}

	/** A counted sentence: NAME_one or NAME_more, the count being the first %s. */
	count(name: string, n: number, ...args: (string | number)[]): string {
		const one = new Intl.PluralRules(this.lang).select(n) === "one";
		return this.say(name + (one ? "_one" : "_more"), n.toLocaleString(this.lang), ...args);
	}

	/** A text of the kit, in the reader's language. */
	text(said: Said | undefined): string {
		return said?.[this.lang] || said?.["fr"] || Object.values(said ?? {})[0] || "";
	}

	do(op: Op): void {
		if (!this.still) this.sync?.do(op);
	}

	cardKind(card: Card): CardKind | undefined {
		return this.kit.cards.find((kind) => kind.id === card.type);
	}

	zoneKind(id: string): ZoneKind | undefined {
		return this.kit.zones.find((zone) => zone.id === id);
	}

	prompt(name: string | undefined): Prompt | undefined {
		const [deck, id] = (name ?? "").split(".");
		return this.kit.decks?.find((one) => one.id === deck)?.prompts.find((one) => one.id === id);
	}

	/** What a card says first, in a few words. */
	face(card: Card): string {
		const kind = this.cardKind(card);
		if (!kind) return this.say("card_hidden");
		const first = kind.fields.find((field) => field.type === "text");
		const text = first ? String(card.fields?.[first.id]?.v ?? "") : "";
		return text || this.text(this.prompt(card.prompt)?.title) || this.text(kind.title);
	}

	name(person: string | undefined): string {
		const known = person ? this.store.people[person] : undefined;
		return known?.name ? (known.role === "imported" ? this.say("imported_by", known.name) : known.name) : this.say("somebody");
	}

	// What I may do now. The server decides; this only spares a refusal.

	private get phase() {
		return this.kit.phases.find((phase) => phase.id === this.store.desk.phase);
	}

	get leads(): boolean {
		return !this.still && this.store.role === "facilitator";
	}

	get writes(): boolean {
		return !this.still && this.store.role !== "reader";
	}

	get frozen(): boolean {
		return this.store.desk.frozen || this.phase?.frozen || false;
	}

	zoneOpen(zone: ZoneKind): boolean {
		const zones = this.phase?.zones ?? [];
		return this.store.zone(zone.id).open && (zones.length === 0 || zones.includes(zone.id));
	}

	/** Whether I may change what lies in a zone now. */
	mayWrite(zone: string): boolean {
		const kind = this.zoneKind(zone);
		if (!kind || !this.writes) return false;
		if (this.leads) return true;
		if (kind.write?.length && !kind.write.includes(this.store.role)) return false;
		return !this.frozen && this.zoneOpen(kind);
	}

	/** Whether a zone takes one more card of a type. */
	takes(zone: ZoneKind, type: string | undefined): boolean {
		if (zone.cards?.length && !zone.cards.includes(type ?? "")) return false;
		return !zone.most || this.store.inZone(zone.id).length < zone.most;
	}

	mayRemove(card: Card): boolean {
		return this.mayWrite(card.zone) && (card.by === this.store.me || ["facilitator", "team", "coach"].includes(this.store.role));
	}

	/** Whether a vote is put on a card. */
	asks(vote: VoteKind, card: Card): boolean {
		return !!card.type && (!vote.cards?.length || vote.cards.includes(card.type));
	}

	mayVote(vote: VoteKind): boolean {
		return this.writes && this.store.vote(vote.id).open && (!vote.write?.length || vote.write.includes(this.store.role));
	}

	/** The votes that are open. */
	get openVotes(): VoteKind[] {
		return (this.kit.votes ?? []).filter((vote) => this.store.vote(vote.id).open);
	}

	/** How many dots I have left. */
	dotsLeft(vote: VoteKind): number {
		const mine = Object.values(this.store.cast(vote.id));
		return (vote.budget ?? 0) - mine.reduce<number>((sum, n) => sum + (Number(n) || 0), 0);
	}
}
