package app

import (
	"context"
	"slices"

	"transformateur/internal/agenda/afterword"
	"transformateur/internal/agenda/conduct"
	"transformateur/internal/agenda/deposit"
	"transformateur/internal/agenda/entrance"
	"transformateur/internal/agenda/minutes"
	"transformateur/internal/agenda/note"
	"transformateur/internal/agenda/question"
	"transformateur/internal/agenda/taster"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/db"
	"transformateur/internal/web/afterwords"
	"transformateur/internal/web/coaching"
	"transformateur/internal/web/deposits"
	"transformateur/internal/web/gatheringminutes"
	"transformateur/internal/web/tasters"
	"transformateur/internal/web/ui"
)

// openNotes makes the services of what stays of a gathering, after its agenda and boards.
func (a *App) openNotes(blobs blob.Store) {
	a.showcaseServices.blobs = blobs
	a.Notes = note.New(note.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Projects: a.Projects, Plans: a.Schedule, Pulse: a.Pulse})
	a.Deposits = deposit.New(deposit.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Blobs: blobs, Inspector: inspector{clamav: a.Config.ClamAV}, Jobs: a.Jobs, Pulse: a.Pulse, With: a.Notes.With})
	a.Afterwords = afterword.New(afterword.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Rooms: a.Boards, Plans: a.Schedule, Pulse: a.Pulse, Jobs: a.Jobs})
	a.Tasters = taster.New(a.DB, a.Clock, a.Policy, a.Gatherings, a.Boards)
	a.Minutes = minutes.New(minutes.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Plans: a.Schedule, Rooms: a.Boards, Attendance: entrance.CountCame, Sources: []minutes.Source{announced, asked}})
}

// announced and asked are what announcements and questions add to the minutes.
func announced(ctx context.Context, r db.Reader, id gathering.ID) (told []minutes.Told, err error) {
	list, err := conduct.Told(ctx, r, id)
	for _, a := range list {
		told = append(told, minutes.Told{Kind: "minutes.from_announcement", Text: a.Text, At: a.At})
	}
	return told, err
}

func asked(ctx context.Context, r db.Reader, id gathering.ID) (told []minutes.Told, err error) {
	list, err := question.Heard(ctx, r, id)
	for _, q := range list {
		told = append(told, minutes.Told{Kind: "minutes.from_question", Text: q.Body, At: q.AskedAt})
	}
	return told, err
}

// notesRoutes are the addresses of what stays of a gathering.
func (a *App) notesRoutes() []ui.Route {
	return slices.Concat((&coaching.Handler{Notes: a.Notes}).Routes(),
		(&deposits.Handler{Deposits: a.Deposits, House: a.House}).Routes(),
		(&afterwords.Handler{Afterwords: a.Afterwords, Surveys: a.Surveys}).Routes(),
		(&tasters.Handler{Tasters: a.Tasters, BaseURL: a.Config.BaseURL}).Routes(),
		(&gatheringminutes.Handler{Minutes: a.Minutes}).Routes())
}
