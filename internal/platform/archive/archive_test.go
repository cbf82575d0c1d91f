package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
)

var (
	ctx  = context.Background()
	noon = time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)
)

// install is something to archive: a database, files and a key.
type install struct {
	t      testing.TB
	folder string
	db     *db.DB
	blobs  blob.Store
}

func newInstall(t testing.TB, d *db.DB, blobs blob.Store) *install {
	i := &install{t: t, folder: t.TempDir(), db: d, blobs: blobs}
	if blobs == nil {
		i.blobs = folderOf(t, filepath.Join(i.folder, "files"))
	}
	i.must(os.Mkdir(filepath.Join(i.folder, "keys"), 0o700))
	i.must(os.WriteFile(filepath.Join(i.folder, "keys", "receipt.key"), []byte("a key\n"), 0o600))
	return i
}

func folderOf(t testing.TB, path string) blob.Store {
	t.Helper()
	store, err := blob.OpenFolder(path, clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func (i *install) must(err error) {
	i.t.Helper()
	if err != nil {
		i.t.Fatal(err)
	}
}

func (i *install) exec(text string, args ...any) {
	i.t.Helper()
	i.must(i.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, text, args...)
		return err
	}))
}

// populate fills tables of every type of column, with links that point forward and
// to their own table, and what JSON and SQL could spoil.
func (i *install) populate() {
	for n, name := range []string{"Ana", "Élodie «ñ»", "", "<b>&amp;</b>\u2028\\\"'", "日本語", strings.Repeat("long ", 60_000)} {
		i.exec(`insert into people (id, name, lang, zone, created_at) values ($1, $2, 'fr', 'Europe/Paris', $3)`, fmt.Sprint("p", n), name, noon.Add(time.Duration(n)*time.Microsecond))
	}
	i.exec(`update people set merged_into = 'p5', disabled_at = $1 where id = 'p0'`, noon)
	i.exec(`insert into addresses (email, person_id, main, verified_at) values ('a@example.org', 'p1', true, $1), ('b@example.org', 'p1', false, $1)`, noon)
	for n := range 1200 {
		i.exec(`insert into events (id, at, kind, object_id, payload) values ($1, $2, 'x', $3, '{}')`, db.NewID(), noon, fmt.Sprint(n))
	}
}

// attach keeps a file and a row that names it.
func (i *install) attach(content string) string {
	ref, err := i.blobs.Put(ctx, strings.NewReader(content), 1<<20)
	i.must(err)
	i.exec(`insert into agencies (id, name_fr, name_en, about_fr, about_en, contact, created_at) values ('agence', '', '', '', '', '', $1) on conflict do nothing`, noon)
	i.exec(`insert into programmes (id, agency_id, name_fr, name_en, about_fr, about_en, created_at) values ('programme', 'agence', '', '', '', '', $1) on conflict do nothing`, noon)
	i.exec(`insert into editions (id, programme_id, name_fr, name_en, theme_fr, theme_en, about_fr, about_en, place, territory, zone, status, journey, version, created_at)
		values ('edition', 'programme', '', '', '', '', '', '', '', '', 'Europe/Paris', 'published', '', 1, $1) on conflict do nothing`, noon)
	i.exec(`insert into calls (id, edition_id, title_fr, title_en, summary_fr, summary_en, text_fr, text_en, status, phase, zone, sealed, legal, form_revision, last_number, version, created_at)
		values ('appel', 'edition', '', '', '', '', '', '', 'draft', 0, 'Europe/Paris', false, '{}', 0, 0, 1, $1) on conflict do nothing`, noon)
	i.exec(`insert into call_documents (id, call_id, name, size, digest, mime, position, added_by, added_at) values ($1, 'appel', 'x.pdf', $2, $3, 'application/pdf', 1, 'p1', $4)`,
		db.NewID(), ref.Size, ref.Digest, noon)
	return ref.Digest
}

func (i *install) source() Source {
	return Source{DB: i.db, Blobs: i.blobs, Keys: filepath.Join(i.folder, "keys"), MadeAt: noon}
}

func (i *install) archived() ([]byte, Manifest) {
	i.t.Helper()
	var out bytes.Buffer
	m, err := Write(ctx, &out, i.source())
	i.must(err)
	return out.Bytes(), m
}

// place is an empty target of an engine, with files in a folder.
func place(t testing.TB, url string) Target {
	return Target{Folder: filepath.Join(t.TempDir(), "data"), Now: noon,
		Open: func(ctx context.Context, folder string) (*db.DB, error) {
			return db.Open(ctx, db.Options{URL: url, File: filepath.Join(folder, "transformateur.db")})
		},
		Blobs: func(_ context.Context, folder string) (blob.Store, error) {
			return blob.OpenFolder(filepath.Join(folder, "files"), clock.System{})
		}}
}

// restored opens what was restored.
func restored(t testing.TB, to Target) *install {
	t.Helper()
	d, err := to.Open(ctx, to.Folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	blobs, err := to.Blobs(ctx, to.Folder)
	if err != nil {
		t.Fatal(err)
	}
	return &install{t: t, folder: to.Folder, db: d, blobs: blobs}
}

func sums(t testing.TB, d *db.DB) []Sum {
	t.Helper()
	all, err := Digests(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// What was archived on an engine is restored on both, and archived again the same.
func TestThereAndBack(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		for _, to := range []db.Engine{db.SQLite, db.PostgreSQL} {
			t.Run("to "+string(to), func(t *testing.T) {
				from := newInstall(t, d, nil)
				if to == db.SQLite {
					from.populate()
				}
				digest := from.attach("Un plan, " + string(to))
				content, made := from.archived()
				url := ""
				if to == db.PostgreSQL {
					url = dbtest.PostgresURL(t)
				}
				target := place(t, url)
				head, _, err := Restore(ctx, bytes.NewReader(content), Key{}, target)
				if err != nil {
					t.Fatal(err)
				}
				if head.Engine != string(d.Engine()) || !head.Files {
					t.Errorf("head: %+v", head)
				}
				got := restored(t, target)
				if !slices.Equal(sums(t, got.db), made.Tables) {
					t.Error("the tables differ")
				}
				if err := got.blobs.Check(ctx, digest); err != nil {
					t.Error(err)
				}
				key, err := os.ReadFile(filepath.Join(target.Folder, "keys", "receipt.key"))
				info, _ := os.Stat(filepath.Join(target.Folder, "keys", "receipt.key"))
				if string(key) != "a key\n" || err != nil || info.Mode().Perm() != 0o600 {
					t.Errorf("the key: %q %v", key, err)
				}
				again, err := Write(ctx, &bytes.Buffer{}, got.source())
				if err != nil || !slices.Equal(again.Tables, made.Tables) {
					t.Errorf("archived again, it differs: %v", err)
				}
				if _, err := got.db.Raw().Exec(`insert into addresses (email, person_id, main, verified_at) values ('c@example.org', 'nobody', false, '2027-03-05 11:00:00.000000+00:00')`); err == nil {
					t.Error("the links between tables are no longer held")
				}
			})
		}
	})
}

// An archive made while another process writes holds one instant: pairs written
// together are both there or both absent, and every file that a row names is inside.
func TestOneInstantUnderLoad(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		t.Run(string(engine), func(t *testing.T) {
			opt := db.Options{File: filepath.Join(t.TempDir(), "test.db")}
			if engine == db.PostgreSQL {
				opt.URL = dbtest.PostgresURL(t)
			}
			i := newInstall(t, opened(t, opt), nil)
			i.must(i.db.Migrate(ctx))
			i.attach("the first")
			stop, wait := make(chan struct{}), sync.WaitGroup{}
			written := 0
			wait.Go(func() {
				for ; ; written++ {
					select {
					case <-stop:
						return
					default:
						i.attach(fmt.Sprint("file ", written))
						i.pair()
					}
				}
			})
			other := opened(t, opt)
			for round := range 4 {
				var out bytes.Buffer
				m, err := Write(ctx, &out, Source{DB: other, Blobs: i.blobs, MadeAt: noon})
				if err != nil {
					t.Fatal(err)
				}
				to := place(t, "")
				if _, _, err := Restore(ctx, &out, Key{}, to); err != nil {
					t.Fatalf("round %d: %v", round, err)
				}
				var alone int
				i.must(restored(t, to).db.Reader().QueryRow(ctx, `select (select count(*) from people where name = 'pair') - (select count(*) from settings)`).Scan(&alone))
				if alone != 0 || len(m.Missing) > 0 {
					t.Errorf("round %d: %d halves of a pair, %d files missing", round, alone, len(m.Missing))
				}
			}
			close(stop)
			wait.Wait()
			if written < 4 {
				t.Errorf("only %d writes meanwhile", written)
			}
		})
	}
}

func opened(t testing.TB, opt db.Options) *db.DB {
	t.Helper()
	d, err := db.Open(ctx, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// pair writes two rows in one transaction.
func (i *install) pair() {
	id := db.NewID()
	i.must(i.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `insert into people (id, name, lang, zone, created_at) values ($1, 'pair', 'fr', 'UTC', $2)`, id, noon); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `insert into settings (name, value, updated_at) values ($1, '', $2)`, id, noon)
		return err
	}))
}

func fakeS3(t *testing.T) blob.Store {
	t.Helper()
	backend := s3mem.New()
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	if err := backend.CreateBucket("files"); err != nil {
		t.Fatal(err)
	}
	store, err := blob.OpenS3(ctx, blob.S3Config{Endpoint: strings.TrimPrefix(server.URL, "http://"), Region: "us-east-1", Bucket: "files", AccessKey: "key", SecretKey: "secret", Insecure: true, PathStyle: true, Spool: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestFromS3ToS3(t *testing.T) {
	i := newInstall(t, dbtest.SQLite(t), fakeS3(t))
	digest := i.attach("kept in a bucket")
	content, _ := i.archived()
	there, to := fakeS3(t), place(t, "")
	to.Blobs = func(context.Context, string) (blob.Store, error) { return there, nil }
	if _, _, err := Restore(ctx, bytes.NewReader(content), Key{}, to); err != nil {
		t.Fatal(err)
	}
	if err := there.Check(ctx, digest); err != nil {
		t.Error(err)
	}
}

// Whatever byte of an archive changes, wherever it stops, a restore either refuses
// and leaves nothing, or gives exactly what was archived.
func TestHarmedArchives(t *testing.T) {
	i := newInstall(t, dbtest.SQLite(t), nil)
	i.populate()
	i.attach("a file")
	whole, made := i.archived()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	draw := rand.New(rand.NewPCG(seed, 1))
	restores := func(content []byte) bool {
		to := place(t, "")
		_, _, err := Restore(ctx, bytes.NewReader(content), Key{}, to)
		if err == nil {
			if !slices.Equal(sums(t, restored(t, to).db), made.Tables) {
				t.Error("a harmed archive was restored as something else")
			}
			return true
		}
		if key := errs.KeyOf(err); !strings.HasPrefix(key, "archive.") {
			t.Errorf("refused without words: %v", err)
		}
		left, _ := os.ReadDir(to.Folder)
		if len(left) > 0 {
			t.Errorf("a refused restore left %s", left[0].Name())
		}
		return false
	}
	harmless := 0
	for n := range 200 {
		harmed := bytes.Clone(whole)
		at := draw.IntN(len(harmed))
		if n < 40 { // the structure stands at both ends
			at = []int{n, len(harmed) - 1 - n}[n%2]
		}
		harmed[at] ^= byte(1 << draw.IntN(8))
		if _, _, err := Verify(ctx, bytes.NewReader(harmed), Key{}); err == nil {
			harmless++
			if !restores(harmed) {
				t.Errorf("verified, then refused: byte %d", at)
			}
		} else if n%20 == 0 && restores(harmed) {
			t.Errorf("refused, then restored: byte %d", at)
		}
	}
	if harmless > 15 { // a few bits of gzip's header mean nothing
		t.Errorf("%d of 200 flipped bits were not seen", harmless)
	}
	for n := range 100 {
		cut := whole[:draw.IntN(len(whole))]
		if _, _, err := Verify(ctx, bytes.NewReader(cut), Key{}); err == nil || n%20 == 0 && restores(cut) {
			t.Errorf("accepted %d bytes of %d", len(cut), len(whole))
		}
	}
	if restores(append(bytes.Clone(whole), 'x')) {
		t.Error("restored with something after the end")
	}
	if !restores(whole) {
		t.Error("the archive itself is refused")
	}
}

func TestEncrypted(t *testing.T) {
	i := newInstall(t, dbtest.SQLite(t), nil)
	i.exec(`insert into settings (name, value, updated_at) values ('confidential', 'a secret of ours', $1)`, noon)
	mine, err := age.GenerateX25519Identity()
	i.must(err)
	other, err := age.GenerateX25519Identity()
	i.must(err)
	for _, c := range []struct {
		name string
		lock Lock
		key  Key
		want string
	}{
		{"with its private key", Lock{Recipients: []string{mine.Recipient().String()}}, Key{Identities: mine.String()}, ""},
		{"one of two recipients", Lock{Recipients: []string{other.Recipient().String(), mine.Recipient().String()}}, Key{Identities: mine.String()}, ""},
		{"with another's key", Lock{Recipients: []string{mine.Recipient().String()}}, Key{Identities: other.String()}, "archive.wrong_key"},
		{"without any", Lock{Recipients: []string{mine.Recipient().String()}}, Key{}, "archive.locked"},
		{"with its passphrase", Lock{Passphrase: "cheval agrafe"}, Key{Passphrase: "cheval agrafe"}, ""},
		{"with a wrong passphrase", Lock{Passphrase: "cheval agrafe"}, Key{Passphrase: "cheval"}, "archive.wrong_key"},
		{"what is no key", Lock{Passphrase: "x"}, Key{Identities: "AGE"}, "archive.bad_identity"},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "there", "backup.age")
			made, err := Create(ctx, file, i.source(), c.lock)
			i.must(err)
			content, err := os.ReadFile(file)
			i.must(err)
			if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != made.SHA256 || int64(len(content)) != made.Size {
				t.Error("the digest or the size given is not that of the file")
			}
			_, _, err = Restore(ctx, bytes.NewReader(content), c.key, place(t, ""))
			if errs.KeyOf(err) != c.want {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if c.want != "" {
				return
			}
			content[len(content)/2] ^= 1
			if _, _, err := Verify(ctx, bytes.NewReader(content), c.key); errs.KeyOf(err) != "archive.damaged" {
				t.Errorf("a flipped bit: %v", err)
			}
			content[len(content)/2] ^= 1
			if _, _, err := Verify(ctx, bytes.NewReader(content[:len(content)-40]), c.key); errs.KeyOf(err) != "archive.damaged" {
				t.Errorf("truncated: %v", err)
			}
		})
	}
	if _, err := Create(ctx, filepath.Join(t.TempDir(), "x"), i.source(), Lock{Recipients: []string{"age1nothing"}}); errs.KeyOf(err) != "archive.bad_recipient" {
		t.Errorf("a recipient that is none: %v", err)
	}
}

func TestCreate(t *testing.T) {
	i := newInstall(t, dbtest.SQLite(t), nil)
	folder := t.TempDir()
	file := filepath.Join(folder, "backup")
	if _, err := Create(ctx, file, i.source(), Lock{}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v %v", info.Mode(), err)
	}
	if _, err := Create(ctx, file, i.source(), Lock{}); errs.KeyOf(err) != "archive.exists" {
		t.Errorf("over another: %v", err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Create(gone, filepath.Join(folder, "second"), i.source(), Lock{}); err == nil {
		t.Error("a cancelled backup succeeded")
	}
	if left, _ := os.ReadDir(folder); len(left) != 1 {
		t.Errorf("%d files are left", len(left))
	}
}

func TestRefusedPlaces(t *testing.T) {
	i := newInstall(t, dbtest.SQLite(t), nil)
	i.populate()
	content, made := i.archived()
	busy := dbtest.PostgresURL(t)
	d, err := db.Open(ctx, db.Options{URL: busy})
	i.must(err)
	t.Cleanup(func() { d.Close() })
	full := &install{t: t, db: d}
	full.exec(`insert into settings (name, value, updated_at) values ('kept', 'as it was', $1)`, noon)
	before := sums(t, d)
	for _, c := range []struct {
		name, holds, url, want string
	}{
		{"a folder that holds a file", "notes.txt", "", "archive.not_empty"},
		{"one where a restore was cut", Staging + "/transformateur.db", "", "archive.interrupted"},
		{"one that only holds settings", "transformateur.toml", "", ""},
		{"a database in use", "", busy, "archive.database_not_empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			to := place(t, c.url)
			if c.holds != "" {
				i.must(os.MkdirAll(filepath.Dir(filepath.Join(to.Folder, c.holds)), 0o700))
				i.must(os.WriteFile(filepath.Join(to.Folder, c.holds), nil, 0o600))
			}
			_, _, err := Restore(ctx, bytes.NewReader(content), Key{}, to)
			if errs.KeyOf(err) != c.want || (err == nil) != (c.want == "") {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	if !slices.Equal(sums(t, d), before) {
		t.Error("the refused database changed")
	}
	// Asked to replace, it sets aside and deletes nothing.
	to := place(t, busy)
	to.Replace = true
	if _, _, err := Restore(ctx, bytes.NewReader(content), Key{}, to); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(sums(t, restored(t, to).db), made.Tables) {
		t.Error("replaced, it differs")
	}
	var kept string
	if err := d.Raw().QueryRow(`select value from replaced_20270305_110000.settings`).Scan(&kept); err != nil || kept != "as it was" {
		t.Errorf("what was set aside: %q %v", kept, err)
	}
	// A replacement that fails brings the former tables back.
	to = place(t, busy)
	to.Replace, to.Now = true, noon.Add(time.Hour)
	if _, _, err := Restore(ctx, bytes.NewReader(content[:len(content)/2]), Key{}, to); errs.KeyOf(err) != "archive.damaged" {
		t.Errorf("half an archive: %v", err)
	}
	if !slices.Equal(sums(t, restored(t, to).db), made.Tables) {
		t.Error("after a failed replacement, the tables are not those of before")
	}
}

func TestReplaceADatabaseAlone(t *testing.T) {
	to := place(t, "")
	i := newInstall(t, dbtest.SQLite(t), nil)
	content, _ := i.archived()
	if _, _, err := Restore(ctx, bytes.NewReader(content), Key{}, to); err != nil {
		t.Fatal(err)
	}
	now := restored(t, to)
	digest := now.attach("stays in its place")
	source := now.source()
	source.Blobs = nil
	var light bytes.Buffer
	made, err := Write(ctx, &light, source)
	now.must(err)
	now.exec(`insert into settings (name, value, updated_at) values ('after', '', $1)`, noon)
	now.must(now.db.Close())
	if _, _, err := Restore(ctx, bytes.NewReader(light.Bytes()), Key{}, place(t, "")); errs.KeyOf(err) != "archive.no_files" {
		t.Errorf("a database alone in an empty folder: %v", err)
	}
	to.Replace = true
	if _, _, err := Restore(ctx, bytes.NewReader(light.Bytes()), Key{}, to); err != nil {
		t.Fatal(err)
	}
	back := restored(t, to)
	if !slices.Equal(sums(t, back.db), made.Tables) || back.blobs.Check(ctx, digest) != nil {
		t.Error("it did not come back as it was")
	}
	if old, err := filepath.Glob(filepath.Join(to.Folder, "replaced-*", "transformateur.db")); err != nil || len(old) != 1 {
		t.Errorf("the database that was replaced: %v %v", old, err)
	}
}

func TestLosses(t *testing.T) {
	i := newInstall(t, dbtest.SQLite(t), nil)
	lost, harmed := i.attach("will be lost"), i.attach("will be harmed")
	i.must(i.blobs.Delete(ctx, lost))
	i.must(os.WriteFile(filepath.Join(i.folder, "files", harmed[:2], harmed[2:4], harmed), []byte("harmed"), 0o600))
	content, m := i.archived()
	if !slices.Equal(m.Missing, []string{lost}) || !slices.Equal(m.Damaged, []string{harmed}) {
		t.Errorf("missing %v, damaged %v", m.Missing, m.Damaged)
	}
	if _, _, err := Restore(ctx, bytes.NewReader(content), Key{}, place(t, "")); err != nil {
		t.Errorf("what was known to be lost keeps the rest from coming back: %v", err)
	}
}

// Every column that may name a blob is known to, or is one of those that do not.
func TestEveryColumnThatNamesABlobIsKnown(t *testing.T) {
	// Digests of a receipt, of a code, of a token, of a request, of what was imported, of a calculation, of minutes, of a secret address.
	others := []string{"receipts.digest", "recovery_codes.digest", "access_tokens.digest", "api_requests.digest", "imports.digest", "application_origins.content_digest", "assignment_runs.digest", "minutes.digest", "voided_minutes.digest", "venues.key_digest", "venue_codes.code_digest", "calendar_feeds.digest", "booking_feeds.digest"}
	d := dbtest.SQLite(t)
	tx, err := snapshot(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	tables, err := tablesOf(ctx, tx, d.Engine())
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, table := range tables {
		for _, c := range table.Columns {
			switch {
			case !strings.HasSuffix(c.Name, "digest") || slices.Contains(others, table.Name+"."+c.Name):
			case slices.Contains(holders, holder{table.Name, c.Name}):
				found++
			default:
				t.Errorf("%s.%s: add it to holders if it names a blob, to the others here if not", table.Name, c.Name)
			}
		}
	}
	if found != len(holders) {
		t.Errorf("%d of %d holders are in the schema", found, len(holders))
	}
}
