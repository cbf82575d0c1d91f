// A card on the page: read, written, voted on, with what is not on the server yet.
import type { Card } from "../wire";
import { ballot, result } from "./ballot";
import { act, arrange, h, icon } from "./dom";
import { Edit } from "./edit";
import { inWords, reading } from "./field";
import type { Scene } from "./scene";
import { choices } from "./versions";

/** What a card asks of the page around it. */
export interface Around {
	move(card: Card): void;
	/** A card that was never written goes away. */
	dropped(id: string): void;
	edited(id: string, on: boolean): void;
}

export class CardView {
	readonly element = h("li", { class: "b-item" });
	readonly face: HTMLElement;
	private edit: Edit | null = null;
	private stamp = "";
	private wide = false;

	constructor(
		private readonly scene: Scene,
		readonly id: string,
		private readonly around: Around,
	) {
		this.face = h("div", { class: "b-card", tabindex: -1, id: "card-" + id, "data-card": id, role: "group" });
		this.face.addEventListener("pointerenter", () => this.widen());
		this.face.addEventListener("focusin", () => this.widen());
		this.face.addEventListener("dblclick", (event) => {
			if (!(event.target as Element).closest("button, a, textarea, input, select, summary")) this.open();
		});
		this.element.append(this.face);
	}

	get editing(): boolean {
		return this.edit !== null;
	}

	private get card(): Card | undefined {
		return this.draft ?? this.scene.store.card(this.id);
	}

	/** A card that is being written for the first time, until the store has it. */
	draft: Card | undefined;

	/** Its acts are made when somebody comes near. */
	private widen(): void {
		if (this.wide) return;
		this.wide = true;
		this.update();
	}

	open(): void {
		const card = this.card;
		const kind = card && this.scene.cardKind(card);
		if (!card || !kind || this.edit || !this.scene.mayWrite(card.zone)) return;
		this.edit = new Edit(this.scene, card, kind, this.draft !== undefined, (kept) => this.close(kept));
		this.around.edited(this.id, true);
		this.stamp = "";
		this.update();
		this.edit.focus();
	}

	flush(): void {
		this.edit?.flush();
	}

	/** Puts an end to the writing, from outside. */
	leave(): void {
		this.edit?.leave();
	}

	private close(kept: boolean): void {
		const had = this.face.contains(document.activeElement);
		this.edit = null;
		this.stamp = "";
		this.around.edited(this.id, false);
		if (!kept) {
			this.around.dropped(this.id);
			return;
		}
		this.update();
		if (had) this.face.focus();
	}

	/** Draws the card again if anything that it shows has changed. */
	update(): void {
		const { scene } = this;
		const stored = scene.store.card(this.id);
		if (stored) this.draft = undefined;
		const card = this.card;
		if (!card) return;
		this.edit?.follow(card);
		const stamp = this.stampOf(card);
		if (stamp === this.stamp) return;
		this.stamp = stamp;
		const { face } = this;
		const kind = scene.cardKind(card);
		face.dataset.colour = kind?.colour ?? "plain";
		face.classList.toggle("blank", !kind);
		face.classList.toggle("pending", scene.store.isPending("c/" + this.id));
		face.classList.toggle("editing", this.edit !== null);
		face.setAttribute("aria-label", this.spoken(card));
		const held = this.edit ? [] : this.keyboard();
		arrange(face, this.parts(card).map((part) => this.same(part)));
		if (held) this.restore(held);
	}

	/** What has not changed stays: a press that has begun on it, and what is being typed in a box of versions. */
	private same(part: Element): Element {
		const stamp = part instanceof HTMLElement && part.dataset.stamp;
		const old = [...this.face.children].find((one) => one.isEqualNode(part) || (stamp && one instanceof HTMLElement && one.dataset.stamp === stamp && one.dataset.versions === part.dataset.versions));
		return old ?? part;
	}

	private stampOf(card: Card): string {
		const { scene } = this;
		const votes = (scene.kit.votes ?? []).map((vote) => [scene.store.cast(vote.id)[this.id], scene.store.vote(vote.id).tally?.[this.id], scene.mayVote(vote), vote.kind === "dots" && scene.store.vote(vote.id).open ? scene.dotsLeft(vote) : 0]);
		const here = scene.store.who.filter((one) => one.at === "c/" + this.id && one.p !== scene.store.me).map((one) => one.p + (one.f ?? ""));
		const prefix = this.edit ? "edit" : "read" + (this.wide || scene.view === "list");
		// While it is written, only what is around the form may change.
		const content = this.edit ? [card.fields && Object.values(card.fields).map((f) => f.alts)] : [card.fields, card.x, card.y];
		return JSON.stringify([prefix, content, card.type, card.by, card.prompt, card.hidden, card.zone, votes, here, scene.store.isPending("c/" + this.id), scene.mayWrite(card.zone), scene.still, scene.store.people[card.by ?? ""]?.name]);
	}

	/** The control that has the keyboard, to give it back to the one that takes its place. */
	private keyboard(): string[] | null {
		const focus = document.activeElement;
		if (!(focus instanceof HTMLElement) || !this.face.contains(focus) || focus === this.face) return null;
		return [focus.closest<HTMLElement>("[data-ballot]")?.dataset.ballot ?? "", focus.dataset.cast ?? "", focus.dataset.act ?? "", focus.id];
	}

	private restore([vote, cast, name, id]: string[]): void {
		if (document.activeElement !== document.body && document.activeElement !== null) return;
		const found = cast ? this.face.querySelector<HTMLButtonElement>(`[data-ballot="${vote}"] [data-cast="${cast}"]`) : name ? this.face.querySelector<HTMLButtonElement>(`[data-act="${name}"]`) : id ? document.getElementById(id) : null;
		if (found && !(found instanceof HTMLButtonElement && found.disabled)) found.focus({ preventScroll: true });
		else if (cast || name || id) this.face.focus({ preventScroll: true });
	}

	private spoken(card: Card): string {
		const { scene } = this;
		const kind = scene.cardKind(card);
		if (!kind) return scene.say("card_hidden");
		const state = [scene.store.isPending("c/" + this.id) && scene.say("pending"), card.hidden && scene.say("hidden_mine")].filter(Boolean).join(", ");
		return `${scene.text(kind.title)} : ${scene.face(card)}${state ? ", " + state : ""}`;
	}

	private parts(card: Card): Element[] {
		const { scene } = this;
		const kind = scene.cardKind(card);
		if (!kind) return [h("p", { class: "b-back" }, icon("hidden"), h("span", { text: scene.say("card_hidden") }))];
		const prompt = scene.prompt(card.prompt);
		const parts: Element[] = [];
		if (prompt) {
			parts.push(h("p", { class: "b-prompt", text: scene.text(prompt.title) }));
			if (prompt.text && (this.edit || this.wide || scene.view === "list")) parts.push(h("p", { class: "b-prompt-more", text: scene.text(prompt.text) }));
		}
		if (this.edit) parts.push(this.edit.element);
		else parts.push(...this.fields(card));
		parts.push(...choices(scene, card, kind, scene.mayWrite(card.zone)), ...this.votes(card), this.foot(card));
		if (!this.edit && !scene.still && (this.wide || scene.view === "list")) parts.push(this.acts(card));
		return parts;
	}

	private fields(card: Card): Element[] {
		const { scene } = this;
		const kind = scene.cardKind(card);
		const parts: Element[] = [];
		const more: Element[] = [];
		kind?.fields.forEach((field, i) => {
			const v = card.fields?.[field.id]?.v;
			if (inWords(scene, field, v) === "") return;
			if (i === 0) parts.push(h("p", { class: "b-face" }, reading(scene, field, v)));
			else more.push(h("div", {}, h("dt", { text: scene.text(field.label) }), h("dd", {}, reading(scene, field, v, scene.face(card)))));
		});
		if (more.length > 0) parts.push(h("dl", { class: "b-fields" }, ...more));
		if (parts.length === 0 && !card.prompt) parts.push(h("p", { class: "b-face soft", text: scene.say("card_empty") }));
		return parts;
	}

	private votes(card: Card): Element[] {
		const { scene } = this;
		const parts: Element[] = [];
		for (const vote of scene.kit.votes ?? []) {
			if (!scene.asks(vote, card)) continue;
			const state = scene.store.vote(vote.id);
			const made = state.open && !scene.still ? ballot(scene, vote, card) : null;
			if (made) {
				made.dataset.ballot = vote.id;
				parts.push(made);
			}
			const tally = state.tally?.[card.id];
			if (tally && tally.people > 0) parts.push(result(scene, vote, tally, Math.max(...Object.values(state.tally ?? {}).map((one) => one.sum ?? 0))));
		}
		return parts;
	}

	private foot(card: Card): Element {
		const { scene } = this;
		const several = scene.kit.cards.length > 1;
		const foot = h("p", { class: "b-foot" });
		if (several) foot.append(h("span", { class: "b-kind", text: scene.text(scene.cardKind(card)?.title) }));
		if (card.by) foot.append(h("span", { text: card.by === scene.store.me && !scene.wall ? scene.say("me") : scene.name(card.by) }));
		if (card.hidden) foot.append(h("span", { class: "b-mark" }, icon("hidden"), h("span", { text: scene.say("hidden_mine") })));
		if (scene.store.isPending("c/" + this.id)) foot.append(h("span", { class: "b-mark b-waits" }, icon("clock"), h("span", { text: scene.say("pending") })));
		for (const one of scene.store.who) {
			if (one.at !== "c/" + this.id || one.p === scene.store.me) continue;
			foot.append(h("span", { class: "b-mark b-here" }, icon(one.f ? "edit" : "person"), h("span", { text: one.f ? scene.say("writes", scene.name(one.p)) : scene.name(one.p) })));
		}
		return foot;
	}

	private acts(card: Card): Element {
		const { scene } = this;
		const quiet = scene.view === "board";
		const row = h("div", { class: "b-acts" });
		const may = scene.mayWrite(card.zone);
		if (may) {
			row.append(act("edit", scene.say("edit"), () => this.open(), { "data-act": "edit" }, quiet));
			row.append(act("move", scene.say("move"), () => this.around.move(this.card ?? card), { "data-act": "move", class: "b-grip" }, quiet));
		}
		if (scene.mayRemove(card)) row.append(act("trash", scene.say("remove"), () => scene.do({ k: "card.remove", t: card.id }), { "data-act": "remove" }, quiet));
		return row;
	}
}
