let region: HTMLElement | undefined;
let timer = 0;

/**
 * Says a sentence to screen readers, politely. A sentence that follows within half
 * a second replaces the one before, so that fast changes are said once.
 */
export function announce(sentence: string): void {
	if (!region) {
		region = document.createElement("div");
		region.className = "quiet-text";
		region.setAttribute("role", "status");
		document.body.append(region);
	}
	const place = region;
	clearTimeout(timer);
	timer = window.setTimeout(() => {
		place.textContent = place.textContent === sentence ? sentence + "\u00a0" : sentence;
	}, 500);
}
