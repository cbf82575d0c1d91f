package decision

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// Told is an announced decision, as its project's team reads it: nobody of the committee
// is named in it.
type Told struct {
	Selection   committee.SelectionID
	Name        form.Localised // of the selection
	Decision    Decision
	Reason      form.Localised
	Place       Place
	AppealUntil time.Time // first instant at which it is too late to contest
	Appeals     []Appeal  // the last one first
	MayAnswer   bool      // accept the place
	MayGiveUp   bool
	MayAppeal   bool
}

// Outcome is what was decided of a file: in one round, or in two.
type Outcome struct {
	File    application.Application
	Call    call.Call
	Told    []Told // the last round first
	MayTalk bool   // write to the programme's team
}

// announced lists the announced decisions on a file, the last round first, without asking
// who wants them.
func announced(ctx context.Context, r db.Reader, file application.ID) ([]Decision, error) {
	list, err := db.List(ctx, r, scan, `select `+columns+` from decisions d join selections s on s.id = d.selection_id
		where d.application_id = $1 and d.announced_at is not null and s.status = 'announced' order by s.round desc`, string(file))
	if err != nil {
		return nil, fmt.Errorf("list what was decided of %s: %w", file, err)
	}
	return list, nil
}

// object is the file as the policy sees it about a decision: the stage is that of the
// selection which took it, since a second round may have begun. Before any announcement
// it is that of the file, so that nothing tells a decision under embargo from none.
func object(a application.Application, c call.Call, told []Decision, now time.Time) policy.Object {
	obj := a.Object(c, now)
	if len(told) > 0 {
		obj.Stage = policy.Announced
	}
	return obj
}

// Outcome reads what was announced of a file to its team. Errors: NotFound or Forbidden
// until something is announced, whatever was decided.
func (s *Service) Outcome(ctx context.Context, by account.User, file application.ID) (Outcome, error) {
	r, now := s.db.Reader(), s.clock.Now()
	a, c, told, err := s.mine(ctx, r, by, "application.outcome", file)
	if err != nil {
		return Outcome{}, err
	}
	v := Outcome{File: a, Call: c}
	may, err := s.policy.Decisions(ctx, r, by, object(a, c, told, now), "application.confirm", "application.appeal", "application.correspond")
	if err != nil {
		return v, err
	}
	v.MayTalk = may["application.correspond"].Allowed
	for _, d := range told {
		one, err := s.told(ctx, r, c, d)
		if err != nil {
			return v, err
		}
		one.Place = d.PlaceAt(now)
		if may["application.confirm"].Allowed {
			one.MayAnswer = one.Place == Offered || one.Place == Silent
			one.MayGiveUp = one.MayAnswer || one.Place == Confirmed || d.Waits()
		}
		waiting := len(one.Appeals) > 0 && one.Appeals[0].Status == OpenAppeal
		one.MayAppeal = may["application.appeal"].Allowed && now.Before(one.AppealUntil) && !waiting
		v.Told = append(v.Told, one)
	}
	return v, nil
}

func (s *Service) told(ctx context.Context, r db.Reader, c call.Call, d Decision) (Told, error) {
	one := Told{Selection: d.Selection, Decision: d}
	sel, err := committee.Load(ctx, r, d.Selection)
	if err != nil {
		return one, err
	}
	one.Name = sel.Name
	terms, err := announcementOf(ctx, r, d.Selection)
	if err != nil {
		return one, err
	}
	one.AppealUntil = AppealUntil(d.AnnouncedAt, terms.AppealMonths, c.Zone)
	reasons, err := ReasonsOf(ctx, r, d.Selection)
	if err != nil {
		return one, err
	}
	one.Reason = reasons[d.Reason]
	one.Appeals, err = appealsOf(ctx, r, d.ID)
	return one, err
}

// mine loads a file on which by may do action about an announced decision.
func (s *Service) mine(ctx context.Context, r db.Reader, by account.User, action policy.Action, file application.ID) (application.Application, call.Call, []Decision, error) {
	a, err := application.Load(ctx, r, file)
	if err != nil {
		return a, call.Call{}, nil, err
	}
	c, err := call.Load(ctx, r, a.CallID)
	if err != nil {
		return a, c, nil, err
	}
	told, err := announced(ctx, r, file)
	if err != nil {
		return a, c, nil, err
	}
	if _, err := s.policy.Require(ctx, r, by, action, object(a, c, told, s.clock.Now())); err != nil {
		return a, c, nil, err
	}
	if len(told) == 0 {
		return a, c, nil, errs.New(errs.NotFound, "errs.not_found")
	}
	return a, c, told, nil
}

// Announced says whether by may read the outcome of a file now.
func (s *Service) Announced(ctx context.Context, by account.User, file application.ID) (bool, error) {
	_, _, _, err := s.mine(ctx, s.db.Reader(), by, "application.outcome", file)
	if errs.Is(err, errs.NotFound) || errs.Is(err, errs.Forbidden) || errs.Is(err, errs.Unauthenticated) {
		return false, nil
	}
	return err == nil, err
}

// onMine finds the announced decision of a selection on a file of by's, or the last
// announced one when no selection is named.
func (s *Service) onMine(ctx context.Context, r db.Reader, by account.User, action policy.Action, id committee.SelectionID, file application.ID) (Decision, call.Call, error) {
	_, c, told, err := s.mine(ctx, r, by, action, file)
	if err != nil {
		return Decision{}, c, err
	}
	for _, d := range told {
		if d.Selection == id || id == "" {
			return d, c, nil
		}
	}
	return Decision{}, c, errs.New(errs.NotFound, "errs.not_found")
}
