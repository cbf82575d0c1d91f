package journal_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"transformateur/internal/account"
	"transformateur/internal/admin"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	platform "transformateur/internal/platform/journal"
	"transformateur/internal/policy"
	"transformateur/internal/web/journal"
	"transformateur/internal/web/ui"
)

var (
	ctx     = context.Background()
	noon    = time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)
	auditor = account.User{ID: "aud", Name: "Ada Auditrice"}
	nobody  = account.User{ID: "nob", Name: "Noé"}
)

type site struct {
	t *testing.T
	d *db.DB
	h *journal.Handler
}

// newSite has an auditor, and a journal of n lines after the one of her role.
func newSite(t *testing.T, d *db.DB, n int) *site {
	t.Helper()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	c := clock.NewFake(noon)
	p := policy.New(d, c)
	err := d.Write(ctx, func(tx *db.Tx) error {
		for _, u := range []account.User{auditor, nobody} {
			if _, err := tx.Exec(ctx, `insert into people (id, name, lang, zone, created_at) values ($1, $2, 'fr', 'Europe/Paris', $3)`, string(u.ID), u.Name, noon); err != nil {
				return err
			}
		}
		if err := p.Grant(ctx, tx, account.System, policy.Relation{SubjectID: "aud", Relation: "auditor", Object: policy.Platform.Ref}); err != nil {
			return err
		}
		for i := range n {
			e := platform.Entry{Actor: "person:nob", Act: "login.opened", Kind: "login", ID: fmt.Sprintf("l%d", i)}
			if i%2 == 1 {
				e.Act, e.Kind = "kite.flown", "kite"
			}
			if err := platform.Write(ctx, tx, noon.Add(time.Duration(i)*time.Hour), e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return &site{t, d, &journal.Handler{Admin: admin.New(d, c, p)}}
}

func (s *site) ask(h ui.HandlerFunc, by account.User, lang i18n.Lang, address string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", address, nil)
	r = r.WithContext(account.With(i18n.With(r.Context(), lang), by))
	rec := httptest.NewRecorder()
	ui.Handle(h).ServeHTTP(rec, r)
	return rec
}

// texts lists what stands in the elements of a class or of a tag.
func texts(t *testing.T, body io.Reader, match func(n *html.Node) bool) (all []string) {
	t.Helper()
	root, err := html.Parse(body)
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && match(n) {
			var b strings.Builder
			for inner := range n.Descendants() {
				if inner.Type == html.TextNode {
					b.WriteString(inner.Data)
				}
			}
			all = append(all, strings.Join(strings.Fields(b.String()), " "))
		}
	}
	return all
}

func line(n *html.Node) bool {
	return n.Data == "li" && n.Parent != nil && has(n.Parent, "class", "journal")
}

func has(n *html.Node, key, value string) bool {
	for _, a := range n.Attr {
		if a.Key == key && a.Val == value {
			return true
		}
	}
	return false
}

func TestList(t *testing.T) {
	cases := []struct {
		name, query string
		lang        i18n.Lang
		status      int
		lines       int
		first       string
	}{
		{"the newest first", "", i18n.FR, 200, 9, "Noé kite.flown : kite l7"},
		{"in words", "?kind=login", i18n.FR, 200, 4, "Noé Connexion ouverte : connexion l6"},
		{"in English", "?act=login.opened", i18n.EN, 200, 4, "Noé Sign-in opened: sign-in l6"},
		{"an act without a sentence shows by its name", "?kind=kite", i18n.FR, 200, 4, "Noé kite.flown : kite l7"},
		{"the program acts too", "?actor=system", i18n.FR, 200, 1, "Le programme Rôle accordé : plateforme platform"},
		{"one object", "?kind=login&object=l2", i18n.FR, 200, 1, "connexion l2"},
		{"one day, included", "?until=2027-03-05&from=2027-03-05", i18n.FR, 200, 9, ""},
		{"the day after", "?from=2027-03-06", i18n.FR, 200, 0, ""},
		{"a day that does not exist", "?from=2027-02-30", i18n.FR, 422, 0, ""},
		{"lines before the third", "?before=3", i18n.FR, 200, 2, "connexion l0"},
	}
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d, 8)
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				rec := s.ask(s.h.List, auditor, c.lang, "/journal"+c.query)
				body := rec.Body.String()
				if strings.Contains(body, "‹") {
					t.Error("a sentence is missing")
				}
				got := texts(t, strings.NewReader(body), line)
				if rec.Code != c.status || len(got) != c.lines {
					t.Fatalf("status %d, %d lines: %q", rec.Code, len(got), got)
				}
				if len(got) > 0 && !strings.Contains(plain(got[0]), c.first) {
					t.Errorf("first line %q, want %q", got[0], c.first)
				}
			})
		}
	})
}

// plain writes ordinary spaces for those that hold words together.
func plain(text string) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(text)
}

func TestPagesLeadToOlderLines(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t), 120)
	next, seen := "/journal?kind=login", 0
	for pages := 0; next != ""; pages++ {
		if pages > 3 {
			t.Fatal("the pages never end")
		}
		rec := s.ask(s.h.List, auditor, i18n.FR, next)
		body := rec.Body.String()
		seen += len(texts(t, strings.NewReader(body), line))
		next = ""
		root, _ := html.Parse(strings.NewReader(body))
		for n := range root.Descendants() {
			if n.Data == "a" && has(n, "rel", "next") {
				for _, a := range n.Attr {
					if a.Key == "href" {
						next = a.Val
					}
				}
			}
		}
	}
	if seen != 60 {
		t.Errorf("%d lines over the pages, want 60", seen)
	}
}

func TestChainStateIsSaid(t *testing.T) {
	for _, c := range []struct {
		name, tamper string
		verify       bool
		want         string
	}{
		{"never", "", false, "La chaîne n’a pas encore été vérifiée"},
		{"whole", "", true, "Chaîne vérifiée jusqu’à la ligne 4, vendredi 5 mars 2027 à 12 h 00, heure de Paris"},
		{"rewritten", "update journal set actor = 'system' where seq = 2", true, "La chaîne est rompue à la ligne 2"},
		{"removed", "delete from journal where seq = 3", true, "La chaîne est rompue à la ligne 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Run(t, func(t *testing.T, d *db.DB) {
				s := newSite(t, d, 3)
				if c.tamper != "" {
					if _, err := d.Raw().Exec(c.tamper); err != nil {
						t.Fatal(err)
					}
				}
				if c.verify {
					if rec := s.ask(s.h.Verify, auditor, i18n.FR, "/journal/verify"); rec.Code != http.StatusSeeOther {
						t.Fatalf("status %d", rec.Code)
					}
				}
				body := plain(s.ask(s.h.List, auditor, i18n.FR, "/journal").Body.String())
				if !strings.Contains(body, c.want) {
					t.Errorf("%q is not said", c.want)
				}
			})
		})
	}
}

func TestExport(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d, 2500)
		rec := s.ask(s.h.Export, auditor, i18n.FR, "/journal/export?format=jsonl")
		n, _, broken, err := platform.VerifyExport(rec.Body)
		if err != nil || broken != nil || n != 2501 {
			t.Errorf("%d lines, broken %+v, %v", n, broken, err)
		}
		rec = s.ask(s.h.Export, auditor, i18n.FR, "/journal/export?format=csv&kind=kite")
		rows, err := csv.NewReader(rec.Body).ReadAll()
		if err != nil || len(rows) != 1251 || rows[0][0] != "seq" || rows[1][3] != "kite.flown" {
			t.Errorf("%d rows, %v", len(rows), err)
		}
		acts, err := platform.Search(ctx, d.Reader(), platform.Filter{Act: "journal.exported", Actor: "person:aud"}, 0, 9)
		if err != nil || len(acts) != 2 || !strings.Contains(acts[0].Detail, `"kind":"kite"`) {
			t.Errorf("the exports are not in the journal: %+v %v", acts, err)
		}
	})
}

func TestOnlyTheAuditReads(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t), 1)
	for name, h := range map[string]ui.HandlerFunc{"list": s.h.List, "export": s.h.Export, "verify": s.h.Verify} {
		if rec := s.ask(h, nobody, i18n.FR, "/journal"); rec.Code != http.StatusNotFound {
			t.Errorf("%s: status %d to a stranger", name, rec.Code)
		}
	}
	acts, err := platform.Search(ctx, s.d.Reader(), platform.Filter{Act: "journal."}, 0, 9)
	if err != nil || len(acts) != 0 {
		t.Errorf("a refusal left %+v, %v", acts, err)
	}
}
