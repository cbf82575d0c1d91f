package list

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/screening/screeningtest"
	"transformateur/internal/stats"
	"transformateur/internal/web/files"
	"transformateur/internal/web/ui"
)

// size is the number of files of the call: the target is the whole request in 8 ms of CPU.
const size = 200

var ctx = context.Background()

// Form has questions of the usual kinds, several of which narrow the list.
const form = `{"version":1,"steps":[{"id":"project","title":{"fr":"Votre projet"},"fields":[
 {"id":"summary","type":"longtext","label":{"fr":"Résumé"},"required":true,"settings":{"max_chars":4000}},
 {"id":"need","type":"longtext","label":{"fr":"Besoin"},"settings":{"max_chars":4000}},
 {"id":"bearer","type":"choice","label":{"fr":"Porteur"},"settings":{"options":[{"id":"company","label":{"fr":"Entreprise"}},{"id":"public","label":{"fr":"Organisme public"}},{"id":"union","label":{"fr":"Association"}}]}},
 {"id":"themes","type":"choices","label":{"fr":"Thèmes"},"settings":{"options":[{"id":"health","label":{"fr":"Santé"}},{"id":"remote","label":{"fr":"Télétravail"}},{"id":"digital","label":{"fr":"Numérique"}},{"id":"skills","label":{"fr":"Compétences"}}]}},
 {"id":"first","type":"yesno","label":{"fr":"Première candidature"}},
 {"id":"place","type":"territory","label":{"fr":"Territoire"},"settings":{"kinds":["departement"],"max_picks":1}},
 {"id":"staff","type":"number","label":{"fr":"Effectif"}}]}]}`

// fill makes a call with its deposited files, and gives the handler and the lead.
func fill(b *testing.B) (*screeningtest.World, http.Handler) {
	w := screeningtest.New(b, dbtest.SQLite(b))
	c := w.OpenCall("grand", form)
	text := "Un projet de transformation des conditions de travail, mené avec les salariés et leurs représentants, pour apprendre des usages du numérique dans un atelier, un service de soins ou une mairie."
	for i := range size {
		a, err := w.Files.Create(ctx, w.Ana, c.ID, fmt.Sprintf("Projet %03d – atelier partagé de la vallée", i))
		w.Must(err)
		w.Fill(w.Ana, a.ID, "summary", text, "need", text, "bearer", []string{"company", "public", "union"}[i%3], "themes", []any{[]string{"health", "remote"}[i%2], "digital"},
			"first", i%2 == 0, "place", []any{fmt.Sprintf("departement:%02d", 10+i%60)}, "staff", int64(i))
		_, err = w.Files.Submit(ctx, w.Ana, a.ID)
		w.Must(err)
	}
	for {
		n, err := w.Bus.Deliver(ctx)
		w.Must(err)
		if n == 0 {
			break
		}
	}
	w.Clock.Advance(2 * time.Hour)
	mux := http.NewServeMux()
	for _, route := range (&files.Handler{Files: w.Files, Screening: w.Screening, Stats: stats.New(w.Files, w.Screening), Clock: w.Clock}).Routes() {
		mux.Handle(route.Pattern, ui.Handle(route.Handle))
	}
	return w, mux
}

func cpu(b *testing.B) time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// BenchmarkList asks for the whole page of the list through the real handler, and
// reports the CPU time of a request beside its duration.
func BenchmarkList(b *testing.B) {
	w, handler := fill(b)
	for _, c := range []struct{ name, query string }{
		{"all", ""}, {"filtered", "?q=atelier&f.bearer=company&verdict=waiting&sort=-deposited"},
	} {
		b.Run(c.name, func(b *testing.B) {
			request := func() int {
				rec := httptest.NewRecorder()
				r := httptest.NewRequest(http.MethodGet, "/calls/grand/files"+c.query, nil)
				handler.ServeHTTP(rec, r.WithContext(account.With(i18n.With(ctx, i18n.FR), w.Lead)))
				if rec.Code != http.StatusOK {
					b.Fatalf("status %d", rec.Code)
				}
				return rec.Body.Len()
			}
			bytes := request()
			b.ResetTimer()
			before := cpu(b)
			for b.Loop() {
				request()
			}
			b.ReportMetric(float64((cpu(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
			b.ReportMetric(float64(bytes)/1000, "kB/page")
		})
	}
}
