package visit_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/project"
	"transformateur/internal/support/visit"
)

var ctx = context.Background()

// world has Léo sponsor the campus of Ana.
type world struct {
	*gatheringtest.World
	visits *visit.Service
	campus project.ID
	leo    account.User
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{World: gatheringtest.New(t, d)}
	w.visits = visit.New(d, w.Clock, w.Policy, w.Bus)
	w.campus, w.leo = w.Project("Campus", w.Ana), w.Signed("leo@labo.example", "Léo Fabre")
	w.sponsors(w.leo)
	return w
}

func (w *world) tie() policy.Relation {
	return policy.Relation{SubjectID: string(w.leo.ID), Relation: "sponsor", Object: policy.Ref{Kind: "project", ID: string(w.campus)}}
}

func (w *world) sponsors(who account.User) {
	w.T.Helper()
	tie := w.tie()
	tie.SubjectID = string(who.ID)
	w.Must(w.DB.Write(ctx, func(tx *db.Tx) error { return w.Policy.Grant(ctx, tx, w.Lead, tie) }))
}

func (w *world) draft() visit.Draft {
	return visit.Draft{Day: w.Clock.Now().Format(time.DateOnly), Place: "Atelier de Caen", Met: "Ana et deux collègues", Shared: "Le budget avance.", Private: "L'ambiance est tendue."}
}

func wants(t *testing.T, what string, err error, kind errs.Kind, key string) {
	t.Helper()
	if !errs.Is(err, kind) || key != "" && errs.KeyOf(err) != key {
		t.Errorf("%s: %v, want %s %s", what, err, kind, key)
	}
}

func TestWhatASponsorWrites(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for name, c := range map[string]struct {
			change func(*visit.Draft)
			bad    string
		}{
			"as it should be":      {func(*visit.Draft) {}, ""},
			"by video, nowhere":    {func(x *visit.Draft) { x.Place, x.Video = "", true }, ""},
			"without a note":       {func(x *visit.Draft) { x.Shared, x.Private = "", "" }, ""},
			"nowhere":              {func(x *visit.Draft) { x.Place = " " }, "place"},
			"with nobody":          {func(x *visit.Draft) { x.Met = "" }, "met"},
			"on no day":            {func(x *visit.Draft) { x.Day = "hier" }, "day"},
			"tomorrow":             {func(x *visit.Draft) { x.Day = w.Clock.Now().AddDate(0, 0, 2).Format(time.DateOnly) }, "day"},
			"a note of a thousand": {func(x *visit.Draft) { x.Private = strings.Repeat("é", visit.MaxNote+1) }, "private"},
			"everything at once":   {func(x *visit.Draft) { *x = visit.Draft{} }, "day place met"},
		} {
			in := w.draft()
			c.change(&in)
			_, err := w.visits.Write(ctx, w.leo, w.campus, in)
			var paths []string
			if e := (*errs.Error)(nil); errors.As(err, &e) {
				for _, f := range e.Fields {
					paths = append(paths, f.Path)
				}
			}
			if got := strings.Join(paths, " "); got != c.bad || c.bad == "" && err != nil {
				t.Errorf("%s: %q (%v), want %q", name, got, err, c.bad)
			}
		}
	})
}

// The team and the programme read what is shared; what she noted for herself, nobody else.
func TestTwoNotes(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id, err := w.visits.Write(ctx, w.leo, w.campus, w.draft())
		w.Must(err)
		eva := w.Signed("eva@labo.example", "Eva Sage")
		w.sponsors(eva)
		for name, c := range map[string]struct {
			by      account.User
			private string
			writes  bool
		}{"its author": {w.leo, "L'ambiance est tendue.", true}, "the team": {w.Ana, "", false}, "the programme": {w.Lead, "", false}, "another sponsor": {eva, "", true}} {
			v, err := w.visits.Around(ctx, c.by, w.campus)
			w.Must(err)
			if len(v.List) != 1 || v.List[0].Shared != "Le budget avance." || v.List[0].Private != c.private || v.Writes != c.writes {
				t.Errorf("%s reads %+v", name, v)
			}
		}
		for name, by := range map[string]account.User{"the team": w.Ana, "the programme": w.Lead, "another sponsor": eva} {
			_, err := w.visits.Open(ctx, by, w.campus, id)
			wants(t, name+" opens it", err, errs.NotFound, "")
		}
		_, err = w.visits.Around(ctx, w.Bob, w.campus)
		wants(t, "another team", err, errs.NotFound, "")
		_, err = w.visits.Write(ctx, w.Ana, w.campus, w.draft())
		wants(t, "the team writes", err, errs.Forbidden, "")
		wants(t, "another sponsor changes it", w.visits.Change(ctx, eva, w.campus, id, w.draft()), errs.NotFound, "")
		w.Must(d.Write(ctx, func(tx *db.Tx) error {
			_, err := w.Policy.Revoke(ctx, tx, w.Lead, w.tie())
			return err
		}))
		_, err = w.visits.Around(ctx, w.leo, w.campus)
		wants(t, "who sponsored it", err, errs.NotFound, "")
	})
}

func TestChangeAndRemove(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id, err := w.visits.Write(ctx, w.leo, w.campus, w.draft())
		w.Must(err)
		in := w.draft()
		in.Version, in.Private, in.Shared = 1, "", "Le budget est voté."
		w.Must(w.visits.Change(ctx, w.leo, w.campus, id, in))
		wants(t, "from an old page", w.visits.Change(ctx, w.leo, w.campus, id, in), errs.Conflict, "visit.meanwhile")
		v, err := w.visits.Open(ctx, w.leo, w.campus, id)
		w.Must(err)
		if one := v.List[0]; one.Shared != in.Shared || one.Private != "" || one.Version != 2 {
			t.Errorf("changed: %+v", one)
		}
		wants(t, "removed from an old page", w.visits.Remove(ctx, w.leo, w.campus, id, 1), errs.Conflict, "visit.meanwhile")
		in.Version, in.Private = 2, "Encore une."
		w.Must(w.visits.Change(ctx, w.leo, w.campus, id, in))
		w.Must(w.visits.Remove(ctx, w.leo, w.campus, id, 3))
		if n, err := db.Get(ctx, d.Reader(), db.Value[int], `select (select count(*) from visits) + (select count(*) from visit_privates)`); err != nil || n != 0 {
			t.Errorf("%d rows stay (%v)", n, err)
		}
	})
}
