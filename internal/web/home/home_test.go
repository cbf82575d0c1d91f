package home_test

import (
	"context"
	"encoding/xml"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/programme"
	"transformateur/internal/programme/programmetest"
	"transformateur/internal/web/home"
	"transformateur/internal/web/ui/pagetest"
)

// calls are two calls of the published edition: one open, one closed.
type calls struct{ edition programme.EditionID }

func (c calls) Notices(context.Context, account.User, programme.EditionID) ([]programme.CallNotice, error) {
	at := programmetest.Noon
	return []programme.CallNotice{
		{ID: "appel-2027", Edition: c.edition, Title: programme.Words{FR: "Appel <2027>", EN: "Call <2027>"}, OpensAt: at.AddDate(0, 0, -10), ClosesAt: at.AddDate(0, 0, 10), Zone: "Europe/Paris", Version: 4, PublishedAt: at.AddDate(0, 0, -12), UpdatedAt: at},
		{ID: "appel-2026", Edition: c.edition, Title: programme.Words{FR: "Ancien appel"}, OpensAt: at.AddDate(-1, 0, 0), ClosesAt: at.AddDate(0, -11, 0), Zone: "Europe/Paris", Version: 1, PublishedAt: at.AddDate(-1, 0, 0), UpdatedAt: at.AddDate(-1, 0, 0)},
	}, nil
}

func open(t *testing.T) (*programmetest.World, *home.Handler) {
	t.Helper()
	w := programmetest.New(t, dbtest.SQLite(t))
	return w, &home.Handler{Programmes: w.Service, Calls: calls{w.Published.ID}, Clock: w.Clock, BaseURL: "https://appels.example.org", Name: "Appels & projets", Contact: "equipe@example.org"}
}

func TestHomeShowsOpenCallsFirst(t *testing.T) {
	_, h := open(t)
	for lang, want := range map[i18n.Lang][]string{
		i18n.FR: {"Appels ouverts", "Appel &lt;2027&gt;", "lundi 15 mars 2027 à 12 h 00, heure de Paris", "Il reste 10 jours", "Normandie 2027"},
		i18n.EN: {"Open calls", "Call &lt;2027&gt;", "Normandie 2027"},
	} {
		text := pagetest.Site{Routes: h.Routes(), Lang: lang}.Page(t, "/")
		for _, part := range want {
			if !strings.Contains(strings.ReplaceAll(text, "\u00a0", " "), part) {
				t.Errorf("%s: no %q", lang, part)
			}
		}
		for _, hidden := range []string{"Normandie 2028", "Ancien appel"} {
			if strings.Contains(text, hidden) {
				t.Errorf("%s: shows %q", lang, hidden)
			}
		}
	}
}

func TestFeedIsAtom(t *testing.T) {
	_, h := open(t)
	a := pagetest.Site{Routes: h.Routes(), Lang: i18n.FR}.Get(t, "/feed.atom")
	var feed struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string   `xml:"id"`
		Updated string   `xml:"updated"`
		Entries []struct {
			ID        string `xml:"id"`
			Title     string `xml:"title"`
			Updated   string `xml:"updated"`
			Published string `xml:"published"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal([]byte(a.Body), &feed); err != nil {
		t.Fatal(err)
	}
	if len(feed.Entries) != 3 || feed.Entries[0].ID != "https://appels.example.org/editions/normandie-2027" || feed.Entries[1].Title != "Appel à projets\u00a0: Appel <2027>" {
		t.Fatalf("entries %+v", feed.Entries)
	}
	for _, e := range feed.Entries {
		published, err := time.Parse(time.RFC3339, e.Published)
		updated, err2 := time.Parse(time.RFC3339, e.Updated)
		if err != nil || err2 != nil || updated.Before(published) {
			t.Errorf("%s: published %s, updated %s", e.ID, e.Published, e.Updated)
		}
	}
	if feed.ID == "" || feed.Updated == "" || !strings.HasPrefix(a.Type, "application/atom+xml") || strings.Contains(a.Body, "Normandie 2028") {
		t.Errorf("the feed is %s", a.Body)
	}
}

func TestSitemapListsPublicPagesOnly(t *testing.T) {
	_, h := open(t)
	a := pagetest.Site{Routes: h.Routes()}.Get(t, "/sitemap.xml")
	var set struct {
		URLs []struct {
			Loc string `xml:"loc"`
		} `xml:"url"`
	}
	if err := xml.Unmarshal([]byte(a.Body), &set); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, u := range set.URLs {
		seen[strings.TrimPrefix(u.Loc, "https://appels.example.org")] = true
	}
	for _, want := range []string{"/", "/editions/normandie-2027", "/calls/appel-2027", "/programmes/transformateur-numerique", "/agencies/agence-de-normandie"} {
		if !seen[want] {
			t.Errorf("no %s in %v", want, seen)
		}
	}
	if seen["/editions/normandie-2028"] {
		t.Error("an edition in preparation is listed")
	}
}

func TestCalendarGivesDeadlinesOnce(t *testing.T) {
	w, h := open(t)
	a := pagetest.Site{Routes: h.Routes(), Lang: i18n.FR, By: w.Lead}.Get(t, "/calendar.ics")
	cal, err := ics.ParseCalendar(strings.NewReader(a.Body))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]*ics.VEvent{}
	for _, e := range cal.Events() {
		if found[e.Id()] != nil {
			t.Errorf("%s stands twice", e.Id())
		}
		found[e.Id()] = e
	}
	deadline := found["call-appel-2027@appels.example.org"]
	if len(found) != 7 || deadline == nil { // two calls, and every stage but the call's
		t.Fatalf("%d events in %s", len(found), a.Body)
	}
	if at, err := deadline.GetStartAt(); err != nil || !at.Equal(programmetest.Noon.AddDate(0, 0, 10)) {
		t.Errorf("the deadline is %v %v", at, err)
	}
	if got := deadline.GetProperty(ics.ComponentPropertySequence).Value; got != "4" {
		t.Errorf("its sequence is %s", got)
	}
}

func TestRobots(t *testing.T) {
	_, h := open(t)
	a := pagetest.Site{Routes: h.Routes()}.Get(t, "/robots.txt")
	if !strings.Contains(a.Body, "Sitemap: https://appels.example.org/sitemap.xml") || !strings.Contains(a.Body, "Disallow: /applications") {
		t.Error(a.Body)
	}
}
