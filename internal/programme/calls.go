package programme

import (
	"context"
	"time"

	"transformateur/internal/account"
)

// CallNotice is what public pages and feeds say of a call.
type CallNotice struct {
	ID          string
	Edition     EditionID
	Title       Words
	Summary     Words
	OpensAt     time.Time
	ClosesAt    time.Time
	Zone        string // in which its deadline is written
	Version     int64
	PublishedAt time.Time
	UpdatedAt   time.Time
}

// OpenAt says whether files may be deposited at an instant.
func (c CallNotice) OpenAt(now time.Time) bool {
	return !now.Before(c.OpensAt) && now.Before(c.ClosesAt)
}

// CallLister gives the calls that a person may see, of one edition or of all when
// edition is "". The capability of calls implements it; it stands below this one.
type CallLister interface {
	Notices(ctx context.Context, by account.User, edition EditionID) ([]CallNotice, error)
}
