package cli

import (
	"context"
	"strings"
	"testing"
	"time"

	"transformateur/internal/app"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
)

// soon is an install of an older version, with a call that closes tomorrow.
func soon(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	d, err := app.Open(context.Background(), config.Config{Data: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.MigrateTo(context.Background(), 6); err != nil {
		t.Fatal(err)
	}
	at := func(by time.Duration) string {
		return "'" + clock.System{}.Now().Add(by).Format("2006-01-02 15:04:05.000000+00:00") + "'"
	}
	if _, err := d.Raw().Exec(`pragma foreign_keys = off;
		insert into calls (id, edition_id, title_fr, title_en, summary_fr, summary_en, text_fr, text_en, status, phase, zone, opens_at, closes_at, sealed, legal, form_revision, last_number, version, created_at)
		values ('appel', 'edition', 'Industries 2027', '', '', '', '', '', 'published', 0, 'Indian/Reunion', ` + at(-time.Hour) + `, ` + at(24*time.Hour) + `, false, '{}', 1, 0, 1, ` + at(-time.Hour) + `)`); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestUpgradeBeforeADeadline(t *testing.T) {
	t.Setenv("LANG", "fr_FR.UTF-8")
	dir := soon(t)
	_, err := run(t, "--data", dir, "migrate")
	if err == nil || !strings.Contains(err.Error(), "Industries 2027") || !strings.Contains(err.Error(), "UTC+4") {
		t.Errorf("the refusal names the call and its deadline in its zone: %v", err)
	}
	if _, err := run(t, "--data", dir, "serve", "--addr", "127.0.0.1:0", "--upgrade"); err == nil || !strings.Contains(err.Error(), "Industries 2027") {
		t.Errorf("serve --upgrade: %v", err)
	}
	if _, err := run(t, "--data", dir, "migrate", "--force"); err == nil || !strings.Contains(err.Error(), "--reason") {
		t.Errorf("forced without a reason: %v", err)
	}
	out, err := run(t, "--data", dir, "migrate", "--force", "--reason", "faille de sécurité")
	if err != nil || !strings.Contains(out, "restore --replace") {
		t.Fatalf("%s %v", out, err)
	}
	_, snapshot, _ := strings.Cut(out, "restore --replace ")
	snapshot, _, _ = strings.Cut(snapshot, "\n")
	if out, err := run(t, "--data", dir, "restore", "--replace", snapshot); err == nil {
		t.Errorf("an edition is missing in this install: a row that points at nothing must be refused, said %q", out)
	}
	said, stop := served(t, "http://", "--data", dir, "serve", "--addr", "127.0.0.1:0", "--upgrade")
	if !strings.Contains(said, "schéma à la version") {
		t.Errorf("said %q", said)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}
