package i18n_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "put the spaces and the apostrophes of French typography in the catalogues")

// spaced are the marks that French typography keeps with their word, and the space
// it puts there (or the apostrophe it wants): a no-break space before a colon and inside quotation marks, a narrow
// one before the other double marks.
//
// Source: Lexique des règles typographiques en usage à l'Imprimerie nationale (2002),
// "Ponctuation".
var spaced = []struct {
	loose *regexp.Regexp
	kept  string
}{
	{regexp.MustCompile(` :(\s|$|\*|"|\\)`), "\u00a0:$1"},
	{regexp.MustCompile(` ([;?!])`), "\u202f$1"},
	{regexp.MustCompile(`« `), "«\u00a0"},
	{regexp.MustCompile(` »`), "\u00a0»"},
	{regexp.MustCompile(`n° `), "n°\u00a0"},
	{regexp.MustCompile(`(\pL)'([\pL%])`), "$1’$2"},
	{regexp.MustCompile(`([0-9dsf]) (%%|€)`), "$1\u00a0$2"},
}

// A mark of punctuation never starts a line.
func TestFrenchPunctuation(t *testing.T) {
	catalogues, err := filepath.Glob("fr/*.po")
	if err != nil || len(catalogues) == 0 {
		t.Fatal("no catalogue", err)
	}
	templates, err := filepath.Glob("../notify/templates/fr/*.md")
	if err != nil || len(templates) == 0 {
		t.Fatal("no template", err)
	}
	for _, name := range append(catalogues, templates...) {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(content), "\n")
		for i, line := range lines {
			if strings.HasSuffix(name, ".po") && !strings.HasPrefix(line, "msgstr") && !strings.HasPrefix(line, `"`) || strings.HasPrefix(line, `"Plural-Forms`) {
				continue
			}
			mended := line
			for _, s := range spaced {
				mended = s.loose.ReplaceAllString(mended, s.kept)
			}
			if mended != line && !*update {
				t.Errorf("%s:%d: not as French typography writes it: %s (mend it with -update)", name, i+1, line)
			}
			lines[i] = mended
		}
		if *update {
			if err := os.WriteFile(name, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
