package enclosure_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/application/scrutiny"
	"transformateur/internal/committee"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/inspect"
	"transformateur/internal/review/enclosure"
	"transformateur/internal/review/reviewtest"
)

var ctx = context.Background()

// world is a committee whose readers join documents.
type world struct {
	*reviewtest.World
	enclosures *enclosure.Service
}

func within(t *testing.T, d *db.DB, others committee.Others, inspector scrutiny.Inspector) *world {
	w := &world{World: reviewtest.New(t, d, reviewtest.Options{Others: others})}
	w.enclosures = enclosure.New(enclosure.Deps{DB: d, Clock: w.Clock, Jobs: w.Jobs, Blobs: w.Blobs, Inspector: inspector, Reviews: w.Reviews})
	w.Give(w.Mia, w.Files[0])
	w.Give(w.Noe, w.Files[0])
	return w
}

// joins has somebody join a document, and has it checked.
func (w *world) joins(who account.User, name, content string) string {
	w.T.Helper()
	e, err := w.enclosures.Add(ctx, who, w.Files[0], name, strings.NewReader(content))
	w.Must(err)
	w.Must(w.Jobs.Work(ctx))
	w.Clock.Advance(time.Minute)
	return e.ID
}

// seen says what somebody sees: her own documents, then those of others; or why nothing.
func (w *world) seen(who account.User) string {
	w.T.Helper()
	l, err := w.enclosures.List(ctx, who, w.Files[0])
	if err != nil {
		return errs.KindOf(err).String()
	}
	say := func(list []enclosure.Enclosure) string {
		var names []string
		for _, e := range list {
			names = append(names, e.Name)
		}
		return strings.Join(names, " ")
	}
	var others []string
	for _, list := range l.Others {
		others = append(others, say(list))
	}
	slices.Sort(others)
	return strings.Join(append([]string{say(l.Own)}, others...), " | ")
}

// reads says what bytes somebody gets of a document; or why none.
func (w *world) reads(who account.User, id string) string {
	w.T.Helper()
	_, f, err := w.enclosures.Open(ctx, who, w.Files[0], id)
	if err != nil {
		return errs.KindOf(err).String()
	}
	defer f.Close()
	content, err := io.ReadAll(f)
	w.Must(err)
	return string(content)
}

func wants(t *testing.T, what string, err error, key string) {
	t.Helper()
	said := errs.KeyOf(err)
	if err != nil && key != said && !strings.Contains(err.Error(), key) || err == nil {
		t.Errorf("%s: %v, want %s", what, err, key)
	}
}

func TestADocumentFollowsItsReview(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := within(t, d, committee.AfterOwn, applicationtest.Inspector)
		id := w.Files[0]
		first := w.joins(w.Mia, "C:\\Users\\mia\\calcul.pdf", "mia's bytes")
		if got := w.seen(w.Mia) + " " + w.reads(w.Mia, first); got != "calcul.pdf clean" {
			t.Errorf("she sees and reads %q", got)
		}
		for name, who := range map[string]account.User{"another reader": w.Noe, "the lead": w.Lead, "the chair": w.Chair, "a stranger": w.Bob, "the applicant": w.Ana} {
			if got := w.reads(who, first); got == "clean" {
				t.Errorf("%s reads a document of a review that is not handed in", name)
			}
		}
		if got := w.seen(w.Noe); got != "" {
			t.Errorf("another reader sees %q before", got)
		}
		w.Write(w.Noe, id, reviewtest.Whole("good")...)
		w.Hand(w.Mia, id, "good")
		_, err := w.enclosures.Add(ctx, w.Mia, id, "late.pdf", strings.NewReader("x"))
		wants(t, "joining to a review that is in", err, "review.handed_in")
		wants(t, "removing from a review that is in", w.enclosures.Remove(ctx, w.Mia, id, first), "review.handed_in")
		if got := w.seen(w.Noe) + w.reads(w.Noe, first); got != errs.NotFound.String() {
			t.Errorf("before his own is in, another reader has %q", got)
		}
		w.Clock.Advance(time.Minute)
		_, err = w.Reviews.Submit(ctx, w.Noe, id)
		w.Must(err)
		if got := w.seen(w.Noe); !strings.HasSuffix(got, "-1.pdf") || strings.Contains(got, "calcul") {
			t.Errorf("once his own is in he sees %q: the name may say whose it is", got)
		}
		if got := w.reads(w.Noe, first); got != "clean" {
			t.Errorf("he reads %q", got)
		}
		w.Clock.Advance(time.Minute)
		w.Must(w.Reviews.Reopen(ctx, w.Mia, id))
		second := w.joins(w.Mia, "second.pdf", "more")
		w.Must(w.enclosures.Remove(ctx, w.Mia, id, first))
		if got := w.seen(w.Mia) + " " + w.reads(w.Noe, first) + " " + w.reads(w.Noe, second); got != "second.pdf clean "+errs.NotFound.String() {
			t.Errorf("while it is written again: %q", got)
		}
		w.Clock.Advance(time.Minute)
		_, err = w.Reviews.Submit(ctx, w.Mia, id)
		w.Must(err)
		if got := w.reads(w.Noe, first) + " " + w.reads(w.Noe, second); got != errs.NotFound.String()+" clean" {
			t.Errorf("once it is handed in anew: %q", got)
		}
	})
}

func TestWhoReadsADocumentAtTheDeliberation(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := within(t, d, committee.AtDeliberation, applicationtest.Inspector)
		id := w.Files[0]
		doc := w.joins(w.Mia, "calcul.pdf", "bytes")
		w.Hand(w.Mia, id, "good")
		w.Exclude(w.Noe, id)
		none := errs.NotFound.String()
		for _, x := range []struct {
			name          string
			who           account.User
			before, after string
		}{
			{"its author", w.Mia, "clean", "clean"},
			{"the chair", w.Chair, errs.Forbidden.String(), "clean"},
			{"the lead", w.Lead, errs.Forbidden.String(), "clean"},
			{"a member who stepped aside", w.Noe, none, none},
			{"the applicant", w.Ana, errs.Forbidden.String(), errs.Forbidden.String()},
			{"a stranger", w.Bob, none, none},
			{"nobody signed in", account.User{}, errs.Unauthenticated.String(), errs.Unauthenticated.String()},
		} {
			if got := w.reads(x.who, doc); got != x.before {
				t.Errorf("before, %s has %q, want %q", x.name, got, x.before)
			}
			x.before = x.after
			defer func() {
				if got := w.reads(x.who, doc); got != x.after {
					t.Errorf("at the deliberation, %s has %q, want %q", x.name, got, x.after)
				}
			}()
		}
		w.Move(committee.Deliberating)
		if got := w.seen(w.Chair); got != " | calcul.pdf" {
			t.Errorf("the chair sees %q", got)
		}
	})
}

func TestWhoMayJoinAndRemove(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := within(t, d, committee.AfterOwn, applicationtest.Inspector)
		id := w.Files[0]
		doc := w.joins(w.Mia, "calcul.pdf", "bytes")
		wants(t, "removing another's", w.enclosures.Remove(ctx, w.Noe, id, doc), "errs.not_found")
		w.Exclude(w.Noe, id)
		for name, x := range map[string]struct {
			who account.User
			key string
		}{
			"a member who stepped aside": {w.Noe, "errs.not_found"}, "the applicant": {w.Ana, "errs.forbidden"}, "the lead": {w.Lead, "errs.forbidden"},
			"the chair, who does not read it": {w.Chair, "errs.forbidden"}, "a stranger": {w.Bob, "errs.not_found"},
		} {
			_, err := w.enclosures.Add(ctx, x.who, id, "a.pdf", strings.NewReader("x"))
			wants(t, name+" joins", err, x.key)
			wants(t, name+" removes", w.enclosures.Remove(ctx, x.who, id, doc), x.key)
		}
		_, err := w.enclosures.Add(ctx, w.Mia, id, "empty.pdf", strings.NewReader(""))
		wants(t, "an empty document", err, "enclosure.empty")
		_, err = w.enclosures.Add(ctx, w.Mia, id, "big.pdf", io.LimitReader(zeros{}, enclosure.MaxBytes+1))
		wants(t, "a document too big", err, "enclosure.big")
		for i := range enclosure.Most - 1 {
			w.joins(w.Mia, fmt.Sprint(i, ".pdf"), "bytes")
		}
		_, err = w.enclosures.Add(ctx, w.Mia, id, "one-more.pdf", strings.NewReader("x"))
		wants(t, "one too many", err, "enclosure.many")
		w.Must(w.enclosures.Remove(ctx, w.Mia, id, doc))
		wants(t, "removing twice", w.enclosures.Remove(ctx, w.Mia, id, doc), "errs.not_found")
		w.joins(w.Mia, "one-more.pdf", "x")
		var told int
		w.Must(d.Reader().QueryRow(ctx, `select count(*) from journal where detail like '%more.pdf%' or detail like '%calcul%'`).Scan(&told))
		if told > 0 {
			t.Error("the journal says what documents are called")
		}
	})
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// honest is the inspector of the program, without its antivirus.
type honest struct{}

func (honest) Inspect(ctx context.Context, f blob.File, size int64, name string, accept []string) (scrutiny.Inspection, error) {
	report, err := inspect.Inspect(ctx, f, size, name, inspect.Asked(accept))
	if err != nil {
		return scrutiny.Inspection{}, err
	}
	found := scrutiny.Inspection{Kind: string(report.Kind), MIME: report.MIME, Refused: report.Refused()}
	for _, p := range report.Problems {
		found.Problems = append(found.Problems, p.Field)
	}
	if report.Cleanable() {
		found.Clean = func(ctx context.Context, w io.Writer) ([]errs.Field, error) {
			c, err := inspect.Strip(ctx, f, size, w)
			return c.Left, err
		}
	}
	return found, nil
}

func TestHostileDocumentsAreRefusedAndSayWhy(t *testing.T) {
	for _, x := range []struct{ name, file, content string }{
		{"a program called a PDF", "note.pdf", "MZ\x90\x00" + strings.Repeat("\x00", 200)},
		{"a page with a script", "note.html", "<html><script>alert(1)</script></html>"},
		{"a picture with a script", "plan.svg", `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`},
		{"an archive that is cut", "calc.zip", "PK\x03\x04 cut"},
	} {
		t.Run(x.name, func(t *testing.T) {
			w := within(t, dbtest.SQLite(t), committee.AfterOwn, honest{})
			doc := w.joins(w.Mia, x.file, x.content)
			l, err := w.enclosures.List(ctx, w.Mia, w.Files[0])
			w.Must(err)
			if len(l.Own) != 1 || l.Own[0].Status != application.Refused || len(l.Own[0].Problems) == 0 {
				t.Fatalf("%+v", l.Own)
			}
			if got := w.reads(w.Mia, doc); got != errs.Conflict.String() {
				t.Errorf("its author opens it: %q", got)
			}
			w.Hand(w.Mia, w.Files[0], "good")
			w.Move(committee.Deliberating)
			if got := w.seen(w.Chair) + w.reads(w.Chair, doc); got != errs.NotFound.String() {
				t.Errorf("the chair has %q", got)
			}
		})
	}
	w := within(t, dbtest.SQLite(t), committee.AfterOwn, honest{})
	if got := w.reads(w.Mia, w.joins(w.Mia, "note.txt", "douze fois trois")); !strings.Contains(got, "douze fois trois") {
		t.Errorf("a plain text reads %q", got)
	}
}
