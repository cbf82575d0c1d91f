// Package continuity is the record of when the service was there, and what a deadline owes to those whom an outage kept from it.
package continuity

import (
	"cmp"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/call"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
)

const (
	// Every is how often a process that serves shows that it does, by a row that the
	// database keeps.
	Every = 5 * time.Second
	// Gap is the longest time between two signs of life that is no outage.
	Gap = 12 * time.Second
	// Window is the time before a deadline in which outages count.
	Window = time.Hour
	// Enough is how much must be lost in it for a later deadline to be proposed.
	Enough = time.Minute
)

// Outage is a time during which no process kept anything. It runs from the last
// sign of life before it to the first one after.
type Outage struct {
	From, Until time.Time
	Kind        string // "stopped", "database" or "stalled"
}

// The kinds of outages, by what the process that ended one knows of it.
const (
	Stopped  = "stopped"  // no process ran: a crash, an upgrade, a machine that was off
	Database = "database" // a process ran, and the database kept nothing: lost, full, read-only
	Stalled  = "stalled"  // a process ran without noticing: a machine asleep, or a clock that jumped
)

// Lost adds up what outages took of the time between two instants; where two
// overlap, the time is counted once.
func Lost(outages []Outage, from, until time.Time) (lost time.Duration) {
	sorted := slices.SortedFunc(slices.Values(outages), func(a, b Outage) int { return a.From.Compare(b.From) })
	for _, o := range sorted {
		begin, end := later(o.From, from), earlier(o.Until, until)
		if end.After(begin) {
			lost += end.Sub(begin)
			from = end
		}
	}
	return lost
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// notice is how long people have, at least, between a deadline that reopens and its end.
const notice = 12 * time.Hour

// Suggest proposes a later deadline: an hour more while the call is open, since an
// hour is all that was disturbed; once it has closed, the same time of the first
// day that leaves people long enough to be told. It is always a local time that
// exists once.
func Suggest(closes, now time.Time, zoneName string) time.Time {
	there := closes.In(zone.Location(zoneName))
	to := there.Add(time.Hour)
	if !now.Before(closes) {
		for day := 1; ; day++ {
			to = time.Date(there.Year(), there.Month(), there.Day()+day, there.Hour(), there.Minute(), 0, 0, there.Location())
			if to.Sub(now) >= notice {
				break
			}
		}
	}
	for range 4 {
		if at, err := zone.Resolve(to.Format("2006-01-02T15:04"), zoneName); err == nil {
			return at
		}
		to = to.Add(time.Hour)
	}
	return to
}

// Status is what became of a drafted extension.
type Status string

// The statuses.
const (
	Open      Status = "open"
	Accepted  Status = "accepted"  // the deadline was moved
	Dismissed Status = "dismissed" // somebody decided not to, and said why
)

// Draft is the decision to move a deadline, prepared with its evidence.
type Draft struct {
	ID        string
	ClosesAt  time.Time // the deadline that was disturbed
	Suggested time.Time
	Lost      time.Duration
	Status    Status
	Reason    string // of a dismissal
	DraftedAt time.Time
	SettledAt time.Time
	SettledBy string // the person's name
	Outages   []Outage
	Barred    string // message key of what keeps the deadline from moving; "" when it may
}

// Drafted is the payload of the event "extension.drafted".
type Drafted struct {
	Draft    string    `json:"draft"`
	ClosesAt time.Time `json:"closes_at"`
	Seconds  int64     `json:"seconds"` // that were lost
}

// Service keeps the record.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	policy *policy.Service
	bus    *event.Bus
	calls  *call.Service

	node   string // this process
	began  time.Time
	failed bool // the last sign of life could not be kept
}

// New makes the record of one process, which begins now.
func New(d *db.DB, c clock.Clock, p *policy.Service, bus *event.Bus, calls *call.Service) *Service {
	s := &Service{db: d, clock: c, policy: p, bus: bus, calls: calls, node: db.NewID()}
	bus.Subscribe("continuity.extended", s.onExtended, "call.extended")
	return s
}

// order sorts drafts: those to decide first, then the latest.
func order(a, b Draft) int {
	if (a.Status == Open) != (b.Status == Open) {
		return map[bool]int{true: -1, false: 1}[a.Status == Open]
	}
	return cmp.Or(b.ClosesAt.Compare(a.ClosesAt), cmp.Compare(a.ID, b.ID))
}

var system = account.System
