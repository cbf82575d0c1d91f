package review

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/review/rubric"
	"transformateur/internal/review/sheet"
)

// Work is a review as its author has it in hand.
type Work struct {
	File      application.Application
	Selection committee.Selection
	Seat      committee.Member // no ID for who reads the readings of others without one of her own
	Review    Review
	Grid      Grid
	Answers   map[string]application.Answer
	State     *form.State
	May       bool // she may write now
}

// Values are the answers alone, as the form engine takes them.
func (w Work) Values() form.Answers { return sheet.Values(w.Answers) }

// Outcome is what the grid is worth as it stands.
func (w Work) Outcome() rubric.Outcome {
	return w.Grid.Rubric.Judge(w.Values(), form.Env{})
}

// acts are what pages ask the policy about a reading.
var acts = []policy.Action{"application.reviews", "application.review", "application.read"}

// work loads a review in hand: NotFound unless she may know of the file, Forbidden unless
// she may do action.
func (s *Service) work(ctx context.Context, r db.Reader, by account.User, action policy.Action, id application.ID) (Work, error) {
	var w Work
	var err error
	if w.File, err = application.Load(ctx, r, id); err != nil {
		return w, err
	}
	c, err := s.callOf(ctx, r, w.File)
	if err != nil {
		return w, err
	}
	may, err := s.policy.Decisions(ctx, r, by, w.File.Object(c, s.clock.Now()), acts...)
	switch {
	case err != nil:
		return w, err
	case by.IsVisitor():
		return w, errs.New(errs.Unauthenticated, "errs.unauthenticated")
	case !may[action].Allowed && may["application.read"].Allowed:
		return w, errs.New(errs.Forbidden, "errs.forbidden")
	case !may[action].Allowed:
		return w, errs.New(errs.NotFound, "errs.not_found")
	case w.File.Selection == "":
		return w, errs.New(errs.Conflict, "review.no_selection")
	}
	if w.Selection, err = committee.Load(ctx, r, committee.SelectionID(w.File.Selection)); err != nil {
		return w, fmt.Errorf("load the selection of %s: %w", id, err)
	}
	w.Seat, err = committee.SeatOf(ctx, r, w.Selection.ID, by.ID)
	if errs.Is(err, errs.NotFound) {
		err = nil
	}
	if err != nil {
		return w, err
	}
	if w.Seat.ID != "" {
		if w.Review, err = reviewOf(ctx, r, w.Seat.ID, id); err != nil {
			return w, err
		}
	}
	w.May = may["application.review"].Allowed && w.Seat.ID != "" && w.Review.openTo(w.Selection.Stage())
	return w, s.fill(ctx, r, &w)
}

// fill reads the grid and the answers of a review in hand. What was handed in keeps its
// revision of the grid until it is taken up again.
func (s *Service) fill(ctx context.Context, r db.Reader, w *Work) (err error) {
	revision := 0
	if w.Review.Status == Submitted {
		revision = w.Review.Revision
	}
	if w.Grid, err = s.gridAt(ctx, r, w.Selection.ID, revision); err != nil {
		return err
	}
	if w.Grid.Rubric == nil {
		return errNoGrid
	}
	if w.Answers, err = sheet.Reviews.Answers(ctx, r, string(w.Review.ID)); err != nil {
		return err
	}
	w.State = w.Grid.Rubric.Form.Evaluate(w.Values(), s.env(w.Selection))
	return nil
}

// callOf reads the call of a file, for the policy.
func (s *Service) callOf(ctx context.Context, r db.Reader, a application.Application) (c call.Call, err error) {
	if c, err = call.Load(ctx, r, a.CallID); err != nil {
		return c, fmt.Errorf("load the call of %s: %w", a.ID, err)
	}
	return c, nil
}

// Reading is what stands on the page of a file that is read: the file, one's own review,
// those of others when their time has come.
type Reading struct {
	Work
	Deposit  application.Deposit
	Variants []sheet.Variant
	Open     bool // the others' reviews may be read
	Others   []Given
}

// Given is somebody else's review, as it was handed in.
type Given struct {
	Review
	Grid   *rubric.Compiled
	Name   string // of its author; "" while the file is read one by one
	Worth  rubric.Outcome
	Member committee.Member
}

// Open reads a file for who reviews it or follows its reviews. Others' reviews come with
// it once the committee deliberates, or, where the selection says so, once one's own was
// handed in; before the deliberation they bear no name.
func (s *Service) Open(ctx context.Context, by account.User, id application.ID) (Reading, error) {
	r := s.db.Reader()
	w, err := s.work(ctx, r, by, "application.reviews", id)
	if err != nil {
		return Reading{}, err
	}
	d := Reading{Work: w}
	if d.Deposit, err = s.files.Deposited(ctx, by, id); err != nil {
		return d, err
	}
	if d.Variants, err = sheet.Reviews.Variants(ctx, r, string(w.Review.ID)); err != nil {
		return d, err
	}
	if d.Open = w.open(); d.Open {
		d.Others, err = s.others(ctx, r, w, w.late())
	}
	return d, err
}

// others lists the reviews of a file that were handed in by others, in the order of their
// aliases, which tells nothing of their authors.
func (s *Service) others(ctx context.Context, r db.Reader, w Work, named bool) ([]Given, error) {
	list, err := s.given(ctx, r, w.Selection, w.File.ID)
	if err != nil {
		return nil, err
	}
	var out []Given
	for _, g := range list {
		if g.Review.Member == w.Seat.ID {
			continue
		}
		if !named {
			g.Name, g.Member, g.Review.Member = "", committee.Member{}, ""
			g.SubmittedAt, g.StartedAt, g.UpdatedAt = time.Time{}, time.Time{}, time.Time{}
		}
		out = append(out, g)
	}
	return out, nil
}

// given lists the reviews that were handed in, of one file or of all those of a selection
// when file is "", by file then by alias. Those of members who have stepped aside since count no more.
func (s *Service) given(ctx context.Context, r db.Reader, sel committee.Selection, file application.ID) ([]Given, error) {
	list, err := db.List(ctx, r, scanReview, `
		select `+reviewColumns+` from reviews v join committee_members m on m.id = v.member_id
		where v.selection_id = $1 and ($2 = '' or v.application_id = $2) and v.content is not null and v.status in ('submitted', 'reopened')
		and not exists (select 1 from exclusions x where x.subject_kind = 'person' and x.subject_id = m.person_id and x.object_kind = 'application' and x.object_id = v.application_id and x.lifted_at is null)
		order by v.application_id, v.alias`, string(sel.ID), string(file))
	if err != nil {
		return nil, fmt.Errorf("list the reviews of %s: %w", sel.ID, err)
	}
	seats, err := committee.Members(ctx, r, sel.ID)
	if err != nil {
		return nil, err
	}
	byID := map[committee.MemberID]committee.Member{}
	for _, m := range seats {
		byID[m.ID] = m
	}
	grids := map[int]Grid{}
	out := make([]Given, len(list))
	for i, v := range list {
		g, known := grids[v.Revision]
		if !known {
			if g, err = s.gridAt(ctx, r, sel.ID, v.Revision); err != nil {
				return nil, err
			}
			grids[v.Revision] = g
		}
		if g.Rubric == nil {
			return nil, fmt.Errorf("review %s is written with revision %d, which is gone", v.ID, v.Revision)
		}
		out[i] = Given{Review: v, Grid: g.Rubric, Name: byID[v.Member].Name, Member: byID[v.Member], Worth: g.Rubric.Judge(v.Content, s.env(sel))}
	}
	return out, nil
}
