package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLoad(t *testing.T) {
	write := func(t *testing.T, text string) string {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "transformateur.toml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	for _, c := range []struct {
		name, file string
		env        []string
		check      func(Config) bool
		wantErr    string
	}{
		{"defaults", "", nil, func(c Config) bool { return c.Addr == "127.0.0.1:8080" && c.BaseURL == "http://127.0.0.1:8080" }, ""},
		{"the file", `addr = "0.0.0.0:80"`, nil, func(c Config) bool { return c.Addr == "0.0.0.0:80" }, ""},
		{"the environment wins", `addr = "0.0.0.0:80"`, []string{"TRANSFORMATEUR_ADDR=:9"}, func(c Config) bool { return c.Addr == ":9" }, ""},
		{"a nested variable", "", []string{"TRANSFORMATEUR_SMTP_HOST=mail", "TRANSFORMATEUR_SMTP_FROM=a@b.fr", "TRANSFORMATEUR_SMTP_PORT=25"}, func(c Config) bool { return c.SMTP.Host == "mail" && c.SMTP.Port == 25 }, ""},
		{"a misspelt setting", `adr = "x"`, nil, nil, "adr is not a setting"},
		{"a port in words", "", []string{"TRANSFORMATEUR_SMTP_PORT=x"}, nil, "SMTP_PORT must be a whole number"},
		{"an address without scheme", `base_url = "appels.fr"`, nil, nil, "base_url must be a full address"},
		{"mail without a sender", "[smtp]\nhost = \"m\"", nil, nil, "smtp.from is missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Load("", write(t, c.file), c.env)
			if c.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), c.wantErr) {
					t.Errorf("got %v, want %q", err, c.wantErr)
				}
				return
			}
			if err != nil || !c.check(got) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestSecretsNeverShow(t *testing.T) {
	c, err := Load("", t.TempDir(), []string{"TRANSFORMATEUR_DATABASE=postgres://u:hunter2@h/db", "TRANSFORMATEUR_SMTP_PASSWORD=hunter2"})
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(verb, c); strings.Contains(text, "hunter2") {
			t.Errorf("%s shows a secret: %s", verb, text)
		}
	}
}
