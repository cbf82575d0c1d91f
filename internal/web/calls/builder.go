package calls

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/form/rule"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// bench is the workbench of a form: what every page of the builder needs to know.
type bench struct {
	Call     call.Call
	Draft    call.FormDraft
	Form     *form.Form
	Problems []fault // what keeps the form from being published
	Advice   []fault // what its author should look at
	Rights   call.Rights
	Step     string // the step shown
	Part     string // the field, step or rule shown, "" on the main page
	Kind     string // field, step or rule
	Notice   string
	Did      *did
	Blank    string // the list that shows an empty row, on the page of a field
}

// did is what the last act did, and how to undo it.
type did struct {
	Words   string
	Version int64 // to go back to
}

// fault is a problem or an advice, with where to mend it.
type fault struct {
	Path   string // in the form: "steps.0.fields.2.settings.max_chars"
	Part   string // id of the field, step or rule, "" for the whole form
	Kind   string // field, step, rule or ""
	Local  string // path below the part: "settings.max_chars", "show_if.args.0"
	Text   string
	Where  string // in words
	URL    string
	Advice bool
}

// bench loads the workbench of the call of a request.
func (h *Handler) bench(r *http.Request) (*bench, error) {
	ctx := r.Context()
	c, d, err := h.Calls.FormDraft(ctx, ui.User(r), id(r))
	if err != nil {
		return nil, err
	}
	b := &bench{Call: c, Draft: d, Notice: notice(r), Step: r.URL.Query().Get("step"), Blank: r.URL.Query().Get("blank")}
	if b.Rights, err = h.Calls.Rights(ctx, ui.User(r), c); err != nil {
		return nil, err
	}
	b.set(ctx, d.Form)
	if back, err := strconv.ParseInt(r.URL.Query().Get("undo"), 10, 64); err == nil && back >= 0 && back == d.Version-1 {
		old, err := h.Calls.FormAt(ctx, ui.User(r), c.ID, back)
		if err == nil {
			b.Did = &did{Words: firstChange(ctx, old.Form, d.Form), Version: back}
		}
	}
	return b, nil
}

// set shows a form, with what is wrong with it.
func (b *bench) set(ctx context.Context, f *form.Form) {
	b.Form, b.Problems, b.Advice = f, nil, nil
	if call.StepAt(f, b.Step) < 0 {
		b.Step = ""
		if len(f.Steps) > 0 {
			b.Step = f.Steps[0].ID
		}
	}
	compiled, err := f.Compile()
	if fields, ok := ui.FieldsOf(err); ok {
		b.Problems = b.faults(ctx, fields)
	}
	if compiled != nil {
		b.Advice = b.faults(ctx, compiled.Advice)
	}
	for i := range b.Advice {
		b.Advice[i].Advice = true
	}
}

// faults says where each problem of the compiler is to be mended.
func (b *bench) faults(ctx context.Context, list []errs.Field) []fault {
	said := say(ctx, "", list)
	out := make([]fault, len(list))
	for i, p := range said {
		f := fault{Path: p.Path, Text: p.Text, URL: link(b.Call.ID, "form")}
		parts := strings.Split(p.Path, ".")
		index := func(at int) int {
			if len(parts) <= at {
				return -1
			}
			n, err := strconv.Atoi(parts[at])
			if err != nil {
				return -1
			}
			return n
		}
		s, fi := index(1), index(3)
		switch {
		case parts[0] == "steps" && s >= 0 && s < len(b.Form.Steps):
			st := b.Form.Steps[s]
			f.Part, f.Kind, f.Local = st.ID, "step", strings.Join(parts[2:], ".")
			f.Where = i18n.T(ctx, "calls.where_step", s+1, in(ctx, st.Title))
			if len(parts) > 3 && parts[2] == "fields" && fi >= 0 && fi < len(st.Fields) {
				fl := st.Fields[fi]
				f.Part, f.Kind, f.Local = fl.ID, "field", strings.Join(parts[4:], ".")
				f.Where = i18n.T(ctx, "calls.where_field", s+1, titleOf(ctx, fl))
			}
		case parts[0] == "rules" && s >= 0 && s < len(b.Form.Rules):
			ru := b.Form.Rules[s]
			f.Part, f.Kind, f.Local = ru.ID, "rule", strings.Join(parts[2:], ".")
			f.Where = i18n.T(ctx, "calls.where_rule", in(ctx, ru.Label))
		}
		if f.Part != "" {
			f.URL = partURL(b.Call.ID, f.Kind, f.Part) + "#" + ui.FieldID(controlOf(f.Local))
		}
		out[i] = f
	}
	return out
}

// partURL is the page of a field, a step or a rule.
func partURL(id call.ID, kind, part string) string { return link(id, "form", kind+"s", part) }

// controlOf is the name of the control in which a problem below a part is mended.
func controlOf(local string) string {
	parts := strings.Split(local, ".")
	switch parts[0] {
	case "label", "title", "message", "help":
		return parts[0] + "_fr"
	case "show_if":
		return "show"
	case "required_if":
		return "must"
	case "settings":
		return "s." + strings.Join(parts[1:], ".")
	}
	return parts[0]
}

// of lists the faults of one part.
func (b *bench) of(kind, part string) (out []fault) {
	for _, f := range append(slices.Clone(b.Problems), b.Advice...) {
		if f.Kind == kind && f.Part == part {
			out = append(out, f)
		}
	}
	return out
}

// below lists what is wrong below a path of the part shown, in words.
func (b *bench) below(local string) string {
	var out []string
	for _, f := range b.of(b.Kind, b.Part) {
		if !f.Advice && (f.Local == local || strings.HasPrefix(f.Local, local+".")) && !slices.Contains(out, f.Text) {
			out = append(out, f.Text)
		}
	}
	return strings.Join(out, " ")
}

// wrong counts the problems of a step and of its fields, for the map.
func (b *bench) wrong(s form.Step) int {
	n := len(b.of("step", s.ID))
	for _, f := range s.Fields {
		n += len(b.of("field", f.ID))
	}
	return n
}

// titleOf names a field, even one that has no label yet.
func titleOf(ctx context.Context, f form.Field) string {
	if s := in(ctx, f.Label); s != "" {
		return s
	}
	return i18n.T(ctx, "calls.untitled", i18n.T(ctx, "form.type_"+f.Type))
}

// phrase reads a condition back, without the brackets of the outermost group.
func phrase(ctx context.Context, f *form.Form, e *rule.Expr) string {
	if e == nil {
		return ""
	}
	said := f.Phrase(*e, speech(ctx))
	if strings.HasPrefix(said, "(") && strings.HasSuffix(said, ")") && balanced(said[1:len(said)-1]) {
		said = said[1 : len(said)-1]
	}
	return said
}

func balanced(s string) bool {
	depth := 0
	for _, r := range s {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth < 0 {
			return false
		}
	}
	return depth == 0
}

// change applies an act to the latest form and saves it. The act names what it changes
// by id, so that a colleague who saved meanwhile loses nothing: it is applied again to hers.
func (h *Handler) change(r *http.Request, act func(f *form.Form) error) (call.FormDraft, error) {
	ctx, by := r.Context(), ui.User(r)
	for try := 0; ; try++ {
		_, d, err := h.Calls.FormDraft(ctx, by, id(r))
		if err != nil {
			return d, err
		}
		next := call.CopyOf(d.Form)
		if err := act(next); err != nil {
			return d, err
		}
		if d.Version > 0 && print(next) == print(d.Form) {
			return d, nil
		}
		saved, err := h.Calls.SaveForm(ctx, by, id(r), next, d.Version)
		if errs.KeyOf(err) != "call.form_changed_meanwhile" || try == 4 {
			return saved, err
		}
	}
}

// form is the main page: the map, and the questions of one step.
func (h *Handler) form(w http.ResponseWriter, r *http.Request) error {
	b, err := h.bench(r)
	if err != nil {
		return err
	}
	if b.Draft.Version == 0 && len(b.Form.Steps) == 0 {
		return ui.See(w, r, link(b.Call.ID, "form", "start"))
	}
	return ui.Render(w, r, http.StatusOK, formPage(b))
}

// act does what a button of the main page asks: "up:field:ID", "add-step", and so on.
func (h *Handler) act(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.New(errs.Invalid, "errs.invalid")
	}
	do := strings.Split(r.PostForm.Get("do"), ":")
	for len(do) < 4 {
		do = append(do, "")
	}
	goTo := link(id(r), "form") + "?step=" + url.QueryEscape(r.PostForm.Get("step"))
	anchor := ""
	d, err := h.change(r, func(f *form.Form) error {
		where, spot, err := apply(f, do, r.PostForm)
		if where != "" {
			goTo = where
			if strings.HasPrefix(where, "?") {
				goTo = link(id(r), "form") + where
			} else if strings.HasPrefix(where, "/") {
				goTo = link(id(r), "form") + where
			}
		}
		anchor = spot
		return err
	})
	if err != nil {
		return err
	}
	sep := "?"
	if strings.Contains(goTo, "?") {
		sep = "&"
	}
	goTo += sep + "undo=" + strconv.FormatInt(d.Version-1, 10)
	if anchor != "" {
		goTo += "#" + anchor
	}
	return ui.See(w, r, goTo)
}

// apply does one act of the main page. where is the page to go on with, below the
// form's own, and spot the place in it.
func apply(f *form.Form, do []string, v url.Values) (where, spot string, err error) {
	verb, kind, part := do[0], do[1], do[2]
	gone := errs.New(errs.Conflict, "call.part_gone")
	ok := true
	spot = "card-" + part
	switch verb {
	case "add-step":
		step := call.AddStep(f, pair(v, "title"), v.Get("after"))
		return "/steps/" + step, "", nil
	case "add-rule":
		return "/rules/" + call.AddRule(f, pair(v, "title")), "", nil
	case "add-field":
		made, ok := call.AddField(f, v.Get("step"), v.Get("after"), kind, pair(v, "label"))
		if !ok {
			return "", "", gone
		}
		return "/fields/" + made, "", nil
	case "up", "down":
		ok = call.Move(f, kind, part, verb == "down")
		if kind == "field" {
			if s, _, found := call.At(f, part); found {
				where = "?step=" + f.Steps[s].ID
			}
			ok = true // already at the edge: nothing to do
		}
	case "duplicate":
		part = call.Duplicate(f, kind, part)
		ok, spot = part != "", "card-"+part
		if kind == "step" && ok {
			where = "?step=" + part
		}
	case "remove":
		ok, spot = call.Remove(f, kind, part), ""
	case "to": // a field to a step, at the place given, else at its end
		place, err := strconv.Atoi(v.Get("place"))
		if err != nil {
			place = form.MaxFields
		}
		to := do[3]
		if to == "" {
			to = v.Get("to." + part)
		}
		if kind == "step" {
			ok = call.MoveStep(f, part, place)
		} else {
			ok = call.MoveTo(f, part, to, place)
			where = "?step=" + to
		}
	default:
		return "", "", errs.New(errs.Invalid, "errs.invalid")
	}
	if !ok {
		return "", "", gone
	}
	return where, spot, nil
}

// gallery is the choice of the type of a new question.
func (h *Handler) gallery(w http.ResponseWriter, r *http.Request) error {
	b, err := h.bench(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, galleryPage(b, r.URL.Query().Get("after")))
}

// family is the types of one family.
type family struct {
	Name  string
	Types []form.TypeInfo
}

// families groups the types as the gallery shows them.
func families() (out []family) {
	for _, t := range form.Types() {
		i := slices.IndexFunc(out, func(f family) bool { return f.Name == t.Family })
		if i < 0 {
			i = len(out)
			out = append(out, family{Name: t.Family})
		}
		out[i].Types = append(out[i].Types, t)
	}
	return out
}
