// The criteria of the RGAA 4.1 that a script can judge: each gives the faults it finds in the page.
(() => {
	"use strict";
	const all = (what, root = document) => [...root.querySelectorAll(what)];
	const shown = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: false }) && !e.closest("[aria-hidden=true]");
	const said = (text) => (text ?? "").replace(/\s+/g, " ").trim();
	const byIds = (e, attribute) => (e.getAttribute(attribute) ?? "").split(/\s+/).filter(Boolean).map((id) => document.getElementById(id));
	const where = (e) => said(e.outerHTML).slice(0, 140);
	const cut = (e) => e.parentElement && (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(e.parentElement).overflowX) || cut(e.parentElement));
	const beyond = () => all("body *").filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !cut(e)).slice(-2).map(where).join(" and ");
	window.beyondThePage = beyond;
	const name = (e) => said(byIds(e, "aria-labelledby").map((l) => l?.textContent ?? "").join(" ")) || said(e.getAttribute("aria-label"))
		|| said([...(e.labels ?? [])].map((l) => l.textContent).join(" ")) || said(e.textContent) || said(all("img[alt],svg[aria-label]", e).map((i) => i.getAttribute("alt") ?? i.getAttribute("aria-label")).join(" "))
		|| said(e.getAttribute("title")) || (e.type === "submit" ? said(e.value) : "");
	const fields = () => all("input:not([type=hidden]):not([type=submit]):not([type=button]):not([type=reset]),select,textarea").filter(shown);
	const focusable = () => all("a[href],button:not(:disabled),input:not([type=hidden]):not(:disabled),select:not(:disabled),textarea:not(:disabled),summary,[tabindex]:not([tabindex='-1'])").filter((e) => shown(e) && !e.closest("[inert]"));
	const faults = (list, bad) => list.filter(bad).map(where);
	const vague = /^(ici|cliquez ici|cliquer ici|lien|en savoir plus|lire la suite|here|click here|more|link|read more)$/i;
	const look = (e) => { const s = getComputedStyle(e); return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.borderColor, s.borderWidth, s.backgroundColor, s.textDecorationLine].join("|"); };

	// The trial of a form is what a frame shows: the landmarks of the site are around the frame.
	const framed = document.body.matches(".trial, .showcase-card");

	window.criteria = {
		"1.1": () => faults(all("img,input[type=image],svg[role=img],[role=img],area"), (e) => !e.hasAttribute("alt") && !name(e) && !e.querySelector("title")),
		"1.2": () => faults(all("svg:not([role=img]):not([role=group])"), (e) => !e.closest("[aria-hidden=true]") && !e.closest("[role=img]")),
		"2.1": () => faults(all("iframe,frame"), (e) => !said(e.title)),
		"5.4": () => faults(all("table:not([role=presentation]):not([role=none])"), (e) => !said(e.caption?.textContent) && !e.getAttribute("aria-label") && !byIds(e, "aria-labelledby").length),
		"5.6": () => faults(all("table:not([role=presentation]):not([role=none])"), (e) => !e.querySelector("th")),
		"5.7": () => faults(all("table:not([role=presentation]) th"), (e) => !e.hasAttribute("scope") && !e.id),
		"5.8": () => faults(all("table[role=presentation],table[role=none]"), (e) => e.querySelector("th,caption")),
		"6.1": () => faults(all("a[href]").filter(shown), (e) => vague.test(name(e))),
		"6.2": () => faults(all("a").filter(shown), (e) => !name(e)),
		"7.1": () => faults(all("[role=button],[role=link],[role=tab],[role=checkbox],[role=switch],[role=option],[role=menuitem]").filter(shown), (e) => !name(e) || (e.tabIndex < 0 && !e.matches("button,a[href],input") && !e.closest("[role=listbox],[role=tablist],[role=menu]"))),
		"7.3": () => faults(all("[onclick],[onmouseover],[onmouseout],[ondblclick]"), () => true),
		"7.5": () => framed || document.querySelector("[role=status],[role=alert],[aria-live]") ? faults(all("[aria-live]"), (e) => !["polite", "assertive", "off"].includes(e.getAttribute("aria-live"))) : ["no region in which a message of state is announced"],
		"8.1": () => document.doctype?.name === "html" && document.compatMode === "CSS1Compat" ? [] : ["no document type"],
		"8.2": () => { const ids = all("[id]").map((e) => e.id); return [...new Set(ids.filter((id, i) => ids.indexOf(id) !== i || !id))].map((id) => "the identifier " + id + " stands twice"); },
		"8.3": () => document.documentElement.lang ? [] : ["the page has no language"],
		"8.4": () => ["fr", "en"].includes(document.documentElement.lang.slice(0, 2)) ? [] : ["the language is " + document.documentElement.lang],
		"8.5": () => said(document.title) ? [] : ["the page has no title"],
		"8.6": () => { const h1 = document.querySelector("h1"); return !h1 || said(document.title).length > 3 && said(document.title).split(" · ")[0] !== "" ? [] : ["the title says nothing: " + document.title]; },
		"8.8": () => faults(all("[lang],[hreflang]"), (e) => !/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/.test(e.getAttribute("lang") || e.getAttribute("hreflang"))),
		"8.9": () => [...faults(all("p").filter(shown), (e) => !said(e.textContent) && !e.children.length), ...faults(all("br + br"), () => true), ...faults(all("font,center,big,tt,strike,blink,marquee"), () => true)],
		"9.1": () => { let last = 0; const out = []; const heads = all("h1,h2,h3,h4,h5,h6").filter(shown);
			for (const h of heads) { const level = Number(h.tagName[1]); if (level > last + 1) out.push("from level " + last + " to " + level + ": " + said(h.textContent).slice(0, 60)); if (!said(h.textContent)) out.push("an empty heading"); last = level; }
			if (heads.filter((h) => h.tagName === "H1").length !== 1) out.push(heads.filter((h) => h.tagName === "H1").length + " headings of the first level"); return out; },
		"9.2": () => { const out = []; if (framed) return out; if (all("main").filter(shown).length !== 1) out.push(all("main").length + " main parts"); if (!document.querySelector("body > header,[role=banner]")) out.push("no header"); if (!document.querySelector("body > footer,[role=contentinfo]")) out.push("no footer"); if (!document.querySelector("nav")) out.push("no navigation"); return out; },
		"9.3": () => [...faults(all("ul,ol"), (e) => [...e.children].some((c) => !["LI", "TEMPLATE", "SCRIPT"].includes(c.tagName))), ...faults(all("li"), (e) => !e.closest("ul,ol,menu,[role=list]")), ...faults(all("dl"), (e) => [...e.children].some((c) => !["DT", "DD", "DIV"].includes(c.tagName)))],
		"10.1": () => faults(all("[align],[bgcolor],[color]:not(link):not(svg):not(svg *):not(input),[border],body[text],[cellpadding],[valign]"), () => true),
		"10.4": () => { const root = document.documentElement; root.style.fontSize = "200%"; const over = root.scrollWidth - root.clientWidth; root.style.fontSize = ""; return over > 1 ? ["at 200 % of the text size the page is " + over + " px too wide"] : []; },
		"10.7": () => { const seen = new Set(), out = []; const before = document.activeElement;
			for (const e of focusable()) { const key = e.tagName + "." + e.className + "." + (e.type ?? ""); if (seen.has(key)) continue; seen.add(key);
				e.blur(); const twin = e.closest("label") ?? e.nextElementSibling ?? e.parentElement; const rest = look(e), restTwin = look(twin), restParent = look(e.parentElement); e.focus({ focusVisible: true, preventScroll: true });
				if (document.activeElement !== e) continue;
				const s = getComputedStyle(e); const outlined = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 1 && !/rgba\(.*, 0\)/.test(s.outlineColor);
				if (!outlined && look(e) === rest && look(twin) === restTwin && look(e.parentElement) === restParent) out.push(where(e)); }
			document.activeElement?.blur(); before?.focus?.({ preventScroll: true }); return out; },
		"10.12": () => { const sheet = new CSSStyleSheet(); sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }");
			document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]; const root = document.documentElement, over = root.scrollWidth - root.clientWidth, by = over > 1 ? beyond() : ""; document.adoptedStyleSheets = document.adoptedStyleSheets.filter((s) => s !== sheet); return over > 1 ? ["with spaced text the page is " + over + " px too wide: " + by] : []; },
		"10.13": () => faults(all("[title]:not(iframe):not(link):not(svg *)").filter(shown), (e) => said(e.title) !== "" && !(e.textContent.includes(said(e.title)) || e.matches("abbr"))),
		"11.1": () => faults(fields(), (e) => !name(e)),
		"11.2": () => faults(fields(), (e) => name(e).length < 2 || /^(champ|field|input)$/i.test(name(e))),
		"11.5": () => faults(fields().filter((e) => e.type === "radio"), (e) => !e.closest("fieldset,[role=radiogroup],[role=group]")),
		"11.6": () => faults(all("fieldset,[role=radiogroup]").filter(shown), (e) => !said(e.querySelector(":scope > legend")?.textContent) && !e.getAttribute("aria-label") && !byIds(e, "aria-labelledby").some(Boolean)),
		"11.8": () => faults(all("optgroup"), (e) => !said(e.label)),
		"11.9": () => faults(all("button,input[type=submit],input[type=button],[role=button]").filter(shown), (e) => !name(e)),
		"11.10": () => [...faults(fields().filter((e) => e.getAttribute("aria-invalid") === "true"), (e) => !byIds(e, "aria-describedby").concat(byIds(e, "aria-errormessage")).some((d) => said(d?.textContent)) && !e.closest("fieldset[aria-describedby]")),
			...faults(all("[aria-describedby]"), (e) => byIds(e, "aria-describedby").some((d) => !d)),
			...faults(all("[role=alert] a[href^='#'],.error-summary a[href^='#']"), (e) => !document.getElementById(decodeURIComponent(e.hash.slice(1))))],
		"11.13": () => faults(fields().filter((e) => ["email", "tel"].includes(e.type)), (e) => !e.autocomplete && !e.getAttribute("autocomplete")),
		"12.6": () => { const navs = all("nav,[role=navigation]").filter(shown); return navs.length < 2 ? [] : faults(navs, (e) => !e.getAttribute("aria-label") && !byIds(e, "aria-labelledby").some(Boolean)); },
		"12.7": () => { if (framed) return []; const first = all("a[href],button,input,summary").find((e) => e.tabIndex >= 0 && !e.closest("[inert]")); const to = first?.matches("a[href^='#']") && document.getElementById(first.hash.slice(1)); return to && to.closest("main") ? [] : ["the first link does not lead to the content"]; },
		"12.8": () => faults(all("[tabindex]"), (e) => e.tabIndex > 0),
		"12.11": () => faults(all("[accesskey]"), () => true),
		"13.1": () => faults(all("meta[http-equiv=refresh i]"), () => true),
		"13.2": () => faults(all("a[target],form[target]"), (e) => e.target === "_blank" && !/(nouvel|new )/i.test(name(e) + e.title)),
		"13.8": () => faults(all("audio[autoplay],video[autoplay],marquee,blink"), () => true),
	};
	window.criteriaFaults = (only) => Object.entries(window.criteria).filter(([key]) => !only || only.includes(key))
		.flatMap(([key, check]) => check().slice(0, 4).map((fault) => key + ": " + fault));
})();
