import { answer, begin, complain, finish, options } from "./exchange";

/** `<t-passkey-new data-failed data-unable>`: a form that adds a passkey under a name. */
class AddPasskey extends HTMLElement {
	connectedCallback(): void {
		const form = this.querySelector("form");
		if (!form) return;
		this.hidden = false;
		if (typeof PublicKeyCredential === "undefined") {
			form.hidden = true;
			this.dataset.failed = this.dataset.unable;
			complain(this, undefined);
			return;
		}
		form.addEventListener("submit", (event) => {
			event.preventDefault();
			void this.add(form);
		});
	}

	private async add(form: HTMLFormElement): Promise<void> {
		const name = String(new FormData(form).get("name") ?? "");
		try {
			const challenge = await begin("/account/passkeys/options");
			const key = await navigator.credentials.create({ publicKey: options(challenge.publicKey) as unknown as PublicKeyCredentialCreationOptions });
			if (!(key instanceof PublicKeyCredential)) return;
			await finish("/account/passkeys", { ceremony: challenge.ceremony, response: answer(key), name });
		} catch (error) {
			complain(this, error);
		}
	}
}

customElements.define("t-passkey-new", AddPasskey);
