package deliberation_test

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/deliberation"
	"transformateur/internal/deliberation/deliberationtest"
	"transformateur/internal/deliberation/minutes"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
)

const selection = deliberationtest.Selection

var ctx = context.Background()

func view(t *testing.T, w *deliberationtest.World, who account.User) deliberation.View {
	t.Helper()
	v, err := w.Rooms.Room(ctx, who, selection)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func propose(t *testing.T, w *deliberationtest.World, who account.User, kind deliberation.Outcome) string {
	t.Helper()
	w.Must(w.Rooms.Propose(ctx, who, selection, kind, ""))
	list := view(t, w, who).Motions
	return list[len(list)-1].ID
}

func wants(t *testing.T, err error, kind errs.Kind, key string) {
	t.Helper()
	if !errs.Is(err, kind) || key != "" && errs.KeyOf(err) != key {
		t.Fatalf("%v, want %s %s", err, kind, key)
	}
}

func TestOpening(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := deliberationtest.New(t, d, 3)
		_, err := w.Rooms.Room(ctx, w.Mia, selection)
		wants(t, err, errs.Forbidden, "")
		wants(t, w.Rooms.Open(ctx, w.Mia, selection, deliberationtest.Settings()), errs.Forbidden, "")
		wants(t, w.Rooms.Open(ctx, w.Bob, selection, deliberationtest.Settings()), errs.NotFound, "")
		bad := deliberationtest.Settings()
		bad.Quorum, bad.Minutes, bad.Reasons, bad.Deputy = -1, 1000, nil, "nobody"
		err = w.Rooms.Open(ctx, w.Chair, selection, bad)
		if fields := fieldsOf(err); !slices.Equal(fields, []string{"quorum", "minutes", "reasons", "deputy"}) {
			t.Fatalf("faults at %v", fields)
		}
		w.Open()
		sel, err := committee.Load(ctx, d.Reader(), selection)
		w.Must(err)
		if sel.Status != committee.Deliberating || view(t, w, w.Mia).Room.Status != deliberation.Open {
			t.Fatalf("the selection is %s", sel.Status)
		}
		wants(t, w.Rooms.Open(ctx, w.Chair, selection, deliberationtest.Settings()), errs.Conflict, "deliberation.not_reading")
	})
}

func fieldsOf(err error) (paths []string) {
	if e, ok := err.(*errs.Error); ok {
		for _, f := range e.Fields {
			paths = append(paths, f.Path)
		}
	}
	return paths
}

func TestOrderOfDiscussion(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := deliberationtest.New(t, d, 4)
		w.Exclude(w.Mia, w.Files[0])
		w.Exclude(w.Mia, w.Files[2])
		w.Open(w.Mia)
		titles := func(who account.User) (ids []application.ID) {
			for i, one := range view(t, w, who).Items {
				if one.Place != i+1 {
					t.Errorf("place %d after %d", one.Place, i)
				}
				ids = append(ids, one.ID)
			}
			return ids
		}
		first := titles(w.Chair)
		if !slices.Contains([]string{string(w.Files[0] + w.Files[2]), string(w.Files[2] + w.Files[0])}, string(first[0]+first[1])) &&
			!slices.Contains([]string{string(w.Files[0] + w.Files[2])}, string(first[2]+first[3])) && !slices.Contains([]string{string(w.Files[0] + w.Files[2])}, string(first[1]+first[2])) {
			t.Errorf("Mia goes out twice: %v of %v", first, w.Files)
		}
		if got := titles(w.Mia); len(got) != 2 || slices.Contains(got, w.Files[0]) {
			t.Errorf("Mia sees %v", got)
		}
		last := first[3]
		w.Must(w.Rooms.Arrange(ctx, w.Chair, selection, last, true))
		if got := titles(w.Chair); got[2] != last {
			t.Errorf("%v after moving %s up from %v", got, last, first)
		}
		wants(t, w.Rooms.Arrange(ctx, w.Mia, selection, last, true), errs.Forbidden, "")
	})
}

// What a member who waits outside is told does not depend on the file, nor on anything
// that is said of it.
func TestWaitingOutside(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := deliberationtest.New(t, d, 3)
		w.Exclude(w.Mia, w.Files[0])
		w.Exclude(w.Mia, w.Files[1])
		w.Open(w.Chair, w.Mia, w.Noe, w.Zoe)
		listener, err := w.Rooms.Watch(ctx, w.Mia, selection)
		w.Must(err)
		defer listener.Close()
		w.Discuss(w.Files[0], "")
		<-listener.Told
		first := view(t, w, w.Mia)
		if !first.Waiting || first.File != nil || len(first.Here) > 0 || first.Room.Version != 0 {
			t.Fatalf("Mia sees %+v", first)
		}
		pulse, err := w.Rooms.Pulse(ctx, w.Mia, selection)
		w.Must(err)
		m := propose(t, w, w.Noe, deliberation.Retain)
		w.Must(w.Rooms.PutToVote(ctx, w.Chair, selection, m))
		for _, who := range []account.User{w.Chair, w.Noe, w.Zoe} {
			w.Must(w.Rooms.Cast(ctx, who, selection, m, deliberation.For))
		}
		wants(t, w.Rooms.Cast(ctx, w.Mia, selection, m, deliberation.For), errs.Conflict, "deliberation.waiting")
		wants(t, w.Rooms.Propose(ctx, w.Mia, selection, deliberation.Refuse, ""), errs.Conflict, "deliberation.waiting")
		w.Discuss(w.Files[1], "")
		second := view(t, w, w.Mia)
		if !reflect.DeepEqual(first, second) {
			t.Errorf("waiting for another file reads\n%+v\nand\n%+v", first, second)
		}
		if again, err := w.Rooms.Pulse(ctx, w.Mia, selection); err != nil || again != pulse || !pulse.Waiting {
			t.Errorf("pulse %+v then %+v, %v", pulse, again, err)
		}
		w.Discuss(w.Files[2], w.Files[0])
		if !view(t, w, w.Mia).Waiting {
			t.Error("the second file under discussion does not send her out")
		}
		w.Discuss(w.Files[2], "")
		back := view(t, w, w.Mia)
		if back.Waiting || len(back.Items) != 1 || back.File == nil || !back.Votes {
			t.Errorf("back inside Mia sees %+v", back)
		}
		out := slices.DeleteFunc(view(t, w, w.Chair).Here, func(p deliberation.Person) bool { return !p.Out })
		if len(out) != 0 {
			t.Errorf("%v are still out", out)
		}
	})
}

func TestVote(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := deliberationtest.New(t, d, 2)
		w.Open(w.Chair, w.Mia, w.Noe, w.Sam, w.Lead)
		wants(t, w.Rooms.Propose(ctx, w.Mia, selection, deliberation.Retain, ""), errs.Conflict, "deliberation.nothing_discussed")
		w.Discuss(w.Files[0], "")
		wants(t, w.Rooms.Propose(ctx, w.Zoe, selection, deliberation.Retain, ""), errs.Conflict, "deliberation.not_present")
		for _, who := range []account.User{w.Sam, w.Lead} {
			wants(t, w.Rooms.Propose(ctx, who, selection, deliberation.Retain, ""), errs.Forbidden, "")
		}
		wants(t, w.Rooms.Propose(ctx, w.Mia, selection, deliberation.Merge, ""), errs.Invalid, "")
		m := propose(t, w, w.Mia, deliberation.Retain)
		wants(t, w.Rooms.Cast(ctx, w.Mia, selection, m, deliberation.For), errs.Conflict, "deliberation.vote_over")
		wants(t, w.Rooms.PutToVote(ctx, w.Mia, selection, m), errs.Forbidden, "")
		w.Must(w.Rooms.PutToVote(ctx, w.Chair, selection, m))
		wants(t, w.Rooms.Call(ctx, w.Chair, selection, w.Files[1], ""), errs.Conflict, "deliberation.vote_open")
		w.Must(w.Rooms.Cast(ctx, w.Mia, selection, m, deliberation.Against))
		w.Must(w.Rooms.Cast(ctx, w.Mia, selection, m, deliberation.For))
		w.Must(w.Rooms.Cast(ctx, w.Chair, selection, m, deliberation.Against))
		for who, mine := range map[string]deliberation.Choice{"chair": deliberation.Against, "mia": deliberation.For, "noe": ""} {
			one := view(t, w, account.User{ID: account.PersonID(who), Name: who}).Motions[0]
			if one.For+one.Against+one.Abstained != 0 || one.Names != nil || one.Mine != mine || one.Cast != 2 || one.Electors != 3 {
				t.Errorf("before the close %s reads %+v", who, one)
			}
		}
		w.Must(w.Rooms.Cast(ctx, w.Noe, selection, m, deliberation.For))
		one := view(t, w, w.Zoe).Motions[0]
		if one.Status != deliberation.Voted || one.For != 2 || one.Against != 1 || !one.Carried || one.Electors != 3 || one.Names != nil {
			t.Errorf("after the close: %+v", one)
		}
		wants(t, w.Rooms.Cast(ctx, w.Noe, selection, m, deliberation.Against), errs.Conflict, "deliberation.vote_over")
		wants(t, w.Rooms.CloseVote(ctx, w.Chair, selection, m), errs.Conflict, "deliberation.vote_over")
	})
}

func TestVoteEndsWithoutThoseWhoLeave(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := deliberationtest.New(t, d, 1)
		named := deliberationtest.Settings()
		named.Named = true
		w.Open(w.Chair, w.Mia)
		w.Must(w.Rooms.Set(ctx, w.Chair, selection, named))
		w.Discuss(w.Files[0], "")
		m := propose(t, w, w.Mia, deliberation.Refuse)
		w.Must(w.Rooms.Leave(ctx, w.Mia, selection))
		wants(t, w.Rooms.PutToVote(ctx, w.Chair, selection, m), errs.Conflict, "deliberation.no_quorum")
		w.Must(w.Rooms.Enter(ctx, w.Noe, selection))
		w.Must(w.Rooms.PutToVote(ctx, w.Chair, selection, m))
		w.Must(w.Rooms.Cast(ctx, w.Chair, selection, m, deliberation.Abstain))
		w.Must(w.Rooms.Leave(ctx, w.Noe, selection))
		one := view(t, w, w.Chair).Motions[0]
		if one.Status != deliberation.Voted || one.Abstained != 1 || one.Carried || !slices.Equal(one.Names[deliberation.Abstain], []string{"chair"}) {
			t.Errorf("after Noe left: %+v", one)
		}
	})
}

func TestTimer(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := deliberationtest.New(t, d, 1)
		w.Open(w.Chair)
		wants(t, w.Rooms.Time(ctx, w.Chair, selection, 5), errs.Conflict, "deliberation.nothing_discussed")
		w.Discuss(w.Files[0], "")
		if got := view(t, w, w.Chair).Until; !got.Equal(w.Clock.Now().Add(10 * time.Minute)) {
			t.Errorf("until %s", got)
		}
		w.Must(w.Rooms.Time(ctx, w.Chair, selection, 0))
		if got := view(t, w, w.Chair).Until; !got.IsZero() {
			t.Errorf("until %s once stopped", got)
		}
	})
}

func TestDeciding(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := deliberationtest.New(t, d, 4)
		w.Exclude(w.Mia, w.Files[1])
		w.Open(w.Chair, w.Mia)
		good := deliberation.Verdict{Outcome: deliberation.Refuse, Reason: "rank", Wording: "D’autres projets passent avant."}
		for name, c := range map[string]struct {
			change func(*deliberation.Verdict)
			field  string
		}{
			"no outcome":             {func(v *deliberation.Verdict) { v.Outcome = "" }, "outcome"},
			"a reason of nowhere":    {func(v *deliberation.Verdict) { v.Reason = "whim" }, "reason"},
			"a refusal in no words":  {func(v *deliberation.Verdict) { v.Wording = "  " }, "wording"},
			"a pair of one":          {func(v *deliberation.Verdict) { v.Outcome = deliberation.Pair }, "other"},
			"a pair with itself":     {func(v *deliberation.Verdict) { v.Outcome, v.Other = deliberation.Pair, w.Files[0] }, "other"},
			"a comment without end":  {func(v *deliberation.Verdict) { v.Comments = []string{strings.Repeat("a", 5000)} }, "comments"},
			"words that do not stop": {func(v *deliberation.Verdict) { v.Wording = strings.Repeat("a", 5000) }, "wording"},
		} {
			v := good
			c.change(&v)
			if got := fieldsOf(w.Rooms.Decide(ctx, w.Chair, selection, w.Files[0], v)); !slices.Equal(got, []string{c.field}) {
				t.Errorf("%s: faults at %v", name, got)
			}
		}
		wants(t, w.Rooms.Decide(ctx, w.Mia, selection, w.Files[0], good), errs.Forbidden, "")
		w.Must(w.Rooms.Decide(ctx, w.Chair, selection, w.Files[0], good))
		wants(t, w.Rooms.Decide(ctx, w.Chair, selection, w.Files[0], good), errs.Conflict, "deliberation.meanwhile")
		for _, id := range w.Files[1:] {
			w.Decide(id, deliberation.Reserve)
		}
		ranks := func(who account.User) map[application.ID]int {
			out := map[application.ID]int{}
			for _, one := range view(t, w, who).Items {
				out[one.ID] = one.Decision.Rank
			}
			return out
		}
		if got := ranks(w.Chair); got[w.Files[1]] != 1 || got[w.Files[2]] != 2 || got[w.Files[3]] != 3 {
			t.Errorf("ranks %v", got)
		}
		if got := ranks(w.Mia); got[w.Files[2]] != 1 || got[w.Files[3]] != 2 {
			t.Errorf("Mia reads ranks %v, with a hole", got)
		}
		w.Must(w.Rooms.Rerank(ctx, w.Chair, selection, w.Files[3]))
		if got := ranks(w.Chair); got[w.Files[3]] != 2 || got[w.Files[2]] != 3 {
			t.Errorf("ranks %v after moving up", got)
		}
	})
}

// The chair who stepped aside hands over: her deputy calls the file and decides, while she waits.
func TestDeputy(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := deliberationtest.New(t, d, 2)
		w.Exclude(w.Chair, w.Files[0])
		set := deliberationtest.Settings()
		set.Deputy = "seat-mia"
		w.Must(w.Rooms.Open(ctx, w.Chair, selection, set))
		wants(t, w.Rooms.Call(ctx, w.Chair, selection, w.Files[0], ""), errs.NotFound, "")
		w.Must(w.Rooms.Call(ctx, w.Mia, selection, w.Files[0], ""))
		wants(t, w.Rooms.Call(ctx, w.Chair, selection, w.Files[1], ""), errs.Conflict, "deliberation.waiting")
		w.Must(w.Rooms.Decide(ctx, w.Mia, selection, w.Files[0], deliberation.Verdict{Outcome: deliberation.Retain, Reason: "fit"}))
		w.Must(w.Rooms.Call(ctx, w.Mia, selection, "", ""))
		set.Deputy = ""
		w.Must(w.Rooms.Set(ctx, w.Chair, selection, set))
		wants(t, w.Rooms.Call(ctx, w.Mia, selection, w.Files[0], ""), errs.Forbidden, "")
	})
}

func TestMinutes(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := deliberationtest.New(t, d, 3)
		w.Exclude(w.Mia, w.Files[0])
		w.Open(w.Chair, w.Mia, w.Noe, w.Lead)
		w.Discuss(w.Files[0], "")
		m := propose(t, w, w.Noe, deliberation.Retain)
		w.Must(w.Rooms.PutToVote(ctx, w.Chair, selection, m))
		w.Must(w.Rooms.Cast(ctx, w.Noe, selection, m, deliberation.For))
		w.Must(w.Rooms.CloseVote(ctx, w.Chair, selection, m))
		w.Decide(w.Files[0], deliberation.Retain)
		w.Decide(w.Files[1], deliberation.Reserve)
		wants(t, w.Rooms.Sign(ctx, w.Chair, selection), errs.Conflict, "deliberation.unfinished")
		w.Decide(w.Files[2], deliberation.Refuse)
		before, err := w.Rooms.Minutes(ctx, w.Chair, selection)
		w.Must(err)
		wants(t, deliberation.MayAnnounce(ctx, d.Reader(), w.Lead, selection), errs.Conflict, "deliberation.not_signed")
		wants(t, w.Rooms.Sign(ctx, w.Mia, selection), errs.Forbidden, "")
		w.Must(w.Rooms.Sign(ctx, w.Chair, selection))
		w.Must(deliberation.MayAnnounce(ctx, d.Reader(), w.Lead, selection))
		wants(t, deliberation.MayAnnounce(ctx, d.Reader(), w.Chair, selection), errs.Conflict, "deliberation.same_person")
		whole(t, w, d, before)
		mine, err := w.Rooms.Minutes(ctx, w.Mia, selection)
		w.Must(err)
		if text, _ := json.Marshal(mine); len(mine.Minutes.Files) != 2 || strings.Contains(string(text), string(w.Files[0])) || strings.Contains(string(text), "same_organisation") {
			t.Errorf("Mia reads of the file from which she stepped aside: %s", text)
		}
		_, err = w.Rooms.Room(ctx, w.Mia, selection)
		wants(t, err, errs.Forbidden, "")
		wants(t, w.Rooms.Decide(ctx, w.Chair, selection, w.Files[0], deliberation.Verdict{Outcome: deliberation.Refuse, Reason: "fit", Wording: "Non."}), errs.Forbidden, "")
	})
}

// whole checks the signed minutes of somebody who sees every file.
func whole(t *testing.T, w *deliberationtest.World, d *db.DB, before deliberation.Record) {
	t.Helper()
	got, err := w.Rooms.Minutes(ctx, w.Lead, selection)
	w.Must(err)
	e := got.Minutes.Files[slices.IndexFunc(got.Minutes.Files, func(e minutes.Entry) bool { return e.ID == w.Files[0] })]
	if len(e.Out) != 1 || e.Out[0].Name != "mia" || !slices.Equal(e.Out[0].Kinds, []string{"same_organisation"}) {
		t.Errorf("who left: %+v", e.Out)
	}
	if len(e.Votes) != 1 || e.Votes[0].For != 1 || e.Votes[0].Electors != 2 || !e.Votes[0].Carried || e.Reason["fr"] == "" {
		t.Errorf("the entry is %+v", e)
	}
	if names := attendees(got.Minutes.Present); !slices.Equal(names, []string{"chair", "mia", "noe"}) || !slices.Equal(attendees(got.Minutes.Absent), []string{"sam", "zoe"}) || !slices.Equal(attendees(got.Minutes.Guests), []string{"lead"}) {
		t.Errorf("present %v, absent %v, guests %v", names, attendees(got.Minutes.Absent), attendees(got.Minutes.Guests))
	}
	var kept string
	w.Must(d.Reader().QueryRow(ctx, `select digest from minutes`).Scan(&kept))
	if got.Digest != kept || got.Signer != "chair" || before.Signer != "" || !before.MaySign || got.MaySign {
		t.Errorf("digest %s, kept %s, signed by %q", got.Digest, kept, got.Signer)
	}
}

func attendees(list []minutes.Attendee) (names []string) {
	for _, a := range list {
		names = append(names, a.Name)
	}
	return names
}
