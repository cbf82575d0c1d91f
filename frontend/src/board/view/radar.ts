// The radar: one axis per card, drawn from the votes that score them.
import type { Card, VoteKind } from "../wire";
import { draw, h } from "./dom";
import type { Scene } from "./scene";

const size = 360;
const middle = size / 2;
const reach = 118;

function at(i: number, of: number, share: number): [number, number] {
	const angle = (i / of) * 2 * Math.PI - Math.PI / 2;
	return [middle + Math.cos(angle) * reach * share, middle + Math.sin(angle) * reach * share];
}

const path = (points: [number, number][]): string => points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("") + "Z";

/** The mean of what a vote gives for a card; null when nobody may know, or nobody said. */
function mean(scene: Scene, vote: VoteKind, card: Card): number | null {
	const tally = scene.store.vote(vote.id).tally?.[card.id];
	return tally?.people ? (tally.sum ?? 0) / tally.people : null;
}

/** Votes that score the cards of the first zone, in the order of the kit: each a line of its own pattern. */
export function radar(scene: Scene): HTMLElement | null {
	const zone = scene.kit.zones[0];
	if (!zone) return null;
	const cards = scene.store.inZone(zone.id).filter((card) => card.type);
	const votes = (scene.kit.votes ?? []).filter((vote) => vote.kind === "score" && cards.some((card) => scene.asks(vote, card)));
	if (cards.length < 3 || votes.length === 0) return null;
	const most = Math.max(...votes.map((vote) => vote.choices?.length ?? 1));
	const svg = draw("svg", { class: "b-radar", viewBox: `-70 0 ${size + 140} ${size}`, role: "img", "aria-label": scene.say("radar_label") });
	for (let ring = 1; ring <= most; ring++) svg.append(draw("path", { class: "b-ring", d: path(cards.map((_, i) => at(i, cards.length, ring / most))) }));
	cards.forEach((card, i) => {
		const [x, y] = at(i, cards.length, 1);
		const [tx, ty] = at(i, cards.length, 1.16);
		const anchor = Math.abs(tx - middle) < 20 ? "middle" : tx > middle ? "start" : "end";
		svg.append(draw("line", { class: "b-ray", x1: middle, y1: middle, x2: x, y2: y }), draw("text", { class: "b-ray-name", x: tx, y: ty, "text-anchor": anchor, "dominant-baseline": "middle" }, short(scene.face(card))));
	});
	const drawn: VoteKind[] = [];
	votes.forEach((vote, v) => {
		const means = cards.map((card) => mean(scene, vote, card));
		if (means.every((m) => m === null)) return;
		drawn.push(vote);
		const points = means.map((m, i) => at(i, cards.length, (m ?? 0) / most));
		svg.append(draw("path", { class: `b-shape b-shape-${v % 3}`, d: path(points) }));
		cards.forEach((card, i) => {
			const counts = scene.store.vote(vote.id).tally?.[card.id]?.counts ?? [];
			const levels = counts.flatMap((n, level) => (n > 0 ? [level + 1] : []));
			if (levels.length < 2) return;
			const [x1, y1] = at(i, cards.length, levels[0]! / most);
			const [x2, y2] = at(i, cards.length, levels[levels.length - 1]! / most);
			svg.append(draw("line", { class: `b-gap b-shape-${v % 3}`, x1, y1, x2, y2 }));
		});
	});
	const key = h("ul", { class: "b-radar-key", role: "list" }, ...drawn.map((vote) => h("li", {}, draw("svg", { viewBox: "0 0 32 12", width: 32, height: 12, "aria-hidden": "true" }, draw("line", { class: `b-shape b-shape-${votes.indexOf(vote) % 3}`, x1: 1, y1: 6, x2: 31, y2: 6 })), scene.text(vote.title))));
	const rows = cards.map((card) => h("tr", {}, h("th", { scope: "row", text: scene.face(card) }), ...drawn.map((vote) => h("td", { text: mean(scene, vote, card)?.toLocaleString(scene.lang, { maximumFractionDigits: 1 }) ?? "" }))));
	const table = h("table", { class: "quiet-text" }, h("caption", { text: scene.say("radar_label") }), h("thead", {}, h("tr", {}, h("td"), ...drawn.map((vote) => h("th", { scope: "col", text: scene.text(vote.title) })))), h("tbody", {}, ...rows));
	return h("div", { class: "b-radar-box" }, svg, key, drawn.length > 0 && table);
}

const short = (text: string): string => (text.length > 22 ? text.slice(0, 21).trimEnd() + "…" : text);
