package reviews

import (
	"encoding/json"
	"net/http"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/review"
	"transformateur/internal/web/ui"
)

// The autosave island of drafts speaks the same words here: see frontend/README.md.
type (
	sentEdit struct {
		Field   string          `json:"field"`
		Base    int64           `json:"base"`
		Value   json.RawMessage `json:"value"`
		Settles string          `json:"settles"`
		Choice  string          `json:"choice"`
	}
	answer struct {
		Saved     []savedField   `json:"saved"`
		Conflicts []conflictView `json:"conflicts"`
		Refused   []refusal      `json:"refused"`
		State     *stateView     `json:"state"`
	}
	savedField struct {
		Field   string `json:"field"`
		Version int64  `json:"version"`
	}
	conflictView struct {
		Field      string    `json:"field"`
		Variant    string    `json:"variant"`
		Theirs     any       `json:"theirs"`
		TheirsText string    `json:"theirs_text"`
		Author     string    `json:"author"`
		At         time.Time `json:"at"`
		Version    int64     `json:"version"`
	}
	refusal struct {
		Field   string `json:"field"`
		Key     string `json:"key"`
		Message string `json:"message"`
	}
	stateView struct {
		Visible  []string            `json:"visible"`
		Required []string            `json:"required"`
		Problems map[string][]string `json:"problems"`
		Steps    []stepView          `json:"steps"`
	}
	stepView struct {
		ID       string `json:"id"`
		Missing  int    `json:"missing"`
		Problems int    `json:"problems"`
		Asked    int    `json:"asked"`
		Filled   int    `json:"filled"`
	}
)

// autosave keeps answers as they are given.
func (h *Handler) autosave(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	r.Header.Set("Accept", "application/json")
	var sent struct {
		Edits []sentEdit `json:"edits"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxForm)).Decode(&sent); err != nil {
		return h.unreadable(r, err)
	}
	out := answer{Saved: []savedField{}, Conflicts: []conflictView{}, Refused: []refusal{}}
	refuse := func(p errs.Field) {
		out.Refused = append(out.Refused, refusal{p.Path, p.Key, i18n.T(ctx, p.Key, p.Args...)})
	}
	var kept review.Work
	saved, k, err := h.Reviews.Save(ctx, ui.User(r), fileID(r), func(k review.Work) (edits []application.Edit) {
		kept = k
		for _, e := range sent.Edits {
			field := k.Grid.Rubric.Rubric.Form.Field(e.Field)
			if e.Settles != "" {
				continue
			}
			if field == nil {
				refuse(errs.Field{Path: e.Field, Key: "application.field_unknown"})
				continue
			}
			value, bad := field.Decode(e.Value)
			for _, p := range bad {
				refuse(p)
			}
			if len(bad) == 0 {
				edits = append(edits, application.Edit{Field: e.Field, Base: e.Base, Value: value})
			}
		}
		return edits
	})
	if err != nil {
		return err
	}
	for _, e := range sent.Edits {
		if e.Settles != "" {
			if err := h.settle(r, kept, e, &out); err != nil {
				return err
			}
		}
	}
	for _, p := range saved.Refused {
		refuse(p)
	}
	for field, version := range saved.Versions {
		out.Saved = append(out.Saved, savedField{field, version})
	}
	sp := speech(ctx)
	for _, c := range saved.Conflicts {
		words := k.Grid.Rubric.Rubric.Form.Field(c.Field).Plain(c.Theirs.Value, sp)
		out.Conflicts = append(out.Conflicts, conflictView{c.Field, c.Variant, c.Theirs.Value, words, i18n.T(ctx, "reviews.yourself"), c.Theirs.SavedAt, c.Theirs.Version})
	}
	out.State = stateOf(r, k)
	return ui.WriteJSON(w, http.StatusOK, out)
}

// unreadable refuses a body that is no JSON, to whoever may write; others learn nothing more than usual.
func (h *Handler) unreadable(r *http.Request, cause error) error {
	_, _, err := h.Reviews.Save(r.Context(), ui.User(r), fileID(r), func(review.Work) []application.Edit { return nil })
	if err != nil {
		return err
	}
	return errs.New(errs.Invalid, "applications.unreadable").Because(cause)
}

// settle does what she chose between two texts; an answer that changed again is refused.
func (h *Handler) settle(r *http.Request, k review.Work, e sentEdit, out *answer) error {
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
		out.Refused = append(out.Refused, refusal{e.Field, key, i18n.T(ctx, key)})
		return nil
	}
	if err != nil {
		return err
	}
	now, err := h.Reviews.Open(ctx, by, id)
	if err != nil {
		return err
	}
	out.Saved = append(out.Saved, savedField{e.Field, now.Answers[e.Field].Version})
	return nil
}

// stateOf is what the grid says of the whole review.
func stateOf(r *http.Request, k review.Work) *stateView {
	v := &stateView{Visible: []string{}, Required: []string{}, Problems: map[string][]string{}}
	for _, f := range k.State.Fields {
		if !f.Visible {
			continue
		}
		v.Visible = append(v.Visible, f.Field.ID)
		if f.Required {
			v.Required = append(v.Required, f.Field.ID)
		}
		for _, p := range f.Problems {
			v.Problems[f.Field.ID] = append(v.Problems[f.Field.ID], i18n.T(r.Context(), p.Key, p.Args...))
		}
	}
	for _, st := range k.State.Steps {
		if st.Visible {
			v.Steps = append(v.Steps, stepView{st.Step.ID, st.Missing, st.Problems, st.Asked, st.Filled})
		}
	}
	return v
}
