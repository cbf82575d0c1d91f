package comparison

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
)

// mostNote bounds a private note, in characters.
const mostNote = 1000

// Turn is what a member is asked now.
type Turn struct {
	Selection committee.Selection
	Round     Round // no ID when none is open
	Number    int   // of the pair shown; 0 when there is none
	Left      Pitch
	Right     Pitch
	Advised   int        // answers she is advised to give: never more than there are pairs for her
	Mine      []Answered // her answers in this round, the last one first
	Seated    bool
}

// Done says whether she has answered as much as is advised.
func (t Turn) Done() bool { return len(t.Mine) >= t.Advised }

// Answered is one of a member's own answers.
type Answered struct {
	Comparison
	LeftTitle, RightTitle string
}

// Show gives a member the pair that waits for her, choosing one when there is none.
func (s *Service) Show(ctx context.Context, by account.User, id committee.SelectionID) (t Turn, err error) {
	r := s.db.Reader()
	d, err := s.desk(ctx, r, by, id)
	if err != nil {
		return t, err
	}
	t.Selection, t.Seated = d.sel, d.seat.ID != ""
	if d.round.ID == "" || !t.Seated {
		return t, nil
	}
	t.Round, t.Advised = d.round, min(d.round.Advised, len(d.open)*(len(d.open)-1)/2)
	now := d.pending()
	if now.ID == "" {
		if now, err = s.offer(ctx, by, d); err != nil {
			return t, err
		}
	}
	if now.ID != "" {
		t.Number = now.Turn
		if t.Left, err = s.pitch(ctx, r, by, d.sel, d.round, now.Left); err != nil {
			return t, err
		}
		if t.Right, err = s.pitch(ctx, r, by, d.sel, d.round, now.Right); err != nil {
			return t, err
		}
	}
	t.Mine, err = s.answered(ctx, r, d)
	return t, err
}

// answered lists what a member answered, the last answer first, with the titles of the files.
func (s *Service) answered(ctx context.Context, r db.Reader, d desk) (list []Answered, err error) {
	titles, err := titles(ctx, r, d.sel.ID)
	if err != nil {
		return nil, err
	}
	for _, c := range d.mine() {
		list = append(list, Answered{c, titles[c.Left], titles[c.Right]})
	}
	slices.Reverse(list)
	return list, nil
}

// desk is a member before the pairs of a round.
type desk struct {
	sel   committee.Selection
	seat  committee.Member // no ID for who does not sit
	round Round            // no ID when none is open
	open  map[application.ID]bool
	shown []Comparison // to everybody, in this round
}

// desk reads what a member's page and her answers stand on.
func (s *Service) desk(ctx context.Context, r db.Reader, by account.User, id committee.SelectionID) (d desk, err error) {
	if d.sel, err = s.require(ctx, r, by, "selection.compare", id); err != nil {
		return d, err
	}
	if d.seat, err = seat(ctx, r, by, id); err != nil {
		return d, err
	}
	list, err := rounds(ctx, r, id)
	if err != nil || len(list) == 0 || list[0].Status != Open {
		return d, err
	}
	d.round = list[0]
	if d.open, err = s.comparable(ctx, r, by, d.sel); err != nil {
		return d, err
	}
	d.shown, err = all(ctx, r, d.round.ID)
	return d, err
}

// free says whether both files of a pair are open to the member.
func (d desk) free(c Comparison) bool { return d.open[c.Left] && d.open[c.Right] }

// mine are her answers, in their order, about files that are open to her.
func (d desk) mine() (list []Comparison) {
	for _, c := range d.shown {
		if c.Member == d.seat.ID && c.Choice.Given() && d.free(c) {
			list = append(list, c)
		}
	}
	return list
}

// pending is the pair that was shown to her and waits, if both files are still open to her.
func (d desk) pending() (found Comparison) {
	for _, c := range d.shown {
		if c.Member == d.seat.ID && c.Choice == waiting && d.free(c) {
			found = c
		}
	}
	return found
}

// last is the number of her last turn.
func (d desk) last() (turn int) {
	for _, c := range d.shown {
		if c.Member == d.seat.ID {
			turn = max(turn, c.Turn)
		}
	}
	return turn
}

// offer chooses a pair and keeps it until it is answered: whatever others answer meanwhile,
// what she has before her does not change.
func (s *Service) offer(ctx context.Context, by account.User, d desk) (Comparison, error) {
	left, right, ok, err := next(d.round, d.seat.ID, d.shown, d.open)
	if err != nil || !ok {
		return Comparison{}, err
	}
	c := Comparison{ID: db.NewID(), Member: d.seat.ID, Turn: d.last() + 1, Left: left, Right: right}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := drop(ctx, tx, d); err != nil {
			return err
		}
		fresh, err := s.show(ctx, tx, d.round, c)
		if err != nil || !fresh {
			return err
		}
		return s.record(ctx, tx, by, "comparison.shown", d.sel.ID, map[string]any{"round": d.round.Number, "turn": c.Turn})
	})
	if err != nil {
		return c, err
	}
	// Two pages may have asked at once: the first one's pair is everybody's.
	kept, err := db.Get(ctx, s.db.Reader(), scanComparison, `select id, member_id, turn, left_id, right_id, choice, note, answered_at from comparisons where round_id = $1 and member_id = $2 and turn = $3`, d.round.ID, string(d.seat.ID), c.Turn)
	if err != nil || kept.Choice != waiting {
		return Comparison{}, err
	}
	return kept, nil
}

// drop leaves without an answer what waits for a member.
func drop(ctx context.Context, tx *db.Tx, d desk) error {
	if _, err := tx.Exec(ctx, `update comparisons set choice = $3 where round_id = $1 and member_id = $2 and choice = ''`, d.round.ID, string(d.seat.ID), string(dropped)); err != nil {
		return fmt.Errorf("drop what waits for %s: %w", d.seat.ID, err)
	}
	return nil
}

// show keeps a pair as a member's turn, and says whether it is the first for that turn.
func (s *Service) show(ctx context.Context, tx *db.Tx, round Round, c Comparison) (bool, error) {
	n, err := tx.Exec(ctx, `insert into comparisons (id, round_id, member_id, turn, left_id, right_id, choice, note, shown_at) values ($1, $2, $3, $4, $5, $6, '', '', $7) on conflict do nothing`,
		c.ID, round.ID, string(c.Member), c.Turn, string(c.Left), string(c.Right), s.clock.Now())
	if err != nil {
		return false, fmt.Errorf("show a pair to %s: %w", c.Member, err)
	}
	return n > 0, nil
}

// Reply is what a member sends of a pair: the turn says which one she had before her.
type Reply struct {
	Round  int
	Turn   int
	Choice Choice
	Note   string
}

var errStale = errs.New(errs.Conflict, "comparison.stale")

// Answer keeps an answer. Sending the same one twice is harmless, however late.
//
// Errors: Invalid on "choice" and "note"; Conflict "comparison.not_open" when no round is,
// "comparison.stale" when the pair is not the one that waits any more.
func (s *Service) Answer(ctx context.Context, by account.User, id committee.SelectionID, in Reply) error {
	in.Note = strings.TrimSpace(text.Clean(in.Note))
	var bad []errs.Field
	if !in.Choice.Given() {
		bad = append(bad, errs.Field{Path: "choice", Key: "comparison.choice_missing"})
	}
	if len([]rune(in.Note)) > mostNote {
		bad = append(bad, errs.Field{Path: "note", Key: "comparison.note_long", Args: []any{mostNote}})
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		d, c, err := s.turn(ctx, tx, by, id, in.Round, in.Turn)
		switch {
		case err != nil:
			return err
		case in.Choice.Given() && c.Choice == in.Choice:
			return nil
		case d.round.ID == "":
			return errs.New(errs.Conflict, "comparison.not_open")
		case c.ID == "" || c.Choice != waiting || !d.free(c):
			return errStale
		}
		if err := errs.NewInvalid("comparison.invalid", bad); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update comparisons set choice = $2, note = $3, answered_at = $4 where id = $1 and choice = ''`, c.ID, string(in.Choice), in.Note, s.clock.Now())
		if err != nil {
			return fmt.Errorf("keep the answer of %s: %w", d.seat.ID, err)
		}
		if n == 0 {
			return errStale
		}
		return s.record(ctx, tx, by, "comparison.answered", id, map[string]any{"round": d.round.Number, "turn": c.Turn})
	})
}

// turn finds the pair of a turn of by, in the round of that number; it has no ID when there
// is none. The desk's round has no ID unless that one is open.
func (s *Service) turn(ctx context.Context, tx *db.Tx, by account.User, id committee.SelectionID, round, turn int) (desk, Comparison, error) {
	d, err := s.desk(ctx, tx, by, id)
	if err != nil {
		return d, Comparison{}, err
	}
	if d.seat.ID == "" {
		return d, Comparison{}, errs.New(errs.Conflict, "comparison.no_seat")
	}
	if d.round.Number != round {
		d.round = Round{}
	}
	list, err := db.List(ctx, tx, scanComparison, `select v.id, v.member_id, v.turn, v.left_id, v.right_id, v.choice, v.note, v.answered_at from comparisons v join comparison_rounds r on r.id = v.round_id
		where r.selection_id = $1 and r.number = $2 and v.member_id = $3 and v.turn = $4`, string(id), round, string(d.seat.ID), turn)
	if err != nil || len(list) == 0 {
		return d, Comparison{}, err
	}
	return d, list[0], nil
}

// Undo takes back a member's last answer and shows her its pair again, as another turn.
// Asking twice is harmless. Errors: Conflict as for Answer.
func (s *Service) Undo(ctx context.Context, by account.User, id committee.SelectionID, round, turn int) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		d, c, err := s.turn(ctx, tx, by, id, round, turn)
		switch {
		case err != nil:
			return err
		case c.Choice == undone:
			return nil
		case d.round.ID == "":
			return errs.New(errs.Conflict, "comparison.not_open")
		}
		mine := d.mine()
		if c.ID == "" || len(mine) == 0 || mine[len(mine)-1].ID != c.ID {
			return errStale
		}
		if err := drop(ctx, tx, d); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update comparisons set choice = $2, note = '' where id = $1`, c.ID, string(undone)); err != nil {
			return fmt.Errorf("take back an answer of %s: %w", d.seat.ID, err)
		}
		again := Comparison{ID: db.NewID(), Member: c.Member, Turn: d.last() + 1, Left: c.Left, Right: c.Right}
		if _, err := s.show(ctx, tx, d.round, again); err != nil {
			return err
		}
		return s.record(ctx, tx, by, "comparison.undone", id, map[string]any{"round": d.round.Number, "turn": turn})
	})
}
