package synthesis_test

import (
	"context"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/debrief/partner"
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/project"
)

var ctx = context.Background()

// world is an edition with the projects of Ana and Bob, and two partners, Eva and Léo.
type world struct {
	*gatheringtest.World
	partners       *partner.Service
	sheets         *synthesis.Service
	campus, garden project.ID
	eva, leo       account.User
	byEva, byLeo   partner.ID
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{World: gatheringtest.New(t, d)}
	w.partners = partner.New(partner.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, People: w.Accounts})
	w.sheets = synthesis.New(synthesis.Deps{DB: d, Clock: w.Clock, Policy: w.Policy})
	w.campus, w.garden = w.Project("Campus", w.Ana), w.Project("Jardin", w.Bob)
	w.eva, w.byEva = w.partner("eva@fonds.example", "Eva Sage", "Fonds régional")
	w.leo, w.byLeo = w.partner("leo@sante.example", "Léo Fabre", "Santé au travail")
	return w
}

// partner invites somebody, who accepts.
func (w *world) partner(email, name, organisation string) (account.User, partner.ID) {
	w.T.Helper()
	by := w.Signed(email, name)
	w.Must(w.partners.Invite(ctx, w.Lead, gatheringtest.Edition, partner.Asked{Email: email, Name: name, Organisation: organisation, Lang: "fr"}))
	w.accepts(by, email)
	p, err := partner.As(ctx, w.DB.Reader(), gatheringtest.Edition, by.ID)
	w.Must(err)
	return by, p.ID
}

func (w *world) accepts(by account.User, email string) {
	w.T.Helper()
	token := strings.TrimPrefix(w.Box.Last(w.T, email, account.MailInvitation).Args["Link"], "/invitations/")
	_, err := w.Accounts.AcceptInvitation(ctx, by, token, account.Acceptance{})
	w.Must(err)
	_, err = w.Bus.Deliver(ctx)
	w.Must(err)
}

// writes adds lines to the sheet of Ana, and says that it is ready.
func (w *world) writes(bodies ...string) (lines []string) {
	w.T.Helper()
	for _, body := range bodies {
		line, err := w.sheets.Add(ctx, w.Ana, w.campus, synthesis.Words{Part: synthesis.Help, Body: body, Help: "advice", Addressee: "la Région"})
		w.Must(err)
		lines = append(lines, line)
	}
	w.Must(w.sheets.Turn(ctx, w.Ana, w.campus, synthesis.Ready, w.version()))
	return lines
}

func (w *world) version() int64 {
	w.T.Helper()
	v, err := w.sheets.Read(ctx, w.Ana, w.campus)
	w.Must(err)
	return v.Version
}

// shares makes the readers of one line those of to.
func (w *world) shares(line string, to ...string) {
	w.T.Helper()
	w.Must(w.sheets.Share(ctx, w.Ana, w.campus, synthesis.Choice{Version: w.version(), Recipients: []string{synthesis.All, string(w.byEva), string(w.byLeo)}, Given: map[string][]string{line: to}}))
}

// reads gives the lines that a partner reads.
func (w *world) reads(by account.User) (bodies []string) {
	w.T.Helper()
	v, err := w.sheets.Received(ctx, by, gatheringtest.Edition)
	w.Must(err)
	for _, p := range v.Projects {
		for _, l := range p.Lines {
			bodies = append(bodies, p.Title+": "+l.Body)
		}
	}
	return bodies
}

func (w *world) wants(what string, err error, kind errs.Kind, key string) {
	w.T.Helper()
	if !errs.Is(err, kind) || key != "" && errs.KeyOf(err) != key {
		w.T.Errorf("%s: %v, want %s %s", what, err, kind, key)
	}
}

func TestWhoReadsASheet(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		sponsor := w.Signed("max@labo.example", "Max")
		w.Must(d.Write(ctx, func(tx *db.Tx) error {
			return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(sponsor.ID), Relation: "sponsor", Object: policy.Ref{Kind: "project", ID: string(w.campus)}})
		}))
		line, err := w.sheets.Add(ctx, w.Ana, w.campus, synthesis.Words{Part: synthesis.Help, Body: " Un local \n"})
		w.Must(err)
		for name, c := range map[string]struct {
			by           account.User
			draft, ready int
			kind         errs.Kind
		}{
			"the team": {w.Ana, 1, 1, 0}, "the lead": {w.Lead, 0, 1, 0}, "the sponsor": {sponsor, 0, 1, 0},
			"another team": {w.Bob, 0, 0, errs.NotFound}, "a partner": {w.eva, 0, 0, errs.NotFound},
		} {
			w.Must(w.sheets.Turn(ctx, w.Ana, w.campus, synthesis.Draft, w.version()))
			v, err := w.sheets.Read(ctx, c.by, w.campus)
			if c.kind != 0 {
				w.wants(name, err, c.kind, "")
				continue
			}
			w.Must(err)
			if len(v.Lines) != c.draft {
				t.Errorf("%s reads %d lines of the draft", name, len(v.Lines))
			}
			w.Must(w.sheets.Turn(ctx, w.Ana, w.campus, synthesis.Ready, w.version()))
			if v, err = w.sheets.Read(ctx, c.by, w.campus); err != nil || len(v.Lines) != c.ready || v.Lines[0].Body != "Un local" {
				t.Errorf("%s reads %+v, %v", name, v.Lines, err)
			}
		}
		w.wants("the lead shares", w.sheets.Share(ctx, w.Lead, w.campus, synthesis.Choice{Version: w.version()}), errs.Forbidden, "")
		w.wants("the lead writes", w.sheets.Throw(ctx, w.Lead, w.campus, line, true), errs.Forbidden, "")
	})
}

func TestWhatAPartnerReads(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		lines := w.writes("Un local", "Un conseil juridique")
		if got := append(w.reads(w.eva), w.reads(w.leo)...); len(got) != 0 {
			t.Errorf("before anything is shared: %q", got)
		}
		w.shares(lines[0], string(w.byEva))
		if got := w.reads(w.eva); len(got) != 1 || got[0] != "Campus: Un local" || len(w.reads(w.leo)) != 0 {
			t.Errorf("one line to one partner: %q and %q", got, w.reads(w.leo))
		}
		w.shares(lines[1], synthesis.All)
		if got := w.reads(w.leo); len(got) != 1 || got[0] != "Campus: Un conseil juridique" {
			t.Errorf("one line to all: %q", got)
		}
		if got := w.reads(w.eva); len(got) != 1 {
			t.Errorf("what is not chosen any more is still read: %q", got)
		}
		_, taken, err := w.sheets.Export(ctx, w.leo, gatheringtest.Edition, synthesis.AsCSV)
		w.Must(err)
		if len(taken.Projects) != 1 {
			t.Errorf("he takes %+v", taken.Projects)
		}
		export, _, err := w.sheets.Export(ctx, w.leo, gatheringtest.Edition, synthesis.AsPage)
		w.Must(err)
		_, err = w.sheets.Taken(ctx, w.eva, gatheringtest.Edition, export)
		w.wants("what another one took", err, errs.NotFound, "")
		w.shares(lines[1])
		if got := append(w.reads(w.leo), w.reads(w.eva)...); len(got) != 0 {
			t.Errorf("after all is withdrawn: %q", got)
		}
		if v, err := w.sheets.Taken(ctx, w.leo, gatheringtest.Edition, export); err != nil || len(v.Projects) != 0 {
			t.Errorf("what he took stays open: %+v, %v", v.Projects, err)
		}
		_, _, err = w.sheets.Export(ctx, w.leo, gatheringtest.Edition, synthesis.AsCSV)
		w.wants("nothing to take", err, errs.Conflict, "synthesis.nothing")
		v, err := w.sheets.Sharing(ctx, w.Ana, w.campus)
		w.Must(err)
		if len(v.History) != 2 || v.History[0].WithdrawnAt.IsZero() || v.History[0].GivenBy == "" || len(v.Exports) != 2 || v.Exports[0].Partner != "Santé au travail · Léo Fabre" || len(v.Exports[0].Lines) != 1 {
			t.Errorf("the team sees %+v and %+v", v.History, v.Exports)
		}
	})
}

func TestWhatClosesALine(t *testing.T) {
	for name, closes := range map[string]func(w *world, line string){
		"the sheet is a draft again": func(w *world, _ string) {
			w.Must(w.sheets.Turn(ctx, w.Ana, w.campus, synthesis.Draft, w.version()))
		},
		"the line is thrown away": func(w *world, line string) { w.Must(w.sheets.Throw(ctx, w.Ana, w.campus, line, true)) },
		"the line is thrown away and brought back": func(w *world, line string) {
			w.Must(w.sheets.Throw(ctx, w.Ana, w.campus, line, true))
			w.Must(w.sheets.Throw(ctx, w.Ana, w.campus, line, false))
		},
		"she is in conflict with the project": func(w *world, _ string) {
			w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
				return w.Policy.Exclude(ctx, tx, account.System, "person", string(w.eva.ID), policy.Ref{Kind: "project", ID: string(w.campus)}, "conflict", "")
			}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Run(t, func(t *testing.T, d *db.DB) {
				w := newWorld(t, d)
				line := w.writes("Un local")[0]
				w.shares(line, string(w.byEva))
				if len(w.reads(w.eva)) != 1 {
					t.Fatal("nothing is shared")
				}
				if closes(w, line); len(w.reads(w.eva)) != 0 {
					t.Error("she still reads it")
				}
			})
		})
	}
}

func TestAPartnerWhoLeaves(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		line := w.writes("Un local")[0]
		w.shares(line, string(w.byEva))
		w.Must(w.partners.Remove(ctx, w.Lead, gatheringtest.Edition, w.byEva))
		_, err := w.sheets.Received(ctx, w.eva, gatheringtest.Edition)
		w.wants("after she was removed", err, errs.Forbidden, "")
		w.wants("twice", w.partners.Remove(ctx, w.Lead, gatheringtest.Edition, w.byEva), errs.NotFound, "")
		w.wants("a partner removes", w.partners.Remove(ctx, w.leo, gatheringtest.Edition, w.byLeo), errs.Forbidden, "")
		w.Must(w.partners.Invite(ctx, w.Lead, gatheringtest.Edition, partner.Asked{Email: "eva@fonds.example", Organisation: "Fonds régional", Lang: "fr"}))
		w.accepts(w.eva, "eva@fonds.example")
		if got := w.reads(w.eva); len(got) != 0 {
			t.Errorf("asked again, she reads what was shared with her before: %q", got)
		}
		w.wants("asked twice", w.partners.Invite(ctx, w.Lead, gatheringtest.Edition, partner.Asked{Email: "eva@fonds.example", Organisation: "Fonds", Lang: "fr"}), errs.Conflict, "partner.already")
		w.wants("nothing typed", w.partners.Invite(ctx, w.Lead, gatheringtest.Edition, partner.Asked{}), errs.Invalid, "")
		b, err := w.partners.People(ctx, w.Lead, gatheringtest.Edition)
		w.Must(err)
		if len(b.Partners) != 3 {
			t.Errorf("the board: %+v", b.Partners)
		}
	})
}

func TestWritingTogether(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		lines := w.writes("Un local", "Un conseil")
		words := synthesis.Words{Part: synthesis.Help, Body: "Un local à Caen", Version: 1}
		w.Must(w.sheets.Save(ctx, w.Ana, w.campus, lines[0], words))
		w.wants("from an old page", w.sheets.Save(ctx, w.Ana, w.campus, lines[0], words), errs.Conflict, "synthesis.meanwhile")
		w.wants("a line of nobody", w.sheets.Save(ctx, w.Ana, w.campus, "none", words), errs.NotFound, "")
		w.wants("too long", w.sheets.Save(ctx, w.Ana, w.campus, lines[0], synthesis.Words{Part: "other", Body: strings.Repeat("é", synthesis.MaxBody+1)}), errs.Invalid, "")
		w.wants("shared from an old page", w.sheets.Share(ctx, w.Ana, w.campus, synthesis.Choice{Version: 1}), errs.Conflict, "synthesis.meanwhile")
		w.wants("ready from an old page", w.sheets.Turn(ctx, w.Ana, w.campus, synthesis.Draft, 1), errs.Conflict, "synthesis.meanwhile")
		w.wants("an empty sheet", w.sheets.Turn(ctx, w.Bob, w.garden, synthesis.Ready, 0), errs.Conflict, "synthesis.empty")
		w.Must(w.sheets.Move(ctx, w.Ana, w.campus, lines[1], true))
		v, err := w.sheets.Read(ctx, w.Ana, w.campus)
		w.Must(err)
		if v.Lines[0].ID != lines[1] || v.Lines[1].Body != "Un local à Caen" {
			t.Errorf("in order: %+v", v.Lines)
		}
	})
}

func TestWhatIsProposed(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Must(d.Write(ctx, func(tx *db.Tx) error {
			if _, err := w.Projects.Agree(ctx, tx, account.System, w.campus, "g1", project.Line{Who: project.ByTeam, Text: "Appeler la paie"}); err != nil {
				return err
			}
			return w.Projects.Land(ctx, tx, account.System, w.campus, "b1", []project.Item{{Kind: "need", Card: "c1", Title: "Un local", Detail: "Pour dix"}, {Kind: "pitch", Card: "c2", Title: "En une phrase"}})
		}))
		n, err := w.sheets.Propose(ctx, w.Ana, w.campus)
		w.Must(err)
		v, err := w.sheets.Read(ctx, w.Ana, w.campus)
		w.Must(err)
		if n != 2 || len(v.Part(synthesis.Help)) != 1 || v.Part(synthesis.Help)[0].Body != "Un local\nPour dix" || v.Part(synthesis.Next)[0].Origin != synthesis.FromAgreed {
			t.Errorf("%d proposed: %+v", n, v.Lines)
		}
		w.Must(w.sheets.Throw(ctx, w.Ana, w.campus, v.Lines[0].ID, true))
		if n, err := w.sheets.Propose(ctx, w.Ana, w.campus); n != 0 || err != nil {
			t.Errorf("proposed again: %d, %v", n, err)
		}
		if v, err = w.sheets.Read(ctx, w.Ana, w.campus); err != nil || len(v.Lines) != 1 || len(v.Thrown) != 1 {
			t.Errorf("after one is thrown: %+v, %v", v, err)
		}
	})
}
