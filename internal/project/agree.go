package project

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
)

// Who takes up what was agreed in a conversation about a project.
const (
	ByTeam  = "team"
	ByCoach = "coach"
)

// MaxLine bounds what was agreed, in characters; MaxAgreed how many lines one source gives
// a project.
const (
	MaxLine   = 300
	MaxAgreed = 100
)

// agreedSource begins the board of an item that was agreed in a gathering, and not on a board.
const agreedSource = "coaching:"

// AgreedIn is what stands in the place of a board for what was agreed in a gathering.
func AgreedIn(gathering string) string { return agreedSource + gathering }

// Agreed says whether an item was agreed in a conversation, in which gathering, and who
// takes it up.
func (i Item) Agreed() (gathering, who string, is bool) {
	if gathering, is = strings.CutPrefix(i.Board, agreedSource); !is {
		return "", "", false
	}
	var body struct {
		Who string `json:"who"`
	}
	if json.Unmarshal(i.Body, &body) != nil {
		return gathering, "", true
	}
	return gathering, body.Who, true
}

// Line is what was agreed: who does what, and perhaps until when.
type Line struct {
	Who     string // ByTeam or ByCoach
	Text    string
	Due     string // "2027-03-05", or ""
	Sitting string // of the coaching where it was said, or ""
	By      string // the participant who wrote it down
}

func (l *Line) check() (bad []errs.Field) {
	l.Text, l.Due = strings.Join(strings.Fields(text.Clean(l.Text)), " "), strings.TrimSpace(l.Due)
	if l.Who != ByTeam && l.Who != ByCoach {
		bad = append(bad, errs.Field{Path: "who", Key: "project.who_missing"})
	}
	if l.Text == "" {
		bad = append(bad, errs.Field{Path: "text", Key: "project.line_missing"})
	}
	if utf8.RuneCountInString(l.Text) > MaxLine {
		bad = append(bad, errs.Field{Path: "text", Key: "project.line_long", Args: []any{MaxLine}})
	}
	if _, err := time.Parse(time.DateOnly, l.Due); l.Due != "" && err != nil {
		bad = append(bad, errs.Field{Path: "due", Key: "project.due_wrong"})
	}
	return bad
}

// Agree writes down what was agreed in a gathering among the actions of a project, in the
// transaction of who has decided that by may. Errors: Invalid on "who", "text", "due";
// Conflict project.agreed_many.
func (s *Service) Agree(ctx context.Context, tx *db.Tx, by account.User, id ID, gathering string, l Line) (item string, err error) {
	if err := errs.NewInvalid("project.invalid", l.check()); err != nil {
		return "", err
	}
	if err := tx.Lock(ctx, "project:"+string(id)); err != nil {
		return "", err
	}
	n, err := db.Get(ctx, tx, db.Value[int], `select count(*) from project_items where project_id = $1 and board_id = $2`, string(id), AgreedIn(gathering))
	if err != nil {
		return "", fmt.Errorf("count what was agreed on project %s: %w", id, err)
	}
	if n >= MaxAgreed {
		return "", errs.New(errs.Conflict, "project.agreed_many", MaxAgreed)
	}
	body, err := json.Marshal(map[string]string{"who": l.Who, "sitting": l.Sitting})
	if err != nil {
		return "", err
	}
	card := db.NewID()
	if err := s.put(ctx, tx, id, Item{Kind: "action", Title: l.Text, Due: l.Due, Body: body, Board: AgreedIn(gathering), Card: card, By: l.By}); err != nil {
		return "", err
	}
	if item, err = db.Get(ctx, tx, db.Value[string], `select id from project_items where board_id = $1 and card_id = $2`, AgreedIn(gathering), card); err != nil {
		return "", fmt.Errorf("find what was agreed on project %s: %w", id, err)
	}
	return item, s.note(ctx, tx, by, "project.agreed", id, map[string]any{"item": item})
}

// Mark ticks an action of a project when it is done, a need when it is answered or a lock
// when it is lifted, or opens it again, in the transaction of who has decided that by may;
// the same mark again changes nothing. What follows the file is told. Error: NotFound.
func (s *Service) Mark(ctx context.Context, tx *db.Tx, by account.User, id ID, item string, done bool) error {
	now := s.clock.Now()
	set, act := `done_at = $3, done_by = $4, updated_at = $5`, "project.action_done"
	args := []any{item, string(id), now, by.Actor(), now}
	if !done {
		act, args[2], args[3] = "project.action_again", nil, ""
	}
	stands, err := db.Get(ctx, tx, db.Value[bool], `select done_at is not null from project_items where id = $1 and project_id = $2 and kind in ('action', 'need', 'lock') and state = 'standing'`, item, string(id))
	if err != nil || stands == done {
		return err
	}
	if _, err := tx.Exec(ctx, `update project_items set `+set+` where id = $1 and project_id = $2`, args...); err != nil {
		return fmt.Errorf("mark action %s of project %s: %w", item, id, err)
	}
	for _, follow := range s.marked {
		if err := follow(ctx, tx, by, id, item, done); err != nil {
			return err
		}
	}
	return s.note(ctx, tx, by, act, id, map[string]any{"item": item})
}

// Unagree takes back what was agreed in a gathering, in the transaction of who has decided
// that by may. Error: NotFound, for what a board gave too: its board takes it back.
func (s *Service) Unagree(ctx context.Context, tx *db.Tx, by account.User, id ID, gathering, item string) error {
	n, err := tx.Exec(ctx, `update project_items set state = 'withdrawn', updated_at = $4 where id = $1 and project_id = $2 and board_id = $3 and state = 'standing'`, item, string(id), AgreedIn(gathering), s.clock.Now())
	if err != nil {
		return fmt.Errorf("take back action %s of project %s: %w", item, id, err)
	}
	if n == 0 {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	return s.note(ctx, tx, by, "project.unagreed", id, map[string]any{"item": item})
}

// Done ticks an action of a project, or opens it again. Errors: NotFound; as the policy, on
// project.edit.
func (s *Service) Done(ctx context.Context, by account.User, id ID, item string, done bool) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.require(ctx, tx, by, "project.edit", id); err != nil {
			return err
		}
		return s.Mark(ctx, tx, by, id, item, done)
	})
}
