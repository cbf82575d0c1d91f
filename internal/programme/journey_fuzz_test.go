package programme

import (
	"encoding/json"
	"testing"
)

func FuzzDecodeJourney(f *testing.F) {
	for _, j := range Shipped() {
		text, err := json.Marshal(j)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"format":9}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		j, err := DecodeJourney(text)
		if err != nil {
			return
		}
		again, err := json.Marshal(j)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := DecodeJourney(again); err != nil {
			t.Fatalf("%s was read, and not %s: %v", text, again, err)
		}
	})
}
