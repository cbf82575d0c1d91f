// The keyboard of the board: arrows between cards, letters for acts.
import type { Surface } from "./surface";

/** What keys ask of the page. */
export interface Hands {
	move(id: string): void;
	undo(): void;
	help(): void;
	toggle(): void;
}

const typing = (target: EventTarget | null): boolean => target instanceof HTMLElement && (target.isContentEditable || ["TEXTAREA", "SELECT"].includes(target.tagName) || (target instanceof HTMLInputElement && !["checkbox", "radio", "range", "button"].includes(target.type)));

/** The card on the other side of the one that has the keyboard, or null. */
function beside(surface: Surface, from: HTMLElement, key: string): HTMLElement | null {
	const zones = surface.zones.map((zone) => [...zone.element.querySelectorAll<HTMLElement>(".b-card")]);
	const z = zones.findIndex((cards) => cards.includes(from));
	const i = zones[z]?.indexOf(from) ?? -1;
	if (z < 0) return null;
	const vertical = key === "ArrowUp" || key === "ArrowDown";
	if (vertical) {
		const by = key === "ArrowUp" ? -1 : 1;
		const next = zones[z]![i + by];
		if (next || surface.scene.view === "board") return next ?? null;
		const rest = by < 0 ? zones.slice(0, z).reverse() : zones.slice(z + 1);
		const cards = rest.find((one) => one.length > 0);
		return (by < 0 ? cards?.[cards.length - 1] : cards?.[0]) ?? null;
	}
	const by = key === "ArrowLeft" ? -1 : 1;
	for (let at = z + by; at >= 0 && at < zones.length; at += by) {
		const cards = zones[at]!;
		if (cards.length > 0) return cards[Math.min(i, cards.length - 1)]!;
	}
	return null;
}

/** Listens to the keyboard on a surface. */
export function listen(root: HTMLElement, surface: () => Surface, hands: Hands): void {
	root.addEventListener("keydown", (event) => {
		const at = surface();
		if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !typing(event.target)) {
			event.preventDefault();
			hands.undo();
			return;
		}
		if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || root.querySelector("dialog[open]")) return;
		const target = event.target instanceof HTMLElement ? event.target : null;
		const face = target?.closest<HTMLElement>(".b-card");
		if (onPage(event, at, hands, face ?? null) || (face && target && onCard(event, at, hands, face, target))) swallow(event);
	});
}

/** The key has acted: its letter must not be typed where the keyboard goes next, even by a program that sends the two apart. */
function swallow(event: KeyboardEvent): void {
	event.preventDefault();
	const stop = (press: Event): void => press.preventDefault();
	addEventListener("keypress", stop, { capture: true, once: true });
	addEventListener("keyup", () => removeEventListener("keypress", stop, { capture: true }), { capture: true, once: true });
}

/** Keys that act wherever one is on the board. */
function onPage(event: KeyboardEvent, at: Surface, hands: Hands, face: HTMLElement | null): boolean {
	switch (event.key) {
		case "?":
			hands.help();
			return true;
		case "n":
		case "N": {
			const zone = face?.closest<HTMLElement>(".b-zone")?.dataset.zone ?? (event.target as HTMLElement).closest<HTMLElement>(".b-zone")?.dataset.zone ?? at.zone;
			at.zones.find((one) => one.zone.id === zone)?.element.querySelector<HTMLButtonElement>(".b-add")?.click();
			return true;
		}
		case "l":
		case "L":
			hands.toggle();
			return true;
		case "ArrowDown":
		case "ArrowRight":
			if (face || event.target instanceof HTMLButtonElement) return false;
			at.faces().find((one) => one.tabIndex === 0)?.focus();
			return true;
	}
	return false;
}

/** Keys that act on the card that has the keyboard. */
function onCard(event: KeyboardEvent, at: Surface, hands: Hands, face: HTMLElement, target: HTMLElement): boolean {
	const id = face.dataset.card ?? "";
	const view = at.cards.get(id);
	const press = (selector: string): boolean => {
		const button = face.querySelector<HTMLButtonElement>(selector);
		if (!button || button.disabled) return false;
		button.click();
		return true;
	};
	switch (event.key) {
		case "ArrowUp":
		case "ArrowDown":
		case "ArrowLeft":
		case "ArrowRight": {
			const next = beside(at, face, event.key);
			if (!next) return false;
			at.turnTo(next.closest<HTMLElement>(".b-zone")?.dataset.zone ?? "");
			at.rove(next);
			next.focus();
			return true;
		}
		case "Enter":
			if (target !== face) return false;
			view?.open();
			return true;
		case "Escape":
			if (target === face) return false;
			face.focus();
			return true;
		case "m":
		case "M":
			hands.move(id);
			return true;
		case "v":
			return voting(face, press);
		case "V":
			return press('[data-cast="less"]') || voting(face, press);
		case "Delete":
			return press('[data-act="remove"]');
	}
	return false;
}

/** V lays a dot, or leads to the levels and bins of the card. */
function voting(face: HTMLElement, press: (selector: string) => boolean): boolean {
	if (press('[data-cast="more"]')) return true;
	const first = face.querySelector<HTMLElement>('[data-ballot] [aria-pressed="true"], [data-ballot] [data-cast]:not(:disabled)');
	first?.focus();
	return first !== null;
}
