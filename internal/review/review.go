// Package review is what the members of a committee think of each file: their grids, when others may see them, and what their marks add up to.
package review

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
)

// ID identifies a review; it is random.
type ID string

// Status is where a review stands.
type Status string

// The statuses. What was handed in still counts while a reopened review is written again.
const (
	Draft     Status = "draft"
	Submitted Status = "submitted"
	Reopened  Status = "reopened"
	Returned  Status = "returned" // the member cannot judge this file
)

// Review is the reading of a file by a member.
type Review struct {
	ID           ID
	Selection    committee.SelectionID
	File         application.ID
	Member       committee.MemberID
	Alias        string // what it is called where its author is not named, drawn for each file
	Status       Status
	Revision     int          // of the grid it is written with
	Content      form.Answers // as it was handed in last; nil before
	StartedAt    time.Time
	UpdatedAt    time.Time
	SubmittedAt  time.Time
	ReturnedAt   time.Time
	ReturnReason string
	Version      int64
}

// Given says whether the review was handed in and counts.
func (v Review) Given() bool {
	return v.Content != nil && (v.Status == Submitted || v.Status == Reopened)
}

// openTo says whether the review may be written at the stage of its file: what was
// handed in is not changed once the committee deliberates, what was not may still be.
func (v Review) openTo(stage policy.Stage) bool {
	switch v.Status {
	case "", Draft:
		return stage <= policy.Deliberation
	case Reopened:
		return stage < policy.Deliberation
	}
	return false
}

const reviewColumns = `v.id, v.selection_id, v.application_id, v.member_id, v.alias, v.status, v.revision, coalesce(v.content, ''), v.started_at, v.updated_at, v.submitted_at, v.returned_at, v.return_reason, v.version`

func (v *Review) into(content *string) []any {
	return []any{&v.ID, &v.Selection, &v.File, &v.Member, &v.Alias, &v.Status, &v.Revision, content, &v.StartedAt, &v.UpdatedAt, &v.SubmittedAt, &v.ReturnedAt, &v.ReturnReason, &v.Version}
}

func (v *Review) read(content string) (err error) {
	if content == "" {
		return nil
	}
	if v.Content, err = form.ParseAnswers([]byte(content)); err != nil {
		return fmt.Errorf("read review %s: %w", v.ID, err)
	}
	return nil
}

func scanReview(sc db.Scanner) (v Review, err error) {
	var content string
	if err = sc.Scan(v.into(&content)...); err != nil {
		return v, err
	}
	return v, v.read(content)
}

// reviewOf finds the review of a file by a member; one that was never begun has no ID.
func reviewOf(ctx context.Context, r db.Reader, member committee.MemberID, file application.ID) (Review, error) {
	list, err := db.List(ctx, r, scanReview, `select `+reviewColumns+` from reviews v where v.member_id = $1 and v.application_id = $2`, string(member), string(file))
	if err != nil {
		return Review{}, fmt.Errorf("find the review of %s: %w", file, err)
	}
	if len(list) == 0 {
		return Review{Member: member, File: file}, nil
	}
	return list[0], nil
}
