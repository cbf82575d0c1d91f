package opinions

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"transformateur/internal/application"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/review/opinion"
	"transformateur/internal/review/sheet"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/autosave"
	"transformateur/internal/web/ui/depositview"
	"transformateur/internal/web/ui/formview"
)

// maxForm bounds what a page may send, in bytes.
const maxForm = 4 << 20

func (h *Handler) mine(w http.ResponseWriter, r *http.Request) error {
	list, err := h.Opinions.Mine(r.Context(), ui.User(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, minePage(list, h.Clock.Now()))
}

// desk is the page of who is asked.
type desk struct {
	opinion.Sheet
	problems ui.Problems
	missing  bool // say what is missing: she wanted to hand it in
	refused  map[string]string
}

func (h *Handler) desk(r *http.Request) (v desk, err error) {
	v.Sheet, err = h.Opinions.Open(r.Context(), ui.User(r), opinionID(r), string(i18n.From(r.Context())))
	return v, err
}

func (h *Handler) open(w http.ResponseWriter, r *http.Request) error {
	v, err := h.desk(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	if v.May && (q.Has("field") || q.Has("step") || q.Has("outline")) {
		return fragment(w, r, v)
	}
	return h.show(w, r, http.StatusOK, v)
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request, status int, v desk) error {
	ctx := r.Context()
	switch {
	case v.May:
		return ui.Render(w, r, status, writePage(v, depositview.Of(ctx, v.Deposit, h.Files.Checks(v.Deposit.File)), own(ctx, v), h.Clock.Now()))
	case v.Now == opinion.Asked:
		return ui.Render(w, r, status, offerPage(v))
	}
	return ui.Render(w, r, status, donePage(v))
}

// again shows the page once more, with what was wrong.
func (h *Handler) again(w http.ResponseWriter, r *http.Request, status int, with func(*desk)) error {
	v, err := h.desk(r)
	if err != nil {
		return err
	}
	with(&v)
	return h.show(w, r, status, v)
}

// fragment is one question, one step or the outline, as the server draws it now.
func fragment(w http.ResponseWriter, r *http.Request, d desk) error {
	v, q := own(r.Context(), d), r.URL.Query()
	switch {
	case q.Get("field") != "":
		return ui.Render(w, r, http.StatusOK, formview.Question(v, q.Get("field")))
	case q.Get("outline") != "":
		v.StepID = q.Get("outline")
		return ui.Render(w, r, http.StatusOK, formview.Progress(v))
	}
	v.StepID = q.Get("step")
	return ui.Render(w, r, http.StatusOK, formview.Step(v))
}

// own is what she writes, as the form's components show it.
func own(ctx context.Context, d desk) formview.View {
	versions := make(map[string]int64, len(d.Answers))
	for field, a := range d.Answers {
		versions[field] = a.Version
	}
	v := formview.View{Form: d.Form, State: d.State, Answers: sheet.Values(d.Answers), Versions: versions, ReadOnly: !d.May, Bare: true, Problems: d.missing || len(d.refused) > 0, Refused: d.refused,
		StepURL: func(string) string { return at(d.ID) }, Conflict: map[string]formview.Conflict{}}
	sp := speech(ctx)
	for _, k := range d.Variants {
		if field := d.Form.Form.Field(k.Field); field != nil {
			now := d.Answers[k.Field]
			v.Conflict[k.Field] = formview.Conflict{Variant: k.ID, Mine: field.Plain(k.Value, sp), Theirs: field.Plain(now.Value, sp),
				Author: i18n.T(ctx, "reviews.yourself"), At: ui.Local(now.SavedAt, d.Of.Call.Zone), Version: now.Version}
		}
	}
	return v
}

func speech(ctx context.Context) form.Speech {
	return form.Speech{Lang: string(i18n.From(ctx)), Say: func(key string, args ...any) string { return i18n.T(ctx, key, args...) }}
}

// accept takes the request up; a tie that was found ends it, and says so.
func (h *Handler) accept(w http.ResponseWriter, r *http.Request) error {
	ctx, by, id := r.Context(), ui.User(r), opinionID(r)
	var err error
	if r.PostFormValue("commit") != "yes" {
		err = errs.NewInvalid("committee.invalid", []errs.Field{{Path: "commit", Key: "committee.commit_missing"}})
	} else {
		err = h.Opinions.Accept(ctx, by, id, string(i18n.From(ctx)), r.PostFormValue("digest"))
	}
	if errs.KeyOf(err) == "opinion.conflict_found" {
		return ui.Done(w, r, "/opinions", "opinions.done_tied")
	}
	if problems, show := ui.Again(ctx, err); show {
		return h.again(w, r, ui.StatusOf(err), func(v *desk) { v.problems = problems })
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(id), "opinions.done_accepted")
}

func (h *Handler) decline(w http.ResponseWriter, r *http.Request) error {
	err := h.Opinions.Decline(r.Context(), ui.User(r), opinionID(r), r.PostFormValue("reason"), r.PostFormValue("words"))
	if problems, show := ui.Again(r.Context(), err); show {
		return h.again(w, r, ui.StatusOf(err), func(v *desk) { v.problems = problems })
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, "/opinions", "opinions.done_declined")
}

// savePage receives the whole form from a page without script, then does what the pressed
// button asks: keep, hand in, or choose between two texts.
func (h *Handler) savePage(w http.ResponseWriter, r *http.Request) error {
	ctx, by, id := r.Context(), ui.User(r), opinionID(r)
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseMultipartForm(maxForm); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return errs.New(errs.Invalid, "applications.unreadable").Because(err)
	}
	act := formview.ReadAct(r.PostForm.Get("do"))
	if act.Name == "resolve" {
		return h.resolve(w, r, act.Field())
	}
	var refused []errs.Field
	saved, _, err := h.Opinions.Save(ctx, by, id, func(d opinion.Sheet) (edits []application.Edit) {
		edits, refused = autosave.Posted[application.Edit](d.Form.Form, r.PostForm)
		return edits
	})
	if err != nil {
		return err
	}
	refused = append(refused, saved.Refused...)
	if len(refused) > 0 || len(saved.Conflicts) > 0 {
		status := http.StatusUnprocessableEntity
		if len(saved.Conflicts) > 0 {
			status = http.StatusConflict
		}
		return h.again(w, r, status, func(v *desk) { v.refused = autosave.Said(ctx, refused) })
	}
	if act.Name != "submit" {
		return ui.Done(w, r, at(id), "opinions.done_saved")
	}
	err = h.Opinions.Submit(ctx, by, id)
	switch {
	case errs.Is(err, errs.Invalid):
		return h.again(w, r, http.StatusUnprocessableEntity, func(v *desk) { v.missing = true })
	case errs.KeyOf(err) == "opinion.conflict_found":
		return ui.Done(w, r, "/opinions", "opinions.done_tied")
	case err != nil:
		return err
	}
	return ui.Done(w, r, at(id), "opinions.done_given")
}

// resolve settles two texts of a question, from a page without script.
func (h *Handler) resolve(w http.ResponseWriter, r *http.Request, field string) error {
	get := func(name string) string { return r.PostForm.Get("c." + field + name) }
	base, err := strconv.ParseInt(get(".version"), 10, 64)
	if err != nil {
		return errs.New(errs.Invalid, "application.choice_unknown")
	}
	v, err := h.desk(r)
	if err != nil {
		return err
	}
	c := sheet.Choice{Variant: get(".variant"), Keep: get(""), Base: base}
	if question := v.Form.Form.Field(field); question != nil && c.Keep == application.KeepBoth {
		value, bad := question.DecodeHTML(url.Values{"f." + field: {get(".text")}})
		if len(bad) > 0 {
			return errs.NewInvalid("application.invalid", bad)
		}
		c.Merged = value
	}
	err = h.Opinions.Settle(r.Context(), ui.User(r), v.ID, c)
	if key := errs.KeyOf(err); key == "application.field_changed" || key == "application.choice_unknown" {
		return h.again(w, r, http.StatusConflict, func(v *desk) {
			v.refused = autosave.Said(r.Context(), []errs.Field{{Path: field, Key: key}})
		})
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(v.ID)+"#"+ui.FieldID("f."+field), "opinions.done_saved")
}

// autosave keeps answers as they are given.
func (h *Handler) autosave(w http.ResponseWriter, r *http.Request) error {
	ctx, by, id := r.Context(), ui.User(r), opinionID(r)
	sent, out, unreadable := autosave.Receive(w, r, maxForm)
	var form *form.Form
	saved, d, err := h.Opinions.Save(ctx, by, id, func(d opinion.Sheet) []application.Edit {
		form = d.Form.Form
		if unreadable != nil {
			return nil
		}
		edits, refused := autosave.Typed[application.Edit](form, sent)
		out.Refuse(ctx, refused...)
		return edits
	})
	if err == nil {
		err = unreadable // said to who may write, and to nobody else
	}
	if err != nil {
		return err
	}
	for _, e := range sent {
		if e.Settles != "" {
			if err := h.settle(r, e, out); err != nil {
				return err
			}
		}
	}
	out.Refuse(ctx, saved.Refused...)
	out.Keep(saved.Versions)
	sp := speech(ctx)
	for _, c := range saved.Conflicts {
		out.Conflicts = append(out.Conflicts, autosave.Conflict{Field: c.Field, Variant: c.Variant, Theirs: c.Theirs.Value, TheirsText: form.Field(c.Field).Plain(c.Theirs.Value, sp),
			Author: i18n.T(ctx, "reviews.yourself"), At: c.Theirs.SavedAt, Version: c.Theirs.Version})
	}
	out.Tell(ctx, d.State)
	return ui.WriteJSON(w, http.StatusOK, out)
}

// settle does what she chose between two texts; an answer that changed again is refused.
func (h *Handler) settle(r *http.Request, e autosave.Sent, out *autosave.Reply) error {
	ctx := r.Context()
	v, err := h.desk(r)
	if err != nil {
		return err
	}
	c := sheet.Choice{Variant: e.Settles, Keep: e.Choice, Base: e.Base}
	if field := v.Form.Form.Field(e.Field); field != nil && e.Choice == application.KeepBoth {
		value, bad := field.Decode(e.Value)
		if len(bad) > 0 {
			return errs.NewInvalid("application.invalid", bad)
		}
		c.Merged = value
	}
	err = h.Opinions.Settle(ctx, ui.User(r), v.ID, c)
	if key := errs.KeyOf(err); key == "application.field_changed" {
		out.Refuse(ctx, errs.Field{Path: e.Field, Key: key})
		return nil
	}
	if err != nil {
		return err
	}
	if v, err = h.desk(r); err != nil {
		return err
	}
	out.Keep(map[string]int64{e.Field: v.Answers[e.Field].Version})
	return nil
}

// over says why nothing more can be done with a request.
func (v desk) over() string {
	if v.Now == opinion.Given {
		return ""
	}
	return "opinions.over_" + string(v.Now)
}

// facts are what is known of the request before it is taken up.
func (v desk) facts(ctx context.Context) []ui.Pair {
	sees := "opinions.sees_files"
	if !v.Attached {
		sees = "opinions.sees_answers"
	}
	return []ui.Pair{
		{Term: i18n.T(ctx, "opinions.call"), Text: in(ctx, v.Of.Call.Title)},
		{Term: i18n.T(ctx, "opinions.due"), Text: instant(ctx, v.Of, v.DueAt)},
		{Term: i18n.T(ctx, "opinions.sees"), Text: i18n.T(ctx, sees)},
	}
}

// reasons are why she may decline.
func reasons(ctx context.Context) (c ui.Choice) {
	for _, reason := range opinion.Reasons {
		c.Options = append(c.Options, ui.Option{Value: reason, Label: i18n.T(ctx, "opinions.decline_"+reason)})
	}
	return c
}
