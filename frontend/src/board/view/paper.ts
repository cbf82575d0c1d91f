// A card that is on paper: its code was scanned, and it is typed here under the name that was printed.
import type { Dialog } from "./dialogs";
import { act, h } from "./dom";
import type { Scene } from "./scene";
import type { Surface } from "./surface";
import { endOf } from "./zone";

/** What the page says of the card: its name, its type, the question that it answers and where. */
interface Sheet {
	id: string;
	type: string;
	prompt: string;
	zone: string;
}

/** Begins the card of a sheet of paper, in the zone where it goes, or shows it when somebody has typed it meanwhile. */
export function fromPaper(scene: Scene, dialog: Dialog, surface: Surface, said: string): void {
	const sheet = JSON.parse(said) as Sheet;
	if (scene.store.card(sheet.id)) {
		surface.reveal(sheet.id, true);
		return;
	}
	const zones = scene.kit.zones.filter((zone) => scene.mayWrite(zone.id) && scene.takes(zone, sheet.type));
	const begin = (zone: string): void => {
		dialog.close();
		surface.add(endOf(scene, zone), sheet.type, sheet.prompt || undefined, sheet.id);
	};
	const asked = zones.find((zone) => zone.id === sheet.zone) ?? (zones.length === 1 ? zones[0] : undefined);
	if (asked) {
		begin(asked.id);
		return;
	}
	const title = scene.text(scene.prompt(sheet.prompt)?.title) || scene.text(scene.kit.cards.find((kind) => kind.id === sheet.type)?.title);
	dialog.open(scene.say("paper_title", title), zones.length > 0 ? h("div", { class: "b-choices" }, ...zones.map((zone) => act(null, scene.text(zone.title), () => begin(zone.id), { class: "b-choice", "data-colour": zone.colour ?? "plain" }))) : h("p", { text: scene.say("paper_closed") }));
}
