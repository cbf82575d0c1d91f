package showcase

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/programme"
)

// Listed is a project as visitors read it.
type Listed struct {
	Public
	Slug        string
	Project     string // "" before visitors: known to who previews
	Edition     programme.EditionID
	EditionName programme.Words
	Programme   programme.ProgrammeID
	Since       time.Time // when visitors could first read it
	ChangedAt   time.Time // when what they read last changed
}

const (
	listedColumns = `s.public, coalesce(s.slug, ''), p.edition_id, e.name_fr, e.name_en, e.programme_id, s.published_at, s.changed_at, o.opens_at`
	listedTables  = `showcase_sheets s join projects p on p.id = s.project_id join editions e on e.id = p.edition_id join showcase_editions o on o.edition_id = e.id`
	listedShown   = `s.public <> '' and ` + open
)

func scanListed(sc db.Scanner) (l Listed, err error) {
	var public string
	var opens time.Time
	if err = sc.Scan(&public, &l.Slug, &l.Edition, &l.EditionName.FR, &l.EditionName.EN, &l.Programme, &l.Since, &l.ChangedAt, &opens); err != nil {
		return l, err
	}
	// What was done under an embargo is told as done when it ended.
	l.Since, l.ChangedAt = later(l.Since, opens), later(l.ChangedAt, opens)
	if public != "" {
		err = json.Unmarshal([]byte(public), &l.Public)
	}
	return l, err
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// Filter narrows a list of projects; an empty member narrows nothing.
type Filter struct {
	Edition   programme.EditionID
	Programme programme.ProgrammeID
	Region    string // its code
	Theme     string
	Query     string // words
}

// MaxQuery bounds what a visitor looks for, in words.
const MaxQuery = 8

// Projects lists those that visitors may read, the latest first. It is for everybody.
func (s *Service) Projects(ctx context.Context, _ account.User, f Filter) ([]Listed, error) {
	args := []any{s.clock.Now(), string(f.Edition), string(f.Programme)}
	found, args := found(termSheet, "s.id", f.Query, args)
	list, err := db.List(ctx, s.db.Reader(), scanListed, `select `+listedColumns+` from `+listedTables+`
		where `+listedShown+` and ($2 = '' or e.id = $2) and ($3 = '' or e.programme_id = $3)`+found, args...)
	if err != nil {
		return nil, fmt.Errorf("list what is in the showcase: %w", err)
	}
	theme := text.Fold(f.Theme)
	list = slices.DeleteFunc(list, func(l Listed) bool {
		return f.Region != "" && l.Region != f.Region || theme != "" && !slices.ContainsFunc(l.Themes, func(t string) bool { return text.Fold(t) == theme })
	})
	slices.SortFunc(list, func(a, b Listed) int { return cmp.Or(b.Since.Compare(a.Since), cmp.Compare(a.Slug, b.Slug)) })
	return list, nil
}

// found is the SQL for what has a word beginning with each word of a query, and its
// arguments; a query without words finds everything, as no query does.
func found(kind, id, query string, args []any) (string, []any) {
	var b strings.Builder
	words := text.Words(query)
	for _, word := range words[:min(len(words), MaxQuery)] {
		args = append(args, word, word+"\U0010FFFF")
		fmt.Fprintf(&b, ` and exists (select 1 from showcase_terms t where t.kind = '%s' and t.object_id = %s and t.word >= $%d and t.word < $%d)`, kind, id, len(args)-1, len(args))
	}
	return b.String(), args
}

// Found is what stands at the public address of a project.
type Found struct {
	Listed
	Gone bool // it was public, and its team withdrew it
}

// Project gives what visitors read at an address. Error: NotFound, absent or not public yet.
func (s *Service) Project(ctx context.Context, _ account.User, slug string) (f Found, err error) {
	f.Listed, err = db.Get(ctx, s.db.Reader(), scanListed, `select `+listedColumns+` from `+listedTables+`
		where s.slug = $2 and (s.public <> '' or s.withdrawn_at is not null) and `+open, s.clock.Now(), slug)
	if err != nil {
		return f, fmt.Errorf("read what is public of a project: %w", err)
	}
	if f.Title == "" {
		return Found{Gone: true}, nil
	}
	return f, nil
}

// Told is an edition in the showcase.
type Told struct {
	programme.Edition
	ProgrammeName programme.Words
	Stages        []programme.Stage
	Page
	Since time.Time // when visitors could first read it
}

const toldTables = `showcase_editions o join editions e on e.id = o.edition_id`

// Editions lists those in the showcase, the latest first, with their stages; those of one
// programme when it is given. It is for everybody.
func (s *Service) Editions(ctx context.Context, _ account.User, of programme.ProgrammeID) ([]Told, error) {
	r := s.db.Reader()
	shown, err := db.List(ctx, r, db.Value[programme.EditionID], `select e.id from `+toldTables+` where `+open+` and ($2 = '' or e.programme_id = $2) order by o.opens_at desc, e.id`, s.clock.Now(), string(of))
	if err != nil {
		return nil, fmt.Errorf("list the editions of the showcase: %w", err)
	}
	var list []Told
	for _, one := range shown {
		t, err := told(ctx, r, one)
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, nil
}

// told is an edition with its stages and its page, without asking who wants it.
func told(ctx context.Context, r db.Reader, id programme.EditionID) (t Told, err error) {
	if t.Edition, err = programme.FindEdition(ctx, r, id); err != nil {
		return t, err
	}
	if t.Stages, err = programme.FindStages(ctx, r, id); err != nil {
		return t, err
	}
	if t.ProgrammeName, err = db.Get(ctx, r, func(sc db.Scanner) (n programme.Words, err error) {
		err = sc.Scan(&n.FR, &n.EN)
		return n, err
	}, `select name_fr, name_en from programmes where id = $1`, string(t.Programme)); err != nil {
		return t, fmt.Errorf("name the programme of edition %s: %w", id, err)
	}
	t.Page, err = page(ctx, r, id)
	t.Since = later(t.OpensAt, t.PublishedAt)
	return t, err
}

// Whole is the page of an edition as visitors read it.
type Whole struct {
	Told
	Counts   []Figure
	Projects []Listed
	Preview  bool
}

// Edition gives the page of an edition to visitors. Error: NotFound, absent or under embargo.
func (s *Service) Edition(ctx context.Context, by account.User, id programme.EditionID) (w Whole, err error) {
	r := s.db.Reader()
	shown, err := opened(ctx, r, id, s.clock.Now())
	if err == nil && !shown {
		err = notFound()
	}
	if err != nil {
		return w, err
	}
	if w.Told, err = told(ctx, r, id); err != nil {
		return w, err
	}
	if w.Counts, err = s.counts(ctx, r, w.Told); err != nil {
		return w, err
	}
	w.Projects, err = s.Projects(ctx, by, Filter{Edition: id})
	return w, err
}

// counts are the figures that a page shows: none that is too small to be told.
func (s *Service) counts(ctx context.Context, r db.Reader, t Told) ([]Figure, error) {
	list, err := s.count(ctx, r, t.ID, t.Figures)
	return slices.DeleteFunc(list, func(f Figure) bool { return f.Few || f.Value == 0 }), err
}

// Preview gives the page of an edition as it would be if it opened now, with what was
// cleared and not published yet. Errors: as the policy, on showcase.preview.
func (s *Service) Preview(ctx context.Context, by account.User, id programme.EditionID) (w Whole, err error) {
	r := s.db.Reader()
	if _, err = s.managed(ctx, r, by, "showcase.preview", id); err != nil {
		return w, err
	}
	if w.Told, err = told(ctx, r, id); err != nil {
		return w, err
	}
	w.Preview = true
	if w.Counts, err = s.counts(ctx, r, w.Told); err != nil {
		return w, err
	}
	rows, err := s.rows(ctx, r, by, string(id))
	if err != nil {
		return w, err
	}
	for _, row := range rows {
		if !row.Public && row.State != Cleared {
			continue
		}
		one, err := s.require(ctx, r, by, "sheet.read", row.Project)
		if err != nil {
			return w, err
		}
		l := Listed{Slug: one.Slug, Project: string(row.Project), Edition: id, EditionName: w.Name, Public: one.Agreed()}
		if one.State != Cleared {
			l.Public = *one.Public
		}
		w.Projects = append(w.Projects, l)
	}
	return w, nil
}

// Picture opens one that visitors see. Error: NotFound, absent or not public.
func (s *Service) Picture(ctx context.Context, _ account.User, which string) (blob.File, error) {
	digest, err := db.Get(ctx, s.db.Reader(), db.Value[string], `select i.digest from showcase_pictures i
		left join showcase_sheets s on s.id = i.sheet_id left join projects p on p.id = s.project_id
		join editions e on e.id = coalesce(i.edition_id, p.edition_id) join showcase_editions o on o.edition_id = e.id
		where i.id = $2 and (i.edition_id is not null or s.public like $3) and `+open, s.clock.Now(), which, `%"id":"`+which+`"%`)
	if err != nil {
		return nil, fmt.Errorf("find a picture of the showcase: %w", err)
	}
	if strings.ContainsAny(which, `%_"\`) {
		return nil, errs.New(errs.NotFound, "errs.not_found")
	}
	return s.blobs.Open(ctx, digest)
}

// Family is a programme in the showcase.
type Family struct {
	programme.Programme
	Editions  []Told
	Projects  []Listed
	Resources []Resource
}

// Programme gives a programme of which something is in the showcase. Error: NotFound.
func (s *Service) Programme(ctx context.Context, by account.User, id programme.ProgrammeID) (f Family, err error) {
	if f.Programme, err = s.programmes.Programme(ctx, by, id); err != nil {
		return f, err
	}
	if f.Editions, err = s.Editions(ctx, by, id); err != nil {
		return f, err
	}
	if f.Projects, err = s.Projects(ctx, by, Filter{Programme: id}); err != nil {
		return f, err
	}
	f.Resources, err = s.Resources(ctx, by, ResourceFilter{Programme: id})
	return f, err
}

// Search lists the editions of the showcase whose name, theme or place has each word of a
// query. It is for everybody.
func (s *Service) Search(ctx context.Context, by account.User, query string) ([]Told, error) {
	all, err := s.Editions(ctx, by, "")
	words := text.Words(query)
	words = words[:min(len(words), MaxQuery)]
	return slices.DeleteFunc(all, func(t Told) bool {
		own := text.Words(strings.Join([]string{t.Name.FR, t.Name.EN, t.Theme.FR, t.Theme.EN, t.Place, t.ProgrammeName.FR, t.ProgrammeName.EN}, "\n"))
		return slices.ContainsFunc(words, func(word string) bool {
			return !slices.ContainsFunc(own, func(w string) bool { return strings.HasPrefix(w, word) })
		})
	}), err
}
