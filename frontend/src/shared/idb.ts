/**
 * A store of the browser that outlives the page: values by key, in one named table.
 * Every operation is its own transaction.
 */
export class Store<T> {
	private opened: Promise<IDBDatabase> | undefined;

	/** Strict waits for the disk, and outlives a power cut; relaxed is faster, and outlives the browser. */
	constructor(
		private readonly name: string,
		private readonly durability: IDBTransactionDurability = "strict",
	) {}

	private open(): Promise<IDBDatabase> {
		this.opened ??= new Promise((resolve, reject) => {
			const request = indexedDB.open("transformateur-" + this.name, 1);
			request.onupgradeneeded = () => request.result.createObjectStore("values");
			request.onerror = () => reject(request.error);
			request.onsuccess = () => {
				// Another tab with a newer version must not wait for this one.
				request.result.onversionchange = () => {
					request.result.close();
					this.opened = undefined;
				};
				resolve(request.result);
			};
		});
		return this.opened;
	}

	private async run<R>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<R>): Promise<R> {
		const db = await this.open();
		return new Promise((resolve, reject) => {
			const tx = db.transaction("values", mode, { durability: this.durability });
			const request = act(tx.objectStore("values"));
			tx.oncomplete = () => resolve(request.result);
			tx.onerror = () => reject(tx.error);
			tx.onabort = () => reject(tx.error);
		});
	}

	get(key: string): Promise<T | undefined> {
		return this.run("readonly", (store) => store.get(key) as IDBRequest<T | undefined>);
	}

	async set(key: string, value: T): Promise<void> {
		await this.run("readwrite", (store) => store.put(value, key));
	}

	async remove(key: string): Promise<void> {
		await this.run("readwrite", (store) => store.delete(key));
	}

	/** The keys that begin with a prefix, in order. */
	async keys(prefix = ""): Promise<string[]> {
		const range = prefix ? IDBKeyRange.bound(prefix, prefix + "\uffff") : undefined;
		const found = await this.run("readonly", (store) => store.getAllKeys(range));
		return found.map(String);
	}
}
