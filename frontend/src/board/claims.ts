import type { Claim } from "./log";

/** How old a sign of life must be before a window is taken for closed, in milliseconds. */
const silent = 15_000;
const beat = 4_000;

/** Web Locks end with their window, whatever happens to it. */
const byLock: Claim = (name) =>
	new Promise((resolve, reject) => {
		navigator.locks
			.request("board/" + name, { ifAvailable: true }, (lock) => {
				if (!lock) {
					resolve(null);
					return undefined;
				}
				return new Promise<void>((release) => resolve(() => release()));
			})
			.catch(reject);
	});

/** Where there is no lock (a server of the local network without a certificate): a sign of life in a store that windows share. */
const byBeat: Claim = async (name) => {
	const key = "transformateur-board/" + name;
	const me = Math.random().toString(36).slice(2);
	const read = (): { who: string; at: number } | null => JSON.parse(localStorage.getItem(key) ?? "null");
	const write = (): void => localStorage.setItem(key, JSON.stringify({ who: me, at: Date.now() }));
	try {
		const held = read();
		if (held && Date.now() - held.at < silent) return null;
		write();
		await new Promise((done) => setTimeout(done, 60)); // of two windows that wrote at once, the last one has it
		if (read()?.who !== me) return null;
	} catch {
		return () => undefined;
	}
	const timer = setInterval(write, beat);
	const release = (): void => {
		clearInterval(timer);
		localStorage.removeItem(key);
	};
	addEventListener("pagehide", release);
	addEventListener("pageshow", (event) => event.persisted && write());
	return release;
};

export const claim: Claim = (name) => ("locks" in navigator ? byLock(name) : byBeat(name));
