// What was noted at the door and is not known to be on the server: in memory for the
// page, and on the device for what comes after it.
import { Store } from "../shared/idb";

/** Something noted at the door. The server notes the same id once, however often it comes. */
export interface Mark {
	id: string;
	participant: string;
	kind: "in" | "out" | "undone";
	of?: string;
	at: string;
}

export class Queue {
	private readonly store = new Store<Mark>("entrance");
	readonly marks: Mark[] = [];
	private readonly writing = new Set<Mark>();

	/** How many lines wait to be sent and are on the device: what is being written is not counted yet. */
	get kept(): number {
		return this.marks.filter((m) => !this.writing.has(m)).length;
	}

	constructor(private readonly gathering: string) {}

	private key(mark: Mark): string {
		return this.gathering + "/" + mark.at + "/" + mark.id;
	}

	/** Takes up what the device still holds, in the order in which it was noted. */
	async load(): Promise<void> {
		try {
			for (const key of await this.store.keys(this.gathering + "/")) {
				const mark = await this.store.get(key);
				if (mark && !this.marks.some((m) => m.id === mark.id)) this.marks.push(mark);
			}
		} catch {
			// A device that keeps nothing gives nothing.
		}
		this.marks.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
	}

	async put(mark: Mark): Promise<void> {
		this.marks.push(mark);
		this.writing.add(mark);
		try {
			await this.store.set(this.key(mark), mark);
		} catch {
			// Private windows and full devices keep nothing: the page still holds it.
		} finally {
			this.writing.delete(mark);
		}
	}

	/** Forgets what the server has, or will never take. */
	async done(ids: Set<string>): Promise<void> {
		const gone = this.marks.filter((m) => ids.has(m.id));
		for (const mark of gone) {
			this.marks.splice(this.marks.indexOf(mark), 1);
			try {
				await this.store.remove(this.key(mark));
			} catch {
				// It comes again and is noted once.
			}
		}
	}
}
