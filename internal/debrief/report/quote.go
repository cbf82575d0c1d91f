package report

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/debrief/coding"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/programme"
)

const (
	// PerTheme is how many quotations the report picks under a theme by itself.
	PerTheme = 3
	// MaxQuoted is the longest text that it picks by itself, in characters: it never cuts one.
	MaxQuoted = 400
)

// Quotes are quotations under a theme; Count is the ID of the figure of its texts.
type Quotes struct {
	Theme programme.Words `json:"theme"`
	Count string          `json:"count"`
	List  []Quotation     `json:"list"`
}

// Quotation is where words stand and their mark. The words themselves are not part of what a
// version keeps: they are read again each time, so that what its author takes back is gone
// from every version, as is what she changed.
type Quotation struct {
	ID    string `json:"id"`
	Mark  string `json:"mark"`
	Words string `json:"-"` // "" when they were taken back
	Name  string `json:"-"` // when she agreed to be quoted by name
}

// Choice is what the lead says of a text that may be quoted.
type Choice string

// The choices: the report decides; it is quoted; it is not.
const (
	Undecided Choice = ""
	Picked    Choice = "picked"
	Dropped   Choice = "dropped"
)

// Choices are those that the lead has.
var Choices = []Choice{Undecided, Picked, Dropped}

// chosen is the choice that stands for a text, and its version, 0 before the first one.
type chosen struct {
	Choice  Choice
	Version int64
}

// Candidate is a text that may be quoted under a theme.
type Candidate struct {
	Quotation
	chosen
	Theme  programme.Words
	Texts  int64 // that bear this theme
	Quoted bool  // the report of now quotes it here
	Long   bool  // too long for the report to pick it
}

// quoted picks the quotations of each theme: those that the lead picked, then, up to
// PerTheme, those that the report draws among the others that she did not drop and that are
// MaxQuoted long at most. It draws by the fingerprint of where they stand, so that neither
// their length, nor their order, nor what they say decides, and the same texts give the same
// quotations. A text is quoted once, under the first of its themes.
func quoted(themes []coding.ThemeTally, choices map[string]chosen) (list []Paragraph) {
	used := map[string]bool{}
	for _, t := range themes {
		var q []Quotation
		for _, v := range inDraw(t.Quotable, choices) {
			c := choices[v.ID].Choice
			if used[v.ID] || c == Dropped || c == Undecided && (len(q) >= PerTheme || tooLong(v.Words)) {
				continue
			}
			used[v.ID] = true
			q = append(q, Quotation{ID: v.ID, Mark: markOf(v), Words: flat(v.Words), Name: v.Name})
		}
		if len(q) > 0 {
			list = append(list, Paragraph{Quotes: &Quotes{Theme: both(t.Name), Count: "theme:" + t.ID, List: q}})
		}
	}
	return list
}

// inDraw sorts texts as they are drawn: those that the lead picked first.
func inDraw(list []coding.Verbatim, choices map[string]chosen) []coding.Verbatim {
	return slices.SortedFunc(slices.Values(list), func(a, b coding.Verbatim) int {
		first := func(v coding.Verbatim) int {
			if choices[v.ID].Choice == Picked {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(first(a), first(b)), strings.Compare(fingerprint(a.ID), fingerprint(b.ID)))
	})
}

func tooLong(words string) bool { return utf8.RuneCountInString(flat(words)) > MaxQuoted }

// flat puts words on one line, as they are printed.
func flat(words string) string { return strings.Join(strings.Fields(words), " ") }

func fingerprint(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

// markOf tells whether words are still those that were quoted.
func markOf(v coding.Verbatim) string { return fingerprint(v.ID + "\n" + v.Words) }

// recall reads the words of quotations again: those that may still be quoted and have not
// changed, by name only if that still holds.
func recall(ctx context.Context, r db.Reader, d *Doc) error {
	var all []*Quotation
	for c := range d.Chapters {
		for _, p := range d.Chapters[c].Paragraphs {
			if p.Quotes != nil {
				for i := range p.Quotes.List {
					all = append(all, &p.Quotes.List[i])
				}
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	open, err := coding.Quotable(ctx, r, d.Edition)
	if err != nil {
		return err
	}
	for _, q := range all {
		q.Words, q.Name = "", ""
		if v, still := open[q.ID]; still && markOf(v) == q.Mark {
			q.Words, q.Name = flat(v.Words), v.Name
		}
	}
	return nil
}

func choicesOf(ctx context.Context, r db.Reader, id programme.EditionID) (map[string]chosen, error) {
	all := map[string]chosen{}
	_, err := db.List(ctx, r, func(sc db.Scanner) (verbatim string, err error) {
		var c chosen
		if err = sc.Scan(&verbatim, &c.Choice, &c.Version); err == nil {
			all[verbatim] = c
		}
		return verbatim, err
	}, `select verbatim, choice, version from report_quotes where edition_id = $1`, string(id))
	if err != nil {
		return nil, fmt.Errorf("read what the report of %s quotes: %w", id, err)
	}
	return all, nil
}

// Shelf is what the lead chooses quotations from.
type Shelf struct {
	programme.Edition
	At         time.Time
	Candidates []Candidate // theme by theme, in the order of the draw
}

// Candidates gives the texts that the report may quote: those whose author agreed and to
// which a theme was given. Errors: as the policy, on report.manage.
func (s *Service) Candidates(ctx context.Context, by account.User, id programme.EditionID) (v Shelf, err error) {
	r := s.db.Reader()
	if v.Edition, err = s.on(ctx, r, by, "report.manage", id); err != nil {
		return v, err
	}
	v.At = s.clock.Now()
	v.Candidates, err = candidates(ctx, r, id)
	return v, err
}

func candidates(ctx context.Context, r db.Reader, id programme.EditionID) (list []Candidate, err error) {
	all, err := coding.Count(ctx, r, id)
	if err != nil {
		return nil, err
	}
	choices, err := choicesOf(ctx, r, id)
	if err != nil {
		return nil, err
	}
	now := map[string]bool{} // the figure of a theme and a text that is quoted there
	for _, p := range quoted(all.Themes, choices) {
		for _, q := range p.Quotes.List {
			now[p.Quotes.Count+q.ID] = true
		}
	}
	for _, t := range all.Themes {
		for _, v := range inDraw(t.Quotable, choices) {
			list = append(list, Candidate{Quotation: Quotation{ID: v.ID, Words: v.Words, Name: v.Name}, chosen: choices[v.ID], Theme: both(t.Name), Texts: t.Texts,
				Quoted: now["theme:"+t.ID+v.ID], Long: tooLong(v.Words)})
		}
	}
	return list, nil
}

// Choose says whether the report quotes a text. Errors: NotFound for one that may not be
// quoted, or not any more; Invalid on "choice"; Conflict report.meanwhile when somebody chose
// since it was read; as the policy, on report.manage.
func (s *Service) Choose(ctx context.Context, by account.User, id programme.EditionID, c Candidate) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.on(ctx, tx, by, "report.manage", id); err != nil {
			return err
		}
		if !slices.Contains(Choices, c.Choice) {
			return errs.NewInvalid("report.invalid", []errs.Field{{Path: "choice", Key: "report.choice_unknown"}})
		}
		list, err := candidates(ctx, tx, id)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(list, func(o Candidate) bool { return o.ID == c.ID }) {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		n, err := tx.Exec(ctx, `insert into report_quotes (edition_id, verbatim, choice, version, chosen_at, chosen_by) values ($1, $2, $3, 1, $4, $5)
			on conflict (edition_id, verbatim) do update set choice = excluded.choice, version = report_quotes.version + 1, chosen_at = excluded.chosen_at, chosen_by = excluded.chosen_by
			where report_quotes.version = $6`, string(id), c.ID, string(c.Choice), s.clock.Now(), by.Actor(), c.Version)
		if err != nil {
			return fmt.Errorf("choose what the report of %s quotes: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "report.meanwhile")
		}
		return s.note(ctx, tx, by, "report.quoted", id, map[string]any{"choice": string(c.Choice)})
	})
}
