package kit_test

import (
	"bytes"
	"testing"
	"time"

	"transformateur/internal/board"
	"transformateur/internal/board/kit"
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
