// What keeps the door of a gathering when there is no network: its last page, with what
// draws it, until the server says that it is not for this reader any more. It imports
// nothing: a browser takes it as a script, not as a module.

interface DoorEvent extends Event {
	waitUntil(what: Promise<unknown>): void;
}
interface DoorFetch extends DoorEvent {
	readonly request: Request;
	respondWith(what: Promise<Response>): void;
}
interface DoorWorker extends EventTarget {
	readonly clients: { claim(): Promise<void> };
	skipWaiting(): Promise<void>;
}

const door = self as unknown as DoorWorker;
const path = new URL("entrance", location.href).pathname; // "/gatherings/ID/entrance"
// It begins as all that is kept of a day: what forgets the day of who signs out forgets it.
const held = "day:" + path;
/** How long the server may take before the page that was kept is shown, in milliseconds. */
const patience = 5_000;

/** The files that a page, a style sheet or a script asks for, of ours. */
function parts(text: string): string[] {
	const found = [...text.matchAll(/["'(](?:\/assets\/|\.\/)([\w-]+\.[A-Z0-9]{8}\.\w+)["')]/g)];
	return [...new Set(found.map((one) => "/assets/" + one[1]))];
}

async function keepParts(cache: Cache, text: string, done: Set<string>): Promise<void> {
	for (const one of parts(text)) {
		if (done.has(one)) continue;
		done.add(one);
		let file = await cache.match(one);
		if (!file) {
			file = await fetch(one);
			if (!file.ok) continue;
			await cache.put(one, file.clone());
		}
		if (/\.(css|js)$/.test(one)) await keepParts(cache, await file.text(), done);
	}
}

async function keep(answer: Response): Promise<void> {
	const cache = await caches.open(held);
	const used = new Set<string>();
	await cache.put(path, answer.clone());
	await keepParts(cache, await answer.text(), used);
	for (const request of await cache.keys()) {
		const { pathname } = new URL(request.url);
		if (pathname.startsWith("/assets/") && !used.has(pathname)) await cache.delete(request);
	}
}

/** Whether the server says that this is not, or no more, for this reader. */
const refused = (answer: Response): boolean => answer.type === "opaqueredirect" || answer.redirected || [401, 403, 404, 410].includes(answer.status);

async function page(event: DoorFetch, url: URL): Promise<Response> {
	const asked = fetch(event.request).then(
		(answer) => {
			if (refused(answer)) event.waitUntil(caches.delete(held));
			else if (answer.ok && url.search === "") event.waitUntil(keep(answer.clone()));
			return answer;
		},
		() => undefined,
	);
	event.waitUntil(asked);
	const first = await Promise.race([asked, new Promise<undefined>((done) => setTimeout(() => done(undefined), patience))]);
	if (first && first.status < 500) return first;
	return (await (await caches.open(held)).match(path)) ?? first ?? (await asked) ?? Response.error();
}

async function asset(request: Request): Promise<Response> {
	return (await (await caches.open(held)).match(request)) ?? fetch(request);
}

door.addEventListener("install", (event) => (event as DoorEvent).waitUntil(door.skipWaiting()));
door.addEventListener("activate", (event) => (event as DoorEvent).waitUntil(door.clients.claim()));
door.addEventListener("fetch", (raw) => {
	const event = raw as DoorFetch;
	const url = new URL(event.request.url);
	if (event.request.method !== "GET" || url.origin !== location.origin) return;
	if (url.pathname === path) event.respondWith(page(event, url));
	else if (url.pathname.startsWith("/assets/")) event.respondWith(asset(event.request));
});
// The page that has just been read asks to be kept.
door.addEventListener("message", (raw) => {
	(raw as DoorEvent).waitUntil(
		fetch(path, { redirect: "manual" }).then(
			(answer) => (refused(answer) ? caches.delete(held) : answer.ok ? keep(answer) : undefined),
			() => undefined,
		),
	);
});
