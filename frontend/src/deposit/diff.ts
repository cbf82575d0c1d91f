/** A piece of a text, and whether the other text lacks it. */
export interface Piece {
	text: string;
	own: boolean;
}

const most = 600;

const tokens = (text: string): string[] => text.match(/[\p{L}\p{N}]+|\s+|[^\p{L}\p{N}\s]/gu) ?? [];

function push(pieces: Piece[], text: string, own: boolean): void {
	const last = pieces[pieces.length - 1];
	if (last && last.own === own) last.text += text;
	else if (text) pieces.push({ text, own });
}

/** How long the longest common part is, from each pair of places to the ends. */
function lengths(a: string[], b: string[]): Uint16Array[] {
	const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
	for (let i = a.length - 1; i >= 0; i--) {
		for (let j = b.length - 1; j >= 0; j--) {
			const below = table[i + 1]!;
			table[i]![j] = a[i] === b[j] ? below[j + 1]! + 1 : Math.max(below[j]!, table[i]![j + 1]!);
		}
	}
	return table;
}

/** Compares two texts word by word; beyond some hundred words that differ, each is one piece of its own. */
export function compare(left: string, right: string): { left: Piece[]; right: Piece[] } {
	const a = tokens(left);
	const b = tokens(right);
	let start = 0;
	while (start < a.length && start < b.length && a[start] === b[start]) start++;
	let end = 0;
	while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
	const x = a.slice(start, a.length - end);
	const y = b.slice(start, b.length - end);
	const out = { left: [] as Piece[], right: [] as Piece[] };
	const both = (text: string): void => {
		push(out.left, text, false);
		push(out.right, text, false);
	};
	both(a.slice(0, start).join(""));
	let i = 0;
	let j = 0;
	if (x.length <= most && y.length <= most) {
		const table = lengths(x, y);
		while (i < x.length && j < y.length) {
			if (x[i] === y[j]) {
				both(x[i++]!);
				j++;
			} else if (table[i + 1]![j]! >= table[i]![j + 1]!) push(out.left, x[i++]!, true);
			else push(out.right, y[j++]!, true);
		}
	}
	push(out.left, x.slice(i).join(""), true);
	push(out.right, y.slice(j).join(""), true);
	both(a.slice(a.length - end).join(""));
	return out;
}
