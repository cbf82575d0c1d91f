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

export class Outbox {
	private readonly store = new Store<Pending>("pending");
	readonly edits = new Map<string, Pending>();

	constructor(private readonly application: string) {}

	private key(field: string): string {
		return this.application + "/" + field;
	}

	/** What the device still holds for this file. A device that keeps nothing gives nothing. */
	async load(): Promise<Pending[]> {
		try {
			const keys = await this.store.keys(this.application + "/");
			const found = await Promise.all(keys.map((key) => this.store.get(key)));
			return found.filter((edit) => edit !== undefined);
		} catch {
			return [];
		}
	}

	/** Keeps an edit; it is on the device when the promise resolves, unless the device refuses. */
	async put(edit: Pending): Promise<void> {
		this.edits.set(edit.field, edit);
		try {
			await this.store.set(this.key(edit.field), edit);
		} catch {
			// Private windows and full devices keep nothing: the page still holds the text.
		}
	}

	/** Forgets an edit that the server has, unless something newer was typed here or in another tab. */
	async done(field: string, client: string): Promise<void> {
		if (this.edits.get(field)?.client === client) this.edits.delete(field);
		try {
			const kept = await this.store.get(this.key(field));
			if (kept?.client === client) await this.store.remove(this.key(field));
		} catch {
			// Nothing was kept.
		}
	}

	/** The edits that may leave now. */
	ready(): Pending[] {
		return [...this.edits.values()].filter((edit) => !edit.conflict && !edit.refused);
	}
}
