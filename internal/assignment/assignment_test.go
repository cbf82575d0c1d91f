package assignment_test

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/assignment"
	"transformateur/internal/committee"
	"transformateur/internal/committee/committeetest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/solve/assign"
)

var ctx = context.Background()

// world is a closed call with four files, a chair, two members, and the service.
type world struct {
	*committeetest.World
	s                 *assignment.Service
	files             []application.ID
	chair, marc, nina account.User
	seats             map[account.PersonID]committee.MemberID
	told              map[string]assignment.Told
}

func newWorld(t *testing.T, d *db.DB) *world {
	w := &world{World: committeetest.New(t, d), seats: map[account.PersonID]committee.MemberID{}, told: map[string]assignment.Told{}}
	w.s = assignment.New(assignment.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Calls: w.Calls, Committees: w.Committees})
	w.Bus.Subscribe("test.told", func(_ context.Context, _ *db.Tx, e event.Event) error {
		var one assignment.Told
		err := e.Read(&one)
		w.told[e.ObjectID] = one
		return err
	}, "assignment.told")
	for _, title := range []string{"Potager", "Sonnettes", "Ludothèque", "Vélos"} {
		w.files = append(w.files, w.Deposit(w.Ana, title))
	}
	w.Close(w.files...)
	settings := committeetest.Settings()
	settings.Bidding, settings.Readers = true, 1
	sel, err := w.Committees.Edit(ctx, w.Lead, w.Selection.ID, settings, w.Selection.Version)
	w.Must(err)
	w.Selection = sel
	w.chair = w.sits("chair@club.example", "Chantal", committee.Chair)
	w.marc = w.sits("marc@club.example", "Marc", committee.Juror)
	w.nina = w.sits("nina@club.example", "Nina", committee.Juror)
	w.Settle()
	return w
}

func (w *world) sits(email, name string, role committee.Role) account.User {
	by := w.Somebody(email, name)
	w.seats[by.ID] = w.Seat(by, committee.Seat{Email: email, Role: role})
	return by
}

func (w *world) seat(by account.User) committee.MemberID { return w.seats[by.ID] }

func (w *world) board(by account.User) assignment.Board {
	w.T.Helper()
	b, err := w.s.Board(ctx, by, w.Selection.ID)
	w.Must(err)
	return b
}

func (w *world) propose() {
	w.T.Helper()
	status, err := w.s.Propose(ctx, w.Lead, w.Selection.ID)
	w.Must(err)
	if !status.Found() {
		w.T.Fatalf("the engine found nothing: %s", status)
	}
}

func (w *world) publish() {
	w.T.Helper()
	w.Must(w.s.Publish(ctx, w.Lead, w.Selection.ID, w.board(w.Lead).Plan.Version))
}

// reads says whether somebody may read a file on the programme's side.
func (w *world) reads(by account.User, file application.ID) bool {
	w.T.Helper()
	held, err := w.Policy.HeldBy(ctx, w.DB.Reader(), by.ID)
	w.Must(err)
	for _, r := range held {
		if r.Relation == "rapporteur" && r.Object.ID == string(file) {
			return true
		}
	}
	return false
}

func TestBidsWeighAndStayTheirOwn(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Must(w.s.Bid(ctx, w.marc, w.Selection.ID, map[application.ID]assignment.Wish{w.files[0]: assignment.Eager, w.files[1]: assignment.No}))
		w.Must(w.s.Bid(ctx, w.marc, w.Selection.ID, map[application.ID]assignment.Wish{w.files[1]: assignment.Unsaid}))
		mine, err := w.s.Bids(ctx, w.marc, w.Selection.ID)
		w.Must(err)
		for _, o := range mine.Offers {
			if want := map[application.ID]assignment.Wish{w.files[0]: assignment.Eager}[o.ID]; o.Wish != want {
				t.Errorf("%s: %q, want %q", o.Title.Title, o.Wish, want)
			}
		}
		others, err := w.s.Bids(ctx, w.nina, w.Selection.ID)
		w.Must(err)
		if slices.ContainsFunc(others.Offers, func(o assignment.Offer) bool { return o.Wish != assignment.Unsaid }) {
			t.Error("a bid shows to another member")
		}
		w.propose()
		if b := w.board(w.Lead); !b.Reads(assignment.Pair{File: w.files[0], Member: w.seat(w.marc)}) || b.Bidders != 1 {
			t.Errorf("who asked for a file does not read it: %v, %d bidders", b.Plan.Pairs, b.Bidders)
		}
	})
}

func TestWhatABidRefuses(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Must(w.Committees.Declare(ctx, w.marc, w.Selection.ID, w.files[2], committee.Cause{Kind: committee.Declarable[0], Detail: "Un proche"}))
		eager := func(file application.ID) map[application.ID]assignment.Wish {
			return map[application.ID]assignment.Wish{file: assignment.Eager}
		}
		for name, c := range map[string]struct {
			by   account.User
			said map[application.ID]assignment.Wish
			want errs.Kind
		}{
			"a file from which she is kept":  {w.marc, eager(w.files[2]), errs.NotFound},
			"a file that is not there":       {w.marc, eager("nothing"), errs.NotFound},
			"a wish that is none":            {w.marc, map[application.ID]assignment.Wish{w.files[0]: "maybe"}, errs.Invalid},
			"somebody who does not sit":      {w.Bob, eager(w.files[0]), errs.NotFound},
			"the programme's lead, who bids": {w.Lead, eager(w.files[0]), errs.Forbidden},
		} {
			if err := w.s.Bid(ctx, c.by, w.Selection.ID, c.said); !errs.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestPublishingOpensAndTells(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.propose()
		if err := w.s.Publish(ctx, w.Lead, w.Selection.ID, w.board(w.Lead).Plan.Version); !errs.Is(err, errs.Conflict) {
			t.Errorf("publishing before the reading opens answers %v", err)
		}
		w.Must(w.Committees.Begin(ctx, w.Lead, w.Selection.ID))
		if w.reads(w.marc, w.files[0]) || w.reads(w.nina, w.files[0]) || w.reads(w.chair, w.files[0]) {
			t.Error("a dry run opens a file")
		}
		w.publish()
		w.Settle()
		live, err := committee.Assigned(ctx, d.Reader(), w.Selection.ID)
		w.Must(err)
		if len(live) != 4 || len(w.told) != 3 {
			t.Fatalf("%d readings, %d people told", len(live), len(w.told))
		}
		for _, a := range live {
			for _, by := range []account.User{w.chair, w.marc, w.nina} {
				if w.seat(by) == a.Member != w.reads(by, a.File) && w.seat(by) == a.Member {
					t.Errorf("%s cannot read what is hers", by.Name)
				}
			}
		}
		if err := w.s.Publish(ctx, w.Lead, w.Selection.ID, w.board(w.Lead).Plan.Version); !errs.Is(err, errs.Conflict) {
			t.Errorf("publishing twice the same answers %v", err)
		}
	})
}

func TestWhatIsTakenBackCloses(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Must(w.Committees.Begin(ctx, w.Lead, w.Selection.ID))
		pair := assignment.Pair{File: w.files[0], Member: w.seat(w.marc)}
		other := assignment.Pair{File: w.files[0], Member: w.seat(w.nina)}
		w.Must(w.s.Edit(ctx, w.Lead, w.Selection.ID, assignment.Give, pair, -1))
		w.publish()
		w.Settle()
		if !w.reads(w.marc, w.files[0]) {
			t.Fatal("a file given by hand does not open")
		}
		w.Must(w.s.Edit(ctx, w.Lead, w.Selection.ID, assignment.Take, pair, -1))
		w.Must(w.s.Edit(ctx, w.Lead, w.Selection.ID, assignment.Give, other, -1))
		if c := w.board(w.Lead).Changes; len(c.Added) != 1 || len(c.Ended) != 1 {
			t.Errorf("what publishing would do: %+v", c)
		}
		w.publish()
		w.Settle()
		if w.reads(w.marc, w.files[0]) || !w.reads(w.nina, w.files[0]) {
			t.Error("rights do not follow the readings")
		}
		if got := w.told[string(w.seat(w.marc))]; len(got.Ended) != 1 || len(got.Added) != 0 {
			t.Errorf("who lost a file is told %+v", got)
		}
		w.Must(d.Write(ctx, func(tx *db.Tx) error {
			return w.s.Hand(ctx, tx, w.nina, w.Selection.ID, w.files[0], w.seat(w.nina), w.seat(w.chair))
		}))
		if w.reads(w.nina, w.files[0]) || !w.reads(w.chair, w.files[0]) {
			t.Error("rights do not follow a delegation")
		}
	})
}

func TestAConflictAlwaysWins(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		pair := assignment.Pair{File: w.files[0], Member: w.seat(w.marc)}
		w.Must(w.s.Edit(ctx, w.Lead, w.Selection.ID, assignment.Pin, pair, -1))
		w.Must(w.s.Freeze(ctx, w.Lead, w.Selection.ID, true, -1))
		w.Must(w.Committees.Declare(ctx, w.marc, w.Selection.ID, w.files[0], committee.Cause{Kind: committee.Declarable[0], Detail: "Un proche"}))
		w.Settle()
		if b := w.board(w.Lead); b.Reads(pair) || !b.Barred(pair) {
			t.Error("a conflict leaves the pair where it was")
		}
		w.Must(w.s.Freeze(ctx, w.Lead, w.Selection.ID, false, -1))
		if err := w.s.Edit(ctx, w.Lead, w.Selection.ID, assignment.Give, pair, -1); errs.KeyOf(err) != "assignment.recused" {
			t.Errorf("giving a file to who stepped aside answers %v", err)
		}
		sheet := "file,action,email\n" + string(w.files[0]) + ",assign,marc@club.example\n"
		if _, err := w.s.Import(ctx, w.Lead, w.Selection.ID, []byte(sheet), -1); !errs.Is(err, errs.Invalid) {
			t.Errorf("importing it answers %v", err)
		}
		w.propose()
		if w.board(w.Lead).Reads(pair) {
			t.Error("the engine gives a file to who stepped aside")
		}
	})
}

func TestARecusedChairSeesNothingOfHerFile(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Must(w.Committees.Declare(ctx, w.chair, w.Selection.ID, w.files[1], committee.Cause{Kind: committee.Declarable[0], Detail: "Un proche"}))
		status, err := w.s.Propose(ctx, w.chair, w.Selection.ID)
		w.Must(err)
		if !status.Found() {
			t.Fatal(status)
		}
		whole, part := w.board(w.Lead), w.board(w.chair)
		if len(whole.Files) != 4 || len(part.Files) != 3 || len(whole.Plan.Pairs) != 4 || len(part.Plan.Pairs) != 3 {
			t.Fatalf("the lead sees %d files and %d readings, the chair %d and %d", len(whole.Files), len(whole.Plan.Pairs), len(part.Files), len(part.Plan.Pairs))
		}
		run, err := w.s.Replay(ctx, w.chair, w.Selection.ID, part.Run.ID)
		w.Must(err)
		seen, err := json.Marshal(struct {
			A *assign.Account
			P *assign.Problem
			R [][]any
			S string
		}{part.Account, part.Problem, part.Rows(), string(run.Input) + string(run.Output)})
		w.Must(err)
		if bytes.Contains(seen, []byte(w.files[1])) || bytes.Contains(seen, []byte("Sonnettes")) {
			t.Errorf("the file shows: %s", seen)
		}
		if err := w.s.Edit(ctx, w.chair, w.Selection.ID, assignment.Give, assignment.Pair{File: w.files[1], Member: w.seat(w.marc)}, -1); !errs.Is(err, errs.NotFound) {
			t.Errorf("editing it answers %v", err)
		}
		all, err := w.s.Replay(ctx, w.Lead, w.Selection.ID, whole.Run.ID)
		w.Must(err)
		if p, err := assign.Read(bytes.NewReader(all.Input)); err != nil || len(p.Items) != 4 {
			t.Errorf("what the lead replays: %v", err)
		}
	})
}

func TestARepairChangesAsLittleAsCanBe(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		if _, err := w.s.Repair(ctx, w.Lead, w.Selection.ID, assignment.Repairing{}); !errs.Is(err, errs.Conflict) {
			t.Errorf("repairing nothing answers %v", err)
		}
		w.Must(w.Committees.Begin(ctx, w.Lead, w.Selection.ID))
		w.propose()
		w.publish()
		ill := w.seat(w.marc)
		had := w.board(w.Lead).Load(ill)
		_, err := w.s.Repair(ctx, w.Lead, w.Selection.ID, assignment.Repairing{Away: []committee.MemberID{ill}})
		w.Must(err)
		b := w.board(w.Lead)
		if had == 0 || b.Load(ill) != 0 || len(b.Changes.Ended) != had || len(b.Changes.Added) != had {
			t.Errorf("she had %d: %+v", had, b.Changes)
		}
	})
}

func TestWhyThereIsNone(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		settings, err := w.s.Settings(ctx, w.Lead, w.Selection.ID, "fr")
		w.Must(err)
		settings.Settings.Readers, settings.Most = 2, 2
		w.Must(w.s.Choose(ctx, w.Lead, w.Selection.ID, settings.Settings, settings.Version))
		status, err := w.s.Propose(ctx, w.Lead, w.Selection.ID)
		w.Must(err)
		b := w.board(w.Lead)
		if status.Found() || b.Run.Why == nil || len(b.Run.Why.Clashes) == 0 || len(b.Run.Why.Relax) == 0 {
			t.Errorf("eight readings of three members who read two: %s %+v", status, b.Run)
		}
		settings.Settings.Readers = 0
		if err := w.s.Choose(ctx, w.Lead, w.Selection.ID, settings.Settings, b.Plan.Version); !errs.Is(err, errs.Invalid) {
			t.Errorf("no reader at all answers %v", err)
		}
		if err := w.s.Choose(ctx, w.Lead, w.Selection.ID, settings.Settings, 0); !errs.Is(err, errs.Conflict) {
			t.Errorf("a stale page answers %v", err)
		}
	})
}

func TestASheetOutAndIn(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.propose()
		before := w.board(w.Lead)
		lines := []string{strings.Join(assignment.Head, ",")}
		for _, row := range before.Rows() {
			lines = append(lines, row[0].(string)+","+row[1].(string)+","+row[2].(string))
		}
		content := []byte(strings.Join(append(lines, ""), "\n"))
		_, err := w.s.Import(ctx, w.Lead, w.Selection.ID, []byte("paper,action,email\nall,clear,all\n"), before.Plan.Version)
		w.Must(err)
		if n := len(w.board(w.Lead).Plan.Pairs); n != 0 {
			t.Errorf("%d readings are left", n)
		}
		n, err := w.s.Import(ctx, w.Lead, w.Selection.ID, content, -1)
		w.Must(err)
		after := w.board(w.Lead)
		same := slices.EqualFunc(before.Plan.Pairs, after.Plan.Pairs, func(a, b assignment.Given) bool { return a.Pair == b.Pair })
		if n != 4 || !same {
			t.Errorf("%d lines in, from %v to %v", n, before.Plan.Pairs, after.Plan.Pairs)
		}
		for name, content := range map[string]string{
			"a column is missing":  "file,email\nx,y\n",
			"an unknown action":    "file,action,email\n" + string(w.files[0]) + ",maybe,marc@club.example\n",
			"an unknown file":      "file,action,email\nnothing,assign,marc@club.example\n",
			"an unknown member":    "file,action,email\n" + string(w.files[0]) + ",assign,bob@club.example\n",
			"assigned to everyone": "file,action,email\n" + string(w.files[0]) + ",assign,all\n",
		} {
			if _, err := w.s.Import(ctx, w.Lead, w.Selection.ID, []byte(content), -1); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
