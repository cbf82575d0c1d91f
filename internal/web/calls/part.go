package calls

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/form/rule"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// A part is what has its own page in the builder: a field, a step or a rule. Its page
// sends back, as "was", the mark of what it showed; when the part changed meanwhile, the
// page answers with both, and nothing is overwritten.

// clash is a part that two people changed.
type clash struct {
	Gone   bool // a colleague removed it
	By     string
	At     time.Time
	Theirs []string // what the other one changed since, in words
	Mine   []string // what this page would change of hers, in words
	Was    string   // the mark to send to keep mine
	Sent   url.Values
}

// field is the page of a question.
func (h *Handler) field(w http.ResponseWriter, r *http.Request) error { return h.part(w, r, "field") }

// step is the page of a step.
func (h *Handler) step(w http.ResponseWriter, r *http.Request) error { return h.part(w, r, "step") }

// rule is the page of an admissibility rule.
func (h *Handler) rule(w http.ResponseWriter, r *http.Request) error { return h.part(w, r, "rule") }

func (h *Handler) saveField(w http.ResponseWriter, r *http.Request) error {
	return h.savePart(w, r, "field")
}

func (h *Handler) saveStep(w http.ResponseWriter, r *http.Request) error {
	return h.savePart(w, r, "step")
}

func (h *Handler) saveRule(w http.ResponseWriter, r *http.Request) error {
	return h.savePart(w, r, "rule")
}

func (h *Handler) part(w http.ResponseWriter, r *http.Request, kind string) error {
	b, err := h.bench(r)
	if err != nil {
		return err
	}
	b.Kind, b.Part = kind, r.PathValue("part")
	mark, ok := partMark(b.Form, kind, b.Part)
	if !ok {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	b.atStep()
	return ui.Render(w, r, http.StatusOK, partPage(b, partState{Was: mark, Base: b.Draft.Version}))
}

// partState is what a page of a part carries beside the part itself.
type partState struct {
	Was      string
	Base     int64
	Problems []ui.FieldError // of what was sent and could not be read
	Clash    *clash
}

// atStep shows in the map the step of the part.
func (b *bench) atStep() {
	switch b.Kind {
	case "field":
		if s, _, ok := call.At(b.Form, b.Part); ok {
			b.Step = b.Form.Steps[s].ID
		}
	case "step":
		b.Step = b.Part
	default:
		b.Step = ""
	}
}

// partMark is the mark of a part as it stands; ok is false when there is none.
func partMark(f *form.Form, kind, part string) (string, bool) {
	switch kind {
	case "field":
		if s, i, ok := call.At(f, part); ok {
			return print(f.Steps[s].Fields[i]), true
		}
	case "step":
		if s := call.StepAt(f, part); s >= 0 {
			st := f.Steps[s]
			st.Fields = nil
			return print(st), true
		}
	case "rule":
		if i := call.RuleAt(f, part); i >= 0 {
			return print(f.Rules[i]), true
		}
	}
	return "", false
}

// savePart saves what the page of a part sent, on top of whatever colleagues saved
// elsewhere in the form meanwhile.
func (h *Handler) savePart(w http.ResponseWriter, r *http.Request, kind string) error {
	if err := r.ParseForm(); err != nil {
		return errs.New(errs.Invalid, "errs.invalid")
	}
	part, v := r.PathValue("part"), r.PostForm
	do := v.Get("do")
	rowAct := v.Get("_rows")
	var bad []errs.Field
	stale := errs.New(errs.Conflict, "call.part_changed_meanwhile")
	d, err := h.change(r, func(f *form.Form) error {
		mark, ok := partMark(f, kind, part)
		if !ok {
			return stale
		}
		sent := copyValues(v)
		rearrange(sent, do)
		bad = readPart(f, kind, part, sent, speech(r.Context()))
		if mark != v.Get("was") {
			// Two saves that say the same are no clash: the page saves itself, then its button does.
			if next, _ := partMark(f, kind, part); len(bad) > 0 || next != mark {
				bad = nil
				return stale
			}
		}
		if len(bad) > 0 {
			return errs.NewInvalid("call.invalid", bad)
		}
		return nil
	})
	switch {
	case err == stale:
		return h.showClash(w, r, kind, part)
	case len(bad) > 0:
		return h.showPart(w, r, kind, part, bad)
	case err != nil:
		return err
	}
	where := partURL(id(r), kind, part)
	switch {
	case rowAct != "":
		if path, adding := strings.CutPrefix(rowAct, "add:"); adding {
			where += "?blank=" + url.QueryEscape(path) + "#" + ui.FieldID(path)
		} else {
			_, path, _ := strings.Cut(rowAct, ":")
			where += "#" + ui.FieldID(listOf(path))
		}
	case strings.Contains(do, ":"):
		_, path, _ := strings.Cut(do, ":")
		root, _, _ := strings.Cut(path, ".")
		where += "#" + ui.FieldID(root)
	case do == "close":
		where = link(id(r), "form") + "?step=" + url.QueryEscape(v.Get("step")) + "&undo=" + strconv.FormatInt(d.Version-1, 10) + "#card-" + part
	default:
		where += "?done=saved"
	}
	return ui.See(w, r, where)
}

// listOf is the name of the list of a row: "s.options" of "s.options.3".
func listOf(path string) string {
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		return path[:i]
	}
	return path
}

func copyValues(v url.Values) url.Values {
	out := make(url.Values, len(v))
	for k, list := range v {
		out[k] = append([]string(nil), list...)
	}
	return out
}

// readPart puts what a page sent into a form and gives what could not be read.
func readPart(f *form.Form, kind, part string, v url.Values, s form.Speech) []errs.Field {
	switch kind {
	case "field":
		return readField(f, part, v, s)
	case "step":
		i := call.StepAt(f, part)
		f.Steps[i].Title, f.Steps[i].Help = pair(v, "title"), pair(v, "help")
		e, bad := readCondition(v, "show", operands(f, s, func(step, _ int) bool { return step != i }))
		f.Steps[i].ShowIf = e
		return bad
	}
	i := call.RuleAt(f, part)
	ru := &f.Rules[i]
	ru.Label, ru.Message, ru.Severity = pair(v, "label"), pair(v, "message"), form.Severity(v.Get("severity"))
	e, bad := readCondition(v, "when", operands(f, s, everyField))
	if e == nil {
		empty := rule.Of(rule.And)
		e = &empty
	}
	ru.When = *e
	return bad
}

func everyField(int, int) bool { return true }

// earlier keeps the fields that stand before one of them.
func earlier(f *form.Form, part string) func(step, field int) bool {
	s, i, _ := call.At(f, part)
	return func(step, field int) bool { return step < s || step == s && field < i }
}

func readField(f *form.Form, part string, v url.Values, s form.Speech) []errs.Field {
	si, i, _ := call.At(f, part)
	groups := operands(f, s, earlier(f, part))
	fl := &f.Steps[si].Fields[i]
	fl.Label, fl.Help = pair(v, "label"), pair(v, "help")
	fl.Required = v.Get("required") == "yes"
	var bad, more []errs.Field
	fl.ShowIf, bad = readCondition(v, "show", groups)
	fl.RequiredIf, more = readCondition(v, "must", groups)
	bad = append(bad, more...)
	fl.Settings, more = readSettings(fl, v)
	return append(bad, more...)
}

// showPart shows again what was sent and could not be read; nothing was saved.
func (h *Handler) showPart(w http.ResponseWriter, r *http.Request, kind, part string, bad []errs.Field) error {
	b, err := h.bench(r)
	if err != nil {
		return err
	}
	next := call.CopyOf(b.Form)
	readPart(next, kind, part, r.PostForm, speech(r.Context()))
	b.Kind, b.Part, b.Notice = kind, part, ""
	b.set(r.Context(), next)
	b.atStep()
	state := partState{Was: r.PostForm.Get("was"), Base: b.Draft.Version, Problems: say(r.Context(), "", bad)}
	return ui.Render(w, r, http.StatusUnprocessableEntity, partPage(b, state))
}

// showClash shows what a colleague changed and what this page would, and asks which to keep.
func (h *Handler) showClash(w http.ResponseWriter, r *http.Request, kind, part string) error {
	b, err := h.bench(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	b.Kind, b.Part = kind, part
	k := &clash{At: b.Draft.SavedAt, Sent: r.PostForm}
	if saves, err := h.Calls.FormSaves(ctx, ui.User(r), b.Call.ID, 1); err == nil && len(saves) > 0 {
		k.By = saves[0].By
	}
	base, err := strconv.ParseInt(r.PostForm.Get("base"), 10, 64)
	if err == nil {
		if old, err := h.Calls.FormAt(ctx, ui.User(r), b.Call.ID, base); err == nil {
			k.Theirs = changes(ctx, only(form.Diff(old.Form, b.Form), kind, part))
		}
	}
	mark, ok := partMark(b.Form, kind, part)
	k.Gone, k.Was = !ok, mark
	if ok {
		mine := call.CopyOf(b.Form)
		readPart(mine, kind, part, r.PostForm, speech(ctx))
		k.Mine = changes(ctx, only(form.Diff(b.Form, mine), kind, part))
	}
	b.atStep()
	return ui.Render(w, r, http.StatusConflict, clashPage(b, k))
}

// only keeps the changes of one part.
func only(list []form.Change, kind, part string) (out []form.Change) {
	for _, c := range list {
		if kind == "field" && c.Field == part || kind == "step" && c.Step == part && c.Field == "" || kind == "rule" && c.Rule == part {
			out = append(out, c)
		}
	}
	return out
}
