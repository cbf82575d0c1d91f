package applications

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"

	"transformateur/internal/application"
	"transformateur/internal/form"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/autosave"
	"transformateur/internal/web/ui/formview"
)

// signIn sends a visitor to the sign-in page, then back.
var signIn = errs.New(errs.Unauthenticated, "errs.unauthenticated")

// maxForm bounds what a page without script may send besides its files, in bytes.
const maxForm = 8 << 20

// edit is one step of the file to write.
func (h *Handler) edit(w http.ResponseWriter, r *http.Request) error {
	f, err := h.Files.Open(r.Context(), ui.User(r), fileID(r))
	if err != nil {
		return err
	}
	if !may(f, "edit") {
		return ui.See(w, r, at(f.ID, ""))
	}
	v, err := h.writing(r, f)
	if err != nil {
		return err
	}
	v.StepID = r.URL.Query().Get("step")
	v.Problems = r.URL.Query().Has("check")
	return h.renderEdit(w, r, http.StatusOK, f, v)
}

func (h *Handler) renderEdit(w http.ResponseWriter, r *http.Request, status int, f application.File, v formview.View) error {
	v.StepID = visibleStep(f.State, v.StepID)
	if !v.Problems { // what was never filled in is not reproached; what is wrong is said at once
		v.Problems = len(v.Refused) > 0
	}
	comments, err := h.Files.Comments(r.Context(), ui.User(r), f.ID)
	if err != nil {
		return err
	}
	return ui.Render(w, r, status, editPage(f, v, openComments(comments), h.Clock.Now()))
}

// visibleStep is the step asked for when it is shown, else the first one.
func visibleStep(s *form.State, id string) string {
	first := ""
	for _, st := range s.Steps {
		if !st.Visible {
			continue
		}
		if st.Step.ID == id {
			return id
		}
		if first == "" {
			first = st.Step.ID
		}
	}
	return first
}

// savePage receives a step from a page without script: what it can keep it keeps,
// then it does what the pressed button asks. A stale answer is not written over:
// the page comes back with both texts.
func (h *Handler) savePage(w http.ResponseWriter, r *http.Request) error {
	ctx, user, id := r.Context(), ui.User(r), fileID(r)
	f, err := h.Files.Open(ctx, user, id)
	if err != nil {
		return err
	}
	if err := readForm(w, r); err != nil {
		return err
	}
	values := r.PostForm
	act := formview.ReadAct(values.Get("do"))
	if act.Name == "resolve" {
		return h.resolve(w, r, f, act.Field())
	}
	blank := formview.ChangeRows(values, act)
	edits, refused := autosave.Posted[application.Edit](f.Form.Form, values)
	saved, err := h.Files.Save(ctx, user, id, edits)
	if errs.KeyOf(err) == "application.not_draft" {
		return h.late(w, r, f, edits)
	}
	if err != nil {
		return err
	}
	refused = append(refused, saved.Refused...)
	if more := h.attachAll(r, f, act); more != nil {
		refused = append(refused, more...)
	}
	if act.Name == "remove-file" {
		if err := h.Files.Detach(ctx, user, id, act.File); err != nil {
			return err
		}
	}
	step := values.Get("step")
	if blank == 0 && act.Name != "search" && len(refused) == 0 && len(saved.Conflicts) == 0 {
		return h.onward(w, r, f, act, step)
	}
	return h.again(w, r, step, act, blank, refused, len(saved.Conflicts) > 0)
}

// again shows the step once more: with an empty row, places found, problems, or texts to choose between.
func (h *Handler) again(w http.ResponseWriter, r *http.Request, step string, act formview.Act, blank int, refused []errs.Field, conflict bool) error {
	f, err := h.Files.Open(r.Context(), ui.User(r), fileID(r))
	if err != nil {
		return err
	}
	v, err := h.writing(r, f)
	if err != nil {
		return err
	}
	v.StepID, v.Refused = step, autosave.Said(r.Context(), refused)
	if blank > 0 {
		v.Blank = map[string]int{act.Path: blank}
	}
	if act.Name == "search" {
		v.Found = map[string]formview.Search{act.Path: h.Places.Search(r.Context(), f.Form.Form.Field(act.Path), r.PostForm.Get("q."+act.Path))}
	}
	status := http.StatusOK
	switch {
	case conflict:
		status = http.StatusConflict
	case len(refused) > 0:
		status = http.StatusUnprocessableEntity
	}
	return h.renderEdit(w, r, status, f, v)
}

// onward leads where the pressed button says: the next or previous step, the
// deposit, or the same step.
func (h *Handler) onward(w http.ResponseWriter, r *http.Request, f application.File, act formview.Act, step string) error {
	here := at(f.ID, "edit?step="+url.QueryEscape(step))
	switch act.Name {
	case "go":
		return ui.See(w, r, at(f.ID, "edit?step="+url.QueryEscape(act.Path)))
	case "submit":
		return ui.See(w, r, at(f.ID, "submit"))
	case "add-row", "remove-row", "move-row", "upload", "remove-file":
		return ui.See(w, r, here+"#"+ui.FieldID("f."+act.Field()))
	}
	return ui.Done(w, r, here, "applications.saved_done")
}

// late shows the texts of a file that was deposited meanwhile: they are not
// written, and not lost either.
func (h *Handler) late(w http.ResponseWriter, r *http.Request, f application.File, edits []application.Edit) error {
	var kept []lateText
	sp := speech(r.Context(), h.Files.Checks(f))
	for _, e := range edits {
		field := f.Form.Form.Field(e.Field)
		if field == nil || form.Digest(f.Answers[e.Field].Value) == form.Digest(e.Value) {
			continue
		}
		kept = append(kept, lateText{field.ID, field.Label.In(sp.Lang), field.Plain(e.Value, sp)})
	}
	return ui.Render(w, r, http.StatusConflict, latePage(f, kept))
}

// lateText is an answer that came after the deposit.
type lateText struct{ ID, Label, Text string }

// resolve settles two texts of a field.
func (h *Handler) resolve(w http.ResponseWriter, r *http.Request, f application.File, field string) error {
	get := func(name string) string { return r.PostForm.Get("c." + field + name) }
	question := f.Form.Form.Field(field)
	if question == nil {
		return errs.New(errs.Invalid, "application.field_unknown")
	}
	var merged any
	if get("") == application.KeepBoth {
		value, bad := question.DecodeHTML(url.Values{"f." + field: {get(".text")}})
		if len(bad) > 0 {
			return errs.NewInvalid("application.invalid", bad)
		}
		merged = value
	}
	base, err := strconv.ParseInt(get(".version"), 10, 64)
	if err != nil {
		return errs.New(errs.Invalid, "application.choice_unknown")
	}
	step := r.PostForm.Get("step")
	err = h.Files.Settle(r.Context(), ui.User(r), f.ID, get(".variant"), get(""), merged, base)
	if errs.KeyOf(err) == "application.field_changed" || errs.KeyOf(err) == "application.choice_unknown" {
		return h.again(w, r, step, formview.Act{}, 0, []errs.Field{{Path: field, Key: errs.KeyOf(err)}}, true)
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(f.ID, "edit?step="+url.QueryEscape(step)+"#"+ui.FieldID("f."+field)), "applications.settled_done")
}

// readForm reads the whole request within bounds; files go through temporary files.
func readForm(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 120<<20)
	err := r.ParseMultipartForm(maxForm)
	var tooBig *http.MaxBytesError
	switch {
	case errors.As(err, &tooBig):
		return errs.New(errs.Invalid, "applications.too_big")
	case errors.Is(err, http.ErrNotMultipart):
		return nil // the urlencoded body was read by ParseForm
	case err != nil:
		return errs.New(errs.Invalid, "applications.unreadable").Because(err)
	}
	return nil
}

// attachAll receives the files that the page sent with the step.
func (h *Handler) attachAll(r *http.Request, f application.File, _ formview.Act) (refused []errs.Field) {
	if r.MultipartForm == nil {
		return nil
	}
	defer r.MultipartForm.RemoveAll()
	for _, field := range f.Form.Form.Fields() {
		for _, header := range r.MultipartForm.File["file."+field.ID] {
			if err := h.attachOne(r, f.ID, field.ID, header); err != nil {
				if bad, ok := ui.FieldsOf(err); ok {
					refused = append(refused, bad...)
					continue
				}
				refused = append(refused, errs.Field{Path: field.ID, Key: keyOr(err, "applications.file_failed")})
			}
		}
	}
	return refused
}

func (h *Handler) attachOne(r *http.Request, id application.ID, field string, header *multipart.FileHeader) error {
	file, err := header.Open()
	if err != nil {
		return fmt.Errorf("open the sent file: %w", err)
	}
	defer file.Close()
	_, err = h.Files.Attach(r.Context(), ui.User(r), id, field, header.Filename, io.Reader(file))
	return err
}

func keyOr(err error, otherwise string) string {
	if key := errs.KeyOf(err); key != "" {
		return key
	}
	return otherwise
}

func openComments(list []application.Comment) map[string]int {
	out := map[string]int{}
	for _, c := range list {
		if c.SettledAt.IsZero() {
			out[c.Field]++
		}
	}
	return out
}
