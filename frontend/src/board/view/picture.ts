// The picture of a card while it is written: taken or chosen, made small here, sent at once.
import { ask, Unreachable } from "../../shared/net";
import type { FieldKind } from "../wire";
import { act, h, icon, show } from "./dom";
import type { Scene } from "./scene";

/** The longest side that the server keeps, in pixels: more would only burden the network. */
const side = 1600;

/** A smaller copy of a photograph; the file itself when this browser cannot read it. */
async function smaller(file: File): Promise<Blob> {
	try {
		const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
		const ratio = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
		const canvas = h("canvas", { width: Math.max(1, Math.round(bitmap.width * ratio)), height: Math.max(1, Math.round(bitmap.height * ratio)) });
		const pen = canvas.getContext("2d");
		if (!pen) return file;
		pen.fillStyle = "#fff";
		pen.fillRect(0, 0, canvas.width, canvas.height);
		pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
		bitmap.close();
		const made = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", 0.86));
		return made ?? file;
	} catch {
		return file; // the server says what is wrong with it
	}
}

/** The controls of a picture. `write` is told the digest that the card holds from now on, null for none. */
export function pictureEdit(scene: Scene, kind: FieldKind, id: string, now: unknown, write: (digest: string | null) => void): HTMLElement {
	const state = h("p", { class: "field-hint", role: "status" });
	const shown = h("img", { class: "b-picture", alt: scene.text(kind.label) });
	const remove = act("trash", scene.say("picture_remove"), () => {
		write(null);
		put("");
	});
	const put = (digest: string): void => {
		if (digest) shown.src = `${scene.pictures}/${digest}`;
		show(shown, digest !== "");
		show(remove, digest !== "");
	};
	const send = async (input: HTMLInputElement): Promise<void> => {
		const file = input.files?.[0];
		if (!file) return;
		state.textContent = scene.say("picture_sending");
		try {
			const body = await smaller(file);
			const answer = await ask<{ digest?: string; message?: string }>(scene.pictures, { method: "POST", body, retries: 2 });
			if (!answer.body?.digest) throw new Error(answer.body?.message);
			write(answer.body.digest);
			put(answer.body.digest);
			state.textContent = scene.say("picture_sent");
		} catch (error) {
			state.textContent = error instanceof Unreachable ? scene.say("picture_offline") : (error instanceof Error && error.message) || scene.say("picture_failed");
		}
		input.value = "";
	};
	const button = (mark: "camera" | "copy", words: string, name: string, capture: boolean): HTMLElement => {
		const input = h("input", { id: name, type: "file", class: "quiet-text", accept: "image/jpeg,image/png,image/webp", capture: capture && "environment", on: { change: () => void send(input) } });
		return h("label", { class: "b-act b-file", for: name }, icon(mark), h("span", { text: words }), input);
	};
	const camera = matchMedia("(pointer: coarse)").matches;
	put(typeof now === "string" ? now : "");
	return h("div", { class: "b-picture-edit" }, shown, h("p", { class: "b-picture-acts" }, camera && button("camera", scene.say("picture_take"), id + "-camera", true), button("copy", scene.say("picture_choose"), id, false), remove), state);
}
