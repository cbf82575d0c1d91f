package calls

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/a-h/templ"
	"transformateur/internal/call"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// shelves are the calls as the public list puts them: open, coming, closed.
type shelves struct {
	Open, Coming, Closed, Writing []call.Call
	Now                           time.Time
}

func shelve(list []call.Call, now time.Time) shelves {
	s := shelves{Now: now}
	for _, c := range list {
		switch {
		case c.Status == call.Draft:
			s.Writing = append(s.Writing, c)
		case c.OpenAt(now):
			s.Open = append(s.Open, c)
		case c.ClosedAt(now):
			s.Closed = append([]call.Call{c}, s.Closed...)
		default:
			s.Coming = append(s.Coming, c)
		}
	}
	return s
}

// list shows the calls that the reader may see: first those one can answer now.
func (h *Handler) list(w http.ResponseWriter, r *http.Request) error {
	all, err := h.Calls.List(r.Context(), ui.User(r), "")
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, listPage(shelve(all, h.Clock.Now())))
}

// cardOf shows a call in a list.
func cardOf(ctx context.Context, c call.Call, now time.Time) ui.Card {
	card := ui.Card{Title: in(ctx, c.Title), URL: link(c.ID), Text: in(ctx, c.Summary)}
	switch {
	case c.Status == call.Draft:
		card.URL, card.Badge, card.Tone = link(c.ID, "manage"), i18n.T(ctx, "calls.state_draft"), ui.Warning
	case c.OpenAt(now):
		card.Badge, card.Tone = i18n.T(ctx, "calls.state_open"), ui.Success
		card.Deadline = ui.Deadline{Label: i18n.T(ctx, "calls.until"), At: ui.Local(c.ClosesAt, c.Zone), Now: now}
	case c.ClosedAt(now):
		card.Badge = i18n.T(ctx, "calls.state_closed")
		card.Facts = []string{i18n.T(ctx, "calls.closed_on", ui.ShortDay(ctx, ui.Local(c.ClosesAt, c.Zone)))}
	default:
		card.Badge, card.Tone = i18n.T(ctx, "calls.state_coming"), ui.Info
		card.Deadline = ui.Deadline{Label: i18n.T(ctx, "calls.opens"), At: ui.Local(c.OpensAt, c.Zone), Now: now}
	}
	return card
}

func cardsOf(ctx context.Context, list []call.Call, now time.Time) (out []ui.Card) {
	for _, c := range list {
		out = append(out, cardOf(ctx, c, now))
	}
	return out
}

// sheet is everything that the public page of a call says.
type sheet struct {
	Call              call.Call
	Rights            call.Rights
	Edition           edition
	Documents         []call.Document
	Questions         []call.Question
	Moves             []call.Postponement
	Winners           []string // projects whose place is confirmed
	Now               time.Time
	Problems          []ui.FieldError // of a question
	Notice, Asked, Me string
	Visitor, Private  bool
}

func (h *Handler) sheet(r *http.Request) (s sheet, err error) {
	ctx, by := r.Context(), ui.User(r)
	s = sheet{Now: h.Clock.Now(), Notice: notice(r), Visitor: by.IsVisitor(), Me: string(by.ID)}
	if s.Call, err = h.Calls.Get(ctx, by, id(r)); err != nil {
		return s, err
	}
	if s.Rights, err = h.Calls.Rights(ctx, by, s.Call); err != nil {
		return s, err
	}
	if s.Edition, err = h.edition(r, s.Call.EditionID); err != nil {
		return s, err
	}
	if s.Documents, err = h.Calls.Documents(ctx, by, s.Call.ID); err != nil {
		return s, err
	}
	if s.Questions, err = h.Calls.Questions(ctx, by, s.Call.ID); err != nil {
		return s, err
	}
	if s.Moves, err = h.Calls.Postponements(ctx, by, s.Call.ID); err == nil && h.Winners != nil {
		s.Winners, err = h.Winners(ctx, by, string(s.Call.ID))
	}
	return s, err
}

// show is the public page of a call.
func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	s, err := h.sheet(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, showPage(s))
}

// ask keeps a question, or shows the page again with what is wrong with it.
func (h *Handler) ask(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.New(errs.Invalid, "errs.invalid")
	}
	if ui.User(r).IsVisitor() {
		return ui.See(w, r, "/signin?next="+url.QueryEscape(link(id(r))+"#questions"))
	}
	text, private := r.PostForm.Get("question"), r.PostForm.Get("private") == "yes"
	_, err := h.Calls.Ask(r.Context(), ui.User(r), id(r), text, !private)
	if fields, ok := ui.FieldsOf(err); ok {
		s, err := h.sheet(r)
		if err != nil {
			return err
		}
		s.Problems, s.Asked, s.Private = say(r.Context(), "", fields), text, private
		return ui.Render(w, r, http.StatusUnprocessableEntity, showPage(s))
	}
	if err != nil {
		return err
	}
	return ui.See(w, r, link(id(r))+"?done=asked#questions")
}

// document gives a document of a call, always as a file to keep.
func (h *Handler) document(w http.ResponseWriter, r *http.Request) error {
	d, f, err := h.Calls.Document(r.Context(), ui.User(r), id(r), r.PathValue("document"))
	if err != nil {
		return err
	}
	defer f.Close()
	w.Header().Set("ETag", `"`+d.Digest+`"`)
	w.Header().Set("Cache-Control", "private, no-cache")
	ui.Keep(w, r, ui.Kept{Name: d.Name, MIME: d.MIME, At: d.AddedAt}, f)
	return nil
}

// callOptions are calls to choose from.
func callOptions(ctx context.Context, list []call.Call) (out []ui.Option) {
	for _, c := range list {
		out = append(out, ui.Option{Value: string(c.ID), Label: in(ctx, c.Title)})
	}
	return out
}

// feedHead tells readers of feeds where the feed is.
var feedHead = templ.Raw(`<link rel="alternate" type="application/atom+xml" href="/feed.atom">`)
