package entrance

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/zone"
)

// MaxMarks bounds what a device sends at once: a morning without network.
const MaxMarks = 500

// Mark is something noted at the entrance, perhaps on a device that had no network.
type Mark struct {
	ID          string    `json:"id"` // made by the device; the same one is noted once
	Participant string    `json:"participant"`
	Kind        Kind      `json:"kind"`
	Of          string    `json:"of,omitempty"` // the mark that is taken back
	At          time.Time `json:"at"`           // by the clock of the device; zero for now
}

// Outcome is what came of a mark. Key says why it will never be noted, "" when it is.
type Outcome struct {
	ID  string `json:"id"`
	Key string `json:"key,omitempty"`
}

// named is what a device may call a mark.
var named = regexp.MustCompile(`^[0-9A-Za-z_-]{8,64}$`)

func (m Mark) wrong() string {
	switch {
	case !named.MatchString(m.ID):
		return "entrance.mark_unnamed"
	case m.Kind == Undone && !named.MatchString(m.Of), m.Kind != Undone && m.Of != "":
		return "entrance.mark_of"
	case m.Kind != In && m.Kind != Out && m.Kind != Undone:
		return "entrance.mark_kind"
	}
	return ""
}

// instant is when something was noted: what a device says, unless its clock is astray,
// before the eve of the gathering or after now.
func instant(g gathering.Gathering, said, now time.Time) time.Time {
	first, err := time.ParseInLocation(time.DateOnly, g.StartsOn, zone.Location(g.Zone))
	if err != nil || said.After(now) || said.Before(first.AddDate(0, 0, -1)) {
		return now
	}
	return said
}

// Note notes marks in their order, each once, however often it is sent: those that cannot
// be are told, the others stand. Errors: Invalid "entrance.many" beyond MaxMarks; as the
// policy, on gathering.manage.
func (s *Service) Note(ctx context.Context, by account.User, id gathering.ID, list []Mark) (done []Outcome, err error) {
	if len(list) > MaxMarks {
		return nil, errs.New(errs.Invalid, "entrance.many", MaxMarks)
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		done = nil
		g, err := s.require(ctx, tx, by, id)
		if err != nil {
			return err
		}
		changed := false
		for _, m := range list {
			key := m.wrong()
			if key == "" {
				var fresh bool
				if key, fresh, err = s.keep(ctx, tx, by, g, m); err != nil {
					return err
				}
				changed = changed || fresh
			}
			done = append(done, Outcome{m.ID, key})
		}
		if !changed {
			return nil
		}
		return s.pulse.Beat(ctx, tx, id)
	})
	return done, err
}

// keep writes a mark, unless it is there already.
func (s *Service) keep(ctx context.Context, tx *db.Tx, by account.User, g gathering.Gathering, m Mark) (refused string, fresh bool, err error) {
	var seats int
	if err := tx.QueryRow(ctx, `select count(*) from participants where id = $1 and gathering_id = $2`, m.Participant, string(g.ID)).Scan(&seats); err != nil {
		return "", false, fmt.Errorf("find who is noted at gathering %s: %w", g.ID, err)
	}
	if seats == 0 {
		return "entrance.nobody", false, nil
	}
	now := s.clock.Now()
	n, err := tx.Exec(ctx, `insert into entrance_marks (gathering_id, id, participant_id, kind, of_id, at, noted_at, noted_by) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (gathering_id, id) do nothing`,
		string(g.ID), m.ID, m.Participant, string(m.Kind), m.Of, db.Instant(instant(g, m.At, now)), now, by.Actor())
	if err != nil {
		return "", false, fmt.Errorf("note who is at gathering %s: %w", g.ID, err)
	}
	if n == 0 {
		return "", false, nil
	}
	return "", true, s.note(ctx, tx, by, "entrance."+string(m.Kind), g.ID, map[string]any{"participant": m.Participant, "mark": m.ID})
}

// NoteNow notes somebody now, from a page without script: what is under way on the page
// says which mark is taken back. Errors: Conflict "entrance.nobody" for who is not of the
// gathering; as Note.
func (s *Service) NoteNow(ctx context.Context, by account.User, id gathering.ID, participant string, kind Kind, of string) error {
	done, err := s.Note(ctx, by, id, []Mark{{ID: db.NewID(), Participant: participant, Kind: kind, Of: of}})
	if err == nil && done[0].Key != "" {
		err = errs.New(errs.Conflict, "entrance.nobody")
	}
	return err
}
