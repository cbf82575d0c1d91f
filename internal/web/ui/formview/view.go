// Package formview is how a form looks: one step to fill in, the answers as a document, the outline of what is missing.
package formview

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/a-h/templ"

	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// View is everything that a form needs to be shown to one person.
type View struct {
	Form     *form.Compiled
	State    *form.State // of the same answers
	Answers  form.Answers
	Lang     i18n.Lang        // of the form's own words; the reader's when empty
	StepID   string           // the step that Step shows
	Versions map[string]int64 // by field, the version of the answer shown, sent back as v.<field>
	Problems bool             // say what is missing and wrong
	Refused  map[string]string
	ReadOnly bool
	Editable func(fieldID string) bool // nil: every field
	Files    map[string][]File
	Conflict map[string]Conflict
	Marks    map[string][]string                  // by field, who else is on it
	Comments func(fieldID string) templ.Component // beside the label; may be nil
	Checks   form.Checks                          // to name places and files; may be nil
	Found    map[string]Search                    // searches of places made without script
	Hidden   []string                             // fields whose answer this person may not see
	Bare     bool                                 // ReadOnly names no place to lead to: another document stands on the page
	Blank    map[string]int                       // empty rows to add, by path: "team", "budget.expenses"
	StepURL  func(stepID string) string           // where Outline leads; nil for this page
}

// File is an attachment of a field.
type File struct {
	ID     string
	Name   string
	Size   int64 // bytes
	URL    string
	Digest string // SHA-256 in hexadecimal
	State  ui.FileState
	Why    string // why it was refused, already said
}

// Conflict is an answer that two people changed from the same version. Both
// are kept until somebody chooses.
type Conflict struct {
	Variant string // the id of the answer that was set aside
	Mine    string // in words
	Theirs  string
	Author  string
	At      time.Time
	Version int64 // of theirs
}

// Search is a search of places and what it found.
type Search struct {
	Query  string
	Places []Place
}

// Place is one place found: Ref as an answer holds it ("commune:14118").
type Place struct {
	Ref   string
	Label string
	Kind  string // already said
}

// speaking renders a component in the view's language.
func (v *View) speaking(c templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if v.Lang == "" {
			v.Lang = i18n.From(ctx)
		}
		return c.Render(i18n.With(ctx, v.Lang), w)
	})
}

// Step is one step of the form to fill in: every visible field, with what the
// server knows of it. It stands inside a Frame.
func Step(v View) templ.Component {
	view := &v
	return view.speaking(step(view))
}

// Steps is the whole form to fill in on one page, for a form that is short. It stands
// inside a Frame.
func Steps(v View) templ.Component {
	view := &v
	return view.speaking(allSteps(view))
}

// Question is one field of the form alone, as the islands ask for it again
// after a colleague changed it; nothing when the field is hidden or unknown.
func Question(v View, fieldID string) templ.Component {
	view := &v
	return view.speaking(oneQuestion(view, fieldID))
}

// ReadOnly is the answers as a document to read and to print. Hidden fields are
// left out; a question without an answer says so.
func ReadOnly(v View) templ.Component {
	view := &v
	return view.speaking(document(view))
}

// Outline is the list of steps with what each still misses, then everything that is
// missing, each with a link to its field.
func Outline(v View) templ.Component {
	view := &v
	return view.speaking(outline(view))
}

// Progress is Outline where it stands beside a draft: the islands ask for it again as answers come.
func Progress(v View) templ.Component {
	view := &v
	return view.speaking(progress(view))
}

func (v *View) lang() string { return string(v.Lang) }

func (v *View) speech(ctx context.Context) form.Speech {
	return form.Speech{
		Lang:   v.lang(),
		Say:    func(key string, args ...any) string { return i18n.T(ctx, key, args...) },
		Checks: v.Checks,
	}
}

// editable says whether the person may change the answer.
func (v *View) editable(fieldID string) bool {
	return !v.ReadOnly && (v.Editable == nil || v.Editable(fieldID))
}

// shown lists the state of the visible fields of a step, in order.
func (v *View) shown(s *form.Step) []form.FieldState {
	var out []form.FieldState
	for i := range s.Fields {
		if st, ok := v.State.Field(s.Fields[i].ID); ok && st.Visible {
			out = append(out, st)
		}
	}
	return out
}

// fieldIDs are the fields of a step, shown or not, for the islands.
func fieldIDs(s *form.Step) string {
	ids := make([]string, len(s.Fields))
	for i := range s.Fields {
		ids[i] = s.Fields[i].ID
	}
	return strings.Join(ids, " ")
}

// current is the step to show: the one asked for, else the first.
func (v *View) current() *form.Step {
	for i := range v.State.Steps {
		if st := &v.State.Steps[i]; st.Visible && (v.StepID == "" || st.Step.ID == v.StepID) {
			return st.Step
		}
	}
	return nil
}

func (v *View) stepURL(id string) string {
	if v.StepURL == nil {
		return ""
	}
	return v.StepURL(id)
}
