package opinions

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/review/opinion"
	"transformateur/internal/web/ui"
)

func (h *Handler) list(w http.ResponseWriter, r *http.Request) error {
	f, err := h.Opinions.Follow(r.Context(), ui.User(r), selectionID(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, listPage(f))
}

// inquiry is the form that asks, as it was typed.
type inquiry struct {
	opinion.Asking
	opinion.Request
	organisation, more string // as typed
	checked            bool
	ties               []committee.Cause
	problems           ui.Problems
}

// inquiry reads the form; it is empty before it is typed.
func (h *Handler) inquiry(r *http.Request) (v inquiry, err error) {
	ctx := r.Context()
	if v.Asking, err = h.Opinions.Asking(ctx, ui.User(r), selectionID(r)); err != nil {
		return v, err
	}
	v.organisation, v.more = r.PostFormValue("organisation"), r.PostFormValue("more")
	v.Request = opinion.Request{File: application.ID(r.FormValue("file")), Email: r.PostFormValue("email"), Name: r.PostFormValue("name"), Question: r.PostFormValue("question"), More: strings.Split(v.more, "\n"),
		Criteria: r.PostForm["criteria"], Attached: r.PostFormValue("attached") != "answers", Due: r.PostFormValue("due"), Lang: r.PostFormValue("lang"), Message: r.PostFormValue("message"),
		Heading: form.Localised{"fr": i18n.Say(i18n.FR, "opinions.heading"), "en": i18n.Say(i18n.EN, "opinions.heading")}}
	if v.Lang == "" {
		v.Lang = string(i18n.From(ctx))
	}
	lang := i18n.Parse(v.Lang)
	v.What = i18n.Say(lang, "opinions.what", v.Selection.Call.Title.In(string(lang)))
	return v, nil
}

func (h *Handler) asking(w http.ResponseWriter, r *http.Request) error {
	v, err := h.inquiry(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, askPage(v))
}

// ask checks, or sends: the button that was pressed says which.
func (h *Handler) ask(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	v, err := h.inquiry(r)
	if err != nil {
		return err
	}
	v.House, err = h.Accounts.FindOrganisation(ctx, by, "organisation", v.organisation)
	if err == nil && r.PostFormValue("act") == "check" {
		v.ties, err = h.Opinions.Check(ctx, by, v.Selection.ID, v.Request)
		v.checked = err == nil
		if errs.Is(err, errs.NotFound) { // no file is chosen yet
			err = errs.NewInvalid("opinion.invalid", []errs.Field{{Path: "file", Key: "opinion.file_missing"}})
		}
	} else if err == nil {
		_, err = h.Opinions.Ask(ctx, by, v.Selection.ID, v.Request)
	}
	if errs.KeyOf(err) == "opinion.conflict" {
		if v.ties, err = h.Opinions.Check(ctx, by, v.Selection.ID, v.Request); err != nil {
			return err
		}
		v.checked = true
		return ui.Render(w, r, http.StatusConflict, askPage(v))
	}
	if problems, show := ui.Again(ctx, err); show {
		v.problems = problems
		return ui.Render(w, r, ui.StatusOf(err), askPage(v))
	}
	if err != nil {
		return err
	}
	if v.checked {
		return ui.Render(w, r, http.StatusOK, askPage(v))
	}
	return ui.Done(w, r, from(v.Selection.ID), "opinions.done_asked")
}

// files are those one may ask about.
func (v inquiry) files() ui.Choice {
	c := ui.Choice{Chosen: []string{string(v.File)}}
	for _, f := range v.Asking.Files {
		c.Options = append(c.Options, ui.Option{Value: string(f.ID), Label: strconv.Itoa(f.Number) + ". " + f.Title})
	}
	return c
}

// criteria are those of the grid.
func (v inquiry) criteria(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: v.Request.Criteria}
	for _, f := range v.Asking.Criteria {
		c.Options = append(c.Options, ui.Option{Value: f.ID, Label: in(ctx, f.Label)})
	}
	return c
}

// sees are what the expert may read.
func (v inquiry) sees(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: []string{"files"}, Options: []ui.Option{{Value: "files", Label: i18n.T(ctx, "opinions.sees_files")}, {Value: "answers", Label: i18n.T(ctx, "opinions.sees_answers")}}}
	if !v.Attached {
		c.Chosen = []string{"answers"}
	}
	return c
}

func (v inquiry) langs() ui.Choice {
	c := ui.Choice{Chosen: []string{v.Lang}, Side: true}
	for _, lang := range i18n.Langs {
		c.Options = append(c.Options, ui.Option{Value: string(lang), Label: i18n.Say(lang, "ui.lang_name")})
	}
	return c
}

// causes names what ties her to the file, each kind once.
func (v inquiry) causes(ctx context.Context) (list []string) {
	seen := map[committee.CauseKind]bool{}
	for _, c := range v.ties {
		if !seen[c.Kind] {
			seen[c.Kind] = true
			list = append(list, i18n.T(ctx, "committee.cause_"+string(c.Kind)))
		}
	}
	return list
}

// request is the page of one request, for who asks.
type request struct {
	of committee.Selection
	opinion.Standing
	why      string
	problems ui.Problems
}

func (h *Handler) request(r *http.Request) (v request, err error) {
	f, o, err := h.Opinions.Followed(r.Context(), ui.User(r), selectionID(r), named(r))
	v.of, v.Standing = f.Selection, o
	return v, err
}

func (h *Handler) one(w http.ResponseWriter, r *http.Request) error {
	v, err := h.request(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, requestPage(v))
}

// acted leads back to the request, or shows there why nothing was done.
func (h *Handler) acted(w http.ResponseWriter, r *http.Request, err error, said string) error {
	problems, show := ui.Again(r.Context(), err)
	if !show && err != nil {
		return err
	}
	if !show {
		return ui.Done(w, r, from(selectionID(r), string(named(r))), said)
	}
	v, missing := h.request(r)
	if missing != nil {
		return err
	}
	v.why, v.problems = r.PostFormValue("reason"), problems
	return ui.Render(w, r, ui.StatusOf(err), requestPage(v))
}

func (h *Handler) remind(w http.ResponseWriter, r *http.Request) error {
	return h.acted(w, r, h.Opinions.Remind(r.Context(), ui.User(r), selectionID(r), named(r)), "opinions.done_reminded")
}

func (h *Handler) revoke(w http.ResponseWriter, r *http.Request) error {
	return h.acted(w, r, h.Opinions.Revoke(r.Context(), ui.User(r), selectionID(r), named(r), r.PostFormValue("reason")), "opinions.done_revoked")
}

// facts are what was asked, and what became of it.
func (v request) facts(ctx context.Context) (rows []ui.Pair) {
	add := func(key, text string) {
		if text != "" {
			rows = append(rows, ui.Pair{Term: i18n.T(ctx, "opinions."+key), Text: text})
		}
	}
	add("file", strconv.Itoa(v.Number)+". "+v.Title)
	add("email", v.Email)
	add("organisation", v.Organisation)
	add("due", instant(ctx, v.of, v.DueAt))
	add("asked_on", instant(ctx, v.of, v.AskedAt))
	if !v.AnsweredAt.IsZero() {
		add("accepted_on", instant(ctx, v.of, v.AnsweredAt))
	}
	if !v.SubmittedAt.IsZero() {
		add("given_on", instant(ctx, v.of, v.SubmittedAt))
	}
	if v.Now == opinion.Declined || v.Now == opinion.Revoked {
		add("ended_because", v.because(ctx))
	}
	return rows
}

// because says why a request ended, in words.
func (v request) because(ctx context.Context) string {
	if v.Now == opinion.Revoked {
		return v.Reason
	}
	kind, words, _ := strings.Cut(v.Reason, " ")
	if kind == "" {
		return i18n.T(ctx, "opinions.reason_none")
	}
	return strings.TrimSpace(i18n.T(ctx, "opinions.reason_"+kind) + " " + words)
}
