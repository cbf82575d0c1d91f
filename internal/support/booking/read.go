package booking

import (
	"context"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
	"transformateur/internal/project"
)

// ownObject stands for what somebody keeps for herself.
var ownObject = policy.Object{}

// Meeting is a booking, as one of those who meet sees it.
type Meeting struct {
	Booking
	Side    Side // hers
	Writes  bool
	Tied    bool // its helper still helps the project: what was written is read
	Moves   bool // it can still be moved or cancelled
	Refuses bool // she may say that this time was not agreed
	Tells   bool // she may say how it went
	Zone    string
	Slots   []Slot // to which a team may move it
	Chooses bool   // a team picks among Slots; else any time is written
}

// Other is the name of who she meets: a person, or the project for who helps it.
func (m Meeting) Other() string {
	if m.Side == Helper {
		return m.Title
	}
	return m.HelperName
}

// seen is a booking for somebody of one side; what was written stays between those whom
// help still ties.
func (s *Service) seen(b Booking, side Side, writes, tied bool) Meeting {
	now := s.clock.Now()
	m := Meeting{Booking: b, Side: side, Writes: writes, Tied: tied}
	m.Moves = writes && b.State == Booked && b.Start.After(now)
	m.Tells = writes && b.State != Cancelled && b.State != Refused && !b.Start.After(now)
	if b.State != Booked {
		m.Video = ""
	}
	if !tied && side == Helper {
		m.Notes, m.Subject, m.Reason, m.Video = "", "", "", ""
	}
	return m
}

// Read is one booking to who meets. Error: NotFound for anybody else.
func (s *Service) Read(ctx context.Context, by account.User, id ID) (m Meeting, err error) {
	r := s.db.Reader()
	b, st, err := s.meets(ctx, r, by, id)
	if err != nil {
		return m, err
	}
	_, tied := st.tie(b.Helper)
	m = s.seen(b, st.side, st.writes, tied)
	m.Refuses = m.Moves && b.Origin == FromAgreed && b.MadeBy != by.ID
	if m.Zone, err = zoneOf(ctx, r, by.ID); err != nil {
		return m, err
	}
	if m.Moves && m.Side == Team {
		var h Hours
		if h, m.Slots, err = s.slots(ctx, r, b.Helper, b.ID); err != nil {
			return m, err
		}
		m.Chooses = h.Version > 0
	}
	return m, nil
}

// zoneOf is the zone in which somebody reads times.
func zoneOf(ctx context.Context, r db.Reader, who account.PersonID) (string, error) {
	return db.Get(ctx, r, db.Value[string], `select zone from people where id = $1`, string(who))
}

// slots are the free ones of a helper, but for what one booking takes.
func (s *Service) slots(ctx context.Context, r db.Reader, helper account.PersonID, but ID) (h Hours, free []Slot, err error) {
	now := s.clock.Now()
	if h, err = hoursOf(ctx, r, helper); err != nil {
		return h, nil, err
	}
	taken, err := busy(ctx, r, helper, now, but)
	if err != nil {
		return h, nil, err
	}
	return h, h.Slots(now, taken), nil
}

// Agenda is what somebody has before her and behind.
type Agenda struct {
	Zone      string
	Coming    []Meeting
	Past      []Meeting // the last ones first
	Proposals []Proposal
	Offers    bool // she wrote when she can be met
	Feed      time.Time
}

// maxPast bounds the list of what is behind.
const maxPast = 50

// Mine is the agenda of by, on both sides. Error: as the policy, on booking.offer.
func (s *Service) Mine(ctx context.Context, by account.User) (a Agenda, err error) {
	r, now := s.db.Reader(), s.clock.Now()
	if err = s.own(ctx, r, by); err != nil {
		return a, err
	}
	if a.Zone, err = zoneOf(ctx, r, by.ID); err != nil {
		return a, err
	}
	all, err := list(ctx, r, `b.helper_id = $1 or b.guest_id = $1`, string(by.ID))
	if err != nil {
		return a, err
	}
	for _, b := range all {
		_, st, err := s.meets(ctx, r, by, b.ID)
		if err != nil { // she left the team
			continue
		}
		_, tied := st.tie(b.Helper)
		if m := s.seen(b, st.side, st.writes, tied); b.State == Booked && b.End.After(now) {
			a.Coming = append(a.Coming, m)
		} else {
			a.Past = append(a.Past, m)
		}
	}
	slices.Reverse(a.Past)
	a.Past = a.Past[:min(len(a.Past), maxPast)]
	h, err := hoursOf(ctx, r, by.ID)
	if err != nil {
		return a, err
	}
	a.Offers = h.Version > 0
	if a.Feed, err = feedSince(ctx, r, by.ID); err != nil {
		return a, err
	}
	a.Proposals, err = proposals(ctx, r, now, `q.helper_id = $1`, string(by.ID))
	return a, err
}

// Ahead is what by has before her as who helps projects, the next one first, in one question to
// the database. Error: as the policy, on booking.offer.
func (s *Service) Ahead(ctx context.Context, by account.User) ([]Booking, error) {
	r := s.db.Reader()
	if err := s.own(ctx, r, by); err != nil {
		return nil, err
	}
	return list(ctx, r, `b.helper_id = $1 and b.state = 'booked' and b.ends_at > $2`, string(by.ID), s.clock.Now())
}

// Offered is a helper and the slots that can be booked with her.
type Offered struct {
	Tie
	Hours  Hours
	Slots  []Slot
	Offers bool // she wrote when she can be met
}

// Desk is the meetings of one project, to its team or to who helps it.
type Desk struct {
	Project   project.Project
	Side      Side
	Writes    bool
	Zone      string
	Helpers   []Offered      // for the team
	Mates     []project.Mate // with whom a helper writes a time down
	Coming    []Meeting
	Past      []Meeting
	Proposals []Proposal
	Reads     bool // she may read the project's page
}

// Around is the meetings of a project: all of them for its team, her own for who helps it. The
// other meetings of a helper show nothing but by the slots that are not free. Error: NotFound
// for anybody else.
func (s *Service) Around(ctx context.Context, by account.User, id project.ID) (d Desk, err error) {
	r, now := s.db.Reader(), s.clock.Now()
	st, err := s.on(ctx, r, by, id)
	if err != nil {
		return d, err
	}
	d = Desk{Project: st.project, Side: st.side, Writes: st.writes && st.project.Status == project.Active}
	if d.Zone, err = zoneOf(ctx, r, by.ID); err != nil {
		return d, err
	}
	may, err := s.policy.Decide(ctx, r, by, "project.read", st.project.Object())
	if err != nil {
		return d, err
	}
	d.Reads = may.Allowed
	where, args, waiting := `b.project_id = $1`, []any{string(id)}, `q.project_id = $1`
	if st.side == Helper {
		where, waiting, args = where+` and b.helper_id = $2`, waiting+` and q.helper_id = $2`, append(args, string(by.ID))
		d.Mates = slices.DeleteFunc(st.team, func(m project.Mate) bool { return !writes(m) })
	} else if err = s.offers(ctx, r, st, &d); err != nil {
		return d, err
	}
	all, err := list(ctx, r, where, args...)
	if err != nil {
		return d, err
	}
	for _, b := range all {
		_, tied := st.tie(b.Helper)
		if m := s.seen(b, st.side, st.writes, tied); b.State == Booked && b.End.After(now) {
			d.Coming = append(d.Coming, m)
		} else {
			d.Past = append(d.Past, m)
		}
	}
	slices.Reverse(d.Past)
	d.Proposals, err = proposals(ctx, r, now, waiting, args...)
	return d, err
}

func (s *Service) offers(ctx context.Context, r db.Reader, st standing, d *Desk) error {
	for _, tie := range st.helpers {
		if tie.Closed {
			continue
		}
		h, free, err := s.slots(ctx, r, tie.Person, "")
		if err != nil {
			return err
		}
		d.Helpers = append(d.Helpers, Offered{Tie: tie, Hours: h, Slots: free, Offers: h.Version > 0})
	}
	return nil
}
