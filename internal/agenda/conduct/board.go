package conduct

import (
	"cmp"
	"context"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
)

// Present says who was checked in at a gathering, and when, by participant.
type Present interface {
	Present(ctx context.Context, r db.Reader, id gathering.ID) (map[string]time.Time, error)
}

// Board is the day of a gathering as who runs it conducts it.
type Board struct {
	Scene
	Shown   int                  // the day that is shown
	Facts   map[string]Fact      // by activity
	Missing map[string]bool      // of those whose place is somewhere now: noted away, or not checked in
	Away    map[string]bool      // noted away now
	Came    map[string]time.Time // who was checked in; nil where nobody is
	Seats   []house.Guest        // who comes
}

// Conduct reads the conduct board of a day, counted from 0; a day that is not one is
// today, or the first. Errors: NotFound; as the policy, on gathering.manage.
func (s *Service) Conduct(ctx context.Context, by account.User, id gathering.ID, day int) (b Board, err error) {
	r := s.DB.Reader()
	if _, err := s.require(ctx, r, by, "gathering.manage", id); err != nil {
		return b, err
	}
	if b.Scene, err = s.scene(ctx, r, by, id); err != nil {
		return b, err
	}
	if b.Shown = day; day < 0 || day >= len(b.Version.Order.Days) {
		b.Shown = max(0, b.Day)
	}
	if b.Facts, err = factsOf(ctx, r, id); err != nil {
		return b, err
	}
	if b.Seats, err = house.Guests(ctx, r, id); err != nil {
		return b, err
	}
	if s.Present != nil {
		if b.Came, err = s.Present.Present(ctx, r, id); err != nil {
			return b, err
		}
	}
	b.missing()
	return b, nil
}

// missing finds, among those who have a place to be now, who was noted away or was not
// checked in, once somebody was.
func (b *Board) missing() {
	b.Missing, b.Away = map[string]bool{}, map[string]bool{}
	if b.Stands() != Today {
		return
	}
	for _, p := range b.Seats {
		if now, _ := b.Version.Plan.NowNext(p.ID, b.Day, b.At); now == nil {
			continue
		}
		b.Away[p.ID] = slices.ContainsFunc(p.Away, func(a plan.Span) bool { return a.Day == b.Day && a.From <= b.At && b.At < a.To })
		_, came := b.Came[p.ID]
		if b.Away[p.ID] || len(b.Came) > 0 && !came {
			b.Missing[p.ID] = true
		}
	}
}

// Run is an activity of a day with what really happens of it.
type Run struct {
	order.Activity
	Fact
	Now  bool // it is its time
	Over int  // by how many minutes it overruns
	Slow int  // by how many minutes it should have begun and did not, once something of the day was noted
}

// Runs lists the activities of the day that is shown.
func (b Board) Runs() (list []Run) {
	noted := false
	for _, a := range b.Version.Order.Activities {
		noted = noted || a.Day == b.Shown && !b.Facts[a.ID].Began.IsZero()
	}
	today := b.Stands() == Today && b.Shown == b.Day
	for _, a := range b.Version.Order.Activities {
		if a.Day != b.Shown {
			continue
		}
		run := Run{Activity: a, Fact: b.Facts[a.ID]}
		if today {
			run.Now = a.From <= b.At && b.At < a.To
			if run.Runs() && b.At > a.To {
				run.Over = int(b.At - a.To)
			}
			if noted && run.Began.IsZero() && run.Now {
				run.Slow = int(b.At - a.From)
			}
		}
		list = append(list, run)
	}
	slices.SortStableFunc(list, func(a, c Run) int { return cmp.Or(cmp.Compare(a.From, c.From), cmp.Compare(a.To, c.To)) })
	return list
}

// NextKit is the activity whose boards are the next to be opened for everybody: the first
// of today that is not over, opens a kit and was not opened. False when there is none.
func (b Board) NextKit() (Run, bool) {
	if b.Stands() != Today || b.Shown != b.Day {
		return Run{}, false
	}
	for _, run := range b.Runs() {
		if run.Kit != "" && run.To > b.At && run.Opened.IsZero() {
			return run, true
		}
	}
	return Run{}, false
}
