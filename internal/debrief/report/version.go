package report

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/programme"
)

// MaxNote bounds what is said of a version, in characters.
const MaxNote = 200

// Share says who else reads a version, with small numbers hidden.
type Share string

// The shares: nobody but who runs the edition; its funders; everybody.
const (
	Kept    Share = ""
	Funders Share = "funders"
	Public  Share = "public"
)

// Shares are those that the lead chooses from.
var Shares = []Share{Kept, Funders, Public}

// Version is a report as it was said one day. Its content never changes.
type Version struct {
	Number   int64
	Note     string
	At       time.Time
	By       string // who froze it
	Shared   Share
	SharedAt time.Time
}

const versionColumns = `v.number, v.note, v.made_at, coalesce(p.name, ''), v.shared, v.published_at`

func scanVersion(sc db.Scanner) (v Version, err error) {
	return v, sc.Scan(&v.Number, &v.Note, &v.At, &v.By, &v.Shared, &v.SharedAt)
}

// versionsOf lists the versions of a report, the last one first.
func versionsOf(ctx context.Context, r db.Reader, id programme.EditionID) ([]Version, error) {
	list, err := db.List(ctx, r, scanVersion, `select `+versionColumns+` from report_versions v left join people p on v.made_by = 'person:' || p.id where v.edition_id = $1 order by v.number desc`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the versions of the report of %s: %w", id, err)
	}
	return list, nil
}

// kept reads a version and what it said; where is one more condition.
func keptVersion(ctx context.Context, r db.Reader, id programme.EditionID, where string, args ...any) (v Version, d Doc, err error) {
	var content string
	v, err = db.Get(ctx, r, func(sc db.Scanner) (v Version, err error) {
		return v, sc.Scan(&v.Number, &v.Note, &v.At, &v.By, &v.Shared, &v.SharedAt, &content)
	}, `select `+versionColumns+`, v.content from report_versions v left join people p on v.made_by = 'person:' || p.id where v.edition_id = $1 and `+where, append([]any{string(id)}, args...)...)
	if err != nil {
		return v, d, err
	}
	if err = json.Unmarshal([]byte(content), &d); err != nil {
		return v, d, fmt.Errorf("read version %d of the report of %s: %w", v.Number, id, err)
	}
	return v, d, recall(ctx, r, &d)
}

// Freeze keeps the report as it is now, words and figures, under the next number. Errors:
// Invalid on "note"; as the policy, on report.manage.
func (s *Service) Freeze(ctx context.Context, by account.User, id programme.EditionID, said string) (number int64, err error) {
	said = strings.TrimSpace(text.Clean(said))
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		e, err := s.on(ctx, tx, by, "report.manage", id)
		if err != nil {
			return err
		}
		if utf8.RuneCountInString(said) > MaxNote {
			return errs.NewInvalid("report.invalid", []errs.Field{{Path: "note", Key: "report.long", Args: []any{MaxNote}}})
		}
		if err := tx.Lock(ctx, "report:"+string(id)); err != nil {
			return err
		}
		d, err := s.now(ctx, tx, e)
		if err != nil {
			return err
		}
		content, err := json.Marshal(d)
		if err != nil {
			return err
		}
		if number, err = one(ctx, tx, `select coalesce(max(number), 0) + 1 from report_versions where edition_id = $1`, string(id)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `insert into report_versions (edition_id, number, content, note, made_at, made_by, shared, published_by) values ($1, $2, $3, $4, $5, $6, '', '')`,
			string(id), number, string(content), said, d.At, by.Actor()); err != nil {
			return fmt.Errorf("freeze the report of %s: %w", id, err)
		}
		return s.note(ctx, tx, by, "report.frozen", id, map[string]any{"number": number})
	})
	return number, err
}

// Share opens a version to others, instead of the one that was open to them, or closes it.
// Errors: NotFound; Invalid on "to"; as the policy, on report.manage.
func (s *Service) Share(ctx context.Context, by account.User, id programme.EditionID, number int64, to Share) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.on(ctx, tx, by, "report.manage", id); err != nil {
			return err
		}
		if to != Kept && to != Funders && to != Public {
			return errs.NewInvalid("report.invalid", []errs.Field{{Path: "to", Key: "report.share_unknown"}})
		}
		if _, err := tx.Exec(ctx, `update report_versions set shared = '' where edition_id = $1 and shared <> '' and number <> $2`, string(id), number); err != nil {
			return fmt.Errorf("close the versions of the report of %s: %w", id, err)
		}
		n, err := tx.Exec(ctx, `update report_versions set shared = $3, published_at = $4, published_by = $5 where edition_id = $1 and number = $2`, string(id), number, string(to), s.clock.Now(), by.Actor())
		if err != nil {
			return fmt.Errorf("share version %d of the report of %s: %w", number, id, err)
		}
		if n == 0 {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		return s.note(ctx, tx, by, "report.shared", id, map[string]any{"number": number, "to": string(to)})
	})
}

// Frozen gives a version as it was said, exact, to who runs the edition. Errors: NotFound;
// as the policy, on report.read.
func (s *Service) Frozen(ctx context.Context, by account.User, id programme.EditionID, number int64) (v View, err error) {
	r := s.db.Reader()
	e, err := s.on(ctx, r, by, "report.read", id)
	if err != nil {
		return v, err
	}
	one, d, err := keptVersion(ctx, r, id, `v.number = $2`, number)
	if err != nil {
		return v, err
	}
	v.Version, v.Doc = &one, d
	return v, s.dress(ctx, r, by, e, &v)
}

// Published gives the version that the lead opened to others, with small numbers hidden, to
// whoever it is open to. Error: NotFound for everybody else, and when there is none.
func (s *Service) Published(ctx context.Context, by account.User, id programme.EditionID) (v View, err error) {
	r := s.db.Reader()
	e, err := programme.FindEdition(ctx, r, id)
	if err != nil {
		return v, err
	}
	open, err := s.sharedWith(ctx, r, by, e)
	if err == nil && !open {
		err = errs.New(errs.NotFound, "errs.not_found")
	}
	if err != nil {
		return v, err
	}
	one, d, err := keptVersion(ctx, r, id, `v.shared <> ''`)
	if err != nil {
		return v, err
	}
	one.By = "" // readers are told when, not by whom
	v.Version, v.Doc = &one, d.ForAll()
	return v, nil
}

// Funded lists the editions whose published report by reads because she funds them, the
// latest first.
func (s *Service) Funded(ctx context.Context, by account.User) (list []programme.Edition, err error) {
	r := s.db.Reader()
	ids, err := db.List(ctx, r, db.Value[string], `select v.edition_id from report_versions v where v.shared <> ''
		and exists (select 1 from relations f where f.subject_kind = 'person' and f.subject_id = $1 and f.relation = 'funder' and f.revoked_at is null) order by v.published_at desc, v.edition_id`, string(by.ID))
	if err != nil {
		return nil, fmt.Errorf("find the reports for who funds: %w", err)
	}
	for _, id := range ids {
		e, err := programme.FindEdition(ctx, r, programme.EditionID(id))
		if err != nil {
			return nil, err
		}
		runs, err := s.policy.Decide(ctx, r, by, "report.read", e.PolicyObject())
		if err != nil {
			return nil, err
		}
		funds, err := s.policy.Decide(ctx, r, by, "report.published", e.PolicyObject())
		if err != nil {
			return nil, err
		}
		if funds.Allowed && !runs.Allowed {
			list = append(list, e)
		}
	}
	return list, nil
}

// sharedWith says whether a version of the report of e is open to by.
func (s *Service) sharedWith(ctx context.Context, r db.Reader, by account.User, e programme.Edition) (bool, error) {
	shares, err := db.List(ctx, r, db.Value[Share], `select shared from report_versions where edition_id = $1 and shared <> ''`, string(e.ID))
	if err != nil {
		return false, fmt.Errorf("find who reads the report of %s: %w", e.ID, err)
	}
	if len(shares) == 0 || shares[0] == Public {
		return len(shares) > 0, nil
	}
	may, err := s.policy.Decide(ctx, r, by, "report.published", e.PolicyObject())
	return may.Allowed, err
}
