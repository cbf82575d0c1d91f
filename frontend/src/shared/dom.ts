/** A button that does not submit, with a text. */
export function button(className: string, text: string): HTMLButtonElement {
	const made = document.createElement("button");
	made.type = "button";
	made.className = className;
	made.textContent = text;
	return made;
}
