package applications

import (
	"net/http"

	"transformateur/internal/application"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/autosave"
)

// settleAll does the choices between two texts, and gives the edits that are not one.
func (h *Handler) settleAll(r *http.Request, sent []autosave.Sent, out *autosave.Reply) (typed []autosave.Sent, err error) {
	for _, e := range sent {
		if e.Settles == "" {
			typed = append(typed, e)
			continue
		}
		f, err := h.Files.Open(r.Context(), ui.User(r), fileID(r))
		if err != nil {
			return nil, err
		}
		if err := h.settle(r, f, e, out); err != nil {
			return nil, err
		}
	}
	return typed, nil
}

// settle does what a person chose between two texts of a field, from a page with script.
// A field that changed again meanwhile is refused, with the reason.
func (h *Handler) settle(r *http.Request, f application.File, e autosave.Sent, out *autosave.Reply) error {
	ctx, user := r.Context(), ui.User(r)
	field := f.Form.Form.Field(e.Field)
	var merged any
	if field != nil && e.Choice == application.KeepBoth {
		value, bad := field.Decode(e.Value)
		if len(bad) > 0 {
			return errs.NewInvalid("application.invalid", bad)
		}
		merged = value
	}
	err := h.Files.Settle(ctx, user, f.ID, e.Settles, e.Choice, merged, e.Base)
	if key := errs.KeyOf(err); key == "application.field_changed" || key == "application.field_closed" {
		out.Refuse(ctx, errs.Field{Path: e.Field, Key: key})
		return nil
	}
	if err != nil {
		return err
	}
	now, err := h.Files.Open(ctx, user, f.ID)
	if err != nil {
		return err
	}
	out.Keep(map[string]int64{e.Field: now.Answers[e.Field].Version})
	return nil
}
