package schemes

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/programme"
	"transformateur/internal/scheme"
	"transformateur/internal/scheme/eligible"
	"transformateur/internal/web/ui"
)

// listed is the catalogue of an agency.
type listed struct {
	agency  programme.Agency
	filter  scheme.Filter
	list    []scheme.Scheme
	missing []scheme.Scheme // that their lists no longer hold
	left    int             // of the shipped catalogue, not here yet
	problem string
}

func (h *Handler) list(w http.ResponseWriter, r *http.Request) error {
	return h.listPage(w, r, http.StatusOK, "")
}

func (h *Handler) listPage(w http.ResponseWriter, r *http.Request, status int, problem string) (err error) {
	ctx, by := r.Context(), ui.User(r)
	v := listed{problem: problem, filter: scheme.Filter{Query: r.URL.Query().Get("q"), State: scheme.State(r.URL.Query().Get("state"))}}
	id := programme.AgencyID(r.PathValue("id"))
	if v.list, err = h.Schemes.List(ctx, by, id, v.filter); err != nil {
		return err
	}
	if v.missing, err = h.Schemes.Missing(ctx, by, id); err != nil {
		return err
	}
	if v.left, err = h.Schemes.Left(ctx, by, id); err != nil {
		return err
	}
	if v.agency, err = h.Programmes.Agency(ctx, by, id); err != nil {
		return err
	}
	return ui.Render(w, r, status, listPage(v))
}

func (h *Handler) start(w http.ResponseWriter, r *http.Request) error {
	id := programme.AgencyID(r.PathValue("id"))
	_, err := h.Schemes.Start(r.Context(), ui.User(r), id)
	if errs.Is(err, errs.Conflict) {
		return h.listPage(w, r, ui.StatusOf(err), ui.Sentence(r.Context(), err))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, in(id), "schemes.started_done")
}

// shown is the page of a scheme; source stays empty for who does not keep the catalogue.
type shown struct {
	scheme.Shown
	source scheme.Source
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	ctx, by, id := r.Context(), ui.User(r), scheme.ID(r.PathValue("id"))
	var v shown
	var err error
	if v.Shown, err = h.Schemes.Read(ctx, by, id); err != nil {
		return err
	}
	if v.Manages {
		if v.source, err = h.Schemes.Source(ctx, by, id); err != nil {
			return err
		}
	}
	return ui.Render(w, r, http.StatusOK, showPage(v))
}

// past is the history of a scheme.
type past struct {
	scheme.Scheme
	versions []scheme.Version
}

func (h *Handler) history(w http.ResponseWriter, r *http.Request) error {
	one, list, err := h.Schemes.History(r.Context(), ui.User(r), scheme.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, historyPage(past{one, list}))
}

func (h *Handler) move(w http.ResponseWriter, r *http.Request) error {
	id := scheme.ID(r.PathValue("id"))
	if err := h.Schemes.Move(r.Context(), ui.User(r), id, scheme.State(r.PostFormValue("state")), version(r)); err != nil {
		return err
	}
	return ui.Done(w, r, at(id), "schemes.moved_done")
}

func (h *Handler) checked(w http.ResponseWriter, r *http.Request) error {
	id := scheme.ID(r.PathValue("id"))
	if err := h.Schemes.Check(r.Context(), ui.User(r), id, version(r)); err != nil {
		return err
	}
	return ui.Done(w, r, at(id), "schemes.checked_done")
}

// row is one comparison of the form of a scheme; Or joins it to the row above.
type row struct {
	or                 bool
	fact, test, values string
}

// blanks is how many empty rows wait for further conditions.
const blanks = 3

// form is the sheet of a scheme as it was typed.
type form struct {
	scheme.Sheet
	amount, rate string
	tags         string
	rows         []row
	version      int64
	title, url   string
	back         string
	crumbs       []ui.Crumb
	others       []scheme.Scheme // of the catalogue, which may replace it
	problems     ui.Problems
}

// filled is the form of a sheet that stands.
func filled(s scheme.Sheet) form {
	f := form{Sheet: s, tags: strings.Join(s.Tags, ", ")}
	if s.MaxAmount > 0 {
		f.amount = strconv.FormatFloat(float64(s.MaxAmount)/100, 'f', -1, 64)
	}
	if s.Rate > 0 {
		f.rate = strconv.FormatInt(s.Rate, 10)
	}
	for _, c := range s.Criteria {
		lines, _ := c.Lines()
		for i, l := range lines {
			f.rows = append(f.rows, row{or: i > 0, fact: l.Fact, test: l.Test, values: strings.Join(l.Values, ", ")})
		}
	}
	return f
}

// typed reads the form; bad are the rows that make no condition.
func typed(r *http.Request) (f form, bad ui.Problems) {
	said := r.PostFormValue
	f.Sheet = scheme.Sheet{Name: said("name"), Provider: said("provider"), Purpose: said("purpose"), Instruments: r.PostForm["instruments"], Tags: strings.Split(said("tags"), ","),
		Amounts: said("amounts"), Audience: said("audience"), Territory: said("territory"), Expenses: said("expenses"), Conditions: said("conditions"), Calendar: said("calendar"),
		ValidFrom: said("valid_from"), ValidTo: said("valid_to"), Link: said("link"), Source: said("source"), SourceURL: said("source_url"), SourceOn: said("source_on"),
		ReplacedBy: scheme.ID(said("replaced_by"))}
	f.amount, f.rate, f.tags, f.version = said("max_amount"), said("rate"), said("tags"), version(r)
	if cents, is := euros(f.amount); is {
		f.MaxAmount = cents
	}
	if rate := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(f.rate), "%")); rate != "" {
		n, err := strconv.ParseInt(rate, 10, 64)
		if err != nil {
			n = -1
		}
		f.Rate = n
	}
	for i := range eligible.MaxCriteria * 2 {
		at := "rows." + strconv.Itoa(i) + "."
		one := row{or: said(at+"joined") == "or", fact: said(at + "fact"), test: said(at + "test"), values: said(at + "values")}
		if one.fact != "" {
			f.rows = append(f.rows, one)
		}
	}
	return f, f.criteria(r.Context())
}

// criteria makes the conditions of the rows; those of which one is enough go together.
func (f *form) criteria(ctx context.Context) (bad ui.Problems) {
	var groups [][]eligible.Line
	for i, one := range f.rows {
		l := eligible.Line{Fact: one.fact, Test: one.test}
		for _, v := range strings.Split(one.values, ",") {
			if v = strings.TrimSpace(v); v != "" {
				l.Values = append(l.Values, v)
			}
		}
		if fact, _ := eligible.Find(l.Fact); fact.Unit != "" || l.Test == eligible.Months { // a comma is that of decimals
			l.Values = []string{one.values}
		}
		if _, err := l.Expr(); err != nil {
			bad = append(bad, ui.FieldError{Path: "rows." + strconv.Itoa(i) + ".values", Text: ui.Sentence(ctx, err)})
			continue
		}
		if one.or && len(groups) > 0 {
			groups[len(groups)-1] = append(groups[len(groups)-1], l)
		} else {
			groups = append(groups, []eligible.Line{l})
		}
	}
	for _, g := range groups {
		if c, err := eligible.Of(g...); err == nil {
			f.Criteria = append(f.Criteria, c)
		}
	}
	return bad
}

// shownRows are those that were written, then empty ones.
func (f form) shownRows() []row { return append(slices.Clone(f.rows), make([]row, blanks)...) }

func (h *Handler) creating(r *http.Request, f *form) error {
	ctx, by, id := r.Context(), ui.User(r), programme.AgencyID(r.PathValue("id"))
	var err error
	if f.others, err = h.Schemes.List(ctx, by, id, scheme.Filter{}); err != nil {
		return err
	}
	a, err := h.Programmes.Agency(ctx, by, id)
	f.title, f.url, f.back = i18n.T(ctx, "schemes.new"), in(id, "new"), in(id)
	f.crumbs = []ui.Crumb{{Label: a.Name.In(string(i18n.From(ctx))), URL: "/agencies/" + string(id)}, {Label: i18n.T(ctx, "schemes.title"), URL: in(id)}}
	return err
}

func (h *Handler) blank(w http.ResponseWriter, r *http.Request) error {
	var f form
	if err := h.creating(r, &f); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, formPage(f))
}

func (h *Handler) create(w http.ResponseWriter, r *http.Request) error {
	f, bad := typed(r)
	if err := h.creating(r, &f); err != nil {
		return err
	}
	if f.problems = bad; len(bad) > 0 {
		return ui.Render(w, r, http.StatusUnprocessableEntity, formPage(f))
	}
	id, err := h.Schemes.Create(r.Context(), ui.User(r), programme.AgencyID(r.PathValue("id")), f.Sheet)
	if problems, show := ui.Again(r.Context(), err); show {
		f.problems = problems
		return ui.Render(w, r, ui.StatusOf(err), formPage(f))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(id), "schemes.created_done")
}

func (h *Handler) editing(r *http.Request, f *form) (one scheme.Scheme, err error) {
	ctx, by := r.Context(), ui.User(r)
	if one, err = h.Schemes.Manage(ctx, by, scheme.ID(r.PathValue("id"))); err != nil {
		return one, err
	}
	if f.others, err = h.Schemes.List(ctx, by, one.Agency, scheme.Filter{}); err != nil {
		return one, err
	}
	f.others = slices.DeleteFunc(f.others, func(o scheme.Scheme) bool { return o.ID == one.ID })
	f.title, f.url, f.back, f.version = i18n.T(ctx, "schemes.edit"), at(one.ID, "edit"), at(one.ID), one.Version
	f.crumbs = []ui.Crumb{{Label: i18n.T(ctx, "schemes.title"), URL: in(one.Agency)}, {Label: one.Name, URL: at(one.ID)}}
	return one, nil
}

func (h *Handler) edit(w http.ResponseWriter, r *http.Request) error {
	var f form
	one, err := h.editing(r, &f)
	if err != nil {
		return err
	}
	shown := filled(one.Sheet)
	shown.title, shown.url, shown.back, shown.version, shown.crumbs, shown.others = f.title, f.url, f.back, f.version, f.crumbs, f.others
	return ui.Render(w, r, http.StatusOK, formPage(shown))
}

func (h *Handler) save(w http.ResponseWriter, r *http.Request) error {
	f, bad := typed(r)
	read := f.version
	one, err := h.editing(r, &f) // f.version is now that which stands: saving again is her choice
	if err != nil {
		return err
	}
	if f.problems = bad; len(bad) > 0 {
		f.version = read
		return ui.Render(w, r, http.StatusUnprocessableEntity, formPage(f))
	}
	err = h.Schemes.Edit(r.Context(), ui.User(r), one.ID, f.Sheet, read)
	if problems, show := ui.Again(r.Context(), err); show {
		if f.problems = problems; errs.Is(err, errs.Invalid) {
			f.version = read
		}
		return ui.Render(w, r, ui.StatusOf(err), formPage(f))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(one.ID), "schemes.saved_done")
}
