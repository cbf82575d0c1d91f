package gathering

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Carried is a guest who came in at a venue that this program could not be reached from.
type Carried struct {
	Participant string           `json:"participant"` // her seat there
	Person      account.PersonID `json:"person"`
	Name        string           `json:"name"`
	Lang        string           `json:"lang"`
	JoinedAt    time.Time        `json:"joined_at"`
}

// seatedBefore says whether a seat is one of a gathering already; somebody else's seat elsewhere
// is a Conflict "gathering.taken".
func (s *Service) seatedBefore(ctx context.Context, tx *db.Tx, g Gathering, c Carried) (bool, error) {
	where, err := db.List(ctx, tx, db.Value[string], `select gathering_id from participants where id = $1`, c.Participant)
	if err != nil {
		return false, fmt.Errorf("find seat %s: %w", c.Participant, err)
	}
	if len(where) == 0 {
		return false, nil
	}
	if where[0] != string(g.ID) {
		return false, errs.New(errs.Conflict, "gathering.taken")
	}
	return true, nil
}

// Bring seats a guest who came in at a venue, in the transaction of the act that brings
// her here; through names that venue. The same guest again changes nothing. When the
// gathering is over she only keeps her name. Errors: Invalid on "name"; Conflict
// "gathering.full", "gathering.taken", "account.taken".
func (s *Service) Bring(ctx context.Context, tx *db.Tx, g Gathering, through string, c Carried) (made bool, err error) {
	if len(c.Participant) < 16 || len(c.Participant) > 40 {
		return false, errs.New(errs.Invalid, "errs.invalid")
	}
	if again, err := s.seatedBefore(ctx, tx, g, c); err != nil || again {
		return false, err
	}
	now := s.clock.Now()
	if c.JoinedAt.IsZero() || c.JoinedAt.After(now) {
		c.JoinedAt = now
	}
	who, err := s.people.AdmitCarried(ctx, tx, account.Carried{ID: c.Person, Name: c.Name, Lang: c.Lang, Zone: g.Zone, At: c.JoinedAt, From: account.Ref(g.ref())})
	if err != nil {
		return false, err
	}
	if err := s.room(ctx, tx, g); err != nil {
		return false, err
	}
	p := Participant{ID: c.Participant, Gathering: g.ID, Person: who.ID, Name: who.Name, Role: Guest}
	var left time.Time
	leftBy := ""
	if g.Status == Closed {
		left, leftBy = now, account.System.Actor()
	}
	_, err = tx.Exec(ctx, `insert into participants (id, gathering_id, person_id, email, name, role, organisation, added_by, added_at, joined_at, left_at, left_by, version)
		values ($1, $2, $3, '', $4, 'guest', '', $5, $6, $6, $7, $8, 1)`, p.ID, string(g.ID), string(p.Person), p.Name, through, c.JoinedAt, left, leftBy)
	if err != nil {
		return false, fmt.Errorf("seat a guest of a venue in gathering %s: %w", g.ID, err)
	}
	if left.IsZero() {
		if err := s.grant(ctx, tx, account.System, g, p); err != nil {
			return false, err
		}
		s.changed(tx, g.ID, p.Person)
	}
	return true, s.note(ctx, tx, account.System, "participant.joined", g.ID, map[string]any{"participant": p.ID, "role": string(p.Role), "project": ""})
}

// OpenFor opens a planned gathering that was opened at a venue, in the name of who carried
// it there. One that is not planned stays as it is. Errors: as Open.
func (s *Service) OpenFor(ctx context.Context, by account.User, id ID) error {
	g, err := Load(ctx, s.db.Reader(), id)
	if err != nil || g.Status != Planned {
		return err
	}
	return s.Open(ctx, by, id)
}
