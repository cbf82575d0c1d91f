package review

import (
	"context"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
)

// Writable is by's own review of a file, which she may write now. Errors: as Save.
func (s *Service) Writable(ctx context.Context, by account.User, id application.ID) (Work, error) {
	return s.writing(ctx, s.db.Reader(), by, id)
}

// Amend changes what stands beside the answers of by's own review: do runs in the
// transaction that begins the review if need be, and refuses it once it was handed in.
// Errors: as Save, and those of do.
func (s *Service) Amend(ctx context.Context, by account.User, id application.ID, do func(tx *db.Tx, w Work, at time.Time) error) error {
	now := s.clock.Now()
	w, err := s.writing(ctx, s.db.Reader(), by, id)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.touch(ctx, tx, by, &w, now); err != nil {
			return err
		}
		return do(tx, w, now)
	})
}

// Shown are the reviews of a file that somebody reads now.
type Shown struct {
	Own    Review  // no ID when she has not begun one
	Others []Given // as Open lists them
	Named  bool    // the others bear names
}

// Shown lists the reviews of a file that by reads now, her own and those of others when
// their time has come, as Open does, without the file. Errors: as Open.
func (s *Service) Shown(ctx context.Context, by account.User, id application.ID) (Shown, error) {
	r := s.db.Reader()
	w, err := s.work(ctx, r, by, "application.reviews", id)
	if err != nil {
		return Shown{}, err
	}
	v := Shown{Own: w.Review, Named: w.late()}
	if w.open() {
		v.Others, err = s.others(ctx, r, w, v.Named)
	}
	return v, err
}

// late says whether the committee deliberates, or has.
func (w Work) late() bool { return w.Selection.Stage() >= policy.Deliberation }

// open says whether the others' reviews may be read: see Open.
func (w Work) open() bool {
	return w.late() || w.Selection.Others == committee.AfterOwn && w.Review.Given()
}
