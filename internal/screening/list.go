package screening

import (
	"cmp"
	"context"
	"fmt"
	"sort"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
)

// Filter narrows the list of a call's files. Empty fields do not narrow.
type Filter struct {
	Words        string            // every word must be in the file
	Status       string            // "submitted", "reopened" or "withdrawn"
	Verdict      string            // "admissible", "inadmissible" or "waiting"
	Label        string            // identifier of a label
	Facets       map[string]string // field → value, of a deposited answer
	Sort         string            // "number" (default), "title", "deposited", with "-" before for the reverse
	After, Limit int               // with the default order, a page: only numbers above After, Limit of them at most unless it is 0
}

// Item is a line of the list of files.
type Item struct {
	ID          application.ID
	Number      int
	Title       string
	Status      application.Status
	SubmittedAt time.Time
	Owner       string
	Verdict     string
	Version     int64     // of the verdict, 0 before the first one
	Due         time.Time // of the correction that is waited for
	Labels      []string  // identifiers
}

var sorts = map[string]string{"": "a.number", "number": "a.number", "title": "lower(a.title), a.number", "deposited": "a.submitted_at, a.number",
	"-number": "a.number desc", "-title": "lower(a.title) desc, a.number", "-deposited": "a.submitted_at desc, a.number"}

// List gives the files of a call that by may read as the programme's side does,
// in one query, then their labels in another. The files of her own projects are
// not among them: she reads those as their team does.
func (s *Service) List(ctx context.Context, by account.User, id call.ID, f Filter) ([]Item, error) {
	c, err := s.callFor(ctx, by, "call.files", id)
	if err != nil {
		return nil, err
	}
	query, args := s.listQuery(ctx, by, c, f, itemColumns, itemJoins)
	order := cmp.Or(sorts[f.Sort], sorts[""])
	if f.Limit > 0 {
		order += fmt.Sprintf(" limit %d", f.Limit)
	}
	r := s.db.Reader()
	items, err := db.List(ctx, r, func(sc db.Scanner) (i Item, err error) {
		err = sc.Scan(i.into()...)
		return i, err
	}, query+" order by "+order, args...)
	if err != nil {
		return nil, fmt.Errorf("list the files of %s: %w", id, err)
	}
	return items, s.addLabels(ctx, r, id, items)
}

const itemColumns = `a.id, a.number, a.title, a.status, a.submitted_at, coalesce(o.name, ''), coalesce(v.verdict, ''), coalesce(v.version, 0), k.due_at`

// itemJoins are what itemColumns and the filters read beside the file.
const itemJoins = `
		left join relations w on w.object_kind = 'application' and w.object_id = a.id and w.relation = 'owner' and w.revoked_at is null
		left join people o on o.id = w.subject_id
		left join admissibility v on v.application_id = a.id
		left join corrections k on k.application_id = a.id and k.resolved_at is null and k.cancelled_at is null`

// into are the places of itemColumns.
func (i *Item) into() []any {
	return []any{&i.ID, &i.Number, &i.Title, &i.Status, &i.SubmittedAt, &i.Owner, &i.Verdict, &i.Version, &i.Due}
}

// listQuery is the query of the files of a call that by may read on the programme's
// side and that f keeps, with the columns asked for, not yet ordered. What contains
// the call is given as values, not columns: the engine then looks once, and not for
// each file, at what she holds there.
func (s *Service) listQuery(ctx context.Context, by account.User, of call.Call, f Filter, columns, joins string) (string, []any) {
	args := []any{s.clock.Now(), string(of.ID), of.EditionID, of.ProgrammeID, of.AgencyID}
	cols := application.Columns("$1")
	cols.Within = map[string]string{"call": "$2", "edition": "$3", "programme": "$4", "agency": "$5"}
	may, args := s.policy.Where(ctx, by, "application.read", cols, args)
	ours := "false" // the program is in nobody's team
	if !by.IsSystem() {
		ours, args = s.policy.Where(ctx, by, application.TeamAct, cols, args)
	}
	var b strings.Builder
	b.WriteString(`
		select ` + columns + `
		from applications a
		join calls c on c.id = a.call_id ` + joins + `
		where a.call_id = $2 and c.edition_id = $3 and $4 <> '' and $5 <> '' and a.deleted_at is null and a.status <> 'draft' and a.created_at <= $1 and ` + may + ` and not ` + ours)
	add := func(cond string, values ...any) {
		for _, value := range values {
			args = append(args, value)
			cond = strings.Replace(cond, "?", fmt.Sprintf("$%d", len(args)), 1)
		}
		b.WriteString(" and " + cond)
	}
	if f.Status != "" {
		add("a.status = ?", f.Status)
	}
	add("a.number > ?", f.After)
	switch f.Verdict {
	case "waiting":
		add("v.verdict is null")
	case Admissible, Inadmissible:
		add("v.verdict = ?", f.Verdict)
	}
	if f.Label != "" {
		add("exists (select 1 from application_labels l where l.application_id = a.id and l.label_id = ?)", f.Label)
	}
	fields := make([]string, 0, len(f.Facets))
	for field := range f.Facets {
		fields = append(fields, field)
	}
	sort.Strings(fields)
	for _, field := range fields {
		add("exists (select 1 from application_facets t where t.application_id = a.id and t.field = ? and t.value = ?)", field, f.Facets[field])
	}
	for _, word := range text.Words(f.Words) {
		add("a.id in (select t.object_id from search_terms t where t.kind = 'application' and t.term >= ? and t.term < ?)", word, after(word))
	}
	return b.String(), args
}

// after is the first word that does not begin with word; words are ASCII letters
// and digits, which every collation orders alike.
func after(word string) string {
	last := len(word) - 1
	return word[:last] + string(rune(word[last]+1))
}

// callFor loads a call on which by may do action.
func (s *Service) callFor(ctx context.Context, by account.User, action policy.Action, id call.ID) (call.Call, error) {
	c, err := call.Load(ctx, s.db.Reader(), id)
	if err != nil {
		return c, err
	}
	_, err = s.policy.Require(ctx, s.db.Reader(), by, action, c.Object(s.clock.Now()))
	return c, err
}

// Funnel counts the files of a call: the only thing the team sees before the closing.
type Funnel struct {
	Drafts, Submitted, Reopened, Withdrawn int
	Admissible, Inadmissible               int
}

// Funnel counts the files of a call.
func (s *Service) Funnel(ctx context.Context, by account.User, id call.ID) (Funnel, error) {
	var n Funnel
	if _, err := s.callFor(ctx, by, "call.files", id); err != nil {
		return n, err
	}
	clear, args := s.policy.Unexcluded(ctx, by, "application", "a.id", []any{string(id)})
	err := s.db.Reader().QueryRow(ctx, `
		select count(*) filter (where a.status = 'draft'), count(*) filter (where a.status = 'submitted'),
		  count(*) filter (where a.status = 'reopened'), count(*) filter (where a.status = 'withdrawn'),
		  count(*) filter (where v.verdict = 'admissible' and a.status <> 'withdrawn'), count(*) filter (where v.verdict = 'inadmissible' and a.status <> 'withdrawn')
		from applications a left join admissibility v on v.application_id = a.id
		where a.call_id = $1 and a.deleted_at is null and `+clear, args...).
		Scan(&n.Drafts, &n.Submitted, &n.Reopened, &n.Withdrawn, &n.Admissible, &n.Inadmissible)
	return n, err
}
