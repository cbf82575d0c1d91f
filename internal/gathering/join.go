package gathering

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/project"
)

// How many people come in from one network in a quarter of an hour, and how many wrong
// codes are typed there: a venue is one network for everybody in it.
const (
	joinsByNetwork  = 400
	misfitByNetwork = 60
)

// guestMay is all that the sign-in of a guest is good for, in her gathering.
var guestMay = []string{"gathering.read", "gathering.people", "gathering.leave", "gathering.attend", "board.read", "board.write", "question.ask", "gathering.subscribe", "gathering.deposit"}

// Door is what a code opens, as those who have not come in yet see it.
type Door struct {
	Gathering ID
	Title     string
	Place     string
	Inside    bool // the reader has a seat there
}

// Knock reads a code, whoever holds it. Error: NotFound when it opens nothing now: no such
// code, or a gathering that is not open.
func (s *Service) Knock(ctx context.Context, by account.User, code string) (Door, error) {
	r := s.db.Reader()
	g, err := s.byCode(ctx, r, code)
	if err != nil {
		return Door{}, err
	}
	d := Door{Gathering: g.ID, Title: g.Title, Place: g.Place}
	if !by.IsVisitor() {
		_, err = Seat(ctx, r, g.ID, by.ID)
		if err != nil && !errs.Is(err, errs.NotFound) {
			return d, err
		}
		d.Inside = err == nil
	}
	return d, nil
}

func (s *Service) byCode(ctx context.Context, r db.Reader, code string) (Gathering, error) {
	return db.Get(ctx, r, scan, `select `+columns+` from `+tables+` where g.join_code = $1 and g.status = 'open'`, PlainCode(code))
}

// Coming is somebody at the door.
type Coming struct {
	Code   string
	Name   string // of a guest
	Lang   string
	Device string
	IP     string
}

// In is what came of it. Token is that of a new sign-in, "" for somebody who had one.
type In struct {
	Gathering ID
	Token     string
}

// Join lets in who holds the code of an open gathering. Somebody who signed in comes as
// herself: in the seat that waited for one of her addresses, else with her project, else
// as a guest. Anybody else comes as a guest under the name she types, until the gathering
// ends. Errors: NotFound, the same for a code that is not and one that opens nothing now;
// Invalid on "name"; Forbidden "gathering.removed"; Conflict "gathering.full"; TooMany
// "gathering.too_many".
func (s *Service) Join(ctx context.Context, by account.User, c Coming) (in In, err error) {
	wrong := false
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		in, wrong = In{}, false
		g, err := s.byCode(ctx, tx, c.Code)
		if wrong = errs.Is(err, errs.NotFound); wrong {
			return s.bound(ctx, tx, "join_wrong", c.IP, misfitByNetwork)
		}
		if err != nil {
			return err
		}
		in.Gathering = g.ID
		if by.IsVisitor() || by.Limit != nil && by.Limit.Within != account.Ref(g.ref()) {
			in.Token, err = s.admit(ctx, tx, by, g, c)
			return err
		}
		return s.comes(ctx, tx, by, g)
	})
	if err == nil && wrong {
		err = notFound()
	}
	return in, err
}

func (s *Service) bound(ctx context.Context, tx *db.Tx, bucket, ip string, limit int) error {
	may, err := s.people.AllowedFrom(ctx, tx, bucket, ip, limit)
	if err == nil && !may {
		err = errs.New(errs.TooMany, "gathering.too_many")
	}
	return err
}

// admit lets a guest in.
func (s *Service) admit(ctx context.Context, tx *db.Tx, by account.User, g Gathering, c Coming) (token string, err error) {
	if err := s.bound(ctx, tx, "join", c.IP, joinsByNetwork); err != nil {
		return "", err
	}
	who, token, err := s.people.Admit(ctx, tx, by, account.Visit{Name: c.Name, Lang: c.Lang, Zone: g.Zone, Device: c.Device, Until: g.Until(), Limit: account.Limit{Actions: guestMay, Within: account.Ref(g.ref())}})
	if err != nil {
		return "", err
	}
	_, err = s.seat(ctx, tx, account.User{ID: who.ID}, g, Participant{Person: who.ID, Name: who.Name, Role: Guest})
	return token, err
}

// waiting lists the seats of a gathering that wait for one of somebody's addresses.
func waiting(ctx context.Context, r db.Reader, id ID, person account.PersonID) ([]Participant, error) {
	list, err := db.List(ctx, r, scanSeat, `select `+seatColumns+` from `+seatTables+` where s.gathering_id = $1 and s.person_id is null and s.left_at is null
		and s.email in (select x.email from addresses x where x.person_id = $2) order by s.added_at, s.id`, string(id), string(person))
	if err != nil {
		return nil, fmt.Errorf("find the seat that waits for %s: %w", person, err)
	}
	return list, nil
}

// Awaited says whether a seat of a gathering waits for one of somebody's addresses: she was
// invited, and has not answered.
func Awaited(ctx context.Context, r db.Reader, id ID, person account.PersonID) (bool, error) {
	list, err := waiting(ctx, r, id, person)
	return len(list) > 0, err
}

// comes seats somebody who signed in.
func (s *Service) comes(ctx context.Context, tx *db.Tx, by account.User, g Gathering) error {
	if _, err := seatOf(ctx, tx, g.ID, by.ID); !errs.Is(err, errs.NotFound) {
		return err
	}
	waits, err := waiting(ctx, tx, g.ID, by.ID)
	if err != nil {
		return err
	}
	if len(waits) > 0 {
		return s.fill(ctx, tx, g, waits[0], by.ID)
	}
	last, err := db.List(ctx, tx, scanSeat, `select `+seatColumns+` from `+seatTables+` where s.gathering_id = $1 and s.person_id = $2 order by s.left_at desc limit 1`, string(g.ID), string(by.ID))
	if err != nil {
		return fmt.Errorf("find the former seat of %s: %w", by.ID, err)
	}
	if len(last) == 1 && last[0].leftBy != by.Actor() && last[0].leftBy != account.System.Actor() {
		return errs.New(errs.Forbidden, "gathering.removed")
	}
	p := Participant{Person: by.ID, Name: by.Name, Role: Guest}
	projects, err := db.List(ctx, tx, db.Value[string], `select p.id from projects p join relations r on r.object_kind = 'project' and r.object_id = p.id
		where p.edition_id = $1 and p.status = 'active' and r.subject_kind = 'person' and r.subject_id = $2 and r.relation <> 'sponsor' and r.revoked_at is null and r.valid_from <= $3 and (r.valid_until is null or r.valid_until > $3)
		order by p.title, p.id limit 1`, string(g.Edition), string(by.ID), s.clock.Now())
	if err != nil {
		return fmt.Errorf("find the project of %s: %w", by.ID, err)
	}
	if len(projects) == 1 {
		p.Role, p.Project = Team, project.ID(projects[0])
	}
	_, err = s.seat(ctx, tx, by, g, p)
	return err
}
