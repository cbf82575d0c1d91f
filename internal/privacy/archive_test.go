package privacy_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/application/receipt"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/privacy"
)

func second[T any](_ T, err error) error { return err }

func days(rule string, n int, reason string) privacy.Duration {
	return privacy.Duration{Rule: rule, Days: n, Reason: reason}
}

func encode(t *testing.T, r receipt.Signed) []byte {
	t.Helper()
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// fetch has Ana's archive made and opens it.
func (w *world) fetch(t *testing.T) (privacy.Archive, *zip.Reader) {
	t.Helper()
	w.must(w.app.Privacy.AskArchive(ctx, w.ana))
	w.settle()
	list, err := w.app.Privacy.Archives(ctx, w.ana)
	w.must(err)
	if len(list) == 0 || list[0].Status != privacy.Ready {
		t.Fatalf("no archive: %+v", list)
	}
	a, f, err := w.app.Privacy.OpenArchive(ctx, w.ana, list[0].ID)
	w.must(err)
	defer f.Close()
	content, err := io.ReadAll(f)
	w.must(err)
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	w.must(err)
	return a, z
}

func inside(t *testing.T, z *zip.Reader, name string) string {
	t.Helper()
	f, err := z.Open(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// notAbout are the columns where an identifier of Ana's stands in a row that is about
// somebody else: she acted, and the journal's lines say so.
var notAbout = []string{"relations.granted_by", "invitations.invited_by", "exclusions.declared_by"}

// The archive is whole: every table where a row points at her, or holds her name or her
// addresses in a row of hers, is in it, with every personal column.
func TestTheArchiveIsWhole(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		deposited, _ := w.live()
		w.exec(`insert into answer_variants (id, application_id, field, value, base, author, kept_at, settled_by, outcome) values ('v', $3, 'summary', '"x"', 1, $1, $2, '', '')`, w.ana.Actor(), noon, string(deposited))
		w.exec(`insert into passkeys (id, person_id, name, credential_id, public_key, aaguid, transports, sign_count, backup_eligible, backup_state, created_at) values ('k', $1, 'Ma clé', 'c', $2, '', '', 1, false, false, $3)`, string(w.ana.ID), []byte{0xff, 0x01}, noon)
		w.exec(`insert into access_tokens (id, person_id, name, digest, ending, scopes, object_kind, object_id, object_name, weak, created_at, expires_at) values ('t', $1, 'Mon outil', 'd', 'abcd', '', '', '', '', false, $2, $2)`, string(w.ana.ID), noon)
		w.exec(`insert into saved_views (id, call_id, person_id, name, query, shared, saved_at) values ('s', 'appel', $1, 'La mienne', 'q=x', false, $2)`, string(w.ana.ID), noon)
		w.exec(`insert into notification_preferences (person_id, topic, pace, updated_at) values ($1, 'threads', 'daily', $2)`, string(w.ana.ID), noon)
		w.exec(`insert into digest_items (id, dedupe_key, person_id, subject, body, object_kind, object_id, created_at, due_at) values ('d', 'd', $1, 'Résumé', 'Texte', '', '', $2, $2)`, string(w.ana.ID), noon)
		w.exec(`insert into exclusions (id, subject_kind, subject_id, object_kind, object_id, kind, reason, declared_by, valid_from) values ('e', 'person', $1, 'call', 'appel', 'conflict', 'Sœur', 'system', $2)`, string(w.ana.ID), noon)
		w.exec(`insert into uploads (id, application_id, field, name, size, started_by, started_at) values ('u', $3, 'annex', 'gros.pdf', 9, $1, $2)`, w.ana.Actor(), noon, string(deposited))
		before := w.count(`select count(*) from journal where actor = $1`, w.ana.Actor())
		_, z := w.fetch(t)
		seen := 0
		for _, table := range privacy.Map {
			for column := range columnsOf(table, privacy.Linked) {
				if table.Name == "people" || slices.Contains(notAbout, table.Name+"."+column) {
					continue
				}
				n := w.count(fmt.Sprintf(`select count(*) from %s where %s in ($1, $2)`, table.Name, column), string(w.ana.ID), w.ana.Actor())
				if n == 0 {
					continue
				}
				if seen++; table.Name == "journal" { // asking for it, and opening it, are acts too
					n = before
				}
				var rows []map[string]any
				if err := json.Unmarshal([]byte(inside(t, z, "data/"+table.Leaves+".json")), &rows); err != nil || len(rows) < n {
					t.Errorf("%s.%s points at her in %d rows, the archive has %d (%v)", table.Name, column, n, len(rows), err)
					continue
				}
				for _, nature := range []privacy.Nature{privacy.Identifying, privacy.Words, privacy.Trace} {
					for personal := range columnsOf(table, nature) {
						if _, there := rows[0][personal]; !there && !strings.Contains(" "+table.Hidden+" ", " "+personal+" ") {
							t.Errorf("%s.%s is not in the archive", table.Name, personal)
						}
					}
				}
			}
		}
		if seen < 18 {
			t.Errorf("only %d columns point at her: the world is too poor to prove much", seen)
		}
		for _, want := range []string{anaMail, anaSecond} {
			if !strings.Contains(inside(t, z, "data/account/addresses.json"), want) {
				t.Errorf("%s is not in it", want)
			}
		}
	})
}

func columnsOf(table privacy.Table, nature privacy.Nature) map[string]bool {
	list := map[privacy.Nature]string{privacy.Identifying: table.Identifying, privacy.Words: table.Words, privacy.Trace: table.Trace, privacy.Linked: table.Linked}[nature]
	out := map[string]bool{}
	for _, name := range strings.Fields(list) {
		out[name] = true
	}
	return out
}

// What it says of others, of secrets, and in words that people read.
func TestWhatTheArchiveSays(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		deposited, _ := w.live()
		w.fill2(deposited)
		a, z := w.fetch(t)
		all := ""
		for _, f := range z.File {
			all += f.Name + "\n" + inside(t, z, f.Name)
		}
		for _, never := range []string{w.bob.Name, "bob@projet.invalid", "carla@projet.invalid", string(w.bob.ID), "token_hash"} {
			if strings.Contains(all, never) {
				t.Errorf("the archive says %q", never)
			}
		}
		if !strings.Contains(inside(t, z, "data/files/answers.json"), "somebody else") {
			t.Error("what Bob wrote is not said to be somebody else's")
		}
		index := inside(t, z, "index.html")
		for _, want := range []string{`<html lang="fr">`, "Résumé du projet", "Connexions", "une autre personne", "data/files/answers.json", ".pdf"} {
			if !strings.Contains(index, want) {
				t.Errorf("the page does not say %q", want)
			}
		}
		if strings.Contains(index, "‹") || strings.Contains(index, "<script") {
			t.Error("the page misses words, or runs something")
		}
		if a.Files != 2 || !strings.Contains(all, "%PDF-1.4 le plan") {
			t.Errorf("%d files", a.Files)
		}
	})
}

func (w *world) fill2(id application.ID) {
	w.t.Helper()
	w.exec(`update answers set author = $2 where application_id = $1 and field = 'bearer'`, string(id), w.bob.Actor())
}

func TestWhoFetchesAnArchiveAndUntilWhen(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		a, _ := w.fetch(t)
		p := w.app.Privacy
		for name, by := range map[string]errs.Kind{"bob": errs.NotFound, "dpo": errs.NotFound, "lead": errs.NotFound} {
			user := w.bob
			if name == "dpo" {
				user = w.dpo
			} else if name == "lead" {
				user = w.lead
			}
			if _, _, err := p.OpenArchive(ctx, user, a.ID); !errs.Is(err, by) {
				t.Errorf("%s opens it: %v", name, err)
			}
		}
		if n := w.count(`select count(*) from mails where template = 'archive_ready' and to_email = $1`, anaMail); n != 1 {
			t.Errorf("%d mails tell her", n)
		}
		w.clock.Advance(7*24*time.Hour - time.Second)
		_, f, err := p.OpenArchive(ctx, w.ana, a.ID)
		if err != nil {
			t.Fatal("in the last second: ", err)
		}
		f.Close()
		w.clock.Advance(time.Second)
		if _, _, err := p.OpenArchive(ctx, w.ana, a.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("after a week: %v", err)
		}
		w.pass(1)
		w.settle()
		if _, err := w.blobs().Stat(ctx, a.Digest); !errs.Is(err, errs.NotFound) {
			t.Errorf("the file of an archive that expired: %v", err)
		}
	})
}

// Who has a second factor gives it before she takes her archive or asks to be erased.
func TestASecondFactorIsAskedFirst(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		a, _ := w.fetch(t)
		weak := w.ana
		weak.Weak = true
		_, f, err := w.app.Privacy.OpenArchive(ctx, weak, a.ID)
		if err != nil {
			t.Fatal("she has no second factor to give: ", err)
		}
		f.Close()
		w.exec(`update people set second_factor = true where id = $1`, string(w.ana.ID))
		if _, _, err := w.app.Privacy.OpenArchive(ctx, weak, a.ID); errs.KeyOf(err) != "privacy.prove_first" {
			t.Errorf("her archive, with a mail alone: %v", err)
		}
		if err := w.app.Privacy.AskErasure(ctx, weak, true); errs.KeyOf(err) != "privacy.prove_first" {
			t.Errorf("her erasure, with a mail alone: %v", err)
		}
		w.must(w.app.Privacy.AskErasure(ctx, w.ana, true))
	})
}

func TestOneArchiveAtATime(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		w.must(w.app.Privacy.AskArchive(ctx, w.ana))
		if err := w.app.Privacy.AskArchive(ctx, w.ana); errs.KeyOf(err) != "privacy.archive_asked" {
			t.Errorf("asked twice: %v", err)
		}
		w.settle()
		w.must(w.app.Privacy.AskArchive(ctx, w.ana))
	})
}

// The number of questions asked of the database does not grow with what a person has.
func TestTheWorkOfAnArchive(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		small := w.queries(t)
		w.large(1000, 4)
		if large := w.queries(t); large > small {
			t.Errorf("%d queries with little, %d with 1,000 answers", small, large)
		}
	})
}

func (w *world) queries(t *testing.T) int64 {
	t.Helper()
	counted, n := db.Counted(ctx)
	w.must(w.app.Privacy.AskArchive(ctx, w.ana))
	w.must(w.app.Jobs.Work(counted))
	w.clock.Advance(time.Minute)
	return n.Load()
}

// large gives Ana a file of so many answers, and attachments of a megabyte each.
func (w *world) large(answers, megabytes int) {
	w.t.Helper()
	file := w.draft(w.ana, "Grand", map[string]any{"summary": "Grand"})
	store := w.blobs()
	w.must(w.app.DB.Write(ctx, func(tx *db.Tx) error {
		for i := range answers {
			if _, err := tx.Exec(ctx, `insert into answers (application_id, field, value, version, author, saved_at) values ($1, $2, $3, 1, $4, $5)`,
				string(file), fmt.Sprint("field", i), `"`+strings.Repeat("mot ", 100)+`"`, w.ana.Actor(), noon); err != nil {
				return err
			}
		}
		return nil
	}))
	for i := range megabytes {
		content := bytes.Repeat([]byte(fmt.Sprintf("%08d", i)), 1<<17)
		kept, err := store.Put(ctx, bytes.NewReader(content), 2<<20)
		w.must(err)
		w.exec(`insert into attachments (id, application_id, field, name, size, digest, kind, mime, status, problems, clean_digest, clean_size, uploaded_by, uploaded_at)
			values ($1, $2, 'annex', 'grand.pdf', $3, $4, 'pdf', 'application/pdf', 'clean', '[]', '', 0, $5, $6)`, fmt.Sprint("a", i), string(file), kept.Size, kept.Digest, w.ana.Actor(), noon)
	}
}
