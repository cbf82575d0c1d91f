package account

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"transformateur/internal/platform/db"
)

// How many mails may be asked for in a quarter of an hour. A meeting room is one
// network address for many people, so the second is generous.
const (
	attemptWindow     = 15 * time.Minute
	attemptsByEmail   = 5
	attemptsByNetwork = 50
	// attemptsByPerson bounds the invitations that one person sends.
	attemptsByPerson = 60
)

// allowed counts an attempt in a bucket and says whether it is within the limit.
// Buckets are digests: the table tells nobody who tried.
func (s *Service) allowed(ctx context.Context, tx *db.Tx, bucket string, limit int) (bool, error) {
	digest, now := tokenDigest("attempt:"+bucket), s.clock.Now()
	if err := tx.Lock(ctx, "attempts:"+digest); err != nil {
		return false, err
	}
	count, err := db.Get(ctx, tx, db.Value[int], `select count(*) from attempts where bucket = $1 and at > $2`, digest, now.Add(-attemptWindow))
	if err != nil {
		return false, fmt.Errorf("count attempts: %w", err)
	}
	if count >= limit {
		return false, nil
	}
	_, err = tx.Exec(ctx, `insert into attempts (id, bucket, at) values ($1, $2, $3)`, db.NewID(), digest, now)
	return err == nil, err
}

// mayAsk counts a request for a mail, by address then by network.
func (s *Service) mayAsk(ctx context.Context, tx *db.Tx, email, ip string) (bool, error) {
	byEmail, err := s.allowed(ctx, tx, "email:"+email, attemptsByEmail)
	if err != nil || !byEmail {
		return false, err
	}
	return s.allowed(ctx, tx, "network:"+network(ip), attemptsByNetwork)
}

// network is what a limit by network counts: an IPv4 address, or the /64 that one
// IPv6 subscriber holds whole (RFC 6177).
func network(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return "unknown"
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		prefix, _ := addr.Prefix(64)
		return prefix.String()
	}
	return addr.String()
}

// BeforeSweep has f called in the transaction that forgets the invitations which nobody
// accepted and which ended before an instant: whoever keeps their identifiers lets go of
// them there.
func (s *Service) BeforeSweep(f func(ctx context.Context, tx *db.Tx, ended time.Time) error) {
	s.letGo = append(s.letGo, f)
}

// Sweep forgets what is of no use any more: attempts of the day before, links
// and sign-ins that ended a month ago, invitations that ended a year ago.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.clock.Now()
	month, year := now.AddDate(0, -1, 0), now.AddDate(-1, 0, 0)
	return s.db.Write(ctx, func(tx *db.Tx) error {
		for _, f := range s.letGo {
			if err := f(ctx, tx, year); err != nil {
				return fmt.Errorf("sweep accounts: %w", err)
			}
		}
		for _, one := range []struct {
			text  string
			since time.Time
		}{
			{`delete from attempts where at < $1`, now.Add(-24 * time.Hour)},
			{`delete from login_links where expires_at < $1`, month},
			{`delete from logins where expires_at < $1 or revoked_at < $1`, month},
			{`delete from invitations where expires_at < $1 and accepted_at is null`, year},
		} {
			if _, err := tx.Exec(ctx, one.text, one.since); err != nil {
				return fmt.Errorf("sweep accounts: %w", err)
			}
		}
		return nil
	})
}
