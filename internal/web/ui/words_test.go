package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"transformateur/internal/i18n"
)

// Every message of this package is said somewhere: by its whole key, or by the part before what the data adds.
func TestNoMessageIsForgotten(t *testing.T) {
	files, err := filepath.Glob("*.*")
	if err != nil {
		t.Fatal(err)
	}
	var source strings.Builder
	for _, file := range files {
		if strings.HasSuffix(file, "_templ.go") || strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(text)
	}
	built := []string{"ui.kind_", "ui.stage_", "ui.save_", "ui.banner_", "ui.letter_", "ui.rows_", "ui.matrix_", "ui.error_help_", "ui.limit_", "ui.foot_access_"}
	for _, key := range i18n.Keys(i18n.FR) {
		if !strings.HasPrefix(key, "ui.") || strings.Contains(source.String(), `"`+key+`"`) {
			continue
		}
		said := false
		for _, prefix := range built {
			said = said || strings.HasPrefix(key, prefix)
		}
		if sample, ok := strings.CutPrefix(key, "ui.sample_"); ok {
			said = strings.Contains(source.String(), `"`+strings.TrimRight(sample, "0123456789")) || strings.HasPrefix(sample, "banner_")
		}
		if !said {
			t.Errorf("%s is never said", key)
		}
	}
}
