package opinion_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/review/opinion"
	"transformateur/internal/review/opinion/opiniontest"
	"transformateur/internal/review/reviewtest"
	"transformateur/internal/review/sheet"
)

var ctx = context.Background()

func wants(t *testing.T, err error, kind errs.Kind, key string) {
	t.Helper()
	if err == nil || errs.KindOf(err) != kind || key != "" && errs.KeyOf(err) != key {
		t.Errorf("%v, want %s %s", err, kind, key)
	}
}

// reads says what of a file somebody sees: "" when it is closed to her.
func reads(w *opiniontest.World, by account.User, file application.ID) string {
	d, err := w.Applications().Deposited(ctx, by, file)
	if err != nil {
		return ""
	}
	may := d.May["application.read"]
	var seen []string
	for _, group := range []string{"answers", "files", "identity", "contacts"} {
		if may.Sees(group) {
			seen = append(seen, group)
		}
	}
	return strings.Join(seen, " ")
}

func TestAnOldInvitationIsLetGo(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := opiniontest.New(t, d, reviewtest.Options{})
		w.Accounts.BeforeSweep(opinion.LetGo)
		id := w.Ask(w.Request(w.Files[0]))
		w.Clock.Advance(3 * 366 * 24 * time.Hour)
		w.Must(w.Accounts.Sweep(ctx))
		n, err := db.Get(ctx, d.Reader(), db.Value[int], `select count(*) from opinions where id = $1 and invitation_id is null`, string(id))
		w.Must(err)
		if n != 1 {
			t.Error("the opinion went with its invitation")
		}
	})
}

func TestAnExpertReadsAndAnswers(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := opiniontest.New(t, d, reviewtest.Options{})
		file := w.Files[0]
		id := w.Ask(w.Request(file))
		_, err := w.Opinions.Open(ctx, w.Zoe, id, "fr")
		wants(t, err, errs.NotFound, "")
		w.TakeUp()
		offer, err := w.Opinions.Open(ctx, w.Zoe, id, "fr")
		w.Must(err)
		if offer.Now != opinion.Asked || offer.May || offer.Promise != opiniontest.Promise || offer.Deposit.Title != "" || reads(w, w.Zoe, file) != "" {
			t.Errorf("before she commits: %+v, reads %q", offer.Work, reads(w, w.Zoe, file))
		}
		wants(t, w.Opinions.Accept(ctx, w.Zoe, id, "fr", committee.Digest("autre chose")), errs.Conflict, "committee.promise_changed")
		wants(t, w.Opinions.Submit(ctx, w.Zoe, id), errs.Conflict, "opinion.not_writing")
		w.Must(w.Opinions.Accept(ctx, w.Zoe, id, "fr", committee.Digest(opiniontest.Promise)))
		if got := reads(w, w.Zoe, file); got != "answers files identity" {
			t.Errorf("she reads %q", got)
		}
		if got := reads(w, w.Zoe, w.Files[1]); got != "" {
			t.Errorf("of another file she reads %q", got)
		}
		wants(t, w.Opinions.Submit(ctx, w.Zoe, id), errs.Invalid, "review.incomplete")
		w.Answer(id, "opinion", "Oui.", "opinion_2", "Avec du temps.", "need", "good")
		if saved := w.Answer(id, "nothing", "x"); len(saved.Refused) != 1 {
			t.Errorf("a question that is not asked: %+v", saved)
		}
		w.Must(w.Opinions.Submit(ctx, w.Zoe, id))
		if got := reads(w, w.Zoe, file); got != "" {
			t.Errorf("once it is handed in she still reads %q", got)
		}
		given, err := w.Opinions.Open(ctx, w.Zoe, id, "fr")
		w.Must(err)
		if given.Now != opinion.Given || given.Content["opinion"] != "Oui." || given.May {
			t.Errorf("what she handed in: %+v", given.Content)
		}
		wants(t, w.Opinions.Decline(ctx, w.Zoe, id, "time", ""), errs.Conflict, "opinion.over")
		acts, err := db.List(ctx, d.Reader(), db.Value[string], `select act from journal where act like 'opinion.%' order by seq`)
		w.Must(err)
		if got := strings.Join(acts, " "); got != "opinion.asked opinion.accepted opinion.submitted" {
			t.Errorf("the journal says %q", got)
		}
		words, err := db.List(ctx, d.Reader(), db.Value[string], `select detail from journal where detail like '%technique%' or detail like '%Avec du temps%'`)
		if w.Must(err); len(words) > 0 {
			t.Errorf("the journal holds words: %v", words)
		}
	})
}

func TestWhatAnExpertMaySee(t *testing.T) {
	for _, c := range []struct {
		name     string
		blind    committee.Blind
		attached bool
		want     string
	}{
		{"open, with the attachments", committee.Open, true, "answers files identity"},
		{"open, the answers alone", committee.Open, false, "answers identity"},
		{"veiled, with the attachments", committee.Veiled, true, "answers files"},
		{"veiled, the answers alone", committee.Veiled, false, "answers"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := opiniontest.New(t, dbtest.SQLite(t), reviewtest.Options{Blind: c.blind})
			in := w.Request(w.Files[0])
			in.Attached = c.attached
			id := w.Ask(in)
			w.TakeUp()
			w.Must(w.Opinions.Accept(ctx, w.Zoe, id, "fr", committee.Digest(opiniontest.Promise)))
			if got := reads(w, w.Zoe, w.Files[0]); got != c.want {
				t.Errorf("she reads %q, want %q", got, c.want)
			}
		})
	}
}

func TestAnOpinionEnds(t *testing.T) {
	const week = 7 * 24 * time.Hour
	for _, c := range []struct {
		name   string
		end    func(w *opiniontest.World, id opinion.ID)
		status opinion.Status
		page   bool // hers still opens
		told   string
	}{
		{"on the day it is due", func(w *opiniontest.World, _ opinion.ID) { w.Clock.Advance(week) }, opinion.Expired, true, ""},
		{"on the day it is due, noted", func(w *opiniontest.World, _ opinion.ID) {
			w.Clock.Advance(week)
			w.Must(w.Jobs.Work(ctx))
		}, opinion.Expired, true, "opinion.expired"},
		{"when the lead revokes it", func(w *opiniontest.World, id opinion.ID) {
			w.Must(w.Opinions.Revoke(ctx, w.Lead, reviewtest.Selection, id, "Le comité s’en passe."))
		}, opinion.Revoked, false, "opinion.revoked"},
		{"when the chair revokes it", func(w *opiniontest.World, id opinion.ID) {
			w.Must(w.Opinions.Revoke(ctx, w.Chair, reviewtest.Selection, id, "Le comité s’en passe."))
		}, opinion.Revoked, false, "opinion.revoked"},
		{"when she hands it back", func(w *opiniontest.World, id opinion.ID) {
			w.Must(w.Opinions.Decline(ctx, w.Zoe, id, "conflict", ""))
		}, opinion.Declined, false, "opinion.declined"},
		{"when something ties her to the file", func(w *opiniontest.World, _ opinion.ID) {
			w.Exec(`insert into addresses (email, person_id, main, verified_at) values ('ana@labo.example', 'ana', true, $1)`, w.Clock.Now())
			w.Must(w.DB.Write(ctx, func(tx *db.Tx) error { return w.Bus.Publish(ctx, tx, "person.addresses", "ana", nil) }))
			_, err := w.Bus.Deliver(ctx)
			w.Must(err)
			w.Must(w.Jobs.Work(ctx))
		}, opinion.Declined, false, "opinion.declined"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Run(t, func(t *testing.T, d *db.DB) {
				w := opiniontest.New(t, d, reviewtest.Options{})
				id := w.Accepted(w.Files[0])
				w.Answer(id, "opinion", "Oui.")
				c.end(w, id)
				if got := reads(w, w.Zoe, w.Files[0]); got != "" {
					t.Errorf("she still reads %q", got)
				}
				page, err := w.Opinions.Open(ctx, w.Zoe, id, "fr")
				if (err == nil) != c.page || c.page && (page.May || page.Now != c.status || page.Deposit.Title != "") {
					t.Errorf("her page: %v %v", page.Now, err)
				}
				if _, _, err := w.Opinions.Save(ctx, w.Zoe, id, func(opinion.Sheet) []application.Edit {
					return []application.Edit{{Field: "opinion", Base: 1, Value: "Non."}}
				}); err == nil {
					t.Error("she still writes")
				}
				if w.Opinions.Submit(ctx, w.Zoe, id) == nil {
					t.Error("she still hands in")
				}
				_, o, err := w.Opinions.Followed(ctx, w.Chair, reviewtest.Selection, id)
				w.Must(err)
				if o.Now != c.status || o.Content != nil {
					t.Errorf("followed as %s %v", o.Now, o.Content)
				}
				if c.told != "" {
					n, err := db.Get(ctx, d.Reader(), db.Value[int], `select count(*) from journal where act = $1`, c.told)
					if err != nil || n != 1 {
						t.Errorf("%s journaled %d times: %v", c.told, n, err)
					}
				}
			})
		})
	}
}

func TestAnOpinionIsNotAskedOf(t *testing.T) {
	for _, c := range []struct {
		name string
		ask  func(w *opiniontest.World, in *opinion.Request)
		by   func(w *opiniontest.World) account.User
		kind errs.Kind
		key  string
	}{
		{"somebody of the file's team", func(w *opiniontest.World, in *opinion.Request) {
			w.Exec(`insert into addresses (email, person_id, main, verified_at) values ('ana@projet.example', 'ana', true, $1)`, w.Clock.Now())
			in.Email = "ana@projet.example"
		}, nil, errs.Conflict, "opinion.conflict"},
		{"somebody of the committee", func(_ *opiniontest.World, in *opinion.Request) { in.Email = "mia@exemple.invalid" }, nil, errs.Conflict, "opinion.sits"},
		{"who has been asked", func(w *opiniontest.World, _ *opinion.Request) { w.Ask(w.Request(w.Files[0])) }, nil, errs.Conflict, "opinion.asked_already"},
		{"nobody, about no file", func(_ *opiniontest.World, in *opinion.Request) { in.File, in.Email = "x", "" }, nil, errs.Invalid, "opinion.invalid"},
		{"somebody, without a question", func(_ *opiniontest.World, in *opinion.Request) { in.Question = "Eh ?" }, nil, errs.Invalid, "opinion.invalid"},
		{"somebody, by yesterday", func(w *opiniontest.World, in *opinion.Request) { in.Due = "2020-01-01T12:00" }, nil, errs.Invalid, "opinion.invalid"},
		{"somebody, on a criterion that is not of the grid", func(_ *opiniontest.World, in *opinion.Request) { in.Criteria = []string{"x"} }, nil, errs.Invalid, "opinion.invalid"},
		{"somebody, by a member", nil, func(w *opiniontest.World) account.User { return w.Mia }, errs.NotFound, ""},
		{"somebody, by the chair who stepped aside", func(w *opiniontest.World, in *opinion.Request) { w.Exclude(w.Chair, in.File) }, func(w *opiniontest.World) account.User { return w.Chair }, errs.Invalid, "opinion.invalid"},
		{"somebody, before the reading", func(w *opiniontest.World, _ *opinion.Request) {
			w.Exec(`update selections set status = 'preparation'`)
		}, nil, errs.Conflict, "committee.not_now"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := opiniontest.New(t, dbtest.SQLite(t), reviewtest.Options{})
			in, by := w.Request(w.Files[0]), w.Lead
			if c.ask != nil {
				c.ask(w, &in)
			}
			if c.by != nil {
				by = c.by(w)
			}
			_, err := w.Opinions.Ask(ctx, by, reviewtest.Selection, in)
			if c.name == "somebody, by a member" && errs.Is(err, errs.Forbidden) {
				return // she knows the selection, and may not ask
			}
			wants(t, err, c.kind, c.key)
		})
	}
}

func TestWhatHerAccountTellsIsCheckedWhenSheAccepts(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := opiniontest.New(t, d, reviewtest.Options{})
		id := w.Ask(w.Request(w.Files[0]))
		w.TakeUp()
		w.Exclude(w.Zoe, w.Files[0]) // she stepped aside from it in another committee
		wants(t, w.Opinions.Accept(ctx, w.Zoe, id, "fr", committee.Digest(opiniontest.Promise)), errs.Conflict, "opinion.conflict_found")
		_, o, err := w.Opinions.Followed(ctx, w.Lead, reviewtest.Selection, id)
		w.Must(err)
		if o.Now != opinion.Declined || o.Reason != "found" || reads(w, w.Zoe, w.Files[0]) != "" {
			t.Errorf("%s %q, she reads %q", o.Now, o.Reason, reads(w, w.Zoe, w.Files[0]))
		}
	})
}

func TestAStaleTextNeverOverwrites(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := opiniontest.New(t, d, reviewtest.Options{})
		id := w.Accepted(w.Files[0])
		w.Answer(id, "opinion", "Le premier.")
		stale := func(opinion.Sheet) []application.Edit {
			return []application.Edit{{Field: "opinion", Base: 0, Value: "Le second."}}
		}
		saved, _, err := w.Opinions.Save(ctx, w.Zoe, id, stale)
		w.Must(err)
		if len(saved.Conflicts) != 1 {
			t.Fatalf("%+v", saved)
		}
		page, err := w.Opinions.Open(ctx, w.Zoe, id, "fr")
		w.Must(err)
		if len(page.Variants) != 1 || page.Answers["opinion"].Value != "Le premier." {
			t.Fatalf("%+v %+v", page.Variants, page.Answers)
		}
		w.Must(w.Opinions.Settle(ctx, w.Zoe, id, sheet.Choice{Variant: page.Variants[0].ID, Keep: application.KeepMine, Base: 1}))
		if page, err = w.Opinions.Open(ctx, w.Zoe, id, "fr"); err != nil || len(page.Variants) != 0 || page.Answers["opinion"].Value != "Le second." {
			t.Errorf("%+v %v", page.Answers, err)
		}
	})
}

func TestWhoHearsAnOpinion(t *testing.T) {
	for _, c := range []struct {
		name   string
		others committee.Others
		do     func(w *opiniontest.World)
		by     func(w *opiniontest.World) account.User
		want   string // the names of those heard; "-" for none, "!" for a refusal
	}{
		{"a reader, before her own is in", committee.AfterOwn, nil, func(w *opiniontest.World) account.User { return w.Mia }, "-"},
		{"a reader, once her own is in", committee.AfterOwn, func(w *opiniontest.World) { w.Hand(w.Mia, w.Files[0], "good") }, func(w *opiniontest.World) account.User { return w.Mia }, "?"},
		{"a reader, once her own is in, where all wait for the deliberation", committee.AtDeliberation, func(w *opiniontest.World) { w.Hand(w.Mia, w.Files[0], "good") }, func(w *opiniontest.World) account.User { return w.Mia }, "-"},
		{"a reader, at the deliberation", committee.AtDeliberation, func(w *opiniontest.World) { w.Move(committee.Deliberating) }, func(w *opiniontest.World) account.User { return w.Mia }, "Zoé"},
		{"a member who does not read it, before the deliberation", committee.AfterOwn, nil, func(w *opiniontest.World) account.User { return w.Noe }, "!"},
		{"a member who does not read it, at the deliberation", committee.AfterOwn, func(w *opiniontest.World) { w.Move(committee.Deliberating) }, func(w *opiniontest.World) account.User { return w.Noe }, "Zoé"},
		{"a member who stepped aside, at the deliberation", committee.AfterOwn, func(w *opiniontest.World) {
			w.Move(committee.Deliberating)
			w.Exclude(w.Noe, w.Files[0])
		}, func(w *opiniontest.World) account.User { return w.Noe }, "!"},
		{"the lead, before the deliberation", committee.AfterOwn, nil, func(w *opiniontest.World) account.User { return w.Lead }, "!"},
		{"the lead, at the deliberation", committee.AfterOwn, func(w *opiniontest.World) { w.Move(committee.Deliberating) }, func(w *opiniontest.World) account.User { return w.Lead }, "Zoé"},
		{"the applicant, at the deliberation", committee.AfterOwn, func(w *opiniontest.World) { w.Move(committee.Deliberating) }, func(w *opiniontest.World) account.User { return w.Ana }, "!"},
		{"a reader, once the lead has set it aside", committee.AfterOwn, func(w *opiniontest.World) {
			w.Move(committee.Deliberating)
			f, err := w.Opinions.Follow(ctx, w.Lead, reviewtest.Selection)
			w.Must(err)
			w.Must(w.Opinions.Revoke(ctx, w.Lead, reviewtest.Selection, f.List[0].ID, "Un lien est apparu."))
		}, func(w *opiniontest.World) account.User { return w.Mia }, "-"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := opiniontest.New(t, dbtest.SQLite(t), reviewtest.Options{Others: c.others})
			w.Give(w.Mia, w.Files[0])
			w.Given(w.Files[0])
			if c.do != nil {
				c.do(w)
			}
			list, err := w.Opinions.Heard(ctx, c.by(w), w.Files[0])
			got := "-"
			switch {
			case err != nil:
				got = "!"
			case len(list) == 1 && list[0].Name == "" && list[0].Email == "" && list[0].Person == "":
				got = "?"
			case len(list) == 1:
				got = list[0].Name
			}
			if got != c.want {
				t.Errorf("%q, want %q (%v)", got, c.want, err)
			}
		})
	}
}
