package journal_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/journal"
)

func writeAll(t *testing.T, d *db.DB, entries ...journal.Entry) {
	t.Helper()
	for i, e := range entries {
		err := d.Write(ctx, func(tx *db.Tx) error { return journal.Write(ctx, tx, at.Add(time.Duration(i)*time.Hour), e) })
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestSearch(t *testing.T) {
	entries := []journal.Entry{
		{Actor: "person:a", Act: "login.opened", Kind: "login", ID: "l1"},
		{Actor: "person:b", Act: "login.opened", Kind: "login", ID: "l2"},
		{Actor: "system", Act: "relation.granted", Kind: "edition", ID: "e1"},
		{Actor: "person:a", Act: "login.revoked", Kind: "login", ID: "l1"},
		{Actor: "person:a", Act: "loginish", Kind: "other", ID: "o1"},
	}
	cases := []struct {
		name   string
		filter journal.Filter
		before int64
		want   string
	}{
		{"everything, the newest first", journal.Filter{}, 0, "[5 4 3 2 1]"},
		{"the page before a line", journal.Filter{}, 3, "[2 1]"},
		{"one actor", journal.Filter{Actor: "person:a"}, 0, "[5 4 1]"},
		{"one act", journal.Filter{Act: "login.opened"}, 0, "[2 1]"},
		{"a family of acts", journal.Filter{Act: "login."}, 0, "[4 2 1]"},
		{"one object", journal.Filter{Kind: "login", ID: "l1"}, 0, "[4 1]"},
		{"from an instant, included", journal.Filter{From: keptAt(2)}, 0, "[5 4 3]"},
		{"until an instant, excluded", journal.Filter{Until: keptAt(2)}, 0, "[2 1]"},
		{"all at once", journal.Filter{Actor: "person:a", Act: "login.", Kind: "login", ID: "l1", From: keptAt(1), Until: keptAt(4)}, 0, "[4]"},
	}
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		writeAll(t, d, entries...)
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				lines, err := journal.Search(ctx, d.Reader(), c.filter, c.before, 10)
				if err != nil {
					t.Fatal(err)
				}
				var got []int64
				for _, l := range lines {
					got = append(got, l.Seq)
				}
				if fmt.Sprint(got) != c.want {
					t.Errorf("got %v, want %s", got, c.want)
				}
			})
		}
	})
}

// keptAt is the instant of line n+1, as it is kept.
func keptAt(n int) time.Time { return db.Instant(at.Add(time.Duration(n) * time.Hour)) }

func TestExportVerifiesByItself(t *testing.T) {
	d := dbtest.SQLite(t)
	write(t, d, 1500)
	var whole bytes.Buffer
	out := json.NewEncoder(&whole)
	if err := journal.Each(ctx, d.Reader(), journal.Filter{}, 1500, func(l journal.Line) error { return out.Encode(l) }); err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(whole.String(), "\n")
	for _, c := range []struct{ name, export, want string }{
		{"as it left", whole.String(), "1500 lines, whole"},
		{"cut at the end", strings.Join(lines[:700], ""), "700 lines, whole"},
		{"a line rewritten", strings.Replace(whole.String(), `"person:a"`, `"person:b"`, 1), "0 lines, 1 changed"},
		{"a line taken out", strings.Join(append(append([]string{}, lines[:9]...), lines[10:]...), ""), "9 lines, 10 missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, _, broken, err := journal.VerifyExport(strings.NewReader(c.export))
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprintf("%d lines, whole", n)
			if broken != nil {
				got = fmt.Sprintf("%d lines, %d %s", n, broken.Seq, broken.Reason)
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	if _, _, _, err := journal.VerifyExport(strings.NewReader("not json\n")); err == nil {
		t.Error("a file that is no export is accepted")
	}
}
