// Votes: what one says of a card, and what all said once it may be seen.
import type { Card, Tally, VoteKind } from "../wire";
import { act, h } from "./dom";
import type { Scene } from "./scene";

function cast(scene: Scene, vote: VoteKind, card: Card, v: unknown): void {
	scene.do({ k: "vote.cast", t: card.id, f: vote.id, v });
}

/** The controls of an open vote on a card. */
export function ballot(scene: Scene, vote: VoteKind, card: Card): HTMLElement | null {
	const mine = scene.store.cast(vote.id)[card.id];
	const may = scene.mayVote(vote);
	const face = scene.face(card);
	switch (vote.kind) {
		case "dots": {
			const n = Number(mine ?? 0);
			const most = Math.min(vote.most || vote.budget || 0, n + scene.dotsLeft(vote));
			return h(
				"div",
				{ class: "b-ballot b-dots", role: "group", "aria-label": `${scene.text(vote.title)}, ${face}` },
				act("minus", scene.say("dot_less"), () => cast(scene, vote, card, n - 1), { disabled: !may || n === 0, "data-cast": "less" }, true),
				h("span", { class: "b-dots-mine", role: "img", "aria-label": scene.count("dots_mine", n) }, ...Array.from({ length: n }, () => h("i", { class: "b-dot" })), n === 0 && h("span", { "aria-hidden": "true", text: "0" })),
				act("plus", scene.say("dot_more"), () => cast(scene, vote, card, n + 1), { disabled: !may || n >= most, "data-cast": "more" }, true),
			);
		}
		case "score":
		case "bins":
			return h(
				"div",
				{ class: "b-ballot b-levels", role: "group", "aria-label": `${scene.text(vote.title)}, ${face}` },
				...(vote.choices ?? []).map((choice, i) => {
					const value = vote.kind === "score" ? i + 1 : choice.id;
					const on = mine === value;
					const label = scene.text(choice.label);
					const button = act(null, vote.kind === "score" ? String(i + 1) : label, () => cast(scene, vote, card, on ? null : value), { "aria-pressed": String(on), title: label, disabled: !may, "data-cast": String(value) });
					if (vote.kind === "score") button.append(h("span", { class: "quiet-text", text: `, ${label}` }));
					return button;
				}),
				vote.kind === "score" && typeof mine === "number" && h("span", { class: "b-level-word", text: scene.text(vote.choices?.[mine - 1]?.label) }),
			);
		default:
			return null; // pairs have a place of their own
	}
}

function bar(share: number, words: string, title: string): HTMLElement {
	const fill = h("i", { class: "b-bar-fill" });
	fill.style.setProperty("--share", String(Math.max(0, Math.min(1, share))));
	return h("span", { class: "b-bar", title }, fill, h("span", { class: "b-bar-words", text: words }));
}

/** What a vote gives for a card: a bar, and for levels and bins how people spread. */
export function result(scene: Scene, vote: VoteKind, tally: Tally, best: number): HTMLElement {
	const title = scene.text(vote.title);
	const box = h("div", { class: "b-result" }, h("span", { class: "b-result-title", text: title }));
	switch (vote.kind) {
		case "dots":
			box.append(bar(best ? (tally.sum ?? 0) / best : 0, scene.count("result_dots", tally.sum ?? 0), title));
			break;
		case "pairs":
			box.append(bar(tally.people ? (tally.won ?? 0) / tally.people : 0, scene.say("result_pairs", tally.won ?? 0, tally.people), title));
			break;
		default: {
			const counts = tally.counts ?? [];
			const most = Math.max(1, ...counts);
			if (vote.kind === "score") {
				const mean = tally.people ? (tally.sum ?? 0) / tally.people : 0;
				const levels = counts.flatMap((n, i) => (n > 0 ? [i + 1] : []));
				const spread = levels.length > 1 ? scene.say("result_spread", levels[0]!, levels[levels.length - 1]!) : "";
				const figure = mean.toLocaleString(scene.lang, { maximumFractionDigits: 1 });
				box.append(h("span", { class: "b-result-mean", text: vote.shared ? figure : scene.count("result_score", tally.people, figure) + (spread ? " · " + spread : "") }));
			}
			const columns = counts.map((n, i) => {
				const fill = h("i", { class: "b-column-fill" });
				fill.style.setProperty("--share", String(n / most));
				const label = scene.text(vote.choices?.[i]?.label);
				return h("span", { class: "b-column", title: `${label} : ${n}` }, fill, h("span", { class: "b-column-n", text: String(n) }), h("span", { class: "b-column-word", text: vote.kind === "score" ? String(i + 1) : label }));
			});
			if (!vote.shared || vote.kind === "bins") box.append(h("span", { class: "b-columns", role: "img", "aria-label": counts.map((n, i) => `${scene.text(vote.choices?.[i]?.label)} : ${n}`).join(", ") }, ...columns));
		}
	}
	return box;
}

/** Two cards at a time: which one? The pairs that nobody asked me yet come first. */
export class Pairs {
	readonly element = h("section", { class: "b-pairs" });
	private stamp = "";

	constructor(
		private readonly scene: Scene,
		private readonly vote: VoteKind,
	) {}

	/** Pairs in an order of one's own, so that the first cards do not take all the answers. */
	private pairs(): [Card, Card][] {
		const { scene, vote } = this;
		const cards = [...scene.store.cards()].filter((card) => !card.removed && scene.asks(vote, card)).sort((a, b) => (a.id < b.id ? -1 : 1));
		const all: [Card, Card][] = [];
		for (let gap = 1; gap < cards.length; gap++) for (let i = 0; i + gap < cards.length; i++) all.push([cards[i]!, cards[i + gap]!]);
		return all;
	}

	update(): void {
		const { scene, vote } = this;
		const mine = scene.store.cast(vote.id);
		const all = this.pairs();
		const said = all.filter(([a, b]) => `${a.id}|${b.id}` in mine).length;
		const next = all.find(([a, b]) => !(`${a.id}|${b.id}` in mine));
		const stamp = `${said}/${all.length}/${next?.map((card) => card.id + scene.face(card)).join("|")}/${scene.mayVote(vote)}`;
		if (stamp === this.stamp) return;
		this.stamp = stamp;
		const had = this.element.contains(document.activeElement);
		const choose = (won: Card, lost: Card): HTMLElement => h("button", { type: "button", class: "b-pair", disabled: !scene.mayVote(vote), on: { click: () => cast(scene, vote, won, { over: lost.id }) } }, h("span", { text: scene.face(won) }));
		const question = h("p", { class: "b-pairs-title", text: scene.text(vote.title) });
		const progress = h("p", { class: "soft", text: scene.say("pairs_progress", said, all.length) });
		this.element.replaceChildren(question, ...(next ? [h("div", { class: "b-pairs-two" }, choose(next[0], next[1]), h("span", { class: "soft", text: scene.say("pairs_or") }), choose(next[1], next[0]))] : [h("p", { text: scene.say("pairs_done") })]), progress);
		if (had) this.element.querySelector<HTMLElement>("button:not(:disabled)")?.focus();
	}
}
