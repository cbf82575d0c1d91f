package opinion

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
)

// Reasons are why somebody declines: something ties her to the project, she lacks the
// competence, or the time, or something else that she says.
var Reasons = []string{"conflict", "competence", "time", "other"}

// maxReason bounds what is said with it, in characters.
const maxReason = 1000

// found is the reason of a request that ended because the program found a tie.
const found = "found"

// Work is an opinion as who is asked for it has it in hand.
type Work struct {
	Opinion
	Of      committee.Selection
	Promise string // the text she is asked to commit to, in the language asked for
	Now     Status
}

// offered loads an opinion for the person who took up its invitation. It opens nothing else.
func (s *Service) offered(ctx context.Context, r db.Reader, by account.User, id ID, lang string) (w Work, err error) {
	if _, err = s.policy.Require(ctx, r, by, "opinion.answer", Opinion{ID: id}.Object()); err != nil {
		return w, err
	}
	if w.Opinion, err = load(ctx, r, id); err != nil {
		return w, err
	}
	if w.Person != "" && w.Person != by.ID { // nobody writes in another's place
		return w, errs.New(errs.NotFound, "errs.not_found")
	}
	if w.Of, err = committee.Load(ctx, r, w.Selection); err != nil {
		return w, fmt.Errorf("load the selection of opinion %s: %w", id, err)
	}
	w.Promise, w.Now = w.Of.Confidentiality.In(lang), w.StatusAt(s.clock.Now())
	return w, nil
}

// guest is who is asked, as the detection of conflicts knows her.
func (o Opinion) guest() committee.Guest {
	return committee.Guest{Person: o.Person, Email: o.Email, Name: o.Name, House: o.OrganisationID}
}

// Accept begins to write: the commitment to confidentiality is kept as it was read, and
// the file opens until the opinion is due. What ties her to the file is looked for again,
// with all that her account tells: a tie ends the request instead. digest is that of the
// text she read. Errors: Conflict "committee.promise_changed", "opinion.over",
// "opinion.conflict_found".
func (s *Service) Accept(ctx context.Context, by account.User, id ID, lang, digest string) error {
	w, err := s.offered(ctx, s.db.Reader(), by, id, lang)
	if err != nil {
		return err
	}
	w.Person = by.ID
	ties, err := s.committees.Ties(ctx, s.db.Reader(), w.Of, w.File, w.guest())
	if err != nil {
		return err
	}
	closed := len(ties) > 0
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		w, err := s.offered(ctx, tx, by, id, lang)
		switch {
		case err != nil:
			return err
		case w.Now != Asked:
			return errs.New(errs.Conflict, "opinion.over")
		case committee.Digest(w.Promise) != digest:
			return errs.New(errs.Conflict, "committee.promise_changed")
		case closed:
			return s.end(ctx, tx, account.System, w.Opinion, ending{Declined, found, "opinion.declined"})
		}
		now := s.clock.Now()
		n, err := tx.Exec(ctx, `update opinions set status = 'writing', person_id = $2, answered_at = $3, confidentiality = $4, version = version + 1 where id = $1 and status = 'asked' and due_at > $3`, string(id), string(by.ID), now, w.Promise)
		if err != nil {
			return fmt.Errorf("accept to give opinion %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "opinion.over")
		}
		w.Person = by.ID
		if closed, err = s.kept(ctx, tx, by, w); err != nil || closed {
			return err
		}
		if err := s.policy.Grant(ctx, tx, by, policy.Relation{SubjectID: string(by.ID), Relation: w.relation(), Object: policy.Ref{Kind: "application", ID: string(w.File)}, ValidUntil: w.DueAt, Reason: w.held()}); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "opinion.accepted", w.Opinion, true)
	})
	if err == nil && closed {
		err = errs.New(errs.Conflict, "opinion.conflict_found")
	}
	return err
}

// kept ends the request when she is kept from the file already: she stepped aside from it
// in a committee, or sits in this one. It says whether it did.
func (s *Service) kept(ctx context.Context, tx *db.Tx, by account.User, w Work) (bool, error) {
	var n int
	err := tx.QueryRow(ctx, `select (select count(*) from exclusions where subject_kind = 'person' and subject_id = $1 and object_kind = 'application' and object_id = $2 and lifted_at is null)
		+ (select count(*) from committee_members where person_id = $1 and selection_id = $3 and status = 'sitting')`, string(by.ID), string(w.File), string(w.Selection)).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("find whether an expert is kept from %s: %w", w.File, err)
	}
	if n == 0 {
		return false, nil
	}
	return true, s.end(ctx, tx, account.System, w.Opinion, ending{Declined, found, "opinion.declined"})
}

// Decline says no, before or after having accepted: what was open closes at once. Errors:
// Invalid on an unknown reason, or "other" without words; Conflict "opinion.over".
func (s *Service) Decline(ctx context.Context, by account.User, id ID, reason, words string) error {
	w, err := s.offered(ctx, s.db.Reader(), by, id, "fr")
	if err != nil {
		return err
	}
	words = strings.TrimSpace(text.Clean(words))
	var bad []errs.Field
	if !slices.Contains(Reasons, reason) {
		bad = append(bad, errs.Field{Path: "reason", Key: "review.reason_missing"})
	}
	if len([]rune(words)) > maxReason || reason == "other" && words == "" {
		bad = append(bad, errs.Field{Path: "words", Key: "review.words_missing", Args: []any{maxReason}})
	}
	if err := errs.NewInvalid("review.return_invalid", bad); err != nil {
		return err
	}
	if w.Now != Asked && w.Now != Writing {
		return errs.New(errs.Conflict, "opinion.over")
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		return s.end(ctx, tx, by, w.Opinion, ending{Declined, strings.TrimSpace(reason + " " + words), "opinion.declined"})
	})
}

// Mine lists the opinions that somebody is asked for, or gave, those that wait first,
// then by the day they are due.
func (s *Service) Mine(ctx context.Context, by account.User) ([]Work, error) {
	may, args := s.policy.Where(ctx, by, "opinion.answer", policy.Columns{Kind: "opinion", ID: "o.id", State: "o.status"}, nil)
	r := s.db.Reader()
	list, err := db.List(ctx, r, scan, `select `+columns+` from `+tables+` where `+may+` order by o.due_at, o.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list the opinions asked of a person: %w", err)
	}
	var waits, rest []Work
	for _, o := range list {
		if o.Person != "" && o.Person != by.ID {
			continue
		}
		w := Work{Opinion: o, Now: o.StatusAt(s.clock.Now())}
		if w.Of, err = committee.Load(ctx, r, o.Selection); err != nil {
			return nil, err
		}
		if w.Now == Asked || w.Now == Writing {
			waits = append(waits, w)
		} else {
			rest = append(rest, w)
		}
	}
	return append(waits, rest...), nil
}
