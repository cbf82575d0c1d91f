package files

import (
	"net/url"
	"reflect"
	"testing"
)

// An address gives the same filters after it was written again.
func FuzzFilterOf(f *testing.F) {
	for _, s := range []string{"q=a&status=submitted", "f.size=x&f.size=y", "f.=", "sort=%00", "q=%zz", ";", "verdict=a&label=b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		q, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		once := filterOf(q)
		if again := filterOf(valuesOf(once)); !reflect.DeepEqual(once, again) {
			t.Fatalf("%q: %+v became %+v", query, once, again)
		}
	})
}
