package webhook

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/outbound"
	"transformateur/internal/platform/secret"
	"transformateur/internal/policy"
	"transformateur/internal/screening"
)

// Deps is what the service stands on.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Policy *policy.Service
	Bus    *event.Bus
	Jobs   *job.Queue
	Counts *screening.Service // as each owner may know them
	Box    *secret.Box
	Out    *outbound.Client
	Jitter func() float64 // between 0 and 1; nil draws at random
}

// Service keeps endpoints and sends what they are told.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	policy *policy.Service
	bus    *event.Bus
	jobs   *job.Queue
	counts *screening.Service
	box    *secret.Box
	out    *outbound.Client
	jitter func() float64
	wake   chan struct{}
}

// New makes the service.
func New(d Deps) *Service {
	if d.Jitter == nil {
		d.Jitter = chance
	}
	return &Service{db: d.DB, clock: d.Clock, policy: d.Policy, bus: d.Bus, jobs: d.Jobs, counts: d.Counts, box: d.Box, out: d.Out, jitter: d.Jitter, wake: make(chan struct{}, 1)}
}

// chance is a number between 0 and 1 that nobody can foresee.
func chance() float64 {
	var bits [4]byte
	rand.Read(bits[:])
	return float64(binary.BigEndian.Uint32(bits[:])) / (1 << 32)
}

const manage policy.Action = "webhook.manage"

// maxEndpoints bounds the endpoints of one edition or programme.
const maxEndpoints = 20

// place finds the edition or programme that endpoints are on, with its name in French.
func place(ctx context.Context, r db.Reader, on policy.Ref) (policy.Object, string, error) {
	obj := policy.Object{Ref: on}
	var programme, agency, name string
	switch on.Kind {
	case "edition":
		err := r.QueryRow(ctx, `select e.programme_id, p.agency_id, e.name_fr, e.status from editions e join programmes p on p.id = e.programme_id where e.id = $1`, on.ID).Scan(&programme, &agency, &name, &obj.State)
		obj.Within = []policy.Ref{{Kind: "programme", ID: programme}, {Kind: "agency", ID: agency}}
		return obj, name, err
	case "programme":
		err := r.QueryRow(ctx, `select agency_id, name_fr from programmes where id = $1`, on.ID).Scan(&agency, &name)
		obj.Within = []policy.Ref{{Kind: "agency", ID: agency}}
		return obj, name, err
	}
	return obj, "", errs.New(errs.NotFound, "errs.not_found")
}

// open finds the place of endpoints that by may manage.
func (s *Service) open(ctx context.Context, r db.Reader, by account.User, on policy.Ref) (string, error) {
	obj, name, err := place(ctx, r, on)
	if err != nil {
		return "", err
	}
	_, err = s.policy.Require(ctx, r, by, manage, obj)
	return name, err
}

const endpointColumns = `w.id, w.object_kind, w.object_id, w.url, w.name, w.kinds, w.owner_id, coalesce(p.name, ''), w.status, w.problem, w.failing_since, w.former_until, w.version, w.created_at`

func scanEndpoint(sc db.Scanner) (e Endpoint, err error) {
	var kinds string
	err = sc.Scan(&e.ID, &e.On.Kind, &e.On.ID, &e.URL, &e.Name, &kinds, &e.Owner, &e.OwnerName, &e.Status, &e.Problem, &e.FailingSince, &e.FormerUntil, &e.Version, &e.CreatedAt)
	e.Kinds = strings.Fields(kinds)
	return e, err
}

// List gives the endpoints of an edition or a programme, with its name.
func (s *Service) List(ctx context.Context, by account.User, on policy.Ref) ([]Endpoint, string, error) {
	r := s.db.Reader()
	name, err := s.open(ctx, r, by, on)
	if err != nil {
		return nil, "", err
	}
	list, err := db.List(ctx, r, scanEndpoint, `select `+endpointColumns+` from webhooks w left join people p on p.id = w.owner_id
		where w.object_kind = $1 and w.object_id = $2 and w.removed_at is null order by w.created_at, w.id`, on.Kind, on.ID)
	return list, name, err
}

// Get reads an endpoint that by may manage.
func (s *Service) Get(ctx context.Context, by account.User, id string) (Endpoint, error) {
	return s.get(ctx, s.db.Reader(), by, id)
}

func (s *Service) get(ctx context.Context, r db.Reader, by account.User, id string) (Endpoint, error) {
	e, err := db.Get(ctx, r, scanEndpoint, `select `+endpointColumns+` from webhooks w left join people p on p.id = w.owner_id where w.id = $1 and w.removed_at is null`, id)
	if err != nil {
		return e, err
	}
	obj, name, err := place(ctx, r, e.On)
	if err != nil {
		return e, err
	}
	e.OnName = name
	inside := policy.Object{Ref: policy.Ref{Kind: "webhook", ID: id}, Within: append([]policy.Ref{obj.Ref}, obj.Within...)}
	if _, err := s.policy.Require(ctx, r, by, manage, inside); err != nil {
		return Endpoint{}, err
	}
	return e, nil
}

// seal closes a signing secret for one endpoint.
func (s *Service) seal(id, text string) string {
	return base64.StdEncoding.EncodeToString(s.box.Seal([]byte(text), "webhook:"+id))
}

// unseal gives a signing secret again.
func (s *Service) unseal(id, sealed string) (string, error) {
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return "", fmt.Errorf("read a sealed secret: %w", err)
	}
	text, err := s.box.Open(raw, "webhook:"+id)
	return string(text), err
}

// Create adds an endpoint, of which by becomes the owner, and gives its signing
// secret, which is never shown again.
func (s *Service) Create(ctx context.Context, by account.User, on policy.Ref, n Wanted) (e Endpoint, signing string, err error) {
	now := s.clock.Now()
	signing = newSecret()
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		name, err := s.open(ctx, tx, by, on)
		if err != nil {
			return err
		}
		if err := n.check(s.out.Check); err != nil {
			return err
		}
		var had int
		if err := tx.QueryRow(ctx, `select count(*) from webhooks where object_kind = $1 and object_id = $2 and removed_at is null`, on.Kind, on.ID).Scan(&had); err != nil {
			return fmt.Errorf("count the endpoints of %s: %w", on.ID, err)
		}
		if had >= maxEndpoints {
			return errs.New(errs.Conflict, "webhook.too_many", maxEndpoints)
		}
		e = Endpoint{ID: db.NewID(), On: on, OnName: name, URL: n.URL, Name: n.Name, Kinds: n.Kinds, Owner: by.ID, OwnerName: by.Name, Status: Active, Version: 1, CreatedAt: now}
		if _, err := tx.Exec(ctx, `
			insert into webhooks (id, object_kind, object_id, url, name, kinds, secret, former_secret, owner_id, status, problem, version, created_at)
			values ($1, $2, $3, $4, $5, $6, $7, '', $8, 'active', '', 1, $9)`,
			e.ID, on.Kind, on.ID, e.URL, e.Name, strings.Join(e.Kinds, " "), s.seal(e.ID, signing), string(by.ID), now); err != nil {
			return fmt.Errorf("keep an endpoint: %w", err)
		}
		return s.record(ctx, tx, by, "webhook.created", e.ID, map[string]any{"on": on.Kind + ":" + on.ID, "kinds": e.Kinds})
	})
	return e, signing, err
}

func (s *Service) record(ctx context.Context, tx *db.Tx, by account.User, act, id string, detail map[string]any) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "webhook", ID: id, Detail: detail})
}

// change is one act on an endpoint that by may manage, journaled.
func (s *Service) change(ctx context.Context, by account.User, id, act string, do func(tx *db.Tx, e Endpoint) error) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		e, err := s.get(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if err := do(tx, e); err != nil {
			return err
		}
		return s.record(ctx, tx, by, act, id, nil)
	})
}

// Edit changes the address, the name and the events, if nobody did since base.
func (s *Service) Edit(ctx context.Context, by account.User, id string, n Wanted, base int64) error {
	return s.change(ctx, by, id, "webhook.edited", func(tx *db.Tx, _ Endpoint) error {
		if err := n.check(s.out.Check); err != nil {
			return err
		}
		changed, err := tx.Exec(ctx, `update webhooks set url = $2, name = $3, kinds = $4, version = version + 1 where id = $1 and version = $5`, id, n.URL, n.Name, strings.Join(n.Kinds, " "), base)
		if err == nil && changed == 0 {
			err = errs.New(errs.Conflict, "webhook.changed_meanwhile")
		}
		return err
	})
}

// Rotate gives an endpoint a new secret. The former one goes on signing beside it for
// a day, so that the receiver changes without missing anything.
func (s *Service) Rotate(ctx context.Context, by account.User, id string) (signing string, err error) {
	signing = newSecret()
	err = s.change(ctx, by, id, "webhook.rotated", func(tx *db.Tx, _ Endpoint) error {
		_, err := tx.Exec(ctx, `update webhooks set former_secret = secret, former_until = $3, secret = $2, version = version + 1 where id = $1`, id, s.seal(id, signing), s.clock.Now().Add(overlap))
		return err
	})
	return signing, err
}

// Enable starts an endpoint again, with by as its owner: her rights bound what it is
// told from now on. What waited meanwhile is sent.
func (s *Service) Enable(ctx context.Context, by account.User, id string) error {
	return s.change(ctx, by, id, "webhook.enabled", func(tx *db.Tx, _ Endpoint) error {
		_, err := tx.Exec(ctx, `update webhooks set status = 'active', problem = '', failing_since = null, owner_id = $2, version = version + 1 where id = $1`, id, string(by.ID))
		tx.AfterCommit(s.rouse)
		return err
	})
}

// Disable stops an endpoint; nothing more is kept for it until it starts again.
func (s *Service) Disable(ctx context.Context, by account.User, id string) error {
	return s.change(ctx, by, id, "webhook.disabled", func(tx *db.Tx, _ Endpoint) error {
		_, err := tx.Exec(ctx, `update webhooks set status = 'disabled', problem = '', version = version + 1 where id = $1`, id)
		return err
	})
}

// Remove takes an endpoint away, with its secret.
func (s *Service) Remove(ctx context.Context, by account.User, id string) error {
	return s.change(ctx, by, id, "webhook.removed", func(tx *db.Tx, _ Endpoint) error {
		_, err := tx.Exec(ctx, `update webhooks set status = 'disabled', secret = '', former_secret = '', removed_at = $2 where id = $1`, id, s.clock.Now())
		return err
	})
}

// Ping sends an event that says nothing, to try an endpoint.
func (s *Service) Ping(ctx context.Context, by account.User, id string) error {
	return s.change(ctx, by, id, "webhook.pinged", func(tx *db.Tx, e Endpoint) error {
		if e.Status != Active {
			return errs.New(errs.Conflict, "webhook.not_active")
		}
		return s.enqueue(ctx, tx, e, told{kind: ping, key: db.NewID(), at: s.clock.Now(), data: map[string]any{"endpoint": e.ID}})
	})
}

const deliveryColumns = `d.id, d.kind, d.body, d.created_at, d.status, d.attempts, d.due_at, d.done_at,
	coalesce((select a.status from webhook_attempts a where a.delivery_id = d.id order by a.number desc limit 1), 0)`

func scanDelivery(sc db.Scanner) (d Delivery, err error) {
	err = sc.Scan(&d.ID, &d.Kind, &d.Body, &d.CreatedAt, &d.Status, &d.Attempts, &d.DueAt, &d.DoneAt, &d.Last)
	return d, err
}

// Deliveries lists the last deliveries of an endpoint, the newest first.
func (s *Service) Deliveries(ctx context.Context, by account.User, id string, limit int) ([]Delivery, error) {
	r := s.db.Reader()
	if _, err := s.get(ctx, r, by, id); err != nil {
		return nil, err
	}
	return db.List(ctx, r, scanDelivery, `select `+deliveryColumns+` from webhook_deliveries d where d.webhook_id = $1 order by d.created_at desc, d.id limit $2`, id, limit)
}

// Delivery reads one delivery and its attempts, the last first.
func (s *Service) Delivery(ctx context.Context, by account.User, id, delivery string) (d Delivery, attempts []Attempt, err error) {
	r := s.db.Reader()
	if _, err = s.get(ctx, r, by, id); err != nil {
		return d, nil, err
	}
	if d, err = db.Get(ctx, r, scanDelivery, `select `+deliveryColumns+` from webhook_deliveries d where d.webhook_id = $1 and d.id = $2`, id, delivery); err != nil {
		return d, nil, err
	}
	attempts, err = db.List(ctx, r, func(sc db.Scanner) (a Attempt, err error) {
		err = sc.Scan(&a.Number, &a.At, &a.Status, &a.Problem, &a.Answer, &a.Millis)
		return a, err
	}, `select number, at, status, problem, answer, millis from webhook_attempts where delivery_id = $1 order by number desc`, delivery)
	return d, attempts, err
}

// Replay sends a delivery again at once, under the same identifier, by which a
// receiver that had it already knows it.
func (s *Service) Replay(ctx context.Context, by account.User, id, delivery string) error {
	return s.change(ctx, by, id, "webhook.replayed", func(tx *db.Tx, e Endpoint) error {
		if e.Status != Active {
			return errs.New(errs.Conflict, "webhook.not_active")
		}
		n, err := tx.Exec(ctx, `update webhook_deliveries set status = 'pending', due_at = $3, done_at = null where webhook_id = $1 and id = $2`, id, delivery, s.clock.Now())
		if err == nil && n == 0 {
			err = errs.New(errs.NotFound, "errs.not_found")
		}
		tx.AfterCommit(s.rouse)
		return err
	})
}

// keep is how long deliveries are kept, for the log.
const keep = 30 * 24 * time.Hour
