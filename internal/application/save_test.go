package application_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

func join(t *testing.T, w *applicationtest.World, who account.User, relation string, id application.ID) {
	t.Helper()
	w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
		return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(who.ID), Relation: relation, Object: policy.Ref{Kind: "application", ID: string(id)}})
	}))
}

func edit(field string, base int64, value any) []application.Edit {
	return []application.Edit{{Field: field, Base: base, Value: value}}
}

func TestStaleSaveKeepsBothTexts(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		a := w.Draft()
		join(t, w, w.Bob, "editor", a.ID)
		first, err := w.Files.Save(ctx, w.Ana, a.ID, edit("summary", 0, "ana"))
		if err != nil || first.Versions["summary"] != 1 {
			t.Fatalf("%+v %v", first, err)
		}
		second, err := w.Files.Save(ctx, w.Bob, a.ID, edit("summary", 0, "bob"))
		if err != nil || len(second.Conflicts) != 1 || second.Conflicts[0].Mine != "bob" || second.Conflicts[0].Theirs.Value != "ana" || second.Conflicts[0].Theirs.Author != "person:ana" {
			t.Fatalf("%+v %v", second, err)
		}
		again, err := w.Files.Save(ctx, w.Bob, a.ID, edit("summary", 0, "bob"))
		if err != nil || again.Conflicts[0].Variant != second.Conflicts[0].Variant {
			t.Errorf("sent twice, kept twice: %+v %v", again, err)
		}
		f, err := w.Files.Open(ctx, w.Ana, a.ID)
		if err != nil || f.Answers["summary"].Value != "ana" {
			t.Errorf("a stale save overwrote: %+v %v", f.Answers, err)
		}
		variants, err := w.Files.Variants(ctx, w.Ana, a.ID)
		if err != nil || len(variants) != 1 || variants[0].Value != "bob" {
			t.Fatalf("%+v %v", variants, err)
		}
		if err := w.Files.Settle(ctx, w.Ana, a.ID, variants[0].ID, application.KeepBoth, "ana et bob", 0); errs.KeyOf(err) != "application.field_changed" {
			t.Errorf("settled on a version not seen: %v", err)
		}
		w.Must(w.Files.Settle(ctx, w.Ana, a.ID, variants[0].ID, application.KeepBoth, "ana et bob", 1))
		f, _ = w.Files.Open(ctx, w.Bob, a.ID)
		if f.Answers["summary"].Value != "ana et bob" || f.Answers["summary"].Version != 2 {
			t.Errorf("after the choice: %+v", f.Answers["summary"])
		}
		if variants, _ = w.Files.Variants(ctx, w.Ana, a.ID); len(variants) != 0 {
			t.Errorf("still waiting: %+v", variants)
		}
	})
}

func TestSaveIsIdempotent(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		a := w.Draft()
		for range 3 { // the answer was lost on the way, the browser sends again
			s, err := w.Files.Save(ctx, w.Ana, a.ID, edit("summary", 0, "texte"))
			if err != nil || s.Versions["summary"] != 1 || len(s.Conflicts) != 0 {
				t.Fatalf("%+v %v", s, err)
			}
		}
	})
}

// Many people write the same field at once: exactly one text is current, and
// every other one is kept beside.
func TestNoTextVanishes(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		a := w.Draft()
		var wg sync.WaitGroup
		for i := range 12 {
			who := w.Person(fmt.Sprint("p", i))
			join(t, w, who, "editor", a.ID)
			wg.Add(1)
			go func() {
				defer wg.Done()
				if _, err := w.Files.Save(ctx, who, a.ID, edit("summary", 0, fmt.Sprint("texte ", i))); err != nil {
					t.Error(err)
				}
			}()
		}
		wg.Wait()
		f, err := w.Files.Open(ctx, w.Ana, a.ID)
		w.Must(err)
		variants, err := w.Files.Variants(ctx, w.Ana, a.ID)
		w.Must(err)
		kept := map[any]bool{f.Answers["summary"].Value: true}
		for _, v := range variants {
			kept[v.Value] = true
		}
		if len(kept) != 12 {
			t.Errorf("%d texts kept of 12", len(kept))
		}
	})
}

func TestWhoWrites(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		a := w.Draft()
		join(t, w, w.Bob, "reader", a.ID)
		for _, c := range []struct {
			by   account.User
			want errs.Kind
		}{{w.Bob, errs.Forbidden}, {w.Lead, errs.NotFound}, {w.Person("eve"), errs.NotFound}, {account.User{}, errs.Unauthenticated}} {
			if _, err := w.Files.Save(ctx, c.by, a.ID, edit("summary", 0, "x")); !errs.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", c.by.Actor(), err, c.want)
			}
		}
		s, err := w.Files.Save(ctx, w.Ana, a.ID, edit("nothing", 0, "x"))
		if err != nil || len(s.Refused) != 1 {
			t.Errorf("an unknown field: %+v %v", s, err)
		}
	})
}

func TestDraftIsKeptAfterTheDeadline(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		a := w.Draft()
		w.Clock.Advance(3 * time.Hour)
		if _, err := w.Files.Save(ctx, w.Ana, a.ID, edit("summary", 0, "écrit hors ligne")); err != nil {
			t.Errorf("a late text was refused: %v", err)
		}
	})
}

func TestCreate(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		for _, c := range []struct {
			name  string
			by    account.User
			title string
			at    time.Duration
			want  string
		}{
			{"a visitor", account.User{}, "x", 0, "errs.unauthenticated"},
			{"without a title", w.Ana, " \n ", 0, "application.invalid: title=application.title_missing"},
			{"too early", w.Ana, "x", -2 * time.Hour, "application.call_not_open"},
			{"too late", w.Ana, "x", time.Hour, "application.call_closed"},
		} {
			w.Clock.Set(noon.Add(c.at))
			_, err := w.Files.Create(ctx, c.by, w.Call.ID, c.title)
			if err == nil || len(err.Error()) < len(c.want) || err.Error()[:len(c.want)] != c.want {
				t.Errorf("%s: %v, want %s", c.name, err, c.want)
			}
		}
		w.Clock.Set(noon)
		if a, b := w.Draft(), w.Draft(); a.Number != 1 || b.Number != 2 {
			t.Errorf("numbers %d and %d", a.Number, b.Number)
		}
	})
}
