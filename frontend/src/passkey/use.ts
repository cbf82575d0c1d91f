import { answer, begin, type Challenge, complain, finish, options } from "./exchange";

/** Less than the life of a challenge, which the server bounds to five minutes. */
const RENEW = 4 * 60_000;

/**
 * `<t-passkey data-next data-failed data-suggest>`: signs in with a passkey. With
 * data-suggest, the browser also offers those it has in the field of the address.
 */
class UsePasskey extends HTMLElement {
	private waiting: AbortController | undefined;

	connectedCallback(): void {
		const button = this.querySelector("button");
		if (!button || typeof PublicKeyCredential === "undefined") return;
		this.hidden = false;
		button.addEventListener("click", () => this.sign(button));
		if (this.hasAttribute("data-suggest")) void this.suggest();
	}

	disconnectedCallback(): void {
		this.waiting?.abort();
	}

	private async sign(button: HTMLButtonElement): Promise<void> {
		this.waiting?.abort();
		this.waiting = undefined;
		button.setAttribute("aria-busy", "true");
		try {
			const challenge = await begin("/signin/passkey/options");
			await this.send(challenge, await navigator.credentials.get({ publicKey: this.request(challenge) }));
		} catch (error) {
			complain(this, error);
		} finally {
			button.removeAttribute("aria-busy");
		}
	}

	private request(challenge: Challenge): PublicKeyCredentialRequestOptions {
		return options(challenge.publicKey) as unknown as PublicKeyCredentialRequestOptions;
	}

	private async send(challenge: Challenge, key: Credential | null): Promise<void> {
		if (!(key instanceof PublicKeyCredential)) return;
		await finish("/signin/passkey", { ceremony: challenge.ceremony, response: answer(key), next: this.dataset.next ?? "/" });
	}

	/** Waits for a choice in the field of the address, with a challenge that stays young. */
	private async suggest(): Promise<void> {
		const able = await PublicKeyCredential.isConditionalMediationAvailable?.();
		if (!able || !this.isConnected) return;
		const waiting = new AbortController();
		this.waiting = waiting;
		let chosen = false;
		const renewal = setTimeout(() => {
			if (waiting.signal.aborted) return;
			waiting.abort();
			void this.suggest();
		}, RENEW);
		try {
			const challenge = await begin("/signin/passkey/options");
			const key = await navigator.credentials.get({ publicKey: this.request(challenge), mediation: "conditional", signal: waiting.signal });
			chosen = key !== null;
			await this.send(challenge, key);
		} catch (error) {
			if (chosen) complain(this, error); // who chose nothing is told nothing
		} finally {
			clearTimeout(renewal);
		}
	}
}

customElements.define("t-passkey", UsePasskey);
