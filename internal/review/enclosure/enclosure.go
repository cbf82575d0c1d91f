// Package enclosure is the documents that a reader joins to her own review: an annotated copy, a calculation.
package enclosure

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"strconv"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/application/scrutiny"
	"transformateur/internal/committee"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/journal"
	"transformateur/internal/review"
)

// The bounds of what one review takes: the size of a document, in bytes, is that of an
// attachment of a file whose question says nothing.
const (
	MaxBytes = 20 << 20
	Most     = 5
)

// Enclosure is a document joined to a review. Nobody reads the bytes that were sent, but
// their copy without author and location; a document of which none can be made is refused.
type Enclosure struct {
	ID       string
	Review   review.ID
	Name     string // the author's own; another one for who may not know her
	Size     int64
	Status   application.AttachmentStatus
	Problems []errs.Field // what the check found
	AddedAt  time.Time    // zero for who may not know the author

	digest, clean string
	handed        bool // stands in the review as it was handed in last
	there         bool // not taken out since
}

const columns = `e.id, e.review_id, e.name, e.size, e.status, e.problems, e.added_at, e.digest, e.clean_digest,
	v.submitted_at is not null and e.added_at <= v.submitted_at and (e.removed_at is null or e.removed_at > v.submitted_at), e.removed_at is null`

func scan(sc db.Scanner) (e Enclosure, err error) {
	var problems string
	if err = sc.Scan(&e.ID, &e.Review, &e.Name, &e.Size, &e.Status, &problems, &e.AddedAt, &e.digest, &e.clean, &e.handed, &e.there); err != nil {
		return e, err
	}
	if err = json.Unmarshal([]byte(problems), &e.Problems); err != nil {
		return e, fmt.Errorf("read the check of enclosure %s: %w", e.ID, err)
	}
	return e, nil
}

// Service keeps enclosures.
type Service struct {
	db        *db.DB
	clock     clock.Clock
	jobs      *job.Queue
	blobs     blob.Store
	inspector scrutiny.Inspector
	reviews   *review.Service
}

// Deps are what the service stands on.
type Deps struct {
	DB        *db.DB
	Clock     clock.Clock
	Jobs      *job.Queue
	Blobs     blob.Store
	Inspector scrutiny.Inspector
	Reviews   *review.Service
}

const checkJob = "check_enclosure"

// New makes the service, which looks at each document that comes before anybody opens it.
func New(d Deps) *Service {
	s := &Service{db: d.DB, clock: d.Clock, jobs: d.Jobs, blobs: d.Blobs, inspector: d.Inspector, reviews: d.Reviews}
	d.Jobs.Handle(checkJob, func(ctx context.Context, j job.Job) error {
		var id string
		if err := j.Read(&id); err != nil {
			return err
		}
		return s.check(ctx, id)
	})
	return s
}

// Listing is what somebody sees beside the reviews of a file.
type Listing struct {
	Own    []Enclosure               // in the order they were added
	Others map[review.ID][]Enclosure // as their reviews were handed in, those that were checked
}

// List gives the enclosures of the reviews that by reads now. Others' bear no name of
// their author's choosing before the committee deliberates: it might say who she is.
// Errors: as review.Service.Open.
func (s *Service) List(ctx context.Context, by account.User, file application.ID) (l Listing, err error) {
	shown, err := s.reviews.Shown(ctx, by, file)
	if err != nil {
		return l, err
	}
	all, err := db.List(ctx, s.db.Reader(), scan, `select `+columns+` from review_enclosures e join reviews v on v.id = e.review_id where v.application_id = $1 order by e.added_at, e.id`, string(file))
	if err != nil {
		return l, fmt.Errorf("list the enclosures about %s: %w", file, err)
	}
	aliases := map[review.ID]string{}
	for _, g := range shown.Others {
		aliases[g.ID] = g.Alias
	}
	l.Others = map[review.ID][]Enclosure{}
	for _, e := range all {
		alias, other := aliases[e.Review]
		switch {
		case e.Review == shown.Own.ID && e.there:
			l.Own = append(l.Own, e)
		case other && e.handed && e.Status == application.Clean:
			if !shown.Named {
				e.Name = alias + "-" + strconv.Itoa(len(l.Others[e.Review])+1) + path.Ext(e.Name)
				e.AddedAt = time.Time{}
			}
			l.Others[e.Review] = append(l.Others[e.Review], e)
		}
	}
	return l, nil
}

// find looks for one among those that by sees.
func (l Listing) find(id string) (e Enclosure, ok bool) {
	lists := [][]Enclosure{l.Own}
	for _, of := range l.Others {
		lists = append(lists, of)
	}
	for _, list := range lists {
		for _, e := range list {
			if e.ID == id {
				return e, true
			}
		}
	}
	return e, false
}

// Open gives the copy of an enclosure without author and location, to who reads its
// review. Errors: NotFound; Conflict "application.file_pending" or
// "application.file_refused" to its author alone, before and after the check.
func (s *Service) Open(ctx context.Context, by account.User, file application.ID, id string) (Enclosure, blob.File, error) {
	l, err := s.List(ctx, by, file)
	if err != nil {
		return Enclosure{}, nil, err
	}
	e, ok := l.find(id)
	switch {
	case !ok:
		return e, nil, errs.New(errs.NotFound, "errs.not_found")
	case e.Status == application.Refused:
		return e, nil, errs.New(errs.Conflict, "application.file_refused")
	case e.Status != application.Clean:
		return e, nil, errs.New(errs.Conflict, "application.file_pending")
	}
	content, err := s.blobs.Open(ctx, e.clean)
	return e, content, err
}

// record writes in the journal of the selection, without the names of documents.
func record(ctx context.Context, tx *db.Tx, at time.Time, actor, act string, in committee.SelectionID, detail map[string]any) error {
	return journal.Write(ctx, tx, at, journal.Entry{Actor: actor, Act: act, Kind: "selection", ID: string(in), Detail: detail})
}
