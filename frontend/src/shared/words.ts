const rules = new Intl.PluralRules(document.documentElement.lang || "fr");

/** Fills a counted sentence that the server wrote: "%d ligne" or "%d lignes". */
export function count(n: number, one: string, many: string): string {
	const text = rules.select(n) === "one" ? one : many;
	return text.replace("%d", n.toLocaleString(document.documentElement.lang || "fr"));
}
