package survey

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/token"
)

// Run sends the surveys whose day has come, recalls once those who did not answer, and
// closes what is over.
func (s *Service) Run(ctx context.Context) error {
	now := s.clock.Now()
	var failed []error
	for _, one := range []struct {
		where string
		arg   any
		do    func(context.Context, *db.Tx, Survey) error
	}{
		{`s.status = 'opened' and s.due_day <= $1`, s.today(), s.send},
		{`s.status = 'sent' and s.closes_at <= $1`, now, s.close},
		{`s.status = 'sent' and s.sent_at <= $1 and exists (select 1 from survey_links l where l.survey_id = s.id and not l.answered and l.reminded_at is null)`, now.Add(-Wait), s.recall},
	} {
		list, err := db.List(ctx, s.db.Reader(), scan, `select `+columns+` from surveys s where `+one.where+` order by s.id`, one.arg)
		if err != nil {
			return fmt.Errorf("find the surveys that are due: %w", err)
		}
		for _, v := range list {
			failed = append(failed, s.db.Write(ctx, func(tx *db.Tx) error { return one.do(ctx, tx, v) }))
		}
	}
	return errors.Join(failed...)
}

// asked is somebody whom a survey reaches.
type asked struct{ person, email, lang, project string }

func scanAsked(sc db.Scanner) (a asked, err error) {
	err = sc.Scan(&a.person, &a.email, &a.lang, &a.project)
	return a, err
}

// recipients are who came to a gathering of the edition, or who owns one of its projects:
// once each, with an account that is open and an address.
func (s *Service) recipients(ctx context.Context, r db.Reader, v Survey) ([]asked, error) {
	query := `select distinct p.id, a.email, p.lang, '' from participants s join gatherings g on g.id = s.gathering_id join people p on p.id = s.person_id join addresses a on a.person_id = p.id and a.main
		where g.edition_id = $1 and s.joined_at is not null and p.disabled_at is null and $2 = $2 order by p.id`
	if v.Kind.Impact() {
		query = `select distinct p.id, a.email, p.lang, j.id from projects j join relations r on r.object_kind = 'project' and r.object_id = j.id join people p on p.id = r.subject_id join addresses a on a.person_id = p.id and a.main
			where j.edition_id = $1 and r.subject_kind = 'person' and r.relation = 'owner' and r.revoked_at is null and r.valid_from <= $2 and (r.valid_until is null or r.valid_until > $2) and p.disabled_at is null order by j.id, p.id`
	}
	list, err := db.List(ctx, r, scanAsked, query, string(v.Edition), s.clock.Now())
	if err != nil {
		return nil, fmt.Errorf("find whom survey %s reaches: %w", v.ID, err)
	}
	return list, nil
}

func (s *Service) send(ctx context.Context, tx *db.Tx, v Survey) error {
	now, lasts := s.clock.Now(), Lasts
	if v.Kind == Hot {
		lasts = LastsHot
	}
	n, err := tx.Exec(ctx, `update surveys set status = 'sent', sent_at = $2, closes_at = $3, version = version + 1 where id = $1 and status = 'opened'`, string(v.ID), now, now.Add(lasts))
	if err != nil {
		return fmt.Errorf("send survey %s: %w", v.ID, err)
	}
	if n == 0 { // taken back, or sent by another process
		return nil
	}
	if v.Kind == Hot { // who is there takes a link of her own
		return s.note(ctx, tx, account.System, "survey.sent", v)
	}
	list, err := s.recipients(ctx, tx, v)
	if err != nil {
		return err
	}
	for _, a := range list {
		secret, id := strings.ToLower(rand.Text()), db.NewID()
		if _, err := tx.Exec(ctx, `insert into survey_links (id, survey_id, person_id, project_id, link_hash, answered) values ($1, $2, $3, $4, $5, false)`, id, string(v.ID), a.person, db.Null(a.project), hash(secret)); err != nil {
			return fmt.Errorf("make a link of survey %s: %w", v.ID, err)
		}
		if err := s.write(ctx, tx, v, a, letter{Mail, secret, id, now.Add(Lasts)}); err != nil {
			return err
		}
	}
	return s.note(ctx, tx, account.System, "survey.sent", v)
}

type letter struct {
	template, secret, link string
	until                  time.Time
}

func (s *Service) write(ctx context.Context, tx *db.Tx, v Survey, a asked, l letter) error {
	what := v.Title
	if a.project != "" {
		title, err := db.Get(ctx, tx, db.Value[string], `select title from projects where id = $1`, a.project)
		if err != nil {
			return err
		}
		what += " (" + title + ")"
	}
	return s.mails.Enqueue(ctx, tx, account.Mail{To: a.email, Lang: a.lang, Template: l.template, Key: l.template + ":" + l.link,
		Args: map[string]string{"What": what, "Expires": l.until.Format(time.RFC3339), "Link": "/survey/" + l.secret}})
}

// recall gives those who did not answer a second link, once: the first one is known by its
// hash alone and cannot be sent again. Both take the one answer.
func (s *Service) recall(ctx context.Context, tx *db.Tx, v Survey) error {
	list, err := db.List(ctx, tx, func(sc db.Scanner) (l struct {
		asked
		id string
	}, err error) {
		err = sc.Scan(&l.id, &l.person, &l.email, &l.lang, &l.project)
		return l, err
	}, `select l.id, p.id, a.email, p.lang, coalesce(l.project_id, '') from survey_links l join people p on p.id = l.person_id join addresses a on a.person_id = p.id and a.main
		where l.survey_id = $1 and not l.answered and l.reminded_at is null and p.disabled_at is null order by l.id`, string(v.ID))
	if err != nil {
		return fmt.Errorf("find who did not answer survey %s: %w", v.ID, err)
	}
	for _, l := range list {
		secret := strings.ToLower(rand.Text())
		n, err := tx.Exec(ctx, `update survey_links set reminder_hash = $2 where id = $1 and not answered and reminded_at is null`, l.id, hash(secret))
		if err != nil {
			return fmt.Errorf("recall survey %s: %w", v.ID, err)
		}
		if n == 0 {
			continue
		}
		if err := s.write(ctx, tx, v, l.asked, letter{Recall, secret, l.id, v.ClosesAt}); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, `update survey_links set reminded_at = $2 where survey_id = $1 and not answered and reminded_at is null`, string(v.ID), s.clock.Now()); err != nil {
		return fmt.Errorf("recall survey %s: %w", v.ID, err)
	}
	return s.note(ctx, tx, account.System, "survey.recalled", v)
}

func (s *Service) close(ctx context.Context, tx *db.Tx, v Survey) error {
	if _, err := tx.Exec(ctx, `update surveys set status = 'closed', version = version + 1 where id = $1 and status = 'sent'`, string(v.ID)); err != nil {
		return fmt.Errorf("close survey %s: %w", v.ID, err)
	}
	if err := shut(ctx, tx, v.ID); err != nil {
		return err
	}
	return s.note(ctx, tx, account.System, "survey.closed", v)
}

// shut shows what may be shown of a survey that takes no new answer, and drops what was
// typed and never sent.
func shut(ctx context.Context, tx *db.Tx, id ID) error {
	if err := forgetAll(ctx, tx, id); err != nil {
		return err
	}
	return reveal(ctx, tx, id, true)
}

// hash is what survey_links keeps of a link; sheet what survey_answers does. Neither leads
// to the other without the link itself.
func hash(secret string) string  { return token.Digest("survey link " + secret) }
func sheet(secret string) string { return token.Digest("survey answer " + secret) }

// reveal shows answers that wait, so that nobody tells one from another by when it came:
// Least of them at once or more, and while a survey lasts as many stay behind, for those of
// the end to join. At the close, whatever is left is shown when it is Least or more.
func reveal(ctx context.Context, tx *db.Tx, id ID, closing bool) error {
	if err := tx.Lock(ctx, "survey:"+string(id)); err != nil {
		return err
	}
	waiting, err := db.Get(ctx, tx, db.Value[int], `select count(*) from survey_answers where survey_id = $1 and complete and not shown`, string(id))
	if err != nil {
		return fmt.Errorf("count the answers of survey %s: %w", id, err)
	}
	if !closing {
		waiting -= Least
	}
	if waiting < Least {
		return nil
	}
	_, err = tx.Exec(ctx, `update survey_answers set shown = true where answer_hash in (select answer_hash from survey_answers where survey_id = $1 and complete and not shown order by answer_hash limit $2)`, string(id), waiting)
	if err != nil {
		return fmt.Errorf("show the answers of survey %s: %w", id, err)
	}
	return nil
}
