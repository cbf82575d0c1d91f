package commitment_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/debrief/commitment"
	"transformateur/internal/debrief/partner"
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/project"
)

var ctx = context.Background()

// world is an edition in which Ana's project shares a line with Eva, and Bob's none with anybody.
type world struct {
	*gatheringtest.World
	partners       *partner.Service
	sheets         *synthesis.Service
	promises       *commitment.Service
	campus, garden project.ID
	eva, leo       account.User
	byEva, byLeo   partner.ID
	line           string
	told           []string
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{World: gatheringtest.New(t, d)}
	w.partners = partner.New(partner.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, People: w.Accounts})
	w.sheets = synthesis.New(synthesis.Deps{DB: d, Clock: w.Clock, Policy: w.Policy})
	w.promises = commitment.New(commitment.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Jobs: w.Jobs, Sheets: w.sheets})
	w.Bus.Subscribe("test", func(_ context.Context, _ *db.Tx, e event.Event) error {
		w.told = append(w.told, e.ObjectID)
		return nil
	}, commitment.ToldReminded)
	w.campus, w.garden = w.Project("Campus", w.Ana), w.Project("Jardin", w.Bob)
	w.eva, w.byEva = w.partner("eva@fonds.example", "Eva Sage", "Fonds régional")
	w.leo, w.byLeo = w.partner("leo@sante.example", "Léo Fabre", "Santé au travail")
	var err error
	w.line, err = w.sheets.Add(ctx, w.Ana, w.campus, synthesis.Words{Part: synthesis.Help, Body: "Un local"})
	w.Must(err)
	w.Must(w.sheets.Turn(ctx, w.Ana, w.campus, synthesis.Ready, 1))
	w.shares(w.byEva)
	return w
}

func (w *world) partner(email, name, organisation string) (account.User, partner.ID) {
	w.T.Helper()
	by := w.Signed(email, name)
	w.Must(w.partners.Invite(ctx, w.Lead, gatheringtest.Edition, partner.Asked{Email: email, Name: name, Organisation: organisation, Lang: "fr"}))
	_, err := w.Accounts.AcceptInvitation(ctx, by, strings.TrimPrefix(w.Box.Last(w.T, email, account.MailInvitation).Args["Link"], "/invitations/"), account.Acceptance{})
	w.Must(err)
	w.deliver()
	p, err := partner.As(ctx, w.DB.Reader(), gatheringtest.Edition, by.ID)
	w.Must(err)
	return by, p.ID
}

func (w *world) deliver() {
	w.T.Helper()
	_, err := w.Bus.Deliver(ctx)
	w.Must(err)
}

func (w *world) shares(to ...partner.ID) {
	w.T.Helper()
	v, err := w.sheets.Read(ctx, w.Ana, w.campus)
	w.Must(err)
	c := synthesis.Choice{Version: v.Version, Recipients: []string{string(w.byEva), string(w.byLeo)}, Given: map[string][]string{}}
	for _, p := range to {
		c.Given[w.line] = append(c.Given[w.line], string(p))
	}
	w.Must(w.sheets.Share(ctx, w.Ana, w.campus, c))
}

func (w *world) day(n int) string { return w.Clock.Now().AddDate(0, 0, n).Format(time.DateOnly) }

func (w *world) wants(what string, err error, kind errs.Kind) {
	w.T.Helper()
	if !errs.Is(err, kind) {
		w.T.Errorf("%s: %v, want %s", what, err, kind)
	}
}

func TestWhatIsPromised(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		on := commitment.Sheet{Project: w.campus, Line: w.line, What: "Une salle", Due: w.day(30), Contact: "02 31 00 00 00"}
		made, err := w.promises.Make(ctx, w.eva, gatheringtest.Edition, on)
		w.Must(err)
		_, err = w.promises.Make(ctx, w.leo, gatheringtest.Edition, on)
		w.wants("to a project that shares nothing with him", err, errs.Invalid)
		_, err = w.promises.Make(ctx, w.leo, gatheringtest.Edition, commitment.Sheet{Project: "none", What: "Une salle"})
		w.wants("to a project that does not exist", err, errs.Invalid)
		_, err = w.promises.Make(ctx, w.eva, gatheringtest.Edition, commitment.Sheet{Project: w.campus, Due: "demain"})
		w.wants("nothing", err, errs.Invalid)
		_, err = w.promises.Make(ctx, w.Ana, gatheringtest.Edition, on)
		w.wants("by a team", err, errs.Forbidden)
		on.Partner = w.byEva
		_, err = w.promises.Make(ctx, w.Lead, gatheringtest.Edition, on)
		w.Must(err)
		for name, c := range map[string]struct {
			by    account.User
			reads int
		}{"the partner": {w.eva, 2}, "another one": {w.leo, 0}, "the lead": {w.Lead, 2}} {
			v, err := w.promises.View(ctx, c.by, gatheringtest.Edition)
			if err != nil || len(v.List) != c.reads {
				t.Errorf("%s reads %d, %v", name, len(v.List), err)
			}
		}
		w.shares(w.byEva, w.byLeo)
		if v, err := w.promises.View(ctx, w.leo, gatheringtest.Edition); err != nil || len(v.List) != 2 || v.List[0].Mine || len(v.Needs) != 1 || len(v.Needs[0].Answers) != 2 || v.Unanswered() != 0 {
			t.Errorf("at the common table: %+v, %v", v, err)
		}
		w.shares()
		if v, err := w.promises.View(ctx, w.leo, gatheringtest.Edition); err != nil || len(v.List)+len(v.Needs) != 0 {
			t.Errorf("after all is withdrawn: %+v, %v", v.List, err)
		}
		if v, err := w.promises.View(ctx, w.eva, gatheringtest.Edition); err != nil || len(v.List) != 2 {
			t.Errorf("hers stay hers: %+v, %v", v.List, err)
		}

		w.wants("another one moves it", w.promises.Move(ctx, w.leo, gatheringtest.Edition, made, commitment.Step{To: commitment.Kept, Version: 1}), errs.NotFound)
		w.wants("not kept, without why", w.promises.Move(ctx, w.eva, gatheringtest.Edition, made, commitment.Step{To: commitment.Dropped, Version: 1}), errs.Invalid)
		w.Must(w.promises.Move(ctx, w.eva, gatheringtest.Edition, made, commitment.Step{To: commitment.Underway, Version: 1}))
		w.wants("from an old page", w.promises.Move(ctx, w.eva, gatheringtest.Edition, made, commitment.Step{To: commitment.Kept, Version: 1}), errs.Conflict)
		w.wants("the lead confirms", w.promises.Confirm(ctx, w.Lead, w.campus, made, 2), errs.Forbidden)
		w.wants("another team confirms", w.promises.Confirm(ctx, w.Bob, w.garden, made, 2), errs.NotFound)
		w.Must(w.promises.Confirm(ctx, w.Ana, w.campus, made, 2))
		w.wants("twice", w.promises.Confirm(ctx, w.Ana, w.campus, made, 3), errs.Conflict)
		_, err = w.promises.Around(ctx, w.Bob, w.campus)
		w.wants("another team reads", err, errs.NotFound)
		if v, err := w.promises.Around(ctx, w.Ana, w.campus); err != nil || len(v.List) != 2 || !v.Confirms {
			t.Errorf("the team reads %+v, %v", v, err)
		}
		a, err := w.promises.Account(ctx, w.Lead, gatheringtest.Edition, 0)
		w.Must(err)
		if len(a.Rows) != 1 || a.Rows[0].Total() != 2 || a.Rows[0].Count[commitment.Kept] != 1 || a.Rows[0].Confirmed != 1 {
			t.Errorf("the year: %+v", a.Rows)
		}
		if a, err = w.promises.Account(ctx, w.leo, gatheringtest.Edition, 0); err != nil || len(a.Rows) != 0 {
			t.Errorf("his year: %+v, %v", a.Rows, err)
		}
	})
}

func TestReminders(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		make := func(due string) string {
			made, err := w.promises.Make(ctx, w.eva, gatheringtest.Edition, commitment.Sheet{Project: w.campus, What: "Une salle", Due: due})
			w.Must(err)
			return made
		}
		soon, moved := make(w.day(10)), make(w.day(10))
		make(w.day(300))
		make("")
		w.Must(w.promises.Move(ctx, w.eva, gatheringtest.Edition, moved, commitment.Step{To: commitment.Underway, Version: 1}))
		remind := func() []string {
			w.told = nil
			w.Must(w.promises.Remind(ctx, account.System))
			w.deliver()
			return w.told
		}
		for _, c := range []struct {
			name  string
			after int // days from the one before
			want  []string
		}{{"too early", 0, nil}, {"a week before", 4, []string{soon}}, {"once", 1, nil}} {
			w.Clock.Set(w.Clock.Now().AddDate(0, 0, c.after))
			if got := remind(); strings.Join(got, " ") != strings.Join(c.want, " ") {
				t.Errorf("%s: %q", c.name, got)
			}
		}
		w.Clock.Set(w.Clock.Now().AddDate(0, 0, 8))
		if got := remind(); len(got) != 2 {
			t.Errorf("after the day: %q", got)
		}
		if m, err := commitment.ToRemind(ctx, d.Reader(), soon); err != nil || m.Person != w.eva.ID {
			t.Errorf("whom to write to: %+v, %v", m, err)
		}
		w.Must(w.promises.Move(ctx, w.eva, gatheringtest.Edition, soon, commitment.Step{To: commitment.Kept, Version: 1}))
		_, err := commitment.ToRemind(ctx, d.Reader(), soon)
		w.wants("once it is kept", err, errs.NotFound)
		w.wants("by a person", w.promises.Remind(ctx, w.Lead), errs.Forbidden)
		if got := remind(); len(got) != 0 {
			t.Errorf("again: %q", got)
		}
	})
}
