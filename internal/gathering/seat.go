package gathering

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// loadSeat reads a seat of a gathering that has not ended, invitations included.
func loadSeat(ctx context.Context, r db.Reader, g Gathering, id string) (Participant, error) {
	return db.Get(ctx, r, scanSeat, `select `+seatColumns+` from `+seatTables+` where s.id = $1 and s.gathering_id = $2 and s.left_at is null`, id, string(g.ID))
}

// seatOf reads the seat of a person that has not ended, whether or not it holds now.
func seatOf(ctx context.Context, r db.Reader, id ID, person account.PersonID) (Participant, error) {
	return db.Get(ctx, r, scanSeat, `select `+seatColumns+` from `+seatTables+` where s.gathering_id = $1 and s.person_id = $2 and s.left_at is null`, string(id), string(person))
}

// room refuses one person more than a gathering takes.
func (s *Service) room(ctx context.Context, tx *db.Tx, g Gathering) error {
	if err := tx.Lock(ctx, "gathering:"+string(g.ID)); err != nil {
		return err
	}
	var n int
	if err := tx.QueryRow(ctx, `select count(*) from participants where gathering_id = $1 and left_at is null`, string(g.ID)).Scan(&n); err != nil {
		return fmt.Errorf("count who is in gathering %s: %w", g.ID, err)
	}
	if n >= MaxPeople {
		return errs.New(errs.Conflict, "gathering.full", MaxPeople)
	}
	return nil
}

// put writes a seat, or an invitation when there is no person yet.
func (s *Service) put(ctx context.Context, tx *db.Tx, by account.User, g Gathering, p *Participant) error {
	if err := s.room(ctx, tx, g); err != nil {
		return err
	}
	now := s.clock.Now()
	p.ID, p.Gathering, p.AddedAt, p.Version = db.NewID(), g.ID, now, 1
	if p.Person != "" {
		p.JoinedAt = now
	}
	_, err := tx.Exec(ctx, `insert into participants (id, gathering_id, person_id, invitation_id, email, name, role, project_id, organisation, added_by, added_at, joined_at, left_by, version)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', 1)`,
		p.ID, string(g.ID), db.Null(p.Person), db.Null(p.invitation), p.Email, p.Name, string(p.Role), db.Null(p.Project), p.Organisation, by.Actor(), now, p.JoinedAt)
	if err != nil {
		return fmt.Errorf("seat somebody in gathering %s: %w", g.ID, err)
	}
	return nil
}

// seat gives a person her place and what it opens, in the transaction of the act.
func (s *Service) seat(ctx context.Context, tx *db.Tx, by account.User, g Gathering, p Participant) (Participant, error) {
	if err := s.put(ctx, tx, by, g, &p); err != nil {
		return p, err
	}
	if err := s.grant(ctx, tx, by, g, p); err != nil {
		return p, err
	}
	s.changed(tx, g.ID, p.Person)
	return p, s.note(ctx, tx, by, "participant.joined", g.ID, map[string]any{"participant": p.ID, "role": string(p.Role), "project": string(p.Project)})
}

func (s *Service) grant(ctx context.Context, tx *db.Tx, by account.User, g Gathering, p Participant) error {
	var until time.Time
	if p.Role == Guest {
		until = g.Until()
	}
	return s.policy.Grant(ctx, tx, by, policy.Relation{SubjectID: string(p.Person), Relation: p.Role.relation(), Object: g.ref(), ValidUntil: until, Reason: "participant:" + p.ID})
}

// leaves ends a seat and all that it opened, in the transaction of the act; by is who
// decided so.
func (s *Service) leaves(ctx context.Context, tx *db.Tx, by account.User, p Participant) error {
	forget := ""
	if p.Person == "" { // nobody will ask for it to be erased
		forget = `, email = '', name = '', organisation = ''`
	}
	n, err := tx.Exec(ctx, `update participants set left_at = $2, left_by = $3, version = version + 1`+forget+` where id = $1 and left_at is null`, p.ID, s.clock.Now(), by.Actor())
	if err != nil {
		return fmt.Errorf("end seat %s: %w", p.ID, err)
	}
	if n == 0 {
		return notFound()
	}
	if err := s.ends(ctx, tx, by, p); err != nil {
		return err
	}
	if err := s.note(ctx, tx, by, "participant.left", p.Gathering, map[string]any{"participant": p.ID, "role": string(p.Role)}); err != nil {
		return err
	}
	return s.bus.Publish(ctx, tx, "participant.left", p.ID, nil)
}

func (s *Service) ends(ctx context.Context, tx *db.Tx, by account.User, p Participant) error {
	if err := s.unasked(ctx, tx, by, p); err != nil || p.Person == "" {
		return err
	}
	s.changed(tx, p.Gathering, p.Person)
	for _, relation := range []string{"facilitator", "participant", "guest"} {
		if _, err := s.policy.Revoke(ctx, tx, by, policy.Relation{SubjectID: string(p.Person), Relation: relation, Object: policy.Ref{Kind: "gathering", ID: string(p.Gathering)}}); err != nil {
			return fmt.Errorf("end what seat %s opened: %w", p.ID, err)
		}
	}
	return s.people.EndLimited(ctx, tx, by, p.Person, account.Ref{Kind: "gathering", ID: string(p.Gathering)})
}

// unasked takes back the invitation of a seat, if it waits for an answer still.
func (s *Service) unasked(ctx context.Context, tx *db.Tx, by account.User, p Participant) error {
	if p.invitation == "" {
		return nil
	}
	err := s.people.RevokeInvitationIn(ctx, tx, by, account.Ref{Kind: "gathering", ID: string(p.Gathering)}, p.invitation)
	if errs.Is(err, errs.NotFound) { // it was answered
		return nil
	}
	return err
}

// Remove takes somebody out of a gathering, or an invitation back: what she had open
// closes at once. Errors: NotFound; Conflict "gathering.last_facilitator"; as the policy.
func (s *Service) Remove(ctx context.Context, by account.User, id ID, participant string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		g, err := s.require(ctx, tx, by, "gathering.manage", id)
		if err != nil {
			return err
		}
		p, err := loadSeat(ctx, tx, g, participant)
		if err != nil {
			return err
		}
		if err := s.another(ctx, tx, g, p); err != nil {
			return err
		}
		return s.leaves(ctx, tx, by, p)
	})
}

// Leave ends one's own seat. Errors: NotFound when there is none; Conflict
// "gathering.last_facilitator".
func (s *Service) Leave(ctx context.Context, by account.User, id ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		g, err := s.require(ctx, tx, by, "gathering.read", id)
		if err != nil {
			return err
		}
		p, err := seatOf(ctx, tx, id, by.ID)
		if err != nil {
			return err
		}
		if err := s.another(ctx, tx, g, p); err != nil {
			return err
		}
		return s.leaves(ctx, tx, by, p)
	})
}

// another refuses to leave a gathering that is not over without anybody to run it.
func (s *Service) another(ctx context.Context, tx *db.Tx, g Gathering, p Participant) error {
	if p.Role != Facilitator || p.Person == "" || g.Status == Closed {
		return nil
	}
	if err := tx.Lock(ctx, "gathering:"+string(g.ID)); err != nil {
		return err
	}
	var n int
	err := tx.QueryRow(ctx, `select count(*) from participants s where s.gathering_id = $1 and s.role = 'facilitator' and s.id <> $2 and`+held, string(g.ID), p.ID).Scan(&n)
	if err != nil {
		return fmt.Errorf("count who runs gathering %s: %w", g.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "gathering.last_facilitator")
	}
	return nil
}

// TakeSeat gives a seat to somebody of the programme's team who runs the gathering and has
// none yet. Errors: Conflict "gathering.seated"; as the policy.
func (s *Service) TakeSeat(ctx context.Context, by account.User, id ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		g, err := s.require(ctx, tx, by, "gathering.manage", id)
		if err != nil {
			return err
		}
		if _, err := seatOf(ctx, tx, id, by.ID); !errs.Is(err, errs.NotFound) {
			if err == nil {
				err = errs.New(errs.Conflict, "gathering.seated")
			}
			return err
		}
		_, err = s.seat(ctx, tx, by, g, Participant{Person: by.ID, Name: by.Name, Role: Facilitator})
		return err
	})
}
