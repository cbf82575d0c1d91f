package showcase

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/programme"
	"transformateur/internal/showcase"
	"transformateur/internal/web/ui"
)

func compareFolded(a, b string) int { return cmp.Compare(text.Fold(a), text.Fold(b)) }

// own gives a field an id of its own, where several forms of a page have one of its name.
func own(f ui.Field, id string) ui.Field {
	f.Attrs = map[string]any{"id": ui.FieldID(f.Name) + "-" + id}
	return f
}

// said is the text of a field to who does not write it.
func saidOf(f showcase.Said) string {
	if f.Kind == showcase.Place {
		return regionName(f.Value)
	}
	return f.Value
}

func (v desk) pairs(ctx context.Context) (rows []ui.Pair) {
	for _, f := range v.Fields {
		rows = append(rows, ui.Pair{Term: i18n.T(ctx, "showcase.field_"+string(f.Name)), Detail: said(f)})
	}
	return rows
}

// backstage is the page where an edition is prepared for the showcase.
type backstage struct {
	showcase.Backstage
	opens    string // as it is typed, in the zone of the edition
	caption  showcase.Caption
	problems ui.Problems
	now      time.Time
}

// localLayout is how a local time is written in a form.
const localLayout = "2006-01-02T15:04"

func (h *Handler) stage(r *http.Request) (v backstage, err error) {
	v.now = h.Clock.Now()
	if v.Backstage, err = h.Showcase.Backstage(r.Context(), ui.User(r), editionOf(r)); err == nil && !v.OpensAt.IsZero() {
		v.opens = v.OpensAt.In(v.Edition.Location()).Format(localLayout)
	}
	return v, err
}

func (h *Handler) backstage(w http.ResponseWriter, r *http.Request) error {
	v, err := h.stage(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, backstagePage(v))
}

// staged ends an act on the page of an edition; again puts what was typed back.
func (h *Handler) staged(w http.ResponseWriter, r *http.Request, err error, again func(v *backstage)) error {
	if err == nil {
		return ui.Done(w, r, backURL(editionOf(r)), "showcase.page_saved_done")
	}
	problems, show := ui.Again(r.Context(), err)
	if !show {
		return err
	}
	v, missing := h.stage(r)
	if missing != nil {
		return missing
	}
	v.problems = problems
	again(&v)
	return ui.Render(w, r, ui.StatusOf(err), backstagePage(v))
}

func (h *Handler) write(w http.ResponseWriter, r *http.Request) error {
	in := showcase.Room{About: programme.Words{FR: r.PostFormValue("about_fr"), EN: r.PostFormValue("about_en")},
		Video: showcase.Link{Label: r.PostFormValue("video_label"), URL: r.PostFormValue("video_url")}, Figures: r.PostForm["figures"], Version: version(r)}
	err := h.Showcase.Write(r.Context(), ui.User(r), editionOf(r), in)
	return h.staged(w, r, err, func(v *backstage) {
		in.Version = v.Page.Version
		v.Room = in
	})
}

func (h *Handler) opening(w http.ResponseWriter, r *http.Request) error {
	ctx, typed := r.Context(), r.PostFormValue("opens")
	v, err := h.stage(r)
	if err != nil {
		return err
	}
	o := showcase.Opening{Version: version(r)}
	if r.PostFormValue("do") == "hide" {
		typed = ""
	} else if o.At, err = zone.Resolve(typed, v.Edition.Zone); err != nil {
		v.problems, v.opens = ui.Problems{{Path: "opens", Text: i18n.T(ctx, "showcase.opens_wrong")}}, typed
		return ui.Render(w, r, http.StatusUnprocessableEntity, backstagePage(v))
	}
	return h.staged(w, r, h.Showcase.Dates(ctx, ui.User(r), editionOf(r), o), func(v *backstage) { v.opens = typed })
}

func (h *Handler) previewEdition(w http.ResponseWriter, r *http.Request) error {
	e, err := h.Showcase.Preview(r.Context(), ui.User(r), editionOf(r))
	if err != nil {
		return err
	}
	v := whole{Whole: e, plate: h.plate(), now: h.Clock.Now(), picture: func(id string) string { return backURL(e.ID, "pictures", id) }}
	if v.more, err = h.more(r.Context(), e); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, editionPage(v))
}

func (h *Handler) addEditionPicture(w http.ResponseWriter, r *http.Request) error {
	sent, done, err := received(w, r)
	defer done()
	if err == nil {
		err = h.Showcase.AddEditionPicture(r.Context(), ui.User(r), editionOf(r), captionOf(r), sent)
	}
	return h.staged(w, r, err, func(v *backstage) { v.caption = captionOf(r) })
}

func (h *Handler) removeEditionPicture(w http.ResponseWriter, r *http.Request) error {
	err := h.Showcase.RemoveEditionPicture(r.Context(), ui.User(r), editionOf(r), r.PathValue("image"))
	return h.staged(w, r, err, func(*backstage) {})
}

func (h *Handler) editionPicture(w http.ResponseWriter, r *http.Request) error {
	f, err := h.Showcase.OpenEditionPicture(r.Context(), ui.User(r), editionOf(r), r.PathValue("image"))
	if err != nil {
		return err
	}
	defer f.Close()
	w.Header().Set("Cache-Control", "private, no-store")
	sendPicture(w, r, f)
	return nil
}

// embargo says when visitors see the edition.
func (v backstage) embargo(ctx context.Context) (ui.Tone, string) {
	switch {
	case v.OpensAt.IsZero():
		return ui.Info, i18n.T(ctx, "showcase.embargo_none")
	case v.now.Before(v.OpensAt):
		return ui.Info, i18n.T(ctx, "showcase.embargo_until", ui.Instant(ctx, v.OpensAt.In(v.Edition.Location())))
	}
	return ui.Success, i18n.T(ctx, "showcase.embargo_over", ui.Instant(ctx, v.OpensAt.In(v.Edition.Location())))
}

// countable are the figures that the page may show. What each is now is not said: who writes
// the page does not count the files.
func (v backstage) countable(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: v.Figures}
	for _, f := range v.Counts {
		c.Options = append(c.Options, ui.Option{Value: f.Name, Label: i18n.T(ctx, "showcase.count_"+f.Name)})
	}
	return c
}

// rowState says where a sheet of the list stands.
func rowState(ctx context.Context, w showcase.Row) string {
	switch {
	case w.State == "" && w.AskedAt.IsZero():
		return i18n.T(ctx, "showcase.row_none")
	case w.State == showcase.Draft && w.Public:
		return i18n.T(ctx, "showcase.row_changed")
	}
	return i18n.T(ctx, "showcase.row_"+string(w.State))
}
