package kits

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"transformateur/internal/board/kit"
	"transformateur/internal/board/kit/drafting"
	"transformateur/internal/board/shelf"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// bench is a part of a kit as its page shows it.
type bench struct {
	shelf.View
	Part   string
	Shown  *kit.Kit // the draft, or what was typed
	Was    string   // the mark of the part that the page was made from
	Shape  string
	Faults []fault
	known  map[string]string // their words, by path
	Bad    ui.Problems       // of what was sent and could not be read
	Open   string            // the row, or what lies in it, that is unfolded
	Clash  url.Values        // what was sent, when a colleague changed the part meanwhile
}

func partOf(r *http.Request) (string, error) {
	part := r.PathValue("part")
	if !slices.Contains(drafting.Parts, part) {
		return "", errs.New(errs.NotFound, "errs.not_found")
	}
	return part, nil
}

// bench loads a part of the kit of a request.
func (h *Handler) bench(r *http.Request) (*bench, error) {
	part, err := partOf(r)
	if err != nil {
		return nil, err
	}
	v, err := h.Shelf.Edited(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return nil, err
	}
	b := &bench{View: v, Part: part, Shown: v.Kit, Was: drafting.Mark(v.Kit, part), Shape: drafting.Shape(v.Kit, part), Open: r.URL.Query().Get("open")}
	b.Faults, b.known = faultsOf(r.Context(), v.ID, v.Kit, v.Faults), map[string]string{}
	for _, f := range b.Faults {
		b.known[f.Path] = f.Text
	}
	return b, nil
}

// at is what is wrong at a path of the kit, in words; "" for nothing.
func (b *bench) at(path string) string {
	if said := b.Bad.At(path); said != "" {
		return said
	}
	return b.known[path]
}

// wrong counts the faults of a part.
func (b *bench) wrong(part string) (n int) {
	for _, f := range b.Faults {
		if f.Part == part {
			n++
		}
	}
	return n
}

// unfolded says whether a row shows what it holds: the one that was acted on, one that is
// wrong, or each of a few.
func (b *bench) unfolded(row string, of int) bool {
	if of <= 2 || b.Open == row || strings.HasPrefix(b.Open, row+".") {
		return true
	}
	return slices.ContainsFunc(b.Bad, func(p ui.FieldError) bool { return strings.HasPrefix(p.Path, row+".") }) ||
		slices.ContainsFunc(b.Faults, func(f fault) bool { return strings.HasPrefix(f.Path, row+".") })
}

func (h *Handler) edit(w http.ResponseWriter, r *http.Request) error {
	b, err := h.bench(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, editPage(b))
}

// tries is how often a save is begun again over what colleagues saved in other parts.
const tries = 5

// save keeps a part as it was typed, then does what its button asks. What colleagues
// saved in other parts meanwhile stays; what they changed in this one is shown, and
// nothing is written before somebody has chosen.
func (h *Handler) save(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.New(errs.Invalid, "errs.invalid").Because(err)
	}
	sent := r.PostForm
	for try := 1; ; try++ {
		b, err := h.bench(r)
		if err != nil {
			return err
		}
		next := drafting.Copy(b.Kit)
		bad := readPart(next, b.Part, sent)
		if b.Was != sent.Get("was") && (len(bad) > 0 || drafting.Mark(next, b.Part) != b.Was) {
			b.Clash = sent
			return ui.Render(w, r, http.StatusConflict, clashPage(b))
		}
		row, err := act(next, b.Part, sent)
		bad = append(bad, refusedRows(err)...)
		if err != nil && len(bad) == 0 {
			return err
		}
		if len(bad) > 0 {
			return h.typedAgain(w, r, b, next, bad)
		}
		if !bytes.Equal(next.Encode(), b.Kit.Encode()) {
			_, err = h.Shelf.Save(r.Context(), ui.User(r), b.ID, next, b.Revision)
			if errs.KeyOf(err) == "kit.meanwhile" && try < tries {
				continue
			}
			if fields, told := ui.FieldsOf(err); told {
				return h.typedAgain(w, r, b, next, fields)
			}
		}
		if err != nil {
			return err
		}
		return leave(w, r, b, row)
	}
}

// refusedRows are the faults of an act on rows that is refused for what the kit is.
func refusedRows(err error) []errs.Field {
	fields, _ := ui.FieldsOf(err)
	return fields
}

// typedAgain shows a part as it was typed, with what kept it from being saved.
func (h *Handler) typedAgain(w http.ResponseWriter, r *http.Request, b *bench, next *kit.Kit, bad []errs.Field) error {
	b.Shown, b.Bad = next, ui.ProblemsOf(r.Context(), errs.NewInvalid("kit.invalid", bad))
	return ui.Render(w, r, http.StatusUnprocessableEntity, editPage(b))
}

// leave goes on with the row that was acted on, or with the page of the kit.
func leave(w http.ResponseWriter, r *http.Request, b *bench, row string) error {
	here := at(b.ID, "edit", b.Part)
	switch {
	case r.PostForm.Get("do") == "close":
		return ui.Done(w, r, at(b.ID), "kits.saved_done")
	case row != "":
		return ui.See(w, r, here+"?open="+row+"#"+rowID(row))
	}
	return ui.Done(w, r, here, "kits.saved_done")
}

// rowID is the id of a row of the page.
func rowID(path string) string { return "row-" + strings.ReplaceAll(path, ".", "-") }

// act does what a button asks of the rows of a part, and gives the row to go on with.
func act(k *kit.Kit, part string, sent url.Values) (row string, err error) {
	verb, path, _ := strings.Cut(sent.Get("do"), ":")
	switch verb {
	case "add-row":
		title := form.Localised{"fr": typed(sent.Get("new."+path), false)}
		if title["fr"] == "" {
			title = words("kits.new_" + kindOf(path))
		}
		n, err := drafting.Add(k, path, title)
		if err != nil {
			return "", err
		}
		row = path + "." + itoa(n)
	case "drop":
		if err := drafting.Remove(k, path); err != nil {
			return "", err
		}
		if cut := strings.LastIndexByte(path, '.'); strings.Count(path, ".") > 1 {
			row = path[:cut]
		}
	case "up", "down":
		if err := drafting.Move(k, path, verb == "down"); err != nil {
			return "", err
		}
		row = path
	}
	fit(k, part)
	return row, nil
}

// kindOf is the kind of the rows of a list: "zones", "fields", "choices".
func kindOf(list string) string {
	kind := list[strings.LastIndexByte(list, '.')+1:]
	if !slices.Contains([]string{"zones", "cards", "fields", "choices", "decks", "prompts", "phases", "votes", "outputs", "steps"}, kind) {
		return "zones" // the list is refused afterwards
	}
	return kind
}

// aligned says whether what was sent falls on the rows that stand now.
func (b *bench) aligned() bool { return b.Clash.Get("shape") == b.Shape }

// kept are the controls that are sent again to keep what was typed.
func (b *bench) kept() (names []string) {
	for name := range b.Clash {
		if !slices.Contains([]string{"was", "shape", "do"}, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (b *bench) tabs(ctx context.Context) (list []ui.NavItem) {
	for _, part := range drafting.Parts {
		list = append(list, ui.NavItem{Label: i18n.T(ctx, "kits.part_"+part), URL: at(b.ID, "edit", part), Current: part == b.Part, Count: b.wrong(part)})
	}
	return list
}

func (b *bench) page(ctx context.Context) ui.Page {
	return ui.Page{Title: i18n.T(ctx, "kits.part_"+b.Part), Lead: i18n.T(ctx, "kits.part_"+b.Part+"_lead"), Over: titleOf(ctx, b.Kit), Width: ui.Wide, Failed: len(b.Bad) > 0,
		Scripts: []string{"builder.js"}, LangURL: ui.OtherLang(ctx, at(b.ID, "edit", b.Part)),
		Crumbs: []ui.Crumb{{Label: named(ctx, b.In), URL: ui.EditionURL(b.Edition)}, {Label: i18n.T(ctx, "kits.title"), URL: shelfURL(b.Edition)}, {Label: titleOf(ctx, b.Kit), URL: at(b.ID)}}}
}

// said are the texts that were typed and are not in the kit, to be copied by hand.
func (b *bench) said() (list []string) {
	stands := string(b.Kit.Encode())
	for _, name := range b.kept() {
		for _, lang := range i18n.Langs {
			if !strings.HasSuffix(name, "."+string(lang)) {
				continue
			}
			if value := typed(b.Clash.Get(name), true); value != "" && !strings.Contains(stands, value) {
				list = append(list, value)
			}
		}
	}
	return list
}
