// Package committee is who selects among the files of a call: a selection, the people who sit in it with the organisation they sit for, and their recusals.
package committee

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// SelectionID identifies a selection.
type SelectionID string

// Status is how far a selection is.
type Status string

// The statuses, in their order. Deciding, announcing and confirming are three acts.
const (
	Preparing    Status = "preparation"
	Reading      Status = "reading"
	Deliberating Status = "deliberation"
	Decided      Status = "decided"
	Announced    Status = "announced"
)

// stages says where each status stands for the policy.
var stages = map[Status]policy.Stage{Preparing: policy.Admissibility, Reading: policy.Evaluation, Deliberating: policy.Deliberation, Decided: policy.Embargo, Announced: policy.Announced}

// Blind says whether readers know who bears a project.
type Blind string

// The blind modes.
const (
	Open   Blind = "open"
	Veiled Blind = "veiled" // contacts and identity are hidden, files lose their author
)

// Others says when a reader sees the other reviews of a file.
type Others string

// When the others' reviews open. The chair and the lead see values from the deliberation on, whatever this says.
const (
	AfterOwn       Others = "own"
	AtDeliberation Others = "deliberation"
)

// Selection is one round of choice among the files of a call.
type Selection struct {
	ID              SelectionID
	Call            call.Call
	StageID         string // of the edition's frise; "" when the call has one selection and nothing says which
	Round           int    // 1, or 2 for the second choice among the files that the first one kept
	Name            form.Localised
	Status          Status
	Blind           Blind
	Others          Others
	NamesPublic     bool // whether the members' names are told outside, or their organisations alone
	Bidding         bool // whether members may say which files they would rather read
	Readers         int  // how many readings a file needs
	Target          int  // how many files the committee hopes to keep: a target, never a limit
	ReviewsDueAt    time.Time
	DeliberatesAt   time.Time
	Confidentiality form.Localised // the text that members commit to, as it stands now
	Version         int64
	CreatedAt       time.Time
	ReadingAt       time.Time
	DeliberationAt  time.Time
	DecidedAt       time.Time
	AnnouncedAt     time.Time
}

// Stage is where the selection stands, for the policy.
func (s Selection) Stage() policy.Stage { return stages[s.Status] }

// Object is the selection as the policy sees it at an instant.
func (s Selection) Object(at time.Time) policy.Object {
	return policy.Object{Ref: policy.Ref{Kind: "selection", ID: string(s.ID)}, Stage: s.Stage(), State: string(s.Status),
		Within: append([]policy.Ref{{Kind: "call", ID: string(s.Call.ID)}}, s.Call.Within()...), Flags: map[string]bool{"unsealed": s.Call.UnsealedNow(at)}}
}

const selectionColumns = `s.id, s.call_id, coalesce(s.stage_id, ''), s.round, s.name_fr, s.name_en, s.status, s.blind, s.others, s.names_public, s.bidding, s.readers, coalesce(s.target, 0),
	s.reviews_due_at, s.deliberates_at, s.confidentiality_fr, s.confidentiality_en, s.version, s.created_at, s.reading_at, s.deliberation_at, s.decided_at, s.announced_at`

func scanSelection(sc db.Scanner) (s Selection, err error) {
	var fr, en, promiseFR, promiseEN string
	err = sc.Scan(&s.ID, &s.Call.ID, &s.StageID, &s.Round, &fr, &en, &s.Status, &s.Blind, &s.Others, &s.NamesPublic, &s.Bidding, &s.Readers, &s.Target,
		&s.ReviewsDueAt, &s.DeliberatesAt, &promiseFR, &promiseEN, &s.Version, &s.CreatedAt, &s.ReadingAt, &s.DeliberationAt, &s.DecidedAt, &s.AnnouncedAt)
	s.Name, s.Confidentiality = form.Localised{"fr": fr, "en": en}, form.Localised{"fr": promiseFR, "en": promiseEN}
	return s, err
}

// Load reads a selection and its call without asking who wants them: for other
// capabilities, which ask the policy about it. Error: NotFound.
func Load(ctx context.Context, r db.Reader, id SelectionID) (Selection, error) {
	s, err := db.Get(ctx, r, scanSelection, `select `+selectionColumns+` from selections s where s.id = $1`, string(id))
	if err != nil {
		return s, err
	}
	s.Call, err = call.Load(ctx, r, s.Call.ID)
	return s, err
}

// Of lists the selections of a call, the first round first, without asking who wants them.
func Of(ctx context.Context, r db.Reader, c call.Call) ([]Selection, error) {
	list, err := db.List(ctx, r, scanSelection, `select `+selectionColumns+` from selections s where s.call_id = $1 order by s.round`, string(c.ID))
	for i := range list {
		list[i].Call = c
	}
	if err != nil {
		return nil, fmt.Errorf("list the selections of %s: %w", c.ID, err)
	}
	return list, nil
}

// Files lists the files that stand in a selection, by their number, without asking who
// wants them: whoever shows them asks the policy about each.
func Files(ctx context.Context, r db.Reader, id SelectionID) ([]application.Application, error) {
	return application.StandingIn(ctx, r, string(id))
}

// moves are the columns that say when a selection reached each status.
var moves = map[Status]string{Reading: "reading_at", Deliberating: "deliberation_at", Decided: "decided_at", Announced: "announced_at"}

// Move brings a selection from its status to the next one, and its files with it, in the
// transaction of the act that causes it, which is journaled by who acts.
// Error: Conflict when it moved meanwhile.
func Move(ctx context.Context, tx *db.Tx, s Selection, to Status, at time.Time) error {
	n, err := tx.Exec(ctx, `update selections set status = $3, `+moves[to]+` = $4, version = version + 1 where id = $1 and status = $2`, string(s.ID), string(s.Status), string(to), at)
	if err != nil {
		return fmt.Errorf("move selection %s to %s: %w", s.ID, to, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "committee.moved_meanwhile")
	}
	return application.MoveWith(ctx, tx, string(s.ID), stages[to])
}
