package notify

import (
	"context"
	"fmt"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
)

// Filter narrows the outbox of a scope.
type Filter struct {
	Scope    policy.Ref // required: call, edition, programme or agency
	Status   Status
	Template string
	Batch    string
	Search   string // in the address and the subject
	Page     int    // from 1
}

// PageSize is how many mails a page of the outbox holds.
const PageSize = 50

var scopeColumns = map[string]string{"call": "m.call_id", "edition": "m.edition_id", "programme": "m.programme_id", "agency": "m.agency_id"}

// seen is what the policy needs to know of the listed mails.
var seen = policy.Columns{Kind: "mail", ID: "m.id", Within: map[string]string{"edition": "m.edition_id", "programme": "m.programme_id", "agency": "m.agency_id"}}

// List gives a page of the mails of a scope that by may read, the newest first,
// and how many there are. Secret mails are never among them; of discreet ones,
// the address and the words are left out.
func (s *Service) List(ctx context.Context, by account.User, f Filter) (list []Letter, total int, err error) {
	if err := s.Allow(ctx, by, "outbox.read", f.Scope); err != nil {
		return nil, 0, err
	}
	args := []any{f.Scope.ID, string(f.Status), f.Template, f.Batch, "%" + likeSafe(f.Search) + "%"}
	where, args := s.policy.Where(ctx, by, "outbox.read", seen, args)
	cond := `not m.secret and ` + scopeColumns[f.Scope.Kind] + ` = $1 and ($2 = '' or m.status = $2) and ($3 = '' or m.template = $3)
		and ($4 = '' or m.batch_id = $4) and ($5 = '%%' or not m.discreet and (lower(m.to_email) like $5 escape '!' or lower(m.subject) like $5 escape '!')) and ` + where
	if err := s.db.Reader().QueryRow(ctx, `select count(*) from mails m where `+cond, args...).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("count the mails of %s: %w", f.Scope.Kind, err)
	}
	list, err = db.List(ctx, s.db.Reader(), scanLetter, `select `+columns+` from mails m where `+cond+
		fmt.Sprintf(` order by m.created_at desc, m.id limit %d offset %d`, PageSize, (max(f.Page, 1)-1)*PageSize), args...)
	if err != nil {
		return nil, 0, fmt.Errorf("list the mails of %s: %w", f.Scope.Kind, err)
	}
	for i := range list {
		list[i] = list[i].covered()
	}
	return list, total, nil
}

func likeSafe(search string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(strings.ToLower(strings.TrimSpace(search)))
}

// covered hides what a lead must not learn from a mail to the writers of drafts.
func (l Letter) covered() Letter {
	if l.Discreet {
		l.To, l.PersonID, l.Key, l.Subject, l.Body, l.Object = "", "", "", "", "", policy.Ref{}
	}
	return l
}

// Allow refuses what by may not do on the outbox of a scope, as an error.
func (s *Service) Allow(ctx context.Context, by account.User, action policy.Action, scope policy.Ref) error {
	obj, err := s.scopeObject(ctx, scope)
	if err != nil {
		return err
	}
	_, err = s.policy.Require(ctx, s.db.Reader(), by, action, obj)
	return err
}

// May says which of the acts on the outbox of a scope by may do.
func (s *Service) May(ctx context.Context, by account.User, action policy.Action, scope policy.Ref) (bool, error) {
	switch err := s.Allow(ctx, by, action, scope); errs.KindOf(err) {
	case errs.Forbidden, errs.NotFound, errs.Unauthenticated:
		return false, nil
	default:
		return err == nil, err
	}
}

// Get gives one mail that by may read; a secret or discreet one is NotFound.
func (s *Service) Get(ctx context.Context, by account.User, id string) (Letter, error) {
	return s.load(ctx, s.db.Reader(), by, "outbox.read", id)
}

func (s *Service) load(ctx context.Context, r db.Reader, by account.User, action policy.Action, id string) (Letter, error) {
	l, err := db.Get(ctx, r, scanLetter, `select `+columns+` from mails m where m.id = $1 and not m.secret and not m.discreet`, id)
	if err != nil {
		return l, err
	}
	refs := l.place().refs()
	if len(refs) == 0 {
		return Letter{}, errs.New(errs.NotFound, "errs.not_found")
	}
	if _, err := s.policy.Require(ctx, r, by, action, policy.Object{Ref: policy.Ref{Kind: "mail", ID: id}, Within: refs}); err != nil {
		return Letter{}, err
	}
	return l, nil
}

// CanEdit says whether the words may still change: not once a server may have them.
func (l Letter) CanEdit() bool {
	return l.Status == Held || l.Status == Failed || l.Status == Ready && l.Attempts == 0
}

// CanCancel says whether the mail may still be stopped.
func (l Letter) CanCancel() bool { return l.Status == Held || l.Status == Ready || l.Status == Failed }

// Edit changes the subject and the body of a mail that has not left. version is
// the one that was read: when another edit came first the answer is Conflict, and
// so it is when the mail left meanwhile.
func (s *Service) Edit(ctx context.Context, by account.User, id string, version int64, t Text) error {
	return s.act(ctx, by, id, "mail.edited", func(tx *db.Tx, l Letter, now time.Time) (int, error) {
		if err := checkWords(t); err != nil {
			return 0, err
		}
		if l.Version != version {
			return 0, errs.New(errs.Conflict, "notify.edited_meanwhile")
		}
		return tx.Exec(ctx, `
			update mails set subject = $3, body = $4, version = version + 1, edited_at = $5, edited_by = $6
			where id = $1 and version = $2 and (status in ('held', 'failed') or status = 'ready' and attempts = 0)`,
			id, version, inSubject("", t.Subject), tidy(t.Body), now, by.Actor())
	})
}

func checkWords(t Text) error {
	var bad []errs.Field
	if strings.TrimSpace(t.Subject) == "" {
		bad = append(bad, errs.Field{Path: "subject", Key: "notify.text_empty"})
	} else if len(t.Subject) > maxSubject {
		bad = append(bad, errs.Field{Path: "subject", Key: "notify.subject_long", Args: []any{maxSubject}})
	}
	if strings.TrimSpace(t.Body) == "" {
		bad = append(bad, errs.Field{Path: "body", Key: "notify.text_empty"})
	} else if len(t.Body) > maxBody {
		bad = append(bad, errs.Field{Path: "body", Key: "notify.body_long", Args: []any{maxBody / 1000}})
	}
	return errs.NewInvalid("errs.invalid", bad)
}

// Cancel stops a mail for good. Either it wins or the sending does, never both.
func (s *Service) Cancel(ctx context.Context, by account.User, id string) error {
	return s.act(ctx, by, id, "mail.cancelled", func(tx *db.Tx, _ Letter, now time.Time) (int, error) {
		return tx.Exec(ctx, `update mails set status = 'cancelled', due_at = null, version = version + 1 where id = $1 and status in ('held', 'ready', 'failed')`, id)
	})
}

// Release lets a mail leave without waiting any longer.
func (s *Service) Release(ctx context.Context, by account.User, id string) error {
	return s.act(ctx, by, id, "mail.released", func(tx *db.Tx, l Letter, now time.Time) (int, error) {
		if err := l.bound(); err != nil {
			return 0, err
		}
		return s.goes(ctx, tx, `status = 'held'`, id, now)
	})
}

// Retry sends a failed mail again, under the same Message-ID.
func (s *Service) Retry(ctx context.Context, by account.User, id string) error {
	return s.act(ctx, by, id, "mail.retried", func(tx *db.Tx, _ Letter, now time.Time) (int, error) {
		return s.goes(ctx, tx, `status = 'failed'`, id, now)
	})
}

func (s *Service) goes(ctx context.Context, tx *db.Tx, from, id string, now time.Time) (int, error) {
	n, err := tx.Exec(ctx, `update mails set status = 'ready', due_at = $2, since_at = $2, problem = '', version = version + 1 where id = $1 and `+from, id, now)
	if err != nil || n == 0 {
		return n, err
	}
	return n, s.jobs.Enqueue(ctx, tx, "send_mail", "", nil, now)
}

// act does one thing to one mail and writes it in the journal; nothing changed
// means that the mail was already on its way.
func (s *Service) act(ctx context.Context, by account.User, id, act string, do func(tx *db.Tx, l Letter, now time.Time) (int, error)) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		l, err := s.load(ctx, tx, by, "outbox.edit", id)
		if err != nil {
			return err
		}
		now := s.clock.Now()
		n, err := do(tx, l, now)
		if errs.Is(err, errs.Conflict) || errs.Is(err, errs.Invalid) {
			return err
		}
		if err != nil {
			return fmt.Errorf("%s %s: %w", act, id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "notify.already_"+string(l.Status))
		}
		return journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: act, Kind: "mail", ID: id,
			Detail: map[string]any{"template": l.Template, "about": l.Object.Kind + ":" + l.Object.ID, "version": l.Version}})
	})
}

// Announcement begins the name of the batches whose mails only an announcement lets go.
const Announcement = "announcement:"

// bound refuses to let a mail leave before the act that it tells.
func (l Letter) bound() error {
	if l.Status == Held && strings.HasPrefix(l.Batch, Announcement) {
		return errs.New(errs.Conflict, "notify.waits_for_announcement")
	}
	return nil
}
