// What was typed and is not known to be on the server: in memory for the page, and on
// the device for what comes after it.
import { Store } from "../shared/idb";
import type { Entry } from "./raw";

/** What somebody else wrote meanwhile, as the server tells it. */
export interface Conflict {
	field: string;
	variant: string;
	theirs: unknown;
	theirs_text: string;
	author: string;
	at: string;
	version: number;
	/** The text that the server keeps beside theirs. */
	sent?: string;
}

export interface Pending {
	field: string;
	/** The version of the answer from which it was typed. */
	base: number;
	value: unknown;
	entries: Entry[];
	labels: Record<string, string>;
	/** The answer in words, to show it where its controls are not. */
	text: string;
	/** A random name of this edit, so that it is recognised when it arrives twice. */
	client: string;
	at: number;
	conflict?: Conflict;
	/** The last value that left, as JSON: if the server has it, nobody else wrote in between. */
	posted?: string;
	/** Why the server does not take it; it is not sent again before it changes. */
	refused?: string;
}

/** What could not reach the store before the page was left goes here, because it is written at once. */
const parting = "transformateur-pending/";

export class Outbox {
	private readonly store = new Store<Pending>("pending", "relaxed");
	readonly edits = new Map<string, Pending>();
	/** Edits that the device does not hold yet, and those being written. */
	private readonly unwritten = new Set<string>();
	private writing: Promise<void> | undefined;

	constructor(private readonly application: string) {}

	private key(field: string): string {
		return this.application + "/" + field;
	}

	/** What the device still holds for this file. A device that keeps nothing gives nothing. */
	async load(): Promise<Pending[]> {
		const found = new Map<string, Pending>();
		try {
			for (const key of await this.store.keys(this.application + "/")) {
				const edit = await this.store.get(key);
				if (edit) found.set(edit.field, edit);
			}
		} catch {
			// Nothing was kept there.
		}
		for (const edit of this.left()) {
			if ((found.get(edit.field)?.at ?? 0) <= edit.at) found.set(edit.field, edit);
		}
		return [...found.values()];
	}

	/** What a page that was left wrote in haste. */
	private left(): Pending[] {
		try {
			return Object.keys(localStorage)
				.filter((key) => key.startsWith(parting + this.application + "/"))
				.map((key) => JSON.parse(localStorage.getItem(key) ?? "null") as Pending | null)
				.filter((edit) => edit !== null);
		} catch {
			return [];
		}
	}

	/** Takes up an edit that the device holds. */
	adopt(edit: Pending): void {
		this.edits.set(edit.field, edit);
		this.keep(edit.field);
	}

	/** Keeps an edit, here at once and on the device as soon as it can. */
	put(edit: Pending): void {
		this.edits.set(edit.field, edit);
		this.keep(edit.field);
	}

	private keep(field: string): void {
		this.unwritten.add(field);
		this.writing ??= this.write().finally(() => (this.writing = undefined));
	}

	/** Writes what waits, always the latest text of each field. */
	private async write(): Promise<void> {
		for (;;) {
			const field: string | undefined = this.unwritten.values().next().value;
			const edit = field === undefined ? undefined : this.edits.get(field);
			if (field === undefined) return;
			try {
				if (edit) await this.store.set(this.key(field), edit);
				this.forget(field);
			} catch {
				return; // private windows and full devices keep nothing: the page still holds the text
			}
			if (this.edits.get(field) === edit) this.unwritten.delete(field);
		}
	}

	private forget(field: string): void {
		try {
			localStorage.removeItem(parting + this.key(field));
		} catch {
			// Nothing was kept there.
		}
	}

	/** The page is being left: what the store does not hold yet is written at once elsewhere. */
	depart(): void {
		for (const field of this.unwritten) {
			const edit = this.edits.get(field);
			try {
				if (edit) localStorage.setItem(parting + this.key(field), JSON.stringify(edit));
			} catch {
				// The device is full or keeps nothing.
			}
		}
	}

	/**
	 * Forgets an edit that the server has, unless something newer was typed here or in another tab. On a slow
	 * device the store may still hold the first letters of it: what is older goes too, or it would come back.
	 */
	async done(field: string, { client, at }: Pick<Pending, "client" | "at">): Promise<void> {
		if (this.edits.get(field)?.client === client) this.edits.delete(field);
		await this.writing;
		if (!this.edits.has(field)) this.forget(field);
		try {
			const kept = await this.store.get(this.key(field));
			if (kept && (kept.client === client || kept.at < at)) await this.store.remove(this.key(field));
		} catch {
			// Nothing was kept.
		}
	}

	/** The edits that may leave now. */
	ready(): Pending[] {
		return [...this.edits.values()].filter((edit) => !edit.conflict && !edit.refused);
	}
}
