package rule

import "testing"

func FuzzParseDay(f *testing.F) {
	for _, s := range []string{"2027-03-05", "2028-02-29", "2027-02-29", "0000-00-00", "99999-01-01", "2027-3-5", " 2027-03-05"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if day, ok := ParseDay(s); ok && len(s) != len("2027-03-05") {
			t.Fatalf("%q is day %d", s, day)
		}
	})
}
