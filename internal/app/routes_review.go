package app

import (
	"slices"

	"transformateur/internal/platform/blob"
	"transformateur/internal/review"
	"transformateur/internal/review/comparison"
	"transformateur/internal/review/enclosure"
	"transformateur/internal/web/comparisons"
	"transformateur/internal/web/readings"
	"transformateur/internal/web/reviews"
	"transformateur/internal/web/rubrics"
	"transformateur/internal/web/ui"
)

// openReviews makes the services of reviews, of what is joined to them, and of comparisons, after those they stand on.
func (a *App) openReviews(blobs blob.Store) {
	a.Comparisons = comparison.New(comparison.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Calls: a.Calls})
	a.Reviews = review.New(review.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Bus: a.Bus, Files: a.Files, Calls: a.Calls})
	a.Enclosures = enclosure.New(enclosure.Deps{DB: a.DB, Clock: a.Clock, Jobs: a.Jobs, Blobs: blobs, Inspector: inspector{clamav: a.Config.ClamAV}, Reviews: a.Reviews})
}

// reviewRoutes are the addresses of those who read files, and of those who follow them.
func (a *App) reviewRoutes() []ui.Route {
	return slices.Concat((&reviews.Handler{Reviews: a.Reviews, Files: a.Files, Enclosures: a.Enclosures, Opinions: a.Opinions, Clock: a.Clock}).Routes(), (&rubrics.Handler{Reviews: a.Reviews}).Routes(), (&readings.Handler{Reviews: a.Reviews, Clock: a.Clock}).Routes(),
		(&comparisons.Handler{Comparisons: a.Comparisons, Pitches: a.Stage.Pitches}).Routes())
}
