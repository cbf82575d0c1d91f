// Package statement is what the install says of itself to everybody: who publishes and hosts it, who answers for personal data, how accessible it is.
package statement

import (
	"context"
	"encoding/json"
	"fmt"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
)

// setting is the row of settings that keeps the statements.
const setting = "statements"

// Service keeps the statements.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	policy *policy.Service
	access atomic.Pointer[said]
}

// New makes the service.
func New(d *db.DB, c clock.Clock, p *policy.Service) *Service {
	return &Service{db: d, clock: c, policy: p}
}

// Input says how a part of a statement is typed.
type Input string

// The inputs.
const (
	Short  Input = "short"
	Long   Input = "long"
	Email  Input = "email"
	Link   Input = "link"
	Day    Input = "day"
	Rate   Input = "rate"
	Choice Input = "choice"
)

// Part is something that a statement says of the install. Its words are
// privacy.part_KEY and privacy.hint_KEY.
type Part struct {
	Key      string
	Group    string // "publisher", "host", "data" or "access"
	Input    Input
	Required bool
}

// States of conformity with the RGAA, of the State's model of statement.
const (
	AccessNone    = "none"
	AccessPartial = "partial"
	AccessFull    = "full"
)

// Parts lists what the statements need: of the publisher and the host by article 1-1
// of the law 2004-575 (LCEN), of the controller by article 13 of the GDPR, of
// accessibility by the decree 2019-768 and the model of the RGAA 4.1.
var Parts = []Part{
	{"publisher", "publisher", Short, true}, {"publisher_address", "publisher", Long, true}, {"publisher_phone", "publisher", Short, true},
	{"publisher_email", "publisher", Email, true}, {"director", "publisher", Short, true},
	{"host", "host", Short, true}, {"host_address", "host", Long, true}, {"host_phone", "host", Short, true},
	{"controller", "data", Short, true}, {"controller_address", "data", Long, false}, {"dpo", "data", Short, true}, {"dpo_contact", "data", Email, true},
	{"access_state", "access", Choice, true}, {"access_rate", "access", Rate, false}, {"access_auditor", "access", Short, false}, {"access_audited", "access", Day, false},
	{"access_declared", "access", Day, true}, {"access_contact", "access", Email, true}, {"access_plan", "access", Link, false},
	{"access_failing_fr", "access", Long, false}, {"access_failing_en", "access", Long, false},
	{"access_exempt_fr", "access", Long, false}, {"access_exempt_en", "access", Long, false},
	{"access_burden_fr", "access", Long, false}, {"access_burden_en", "access", Long, false},
}

// Statements are the parts that were filled in, by key.
type Statements map[string]string

// Access is the state of conformity that every page says: until an audit was
// declared, a site is not conformant (decree 2019-768, article 5).
func (s Statements) Access() string {
	if state := s["access_state"]; state == AccessPartial || state == AccessFull {
		return state
	}
	return AccessNone
}

// In gives a part that is written in two languages; French stands in for a missing English.
func (s Statements) In(key, lang string) string {
	if words := s[key+"_"+lang]; words != "" {
		return words
	}
	return s[key+"_fr"]
}

// Missing lists the required parts that nobody has filled in.
func (s Statements) Missing() (keys []string) {
	for _, p := range Parts {
		if p.Required && s[p.Key] == "" {
			keys = append(keys, p.Key)
		}
	}
	return keys
}

// check cleans the parts and reports every bad one at once.
func (s Statements) check() (Statements, error) {
	out, bad := Statements{}, []errs.Field(nil)
	for _, p := range Parts {
		value := strings.TrimSpace(text.Clean(s[p.Key]))
		if p.Input != Long {
			value = strings.Join(strings.Fields(value), " ")
		}
		if value == "" {
			continue
		}
		if key := p.fault(value); key != "" {
			bad = append(bad, errs.Field{Path: p.Key, Key: key})
			continue
		}
		out[p.Key] = value
	}
	if out.Access() != AccessNone && (out["access_rate"] == "" || out["access_auditor"] == "") {
		bad = append(bad, errs.Field{Path: "access_state", Key: "privacy.access_unaudited"})
	}
	return out, errs.NewInvalid("errs.invalid", bad)
}

func (p Part) fault(value string) string {
	switch p.Input {
	case Email:
		if a, err := mail.ParseAddress(value); err != nil || a.Address != value {
			return "privacy.part_email"
		}
	case Link:
		if u, err := url.Parse(value); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			return "privacy.part_link"
		}
	case Day:
		if _, err := time.Parse("2006-01-02", value); err != nil {
			return "privacy.part_day"
		}
	case Rate:
		if n, err := strconv.ParseFloat(strings.ReplaceAll(value, ",", "."), 64); err != nil || n < 0 || n > 100 {
			return "privacy.part_rate"
		}
	case Choice:
		if !slices.Contains([]string{AccessNone, AccessPartial, AccessFull}, value) {
			return "privacy.part_choice"
		}
	}
	if utf8.RuneCountInString(value) > 4000 || p.Input != Long && utf8.RuneCountInString(value) > 300 {
		return "privacy.part_long"
	}
	return ""
}

// Read gives what the statements say, to the pages that everybody reads.
func Read(ctx context.Context, r db.Reader) (Statements, error) {
	s := Statements{}
	kept, err := db.Get(ctx, r, db.Value[string], `select value from settings where name = $1`, setting)
	if errs.Is(err, errs.NotFound) {
		return s, nil
	}
	if err != nil {
		return s, fmt.Errorf("read the statements: %w", err)
	}
	if err := json.Unmarshal([]byte(kept), &s); err != nil {
		return s, fmt.Errorf("read the statements: %w", err)
	}
	return s, nil
}

// Get gives what the public statements say; they are for everybody.
func (s *Service) Get(ctx context.Context, _ account.User) (Statements, error) {
	return Read(ctx, s.db.Reader())
}

// Edit gives them to who may change them.
func (s *Service) Edit(ctx context.Context, by account.User) (Statements, error) {
	if _, err := s.policy.Require(ctx, s.db.Reader(), by, "platform.administer", policy.Platform); err != nil {
		return nil, err
	}
	return Read(ctx, s.db.Reader())
}

// Preview checks statements without keeping them. Errors: as Save.
func (s *Service) Preview(ctx context.Context, by account.User, typed Statements) (Statements, error) {
	if _, err := s.policy.Require(ctx, s.db.Reader(), by, "platform.administer", policy.Platform); err != nil {
		return nil, err
	}
	return typed.check()
}

// Save keeps what the administrator typed; what is required may be missing,
// and is then said to be. Errors: Invalid on each part that cannot be read.
func (s *Service) Save(ctx context.Context, by account.User, typed Statements) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.policy.Require(ctx, tx, by, "platform.administer", policy.Platform); err != nil {
			return err
		}
		clean, err := typed.check()
		if err != nil {
			return err
		}
		value, err := json.Marshal(clean)
		if err != nil {
			return fmt.Errorf("write the statements: %w", err)
		}
		now := s.clock.Now()
		if _, err := tx.Exec(ctx, `
			insert into settings (name, value, updated_at) values ($1, $2, $3)
			on conflict (name) do update set value = excluded.value, updated_at = excluded.updated_at`, setting, string(value), now); err != nil {
			return fmt.Errorf("keep the statements: %w", err)
		}
		tx.AfterCommit(func() { s.access.Store(&said{clean.Access(), now}) })
		return journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "statements.saved", Kind: "platform", ID: "platform", Detail: map[string]any{"missing": len(clean.Missing())}})
	})
}

// said is what the foot of every page says, and since when it is known.
type said struct {
	state string
	at    time.Time
}

// saidFor is how long a node trusts what it knows of the statements: another may change them.
const saidFor = time.Minute

// Access is the state of conformity that the foot of every page says.
func (s *Service) Access(ctx context.Context, by account.User) string {
	now := s.clock.Now()
	if known := s.access.Load(); known != nil && now.Sub(known.at) < saidFor && !now.Before(known.at) {
		return known.state
	}
	statements, err := s.Get(ctx, by)
	if err != nil {
		return AccessNone
	}
	s.access.Store(&said{statements.Access(), now})
	return statements.Access()
}
