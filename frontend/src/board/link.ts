// The three ways to be connected to a board: a WebSocket, server-sent events with posts,
// and long polling with posts for networks that let nothing else through.
import { ask } from "../shared/net";
import type { Message, Op } from "./wire";

export interface Sent extends Op {
	s: number;
}

/** What a connection tells. */
export interface Ears {
	/** It stands: the server may be spoken to. */
	opened(): void;
	said(message: Message): void;
	/** It is over; `final` when coming back is no use. Told once. */
	closed(final: boolean): void;
}

/** A connection. */
export interface Link {
	ops(list: Sent[]): void;
	here(at: string, field: string): void;
	/** Asks the server for a sign of life; where there is no asking, false. */
	ping(): boolean;
	/** How long the server may say nothing, in milliseconds, where it cannot be asked. */
	quiet: number;
	close(): void;
}

/** A way to connect to a board as a client, with what came after a number. */
export type Way = (base: string, client: string, after: number, ears: Ears) => Link;

const query = (client: string, after: number): string => `?client=${client}&after=${after}`;

/** Tells the end of a connection once, however it comes. */
function once(ears: Ears): { end: (final?: boolean) => void; over: () => boolean } {
	let over = false;
	return {
		end: (final = false) => {
			if (over) return;
			over = true;
			ears.closed(final);
		},
		over: () => over,
	};
}

export const socket: Way = (base, client, after, ears) => {
	const { end, over } = once(ears);
	const url = new URL(base + "/live" + query(client, after), location.href);
	url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
	const ws = new WebSocket(url);
	const send = (what: unknown): void => {
		if (ws.readyState === WebSocket.OPEN) ws.send(JSON.stringify(what));
	};
	ws.onopen = () => ears.opened();
	ws.onmessage = (event) => {
		// What waited together comes together, one message per line.
		for (const line of String(event.data).split("\n")) if (line && !over()) ears.said(JSON.parse(line) as Message);
	};
	ws.onclose = () => end();
	return {
		ops: (ops) => send({ ops }),
		here: (at, f) => send({ here: { at, f } }),
		ping: () => {
			send({ ping: 1 });
			return true;
		},
		quiet: 0,
		close: () => {
			end();
			ws.close();
		},
	};
};

/** Posts operations one batch after the other, and hears the answers. */
export async function post(base: string, client: string, ops: Sent[], heard: (m: Message) => void): Promise<number> {
	const answer = await ask<{ messages?: Message[] }>(base + "/ops", { method: "POST", body: { client, ops } });
	for (const m of answer.body?.messages ?? []) heard(m);
	return answer.status;
}

/** What streams and polls share: what is said goes by posts, in order. */
function posting(base: string, client: string, ears: Ears, end: (final?: boolean) => void, over: () => boolean, quiet: number): Link {
	let line = Promise.resolve();
	const send = (ops: Sent[]): void => {
		line = line.then(async () => {
			if (over()) return;
			try {
				const status = await post(base, client, ops, (m) => !over() && ears.said(m));
				if (status >= 400) end(gone(status));
			} catch {
				end();
			}
		});
	};
	return { ops: send, here: () => undefined, ping: () => false, quiet, close: () => end() };
}

/** Statuses after which coming back is no use. */
export const gone = (status: number): boolean => status === 401 || status === 403 || status === 404 || status === 410;

export const stream: Way = (base, client, after, ears) => {
	const { end, over } = once(ears);
	const source = new EventSource(base + "/stream" + query(client, after));
	const close = (final = false): void => {
		source.close();
		end(final);
	};
	source.onopen = () => ears.opened();
	source.addEventListener("m", (event) => {
		const said = JSON.parse(String(event.data)) as Message | Message[]; // several are taken in one go
		for (const m of Array.isArray(said) ? said : [said]) if (!over()) ears.said(m);
	});
	source.onerror = () => close();
	return { ...posting(base, client, ears, close, over, 35_000), close };
};

export const poll: Way = (base, client, _after, ears) => {
	const { end, over } = once(ears);
	const stop = new AbortController();
	const close = (final = false): void => {
		stop.abort();
		end(final);
	};
	let last = -1; // all that there is comes at once; what comes after a number may take its time
	const read = async (): Promise<void> => {
		for (let first = true; !over(); first = false) {
			try {
				const answer = await ask<{ messages?: Message[] }>(base + "/poll" + query(client, last), { signal: stop.signal });
				if (over()) return;
				if (!answer.ok) return close(gone(answer.status));
				if (first) ears.opened();
				for (const m of answer.body?.messages ?? []) {
					if (m.m === "hello" || m.m === "set") last = Math.max(last, m.n);
					ears.said(m);
				}
			} catch {
				return close();
			}
		}
	};
	void read();
	return { ...posting(base, client, ears, close, over, 45_000), close };
};
