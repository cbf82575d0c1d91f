package decision_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/decision"
	"transformateur/internal/decision/decisiontest"
	"transformateur/internal/deliberation"
	"transformateur/internal/deliberation/deliberationtest"
	"transformateur/internal/notify"
	"transformateur/internal/notify/announce"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/mail"
)

const selection = deliberationtest.Selection

var ctx = context.Background()

func outbox(w *deliberationtest.World) decision.Outbox {
	return over(w, mailer(w))
}

func mailer(w *deliberationtest.World) *notify.Service {
	return notify.New(w.DB, w.Clock, w.Jobs, w.Policy, notify.Options{Sender: mail.Hold{}, Install: "Essai", From: "essai@exemple.invalid", BaseURL: "https://exemple.invalid"})
}

func over(w *deliberationtest.World, outbox *notify.Service) decision.Outbox {
	mails := announce.New(w.DB, w.Clock, w.Jobs, outbox, "https://exemple.invalid")
	mails.Listen(w.Bus)
	return mails
}

func wants(t *testing.T, err error, kind errs.Kind, key string) {
	t.Helper()
	if !errs.Is(err, kind) || key != "" && errs.KeyOf(err) != key {
		t.Fatalf("%v, want %s %s", err, kind, key)
	}
}

func count(t *testing.T, d *db.DB, query string, args ...any) (n int) {
	t.Helper()
	if err := d.Reader().QueryRow(ctx, query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestUnderEmbargo(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := decisiontest.New(t, d, outbox, deliberation.Retain, deliberation.Reserve, deliberation.Refuse)
		for _, file := range w.Files {
			_, err := w.Decisions.Outcome(ctx, w.Ana, file)
			wants(t, err, errs.Forbidden, "")
			if seen, err := w.Decisions.Announced(ctx, w.Ana, file); seen || err != nil {
				t.Errorf("the team of %s is shown its outcome: %v", file, err)
			}
			wants(t, w.Decisions.Confirm(ctx, w.Ana, selection, file), errs.Forbidden, "")
			wants(t, w.Decisions.Appeal(ctx, w.Ana, selection, file, "Non."), errs.Forbidden, "")
		}
		_, err := w.Decisions.List(ctx, w.Ana, selection)
		wants(t, err, errs.NotFound, "")
		list, err := w.Decisions.List(ctx, w.Lead, selection)
		w.Must(err)
		if len(list.Rows) != 3 || *list.Funnel != (decision.Funnel{Deposited: 3, Retained: 1}) || list.Free != 0 {
			t.Errorf("the lead reads %+v, %+v", list.Rows, list.Funnel)
		}
		won, err := w.Decisions.Winners(ctx, account.User{}, string(w.Call.ID))
		if err != nil || len(won) != 0 {
			t.Errorf("the public reads %v, %v", won, err)
		}
	})
}

func TestClosedFilesAreLeftOut(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := decisiontest.New(t, d, outbox, deliberation.Reserve, deliberation.Reserve, deliberation.Retain)
		w.Exclude(w.Mia, w.Files[0])
		list, err := w.Decisions.List(ctx, w.Mia, selection)
		w.Must(err)
		var ranks []int
		for _, row := range list.Rows {
			ranks = append(ranks, row.Decision.Rank)
		}
		if !slices.Equal(ranks, []int{0, 1}) || list.Funnel != nil || list.Announcement.Version != 0 {
			t.Errorf("Mia reads ranks %v, funnel %v", ranks, list.Funnel)
		}
		_, err = w.Decisions.One(ctx, w.Mia, selection, w.Files[0])
		wants(t, err, errs.NotFound, "")
		_, absent := w.Decisions.One(ctx, w.Mia, selection, "nothing")
		if absent.Error() != err.Error() {
			t.Errorf("closed answers %v and absent %v", err, absent)
		}
	})
}

func TestReword(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := decisiontest.New(t, d, outbox, deliberation.Refuse)
		one, err := w.Decisions.One(ctx, w.Lead, selection, w.Files[0])
		w.Must(err)
		base := one.Row.Decision.Version
		wants(t, w.Decisions.Reword(ctx, w.Chair, selection, w.Files[0], decision.Words{Wording: "Non.", Version: base}), errs.Forbidden, "")
		wants(t, w.Decisions.Reword(ctx, w.Lead, selection, w.Files[0], decision.Words{Wording: " ", Version: base}), errs.Invalid, "")
		w.Must(w.Decisions.Prepare(ctx, w.Lead, selection, w.Terms(), 0))
		w.Must(w.Decisions.Reword(ctx, w.Lead, selection, w.Files[0], decision.Words{Wording: "Autrement dit.", Comments: []string{" Clair. ", ""}, Version: base}))
		wants(t, w.Decisions.Reword(ctx, w.Lead, selection, w.Files[0], decision.Words{Wording: "Trop tard.", Version: base}), errs.Conflict, "decision.meanwhile")
		_, err = w.Decisions.Announce(ctx, w.Lead, selection, 1)
		wants(t, err, errs.Conflict, "decision.prepare_first")
		w.Announce()
		if told := w.Told(w.Ana, w.Files[0]); told.Decision.Wording != "Autrement dit." || !slices.Equal(told.Decision.Comments, []string{"Clair."}) {
			t.Errorf("the team reads %+v", told.Decision)
		}
		wants(t, w.Decisions.Reword(ctx, w.Lead, selection, w.Files[0], decision.Words{Wording: "Encore.", Version: base + 2}), errs.Conflict, "decision.already_announced")
		if n := count(t, d, `select count(*) from mails where template = 'decision_announced' and status = 'ready' and body like '%Autrement dit.%'`); n != 1 {
			t.Errorf("%d mails say the last words", n)
		}
	})
}

func TestWhoAnnounces(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := decisiontest.New(t, d, outbox, deliberation.Retain)
		w.Must(w.Decisions.Prepare(ctx, w.Lead, selection, w.Terms(), 0))
		_, err := w.Decisions.Announce(ctx, w.Chair, selection, 1)
		wants(t, err, errs.Forbidden, "")
		w.Write(func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update minutes set signed_by = $1`, w.Lead.Actor())
			return err
		})
		_, err = w.Decisions.Announce(ctx, w.Lead, selection, 1)
		wants(t, err, errs.Conflict, "deliberation.same_person")
		if n := count(t, d, `select count(*) from mails where template = 'decision_announced' and status <> 'held'`); n != 0 {
			t.Errorf("%d mails left", n)
		}
	})
}

func TestHeldUntilTheAnnouncement(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		var mails *notify.Service
		w := decisiontest.New(t, d, func(b *deliberationtest.World) decision.Outbox {
			mails = mailer(b)
			return over(b, mails)
		}, deliberation.Retain, deliberation.Refuse)
		w.Must(w.Decisions.Prepare(ctx, w.Lead, selection, w.Terms(), 0))
		v, err := w.Decisions.Preparing(ctx, w.Lead, selection)
		w.Must(err)
		if len(v.Letters) != 2 || v.Obstacle != "" {
			t.Fatalf("prepared %+v, obstacle %q", v.Letters, v.Obstacle)
		}
		wants(t, mails.Release(ctx, w.Lead, v.Letters[0].ID), errs.Conflict, "notify.waits_for_announcement")
		wants(t, mails.ReleaseBatch(ctx, w.Lead, "announcement:"+string(selection), 2), errs.Conflict, "notify.waits_for_announcement")
		_, err = w.World.World.Files.Withdraw(ctx, w.Ana, w.Files[0])
		w.Must(err)
		sent, err := w.Decisions.Announce(ctx, w.Lead, selection, 1)
		if err != nil || sent != 1 {
			t.Fatalf("%d mails leave, %v", sent, err)
		}
		_, err = w.Decisions.Outcome(ctx, w.Ana, w.Files[0])
		wants(t, err, errs.NotFound, "")
		_, err = w.Decisions.Announce(ctx, w.Lead, selection, 1)
		wants(t, err, errs.Conflict, "decision.already_announced")
	})
}

// Whatever is tried, in whatever order and at the same time, a mail leaves at most once
// for a file and a person, and none before the announcement.
func TestNeverAnnouncedTwice(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		rnd := rand.New(rand.NewPCG(seed, 1))
		w := decisiontest.New(t, d, outbox, deliberation.Retain, deliberation.Reserve, deliberation.Refuse)
		for range 40 {
			v, err := w.Decisions.Preparing(ctx, w.Lead, selection)
			w.Must(err)
			version := v.Announcement.Version
			var all sync.WaitGroup
			for range 1 + rnd.IntN(3) {
				act := rnd.IntN(10)
				all.Go(func() {
					switch {
					case act < 4:
						_ = w.Decisions.Prepare(ctx, w.Lead, selection, w.Terms(), version)
					case act < 7:
						row := v.Rows[act%len(v.Rows)]
						_ = w.Decisions.Reword(ctx, w.Lead, selection, row.File.ID, decision.Words{Wording: "Mots.", Version: row.Decision.Version})
					default:
						_, _ = w.Decisions.Announce(ctx, w.Lead, selection, version)
					}
				})
			}
			all.Wait()
			left := count(t, d, `select count(*) from mails where template = 'decision_announced' and status = 'ready'`)
			told := count(t, d, `select count(*) from decisions where announced_at is not null`)
			if left != told || left != 0 && left != 3 {
				t.Fatalf("%d mails left for %d announced decisions", left, told)
			}
		}
		if count(t, d, `select count(*) from decisions where announced_at is not null`) == 0 {
			w.Announce()
		}
		if n := count(t, d, `select count(*) from mails where template = 'decision_announced' and status = 'ready'`); n != 3 {
			t.Errorf("%d mails left at the end", n)
		}
		if n := count(t, d, `select count(*) from journal where act = 'announcement.made'`); n != 1 {
			t.Errorf("announced %d times", n)
		}
		if n := count(t, d, `select count(*) from (select object_id, person_id from mails where template = 'decision_announced' and status = 'ready' group by object_id, person_id having count(*) > 1) x`); n != 0 {
			t.Errorf("%d people are told twice", n)
		}
	})
}

func TestPlaces(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := decisiontest.New(t, d, outbox, deliberation.Retain, deliberation.Retain, deliberation.Reserve, deliberation.Reserve, deliberation.Refuse)
		w.Announce()
		first, second, third, fourth, refused := w.Files[0], w.Files[1], w.Files[2], w.Files[3], w.Files[4]
		until := w.Clock.Now().AddDate(0, 0, 20)
		wants(t, w.Decisions.Confirm(ctx, w.Ana, selection, refused), errs.Conflict, "decision.no_place")
		wants(t, w.Decisions.Confirm(ctx, w.Bob, selection, first), errs.NotFound, "")
		wants(t, w.Decisions.Offer(ctx, w.Lead, selection, third, until), errs.Conflict, "decision.not_next")
		w.Must(w.Decisions.Confirm(ctx, w.Ana, selection, first))
		wants(t, w.Decisions.Confirm(ctx, w.Ana, selection, first), errs.Conflict, "decision.no_place")
		wants(t, w.Decisions.Release(ctx, w.Lead, selection, second, "Sans réponse."), errs.Conflict, "decision.not_silent")
		w.Clock.Advance(11 * 24 * time.Hour)
		if got := w.Place(second); got != decision.Silent {
			t.Fatalf("after its deadline the place is %q", got)
		}
		w.Must(w.Decisions.Wait(ctx, w.Lead, selection, second, w.Clock.Now().Add(24*time.Hour)))
		if got := w.Place(second); got != decision.Offered {
			t.Fatalf("with more time the place is %q", got)
		}
		w.Clock.Advance(25 * time.Hour)
		w.Must(w.Decisions.Release(ctx, w.Lead, selection, second, "Sans réponse."))
		list, err := w.Decisions.List(ctx, w.Lead, selection)
		w.Must(err)
		if list.Free != 1 || list.Next != third {
			t.Fatalf("%d places are free, next %s", list.Free, list.Next)
		}
		wants(t, w.Decisions.Offer(ctx, w.Lead, selection, fourth, until), errs.Conflict, "decision.not_next")
		w.Must(w.Decisions.Offer(ctx, w.Lead, selection, third, until))
		wants(t, w.Decisions.Offer(ctx, w.Lead, selection, fourth, until), errs.Conflict, "decision.not_next")
		w.Must(w.Decisions.Confirm(ctx, w.Ana, selection, third))
		kept, err := w.Decisions.Retained(ctx, d.Reader(), selection)
		w.Must(err)
		slices.Sort(kept)
		want := []application.ID{first, third}
		slices.Sort(want)
		if !slices.Equal(kept, want) {
			t.Errorf("the second round would read %v, not %v", kept, want)
		}
		won, err := w.Decisions.Winners(ctx, account.User{}, string(w.Call.ID))
		if err != nil || len(won) != 2 {
			t.Errorf("the public reads %v, %v", won, err)
		}
		w.Must(w.Decisions.GiveUp(ctx, w.Ana, selection, third, "Plus le temps."))
		list, err = w.Decisions.List(ctx, w.Lead, selection)
		w.Must(err)
		if list.Free != 1 || list.Next != fourth || *list.Funnel != (decision.Funnel{Deposited: 5, Retained: 1, Confirmed: 1}) {
			t.Errorf("free %d, next %s, %+v", list.Free, list.Next, list.Funnel)
		}
		_, err = w.Bus.Deliver(ctx)
		w.Must(err)
		for template, n := range map[string]int{"place_answered": 3, "place_released": 1, "place_offered": 1, "place_reminder": 1} {
			if got := count(t, d, `select count(*) from mails where template = $1`, template); got != n {
				t.Errorf("%d mails %s, want %d", got, template, n)
			}
		}
	})
}

func TestAppeals(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := decisiontest.New(t, d, outbox, deliberation.Refuse, deliberation.Refuse)
		w.Announce()
		file := w.Files[0]
		was := w.Told(w.Ana, file)
		wants(t, w.Decisions.Appeal(ctx, w.Ana, selection, file, ""), errs.Invalid, "")
		w.Must(w.Decisions.Appeal(ctx, w.Ana, selection, file, "Une pièce n’a pas été lue."))
		wants(t, w.Decisions.Appeal(ctx, w.Ana, selection, file, "Encore."), errs.Conflict, "decision.appeal_waits")
		one, err := w.Decisions.One(ctx, w.Lead, selection, file)
		w.Must(err)
		appeal := one.Appeals[0]
		until := w.Clock.Now().AddDate(0, 0, 15)
		wants(t, w.Decisions.Answer(ctx, w.Chair, selection, appeal.ID, decision.Answer{Words: "Non.", Version: 1}), errs.Forbidden, "")
		wants(t, w.Decisions.Answer(ctx, w.Lead, selection, appeal.ID, decision.Answer{Upheld: true, Words: "Oui.", Outcome: deliberation.Refuse, Version: 1}), errs.Invalid, "")
		w.Clock.Advance(time.Hour)
		w.Must(w.Decisions.Answer(ctx, w.Lead, selection, appeal.ID, decision.Answer{Upheld: true, Words: "La pièce a été lue.", Outcome: deliberation.Retain, ConfirmBy: until, Version: 1}))
		wants(t, w.Decisions.Answer(ctx, w.Lead, selection, appeal.ID, decision.Answer{Words: "Non.", Version: 2}), errs.Conflict, "decision.meanwhile")
		now := w.Told(w.Ana, file)
		if now.Decision.Outcome != deliberation.Retain || now.Place != decision.Offered || now.Appeals[0].Status != decision.Upheld || !now.Decision.AnnouncedAt.After(was.Decision.AnnouncedAt) {
			t.Errorf("the team reads %+v", now)
		}
		kept, err := decision.Revisions(ctx, d.Reader(), was.Decision.ID)
		if err != nil || len(kept) != 1 || kept[0].Outcome != deliberation.Refuse || !kept[0].AnnouncedAt.Equal(was.Decision.AnnouncedAt) || !kept[0].DecidedAt.Equal(was.Decision.At) {
			t.Errorf("what it was: %+v, %v", kept, err)
		}
		w.Must(w.Decisions.Confirm(ctx, w.Ana, selection, file))
		w.Clock.Advance(70 * 24 * time.Hour)
		wants(t, w.Decisions.Appeal(ctx, w.Ana, selection, w.Files[1], "Trop tard."), errs.Conflict, "decision.appeal_late")
		_, err = w.Bus.Deliver(ctx)
		w.Must(err)
		for _, template := range []string{"appeal_received", "appeal_lodged", "appeal_answered"} {
			if got := count(t, d, `select count(*) from mails where template = $1`, template); got != 1 {
				t.Errorf("%d mails %s", got, template)
			}
		}
	})
}

func TestAppealUntil(t *testing.T) {
	for name, x := range map[string]struct {
		notified string
		months   int
		want     string
	}{
		"two months and the day after":                   {"2027-03-02T10:00:00+01:00", 2, "2027-05-04T00:00:00+02:00"},
		"to the end of a shorter month, and past Sunday": {"2026-12-31T10:00:00+01:00", 2, "2027-03-02T00:00:00+01:00"},
		"past a week-end":                                {"2027-02-04T10:00:00+01:00", 2, "2027-04-06T00:00:00+02:00"},
		"past a public holiday":                          {"2027-05-13T10:00:00+02:00", 2, "2027-07-16T00:00:00+02:00"},
		"past Whit Monday":                               {"2027-03-15T10:00:00+01:00", 2, "2027-05-19T00:00:00+02:00"},
		"the day is that of the zone":                    {"2027-03-02T23:30:00Z", 2, "2027-05-05T00:00:00+02:00"},
	} {
		t.Run(name, func(t *testing.T) {
			at, _ := time.Parse(time.RFC3339, x.notified)
			if got := decision.AppealUntil(at, x.months, "Europe/Paris").Format(time.RFC3339); got != x.want {
				t.Errorf("until %s, want %s", got, x.want)
			}
		})
	}
}
