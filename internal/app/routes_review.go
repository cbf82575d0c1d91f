package app

import (
	"slices"

	"transformateur/internal/review"
	"transformateur/internal/review/comparison"
	"transformateur/internal/web/comparisons"
	"transformateur/internal/web/readings"
	"transformateur/internal/web/reviews"
	"transformateur/internal/web/rubrics"
	"transformateur/internal/web/ui"
)

// openReviews makes the services of reviews and of comparisons, after those they stand on.
func (a *App) openReviews() {
	a.Comparisons = comparison.New(comparison.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Calls: a.Calls})
	a.Reviews = review.New(review.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Bus: a.Bus, Files: a.Files, Calls: a.Calls})
}

// reviewRoutes are the addresses of those who read files, and of those who follow them.
func (a *App) reviewRoutes() []ui.Route {
	return slices.Concat((&reviews.Handler{Reviews: a.Reviews, Files: a.Files, Opinions: a.Opinions, Clock: a.Clock}).Routes(), (&rubrics.Handler{Reviews: a.Reviews}).Routes(), (&readings.Handler{Reviews: a.Reviews, Clock: a.Clock}).Routes(),
		(&comparisons.Handler{Comparisons: a.Comparisons}).Routes())
}
