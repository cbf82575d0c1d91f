package privacy_test

import (
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/privacy"
)

// emptied says whether a file holds nothing any more.
func (w *world) emptied(id application.ID) bool {
	return w.count(`select count(*) from applications where id = $1 and purged_at is not null`, string(id)) == 1 &&
		w.count(`select count(*) from answers where application_id = $1`, string(id)) == 0
}

// Each kind of file goes on its day, not the day before, by the daily job alone; the
// call closes on the third day. Those that have a notice are told a month before.
func TestEachFileGoesOnItsDay(t *testing.T) {
	const closes = 3
	for _, c := range []struct {
		name   string
		file   func(w *world) application.ID
		day    int // counted from noon of the first day
		notice bool
	}{
		{"a draft that was deleted", func(w *world) application.ID {
			id := w.draft(w.ana, "Brouillon", map[string]any{"summary": "Un texte"})
			w.must(w.app.Files.Delete(ctx, w.ana, id))
			return id
		}, 30, false},
		{"a draft never deposited", func(w *world) application.ID {
			return w.draft(w.ana, "Brouillon", map[string]any{"summary": "Un texte"})
		}, closes + 90, true},
		{"a file withdrawn before the call closed", func(w *world) application.ID {
			id := w.deposit()
			_, err := w.app.Files.Withdraw(ctx, w.ana, id)
			w.must(err)
			return id
		}, closes + 183, true},
		{"a file found inadmissible", func(w *world) application.ID {
			id := w.deposit()
			w.exec(`insert into admissibility (application_id, verdict, reason, decided_by, decided_at, version) values ($1, 'inadmissible', 'Hors sujet', 'system', $2, 1)`, string(id), noon.AddDate(0, 0, 10))
			return id
		}, 10 + 365, true},
		{"a deposited file: the two years its call announced", func(w *world) application.ID { return w.deposit() }, 734, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			run(t, func(t *testing.T, w *world) {
				id := c.file(w)
				w.settle()
				w.until(c.day - 31)
				if n := w.told(); n != 0 {
					t.Errorf("told %d times more than a month before", n)
				}
				w.until(c.day - 1)
				if w.emptied(id) {
					t.Fatal("gone the day before")
				}
				if n, want := w.told(), map[bool]int{true: 1}[c.notice]; n != want {
					t.Errorf("told %d times, want %d", n, want)
				}
				w.until(c.day + 1)
				if !w.emptied(id) {
					t.Fatal("still there the day after")
				}
				if n := w.count(`select count(*) from applications`); n != 1 {
					t.Error("the figures lost the file")
				}
			})
		})
	}
}

func (w *world) deposit() application.ID {
	w.t.Helper()
	id := w.draft(w.ana, "Déposé", map[string]any{"summary": "Un texte"})
	_, err := w.app.Files.Submit(ctx, w.ana, id)
	w.must(err)
	return id
}

// until lets time pass to a day: by leaps, then each day of the last month and a half.
func (w *world) until(day int) {
	w.t.Helper()
	at := noon.AddDate(0, 0, day)
	for w.clock.Now().Before(at) {
		step := 24 * time.Hour
		if at.Sub(w.clock.Now()) > 90*24*time.Hour {
			step = at.Sub(w.clock.Now()) - 80*24*time.Hour
		}
		w.clock.Advance(min(step, at.Sub(w.clock.Now())))
		w.must(w.app.Privacy.ApplyRetention(ctx, account.System))
	}
}

func (w *world) told() int {
	return w.count(`select count(*) from mails where template in ('file_ends', 'account_ends') and person_id = $1`, string(w.ana.ID))
}

// A program that was off for long tells late, and leaves the whole month all the same.
func TestALateNoticeLeavesItsMonth(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		id := w.draft(w.ana, "Brouillon", map[string]any{"summary": "Un texte"})
		w.clock.Advance(400 * 24 * time.Hour)
		w.must(w.app.Privacy.ApplyRetention(ctx, account.System))
		if w.emptied(id) || w.told() != 1 {
			t.Fatal("erased without notice, or not told")
		}
		w.clock.Advance(29 * 24 * time.Hour)
		w.must(w.app.Privacy.ApplyRetention(ctx, account.System))
		if w.emptied(id) {
			t.Fatal("erased within the month")
		}
		w.clock.Advance(24 * time.Hour)
		w.must(w.app.Privacy.ApplyRetention(ctx, account.System))
		if !w.emptied(id) {
			t.Fatal("not erased after the month")
		}
	})
}

// The attachments of a file that is emptied leave the disk, unless another refers to them.
func TestFilesLeaveTheDisk(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		_, draft := w.live()
		digests := func(id application.ID) string {
			var d string
			w.must(w.app.DB.Reader().QueryRow(ctx, `select digest from attachments where application_id = $1`, string(id)).Scan(&d))
			return d
		}
		digest := digests(draft)
		w.exec(`insert into call_documents (id, call_id, name, size, digest, mime, position, added_by, added_at) values ('doc', 'appel', 'x', 1, $1, 'application/pdf', 1, 'system', $2)`, digest, noon)
		w.must(w.app.Files.Delete(ctx, w.ana, draft))
		w.until(32)
		w.settle()
		if _, err := w.blobs().Stat(ctx, digest); err != nil {
			t.Fatalf("a document of the call lost its content: %v", err)
		}
		w.exec(`delete from call_documents`)
		second := w.draft2(digest)
		w.must(w.app.Files.Delete(ctx, w.ana, second))
		w.exec(`update applications set deleted_at = $2 where id = $1`, string(second), noon)
		w.until(34)
		w.settle()
		if _, err := w.blobs().Stat(ctx, digest); !errs.Is(err, errs.NotFound) {
			t.Errorf("the content is still on the disk: %v", err)
		}
	})
}

// The documents that readers joined about a file that is emptied leave the disk with it;
// a content that one of them still refers to stays.
func TestDocumentsOfReviewsLeaveTheDisk(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		_, draft := w.live()
		ref, err := w.blobs().Put(ctx, strings.NewReader("annoté"), 100)
		w.must(err)
		second := w.draft2(ref.Digest)
		w.exec(`insert into selections (id, call_id, round, name_fr, name_en, status, blind, others, names_public, bidding, readers, confidentiality_fr, confidentiality_en, version, created_at, created_by)
			values ('sel', 'appel', 1, 'x', 'x', 'reading', 'open', 'own', false, false, 1, '', '', 1, $1, 'system')`, noon)
		w.exec(`insert into committee_members (id, selection_id, email, name, role, status, competences, presence, least, most, invited_by, invited_at, confidentiality, reason, version)
			values ('seat', 'sel', 'm@projet.invalid', 'M', 'member', 'sitting', '[]', '[]', 0, 0, 'system', $1, '', '', 1)`, noon)
		w.exec(`insert into reviews (id, selection_id, application_id, member_id, alias, status, revision, started_at, updated_at, return_reason, version)
			values ('review', 'sel', $1, 'seat', 'AB', 'draft', 1, $2, $2, '', 1)`, string(draft), noon)
		w.exec(`insert into review_enclosures (id, review_id, name, size, digest, kind, mime, status, problems, clean_digest, clean_size, added_at)
			values ('doc', 'review', 'annoté.pdf', 7, $1, 'pdf', 'application/pdf', 'clean', '[]', $1, 7, $2)`, ref.Digest, noon)
		w.must(w.app.Files.Delete(ctx, w.ana, second))
		w.until(32)
		w.settle()
		if _, err := w.blobs().Stat(ctx, ref.Digest); err != nil {
			t.Fatalf("a document of a review lost its content: %v", err)
		}
		w.must(w.app.Files.Delete(ctx, w.ana, draft))
		w.exec(`update applications set deleted_at = $2 where id = $1`, string(draft), noon)
		w.until(34)
		w.settle()
		if _, err := w.blobs().Stat(ctx, ref.Digest); !errs.Is(err, errs.NotFound) {
			t.Errorf("the content is still on the disk: %v", err)
		}
		if n := w.count(`select count(*) from review_enclosures where digest = '' and clean_digest = '' and removed_at is not null and name <> 'annoté.pdf'`); n != 1 {
			t.Error("the document kept its name or its content")
		}
	})
}

// draft2 is a draft, whatever the date, whose attachment has a content that exists.
func (w *world) draft2(digest string) application.ID {
	w.t.Helper()
	w.exec(`insert into applications (id, call_id, number, title, status, form_revision, created_by, created_at, updated_at) values ('again', 'appel', 99, 'Encore', 'draft', 1, $1, $2, $2)`, w.ana.Actor(), noon)
	w.grant(w.ana, "owner", policy.Ref{Kind: "application", ID: "again"})
	w.exec(`insert into attachments (id, application_id, field, name, size, digest, kind, mime, status, problems, clean_digest, clean_size, uploaded_by, uploaded_at)
		values ('again', 'again', 'annex', 'x.pdf', 1, $1, 'pdf', 'application/pdf', 'clean', '[]', '', 0, $2, $3)`, digest, w.ana.Actor(), noon)
	return "again"
}

func TestExtensionsAndHolds(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(w *world, id application.ID, programme string)
		gone bool
	}{
		{"nothing", func(*world, application.ID, string) {}, true},
		{"the lead extends it", func(w *world, id application.ID, programme string) {
			w.must(w.app.Privacy.Extend(ctx, w.lead, privacy.Longer{Programme: programme, Object: string(id), Until: noon.AddDate(0, 6, 0), Reason: "Un recours est possible"}))
		}, false},
		{"the lead shortens the programme's delay", func(w *world, _ application.ID, programme string) {
			w.must(w.app.Privacy.SetDays(ctx, w.lead, privacy.Duration{Programme: programme, Rule: "undeposited", Days: 60, Reason: "Peu de dossiers"}))
		}, true},
		{"the lead lengthens it", func(w *world, _ application.ID, programme string) {
			w.must(w.app.Privacy.SetDays(ctx, w.lead, privacy.Duration{Programme: programme, Rule: "undeposited", Days: 300, Reason: "Nouvel appel en automne"}))
		}, false},
		{"a legal hold", func(w *world, id application.ID, _ string) {
			w.must(w.app.Privacy.PlaceHold(ctx, w.dpo, "", string(id), "Contentieux"))
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			run(t, func(t *testing.T, w *world) {
				id := w.draft(w.ana, "Brouillon", map[string]any{"summary": "Un texte"})
				c.do(w, id, w.call.ProgrammeID)
				w.until(95)
				if w.emptied(id) != c.gone {
					t.Errorf("erased: %v, want %v", w.emptied(id), c.gone)
				}
			})
		})
	}
}

func TestBoundsOfTheCalendar(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		p, prog := w.app.Privacy, w.call.ProgrammeID
		for _, c := range []struct {
			name string
			by   account.User
			d    privacy.Duration
			want errs.Kind
		}{
			{"below the least", w.lead, privacy.Duration{Programme: prog, Rule: "undeposited", Days: 29, Reason: "x"}, errs.Invalid},
			{"above the most", w.lead, privacy.Duration{Programme: prog, Rule: "undeposited", Days: 366, Reason: "x"}, errs.Invalid},
			{"without a reason", w.lead, privacy.Duration{Programme: prog, Rule: "undeposited", Days: 60}, errs.Invalid},
			{"a rule of the install, by a lead", w.lead, privacy.Duration{Programme: prog, Rule: "mails", Days: 60, Reason: "x"}, errs.Invalid},
			{"the whole install, by a lead", w.lead, privacy.Duration{Rule: "mails", Days: 60, Reason: "x"}, errs.NotFound},
			{"what nobody changes", w.dpo, privacy.Duration{Rule: "signins", Days: 30, Reason: "x"}, errs.Invalid},
			{"no such rule", w.dpo, privacy.Duration{Rule: "nothing", Days: 30, Reason: "x"}, errs.Invalid},
			{"somebody else", w.bob, privacy.Duration{Programme: prog, Rule: "undeposited", Days: 60, Reason: "x"}, errs.Forbidden},
		} {
			if err := p.SetDays(ctx, c.by, c.d); !errs.Is(err, c.want) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		id := w.draft(w.ana, "Brouillon", map[string]any{"summary": "Un texte"})
		if err := p.Extend(ctx, w.lead, privacy.Longer{Programme: prog, Object: string(id), Until: noon.AddDate(3, 0, 0), Reason: "x"}); !errs.Is(err, errs.Invalid) {
			t.Errorf("three years at once: %v", err)
		}
		if err := p.Extend(ctx, w.lead, privacy.Longer{Programme: prog, Object: "nothing", Until: noon.AddDate(0, 1, 0), Reason: "x"}); !errs.Is(err, errs.Invalid) {
			t.Errorf("a file that is not there: %v", err)
		}
		w.must(p.SetDays(ctx, w.dpo, privacy.Duration{Rule: "mails", Days: 60, Reason: "Minimisation"}))
		cal, err := p.Calendar(ctx, w.dpo, "")
		w.must(err)
		for _, line := range cal.Lines {
			if line.Key == "mails" && line.Now != 60 {
				t.Errorf("mails are kept %d days", line.Now)
			}
		}
	})
}

// Accounts that nobody uses go after two years and a month's notice; signing in keeps them.
func TestDormantAccounts(t *testing.T) {
	for _, c := range []struct {
		name    string
		returns bool
		gone    bool
	}{{"never seen again", false, true}, {"signs in after the notice", true, false}} {
		t.Run(c.name, func(t *testing.T) {
			run(t, func(t *testing.T, w *world) {
				w.until(729)
				if w.told() != 1 {
					t.Fatalf("told %d times", w.told())
				}
				if c.returns {
					_, err := w.demo.SignIn(ctx, w.ana.ID, "Firefox")
					w.must(err)
				}
				w.until(800)
				gone := w.count(`select count(*) from people where id = $1 and erased_at is not null`, string(w.ana.ID)) == 1
				if gone != c.gone {
					t.Errorf("erased: %v, want %v", gone, c.gone)
				}
				if n := w.count(`select count(*) from people where id = $1 and erased_at is not null`, string(w.lead.ID)); n != 0 {
					t.Error("a lead, who holds a role, was erased")
				}
			})
		})
	}
}

// The calendar says what will go, and what went.
func TestTheCalendarSaysWhatGoesAndWhatWent(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		id := w.draft(w.ana, "Brouillon", map[string]any{"summary": "Un texte"})
		w.until(40)
		cal, err := w.app.Privacy.Calendar(ctx, w.lead, w.call.ProgrammeID)
		w.must(err)
		if len(cal.Endings) != 1 || cal.Endings[0].Object.ID != string(id) || cal.Endings[0].At.Format("2006-01-02") != "2027-06-06" {
			t.Errorf("what will go: %+v", cal.Endings)
		}
		w.until(100)
		cal, err = w.app.Privacy.Calendar(ctx, w.lead, w.call.ProgrammeID)
		w.must(err)
		for _, line := range cal.Lines {
			if line.Key == "undeposited" && (line.Erased != 1 || line.Soon != 0) {
				t.Errorf("what went: %+v", line)
			}
		}
		if _, err := w.app.Privacy.Calendar(ctx, w.ana, w.call.ProgrammeID); !errs.Is(err, errs.Forbidden) {
			t.Errorf("Ana reads it: %v", err)
		}
	})
}
