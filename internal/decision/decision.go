// Package decision is what follows a deliberation: decisions are announced once, contested within their delay, and the places they open are confirmed.
package decision

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/deliberation"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Decision is what a committee decided of a file, and what became of it.
type Decision struct {
	ID           string
	Selection    committee.SelectionID
	File         application.ID
	Outcome      deliberation.Outcome
	Other        application.ID // the second file of a pair
	Rank         int            // on the reserve list, from 1; 0 elsewhere
	Reason       string         // key of one of the selection's reasons
	Wording      string         // for the applicant
	Comments     []string       // of reviews, without their authors, for the applicant
	By           string         // actor
	At           time.Time
	AnnouncedAt  time.Time // zero under embargo
	ConfirmBy    time.Time // until when the project is asked to accept its place
	ConfirmedAt  time.Time
	ConfirmedBy  string // actor
	GaveUpAt     time.Time
	GaveUpBy     string // actor: the project's, or the lead who ended a long silence
	GaveUpReason string
	PromotedAt   time.Time // when a place was offered to a file of the reserve list
	Version      int64
}

// Place is where the place that a decision opens stands.
type Place string

// The places.
const (
	NoPlace   Place = ""        // the decision opens none
	Offered   Place = "offered" // the project is asked to accept it
	Silent    Place = "silent"  // it did not answer in time: the lead decides, nothing is lost by itself
	Confirmed Place = "confirmed"
	GivenUp   Place = "given_up"
)

// Kept says whether the file has, or had, a place: retained, alone or with another, or
// called from the reserve list.
func (d Decision) Kept() bool {
	switch d.Outcome {
	case deliberation.Retain, deliberation.Merge, deliberation.Pair:
		return true
	case deliberation.Reserve:
		return !d.PromotedAt.IsZero()
	}
	return false
}

// Waits says whether the file still waits on the reserve list.
func (d Decision) Waits() bool {
	return d.Outcome == deliberation.Reserve && d.PromotedAt.IsZero() && d.GaveUpAt.IsZero()
}

// PlaceAt is where the place stands at an instant. It has none before the announcement.
func (d Decision) PlaceAt(now time.Time) Place {
	switch {
	case !d.GaveUpAt.IsZero():
		return GivenUp
	case !d.Kept() || d.AnnouncedAt.IsZero():
		return NoPlace
	case !d.ConfirmedAt.IsZero():
		return Confirmed
	case !d.ConfirmBy.IsZero() && !now.Before(d.ConfirmBy):
		return Silent
	}
	return Offered
}

const columns = `d.id, d.selection_id, d.application_id, d.outcome, coalesce(d.other_id, ''), coalesce(d.reserve_rank, 0), d.reason, d.wording, d.comments, d.decided_by, d.decided_at,
	d.announced_at, d.confirm_by, d.confirmed_at, d.confirmed_by, d.gave_up_at, d.gave_up_by, d.gave_up_reason, d.promoted_at, d.version`

func scan(sc db.Scanner) (d Decision, err error) {
	var comments string
	err = sc.Scan(&d.ID, &d.Selection, &d.File, &d.Outcome, &d.Other, &d.Rank, &d.Reason, &d.Wording, &comments, &d.By, &d.At,
		&d.AnnouncedAt, &d.ConfirmBy, &d.ConfirmedAt, &d.ConfirmedBy, &d.GaveUpAt, &d.GaveUpBy, &d.GaveUpReason, &d.PromotedAt, &d.Version)
	if err != nil {
		return d, err
	}
	if err := json.Unmarshal([]byte(comments), &d.Comments); err != nil {
		return d, fmt.Errorf("read the comments of decision %s: %w", d.ID, err)
	}
	return d, nil
}

// Of lists what was decided in a selection, reserve ranks first to last, without asking
// who wants it.
func Of(ctx context.Context, r db.Reader, id committee.SelectionID) ([]Decision, error) {
	list, err := db.List(ctx, r, scan, `select `+columns+` from decisions d join applications a on a.id = d.application_id where d.selection_id = $1 order by coalesce(d.reserve_rank, 0), a.number`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the decisions of %s: %w", id, err)
	}
	return list, nil
}

// On finds the decision on a file in a selection. Error: NotFound.
func On(ctx context.Context, r db.Reader, id committee.SelectionID, file application.ID) (Decision, error) {
	return db.Get(ctx, r, scan, `select `+columns+` from decisions d where d.selection_id = $1 and d.application_id = $2`, string(id), string(file))
}

// ByID finds a decision by its identifier, without asking who wants it. Error: NotFound.
func ByID(ctx context.Context, r db.Reader, id string) (Decision, error) {
	return db.Get(ctx, r, scan, `select `+columns+` from decisions d where d.id = $1`, id)
}

// ReasonsOf gives the words of the reasons that a selection decides with.
func ReasonsOf(ctx context.Context, r db.Reader, id committee.SelectionID) (map[string]form.Localised, error) {
	kept, err := db.Get(ctx, r, db.Value[string], `select reasons from deliberations where selection_id = $1`, string(id))
	if errs.Is(err, errs.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the reasons of %s: %w", id, err)
	}
	var list []deliberation.Reason
	if err := json.Unmarshal([]byte(kept), &list); err != nil {
		return nil, fmt.Errorf("read the reasons of %s: %w", id, err)
	}
	out := map[string]form.Localised{}
	for _, one := range list {
		out[one.Key] = one.Label
	}
	return out, nil
}

// Retained lists the files of an announced selection whose project accepted its place,
// by their number: those with which a second round starts.
func (s *Service) Retained(ctx context.Context, r db.Reader, id committee.SelectionID) ([]application.ID, error) {
	list, err := db.List(ctx, r, db.Value[string], `select a.id from decisions d join applications a on a.id = d.application_id
		where d.selection_id = $1 and d.confirmed_at is not null and d.gave_up_at is null and a.status in ('submitted', 'reopened') and a.deleted_at is null
		  and (d.outcome in ('retain', 'merge', 'pair') or d.promoted_at is not null) order by a.number`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the files that %s retained: %w", id, err)
	}
	files := make([]application.ID, len(list))
	for i, one := range list {
		files[i] = application.ID(one)
	}
	return files, nil
}

// open tells the files of a selection's decisions that no exclusion closes to somebody.
func (s *Service) open(ctx context.Context, r db.Reader, by account.User, id committee.SelectionID) (map[application.ID]bool, error) {
	where, args := s.policy.Unexcluded(ctx, by, "application", "a.id", []any{string(id)})
	ids, err := db.List(ctx, r, db.Value[string], `select a.id from applications a join decisions d on d.application_id = a.id where d.selection_id = $1 and a.deleted_at is null and `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("list what is open to %s: %w", by.Actor(), err)
	}
	out := map[application.ID]bool{}
	for _, one := range ids {
		out[application.ID(one)] = true
	}
	return out, nil
}
