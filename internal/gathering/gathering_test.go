package gathering_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/decision"
	"transformateur/internal/decision/decisiontest"
	"transformateur/internal/deliberation"
	"transformateur/internal/deliberation/deliberationtest"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/notify"
	"transformateur/internal/notify/announce"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/mail"
	"transformateur/internal/policy"
	"transformateur/internal/project"
)

var ctx = context.Background()

func wants(t *testing.T, err error, kind errs.Kind, key string) {
	t.Helper()
	if !errs.Is(err, kind) || key != "" && errs.KeyOf(err) != key {
		t.Fatalf("%v, want %s %s", err, kind, key)
	}
}

func deliver(w *gatheringtest.World) {
	w.T.Helper()
	for {
		n, err := w.Bus.Deliver(ctx)
		w.Must(err)
		if n == 0 {
			return
		}
	}
}

// may says whether somebody may act on a gathering now.
func may(w *gatheringtest.World, by account.User, action policy.Action, id gathering.ID) bool {
	w.T.Helper()
	g, err := gathering.Load(ctx, w.DB.Reader(), id)
	w.Must(err)
	d, err := w.Policy.Decide(ctx, w.DB.Reader(), by, action, g.Object())
	w.Must(err)
	return d.Allowed
}

func seatOf(w *gatheringtest.World, id gathering.ID, by account.User) gathering.Role {
	w.T.Helper()
	p, err := gathering.Seat(ctx, w.DB.Reader(), id, by.ID)
	if errs.Is(err, errs.NotFound) {
		return ""
	}
	w.Must(err)
	return p.Role
}

func outbox(w *deliberationtest.World) decision.Outbox {
	over := notify.New(w.DB, w.Clock, w.Jobs, w.Policy, notify.Options{Sender: mail.Hold{}, Install: "Essai", From: "essai@exemple.invalid", BaseURL: "https://exemple.invalid"})
	mails := announce.New(w.DB, w.Clock, w.Jobs, over, "https://exemple.invalid")
	mails.Listen(w.Bus)
	return mails
}

func TestProjectIsBornOfItsPlace(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		base := decisiontest.New(t, d, outbox, deliberation.Retain, deliberation.Retain)
		w := gatheringtest.Over(base.World.World)
		base.Announce()
		confirm := func(file application.ID) {
			w.Must(base.Decisions.Confirm(ctx, w.Ana, deliberationtest.Selection, file))
			deliver(w)
		}
		confirm(base.Files[0])
		list, err := w.Projects.Mine(ctx, w.Ana)
		w.Must(err)
		if len(list) != 1 || list[0].Application != string(base.Files[0]) || list[0].Edition != gatheringtest.Edition || list[0].Title == "" {
			t.Fatalf("Ana's projects are %+v", list)
		}
		w.Must(base.Decisions.GiveUp(ctx, w.Ana, deliberationtest.Selection, base.Files[0], ""))
		deliver(w)
		if p, err := project.Load(ctx, d.Reader(), list[0].ID); err != nil || p.Status != project.Left {
			t.Errorf("after its place was given up: %+v, %v", p, err)
		}
		if in, err := project.In(ctx, d.Reader(), gatheringtest.Edition); err != nil || len(in) != 0 {
			t.Errorf("the edition still has %+v, %v", in, err)
		}
		confirm(base.Files[1])
		id := w.Planned()
		added, err := w.Gatherings.AddTeams(ctx, w.Lead, id)
		w.Must(err)
		if added != 1 {
			t.Errorf("%d people were added", added)
		}
	})
}

func TestSeatFollowsTheGathering(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		campus := w.Project("Campus", w.Ana, w.Bob)
		id := w.Planned()
		added, err := w.Gatherings.AddTeams(ctx, w.Lead, id)
		w.Must(err)
		again, err := w.Gatherings.AddTeams(ctx, w.Lead, id)
		w.Must(err)
		if added != 2 || again != 0 {
			t.Fatalf("%d people were added, then %d", added, again)
		}
		for _, step := range []struct {
			when       string
			do         func() error
			ana, lead  gathering.Role
			reads, may bool // Ana: boards, and writing on them
			people     int
		}{
			{"planned", func() error { return nil }, "", gathering.Facilitator, false, false, 1},
			{"open", func() error { return w.Gatherings.Open(ctx, w.Lead, id) }, gathering.Team, gathering.Facilitator, true, true, 3},
			{"closed", func() error { return w.Gatherings.Close(ctx, w.Lead, id) }, gathering.Reader, gathering.Facilitator, true, false, 3},
		} {
			w.Must(step.do())
			if got := seatOf(w, id, w.Ana); got != step.ana {
				t.Errorf("%s: Ana is %q, want %q", step.when, got, step.ana)
			}
			if got := seatOf(w, id, w.Lead); got != step.lead {
				t.Errorf("%s: the lead is %q, want %q", step.when, got, step.lead)
			}
			if got := may(w, w.Ana, "board.read", id); got != step.reads {
				t.Errorf("%s: Ana reads boards: %t", step.when, got)
			}
			if got := may(w, w.Ana, "board.write", id); got != step.may {
				t.Errorf("%s: Ana writes on boards: %t", step.when, got)
			}
			people, err := gathering.People(ctx, d.Reader(), id)
			w.Must(err)
			if len(people) != step.people {
				t.Errorf("%s: %+v", step.when, people)
			}
		}
		wants(t, w.Gatherings.Close(ctx, w.Lead, id), errs.Conflict, "gathering.not_open")
		p, err := gathering.Seat(ctx, d.Reader(), id, w.Ana.ID)
		if w.Must(err); p.Project != campus || p.ProjectTitle != "Campus" {
			t.Errorf("Ana comes for %+v", p)
		}
	})
}

func TestGuest(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		id, other := w.Open(), w.Open()
		zoe, cookie := w.Guest(id, "Zoé")
		if zoe.Name != "Zoé" || zoe.Limit == nil || !zoe.Limit.Covers("board.write") || zoe.Limit.Covers("application.create") {
			t.Fatalf("the guest signed in as %+v, %+v", zoe, zoe.Limit)
		}
		if seatOf(w, id, zoe) != gathering.Guest || !may(w, zoe, "board.write", id) || !may(w, zoe, "gathering.people", id) {
			t.Error("the guest does not take part")
		}
		if seatOf(w, other, zoe) != "" || may(w, zoe, "gathering.read", other) || may(w, zoe, "gathering.manage", id) {
			t.Error("the guest sees more than her gathering")
		}
		edition, err := w.Policy.Decide(ctx, d.Reader(), zoe, "organisation.create", policy.Platform)
		if w.Must(err); edition.Allowed {
			t.Error("a guest does what anybody who signed in does")
		}
		w.Left = nil
		w.Must(w.Gatherings.Close(ctx, w.Lead, id))
		if _, err := w.Accounts.Authenticate(ctx, cookie); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("the sign-in of the guest outlives the gathering: %v", err)
		}
		if seatOf(w, id, zoe) != "" || may(w, zoe, "gathering.read", id) {
			t.Error("the rights of the guest outlive the gathering")
		}
		if !slices.Contains(w.Left, zoe.ID) || !slices.Contains(w.Left, account.PersonID("")) {
			t.Errorf("told of %v", w.Left)
		}
	})
}

func TestGuestEndsWithTheLastDay(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		id := w.Open()
		zoe, cookie := w.Guest(id, "Zoé")
		w.Clock.Set(time.Date(2027, 3, 7, 22, 30, 0, 0, time.UTC)) // in Caen, the last day ended the day before
		if _, err := w.Accounts.Authenticate(ctx, cookie); err != nil {
			t.Errorf("half an hour before: %v", err)
		}
		w.Clock.Set(time.Date(2027, 3, 7, 23, 0, 0, 0, time.UTC))
		if _, err := w.Accounts.Authenticate(ctx, cookie); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("a day after the last one the guest is signed in: %v", err)
		}
		if may(w, zoe, "board.read", id) {
			t.Error("a day after the last one the guest reads boards")
		}
		w.Must(w.Jobs.Work(ctx))
		if g, err := gathering.Load(ctx, d.Reader(), id); err != nil || g.Status != gathering.Closed {
			t.Errorf("nobody closed it: %+v, %v", g.Status, err)
		}
		wants(t, w.Gatherings.Open(ctx, w.Lead, id), errs.Conflict, "gathering.over")
	})
}

func TestRemoveCutsAtOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		w.Project("Campus", w.Ana)
		id := w.Open()
		_, err := w.Gatherings.AddTeams(ctx, w.Lead, id)
		w.Must(err)
		p, err := gathering.Seat(ctx, d.Reader(), id, w.Ana.ID)
		w.Must(err)
		wants(t, w.Gatherings.Remove(ctx, w.Ana, id, p.ID), errs.Forbidden, "")
		w.Left = nil
		w.Must(w.Gatherings.Remove(ctx, w.Lead, id, p.ID))
		if !slices.Equal(w.Left, []account.PersonID{w.Ana.ID}) {
			t.Errorf("told of %v", w.Left)
		}
		if seatOf(w, id, w.Ana) != "" || may(w, w.Ana, "gathering.read", id) {
			t.Error("who was removed is still there")
		}
		wants(t, w.Gatherings.Remove(ctx, w.Lead, id, p.ID), errs.NotFound, "")
		_, err = w.Gatherings.Join(ctx, w.Ana, gathering.Coming{Code: w.Code(id)})
		wants(t, err, errs.Forbidden, "gathering.removed")
		if n, err := w.Gatherings.AddTeams(ctx, w.Lead, id); err != nil || n != 0 {
			t.Errorf("who was removed is added again: %d, %v", n, err)
		}
	})
}

func TestSomebodyRunsIt(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		id := w.Open()
		lead, err := gathering.Seat(ctx, d.Reader(), id, w.Lead.ID)
		w.Must(err)
		wants(t, w.Gatherings.Leave(ctx, w.Lead, id), errs.Conflict, "gathering.last_facilitator")
		wants(t, w.Gatherings.Change(ctx, w.Lead, id, lead.ID, gathering.Change{Role: gathering.Peer}), errs.Conflict, "gathering.last_facilitator")
		wants(t, w.Gatherings.TakeSeat(ctx, w.Lead, id), errs.Conflict, "gathering.seated")
		zoe, _ := w.Guest(id, "Zoé")
		p, err := gathering.Seat(ctx, d.Reader(), id, zoe.ID)
		w.Must(err)
		wants(t, w.Gatherings.Change(ctx, w.Lead, id, p.ID, gathering.Change{Role: gathering.Facilitator}), errs.Conflict, "gathering.guest_only")
		w.Must(w.Gatherings.Change(ctx, w.Lead, id, p.ID, gathering.Change{Role: gathering.Expert}))
		if seatOf(w, id, zoe) != gathering.Expert || !may(w, zoe, "board.write", id) {
			t.Error("a guest who is made an expert is none")
		}
		wants(t, w.Gatherings.Change(ctx, w.Lead, id, p.ID, gathering.Change{Role: "queen", Project: "nothing"}), errs.Invalid, "gathering.invalid")
		w.Must(w.Gatherings.Leave(ctx, zoe, id))
		if seatOf(w, id, zoe) != "" {
			t.Error("who left is still there")
		}
	})
}

func TestInvite(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		id := w.Planned()
		leo := w.Signed("leo@labo.example", "Léo Marin")
		in := gathering.Invited{Email: "leo@labo.example", Name: "Léo", Organisation: "Labo", Role: gathering.Expert, Lang: "fr"}
		wants(t, w.Gatherings.Invite(ctx, w.Lead, id, gathering.Invited{Email: "x", Role: "queen", Project: "none"}), errs.Invalid, "gathering.invalid")
		wants(t, w.Gatherings.Invite(ctx, leo, id, in), errs.NotFound, "")
		w.Must(w.Gatherings.Invite(ctx, w.Lead, id, in))
		wants(t, w.Gatherings.Invite(ctx, w.Lead, id, in), errs.Conflict, "gathering.invited_already")
		if may(w, leo, "gathering.read", id) {
			t.Error("an invitation opens the gathering before it is accepted")
		}
		link := w.Box.Last(t, "leo@labo.example", account.MailInvitation).Args["Link"]
		_, err := w.Accounts.AcceptInvitation(ctx, leo, strings.TrimPrefix(link, "/invitations/"), account.Acceptance{})
		w.Must(err)
		deliver(w)
		w.Must(w.Gatherings.Open(ctx, w.Lead, id))
		if p, err := gathering.Seat(ctx, d.Reader(), id, leo.ID); err != nil || p.Role != gathering.Expert || p.Name != "Léo Marin" || p.Organisation != "Labo" {
			t.Errorf("Léo's seat is %+v, %v", p, err)
		}
		if !may(w, leo, "board.write", id) {
			t.Error("who accepted does not write")
		}
	})
}

func TestTakenBackInvitationOpensNothing(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		id := w.Open()
		leo := w.Signed("leo@labo.example", "Léo Marin")
		w.Must(w.Gatherings.Invite(ctx, w.Lead, id, gathering.Invited{Email: "leo@labo.example", Role: gathering.Peer, Lang: "fr"}))
		link := w.Box.Last(t, "leo@labo.example", account.MailInvitation).Args["Link"]
		v, err := w.Gatherings.Read(ctx, w.Lead, id)
		w.Must(err)
		i := slices.IndexFunc(v.People, gathering.Participant.Invited)
		w.Must(w.Gatherings.Remove(ctx, w.Lead, id, v.People[i].ID))
		_, err = w.Accounts.AcceptInvitation(ctx, leo, strings.TrimPrefix(link, "/invitations/"), account.Acceptance{})
		wants(t, err, errs.NotFound, "")
		if may(w, leo, "gathering.read", id) {
			t.Error("an invitation that was taken back opens the gathering")
		}
	})
}

// Who was asked may come by the code, and never answer: a year after the invitation ended,
// nothing holds it any more.
func TestAnsweredByTheCode(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		leo := w.Signed("leo@labo.example", "Léo Marin")
		id := w.Open()
		w.Must(w.Gatherings.Invite(ctx, w.Lead, id, gathering.Invited{Email: "leo@labo.example", Role: gathering.Expert, Lang: "fr"}))
		_, err := w.Gatherings.Join(ctx, leo, gathering.Coming{Code: w.Code(id)})
		w.Must(err)
		w.Clock.Advance(3 * 366 * 24 * time.Hour)
		w.Must(w.Accounts.Sweep(ctx))
		n, err := db.Get(ctx, d.Reader(), db.Value[int], `select count(*) from invitations where email = 'leo@labo.example'`)
		w.Must(err)
		if role := seatOf(w, id, leo); n != 0 || role != gathering.Expert {
			t.Errorf("%d invitations are left, Léo is %q", n, role)
		}
	})
}

func TestJoinAsOneself(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		campus := w.Project("Campus", w.Ana)
		leo := w.Signed("leo@labo.example", "Léo Marin")
		id := w.Open()
		w.Must(w.Gatherings.Invite(ctx, w.Lead, id, gathering.Invited{Email: "leo@labo.example", Role: gathering.Coach, Project: campus, Lang: "fr"}))
		typed := strings.ToLower(gathering.ShowCode(w.Code(id)))
		for who, want := range map[account.User]gathering.Participant{
			w.Ana: {Role: gathering.Team, Project: campus},
			w.Bob: {Role: gathering.Guest},
			leo:   {Role: gathering.Coach, Project: campus},
		} {
			for range 2 {
				in, err := w.Gatherings.Join(ctx, who, gathering.Coming{Code: typed, Name: "Personne"})
				w.Must(err)
				if in.Gathering != id || in.Token != "" {
					t.Errorf("%s joined %+v", who.Name, in)
				}
			}
			p, err := gathering.Seat(ctx, d.Reader(), id, who.ID)
			if w.Must(err); p.Role != want.Role || p.Project != want.Project || p.Name != who.Name {
				t.Errorf("%s has the seat %+v", who.Name, p)
			}
		}
	})
}

func TestCodeOpensNothing(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		id := w.Planned()
		code := w.Code(id)
		knock := func() string {
			_, err := w.Gatherings.Knock(ctx, account.User{}, code)
			_, joined := w.Gatherings.Join(ctx, account.User{}, gathering.Coming{Code: code, Name: "Zoé", IP: "192.0.2.1"})
			return fmt.Sprint(err, joined)
		}
		planned := knock()
		w.Must(w.Gatherings.Open(ctx, w.Lead, id))
		if _, err := w.Gatherings.Knock(ctx, account.User{}, code); err != nil {
			t.Fatalf("an open gathering: %v", err)
		}
		_, err := w.Gatherings.Join(ctx, account.User{}, gathering.Coming{Code: code, Name: " ", IP: "192.0.2.1"})
		wants(t, err, errs.Invalid, "")
		w.Must(w.Gatherings.Renew(ctx, w.Lead, id))
		if renewed := knock(); renewed != planned {
			t.Errorf("renewed answers %s, planned %s", renewed, planned)
		}
		code = "NOTHING2"
		if absent := knock(); absent != planned {
			t.Errorf("absent answers %s, planned %s", absent, planned)
		}
		for range 60 {
			_, err = w.Gatherings.Join(ctx, account.User{}, gathering.Coming{Code: code, IP: "198.51.100.9"})
		}
		wants(t, err, errs.NotFound, "")
		_, err = w.Gatherings.Join(ctx, account.User{}, gathering.Coming{Code: code, IP: "198.51.100.9"})
		wants(t, err, errs.TooMany, "gathering.too_many")
	})
}

func TestSheetIsChecked(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		for name, bad := range map[string]func(*gathering.Sheet){
			"title":     func(s *gathering.Sheet) { s.Title = " " },
			"about":     func(s *gathering.Sheet) { s.About = strings.Repeat("é", gathering.MaxAbout+1) },
			"place":     func(s *gathering.Sheet) { s.Place = strings.Repeat("é", gathering.MaxPlace+1) },
			"zone":      func(s *gathering.Sheet) { s.Zone = "Europe/Caen" },
			"starts_on": func(s *gathering.Sheet) { s.StartsOn = "5 mars" },
			"ends_on":   func(s *gathering.Sheet) { s.EndsOn = "2027-03-04" },
		} {
			s := gatheringtest.Sheet()
			bad(&s)
			_, err := w.Gatherings.Create(ctx, w.Lead, gatheringtest.Edition, s)
			var e *errs.Error
			if !errs.Is(err, errs.Invalid) {
				t.Fatalf("%s: %v", name, err)
			}
			e = err.(*errs.Error)
			if len(e.Fields) != 1 || e.Fields[0].Path != name {
				t.Errorf("%s: %+v", name, e.Fields)
			}
		}
		_, err := w.Gatherings.Create(ctx, w.Bob, gatheringtest.Edition, gatheringtest.Sheet())
		wants(t, err, errs.Forbidden, "")
		id := w.Planned()
		s := gatheringtest.Sheet()
		s.Title, s.EndsOn, s.Version = "Autre", "", 1
		w.Must(w.Gatherings.Edit(ctx, w.Lead, id, s))
		wants(t, w.Gatherings.Edit(ctx, w.Lead, id, s), errs.Conflict, "gathering.meanwhile")
		if g, err := gathering.Load(ctx, d.Reader(), id); err != nil || g.EndsOn != "2027-03-05" || g.Title != "Autre" {
			t.Errorf("edited: %+v, %v", g, err)
		}
	})
}
