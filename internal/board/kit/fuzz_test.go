package kit_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/platform/errs"
)

// A kit that is let in can be written, reads the same, and makes a board.
func FuzzParse(f *testing.F) {
	f.Add(small().Encode())
	for _, text := range []string{`{"version":1}`, `{"version":1,"notes":{"steps":[]}}`, `[`, "{}{}", `{"VERSION":1,"id":"a"}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		k, err := kit.Parse(text)
		if err != nil {
			return
		}
		once, err := kit.Parse(k.Encode())
		if err != nil {
			t.Fatalf("%s became %s: %v", text, k.Encode(), err)
		}
		twice, err := kit.Parse(once.Encode())
		if err != nil || !bytes.Equal(once.Encode(), twice.Encode()) {
			t.Fatalf("%s never settles: %v", text, err)
		}
		for _, variant := range append(k.Variants(), "") {
			for id, c := range board.New(k, variant, time.Time{}).Cards {
				if _, known := k.Zone(c.Zone); !known {
					t.Fatalf("%s is dealt in %q, which is no zone", id, c.Zone)
				}
			}
		}
	})
}

// A kit with faults can be read, written and read again as the same; Check says its
// faults, each of them with a path.
func FuzzReadDraft(f *testing.F) {
	f.Add(small().Encode())
	for _, text := range []string{`{"version":1}`, `{"version":1,"zones":[{}],"cards":[{"fields":null}],"outputs":[{"becomes":"dimension"}]}`, `{"version":2}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		k, err := kit.ReadDraft(text)
		if err != nil {
			return
		}
		again, err := kit.ReadDraft(k.Encode())
		if err != nil || !bytes.Equal(again.Encode(), k.Encode()) {
			t.Fatalf("%s became %s: %v", text, k.Encode(), err)
		}
		_, refused := kit.Parse(text)
		if (k.Check() == nil) != (refused == nil) {
			t.Fatalf("Check says %v of what Parse says %v", k.Check(), refused)
		}
		var told *errs.Error
		if errors.As(k.Check(), &told) {
			for _, fault := range told.Fields {
				if fault.Path == "" {
					t.Fatalf("%s is told of no place", fault.Key)
				}
			}
		}
	})
}
