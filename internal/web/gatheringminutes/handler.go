// Package gatheringminutes is the minutes of a gathering: on a page where they are completed, on paper, and as a file to edit.
package gatheringminutes

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/agenda/deposit"
	"transformateur/internal/agenda/minutes"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/pdf"
	"transformateur/internal/platform/zone"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /gatherings/{id}/minutes to who runs a gathering.
type Handler struct {
	Minutes *minutes.Service
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	at := func(pattern string, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: "gathering.manage", On: "gathering", Handle: handle}
	}
	return []ui.Route{
		at("GET /gatherings/{id}/minutes", h.show),
		at("POST /gatherings/{id}/minutes", h.add),
		at("GET /gatherings/{id}/minutes.md", h.markdown),
		at("GET /gatherings/{id}/minutes.pdf", h.paper),
	}
}

func at(id gathering.ID) string { return "/gatherings/" + url.PathEscape(string(id)) + "/minutes" }

// line is one thing that the minutes say, and where it comes from.
type line struct{ text, from string }

// block is a part of the minutes; part names the one that may be completed.
type block struct {
	title string
	deep  bool
	added minutes.Part
	part  string
	open  bool // may be completed
	lines []line
}

// blocks are the minutes as every output says them, in the same order.
func blocks(ctx context.Context, m minutes.Minutes) (list []block) {
	say := func(key string, args ...any) string { return i18n.T(ctx, key, args...) }
	list = append(list, block{title: say("minutes.intro"), added: m.Intro, open: true})
	people := block{title: say("minutes.people")}
	from := say("minutes.from_seats")
	if m.CheckedIn {
		from = say("minutes.from_door")
	}
	people.lines = append(people.lines, line{i18n.N(ctx, "minutes.came", m.Came), from})
	for _, role := range gathering.Roles {
		if n := m.Roles[role]; n > 0 {
			people.lines = append(people.lines, line{say("minutes.role", say("gatherings.role_"+string(role)), n), say("minutes.from_seats")})
		}
	}
	list = append(list, people)
	planned := say("minutes.from_order")
	if m.Number > 0 {
		planned = say("minutes.from_plan", m.Number)
	}
	for _, a := range m.Activities {
		name := a.Title
		if name == "" {
			name = say("agendas.kind_" + string(a.Kind))
		}
		b := block{title: name, deep: true, added: a.Added, part: a.ID, open: true}
		b.lines = append(b.lines, line{say("minutes.when", dayOf(ctx, m.Gathering, a.Day), a.From.Clock(), a.To.Clock()), planned})
		b.lines = append(append(b.lines, boardLines(ctx, a.Boards)...), depositLines(ctx, a.Deposits)...)
		list = append(list, b)
	}
	rest := append(boardLines(ctx, m.Boards), depositLines(ctx, m.Deposits)...)
	if len(rest) > 0 {
		list = append(list, block{title: say("minutes.rest"), lines: rest})
	}
	if len(m.Decided) > 0 {
		b := block{title: say("minutes.decided")}
		for _, d := range m.Decided {
			for _, i := range d.Agreed {
				_, who, _ := i.Agreed()
				text := say("minutes.agreed", d.Project.Title, i.Title, say("projects.who_"+who))
				if i.Due != "" {
					text = say("minutes.agreed_due", text, dayOf(ctx, m.Gathering, i.Due))
				}
				if !i.Done.IsZero() {
					text = say("minutes.agreed_done", text)
				}
				b.lines = append(b.lines, line{text, say("minutes.from_coaching")})
			}
		}
		list = append(list, b)
	}
	if len(m.Told) > 0 {
		b := block{title: say("minutes.told")}
		for _, t := range m.Told {
			b.lines = append(b.lines, line{t.Text, say(t.Kind)})
		}
		list = append(list, b)
	}
	return list
}

func boardLines(ctx context.Context, boards []minutes.Board) (list []line) {
	for _, b := range boards {
		for _, i := range b.Items {
			text := i18n.T(ctx, "minutes.item", i18n.N(ctx, "projects.kind_"+string(i.Becomes), 1), i.Title)
			if i.Detail != "" {
				text += " – " + i.Detail
			}
			if i.LevelLabel != "" {
				text += " (" + i.LevelLabel + ")"
			}
			from := i18n.T(ctx, "minutes.from_board", b.Title)
			if b.Project != "" {
				from = i18n.T(ctx, "minutes.from_board_of", b.Title, b.Project)
			}
			list = append(list, line{text, from})
		}
	}
	return list
}

func depositLines(ctx context.Context, deposits []deposit.Deposit) (list []line) {
	for _, d := range deposits {
		list = append(list, line{i18n.T(ctx, "minutes.deposit", d.Title, d.Credit), i18n.T(ctx, "minutes.from_deposit", i18n.T(ctx, "deposits.kind_"+string(d.Kind)))})
	}
	return list
}

// dayOf says a day at the place of a gathering.
func dayOf(ctx context.Context, g gathering.Gathering, day string) string {
	t, err := time.ParseInLocation(time.DateOnly, day, zone.Location(g.Zone))
	if err != nil {
		return day
	}
	return ui.Day(ctx, t)
}

// view is the page of the minutes.
type view struct {
	minutes.Minutes
	blocks   []block
	part     string // that was being completed
	typed    string
	problems ui.Problems
}

// body is what stands in the form of a part.
func (v view) body(b block) string {
	if len(v.problems) > 0 && v.part == b.part {
		return v.typed
	}
	return b.added.Body
}

func (h *Handler) read(r *http.Request) (v view, err error) {
	v.Minutes, err = h.Minutes.Read(r.Context(), ui.User(r), gathering.ID(r.PathValue("id")), string(i18n.From(r.Context())))
	if err == nil {
		v.blocks = blocks(r.Context(), v.Minutes)
	}
	return v, err
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	v, err := h.read(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, page(v))
}

func (h *Handler) add(w http.ResponseWriter, r *http.Request) error {
	version, err := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	if err != nil {
		version = -1
	}
	id, part, body := gathering.ID(r.PathValue("id")), r.PostFormValue("part"), r.PostFormValue("body")
	err = h.Minutes.Add(r.Context(), ui.User(r), id, part, minutes.Part{Body: body, Version: version})
	if err == nil {
		return ui.Done(w, r, at(id), "minutes.added")
	}
	if !errs.Is(err, errs.Invalid) && !errs.Is(err, errs.Conflict) {
		return err
	}
	v, missing := h.read(r)
	if missing != nil {
		return missing
	}
	v.part, v.typed = part, body
	if v.problems = ui.ProblemsOf(r.Context(), err); len(v.problems) == 0 {
		v.problems = ui.Problems{{Text: ui.Sentence(r.Context(), err)}}
	}
	return ui.Render(w, r, ui.StatusOf(err), page(v))
}

// markdown gives the minutes as a text that any editor opens.
func (h *Handler) markdown(w http.ResponseWriter, r *http.Request) error {
	v, err := h.read(r)
	if err != nil {
		return err
	}
	var out strings.Builder
	fmt.Fprintf(&out, "# %s\n\n%s\n", v.Title, v.subtitle(r.Context()))
	for _, b := range v.blocks {
		if b.added.Body == "" && len(b.lines) == 0 {
			continue
		}
		mark := "##"
		if b.deep {
			mark = "###"
		}
		fmt.Fprintf(&out, "\n%s %s\n", mark, b.title)
		if b.added.Body != "" {
			fmt.Fprintf(&out, "\n%s\n", b.added.Body)
		}
		if len(b.lines) > 0 {
			out.WriteByte('\n')
		}
		for _, l := range b.lines {
			fmt.Fprintf(&out, "- %s *(%s)*\n", l.text, l.from)
		}
	}
	w.Header().Set("Content-Type", "text/markdown; charset=utf-8")
	w.Header().Set("Content-Disposition", ui.Attachment(i18n.T(r.Context(), "minutes.file")+".md"))
	_, err = w.Write([]byte(out.String()))
	return err
}

// paper gives the minutes as a document to keep.
func (h *Handler) paper(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.read(r)
	if err != nil {
		return err
	}
	doc := pdf.New(pdf.Meta{Title: v.Title, Subject: i18n.T(ctx, "minutes.title"), Lang: string(i18n.From(ctx)), At: v.Ends(), Page: i18n.T(ctx, "minutes.page")})
	doc.Title(v.Title)
	doc.Paragraph(v.subtitle(ctx))
	for _, b := range v.blocks {
		if b.added.Body == "" && len(b.lines) == 0 {
			continue
		}
		doc.Heading(b.title)
		if b.added.Body != "" {
			doc.Paragraph(b.added.Body)
		}
		var rows []pdf.Pair
		for _, l := range b.lines {
			rows = append(rows, pdf.Pair{Term: l.from, Text: l.text})
		}
		if len(rows) > 0 {
			doc.Pairs(rows)
		}
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", ui.Attachment(i18n.T(ctx, "minutes.file")+".pdf"))
	return doc.Write(w)
}

// subtitle says of what these are the minutes.
func (v view) subtitle(ctx context.Context) string {
	text := i18n.T(ctx, "minutes.of", dayOf(ctx, v.Gathering, v.StartsOn), v.In.In(string(i18n.From(ctx))))
	if v.Place != "" {
		text += " – " + v.Place
	}
	return text
}
