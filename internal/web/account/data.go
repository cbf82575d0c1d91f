package account

import (
	"context"
	"mime"
	"net/http"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/privacy"
	"transformateur/internal/web/ui"
)

// Data serves the page where a person takes her data away and asks to be erased.
type Data struct {
	Privacy *privacy.Service
}

// Routes lists its addresses.
func (h *Data) Routes() []ui.Route {
	const manage = "account.manage"
	return []ui.Route{
		{Pattern: "GET /account/data", Action: manage, Handle: h.page},
		{Pattern: "POST /account/data/archive", Action: manage, Handle: h.askArchive},
		{Pattern: "GET /account/data/archive/{archive}", Action: manage, Handle: h.fetch},
		{Pattern: "GET /account/data/erasure", Action: manage, Handle: h.erasure},
		{Pattern: "POST /account/data/erasure", Action: manage, Handle: h.askErasure},
		{Pattern: "POST /account/data/erasure/cancel", Action: manage, Handle: h.cancel},
	}
}

// dataView is what the page shows.
type dataView struct {
	zone         string
	archives     []privacy.Archive
	consequences privacy.Consequences
	problems     ui.Problems
}

func (v dataView) making() bool {
	for _, a := range v.archives {
		if a.Status == privacy.Asked {
			return true
		}
	}
	return false
}

func (h *Data) read(r *http.Request) (v dataView, err error) {
	by := ui.User(r)
	v.zone = by.Zone
	if v.archives, err = h.Privacy.Archives(r.Context(), by); err != nil {
		return v, err
	}
	v.consequences, err = h.Privacy.Consequences(r.Context(), by)
	return v, err
}

func (h *Data) page(w http.ResponseWriter, r *http.Request) error {
	v, err := h.read(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, dataPage(v))
}

func (h *Data) askArchive(w http.ResponseWriter, r *http.Request) error {
	if err := h.Privacy.AskArchive(r.Context(), ui.User(r)); err != nil {
		return err
	}
	return ui.Done(w, r, "/account/data", "privacy.archive_asked_done")
}

// fetch sends an archive to the person it is about; nothing on the way may keep it.
func (h *Data) fetch(w http.ResponseWriter, r *http.Request) error {
	a, f, err := h.Privacy.OpenArchive(r.Context(), ui.User(r), r.PathValue("archive"))
	if errs.KeyOf(err) == "privacy.prove_first" {
		return ui.See(w, r, "/second-step?next=/account/data")
	}
	if err != nil {
		return err
	}
	defer f.Close()
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.Name()}))
	w.Header().Set("Cache-Control", "no-store")
	http.ServeContent(w, r, "", a.ReadyAt, f)
	return nil
}

func (h *Data) erasure(w http.ResponseWriter, r *http.Request) error {
	v, err := h.read(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, erasurePage(v))
}

func (h *Data) askErasure(w http.ResponseWriter, r *http.Request) error {
	err := h.Privacy.AskErasure(r.Context(), ui.User(r), r.PostFormValue("confirm") == "yes")
	if errs.KeyOf(err) == "privacy.prove_first" {
		return ui.See(w, r, "/second-step?next=/account/data/erasure")
	}
	if problems := ui.ProblemsOf(r.Context(), err); problems != nil {
		v, err := h.read(r)
		if err != nil {
			return err
		}
		v.problems = problems
		return ui.Render(w, r, http.StatusUnprocessableEntity, erasurePage(v))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, "/account/data", "privacy.erasure_asked_done")
}

func (h *Data) cancel(w http.ResponseWriter, r *http.Request) error {
	if err := h.Privacy.CancelErasure(r.Context(), ui.User(r)); err != nil {
		return err
	}
	return ui.Done(w, r, "/account/data", "privacy.erasure_cancelled_done")
}

// sharedURL leads to what must be handed over.
func sharedURL(s privacy.Shared) string {
	switch s.Kind {
	case "application":
		return "/applications/" + s.ID + "/team"
	case "platform":
		return "/platform/team"
	case "call":
		return "/calls/" + s.ID
	}
	return "/" + map[string]string{"agency": "agencies", "programme": "programmes", "edition": "editions"}[s.Kind] + "/" + s.ID + "/team"
}

// weight says how heavy an archive is.
func weight(ctx context.Context, a privacy.Archive) string {
	return i18n.T(ctx, "privacy.archive_weight", text.Bytes(string(i18n.From(ctx)), a.Size), a.Lines, a.Files)
}

// dataCrumbs lead back to the account.
func dataCrumbs(ctx context.Context, more ...ui.Crumb) []ui.Crumb {
	return append([]ui.Crumb{{Label: i18n.T(ctx, "account.title"), URL: "/account"}}, more...)
}

// outcomes says what would become of her data, one line each, without those about nothing.
func outcomes(ctx context.Context, c privacy.Consequences) []string {
	list := []string{i18n.T(ctx, "privacy.outcome_account")}
	if c.Drafts > 0 {
		list = append(list, i18n.N(ctx, "privacy.outcome_drafts", c.Drafts))
	}
	if c.Kept > 0 {
		list = append(list, i18n.N(ctx, "privacy.outcome_kept", c.Kept), i18n.T(ctx, "privacy.outcome_attachments"))
	}
	if c.Comments > 0 {
		list = append(list, i18n.N(ctx, "privacy.outcome_comments", c.Comments))
	}
	if c.Mails > 0 {
		list = append(list, i18n.N(ctx, "privacy.outcome_mails", c.Mails))
	}
	return append(list, i18n.T(ctx, "privacy.outcome_journal"))
}

// dataLangURL leads back to the page in the other language, from the address of its form too.
func dataLangURL(ctx context.Context) string {
	if i18n.From(ctx) == i18n.EN {
		return "/account/data/erasure?lang=fr"
	}
	return "/account/data/erasure?lang=en"
}
