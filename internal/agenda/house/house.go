// Package house is who comes to a gathering, where they may be, and in what order things happen there.
package house

import (
	"context"
	"slices"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
)

// Access are the words for what a room offers and what somebody needs, in the order in
// which people read them.
var Access = []string{"step_free", "toilets", "hearing_loop", "quiet", "bright"}

// Equipment are the words for what a room holds and what an activity needs.
var Equipment = []string{"projector", "sound", "whiteboard", "flipchart", "tables", "sockets", "video"}

// Service keeps the rooms, the absences, the needs and the running order of gatherings.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	policy *policy.Service
}

// New makes the service, which erases needs and absences once they serve nothing.
func New(d *db.DB, c clock.Clock, p *policy.Service, jobs *job.Queue) *Service {
	s := &Service{db: d, clock: c, policy: p}
	jobs.Every("agenda_needs_over", time.Hour, func(ctx context.Context, _ job.Job) error { return s.eraseDue(ctx) })
	return s
}

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, id gathering.ID, detail map[string]any) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "gathering", ID: string(id), Detail: detail})
}

// require loads a gathering on which by may do action.
func (s *Service) require(ctx context.Context, r db.Reader, by account.User, action policy.Action, id gathering.ID) (gathering.Gathering, error) {
	g, err := gathering.Load(ctx, r, id)
	if err != nil {
		return g, err
	}
	_, err = s.policy.Require(ctx, r, by, action, g.Object())
	return g, err
}

// manages says whether by runs a gathering.
func (s *Service) manages(ctx context.Context, r db.Reader, by account.User, g gathering.Gathering) (bool, error) {
	d, err := s.policy.Decide(ctx, r, by, "gathering.manage", g.Object())
	return d.Allowed, err
}

func notFound() error { return errs.New(errs.NotFound, "errs.not_found") }

// oneLine and lines clean what somebody typed.
func oneLine(s string) string { return strings.Join(strings.Fields(text.Clean(s)), " ") }

func lines(s string) string { return strings.TrimSpace(text.Clean(s)) }

// among keeps the words that are known, in the order in which people read them.
func among(known, said []string) (list []string) {
	for _, word := range known {
		if slices.Contains(said, word) {
			list = append(list, word)
		}
	}
	return list
}

func joined(list []string) string { return strings.Join(list, " ") }
