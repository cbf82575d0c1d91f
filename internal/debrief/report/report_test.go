package report_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/debrief/report"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

var ctx = context.Background()

func service(g *grown) *report.Service { return report.New(g.DB, g.Clock, g.Policy, report.Chapters) }

// mean is that of a sum, in hundredths, as people round.
func mean(sum, n int64) int64 {
	if n == 0 {
		return 0
	}
	return int64(float64(sum)*100/float64(n) + 0.5)
}

// Every figure of a report is what was drawn, on both engines; nothing that was drawn is
// missing from it.
func TestEveryFigureIsWhatHappened(t *testing.T) {
	seed := rand.Uint64()
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		g := grow(t, d, seed, 14)
		v, err := service(g).Read(ctx, g.Lead, "edition")
		g.Must(err)
		for key, n := range map[string]int64{"score:bilan:six:u": mean(g.want["sum six"], g.want["scored:bilan:six:u"]), "before:Utilité": mean(g.want["sum before"], g.want["dimension:Utilité"]),
			"first:Utilité": mean(g.want["sum first"], g.want["twice:Utilité"]), "after:Utilité": mean(g.want["sum after"], g.want["twice:Utilité"])} {
			g.want[key] = n
		}
		found := map[string]bool{}
		for _, f := range v.Figures() {
			found[f.ID] = true
			if n, known := g.want[f.ID]; !known && f.N != 0 {
				t.Errorf("seed %d: %s is %d, which nobody counted", seed, f.ID, f.N)
			} else if n != f.N {
				t.Errorf("seed %d: %s is %d, and should be %d", seed, f.ID, f.N, n)
			}
		}
		for key, n := range g.want {
			if n > 0 && !found[key] && !strings.HasPrefix(key, "sum ") {
				t.Errorf("seed %d: %s is %d, and the report does not tell it", seed, key, n)
			}
		}
		for _, f := range v.Figures() {
			if (f.Unit == report.Cents || f.Unit == report.Minutes || f.Unit == report.Mean) && f.N > 0 && f.Of == 0 {
				t.Errorf("%s does not say how many projects it comes from", f.ID)
			}
		}
	})
}

func wants(t *testing.T, what string, err error, kind errs.Kind, key string) {
	t.Helper()
	if !errs.Is(err, kind) || key != "" && errs.KeyOf(err) != key {
		t.Errorf("%s: %v, want %s %s", what, err, kind, key)
	}
}

// funder gives somebody the relation of a funder on the edition.
func (g *grown) funder() account.User {
	by := g.Person("funder")
	g.Must(g.DB.Write(ctx, func(tx *db.Tx) error {
		return g.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: "funder", Relation: "funder", Object: policy.Ref{Kind: "edition", ID: "edition"}})
	}))
	return by
}

func TestWordsAndVersions(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		g := grow(t, d, 7, 6)
		s, funder := service(g), g.funder()
		wants(t, "a team reads", ignore(s.Read(ctx, g.Ana, "edition")), errs.Forbidden, "")
		wants(t, "a funder reads the exact one", ignore(s.Read(ctx, funder, "edition")), errs.Forbidden, "")
		wants(t, "a team writes", s.Write(ctx, g.Ana, "edition", "call", report.Words{}), errs.Forbidden, "")
		g.Must(s.Write(ctx, g.Lead, "edition", "call", report.Words{Before: " Une belle année. "}))
		wants(t, "over a colleague's words", s.Write(ctx, g.Lead, "edition", "call", report.Words{After: "Deux mains"}), errs.Conflict, "report.meanwhile")
		g.Must(s.Write(ctx, g.Lead, "edition", "pictures", report.Words{Hidden: true}))
		wants(t, "no such chapter", s.Write(ctx, g.Lead, "edition", "weather", report.Words{}), errs.NotFound, "")
		wants(t, "too long", s.Write(ctx, g.Lead, "edition", "", report.Words{After: strings.Repeat("a", report.MaxText+1)}), errs.Invalid, "report.invalid")

		n, err := s.Freeze(ctx, g.Lead, "edition", "Comité")
		g.Must(err)
		before, err := s.Frozen(ctx, g.Lead, "edition", n)
		g.Must(err)
		g.item(g.carried(""), "lock", "verrou", "standing", `{}`)
		g.Clock.Advance(time.Hour)
		g.Must(s.Write(ctx, g.Lead, "edition", "call", report.Words{Before: "Autre chose", Version: 1}))
		again, err := s.Frozen(ctx, g.Lead, "edition", n)
		g.Must(err)
		now, err := s.Read(ctx, g.Lead, "edition")
		g.Must(err)
		if again.Chapters[0].Before != "Une belle année." || again.Figure("projects").N != before.Figure("projects").N || now.Figure("projects").N != before.Figure("projects").N+1 || now.Chapters[0].Before != "Autre chose" {
			t.Error("a frozen version changed, or the report did not")
		}
		led := func(what string, by account.User, want int) {
			if list, err := s.Funded(ctx, by); err != nil || len(list) != want {
				t.Errorf("%s is led to %d reports, %v", what, len(list), err)
			}
		}
		led("a funder without a version", funder, 0)
		wants(t, "nothing is published", ignore(s.Published(ctx, funder, "edition")), errs.NotFound, "")
		wants(t, "shared with nobody known", s.Share(ctx, g.Lead, "edition", n, "friends"), errs.Invalid, "report.invalid")
		wants(t, "no such version", s.Share(ctx, g.Lead, "edition", 9, report.Public), errs.NotFound, "")
		wants(t, "a funder shares", s.Share(ctx, funder, "edition", n, report.Public), errs.Forbidden, "")
		g.Must(s.Share(ctx, g.Lead, "edition", n, report.Funders))
		wants(t, "a visitor reads what funders read", ignore(s.Published(ctx, account.User{}, "edition")), errs.NotFound, "")
		led("a funder", funder, 1)
		led("who runs the edition", g.Lead, 0)
		led("a visitor", account.User{}, 0)
		v, err := s.Published(ctx, funder, "edition")
		g.Must(err)
		for _, f := range v.Figures() {
			if f.Shown == report.Whole && (f.Unit == report.People || f.Unit == report.Files) && f.N > 0 && f.N < report.K {
				t.Errorf("a funder reads %s, which is %d", f.ID, f.N)
			}
		}
		for _, c := range v.Chapters {
			for _, p := range c.Paragraphs {
				if c.Key == "pictures" || p.Sentence != nil && p.Sentence.Link != nil || len(p.Sums) > 0 {
					t.Errorf("a funder reads more than she may of %s", c.Key)
				}
			}
		}
		second, err := s.Freeze(ctx, g.Lead, "edition", "")
		g.Must(err)
		g.Must(s.Share(ctx, g.Lead, "edition", second, report.Public))
		v, err = s.Published(ctx, account.User{}, "edition")
		g.Must(err)
		all, err := s.Read(ctx, g.Lead, "edition")
		g.Must(err)
		if v.Version.Number != second || v.Version.By != "" || len(all.Versions) != 2 || all.Versions[1].Shared != report.Kept {
			t.Errorf("two versions are open at once: %+v", all.Versions)
		}
	})
}

func ignore[T any](_ T, err error) error { return err }

// A link is there for who may follow it.
func TestLinksOpen(t *testing.T) {
	g := grow(t, dbtest.SQLite(t), 3, 6)
	v, err := service(g).Read(ctx, g.Lead, "edition")
	g.Must(err)
	links := 0
	for _, c := range v.Chapters {
		for _, p := range c.Paragraphs {
			if p.Sentence != nil && p.Sentence.Link != nil {
				links++
			}
		}
	}
	if links < 20 {
		t.Errorf("the lead follows %d links", links)
	}
}

func TestCompare(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		g := grow(t, d, 5, 9)
		s := service(g)
		for _, id := range []string{"other", "closed"} {
			g.exec(`insert into editions (id, programme_id, name_fr, name_en, theme_fr, theme_en, about_fr, about_en, place, territory, zone, status, journey, version, created_at) values ($1, 'programme', $1, $1, '', '', '', '', '', '', 'Europe/Paris', 'published', 'regional', 1, $2)`, id, g.Clock.Now())
		}
		g.exec(`insert into stages (id, edition_id, position, kind, name_fr, name_en, about_fr, about_en, settings) values ('s', 'edition', 0, 'call', '', '', '', '', '{}')`)
		c, err := s.Compare(ctx, g.Lead, "edition", []programme.EditionID{"other", "nowhere"})
		g.Must(err)
		if len(c.Editions) != 1 || len(c.Others) != 0 {
			t.Errorf("what is not open is compared: %+v", c)
		}
		other := g.Person("hers")
		g.Must(d.Write(ctx, func(tx *db.Tx) error {
			return g.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: "hers", Relation: "lead", Object: policy.Ref{Kind: "edition", ID: "other"}})
		}))
		n, err := s.Freeze(ctx, g.Lead, "edition", "")
		g.Must(err)
		g.Must(s.Share(ctx, g.Lead, "edition", n, report.Public))
		c, err = s.Compare(ctx, other, "other", []programme.EditionID{"edition", "closed"})
		g.Must(err)
		if len(c.Editions) != 2 || !c.Rough["edition"] {
			t.Fatalf("compared %+v", c.Editions)
		}
		for _, l := range c.Lines {
			if l.Key == "deposited" && (l.Cells[1].Shown == report.Whole && l.Cells[1].N != g.want["deposited"] || l.Cells[1].Absent || l.Cells[1].Without || !l.Cells[0].Without) {
				t.Errorf("deposited: %+v", l.Cells)
			}
			if f := l.Cells[1]; f.Shown == report.Whole && (f.Unit == report.Files || f.Unit == report.People) && f.N > 0 && f.N < report.K {
				t.Errorf("%s tells %d of an edition that she does not run", l.Key, f.N)
			}
		}
	})
}

// BenchmarkReport builds the report of an edition of twenty projects and a year of support.
func BenchmarkReport(b *testing.B) {
	g := grow(b, dbtest.SQLite(b), 1, 20)
	s := service(g)
	for b.Loop() {
		if _, err := s.Read(ctx, g.Lead, "edition"); err != nil {
			b.Fatal(err)
		}
	}
}
