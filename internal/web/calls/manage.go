package calls

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/call"
	"transformateur/internal/continuity"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/screening"
	"transformateur/internal/web/ui"
)

// board is where a call is steered.
type board struct {
	Call      call.Call
	Rights    call.Rights
	Lacks     []check
	Ready     bool
	Tally     screening.Tally
	Moves     []call.Postponement
	Questions []call.Question
	Drafts    []continuity.Draft // extensions prepared after an outage
	Now       time.Time
	Notice    string
	Problems  []ui.FieldError
	Reply     call.Reply // an answer that came back
}

// check is one line of the preparation: a part of the call, and what it lacks.
type check struct {
	Name, URL string // message key, address
	Lacks     []string
}

func (h *Handler) board(r *http.Request) (b board, err error) {
	ctx, by := r.Context(), ui.User(r)
	b = board{Now: h.Clock.Now(), Notice: notice(r)}
	if b.Call, err = h.Calls.Follow(ctx, by, id(r)); err != nil {
		return b, err
	}
	if b.Rights, err = h.Calls.Rights(ctx, by, b.Call); err != nil {
		return b, err
	}
	lacks, err := h.Calls.Lacks(ctx, by, b.Call.ID)
	if err != nil {
		return b, err
	}
	b.Ready = b.Call.Status == call.Draft && len(lacks) == 0
	b.Lacks = checklist(ctx, b.Call, lacks)
	if b.Tally, err = h.Screening.Tally(ctx, by, b.Call.ID); err != nil {
		return b, err
	}
	if b.Moves, err = h.Calls.Postponements(ctx, by, b.Call.ID); err != nil {
		return b, err
	}
	if b.Drafts, err = h.Continuity.Drafts(ctx, by, b.Call.ID); err != nil {
		return b, err
	}
	b.Questions, err = h.Calls.Questions(ctx, by, b.Call.ID)
	return b, err
}

// checklist sorts what a call lacks under the parts where it is mended.
func checklist(ctx context.Context, c call.Call, lacks []errs.Field) []check {
	edit := link(c.ID, "edit")
	list := []check{{Name: "calls.section_text", URL: edit + "#section-text"}, {Name: "calls.section_dates", URL: edit + "#section-dates"},
		{Name: "calls.section_legal", URL: edit + "#section-legal"}, {Name: "calls.form_title", URL: link(c.ID, "form")}}
	legal, formFaults := 0, 0
	for _, f := range lacks {
		switch {
		case strings.HasPrefix(f.Path, "legal."):
			legal++
			list[2].Lacks = append(list[2].Lacks, i18n.T(ctx, "calls."+strings.ReplaceAll(f.Path, ".", "_")))
		case f.Path == "form":
			list[3].Lacks = append(list[3].Lacks, i18n.T(ctx, f.Key))
		case strings.HasPrefix(f.Path, "form."):
			formFaults++
		case strings.HasPrefix(f.Path, "title") || strings.HasPrefix(f.Path, "text"):
			list[0].Lacks = append(list[0].Lacks, i18n.T(ctx, f.Key, f.Args...))
		default:
			list[1].Lacks = append(list[1].Lacks, i18n.T(ctx, f.Key, f.Args...))
		}
	}
	if formFaults > 0 {
		list[3].Lacks = append(list[3].Lacks, i18n.N(ctx, "calls.faults", formFaults))
	}
	return list
}

// manage is the page where a call is steered.
func (h *Handler) manage(w http.ResponseWriter, r *http.Request) error {
	b, err := h.board(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, managePage(b))
}

// publish opens the call to the public.
func (h *Handler) publish(w http.ResponseWriter, r *http.Request) error {
	_, err := h.Calls.Publish(r.Context(), ui.User(r), id(r))
	if _, ok := ui.FieldsOf(err); ok {
		b, err := h.board(r)
		if err != nil {
			return err
		}
		b.Problems = []ui.FieldError{{Text: i18n.T(r.Context(), "call.not_ready")}}
		return ui.Render(w, r, http.StatusUnprocessableEntity, managePage(b))
	}
	if err != nil {
		return err
	}
	return ui.See(w, r, link(id(r), "manage")+"?done=published")
}

// archive puts a closed call away.
func (h *Handler) archive(w http.ResponseWriter, r *http.Request) error {
	if _, err := h.Calls.Archive(r.Context(), ui.User(r), id(r)); err != nil {
		return err
	}
	return ui.See(w, r, link(id(r), "manage")+"?done=archived")
}

// answer answers a question of the public.
func (h *Handler) answer(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.New(errs.Invalid, "errs.invalid")
	}
	base, err := strconv.ParseInt(r.PostForm.Get("base"), 10, 64)
	if err != nil {
		return errs.New(errs.Invalid, "errs.invalid")
	}
	reply := call.Reply{Question: r.PathValue("question"), Text: r.PostForm.Get("answer"), Public: r.PostForm.Get("public") == "yes", Base: base}
	ctx := r.Context()
	_, err = h.Calls.Answer(ctx, ui.User(r), id(r), reply)
	stale := errs.KeyOf(err) == "call.answered_meanwhile"
	if fields, ok := ui.FieldsOf(err); ok || stale {
		b, err := h.board(r)
		if err != nil {
			return err
		}
		b.Reply, b.Problems = reply, say(ctx, "", fields)
		for i := range b.Problems {
			b.Problems[i].Path = "answer-" + reply.Question
		}
		status := http.StatusUnprocessableEntity
		if stale {
			status = http.StatusConflict
			b.Problems = []ui.FieldError{{Path: "answer-" + reply.Question, Text: i18n.T(ctx, "call.answered_meanwhile")}}
		}
		return ui.Render(w, r, status, managePage(b))
	}
	if err != nil {
		return err
	}
	return ui.See(w, r, link(id(r), "manage")+"?done=answered#question-"+reply.Question)
}

// postpone is the page that moves a deadline: first what it would do, then the act.
type postpone struct {
	Call          call.Call
	Typed, Reason string
	To            time.Time // valid, ready to be confirmed; zero before
	Tally         screening.Tally
	Moves         []call.Postponement
	Problems      []ui.FieldError
	Now           time.Time
}

func (h *Handler) postpone(r *http.Request) (p postpone, err error) {
	ctx, by := r.Context(), ui.User(r)
	p.Now = h.Clock.Now()
	if p.Call, err = h.Calls.Steer(ctx, by, id(r)); err != nil {
		return p, err
	}
	if p.Tally, err = h.Screening.Tally(ctx, by, p.Call.ID); err != nil {
		return p, err
	}
	p.Moves, err = h.Calls.Postponements(ctx, by, p.Call.ID)
	return p, err
}

// extension shows how to move the deadline, and with ?to= what the move would do.
func (h *Handler) extension(w http.ResponseWriter, r *http.Request) error {
	p, err := h.postpone(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	p.Typed, p.Reason = q.Get("closes_at"), strings.TrimSpace(q.Get("reason"))
	if !q.Has("closes_at") {
		p.Typed = p.Call.Dates().ClosesAt
		return ui.Render(w, r, http.StatusOK, extendPage(p))
	}
	_, to, err := h.Calls.Extension(r.Context(), ui.User(r), p.Call.ID, p.Typed, p.Reason)
	if fields, ok := ui.FieldsOf(err); ok {
		p.Problems = say(r.Context(), p.Call.Zone, fields)
		return ui.Render(w, r, http.StatusUnprocessableEntity, extendPage(p))
	}
	if err != nil {
		return err
	}
	p.To = to
	return ui.Render(w, r, http.StatusOK, extendPage(p))
}

// extend moves the deadline.
func (h *Handler) extend(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.New(errs.Invalid, "errs.invalid")
	}
	typed, reason := r.PostForm.Get("closes_at"), strings.TrimSpace(r.PostForm.Get("reason"))
	_, err := h.Calls.ExtendTo(r.Context(), ui.User(r), id(r), typed, reason)
	if fields, ok := ui.FieldsOf(err); ok {
		p, err := h.postpone(r)
		if err != nil {
			return err
		}
		p.Typed, p.Reason, p.Problems = typed, reason, say(r.Context(), p.Call.Zone, fields)
		return ui.Render(w, r, http.StatusUnprocessableEntity, extendPage(p))
	}
	if err != nil {
		return err
	}
	return ui.See(w, r, link(id(r), "manage")+"?done=extended")
}

// birth is the page that opens a call.
type birth struct {
	Edition, Name string
	Title         form.Localised
	Problems      []ui.FieldError
}

// fresh asks for the title of a new call.
func (h *Handler) fresh(w http.ResponseWriter, r *http.Request) error {
	edition := r.URL.Query().Get("edition")
	if _, err := h.Calls.Opening(r.Context(), ui.User(r), edition); err != nil {
		return err
	}
	return h.showFresh(w, r, http.StatusOK, birth{Edition: edition})
}

func (h *Handler) showFresh(w http.ResponseWriter, r *http.Request, status int, n birth) error {
	e, err := h.edition(r, n.Edition)
	if err != nil {
		return err
	}
	n.Name = e.Name
	return ui.Render(w, r, status, freshPage(n))
}

// create opens a draft call in an edition.
func (h *Handler) create(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.New(errs.Invalid, "errs.invalid")
	}
	n := birth{Edition: r.PostForm.Get("edition"), Title: pair(r.PostForm, "title")}
	c, err := h.Calls.Propose(r.Context(), ui.User(r), n.Edition, n.Title)
	if fields, ok := ui.FieldsOf(err); ok {
		n.Problems = say(r.Context(), "", fields)
		return h.showFresh(w, r, http.StatusUnprocessableEntity, n)
	}
	if err != nil {
		return err
	}
	return ui.See(w, r, link(c.ID, "manage")+"?done=created")
}
