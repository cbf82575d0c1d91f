package scheme

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/form/rule"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/scheme/eligible"
	"transformateur/internal/territory"
)

// The origins of what is known of a project.
const (
	Said         = "said"         // somebody answered
	Organisation = "organisation" // from the sheet of the organisation of who carries it
	Deduced      = "deduced"      // from the department
)

// Known is one thing that is known of a project.
type Known struct {
	eligible.Fact
	Value  any    // nil for nothing
	Origin string // "" for nothing
	From   string // the organisation's name, for Organisation
	By     string // who answered, for Said
	At     time.Time
}

// know lists what is known of a project, one line a fact, in the order of the list.
func know(ctx context.Context, r db.Reader, id project.ID, now time.Time) ([]Known, error) {
	type kept struct {
		key, value, by string
		at             time.Time
	}
	rows, err := db.List(ctx, r, func(sc db.Scanner) (k kept, err error) {
		return k, sc.Scan(&k.key, &k.value, &k.by, &k.at)
	}, `select f.fact, f.value, coalesce(p.name, ''), f.said_at from project_facts f left join people p on f.said_by = 'person:' || p.id where f.project_id = $1`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list what is known of project %s: %w", id, err)
	}
	list := make([]Known, len(eligible.Facts))
	for i, f := range eligible.Facts {
		list[i].Fact = f
		at := slices.IndexFunc(rows, func(k kept) bool { return k.key == f.Key })
		if at < 0 {
			continue
		}
		if list[i].Value, err = f.Decode(rows[at].value); err != nil {
			return nil, fmt.Errorf("read the fact %s of project %s: %w", f.Key, id, err)
		}
		list[i].Origin, list[i].By, list[i].At = Said, rows[at].by, rows[at].at
	}
	return list, prefill(ctx, r, id, now, list)
}

// structureOf and ownershipOf say what the sheet of an organisation tells of a project.
var (
	structureOf = map[account.Kind]string{account.Company: "company", account.Association: "association", account.PublicBody: "public_body", account.StateService: "state", account.Federation: "federation"}
	ownershipOf = map[account.Kind]string{account.Company: "private", account.Association: "private", account.PublicBody: "public", account.StateService: "public"}
)

// prefill adds what the organisation of who owns the project tells, then what the
// department does, where nobody answered.
func prefill(ctx context.Context, r db.Reader, id project.ID, now time.Time, list []Known) error {
	type sheet struct {
		name, territory string
		kind            account.Kind
	}
	found, err := db.List(ctx, r, func(sc db.Scanner) (o sheet, err error) {
		return o, sc.Scan(&o.name, &o.kind, &o.territory)
	}, `select o.name, o.kind, o.territory from relations r join organisation_members m on m.person_id = r.subject_id and m.until_at is null join organisations o on o.id = m.organisation_id and o.closed_at is null
		where r.object_kind = 'project' and r.object_id = $1 and r.subject_kind = 'person' and r.relation = 'owner' and r.revoked_at is null and r.valid_from <= $2 and (r.valid_until is null or r.valid_until > $2)
		order by r.granted_at, r.id, m.from_at, o.id`, string(id), now)
	if err != nil {
		return fmt.Errorf("find the organisation of project %s: %w", id, err)
	}
	put := func(key, value, origin, from string) {
		for i := range list {
			if list[i].Key == key && list[i].Value == nil && slices.Contains(list[i].Choices, value) {
				list[i].Value, list[i].Origin, list[i].From = value, origin, from
			}
		}
	}
	deduce := func() {
		for _, k := range list {
			if code, is := k.Value.(string); is && k.Key == "department" {
				if p, known := territory.Departement(code); known {
					put("region", p.Region, Deduced, "")
				}
			}
		}
	}
	deduce()
	if len(found) > 0 {
		o := found[0]
		put("structure", structureOf[o.kind], Organisation, o.name)
		put("ownership", ownershipOf[o.kind], Organisation, o.name)
		for _, p := range places(o.territory) {
			put("department", p.Departement, Organisation, o.name)
			put("region", p.Region, Organisation, o.name)
		}
	}
	deduce()
	return nil
}

// places are what a code of an organisation's sheet may name, the smallest first; a code of
// two figures is a department or a region, and tells nothing.
func places(code string) (list []territory.Place) {
	if p, ok := territory.Commune(code); ok {
		return append(list, p)
	}
	if p, ok := territory.EPCI(code); ok {
		list = append(list, p)
	}
	return list
}

// values are what is known, as rules ask for it.
func values(list []Known) map[string]any {
	m := map[string]any{}
	for _, k := range list {
		if k.Value != nil {
			m[k.Key] = k.Value
		}
	}
	return m
}

// project loads a project and asks the policy about its orientation.
func (s *Service) project(ctx context.Context, r db.Reader, by account.User, action policy.Action, id project.ID) (project.Project, error) {
	p, err := project.Load(ctx, r, id)
	if err != nil {
		return p, err
	}
	_, err = s.policy.Require(ctx, r, by, action, p.Object())
	return p, err
}

// agencyOf is the agency whose schemes a project is offered.
func agencyOf(p project.Project) programme.AgencyID {
	for _, ref := range p.Object().Within {
		if ref.Kind == "agency" {
			return programme.AgencyID(ref.ID)
		}
	}
	return ""
}

// Sheets is what is known of a project.
type Sheets struct {
	Project project.Project
	Acts    bool
	Known   []Known
	Decides map[string]int // by fact that is not known: how many schemes wait for it
}

// Facts gives what is known of a project, what is missing included. Errors: as the policy,
// on orientation.read.
func (s *Service) Facts(ctx context.Context, by account.User, id project.ID) (v Sheets, err error) {
	o, err := s.Orientation(ctx, by, id, "")
	return Sheets{Project: o.Project, Acts: o.Acts, Known: o.Known, Decides: o.decides}, err
}

// Tell writes what somebody knows of a project: by fact, what was typed; nothing typed
// takes an answer back, and facts that are not named stay. Errors: Invalid on the facts'
// keys; as the policy, on orientation.act.
func (s *Service) Tell(ctx context.Context, by account.User, id project.ID, typed map[string][]string) error {
	given, bad := read(typed)
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.project(ctx, tx, by, "orientation.act", id); err != nil {
			return err
		}
		if err := errs.NewInvalid("scheme.facts_invalid", bad); err != nil {
			return err
		}
		before, err := know(ctx, tx, id, s.clock.Now())
		if err != nil {
			return err
		}
		var changed []string
		for _, k := range before {
			value, named := given[k.Key]
			if !named || same(k, value) {
				continue
			}
			if err := s.write(ctx, tx, by, id, k.Key, value); err != nil {
				return err
			}
			changed = append(changed, k.Key)
		}
		if len(changed) == 0 {
			return nil
		}
		return s.note(ctx, tx, by, journal.Entry{Act: "orientation.facts", Kind: "project", ID: string(id), Detail: map[string]any{"facts": strings.Join(changed, " ")}})
	})
}

// read turns what was typed into values, by fact.
func read(typed map[string][]string) (given map[string]any, bad []errs.Field) {
	given = map[string]any{}
	for _, f := range eligible.Facts {
		said, named := typed[f.Key]
		if !named {
			continue
		}
		v, wrong := f.Read(said)
		if wrong != nil {
			bad = append(bad, errs.Field{Path: f.Key, Key: wrong.Key, Args: wrong.Args})
		}
		given[f.Key] = v
	}
	department, _ := given["department"].(string)
	region, _ := given["region"].(string)
	if p, known := territory.Departement(department); known && region != "" && p.Region != region {
		bad = append(bad, errs.Field{Path: "region", Key: "scheme.region_other"})
	}
	return given, bad
}

// same says whether an answer changes nothing. A value that was only deduced and is sent
// back as it was shown is not somebody's answer.
func same(k Known, value any) bool {
	if k.Value == nil || value == nil {
		return k.Value == nil && value == nil || value == nil && k.Origin != Said
	}
	return slices.Equal(k.Typed(k.Value), k.Typed(value))
}

func (s *Service) write(ctx context.Context, tx *db.Tx, by account.User, id project.ID, key string, value any) error {
	if value == nil {
		if _, err := tx.Exec(ctx, `delete from project_facts where project_id = $1 and fact = $2`, string(id), key); err != nil {
			return fmt.Errorf("forget the fact %s of project %s: %w", key, id, err)
		}
		return nil
	}
	kept, err := json.Marshal(value)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into project_facts (project_id, fact, value, reference, said_at, said_by) values ($1, $2, $3, $4, $5, $6)
		on conflict (project_id, fact) do update set value = excluded.value, reference = excluded.reference, said_at = excluded.said_at, said_by = excluded.said_by`,
		string(id), key, string(kept), int64(eligible.Reference), s.clock.Now(), by.Actor())
	if err != nil {
		return fmt.Errorf("write the fact %s of project %s: %w", key, id, err)
	}
	return nil
}

// answers are what is known, ready for rules.
func (s *Service) answers(list []Known) *eligible.Answers {
	return eligible.Know(values(list), rule.Days(s.clock.Now()))
}
