package sponsor

import (
	"context"
	"fmt"
	"slices"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/project"
)

// check says what is wrong with a naming.
func (s *Service) check(ctx context.Context, r db.Reader, p project.Project, n Naming) (bad []errs.Field, err error) {
	wrong := func(path, key string, args ...any) { bad = append(bad, errs.Field{Path: path, Key: key, Args: args}) }
	if n.Was != "" && n.Handover == "" {
		wrong("handover", "sponsor.handover_missing")
	}
	if utf8.RuneCountInString(n.Handover) > MaxHandover {
		wrong("handover", "sponsor.handover_long", MaxHandover)
	}
	if n.Person == "" {
		if n.Was == "" {
			wrong("person", "sponsor.person_missing")
		}
		return bad, nil
	}
	people, err := s.named(ctx, r, p.Edition)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(people, func(one Sponsor) bool { return one.Person == n.Person }) {
		wrong("person", "sponsor.person_missing")
	}
	why, err := s.bars(ctx, r, p, n.Person)
	for _, key := range why {
		wrong("person", key)
	}
	return bad, err
}

// bars says what keeps somebody from sponsoring a project, as keys of sentences: she is of its
// team, she shares an organisation with it, or she was recused from it.
func (s *Service) bars(ctx context.Context, r db.Reader, p project.Project, who account.PersonID) (why []string, err error) {
	team, err := project.Team(ctx, r, p.ID, s.clock.Now())
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(team, func(m project.Mate) bool { return m.Person == who }) {
		why = append(why, "sponsor.person_of_team")
	}
	shared, err := db.Get(ctx, r, db.Value[int], `select count(*) from organisation_members a join organisation_members b on b.organisation_id = a.organisation_id
		join relations x on x.subject_id = b.person_id and x.subject_kind = 'person' and x.object_kind = 'project' and x.object_id = $2 and x.relation in ('owner', 'editor') and x.revoked_at is null
		where a.person_id = $1 and a.until_at is null and b.until_at is null`, string(who), string(p.ID))
	if err != nil {
		return nil, fmt.Errorf("find what %s shares with project %s: %w", who, p.ID, err)
	}
	if shared > 0 {
		why = append(why, "sponsor.person_same_organisation")
	}
	args := []any{string(p.ID)}
	free, args := s.policy.Unexcluded(ctx, account.User{ID: who}, "project", "p.id", args)
	filed, args := s.policy.Unexcluded(ctx, account.User{ID: who}, "application", "coalesce(p.application_id, '')", args)
	n, err := db.Get(ctx, r, db.Value[int], `select count(*) from projects p where p.id = $1 and `+free+` and `+filed, args...)
	if err != nil {
		return nil, fmt.Errorf("find what keeps %s from project %s: %w", who, p.ID, err)
	}
	if n == 0 {
		why = append(why, "sponsor.person_recused")
	}
	return why, nil
}
