// Has the page of the door kept on this machine, so that it opens again without network.

interface Policies {
	createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): unknown };
}

/** The one script that the page may start besides those it is drawn with. */
function workerURL(url: string): string {
	const trusted = (window as unknown as { trustedTypes?: Policies }).trustedTypes;
	const rules = {
		createScriptURL: (one: string) => {
			if (!/^\/gatherings\/[^/]+\/entrance\.js$/.test(one)) throw new TypeError("not a script of the door");
			return one;
		},
	};
	return (trusted ? trusted.createPolicy("entrance", rules) : rules).createScriptURL(url) as string;
}

/** Keeps the page at a path with the script at another; without it the page works as long as it stays open. */
export async function stay(path: string, script: string): Promise<void> {
	if (!("serviceWorker" in navigator) || path === "" || script === "") return;
	try {
		const one = await navigator.serviceWorker.register(workerURL(script), { scope: path });
		const active =
			one.active ??
			(await new Promise<ServiceWorker>((done) => {
				const coming = one.installing ?? one.waiting;
				coming?.addEventListener("statechange", () => {
					if (coming.state === "activated") done(coming);
				});
			}));
		active.postMessage("keep");
	} catch {
		// A private window, or a browser that has none.
	}
}
