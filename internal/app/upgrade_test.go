package app

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"transformateur/internal/platform/archive"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
)

// older is an install whose database is at the version before upgrades were
// remembered, with one call.
func older(t *testing.T, url, status string, opens, closes time.Duration) config.Config {
	t.Helper()
	ctx := context.Background()
	cfg := settings(t)
	cfg.Database = config.Secret(url)
	d, err := Open(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if url != "" { // a fresh database of the test server has every table already
		if _, err := d.Raw().Exec("drop schema public cascade; create schema public"); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.MigrateTo(ctx, 6); err != nil {
		t.Fatal(err)
	}
	err = d.Write(ctx, func(tx *db.Tx) error {
		for _, q := range []string{
			`insert into agencies (id, name_fr, name_en, about_fr, about_en, contact, created_at) values ('agence', '', '', '', '', '', $1)`,
			`insert into programmes (id, agency_id, name_fr, name_en, about_fr, about_en, created_at) values ('programme', 'agence', '', '', '', '', $1)`,
			`insert into editions (id, programme_id, name_fr, name_en, theme_fr, theme_en, about_fr, about_en, place, territory, zone, status, journey, version, created_at) values ('edition', 'programme', '', '', '', '', '', '', '', '', 'Indian/Reunion', 'published', '', 1, $1)`,
		} {
			if _, err := tx.Exec(ctx, q, noon); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `
			insert into calls (id, edition_id, title_fr, title_en, summary_fr, summary_en, text_fr, text_en, status, phase, zone, opens_at, closes_at, sealed, legal, form_revision, last_number, version, created_at)
			values ('appel', 'edition', 'Industries', 'Industry', '', '', '', '', $1, 0, 'Indian/Reunion', $2, $3, false, '{}', 1, 0, 1, $2)`, status, noon.Add(opens), noon.Add(closes))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestUpgradeFreeze(t *testing.T) {
	open := -time.Hour
	for _, c := range []struct {
		name          string
		status        string
		opens, closes time.Duration
		may           Consent
		want          string
	}{
		{"the call closes in a week", "published", open, 7 * 24 * time.Hour, Consent{}, ""},
		{"in 48 hours and a second", "published", open, 48*time.Hour + time.Second, Consent{}, ""},
		{"in 48 hours", "published", open, 48 * time.Hour, Consent{}, "upgrade.frozen"},
		{"in a second", "published", open, time.Second, Consent{}, "upgrade.frozen"},
		{"now: it is closed", "published", open, 0, Consent{}, ""},
		{"it has not opened yet", "published", time.Hour, 2 * time.Hour, Consent{}, ""},
		{"it is a draft", "draft", open, time.Hour, Consent{}, ""},
		{"forced without a reason", "published", open, time.Hour, Consent{Force: true, Reason: " "}, "upgrade.reason_missing"},
		{"forced with a reason", "published", open, time.Hour, Consent{Force: true, Reason: "faille de sécurité"}, ""},
		{"a reason alone", "published", open, time.Hour, Consent{Reason: "faille"}, "upgrade.frozen"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx := context.Background()
			cfg := older(t, "", c.status, c.opens, c.closes)
			done, err := Upgrade(ctx, cfg, clock.NewFake(noon), c.may)
			if errs.KeyOf(err) != c.want || (err == nil) != (c.want == "") {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			d, err := Open(ctx, cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			if s, err := d.Schema(ctx); err != nil || (c.want == "") != (s.Check() == nil) || c.want != "" && (s.Have != 6 || done.Snapshot != "") {
				t.Errorf("%+v %v, snapshot %q", s, err, done.Snapshot)
			}
		})
	}
}

// An upgrade keeps what was, says what it did, and one command brings it back.
func TestUpgradeAndBack(t *testing.T) {
	for name, url := range map[string]string{"sqlite": "", "postgres": dbtest.PostgresURL(t)} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			cfg := older(t, url, "published", -time.Hour, time.Hour)
			before := sumsOf(t, cfg)
			done, err := Upgrade(ctx, cfg, clock.NewFake(noon), Consent{Force: true, Reason: "faille de sécurité"})
			if err != nil || done.From != 6 || filepath.Dir(done.Snapshot) != filepath.Join(cfg.Data, "backups") {
				t.Fatalf("%+v %v", done, err)
			}
			d, err := Open(ctx, cfg)
			if err != nil {
				t.Fatal(err)
			}
			var reason string
			if err := d.Reader().QueryRow(ctx, `select reason from upgrades where from_version = 6`).Scan(&reason); err != nil || reason != "faille de sécurité" {
				t.Errorf("%q %v", reason, err)
			}
			lines, err := journal.After(ctx, d.Reader(), 0, 10)
			if err != nil || len(lines) != 2 || lines[0].Act != "schema.upgrade_forced" || lines[1].Act != "schema.upgraded" || strings.Contains(lines[0].Detail, "faille") || !strings.Contains(lines[0].Detail, `"calls":["appel"]`) {
				t.Errorf("the journal: %+v %v", lines, err)
			}
			d.Close()
			if again, err := Upgrade(ctx, cfg, clock.NewFake(noon), Consent{}); err != nil || again.Snapshot != "" {
				t.Errorf("when there is nothing to do: %+v %v", again, err)
			}
			from, err := os.Open(done.Snapshot)
			if err != nil {
				t.Fatal(err)
			}
			defer from.Close()
			if _, _, err := Restore(ctx, cfg, from, archive.Key{}, true); err != nil {
				t.Fatal(err)
			}
			after := sumsOf(t, cfg)
			for i, s := range before { // but for the journal, which says that it was forced
				if s.Table != "journal" && after[i] != s {
					t.Errorf("%s is not as it was", s.Table)
				}
			}
			if len(before) != len(after) {
				t.Errorf("%d tables instead of %d", len(after), len(before))
			}
		})
	}
}

func sumsOf(t *testing.T, cfg config.Config) []archive.Sum {
	t.Helper()
	d, err := Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	sums, err := archive.Digests(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	return sums
}

// The program serves nothing from a folder in which a restore was cut.
func TestRefusesAHalfRestoredFolder(t *testing.T) {
	cfg := settings(t)
	if err := os.Mkdir(filepath.Join(cfg.Data, archive.Staging), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := New(context.Background(), cfg, clock.NewFake(noon)); errs.KeyOf(err) != "archive.interrupted" {
		t.Errorf("got %v", err)
	}
}

// What serves is not replaced.
func TestRestoreRefusesWhatServes(t *testing.T) {
	cfg := settings(t)
	a := boot(t, cfg)
	beat := func(ago time.Duration) {
		if err := a.DB.Write(context.Background(), func(tx *db.Tx) error {
			_, err := tx.Exec(context.Background(), `
				insert into heartbeats (node, started_at, beat_at) values ('n', $1, $1) on conflict (node) do update set beat_at = excluded.beat_at`, clock.System{}.Now().Add(-ago))
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	for ago, want := range map[time.Duration]string{time.Second: "archive.running", time.Minute: "archive.not_one"} {
		beat(ago)
		if _, _, err := Restore(context.Background(), cfg, strings.NewReader("x"), archive.Key{}, true); errs.KeyOf(err) != want {
			t.Errorf("%v after the last sign of life: %v, want %q", ago, err, want)
		}
	}
}
