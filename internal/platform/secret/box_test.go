package secret

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestABoxOpensForItsUseOnly(t *testing.T) {
	file := filepath.Join(t.TempDir(), "box.key")
	box, err := OpenBox(file)
	if err != nil {
		t.Fatal(err)
	}
	sealed := box.Seal("webhook:1", "whsec_abc")
	if strings.Contains(sealed, "whsec") || sealed == box.Seal("webhook:1", "whsec_abc") {
		t.Errorf("sealed as %q", sealed)
	}
	again, err := OpenBox(file)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := again.Open("webhook:1", sealed); err != nil || text != "whsec_abc" {
		t.Errorf("opened %q %v", text, err)
	}
	other, err := OpenBox(filepath.Join(t.TempDir(), "box.key"))
	if err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]func() (string, error){
		"another use": func() (string, error) { return box.Open("webhook:2", sealed) },
		"another key": func() (string, error) { return other.Open("webhook:1", sealed) },
		"changed":     func() (string, error) { return box.Open("webhook:1", "AAAA"+sealed[4:]) },
		"nothing":     func() (string, error) { return box.Open("webhook:1", "") },
	} {
		if text, err := open(); err == nil {
			t.Errorf("%s opened it: %q", name, text)
		}
	}
}
