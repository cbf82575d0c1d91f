package notify_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/notify"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/mail"
	"transformateur/internal/policy"
)

var (
	ctx  = context.Background()
	noon = time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)
)

// post is a mail server at the edge: it keeps what it takes, and answers as it is told.
type post struct {
	mu     sync.Mutex
	taken  []mail.Message
	answer func(mail.Message) error
}

func (p *post) Send(_ context.Context, m mail.Message) error {
	if p.answer != nil {
		if err := p.answer(m); err != nil {
			return err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken = append(p.taken, m)
	return nil
}

func (p *post) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.taken)
}

type world struct {
	t     *testing.T
	db    *db.DB
	clock *clock.Fake
	jobs  *job.Queue
	post  *post
	mails *notify.Service
	lead  account.User // of the edition
	other account.User // lead of another edition
}

var edition = policy.Ref{Kind: "edition", ID: "normandie-2018"}

var options = notify.Options{Install: "Appels de demain", From: "appels@example.org", Bounces: "retours@example.org", Contact: "equipe@example.org", BaseURL: "https://appels.example.org"}

func by(sender mail.Sender) notify.Options {
	opt := options
	opt.Sender = sender
	return opt
}

func each(t *testing.T, body func(t *testing.T, w *world)) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := &world{t: t, db: d, clock: clock.NewFake(noon), post: &post{}}
		w.jobs = job.NewQueue(d, w.clock)
		p := policy.New(d, w.clock)
		w.mails = notify.New(d, w.clock, w.jobs, p, by(w.post))
		w.lead, w.other = w.person("lead", "fr", "Europe/Paris"), w.person("other", "fr", "Europe/Paris")
		w.person("ana", "fr", "Europe/Paris")
		w.person("bob", "en", "Pacific/Noumea")
		w.write(func(tx *db.Tx) error {
			for _, text := range []string{
				`insert into agencies (id, name_fr, name_en, about_fr, about_en, contact, created_at) values ('anact', 'A', 'A', '', '', '', $1)`,
				`insert into programmes (id, agency_id, name_fr, name_en, about_fr, about_en, created_at) values ('tnct', 'anact', 'P', 'P', '', '', $1)`,
				`insert into editions (id, programme_id, name_fr, name_en, theme_fr, theme_en, about_fr, about_en, place, territory, zone, status, journey, version, created_at)
				 values ('normandie-2018', 'tnct', 'N', 'N', '', '', '', '', '', '', 'Europe/Paris', 'published', '{}', 1, $1), ('autre', 'tnct', 'N', 'N', '', '', '', '', '', '', 'Europe/Paris', 'published', '{}', 1, $1)`,
			} {
				if _, err := tx.Exec(ctx, text, noon); err != nil {
					return err
				}
			}
			if err := p.Grant(ctx, tx, account.System, policy.Relation{SubjectID: "lead", Relation: "lead", Object: edition}); err != nil {
				return err
			}
			return p.Grant(ctx, tx, account.System, policy.Relation{SubjectID: "other", Relation: "lead", Object: policy.Ref{Kind: "edition", ID: "autre"}})
		})
		body(t, w)
	})
}

func (w *world) write(fn func(tx *db.Tx) error) {
	w.t.Helper()
	if err := w.db.Write(ctx, fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) person(id, lang, zone string) account.User {
	w.write(func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `insert into people (id, name, lang, zone, created_at) values ($1, $2, $3, $4, $5)`, id, "Nom de "+id, lang, zone, noon); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `insert into addresses (email, person_id, main, verified_at) values ($1, $2, true, $3)`, id+"@example.org", id, noon)
		return err
	})
	return account.User{ID: account.PersonID(id), Name: id}
}

// receipt is a mail of the edition that tells that a file exists.
func receipt(key string) notify.Mail {
	return notify.Mail{PersonID: "ana", Template: "receipt", Key: key, Object: policy.Ref{Kind: "application", ID: "a1"}, Scope: edition,
		Args: map[string]string{"Application": "L'atelier", "Call": "Normandie", "Number": "N-1", "Instant": "ce matin", "Link": "https://appels.example.org/a1"}}
}

// notice is a mail that leads may read: the answer on a file that the programme has read.
func notice(key string) notify.Mail {
	m := receipt(key)
	m.Template = "admissibility_result"
	m.Args = map[string]string{"Application": "L'atelier", "Call": "Normandie", "Result": "recevable", "Link": "https://appels.example.org/a1"}
	return m
}

func (w *world) enqueue(m notify.Mail) notify.Letter {
	w.t.Helper()
	w.write(func(tx *db.Tx) error { return w.mails.Enqueue(ctx, tx, m) })
	return w.byKey(m.Key)
}

func (w *world) byKey(key string) notify.Letter {
	w.t.Helper()
	all, err := w.mails.Mailbox(ctx, account.System, 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, l := range all {
		if l.Key == key {
			return l
		}
	}
	w.t.Fatalf("no mail %s", key)
	return notify.Letter{}
}

func (w *world) send() int {
	w.t.Helper()
	n, err := w.mails.Send(ctx, account.System)
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *world) acts(object string) (acts []string) {
	w.t.Helper()
	lines, err := journal.After(ctx, w.db.Reader(), 0, 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, l := range lines {
		if l.ID == object {
			acts = append(acts, l.Actor+" "+l.Act)
		}
	}
	return acts
}

// node is another process on the same database.
func (w *world) node(sender mail.Sender) *notify.Service {
	return notify.New(w.db, w.clock, job.NewQueue(w.db, w.clock), policy.New(w.db, w.clock), by(sender))
}
