package files

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/application"
	"transformateur/internal/form"
	"transformateur/internal/form/rule"
	"transformateur/internal/i18n"
	"transformateur/internal/intake"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/screening"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/formview"
)

// reading is what the pages of one file hold.
type reading struct {
	screening.Deposit
	filter         screening.Filter
	previous, next *screening.Item // in the list as it is filtered
	place, among   int             // in that list, from 1; 0 when the file is not in it
	labels         []screening.Label
	on             []string // the labels it bears
	messages       []application.Message
	problems       ui.Problems
	typed          url.Values
	stale          bool // another verdict came meanwhile
	origin         *intake.Origin
}

// suffix carries the filters from page to page.
func (f reading) suffix() string { return withQuery("", valuesOf(f.filter)) }

func (f reading) sees(group string) bool { return f.May["application.read"].Sees(group) }

// read opens a file for the programme's side. Somebody of the project's team is led to
// her own page, and nil is returned with no error; an act of hers is refused, since a
// page that comes back would look like one that was done.
func (h *Handler) read(w http.ResponseWriter, r *http.Request) (*reading, error) {
	ctx, by, id := r.Context(), ui.User(r), application.ID(r.PathValue("id"))
	d, err := h.Screening.Deposited(ctx, by, id)
	own := err == nil && d.Ours()
	if errs.Is(err, errs.NotFound) {
		_, closed := h.Files.Open(ctx, by, id)
		own = closed == nil
	}
	switch {
	case own && r.Method == http.MethodPost:
		return nil, errs.New(errs.Forbidden, "application.own_file")
	case own:
		return nil, ui.See(w, r, "/applications/"+string(id))
	case err != nil:
		return nil, err
	}
	f := &reading{Deposit: d, filter: filterOf(r.URL.Query())}
	if back := r.PostFormValue("back"); back != "" {
		f.filter = kept(back)
	}
	if h.Origins != nil && d.Kind == application.KindImport {
		f.origin, err = h.Origins.Origin(ctx, by, id)
	}
	return f, err
}

// around finds the file in the list, for its neighbours and its labels.
func (h *Handler) around(ctx context.Context, r *http.Request, f *reading) error {
	by := ui.User(r)
	items, err := h.Screening.List(ctx, by, f.CallID, f.filter)
	if errs.Is(err, errs.Forbidden) {
		return nil // an auditor reads files one by one
	}
	if err != nil {
		return err
	}
	f.among = len(items)
	for i := range items {
		if items[i].ID != f.ID {
			continue
		}
		f.place, f.on = i+1, items[i].Labels
		if i > 0 {
			f.previous = &items[i-1]
		}
		if i+1 < len(items) {
			f.next = &items[i+1]
		}
	}
	if f.labels, err = h.Screening.Labels(ctx, by, f.CallID); err != nil {
		return err
	}
	if f.place == 0 && len(items) > 0 { // outside the filter: its labels all the same
		all, err := h.Screening.List(ctx, by, f.CallID, screening.Filter{})
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(all, func(item screening.Item) bool { return item.ID == f.ID }); i >= 0 {
			f.on = all[i].Labels
		}
	}
	return nil
}

func (h *Handler) one(w http.ResponseWriter, r *http.Request) error {
	f, err := h.read(w, r)
	if err != nil || f == nil {
		return err
	}
	return h.showOne(w, r, f, http.StatusOK)
}

func (h *Handler) showOne(w http.ResponseWriter, r *http.Request, f *reading, status int) error {
	if err := h.around(r.Context(), r, f); err != nil {
		return err
	}
	return ui.Render(w, r, status, onePage(*f, h.viewOf(r.Context(), *f)))
}

func (h *Handler) print(w http.ResponseWriter, r *http.Request) error {
	f, err := h.read(w, r)
	if err != nil || f == nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, printPage(*f, h.viewOf(r.Context(), *f)))
}

// viewOf is the answers as the form's components show them.
func (h *Handler) viewOf(ctx context.Context, f reading) formview.View {
	files := map[string][]formview.File{}
	if f.sees("files") {
		for _, a := range f.Files {
			file := formview.File{ID: a.ID, Name: a.Name, Size: a.Size, Digest: a.Digest, URL: fileURL(f.ID, "/attachments/"+a.ID)}
			switch a.Status {
			case application.Pending:
				file.State = ui.FileChecking
			case application.Refused:
				file.State, file.Why = ui.FileRefused, why(ctx, a)
			}
			files[a.Field] = append(files[a.Field], file)
		}
	}
	return formview.View{Form: f.Form, State: f.State, Answers: f.Values(), ReadOnly: true, Files: files, Hidden: f.Hidden, Checks: h.Files.Checks(f.File)}
}

func why(ctx context.Context, a application.Attachment) string {
	var said []string
	for _, p := range a.Found() {
		said = append(said, i18n.T(ctx, p.Key, p.Args...))
	}
	return strings.Join(said, " ")
}

// attachment serves a deposited file as a download that no browser opens in our origin.
func (h *Handler) attachment(w http.ResponseWriter, r *http.Request) error {
	ctx, by, id, name := r.Context(), ui.User(r), application.ID(r.PathValue("id")), r.PathValue("attachment")
	a, file, err := h.Files.Served(ctx, by, id, name, r.FormValue("original") != "")
	if errs.Is(err, errs.NotFound) {
		if _, closed := h.Files.Open(ctx, by, id); closed == nil { // the team's, maybe never deposited
			return ui.See(w, r, "/applications/"+string(id)+"/files/"+url.PathEscape(name))
		}
	}
	if err != nil {
		return err
	}
	defer file.Close()
	ui.Keep(w, r, ui.Kept{Name: a.Name, At: a.UploadedAt}, file)
	return nil
}

// admit gives a verdict. One given meanwhile is shown, and what was typed is kept.
func (h *Handler) admit(w http.ResponseWriter, r *http.Request) error {
	ctx, by, id := r.Context(), ui.User(r), application.ID(r.PathValue("id"))
	base, err := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	if err != nil {
		base = 0
	}
	v := screening.Verdict{Verdict: r.PostFormValue("verdict"), Reason: strings.TrimSpace(text.Clean(r.PostFormValue("reason")))}
	refused := h.Screening.Admit(ctx, by, id, v, base)
	if refused == nil {
		return ui.Done(w, r, fileURL(id, withQuery("", valuesOf(kept(r.PostFormValue("back"))))), "files.admitted_done")
	}
	stale := errs.KeyOf(refused) == "application.changed_meanwhile"
	problems := ui.ProblemsOf(ctx, refused)
	if !stale && problems == nil {
		return refused
	}
	return h.refused(w, r, refused, func(f *reading) { f.problems, f.stale = problems, stale })
}

// refused shows the page of the file again with what was typed.
func (h *Handler) refused(w http.ResponseWriter, r *http.Request, refusal error, with func(*reading)) error {
	f, err := h.read(w, r)
	if err != nil || f == nil {
		return err
	}
	f.typed = r.PostForm
	with(f)
	return h.showOne(w, r, f, ui.Status(errs.KindOf(refusal)))
}

// tag puts on the labels that are ticked and takes off the others.
func (h *Handler) tag(w http.ResponseWriter, r *http.Request) error {
	f, err := h.read(w, r)
	if err != nil || f == nil {
		return err
	}
	if !f.May["application.label"].Allowed {
		return errs.New(errs.Forbidden, "errs.forbidden")
	}
	ctx, by := r.Context(), ui.User(r)
	if err := h.around(ctx, r, f); err != nil {
		return err
	}
	for _, label := range f.labels {
		on, was := slices.Contains(r.PostForm["label"], label.ID), slices.Contains(f.on, label.ID)
		if on == was {
			continue
		}
		if err := h.Screening.Tag(ctx, by, label.ID, on, f.ID); err != nil {
			return err
		}
	}
	return ui.Done(w, r, fileURL(f.ID, f.suffix()), "files.tagged_done")
}

// outcome is an admissibility rule with what it says of the file.
type outcome struct {
	rule    *form.Rule
	tone    ui.Tone
	word    string
	text    string   // why, when it does not hold
	missing []string // the questions whose answer is missing
	said    string   // the condition in words
}

// outcomes are the rules of the form applied to what was deposited.
func (f reading) outcomes(ctx context.Context) []outcome {
	lang := string(i18n.From(ctx))
	var out []outcome
	for _, state := range f.State.Rules {
		o := outcome{rule: state.Rule, said: f.Form.Form.Phrase(state.Rule.When, speech(ctx, nil))}
		switch state.Truth {
		case rule.True:
			o.tone, o.word = ui.Success, i18n.T(ctx, "files.rule_true")
		case rule.False:
			o.tone, o.word, o.text = ui.Danger, i18n.T(ctx, "files.rule_false"), state.Rule.Message.In(lang)
			if state.Rule.Severity == form.Warning {
				o.tone, o.word = ui.Warning, i18n.T(ctx, "files.rule_warning")
			}
		default:
			o.tone, o.word = ui.Info, i18n.T(ctx, "files.rule_unknown")
			for _, path := range state.Unknown {
				id, _, _ := strings.Cut(path, ".")
				if field := f.Form.Form.Field(id); field != nil {
					o.missing = append(o.missing, field.Label.In(lang))
				}
			}
		}
		out = append(out, o)
	}
	return out
}
