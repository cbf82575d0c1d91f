package wish

import (
	"context"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/compose"
	"transformateur/internal/agenda/floor"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Kind is what a rule says.
type Kind string

// The kinds of rules: two people who must meet or never may, and somebody who has an
// interest in a project.
const (
	Must     Kind = "must"
	Never    Kind = "never"
	Conflict Kind = "conflict"
)

// Kinds are all of them, in the order in which people read them.
var Kinds = []Kind{Must, Never, Conflict}

// Rule is something that who runs a gathering knows of people; nobody else reads it.
type Rule struct {
	ID          string
	Kind        Kind
	Participant string
	Other       string // a participant; "" for a conflict
	Project     string // of a conflict
	Reason      string
	MadeAt      time.Time

	Name, OtherName string // OtherName is a project's title for a conflict
}

// Write adds a rule; the open pages of others are told nothing, not even that something
// changed. Errors: Invalid on "kind", "participant", "other", "project",
// "reason"; Conflict meeting.rule_known, meeting.rule_against, meeting.rules_full; as the
// policy, on gathering.manage.
func (s *Service) Write(ctx context.Context, by account.User, id gathering.ID, w Rule) error {
	return s.runs(ctx, by, id, func(tx *db.Tx, p floor.Speaker) error {
		if err := tx.Lock(ctx, "meetings:"+string(id)); err != nil {
			return err
		}
		if err := s.check(ctx, tx, id, &w); err != nil {
			return err
		}
		kept, err := rules(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := fits(kept, w); err != nil {
			return err
		}
		w.ID = db.NewID()
		_, err = tx.Exec(ctx, `insert into meeting_rules (id, gathering_id, kind, participant_id, other_id, project_id, reason, made_by, made_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			w.ID, string(id), string(w.Kind), w.Participant, db.Null(w.Other), db.Null(w.Project), w.Reason, by.Actor(), s.floor.Clock.Now())
		if err != nil {
			return fmt.Errorf("write a rule of gathering %s: %w", id, err)
		}
		return s.floor.Journal(ctx, tx, p, "meeting_rule.added", map[string]any{"id": w.ID})
	})
}

// check completes a rule: of two people, the first one is that of the lower id.
func (s *Service) check(ctx context.Context, r db.Reader, id gathering.ID, w *Rule) error {
	var bad []errs.Field
	seats, err := s.seats(ctx, r, id)
	if err != nil {
		return err
	}
	comes := func(who string) bool {
		return slices.ContainsFunc(seats, func(one Someone) bool { return one.ID == who })
	}
	if !slices.Contains(Kinds, w.Kind) {
		bad = append(bad, errs.Field{Path: "kind", Key: "meeting.kind_missing"})
	}
	if !comes(w.Participant) {
		bad = append(bad, errs.Field{Path: "participant", Key: "meeting.participant_missing"})
	}
	if w.Kind == Conflict {
		w.Other = ""
		list, err := s.projects(ctx, r, id)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(list, func(one Named) bool { return one.ID == w.Project }) {
			bad = append(bad, errs.Field{Path: "project", Key: "meeting.project_missing"})
		}
	} else {
		if w.Project = ""; !comes(w.Other) || w.Other == w.Participant {
			bad = append(bad, errs.Field{Path: "other", Key: "meeting.other_missing"})
		}
		if w.Other < w.Participant {
			w.Participant, w.Other = w.Other, w.Participant
		}
	}
	if w.Reason = floor.Line(w.Reason); floor.Long(w.Reason, MaxNote) {
		bad = append(bad, errs.Field{Path: "reason", Key: "meeting.note_long", Args: []any{MaxNote}})
	}
	return errs.NewInvalid("meeting.invalid", bad)
}

// fits refuses a rule that stands, and one that says the contrary of another.
func fits(kept []Rule, w Rule) error {
	if len(kept) >= MaxRules {
		return errs.New(errs.Conflict, "meeting.rules_full", MaxRules)
	}
	for _, k := range kept {
		switch {
		case k.Participant != w.Participant || k.Other != w.Other || k.Project != w.Project:
		case k.Kind == w.Kind:
			return errs.New(errs.Conflict, "meeting.rule_known")
		default:
			return errs.New(errs.Conflict, "meeting.rule_against")
		}
	}
	return nil
}

// Erase takes a rule away. Errors: NotFound; as the policy, on gathering.manage.
func (s *Service) Erase(ctx context.Context, by account.User, id gathering.ID, rule string) error {
	return s.runs(ctx, by, id, func(tx *db.Tx, p floor.Speaker) error {
		n, err := tx.Exec(ctx, `delete from meeting_rules where id = $1 and gathering_id = $2`, rule, string(id))
		if err != nil {
			return fmt.Errorf("remove rule %s of gathering %s: %w", rule, id, err)
		}
		if n == 0 {
			return floor.NotFound()
		}
		return s.floor.Journal(ctx, tx, p, "meeting_rule.removed", map[string]any{"id": rule})
	})
}

// rules lists those whose people still come, by kind.
func rules(ctx context.Context, r db.Reader, id gathering.ID) ([]Rule, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (w Rule, err error) {
		return w, sc.Scan(&w.ID, &w.Kind, &w.Participant, &w.Other, &w.Project, &w.Reason, &w.MadeAt, &w.Name, &w.OtherName)
	}, `select k.id, k.kind, k.participant_id, coalesce(k.other_id, ''), coalesce(k.project_id, ''), k.reason, k.made_at,
		case when s.name = '' then s.email else s.name end, coalesce(j.title, case when o.name = '' then o.email else o.name end, '')
		from meeting_rules k join participants s on s.id = k.participant_id left join participants o on o.id = k.other_id left join projects j on j.id = k.project_id
		where k.gathering_id = $1 and s.left_at is null and o.left_at is null order by k.kind, 8, 9, k.id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the rules of gathering %s: %w", id, err)
	}
	return list, nil
}

// recused lists who may not read the file of a project in a selection, as participant and
// project: what was found or declared there, and not lifted, holds here too.
func recused(ctx context.Context, r db.Reader, id gathering.ID) ([]compose.Conflict, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (c compose.Conflict, err error) {
		return c, sc.Scan(&c.Person, &c.Project)
	}, `select distinct s.id, j.id from participants s join gatherings g on g.id = s.gathering_id join projects j on j.edition_id = g.edition_id
		join exclusions x on x.subject_kind = 'person' and x.subject_id = s.person_id and x.object_kind = 'application' and x.object_id = j.application_id
		where s.gathering_id = $1 and s.left_at is null and j.status = 'active' and x.lifted_at is null order by 1, 2`, string(id))
	if err != nil {
		return nil, fmt.Errorf("find who was recused for the projects of gathering %s: %w", id, err)
	}
	return list, nil
}
