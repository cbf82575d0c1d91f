package policy_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

var (
	ctx  = context.Background()
	noon = time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)
)

func seedPerson(t *testing.T, d *db.DB, id string) account.User {
	t.Helper()
	err := d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `insert into people (id, name, lang, zone, created_at) values ($1, $1, 'fr', 'Europe/Paris', $2)`, id, noon)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return account.User{ID: account.PersonID(id), Name: id}
}

func file(state string, stage policy.Stage) policy.Object {
	return policy.Object{Ref: policy.Ref{Kind: "application", ID: "a1"}, State: state, Stage: stage,
		Within: []policy.Ref{{Kind: "call", ID: "c1"}, {Kind: "edition", ID: "e1"}}, Flags: map[string]bool{"unsealed": true}}
}

func TestDecide(t *testing.T) {
	sealed := file("submitted", policy.Admissibility)
	sealed.Flags = nil
	for _, c := range []struct {
		name     string
		relation string
		on       policy.Ref
		excluded string
		action   policy.Action
		obj      policy.Object
		want     string
	}{
		{"an owner reads her draft", "owner", policy.Ref{"application", "a1"}, "", "application.read", file("draft", policy.Open), "yes"},
		{"an owner of another file does not", "owner", policy.Ref{"application", "a2"}, "", "application.read", file("draft", policy.Open), "no_rule"},
		{"a lead never reads a draft", "lead", policy.Ref{"edition", "e1"}, "", "application.read", file("draft", policy.Admissibility), "stage"},
		{"a lead does not read a deposit before closing", "lead", policy.Ref{"edition", "e1"}, "", "application.read", file("submitted", policy.Open), "stage"},
		{"a lead reads a deposit after closing", "lead", policy.Ref{"edition", "e1"}, "", "application.read", file("submitted", policy.Admissibility), "yes"},
		{"not a sealed one", "lead", policy.Ref{"edition", "e1"}, "", "application.read", sealed, "stage"},
		{"a lead of another edition does not", "lead", policy.Ref{"edition", "e2"}, "", "application.read", file("submitted", policy.Admissibility), "no_rule"},
		{"a conflict closes the programme's side", "lead", policy.Ref{"edition", "e1"}, "conflict", "application.read", file("submitted", policy.Admissibility), "excluded"},
		{"a conflict leaves an applicant her own file", "owner", policy.Ref{"application", "a1"}, "conflict", "application.read", file("submitted", policy.Admissibility), "yes"},
		{"an administrator reads no content", "admin", policy.Ref{"platform", "platform"}, "", "application.read", file("submitted", policy.Admissibility), "no_rule"},
		{"a reader does not submit", "reader", policy.Ref{"application", "a1"}, "", "application.submit", file("draft", policy.Open), "no_rule"},
		{"a deposited file is not edited", "owner", policy.Ref{"application", "a1"}, "", "application.edit", file("submitted", policy.Open), "stage"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Run(t, func(t *testing.T, d *db.DB) {
				s := policy.New(d, clock.NewFake(noon))
				ana := seedPerson(t, d, "ana")
				err := d.Write(ctx, func(tx *db.Tx) error {
					if err := s.Grant(ctx, tx, account.System, policy.Relation{SubjectID: "ana", Relation: c.relation, Object: c.on}); err != nil {
						return err
					}
					if c.excluded != "" {
						return s.Exclude(ctx, tx, account.System, "person", "ana", policy.Ref{"application", "a1"}, c.excluded, "employer")
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				got, err := s.Decide(ctx, d.Reader(), ana, c.action, c.obj)
				if err != nil {
					t.Fatal(err)
				}
				if (c.want == "yes") != got.Allowed || c.want != "yes" && got.Code != c.want {
					t.Errorf("got %+v, want %s", got, c.want)
				}
			})
		})
	}
}

func TestRelationsEndAndFollowOrganisations(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(noon)
		s := policy.New(d, c)
		ana := seedPerson(t, d, "ana")
		obj := file("submitted", policy.Admissibility)
		err := d.Write(ctx, func(tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `insert into organisations (id, name, folded, kind, domain, territory, created_at) values ('o', 'Aract', 'aract', 'public_body', '', '', $1)`, noon); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `insert into organisation_members (organisation_id, person_id, function, from_at, until_at) values ('o', 'ana', '', $1, $2)`, noon, noon.Add(2*time.Hour)); err != nil {
				return err
			}
			return s.Grant(ctx, tx, account.System, policy.Relation{SubjectKind: "organisation", SubjectID: "o", Relation: "officer", Object: policy.Ref{"call", "c1"}, ValidUntil: noon.Add(3 * time.Hour)})
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			at   time.Duration
			want bool
		}{{-time.Second, false}, {0, true}, {2*time.Hour - time.Second, true}, {2 * time.Hour, false}} {
			c.Set(noon.Add(step.at))
			got, err := s.Decide(ctx, d.Reader(), ana, "application.read", obj)
			if err != nil || got.Allowed != step.want {
				t.Errorf("%v after: %+v %v, want %v", step.at, got, err, step.want)
			}
		}
	})
}

func TestRequireSaysAbsentOrForbidden(t *testing.T) {
	d := dbtest.SQLite(t)
	s := policy.New(d, clock.NewFake(noon))
	ana, bob := seedPerson(t, d, "ana"), seedPerson(t, d, "bob")
	d.Write(ctx, func(tx *db.Tx) error {
		return s.Grant(ctx, tx, account.System, policy.Relation{SubjectID: "ana", Relation: "reader", Object: policy.Ref{"application", "a1"}})
	})
	for _, c := range []struct {
		by   account.User
		want errs.Kind
	}{{ana, errs.Forbidden}, {bob, errs.NotFound}, {account.User{}, errs.Unauthenticated}} {
		_, err := s.Require(ctx, d.Reader(), c.by, "application.edit", file("draft", policy.Open))
		if !errs.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.by.Actor(), err, c.want)
		}
	}
}

// The SQL predicate and Decide give the same answer on random worlds: every
// action of the table, several persons, both engines.
func TestWhereAgreesWithDecide(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		pick := func(list ...string) string { return list[rnd.IntN(len(list))] }
		s := policy.New(d, clock.NewFake(noon))
		people := []account.User{{}, seedPerson(t, d, "p0"), seedPerson(t, d, "p1"), seedPerson(t, d, "p2")}
		err := d.Write(ctx, func(tx *db.Tx) error {
			for range 60 {
				rel := policy.Relation{SubjectID: pick("p0", "p1", "p2"), Relation: pick("owner", "editor", "reader", "signatory", "helper", "lead", "officer", "region", "auditor", "secretary", "admin"),
					Object: policy.Ref{Kind: pick("application", "call", "edition", "programme", "agency", "platform")}}
				rel.Object.ID = map[string]string{"application": "a", "call": "c", "edition": "e", "programme": "p", "agency": "g"}[rel.Object.Kind] + fmt.Sprint(rnd.IntN(3))
				if rel.Object.Kind == "application" {
					rel.Object.ID = fmt.Sprintf("a%d", rnd.IntN(40))
				}
				if rel.Object.Kind == "platform" {
					rel.Object.ID = "platform"
				}
				if rnd.IntN(4) == 0 {
					rel.ValidFrom, rel.ValidUntil = noon.Add(-2*time.Hour), noon.Add(time.Duration(rnd.IntN(3)-1)*time.Hour)
				}
				if err := s.Grant(ctx, tx, account.System, rel); err != nil {
					return err
				}
			}
			for range 15 {
				if err := s.Exclude(ctx, tx, account.System, "person", pick("p0", "p1", "p2"), policy.Ref{"application", fmt.Sprintf("a%d", rnd.IntN(40))}, pick("conflict", "consent_withdrawn"), ""); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var objs []policy.Object
		var rows []string
		for i := range 40 {
			o := policy.Object{Ref: policy.Ref{"application", fmt.Sprintf("a%d", i)}, Stage: policy.Stage(rnd.IntN(11)), State: pick("draft", "submitted", "published", "withdrawn", "closed"), Flags: map[string]bool{"unsealed": rnd.IntN(2) == 0},
				Within: []policy.Ref{{"call", fmt.Sprintf("c%d", rnd.IntN(3))}, {"edition", fmt.Sprintf("e%d", rnd.IntN(3))}, {"programme", fmt.Sprintf("p%d", rnd.IntN(3))}, {"agency", fmt.Sprintf("g%d", rnd.IntN(3))}}}
			objs = append(objs, o)
			rows = append(rows, fmt.Sprintf("('%s','%s','%s','%s','%s','%s',%d,%v)", o.ID, o.Within[0].ID, o.Within[1].ID, o.Within[2].ID, o.Within[3].ID, o.State, o.Stage, o.Flags["unsealed"]))
		}
		cols := policy.Columns{Kind: "application", ID: "t.id", State: "t.state", Stage: "t.stage", Flags: map[string]string{"unsealed": "t.unsealed"},
			Within: map[string]string{"call": "t.call_id", "edition": "t.edition_id", "programme": "t.programme_id", "agency": "t.agency_id"}}
		allowed := 0
		for _, by := range people {
			for _, action := range policy.Actions() {
				cond, args := s.Where(ctx, by, action, cols, nil)
				got, err := db.List(ctx, d.Reader(), db.Value[string], `with t (id, call_id, edition_id, programme_id, agency_id, state, stage, unsealed) as (values `+strings.Join(rows, ",")+`) select t.id from t where `+cond, args...)
				if err != nil {
					t.Fatalf("%s %s: %v\n%s", by.Actor(), action, err, cond)
				}
				for _, o := range objs {
					want, err := s.Decide(ctx, d.Reader(), by, action, o)
					if err != nil {
						t.Fatal(err)
					}
					if want.Allowed {
						allowed++
					}
					if slices.Contains(got, o.ID) != want.Allowed {
						t.Fatalf("seed %d: %s %s on %+v: decide %+v, listed %v", seed, by.Actor(), action, o, want, slices.Contains(got, o.ID))
					}
				}
			}
		}
		if allowed < 100 {
			t.Errorf("only %d rights in the random world: it proves little", allowed)
		}
	})
}
