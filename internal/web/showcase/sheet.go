package showcase

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/zone"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/showcase"
	"transformateur/internal/territory"
	"transformateur/internal/web/ui"
)

// maxSent bounds a request that carries a file, in bytes: above what is taken in, so that a
// file too big gets an answer and not a cut connection. inMemory is how much of it waits in
// memory, the rest in a temporary file.
const (
	maxSent  = showcase.MaxFile + 8<<20
	inMemory = 4 << 20
)

func projectID(id string) project.ID { return project.ID(id) }

func editionNamed(r *http.Request) programme.EditionID {
	return programme.EditionID(r.PathValue("edition"))
}

func version(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64) // anything else is an old version
	return n
}

// desk is the sheet of a project as a page shows it: what is typed stands in it even when
// it was refused.
type desk struct {
	showcase.Desk
	base     string
	problems ui.Problems // of the sheet
	refused  ui.Problems // of what whoever clears was doing, or of a picture
	remark   string
	caption  showcase.Caption
}

func (h *Handler) desk(r *http.Request) (v desk, err error) {
	v.base = h.BaseURL
	v.Desk, err = h.Showcase.Read(r.Context(), ui.User(r), projectOf(r))
	return v, err
}

func (h *Handler) sheet(w http.ResponseWriter, r *http.Request) error {
	v, err := h.desk(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, sheetPage(v))
}

// typed is what was written on a sheet; boxes are read of an owner's form alone.
func typed(r *http.Request) showcase.Written {
	w := showcase.Written{Version: version(r), Values: map[showcase.Name]string{}}
	if r.PostFormValue("owns") == "yes" {
		w.Agreed = map[showcase.Name]bool{}
	}
	for _, f := range showcase.Fields {
		if f.Kind != showcase.Alone {
			w.Values[f.Name] = r.PostFormValue(string(f.Name))
		}
		if w.Agreed != nil && r.PostFormValue("agree_"+string(f.Name)) == "yes" {
			w.Agreed[f.Name] = true
		}
	}
	return w
}

func (h *Handler) save(w http.ResponseWriter, r *http.Request) error {
	ctx, in := r.Context(), typed(r)
	err := h.Showcase.Save(ctx, ui.User(r), projectOf(r), in)
	if err == nil {
		return ui.Done(w, r, sheetURL(projectOf(r)), "showcase.saved_done")
	}
	problems, show := ui.Again(ctx, err)
	if !show {
		return err
	}
	v, missing := h.desk(r)
	if missing != nil {
		return missing
	}
	v.problems = problems
	for i, f := range v.Fields {
		v.Fields[i].Value = in.Values[f.Name]
		if in.Agreed != nil {
			v.Fields[i].Agreed = in.Agreed[f.Name]
		}
	}
	return ui.Render(w, r, ui.StatusOf(err), sheetPage(v))
}

// acts ends an act on a sheet: what was refused is said where the act is.
func (h *Handler) acts(w http.ResponseWriter, r *http.Request, err error, done string) error {
	if err == nil {
		return ui.Done(w, r, sheetURL(projectOf(r)), done)
	}
	problems, show := ui.Again(r.Context(), err)
	if !show {
		return err
	}
	v, missing := h.desk(r)
	if missing != nil {
		return missing
	}
	v.refused, v.remark = problems, r.PostFormValue("remark")
	v.caption = showcase.Caption{Alt: r.PostFormValue("alt"), Credit: r.PostFormValue("credit")}
	return ui.Render(w, r, ui.StatusOf(err), sheetPage(v))
}

func (h *Handler) propose(w http.ResponseWriter, r *http.Request) error {
	return h.acts(w, r, h.Showcase.Propose(r.Context(), ui.User(r), projectOf(r), version(r)), "showcase.proposed_done")
}

func (h *Handler) withdraw(w http.ResponseWriter, r *http.Request) error {
	return h.acts(w, r, h.Showcase.Withdraw(r.Context(), ui.User(r), projectOf(r)), "showcase.withdrawn_done")
}

func (h *Handler) ask(w http.ResponseWriter, r *http.Request) error {
	return h.acts(w, r, h.Showcase.Ask(r.Context(), ui.User(r), projectOf(r)), "showcase.asked_done")
}

func (h *Handler) sendBack(w http.ResponseWriter, r *http.Request) error {
	return h.acts(w, r, h.Showcase.SendBack(r.Context(), ui.User(r), projectOf(r), version(r), r.PostFormValue("remark")), "showcase.sent_back_done")
}

func (h *Handler) clear(w http.ResponseWriter, r *http.Request) error {
	return h.acts(w, r, h.Showcase.Clear(r.Context(), ui.User(r), projectOf(r), version(r)), "showcase.cleared_done")
}

func (h *Handler) publish(w http.ResponseWriter, r *http.Request) error {
	return h.acts(w, r, h.Showcase.Publish(r.Context(), ui.User(r), projectOf(r), version(r)), "showcase.published_done")
}

// received reads a form that carries a file; close when done.
func received(w http.ResponseWriter, r *http.Request) (sent showcase.Sent, done func(), err error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxSent)
	if err := r.ParseMultipartForm(inMemory); err != nil {
		if _, big := err.(*http.MaxBytesError); big {
			return sent, func() {}, errs.New(errs.Invalid, "showcase.file_big", showcase.MaxFile>>20).Because(err)
		}
		return sent, func() {}, nil // a form without a file
	}
	done = func() { r.MultipartForm.RemoveAll() }
	file, head, err := r.FormFile("file")
	if err != nil || head.Size == 0 {
		return sent, done, nil
	}
	return showcase.Sent{Name: head.Filename, Size: head.Size, File: blob.File(file)}, func() { file.Close(); r.MultipartForm.RemoveAll() }, nil
}

func captionOf(r *http.Request) showcase.Caption {
	return showcase.Caption{Alt: r.PostFormValue("alt"), Credit: r.PostFormValue("credit")}
}

func (h *Handler) addPicture(w http.ResponseWriter, r *http.Request) error {
	sent, done, err := received(w, r)
	defer done()
	if err == nil {
		err = h.Showcase.AddPicture(r.Context(), ui.User(r), projectOf(r), captionOf(r), sent)
	}
	return h.acts(w, r, err, "showcase.picture_added_done")
}

func (h *Handler) changePicture(w http.ResponseWriter, r *http.Request) error {
	err := h.Showcase.ChangePicture(r.Context(), ui.User(r), projectOf(r), r.PathValue("image"), captionOf(r), r.PostFormValue("agree") == "yes")
	return h.acts(w, r, err, "showcase.saved_done")
}

func (h *Handler) removePicture(w http.ResponseWriter, r *http.Request) error {
	return h.acts(w, r, h.Showcase.RemovePicture(r.Context(), ui.User(r), projectOf(r), r.PathValue("image")), "showcase.picture_removed_done")
}

func (h *Handler) sheetPicture(w http.ResponseWriter, r *http.Request) error {
	f, err := h.Showcase.OpenPicture(r.Context(), ui.User(r), projectOf(r), r.PathValue("image"))
	if err != nil {
		return err
	}
	defer f.Close()
	w.Header().Set("Cache-Control", "private, no-store")
	sendPicture(w, r, f)
	return nil
}

func sendPicture(w http.ResponseWriter, r *http.Request, f io.ReadSeeker) {
	header := w.Header()
	header.Set("Content-Type", "image/jpeg")
	header.Set("Content-Disposition", "inline")
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	http.ServeContent(w, r, "", time.Time{}, f)
}

// preview shows who prepares a sheet what visitors would read of it, were it published now.
func (h *Handler) preview(w http.ResponseWriter, r *http.Request) error {
	d, err := h.desk(r)
	if err != nil {
		return err
	}
	v := told{Listed: showcase.Listed{Public: d.Agreed()}, plate: h.plate(), preview: true, now: h.Clock.Now(), picture: func(id string) string { return sheetURL(d.Project.ID, "pictures", id) }}
	if v.Title == "" {
		v.Title = i18n.T(r.Context(), "showcase.preview_untitled")
	}
	return ui.Render(w, r, http.StatusOK, projectPage(v))
}

// editionPart tells the page of an edition in the showcase from that of its call.
func editionPart(ctx context.Context, preview bool) string {
	if preview {
		return i18n.T(ctx, "showcase.preview")
	}
	return i18n.T(ctx, "showcase.title")
}

func shown(list []showcase.Picture) (out []showcase.Shown) {
	for _, p := range list {
		out = append(out, p.Shown)
	}
	return out
}

// state says where a sheet stands, in words and in a tone.
func (v desk) state(ctx context.Context) (ui.Tone, string) {
	switch {
	case v.Public != nil && v.State == showcase.Published && v.Hidden:
		return ui.Info, i18n.T(ctx, "showcase.state_hidden")
	case v.State == showcase.Published:
		return ui.Success, i18n.T(ctx, "showcase.state_published")
	case v.Public != nil && v.State == showcase.Proposed:
		return ui.Info, i18n.T(ctx, "showcase.state_changed_proposed")
	case v.Public != nil:
		return ui.Info, i18n.T(ctx, "showcase.state_changed")
	case v.State == showcase.Proposed:
		return ui.Info, i18n.T(ctx, "showcase.state_proposed")
	case v.State == showcase.Cleared:
		return ui.Success, i18n.T(ctx, "showcase.state_cleared")
	case v.State == showcase.Withdrawn:
		return ui.Warning, i18n.T(ctx, "showcase.state_withdrawn")
	}
	return ui.Info, i18n.T(ctx, "showcase.state_draft")
}

// published is when it first was, in words.
func (v desk) published(ctx context.Context) string {
	return ui.Day(ctx, v.PublishedAt.In(zone.Location(zone.Default)))
}

// regionChoice lists the regions by name.
func regionChoice(ctx context.Context, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}, Empty: i18n.T(ctx, "showcase.no_region")}
	for _, p := range territory.Regions() {
		c.Options = append(c.Options, ui.Option{Value: p.Code, Label: p.Name})
	}
	slices.SortFunc(c.Options, func(a, b ui.Option) int { return compareFolded(a.Label, b.Label) })
	return c
}

// field is what surrounds a control of the sheet.
func (v desk) field(ctx context.Context, f showcase.Said) ui.Field {
	out := ui.Field{Name: string(f.Name), Label: i18n.T(ctx, "showcase.field_"+string(f.Name)), Hint: i18n.T(ctx, "showcase.hint_"+string(f.Name)), Error: v.problems.At(string(f.Name)), Optional: f.Name != showcase.Title && f.Name != showcase.Sentence}
	if f.Max > 0 {
		out.Limit = ui.Limit{Max: f.Max, Unit: ui.Characters, Used: len([]rune(f.Value))}
	}
	return out
}

func (v desk) box(ctx context.Context, f showcase.Said) ui.Field {
	name := "agree_" + string(f.Name)
	out := ui.Field{Name: name, Label: i18n.T(ctx, "showcase.agree_field", i18n.T(ctx, "showcase.field_"+string(f.Name))), Error: v.problems.At(name), Optional: true}
	if out.Error == "" {
		out.Error = v.refused.At(name)
	}
	if f.Kind == showcase.Alone {
		out.Label, out.Hint = i18n.T(ctx, "showcase.field_reuse"), i18n.T(ctx, "showcase.hint_reuse")
	}
	return out
}

// shownPart tells the public sheet of a project from the page of those who carry it.
func shownPart(ctx context.Context, preview bool) string {
	if preview {
		return i18n.T(ctx, "showcase.preview")
	}
	return i18n.T(ctx, "showcase.title")
}
