package privacy

import (
	"context"
	"fmt"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/notify"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
)

// coolingDays is how long a request of erasure can be taken back.
const coolingDays = 7

// maxReason is the longest reason, in characters.
const maxReason = 2000

// Request is a request that a person be erased.
type Request struct {
	ID          string
	PersonID    string
	Name        string // of the person, as long as she has one
	AskedBy     string // "person:ID"
	AskedAt     time.Time
	Reason      string // of the officer who asked for her
	DueAt       time.Time
	CancelledAt time.Time
	DoneAt      time.Time
	Held        bool // a legal hold keeps it from being done
}

// Open says whether the request still waits.
func (r Request) Open() bool { return r.CancelledAt.IsZero() && r.DoneAt.IsZero() }

const requestColumns = `e.id, e.person_id, p.name, e.asked_by, e.asked_at, e.reason, e.due_at, e.cancelled_at, e.done_at,
	exists (select 1 from legal_holds h where h.object_kind = 'person' and h.object_id = e.person_id and h.lifted_at is null)`

func scanRequest(sc db.Scanner) (r Request, err error) {
	err = sc.Scan(&r.ID, &r.PersonID, &r.Name, &r.AskedBy, &r.AskedAt, &r.Reason, &r.DueAt, &r.CancelledAt, &r.DoneAt, &r.Held)
	return r, err
}

// Shared is a file that others write too, or an object that only one person leads.
type Shared struct{ Kind, ID, Title string }

// Consequences are what erasing a person would do, shown before she asks.
type Consequences struct {
	Pending  *Request // already asked
	Held     bool     // a legal hold forbids it
	Blocking []Shared // she must hand these over first
	Drafts   int      // files that would go with her
	Kept     int      // deposited files that stay, without her name
	Comments int      // whose words go
	Mails    int      // whose words go
}

// mayAsk says whether the request can be made now.
func (c Consequences) mayAsk() error {
	switch {
	case c.Pending != nil:
		return errs.New(errs.Conflict, "privacy.erasure_asked")
	case c.Held:
		return errs.New(errs.Conflict, "privacy.erasure_held")
	case len(c.Blocking) > 0:
		return errs.New(errs.Conflict, "privacy.erasure_blocked")
	}
	return nil
}

// live is the SQL of a relation that stands at {now}.
const live = `r.revoked_at is null and r.valid_from <= {now} and (r.valid_until is null or r.valid_until > {now})`

// soleOwner is the SQL of the files that the person owns alone.
const soleOwner = `a.purged_at is null and a.deleted_at is null
	and exists (select 1 from relations r where r.subject_kind = 'person' and r.subject_id in {id} and r.relation = 'owner' and r.object_kind = 'application' and r.object_id = a.id and ` + live + `)
	and not exists (select 1 from relations r where r.subject_id not in {id} and r.relation = 'owner' and r.object_kind = 'application' and r.object_id = a.id and ` + live + `)`

// withOthers is the SQL of the files that other people are in the team of.
const withOthers = `exists (select 1 from relations r where r.subject_id not in {id} and r.object_kind = 'application' and r.object_id = a.id and ` + live + `)`

// Consequences says what erasing the person who asks would do.
func (s *Service) Consequences(ctx context.Context, by account.User) (Consequences, error) {
	if err := signedIn(by); err != nil {
		return Consequences{}, err
	}
	return s.consequences(ctx, s.db.Reader(), string(by.ID))
}

func (s *Service) consequences(ctx context.Context, r db.Reader, person string) (c Consequences, err error) {
	now := s.clock.Now()
	pending, err := db.List(ctx, r, scanRequest, `select `+requestColumns+` from erasures e join people p on p.id = e.person_id where e.person_id = $1 and e.cancelled_at is null and e.done_at is null`, person)
	if err != nil {
		return c, fmt.Errorf("look for a request of erasure: %w", err)
	}
	if len(pending) > 0 {
		c.Pending = &pending[0]
	}
	if c.Held, err = held(ctx, r, policy.Ref{Kind: "person", ID: person}); err != nil {
		return c, err
	}
	scan := func(sc db.Scanner) (x Shared, err error) {
		err = sc.Scan(&x.Kind, &x.ID, &x.Title)
		return x, err
	}
	c.Blocking, err = db.List(ctx, r, scan, expand(`
		select 'application', a.id, a.title from applications a where `+soleOwner+` and `+withOthers+`
		union all
		select r.object_kind, r.object_id, r.object_id from relations r
		where r.subject_kind = 'person' and r.subject_id in {id} and r.relation = 'lead' and `+live+` and not exists (
			select 1 from relations o where o.relation = 'lead' and o.object_kind = r.object_kind and o.object_id = r.object_id and o.subject_id not in {id} and o.revoked_at is null)
		order by 1, 3`, now), person)
	if err != nil {
		return c, fmt.Errorf("list what she must hand over: %w", err)
	}
	for _, one := range []struct {
		into *int
		text string
	}{
		{&c.Drafts, `select count(*) from applications a where a.status = 'draft' and ` + soleOwner + ` and not ` + withOthers},
		{&c.Kept, `select count(*) from applications a where a.status <> 'draft' and a.purged_at is null and a.id in {circle}`},
		{&c.Comments, `select count(*) from application_comments where author in {id} and body <> '` + Gone + `'`},
		{&c.Mails, `select count(*) from mails where person_id in {id} and body <> '' and due_at is not null`},
	} {
		if *one.into, err = db.Get(ctx, r, db.Value[int], expand(one.text, now), person); err != nil {
			return c, fmt.Errorf("count what would go: %w", err)
		}
	}
	return c, nil
}

// AskErasure asks that the person be erased after the days in which she may take it
// back. Errors: Conflict privacy.erasure_asked, _held, _blocked; Invalid on "confirm";
// Forbidden privacy.prove_first before her second factor.
func (s *Service) AskErasure(ctx context.Context, by account.User, confirmed bool) error {
	if err := proved(ctx, s.db.Reader(), by); err != nil {
		return err
	}
	if !confirmed {
		return invalid("confirm", "privacy.confirm_missing")
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := s.consequences(ctx, tx, string(by.ID))
		if err != nil {
			return err
		}
		if err := c.mayAsk(); err != nil {
			return err
		}
		return s.ask(ctx, tx, by, string(by.ID), "")
	})
}

// EraseFor asks that somebody be erased, who wrote to the data protection officer
// rather than use her account; she is told and may take it back.
// Errors: Invalid on "email" and "reason"; Conflict as AskErasure, but for what she
// should hand over: the officer's request gives it to the next of each team.
func (s *Service) EraseFor(ctx context.Context, by account.User, email, reason string) error {
	reason, err := reasonOf(reason)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.require(ctx, tx, by, actRequests, policy.Platform); err != nil {
			return err
		}
		person, err := s.whose(ctx, tx, email)
		if err != nil {
			return err
		}
		c, err := s.consequences(ctx, tx, person)
		if err != nil {
			return err
		}
		c.Blocking = nil
		if err := c.mayAsk(); err != nil {
			return err
		}
		return s.ask(ctx, tx, by, person, reason)
	})
}

func (s *Service) ask(ctx context.Context, tx *db.Tx, by account.User, person, reason string) error {
	if err := tx.Lock(ctx, "erasure:"+person); err != nil {
		return err
	}
	now := s.clock.Now()
	id, due := db.NewID(), now.AddDate(0, 0, coolingDays)
	if _, err := tx.Exec(ctx, `insert into erasures (id, person_id, asked_by, asked_at, reason, due_at) values ($1, $2, $3, $4, $5, $6)`, id, person, by.Actor(), now, reason, due); err != nil {
		return fmt.Errorf("keep a request of erasure: %w", err)
	}
	if err := s.record(ctx, tx, by, "erasure.asked", policy.Ref{Kind: "person", ID: person}, map[string]any{"erasure": id, "due": due}); err != nil {
		return err
	}
	var lang, place string
	if err := tx.QueryRow(ctx, `select lang, zone from people where id = $1`, person).Scan(&lang, &place); err != nil {
		return fmt.Errorf("read who is to be erased: %w", err)
	}
	return s.mails.Enqueue(ctx, tx, notify.Mail{PersonID: person, Template: "erasure_asked", Key: "erasure:" + id, Secret: true, Hold: notify.AtOnce,
		Args: map[string]string{"Link": s.base + "/account/data", "Due": text.DateTime(lang, due.In(zone.Location(place)))}})
}

// CancelErasure takes back the request about the person who asks. NotFound when there is none.
func (s *Service) CancelErasure(ctx context.Context, by account.User) error {
	if err := signedIn(by); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		now := s.clock.Now()
		n, err := tx.Exec(ctx, `update erasures set cancelled_at = $2 where person_id = $1 and cancelled_at is null and done_at is null`, string(by.ID), now)
		if err != nil {
			return fmt.Errorf("take back a request of erasure: %w", err)
		}
		if n == 0 {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		return s.record(ctx, tx, by, "erasure.cancelled", personRef(by.ID), nil)
	})
}

// Requests lists the requests of erasure for the data protection officer: those that wait first.
func (s *Service) Requests(ctx context.Context, by account.User) ([]Request, error) {
	r := s.db.Reader()
	if err := s.require(ctx, r, by, actRequests, policy.Platform); err != nil {
		return nil, err
	}
	return db.List(ctx, r, scanRequest, `
		select `+requestColumns+` from erasures e join people p on p.id = e.person_id
		order by (e.done_at is null and e.cancelled_at is null) desc, e.asked_at desc, e.id limit 200`)
}

// whose finds whose address it is. Error: Invalid on "email".
func (s *Service) whose(ctx context.Context, r db.Reader, email string) (string, error) {
	email, err := account.ParseEmail(email)
	if err != nil {
		return "", err
	}
	person, err := db.Get(ctx, r, db.Value[string], `select person_id from addresses where email = $1`, email)
	if errs.Is(err, errs.NotFound) {
		return "", invalid("email", "privacy.email_unknown")
	}
	return person, err
}

func invalid(path, key string, args ...any) error {
	return &errs.Error{Kind: errs.Invalid, Key: "errs.invalid", Fields: []errs.Field{{Path: path, Key: key, Args: args}}}
}

// reasonOf cleans a reason and refuses none.
func reasonOf(reason string) (string, error) {
	reason = strings.TrimSpace(text.Clean(reason))
	switch {
	case reason == "":
		return "", invalid("reason", "privacy.reason_missing")
	case len([]rune(reason)) > maxReason:
		return "", invalid("reason", "privacy.reason_long", maxReason)
	}
	return reason, nil
}
