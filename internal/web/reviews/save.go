package reviews

import (
	"net/http"

	"transformateur/internal/application"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/review"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/autosave"
)

// autosave keeps answers as they are given.
func (h *Handler) autosave(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	sent, out, err := autosave.Receive(w, r, maxForm)
	if err != nil {
		return h.unreadable(r, err)
	}
	var kept review.Work
	saved, k, err := h.Reviews.Save(ctx, ui.User(r), fileID(r), func(k review.Work) []application.Edit {
		kept = k
		edits, refused := autosave.Typed[application.Edit](k.Grid.Rubric.Rubric.Form, sent)
		out.Refuse(ctx, refused...)
		return edits
	})
	if err != nil {
		return err
	}
	for _, e := range sent {
		if e.Settles != "" {
			if err := h.settle(r, kept, e, out); err != nil {
				return err
			}
		}
	}
	out.Refuse(ctx, saved.Refused...)
	out.Keep(saved.Versions)
	sp := speech(ctx)
	for _, c := range saved.Conflicts {
		words := k.Grid.Rubric.Rubric.Form.Field(c.Field).Plain(c.Theirs.Value, sp)
		out.Conflicts = append(out.Conflicts, autosave.Conflict{Field: c.Field, Variant: c.Variant, Theirs: c.Theirs.Value, TheirsText: words, Author: i18n.T(ctx, "reviews.yourself"), At: c.Theirs.SavedAt, Version: c.Theirs.Version})
	}
	out.Tell(ctx, k.State)
	return ui.WriteJSON(w, http.StatusOK, out)
}

// unreadable refuses a body that is no JSON, to whoever may write; others learn nothing more than usual.
func (h *Handler) unreadable(r *http.Request, cause error) error {
	_, _, err := h.Reviews.Save(r.Context(), ui.User(r), fileID(r), func(review.Work) []application.Edit { return nil })
	if err != nil {
		return err
	}
	return cause
}

// settle does what she chose between two texts; an answer that changed again is refused.
func (h *Handler) settle(r *http.Request, k review.Work, e autosave.Sent, out *autosave.Reply) error {
	ctx, by, id := r.Context(), ui.User(r), fileID(r)
	var merged any
	if field := k.Grid.Rubric.Rubric.Form.Field(e.Field); field != nil && e.Choice == application.KeepBoth {
		value, bad := field.Decode(e.Value)
		if len(bad) > 0 {
			return errs.NewInvalid("application.invalid", bad)
		}
		merged = value
	}
	err := h.Reviews.Settle(ctx, by, id, e.Settles, e.Choice, merged, e.Base)
	if key := errs.KeyOf(err); key == "application.field_changed" {
		out.Refuse(ctx, errs.Field{Path: e.Field, Key: key})
		return nil
	}
	if err != nil {
		return err
	}
	now, err := h.Reviews.Open(ctx, by, id)
	if err != nil {
		return err
	}
	out.Keep(map[string]int64{e.Field: now.Answers[e.Field].Version})
	return nil
}
