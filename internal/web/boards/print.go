package boards

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"transformateur/internal/board/kit"
	"transformateur/internal/board/marker"
	"transformateur/internal/board/paper"
	"transformateur/internal/form"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/drawing"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/pdf"
	"transformateur/internal/web/ui"
)

// printing is the form that prints a board, or a kit for a gathering.
type printing struct {
	marker.Pack
	kits     offers // to choose from, for a gathering
	kit      string // the one that was chosen
	action   string
	lang     string
	wall     string // the size of posters: one of walls, "" for none
	cards    bool
	blanks   int
	problems ui.Problems
}

// walls are the sizes of posters.
var walls = []string{"a4", "a3", "whole", "tiles"}

// printBoard asks what is printed of a board.
func (h *Handler) printBoard(w http.ResponseWriter, r *http.Request) error {
	pack, err := h.Markers.Of(r.Context(), ui.User(r), id(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, printPage(printing{Pack: pack, action: address(id(r), "print"), lang: lang(r), wall: "a4", cards: true, blanks: 8}))
}

// printedBoard prints it.
func (h *Handler) printedBoard(w http.ResponseWriter, r *http.Request) error {
	pack, err := h.Markers.Of(r.Context(), ui.User(r), id(r))
	if err != nil {
		return err
	}
	return h.printed(w, r, printing{Pack: pack, action: address(id(r), "print")})
}

// printKit asks which kit is printed for every team of a gathering.
func (h *Handler) printKit(w http.ResponseWriter, r *http.Request) error {
	kits, err := h.printable(r)
	if err != nil {
		return err
	}
	k, known := kits.find(r.URL.Query().Get("kit"))
	if !known {
		k = kit.Shipped()[0]
	}
	pack, err := h.Markers.For(r.Context(), ui.User(r), gathering.ID(r.PathValue("id")), k, "")
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, printPage(printing{Pack: pack, kits: kits, kit: r.URL.Query().Get("kit"), action: kitAddress(pack), lang: lang(r), wall: "a4", cards: true, blanks: 8}))
}

// printable are the kits that may be printed for a gathering.
func (h *Handler) printable(r *http.Request) (offers, error) {
	v, err := h.Gatherings.Managed(r.Context(), ui.User(r), gathering.ID(r.PathValue("id")))
	if err != nil {
		return nil, err
	}
	kits, _, err := h.offers(r, v.Gathering)
	return kits, err
}

// printedKit prints it.
func (h *Handler) printedKit(w http.ResponseWriter, r *http.Request) error {
	kits, err := h.printable(r)
	if err != nil {
		return err
	}
	k, known := kits.find(r.FormValue("kit"))
	if !known {
		k = kit.Shipped()[0]
	}
	pack, err := h.Markers.For(r.Context(), ui.User(r), gathering.ID(r.PathValue("id")), k, kits.variantOf(r.FormValue("kit"), r.FormValue("variant")))
	if err != nil {
		return err
	}
	p := printing{Pack: pack, kits: kits, kit: r.FormValue("kit"), action: kitAddress(pack)}
	if !known {
		p.problems = ui.ProblemsOf(r.Context(), errs.NewInvalid("board.invalid", []errs.Field{{Path: "kit", Key: "board.no_kit"}}))
		p.lang, p.wall, p.cards, p.blanks = lang(r), "a4", true, 8
		return ui.Render(w, r, http.StatusUnprocessableEntity, printPage(p))
	}
	return h.printed(w, r, p)
}

func kitAddress(p marker.Pack) string {
	return "/gatherings/" + url.PathEscape(string(p.Gathering.ID)) + "/print"
}

// printed answers with what a form asks for.
func (h *Handler) printed(w http.ResponseWriter, r *http.Request, p printing) error {
	ctx := r.Context()
	p.lang, p.wall, p.cards = r.FormValue("lang"), r.FormValue("wall"), r.FormValue("cards") == "yes"
	var err error
	if p.blanks, err = strconv.Atoi(r.FormValue("blanks")); r.FormValue("blanks") == "" {
		p.blanks, err = 0, nil
	}
	var wrong []errs.Field
	if err != nil {
		wrong = append(wrong, errs.Field{Path: "blanks", Key: "board.print_blanks", Args: []any{marker.MaxBlanks}})
	}
	if !slices.Contains([]string{"fr", "en"}, p.lang) {
		p.lang = lang(r)
	}
	if p.wall != "" && !slices.Contains(walls, p.wall) || p.wall == "" && !p.cards && p.blanks == 0 {
		wrong = append(wrong, errs.Field{Path: "wall", Key: "board.print_nothing"})
	}
	marked, err := p.Pack, errs.NewInvalid("board.invalid", wrong)
	if err == nil {
		marked, err = h.Markers.Mark(ctx, ui.User(r), p.Pack, p.blanks)
	}
	if problems := ui.ProblemsOf(ctx, err); problems != nil {
		p.problems = problems
		return ui.Render(w, r, http.StatusUnprocessableEntity, printPage(p))
	}
	if err != nil {
		return err
	}
	p.Pack = marked
	pages, err := h.sheets(i18n.With(ctx, i18n.Lang(p.lang)), p)
	if err != nil {
		return err
	}
	return h.asPDF(w, r, p.title(p.lang), pages)
}

// title is what is printed.
func (p printing) title(lang string) string {
	if p.Board.Title != "" {
		return p.Board.Title
	}
	return p.Kit.Title.In(lang)
}

// asPDF answers with pages as one document.
func (h *Handler) asPDF(w http.ResponseWriter, r *http.Request, title string, pages []*drawing.Page) error {
	var out bytes.Buffer
	if err := drawing.WritePDF(&out, pdf.Meta{Title: title, Author: "Transformateur", Lang: lang(r)}, pages); err != nil {
		return err
	}
	attach(w, "application/pdf", fileName(title)+".pdf")
	_, err := out.WriteTo(w)
	return err
}

// sheets are the pages of a pack, in the language of ctx.
func (h *Handler) sheets(ctx context.Context, p printing) (pages []*drawing.Page, err error) {
	title := p.title(p.lang)
	if p.wall != "" {
		if pages, err = h.posters(ctx, p, title); err != nil {
			return nil, err
		}
	}
	cards, err := paper.Slips(i18n.T(ctx, "boards.print_cards_of", title), h.slips(ctx, p, title))
	return append(pages, cards...), err
}

// code is the address that a code stands for.
func (h *Handler) code(code string) string { return h.BaseURL + "/b/" + code }

func (h *Handler) posters(ctx context.Context, p printing, title string) (pages []*drawing.Page, err error) {
	below := i18n.T(ctx, "boards.print_scan")
	whole := paper.Whole{Title: title, Layout: p.Kit.Layout, Below: below}
	for _, a := range p.Kit.Axes {
		whole.Axes = append(whole.Axes, paper.Axis{Low: in(ctx, a.Low), High: in(ctx, a.High)})
	}
	for i, z := range p.Kit.Zones {
		code := p.Zones[i].Code
		whole.Zones = append(whole.Zones, paper.Place{Title: in(ctx, z.Title), Help: in(ctx, z.Help), Colour: z.Colour, Address: h.code(code), Code: gathering.ShowCode(code)})
	}
	switch p.wall {
	case "whole":
		page, err := paper.Wall(420, 297, whole)
		return []*drawing.Page{page}, err
	case "tiles": // 2 by 2 sheets of A4: A2, less what they share
		page, err := paper.Wall(2*297-10, 2*210-10, whole)
		if err != nil {
			return nil, err
		}
		return page.Tiles(297, 210, 10), nil
	}
	wide, high := 297.0, 210.0
	if p.wall == "a3" {
		wide, high = 420, 297
	}
	for _, z := range whole.Zones {
		page, err := paper.Poster(wide, high, z, below)
		if err != nil {
			return nil, err
		}
		pages = append(pages, page)
	}
	return pages, nil
}

// slips are the cards of a pack: one for each prompt, then blank ones.
func (h *Handler) slips(ctx context.Context, p printing, title string) (list []paper.Slip) {
	add := func(kind kit.Card, prompt, text form.Localised, code string) {
		one := paper.Slip{Kit: title, Type: in(ctx, kind.Title), Colour: kind.Colour, Prompt: in(ctx, prompt), Text: in(ctx, text), Address: h.code(code), Code: gathering.ShowCode(code), Typed: i18n.T(ctx, "boards.print_scan_card")}
		for _, f := range kind.Fields {
			if f.Type != kit.Picture {
				one.Fields = append(one.Fields, in(ctx, f.Label))
			}
		}
		list = append(list, one)
	}
	codes := map[string]string{}
	for _, m := range p.Prompts {
		codes[m.Place] = m.Code
	}
	if p.cards {
		for _, d := range p.Decks() {
			kind, _ := p.Kit.Card(d.Card)
			for _, one := range d.Prompts {
				add(kind, one.Title, one.Text, codes[d.ID+"."+one.ID])
			}
		}
	}
	for _, m := range p.Blanks {
		kind, _ := p.Kit.Card(m.Place)
		add(kind, nil, nil, m.Code)
	}
	return list
}

// page is what the layout needs.
func (p printing) page(ctx context.Context) ui.Page {
	title := i18n.T(ctx, "boards.print")
	if len(p.kits) > 0 {
		title = i18n.T(ctx, "boards.print_kit")
	}
	return ui.Page{Title: title, Lead: i18n.T(ctx, "boards.print_lead"), Failed: len(p.problems) > 0, Over: p.Board.Title, Width: ui.Narrow,
		Crumbs: []ui.Crumb{{Label: p.Gathering.Title, URL: "/gatherings/" + string(p.Gathering.ID)}}}
}

func wallOptions(ctx context.Context) (list []ui.Option) {
	for _, w := range walls {
		list = append(list, ui.Option{Value: w, Label: i18n.T(ctx, "boards.print_wall_"+w)})
	}
	return append(list, ui.Option{Value: "", Label: i18n.T(ctx, "boards.print_wall_none")})
}

func lang(r *http.Request) string { return string(i18n.From(r.Context())) }
