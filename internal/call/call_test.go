package call_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
)

var (
	ctx  = context.Background()
	noon = applicationtest.Noon
)

func run(t *testing.T, body func(t *testing.T, w *applicationtest.World)) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) { body(t, applicationtest.New(t, d)) })
}

func said(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestDatesAsTyped(t *testing.T) {
	for _, c := range []struct {
		name  string
		dates call.Dates
		want  string // how the error begins; "" when the dates are taken
	}{
		{"two plain dates", call.Dates{Zone: "Europe/Paris", OpensAt: "2027-01-15T09:00", ClosesAt: "2027-03-05T12:00"}, ""},
		{"not chosen yet", call.Dates{Zone: "Europe/Paris"}, ""},
		{"an hour that the clocks skip", call.Dates{Zone: "Europe/Paris", ClosesAt: "2027-03-28T02:30"}, "call.invalid: closes_at=zone.does_not_exist"},
		{"an hour that exists twice", call.Dates{Zone: "Europe/Paris", ClosesAt: "2027-10-31T02:30"}, "call.invalid: closes_at=zone.exists_twice"},
		{"the same hour where clocks do not change", call.Dates{Zone: "Indian/Reunion", ClosesAt: "2027-10-31T02:30"}, ""},
		{"the thirtieth of February", call.Dates{Zone: "Europe/Paris", OpensAt: "2027-02-30T09:00"}, "call.invalid: opens_at=zone.no_such_date"},
		{"both wrong, said at once", call.Dates{Zone: "Europe/Paris", OpensAt: "demain", ClosesAt: "2027-03-28T02:30"}, "call.invalid: opens_at=zone.unreadable, closes_at=zone.does_not_exist"},
		{"closing before opening", call.Dates{Zone: "Europe/Paris", OpensAt: "2027-03-05T12:00", ClosesAt: "2027-03-05T11:59"}, "call.invalid: closes_at=call.deadline_before_opening"},
		{"unsealed before the deadline", call.Dates{Zone: "Europe/Paris", ClosesAt: "2027-03-05T12:00", Sealed: true, UnsealAt: "2027-03-05T11:00"}, "call.invalid: unseal_at=call.unseal_before_deadline"},
		{"an opening of files that no longer counts", call.Dates{Zone: "Europe/Paris", ClosesAt: "2027-03-05T12:00", UnsealAt: "2027-03-05T11:00"}, ""},
		{"nowhere", call.Dates{Zone: "Europe/Atlantis"}, "call.invalid: zone=zone.unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.dates.Into(call.Call{})
			if c.want == "" && err != nil || !strings.HasPrefix(said(err), c.want) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			if err == nil && c.dates.ClosesAt != "" && got.Dates().ClosesAt != c.dates.ClosesAt {
				t.Errorf("typed %q, shown %q", c.dates.ClosesAt, got.Dates().ClosesAt)
			}
		})
	}
}

// Nobody reads a deposited file of a sealed call before its hour, and the journal says when it opened.
func TestSealedUntilItsHour(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		f, err := form.Parse([]byte(applicationtest.Form))
		w.Must(err)
		c, err := w.Calls.Create(ctx, w.Lead, call.Call{ID: "scelle", EditionID: "edition", Title: form.Localised{"fr": "Scellé"}, Text: form.Localised{"fr": "Texte"}, Zone: "Europe/Paris",
			OpensAt: noon.Add(-time.Hour), ClosesAt: noon.Add(time.Hour), Sealed: true, UnsealAt: noon.Add(2 * time.Hour), Legal: applicationtest.Legal()})
		w.Must(err)
		_, err = w.Calls.SaveForm(ctx, w.Lead, c.ID, f, 0)
		w.Must(err)
		_, err = w.Calls.Publish(ctx, w.Lead, c.ID)
		w.Must(err)
		a, err := w.Files.Create(ctx, w.Ana, c.ID, "Campus")
		w.Must(err)
		w.Fill(w.Ana, a.ID, "summary", "Un campus", "bearer", "company", "staff", int64(12))
		_, err = w.Files.Submit(ctx, w.Ana, a.ID)
		w.Must(err)
		_, err = w.Calls.Extend(ctx, w.Lead, c.ID, noon.Add(3*time.Hour), "Panne")
		w.Must(err)

		for _, at := range []struct {
			name  string
			after time.Duration
			reads bool
		}{{"before the deadline", time.Minute, false}, {"at the hour first said", 2 * time.Hour, false}, {"a microsecond early", 3*time.Hour - time.Microsecond, false}, {"on the hour", 3 * time.Hour, true}} {
			w.Clock.Set(noon.Add(at.after))
			w.Must(w.Jobs.Work(ctx))
			_, err := w.Files.Deposited(ctx, w.Lead, a.ID)
			if (err == nil) != at.reads {
				t.Errorf("%s: %v", at.name, err)
			}
			lines, err := journal.Recent(ctx, w.DB.Reader(), 0, "call", string(c.ID), 50)
			w.Must(err)
			told := 0
			for _, l := range lines {
				if l.Act == "call.unsealed" {
					told++
				}
			}
			if (told == 1) != at.reads || told > 1 {
				t.Errorf("%s: the journal tells it %d times", at.name, told)
			}
		}
	})
}

func TestQuestions(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		public, err := w.Calls.Ask(ctx, w.Ana, "appel", " Une question ? ", true)
		w.Must(err)
		private, err := w.Calls.Ask(ctx, w.Ana, "appel", "Une affaire privée", false)
		w.Must(err)
		if _, err := w.Calls.Ask(ctx, w.Ana, "appel", "  ", true); said(err) != "call.invalid: question=call.question_empty" {
			t.Errorf("an empty question: %v", err)
		}
		if _, err := w.Calls.Ask(ctx, account.User{}, "appel", "x", true); err == nil {
			t.Error("a visitor asks")
		}
		count := func(by account.User) int {
			list, err := w.Calls.Questions(ctx, by, "appel")
			w.Must(err)
			return len(list)
		}
		if a, b, l := count(w.Ana), count(w.Bob), count(w.Lead); a != 2 || b != 0 || l != 2 {
			t.Errorf("before answers, Ana sees %d, Bob %d, the lead %d", a, b, l)
		}
		answer := func(by account.User, q call.Question, base int64) error {
			_, err := w.Calls.Answer(ctx, by, "appel", call.Reply{Question: q.ID, Text: "Oui.", Public: true, Base: base})
			return err
		}
		w.Must(answer(w.Lead, public, 1))
		w.Must(answer(w.Lead, private, 1))
		if err := answer(w.Lead, public, 1); errs.KeyOf(err) != "call.answered_meanwhile" {
			t.Errorf("an answer over another: %v", err)
		}
		w.Must(answer(w.Lead, public, 2))
		if err := answer(w.Bob, public, 3); err == nil {
			t.Error("Bob answers for the team")
		}
		list, err := w.Calls.Questions(ctx, w.Bob, "appel")
		w.Must(err)
		if len(list) != 1 || list[0].Asker != "" || list[0].AskedBy != "" || list[0].Text != "Une question ?" {
			t.Errorf("Bob sees %+v", list)
		}
	})
}

func TestDocuments(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		for _, c := range []struct{ name, file, content, want string }{
			{"a PDF", "règlement.pdf", "%PDF-1.7 …", ""},
			{"a PDF by name only", "faux.pdf", "<html>", "call.invalid: document=call.document_content"},
			{"a page", "page.html", "<html>", "call.invalid: document=call.document_type"},
			{"nothing", "vide.odt", "", "call.invalid: document=call.document_content"},
			{"plain text", "liste.csv", "a;b", ""},
		} {
			_, err := w.Calls.AddDocument(ctx, w.Lead, "appel", c.file, strings.NewReader(c.content))
			if got := said(err); got != c.want && !strings.HasPrefix(got, c.want+" ") {
				t.Errorf("%s: %q, want %q", c.name, got, c.want)
			}
		}
		if _, err := w.Calls.AddDocument(ctx, w.Bob, "appel", "x.txt", strings.NewReader("x")); err == nil {
			t.Error("Bob joins a document")
		}
		list, err := w.Calls.Documents(ctx, account.User{}, "appel")
		w.Must(err)
		if len(list) != 2 || list[0].Name != "règlement.pdf" {
			t.Fatalf("%+v", list)
		}
		_, f, err := w.Calls.Document(ctx, account.User{}, "appel", list[0].ID)
		w.Must(err)
		content, err := io.ReadAll(f)
		w.Must(err)
		w.Must(f.Close())
		if string(content) != "%PDF-1.7 …" {
			t.Errorf("read back %q", content)
		}
		w.Must(w.Calls.RemoveDocument(ctx, w.Lead, "appel", list[0].ID))
		if _, _, err := w.Calls.Document(ctx, w.Lead, "appel", list[0].ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("a removed document: %v", err)
		}
	})
}

// An edition that is cloned gets the calls of the first one, as drafts, once.
func TestCloneAnEdition(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		_, err := w.Calls.AddDocument(ctx, w.Lead, "appel", "liste.csv", strings.NewReader("a;b"))
		w.Must(err)
		w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `insert into editions (id, programme_id, name_fr, name_en, theme_fr, theme_en, about_fr, about_en, place, territory, zone, status, journey, version, created_at)
				values ('reunion', 'programme', 'R', 'R', '', '', '', '', '', '', 'Indian/Reunion', 'draft', '', 1, $1)`, noon)
			if err != nil {
				return err
			}
			return w.Bus.Publish(ctx, tx, "edition.cloned", "reunion", map[string]any{"from": "edition", "to": "reunion", "stages": map[string]string{}})
		}))
		_, err = w.Bus.Deliver(ctx)
		w.Must(err)
		_, err = w.Bus.Deliver(ctx)
		w.Must(err)
		list, err := db.List(ctx, w.DB.Reader(), db.Value[string], `select id from calls where edition_id = 'reunion'`)
		w.Must(err)
		if len(list) != 1 {
			t.Fatalf("copied %v", list)
		}
		c, err := call.Load(ctx, w.DB.Reader(), call.ID(list[0]))
		w.Must(err)
		if c.Status != call.Draft || !c.ClosesAt.IsZero() || c.Zone != "Indian/Reunion" || c.Revision != 0 || c.Legal != applicationtest.Legal() {
			t.Errorf("%+v", c)
		}
		var forms, documents int
		w.Must(w.DB.Reader().QueryRow(ctx, `select count(*) from call_forms where call_id = $1 and status = 'draft'`, list[0]).Scan(&forms))
		w.Must(w.DB.Reader().QueryRow(ctx, `select count(*) from call_documents where call_id = $1`, list[0]).Scan(&documents))
		if forms != 1 || documents != 1 {
			t.Errorf("%d forms, %d documents", forms, documents)
		}
	})
}

func TestCopyForm(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		c, err := w.Calls.Propose(ctx, w.Lead, "edition", form.Localised{"fr": "Santé au travail"})
		w.Must(err)
		if c.ID != "edition-sante-au-travail" {
			t.Errorf("address %q", c.ID)
		}
		exported, err := w.Calls.ExportForm(ctx, w.Lead, "appel")
		w.Must(err)
		for base, from := range []call.Source{{Ready: "regional"}, {Call: "appel"}, {JSON: exported}, {}} {
			d, err := w.Calls.CopyForm(ctx, w.Lead, c.ID, from, int64(base))
			if err != nil || d.Version != int64(base+1) {
				t.Fatalf("copy %+v: %v, version %d", from, err, d.Version)
			}
		}
		if _, err := w.Calls.CopyForm(ctx, w.Lead, c.ID, call.Source{Call: "appel"}, 1); errs.KeyOf(err) != "call.form_changed_meanwhile" {
			t.Errorf("over a colleague's save: %v", err)
		}
		if _, err := w.Calls.CopyForm(ctx, w.Bob, c.ID, call.Source{}, 4); err == nil {
			t.Error("Bob replaces a form")
		}
		saves, err := w.Calls.FormSaves(ctx, w.Lead, c.ID, 10)
		w.Must(err)
		if len(saves) != 4 || saves[0].Version != 4 || saves[0].By != "lead" {
			t.Errorf("saves: %+v", saves)
		}
		lacks, err := w.Calls.Lacks(ctx, w.Lead, c.ID)
		w.Must(err)
		if len(lacks) == 0 {
			t.Error("an empty call lacks nothing")
		}
	})
}

func TestArchive(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		if _, err := w.Calls.Archive(ctx, w.Lead, "appel"); errs.KeyOf(err) != "call.still_open" {
			t.Errorf("an open call: %v", err)
		}
		_, err := w.Calls.ExtendTo(ctx, w.Lead, "appel", "2027-03-05T14:00", "Panne")
		w.Must(err)
		moves, err := w.Calls.Postponements(ctx, w.Ana, "appel")
		w.Must(err)
		if len(moves) != 1 || moves[0].By != "lead" || !moves[0].Becomes.Equal(noon.Add(2*time.Hour)) {
			t.Errorf("%+v", moves)
		}
		w.Clock.Set(noon.Add(2 * time.Hour))
		c, err := w.Calls.Archive(ctx, w.Lead, "appel")
		if err != nil || c.Status != call.Archived {
			t.Errorf("%v %s", err, c.Status)
		}
	})
}
