package policy

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
)

// Service keeps relations and answers for them.
type Service struct {
	db    *db.DB
	clock clock.Clock
	twice bool // the rights of the programme ask for a second proof
}

// New makes the service.
func New(d *db.DB, c clock.Clock) *Service { return &Service{db: d, clock: c} }

// AskTwice makes the rights of the programme and of its partners wait for a second
// proof of who signs in: a sign-in that has one only opens what anybody, an applicant
// or an organisation has.
func (s *Service) AskTwice() *Service {
	s.twice = true
	return s
}

// Waits says whether rights of a person wait for a second proof of her sign-in.
func (s *Service) Waits(ctx context.Context, by account.User) (bool, error) {
	if !s.twice || !by.Weak || by.IsVisitor() {
		return false, nil
	}
	return s.Decides(ctx, s.db.Reader(), by.ID)
}

// Decides says whether a person, or an organisation of hers, holds a role of the
// programme or of its partners.
func (s *Service) Decides(ctx context.Context, r db.Reader, person account.PersonID) (bool, error) {
	held, err := s.HeldBy(ctx, r, person)
	return slices.ContainsFunc(held, func(one Relation) bool { return Deciding(one.Relation) }), err
}

// Deciding says whether a relation is a role of the programme or of its partners.
func Deciding(relation string) bool {
	return slices.ContainsFunc(Table, func(rule Rule) bool {
		return rule.decides() && slices.Contains(rule.Relations, relation)
	})
}

// Grant gives a relation, in the transaction of the act that causes it.
func (s *Service) Grant(ctx context.Context, tx *db.Tx, by account.User, r Relation) error {
	now := s.clock.Now()
	if r.SubjectKind == "" {
		r.SubjectKind = "person"
	}
	if r.ValidFrom.IsZero() {
		r.ValidFrom = now
	}
	r.ID = db.NewID()
	_, err := tx.Exec(ctx, `
		insert into relations (id, subject_kind, subject_id, relation, object_kind, object_id, valid_from, valid_until, granted_by, reason, granted_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		r.ID, r.SubjectKind, r.SubjectID, r.Relation, r.Object.Kind, r.Object.ID, r.ValidFrom, r.ValidUntil, by.Actor(), r.Reason, now)
	if err != nil {
		return fmt.Errorf("grant %s on %s: %w", r.Relation, r.Object.Kind, err)
	}
	return journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "relation.granted", Kind: r.Object.Kind, ID: r.Object.ID,
		Detail: map[string]any{"subject": r.SubjectKind + ":" + r.SubjectID, "relation": r.Relation, "until": r.ValidUntil}})
}

// Revoke ends a relation now; it says whether there was one.
func (s *Service) Revoke(ctx context.Context, tx *db.Tx, by account.User, r Relation) (bool, error) {
	now := s.clock.Now()
	n, err := tx.Exec(ctx, `
		update relations set revoked_at = $6
		where subject_kind = $1 and subject_id = $2 and relation = $3 and object_kind = $4 and object_id = $5 and revoked_at is null`,
		"person", r.SubjectID, r.Relation, r.Object.Kind, r.Object.ID, now)
	if err != nil || n == 0 {
		return false, err
	}
	return true, journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "relation.revoked", Kind: r.Object.Kind, ID: r.Object.ID,
		Detail: map[string]any{"subject": "person:" + r.SubjectID, "relation": r.Relation}})
}

// End ends one live relation on an object now, whoever holds it, and gives what it
// was. Error: NotFound when no such relation stands on obj any more.
func (s *Service) End(ctx context.Context, tx *db.Tx, by account.User, obj Ref, id string) (Relation, error) {
	now := s.clock.Now()
	r, err := db.Get(ctx, tx, scanRelation, `
		select `+relationColumns+` from relations
		where id = $1 and object_kind = $2 and object_id = $3 and revoked_at is null and (valid_until is null or valid_until > $4)`, id, obj.Kind, obj.ID, now)
	if err != nil {
		return r, fmt.Errorf("find the relation to end: %w", err)
	}
	if _, err := tx.Exec(ctx, `update relations set revoked_at = $2 where id = $1`, id, now); err != nil {
		return r, fmt.Errorf("end %s on %s: %w", r.Relation, obj.Kind, err)
	}
	return r, journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "relation.revoked", Kind: obj.Kind, ID: obj.ID,
		Detail: map[string]any{"subject": r.SubjectKind + ":" + r.SubjectID, "relation": r.Relation}})
}

// EndFor ends what was given on an object for a reason, even what has not begun.
func (s *Service) EndFor(ctx context.Context, tx *db.Tx, by account.User, on Ref, reason string) error {
	list, err := db.List(ctx, tx, db.Value[string], `select id from relations where object_kind = $1 and object_id = $2 and reason = $3 and revoked_at is null order by id`, on.Kind, on.ID, reason)
	if err != nil {
		return fmt.Errorf("find who holds what on %s: %w", on.Kind, err)
	}
	for _, one := range list {
		if _, err := s.End(ctx, tx, by, on, one); err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
	}
	return nil
}

// Exclude closes an object to a person or an organisation, whatever else they hold.
func (s *Service) Exclude(ctx context.Context, tx *db.Tx, by account.User, subjectKind, subjectID string, obj Ref, kind, reason string) error {
	now := s.clock.Now()
	if _, err := tx.Exec(ctx, `
		insert into exclusions (id, subject_kind, subject_id, object_kind, object_id, kind, reason, declared_by, valid_from)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, db.NewID(), subjectKind, subjectID, obj.Kind, obj.ID, kind, reason, by.Actor(), now); err != nil {
		return fmt.Errorf("exclude %s from %s: %w", subjectKind, obj.Kind, err)
	}
	return journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "exclusion.declared", Kind: obj.Kind, ID: obj.ID,
		Detail: map[string]any{"subject": subjectKind + ":" + subjectID, "kind": kind}})
}

// Lift ends the exclusion that closes an object to a person for a reason, which is the
// one it was declared with; it says whether there was one. Others still hold.
func (s *Service) Lift(ctx context.Context, tx *db.Tx, by account.User, person account.PersonID, obj Ref, reason string) (bool, error) {
	now := s.clock.Now()
	n, err := tx.Exec(ctx, `
		update exclusions set lifted_at = $5
		where subject_kind = 'person' and subject_id = $1 and object_kind = $2 and object_id = $3 and reason = $4 and lifted_at is null`,
		string(person), obj.Kind, obj.ID, reason, now)
	if err != nil {
		return false, fmt.Errorf("lift an exclusion from %s: %w", obj.Kind, err)
	}
	if n == 0 {
		return false, nil
	}
	return true, journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "exclusion.lifted", Kind: obj.Kind, ID: obj.ID,
		Detail: map[string]any{"subject": "person:" + string(person)}})
}

const relationColumns = `id, subject_kind, subject_id, relation, object_kind, object_id, valid_from, valid_until, granted_by, reason`

func scanRelation(sc db.Scanner) (r Relation, err error) {
	err = sc.Scan(&r.ID, &r.SubjectKind, &r.SubjectID, &r.Relation, &r.Object.Kind, &r.Object.ID, &r.ValidFrom, &r.ValidUntil, &r.GrantedBy, &r.Reason)
	return r, err
}

// Holders lists the live relations on an object.
func (s *Service) Holders(ctx context.Context, r db.Reader, obj Ref) ([]Relation, error) {
	return db.List(ctx, r, scanRelation, `
		select `+relationColumns+` from relations
		where object_kind = $1 and object_id = $2 and revoked_at is null and valid_from <= $3 and (valid_until is null or valid_until > $3)
		order by granted_at, id`, obj.Kind, obj.ID, s.clock.Now())
}

// HeldBy lists the live relations of a person, her organisations' included.
func (s *Service) HeldBy(ctx context.Context, r db.Reader, person account.PersonID) ([]Relation, error) {
	return db.List(ctx, r, scanRelation, `
		select `+relationColumns+` from relations
		where `+subjectIs("$1", "$2")+` and revoked_at is null and valid_from <= $2 and (valid_until is null or valid_until > $2)
		order by granted_at, id`, string(person), s.clock.Now())
}

// isOn is the SQL for what a row is about, as one text that no index holds: SQLite
// would otherwise read what everybody holds on the agency and on the platform, rather
// than the few rows of one person.
const isOn = `object_kind || ':' || object_id`

// subjectIs is the SQL for "the row's subject is the person, or an organisation she belongs to now".
func subjectIs(person, now string) string {
	return `(subject_kind = 'person' and subject_id = ` + person + ` or subject_kind = 'organisation' and subject_id in (
		select m.organisation_id from organisation_members m
		where m.person_id = ` + person + ` and m.from_at <= ` + now + ` and (m.until_at is null or m.until_at > ` + now + `)))`
}

// Decide answers "may by do action on obj now?".
func (s *Service) Decide(ctx context.Context, r db.Reader, by account.User, action Action, obj Object) (Decision, error) {
	all, err := s.Decisions(ctx, r, by, obj, action)
	return all[action], err
}

// Decisions answers several actions on one object with one pair of queries.
func (s *Service) Decisions(ctx context.Context, r db.Reader, by account.User, obj Object, actions ...Action) (map[Action]Decision, error) {
	out := map[Action]Decision{}
	if by.IsSystem() {
		for _, a := range actions {
			out[a] = Decision{Allowed: true, Mask: []string{"all"}, Code: "system"}
		}
		return out, nil
	}
	has, excluded, err := s.standing(ctx, r, by, obj)
	if err != nil {
		return nil, fmt.Errorf("decide on %s: %w", obj.Kind, err)
	}
	for _, a := range actions {
		if !covers(by.Limit, a, obj) {
			out[a] = decide(a, obj, nil, nil, asking{visitor: true})
			continue
		}
		out[a] = decide(a, obj, has, excluded, s.asking(by))
	}
	return out, nil
}

// Require is Decide as an error: NotFound when she may not even know that obj
// exists, Unauthenticated for a visitor who might after signing in, Forbidden otherwise.
func (s *Service) Require(ctx context.Context, r db.Reader, by account.User, action Action, obj Object) (Decision, error) {
	read := Action(obj.Kind + ".read")
	all, err := s.Decisions(ctx, r, by, obj, action, read)
	if err != nil || all[action].Allowed {
		return all[action], err
	}
	switch {
	case by.IsVisitor():
		return all[action], errs.New(errs.Unauthenticated, "errs.unauthenticated")
	case all[read].Allowed:
		return all[action], errs.New(errs.Forbidden, "errs.forbidden")
	}
	return all[action], errs.New(errs.NotFound, "errs.not_found")
}

func (s *Service) standing(ctx context.Context, r db.Reader, by account.User, obj Object) (has []held, excluded []string, err error) {
	if by.IsVisitor() {
		return nil, nil, nil
	}
	refs := append([]Ref{obj.Ref, Platform.Ref}, obj.Within...)
	args := []any{string(by.ID), s.clock.Now()}
	var on []string
	for _, ref := range refs {
		args = append(args, ref.Kind+":"+ref.ID)
		on = append(on, fmt.Sprintf("$%d", len(args)))
	}
	live := live("$1", "$2") + ` and ` + isOn + ` in (` + strings.Join(on, ", ") + `)`
	has, err = db.List(ctx, r, func(sc db.Scanner) (h held, err error) {
		err = sc.Scan(&h.relation, &h.on.Kind, &h.on.ID)
		return h, err
	}, `select relation, object_kind, object_id from relations where revoked_at is null and `+live, args...)
	if err != nil {
		return nil, nil, err
	}
	excluded, err = db.List(ctx, r, db.Value[string], `select kind from exclusions where lifted_at is null and `+live, args...)
	return has, excluded, err
}

// Live says whether a relation row stands at an instant.
func (r Relation) Live(at time.Time) bool {
	return !r.ValidFrom.After(at) && (r.ValidUntil.IsZero() || r.ValidUntil.After(at))
}
