package calls

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/formview"
)

// trial is the form as an applicant sees it, filled with answers that are kept nowhere
// but in the page.
type trial struct {
	Call    call.Call
	View    formview.View
	Answers string // canonical JSON, carried from page to page
	Left    int    // questions and rules not shown because they are still to be written
	Steps   []form.StepState
	Before  string // the visible steps around this one
	After   string
	Lang    string
}

// trialChecks are the checks of a trial, which holds no file.
type trialChecks struct{ application.Registers }

// Attachment finds no file.
func (trialChecks) Attachment(string) (form.Attachment, bool) { return form.Attachment{}, false }

// maxTrial bounds the answers of a trial, in bytes.
const maxTrial = 4 << 20

// preview shows the form being written to whoever writes it, as to an applicant.
func (h *Handler) preview(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxTrial)
	if err := r.ParseForm(); err != nil {
		return errs.New(errs.Invalid, "errs.invalid")
	}
	c, d, err := h.Calls.FormDraft(r.Context(), ui.User(r), id(r))
	if err != nil {
		return err
	}
	compiled, left := workable(d.Form)
	t := trial{Call: c, Left: left, Lang: r.URL.Query().Get("lang")}
	if compiled != nil {
		h.fill(&t, compiled, r)
	}
	head := w.Header()
	head.Set("Content-Security-Policy", strings.Replace(head.Get("Content-Security-Policy"), "frame-ancestors 'none'", "frame-ancestors 'self'", 1))
	return ui.Render(w, r, http.StatusOK, trialPage(t))
}

// fill evaluates the answers that the page carries, with those just typed.
func (h *Handler) fill(t *trial, compiled *form.Compiled, r *http.Request) {
	v := r.PostForm
	answers, err := form.ParseAnswers([]byte(v.Get("answers")))
	if err != nil || answers == nil {
		answers = form.Answers{}
	}
	act := formview.ReadAct(v.Get("do"))
	blank := formview.ChangeRows(v, act)
	step := r.URL.Query().Get("step")
	if s := v.Get("step"); s != "" {
		step = s
	}
	if s := call.StepAt(compiled.Form, step); s >= 0 && r.Method == http.MethodPost {
		typeIn(answers, compiled.Form.Steps[s], v)
	}
	if act.Name == "go" {
		step = act.Path
	}
	checks := trialChecks{h.Registers}
	env := form.Env{Now: ui.Local(h.Clock.Now(), t.Call.Zone), Checks: checks}
	state := compiled.Evaluate(answers, env)
	t.Steps = state.Steps
	t.View = formview.View{Form: compiled, State: state, Answers: answers, Checks: checks, StepID: step, Problems: act.Name == "check"}
	if blank > 0 {
		t.View.Blank = map[string]int{act.Path: blank}
	}
	var seen []string
	for _, s := range state.Steps {
		if s.Visible {
			seen = append(seen, s.Step.ID)
		}
	}
	i := slices.Index(seen, step)
	if i < 0 && len(seen) > 0 {
		i, t.View.StepID = 0, seen[0]
	}
	if i > 0 {
		t.Before = seen[i-1]
	}
	if i >= 0 && i+1 < len(seen) {
		t.After = seen[i+1]
	}
	t.Answers = string(form.Canonical(answers))
}

// typeIn puts into answers what was typed in the fields of a step that were on the page.
func typeIn(answers form.Answers, s form.Step, v url.Values) {
	for i := range s.Fields {
		f := &s.Fields[i]
		if !f.Present(v) {
			continue
		}
		value, bad := f.DecodeHTML(v)
		switch {
		case len(bad) > 0:
		case value == nil:
			delete(answers, f.ID)
		default:
			answers[f.ID] = value
		}
	}
}

// workable is a form that compiles, made of what can already be shown of one that may
// not: questions, conditions and rules with a fault are left out, and counted.
func workable(f *form.Form) (*form.Compiled, int) {
	next := call.CopyOf(f)
	left := 0
	for range 20 {
		compiled, err := next.Compile()
		if err == nil {
			return compiled, left
		}
		bad, ok := ui.FieldsOf(err)
		if !ok || !mend(next, bad, &left) {
			return nil, left
		}
	}
	return nil, left
}

// mend takes out of a form what some problems are about; false when it can do nothing.
func mend(f *form.Form, bad []errs.Field, left *int) bool {
	fields, rules := map[[2]int]bool{}, map[int]bool{}
	mended := false
	for _, p := range bad {
		parts := append(strings.Split(p.Path, "."), "", "", "", "")
		i, err := strconv.Atoi(parts[1])
		if err != nil {
			continue
		}
		j, err := strconv.Atoi(parts[3])
		switch {
		case parts[0] == "rules":
			rules[i] = true
		case parts[2] == "fields" && err == nil && parts[4] == "show_if":
			f.Steps[i].Fields[j].ShowIf, mended = nil, true
			*left++
		case parts[2] == "fields" && err == nil:
			fields[[2]int{i, j}] = true
		case parts[2] == "title":
			f.Steps[i].Title, mended = form.Localised{"fr": "…"}, true
		case parts[2] == "show_if":
			f.Steps[i].ShowIf, mended = nil, true
			*left++
		}
	}
	for i := range f.Steps {
		kept := f.Steps[i].Fields[:0]
		for j, fl := range f.Steps[i].Fields {
			if !fields[[2]int{i, j}] {
				kept = append(kept, fl)
			}
		}
		f.Steps[i].Fields = kept
	}
	var kept []form.Rule
	for i, ru := range f.Rules {
		if !rules[i] {
			kept = append(kept, ru)
		}
	}
	f.Rules = kept
	*left += len(fields) + len(rules)
	return mended || len(fields) > 0 || len(rules) > 0
}

// try is the form on a phone and on a laptop, side by side.
func (h *Handler) try(w http.ResponseWriter, r *http.Request) error {
	b, err := h.bench(r)
	if err != nil {
		return err
	}
	width := r.URL.Query().Get("w")
	if width != "phone" && width != "laptop" {
		width = "both"
	}
	return ui.Render(w, r, http.StatusOK, tryPage(b, width))
}

func previewURL(ctx context.Context, t trial) string {
	out := link(t.Call.ID, "form", "preview")
	if t.Lang != "" {
		out += "?lang=" + url.QueryEscape(t.Lang)
	}
	return out
}
