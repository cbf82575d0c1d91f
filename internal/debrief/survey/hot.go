package survey

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Hand is the short form of a hot debrief, as somebody who is there finds it.
type Hand struct {
	Survey   ID   // "" while there is none to answer
	Answered bool // by her
}

// present says whether somebody came to a gathering.
const present = `select count(*) from participants where gathering_id = $1 and person_id = $2 and joined_at is not null`

// hot finds the form of a gathering that takes answers; without one the row is empty.
func (s *Service) hot(ctx context.Context, r db.Reader, g gathering.Gathering, person account.PersonID) (v Hand, link string, err error) {
	there, err := db.Get(ctx, r, db.Value[int], present, string(g.ID), string(person))
	if err != nil || there == 0 {
		return v, "", err
	}
	type found struct {
		survey, link string
		answered     bool
	}
	list, err := db.List(ctx, r, func(sc db.Scanner) (f found, err error) {
		return f, sc.Scan(&f.survey, &f.link, &f.answered)
	}, `select s.id, coalesce(l.id, ''), coalesce(l.answered, false) from surveys s left join survey_links l on l.survey_id = s.id and l.person_id = $3
		where s.edition_id = $1 and s.kind = 'hot' and s.status = 'sent' and s.closes_at > $2 order by s.base_day desc, s.id limit 1`, string(g.Edition), s.clock.Now(), string(person))
	if err != nil {
		return v, "", fmt.Errorf("find the hot form of gathering %s: %w", g.ID, err)
	}
	if len(list) > 0 {
		v, link = Hand{Survey: ID(list[0].survey), Answered: list[0].answered}, list[0].link
	}
	return v, link, nil
}

// Hot tells somebody who came to a gathering whether its short form waits for her. Errors:
// as the policy, on gathering.read.
func (s *Service) Hot(ctx context.Context, by account.User, id gathering.ID) (Hand, error) {
	r := s.db.Reader()
	g, err := gathering.Load(ctx, r, id)
	if err != nil {
		return Hand{}, err
	}
	if _, err := s.policy.Require(ctx, r, by, "gathering.read", g.Object()); err != nil {
		return Hand{}, err
	}
	v, _, err := s.hot(ctx, r, g, by.ID)
	return v, err
}

// Take gives somebody who came to a gathering the link of its short form. What it leads to
// bears her name only if she signs it: what is kept of the link is its hash. Who takes it
// again before she answered gets another one, with what she had typed.
//
// Errors: Conflict survey.none_hot, survey.answered_already; as the policy, on gathering.read.
func (s *Service) Take(ctx context.Context, by account.User, id gathering.ID) (secret string, err error) {
	secret = strings.ToLower(rand.Text())
	return secret, s.db.Write(ctx, func(tx *db.Tx) error {
		g, err := gathering.Load(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := s.policy.Require(ctx, tx, by, "gathering.read", g.Object()); err != nil {
			return err
		}
		if err := tx.Lock(ctx, "survey hot:"+string(id)+":"+string(by.ID)); err != nil {
			return err
		}
		v, link, err := s.hot(ctx, tx, g, by.ID)
		switch {
		case err != nil:
			return err
		case v.Survey == "":
			return errs.New(errs.Conflict, "survey.none_hot")
		case v.Answered:
			return errs.New(errs.Conflict, "survey.answered_already")
		}
		if link == "" {
			_, err = tx.Exec(ctx, `insert into survey_links (id, survey_id, person_id, link_hash, answered) values ($1, $2, $3, $4, false)`, db.NewID(), string(v.Survey), string(by.ID), hash(secret))
		} else {
			_, err = tx.Exec(ctx, `update survey_links set link_hash = $2 where id = $1 and not answered`, link, hash(secret))
		}
		if err != nil {
			return fmt.Errorf("take the hot form of gathering %s: %w", id, err)
		}
		return s.note(ctx, tx, by, "survey.taken", Survey{ID: v.Survey, Edition: g.Edition, Kind: Hot})
	})
}
