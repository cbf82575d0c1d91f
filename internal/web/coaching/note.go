package coaching

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"sync"

	"transformateur/internal/agenda/note"
	"transformateur/internal/application"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/review/sheet"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/autosave"
	"transformateur/internal/web/ui/formview"
)

// maxForm bounds what a page may send, in bytes.
const maxForm = 1 << 20

// texts is the form of a note: its two texts.
var texts = sync.OnceValue(func() *form.Compiled {
	said := func(key string) form.Localised {
		return form.Localised{"fr": i18n.Say(i18n.FR, key), "en": i18n.Say(i18n.EN, key)}
	}
	one := func(id string) form.Field {
		return form.Field{ID: id, Type: "longtext", Label: said("coaching.field_" + id), Help: said("coaching.field_" + id + "_hint"), Settings: form.Settings{MaxChars: note.MaxText}}
	}
	f := &form.Form{Version: form.Version, Steps: []form.Step{{ID: "note", Title: said("coaching.texts"), Fields: []form.Field{one(note.Shared), one(note.Private)}}}}
	c, err := f.Compile()
	if err != nil {
		panic(err) // the form is ours
	}
	return c
})

func placeOf(r *http.Request) note.Place {
	return note.Place{Gathering: idOf(r), Project: projectOf(r), Sitting: r.PathValue("sitting")}
}

// sheetView is the page of a note.
type sheetView struct {
	note.Sheet
	place   note.Place
	refused map[string]string
}

func (v sheetView) url() string {
	return at(v.place.Gathering, string(v.place.Project), "notes", v.place.Sitting)
}

// device names what waits on a device: somebody else who takes it finds nothing of hers
// in her own note.
func (v sheetView) device() string {
	return "note-" + v.Seat + "-" + string(v.place.Project) + "-" + v.place.Sitting
}

// when says to which slot the note belongs.
func (v sheetView) when(ctx context.Context) string {
	if v.Slot.Day == "" {
		return i18n.T(ctx, "coaching.outside")
	}
	return i18n.T(ctx, "coaching.slot", dayOf(ctx, v.Gathering, v.Slot.Day), v.Slot.From.Clock(), v.Slot.To.Clock())
}

func (v sheetView) view(ctx context.Context) formview.View {
	versions := map[string]int64{}
	for field, a := range v.Answers {
		versions[field] = a.Version
	}
	values, sp := sheet.Values(v.Answers), speech(ctx)
	f := formview.View{Form: texts(), State: texts().Evaluate(values, form.Env{}), Answers: values, Versions: versions, Bare: true, Problems: len(v.refused) > 0, Refused: v.refused,
		StepURL: func(string) string { return v.url() }, Conflict: map[string]formview.Conflict{}}
	for _, k := range v.Variants {
		if field := texts().Form.Field(k.Field); field != nil {
			now := v.Answers[k.Field]
			f.Conflict[k.Field] = formview.Conflict{Variant: k.ID, Mine: field.Plain(k.Value, sp), Theirs: field.Plain(now.Value, sp), Author: i18n.T(ctx, "reviews.yourself"), At: ui.Local(now.SavedAt, v.Zone), Version: now.Version}
		}
	}
	return f
}

func speech(ctx context.Context) form.Speech {
	return form.Speech{Lang: string(i18n.From(ctx)), Say: func(key string, args ...any) string { return i18n.T(ctx, key, args...) }}
}

func (h *Handler) sheet(r *http.Request) (v sheetView, err error) {
	v.place = placeOf(r)
	v.Sheet, err = h.Notes.Open(r.Context(), ui.User(r), v.place)
	return v, err
}

func (h *Handler) note(w http.ResponseWriter, r *http.Request) error {
	v, err := h.sheet(r)
	if err != nil {
		return err
	}
	q, view := r.URL.Query(), v.view(r.Context())
	switch {
	case q.Get("field") != "":
		return ui.Render(w, r, http.StatusOK, formview.Question(view, q.Get("field")))
	case q.Get("outline") != "":
		view.StepID = q.Get("outline")
		return ui.Render(w, r, http.StatusOK, formview.Progress(view))
	case q.Get("step") != "":
		view.StepID = q.Get("step")
		return ui.Render(w, r, http.StatusOK, formview.Step(view))
	}
	return ui.Render(w, r, http.StatusOK, notePage(v))
}

// again shows the note once more, with what was wrong.
func (h *Handler) again(w http.ResponseWriter, r *http.Request, status int, refused []errs.Field) error {
	v, err := h.sheet(r)
	if err != nil {
		return err
	}
	v.refused = autosave.Said(r.Context(), refused)
	return ui.Render(w, r, status, notePage(v))
}

// savePage receives both texts from a page without script, or a choice between two.
func (h *Handler) savePage(w http.ResponseWriter, r *http.Request) error {
	if _, err := h.sheet(r); err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseMultipartForm(maxForm); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return errs.New(errs.Invalid, "applications.unreadable").Because(err)
	}
	if act := formview.ReadAct(r.PostForm.Get("do")); act.Name == "resolve" {
		return h.resolve(w, r, act.Field())
	}
	edits, refused := autosave.Posted[application.Edit](texts().Form, r.PostForm)
	saved, err := h.Notes.Save(r.Context(), ui.User(r), placeOf(r), edits)
	if err != nil {
		return err
	}
	switch refused = append(refused, saved.Refused...); {
	case len(saved.Conflicts) > 0:
		return h.again(w, r, http.StatusConflict, refused)
	case len(refused) > 0:
		return h.again(w, r, http.StatusUnprocessableEntity, refused)
	}
	return ui.Done(w, r, at(idOf(r), string(projectOf(r))), "coaching.saved")
}

// resolve settles two texts, from a page without script.
func (h *Handler) resolve(w http.ResponseWriter, r *http.Request, field string) error {
	get := func(name string) string { return r.PostForm.Get("c." + field + name) }
	base, err := strconv.ParseInt(get(".version"), 10, 64)
	if err != nil {
		return errs.New(errs.Invalid, "application.choice_unknown")
	}
	c := sheet.Choice{Variant: get(".variant"), Keep: get(""), Base: base}
	if question := texts().Form.Field(field); question != nil && c.Keep == application.KeepBoth {
		value, bad := question.DecodeHTML(url.Values{"f." + field: {get(".text")}})
		if len(bad) > 0 {
			return errs.NewInvalid("application.invalid", bad)
		}
		c.Merged = value
	}
	err = h.Notes.Settle(r.Context(), ui.User(r), placeOf(r), c)
	if key := errs.KeyOf(err); key == "application.field_changed" || key == "application.choice_unknown" {
		return h.again(w, r, http.StatusConflict, []errs.Field{{Path: field, Key: key}})
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, sheetView{place: placeOf(r)}.url(), "coaching.saved")
}

// autosave keeps texts as they are typed.
func (h *Handler) autosave(w http.ResponseWriter, r *http.Request) error {
	ctx, by, at := r.Context(), ui.User(r), placeOf(r)
	sent, out, unreadable := autosave.Receive(w, r, maxForm)
	if _, err := h.Notes.Open(ctx, by, at); err != nil {
		return err
	}
	if unreadable != nil {
		return unreadable
	}
	edits, refused := autosave.Typed[application.Edit](texts().Form, sent)
	saved, err := h.Notes.Save(ctx, by, at, edits)
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
	out.Refuse(ctx, append(refused, saved.Refused...)...)
	out.Keep(saved.Versions)
	for _, c := range saved.Conflicts {
		out.Conflicts = append(out.Conflicts, autosave.Conflict{Field: c.Field, Variant: c.Variant, Theirs: c.Theirs.Value, TheirsText: texts().Form.Field(c.Field).Plain(c.Theirs.Value, speech(ctx)),
			Author: i18n.T(ctx, "reviews.yourself"), At: c.Theirs.SavedAt, Version: c.Theirs.Version})
	}
	v, err := h.sheet(r)
	if err != nil {
		return err
	}
	out.Tell(ctx, v.view(ctx).State)
	return ui.WriteJSON(w, http.StatusOK, out)
}

// settle does what she chose between two texts; one that changed again is refused.
func (h *Handler) settle(r *http.Request, e autosave.Sent, out *autosave.Reply) error {
	ctx := r.Context()
	c := sheet.Choice{Variant: e.Settles, Keep: e.Choice, Base: e.Base}
	if field := texts().Form.Field(e.Field); field != nil && e.Choice == application.KeepBoth {
		value, bad := field.Decode(e.Value)
		if len(bad) > 0 {
			return errs.NewInvalid("application.invalid", bad)
		}
		c.Merged = value
	}
	err := h.Notes.Settle(ctx, ui.User(r), placeOf(r), c)
	if errs.KeyOf(err) == "application.field_changed" {
		out.Refuse(ctx, errs.Field{Path: e.Field, Key: "application.field_changed"})
		return nil
	}
	if err != nil {
		return err
	}
	v, err := h.sheet(r)
	if err != nil {
		return err
	}
	out.Keep(map[string]int64{e.Field: v.Answers[e.Field].Version})
	return nil
}
