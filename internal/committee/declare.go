package committee

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
)

// Declare closes a file to the member who says that she is tied to it. Only the chair's
// waiver opens it again. Errors: NotFound for a file that is not on her list; Invalid on
// "kind" and "detail".
func (s *Service) Declare(ctx context.Context, by account.User, id SelectionID, file application.ID, c Cause) error {
	c.Detail = strings.TrimSpace(text.Clean(c.Detail))
	return s.db.Write(ctx, func(tx *db.Tx) error {
		sel, m, err := s.mine(ctx, tx, by, id)
		if err != nil {
			return err
		}
		list, err := s.eligible(ctx, tx, by, sel)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(list, func(t Title) bool { return t.ID == file }) {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		var bad []errs.Field
		if !slices.Contains(Declarable, c.Kind) {
			bad = append(bad, errs.Field{Path: "kind", Key: "committee.cause_missing"})
		}
		if c.Kind == OtherCause && c.Detail == "" {
			bad = append(bad, errs.Field{Path: "detail", Key: "committee.detail_missing"})
		}
		if utf8.RuneCountInString(c.Detail) > maxReason {
			bad = append(bad, errs.Field{Path: "detail", Key: "committee.reason_long", Args: []any{maxReason}})
		}
		if err := errs.NewInvalid("committee.invalid", bad); err != nil {
			return err
		}
		_, err = s.recuse(ctx, tx, by, m, file, []RecordedCause{{Cause: c, Source: ByMember}})
		return err
	})
}

// Attest keeps that a member went through the titles and declared all that ties her to them.
func (s *Service) Attest(ctx context.Context, by account.User, id SelectionID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, m, err := s.mine(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update committee_members set declared_at = $2, version = version + 1 where id = $1`, string(m.ID), s.clock.Now()); err != nil {
			return fmt.Errorf("keep that member %s declared: %w", m.ID, err)
		}
		return s.record(ctx, tx, by, "committee.attested", id, map[string]any{"member": string(m.ID)})
	})
}

// Declared is what a member said ties her to a file; which file, her page does not say
// any more.
type Declared struct {
	Cause
	At time.Time
}

// MyDeclarations lists what by declared in a selection, the last first.
func (s *Service) MyDeclarations(ctx context.Context, by account.User, id SelectionID) ([]Declared, error) {
	r := s.db.Reader()
	_, m, err := s.maybe(ctx, r, by, id)
	if err != nil {
		return nil, err
	}
	return db.List(ctx, r, func(sc db.Scanner) (d Declared, err error) {
		err = sc.Scan(&d.Kind, &d.Detail, &d.At)
		return d, err
	}, `select k.kind, k.detail, k.added_at from recusal_causes k join recusals c on c.id = k.recusal_id
		where c.member_id = $1 and k.source = 'member' order by k.added_at desc, k.id`, string(m.ID))
}

// Waive opens a file again to a member in spite of the causes known now, with reasons
// that the register shows. It is the chair's alone, on a file that is not closed to her.
// base is the version she read: a cause that appeared meanwhile is not waived with it.
// Errors: NotFound; Invalid on "reason"; Conflict when something changed meanwhile.
func (s *Service) Waive(ctx context.Context, by account.User, id SelectionID, recusal, why string, base int64) error {
	reason, bad := reasonOf(why)
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.require(ctx, tx, by, "selection.waive", id); err != nil {
			return err
		}
		x, err := s.recusal(ctx, tx, by, id, recusal)
		if err != nil {
			return err
		}
		if x.Person == by.ID {
			return errs.New(errs.NotFound, "errs.not_found") // nobody waives her own
		}
		if err := errs.NewInvalid("committee.invalid", bad); err != nil {
			return err
		}
		now := s.clock.Now()
		n, err := tx.Exec(ctx, `update recusals set status = 'waived', waived_by = $3, waived_at = $4, waiver_reason = $5, version = version + 1
			where id = $1 and version = $2 and status = 'standing'`, recusal, base, by.Actor(), now, reason)
		if err != nil {
			return fmt.Errorf("waive recusal %s: %w", recusal, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "committee.changed_meanwhile")
		}
		file := policy.Ref{Kind: "application", ID: string(x.File)}
		if _, err := s.policy.Lift(ctx, tx, by, x.Person, file, "recusal:"+x.ID); err != nil {
			return err
		}
		if err := journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "recusal.waived", Kind: "application", ID: string(x.File), Detail: map[string]any{"recusal": x.ID, "member": string(x.Member)}}); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, "recusal.waived", x.ID, nil)
	})
}

// Line is one line of the register, for who may waive it. Error: NotFound, of her own too.
func (s *Service) Line(ctx context.Context, by account.User, id SelectionID, recusal string) (Recusal, error) {
	r := s.db.Reader()
	if _, err := s.require(ctx, r, by, "selection.waive", id); err != nil {
		return Recusal{}, err
	}
	x, err := s.recusal(ctx, r, by, id, recusal)
	if err == nil && x.Person == by.ID {
		err = errs.New(errs.NotFound, "errs.not_found")
	}
	return x, err
}

// recusal finds one line of the register that by may see.
func (s *Service) recusal(ctx context.Context, r db.Reader, by account.User, id SelectionID, recusal string) (Recusal, error) {
	args := []any{string(id), recusal}
	clear, args := s.policy.Unexcluded(ctx, by, "application", "c.application_id", args)
	list, err := db.List(ctx, r, scanRecusal, `select `+recusalColumns+` from `+recusalTables+` where c.selection_id = $1 and c.id = $2 and `+clear, args...)
	if err != nil {
		return Recusal{}, fmt.Errorf("find recusal %s: %w", recusal, err)
	}
	if len(list) == 0 {
		return Recusal{}, errs.New(errs.NotFound, "errs.not_found")
	}
	return list[0], addCauses(ctx, r, list)
}

// OppositionSeen is what a project's team asked, as it reads it.
type OppositionSeen struct {
	Opposition
	At time.Time
}

// Opposing is what the page of oppositions of a file shows.
type Opposing struct {
	Call  call.Call
	Title string
	List  []OppositionSeen
	Sits  []string // the organisations that sit, and the members when their names are public
}

// Oppositions shows what the team of a file asked, to those who may ask.
func (s *Service) Oppositions(ctx context.Context, by account.User, file application.ID) (o Opposing, err error) {
	r := s.db.Reader()
	a, c, err := s.opposable(ctx, r, by, file)
	if err != nil {
		return o, err
	}
	o.Call, o.Title = c, a.Title
	if o.List, err = db.List(ctx, r, func(sc db.Scanner) (x OppositionSeen, err error) {
		err = sc.Scan(&x.ID, &x.House, &x.Name, &x.Reason, &x.At)
		return x, err
	}, `select id, coalesce(organisation_id, ''), name, reason, asked_at from oppositions where application_id = $1 and withdrawn_at is null order by asked_at, id`, string(file)); err != nil {
		return o, fmt.Errorf("list the oppositions of %s: %w", file, err)
	}
	o.Sits, err = s.sits(ctx, c)
	return o, err
}

// sits names who sits in the selections of a call, as anybody may know: organisations,
// and members where the selection says that their names are public.
func (s *Service) sits(ctx context.Context, c call.Call) ([]string, error) {
	list, err := db.List(ctx, s.db.Reader(), db.Value[string], `
		select o.name from committee_members m join selections s on s.id = m.selection_id join organisations o on o.id = m.organisation_id
		where s.call_id = $1 and m.status = 'sitting' and m.role in ('chair', 'member')
		union
		select m.name from committee_members m join selections s on s.id = m.selection_id
		where s.call_id = $1 and m.status = 'sitting' and m.role in ('chair', 'member') and s.names_public
		order by 1`, string(c.ID))
	if err != nil {
		return nil, fmt.Errorf("name who sits for %s: %w", c.ID, err)
	}
	return list, nil
}

func (s *Service) opposable(ctx context.Context, r db.Reader, by account.User, file application.ID) (a application.Application, c call.Call, err error) {
	if a, err = application.Load(ctx, r, file); err != nil {
		return a, c, err
	}
	if c, err = call.Load(ctx, r, a.CallID); err != nil {
		return a, c, err
	}
	_, err = s.policy.Require(ctx, r, by, "application.oppose", a.Object(c, s.clock.Now()))
	return a, c, err
}

// mostOppositions bounds what one file may ask.
const mostOppositions = 10

// Oppose asks that an organisation, or somebody by her name, does not read a file. It
// closes the file to those concerned who sit, now or later; the chair may decide
// otherwise, with her reasons. Errors: Invalid on "name" and "reason"; Conflict when
// there are ten already.
func (s *Service) Oppose(ctx context.Context, by account.User, file application.ID, name, why string) error {
	name = oneLine(name)
	reason, bad := reasonOf(why)
	if name == "" || utf8.RuneCountInString(name) > 2*maxName {
		bad = append([]errs.Field{{Path: "name", Key: "committee.opposed_missing"}}, bad...)
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, c, err := s.opposable(ctx, tx, by, file)
		if err != nil {
			return err
		}
		if err := errs.NewInvalid("committee.invalid", bad); err != nil {
			return err
		}
		var had int
		if err := tx.QueryRow(ctx, `select count(*) from oppositions where application_id = $1 and withdrawn_at is null`, string(file)).Scan(&had); err != nil {
			return fmt.Errorf("count the oppositions of %s: %w", file, err)
		}
		if had >= mostOppositions {
			return errs.New(errs.Conflict, "committee.opposed_enough", mostOppositions)
		}
		houses, err := directory(ctx, tx)
		if err != nil {
			return err
		}
		var house account.OrganisationID
		if known := houses.Find([]string{name}, []string{name}); len(known) > 0 {
			house = known[0]
		}
		if _, err := tx.Exec(ctx, `insert into oppositions (id, application_id, organisation_id, name, reason, asked_by, asked_at) values ($1, $2, $3, $4, $5, $6, $7)`,
			db.NewID(), string(file), db.Null(house), name, reason, by.Actor(), s.clock.Now()); err != nil {
			return fmt.Errorf("keep an opposition: %w", err)
		}
		if err := s.searchEach(ctx, tx, `select id from selections where call_id = $1 and status in `+active+` order by id`, string(c.ID)); err != nil {
			return err
		}
		return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: "application.opposed", Kind: "application", ID: string(file)})
	})
}

// Unoppose takes an opposition back. What it closed already stays closed until the chair
// says otherwise: a reader who was kept away cannot be told why.
func (s *Service) Unoppose(ctx context.Context, by account.User, file application.ID, id string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, _, err := s.opposable(ctx, tx, by, file); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update oppositions set withdrawn_at = $3 where id = $1 and application_id = $2 and withdrawn_at is null`, id, string(file), s.clock.Now())
		if err != nil {
			return fmt.Errorf("take back an opposition: %w", err)
		}
		if n == 0 {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: "application.unopposed", Kind: "application", ID: string(file)})
	})
}
