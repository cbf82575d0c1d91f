package question

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
)

// Told is a question that was put, for the minutes: never who put it.
type Told struct {
	Body    string
	Votes   int
	AskedAt time.Time
}

// Heard lists the questions of a gathering that were not hidden, the first one first. It
// asks nobody who wants them.
func Heard(ctx context.Context, r db.Reader, id gathering.ID) ([]Told, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (q Told, err error) { return q, sc.Scan(&q.Body, &q.Votes, &q.AskedAt) },
		`select q.body, (select count(*) from live_question_votes v where v.question_id = q.id), q.asked_at from live_questions q where q.gathering_id = $1 and q.state <> 'hidden' order by q.asked_at, q.id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the questions of gathering %s: %w", id, err)
	}
	return list, nil
}
