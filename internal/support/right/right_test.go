package right_test

import (
	"context"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/support/ledger"
	"transformateur/internal/support/pool"
	"transformateur/internal/support/right"
)

var ctx = context.Background()

// world has two projects with a fund of 40 hours, and two experts.
type world struct {
	*gatheringtest.World
	pool           *pool.Service
	rights         *right.Service
	campus, garden project.ID
	fund           right.FundID
	eva, max       account.User
	evaID, maxID   pool.ID
}

func sheet() right.FundSheet {
	return right.FundSheet{Funder: "Région", Name: "Droit de tirage", FirstDay: "2020-01-01", LastDay: "2099-12-31", DayMinutes: 420, DayCents: 70000, Ceiling: 1200, NoticeHours: 48, MissedRule: right.MissedConsumes}
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{World: gatheringtest.New(t, d)}
	w.pool = pool.New(pool.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, People: w.Accounts, Programmes: programme.New(d, w.Clock, w.Policy, w.Bus)})
	w.rights = right.New(right.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Jobs: w.Jobs, Pool: w.pool})
	w.campus, w.garden = w.Project("Campus", w.Ana), w.Project("Jardin", w.Bob)
	e, err := programme.FindEdition(ctx, d.Reader(), gatheringtest.Edition)
	w.Must(err)
	w.Must(d.Write(ctx, func(tx *db.Tx) error {
		return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(w.Lead.ID), Relation: "lead", Object: policy.Ref{Kind: "programme", ID: string(e.Programme)}})
	}))
	w.fund, err = w.rights.Found(ctx, w.Lead, gatheringtest.Edition, sheet(), 2400)
	w.Must(err)
	w.eva, w.evaID = w.expert("eva@labo.example", "Eva Sage", "paie")
	w.max, w.maxID = w.expert("max@labo.example", "Max Pro", "droit")
	return w
}

// expert vets somebody who accepts.
func (w *world) expert(email, name string, subjects ...string) (account.User, pool.ID) {
	w.T.Helper()
	by := w.Signed(email, name)
	e, err := programme.FindEdition(ctx, w.DB.Reader(), gatheringtest.Edition)
	w.Must(err)
	w.Must(w.pool.Invite(ctx, w.Lead, e.Programme, pool.Offer{Email: email, Lang: "fr", Sheet: pool.Sheet{Name: name, Subjects: subjects, Languages: []string{"fr"}, Capacity: 600}}))
	mine, err := w.Accounts.MyInvitations(ctx, by)
	w.Must(err)
	_, err = w.Accounts.AcceptInvitation(ctx, by, mine[0].ID, account.Acceptance{})
	w.Must(err)
	_, err = w.Bus.Deliver(ctx)
	w.Must(err)
	list, err := pool.Of(ctx, w.DB.Reader(), e.Programme)
	w.Must(err)
	for _, x := range list {
		if x.Email == email {
			if x.Status != pool.Active || x.Person != by.ID {
				w.T.Fatalf("she accepted: %+v", x)
			}
			return by, x.ID
		}
	}
	w.T.Fatal("no expert")
	return by, ""
}

func (w *world) grant(p project.ID, minutes int64) error {
	return w.rights.Change(ctx, w.Lead, gatheringtest.Edition, right.Change{Fund: w.fund, Act: ledger.Grant, Project: p, Minutes: minutes, Reason: "Décidé en comité"})
}

func (w *world) asks(minutes int64) right.RequestID {
	w.T.Helper()
	id, err := w.rights.Ask(ctx, w.Ana, w.campus, right.Asked{Fund: w.fund, Subject: "Paie", Purpose: "Lire un bulletin", Minutes: minutes, Urgency: "soon", Language: "fr"})
	w.Must(err)
	return id
}

// chosen is a request of the campus for which Eva was chosen; ask is hers.
func (w *world) chosen(minutes int64) (id right.RequestID, ask string) {
	w.T.Helper()
	id = w.asks(minutes)
	w.Must(w.rights.Send(ctx, w.Ana, w.campus, id, []pool.ID{w.evaID, w.maxID}))
	mine, err := w.rights.Mine(ctx, w.eva)
	w.Must(err)
	for _, v := range mine {
		if v.Request == id {
			ask = v.Ask
		}
	}
	w.Must(w.rights.Answer(ctx, w.eva, ask, "yes", ""))
	w.Must(w.rights.Choose(ctx, w.Ana, w.campus, id, w.evaID))
	return id, ask
}

func (w *world) share() right.Share {
	w.T.Helper()
	v, err := w.rights.Sheet(ctx, w.Ana, w.campus)
	w.Must(err)
	return v.Shares[0]
}

func (w *world) has(what string, available, reserved, consumed int64) {
	w.T.Helper()
	if h := w.share(); h.Available != available || h.Reserved != reserved || h.Consumed != consumed {
		w.T.Errorf("%s: %d available, %d reserved, %d consumed; want %d, %d, %d", what, h.Available, h.Reserved, h.Consumed, available, reserved, consumed)
	}
	if _, faults, err := right.Check(ctx, w.DB.Reader()); err != nil || len(faults) > 0 {
		w.T.Errorf("%s: the ledger does not hold: %+v, %v", what, faults, err)
	}
}

func wants(t *testing.T, what string, err error, kind errs.Kind, key string) {
	t.Helper()
	if !errs.Is(err, kind) || key != "" && errs.KeyOf(err) != key {
		t.Errorf("%s: %v, want %s %s", what, err, kind, key)
	}
}

func TestGrant(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Must(w.grant(w.campus, 900))
		w.has("granted", 900, 0, 0)
		wants(t, "beyond the ceiling of a project", w.grant(w.campus, 301), errs.Conflict, "right.ceiling")
		w.Must(w.grant(w.garden, 1200))
		w.Must(w.grant(w.campus, 300))
		wants(t, "what the fund no longer has", w.rights.Change(ctx, w.Lead, gatheringtest.Edition, right.Change{Fund: w.fund, Act: ledger.Withdraw, Minutes: 1, Reason: "x"}), errs.Conflict, "right.short")
		wants(t, "a team grants itself", w.rights.Change(ctx, w.Ana, gatheringtest.Edition, right.Change{Fund: w.fund, Act: ledger.Grant, Project: w.campus, Minutes: 60, Reason: "x"}), errs.Forbidden, "")
		wants(t, "without a reason", w.rights.Change(ctx, w.Lead, gatheringtest.Edition, right.Change{Fund: w.fund, Act: ledger.TakeBack, Project: w.campus, Minutes: 60}), errs.Invalid, "")
		w.Must(w.rights.Change(ctx, w.Lead, gatheringtest.Edition, right.Change{Fund: w.fund, Act: ledger.TakeBack, Project: w.garden, Minutes: 600, Reason: "x"}))
		w.Must(w.rights.Change(ctx, w.Lead, gatheringtest.Edition, right.Change{Fund: w.fund, Act: ledger.Transfer, Project: w.campus, To: w.garden, Minutes: 200, Reason: "x"}))
		w.has("transferred", 1000, 0, 0)
		v, err := w.rights.OfProject(ctx, w.Ana, w.campus)
		w.Must(err)
		if n := len(v.Lines); n != 3 || v.Lines[2].Act != ledger.Transfer || v.Lines[2].Taker != "" {
			t.Errorf("the statement %+v", v.Lines)
		}
		_, err = w.rights.OfProject(ctx, w.Bob, w.campus)
		wants(t, "another project's balance", err, errs.NotFound, "")
	})
}

// From a request to what was consumed: the smaller counts until both say the same.
func TestRequest(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Must(w.grant(w.campus, 600))
		id := w.asks(120)
		v, err := w.rights.Detail(ctx, w.Ana, w.campus, id)
		w.Must(err)
		if len(v.Fits) != 2 || v.Fits[0].ID != w.evaID || !v.Fits[0].Subject {
			t.Fatalf("who fits: %+v", v.Fits)
		}
		wants(t, "nobody said yes", w.rights.Choose(ctx, w.Ana, w.campus, id, w.evaID), errs.Conflict, "right.not_open")
		id, ask := w.chosen(120)
		w.has("chosen", 480, 120, 0)
		theirs, err := w.rights.Mine(ctx, w.max)
		w.Must(err)
		if len(theirs) != 1 || !theirs[0].Open || theirs[0].State != "" {
			t.Errorf("the other expert learns that somebody was chosen: %+v", theirs)
		}
		w.Must(w.rights.Answer(ctx, w.max, theirs[0].Ask, "other", "Ma collègue"))
		wants(t, "somebody else reads it", second(w.rights.Received(ctx, w.max, ask)), errs.NotFound, "")
		w.Must(w.rights.Say(ctx, w.Ana, w.campus, id, 60))
		w.has("one side spoke", 480, 120, 0)
		w.Must(w.rights.SayHers(ctx, w.eva, ask, 90))
		w.has("they differ", 480, 60, 60)
		w.Must(w.rights.Say(ctx, w.Ana, w.campus, id, 90))
		w.has("they agree", 510, 0, 90)
		wants(t, "once it is confirmed", w.rights.SayHers(ctx, w.eva, ask, 120), errs.Conflict, "right.moved_on")
		hers, err := w.rights.Hers(ctx, w.eva)
		w.Must(err)
		if len(hers.Lines) != 2 {
			t.Errorf("her statement %+v", hers.Lines)
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestWhatDoesNotTakePlace(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Must(w.grant(w.campus, 600))
		id, _ := w.chosen(60)
		w.Must(w.rights.End(ctx, w.Ana, w.campus, id, right.Event{State: right.Cancelled, Words: "Réglé"}))
		w.has("cancelled before any meeting", 600, 0, 0)
		mark := func(id right.RequestID, e right.Event) error {
			return d.Write(ctx, func(tx *db.Tx) error { return w.rights.Mark(ctx, tx, w.Ana, id, e) })
		}
		id, _ = w.chosen(60)
		w.Must(mark(id, right.Event{State: right.Booked, At: w.Clock.Now().Add(time.Hour)}))
		w.Must(w.rights.End(ctx, w.Ana, w.campus, id, right.Event{State: right.Cancelled, Words: "Trop tard"}))
		w.has("cancelled an hour before", 540, 0, 60)
		id, ask := w.chosen(60)
		w.Must(w.rights.EndHers(ctx, w.eva, ask, right.Event{State: right.Cancelled, Words: "Malade"}))
		w.has("the expert cannot come", 540, 0, 60)
		v, err := w.rights.Detail(ctx, w.Ana, w.campus, id)
		w.Must(err)
		if v.Request.State != right.Open {
			t.Errorf("the request is %s", v.Request.State)
		}
		id, ask = w.chosen(60)
		w.Must(mark(id, right.Event{State: right.Booked, At: w.Clock.Now()}))
		w.Must(w.rights.EndHers(ctx, w.eva, ask, right.Event{State: right.Missed, Side: right.TeamSide, Words: "Personne"}))
		w.has("the team did not come", 480, 0, 120)
		wants(t, "twice", mark(id, right.Event{State: right.Missed, Side: right.TeamSide}), errs.Conflict, "right.moved_on")
	})
}

// An expert who is revoked finishes what she was doing and is asked nothing new.
func TestRevoked(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Must(w.grant(w.campus, 600))
		id, ask := w.chosen(60)
		later := w.asks(60)
		w.Must(w.rights.Send(ctx, w.Ana, w.campus, later, []pool.ID{w.evaID}))
		e, err := programme.FindEdition(ctx, d.Reader(), gatheringtest.Edition)
		w.Must(err)
		w.Must(w.pool.Revoke(ctx, w.Lead, e.Programme, w.evaID))
		mine, err := w.rights.Mine(ctx, w.eva)
		w.Must(err)
		for _, v := range mine {
			if v.Request == later {
				wants(t, "she answers", w.rights.Answer(ctx, w.eva, v.Ask, "yes", ""), errs.Forbidden, "right.not_expert")
			}
		}
		wants(t, "she is asked", w.rights.Send(ctx, w.Ana, w.campus, w.asks(30), []pool.ID{w.evaID}), errs.Invalid, "")
		w.Must(w.rights.SayHers(ctx, w.eva, ask, 60))
		w.Must(w.rights.Say(ctx, w.Ana, w.campus, id, 60))
		w.has("what she was doing", 540, 0, 60)
	})
}

func TestWhoIsNeverProposed(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Must(w.grant(w.campus, 1200))
		e, err := programme.FindEdition(ctx, d.Reader(), gatheringtest.Edition)
		w.Must(err)
		w.Must(w.pool.Declare(ctx, w.Lead, e.Programme, w.evaID, pool.Conflict{Project: w.campus}))
		_, err = d.Raw().Exec(`insert into organisations (id, name, folded, kind, domain, territory, created_at) values ('o', 'Labo', 'labo', 'company', '', '', '2026-01-01T00:00:00.000000Z')`)
		w.Must(err)
		for _, who := range []account.User{w.Ana, w.max} {
			w.Must(d.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, `insert into organisation_members (organisation_id, person_id, function, from_at) values ('o', $1, '', $2)`, string(who.ID), w.Clock.Now().Add(-time.Hour))
				return err
			}))
		}
		_, capable := w.expert("lou@labo.example", "Lou", "paie")
		v, err := w.rights.Detail(ctx, w.Ana, w.campus, w.asks(600))
		w.Must(err)
		if len(v.Fits) != 1 || v.Fits[0].ID != capable {
			t.Errorf("proposed %+v", v.Fits)
		}
		if v, err = w.rights.Detail(ctx, w.Ana, w.campus, w.asks(601)); err != nil || len(v.Fits) != 0 {
			t.Errorf("beyond her capacity %+v, %v", v.Fits, err)
		}
	})
}

func TestTend(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Must(w.grant(w.campus, 600))
		w.asks(60)
		day := func(n int) string { return w.Clock.Now().AddDate(0, 0, n).Format(time.DateOnly) }
		w.Must(w.rights.Prolong(ctx, w.Lead, gatheringtest.Edition, right.Change{Fund: w.fund, Project: w.campus, Reason: "x"}, day(10)))
		told := func() int {
			n, err := db.Get(ctx, d.Reader(), db.Value[int], `select count(*) from right_shares where warned_at is not null`)
			w.Must(err)
			return n
		}
		w.Must(w.rights.Tend(ctx, account.System))
		w.Must(w.rights.Tend(ctx, account.System))
		if told() != 1 {
			t.Error("nobody was warned")
		}
		w.Clock.Advance(12 * 24 * time.Hour)
		w.Must(w.rights.Tend(ctx, account.System))
		w.has("expired", 0, 0, 0)
		if h := w.share(); h.Expired != 600 {
			t.Errorf("expired %d", h.Expired)
		}
		w.Must(w.rights.Prolong(ctx, w.Lead, gatheringtest.Edition, right.Change{Fund: w.fund, Project: w.campus, Reason: "x"}, day(5)))
		w.has("prolonged", 600, 0, 0)
	})
}

// Two people want the last hour at once: one has it, the other is told what is left.
func TestTheLastHour(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Must(w.grant(w.campus, 90))
		var ids []right.RequestID
		for range 2 {
			id := w.asks(60)
			w.Must(w.rights.Send(ctx, w.Ana, w.campus, id, []pool.ID{w.evaID}))
			ids = append(ids, id)
		}
		mine, err := w.rights.Mine(ctx, w.eva)
		w.Must(err)
		for _, v := range mine {
			w.Must(w.rights.Answer(ctx, w.eva, v.Ask, "yes", ""))
		}
		var both sync.WaitGroup
		failed := make([]error, 2)
		for i, id := range ids {
			both.Go(func() { failed[i] = w.rights.Choose(ctx, w.Ana, w.campus, id, w.evaID) })
		}
		both.Wait()
		lost := failed[0]
		if lost == nil {
			lost = failed[1]
		} else if failed[1] != nil {
			t.Fatal("both lost")
		}
		wants(t, "who comes second", lost, errs.Conflict, "right.short")
		w.has("one of the two", 30, 60, 0)
	})
}

// Random operations of twenty people at once leave the accounts as a model has them.
func TestRandomOperations(t *testing.T) {
	total := 240
	if n, err := strconv.Atoi(os.Getenv("TRANSFORMATEUR_RIGHTS")); err == nil {
		total = n
	}
	seed := uint64(20180305)
	if n, err := strconv.ParseUint(os.Getenv("TRANSFORMATEUR_SEED"), 10, 64); err == nil {
		seed = n
	}
	t.Logf("seed %d, %d operations", seed, total)
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var mu sync.Mutex
		model, refused := ledger.Balances{}, 0
		fund := string(w.fund)
		model.Apply(ledger.Entries(ledger.Open, ledger.Way{Fund: fund}, 2400))
		var all sync.WaitGroup
		for n := range 20 {
			random := rand.New(rand.NewPCG(seed, uint64(n)))
			all.Go(func() {
				for range total / 20 {
					act := ledger.Acts()[random.IntN(len(ledger.Acts()))]
					way := ledger.Way{Fund: fund, Project: []string{string(w.campus), string(w.garden)}[random.IntN(2)]}
					if act == ledger.Transfer {
						way.To = map[string]string{string(w.campus): string(w.garden), string(w.garden): string(w.campus)}[way.Project]
					}
					minutes := 1 + random.Int64N(300)
					err := d.Write(ctx, func(tx *db.Tx) error { return w.rights.Post(ctx, tx, w.Lead, act, way, minutes) })
					mu.Lock()
					switch {
					case err == nil: // the order in which others commit does not change what is added up
						for _, e := range ledger.Entries(act, way, minutes) {
							model[e.Account] += e.Amount
						}
					case errs.KeyOf(err) == "right.short":
						refused++
					default:
						t.Errorf("seed %d: %s of %d: %v", seed, act, minutes, err)
					}
					mu.Unlock()
				}
			})
		}
		all.Wait()
		b, err := right.Balances(ctx, d.Reader(), w.fund)
		w.Must(err)
		if b.Sum() != 0 {
			t.Errorf("seed %d: the sum is %d", seed, b.Sum())
		}
		for account, minutes := range b {
			if minutes != model[account] || account.Kind != ledger.Source && minutes < 0 {
				t.Errorf("seed %d: %+v has %d, the model %d", seed, account, minutes, model[account])
			}
		}
		if _, faults, err := right.Check(ctx, d.Reader()); err != nil || len(faults) > 0 {
			t.Errorf("seed %d: %+v, %v", seed, faults, err)
		}
		if refused == 0 {
			t.Errorf("seed %d: %d refused", seed, refused)
		}
	})
}

func TestCheckNamesTheAccount(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Must(w.grant(w.campus, 100))
		w.Must(d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update right_accounts set balance = balance + 1 where kind = 'available'`)
			return err
		}))
		n, faults, err := right.Check(ctx, d.Reader())
		if err != nil || n != 3 || len(faults) != 1 || faults[0].Project != string(w.campus) || faults[0].Has != 101 || faults[0].Entries != 100 {
			t.Errorf("%d accounts, %+v, %v", n, faults, err)
		}
	})
}
