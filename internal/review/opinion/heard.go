package opinion

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/review"
)

// Heard lists the opinions given on a file to who may know of its reviews: once her own
// is in, where the selection says so, or when the committee deliberates; before,
// nothing tells whether there are any. Before the deliberation they bear no name.
func (s *Service) Heard(ctx context.Context, by account.User, file application.ID) ([]Opinion, error) {
	r := s.db.Reader()
	a, err := application.Load(ctx, r, file)
	if err != nil {
		return nil, err
	}
	if a.Selection == "" {
		return nil, errs.New(errs.NotFound, "errs.not_found")
	}
	sel, err := committee.Load(ctx, r, committee.SelectionID(a.Selection))
	if err != nil {
		return nil, fmt.Errorf("load the selection of %s: %w", file, err)
	}
	if _, err := s.policy.Require(ctx, r, by, "application.reviews", a.Object(sel.Call, s.clock.Now())); err != nil {
		return nil, err
	}
	open, err := review.OthersOpen(ctx, r, by, sel, file)
	if err != nil || !open {
		return nil, err
	}
	list, err := db.List(ctx, r, scan, `select `+columns+` from `+tables+` where o.application_id = $1 and o.selection_id = $2 and o.status = 'given' order by o.id`, string(file), a.Selection)
	if err != nil {
		return nil, fmt.Errorf("list the opinions on %s: %w", file, err)
	}
	for i := range list {
		if sel.Stage() < policy.Deliberation {
			o := &list[i]
			o.Name, o.Email, o.Person, o.Organisation, o.OrganisationID, o.AskedBy = "", "", "", "", "", ""
			o.AskedAt, o.AnsweredAt, o.SubmittedAt = time.Time{}, time.Time{}, time.Time{}
		}
	}
	return list, nil
}

// Followed is what those who ask see of a selection: where each request is, never what
// an opinion says.
type Followed struct {
	Selection committee.Selection
	List      []Standing
}

// Standing is one request and the file it is about.
type Standing struct {
	Opinion
	Number int
	Title  string
	Now    Status
}

// Follow lists the requests of a selection by file, then in the order they were made,
// but for the files that by may not read.
func (s *Service) Follow(ctx context.Context, by account.User, id committee.SelectionID) (f Followed, err error) {
	a, err := s.Asking(ctx, by, id)
	f.Selection = a.Selection
	if err != nil {
		return f, err
	}
	list, err := db.List(ctx, s.db.Reader(), scan, `select `+columns+` from `+tables+` where o.selection_id = $1 order by o.asked_at, o.id`, string(id))
	if err != nil {
		return f, fmt.Errorf("list the opinions of %s: %w", id, err)
	}
	for _, file := range a.Files {
		for _, o := range list {
			if o.File == file.ID {
				o.Content = nil
				f.List = append(f.List, Standing{Opinion: o, Number: file.Number, Title: file.Title, Now: o.StatusAt(s.clock.Now())})
			}
		}
	}
	return f, nil
}

// Followed is one request, to those who ask. Error: NotFound.
func (s *Service) Followed(ctx context.Context, by account.User, id committee.SelectionID, opinion ID) (Followed, Standing, error) {
	f, err := s.Follow(ctx, by, id)
	if err != nil {
		return f, Standing{}, err
	}
	for _, o := range f.List {
		if o.ID == opinion {
			return f, o, nil
		}
	}
	return f, Standing{}, errs.New(errs.NotFound, "errs.not_found")
}
