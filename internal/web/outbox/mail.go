package outbox

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/notify"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/web/ui"
)

// letterPolicy lets a mail show its one style and nothing else, apart from our pages.
var letterPolicy = "default-src 'none'; style-src " + notify.StyleDigest() + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"

// opened is a mail and what may be done with it.
type opened struct {
	mail     notify.Letter
	shown    sample
	may      bool // edit, cancel, release
	draft    notify.Text
	version  int64
	problems ui.Problems
	conflict string // what changed meanwhile, in words
	at       func(time.Time) time.Time
	trouble  notify.Trouble // of the address it goes to
}

// scope is the narrowest place of a mail.
func scope(l notify.Letter) policy.Ref {
	for _, ref := range []policy.Ref{{Kind: "call", ID: l.CallID}, {Kind: "edition", ID: l.EditionID}, {Kind: "programme", ID: l.Programme}, {Kind: "agency", ID: l.AgencyID}} {
		if ref.ID != "" {
			return ref
		}
	}
	return policy.Ref{}
}

func (h *Handler) open(ctx context.Context, by account.User, id string) (o opened, err error) {
	l, err := h.Mails.Get(ctx, by, id)
	if err != nil {
		return o, err
	}
	may, err := h.Mails.May(ctx, by, "outbox.edit", scope(l))
	if err != nil {
		return o, err
	}
	trouble, err := h.Mails.TroubleOf(ctx, by, id)
	if err != nil {
		return o, err
	}
	return opened{trouble: trouble, mail: l, shown: h.shown(l.Lang, notify.Text{Subject: l.Subject, Body: l.Body}), may: may, draft: notify.Text{Subject: l.Subject, Body: l.Body}, version: l.Version, at: h.local}, nil
}

func (h *Handler) mail(w http.ResponseWriter, r *http.Request) error {
	o, err := h.open(r.Context(), ui.User(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, mailPage(o))
}

// letter is the mail as its reader's program shows it.
func (h *Handler) letter(w http.ResponseWriter, r *http.Request) error {
	l, err := h.Mails.Get(r.Context(), ui.User(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Security-Policy", letterPolicy)
	_, err = fmt.Fprint(w, h.Mails.Show(l.Lang, title(r.Context(), l.Subject, l.Template), l.Body).HTML)
	return err
}

func (h *Handler) edit(w http.ResponseWriter, r *http.Request) error {
	ctx, by, id := r.Context(), ui.User(r), r.PathValue("id")
	version, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	draft := notify.Text{Subject: r.PostFormValue("subject"), Body: r.PostFormValue("body")}
	err := h.Mails.Edit(ctx, by, id, version, draft)
	if err == nil {
		return ui.Done(w, r, "/outbox/mails/"+id, "outbox.edited_done")
	}
	kind := errs.KindOf(err)
	if kind != errs.Invalid && kind != errs.Conflict {
		return err
	}
	o, openErr := h.open(ctx, by, id)
	if openErr != nil {
		return openErr
	}
	// What was typed stays; saving again starts from what is kept now.
	o.draft, o.problems = draft, ui.ProblemsOf(ctx, err)
	if kind == errs.Conflict {
		o.conflict = errs.KeyOf(err)
	}
	return ui.Render(w, r, ui.Status(kind), mailPage(o))
}

type mailAct func(*notify.Service, context.Context, account.User, string) error

func cancelMail(s *notify.Service, ctx context.Context, by account.User, id string) error {
	return s.Cancel(ctx, by, id)
}

func releaseMail(s *notify.Service, ctx context.Context, by account.User, id string) error {
	return s.Release(ctx, by, id)
}

func retryMail(s *notify.Service, ctx context.Context, by account.User, id string) error {
	return s.Retry(ctx, by, id)
}

// act does one thing to a mail and comes back to it.
func (h *Handler) act(do mailAct, done string) ui.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		id := r.PathValue("id")
		err := do(h.Mails, r.Context(), ui.User(r), id)
		if errs.Is(err, errs.Conflict) {
			o, openErr := h.open(r.Context(), ui.User(r), id)
			if openErr != nil {
				return openErr
			}
			o.conflict = errs.KeyOf(err)
			return ui.Render(w, r, http.StatusConflict, mailPage(o))
		}
		if err != nil {
			return err
		}
		return ui.Done(w, r, "/outbox/mails/"+id, done)
	}
}
