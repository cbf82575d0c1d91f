/** The pages of a day that are kept on this machine: nobody else reads them after her. */
async function forget(): Promise<void> {
	if (!("caches" in window)) return;
	const names = (await caches.keys()).filter((name) => name.startsWith("day:"));
	await Promise.all(names.map((name) => caches.delete(name)));
	if (names.length === 0 || !("serviceWorker" in navigator)) return;
	const workers = await navigator.serviceWorker.getRegistrations();
	await Promise.all(workers.filter((one) => new URL(one.scope).pathname.startsWith("/gatherings/")).map((one) => one.unregister()));
}

document.addEventListener("submit", (event) => {
	const form = event.target;
	if (!(form instanceof HTMLFormElement) || new URL(form.action).pathname !== "/signout") return;
	event.preventDefault();
	void forget().finally(() => form.submit());
});

// A page that offers to sign in is one of nobody.
if (document.querySelector('.site-head a[href="/signin"]')) void forget();
