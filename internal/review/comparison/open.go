package comparison

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// UsualAdvice is how many answers a member is advised to give when nobody says otherwise:
// with nine judges and 27 items, twelve each bring Kendall's τ with the judges' own scores
// to 0.84 (docs/performance.md).
const UsualAdvice = 12

// The bounds of what a round may ask and show.
const (
	mostAdvised   = 200
	mostQuestions = 4
)

// Overview is what those who open and close rounds see: never what was answered.
type Overview struct {
	Selection committee.Selection
	Rounds    []Round    // the last one first
	Files     int        // that are open to who reads
	Questions []Question // that a pitch may show
	Voters    []Voter    // of the last round, by name
}

// Current is the last round; it has no ID before the first one.
func (o Overview) Current() Round {
	if len(o.Rounds) == 0 {
		return Round{}
	}
	return o.Rounds[0]
}

// Question is one that a pitch may show.
type Question struct {
	ID     string
	Label  form.Localised
	Chosen bool // by the last round, or by nobody yet: the first long text
}

// Voter is how much a member answered.
type Voter struct {
	Name    string
	Answers int
}

// Overview reads the rounds of a selection for those who open them. Answers about files
// that are closed to by are not counted.
func (s *Service) Overview(ctx context.Context, by account.User, id committee.SelectionID) (o Overview, err error) {
	r := s.db.Reader()
	if o.Selection, err = s.require(ctx, r, by, "selection.poll", id); err != nil {
		return o, err
	}
	if o.Rounds, err = rounds(ctx, r, id); err != nil {
		return o, err
	}
	files, err := s.seen(ctx, r, by, id)
	if err != nil {
		return o, err
	}
	o.Files = len(files)
	if o.Questions, err = s.questions(ctx, r, o); err != nil || len(o.Rounds) == 0 {
		return o, err
	}
	members, err := committee.Members(ctx, r, id)
	if err != nil {
		return o, err
	}
	shown, err := all(ctx, r, o.Rounds[0].ID)
	if err != nil {
		return o, err
	}
	open := ids(files)
	for _, m := range members {
		v := Voter{Name: m.Name}
		for _, c := range shown {
			if c.Member == m.ID && c.Choice.Given() && open[c.Left] && open[c.Right] {
				v.Answers++
			}
		}
		if v.Answers > 0 || m.SitsAt(s.clock.Now()) && (m.Role == committee.Chair || m.Role == committee.Juror) {
			o.Voters = append(o.Voters, v)
		}
	}
	return o, nil
}

// questions lists what a pitch may show of the files of a selection.
func (s *Service) questions(ctx context.Context, r db.Reader, o Overview) (list []Question, err error) {
	compiled, err := s.calls.Form(ctx, r, o.Selection.Call.ID, o.Selection.Call.Revision)
	if err != nil {
		return nil, err
	}
	for i, field := range questions(compiled.Form) {
		q := Question{ID: field.ID, Label: field.Label, Chosen: i == 0}
		if len(o.Rounds) > 0 {
			q.Chosen = slices.Contains(o.Rounds[0].Fields, field.ID)
		}
		list = append(list, q)
	}
	return list, nil
}

// Settings are what a round asks.
type Settings struct {
	Fields  []string // questions whose answers are shown, in their order
	Advised int
	After   int // the number of the last round that who opens saw; 0 for none
}

// Begin opens a round: the members may answer from now on.
//
// Errors: Invalid on "fields" and "advised"; Conflict "comparison.few_files" under two
// files, "comparison.changed" when a round was opened meanwhile.
func (s *Service) Begin(ctx context.Context, by account.User, id committee.SelectionID, in Settings) error {
	o, err := s.Overview(ctx, by, id)
	if err != nil {
		return err
	}
	var bad []errs.Field
	known := func(name string) bool {
		return slices.ContainsFunc(o.Questions, func(q Question) bool { return q.ID == name })
	}
	if len(in.Fields) == 0 || len(in.Fields) > mostQuestions || slices.ContainsFunc(in.Fields, func(name string) bool { return !known(name) }) {
		bad = append(bad, errs.Field{Path: "fields", Key: "comparison.fields_bounds", Args: []any{mostQuestions}})
	}
	if in.Advised < 1 || in.Advised > mostAdvised {
		bad = append(bad, errs.Field{Path: "advised", Key: "comparison.advised_bounds", Args: []any{mostAdvised}})
	}
	if err := errs.NewInvalid("comparison.invalid", bad); err != nil {
		return err
	}
	fields, err := json.Marshal(in.Fields)
	if err != nil {
		return fmt.Errorf("write the questions of a round: %w", err)
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		var files, last, open int
		if err := tx.QueryRow(ctx, `select count(*) from applications where selection_id = $1 and status in ('submitted', 'reopened') and deleted_at is null`, string(id)).Scan(&files); err != nil {
			return fmt.Errorf("count the files of %s: %w", id, err)
		}
		if err := tx.QueryRow(ctx, `select coalesce(max(number), 0), count(*) filter (where status = 'open') from comparison_rounds where selection_id = $1`, string(id)).Scan(&last, &open); err != nil {
			return fmt.Errorf("find the last round of %s: %w", id, err)
		}
		switch {
		case files < 2:
			return errs.New(errs.Conflict, "comparison.few_files")
		case open > 0 || last != in.After:
			return errs.New(errs.Conflict, "comparison.changed")
		}
		round := db.NewID()
		n, err := tx.Exec(ctx, `insert into comparison_rounds (id, selection_id, number, status, fields, advised, seed, opened_by, opened_at, closed_by, version)
			values ($1, $2, $3, 'open', $4, $5, $6, $7, $8, '', 1) on conflict do nothing`,
			round, string(id), last+1, string(fields), in.Advised, seed(round), by.Actor(), s.clock.Now())
		if err != nil {
			return fmt.Errorf("open a round of %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "comparison.changed")
		}
		return s.record(ctx, tx, by, "comparison.opened", id, map[string]any{"round": last + 1, "advised": in.Advised, "seed": seed(round)})
	})
}

// seed is drawn with the identifier of a round, which is random.
func seed(round string) int64 {
	sum := sha256.Sum256([]byte(round))
	return int64(binary.BigEndian.Uint64(sum[:8]) >> 11) // a spreadsheet keeps 53 bits
}

// End closes the open round: nobody answers any more, and its order may be read.
// Errors: NotFound for a round that is not; Conflict "comparison.changed" when it is closed.
func (s *Service) End(ctx context.Context, by account.User, id committee.SelectionID, number int) error {
	if _, err := s.require(ctx, s.db.Reader(), by, "selection.poll", id); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `update comparison_rounds set status = 'closed', closed_by = $3, closed_at = $4, version = version + 1 where selection_id = $1 and number = $2 and status = 'open'`,
			string(id), number, by.Actor(), s.clock.Now())
		if err != nil {
			return fmt.Errorf("close round %d of %s: %w", number, id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "comparison.changed")
		}
		return s.record(ctx, tx, by, "comparison.closed", id, map[string]any{"round": number})
	})
}

// Waits says whether a round is open in which by may compare, for pages that lead to it.
func (s *Service) Waits(ctx context.Context, by account.User, id committee.SelectionID) (bool, error) {
	r := s.db.Reader()
	_, err := s.require(ctx, r, by, "selection.compare", id)
	if errs.Is(err, errs.Forbidden) || errs.Is(err, errs.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	list, err := rounds(ctx, r, id)
	return len(list) > 0 && list[0].Status == Open, err
}
