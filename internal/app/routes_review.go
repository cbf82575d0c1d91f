package app

import (
	"slices"

	"transformateur/internal/review"
	"transformateur/internal/web/readings"
	"transformateur/internal/web/reviews"
	"transformateur/internal/web/rubrics"
	"transformateur/internal/web/ui"
)

// openReviews makes the service of reviews, after those it stands on.
func (a *App) openReviews() {
	a.Reviews = review.New(review.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Bus: a.Bus, Files: a.Files, Calls: a.Calls})
}

// reviewRoutes are the addresses of those who read files, and of those who follow them.
func (a *App) reviewRoutes() []ui.Route {
	return slices.Concat((&reviews.Handler{Reviews: a.Reviews, Files: a.Files, Opinions: a.Opinions, Clock: a.Clock}).Routes(), (&rubrics.Handler{Reviews: a.Reviews}).Routes(), (&readings.Handler{Reviews: a.Reviews, Clock: a.Clock}).Routes())
}
