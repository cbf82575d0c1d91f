package room

import (
	"context"
	"log/slog"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/project"
)

// landing says when what cards became is brought to the file of the project: a moment
// after the last change, and now and then while changes go on.
type landing struct{ first, last time.Time }

// A board that rests is landed after calm, one that does not rest after busy.
const (
	calm = time.Second
	busy = 5 * time.Second
)

func (l *landing) changed(now time.Time) {
	if l.first.IsZero() {
		l.first = now
	}
	l.last = now
}

// land brings what the cards became to the project, if something changed. Should it fail
// it is done again at the next change, or when somebody opens the board.
func (r *Room) land(now bool) {
	at := r.s.clock.Now()
	if r.s.projects == nil || r.board.Project == "" || r.landing.first.IsZero() {
		return
	}
	if !now && at.Sub(r.landing.last) < calm && at.Sub(r.landing.first) < busy {
		return
	}
	if err := r.s.landed(context.WithoutCancel(r.s.ctx), r.board, r.items()); err != nil {
		slog.ErrorContext(r.s.ctx, "what cards became not kept", "board", r.board.ID, "err", err)
		return
	}
	r.landing = landing{}
}

// items are what the cards are now, as the project keeps them.
func (r *Room) items() (list []project.Item) {
	for _, i := range r.state.Items("fr") {
		list = append(list, project.Item{Kind: project.Kind(i.Becomes), Title: i.Title, Detail: i.Detail, Level: i.Level, LevelLabel: i.LevelLabel, Owner: i.Owner, Due: i.Due, Amount: i.Amount, Body: i.Body,
			Board: string(r.board.ID), Card: i.Card, By: i.By})
	}
	return list
}

func (s *Service) landed(ctx context.Context, b Board, list []project.Item) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		return s.projects.Land(ctx, tx, account.System, project.ID(b.Project), string(b.ID), list)
	})
}
