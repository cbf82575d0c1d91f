package committee_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/committee/committeetest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

var ctx = context.Background()

const because = "Parce qu'il le faut vraiment."

// reads says whether somebody may read a file now.
func reads(w *committeetest.World, by account.User, id application.ID) bool {
	w.T.Helper()
	a, err := application.Load(ctx, w.DB.Reader(), id)
	w.Must(err)
	d, err := w.Policy.Decide(ctx, w.DB.Reader(), by, "application.read", a.Object(w.Opened(), w.Clock.Now()))
	w.Must(err)
	return d.Allowed
}

// acts lists what the journal says of an object.
func acts(w *committeetest.World, kind, id string) []string {
	w.T.Helper()
	list, err := db.List(ctx, w.DB.Reader(), db.Value[string], `select act from journal where object_kind = $1 and object_id = $2 order by seq`, kind, id)
	w.Must(err)
	return list
}

func causes(x committee.Recusal) (list []committee.CauseKind) {
	for _, c := range x.Causes {
		list = append(list, c.Kind)
	}
	return list
}

// A small call: Ana's file comes from the region, Bob's from nobody that the directory knows.
func world(t *testing.T, d *db.DB) (w *committeetest.World, region account.OrganisationID, ana, bob application.ID) {
	w = committeetest.New(t, d)
	region = w.House(account.Description{Name: "Région Normandie", SIRET: "20005340300017", Domain: "normandie.example"})
	ana = w.Deposit(w.Ana, "Marée numérique", "bearer", map[string]any{"kind": "siret", "id": "20005340300017", "name": "Région"})
	bob = w.Deposit(w.Bob, "Atelier partagé")
	return w, region, ana, bob
}

func TestAConflictClosesAFileBeforeAnythingOpens(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w, region, ana, bob := world(t, d)
		chair, member := w.Somebody("chair@club.example", "Chantal"), w.Somebody("elise@normandie.example", "Élise")
		w.Close(ana, bob)
		w.Seat(chair, committee.Seat{Email: "chair@club.example", Role: committee.Chair})
		w.Seat(member, committee.Seat{Email: "elise@normandie.example", Role: committee.Juror, Organisation: region})
		if got := w.Titles(member); !slices.Equal(got, []string{"Atelier partagé"}) {
			t.Errorf("a recused member is shown %q", got)
		}
		if got := w.Titles(chair); len(got) != 2 {
			t.Errorf("the chair is shown %q", got)
		}
		w.Must(w.Committees.Begin(ctx, w.Lead, w.Selection.ID))
		if w.Opened().Phase != policy.Evaluation {
			t.Error("the call did not follow its selection")
		}
		if got := w.Titles(member); !slices.Equal(got, []string{"Atelier partagé"}) {
			t.Errorf("once the reading is open, a recused member is shown %q", got)
		}
		if !reads(w, chair, ana) || reads(w, member, ana) || reads(w, member, bob) {
			t.Error("the chair reads all; a member, nothing before it is assigned to her")
		}
		_, list, err := w.Committees.Register(ctx, w.Lead, w.Selection.ID)
		w.Must(err)
		if len(list) != 1 || list[0].File != ana || list[0].Name != "Élise" || !slices.Equal(causes(list[0]), []committee.CauseKind{committee.SameDomain, committee.SameOrganisation}) {
			t.Errorf("the register says %+v", list)
		}
		if err := w.Committees.Declare(ctx, member, w.Selection.ID, ana, committee.Cause{Kind: committee.Family}); !errs.Is(err, errs.NotFound) {
			t.Errorf("declaring on a closed file, as on one that does not exist, answers %v", err)
		}
	})
}

func TestAWaiverOpensWhatItKnewOf(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w, _, ana, bob := world(t, d)
		chair, member := w.Somebody("chair@club.example", "Chantal"), w.Somebody("marc@club.example", "Marc")
		w.Close(ana, bob)
		w.Seat(chair, committee.Seat{Email: "chair@club.example", Role: committee.Chair})
		seat := w.Seat(member, committee.Seat{Email: "marc@club.example", Role: committee.Juror})
		w.Must(w.Committees.Begin(ctx, w.Lead, w.Selection.ID))
		assign(w, seat, member, ana)
		if !reads(w, member, ana) {
			t.Fatal("a reader does not read")
		}
		w.Must(w.Committees.Declare(ctx, member, w.Selection.ID, ana, committee.Cause{Kind: committee.Family, Detail: "Ma sœur y travaille."}))
		if reads(w, member, ana) || len(w.Titles(member)) != 1 {
			t.Error("a declared conflict leaves the file open")
		}
		if left, err := committee.Assigned(ctx, w.DB.Reader(), w.Selection.ID); err != nil || len(left) != 0 {
			t.Errorf("the reading stands: %v %v", left, err)
		}
		x := only(w, chair)
		for who, by := range map[string]account.User{"the lead": w.Lead, "the member": member} {
			if err := w.Committees.Waive(ctx, by, w.Selection.ID, x.ID, because, x.Version); err == nil {
				t.Errorf("%s waived", who)
			}
		}
		if err := w.Committees.Waive(ctx, chair, w.Selection.ID, x.ID, "non", x.Version); !errs.Is(err, errs.Invalid) {
			t.Errorf("a waiver without reasons answers %v", err)
		}
		w.Must(w.Committees.Waive(ctx, chair, w.Selection.ID, x.ID, because, x.Version))
		if len(w.Titles(member)) != 2 {
			t.Error("a waiver does not open the file")
		}
		if reads(w, member, ana) {
			t.Error("a waiver gives the reading back")
		}
		w.Must(w.Committees.Declare(ctx, member, w.Selection.ID, ana, committee.Cause{Kind: committee.Financial, Detail: "Des parts."}))
		if x = only(w, chair); x.Status != committee.Standing || len(x.Causes) != 2 || x.WaivedBy != "Chantal" || x.WaivedWhy != because {
			t.Errorf("a cause that came after the waiver: %+v", x)
		}
		if len(w.Titles(member)) != 1 {
			t.Error("a waiver hides a later cause")
		}
		if err := w.Committees.Waive(ctx, chair, w.Selection.ID, x.ID, because, x.Version-1); !errs.Is(err, errs.Conflict) {
			t.Errorf("waiving a cause that was not read answers %v", err)
		}
		w.Must(w.Committees.Waive(ctx, chair, w.Selection.ID, x.ID, because, x.Version))
		w.Settle()
		if _, err := w.Committees.Search(ctx, chair, w.Selection.ID); err != nil || len(w.Titles(member)) != 2 {
			t.Errorf("what was waived closes again by itself: %v", err)
		}
		want := []string{"recusal.declared", "recusal.waived", "recusal.declared", "recusal.waived"}
		got := slices.DeleteFunc(acts(w, "application", string(ana)), func(act string) bool { return !strings.HasPrefix(act, "recusal.") })
		if !slices.Equal(got, want) {
			t.Errorf("the journal says %v", got)
		}
	})
}

func TestAChairWhoStepsAsideReadsNothingOfItInTheRegister(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w, region, ana, bob := world(t, d)
		chair, member := w.Somebody("chair@club.example", "Chantal"), w.Somebody("elise@normandie.example", "Élise")
		w.Close(ana, bob)
		w.Seat(chair, committee.Seat{Email: "chair@club.example", Role: committee.Chair, Organisation: region})
		w.Seat(member, committee.Seat{Email: "elise@normandie.example", Role: committee.Juror})
		w.Must(w.Committees.Declare(ctx, member, w.Selection.ID, bob, committee.Cause{Kind: committee.Collaboration}))
		_, mine, err := w.Committees.Register(ctx, chair, w.Selection.ID)
		w.Must(err)
		if len(mine) != 1 || mine[0].File != bob {
			t.Errorf("a recused chair reads %+v", mine)
		}
		_, all, err := w.Committees.Register(ctx, w.Lead, w.Selection.ID)
		w.Must(err)
		if len(all) != 3 {
			t.Errorf("the lead reads %d lines", len(all))
		}
		for _, x := range all {
			if x.File != ana {
				continue
			}
			if err := w.Committees.Waive(ctx, chair, w.Selection.ID, x.ID, because, x.Version); !errs.Is(err, errs.NotFound) {
				t.Errorf("waiving on a file that is closed to her answers %v", err)
			}
		}
		if _, _, err := w.Committees.Register(ctx, member, w.Selection.ID); !errs.Is(err, errs.Forbidden) {
			t.Errorf("a member opens the register: %v", err)
		}
	})
}

func TestWhatChangesLaterClosesToo(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w, region, ana, bob := world(t, d)
		agency := w.House(account.Description{Name: "Agence de développement"})
		chair := w.Somebody("chair@club.example", "Chantal")
		member := w.Somebody("marc@club.example", "Marc")
		w.Close(ana, bob)
		w.Seat(chair, committee.Seat{Email: "chair@club.example", Role: committee.Chair})
		w.Seat(member, committee.Seat{Email: "marc@club.example", Role: committee.Juror, Organisation: agency})
		closed := func(why string, want int) {
			t.Helper()
			w.Settle()
			if got := w.Titles(member); len(got) != 2-want {
				t.Errorf("%s: %d files are left, %q", why, len(got), got)
			}
		}
		closed("nothing", 0)
		w.Grant(w.Lead, "admin", policy.Platform.Ref)
		w.Must(w.Accounts.EditOrganisation(ctx, w.Lead, agency, account.Description{Name: "Agence de développement", Kind: account.Association, Successor: region}))
		closed("her organisation becomes a part of the one that bears a file", 1)
		w.Must(w.Committees.Oppose(ctx, w.Bob, bob, "Marc", "Nous sommes en procès avec lui."))
		closed("a project asks that she does not read it", 2)
	})
}

func TestPeopleWithTwoAccountsAreOne(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w, _, ana, bob := world(t, d)
		chair := w.Somebody("chair@club.example", "Chantal")
		one, other := w.Somebody("elise@club.example", "Élise"), w.Somebody("elise@projet.example", "Élise G.")
		own := w.Deposit(other, "Le sien")
		w.Close(ana, bob, own)
		w.Seat(chair, committee.Seat{Email: "chair@club.example", Role: committee.Chair})
		w.Seat(one, committee.Seat{Email: "elise@club.example", Role: committee.Juror})
		if len(w.Titles(one)) != 3 {
			t.Fatalf("she is shown %q", w.Titles(one))
		}
		w.Must(w.DB.Write(ctx, func(tx *db.Tx) error { // as account.merge does
			if err := w.Policy.Move(ctx, tx, one, other.ID, one.ID); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `update people set merged_into = $2 where id = $1`, string(other.ID), string(one.ID)); err != nil {
				return err
			}
			return w.Bus.Publish(ctx, tx, "person.merged", string(one.ID), account.Merged{From: other.ID, To: one.ID})
		}))
		w.Settle()
		if got := w.Titles(one); len(got) != 0 {
			t.Errorf("who has a file in the call is shown %q", got)
		}
		_, list, err := w.Committees.Register(ctx, w.Lead, w.Selection.ID)
		w.Must(err)
		for _, x := range list {
			if x.Person != one.ID {
				continue // the chair is her colleague, it turns out
			}
			if want := (map[bool]committee.CauseKind{true: committee.OwnFile, false: committee.Competitor})[x.File == own]; !slices.Contains(causes(x), want) {
				t.Errorf("%s is closed for %v, not %s", x.Title, causes(x), want)
			}
		}
	})
}

func TestTwoSeatsOfOnePersonBecomeOne(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w, _, ana, bob := world(t, d)
		one, other := w.Somebody("elise@club.example", "Élise"), w.Somebody("elise@ailleurs.example", "Élise G.")
		w.Close(ana, bob)
		w.Seat(one, committee.Seat{Email: "elise@club.example", Role: committee.Chair})
		w.Seat(other, committee.Seat{Email: "elise@ailleurs.example", Role: committee.Juror})
		w.Must(w.Committees.Declare(ctx, other, w.Selection.ID, ana, committee.Cause{Kind: committee.Family}))
		w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
			if err := w.Policy.Move(ctx, tx, one, other.ID, one.ID); err != nil {
				return err
			}
			return w.Bus.Publish(ctx, tx, "person.merged", string(one.ID), account.Merged{From: other.ID, To: one.ID})
		}))
		w.Settle()
		if got := w.Titles(one); !slices.Equal(got, []string{"Atelier partagé"}) {
			t.Errorf("what one of her accounts stepped aside from is shown to the other: %q", got)
		}
		seats, err := w.Committees.Committee(ctx, w.Lead, w.Selection.ID)
		w.Must(err)
		sitting := 0
		for _, m := range seats {
			if m.Status == committee.Sitting {
				sitting++
			}
		}
		if sitting != 1 {
			t.Errorf("she sits %d times", sitting)
		}
	})
}

// only is the one line of the register.
func only(w *committeetest.World, by account.User) committee.Recusal {
	w.T.Helper()
	_, list, err := w.Committees.Register(ctx, by, w.Selection.ID)
	w.Must(err)
	if len(list) != 1 {
		w.T.Fatalf("the register has %d lines", len(list))
	}
	return list[0]
}

// assign gives a file to a member to read, as the assignment does.
func assign(w *committeetest.World, seat committee.MemberID, by account.User, file application.ID) {
	w.T.Helper()
	w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `insert into assignments (id, selection_id, application_id, member_id, source, assigned_by, assigned_at, end_reason) values ($1, $2, $3, $4, 'hand', 'system', $5, '')`,
			db.NewID(), string(w.Selection.ID), string(file), string(seat), w.Clock.Now()); err != nil {
			return err
		}
		return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(by.ID), Relation: "rapporteur", Object: policy.Ref{Kind: "application", ID: string(file)}})
	}))
	w.Clock.Advance(time.Second)
}
