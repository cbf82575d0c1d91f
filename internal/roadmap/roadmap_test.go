package roadmap_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/project"
	"transformateur/internal/roadmap"
)

var ctx = context.Background()

func wants(t *testing.T, what string, err error, kind errs.Kind, key string) {
	t.Helper()
	if !errs.Is(err, kind) || key != "" && errs.KeyOf(err) != key {
		t.Errorf("%s: %v, want %s %s", what, err, kind, key)
	}
}

func action(title, starts, due string, after roadmap.ID) roadmap.Sheet {
	return roadmap.Sheet{Kind: roadmap.Action, Title: title, Starts: starts, Due: due, After: after}
}

func TestWhatMayBeWritten(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		s := roadmap.New(d, w.Clock, w.Policy, w.Projects)
		id := w.Project("Campus", w.Ana)
		for what, c := range map[string]struct {
			sheet roadmap.Sheet
			path  string
		}{
			"no title":                {action(" ", "", "", ""), "title"},
			"a milestone without day": {roadmap.Sheet{Kind: roadmap.Milestone, Title: "Essai"}, "due"},
			"no such day":             {action("Essai", "", "2027-02-30", ""), "due"},
			"an end before":           {action("Essai", "2027-03-05", "2027-03-04", ""), "due"},
			"dropped without a word":  {roadmap.Sheet{Kind: roadmap.Action, Title: "Essai", State: roadmap.Dropped}, "reason"},
			"a lock that is dropped":  {roadmap.Sheet{Kind: roadmap.Lock, Title: "Essai", State: roadmap.Dropped, Reason: "Non"}, "state"},
			"after nothing known":     {action("Essai", "", "", "gone"), "after"},
			"no such kind":            {roadmap.Sheet{Kind: "wish", Title: "Essai"}, "state"},
		} {
			_, err := s.Put(ctx, w.Ana, id, "", c.sheet, 0)
			wants(t, what, err, errs.Invalid, "roadmap.invalid")
			var e *errs.Error
			if !errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Path != c.path {
				t.Errorf("%s: %v, want %s", what, err, c.path)
			}
		}
		_, err := s.Put(ctx, w.Bob, id, "", action("Essai", "", "", ""), 0)
		wants(t, "a stranger", err, errs.NotFound, "")
		_, err = s.Put(ctx, w.Ana, id, "gone", action("Essai", "", "", ""), 1)
		wants(t, "what is not there", err, errs.NotFound, "")
	})
}

func TestOneAfterAnother(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		s := roadmap.New(d, w.Clock, w.Policy, w.Projects)
		id := w.Project("Campus", w.Ana)
		day := func(n int) string { return w.Clock.Now().AddDate(0, 0, n).Format(time.DateOnly) }
		put := func(e roadmap.ID, sheet roadmap.Sheet, version int64) roadmap.ID {
			t.Helper()
			e, err := s.Put(ctx, w.Ana, id, e, sheet, version)
			w.Must(err)
			return e
		}
		first := put("", action("Enquête", day(0), day(10), ""), 0)
		second := put("", action("Essai", day(12), day(20), first), 0)
		third := put("", action("Bilan", "", day(30), second), 0)
		_, err := s.Put(ctx, w.Ana, id, first, action("Enquête", day(0), day(10), third), 1)
		wants(t, "a circle", err, errs.Invalid, "roadmap.invalid")
		_, err = s.Put(ctx, w.Ana, id, first, action("Enquête", "", "", first), 1)
		wants(t, "after itself", err, errs.Invalid, "roadmap.invalid")
		put(first, action("Enquête", day(0), day(15), ""), 1)
		put(first, action("Enquête", day(0), day(15), ""), 2) // nothing changes
		_, err = s.Put(ctx, w.Ana, id, first, action("Enquête auprès des agents", day(0), day(15), ""), 1)
		wants(t, "over an old version", err, errs.Conflict, "roadmap.meanwhile")
		v, err := s.Read(ctx, w.Ana, id)
		w.Must(err)
		for e, pushed := range map[roadmap.ID]bool{first: false, second: true, third: false} {
			if got, _ := v.Find(e); got.Pushed != pushed || got.Late {
				t.Errorf("%s is %+v", got.Title, got)
			}
		}
		w.Clock.Advance(16 * 24 * time.Hour)
		done := action("Enquête", day(-16), day(-1), "")
		done.State = roadmap.Done
		if v, err = s.Read(ctx, w.Lead, id); err != nil {
			t.Fatal(err)
		}
		if got, _ := v.Find(first); !got.Late {
			t.Error("its day is over, and it is not late")
		}
		put(first, done, 2)
		if v, err = s.Read(ctx, w.Lead, id); err != nil {
			t.Fatal(err)
		}
		if got, _ := v.Find(first); got.Late || got.ClosedAt.IsZero() {
			t.Errorf("once done: %+v", got)
		}
		if got, _ := v.Find(second); got.Pushed {
			t.Error("what is done pushes nothing")
		}
		_, changes, err := s.History(ctx, w.Ana, id)
		w.Must(err)
		fields := map[string]int{}
		for _, c := range changes {
			fields[c.Field]++
		}
		if len(changes) != 5 || fields["created"] != 3 || fields["due"] != 1 || fields["state"] != 1 || changes[0].By != w.Ana.Name {
			t.Errorf("the history is %+v", changes)
		}
		b, err := s.Of(ctx, w.Lead, gatheringtest.Edition)
		w.Must(err)
		if len(b.Lines) != 1 || b.Lines[0].Done != 1 || b.Lines[0].Open != 2 || b.Lines[0].Late != 0 || b.Lines[0].Changed == "" {
			t.Errorf("the edition says %+v", b.Lines)
		}
		_, err = s.Of(ctx, w.Ana, gatheringtest.Edition)
		wants(t, "a team follows an edition", err, errs.Forbidden, "")
	})
}

func TestTakenFromTheDays(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		s := roadmap.New(d, w.Clock, w.Policy, w.Projects)
		id := w.Project("Campus", w.Ana)
		w.Must(d.Write(ctx, func(tx *db.Tx) error {
			return w.Projects.Land(ctx, tx, w.Lead, id, "b1", []project.Item{
				{Kind: "action", Title: "Appeler la CARSAT", Owner: "Ana", Due: "2027-06-01", Card: "c1"}, {Kind: "need", Title: "Un juriste", Card: "c2"}, {Kind: "idea", Title: "Une fresque", Card: "c3"}})
		}))
		v, err := s.Read(ctx, w.Ana, id)
		w.Must(err)
		if len(v.Proposed) != 2 || len(v.Entries) != 0 {
			t.Fatalf("proposed: %+v", v.Proposed)
		}
		all := []string{v.Proposed[0].ID, v.Proposed[1].ID, "gone"}
		for _, want := range []int{2, 0} {
			if n, err := s.Take(ctx, w.Ana, id, all); err != nil || n != want {
				t.Errorf("took %d, want %d: %v", n, want, err)
			}
		}
		v, err = s.Read(ctx, w.Ana, id)
		w.Must(err)
		call := v.Of(roadmap.Action)[0]
		if call.Carrier != "Ana" || call.Due != "2027-06-01" || len(v.Proposed) != 0 {
			t.Errorf("took %+v", call)
		}
		done := call.Sheet
		done.State = roadmap.Done
		_, err = s.Put(ctx, w.Ana, id, call.ID, done, call.Version)
		w.Must(err)
		items, err := w.Projects.Items(ctx, d.Reader(), w.Ana, id)
		w.Must(err)
		for _, i := range items {
			if i.Card == "c1" && i.Done.IsZero() {
				t.Error("an action that is done here is not done in the project's file")
			}
		}
		state := func(kind roadmap.Kind) roadmap.State {
			v, err := s.Read(ctx, w.Ana, id)
			w.Must(err)
			return v.Of(kind)[0].State
		}
		w.Must(w.Projects.Done(ctx, w.Ana, id, call.Item, false))
		if got := state(roadmap.Action); got != roadmap.Todo {
			t.Errorf("opened again in the file, it is %s here", got)
		}
		w.Must(w.Projects.Done(ctx, w.Ana, id, call.Item, true))
		w.Must(w.Projects.Done(ctx, w.Ana, id, call.Item, true))
		if got := state(roadmap.Action); got != roadmap.Done {
			t.Errorf("done in the file, it is %s here", got)
		}
		v, err = s.Read(ctx, w.Ana, id)
		w.Must(err)
		again := v.Of(roadmap.Action)[0]
		given := again.Sheet
		given.State, given.Reason = roadmap.Dropped, "Plus de temps"
		_, err = s.Put(ctx, w.Ana, id, again.ID, given, again.Version)
		w.Must(err)
		w.Must(w.Projects.Done(ctx, w.Ana, id, call.Item, true))
		v, err = s.Read(ctx, w.Ana, id)
		w.Must(err)
		if now := v.Of(roadmap.Action)[0]; now.State != roadmap.Done || now.Reason != "" {
			t.Errorf("done after it was dropped: %s, %q", now.State, now.Reason)
		}
		need := v.Of(roadmap.Need)[0]
		answered := need.Sheet
		answered.State = roadmap.Done
		_, err = s.Put(ctx, w.Ana, id, need.ID, answered, need.Version)
		w.Must(err)
		items, err = w.Projects.Items(ctx, d.Reader(), w.Ana, id)
		w.Must(err)
		for _, i := range items {
			if i.Card == "c2" && i.Done.IsZero() {
				t.Error("a need that is answered here stands open in the project's file")
			}
		}
		_, changes, err := s.History(ctx, w.Ana, id)
		w.Must(err)
		kinds := map[roadmap.Kind]int{}
		for _, c := range changes {
			kinds[c.Kind]++
		}
		if kinds[roadmap.Action] != 8 || kinds[roadmap.Need] != 2 {
			t.Errorf("changes of %v", kinds)
		}
	})
}
