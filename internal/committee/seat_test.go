package committee_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/committee"
	"transformateur/internal/committee/committeetest"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
)

// sees says whether somebody may open a selection.
func sees(w *committeetest.World, by account.User) bool {
	_, err := w.Committees.Get(ctx, by, w.Selection.ID)
	return err == nil
}

func TestNothingOpensBeforeTheCommitment(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := committeetest.New(t, d)
		member := w.Somebody("marc@club.example", "Marc")
		id := w.Offer(member, committee.Seat{Email: "marc@club.example", Role: committee.Juror})
		if sees(w, member) {
			t.Error("the selection is open to who has not answered")
		}
		offer, err := w.Committees.Offered(ctx, member, id, "en")
		w.Must(err)
		if offer.Promise != "I keep what I read to myself." {
			t.Errorf("she is asked to commit to %q", offer.Promise)
		}
		if _, err := w.Committees.Offered(ctx, w.Bob, id, "fr"); !errs.Is(err, errs.NotFound) {
			t.Errorf("somebody else reads the offer: %v", err)
		}
		if _, err := w.Committees.Commit(ctx, member, id, "fr", committee.Digest("another text")); !errs.Is(err, errs.Conflict) {
			t.Errorf("committing to a text that changed answers %v", err)
		}
		if sees(w, member) {
			t.Error("a refused commitment opened the selection")
		}
		w.Commit(member, id)
		if !sees(w, member) {
			t.Error("the selection stays closed to who committed")
		}
		if _, err := w.Committees.Commit(ctx, member, id, "fr", committee.Digest(offer.Promise)); !errs.Is(err, errs.NotFound) {
			t.Errorf("committing twice answers %v", err)
		}
		_, m, err := w.Committees.Mine(ctx, member, w.Selection.ID)
		w.Must(err)
		if m.Confidentiality != "Je garde pour moi ce que je lis." || !m.ConfidentialityAt.Equal(w.Clock.Now()) {
			t.Errorf("what is kept of her commitment: %q at %v", m.Confidentiality, m.ConfidentialityAt)
		}
		detail, err := db.Get(ctx, w.DB.Reader(), db.Value[string], `select detail from journal where act = 'committee.accepted'`)
		w.Must(err)
		if want := committee.Digest(m.Confidentiality); !strings.Contains(detail, want) {
			t.Errorf("the journal says %s, without the digest %s", detail, want)
		}
	})
}

func TestAMandateHasItsDates(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := committeetest.New(t, d)
		member := w.Somebody("marc@club.example", "Marc")
		now := w.Clock.Now()
		w.Seat(member, committee.Seat{Email: "marc@club.example", Role: committee.Juror, From: now.Add(time.Hour), Until: now.Add(3 * time.Hour)})
		for _, at := range []struct {
			after time.Duration
			want  bool
		}{{0, false}, {2 * time.Hour, true}, {3 * time.Hour, false}} {
			w.Clock.Set(now.Add(at.after))
			if sees(w, member) != at.want {
				t.Errorf("after %v the selection opens: %v", at.after, !at.want)
			}
		}
	})
}

func TestAMandateEnds(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w, _, ana, bob := world(t, d)
		chair, member, next := w.Somebody("chair@club.example", "Chantal"), w.Somebody("marc@club.example", "Marc"), w.Somebody("nina@club.example", "Nina")
		w.Close(ana, bob)
		w.Seat(chair, committee.Seat{Email: "chair@club.example", Role: committee.Chair})
		seat := w.Seat(member, committee.Seat{Email: "marc@club.example", Role: committee.Juror})
		w.Must(w.Committees.Begin(ctx, w.Lead, w.Selection.ID))
		assign(w, seat, member, ana)
		if err := w.Committees.End(ctx, w.Lead, w.Selection.ID, seat, ""); !errs.Is(err, errs.Invalid) {
			t.Errorf("ending without a reason answers %v", err)
		}
		if err := w.Committees.End(ctx, member, w.Selection.ID, seat, because); !errs.Is(err, errs.Forbidden) {
			t.Errorf("a member ends a mandate: %v", err)
		}
		_, err := w.Committees.Replace(ctx, w.Lead, w.Selection.ID, seat, because, committee.Seat{Email: "nina@club.example", Name: "Nina"})
		w.Must(err)
		if sees(w, member) || reads(w, member, ana) {
			t.Error("rights outlive the mandate")
		}
		if left, err := committee.Assigned(ctx, w.DB.Reader(), w.Selection.ID); err != nil || len(left) != 0 {
			t.Errorf("readings outlive the mandate: %v %v", left, err)
		}
		w.Must(w.Committees.End(ctx, w.Lead, w.Selection.ID, offered(w), because)) // the invitation is taken back
		if list, err := w.Accounts.MyInvitations(ctx, next); err != nil || len(list) != 0 {
			t.Errorf("the link outlives the seat: %v %v", list, err)
		}
		again := w.Seat(member, committee.Seat{Email: "marc@club.example", Role: committee.Juror}) // he comes back
		if again == seat || !sees(w, member) {
			t.Error("who left cannot come back")
		}
	})
}

// offered is the seat that waits for an answer.
func offered(w *committeetest.World) committee.MemberID {
	w.T.Helper()
	seats, err := w.Committees.Committee(ctx, w.Lead, w.Selection.ID)
	w.Must(err)
	i := slices.IndexFunc(seats, func(m committee.Member) bool { return m.Status == committee.Invited })
	if i < 0 {
		w.T.Fatal("nobody is invited")
	}
	return seats[i].ID
}

func TestASeatIsDeclined(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := committeetest.New(t, d)
		one, other := w.Somebody("marc@club.example", "Marc"), w.Somebody("nina@club.example", "Nina")
		id := w.Offer(one, committee.Seat{Email: "marc@club.example", Role: committee.Juror})
		w.Must(w.Committees.Decline(ctx, one, id, "Je serai en voyage à cette date."))
		_, err := w.Committees.Invite(ctx, w.Lead, w.Selection.ID, committee.Seat{Email: "nina@club.example", Name: "Nina", Role: committee.Juror})
		w.Must(err)
		list, err := w.Accounts.MyInvitations(ctx, other)
		w.Must(err)
		w.Must(w.Accounts.DeclineInvitation(ctx, other, list[0].ID))
		w.Settle()
		seats, err := w.Committees.Committee(ctx, w.Lead, w.Selection.ID)
		w.Must(err)
		for _, m := range seats {
			if m.Status != committee.Declined {
				t.Errorf("%s is %s", m.Name, m.Status)
			}
		}
	})
}

func TestInvitingChecksWhatIsTyped(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := committeetest.New(t, d)
		_, err := w.Committees.Invite(ctx, w.Lead, w.Selection.ID, committee.Seat{Email: "non", Role: "roi", Least: 5, Most: 2})
		var got []string
		for _, f := range err.(*errs.Error).Fields {
			got = append(got, f.Path)
		}
		if !slices.Equal(got, []string{"email", "name", "role", "most"}) {
			t.Errorf("what is wrong: %v", got)
		}
		chair := committee.Seat{Email: "chair@club.example", Name: "Chantal", Role: committee.Chair}
		_, err = w.Committees.Invite(ctx, w.Lead, w.Selection.ID, chair)
		w.Must(err)
		for _, again := range []committee.Seat{chair, {Email: "autre@club.example", Name: "Autre", Role: committee.Chair}} {
			if _, err := w.Committees.Invite(ctx, w.Lead, w.Selection.ID, again); !errs.Is(err, errs.Conflict) {
				t.Errorf("a second chair is invited: %v", err)
			}
		}
		if _, err := w.Committees.Invite(ctx, w.Bob, w.Selection.ID, chair); !errs.Is(err, errs.NotFound) {
			t.Errorf("somebody else invites: %v", err)
		}
	})
}

func TestACheckWritesNothing(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w, region, ana, bob := world(t, d)
		w.Close(ana, bob)
		w.Settle()
		count := func() (n int) {
			w.Must(w.DB.Reader().QueryRow(ctx, `select (select count(*) from journal) + (select count(*) from recusals) + (select count(*) from exclusions) + (select count(*) from committee_members)`).Scan(&n))
			return n
		}
		before := count()
		clashes, files, err := w.Committees.Check(ctx, w.Lead, w.Selection.ID, "Elise@Normandie.example", region, "Élise")
		w.Must(err)
		if files != 2 || len(clashes) != 1 || clashes[0].File != ana || !slices.Equal(clashes[0].Causes, []committee.CauseKind{committee.SameOrganisation, committee.SameDomain}) {
			t.Errorf("of %d files: %+v", files, clashes)
		}
		if clashes, _, err = w.Committees.Check(ctx, w.Lead, w.Selection.ID, "elise@orange.fr", "", "Élise"); err != nil || len(clashes) != 0 {
			t.Errorf("somebody from nowhere: %v %v", clashes, err)
		}
		if count() != before {
			t.Error("a check wrote something")
		}
		if _, _, err := w.Committees.Check(ctx, w.Bob, w.Selection.ID, "a@b.fr", "", ""); !errs.Is(err, errs.NotFound) {
			t.Errorf("somebody else checks: %v", err)
		}
	})
}

func TestSettings(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := committeetest.New(t, d)
		in := committeetest.Settings()
		in.ReviewsDueAt, in.DeliberatesAt, in.NamesPublic = "2027-04-02T18:00", "2027-04-09T09:30", true
		sel, err := w.Committees.Edit(ctx, w.Lead, w.Selection.ID, in, w.Selection.Version)
		w.Must(err)
		if got := sel.Settings(); got.ReviewsDueAt != in.ReviewsDueAt || got.DeliberatesAt != in.DeliberatesAt || !got.NamesPublic {
			t.Errorf("the settings come back as %+v", got)
		}
		if _, err := w.Committees.Edit(ctx, w.Lead, w.Selection.ID, in, w.Selection.Version); !errs.Is(err, errs.Conflict) {
			t.Errorf("a stale save answers %v", err)
		}
		bad := committee.Settings{Name: form.Localised{"en": "x"}, Readers: 0, Target: -1, ReviewsDueAt: "2027-04-09T18:00", DeliberatesAt: "2027-04-02T09:30"}
		_, err = w.Committees.Edit(ctx, w.Lead, w.Selection.ID, bad, sel.Version)
		if e, ok := err.(*errs.Error); !ok || len(e.Fields) != 7 {
			t.Errorf("everything wrong at once: %v", err)
		}
		two, err := w.Committees.Create(ctx, w.Lead, w.Call.ID, in)
		w.Must(err)
		if two.Round != 2 {
			t.Errorf("the second selection is round %d", two.Round)
		}
		if _, err := w.Committees.Create(ctx, w.Lead, w.Call.ID, in); !errs.Is(err, errs.Conflict) {
			t.Errorf("a third selection answers %v", err)
		}
		ready, err := w.Committees.Readiness(ctx, w.Lead, two.ID)
		w.Must(err)
		if !slices.Equal(ready.Lacks, []string{"committee.lacks_closing", "committee.lacks_chair", "committee.lacks_members", "committee.lacks_files"}) {
			t.Errorf("the second round lacks %v", ready.Lacks)
		}
		if err := w.Committees.Begin(ctx, w.Lead, two.ID); !errs.Is(err, errs.Conflict) {
			t.Errorf("it begins: %v", err)
		}
	})
}

func TestAMemberTellsWhatSheKnows(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := committeetest.New(t, d)
		member := w.Somebody("marc@club.example", "Marc")
		w.Seat(member, committee.Seat{Email: "marc@club.example", Role: committee.Juror})
		_, m, err := w.Committees.Mine(ctx, member, w.Selection.ID)
		w.Must(err)
		w.Must(w.Committees.Tell(ctx, member, w.Selection.ID, committee.Say{Competences: committee.Words("dialogue social, numérique\n numérique"), Presence: []string{"2027-04-10", "2027-04-09", ""}}, m.Version))
		w.Must(w.Committees.Attest(ctx, member, w.Selection.ID))
		_, m, err = w.Committees.Mine(ctx, member, w.Selection.ID)
		w.Must(err)
		if !slices.Equal(m.Competences, []string{"dialogue social", "numérique"}) || !slices.Equal(m.Presence, []string{"2027-04-09", "2027-04-10"}) || m.DeclaredAt.IsZero() {
			t.Errorf("what is kept: %+v", m)
		}
		if err := w.Committees.Tell(ctx, member, w.Selection.ID, committee.Say{Presence: []string{"demain"}}, m.Version); !errs.Is(err, errs.Invalid) {
			t.Errorf("a day that is none answers %v", err)
		}
		if err := w.Committees.Tell(ctx, member, w.Selection.ID, committee.Say{}, m.Version-1); !errs.Is(err, errs.Conflict) {
			t.Errorf("a stale save answers %v", err)
		}
	})
}
