package i18n

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// twice lists the keys that a catalogue file defines more than once, with the lines: the
// parser keeps the last one in silence.
func twice(text string) (faults []string) {
	first := map[string]int{}
	for i, line := range strings.Split(text, "\n") {
		key, ok := strings.CutPrefix(strings.TrimSpace(line), "msgid ")
		if !ok {
			continue
		}
		if at, seen := first[key]; seen {
			faults = append(faults, fmt.Sprintf("%s on lines %d and %d", key, at, i+1))
		} else {
			first[key] = i + 1
		}
	}
	return faults
}

func TestNoKeyTwiceInAFile(t *testing.T) {
	for _, lang := range Langs {
		names, err := files.ReadDir(string(lang))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := files.ReadFile(string(lang) + "/" + name.Name())
			if err != nil {
				t.Fatal(err)
			}
			for _, fault := range twice(string(text)) {
				t.Errorf("%s/%s: %s", lang, name.Name(), fault)
			}
		}
	}
}

func TestTwiceSeesWhatItGuards(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"each key once":             {"msgid \"\"\nmsgstr \"\"\n\nmsgid \"a.one\"\nmsgstr \"x\"\n\nmsgid \"a.two\"\nmsgid_plural \"a.two\"\n", nil},
		"a key again, further down": {"msgid \"a.one\"\nmsgstr \"x\"\nmsgid \"a.two\"\nmsgstr \"y\"\nmsgid \"a.one\"\nmsgstr \"z\"\n", []string{`"a.one" on lines 1 and 5`}},
		"a second header":           {"msgid \"\"\nmsgstr \"\"\nmsgid \"\"\n", []string{`"" on lines 1 and 3`}},
	} {
		if got := twice(c.text); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
