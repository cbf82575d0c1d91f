package form

import (
	"encoding/json"
	"testing"
)

// What is read back from the store can be written again, and reads the same.
func FuzzParseAnswers(f *testing.F) {
	for _, s := range []string{`{"a":"b"}`, `{"a":[1,2],"b":{"c":null}}`, `"plain"`, `1e400`, `{"a":1,"a":2}`, `[`, "\"\x00\""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if value, err := ParseValue(text); err == nil {
			Digest(value)
		}
		a, err := ParseAnswers(text)
		if err != nil {
			return
		}
		again, err := json.Marshal(a)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if b, err := ParseAnswers(again); err != nil || len(b) != len(a) {
			t.Fatalf("%s became %s: %v", text, again, err)
		}
	})
}
