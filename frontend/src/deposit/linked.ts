/** `<t-linked>`: each list offers only what is below the choice of the list before. */
class Linked extends HTMLElement {
	private readonly models = new Map<HTMLSelectElement, HTMLOptGroupElement[]>();

	connectedCallback(): void {
		if (this.models.size === 0) {
			for (const select of this.lists) this.models.set(select, [...select.querySelectorAll("optgroup")]);
		}
		this.addEventListener("change", () => this.narrow());
		this.narrow();
	}

	/** Offers everything again, so that any answer can be put back, then narrows. */
	restore(): void {
		for (const [select, groups] of this.models) {
			for (const group of groups) if (!group.isConnected) select.append(group);
		}
		setTimeout(() => this.narrow());
	}

	private get lists(): HTMLSelectElement[] {
		return [...this.querySelectorAll<HTMLSelectElement>("select[data-level]")];
	}

	private narrow(): void {
		let above = "";
		for (const [at, select] of this.lists.entries()) {
			if (at > 0) {
				const chosen = select.selectedOptions[0];
				const kept = chosen?.parentElement instanceof HTMLOptGroupElement && chosen.parentElement.dataset.parent === above;
				if (!kept) select.value = "";
				let offered = 0;
				for (const group of this.models.get(select) ?? []) {
					if (above && group.dataset.parent === above) {
						if (!group.isConnected) select.append(group);
						offered++;
					} else group.remove();
				}
				select.disabled = offered === 0;
			}
			above = select.value ? (above ? above + "/" : "") + select.value : "\u0000";
		}
	}
}

customElements.define("t-linked", Linked);
