package deliberation_test

import (
	"slices"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/committee"
	"transformateur/internal/deliberation"
	"transformateur/internal/deliberation/deliberationtest"
	"transformateur/internal/deliberation/minutes"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

func TestSecretaryNotesPresence(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := deliberationtest.New(t, d, 2)
		w.Exclude(w.Mia, w.Files[0])
		came := deliberation.Note{Member: "seat-mia", Mode: minutes.Remote}
		wants(t, w.Rooms.Notes(ctx, w.Sam, selection, came), errs.Forbidden, "")
		w.Open(w.Chair, w.Sam)
		opened := w.Clock.Now()
		w.Clock.Advance(time.Hour)
		for name, c := range map[string]struct {
			change func(*deliberation.Note)
			field  string
		}{
			"somebody who does not sit":    {func(n *deliberation.Note) { n.Member = "nobody" }, "member"},
			"neither here nor elsewhere":   {func(n *deliberation.Note) { n.Mode = "" }, "mode"},
			"before the meeting":           {func(n *deliberation.Note) { n.At = opened.Add(-time.Hour) }, "at"},
			"later than now":               {func(n *deliberation.Note) { n.At = opened.Add(2 * time.Hour) }, "at"},
			"a departure before it opened": {func(n *deliberation.Note) { n.Leaves, n.At = true, opened.Add(-time.Hour) }, "at"},
		} {
			n := came
			c.change(&n)
			if got := fieldsOf(w.Rooms.Notes(ctx, w.Sam, selection, n)); !slices.Equal(got, []string{c.field}) {
				t.Errorf("%s: faults at %v", name, got)
			}
		}
		wants(t, w.Rooms.Notes(ctx, w.Noe, selection, came), errs.Forbidden, "")
		came.At = opened.Add(10 * time.Minute)
		w.Must(w.Rooms.Notes(ctx, w.Sam, selection, came))
		wants(t, w.Rooms.Notes(ctx, w.Sam, selection, came), errs.Conflict, "deliberation.noted_already")
		w.Discuss(w.Files[0], "")
		for _, p := range view(t, w, w.Chair).Here {
			if p.ID == w.Mia.ID && (p.Mode != minutes.Remote || !p.Out || !p.Entered.Equal(came.At)) {
				t.Errorf("Mia is %+v", p)
			}
		}
		wants(t, w.Rooms.Notes(ctx, w.Sam, selection, deliberation.Note{Member: "seat-mia", Leaves: true, At: opened}), errs.Conflict, "deliberation.noted_already")
		w.Must(w.Rooms.Notes(ctx, w.Sam, selection, deliberation.Note{Member: "seat-mia", Leaves: true, At: opened.Add(40 * time.Minute)}))
		v, err := w.Rooms.Minutes(ctx, w.Chair, selection)
		w.Must(err)
		i := slices.IndexFunc(v.Minutes.Present, func(a minutes.Attendee) bool { return a.Name == "mia" })
		if i < 0 || len(v.Minutes.Present[i].Stays) != 1 {
			t.Fatalf("present %+v", v.Minutes.Present)
		}
		if stay := v.Minutes.Present[i].Stays[0]; stay.Mode != minutes.Remote || !stay.From.Equal(came.At) || !stay.Until.Equal(opened.Add(40*time.Minute)) {
			t.Errorf("the stay of Mia is %+v", stay)
		}
		w.Exclude(w.Sam, w.Files[0])
		wants(t, w.Rooms.Notes(ctx, w.Sam, selection, deliberation.Note{Member: "seat-noe", Mode: minutes.OnSite}), errs.Conflict, "deliberation.waiting")
	})
}

// signs decides everything in a room that asks for two signatures, and signs.
func signs(t *testing.T, d *db.DB) *deliberationtest.World {
	t.Helper()
	w := deliberationtest.New(t, d, 2)
	set := deliberationtest.Settings()
	set.Countersigned = true
	w.Must(w.Rooms.Open(ctx, w.Chair, selection, set))
	for _, id := range w.Files {
		w.Decide(id, deliberation.Retain)
	}
	wants(t, w.Rooms.Countersign(ctx, w.Sam, selection, ""), errs.Forbidden, "")
	w.Must(w.Rooms.Sign(ctx, w.Chair, selection))
	return w
}

func TestCountersigning(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := signs(t, d)
		read := func(who account.User) deliberation.Record {
			v, err := w.Rooms.Minutes(ctx, who, selection)
			w.Must(err)
			return v
		}
		mine := read(w.Sam)
		if !mine.MaySecond || !mine.Wanted || mine.MayVoid || mine.Second != "" || !read(w.Chair).MayVoid || read(w.Chair).MaySecond {
			t.Errorf("the secretary reads %+v", mine)
		}
		wants(t, deliberation.MayAnnounce(ctx, d.Reader(), w.Lead, selection), errs.Conflict, "deliberation.not_countersigned")
		wants(t, w.Rooms.Countersign(ctx, w.Mia, selection, mine.Digest), errs.Forbidden, "")
		wants(t, w.Rooms.Countersign(ctx, w.Chair, selection, mine.Digest), errs.Forbidden, "")
		wants(t, w.Rooms.Countersign(ctx, w.Sam, selection, "of something else"), errs.Conflict, "deliberation.meanwhile")
		w.Must(w.Rooms.Countersign(ctx, w.Sam, selection, mine.Digest))
		wants(t, w.Rooms.Countersign(ctx, w.Lead, selection, mine.Digest), errs.Conflict, "deliberation.meanwhile")
		w.Must(deliberation.MayAnnounce(ctx, d.Reader(), w.Lead, selection))
		if v := read(w.Mia); v.Second != "sam" || v.SecondAt.IsZero() || v.Wanted {
			t.Errorf("a member reads %+v", v)
		}
	})
}

// Who signs does not countersign, even with a role that may.
func TestOnePersonSignsOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := signs(t, d)
		w.Write(func(tx *db.Tx) error {
			return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(w.Chair.ID), Relation: "secretary", Object: policy.Ref{Kind: "selection", ID: string(selection)}})
		})
		v, err := w.Rooms.Minutes(ctx, w.Chair, selection)
		w.Must(err)
		if v.MaySecond {
			t.Error("the chair is proposed to countersign what she signed")
		}
		wants(t, w.Rooms.Countersign(ctx, w.Chair, selection, v.Digest), errs.Conflict, "deliberation.signed_alone")
	})
}

// A change after the signature withdraws both: what was signed is kept, and all is signed anew.
func TestChangeAfterSigningVoids(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := signs(t, d)
		first, err := w.Rooms.Minutes(ctx, w.Sam, selection)
		w.Must(err)
		w.Must(w.Rooms.Countersign(ctx, w.Sam, selection, first.Digest))
		wants(t, w.Rooms.Void(ctx, w.Sam, selection, "Une erreur."), errs.Forbidden, "")
		if got := fieldsOf(w.Rooms.Void(ctx, w.Chair, selection, "  ")); !slices.Equal(got, []string{"reason"}) {
			t.Errorf("faults at %v", got)
		}
		w.Must(w.Rooms.Void(ctx, w.Chair, selection, "Une erreur sur le second dossier."))
		wants(t, deliberation.MayAnnounce(ctx, d.Reader(), w.Lead, selection), errs.Conflict, "deliberation.not_signed")
		wants(t, w.Rooms.Void(ctx, w.Chair, selection, "Encore."), errs.Conflict, "deliberation.not_signed")
		sel, err := committee.Load(ctx, d.Reader(), selection)
		w.Must(err)
		if sel.Status != committee.Deliberating {
			t.Errorf("the selection is %s", sel.Status)
		}
		v, err := w.Rooms.Deciding(ctx, w.Chair, selection, w.Files[1])
		w.Must(err)
		w.Must(w.Rooms.Decide(ctx, w.Chair, selection, w.Files[1], deliberation.Verdict{Outcome: deliberation.Refuse, Reason: "rank", Wording: "Une erreur fut corrigée.", Version: v.Decision.Version}))
		w.Must(w.Rooms.Sign(ctx, w.Chair, selection))
		second, err := w.Rooms.Minutes(ctx, w.Sam, selection)
		w.Must(err)
		if second.Digest == first.Digest || second.Second != "" || !second.MaySecond || len(second.Minutes.Replaces) != 1 {
			t.Errorf("signed anew: %+v", second)
		}
		wants(t, w.Rooms.Countersign(ctx, w.Sam, selection, first.Digest), errs.Conflict, "deliberation.meanwhile")
		var digest, by string
		w.Must(d.Reader().QueryRow(ctx, `select digest, countersigned_by from voided_minutes`).Scan(&digest, &by))
		if digest != first.Digest || by != w.Sam.Actor() {
			t.Errorf("kept %s by %s, want %s", digest, by, first.Digest)
		}
		w.Write(func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update decisions set announced_at = $1 where application_id = $2`, w.Clock.Now(), string(w.Files[0]))
			return err
		})
		wants(t, w.Rooms.Void(ctx, w.Chair, selection, "Trop tard."), errs.Conflict, "deliberation.announced")
	})
}

// The call follows its selection from one stage to the next, and never goes back.
func TestCallFollows(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := deliberationtest.New(t, d, 1)
		phase := func() (n policy.Stage) {
			w.Must(d.Reader().QueryRow(ctx, `select phase from calls where id = $1`, string(w.Call.ID)).Scan(&n))
			return n
		}
		w.Open()
		if got := phase(); got != policy.Deliberation {
			t.Errorf("once the room is open the call is at %v", got)
		}
		w.Decide(w.Files[0], deliberation.Retain)
		w.Must(w.Rooms.Sign(ctx, w.Chair, selection))
		if got := phase(); got != policy.Embargo {
			t.Errorf("once the minutes are signed the call is at %v", got)
		}
		w.Must(w.Rooms.Void(ctx, w.Chair, selection, "Une erreur."))
		if got := phase(); got != policy.Embargo {
			t.Errorf("once the signature is withdrawn the call is at %v", got)
		}
	})
}
