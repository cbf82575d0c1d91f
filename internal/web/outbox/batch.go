package outbox

import (
	"context"
	"net/http"
	"strconv"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/notify"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// gathered is a batch and a sample of its words.
type gathered struct {
	batch   notify.Batch
	sample  sample
	may     bool
	changed string // why the act did not happen, in words
}

func (h *Handler) gather(ctx context.Context, by account.User, id string) (g gathered, err error) {
	if g.batch, err = h.Mails.Batch(ctx, by, id); err != nil {
		return g, err
	}
	if g.may, err = h.Mails.May(ctx, by, "outbox.edit", g.batch.Scope()); err != nil {
		return g, err
	}
	wording, err := h.Mails.Wording(ctx, by, g.batch.Scope(), g.batch.Template, i18n.Parse(g.batch.Lang))
	if errs.Is(err, errs.NotFound) {
		return g, nil // a text of the program itself: nothing to show
	}
	if err != nil {
		return g, err
	}
	g.sample, err = h.sample(wording, wording.Text)
	return g, err
}

func (h *Handler) batch(w http.ResponseWriter, r *http.Request) error {
	g, err := h.gather(r.Context(), ui.User(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, batchPage(g))
}

func (h *Handler) releaseBatch(w http.ResponseWriter, r *http.Request) error {
	return h.whole(w, r, h.Mails.ReleaseBatch, "outbox.batch_released_done")
}

func (h *Handler) cancelBatch(w http.ResponseWriter, r *http.Request) error {
	return h.whole(w, r, h.Mails.CancelBatch, "outbox.batch_cancelled_done")
}

// whole acts on a whole batch, for the number of recipients that was shown.
func (h *Handler) whole(w http.ResponseWriter, r *http.Request, do func(context.Context, account.User, string, int) error, done string) error {
	ctx, by, id := r.Context(), ui.User(r), r.PathValue("id")
	expected, _ := strconv.Atoi(r.PostFormValue("count"))
	err := do(ctx, by, id, expected)
	if errs.Is(err, errs.Conflict) {
		g, gatherErr := h.gather(ctx, by, id)
		if gatherErr != nil {
			return gatherErr
		}
		g.changed = i18n.T(ctx, errs.KeyOf(err), g.batch.Waiting())
		return ui.Render(w, r, http.StatusConflict, batchPage(g))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, "/outbox/batches/"+id, done)
}
