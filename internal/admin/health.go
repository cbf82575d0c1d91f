package admin

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/notify"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/secret"
	"transformateur/internal/platform/volume"
	"transformateur/internal/policy"
)

// Watch looks at the running of the install, for those who administer it. It opens no content.
type Watch struct {
	DB     *db.DB
	Clock  clock.Clock
	Policy *policy.Service
	Mails  *notify.Service
	Folder string            // of the data
	Key    ed25519.PublicKey // that verifies receipts
}

// Health is how the install does at an instant.
type Health struct {
	At          time.Time
	Engine      string        // name of the database engine
	Schema      int64         // version of the database
	Expected    int64         // version that this program needs
	Writes      int64         // kept since the start
	Commits     int64         // that kept them: several writes share one under load
	Commit      time.Duration // mean time of one since the start, 0 before the first
	Disk        volume.Room
	Mails       []notify.Queued
	Holds       bool // no mail server is set: mails stay
	Fingerprint string
	Journal     Verification
}

var engines = map[db.Engine]string{db.SQLite: "SQLite", db.PostgreSQL: "PostgreSQL"}

// Health tells how the install does. Errors: NotFound and Unauthenticated to who may not know.
func (w *Watch) Health(ctx context.Context, by account.User) (h Health, err error) {
	r := w.DB.Reader()
	if _, err := w.Policy.Require(ctx, r, by, "platform.administer", policy.Platform); err != nil {
		return h, err
	}
	schema, err := w.DB.Schema(ctx)
	if err != nil {
		return h, fmt.Errorf("read the version of the database: %w", err)
	}
	h = Health{At: w.Clock.Now(), Engine: engines[w.DB.Engine()], Schema: schema.Have, Expected: schema.Want, Holds: w.Mails.Holds(), Fingerprint: secret.Fingerprint(w.Key)}
	var spent time.Duration
	if h.Commits, h.Writes, spent = w.DB.Stats(); h.Commits > 0 {
		h.Commit = spent / time.Duration(h.Commits)
	}
	if h.Disk, err = volume.Of(w.Folder); err != nil {
		return h, err
	}
	if h.Mails, err = w.Mails.Queue(ctx, r); err != nil {
		return h, err
	}
	h.Journal, err = (&Service{w.DB, w.Clock, w.Policy}).verified(ctx, r)
	return h, err
}
