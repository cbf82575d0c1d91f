// Package conduct is the day of a gathering as it goes: where everybody is now, what is announced, what really began and ended, and what whoever runs it does about it.
package conduct

import (
	"context"

	"transformateur/internal/account"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/board/placing"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/recent"
	"transformateur/internal/policy"
)

// Deps are what the service stands on.
type Deps struct {
	DB      *db.DB
	Clock   clock.Clock
	Policy  *policy.Service
	Plans   *schedule.Service
	Pulse   schedule.Pulse
	Rooms   *room.Service
	Placing *placing.Service
	Present Present // nil where nobody is checked in
}

// Service conducts gatherings.
type Service struct {
	Deps
	read *recent.Kept[schedule.ID, schedule.Version] // that were published and change no more
}

// New makes the service.
func New(d Deps) *Service {
	return &Service{Deps: d, read: recent.New[schedule.ID, schedule.Version](schedule.Remembered)}
}

// require loads a gathering on which by may do action.
func (s *Service) require(ctx context.Context, r db.Reader, by account.User, action policy.Action, id gathering.ID) (gathering.Gathering, error) {
	g, err := gathering.Load(ctx, r, id)
	if err != nil {
		return g, err
	}
	_, err = s.Policy.Require(ctx, r, by, action, g.Object())
	return g, err
}

// told journals an act on a gathering's day, and has its open pages read again.
func (s *Service) told(ctx context.Context, tx *db.Tx, by account.User, act string, id gathering.ID, detail map[string]any) error {
	if err := s.Pulse.Beat(ctx, tx, id); err != nil {
		return err
	}
	return journal.Write(ctx, tx, s.Clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "gathering", ID: string(id), Detail: detail})
}

// plan reads a version that was published: it is read once, and must not be changed.
func (s *Service) plan(ctx context.Context, r db.Reader, id schedule.ID) (schedule.Version, error) {
	if known, read := s.read.Load(id); read {
		return known, nil
	}
	v, err := schedule.Load(ctx, r, id)
	if err == nil && !v.PublishedAt.IsZero() { // a draft changes still
		s.read.Store(id, v)
	}
	return v, err
}

// followed is the version that is published; its ID is empty when none is.
func (s *Service) followed(ctx context.Context, r db.Reader, id gathering.ID) (schedule.Version, error) {
	v, err := s.Plans.Current(ctx, r, id)
	if errs.Is(err, errs.NotFound) {
		return schedule.Version{}, nil
	}
	return v, err
}
