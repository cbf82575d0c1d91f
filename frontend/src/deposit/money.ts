// Amounts as the server reads and sums them.

/** The cents of an amount as people type it ("1 234,50 €"); null for what is not an amount. */
export function cents(typed: string): number | null {
	let text = typed.trim();
	for (const unit of ["€", "EUR", "euros", "%"]) if (text.endsWith(unit)) text = text.slice(0, -unit.length).trim();
	const mark = Math.max(text.lastIndexOf(","), text.lastIndexOf("."));
	if (mark >= 0 && text.split(text[mark]!).length > 2) return null;
	const whole = mark < 0 ? text : text.slice(0, mark);
	const rest = mark < 0 ? "" : text.slice(mark + 1);
	const sign = /^[-−]/.test(whole) ? -1 : 1;
	const digits = whole.replace(/^[-−+]/, "");
	if (/^[\s'’,.]/.test(digits) || !/^[\d\s'’,.]*$/.test(digits) || !/^\d*$/.test(rest)) return null;
	const units = digits.replace(/\D/g, "");
	if ((units + rest).length === 0 || (units + rest).length > 18 || /[1-9]/.test(rest.slice(2))) return null;
	const sum = Number(units) * 100 + Number((rest + "00").slice(0, 2));
	return sum > 1e15 ? null : sign * sum;
}

/** part over all in basis points, rounded half away from zero; -1 when all is not positive. */
export function basisPoints(part: number, all: number): number {
	if (all <= 0) return -1;
	return Number((BigInt(part) * 20_000n + BigInt(all)) / (2n * BigInt(all)));
}

/** "1 234,50 €" or "€1,234.50". */
export function money(sum: number, lang: string): string {
	const text = new Intl.NumberFormat(lang, { style: "currency", currency: "EUR" }).format(Math.abs(sum) / 100);
	return (sum < 0 ? "\u2212" : "") + text;
}

/** Basis points as a percentage, with two decimals at most. */
export function percent(points: number, lang: string): string {
	const text = new Intl.NumberFormat(lang, { maximumFractionDigits: 2 }).format(points / 100);
	return text + (lang === "en" ? "%" : "\u202f%");
}
