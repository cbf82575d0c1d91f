// Package worlds_test compares two worlds that differ by one secret, as each of those who must not know it sees them.
package worlds_test

import (
	"bytes"
	"context"
	"fmt"
	"hash/fnv"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"testing"
	"testing/cryptotest"
	"time"

	"github.com/go-pdf/fpdf"

	"transformateur/internal/account"
	"transformateur/internal/app"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
	"transformateur/internal/token"
)

// today is the present of the worlds: a Friday in March, before the clocks change.
var today = time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)

// world is the program with what was done in it. Every act draws its identifiers
// and tokens from a stream of its own, named after the act: an act more in one of
// two worlds changes no identifier of the others.
type world struct {
	t      *testing.T
	ctx    context.Context
	app    *app.App
	clock  *clock.Fake
	folder string
	people map[string]account.User
	tokens map[string]string // of the cookies
	files  map[string]application.ID
	named  map[string]string // whatever else an act must find again
}

// act is one thing that was done at an instant; its name is that of its stream.
type act struct {
	name string
	at   time.Duration // from today
	do   func(w *world)
}

func settings(folder string) config.Config {
	return config.Config{Data: folder, Addr: "127.0.0.1:0", BaseURL: "http://worlds.invalid", Name: "Mondes", Contact: "equipe@agence.invalid", APIRate: 1 << 20}
}

// quiet drops the log: thousands of refusals would be written.
func quiet(t *testing.T) {
	before := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	t.Cleanup(func() { slog.SetDefault(before) })
}

// chance makes what is drawn at random follow from a name.
func chance(t *testing.T, name string) {
	h := fnv.New64a()
	h.Write([]byte(name))
	cryptotest.SetGlobalRandom(t, h.Sum64())
}

// build plays the acts in order in a new world, and closes it: what it is stays in
// its folder, to be visited.
func build(t *testing.T, acts []act) *world {
	t.Helper()
	w := begin(t)
	for _, a := range acts {
		w.play(a)
	}
	w.stop()
	return w
}

func begin(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), folder: t.TempDir(), clock: clock.NewFake(today), people: map[string]account.User{},
		tokens: map[string]string{}, files: map[string]application.ID{}, named: map[string]string{}}
	chance(t, "open the program")
	w.open()
	return w
}

// open starts the program on the world's folder.
func (w *world) open() {
	w.t.Helper()
	var err error
	w.app, err = app.New(w.ctx, settings(w.folder), w.clock)
	w.must(err)
	_, err = w.app.DB.Raw().Exec(`pragma synchronous = off`) // nobody needs this world after a power cut
	w.must(err)
}

func (w *world) stop() {
	w.t.Helper()
	w.must(w.app.Close())
	w.app = nil
}

// play does an act at its instant, then what follows from it: events and jobs.
func (w *world) play(a act) {
	w.t.Helper()
	w.clock.Set(today.Add(a.at))
	chance(w.t, a.name)
	a.do(w)
	w.settle(a.name)
	w.clock.Set(today)
}

// then ends a part of an act: what follows from it is done before the next part, which
// draws from a stream of its own. Events of several objects are delivered at the same
// moment, in an order that nobody chooses: an act that publishes some has as many parts.
func (w *world) then(next string) {
	w.t.Helper()
	w.settle("before " + next)
	chance(w.t, next)
}

// settle delivers events and does jobs, as the running program does all the time.
func (w *world) settle(name string) {
	w.t.Helper()
	chance(w.t, name+", what follows")
	for range 3 {
		_, err := w.app.Bus.Deliver(w.ctx)
		w.must(err)
		w.must(w.app.Jobs.Work(w.ctx))
	}
}

// visit opens a copy of the world, which lasts as long as do: whatever is asked of
// it leaves the world as it was.
func (w *world) visit(t *testing.T, do func(v *world)) {
	t.Helper()
	v := w.branch(t)
	do(v)
	v.stop()
	w.must(os.RemoveAll(v.folder))
}

// branch is the world as it is now, to be carried on in another way.
func (w *world) branch(t *testing.T) *world {
	t.Helper()
	v := *w
	v.t, v.folder, v.clock = t, t.TempDir(), clock.NewFake(today)
	v.people, v.tokens, v.files, v.named = maps.Clone(w.people), maps.Clone(w.tokens), maps.Clone(w.files), maps.Clone(w.named)
	w.must(os.CopyFS(v.folder, os.DirFS(w.folder)))
	v.open()
	return &v
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// person makes an account and a sign-in.
func (w *world) person(key, name string) {
	w.t.Helper()
	demo := account.OpenDemo(w.app.Accounts)
	id, err := demo.Create(w.ctx, address(key), account.Profile{Name: name, Lang: "fr", Zone: "Europe/Paris"})
	w.must(err)
	w.people[key] = account.User{ID: id, Name: name, Lang: "fr", Zone: "Europe/Paris"}
	w.tokens[key], err = demo.SignIn(w.ctx, id, "Firefox")
	w.must(err)
	w.lend(key, "Tableur")
}

// address is where somebody is written to. Those who sit are of another house than those
// who apply, or their addresses alone would keep them from every file.
func address(key string) string {
	switch key {
	case "chair", "juror", "recused", "clerk":
		return key + "@comite.invalid"
	}
	if key == "expert" {
		return key + "@labo.invalid"
	}
	return key + "@personnes.invalid"
}

// lend gives a person's programs a token with every scope.
func (w *world) lend(key, name string) {
	w.t.Helper()
	wanted := token.Wanted{Name: name, ExpiresAt: today.Add(30 * day)}
	for _, s := range token.Scopes {
		wanted.Scopes = append(wanted.Scopes, s.Name)
	}
	_, secret, err := w.app.Tokens.Create(w.ctx, w.as(key), wanted)
	w.must(err)
	w.named["token "+w.tokens[key]] = secret
}

func (w *world) as(key string) account.User {
	w.t.Helper()
	u, known := w.people[key]
	if !known {
		w.t.Fatalf("nobody is called %q", key)
	}
	return u
}

// grant gives a relation in the name of the program.
func (w *world) grant(key, relation string, on policy.Ref) {
	w.t.Helper()
	w.must(w.app.DB.Write(w.ctx, func(tx *db.Tx) error {
		return w.app.Policy.Grant(w.ctx, tx, account.System, policy.Relation{SubjectID: string(w.as(key).ID), Relation: relation, Object: on, Reason: "mondes"})
	}))
}

// draft opens a file and remembers it under a name.
func (w *world) draft(by, name string, in call.ID, title string) {
	w.t.Helper()
	a, err := w.app.Files.Create(w.ctx, w.as(by), in, title)
	w.must(err)
	w.files[name] = a.ID
}

// write saves answers: pairs of a field and its value.
func (w *world) write(by, file string, pairs ...any) {
	w.t.Helper()
	f, err := w.app.Files.Open(w.ctx, w.as(by), w.files[file])
	w.must(err)
	var edits []application.Edit
	for i := 0; i < len(pairs); i += 2 {
		field := fmt.Sprint(pairs[i])
		edits = append(edits, application.Edit{Field: field, Base: f.Answers[field].Version, Value: pairs[i+1]})
	}
	saved, err := w.app.Files.Save(w.ctx, w.as(by), w.files[file], edits)
	w.must(err)
	if len(saved.Conflicts)+len(saved.Refused) > 0 {
		w.t.Fatalf("write %s: %+v", file, saved)
	}
}

// fill answers every question of a file but the annex.
func (w *world) fill(by, file, summary string) {
	w.t.Helper()
	w.write(by, file, "summary", summary, "bearer", "company", "staff", int64(12))
}

func (w *world) deposit(by, file string) {
	w.t.Helper()
	_, err := w.app.Files.Submit(w.ctx, w.as(by), w.files[file])
	w.must(err)
}

// attach joins a page with words to a file.
func (w *world) attach(by, file, name, words string) {
	w.t.Helper()
	a, err := w.app.Files.Attach(w.ctx, w.as(by), w.files[file], "annex", name, bytes.NewReader(w.page(words)))
	w.must(err)
	w.named[file+" "+name] = a.ID
}

func (w *world) page(words string) []byte {
	f := fpdf.New("P", "mm", "A4", "")
	f.SetCreationDate(today)
	f.SetModificationDate(today)
	f.SetCatalogSort(true)
	f.AddPage()
	f.SetFont("Helvetica", "", 14)
	f.MultiCell(0, 8, words, "", "L", false)
	var out bytes.Buffer
	w.must(f.Output(&out))
	return out.Bytes()
}

// database reads the first column of what a query finds in the world's folder.
func (w *world) column(query string, args ...any) (list []string) {
	w.t.Helper()
	list, err := db.List(w.ctx, w.app.DB.Reader(), db.Value[string], query, args...)
	w.must(err)
	return list
}

// handler is what answers in the world: the program, or the program with a fault
// that a test of the harness planted.
func (w *world) handler(wrap wrapping) http.Handler {
	if wrap == nil {
		return w.app.Handler()
	}
	return wrap(w, w.app.Handler())
}

// wrapping plants a fault around the program.
type wrapping func(w *world, next http.Handler) http.Handler
