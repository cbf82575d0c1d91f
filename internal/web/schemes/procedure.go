package schemes

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/form/rule"
	"transformateur/internal/i18n"
	"transformateur/internal/scheme"
	"transformateur/internal/scheme/eligible"
	"transformateur/internal/scheme/procedure"
	"transformateur/internal/web/ui"
)

// ProcedureRoutes lists the addresses of the procedures at which schemes are asked for.
func (h *Handler) ProcedureRoutes() []ui.Route {
	at := func(pattern string, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: "scheme.manage", On: "scheme", Handle: handle}
	}
	return []ui.Route{
		at("GET /schemes/{id}/procedure", h.procedure),
		at("POST /schemes/{id}/procedure", h.bringProcedure),
		at("POST /schemes/{id}/procedure/fields", h.mapProcedure),
		at("POST /schemes/{id}/procedure/remove", h.removeProcedure),
	}
}

// online is the page of the procedure of a scheme.
type online struct {
	scheme.Scheme
	scheme.Procedure
	Offered  int64  // the version that forms carry
	typed    string // the address that was refused
	problems ui.Problems
}

func (o online) url(parts ...string) string {
	return at(o.ID, append([]string{"procedure"}, parts...)...)
}

// schema is where the form is read, once the address is known.
func (o online) schema() string {
	if o.Procedure.Version == 0 {
		return ""
	}
	return procedure.SchemaAddress(o.Address)
}

// address is what the field of the address holds.
func (o online) address() string {
	switch link, good := procedure.Address(o.Link); {
	case o.typed != "":
		return o.typed
	case o.Address != "":
		return o.Address
	case good:
		return link
	}
	return ""
}

// fillers are what may fill a field.
func fillers(ctx context.Context, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}, Empty: i18n.T(ctx, "schemes.fill_none")}
	for _, key := range scheme.Fillers() {
		c.Options = append(c.Options, ui.Option{Value: key, Label: filler(ctx, key)})
	}
	return c
}

// filler is the name of a thing that fills a field.
func filler(ctx context.Context, key string) string {
	if _, is := eligible.Find(key); is {
		return short(ctx, key)
	}
	return i18n.T(ctx, "schemes.dossier_"+key)
}

func fieldName(i int) string { return "field." + strconv.Itoa(i) }

// field is a question of the procedure on the page.
func (o online) field(ctx context.Context, i int) ui.Field {
	f := o.Form.Fields[i]
	hint := i18n.T(ctx, "schemes.fill_kind_"+string(f.Kind))
	if f.Required {
		hint += i18n.T(ctx, "schemes.fill_required")
	}
	return ui.Field{Name: fieldName(i), Label: strconv.Itoa(i+1) + ". " + f.Label, Hint: hint, Optional: true}
}

func (h *Handler) procedure(w http.ResponseWriter, r *http.Request) error {
	return h.procedurePage(w, r, nil, "")
}

func (h *Handler) procedurePage(w http.ResponseWriter, r *http.Request, refusal error, typed string) (err error) {
	o := online{typed: typed}
	problems, show := ui.Again(r.Context(), refusal)
	if refusal != nil && !show {
		return refusal
	}
	if o.Scheme, o.Procedure, err = h.Schemes.Procedure(r.Context(), ui.User(r), scheme.ID(r.PathValue("id"))); err != nil {
		return err
	}
	o.problems, o.Offered = problems, o.Procedure.Version
	status := http.StatusOK
	if refusal != nil {
		status = ui.StatusOf(refusal)
	}
	return ui.Render(w, r, status, procedurePage(o))
}

// bringProcedure receives the schema of a procedure.
func (h *Handler) bringProcedure(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, procedure.MaxBytes+1<<20)
	err := r.ParseMultipartForm(1 << 20)
	var large *http.MaxBytesError
	if err != nil && !errors.As(err, &large) && !errors.Is(err, http.ErrNotMultipart) {
		return h.procedurePage(w, r, h.Schemes.BringProcedure(r.Context(), ui.User(r), scheme.ID(r.PathValue("id")), "", strings.NewReader(""), 0), "")
	}
	if r.MultipartForm != nil {
		defer r.MultipartForm.RemoveAll()
	}
	var content io.Reader = strings.NewReader("")
	if file, _, err := r.FormFile("file"); err == nil {
		defer file.Close()
		content = file
	}
	id, typed := scheme.ID(r.PathValue("id")), r.FormValue("address")
	if err := h.Schemes.BringProcedure(r.Context(), ui.User(r), id, typed, content, version(r)); err != nil {
		return h.procedurePage(w, r, err, typed)
	}
	return ui.Done(w, r, at(id, "procedure"), "schemes.procedure_brought")
}

func (h *Handler) mapProcedure(w http.ResponseWriter, r *http.Request) error {
	ctx, by, id := r.Context(), ui.User(r), scheme.ID(r.PathValue("id"))
	_, p, err := h.Schemes.Procedure(ctx, by, id)
	if err != nil {
		return err
	}
	m := procedure.Mapping{}
	for i, f := range p.Form.Fields {
		m[f.ID] = r.PostFormValue(fieldName(i))
	}
	if err := h.Schemes.MapProcedure(ctx, by, id, m, version(r)); err != nil {
		return h.procedurePage(w, r, err, "")
	}
	return ui.Done(w, r, at(id, "procedure"), "schemes.procedure_mapped")
}

func (h *Handler) removeProcedure(w http.ResponseWriter, r *http.Request) error {
	id := scheme.ID(r.PathValue("id"))
	if err := h.Schemes.RemoveProcedure(r.Context(), ui.User(r), id, version(r)); err != nil {
		return h.procedurePage(w, r, err, "")
	}
	return ui.Done(w, r, at(id, "procedure"), "schemes.procedure_removed")
}

// filled is the procedure with what is kept of the dossier; its words are French, as those
// of the sites of Démarches simplifiées.
func (d dossier) filled(ctx context.Context) procedure.Filled {
	ctx = i18n.With(ctx, "fr")
	own := map[string]string{scheme.FillTitle: d.Project.Title, scheme.FillSummary: d.Project.Summary, scheme.FillOrganisation: d.Body.Name, scheme.FillSIRET: d.Body.SIRET}
	return procedure.Fill(d.Procedure.Address, d.Procedure.Form, d.Procedure.Mapping, func(key string) (v procedure.Value, known bool) {
		if !slices.ContainsFunc(d.lines, func(l line) bool { return l.key == key && l.kept }) {
			return v, false
		}
		if said := own[key]; said != "" {
			return procedure.Value{Words: said, Code: said}, true
		}
		for _, k := range d.Known {
			if k.Key == key && k.Value != nil {
				v.Words = valueWords(ctx, k.Fact, k.Typed(k.Value))
				if typed := k.Typed(k.Value); len(typed) == 1 && k.Kind != rule.Text {
					v.Code = typed[0]
				}
				return v, true
			}
		}
		return v, false
	})
}

// answers are the answers that the link holds, and those that it does not.
func answers(f procedure.Filled, held bool) (list []procedure.Answer) {
	for _, a := range f.Answers {
		if (a.Why == "") == held {
			list = append(list, a)
		}
	}
	return list
}

// pairsOf are answers as they are shown, those that are left out with why.
func pairsOf(ctx context.Context, list []procedure.Answer) (pairs []ui.Pair) {
	for _, a := range list {
		p := ui.Pair{Term: a.Label, Text: a.Said}
		if a.Why != "" {
			p.Text = i18n.T(ctx, "schemes.left_"+a.Why)
			if a.Said != "" {
				p.Text += " " + a.Said
			}
		}
		pairs = append(pairs, p)
	}
	return pairs
}
