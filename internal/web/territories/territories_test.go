package territories_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"transformateur/internal/i18n"
	"transformateur/internal/territory"
	"transformateur/internal/web/territories"
	"transformateur/internal/web/ui/formview"
)

// code is the official code, as the program gives it to the page.
type code struct{ asked int }

func (c *code) Among(ctx context.Context, kinds []string, query string, limit int) (list []formview.Place) {
	c.asked++
	var of []territory.Kind
	for _, k := range kinds {
		of = append(of, territory.Kind(k))
	}
	for _, p := range territory.Search(query, of, limit) {
		list = append(list, formview.Place{Ref: string(p.Kind) + ":" + p.Code, Label: p.Label(), Kind: i18n.T(ctx, p.Kind.MessageKey())})
	}
	return list
}

type place struct{ Ref, Label, Kind string }

func ask(t *testing.T, h *territories.Handler, lang i18n.Lang, address string) ([]place, http.Header) {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", address, nil)
	if err := h.Routes()[0].Handle(w, r.WithContext(i18n.With(r.Context(), lang))); err != nil {
		t.Fatal(err)
	}
	var answer struct{ Places []place }
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || !strings.Contains(w.Body.String(), `"places":[`) {
		t.Fatalf("%s: %v %s", address, err, w.Body)
	}
	return answer.Places, w.Header()
}

func TestSuggestions(t *testing.T) {
	c := &code{}
	h := territories.New(c)
	for _, one := range []struct {
		name, address string
		lang          i18n.Lang
		first         place
		count         int
	}{
		{"a commune by its name", "/territories?q=caen&kind=commune", i18n.FR, place{"commune:14118", "Caen (14)", i18n.Say(i18n.FR, "territory.kind_commune")}, -1},
		{"in English", "/territories?q=normandie&kind=region", i18n.EN, place{"region:28", "Normandie", i18n.Say(i18n.EN, "territory.kind_region")}, 1},
		{"several kinds, accents aside", "/territories?q=calvados&kind=region&kind=departement", i18n.FR, place{"departement:14", "Calvados", i18n.Say(i18n.FR, "territory.kind_departement")}, 1},
		{"never more than ten", "/territories?q=saint", i18n.FR, place{}, 10},
		{"a kind that is not", "/territories?q=caen&kind=moon", i18n.FR, place{}, 0},
		{"nothing found", "/territories?q=xyzzy", i18n.FR, place{}, 0},
		{"nothing typed", "/territories", i18n.FR, place{}, 0},
	} {
		t.Run(one.name, func(t *testing.T) {
			got, header := ask(t, h, one.lang, one.address)
			if one.first.Ref != "" && (len(got) == 0 || got[0] != one.first) || one.count >= 0 && len(got) != one.count {
				t.Errorf("got %+v", got)
			}
			if header.Get("Cache-Control") != "private, max-age=86400" || !strings.HasPrefix(header.Get("Content-Type"), "application/json") {
				t.Errorf("headers %v", header)
			}
		})
	}
}

func TestSearchesThatCostAreNotMade(t *testing.T) {
	c := &code{}
	h := territories.New(c)
	for _, address := range []string{"/territories?q=c", "/territories?q=%20%20", "/territories?q=" + strings.Repeat("a", 81), "/territories?q=caen" + strings.Repeat("&kind=commune", 7)} {
		if got, _ := ask(t, h, i18n.FR, address); len(got) != 0 || c.asked != 0 {
			t.Errorf("%.40s: %d places, %d searches", address, len(got), c.asked)
		}
	}
}

// slow keeps a search going until it is told.
type slow struct{ begun, end chan struct{} }

func (s slow) Among(context.Context, []string, string, int) []formview.Place {
	s.begun <- struct{}{}
	<-s.end
	return nil
}

func TestWhoLeavesDoesNotWaitForATurn(t *testing.T) {
	s := slow{make(chan struct{}, 10), make(chan struct{})}
	h := territories.New(s)
	done := make(chan error, 10)
	get := func(ctx context.Context) {
		done <- h.Routes()[0].Handle(httptest.NewRecorder(), httptest.NewRequest("GET", "/territories?q=caen", nil).WithContext(ctx))
	}
	for range 4 {
		go get(context.Background())
	}
	for range 4 {
		<-s.begun
	}
	gone, leave := context.WithCancel(context.Background())
	leave()
	go get(gone)
	if err := <-done; err == nil {
		t.Error("a fifth search went on at the same time")
	}
	close(s.end)
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
