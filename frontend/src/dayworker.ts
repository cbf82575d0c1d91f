// What keeps the day of a gathering when there is no network: the last "now" page and the
// last programme, with what draws them, until the server says that they are not for this
// reader any more. It is read at an address of the gathering, and reaches its pages alone.
// It imports nothing: a browser takes it as a script, not as a module.

interface WorkerEvent extends Event {
	waitUntil(what: Promise<unknown>): void;
}
interface FetchEvent extends WorkerEvent {
	readonly request: Request;
	respondWith(what: Promise<Response>): void;
}
interface MessageEvent2 extends WorkerEvent {
	readonly data: unknown;
}
interface Worker2 extends EventTarget {
	readonly clients: { claim(): Promise<void> };
	skipWaiting(): Promise<void>;
}

const worker = self as unknown as Worker2;
const base = new URL(".", location.href).pathname; // "/gatherings/ID/"
const name = "day:" + base;
const pages = [base + "now", base + "programme"];
const patience = 5_000;
const kept = "X-Kept-At";

/** The files that a page, a style sheet or a script asks for, of ours. */
function parts(text: string): string[] {
	const found = [...text.matchAll(/["'(](?:\/assets\/|\.\/)([\w-]+\.[A-Z0-9]{8}\.\w+)["')]/g)];
	return [...new Set(found.map((one) => "/assets/" + one[1]))];
}

/** Keeps what a page is drawn with; fonts of other alphabets too: they are small. */
async function keepParts(cache: Cache, text: string, done: Set<string>): Promise<void> {
	for (const path of parts(text)) {
		if (done.has(path)) continue;
		done.add(path);
		let file = await cache.match(path);
		if (!file) {
			file = await fetch(path);
			if (!file.ok) continue;
			await cache.put(path, file.clone());
		}
		if (/\.(css|js)$/.test(path)) await keepParts(cache, await file.text(), done);
	}
}

async function keep(path: string, answer: Response): Promise<void> {
	const cache = await caches.open(name);
	const text = await answer.text();
	const headers = new Headers(answer.headers);
	headers.set(kept, String(Date.now()));
	await cache.put(path, new Response(text, { status: 200, headers }));
	const used = new Set<string>();
	for (const page of pages) {
		const held = await cache.match(page);
		if (held) await keepParts(cache, await held.text(), used);
	}
	for (const request of await cache.keys()) {
		const { pathname } = new URL(request.url);
		if (pathname.startsWith("/assets/") && !used.has(pathname)) await cache.delete(request);
	}
}

/** A page as it was kept: it says so, and by which clock of this machine it was read. */
async function recalled(path: string): Promise<Response | undefined> {
	const held = await (await caches.open(name)).match(path);
	if (!held) return undefined;
	const text = (await held.text()).replace('data-offline="false"', 'data-offline="true"').replace('data-device="0"', `data-device="${held.headers.get(kept) ?? "0"}"`);
	return new Response(text, { status: 200, headers: held.headers });
}

/** Whether the server says that this is not, or no more, for this reader. */
function refused(answer: Response): boolean {
	return answer.type === "opaqueredirect" || answer.redirected || [401, 403, 404, 410].includes(answer.status);
}

async function page(event: FetchEvent, url: URL): Promise<Response> {
	const late = new Promise<undefined>((done) => setTimeout(() => done(undefined), patience));
	const asked = fetch(event.request).then(
		(answer) => {
			if (refused(answer)) event.waitUntil(caches.delete(name));
			else if (answer.ok && url.search === "") event.waitUntil(keep(url.pathname, answer.clone()));
			return answer;
		},
		() => undefined,
	);
	event.waitUntil(asked);
	const first = await Promise.race([asked, late]);
	if (first && first.status < 500) return first;
	return (await recalled(url.pathname)) ?? first ?? (await asked) ?? Response.error();
}

async function asset(request: Request): Promise<Response> {
	const held = await (await caches.open(name)).match(request);
	return held ?? fetch(request);
}

worker.addEventListener("install", (event) => (event as WorkerEvent).waitUntil(worker.skipWaiting()));
worker.addEventListener("activate", (event) => (event as WorkerEvent).waitUntil(worker.clients.claim()));

worker.addEventListener("fetch", (raw) => {
	const event = raw as FetchEvent;
	const url = new URL(event.request.url);
	if (event.request.method !== "GET" || url.origin !== location.origin) return;
	if (pages.includes(url.pathname)) event.respondWith(page(event, url));
	else if (url.pathname.startsWith("/assets/")) event.respondWith(asset(event.request));
});

// The page that has just been read asks for both to be kept.
worker.addEventListener("message", (raw) => {
	const event = raw as MessageEvent2;
	if (event.data !== "keep") return;
	event.waitUntil(
		Promise.all(
			pages.map(async (path) => {
				const answer = await fetch(path, { redirect: "manual" }).catch(() => undefined);
				if (answer && refused(answer)) await caches.delete(name);
				else if (answer?.ok) await keep(path, answer);
			}),
		),
	);
});
