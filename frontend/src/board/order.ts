// The same ranks as board.Between of the server (internal/board/order.go): fractions in
// base 62, in the order of bytes.
const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** The value of a digit of a rank, or `without` when the rank is shorter. */
const digitAt = (rank: string, i: number, without: number): number => (i >= rank.length ? without : Math.max(0, digits.indexOf(rank[i]!)));

/** A short rank after another: one more in its first digit that has room. */
function after(a: string): string {
	for (let i = 0; i < a.length; i++) {
		const d = digitAt(a, i, 0);
		if (d < digits.length - 1) return a.slice(0, i) + digits[d + 1]!;
	}
	return a + "1";
}

/** A rank after a and before b; "" is before, or after, everything. */
export function between(a: string, b: string): string {
	if (b !== "" && a >= b) b = "";
	if (b === "" && a !== "") return after(a);
	let out = "";
	for (let i = 0; ; i++) {
		const low = digitAt(a, i, 0);
		const high = b !== "" && i >= b.length ? 0 : digitAt(b, i, digits.length);
		if (low === high) {
			out += digits[low]!;
			continue;
		}
		if (high - low > 1) return out + digits[Math.floor((low + high) / 2)]!;
		out += digits[low]!;
		b = "";
	}
}
