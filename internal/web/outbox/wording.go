package outbox

import (
	"net/http"
	"strconv"

	"transformateur/internal/i18n"
	"transformateur/internal/notify"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/web/ui"
)

func (h *Handler) wordings(w http.ResponseWriter, r *http.Request, scope policy.Ref) error {
	place, err := h.Mails.At(r.Context(), ui.User(r), scope)
	if err != nil {
		return err
	}
	all, err := h.Mails.Wordings(r.Context(), ui.User(r), scope)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, wordingsPage(place, all))
}

// worded is a text being written, and how it reads with examples.
type worded struct {
	place    notify.Place
	wording  notify.Wording
	draft    notify.Text
	sample   sample
	may      bool
	problems ui.Problems
	conflict string
}

func (d worded) action(lang i18n.Lang) string {
	return address(home(d.place.Ref)+"/templates/"+d.wording.Kind.Name, "text", string(lang))
}

func (h *Handler) find(r *http.Request, scope policy.Ref) (d worded, err error) {
	ctx, by := r.Context(), ui.User(r)
	if d.place, err = h.Mails.At(ctx, by, scope); err != nil {
		return d, err
	}
	lang := i18n.From(ctx)
	if asked := r.FormValue("text"); asked != "" {
		lang = i18n.Parse(asked)
	}
	if d.wording, err = h.Mails.Wording(ctx, by, scope, r.PathValue("name"), lang); err != nil {
		return d, err
	}
	d.draft = d.wording.Text
	d.may, err = h.Mails.May(ctx, by, "outbox.edit", scope)
	return d, err
}

// sample is a text as its reader gets it.
type sample struct{ lang, subject, html, plain string }

func (h *Handler) sample(w notify.Wording, t notify.Text) (sample, error) {
	subject, body, err := w.Kind.Sample(w.Lang, t)
	if err != nil {
		return sample{}, err
	}
	return h.shown(string(w.Lang), notify.Text{Subject: subject, Body: body}), nil
}

// shown sets a text as its reader gets it, to stand in a page of ours.
func (h *Handler) shown(lang string, t notify.Text) sample {
	shown := h.Mails.Show(lang, t.Subject, t.Body)
	return sample{lang, shown.Subject, text.Markdown(text.Typo(lang, t.Body)), shown.Text}
}

// show fills the sample; what cannot be filled is said beside its field.
func (h *Handler) show(d *worded, r *http.Request) {
	filled, err := h.sample(d.wording, d.draft)
	if err != nil && d.problems == nil {
		d.problems = ui.ProblemsOf(r.Context(), err)
	}
	d.sample = filled
}

func (h *Handler) wording(w http.ResponseWriter, r *http.Request, scope policy.Ref) error {
	d, err := h.find(r, scope)
	if err != nil {
		return err
	}
	h.show(&d, r)
	return ui.Render(w, r, http.StatusOK, wordingPage(d))
}

// reword saves, previews or gives up the text of a scope.
func (h *Handler) reword(w http.ResponseWriter, r *http.Request, scope policy.Ref) error {
	if err := h.Mails.Allow(r.Context(), ui.User(r), "outbox.edit", scope); err != nil {
		return err
	}
	d, err := h.find(r, scope)
	if err != nil {
		return err
	}
	ctx, by, kind := r.Context(), ui.User(r), d.wording.Kind
	if r.PostFormValue("act") == "reset" {
		if err := h.Mails.Unword(ctx, by, d.place.Ref, kind.Name, d.wording.Lang); err != nil {
			return err
		}
		return ui.Done(w, r, d.action(d.wording.Lang), "outbox.reset_done")
	}
	d.draft = notify.Text{Subject: r.PostFormValue("subject"), Body: r.PostFormValue("body")}
	status := http.StatusOK
	if r.PostFormValue("act") != "preview" {
		asked := d.wording
		asked.Text = d.draft
		asked.Version, _ = strconv.ParseInt(r.PostFormValue("version"), 10, 64)
		switch err = h.Mails.Reword(ctx, by, d.place.Ref, asked); errs.KindOf(err) {
		case errs.Invalid:
			d.problems, status = ui.ProblemsOf(ctx, err), http.StatusUnprocessableEntity
		case errs.Conflict:
			d.conflict, status = errs.KeyOf(err), http.StatusConflict
		default:
			if err != nil {
				return err
			}
			return ui.Done(w, r, d.action(d.wording.Lang), "outbox.reworded_done")
		}
	}
	h.show(&d, r)
	if len(d.problems) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return ui.Render(w, r, status, wordingPage(d))
}
