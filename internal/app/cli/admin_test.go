package cli

import (
	"strings"
	"testing"
)

func TestAdminRoles(t *testing.T) {
	t.Setenv("LANG", "en_GB.UTF-8")
	data := t.TempDir()
	if _, err := run(t, "--data", data, "admin", "grant", "odile@example.org", "admin"); err == nil || !strings.Contains(err.Error(), "migrate") {
		t.Errorf("an empty folder: %v", err)
	}
	if _, err := run(t, "--data", data, "migrate"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		says string
		err  string
	}{
		{"somebody without account", []string{"grant", "Odile@Example.org", "admin"}, "now has the role admin", ""},
		{"again", []string{"grant", "odile@example.org", "admin"}, "already had the role admin", ""},
		{"another role of hers", []string{"grant", "odile@example.org", "auditor"}, "now has the role auditor", ""},
		{"what is no address", []string{"grant", "odile", "admin"}, "", "address"},
		{"a role of a programme", []string{"grant", "odile@example.org", "lead"}, "", "not a role of the platform"},
		{"the end of it", []string{"revoke", "odile@example.org", "admin"}, "no longer has the role admin", ""},
		{"the end of what is not", []string{"revoke", "odile@example.org", "admin"}, "", "does not have this role"},
		{"a second factor that is not there", []string{"reset", "odile@example.org", "Téléphone perdu"}, "", "no second factor"},
		{"a reset without a reason", []string{"reset", "odile@example.org", " "}, "", "say why"},
		{"somebody unknown", []string{"revoke", "zoe@example.org", "admin"}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := run(t, append([]string{"--data", data, "admin"}, c.args...)...)
			if (c.says == "") != (err != nil) || err != nil && !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(c.err)) {
				t.Errorf("got %v, want %q", err, c.err)
			}
			if !strings.Contains(out, c.says) {
				t.Errorf("said %q, want %q", out, c.says)
			}
		})
	}
	if out, err := run(t, "--data", data, "journal", "verify"); err != nil || !strings.Contains(out, "chain whole") {
		t.Errorf("the journal: %q %v", out, err)
	}
}
