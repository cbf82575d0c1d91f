package assignment

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/application/veil"
	"transformateur/internal/call"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
)

// HandoverStatus is where a reading that was offered stands.
type HandoverStatus string

// The statuses of a handover.
const (
	Proposed  HandoverStatus = "proposed"
	Accepted  HandoverStatus = "accepted"
	Refused   HandoverStatus = "declined"
	Withdrawn HandoverStatus = "withdrawn"
)

// maxWhy bounds what is said with an offer, in characters.
const maxWhy = 1000

// Handover is a reading that a member offers to another one. It changes nothing before
// that one accepts.
type Handover struct {
	ID         string
	Selection  committee.SelectionID
	File       application.ID
	Title      string // as the reader of this list may know it
	From, To   committee.MemberID
	FromName   string
	ToName     string
	Status     HandoverStatus
	Why        string
	ProposedAt time.Time
	AnsweredAt time.Time
}

const handoverColumns = `o.id, o.selection_id, o.application_id, a.title, o.from_member, o.to_member, f.name, t.name, o.status, o.reason, o.proposed_at, o.answered_at`

const handoverTables = `handovers o join applications a on a.id = o.application_id join committee_members f on f.id = o.from_member join committee_members t on t.id = o.to_member`

func scanHandover(sc db.Scanner) (o Handover, err error) {
	err = sc.Scan(&o.ID, &o.Selection, &o.File, &o.Title, &o.From, &o.To, &o.FromName, &o.ToName, &o.Status, &o.Why, &o.ProposedAt, &o.AnsweredAt)
	return o, err
}

// LoadHandover reads a handover without asking who wants it: for those who write to people about it.
func LoadHandover(ctx context.Context, r db.Reader, id string) (Handover, error) {
	return db.Get(ctx, r, scanHandover, `select `+handoverColumns+` from `+handoverTables+` where o.id = $1`, id)
}

// OfferedEvent is the payload of "assignment.offered", whose object is the handover.
// Stuck says that the other member cannot be given the file: she is then told nothing,
// and those who assign are.
type OfferedEvent struct {
	Stuck bool `json:"stuck"`
}

// Handovers is what a member sees of the readings that pass from hand to hand: those she
// may offer, those she offered, those she is offered.
type Handovers struct {
	Selection committee.Selection
	Me        committee.Member
	Mine      []committee.Title  // that she reads, and has not offered
	Others    []committee.Member // who read in this selection
	Made      []Handover
	Received  []Handover // that wait for her answer
	Frozen    bool       // only those who assign change who reads what
}

// Handovers lists them for who sits. Of a file that is closed to her she sees no offer.
func (s *Service) Handovers(ctx context.Context, by account.User, id committee.SelectionID) (v Handovers, err error) {
	r := s.db.Reader()
	if v.Selection, v.Me, err = s.committees.Mine(ctx, by, id); err != nil {
		return v, err
	}
	if v.Me.ID == "" {
		return v, nil
	}
	p, err := loadPlan(ctx, r, v.Selection)
	if err != nil {
		return v, err
	}
	v.Frozen = p.Frozen
	if v.Others, err = s.readers(ctx, r, v.Selection); err != nil {
		return v, err
	}
	v.Others = slices.DeleteFunc(v.Others, func(m committee.Member) bool { return m.ID == v.Me.ID })
	open, err := s.clear(ctx, r, by, v.Selection)
	if err != nil {
		return v, err
	}
	list, err := db.List(ctx, r, scanHandover, `select `+handoverColumns+` from `+handoverTables+` where o.selection_id = $1 and (o.from_member = $2 or o.to_member = $2) order by o.proposed_at, o.id`, string(id), string(v.Me.ID))
	if err != nil {
		return v, fmt.Errorf("list the handovers of %s: %w", id, err)
	}
	reads, err := s.reads(ctx, r, v.Me)
	if err != nil {
		return v, err
	}
	offered := map[application.ID]bool{}
	for _, o := range list {
		switch {
		case !open[o.File]:
		case o.From == v.Me.ID:
			v.Made = append(v.Made, o)
			offered[o.File] = offered[o.File] || o.Status == Proposed
		case o.Status == Proposed && !slices.ContainsFunc(reads, func(t committee.Title) bool { return t.ID == o.File }):
			v.Received = append(v.Received, o)
		}
	}
	for _, t := range reads {
		if open[t.ID] && !offered[t.ID] {
			v.Mine = append(v.Mine, t)
		}
	}
	return v, s.veilHandovers(ctx, r, &v)
}

// reads are the files that a member reads now, by number.
func (s *Service) reads(ctx context.Context, r db.Reader, m committee.Member) ([]committee.Title, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (t committee.Title, err error) {
		err = sc.Scan(&t.ID, &t.Number, &t.Title)
		return t, err
	}, `select a.id, a.number, a.title from assignments g join applications a on a.id = g.application_id
		where g.member_id = $1 and g.ended_at is null and a.deleted_at is null and a.status in ('submitted', 'reopened') order by a.number`, string(m.ID))
	if err != nil {
		return nil, fmt.Errorf("list what member %s reads: %w", m.ID, err)
	}
	return list, nil
}

// veilHandovers hides in titles what was hidden by hand, but from the chair.
func (s *Service) veilHandovers(ctx context.Context, r db.Reader, v *Handovers) error {
	if v.Selection.Blind != committee.Veiled || v.Me.Role == committee.Chair {
		return nil
	}
	var files []string
	for _, t := range v.Mine {
		files = append(files, string(t.ID))
	}
	for _, o := range slices.Concat(v.Made, v.Received) {
		files = append(files, string(o.File))
	}
	veils, err := veil.Of(ctx, r, string(v.Selection.ID), files...)
	for i, t := range v.Mine {
		v.Mine[i].Title = veils[string(t.ID)].Text(t.Title)
	}
	for _, list := range [][]Handover{v.Made, v.Received} {
		for i, o := range list {
			list[i].Title = veils[string(o.File)].Text(o.Title)
		}
	}
	return err
}

// Offer proposes a reading of by's own to another member. Whether that one may receive it
// is not told to who offers: it would say who stepped aside from the file, or who reads
// it. When she may not, those who assign are told instead.
//
// Errors: NotFound for a file that she does not read; Invalid for a member who does not
// read; Conflict when the assignment is frozen, her review is in, or the file is offered already.
func (s *Service) Offer(ctx context.Context, by account.User, id committee.SelectionID, file application.ID, to committee.MemberID, why string) error {
	now := s.clock.Now()
	why = strings.TrimSpace(text.Clean(why))
	if len([]rune(why)) > maxWhy {
		return errs.NewInvalid("assignment.invalid", []errs.Field{{Path: "why", Key: "assignment.why_long", Args: []any{maxWhy}}})
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		sel, me, err := s.reading(ctx, tx, by, id, file)
		if err != nil {
			return err
		}
		h, err := s.house(ctx, tx, sel)
		if err != nil {
			return err
		}
		next := Pair{file, to}
		switch {
		case !has(h.published(), Pair{file, me.ID}):
			return errs.New(errs.NotFound, "errs.not_found")
		case h.plan.Frozen:
			return errs.New(errs.Conflict, "assignment.frozen")
		case to == me.ID || !slices.ContainsFunc(h.members, func(m committee.Member) bool { return m.ID == to }):
			return errs.NewInvalid("assignment.invalid", []errs.Field{{Path: "to", Key: "assignment.member_missing"}})
		}
		if in, err := s.handedIn(ctx, tx, Pair{file, me.ID}); err != nil || in {
			return orConflict(err, "assignment.handed_in")
		}
		handover := db.NewID()
		n, err := tx.Exec(ctx, `insert into handovers (id, selection_id, application_id, from_member, to_member, status, reason, proposed_at, version) values ($1, $2, $3, $4, $5, 'proposed', $6, $7, 1)
			on conflict do nothing`, handover, string(id), string(file), string(me.ID), string(to), why, now)
		if err != nil {
			return fmt.Errorf("offer the reading of %s: %w", file, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "assignment.offered_already")
		}
		if err := s.record(ctx, tx, by, "assignment.offered", id, map[string]any{"handover": handover, "file": string(file)}); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, "assignment.offered", handover, OfferedEvent{Stuck: h.barred[next] || has(h.published(), next)})
	})
}

// orConflict is err, or the refusal that follows from a fact.
func orConflict(err error, key string) error {
	if err != nil {
		return err
	}
	return errs.New(errs.Conflict, key)
}

// reading finds the selection and the seat of who reads a file now.
func (s *Service) reading(ctx context.Context, r db.Reader, by account.User, id committee.SelectionID, file application.ID) (sel committee.Selection, me committee.Member, err error) {
	if sel, err = s.require(ctx, r, by, "selection.sit", id); err != nil {
		return sel, me, err
	}
	if sel.Status != committee.Reading {
		return sel, me, errs.New(errs.Conflict, "assignment.reading_closed")
	}
	a, err := application.Load(ctx, r, file)
	if err != nil {
		return sel, me, err
	}
	c, err := call.Load(ctx, r, a.CallID)
	if err != nil {
		return sel, me, fmt.Errorf("load the call of %s: %w", file, err)
	}
	if a.Selection != string(id) {
		return sel, me, errs.New(errs.NotFound, "errs.not_found")
	}
	may, err := s.policy.Decide(ctx, r, by, "application.review", a.Object(c, s.clock.Now()))
	if err != nil {
		return sel, me, err
	}
	if !may.Allowed {
		return sel, me, errs.New(errs.NotFound, "errs.not_found")
	}
	me, err = committee.SeatOf(ctx, r, id, by.ID)
	return sel, me, err
}

// handedIn says whether the review of a pair is in.
func (s *Service) handedIn(ctx context.Context, r db.Reader, p Pair) (bool, error) {
	if s.begun == nil {
		return false, nil
	}
	return s.begun.HandedIn(ctx, r, p)
}

// Take accepts a reading that by was offered: it passes to her at once, and both are
// told. Errors: NotFound for an offer that is not made to her, or whose file is closed to
// her; Conflict "assignment.offer_over".
func (s *Service) Take(ctx context.Context, by account.User, id committee.SelectionID, handover string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		o, err := s.received(ctx, tx, by, id, handover)
		if err != nil {
			return err
		}
		if in, err := s.handedIn(ctx, tx, Pair{o.File, o.From}); err != nil || in {
			return orConflict(err, "assignment.offer_over")
		}
		if err := s.close(ctx, tx, o, Accepted); err != nil {
			return err
		}
		err = s.Hand(ctx, tx, by, id, o.File, o.From, o.To)
		if errs.Is(err, errs.NotFound) { // she reads it no more: those who assign gave it to somebody else
			return errs.New(errs.Conflict, "assignment.offer_over")
		}
		return err
	})
}

// Refuse declines a reading that by was offered; who offered it is told.
func (s *Service) Refuse(ctx context.Context, by account.User, id committee.SelectionID, handover string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		o, err := s.received(ctx, tx, by, id, handover)
		if err != nil {
			return err
		}
		if err := s.close(ctx, tx, o, Refused); err != nil {
			return err
		}
		if err := s.record(ctx, tx, by, "assignment.offer_declined", id, map[string]any{"handover": o.ID, "file": string(o.File)}); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, "assignment.offer_declined", o.ID, nil)
	})
}

// Withdraw takes back an offer of by's own.
func (s *Service) Withdraw(ctx context.Context, by account.User, id committee.SelectionID, handover string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		o, me, err := s.offer(ctx, tx, by, id, handover)
		if err != nil {
			return err
		}
		if o.From != me.ID {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		if err := s.close(ctx, tx, o, Withdrawn); err != nil {
			return err
		}
		return s.record(ctx, tx, by, "assignment.offer_withdrawn", id, map[string]any{"handover": o.ID, "file": string(o.File)})
	})
}

// offer loads an offer of a selection in which by sits and that reads.
func (s *Service) offer(ctx context.Context, r db.Reader, by account.User, id committee.SelectionID, handover string) (o Handover, me committee.Member, err error) {
	sel, err := s.require(ctx, r, by, "selection.sit", id)
	if err != nil {
		return o, me, err
	}
	if sel.Status != committee.Reading {
		return o, me, errs.New(errs.Conflict, "assignment.reading_closed")
	}
	if me, err = committee.SeatOf(ctx, r, id, by.ID); err != nil {
		return o, me, err
	}
	if o, err = LoadHandover(ctx, r, handover); err != nil {
		return o, me, err
	}
	if o.Selection != id {
		return o, me, errs.New(errs.NotFound, "errs.not_found")
	}
	return o, me, nil
}

// received is an offer made to by, whose file nothing closes to her.
func (s *Service) received(ctx context.Context, r db.Reader, by account.User, id committee.SelectionID, handover string) (Handover, error) {
	o, me, err := s.offer(ctx, r, by, id, handover)
	if err != nil {
		return o, err
	}
	sel, err := committee.Load(ctx, r, id)
	if err != nil {
		return o, err
	}
	open, err := s.clear(ctx, r, by, sel)
	if err != nil {
		return o, err
	}
	if o.To != me.ID || !open[o.File] {
		return o, errs.New(errs.NotFound, "errs.not_found")
	}
	return o, nil
}

// close ends an offer; the where clause decides between two answers.
func (s *Service) close(ctx context.Context, tx *db.Tx, o Handover, to HandoverStatus) error {
	n, err := tx.Exec(ctx, `update handovers set status = $2, answered_at = $3, version = version + 1 where id = $1 and status = 'proposed'`, o.ID, string(to), s.clock.Now())
	if err != nil {
		return fmt.Errorf("answer handover %s: %w", o.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "assignment.offer_over")
	}
	return nil
}
