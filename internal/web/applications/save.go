package applications

import (
	"net/http"

	"transformateur/internal/application"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/autosave"
	"transformateur/internal/web/ui/formview"
)

// autosave keeps fields as they are typed.
func (h *Handler) autosave(w http.ResponseWriter, r *http.Request) error {
	ctx, user, id := r.Context(), ui.User(r), fileID(r)
	sent, out, err := autosave.Receive(w, r, maxForm)
	if err != nil {
		return err
	}
	typed, err := h.settleAll(r, sent, out)
	if err != nil {
		return err
	}
	saved, f, err := h.Files.SaveRead(ctx, user, id, func(f application.File) []application.Edit {
		edits, refused := autosave.Typed[application.Edit](f.Form.Form, typed)
		out.Refuse(ctx, refused...)
		return edits
	})
	if err != nil {
		return err
	}
	out.Refuse(ctx, saved.Refused...)
	out.Keep(saved.Versions)
	if err := h.tellConflicts(r, f, saved, out); err != nil {
		return err
	}
	out.Tell(ctx, saved.State)
	return ui.WriteJSON(w, http.StatusOK, out)
}

func (h *Handler) tellConflicts(r *http.Request, f application.File, saved application.Saved, out *autosave.Reply) error {
	if len(saved.Conflicts) == 0 {
		return nil
	}
	names, err := h.Files.Names(r.Context(), ui.User(r), f.ID)
	if err != nil {
		return err
	}
	sp := speech(r.Context(), h.Files.Checks(f))
	for _, c := range saved.Conflicts {
		text := ""
		if field := f.Form.Form.Field(c.Field); field != nil {
			text = field.Plain(c.Theirs.Value, sp)
		}
		out.Conflicts = append(out.Conflicts, autosave.Conflict{Field: c.Field, Variant: c.Variant, Theirs: c.Theirs.Value, TheirsText: text, Author: names[c.Theirs.Author], At: c.Theirs.SavedAt, Version: c.Theirs.Version})
	}
	return nil
}

// fragment is one question, or one step, as the server draws it now.
func (h *Handler) fragment(w http.ResponseWriter, r *http.Request) error {
	f, err := h.Files.Open(r.Context(), ui.User(r), fileID(r))
	if err != nil {
		return err
	}
	v, err := h.writing(r, f)
	if err != nil {
		return err
	}
	if field := r.URL.Query().Get("field"); field != "" {
		return ui.Render(w, r, http.StatusOK, formview.Question(v, field))
	}
	if step := r.URL.Query().Get("outline"); step != "" {
		v.StepID = step
		return ui.Render(w, r, http.StatusOK, formview.Progress(v))
	}
	v.StepID = visibleStep(f.State, r.URL.Query().Get("step"))
	return ui.Render(w, r, http.StatusOK, formview.Step(v))
}
