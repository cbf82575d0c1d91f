/** What came back: the status, and the body when it was JSON. */
export interface Answer<T> {
	status: number;
	ok: boolean;
	body: T | null;
	/** The version of what was saved, from the ETag. */
	etag: string | null;
}

export interface Ask {
	method?: string;
	/** Sent as JSON, unless it is a FormData, a Blob or a URLSearchParams. */
	body?: unknown;
	headers?: Record<string, string>;
	signal?: AbortSignal;
	/** Goes on after the page is left; the body must then be under 64 kB. */
	keepalive?: boolean;
	/** How many more times to try after a network failure, a 429 or a 503. */
	retries?: number;
	/** Told before each new try, with the wait in milliseconds. */
	onRetry?: (wait: number) => void;
}

/** The network did not answer, even after every try. */
export class Unreachable extends Error {}

const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
	new Promise((resolve, reject) => {
		const timer = setTimeout(resolve, ms);
		signal?.addEventListener("abort", () => {
			clearTimeout(timer);
			reject(signal.reason);
		}, { once: true });
	});

/** Half a second, doubled at each try up to 30 s, with a part of chance so that browsers do not all come back at once. */
export function backoff(attempt: number, chance: () => number = Math.random): number {
	return Math.min(30_000, 500 * 2 ** attempt) * (0.5 + chance() / 2);
}

function encode(body: unknown): { body?: BodyInit; type?: string } {
	if (body === undefined) return {};
	if (body instanceof FormData || body instanceof Blob || body instanceof URLSearchParams) return { body };
	return { body: JSON.stringify(body), type: "application/json" };
}

/** How long the server asks to wait, in milliseconds, 0 when it does not say. */
function asked(response: Response): number {
	const seconds = Number(response.headers.get("Retry-After"));
	return Number.isFinite(seconds) ? seconds * 1000 : 0;
}

async function read<T>(response: Response): Promise<Answer<T>> {
	const json = response.headers.get("Content-Type")?.includes("json") ?? false;
	return {
		status: response.status,
		ok: response.ok,
		body: json ? ((await response.json()) as T) : null,
		etag: response.headers.get("ETag"),
	};
}

/**
 * Asks our own server. The browser says that the request comes from our pages
 * (Sec-Fetch-Site), which is what protects it from other sites; an address
 * elsewhere is refused before it leaves.
 */
export async function ask<T = unknown>(path: string, options: Ask = {}): Promise<Answer<T>> {
	const url = new URL(path, location.href);
	if (url.origin !== location.origin) throw new TypeError("another site: " + url.origin);
	const { body, type } = encode(options.body);
	const headers: Record<string, string> = { Accept: "application/json", ...options.headers };
	if (type) headers["Content-Type"] = type;
	for (let attempt = 0; ; attempt++) {
		let wait = backoff(attempt);
		const last = attempt >= (options.retries ?? 0);
		try {
			const response = await fetch(url, {
				method: options.method ?? "GET",
				credentials: "same-origin",
				redirect: "follow",
				body,
				headers,
				signal: options.signal,
				keepalive: options.keepalive,
			});
			if (last || (response.status !== 429 && response.status !== 503)) return await read<T>(response);
			wait = Math.max(wait, asked(response));
		} catch (error) {
			if (options.signal?.aborted || !(error instanceof TypeError)) throw error;
			if (last) throw new Unreachable(url.pathname, { cause: error });
		}
		options.onRetry?.(wait);
		await pause(wait, options.signal);
	}
}

/**
 * Reads another page of ours as a document, without running anything in it. It goes
 * through XMLHttpRequest because parsing a string is forbidden by Trusted Types.
 */
export function page(path: string, signal?: AbortSignal): Promise<Document> {
	return new Promise((resolve, reject) => {
		const url = new URL(path, location.href);
		if (url.origin !== location.origin) throw new TypeError("another site: " + url.origin);
		const request = new XMLHttpRequest();
		request.open("GET", url);
		request.responseType = "document";
		request.onload = () => {
			const answer = request.responseXML;
			if (request.status === 200 && answer) resolve(answer);
			else reject(new Error("status " + request.status));
		};
		request.onerror = () => reject(new Unreachable(url.pathname));
		request.onabort = () => reject(signal?.reason);
		signal?.addEventListener("abort", () => request.abort(), { once: true });
		request.send();
	});
}
