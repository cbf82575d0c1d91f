package venue

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
)

// MethodCode is the sign-in of somebody who typed her code at a venue.
const MethodCode = "venue"

// alphabet is what the codes of people are written with: no letter or digit that is taken
// for another one on paper. Eight of them make 8.5·10¹¹ codes.
const (
	alphabet   = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
	codeLength = 8
)

// misfits is how many wrong codes are typed from one network in a quarter of an hour: a
// venue is one network for everybody in it.
const misfits = 120

// Slip is what somebody needs to come in as herself at the venue.
type Slip struct {
	Name    string
	Role    gathering.Role
	Project string
	Code    string
}

func newCode() string {
	var out strings.Builder
	for out.Len() < codeLength {
		var b [1]byte
		rand.Read(b[:])
		if n := int(b[0]); n < 256-256%len(alphabet) { // others are drawn again: each letter is as likely
			out.WriteByte(alphabet[n%len(alphabet)])
		}
	}
	return out.String()
}

// Draw draws the code of each person who has a seat from home and none yet; of everybody,
// again, or of those whose name holds some words: what they had opens nothing any more.
// Codes are not kept, and not shown again.
func (s *Service) Draw(ctx context.Context, again bool, name string) (list []Slip, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		list = nil
		v, err := s.Carrying(ctx)
		if err != nil {
			return err
		}
		have, err := db.List(ctx, tx, db.Value[string], `select person_id from venue_codes`)
		if err != nil {
			return fmt.Errorf("list who has a code: %w", err)
		}
		has := map[string]bool{}
		for _, id := range have {
			has[id] = true
		}
		people, err := db.List(ctx, tx, func(sc db.Scanner) (p gathering.Participant, err error) {
			return p, sc.Scan(&p.Person, &p.Name, &p.Role, &p.ProjectTitle)
		}, `select s.person_id, s.name, s.role, coalesce(p.title, '') from participants s left join projects p on p.id = s.project_id
			where s.gathering_id = $1 and s.left_at is null and s.person_id is not null and s.added_by = $2 order by s.name, s.id`, string(v.Gathering), atHome)
		if err != nil {
			return fmt.Errorf("list who has a seat: %w", err)
		}
		for _, p := range people {
			asked := name != "" && strings.Contains(strings.ToLower(p.Name), strings.ToLower(name))
			if has[string(p.Person)] && !again && !asked || name != "" && !asked {
				continue
			}
			slip := Slip{p.Name, p.Role, p.ProjectTitle, newCode()}
			if _, err := tx.Exec(ctx, `insert into venue_codes (person_id, code_digest, drawn_at) values ($1, $2, $3) on conflict (person_id) do update set code_digest = excluded.code_digest, drawn_at = excluded.drawn_at`,
				string(p.Person), digest(slip.Code), s.clock.Now()); err != nil {
				return fmt.Errorf("keep a code: %w", err)
			}
			list = append(list, slip)
		}
		return s.note(ctx, tx, account.System, "venue.codes", v.Gathering, map[string]any{"count": len(list)})
	})
	return list, err
}

// Enter signs in who holds a code of the venue. by is who was signed in on this device
// before. Errors: Invalid on "code"; TooMany "gathering.too_many"; Forbidden.
func (s *Service) Enter(ctx context.Context, by account.User, code, device, ip string) (token string, id gathering.ID, err error) {
	wrong := false
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		wrong = false
		type holder struct {
			person account.PersonID
			g      gathering.ID
		}
		who, err := db.Get(ctx, tx, func(sc db.Scanner) (h holder, err error) { return h, sc.Scan(&h.person, &h.g) },
			`select c.person_id, s.gathering_id from venue_codes c join participants s on s.person_id = c.person_id and s.left_at is null where c.code_digest = $1`, digest(gathering.PlainCode(code)))
		if errs.Is(err, errs.NotFound) {
			wrong = true
			may, err := s.people.AllowedFrom(ctx, tx, "venue_wrong", ip, misfits)
			if err == nil && !may {
				err = errs.New(errs.TooMany, "gathering.too_many")
			}
			return err
		}
		if err != nil {
			return fmt.Errorf("find whose code it is: %w", err)
		}
		g, err := gathering.Load(ctx, tx, who.g)
		if err != nil {
			return err
		}
		id = who.g
		arrived, err := s.people.Enter(ctx, tx, by, account.Entry{Person: who.person, Method: MethodCode, Strong: true, Device: device, Until: g.Until()})
		if err != nil {
			return err
		}
		token = arrived.Token
		return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: "person:" + string(who.person), Act: "venue.entered", Kind: "gathering", ID: string(id)})
	})
	if err == nil && wrong {
		err = errs.NewInvalid("venue.invalid", []errs.Field{{Path: "code", Key: "venue.code_unknown"}})
	}
	return token, id, err
}
