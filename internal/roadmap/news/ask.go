package news

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/token"
)

// SetRhythm says how often the projects of an edition are asked. Errors: Invalid on "first",
// "last", "weeks"; Conflict news.meanwhile; as the policy, on news.manage.
func (s *Service) SetRhythm(ctx context.Context, by account.User, id programme.EditionID, h Rhythm) error {
	bad := h.check()
	return s.managing(ctx, by, id, func(tx *db.Tx, e programme.Edition) error {
		if err := errs.NewInvalid("news.invalid", bad); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `insert into news_rhythms (edition_id, first_on, last_on, weeks, version, updated_at, updated_by) values ($1, $2, $3, $4, 1, $6, $7)
			on conflict (edition_id) do update set first_on = $2, last_on = $3, weeks = $4, version = news_rhythms.version + 1, updated_at = $6, updated_by = $7 where news_rhythms.version = $5`,
			string(id), h.First, h.Last, h.Weeks, h.Version, s.clock.Now(), by.Actor())
		if err != nil {
			return fmt.Errorf("set the rhythm of %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "news.meanwhile")
		}
		return s.note(ctx, tx, by, "news.rhythm", e.PolicyObject().Ref, map[string]any{"first": h.First, "last": h.Last, "weeks": h.Weeks})
	})
}

// AskNow opens a round by hand. Errors: Conflict news.asked_today; as the policy, on
// news.manage.
func (s *Service) AskNow(ctx context.Context, by account.User, id programme.EditionID) error {
	return s.managing(ctx, by, id, func(tx *db.Tx, e programme.Edition) error {
		opened, err := s.ask(ctx, tx, by, e, s.today(e.Zone))
		if err == nil && !opened {
			return errs.New(errs.Conflict, "news.asked_today")
		}
		return err
	})
}

func (s *Service) managing(ctx context.Context, by account.User, id programme.EditionID, do func(tx *db.Tx, e programme.Edition) error) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		e, err := programme.FindEdition(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err = s.policy.Require(ctx, tx, by, "news.manage", e.PolicyObject()); err != nil {
			return err
		}
		return do(tx, e)
	})
}

// Run opens the rounds whose day has come, and reminds once the projects that neither
// answered nor moved. A day that was missed while the program was off is asked once.
func (s *Service) Run(ctx context.Context) error {
	now := s.clock.Now()
	editions, err := db.List(ctx, s.db.Reader(), db.Value[programme.EditionID], `select edition_id from news_rhythms where first_on <> '' order by edition_id`)
	if err != nil {
		return fmt.Errorf("find the rhythms: %w", err)
	}
	var failed []error
	for _, id := range editions {
		failed = append(failed, s.db.Write(ctx, func(tx *db.Tx) error {
			e, err := programme.FindEdition(ctx, tx, id)
			if err != nil {
				return err
			}
			h, err := rhythmOf(ctx, tx, id)
			if err != nil {
				return err
			}
			due := h.Due(s.today(e.Zone))
			if due == "" || now.Sub(dayIn(due, e.Zone)) > Lasts {
				return nil
			}
			_, err = s.ask(ctx, tx, account.System, e, due)
			return err
		}))
	}
	open, err := db.List(ctx, s.db.Reader(), db.Value[string], `select id from news_rounds where opened_at <= $1 and closes_at > $2 order by id`, now.Add(-Wait), now)
	if err != nil {
		return fmt.Errorf("find the rounds that wait: %w", err)
	}
	for _, id := range open {
		failed = append(failed, s.db.Write(ctx, func(tx *db.Tx) error { return s.recall(ctx, tx, id) }))
	}
	return errors.Join(failed...)
}

// asked is somebody who is asked about a project.
type asked struct{ link, person, email, lang, project, title string }

func scanAsked(sc db.Scanner) (a asked, err error) {
	return a, sc.Scan(&a.link, &a.person, &a.email, &a.lang, &a.project, &a.title)
}

// ask opens a round of an edition, once a day, and writes to who carries or writes each of
// its active projects, but those that last told they have stopped.
func (s *Service) ask(ctx context.Context, tx *db.Tx, by account.User, e programme.Edition, due string) (bool, error) {
	now, id := s.clock.Now(), db.NewID()
	n, err := tx.Exec(ctx, `insert into news_rounds (id, edition_id, due_on, opened_at, closes_at, opened_by, questions)
		values ($1, $2, $3, $4, $5, $6, coalesce((select max(q.number) from news_questions q where q.edition_id = $2), 0)) on conflict do nothing`,
		id, string(e.ID), due, now, now.Add(Lasts), by.Actor())
	if err != nil || n == 0 {
		return false, err
	}
	list, err := db.List(ctx, tx, scanAsked, `select distinct '', p.id, a.email, p.lang, j.id, j.title from projects j
		join relations r on r.object_kind = 'project' and r.object_id = j.id join people p on p.id = r.subject_id join addresses a on a.person_id = p.id and a.main
		where j.edition_id = $1 and j.status = 'active' and r.subject_kind = 'person' and r.relation in ('owner', 'editor') and r.revoked_at is null and r.valid_from <= $2 and (r.valid_until is null or r.valid_until > $2)
			and p.disabled_at is null and not exists (select 1 from news_told t where t.project_id = j.id and t.state = 'stopped' and not exists (select 1 from news_told l where l.project_id = j.id and l.told_at > t.told_at))
		order by j.id, p.id`, string(e.ID), now)
	if err != nil {
		return false, fmt.Errorf("find whom %s asks: %w", e.ID, err)
	}
	for _, a := range list {
		secret := strings.ToLower(rand.Text())
		a.link = db.NewID()
		if _, err := tx.Exec(ctx, `insert into news_links (id, round_id, project_id, person_id, link_hash) values ($1, $2, $3, $4, $5)`, a.link, id, a.project, a.person, hash(secret)); err != nil {
			return false, fmt.Errorf("make a link of round %s: %w", id, err)
		}
		if err := s.write(ctx, tx, a, MailAsked, secret, now.Add(Lasts)); err != nil {
			return false, err
		}
	}
	return true, s.note(ctx, tx, by, "news.asked", e.PolicyObject().Ref, map[string]any{"round": id, "due": due, "people": len(list)})
}

func (s *Service) write(ctx context.Context, tx *db.Tx, a asked, template, secret string, until time.Time) error {
	return s.mails.Enqueue(ctx, tx, account.Mail{To: a.email, Lang: a.lang, Template: template, Key: template + ":" + a.link,
		Args: map[string]string{"What": a.title, "Expires": until.Format(time.RFC3339), "Link": "/news/" + secret}})
}

// silent are the people of a round who may be reminded: their project told nothing in it, and
// its roadmap has not changed since it opened.
const silent = `select l.id, p.id, a.email, p.lang, j.id, j.title from news_links l join news_rounds n on n.id = l.round_id join projects j on j.id = l.project_id
	join people p on p.id = l.person_id join addresses a on a.person_id = p.id and a.main
	where l.round_id = $1 and l.reminded_at is null and j.status = 'active' and p.disabled_at is null
		and not exists (select 1 from news_told t where t.round_id = l.round_id and t.project_id = l.project_id)
		and not exists (select 1 from roadmap_changes c where c.project_id = l.project_id and c.at >= n.opened_at) order by l.id`

// recall gives who is silent a second link, once: the first one is known by its hash alone
// and cannot be sent again.
func (s *Service) recall(ctx context.Context, tx *db.Tx, round string) error {
	list, err := db.List(ctx, tx, scanAsked, silent, round)
	if err != nil {
		return fmt.Errorf("find who is silent in round %s: %w", round, err)
	}
	var until time.Time
	if err := tx.QueryRow(ctx, `select closes_at from news_rounds where id = $1`, round).Scan(&until); err != nil {
		return err
	}
	for _, a := range list {
		secret := strings.ToLower(rand.Text())
		n, err := tx.Exec(ctx, `update news_links set reminder_hash = $2, reminded_at = $3 where id = $1 and reminded_at is null`, a.link, hash(secret), s.clock.Now())
		if err != nil {
			return fmt.Errorf("remind of round %s: %w", round, err)
		}
		if n == 0 { // another process
			continue
		}
		if err := s.write(ctx, tx, a, MailRecalled, secret, until); err != nil {
			return err
		}
		if err := s.note(ctx, tx, account.System, "news.recalled", policy.Ref{Kind: "project", ID: a.project}, map[string]any{"round": round}); err != nil {
			return err
		}
	}
	return nil
}

func hash(secret string) string { return token.Digest("news link " + secret) }

// dayIn is the beginning of a day in a zone.
func dayIn(day, zoneName string) time.Time {
	t, _ := time.ParseInLocation(time.DateOnly, day, location(zoneName)) // a rhythm was checked when it was written
	return t
}

// Asked is what a link opens: what is asked of one person about one project.
type Asked struct {
	Project project.Project
	Person  account.PersonID
	Round   Round
	Last    *Told // what the project told in this round
	Open    bool
	Zone    string
}
