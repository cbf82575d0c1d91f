package assembly

import (
	"context"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/debrief/partner"
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// seat is what by is to a meeting.
type seat struct {
	edition programme.Edition
	meeting Meeting
	manages bool
	partner partner.Partner // empty for who only runs the programme
	seats   []partner.Partner
	live    []partner.ID // of the seats, those who are partners now
}

// attend lets who runs the programme in, and the partners who are named in the meeting: to
// others it is not there.
func (s *Service) attend(ctx context.Context, r db.Reader, by account.User, id programme.EditionID, which ID) (v seat, err error) {
	if v.edition, v.manages, v.partner, err = s.enter(ctx, r, by, id); err != nil {
		return v, err
	}
	if v.meeting, err = find(ctx, r, id, which); err != nil {
		return v, err
	}
	if v.seats, err = seatsOf(ctx, r, id, which); err != nil {
		return v, err
	}
	now, err := partner.Of(ctx, r, id)
	if err != nil {
		return v, err
	}
	for _, p := range now {
		if sits(v.seats, p.ID) {
			v.live = append(v.live, p.ID)
		}
	}
	if !v.manages && !slices.Contains(v.live, v.partner.ID) {
		return v, notFound()
	}
	return v, nil
}

// enter says what by is to the meetings of an edition.
func (s *Service) enter(ctx context.Context, r db.Reader, by account.User, id programme.EditionID) (e programme.Edition, manages bool, p partner.Partner, err error) {
	if e, err = programme.FindEdition(ctx, r, id); err != nil {
		return e, false, p, err
	}
	if _, err = s.policy.Require(ctx, r, by, "assembly.attend", e.PolicyObject()); err != nil {
		return e, false, p, err
	}
	may, err := s.policy.Decide(ctx, r, by, "assembly.manage", e.PolicyObject())
	if err != nil {
		return e, false, p, err
	}
	p, err = partner.As(ctx, r, id, by.ID)
	if errs.Is(err, errs.NotFound) && may.Allowed {
		err = nil
	}
	return e, may.Allowed, p, err
}

func sits(seats []partner.Partner, id partner.ID) bool {
	return slices.ContainsFunc(seats, func(p partner.Partner) bool { return p.ID == id })
}

// common lists what everybody who sits reads: what may be on the wall. Nobody named, it is what
// is shared with all partners; somebody named who is a partner no more reads nothing.
func (s *Service) common(ctx context.Context, r db.Reader, v seat) ([]synthesis.Shared, error) {
	if len(v.seats) == 0 {
		return synthesis.SharedWithAll(ctx, r, v.edition.ID)
	}
	if len(v.live) < len(v.seats) {
		return nil, nil
	}
	var both []synthesis.Shared
	for i, p := range v.seats {
		hers, err := s.sheets.SharedWith(ctx, r, p)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			both = hers
			continue
		}
		both = meet(both, hers)
	}
	return both, nil
}

// meet keeps the lines that stand in both.
func meet(a, b []synthesis.Shared) (both []synthesis.Shared) {
	there := map[string]bool{}
	for _, p := range b {
		for _, l := range p.Lines {
			there[l.ID] = true
		}
	}
	for _, p := range a {
		if p.Lines = slices.DeleteFunc(p.Lines, func(l synthesis.Line) bool { return !there[l.ID] }); len(p.Lines) > 0 {
			both = append(both, p)
		}
	}
	return both
}

// about finds a project in a list, empty when it is not there.
func about(list []synthesis.Shared, id project.ID) synthesis.Shared {
	for _, p := range list {
		if p.Project == id && id != "" {
			return p
		}
	}
	return synthesis.Shared{}
}

// Room is a meeting at an instant, as somebody sees it.
type Room struct {
	programme.Edition
	Meeting
	Manages bool
	Partner partner.Partner   // the reader, empty for who only runs the programme
	Turn    Turn              // on screen; empty when nothing of it is hers to see
	Shown   synthesis.Shared  // the lines of it that she reads
	Wall    synthesis.Shared  // the lines of it that everybody who sits reads
	Left    time.Duration     // of the turn
	Said    []Saying          // to the project on screen, in its order
	Turns   []Turn            // all of them, to who runs the meeting
	Seats   []partner.Partner // who sits, to who runs the meeting
	Gone    []partner.Partner // of them, those who are partners no more
	Stamp   string            // of what is shown, for the stream
}

// Common says whether everybody who sits reads a line.
func (v Room) Common(line string) bool {
	return slices.ContainsFunc(v.Wall.Lines, func(l synthesis.Line) bool { return l.ID == line })
}

// Room gives a meeting: to a partner the lines of the project on screen that she reads, and no
// name of a project that shares none with her; to who runs it all that is shared with some
// partner. Errors: NotFound, to a partner who is not named in it too; as the policy, on
// assembly.attend.
func (s *Service) Room(ctx context.Context, by account.User, id programme.EditionID, which ID) (v Room, err error) {
	r := s.db.Reader()
	if v.Stamp, err = s.Stamp(ctx, by, id, which); err != nil { // before all else: what changes meanwhile is read again
		return v, err
	}
	at, err := s.attend(ctx, r, by, id, which)
	if err != nil {
		return v, err
	}
	v.Edition, v.Meeting, v.Manages, v.Partner = at.edition, at.meeting, at.manages, at.partner
	turns, err := turnsOf(ctx, r, which)
	if err != nil {
		return v, err
	}
	if v.Manages {
		v.Turns, v.Seats = turns, at.seats
		for _, p := range at.seats {
			if !slices.Contains(at.live, p.ID) {
				v.Gone = append(v.Gone, p)
			}
		}
	}
	if err := s.show(ctx, r, at, &v); err != nil {
		return v, err
	}
	for _, t := range turns {
		if t.Project == at.meeting.Timer.Project && (v.Manages || len(v.Shown.Lines) > 0) {
			v.Turn, v.Left = t, at.meeting.Timer.Left(t.Minutes, s.clock.Now())
		}
	}
	if v.Turn.Project == "" {
		v.Meeting.Timer = Timer{}
		return v, nil
	}
	said, err := s.said(ctx, r, at)
	v.Said = slices.DeleteFunc(said, func(x Saying) bool { return x.Project != v.Turn.Project })
	return v, err
}

// Wall is Room for the common screen, which who runs the meeting alone opens: what a page shows
// of it is Room.Wall. Errors: NotFound; as the policy, on assembly.manage.
func (s *Service) Wall(ctx context.Context, by account.User, id programme.EditionID, which ID) (Room, error) {
	if _, err := s.managing(ctx, s.db.Reader(), by, id); err != nil {
		return Room{}, err
	}
	return s.Room(ctx, by, id, which)
}

// show fills what is on screen.
func (s *Service) show(ctx context.Context, r db.Reader, at seat, v *Room) error {
	on := at.meeting.Timer.Project
	if on == "" {
		return nil
	}
	wall, err := s.common(ctx, r, at)
	if err != nil {
		return err
	}
	v.Wall = about(wall, on)
	if at.manages {
		all, err := synthesis.SharedWithAny(ctx, r, at.edition.ID)
		v.Shown = about(all, on)
		return err
	}
	hers, err := s.sheets.SharedWith(ctx, r, at.partner)
	v.Shown = about(hers, on)
	return err
}

// Stamp changes with all that an open page of a meeting shows: its turn, what is said, the
// consents of the project on screen, and who sits. Errors: as Room.
func (s *Service) Stamp(ctx context.Context, by account.User, id programme.EditionID, which ID) (string, error) {
	r := s.db.Reader()
	at, err := s.attend(ctx, r, by, id, which)
	if err != nil {
		return "", err
	}
	var beats, sheet int64
	err = r.QueryRow(ctx, `select a.beats, coalesce(s.version, 0) from assemblies a left join syntheses s on s.project_id = a.project_id where a.id = $1`, string(which)).Scan(&beats, &sheet)
	if err != nil {
		return "", fmt.Errorf("look at meeting %s: %w", which, err)
	}
	return fmt.Sprintf("%d.%d.%d", beats, sheet, len(at.live)), nil
}

// Calendar is the meetings of an edition, as somebody sees them.
type Calendar struct {
	programme.Edition
	Manages  bool
	Meetings []Meeting         // a partner's are those in which she sits
	Projects []project.Project // that may be put in one, to who runs the programme
	Partners []partner.Partner // who may sit in one, to her too
}

// Calendar lists the meetings of an edition. Errors: as the policy, on assembly.attend.
func (s *Service) Calendar(ctx context.Context, by account.User, id programme.EditionID) (v Calendar, err error) {
	r := s.db.Reader()
	var p partner.Partner
	if v.Edition, v.Manages, p, err = s.enter(ctx, r, by, id); err != nil {
		return v, err
	}
	where, args := `a.edition_id = $1`, []any{string(id)}
	if !v.Manages {
		where, args = where+` and exists (select 1 from assembly_partners x where x.assembly_id = a.id and x.partner_id = $2)`, append(args, string(p.ID))
	}
	if v.Meetings, err = db.List(ctx, r, scan, `select `+columns+` from assemblies a where `+where+` order by a.held_on, a.created_at, a.id`, args...); err != nil {
		return v, fmt.Errorf("list the meetings of %s: %w", id, err)
	}
	if !v.Manages {
		for i := range v.Meetings { // which project is on screen is hers to see in the room only
			v.Meetings[i].Timer = Timer{}
		}
		return v, nil
	}
	if v.Projects, err = project.In(ctx, r, id); err != nil {
		return v, err
	}
	v.Partners, err = partner.Of(ctx, r, id)
	return v, err
}

// Planned gives what a meeting is planned to be, to change it. Errors: NotFound; as the policy,
// on assembly.manage.
func (s *Service) Planned(ctx context.Context, by account.User, id programme.EditionID, which ID) (v Calendar, w Sheet, err error) {
	r := s.db.Reader()
	if _, err = s.managing(ctx, r, by, id); err != nil {
		return v, w, err
	}
	if v, err = s.Calendar(ctx, by, id); err != nil {
		return v, w, err
	}
	m, err := find(ctx, r, id, which)
	if err != nil {
		return v, w, err
	}
	w = Sheet{Title: m.Title, HeldOn: m.HeldOn, Place: m.Place, Version: m.Version}
	if w.Turns, err = turnsOf(ctx, r, which); err != nil {
		return v, w, err
	}
	seats, err := seatsOf(ctx, r, id, which)
	for _, p := range seats {
		w.Partners = append(w.Partners, p.ID)
	}
	return v, w, err
}
