package sponsor

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/programme"
	"transformateur/internal/support/pool"
)

// The bounds of a profile: characters of a line, words of a list, projects of one person;
// and how many projects somebody of whom nothing is written may go with.
const (
	MaxLine         = 200
	MaxSubjects     = 20
	MaxCapacity     = 50
	DefaultCapacity = 2
)

// Profile is what the team of an edition knows of somebody who may sponsor its projects.
type Profile struct {
	Subjects  []string
	Territory string // in words; "" for anywhere
	Capacity  int    // projects at once
	Version   int64  // 0 while nothing was written
}

func (w *Profile) check() (bad []errs.Field) {
	w.Subjects, w.Territory = pool.Words(strings.Join(w.Subjects, ",")), strings.Join(strings.Fields(text.Clean(w.Territory)), " ")
	if len(w.Subjects) > MaxSubjects {
		bad = append(bad, errs.Field{Path: "subjects", Key: "sponsor.subjects_many", Args: []any{MaxSubjects}})
	}
	if utf8.RuneCountInString(w.Territory) > MaxLine {
		bad = append(bad, errs.Field{Path: "territory", Key: "sponsor.line_long", Args: []any{MaxLine}})
	}
	if w.Capacity < 0 || w.Capacity > MaxCapacity {
		bad = append(bad, errs.Field{Path: "capacity", Key: "sponsor.capacity_wrong", Args: []any{MaxCapacity}})
	}
	return bad
}

// profiles reads what is known of the sponsors of an edition.
func profiles(ctx context.Context, r db.Reader, id programme.EditionID) (map[account.PersonID]Profile, error) {
	type line struct {
		who account.PersonID
		Profile
	}
	list, err := db.List(ctx, r, func(sc db.Scanner) (l line, err error) {
		var subjects string
		if err = sc.Scan(&l.who, &subjects, &l.Territory, &l.Capacity, &l.Version); err == nil {
			err = json.Unmarshal([]byte(subjects), &l.Subjects)
		}
		return l, err
	}, `select person_id, subjects, territory, capacity, version from sponsor_profiles where edition_id = $1`, string(id))
	if err != nil {
		return nil, fmt.Errorf("read the profiles of the sponsors of %s: %w", id, err)
	}
	all := map[account.PersonID]Profile{}
	for _, l := range list {
		all[l.who] = l.Profile
	}
	return all, nil
}

// Describe writes what is known of a sponsor, from the version that was read. Errors: Invalid
// on "subjects", "territory", "capacity"; Conflict sponsor.meanwhile; NotFound for who may not
// be named; as the policy, on sponsor.manage.
func (s *Service) Describe(ctx context.Context, by account.User, id programme.EditionID, who account.PersonID, w Profile) error {
	bad := w.check()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.managing(ctx, tx, by, id); err != nil {
			return err
		}
		people, err := s.named(ctx, tx, id)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(people, func(one Sponsor) bool { return one.Person == who }) {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		if err := errs.NewInvalid("sponsor.invalid", bad); err != nil {
			return err
		}
		subjects, err := json.Marshal(w.Subjects)
		if err != nil {
			return fmt.Errorf("write the subjects of a sponsor: %w", err)
		}
		n, err := tx.Exec(ctx, `insert into sponsor_profiles (edition_id, person_id, subjects, territory, capacity, version, updated_at) values ($1, $2, $3, $4, $5, 1, $6)
			on conflict (edition_id, person_id) do update set subjects = excluded.subjects, territory = excluded.territory, capacity = excluded.capacity, version = sponsor_profiles.version + 1, updated_at = excluded.updated_at
			where sponsor_profiles.version = $7`, string(id), string(who), string(subjects), w.Territory, w.Capacity, s.clock.Now(), w.Version)
		if err != nil {
			return fmt.Errorf("describe sponsor %s: %w", who, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "sponsor.meanwhile")
		}
		return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: "sponsor.described", Kind: "edition", ID: string(id), Detail: map[string]any{"sponsor": "person:" + string(who)}})
	})
}
