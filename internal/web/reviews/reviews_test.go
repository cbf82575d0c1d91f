package reviews_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/committee"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/review/reviewtest"
	"transformateur/internal/web/reviews"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/pagetest"
)

func site(w *reviewtest.World, by account.User, lang i18n.Lang) pagetest.Site {
	h := &reviews.Handler{Reviews: w.Reviews, Files: w.Applications(), Enclosures: w.Enclosures, Clock: w.Clock}
	return pagetest.Site{Routes: h.Routes(), By: by, Lang: lang}
}

// whole is a grid filled on a page without script.
func whole(anchor string) url.Values {
	v := url.Values{}
	pairs := reviewtest.Whole(anchor)
	for i := 0; i < len(pairs); i += 2 {
		field := pairs[i].(string)
		value, text := pairs[i+1].(string)
		if !text {
			value = "yes"
		}
		v.Set("f."+field, value)
		v.Set("v."+field, "0")
	}
	return v
}

func TestReadingWithoutScript(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := reviewtest.New(t, dbtest.SQLite(t), reviewtest.Options{})
			w.Give(w.Mia, w.Files...)
			mia := site(w, w.Mia, lang)
			first, second := "/reviews/"+string(w.Files[0]), "/reviews/"+string(w.Files[1])
			list := mia.Page(t, "/reviews")
			if !strings.Contains(list, first) || !strings.Contains(list, second) {
				t.Error("the list lacks a file")
			}
			page := mia.Page(t, first)
			for _, want := range []string{"Un campus numérique", `rel="next"`, `action="` + first + `"`, i18n.Say(lang, "reviews.others_own")} {
				if !strings.Contains(page, want) {
					t.Errorf("the page lacks %q", want)
				}
			}
			partial := whole("good")
			partial.Del("f.need")
			partial.Set("f.need", "")
			partial.Set("do", "submit")
			if a := mia.Post(t, first, partial); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, i18n.Say(lang, "form.required")) {
				t.Errorf("an incomplete grid is handed in: %d", a.Status)
			}
			stale := whole("strong")
			if a := mia.Post(t, first, stale); a.Status != http.StatusConflict || !strings.Contains(a.Body, `name="c.need"`) && !strings.Contains(a.Body, `name="c.definition"`) {
				t.Errorf("a stale page writes over: %d", a.Status)
			}
			full := whole("good")
			for field := range full {
				if strings.HasPrefix(field, "v.") {
					full.Set(field, "1")
				}
			}
			full.Set("v.need", "1")
			full.Set("do", "submit")
			a := mia.Post(t, first, full)
			if a.Status == http.StatusConflict { // need was emptied once
				full.Set("v.need", "0")
				a = mia.Post(t, first, full)
			}
			if a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Location, second) {
				t.Fatalf("handing in: %d %s", a.Status, a.Location)
			}
			done := mia.Page(t, first)
			if strings.Contains(done, `name="f.need"`) || !strings.Contains(done, first+"/reopen") {
				t.Error("what was handed in is still a form, or cannot be taken up again")
			}
			pack := mia.Page(t, "/reviews/print?selection="+string(reviewtest.Selection))
			if !strings.Contains(pack, "☒") || !strings.Contains(pack, "☐") {
				t.Error("the pack has no boxes")
			}
			if a := mia.Post(t, second+"/return", nil); a.Status != http.StatusUnprocessableEntity {
				t.Errorf("handing back without a reason: %d", a.Status)
			}
			if a := mia.Post(t, second+"/return", url.Values{"reason": {"time"}}); a.Status != http.StatusSeeOther {
				t.Errorf("handing back: %d", a.Status)
			}
			if strings.Contains(mia.Page(t, "/reviews"), second) {
				t.Error("the file is still in her list")
			}
		})
	}
}

func TestAutosaveSpeaksAsDraftsDo(t *testing.T) {
	w := reviewtest.New(t, dbtest.SQLite(t), reviewtest.Options{})
	w.Give(w.Mia, w.Files[0])
	mia := site(w, w.Mia, i18n.FR)
	save := "/reviews/" + string(w.Files[0]) + "/save"
	a := post(t, mia, save, `{"edits":[{"field":"need","base":0,"value":"good"},{"field":"beauty","base":0,"value":"good"}]}`)
	if a.Status != http.StatusOK || !strings.Contains(a.Body, `"saved":[{"field":"need","version":1}]`) || !strings.Contains(a.Body, `"field":"beauty","key":"application.field_unknown"`) {
		t.Errorf("%d %s", a.Status, a.Body)
	}
	a = post(t, mia, save, `{"edits":[{"field":"need","base":0,"value":"weak"}]}`)
	if !strings.Contains(a.Body, `"conflicts":[{"field":"need"`) {
		t.Errorf("%d %s", a.Status, a.Body)
	}
	if a := post(t, mia, save, `{`); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("no JSON: %d", a.Status)
	}
	if a := post(t, site(w, w.Noe, i18n.FR), save, `{`); a.Status != http.StatusNotFound {
		t.Errorf("somebody else's file: %d", a.Status)
	}
	if q := mia.Get(t, "/reviews/"+string(w.Files[0])+"?field=need"); q.Status != http.StatusOK || !strings.Contains(q.Body, `data-question="need"`) || strings.Contains(q.Body, "<html") {
		t.Errorf("a fragment: %d", q.Status)
	}
}

func TestOthersBearNoNameBeforeTheDeliberation(t *testing.T) {
	w := reviewtest.New(t, dbtest.SQLite(t), reviewtest.Options{})
	w.Give(w.Mia, w.Files[0])
	w.Give(w.Noe, w.Files[0])
	w.Noe.Name = "noe"
	w.Hand(w.Noe, w.Files[0], "weak")
	page := "/reviews/" + string(w.Files[0])
	before := site(w, w.Mia, i18n.FR).Page(t, page)
	if strings.Contains(before, "budget") {
		t.Error("another's comment shows before her own is in")
	}
	w.Hand(w.Mia, w.Files[0], "strong")
	after := site(w, w.Mia, i18n.FR).Page(t, page)
	if !strings.Contains(after, "0,0 sur 100") && !strings.Contains(after, "0 sur 100") || strings.Contains(after, "<strong>noe</strong>") {
		t.Error("the other review is hidden, or bears a name")
	}
	w.Move(committee.Deliberating)
	if !strings.Contains(site(w, w.Mia, i18n.FR).Page(t, page), "<strong>noe</strong>") {
		t.Error("the committee that deliberates does not know who wrote")
	}
}

// post sends what the autosave island sends.
func post(t *testing.T, s pagetest.Site, address, body string) pagetest.Answer {
	t.Helper()
	mux := http.NewServeMux()
	for _, route := range s.Routes {
		mux.Handle(route.Pattern, ui.Handle(route.Handle))
	}
	r := httptest.NewRequest(http.MethodPost, address, strings.NewReader(body))
	rec := httptest.NewRecorder()
	mux.ServeHTTP(rec, r.WithContext(account.With(i18n.With(r.Context(), s.Lang), s.By)))
	return pagetest.Answer{Status: rec.Code, Body: rec.Body.String()}
}
