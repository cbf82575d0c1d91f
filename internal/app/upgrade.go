package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/call"
	"transformateur/internal/platform/archive"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
)

// Consent is what the operator says when a call is about to close.
type Consent struct {
	Force  bool
	Reason string // why it cannot wait; required with Force
}

// Upgraded is what an upgrade did.
type Upgraded struct {
	From, To int64
	Snapshot string // the archive of the database as it was; "" when there was nothing to keep
}

// callsSince is the version of the schema in which calls appeared.
const callsSince = 4

// Upgrade brings the database to the version of this program. Where there are data,
// an archive of the database is kept first in the folder "backups".
//
// Errors: Conflict "upgrade.frozen" within call.Freeze before the deadline of an
// open call, unless the operator forces it; Invalid "upgrade.reason_missing".
func Upgrade(ctx context.Context, cfg config.Config, c clock.Clock, may Consent) (Upgraded, error) {
	d, err := Open(ctx, cfg)
	if err != nil {
		return Upgraded{}, err
	}
	defer d.Close()
	schema, err := d.Schema(ctx)
	if err != nil {
		return Upgraded{}, err
	}
	done := Upgraded{From: schema.Have, To: schema.Want}
	switch {
	case schema.Have > schema.Want:
		return done, schema.Check()
	case schema.Have == schema.Want:
		return done, nil
	case schema.Fresh():
		return done, d.Migrate(ctx)
	}
	empty, err := archive.Empty(ctx, d)
	if err != nil {
		return done, err
	}
	if empty {
		return done, d.Migrate(ctx)
	}
	return done, (&upgrade{cfg: cfg, clock: c, db: d, id: db.NewID()}).run(ctx, &done, may)
}

type upgrade struct {
	cfg   config.Config
	clock clock.Clock
	db    *db.DB
	id    string
}

func (u *upgrade) run(ctx context.Context, done *Upgraded, may Consent) error {
	if err := u.allowed(ctx, *done, may); err != nil {
		return err
	}
	kept, err := u.snapshot(ctx, *done)
	if err != nil {
		return fmt.Errorf("keep the database as it was: %w", err)
	}
	done.Snapshot = kept.File
	if err := u.db.Migrate(ctx); err != nil {
		return err
	}
	now, reason := u.clock.Now(), ""
	if may.Force {
		reason = may.Reason
	}
	return u.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `insert into upgrades (id, at, from_version, to_version, reason, snapshot) values ($1, $2, $3, $4, $5, $6)`,
			u.id, now, done.From, done.To, reason, filepath.Base(kept.File))
		if err != nil {
			return fmt.Errorf("remember the upgrade: %w", err)
		}
		return u.record(ctx, tx, now, "schema.upgraded", map[string]any{"upgrade": u.id, "from": done.From, "to": done.To, "snapshot": kept.SHA256})
	})
}

func (u *upgrade) record(ctx context.Context, tx *db.Tx, at time.Time, act string, detail map[string]any) error {
	return journal.Write(ctx, tx, at, journal.Entry{Actor: account.System.Actor(), Act: act, Kind: "platform", ID: "platform", Detail: detail})
}

// allowed refuses to change anything when a call is about to close. What is forced
// is journaled before it is done; the operator's words are kept beside the journal,
// once the upgrade has made their table.
func (u *upgrade) allowed(ctx context.Context, done Upgraded, may Consent) error {
	may.Reason = strings.TrimSpace(may.Reason)
	if may.Force && may.Reason == "" {
		return errs.New(errs.Invalid, "upgrade.reason_missing")
	}
	if done.From < callsSince {
		return nil
	}
	now := u.clock.Now()
	closing, err := call.ClosingWithin(ctx, u.db.Reader(), now, now.Add(call.Freeze))
	if err != nil || len(closing) == 0 {
		return err
	}
	if !may.Force {
		first := closing[0]
		return errs.New(errs.Conflict, "upgrade.frozen", first.Title.In("fr"), first.ClosesAt)
	}
	var ids []string
	for _, c := range closing {
		ids = append(ids, string(c.ID))
	}
	return u.db.Write(ctx, func(tx *db.Tx) error {
		return u.record(ctx, tx, now, "schema.upgrade_forced", map[string]any{"upgrade": u.id, "from": done.From, "to": done.To, "calls": ids})
	})
}

// snapshot keeps the database without the files, which no migration touches.
func (u *upgrade) snapshot(ctx context.Context, done Upgraded) (archive.Made, error) {
	now := u.clock.Now()
	name := fmt.Sprintf("before-upgrade-%d-to-%d-%s.tar.gz", done.From, done.To, now.UTC().Format("20060102-150405"))
	folder := filepath.Join(u.cfg.Data, "backups")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return archive.Made{}, fmt.Errorf("make the folder of backups: %w", err)
	}
	return archive.Create(ctx, filepath.Join(folder, name), archive.Source{DB: u.db, Keys: keysFolder(u.cfg), MadeAt: now}, archive.Lock{})
}
