// Cards moved by hand, with a mouse or a pen anywhere on them and with a finger by their
// grip. The menu of places does the same for the keyboard.
import { between } from "../order";
import type { Card, Place } from "../wire";
import { h } from "./dom";
import type { Scene } from "./scene";

/** How far a hand goes before it is a move, in pixels. */
const slack = 6;

interface Grip {
	face: HTMLElement;
	card: Card;
	id: number;
	x: number;
	y: number;
	moving: boolean;
}

export function dragging(root: HTMLElement, scene: Scene): void {
	const mark = h("li", { class: "b-drop", "aria-hidden": "true" });
	let grip: Grip | null = null;
	let to: Place | null = null;

	root.addEventListener("pointerdown", (event) => {
		const target = event.target as Element;
		const face = target.closest<HTMLElement>(".b-card");
		const handle = target.closest(".b-grip");
		if (event.button !== 0 || !face || scene.view !== "board" || scene.still || matchMedia("(width < 48rem)").matches) return;
		if (!handle && (event.pointerType === "touch" || face.classList.contains("editing") || target.closest("button, a, input, textarea, select, summary"))) return;
		const card = scene.store.card(face.dataset.card ?? "");
		if (card && scene.mayWrite(card.zone)) grip = { face, card, id: event.pointerId, x: event.clientX, y: event.clientY, moving: false };
	});
	root.addEventListener("pointermove", (event) => {
		if (!grip || event.pointerId !== grip.id) return;
		const dx = event.clientX - grip.x;
		const dy = event.clientY - grip.y;
		if (!grip.moving) {
			if (Math.hypot(dx, dy) < slack) return;
			grip.moving = true;
			grip.face.setPointerCapture(grip.id);
			grip.face.classList.add("dragged");
			root.classList.add("dragging");
		}
		grip.face.style.setProperty("--dx", dx + "px");
		grip.face.style.setProperty("--dy", dy + "px");
		to = aim(scene, grip, event.clientX, event.clientY, mark);
	});
	const end = (event: PointerEvent): void => {
		if (!grip || event.pointerId !== grip.id) return;
		const { face, card, moving } = grip;
		grip = null;
		mark.remove();
		face.classList.remove("dragged");
		root.classList.remove("dragging");
		face.style.removeProperty("--dx");
		face.style.removeProperty("--dy");
		if (moving && event.type === "pointerup" && to) scene.do({ k: "card.move", t: card.id, v: to });
		// The click that ends a move is not one.
		if (moving) addEventListener("click", (click) => click.stopPropagation(), { capture: true, once: true });
		if (moving) setTimeout(() => dispatchEvent(new Event("click")), 0);
		to = null;
	};
	root.addEventListener("pointerup", end);
	root.addEventListener("pointercancel", end);
}

/** Where a card would land, and the mark that shows it. */
function aim(scene: Scene, grip: Grip, x: number, y: number, mark: HTMLElement): Place | null {
	const under = document.elementsFromPoint(x, y).find((one) => !grip.face.contains(one) && one !== mark && one.closest(".b-zone"));
	const zone = under?.closest<HTMLElement>(".b-zone");
	const kind = scene.zoneKind(zone?.dataset.zone ?? "");
	if (!zone || !kind || !scene.mayWrite(kind.id) || (kind.id !== grip.card.zone && !scene.takes(kind, grip.card.type))) {
		mark.remove();
		return null;
	}
	const plane = zone.querySelector<HTMLElement>(".b-plane");
	const box = plane?.getBoundingClientRect();
	if (box && x >= box.left && x <= box.right && y >= box.top && y <= box.bottom) {
		mark.remove();
		const round = (n: number): number => Math.round(Math.max(0, Math.min(1, n)) * 1000) / 1000;
		return { zone: kind.id, order: grip.card.order, x: round((x - box.left) / box.width), y: round(1 - (y - box.top) / box.height) };
	}
	const list = zone.querySelector<HTMLElement>(".b-cards");
	const items = [...(list?.children ?? [])].filter((one): one is HTMLElement => one instanceof HTMLElement && one !== mark && !one.contains(grip.face));
	const next = items.find((one) => {
		const at = one.getBoundingClientRect();
		return y < at.top + at.height / 2;
	});
	list?.insertBefore(mark, next ?? null);
	const cards = scene.store.inZone(kind.id).filter((one) => one.id !== grip.card.id);
	const i = next ? cards.findIndex((one) => next.querySelector(`[data-card="${one.id}"]`)) : cards.length;
	const after = i < 0 ? cards.length : i;
	return { zone: kind.id, order: between(cards[after - 1]?.order ?? "", cards[after]?.order ?? "") };
}
