export type Words = Record<string, string>;

/** Fills a sentence that the server wrote: each %s in turn, %% is a per cent sign. */
export function fill(sentence: string, ...args: (string | number)[]): string {
	let at = 0;
	return sentence.replace(/%[s%]/g, (verb) => (verb === "%%" ? "%" : String(args[at++] ?? "")));
}

/** The sentences of the draft around an element. */
export function wordsOf(element: Element): Words {
	const text = element.closest<HTMLElement>("t-autosave")?.dataset.says;
	return text ? (JSON.parse(text) as Words) : {};
}

export const say = (words: Words, name: string, ...args: (string | number)[]): string => fill(words[name] ?? "", ...args);

/** A copy of an icon that the page carries. */
export function icon(root: Element | null, name: string): Node | null {
	const icons = root?.querySelector<HTMLTemplateElement>('template[data-template="icons"]');
	const found = icons?.content.querySelector(`[data-icon="${name}"] > svg`);
	return found ? document.importNode(found, true) : null;
}
