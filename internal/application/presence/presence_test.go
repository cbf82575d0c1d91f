package presence

import (
	"slices"
	"testing"
	"time"
)

func TestNamesAreThoseOfTheOthersWhoAreThere(t *testing.T) {
	noon := time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)
	l := New()
	l.Here("file", "login-ana", "Ana", "summary", noon)
	l.Here("file", "login-bob", "Bob", "summary", noon.Add(30*time.Second))
	l.Here("other", "login-cam", "Cam", "summary", noon)
	for _, c := range []struct {
		name, file, but string
		at              time.Time
		want            []string
	}{
		{"a third person sees both", "file", "login-cam", noon.Add(31 * time.Second), []string{"Ana", "Bob"}},
		{"nobody sees herself", "file", "login-ana", noon.Add(31 * time.Second), []string{"Bob"}},
		{"without a sign of life one is gone", "file", "login-cam", noon.Add(presenceFor + time.Second), []string{"Bob"}},
		{"a file that nobody has open", "third", "login-ana", noon, nil},
	} {
		if got := l.Names(c.file, c.but, c.at)["summary"]; !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	l.Here("file", "login-bob", "Bob", "", noon.Add(50*time.Second))
	if got := l.Names("file", "login-cam", noon.Add(50*time.Second)); len(got) != 0 {
		t.Errorf("left, and still there: %v", got)
	}
}

func TestWhoListensIsToldAndNobodyWaits(t *testing.T) {
	l := New()
	told, end := l.Listen("file")
	slow, stop := l.Listen("file")
	defer stop()
	l.Tell("other", Told{Kind: "saved"})
	for range cap(slow) + 1 { // one more than a page that does not read can hold
		l.Tell("file", Told{Kind: "saved", By: "Ana"})
		if got := <-told; got.By != "Ana" {
			t.Fatalf("%+v", got)
		}
	}
	if len(slow) != cap(slow) {
		t.Errorf("%d of %d messages wait for the page that does not read", len(slow), cap(slow))
	}
	end()
	l.Tell("file", Told{Kind: "closed"})
	if len(told) != 0 {
		t.Error("told after the end")
	}
}
