// Package comparison is which of two files the members of a committee prefer: a round that opens and closes, the pair shown to each, what they answer, and the order that follows.
package comparison

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
)

// Status is where a round stands.
type Status string

// The statuses of a round. One that closed is not opened again: who knows its results would
// answer otherwise.
const (
	Open   Status = "open"
	Closed Status = "closed"
)

// Round is a time during which a committee compares the files of its selection.
type Round struct {
	ID        string
	Selection committee.SelectionID
	Number    int // 1, 2… in its selection
	Status    Status
	Fields    []string // questions of the call whose answers are shown
	Advised   int      // answers that each member is advised to give
	Seed      uint64   // of every draw, kept so that the order can be worked out again
	OpenedAt  time.Time
	ClosedAt  time.Time
	Version   int64
}

// Choice is an answer to "which of the two?".
type Choice string

// The choices. The first two prefer; Unsure says nothing of the files, and the pair is not
// shown again.
const (
	Left   Choice = "left"
	Right  Choice = "right"
	Equal  Choice = "equal"
	Unsure Choice = "unsure"
)

// What a line is besides an answer.
const (
	waiting Choice = ""        // shown, not answered
	undone  Choice = "undone"  // answered, then taken back
	dropped Choice = "dropped" // left without an answer: something replaced it
)

// Given says whether the choice is an answer of a member.
func (c Choice) Given() bool { return c.Told() || c == Unsure }

// Told says whether the choice tells something of the two files.
func (c Choice) Told() bool { return c == Left || c == Right || c == Equal }

// Comparison is a pair shown to a member, and what she answered.
type Comparison struct {
	ID          string
	Member      committee.MemberID
	Turn        int // 1, 2… for this member in this round
	Left, Right application.ID
	Choice      Choice
	Note        string // hers alone
	AnsweredAt  time.Time
}

const roundColumns = `id, selection_id, number, status, fields, advised, seed, opened_at, closed_at, version`

func scanRound(sc db.Scanner) (r Round, err error) {
	var fields string
	var seed int64
	if err = sc.Scan(&r.ID, &r.Selection, &r.Number, &r.Status, &fields, &r.Advised, &seed, &r.OpenedAt, &r.ClosedAt, &r.Version); err != nil {
		return r, err
	}
	r.Seed = uint64(seed)
	if err := json.Unmarshal([]byte(fields), &r.Fields); err != nil {
		return r, fmt.Errorf("read the questions of round %s: %w", r.ID, err)
	}
	return r, nil
}

// rounds lists the rounds of a selection, the last one first.
func rounds(ctx context.Context, r db.Reader, id committee.SelectionID) ([]Round, error) {
	list, err := db.List(ctx, r, scanRound, `select `+roundColumns+` from comparison_rounds where selection_id = $1 order by number desc`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the rounds of %s: %w", id, err)
	}
	return list, nil
}

func scanComparison(sc db.Scanner) (c Comparison, err error) {
	err = sc.Scan(&c.ID, &c.Member, &c.Turn, &c.Left, &c.Right, &c.Choice, &c.Note, &c.AnsweredAt)
	return c, err
}

// all lists every pair shown in a round, by member and turn.
func all(ctx context.Context, r db.Reader, round string) ([]Comparison, error) {
	list, err := db.List(ctx, r, scanComparison, `select id, member_id, turn, left_id, right_id, choice, note, answered_at from comparisons where round_id = $1 order by member_id, turn`, round)
	if err != nil {
		return nil, fmt.Errorf("list what was compared in %s: %w", round, err)
	}
	return list, nil
}

// winner is the file preferred, and the other one; their order means nothing when equal.
func (c Comparison) winner() (winner, loser application.ID) {
	if c.Choice == Right {
		return c.Right, c.Left
	}
	return c.Left, c.Right
}
