package applications

import (
	"encoding/json"
	"net/http"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/formview"
)

// sentEdit is one edit as the autosave island sends it. Settles is the kept text
// that it chooses about, and Choice what becomes of it: see application.Settle.
type sentEdit struct {
	Field   string          `json:"field"`
	Base    int64           `json:"base"`
	Value   json.RawMessage `json:"value"`
	Settles string          `json:"settles"`
	Choice  string          `json:"choice"`
}

// answer is what the island gets back; its shape does not depend on the outcome.
type answer struct {
	Saved     []savedField   `json:"saved"`
	Conflicts []conflictView `json:"conflicts"`
	Refused   []refusal      `json:"refused"`
	State     *stateView     `json:"state"`
}

type savedField struct {
	Field   string `json:"field"`
	Version int64  `json:"version"`
}

type conflictView struct {
	Field      string    `json:"field"`
	Variant    string    `json:"variant"`
	Theirs     any       `json:"theirs"`
	TheirsText string    `json:"theirs_text"`
	Author     string    `json:"author"`
	At         time.Time `json:"at"`
	Version    int64     `json:"version"`
}

type refusal struct {
	Field   string `json:"field"`
	Key     string `json:"key"`
	Message string `json:"message"`
}

type stateView struct {
	Visible  []string            `json:"visible"`
	Required []string            `json:"required"`
	Problems map[string][]string `json:"problems"`
	Steps    []stepView          `json:"steps"`
}

type stepView struct {
	ID       string `json:"id"`
	Missing  int    `json:"missing"`
	Problems int    `json:"problems"`
	Asked    int    `json:"asked"`
	Filled   int    `json:"filled"`
}

// autosave keeps fields as they are typed.
func (h *Handler) autosave(w http.ResponseWriter, r *http.Request) error {
	ctx, user, id := r.Context(), ui.User(r), fileID(r)
	r.Header.Set("Accept", "application/json")
	var sent struct {
		Edits []sentEdit `json:"edits"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxForm)).Decode(&sent); err != nil {
		return errs.New(errs.Invalid, "applications.unreadable").Because(err)
	}
	out := answer{Saved: []savedField{}, Conflicts: []conflictView{}, Refused: []refusal{}}
	refuse := func(p errs.Field) {
		out.Refused = append(out.Refused, refusal{p.Path, p.Key, i18n.T(ctx, p.Key, p.Args...)})
	}
	typed, err := h.settleAll(r, sent.Edits, &out)
	if err != nil {
		return err
	}
	saved, f, err := h.Files.SaveRead(ctx, user, id, func(f application.File) []application.Edit {
		edits, refused := readEdits(f, typed)
		for _, p := range refused {
			refuse(p)
		}
		return edits
	})
	if err != nil {
		return err
	}
	for _, p := range saved.Refused {
		refuse(p)
	}
	for field, version := range saved.Versions {
		out.Saved = append(out.Saved, savedField{field, version})
	}
	if err := h.tellConflicts(r, f, saved, &out); err != nil {
		return err
	}
	out.State = stateOf(r, saved.State)
	return ui.WriteJSON(w, http.StatusOK, out)
}

// readEdits reads what the island sent, each value as its field takes it.
func readEdits(f application.File, sent []sentEdit) (edits []application.Edit, refused []errs.Field) {
	for _, e := range sent {
		field := f.Form.Form.Field(e.Field)
		if field == nil || field.Type == "file" {
			refused = append(refused, errs.Field{Path: e.Field, Key: "application.field_unknown"})
			continue
		}
		value, bad := field.Decode(e.Value)
		refused = append(refused, bad...)
		if len(bad) == 0 {
			edits = append(edits, application.Edit{Field: e.Field, Base: e.Base, Value: value})
		}
	}
	return edits, refused
}

func (h *Handler) tellConflicts(r *http.Request, f application.File, saved application.Saved, out *answer) error {
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
		out.Conflicts = append(out.Conflicts, conflictView{c.Field, c.Variant, c.Theirs.Value, text, names[c.Theirs.Author], c.Theirs.SavedAt, c.Theirs.Version})
	}
	return nil
}

// stateOf is what the form says of the whole file.
func stateOf(r *http.Request, s *form.State) *stateView {
	v := &stateView{Visible: []string{}, Required: []string{}, Problems: map[string][]string{}}
	for _, f := range s.Fields {
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
	for _, st := range s.Steps {
		if st.Visible {
			v.Steps = append(v.Steps, stepView{st.Step.ID, st.Missing, st.Problems, st.Asked, st.Filled})
		}
	}
	return v
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
