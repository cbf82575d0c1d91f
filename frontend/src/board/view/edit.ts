// A card while somebody writes it: each field goes out a moment after the last key, and
// what others write meanwhile never takes the place of what is being typed.
import type { Card, CardKind, FieldKind } from "../wire";
import { act, h } from "./dom";
import { control, typed, valueOf } from "./field";
import { pictureEdit } from "./picture";
import type { Scene } from "./scene";

/** How long after the last key a text goes out, in milliseconds, and how long it may wait at most. */
const rest = 300;
const longest = 1_200;

interface Session {
	kind: FieldKind;
	control: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
	/** The text that the writer and the board had last in common, and the number then. */
	shared: string;
	base: number;
	timer: number;
	since: number;
}

/** The form of a card. A new one (`fresh`) exists for others from its first word. */
export class Edit {
	readonly element: HTMLElement;
	private readonly sessions = new Map<string, Session>();

	constructor(
		private readonly scene: Scene,
		private card: Card,
		kind: CardKind,
		private fresh: boolean,
		private readonly done: (kept: boolean) => void,
	) {
		const fields = kind.fields.filter((field) => field.type !== "picture" || scene.pictures).map((field) => this.field(field));
		this.element = h("div", { class: "b-edit", on: { focusin: (event: FocusEvent) => this.here(event.target), keydown: (event: KeyboardEvent) => this.key(event) } }, ...fields, h("p", { class: "b-edit-foot" }, act("check", scene.say("done"), () => this.leave(), { class: "main" })));
	}

	private here(target: EventTarget | null): void {
		if (target instanceof HTMLElement && target.dataset.field) this.scene.sync?.here("c/" + this.card.id, target.dataset.field);
	}

	private field(kind: FieldKind): HTMLElement {
		const { scene, card } = this;
		const id = `f-${card.id}-${kind.id}`;
		const v = card.fields?.[kind.id]?.v;
		const label = h("label", { class: "field-label", for: id, text: scene.text(kind.label) });
		const help = kind.help && h("p", { class: "field-hint", id: id + "-help", text: scene.text(kind.help) });
		if (kind.type === "picture") return h("div", { class: "b-field" }, label, help, pictureEdit(scene, kind, id, v, (digest) => this.write(kind, digest, scene.store.n)));
		const made = control(scene, kind, v, id);
		const session: Session = { kind, control: made, shared: made.value, base: scene.store.base(card.id, kind.id), timer: 0, since: 0 };
		this.sessions.set(kind.id, session);
		made.addEventListener("input", () => this.typing(session));
		made.addEventListener("change", () => this.commit(session));
		const wrong = kind.type === "link" || kind.type === "amount" ? h("p", { class: "field-error", role: "alert", hidden: true, text: scene.say("bad_" + kind.type) }) : null;
		if (wrong) made.addEventListener("blur", () => (wrong.hidden = valueOf(kind, made) !== undefined));
		return h("div", { class: "b-field" }, label, help, made, wrong);
	}

	private typing(session: Session): void {
		const now = Date.now();
		if (!session.timer) session.since = now;
		clearTimeout(session.timer);
		session.timer = window.setTimeout(() => this.commit(session), Math.max(0, Math.min(rest, session.since + longest - now)));
	}

	private commit(session: Session): void {
		clearTimeout(session.timer);
		session.timer = 0;
		const text = session.control.value;
		if (text === session.shared) return;
		const v = valueOf(session.kind, session.control);
		if (v === undefined) return;
		session.shared = text;
		this.write(session.kind, v, session.base);
	}

	private write(kind: FieldKind, v: unknown, base: number): void {
		const { card, scene } = this;
		if (!this.fresh) {
			scene.do({ k: "card.set", t: card.id, f: kind.id, b: Math.max(0, base), v });
			return;
		}
		if (v === null || (typeof v === "string" && v.trim() === "")) return;
		this.fresh = false;
		const { zone, order, x, y, type, prompt } = card;
		const place = x === undefined ? { zone, order } : { zone, order, x, y };
		scene.do({ k: "card.add", t: card.id, v: { type, ...(prompt ? { prompt } : {}), fields: { [kind.id]: v }, ...place } });
	}

	/** Everything that was typed goes out now. */
	flush(): void {
		for (const session of this.sessions.values()) this.commit(session);
	}

	/** The board has a newer card: controls follow it, except where something is being typed. */
	follow(card: Card): void {
		this.card = card;
		for (const session of this.sessions.values()) {
			const value = card.fields?.[session.kind.id];
			const text = typed(session.kind, value?.v);
			const beside = value?.alts?.some((alt) => typed(session.kind, alt.v) === session.shared);
			if (session.control.value !== session.shared || beside) continue;
			if (text !== session.shared) rewrite(session.control, text);
			session.shared = text;
			session.base = this.scene.store.base(card.id, session.kind.id);
		}
	}

	private key(event: KeyboardEvent): void {
		const enter = event.key === "Enter" && (event.ctrlKey || event.metaKey || event.target instanceof HTMLInputElement);
		if (event.key !== "Escape" && !enter) return;
		event.preventDefault();
		event.stopPropagation();
		this.leave();
	}

	leave(): void {
		this.flush();
		this.scene.sync?.here("", "");
		this.done(!this.fresh);
	}

	focus(): void {
		const first = this.sessions.values().next().value?.control;
		first?.focus();
		if (first instanceof HTMLTextAreaElement) first.setSelectionRange(first.value.length, first.value.length);
	}
}

/** Puts a text in a control without moving the caret of who is there. */
function rewrite(control: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement, text: string): void {
	if (control instanceof HTMLTextAreaElement && document.activeElement === control) {
		const { selectionStart, selectionEnd, value } = control;
		const tail = value.length - selectionEnd;
		const after = value.slice(selectionEnd) === text.slice(text.length - tail) ? text.length - tail - selectionEnd : 0;
		control.value = text;
		control.setSelectionRange(selectionStart + after, selectionEnd + after);
		return;
	}
	control.value = text;
}
