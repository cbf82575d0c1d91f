package cli

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"transformateur/internal/app"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/secret"
)

// issued makes a receipt, and writes it and what else is given to files.
func issued(t *testing.T) (receipt, forged, fingerprint, rawKey string) {
	t.Helper()
	w := applicationtest.New(t, dbtest.SQLite(t))
	a := w.Complete()
	signed, err := w.Files.Submit(context.Background(), w.Ana, a.ID)
	w.Must(err)
	text, err := json.MarshalIndent(signed, "", "  ")
	w.Must(err)
	write := func(name, content string) string {
		file := filepath.Join(t.TempDir(), name)
		w.Must(os.WriteFile(file, []byte(content), 0o600))
		return file
	}
	return write("receipt.json", string(text)), write("forged.json", strings.Replace(string(text), "Campus", "Campu5", 1)),
		secret.Fingerprint(w.Files.PublicKey()), write("key.txt", signed.PublicKey)
}

func TestReceiptVerify(t *testing.T) {
	receipt, forged, fingerprint, key := issued(t)
	_, _, _, otherKey := issued(t)
	broken := filepath.Join(t.TempDir(), "broken.json")
	if err := os.WriteFile(broken, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		fr   string
	}{
		{"with its key", []string{receipt, "--key", key}, 0, "VALIDE"},
		{"with its fingerprint", []string{receipt, "--fingerprint", strings.ToUpper(fingerprint)}, 0, "VALIDE"},
		{"alone, which says what to compare", []string{receipt}, 0, "Comparez son empreinte " + fingerprint},
		{"changed", []string{forged, "--key", key}, 3, "modifié"},
		{"with another key", []string{receipt, "--key", otherKey}, 4, "n’est pas celle"},
		{"with another fingerprint", []string{receipt, "--fingerprint", "0011223344556677"}, 4, "n’est pas celle"},
		{"not a receipt", []string{broken}, 5, "pas un accusé"},
		{"a key that is not one", []string{receipt, "--key", broken}, 1, "n’est pas une clé publique"},
		{"a file that is not there", []string{receipt + ".none"}, 1, "no such file"},
	} {
		t.Setenv("LANG", "fr_FR.UTF-8")
		out, err := run(t, append([]string{"receipt", "verify"}, c.args...)...)
		code := 0
		if err != nil {
			code, out = ExitCode(err), out+err.Error()
		}
		if code != c.code || !strings.Contains(out, c.fr) {
			t.Errorf("%s: %d %q, want %d %q", c.name, code, out, c.code, c.fr)
		}
	}
	t.Setenv("LANG", "en_GB.UTF-8")
	if out, err := run(t, "receipt", "verify", receipt, "--key", key); err != nil || !strings.HasPrefix(out, "VALID: receipt no. 1") {
		t.Errorf("%q %v", out, err)
	}
}

func TestReceiptKeyAndChain(t *testing.T) {
	t.Setenv("LANG", "en")
	dir := t.TempDir()
	if _, err := run(t, "--data", dir, "receipt", "key"); err == nil || !strings.Contains(err.Error(), "There is no key") {
		t.Errorf("before the first start: %v", err)
	}
	if _, err := run(t, "--data", dir, "migrate"); err != nil {
		t.Fatal(err)
	}
	key, err := secret.OpenKey(app.ReceiptKey(config.Config{Data: dir}))
	if err != nil {
		t.Fatal(err)
	}
	out, err := run(t, "--data", dir, "receipt", "key")
	file := filepath.Join(dir, "key.txt")
	if err != nil || !strings.HasPrefix(out, secret.Fingerprint(key.Public())+"\n-----BEGIN PUBLIC KEY-----") {
		t.Errorf("%q %v", out, err)
	}
	if err := os.WriteFile(file, []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := readKey(file); err != nil || !got.Equal(key.Public()) {
		t.Errorf("what is printed is not read back: %v", err)
	}
	if out, err := run(t, "--data", dir, "receipt", "chain"); err != nil || !strings.HasPrefix(out, "0 receipts, chain whole") {
		t.Errorf("%q %v", out, err)
	}
	d, err := app.Open(context.Background(), config.Config{Data: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Raw().Exec(`pragma foreign_keys = off; insert into receipts (number, application_id, kind, at, body, digest, previous, signature, key_id) values (2, 'a', 'deposit', '2027-03-05 11:00:00.000000+00:00', '{}', '', '', '', '')`); err != nil {
		t.Fatal(err)
	}
	_, err = run(t, "--data", dir, "receipt", "chain")
	if ExitCode(err) != 3 || !strings.Contains(err.Error(), "broken at number 1: it is missing") {
		t.Errorf("%v", err)
	}
}
