// Elements made without HTML: the policy lets no script write any.

type Child = Node | string | null | undefined | false;
type Listener = (event: any) => void;

export interface Props {
	class?: string;
	text?: string;
	on?: Record<string, Listener>;
	[attribute: string]: string | number | boolean | null | undefined | Record<string, Listener>;
}

/** An element with attributes, listeners and children; false, null and undefined are left out. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
	const made = document.createElement(tag);
	for (const [name, value] of Object.entries(props)) {
		if (value === undefined || value === null || value === false) continue;
		if (name === "on") for (const [type, listener] of Object.entries(value as Record<string, Listener>)) made.addEventListener(type, listener);
		else if (name === "text") made.textContent = String(value);
		else made.setAttribute(name, value === true ? "" : String(value));
	}
	put(made, children);
	return made;
}

export function put(parent: Node, children: Child[]): void {
	for (const child of children) if (child) parent.appendChild(typeof child === "string" ? document.createTextNode(child) : child);
}

/** A drawing, of SVG elements. */
export function draw(tag: string, attributes: Record<string, string | number> = {}, ...children: Child[]): SVGElement {
	const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
	for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
	put(made, children);
	return made;
}

/** The same drawings as web/ui/icon.templ, and those that boards alone need. */
const icons = {
	plus: "M12 5v14M5 12h14",
	minus: "M5 12h14",
	trash: "M4 7h16M9 7V4h6v3M6.5 7l1 13h9l1-13M10 11v5.5M14 11v5.5",
	move: "M12 3v18M3 12h18M12 3l-2.5 2.5M12 3l2.5 2.5M12 21l-2.5-2.5M12 21l2.5-2.5M3 12l2.5-2.5M3 12l2.5 2.5M21 12l-2.5-2.5M21 12l-2.5 2.5",
	edit: "M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19zM13.5 7l3.5 3.5",
	clock: "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 7v5l3.5 2.5",
	lock: "M5.5 11h13v9h-13zM8 11V8a4 4 0 0 1 8 0v3",
	person: "M12 4a4 4 0 1 0 0 8a4 4 0 1 0 0-8M4.5 20.5c.8-4 3.7-5.5 7.5-5.5s6.7 1.5 7.5 5.5",
	undo: "M9 6L4 11l5 5M4 11h10a5 5 0 0 1 0 10h-3",
	left: "M15 5l-7 7l7 7",
	right: "M9 5l7 7l-7 7",
	close: "M6 6l12 12M18 6L6 18",
	check: "M4.5 12.5l5 5L19.5 7",
	warning: "M12 4L2.8 20h18.4zM12 10v4.5M12 17v.5",
	eye: "M2.5 12c2.5-5 6-7 9.5-7s7 2 9.5 7c-2.5 5-6 7-9.5 7s-7-2-9.5-7M12 9.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 1 0 0-5",
	hidden: "M2.5 12c2.5-5 6-7 9.5-7s7 2 9.5 7c-2.5 5-6 7-9.5 7s-7-2-9.5-7M4 20L20 4",
	copy: "M9 9h11v11H9zM15 9V4H4v11h5",
	question: "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7M12 16.5v.5",
	dots: "M5 12h.01M12 12h.01M19 12h.01",
	list: "M9 6h11M9 12h11M9 18h11M4 6h1M4 12h1M4 18h1",
	board: "M4 4h6v16H4zM14 4h6v10h-6z",
	camera: "M4 8h4l1.5-2.5h5L16 8h4v11H4zM12 10a3.5 3.5 0 1 0 0 7a3.5 3.5 0 1 0 0-7",
	card: "M4 6h16v12H4zM7.5 10h9M7.5 14h5",
};

export type IconName = keyof typeof icons;

/** A small drawing beside words; it says nothing by itself. */
export function icon(name: IconName): SVGElement {
	return draw("svg", { class: "icon", viewBox: "0 0 24 24", width: 20, height: 20, "aria-hidden": "true", focusable: "false", fill: "none", stroke: "currentColor", "stroke-width": 2, "stroke-linecap": "round", "stroke-linejoin": "round" }, draw("path", { d: icons[name] }));
}

/** A button with a drawing and words; `quiet` keeps the words for those who cannot see the drawing. */
export function act(mark: IconName | null, words: string, on: Listener, props: Props = {}, quiet = false): HTMLButtonElement {
	const { class: extra, ...rest } = props;
	return h("button", { type: "button", class: "b-act" + (extra ? " " + extra : ""), on: { click: on }, ...(quiet ? { title: words } : {}), ...rest }, mark && icon(mark), h("span", { class: quiet ? "quiet-text" : undefined, text: words }));
}

/** Makes the children of an element be these, in this order, moving as little as it can and never the one that has the keyboard. */
export function arrange(parent: Element, wanted: Element[]): void {
	const keep = new Set<Element>(wanted);
	for (const child of [...parent.children]) if (!keep.has(child)) child.remove();
	const focus = document.activeElement;
	const at = focus ? wanted.findIndex((one) => one.parentNode === parent && one.contains(focus)) : -1;
	if (at > 0) {
		for (let i = at - 1, next = wanted[at]!; i >= 0; next = wanted[i]!, i--) if (wanted[i]!.nextElementSibling !== next) parent.insertBefore(wanted[i]!, next);
	}
	let last: Element | null = at >= 0 ? wanted[at]! : null;
	for (let i = at + 1; i < wanted.length; i++) {
		const after: Element | null = last ? last.nextElementSibling : parent.firstElementChild;
		if (after !== wanted[i]) parent.insertBefore(wanted[i]!, after);
		last = wanted[i]!;
	}
}

/** Replaces what an element holds, when it is not the same already. */
export function setText(element: Element, text: string): void {
	if (element.textContent !== text) element.textContent = text;
}

/** Shows or hides, without touching what is so already. */
export function show(element: HTMLElement, visible: boolean): void {
	if (element.hidden === visible) element.hidden = !visible;
}
