package schemes

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/scheme"
	"transformateur/internal/scheme/harvest"
	"transformateur/internal/web/ui"
)

// HarvestRoutes lists the addresses of lists from elsewhere, and of dossiers to take away.
func (h *Handler) HarvestRoutes() []ui.Route {
	at := func(pattern string, action policy.Action, on string, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: action, On: on, Handle: handle}
	}
	return []ui.Route{
		at("GET /agencies/{id}/schemes/imports", "scheme.manage", "agency", h.imports),
		at("POST /agencies/{id}/schemes/imports", "scheme.manage", "agency", h.bring),
		at("GET /agencies/{id}/schemes/imports/{import}", "scheme.manage", "agency", h.imported),
		at("POST /agencies/{id}/schemes/imports/{import}", "scheme.manage", "agency", h.plan),
		at("POST /agencies/{id}/schemes/imports/{import}/rows", "scheme.manage", "agency", h.pick),
		at("POST /agencies/{id}/schemes/imports/{import}/apply", "scheme.manage", "agency", h.apply),
		at("POST /agencies/{id}/schemes/imports/{import}/remove", "scheme.manage", "agency", h.drop),
		at("POST /schemes/{id}/restore", "scheme.manage", "scheme", h.restore),
		at("GET /projects/{id}/orientation/{scheme}/dossier", "orientation.read", "project", h.dossier),
		at("GET /projects/{id}/orientation/{scheme}/dossier.csv", "orientation.read", "project", h.dossierCSV),
		at("GET /projects/{id}/orientation/{scheme}/dossier.json", "orientation.read", "project", h.dossierJSON),
	}
}

func agencyOf(r *http.Request) programme.AgencyID { return programme.AgencyID(r.PathValue("id")) }

// shelf is the page of the lists that were brought.
type shelf struct {
	agency   programme.Agency
	imports  []scheme.Import
	up       scheme.Upload // typed
	problems ui.Problems
}

func (h *Handler) imports(w http.ResponseWriter, r *http.Request) error {
	return h.shelfPage(w, r, http.StatusOK, shelf{})
}

func (h *Handler) shelfPage(w http.ResponseWriter, r *http.Request, status int, s shelf) (err error) {
	ctx, by := r.Context(), ui.User(r)
	if s.imports, err = h.Schemes.Imports(ctx, by, agencyOf(r)); err != nil {
		return err
	}
	if s.agency, err = h.Programmes.Agency(ctx, by, agencyOf(r)); err != nil {
		return err
	}
	return ui.Render(w, r, status, shelfPage(s))
}

// bring receives a list.
func (h *Handler) bring(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	r.Body = http.MaxBytesReader(w, r.Body, harvest.Bounds.Bytes+1<<20)
	refused := func(text string) error {
		return h.shelfPage(w, r, http.StatusUnprocessableEntity, shelf{problems: ui.Problems{{Path: "file", Text: text}}})
	}
	if err := r.ParseMultipartForm(4 << 20); err != nil {
		if strings.Contains(err.Error(), "too large") {
			return refused(i18n.T(ctx, "sheet.too_big", int(harvest.Bounds.Bytes>>20)))
		}
		return refused(i18n.T(ctx, "schemes.file_missing"))
	}
	defer r.MultipartForm.RemoveAll()
	up := scheme.Upload{List: r.FormValue("list"), Address: r.FormValue("address"), Licence: r.FormValue("licence")}
	file, head, err := r.FormFile("file")
	if err != nil {
		return h.shelfPage(w, r, http.StatusUnprocessableEntity, shelf{up: up, problems: ui.Problems{{Path: "file", Text: i18n.T(ctx, "schemes.file_missing")}}})
	}
	defer file.Close()
	up.Name, up.Content = head.Filename, file
	id, err := h.Schemes.StartImport(ctx, ui.User(r), agencyOf(r), up)
	if problems, show := ui.Again(ctx, err); show {
		return h.shelfPage(w, r, ui.StatusOf(err), shelf{up: up, problems: problems})
	}
	if err != nil {
		return err
	}
	return ui.See(w, r, in(agencyOf(r), "imports", id))
}

// bench is the page of an import.
type bench struct {
	scheme.Preview
	agency   programme.Agency
	only     scheme.Outcome
	page     int
	problems ui.Problems
}

func (b bench) url(parts ...string) string {
	return in(b.Agency, append([]string{"imports", b.ID}, parts...)...)
}

// turned is the address of another page of the rows.
func (b bench) turned(page int) string {
	q := url.Values{"page": {strconv.Itoa(page)}}
	if b.only != "" {
		q.Set("only", string(b.only))
	}
	return b.url() + "?" + q.Encode() + "#rows"
}

func (h *Handler) imported(w http.ResponseWriter, r *http.Request) error {
	return h.benchPage(w, r, http.StatusOK, nil, nil)
}

// benchPage shows an import; typed is the mapping that was refused, with why.
func (h *Handler) benchPage(w http.ResponseWriter, r *http.Request, status int, problems ui.Problems, typed *scheme.Planned) (err error) {
	ctx, by := r.Context(), ui.User(r)
	b := bench{only: scheme.Outcome(r.FormValue("only")), problems: problems}
	if !slices.Contains(scheme.Outcomes, b.only) {
		b.only = ""
	}
	b.page, _ = strconv.Atoi(r.FormValue("page"))
	b.page = max(b.page, 1)
	if b.Preview, err = h.Schemes.PreviewImport(ctx, by, agencyOf(r), r.PathValue("import"), b.only, b.page); err != nil {
		return err
	}
	if b.agency, err = h.Programmes.Agency(ctx, by, agencyOf(r)); err != nil {
		return err
	}
	if typed != nil && len(typed.Mapping) == len(b.Heads) {
		b.Mapping, b.Publish, b.Whole = typed.Mapping, typed.Publish, typed.Whole
	}
	return ui.Render(w, r, status, benchPage(b))
}

// again goes back to an import after an act, or shows it with why it was refused.
func (h *Handler) again(w http.ResponseWriter, r *http.Request, err error, typed *scheme.Planned, done string) error {
	if problems, show := ui.Again(r.Context(), err); show {
		return h.benchPage(w, r, ui.StatusOf(err), problems, typed)
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, in(agencyOf(r), "imports", r.PathValue("import")), done)
}

func (h *Handler) plan(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	v, err := h.Schemes.PreviewImport(ctx, by, agencyOf(r), r.PathValue("import"), "", 1)
	if err != nil {
		return err
	}
	p := scheme.Planned{Mapping: make(harvest.Mapping, len(v.Heads)), Publish: r.PostFormValue("publish") == "yes", Whole: r.PostFormValue("whole") == "yes", Version: version(r)}
	for i := range p.Mapping {
		p.Mapping[i] = r.PostFormValue(columnName(i))
	}
	return h.again(w, r, h.Schemes.PlanImport(ctx, by, agencyOf(r), v.ID, p), &p, "schemes.planned_done")
}

// lines are the places that a form names.
func lines(said []string) (list []int) {
	for _, one := range said {
		if n, err := strconv.Atoi(one); err == nil {
			list = append(list, n)
		}
	}
	return list
}

// picks keeps the rows that are ticked among those that the page showed.
func (h *Handler) picks(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.New(errs.Invalid, "errs.invalid").Because(err)
	}
	ctx, by, id := r.Context(), ui.User(r), r.PathValue("import")
	switch r.PostFormValue("all") {
	case "take":
		return h.Schemes.PickAll(ctx, by, agencyOf(r), id, true, version(r))
	case "leave":
		return h.Schemes.PickAll(ctx, by, agencyOf(r), id, false, version(r))
	}
	shown := lines(r.PostForm["shown"])
	return h.Schemes.PickRows(ctx, by, agencyOf(r), id, scheme.Picks{Shown: shown[:min(len(shown), scheme.RowsPerPage)], Taken: lines(r.PostForm["picked"]), Version: version(r)})
}

func (h *Handler) pick(w http.ResponseWriter, r *http.Request) error {
	return h.again(w, r, h.picks(r), nil, "schemes.picked_done")
}

// apply keeps what is ticked on the page, then takes all that is picked.
func (h *Handler) apply(w http.ResponseWriter, r *http.Request) error {
	err := h.picks(r)
	if err == nil {
		_, err = h.Schemes.ApplyImport(r.Context(), ui.User(r), agencyOf(r), r.PathValue("import"), version(r))
	}
	return h.again(w, r, err, nil, "schemes.applied_done")
}

func (h *Handler) drop(w http.ResponseWriter, r *http.Request) error {
	err := h.Schemes.DropImport(r.Context(), ui.User(r), agencyOf(r), r.PathValue("import"))
	if errs.Is(err, errs.Conflict) {
		return h.again(w, r, err, nil, "")
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, in(agencyOf(r), "imports"), "schemes.dropped_done")
}

func (h *Handler) restore(w http.ResponseWriter, r *http.Request) error {
	id := scheme.ID(r.PathValue("id"))
	number, _ := strconv.ParseInt(r.PostFormValue("number"), 10, 64) // anything else is a version that is not there
	if err := h.Schemes.Restore(r.Context(), ui.User(r), id, number, version(r)); err != nil {
		return err
	}
	return ui.Done(w, r, at(id), "schemes.restored_done")
}

func columnName(i int) string { return "c." + strconv.Itoa(i) }

// column is the control of a column, with what its first cell holds.
func (b bench) column(ctx context.Context, i int) ui.Field {
	f := ui.Field{Name: columnName(i), Label: b.Heads[i], Optional: true, Error: b.problems.At(columnName(i))}
	if len([]rune(f.Label)) < 2 {
		f.Label = i18n.T(ctx, "schemes.column", i+1, b.Heads[i])
	}
	if sample := []rune(strings.Join(strings.Fields(b.Samples[i]), " ")); len(sample) > 80 {
		f.Hint = i18n.T(ctx, "schemes.sample", string(sample[:79])+"…")
	} else if len(sample) > 0 {
		f.Hint = i18n.T(ctx, "schemes.sample", string(sample))
	}
	return f
}

// columns are those that become something, or those that are left out.
func (b bench) columns(something bool) (list []int) {
	for i, target := range b.Mapping {
		if (target != "") == something {
			list = append(list, i)
		}
	}
	return list
}

func targetWord(ctx context.Context, target string) string {
	switch target {
	case "number", "licence":
		return i18n.T(ctx, "schemes.target_"+target)
	}
	return i18n.T(ctx, "schemes.field_"+target)
}

func targets(ctx context.Context, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}, Empty: i18n.T(ctx, "schemes.column_left")}
	for _, one := range harvest.Targets {
		c.Options = append(c.Options, ui.Option{Value: one, Label: targetWord(ctx, one)})
	}
	return c
}

var outcomeTones = map[scheme.Outcome]ui.Tone{scheme.Fresh: ui.Success, scheme.Changed: ui.Info, scheme.Same: ui.Info, scheme.Stands: ui.Warning, scheme.Refused: ui.Danger, scheme.LeftOut: ui.Warning}

var importTones = map[scheme.ImportState]ui.Tone{scheme.Waiting: ui.Info, scheme.Applied: ui.Success, scheme.PutAway: ui.Warning}

func outcomeWord(ctx context.Context, o scheme.Outcome) string {
	return i18n.T(ctx, "schemes.outcome_"+string(o))
}

func importWord(ctx context.Context, s scheme.ImportState) string {
	return i18n.T(ctx, "schemes.import_"+string(s))
}

// figures count the rows by what becomes of them.
func (b bench) figures(ctx context.Context) (list []ui.Figure) {
	for _, o := range scheme.Outcomes {
		if n := b.Counts[o]; n > 0 {
			list = append(list, ui.Figure{Label: outcomeWord(ctx, o), Value: strconv.Itoa(n)})
		}
	}
	return list
}

func (b bench) outcomes(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: []string{string(b.only)}, Empty: i18n.T(ctx, "schemes.outcome_all")}
	for _, o := range scheme.Outcomes {
		if n := b.Counts[o]; n > 0 {
			c.Options = append(c.Options, ui.Option{Value: string(o), Label: fmt.Sprintf("%s (%d)", outcomeWord(ctx, o), n)})
		}
	}
	return c
}

// pickable says whether a row may be taken.
func pickable(row scheme.ImportRow) bool {
	return row.Outcome == scheme.Fresh || row.Outcome == scheme.Changed
}

// told says what a field would become; long texts are cut.
func told(ctx context.Context, c scheme.Change) string {
	short := func(s string) string {
		if s == "" {
			return i18n.T(ctx, "schemes.nothing")
		}
		if runes := []rune(strings.Join(strings.Fields(s), " ")); len(runes) > 160 {
			return string(runes[:159]) + "…"
		}
		return s
	}
	line := i18n.T(ctx, "schemes.before_after", i18n.T(ctx, "schemes.field_"+c.Field), short(c.Before), short(c.After))
	if c.Ours {
		line += " " + i18n.T(ctx, "schemes.change_ours")
	}
	return line
}

// problem says why a row is refused, or which of its values is left out.
func problem(ctx context.Context, p harvest.Problem) string {
	line := i18n.T(ctx, "schemes.row_problem", targetWord(ctx, p.Target), i18n.T(ctx, p.Key))
	if p.Value != "" {
		line += " " + i18n.T(ctx, "schemes.row_value", p.Value)
	}
	return line
}

// shortest bounds a list of schemes in a message.
func shortest(list []scheme.Scheme) []scheme.Scheme { return list[:min(len(list), 20)] }

// versionsOf are the versions that a scheme may be brought back to.
func versionsOf(ctx context.Context, v past) ui.Choice {
	c := ui.Choice{}
	for _, one := range v.versions[1:] {
		c.Options = append(c.Options, ui.Option{Value: strconv.FormatInt(one.Number, 10), Label: i18n.T(ctx, "schemes.restore_version", one.Number, ui.ShortDay(ctx, one.At), one.Sheet.Name)})
	}
	return c
}
