import { ask } from "../shared/net";

/** What the server wants signed. */
export interface Challenge {
	ceremony: string;
	publicKey: Record<string, unknown>;
}

interface Said {
	next?: string;
	message?: string;
	fields?: Record<string, string> | null;
}

/** The server said no, in words that people read. */
export class Refused extends Error {}

const decode = (text: unknown): ArrayBuffer => {
	const raw = atob(String(text).replaceAll("-", "+").replaceAll("_", "/"));
	return Uint8Array.from(raw, (c) => c.charCodeAt(0)).buffer;
};

const encode = (bytes: ArrayBuffer | null): string | undefined =>
	bytes ? btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "") : undefined;

interface Described {
	id: unknown;
}

const descriptors = (list: unknown): unknown => (list as Described[] | undefined)?.map((one) => ({ ...one, id: decode(one.id) }));

/** The options of navigator.credentials, whose bytes come as base64url. */
export function options(raw: Record<string, unknown>): Record<string, unknown> {
	const made: Record<string, unknown> = { ...raw, challenge: decode(raw.challenge) };
	const user = raw.user as Described | undefined;
	if (user) made.user = { ...user, id: decode(user.id) };
	if (raw.excludeCredentials) made.excludeCredentials = descriptors(raw.excludeCredentials);
	if (raw.allowCredentials) made.allowCredentials = descriptors(raw.allowCredentials);
	return made;
}

/** What a key answered, as JSON (Web Authentication Level 3, §5.1). */
export function answer(key: PublicKeyCredential): string {
	const r = key.response as AuthenticatorAttestationResponse & AuthenticatorAssertionResponse;
	return JSON.stringify({
		id: key.id,
		rawId: encode(key.rawId),
		type: key.type,
		authenticatorAttachment: key.authenticatorAttachment ?? undefined,
		clientExtensionResults: {},
		response: {
			clientDataJSON: encode(r.clientDataJSON),
			attestationObject: r.attestationObject && encode(r.attestationObject),
			transports: r.getTransports?.(),
			authenticatorData: r.attestationObject ? undefined : encode(r.authenticatorData),
			signature: r.signature && encode(r.signature),
			userHandle: r.userHandle ? encode(r.userHandle) : undefined,
		},
	});
}

async function post<T>(path: string, form: Record<string, string>): Promise<T> {
	const got = await ask<T & Said>(path, { method: "POST", body: new URLSearchParams(form) });
	if (got.ok && got.body) return got.body;
	const fields = Object.values(got.body?.fields ?? {});
	throw new Refused(fields[0] ?? got.body?.message ?? "");
}

export const begin = (path: string): Promise<Challenge> => post<Challenge>(path, {});

/** Sends what a key answered; the page that follows comes back. */
export async function finish(path: string, form: Record<string, string>): Promise<void> {
	const said = await post<Said>(path, form);
	location.assign(said.next ?? "/");
}

/** Says what went wrong where the element keeps a place for it. */
export function complain(host: HTMLElement, error: unknown): void {
	const place = host.querySelector<HTMLElement>("[role=alert]");
	if (!place) return;
	const words = error instanceof Refused ? error.message : "";
	place.textContent = words || (host.dataset.failed ?? "");
	place.hidden = false;
}
