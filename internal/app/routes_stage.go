package app

import (
	"transformateur/internal/agenda/floor"
	"transformateur/internal/agenda/offer"
	"transformateur/internal/agenda/pitch"
	"transformateur/internal/agenda/question"
	"transformateur/internal/agenda/wish"
	"transformateur/internal/web/meetings"
	"transformateur/internal/web/offers"
	"transformateur/internal/web/pitches"
	"transformateur/internal/web/questions"
	"transformateur/internal/web/ui"
)

// Stage is what happens during the day of a gathering: meetings, pitches, questions, offers.
type Stage struct {
	Wishes    *wish.Service
	Pitches   *pitch.Service
	Questions *question.Service
	Offers    *offer.Service
}

// openStage makes the services of the day, after plans.
func (a *App) openStage() {
	f := &floor.Floor{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Pulse: a.Pulse, Plans: a.Schedule}
	a.Stage = Stage{Wishes: wish.New(f, a.Bus), Pitches: pitch.New(f, a.Comparisons), Questions: question.New(f)}
	a.Stage.Offers = offer.New(f, a.Stage.Wishes, a.Projects)
}

// stageRoutes are the addresses of what happens during the day.
func (a *App) stageRoutes() (list []ui.Route) {
	list = append(list, (&meetings.Handler{Wishes: a.Stage.Wishes}).Routes()...)
	list = append(list, (&pitches.Handler{Pitches: a.Stage.Pitches}).Routes()...)
	list = append(list, (&questions.Handler{Questions: a.Stage.Questions, Needs: a.Stage.Offers}).Routes()...)
	return append(list, (&offers.Handler{Offers: a.Stage.Offers}).Routes()...)
}
