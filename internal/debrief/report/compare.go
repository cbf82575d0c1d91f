package report

import (
	"context"
	"slices"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/programme"
)

// MaxCompared is how many editions stand side by side.
const MaxCompared = 6

// measure is a line of the comparison: the figures whose key it is, added up; the share of
// another line that it is; and the kind of stage without which it means nothing.
type measure struct {
	key, share string
	needs      programme.Kind
}

var measures = []measure{
	{"opened", "", programme.Call}, {"deposited", "opened", programme.Call}, {"admissible", "deposited", programme.Call},
	{"projects", "deposited", programme.Call}, {"left", "projects", programme.Call},
	{"came", "", programme.Gathering}, {"met", "", programme.Gathering}, {"boards", "", programme.Gathering}, {"cards", "", programme.Gathering},
	{"item_lock", "", programme.Gathering}, {"item_action", "", programme.Gathering}, {"needs", "", programme.Gathering}, {"offers", "", programme.Gathering},
	{"sponsored", "projects", programme.Support}, {"granted", "", programme.Support}, {"used", "granted", programme.Support}, {"expired", "granted", programme.Support}, {"held", "", programme.Support},
	{"oriented", "projects", programme.Support}, {"stepping:obtained", "oriented", programme.Support}, {"sum:obtained", "", programme.Support}, {"sum:paid", "", programme.Support},
	{"promises", "", programme.Support}, {"promise:kept", "promises", programme.Support}, {"promise:late", "promises", programme.Support},
	{"heard", "projects", programme.Support}, {"became_half:goes", "projects", programme.Support}, {"became_half:stopped", "projects", programme.Support}, {"became_year:goes", "projects", programme.Support}, {"became_year:stopped", "projects", programme.Support},
	{"replied", "surveyed", programme.Support}, {"texts", "", programme.Support}, {"sorted", "texts", programme.Support},
}

// Compared is one figure of one edition. Without says that the edition has no stage of the
// kind that the line needs: nothing is to be compared. Absent says that nothing was recorded
// that it could count.
type Compared struct {
	Figure
	Share   int64 // of another line, in hundredths of a percent; -1 for none
	Without bool
	Absent  bool
}

// Line is what is compared, one figure an edition.
type Line struct {
	Key   string
	Share string // the line of which it gives a share, "" for none
	Needs programme.Kind
	Cells []Compared
}

// Comparison sets editions side by side.
type Comparison struct {
	Editions []programme.Edition
	Rough    map[programme.EditionID]bool // those whose published report alone is open: small numbers are hidden
	Lines    []Line
	Others   []programme.Edition // that may be added
}

// Compare sets an edition beside others, those whose report by may read: exact where she
// runs the edition, else as it was published. An edition that is not open to her is left
// out as if it did not exist. Errors: as the policy, on report.read of the first one.
func (s *Service) Compare(ctx context.Context, by account.User, id programme.EditionID, with []programme.EditionID) (c Comparison, err error) {
	r := s.db.Reader()
	e, err := s.on(ctx, r, by, "report.read", id)
	if err != nil {
		return c, err
	}
	c.Rough = map[programme.EditionID]bool{}
	var docs []Doc
	var kinds []map[programme.Kind]bool
	take := func(e programme.Edition, d Doc) error {
		stages, err := programme.FindStages(ctx, r, e.ID)
		has := map[programme.Kind]bool{}
		for _, x := range stages {
			has[x.Kind] = true
		}
		c.Editions, docs, kinds = append(c.Editions, e), append(docs, d), append(kinds, has)
		return err
	}
	d, err := s.now(ctx, r, e)
	if err == nil {
		err = take(e, d)
	}
	if err != nil {
		return c, err
	}
	if c.Others, err = s.comparable(ctx, r, by, id); err != nil {
		return c, err
	}
	for _, other := range with {
		i := slices.IndexFunc(c.Others, func(e programme.Edition) bool { return e.ID == other })
		if i < 0 || len(c.Editions) == MaxCompared {
			continue
		}
		e := c.Others[i]
		c.Others = slices.Delete(c.Others, i, i+1)
		d, rough, err := s.beside(ctx, r, by, e)
		if err == nil {
			c.Rough[e.ID] = rough
			err = take(e, d)
		}
		if err != nil {
			return c, err
		}
	}
	for _, m := range measures {
		c.Lines = append(c.Lines, m.line(docs, kinds))
	}
	return c, nil
}

// comparable lists the editions whose report is open to by, but one.
func (s *Service) comparable(ctx context.Context, r db.Reader, by account.User, but programme.EditionID) (list []programme.Edition, err error) {
	ids, err := db.List(ctx, r, db.Value[programme.EditionID], `select id from editions where id <> $1 order by created_at desc, id`, string(but))
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		e, err := programme.FindEdition(ctx, r, id)
		if err != nil {
			return nil, err
		}
		may, err := s.policy.Decide(ctx, r, by, "report.read", e.PolicyObject())
		if err != nil {
			return nil, err
		}
		open := may.Allowed
		if !open {
			if open, err = s.sharedWith(ctx, r, by, e); err != nil {
				return nil, err
			}
		}
		if open {
			list = append(list, e)
		}
	}
	return list, nil
}

// beside is the report of another edition: exact for who runs it, else as it was published.
func (s *Service) beside(ctx context.Context, r db.Reader, by account.User, e programme.Edition) (d Doc, rough bool, err error) {
	may, err := s.policy.Decide(ctx, r, by, "report.read", e.PolicyObject())
	if err != nil {
		return d, false, err
	}
	if may.Allowed {
		d, err = s.now(ctx, r, e)
		return d, false, err
	}
	v, err := s.Published(ctx, by, e.ID)
	return v.Doc, true, err
}

// line computes a line of the comparison.
func (m measure) line(docs []Doc, kinds []map[programme.Kind]bool) Line {
	l := Line{Key: m.key, Share: m.share, Needs: m.needs}
	for i := range docs {
		sum, told := total(&docs[i], m.key)
		cell := Compared{Figure: sum, Share: -1, Without: !kinds[i][m.needs], Absent: !told}
		if of, there := total(&docs[i], m.share); m.share != "" && there && told && of.N > 0 && of.Shown == Whole && cell.Shown == Whole {
			cell.Share = (20000*cell.N + of.N) / (2 * of.N)
		}
		l.Cells = append(l.Cells, cell)
	}
	return l
}

// total adds up the figures of a report that bear a key: one for the whole edition, or one
// for each of its gatherings or rounds. One that is hidden hides their total. told is false
// when the report has none.
func total(d *Doc, key string) (sum Figure, told bool) {
	whole := d.Figure(key+":all") != nil
	for _, f := range d.Figures() {
		switch {
		case f.ID != key && f.ID != key+":all" && (whole || !strings.HasPrefix(f.ID, key+":")):
		case !told:
			sum, told = Figure{ID: key, Unit: f.Unit, N: f.N, Shown: f.Shown}, true
		case sum.Shown == Whole && f.Shown == Whole:
			sum.N += f.N
		default:
			sum.N, sum.Shown = 0, Masked
		}
	}
	return sum, told
}
