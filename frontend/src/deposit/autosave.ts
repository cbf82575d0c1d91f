import { announce } from "../shared/announce";
import { ask, backoff, Unreachable, type Answer } from "../shared/net";
import { chosenIn, conflictBox } from "./conflict";
import { Outbox, type Conflict, type Pending } from "./outbox";
import { entriesOf, fieldOf, find, isFocused, labelsOf, questionOf, restore, setVersion, showProblems, textOf, valueOf, versionOf } from "./question";
import { reconcile, refreshDerived, refreshOutline, swap } from "./refresh";
import { Marks } from "./state";
import { icon, say, wordsOf, type Words } from "./words";

/** What the server answers to a save; an error has a key and a message instead. */
interface Saved {
	saved?: { field: string; version: number }[];
	conflicts?: Conflict[];
	refused?: { field: string; key: string; message: string }[];
	state?: FormState;
	key?: string;
	message?: string;
}

interface FormState {
	visible: string[];
	required: string[];
	problems: Record<string, string[]>;
	steps: { id: string; missing: number; problems: number; asked: number; filled: number }[];
}

interface Edit {
	field: string;
	base: number;
	value?: unknown;
	client: string;
	settles?: string;
	choice?: string;
}

/** After this long without typing, what was typed leaves. */
const quiet = 800;
/** A body sent while the page is left must be under 64 kB. */
const parting = 60_000;

const closedKeys = new Set(["application.not_draft", "application.not_now", "application.closed", "call.closed", "review.closed", "review.handed_in"]);

/**
 * `<t-autosave>`: saves each field by itself as it is typed. What is typed is first kept on
 * the device, and forgotten only when the server says that it has it. Two people who change
 * the same field from the same version both see both texts.
 */
export class Autosave extends HTMLElement {
	private readonly words: Words = wordsOf(this);
	private readonly marks = new Marks(this, this.words);
	private readonly outbox = new Outbox(this.dataset.application ?? "");
	private readonly touched = new Set<string>();
	private readonly baseline = new Map<string, string>();
	private readonly stale = new Set<string>();
	private problems: Record<string, string[]> = {};
	private steps = "";
	private timer = 0;
	private showing = 0;
	private retry = 0;
	private attempt = 0;
	private sending: Promise<void> | undefined;
	private closed = false;
	private adopted = false;

	connectedCallback(): void {
		if (!this.dataset.saveUrl || this.adopted) return;
		this.adopted = true; // put back in the page after it was taken out: everything stands
		for (const question of this.questions) this.adopt(question);
		this.addEventListener("input", (event) => this.typed(event.target));
		this.addEventListener("change", (event) => this.typed(event.target));
		this.addEventListener("focusout", (event) => this.left(questionOf(event.target)));
		this.addEventListener("click", (event) => this.pressed(event));
		this.addEventListener("draft-closed", () => this.close());
		document.addEventListener("visibilitychange", () => (document.hidden ? this.depart() : this.wake()));
		window.addEventListener("pagehide", () => this.depart());
		window.addEventListener("online", () => this.wake());
		void this.resume();
	}

	private get questions(): HTMLElement[] {
		return [...this.querySelectorAll<HTMLElement>("[data-question]")];
	}

	private get fragments(): string {
		return this.dataset.fragmentUrl ?? "";
	}

	/** Notes what a question holds, so that only what changes is sent. */
	private adopt(question: HTMLElement): void {
		this.baseline.set(fieldOf(question), JSON.stringify(valueOf(question)));
	}

	/** Whether somebody changed a field here and the server does not have it yet. */
	holds(field: string): boolean {
		return this.outbox.edits.has(field);
	}

	/** Puts the server's version of a field on the page, unless somebody is on it. */
	async refresh(field: string): Promise<boolean> {
		const question = find(this, field);
		if (!question || this.holds(field)) return false;
		if (isFocused(question)) {
			this.stale.add(field);
			return false;
		}
		const done = await swap(this.fragments, field, this, () => !this.holds(field));
		const now = find(this, field);
		if (done && now) this.adopt(now);
		return done;
	}

	/** Takes up what an earlier page could not send. */
	private async resume(): Promise<void> {
		for (const edit of await this.outbox.load()) {
			const question = find(this, edit.field);
			if (this.holds(edit.field)) {
				if (question) this.marks.stray(edit.field, say(this.words, "restored"), "", edit.text, question);
				continue;
			}
			const taken = { ...edit, refused: undefined };
			if (question && edit.posted === JSON.stringify(valueOf(question))) taken.base = versionOf(question);
			this.outbox.adopt(taken);
			if (!question) continue;
			restore(question, edit.entries, edit.labels);
			this.touched.add(edit.field);
			this.marks.set(question, "offline", say(this.words, "restored"));
			if (edit.conflict) this.showConflict(edit.conflict, taken);
		}
		if (this.outbox.ready().length > 0) void this.send();
	}

	private typed(target: EventTarget | null): void {
		const question = questionOf(target);
		if (!question || this.closed || !question.querySelector(`input[name^="v."]`)) return;
		if (target instanceof Element && target.matches('[name^="c."], [name^="q."], [type="file"]')) return;
		const field = fieldOf(question);
		const value = valueOf(question);
		const before = this.outbox.edits.get(field);
		const text = JSON.stringify(value);
		if (text === (before ? JSON.stringify(before.value) : this.baseline.get(field))) return;
		this.touched.add(field);
		const edit: Pending = {
			field,
			base: before?.base ?? versionOf(question),
			value,
			entries: entriesOf(question),
			labels: labelsOf(question),
			text: textOf(question),
			client: crypto.randomUUID?.() ?? String(Math.random()).slice(2),
			at: Date.now(),
			conflict: before?.conflict,
			posted: before?.posted,
		};
		this.outbox.put(edit);
		if (edit.conflict) {
			clearTimeout(this.showing);
			this.showing = window.setTimeout(() => this.updateConflict(field), quiet);
			return;
		}
		clearTimeout(this.timer);
		if (this.attempt > 0) this.marks.set(question, "offline", say(this.words, "pending"));
		else this.marks.set(question, "saving");
		this.timer = window.setTimeout(() => void this.send(), quiet);
	}

	/** Shows what was typed on in the box of two versions, unless somebody is choosing in it. */
	private updateConflict(field: string): void {
		const edit = this.outbox.edits.get(field);
		const box = find(this, field)?.querySelector<HTMLElement>("[data-conflict]");
		if (edit?.conflict && box && !box.contains(document.activeElement) && !chosenIn(box, field)) this.showConflict(edit.conflict, edit);
	}

	private left(question: HTMLElement | null): void {
		if (!question) return;
		const field = fieldOf(question);
		if (this.holds(field) && this.attempt === 0) {
			clearTimeout(this.timer);
			void this.send();
		}
		setTimeout(() => {
			if (isFocused(question)) return;
			this.explain(question);
			if (this.stale.delete(field)) void this.refresh(field);
		});
	}

	private wake(): void {
		if (this.outbox.ready().length === 0) return;
		clearTimeout(this.retry);
		void this.send();
	}

	/** Sends what waits, one request at a time; what is typed meanwhile follows. */
	private async send(): Promise<void> {
		if (this.closed) return;
		if (this.sending) {
			await this.sending;
			if (this.outbox.ready().length === 0 || this.attempt > 0) return;
		}
		const batch = this.outbox.ready();
		if (batch.length === 0) return;
		clearTimeout(this.timer);
		this.sending ??= this.post(batch).finally(() => (this.sending = undefined));
		await this.sending;
		if (this.attempt === 0 && this.outbox.ready().length > 0) this.timer = window.setTimeout(() => void this.send(), quiet);
	}

	private async post(batch: Pending[]): Promise<void> {
		for (const edit of batch) this.outbox.put({ ...edit, posted: JSON.stringify(edit.value) });
		try {
			const answer = await this.ask(batch.map(({ field, base, value, client }) => ({ field, base, value, client })));
			await this.read(answer, batch);
		} catch (error) {
			if (!(error instanceof Unreachable)) throw error;
			this.later(batch, say(this.words, "pending_more"));
		}
	}

	private ask(edits: Edit[], keepalive = false): Promise<Answer<Saved>> {
		return ask<Saved>(this.dataset.saveUrl ?? "", { method: "POST", body: { edits }, keepalive });
	}

	private async read({ status, body }: Answer<Saved>, batch: Pending[]): Promise<void> {
		if (status === 401) return this.later(batch, say(this.words, "signed_out"));
		if (status === 409 && body?.key && closedKeys.has(body.key)) return this.close();
		if (status === 503 && body?.key === "db.full") return this.later(batch, say(this.words, "read_only"));
		if (!body || status >= 500 || status === 429) return this.later(batch, say(this.words, "pending_more"));
		if (!body.saved && !body.conflicts && !body.refused) return this.refuseAll(batch, body.message ?? String(status));
		if (this.attempt > 0) this.marks.draft("");
		this.attempt = 0;
		for (const { field, version } of body.saved ?? []) await this.keep(field, version, batch.find((edit) => edit.field === field));
		for (const conflict of body.conflicts ?? []) this.meet(conflict, batch);
		for (const { field, message } of body.refused ?? []) this.refuse(field, message);
		if (body.state) await this.follow(body.state);
	}

	/** The server has it. Something newer than what was sent starts from the version just made. */
	private async keep(field: string, version: number, sent: Pending | undefined): Promise<void> {
		const question = find(this, field);
		if (question) setVersion(question, version);
		if (sent) this.baseline.set(field, JSON.stringify(sent.value));
		const now = this.outbox.edits.get(field);
		if (now && sent && now.client !== sent.client) return this.outbox.put({ ...now, base: version });
		if (sent) await this.outbox.done(field, sent);
		if (!question) return;
		this.marks.saved(question);
		void refreshDerived(this.fragments, question);
	}

	private meet(conflict: Conflict, batch: Pending[]): void {
		const sent = batch.find((edit) => edit.field === conflict.field);
		const edit = this.outbox.edits.get(conflict.field) ?? sent;
		if (!edit) return;
		if (edit.posted === JSON.stringify(conflict.theirs)) return this.rebase(edit, conflict);
		const met = { ...edit, conflict: { ...conflict, sent: JSON.stringify(sent?.value ?? edit.value) } };
		this.outbox.put(met);
		this.showConflict(conflict, met);
	}

	/** The other text is mine too: it arrived, and its answer did not. What was typed since goes on from it. */
	private rebase(edit: Pending, { variant, version }: Conflict): void {
		const { field, value, client } = edit;
		const batch = [edit];
		void this.ask([{ field, base: version, value, client, settles: variant, choice: "merged" }]).then((answer) => this.read(answer, batch), () => undefined);
	}

	private showConflict(conflict: Conflict, edit: Pending): void {
		const question = find(this, conflict.field);
		const place = question ?? this.querySelector<HTMLElement>("[data-draft-state]");
		if (!place) return;
		place.querySelector(`[data-conflict][aria-labelledby="conflict-${CSS.escape(conflict.field)}"]`)?.remove();
		place.append(conflictBox(conflict, edit.text, question?.dataset.type ?? "", this.words, this));
		place.hidden = false;
		if (question) this.marks.set(question, "conflict");
		announce(say(this.words, "conflict_title"));
	}

	private refuse(field: string, message: string): void {
		const edit = this.outbox.edits.get(field);
		if (!edit) return;
		this.outbox.put({ ...edit, refused: message });
		const question = find(this, field);
		if (question) this.marks.set(question, "failed", say(this.words, "refused", message));
		else this.marks.draft(say(this.words, "refused", message));
	}

	private refuseAll(batch: Pending[], message: string): void {
		for (const edit of batch) this.refuse(edit.field, message);
	}

	/** Nothing could be sent: it stays on the device, and is tried again, less and less often. */
	private later(batch: Pending[], sentence: string): void {
		for (const edit of batch) {
			const question = find(this, edit.field);
			if (question) this.marks.set(question, "offline", say(this.words, "pending"));
		}
		this.marks.draft(sentence);
		clearTimeout(this.retry);
		this.retry = window.setTimeout(() => void this.send(), backoff(++this.attempt));
	}

	/** The page is being left: one last request, which the browser finishes alone. The device has it all anyway. */
	private depart(): void {
		this.outbox.depart();
		const edits = this.outbox.ready().map(({ field, base, value, client }) => ({ field, base, value, client }));
		if (edits.length === 0 || this.closed || JSON.stringify(edits).length > parting) return;
		const batch = this.outbox.ready();
		void this.ask(edits, true).then((answer) => this.read(answer, batch), () => undefined);
	}

	/** The file was deposited or the call has closed: what was not saved is shown apart, to be copied. */
	private close(): void {
		if (this.closed) return;
		this.closed = true;
		clearTimeout(this.timer);
		clearTimeout(this.retry);
		for (const edit of this.outbox.edits.values()) {
			const question = find(this, edit.field);
			this.marks.stray(edit.field, say(this.words, "not_deposited"), say(this.words, "not_deposited_more"), edit.text, question);
			if (question) this.marks.set(question, "failed", say(this.words, "not_deposited"));
		}
		announce(say(this.words, "not_deposited_more"));
	}

	private pressed(event: Event): void {
		const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-resolve]") : null;
		const box = button?.closest<HTMLElement>("[data-conflict]");
		if (!button || !box) return;
		event.preventDefault();
		const field = (button.getAttribute("value") ?? "").split(":")[1] ?? "";
		const chosen = chosenIn(box, field);
		if (!chosen) return box.querySelector<HTMLElement>("input[type=radio]")?.focus();
		void this.settle(field, box, chosen);
	}

	/** Sends the choice between two versions. Mine, typed on since, is a third text. */
	private async settle(field: string, box: HTMLElement, chosen: NonNullable<ReturnType<typeof chosenIn>>): Promise<void> {
		const edit = this.outbox.edits.get(field);
		const typedOn = edit?.conflict?.sent !== undefined && edit.conflict.sent !== JSON.stringify(edit.value);
		const choice = chosen.choice === "mine" && typedOn ? "merged" : chosen.choice;
		const value = chosen.choice === "merged" ? chosen.text : choice === "merged" ? edit?.value : undefined;
		const client = edit?.client ?? String(Math.random());
		const answer = await this.ask([{ field, base: chosen.version, value, client, settles: chosen.variant, choice }]).catch(() => null);
		const saved = answer?.body?.saved?.find((known) => known.field === field);
		if (!saved) {
			if (answer) await this.read(answer, edit ? [edit] : []);
			else this.marks.draft(say(this.words, "pending_more"));
			return;
		}
		await this.outbox.done(field, { client, at: edit?.at ?? 0 });
		const question = find(this, field);
		box.remove();
		if (question) {
			setVersion(question, saved.version);
			this.marks.saved(question);
		}
		await this.refresh(field);
		find(this, field)?.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea")?.focus();
		if (answer?.body?.state) await this.follow(answer.body.state);
	}

	/** Shows what the answers now call for: other questions, other duties, what is wrong, what is left. */
	private async follow(state: FormState): Promise<void> {
		this.problems = state.problems ?? {};
		const steps = [...this.querySelectorAll<HTMLElement>("[data-step]")];
		for (const step of steps) {
			const all = new Set((step.dataset.fields ?? "").split(" "));
			const wanted = state.visible.filter((field) => all.has(field));
			const here = [...step.querySelectorAll<HTMLElement>("[data-question]")].map(fieldOf);
			if (wanted.join() !== here.join()) await reconcile(this.fragments, step, (question) => this.adopt(question)).catch(() => undefined);
		}
		const required = new Set(state.required);
		for (const question of this.questions) {
			if (question.hasAttribute("data-required") !== required.has(fieldOf(question))) void this.refresh(fieldOf(question));
			this.explain(question);
		}
		const counts = JSON.stringify(state.steps);
		if (counts !== this.steps) {
			this.steps = counts;
			void refreshOutline(this.fragments, steps[0]?.dataset.step ?? "").catch(() => undefined);
		}
	}

	/** Says what is wrong with an answer once its author has left it; what is no longer wrong goes at once. */
	private explain(question: HTMLElement): void {
		const field = fieldOf(question);
		const wrong = this.problems[field] ?? [];
		if (this.touched.has(field) && (wrong.length === 0 || !isFocused(question))) showProblems(question, wrong, icon(this, "danger"));
	}
}

customElements.define("t-autosave", Autosave);
