package proposal

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/debrief/commitment"
	"transformateur/internal/debrief/partner"
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// Make writes an offer down: by the partner herself, or for her by who runs the programme. It
// is about a project that shares something with her, and answers one of its needs that she
// reads, or none. Errors: Invalid on "project", "partner", "kind", "body", "quantity",
// "until"; Conflict proposal.many; as the policy, on proposal.make.
func (s *Service) Make(ctx context.Context, by account.User, id programme.EditionID, w Sheet) (made string, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		made, err = s.MakeIn(ctx, tx, by, id, w)
		return err
	})
	return made, err
}

// MakeIn is Make, in the transaction of what goes with it.
func (s *Service) MakeIn(ctx context.Context, tx *db.Tx, by account.User, id programme.EditionID, w Sheet) (string, error) {
	st, err := s.standing(ctx, tx, by, "proposal.make", id)
	if err != nil {
		return "", err
	}
	bad := w.check(st.today)
	who, err := s.named(ctx, tx, st, w.Partner)
	if err != nil {
		return "", err
	}
	if who.ID == "" {
		bad = append(bad, errs.Field{Path: "partner", Key: "proposal.partner_missing"})
	} else if shown, err := s.shows(ctx, tx, who, w.Project); err != nil {
		return "", err
	} else if shown == nil {
		bad = append(bad, errs.Field{Path: "project", Key: "proposal.project_missing"})
	} else if !slices.ContainsFunc(shown.Part(synthesis.Help), func(l synthesis.Line) bool { return l.ID == w.Line }) {
		w.Line = ""
	}
	if err := errs.NewInvalid("proposal.invalid", bad); err != nil {
		return "", err
	}
	w.Partner = who.ID
	return s.put(ctx, tx, by, id, w)
}

func (s *Service) put(ctx context.Context, tx *db.Tx, by account.User, id programme.EditionID, w Sheet) (string, error) {
	if err := tx.Lock(ctx, "proposals:"+string(id)); err != nil {
		return "", err
	}
	n, err := db.Get(ctx, tx, db.Value[int], `select count(*) from proposals where edition_id = $1`, string(id))
	if err != nil {
		return "", err
	}
	if n >= MaxMany {
		return "", errs.New(errs.Conflict, "proposal.many", MaxMany)
	}
	o := Offer{ID: db.NewID(), Project: w.Project}
	if _, err := tx.Exec(ctx, `insert into proposals (id, edition_id, project_id, partner_id, line_id, kind, body, quantity, valid_until, state, why, made_at, made_by, moved_at, moved_by, version)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'offered', '', $10, $11, $10, $11, 1)`,
		o.ID, string(id), string(w.Project), string(w.Partner), db.Null(w.Line), w.Kind, w.Body, w.Quantity, w.Until, s.clock.Now(), by.Actor()); err != nil {
		return "", fmt.Errorf("write an offer of %s: %w", id, err)
	}
	if err := s.bus.Publish(ctx, tx, ToldMade, o.ID, nil); err != nil {
		return "", err
	}
	return o.ID, s.note(ctx, tx, by, "proposal.made", o)
}

// named is for whom an offer is written: by herself, or who is named to who runs the
// programme; empty for nobody.
func (s *Service) named(ctx context.Context, r db.Reader, st standing, which partner.ID) (partner.Partner, error) {
	if !st.manages || which == "" {
		return st.partner, nil
	}
	now, err := partner.Of(ctx, r, st.edition.ID)
	if err != nil {
		return partner.Partner{}, err
	}
	for _, p := range now {
		if p.ID == which {
			return p, nil
		}
	}
	return partner.Partner{}, nil
}

// shows gives what a project shares with a partner, nil for nothing.
func (s *Service) shows(ctx context.Context, r db.Reader, who partner.Partner, id project.ID) (*synthesis.Shared, error) {
	all, err := s.sheets.SharedWith(ctx, r, who)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Project == id {
			return &all[i], nil
		}
	}
	return nil, nil
}

// hers finds an offer that by made, or that she may write for another.
func (s *Service) hers(ctx context.Context, tx *db.Tx, by account.User, id programme.EditionID, which string) (standing, Offer, error) {
	st, err := s.standing(ctx, tx, by, "proposal.make", id)
	if err != nil {
		return st, Offer{}, err
	}
	o, err := find(ctx, tx, which)
	if err != nil {
		return st, o, err
	}
	if o.Edition != id || !st.manages && o.Partner != st.partner.ID {
		return st, Offer{}, notFound()
	}
	return st, o, nil
}

// Withdraw takes an offer back before it is promised, and says why. Errors: Invalid on "why";
// Conflict proposal.meanwhile; NotFound; as the policy, on proposal.make.
func (s *Service) Withdraw(ctx context.Context, by account.User, id programme.EditionID, which string, step Step) error {
	bad := step.check(true)
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, o, err := s.hers(ctx, tx, by, id, which)
		if err != nil {
			return err
		}
		if err := errs.NewInvalid("proposal.invalid", bad); err != nil {
			return err
		}
		step.to, step.from = Withdrawn, []State{Offered, Accepted}
		if err := s.move(ctx, tx, by, o, step); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "proposal.withdrawn", o)
	})
}

// Promise makes a commitment of an offer that the project accepted. Errors: Invalid on "what",
// "due", "contact"; Conflict proposal.meanwhile, commitment.many; NotFound; as the policy, on
// proposal.make.
func (s *Service) Promise(ctx context.Context, by account.User, id programme.EditionID, which string, p Promise) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, o, err := s.hers(ctx, tx, by, id, which)
		if err != nil {
			return err
		}
		made, err := s.promises.HonourIn(ctx, tx, by, id, commitment.Sheet{Project: o.Project, Partner: o.Partner, Line: o.Line, What: p.What, Due: p.Due, Contact: p.Contact})
		if err != nil {
			return err
		}
		if err := s.move(ctx, tx, by, o, Step{to: Promised, from: []State{Accepted}, commitment: made, Version: p.Version}); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "proposal.promised", o)
	})
}

// Promise is what a partner promises of her offer.
type Promise struct {
	What    string
	Due     string
	Contact string
	Version int64 // of the offer
}

// Step is what becomes of an offer.
type Step struct {
	Why        string // needed for an end
	Version    int64
	to         State
	from       []State
	commitment string
}

func (p *Step) check(ends bool) (bad []errs.Field) {
	p.Why = strings.TrimSpace(text.Clean(p.Why))
	if !ends {
		p.Why = ""
	}
	if ends && p.Why == "" {
		bad = append(bad, errs.Field{Path: "why", Key: "proposal.why_missing"})
	}
	if utf8.RuneCountInString(p.Why) > MaxWhy {
		bad = append(bad, errs.Field{Path: "why", Key: "proposal.why_long", Args: []any{MaxWhy}})
	}
	return bad
}

// move changes the state of an offer that is where it was read.
func (s *Service) move(ctx context.Context, tx *db.Tx, by account.User, o Offer, step Step) error {
	if !slices.Contains(step.from, o.State) {
		return meanwhile()
	}
	n, err := tx.Exec(ctx, `update proposals set state = $3, why = $4, commitment_id = $5, moved_at = $6, moved_by = $7, version = version + 1 where id = $1 and version = $2 and state = $8`,
		o.ID, step.Version, string(step.to), step.Why, db.Null(step.commitment), s.clock.Now(), by.Actor(), string(o.State))
	if err != nil {
		return fmt.Errorf("move offer %s: %w", o.ID, err)
	}
	if n == 0 {
		return meanwhile()
	}
	return nil
}

// Answer has a project accept an offer, or decline it and say why. Errors: Invalid on "why";
// Conflict proposal.meanwhile, proposal.past once its last day is over; NotFound; as the
// policy, on proposal.answer.
func (s *Service) Answer(ctx context.Context, by account.User, id project.ID, which string, a Answer) error {
	step := Step{Why: a.Why, Version: a.Version, to: Declined, from: []State{Offered, Accepted}}
	act := "proposal.declined"
	if a.Accepts {
		step.to, step.from, act = Accepted, []State{Offered}, "proposal.accepted"
	}
	bad := step.check(!a.Accepts)
	return s.db.Write(ctx, func(tx *db.Tx) error {
		e, err := s.of(ctx, tx, by, "proposal.answer", id)
		if err != nil {
			return err
		}
		o, err := find(ctx, tx, which)
		if err != nil {
			return err
		}
		if o.Project != id {
			return notFound()
		}
		if err := errs.NewInvalid("proposal.invalid", bad); err != nil {
			return err
		}
		if a.Accepts && o.Past(s.today(e)) {
			return errs.New(errs.Conflict, "proposal.past")
		}
		if err := s.move(ctx, tx, by, o, step); err != nil {
			return err
		}
		if err := s.bus.Publish(ctx, tx, ToldAnswered, o.ID, nil); err != nil {
			return err
		}
		return s.note(ctx, tx, by, act, o)
	})
}

// Answer is what a project says to an offer.
type Answer struct {
	Accepts bool
	Why     string // needed to decline
	Version int64
}

// of finds the edition of a project on which by may do something.
func (s *Service) of(ctx context.Context, r db.Reader, by account.User, action policy.Action, id project.ID) (e programme.Edition, err error) {
	p, err := project.Load(ctx, r, id)
	if err != nil {
		return e, err
	}
	if _, err = s.policy.Require(ctx, r, by, action, p.Object()); err != nil {
		return e, err
	}
	return programme.FindEdition(ctx, r, p.Edition)
}
