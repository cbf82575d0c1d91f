// One file on its way, in pieces, so that a lost connection costs at most one piece.
import { ask, backoff, Unreachable } from "../shared/net";

export const piece = 1 << 20;
/** Up to this size the digest is computed here too, to compare it with the server's. */
const digested = 32 << 20;
const tries = 60;
/** How often the server may say that it stands elsewhere, for the same piece. */
const astray = 5;

export interface Received {
	offset: number;
	complete?: boolean;
	digest?: string;
	message?: string;
}

export interface Watch {
	progress(sent: number): void;
	waiting(): void;
}

/** The server does not take the file; the message is already said. */
export class Refused extends Error {}
/** What arrived is not what left. */
export class Damaged extends Error {}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
	new Promise((resolve, reject) => {
		const timer = setTimeout(resolve, ms);
		signal.addEventListener("abort", () => {
			clearTimeout(timer);
			reject(signal.reason);
		});
	});

/** The SHA-256 of a file in hexadecimal; "" when it is large or the browser cannot. */
export async function digestOf(file: File): Promise<string> {
	if (file.size > digested || !globalThis.crypto?.subtle) return "";
	const hash = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
	return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Repeats an act while the network is away or the server is busy. */
async function patiently<T>(act: () => Promise<{ status: number; body: T | null; offset?: number }>, watch: Watch, signal: AbortSignal): Promise<{ status: number; body: T | null }> {
	for (let attempt = 0; ; attempt++) {
		try {
			const answer = await act();
			if (answer.status < 500 && answer.status !== 429) return answer;
			if (attempt >= tries) return answer;
		} catch (error) {
			if (!(error instanceof Unreachable) || attempt >= tries) throw error;
		}
		watch.waiting();
		await pause(backoff(Math.min(attempt, 5)), signal);
	}
}

/** Where the server stands, after a loss; -1 when it has forgotten the file. */
async function standing(url: string, signal: AbortSignal): Promise<number> {
	const response = await fetch(url, { method: "HEAD", credentials: "same-origin", signal }).catch((error: unknown) => {
		if (signal.aborted) throw error;
		throw new Unreachable(url, { cause: error });
	});
	const offset = response.headers.get("Upload-Offset");
	return response.ok && offset !== null ? Number(offset) : -1;
}

function check(status: number, body: { message?: string } | null): void {
	if (status < 400) return;
	throw new Refused(body?.message ?? String(status));
}

/** Sends a file and gives the server's name for it. */
export async function send(url: string, field: string, file: File, watch: Watch, signal: AbortSignal): Promise<{ id: string; digest: string }> {
	const digest = digestOf(file).catch(() => "");
	const opened = await patiently(() => ask<{ id: string; offset: number; message?: string }>(url, { method: "POST", body: { field, name: file.name, size: file.size }, signal }), watch, signal);
	check(opened.status, opened.body);
	const id = opened.body?.id ?? "";
	const place = `${url}/${encodeURIComponent(id)}`;
	// A file given up is not kept half-way; if this does not arrive, the server forgets it in time.
	signal.addEventListener("abort", () => void ask(place, { method: "DELETE" }).catch(() => undefined));
	let offset = opened.body?.offset ?? 0;
	let done: Received | null = null;
	let lost = false;
	let strayed = 0;
	while (!done?.complete) {
		const answer = await patiently(
			async () => {
				if (lost) offset = await standing(place, signal);
				if (offset < 0) throw new Refused("404");
				lost = true;
				const body = file.slice(offset, Math.min(offset + piece, file.size), "application/octet-stream");
				const got = await ask<Received>(place, { method: "PATCH", body, headers: { "Upload-Offset": String(offset) }, signal });
				lost = got.status >= 400;
				return got;
			},
			watch,
			signal,
		);
		if (answer.status === 409 && ++strayed < astray) continue; // another place than the server's: HEAD says its own
		check(answer.status, answer.body);
		done = answer.body;
		strayed = 0;
		offset = done?.offset ?? file.size;
		watch.progress(offset);
		if (offset >= file.size && !done?.complete) throw new Refused(String(answer.status));
	}
	const mine = await digest;
	const theirs = done.digest ?? "";
	if (mine && theirs && mine !== theirs.toLowerCase()) throw new Damaged();
	return { id, digest: theirs };
}
