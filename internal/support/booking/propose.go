package booking

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/project"
)

// The most and the fewest moments of a proposal.
const (
	MinProposed = 2
	MaxProposed = 3
)

// Proposal is moments that a helper proposes to a team, of which one is picked.
type Proposal struct {
	ID         string
	Project    project.ID
	Helper     account.PersonID
	HelperName string
	About      policy.Ref
	Subject    string
	Place      string
	Video      string
	Minutes    int
	Starts     []time.Time
	MadeAt     time.Time
}

// Proposed is what a helper writes of a proposal.
type Proposed struct {
	Starts  []time.Time // zero for one that is left empty
	Minutes int
	Subject string
	Place   string
	Video   string
}

func (w *Proposed) check(now time.Time) (bad []errs.Field) {
	a := Agreed{Start: now.Add(time.Hour).Truncate(Step * time.Minute), Minutes: w.Minutes, Subject: w.Subject, Place: w.Place, Video: w.Video}
	bad = a.check(now)
	w.Subject, w.Place, w.Video = a.Subject, a.Place, a.Video
	var starts []time.Time
	for i, start := range w.Starts {
		if start.IsZero() {
			continue
		}
		bad = append(bad, checkStart("start-"+strconv.Itoa(i+1), start, now)...)
		starts = append(starts, start.UTC())
	}
	slices.SortFunc(starts, time.Time.Compare)
	w.Starts = slices.CompactFunc(starts, time.Time.Equal)
	if len(w.Starts) < MinProposed || len(w.Starts) > MaxProposed {
		bad = append(bad, errs.Field{Path: "start-1", Key: "booking.starts_few", Args: []any{MinProposed, MaxProposed}})
	}
	return bad
}

// Propose writes two or three moments to a team, which picks one; they keep nobody busy
// meanwhile. An earlier proposal of hers to the same team ends. Errors: Invalid on "start-1"
// to "start-3" and the other fields; NotFound for who does not help the project; Conflict booking.settled when
// nothing more is booked on what she helps for.
func (s *Service) Propose(ctx context.Context, by account.User, id project.ID, w Proposed) error {
	now := s.clock.Now()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		st, err := s.acting(ctx, tx, by, id)
		if err == nil && st.side != Helper {
			err = notFound()
		}
		if err != nil {
			return err
		}
		tie, helps := st.bookable(by.ID, "")
		if !helps {
			return errs.New(errs.Conflict, "booking.settled")
		}
		in := w
		if err := errs.NewInvalid("booking.invalid", in.check(now)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update booking_proposals set state = 'withdrawn', answered_at = $3 where project_id = $1 and helper_id = $2 and state = 'open'`, string(id), string(by.ID), now); err != nil {
			return fmt.Errorf("end an earlier proposal: %w", err)
		}
		starts, err := json.Marshal(in.Starts)
		if err != nil {
			return fmt.Errorf("write the moments of a proposal: %w", err)
		}
		p := Booking{ID: ID(db.NewID()), Project: id, Helper: by.ID, About: tie.About}
		_, err = tx.Exec(ctx, `insert into booking_proposals (id, project_id, helper_id, about_kind, about_id, subject, place, video, minutes, starts, state, made_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open', $11)`,
			string(p.ID), string(id), string(by.ID), tie.About.Kind, tie.About.ID, in.Subject, in.Place, in.Video, in.Minutes, string(starts), now)
		if err != nil {
			return fmt.Errorf("propose moments: %w", err)
		}
		if err := s.note(ctx, tx, by, "booking.proposed", p, nil); err != nil {
			return err
		}
		return s.tell(ctx, tx, ProposedEvent, p, actor{by, Helper})
	})
}

// ProposedEvent is told when a helper proposes moments; its object is the proposal.
const ProposedEvent = "booking.proposed"

const proposalColumns = `q.id, q.project_id, q.helper_id, h.name, q.about_kind, q.about_id, q.subject, q.place, q.video, q.minutes, q.starts, q.made_at from booking_proposals q join people h on h.id = q.helper_id`

func scanProposal(sc db.Scanner) (p Proposal, err error) {
	var starts string
	err = sc.Scan(&p.ID, &p.Project, &p.Helper, &p.HelperName, &p.About.Kind, &p.About.ID, &p.Subject, &p.Place, &p.Video, &p.Minutes, &starts, &p.MadeAt)
	if err == nil {
		err = json.Unmarshal([]byte(starts), &p.Starts)
	}
	return p, err
}

// proposals lists those that wait, with a moment still to come.
func proposals(ctx context.Context, r db.Reader, now time.Time, where string, args ...any) ([]Proposal, error) {
	list, err := db.List(ctx, r, scanProposal, `select `+proposalColumns+` where q.state = 'open' and `+where+` order by q.made_at, q.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list proposals: %w", err)
	}
	return slices.DeleteFunc(list, func(p Proposal) bool {
		return !slices.ContainsFunc(p.Starts, func(t time.Time) bool { return t.After(now) })
	}), nil
}

// proposal finds one that waits, of a project.
func (s *Service) proposal(ctx context.Context, r db.Reader, id project.ID, which string) (Proposal, error) {
	p, err := db.Get(ctx, r, scanProposal, `select `+proposalColumns+` where q.state = 'open' and q.id = $1 and q.project_id = $2`, which, string(id))
	if err != nil {
		return p, fmt.Errorf("find a proposal: %w", err)
	}
	return p, nil
}

// answer ends a proposal; the where clause decides between two answers.
func (s *Service) answer(ctx context.Context, tx *db.Tx, p Proposal, state string, made ID) error {
	n, err := tx.Exec(ctx, `update booking_proposals set state = $2, booking_id = $3, answered_at = $4 where id = $1 and state = 'open'`, p.ID, state, db.Null(made), s.clock.Now())
	if err != nil {
		return fmt.Errorf("answer a proposal: %w", err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "booking.proposal_gone")
	}
	return nil
}

// Pick books one of the moments that a helper proposed. Errors: Invalid on "start"; Conflict
// booking.taken, taken_own or proposal_gone; NotFound; Forbidden.
func (s *Service) Pick(ctx context.Context, by account.User, id project.ID, which string, start time.Time) (made ID, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		st, err := s.acting(ctx, tx, by, id)
		if err != nil {
			return err
		}
		p, err := s.proposal(ctx, tx, id, which)
		if err != nil {
			return err
		}
		if st.side != Team {
			return errs.New(errs.Forbidden, "errs.forbidden")
		}
		tie, helps := st.bookable(p.Helper, p.About.ID)
		if !helps {
			return errs.New(errs.Conflict, "booking.proposal_gone")
		}
		if !slices.ContainsFunc(p.Starts, start.Equal) || !start.After(s.clock.Now()) {
			return errs.NewInvalid("booking.invalid", []errs.Field{{Path: "start", Key: "booking.start_missing"}})
		}
		h, err := hoursOf(ctx, tx, p.Helper)
		if err != nil {
			return err
		}
		b := Booking{Project: id, Helper: p.Helper, Guest: by.ID, About: tie.About, Origin: FromProposal, Subject: p.Subject, Start: start, End: start.Add(time.Duration(p.Minutes) * time.Minute), Place: p.Place, Video: p.Video, Notice: h.Notice}
		if made, err = s.make(ctx, tx, by, b, Team); err != nil {
			return err
		}
		return s.answer(ctx, tx, p, "taken", made)
	})
	return made, err
}

// Drop ends a proposal: its helper takes it back, or the team says that no moment suits it.
// Errors: as Pick.
func (s *Service) Drop(ctx context.Context, by account.User, id project.ID, which string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		st, err := s.acting(ctx, tx, by, id)
		if err != nil {
			return err
		}
		p, err := s.proposal(ctx, tx, id, which)
		if err != nil {
			return err
		}
		state := "declined"
		if st.side == Helper {
			state = "withdrawn"
		}
		if st.side == Helper && p.Helper != by.ID {
			return notFound()
		}
		if err := s.answer(ctx, tx, p, state, ""); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "booking.proposal_ended", Booking{ID: ID(p.ID), Project: id}, map[string]any{"state": state})
	})
}
