package reviews_test

import (
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/committee"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/review/opinion/opiniontest"
	"transformateur/internal/review/reviewtest"
	"transformateur/internal/web/reviews"
	"transformateur/internal/web/ui/pagetest"
)

// An expert's opinion stands under the others' reviews, and opens when they do.
func TestAnOpinionOpensWithTheOthersReviews(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := opiniontest.New(t, dbtest.SQLite(t), reviewtest.Options{})
			page := func(by account.User) string {
				h := &reviews.Handler{Reviews: w.Reviews, Files: w.Applications(), Enclosures: w.Enclosures, Opinions: w.Opinions, Clock: w.Clock}
				return pagetest.Site{Routes: h.Routes(), By: by, Lang: lang}.Page(t, "/reviews/"+string(w.Files[0]))
			}
			w.Give(w.Mia, w.Files[0])
			before := page(w.Mia)
			w.Given(w.Files[0])
			if page(w.Mia) != before {
				t.Error("the page of a reader changes with an opinion before her own is in")
			}
			w.Hand(w.Mia, w.Files[0], "good")
			if after := page(w.Mia); !strings.Contains(after, "Oui, sans peine.") || strings.Contains(after, "Zoé") {
				t.Error("once her own is in, the opinion is missing, or bears a name")
			}
			w.Move(committee.Deliberating)
			if late := page(w.Noe); !strings.Contains(late, "Oui, sans peine.") || !strings.Contains(late, "Zoé") {
				t.Error("at the deliberation the opinion is missing, or its author's name")
			}
		})
	}
}
