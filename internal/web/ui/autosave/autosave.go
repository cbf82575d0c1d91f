// Package autosave is what a form that keeps itself sends, and what it gets back: see frontend/README.md.
package autosave

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
)

// Edit is an answer and the version it started from, as capabilities take it: their own
// type has these fields.
type Edit interface {
	~struct {
		Field string
		Base  int64
		Value any
	}
}

// Sent is one edit as the island sends it. Settles is the kept text that it chooses
// about, and Choice what becomes of it: see application.Settle.
type Sent struct {
	Field   string          `json:"field"`
	Base    int64           `json:"base"`
	Value   json.RawMessage `json:"value"`
	Settles string          `json:"settles"`
	Choice  string          `json:"choice"`
}

// Reply is what the island gets back; its shape does not depend on the outcome.
type Reply struct {
	Saved     []Saved    `json:"saved"`
	Conflicts []Conflict `json:"conflicts"`
	Refused   []Refusal  `json:"refused"`
	State     *State     `json:"state"`
}

// Saved is a question whose answer is kept, and its version.
type Saved struct {
	Field   string `json:"field"`
	Version int64  `json:"version"`
}

// Conflict is a question that changed meanwhile: both texts are kept.
type Conflict struct {
	Field      string    `json:"field"`
	Variant    string    `json:"variant"`
	Theirs     any       `json:"theirs"`
	TheirsText string    `json:"theirs_text"`
	Author     string    `json:"author"`
	At         time.Time `json:"at"`
	Version    int64     `json:"version"`
}

// Refusal is an answer that is not kept, and why.
type Refusal struct {
	Field   string `json:"field"`
	Key     string `json:"key"`
	Message string `json:"message"`
}

// State is what the form says of everything that was answered.
type State struct {
	Visible  []string            `json:"visible"`
	Required []string            `json:"required"`
	Problems map[string][]string `json:"problems"`
	Steps    []Step              `json:"steps"`
}

// Step is how far one step of the form is.
type Step struct {
	ID       string `json:"id"`
	Missing  int    `json:"missing"`
	Problems int    `json:"problems"`
	Asked    int    `json:"asked"`
	Filled   int    `json:"filled"`
}

// Receive reads what the island sent, at most max bytes, and begins the reply, which is
// JSON even when it is a refusal. Error: Invalid "applications.unreadable".
func Receive(w http.ResponseWriter, r *http.Request, max int64) ([]Sent, *Reply, error) {
	r.Header.Set("Accept", "application/json")
	var sent struct {
		Edits []Sent `json:"edits"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, max)).Decode(&sent); err != nil {
		return nil, nil, errs.New(errs.Invalid, "applications.unreadable").Because(err)
	}
	return sent.Edits, &Reply{Saved: []Saved{}, Conflicts: []Conflict{}, Refused: []Refusal{}}, nil
}

// Refuse says that answers are not kept.
func (a *Reply) Refuse(ctx context.Context, list ...errs.Field) {
	for _, p := range list {
		a.Refused = append(a.Refused, Refusal{p.Path, p.Key, i18n.T(ctx, p.Key, p.Args...)})
	}
}

// Keep says that answers are kept, each with its version.
func (a *Reply) Keep(versions map[string]int64) {
	for field, version := range versions {
		a.Saved = append(a.Saved, Saved{field, version})
	}
}

// Tell says what the form says of the whole.
func (a *Reply) Tell(ctx context.Context, s *form.State) {
	v := &State{Visible: []string{}, Required: []string{}, Problems: map[string][]string{}}
	for _, f := range s.Fields {
		if !f.Visible {
			continue
		}
		v.Visible = append(v.Visible, f.Field.ID)
		if f.Required {
			v.Required = append(v.Required, f.Field.ID)
		}
		for _, p := range f.Problems {
			v.Problems[f.Field.ID] = append(v.Problems[f.Field.ID], i18n.T(ctx, p.Key, p.Args...))
		}
	}
	for _, st := range s.Steps {
		if st.Visible {
			v.Steps = append(v.Steps, Step{st.Step.ID, st.Missing, st.Problems, st.Asked, st.Filled})
		}
	}
	a.State = v
}

// Typed reads the edits that were sent, each value as its question takes it; a file is
// sent otherwise, and a choice between two texts is no edit.
func Typed[E Edit](f *form.Form, sent []Sent) (edits []E, refused []errs.Field) {
	for _, e := range sent {
		if e.Settles != "" {
			continue
		}
		field := f.Field(e.Field)
		if field == nil || field.Type == "file" {
			refused = append(refused, errs.Field{Path: e.Field, Key: "application.field_unknown"})
			continue
		}
		value, bad := field.Decode(e.Value)
		refused = append(refused, bad...)
		if len(bad) == 0 {
			edits = append(edits, E{Field: e.Field, Base: e.Base, Value: value})
		}
	}
	return edits, refused
}

// Posted reads the answers that a page without script showed, each with the version that
// it started from; a file is sent otherwise.
func Posted[E Edit](f *form.Form, values url.Values) (edits []E, refused []errs.Field) {
	for _, field := range f.Fields() {
		if field.Type == "file" || !field.Present(values) || !values.Has("v."+field.ID) {
			continue
		}
		value, bad := field.DecodeHTML(values)
		if len(bad) > 0 {
			refused = append(refused, bad...)
			continue
		}
		base, err := strconv.ParseInt(values.Get("v."+field.ID), 10, 64)
		if err != nil {
			base = -1
		}
		edits = append(edits, E{Field: field.ID, Base: base, Value: value})
	}
	return edits, refused
}

// Said turns problems into sentences, the first of each question.
func Said(ctx context.Context, list []errs.Field) map[string]string {
	out := map[string]string{}
	for _, p := range list {
		if out[p.Path] == "" {
			out[p.Path] = i18n.T(ctx, p.Key, p.Args...)
		}
	}
	return out
}
