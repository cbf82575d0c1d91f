package webhook

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/outbound"
	"transformateur/internal/platform/secret"
	"transformateur/internal/policy"
	"transformateur/internal/screening"
	"transformateur/internal/screening/screeningtest"
)

var edition = policy.Ref{Kind: "edition", ID: "edition"}

// receiver is a program outside.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	got    []received
}

type received struct {
	header http.Header
	body   []byte
}

func listen(t *testing.T) *receiver {
	r := &receiver{status: http.StatusNoContent}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.got = append(r.got, received{req.Header, body})
		w.WriteHeader(r.status)
		if r.status >= 400 {
			io.WriteString(w, "non")
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) answers(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

// take gives what came since the last time.
func (r *receiver) take() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.got
	r.got = nil
	return got
}

type scene struct {
	*screeningtest.World
	t     *testing.T
	hooks *Service
	out   *receiver
}

func set(t *testing.T, d *db.DB) *scene {
	t.Helper()
	w := screeningtest.New(t, d)
	box, err := secret.OpenBox(filepath.Join(t.TempDir(), "box.key"))
	if err != nil {
		t.Fatal(err)
	}
	hooks := New(Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Jobs: w.Jobs, Counts: w.Screening, Box: box, Out: outbound.New(outbound.Options{Loopback: true}), Jitter: func() float64 { return .5 }})
	hooks.Listen()
	return &scene{w, t, hooks, listen(t)}
}

// work lets everything that is due happen.
func (s *scene) work() {
	s.t.Helper()
	ctx := context.Background()
	if _, err := s.Bus.Deliver(ctx); err != nil {
		s.t.Fatal(err)
	}
	if err := s.Jobs.Work(ctx); err != nil {
		s.t.Fatal(err)
	}
	if err := s.hooks.Deliver(ctx); err != nil {
		s.t.Fatal(err)
	}
}

func (s *scene) after(d time.Duration) { s.Clock.Set(s.Clock.Now().Add(d)) }

func (s *scene) endpoint(kinds ...string) (Endpoint, string) {
	s.t.Helper()
	e, signing, err := s.hooks.Create(context.Background(), s.Lead, edition, Wanted{URL: s.out.URL, Name: "Tableau de bord", Kinds: kinds})
	if err != nil {
		s.t.Fatal(err)
	}
	return e, signing
}

func (s *scene) deposited() application.ID {
	s.t.Helper()
	a := s.Draft()
	s.Fill(s.Ana, a.ID, "summary", "Un campus secret", "bearer", "public")
	if _, err := s.Files.Submit(context.Background(), s.Ana, a.ID); err != nil {
		s.t.Fatal(err)
	}
	return a.ID
}

type payload struct {
	Type string
	Data struct {
		Call, Application, Endpoint string
		Counts                      *counts
	}
}

func read(t *testing.T, r received) (p payload) {
	t.Helper()
	if err := json.Unmarshal(r.body, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// The reference library verifies what we sign, refuses it when it is old, changed or
// signed with another secret.
func TestTheReferenceLibraryVerifiesOurSignatures(t *testing.T) {
	now := clock.System{}.Now()
	body := []byte(`{"type":"call.closed"}`)
	ours, other := newSecret(), newSecret()
	for _, c := range []struct {
		name   string
		at     time.Time
		signed []string
		with   string
		body   string
		want   bool
	}{
		{"as it is", now, []string{ours}, ours, string(body), true},
		{"with the former secret beside", now, []string{ours, other}, other, string(body), true},
		{"signed with another secret", now, []string{other}, ours, string(body), false},
		{"changed on its way", now, []string{ours}, ours, `{"type":"call.opened"}`, false},
		{"played again ten minutes later", now.Add(-10 * time.Minute), []string{ours}, ours, string(body), false},
		{"from the future", now.Add(10 * time.Minute), []string{ours}, ours, string(body), false},
	} {
		signature, err := sign("msg_1", c.at, body, c.signed...)
		if err != nil {
			t.Fatal(err)
		}
		reader, err := standardwebhooks.NewWebhook(c.with)
		if err != nil {
			t.Fatal(err)
		}
		h := http.Header{}
		h.Set("webhook-id", "msg_1")
		h.Set("webhook-timestamp", strconv.FormatInt(c.at.Unix(), 10))
		h.Set("webhook-signature", signature)
		if err := reader.Verify([]byte(c.body), h); (err == nil) != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// Before the closing an endpoint learns how many files there are and nothing of any;
// after it, what its owner may read; never a word of a file.
func TestAnEndpointLearnsWhatItsOwnerMayKnow(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := set(t, d)
		ctx := context.Background()
		_, signing := s.endpoint(Kinds...)
		id := s.deposited()
		s.work()
		got := s.out.take()
		if len(got) != 1 {
			t.Fatalf("%d requests", len(got))
		}
		reader, err := standardwebhooks.NewWebhook(signing)
		if err != nil {
			t.Fatal(err)
		}
		if err := reader.VerifyIgnoringTimestamp(got[0].body, got[0].header); err != nil {
			t.Errorf("not verified: %v", err)
		}
		p := read(t, got[0])
		if p.Type != "application.counted" || p.Data.Counts == nil || p.Data.Counts.Submitted != 1 || strings.Contains(string(got[0].body), string(id)) {
			t.Errorf("before the closing: %s", got[0].body)
		}
		s.after(2 * time.Hour)
		s.work()
		if got = s.out.take(); len(got) != 0 { // the call was published before the endpoint: its closing was not scheduled by it
			if p := read(t, got[0]); p.Type != "call.closed" {
				t.Errorf("at the closing: %s", got[0].body)
			}
		}
		if err := s.Screening.Admit(ctx, s.Lead, id, screening.Verdict{Verdict: screening.Admissible, Reason: "complet"}, 0); err != nil {
			t.Fatal(err)
		}
		s.work()
		got = s.out.take()
		if len(got) != 1 || read(t, got[0]).Type != "application.admitted" || read(t, got[0]).Data.Application != string(id) {
			t.Fatalf("after the closing: %v", got)
		}
		for _, word := range []string{"secret", "campus", "Campus", "ana", "complet", "admissible\""} {
			if strings.Contains(string(got[0].body), word) {
				t.Errorf("%q leaves: %s", word, got[0].body)
			}
		}
		s.work()
		if again := s.out.take(); len(again) != 0 {
			t.Errorf("sent twice: %v", again)
		}
	})
}

func TestAClosingIsToldOnceWhenItComes(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := set(t, d)
		s.endpoint("call.closed", "call.extended")
		c := s.OpenCall("second", applicationtest.Form)
		s.work()
		if _, err := s.Calls.Extend(context.Background(), s.Lead, c.ID, applicationtest.Noon.Add(3*time.Hour), "panne"); err != nil {
			t.Fatal(err)
		}
		s.work()
		if got := s.out.take(); len(got) != 1 || read(t, got[0]).Type != "call.extended" {
			t.Fatalf("extended: %v", got)
		}
		s.after(90 * time.Minute) // the first closing: it was put off
		s.work()
		if got := s.out.take(); len(got) != 0 {
			t.Errorf("told of a closing that was put off: %s", got[0].body)
		}
		s.after(2 * time.Hour)
		s.work()
		s.work()
		if got := s.out.take(); len(got) != 1 || read(t, got[0]).Type != "call.closed" || read(t, got[0]).Data.Call != "second" {
			t.Errorf("closed: %v", got)
		}
	})
}

// What the owner may not know, her endpoint is not told: a conflict, the end of her role.
func TestAnEndpointFollowsItsOwnersRights(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := set(t, d)
		ctx := context.Background()
		s.endpoint("application.withdrawn", "application.counted")
		conflicted, ended := s.deposited(), s.deposited()
		s.work()
		s.out.take()
		s.after(2 * time.Hour)
		if err := d.Write(ctx, func(tx *db.Tx) error {
			return s.Policy.Exclude(ctx, tx, account.System, "person", "lead", policy.Ref{Kind: "application", ID: string(conflicted)}, "conflict", "parente")
		}); err != nil {
			t.Fatal(err)
		}
		s.after(time.Second)
		if _, err := s.Files.Withdraw(ctx, s.Ana, conflicted); err != nil {
			t.Fatal(err)
		}
		s.work()
		if n, err := s.hooks.countsFor(ctx, "lead", "appel"); err != nil || n.Submitted != 1 || n.Withdrawn != 0 {
			t.Errorf("her counts tell of a file from which she is excluded: %+v %v", n, err)
		}
		if got := s.out.take(); len(got) != 0 {
			t.Errorf("told of a file from which its owner is excluded: %s", got[0].body)
		}
		if err := d.Write(ctx, func(tx *db.Tx) error {
			_, err := s.Policy.Revoke(ctx, tx, account.System, policy.Relation{SubjectID: "lead", Relation: "lead", Object: edition})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Files.Withdraw(ctx, s.Ana, ended); err != nil {
			t.Fatal(err)
		}
		s.work()
		if got := s.out.take(); len(got) != 0 {
			t.Errorf("told after the end of its owner's role: %s", got[0].body)
		}
	})
}

func TestAFailureIsTriedAgainForThreeDays(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := set(t, d)
		ctx := context.Background()
		disabled := 0
		e, _ := s.endpoint("application.counted")
		s.Bus.Subscribe("test", func(context.Context, *db.Tx, event.Event) error { disabled++; return nil }, "webhook.disabled")
		s.out.answers(http.StatusInternalServerError)
		start := s.Clock.Now()
		if err := s.hooks.Ping(ctx, s.Lead, e.ID); err != nil {
			t.Fatal(err)
		}
		s.work()
		sent := s.out.take()
		for i, wait := range schedule {
			s.after(wait - time.Second)
			s.work()
			if early := s.out.take(); len(early) != 0 {
				t.Fatalf("attempt %d came early", i+2)
			}
			s.after(time.Second)
			s.work()
			sent = append(sent, s.out.take()...)
		}
		if spent := s.Clock.Now().Sub(start); len(sent) != 10 || spent < 72*time.Hour || spent > 80*time.Hour {
			t.Errorf("%d attempts in %s", len(sent), spent)
		}
		for _, x := range sent {
			if x.header.Get("webhook-id") != sent[0].header.Get("webhook-id") {
				t.Error("the identifier changes from one attempt to the next")
			}
		}
		if sent[0].header.Get("webhook-timestamp") == sent[9].header.Get("webhook-timestamp") {
			t.Error("the instant is not that of the attempt")
		}
		s.work()
		got, err := s.hooks.Get(ctx, s.Lead, e.ID)
		if err != nil || got.Status != Disabled || got.Problem != "webhook.disabled_failing" || disabled != 1 {
			t.Fatalf("after three days: %+v %v, told %d times", got, err, disabled)
		}
		list, err := s.hooks.Deliveries(ctx, s.Lead, e.ID, 10)
		if err != nil || len(list) != 1 || list[0].Status != Failed || list[0].Last != 500 {
			t.Fatalf("the log: %+v %v", list, err)
		}
		_, attempts, err := s.hooks.Delivery(ctx, s.Lead, e.ID, list[0].ID)
		if err != nil || len(attempts) != 10 || attempts[0].Answer != "non" || attempts[0].Problem != "webhook.problem_status" {
			t.Errorf("its attempts: %+v %v", attempts, err)
		}
		if err := s.hooks.Replay(ctx, s.Lead, e.ID, list[0].ID); errs.KeyOf(err) != "webhook.not_active" {
			t.Errorf("played again while disabled: %v", err)
		}
		s.out.answers(http.StatusOK)
		if err := s.hooks.Enable(ctx, s.Lead, e.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.hooks.Replay(ctx, s.Lead, e.ID, list[0].ID); err != nil {
			t.Fatal(err)
		}
		s.work()
		again := s.out.take()
		if list, err = s.hooks.Deliveries(ctx, s.Lead, e.ID, 10); err != nil || len(again) != 1 || list[0].Status != Delivered || again[0].header.Get("webhook-id") != list[0].ID {
			t.Errorf("played again: %v %+v %v", again, list, err)
		}
	})
}

func TestAReceiverThatIsGoneIsDisabledAtOnce(t *testing.T) {
	s := set(t, dbtest.SQLite(t))
	ctx := context.Background()
	e, _ := s.endpoint("application.counted")
	s.out.answers(http.StatusGone)
	if err := s.hooks.Ping(ctx, s.Lead, e.ID); err != nil {
		t.Fatal(err)
	}
	s.work()
	if got, err := s.hooks.Get(ctx, s.Lead, e.ID); err != nil || got.Status != Disabled || got.Problem != "webhook.disabled_gone" {
		t.Errorf("%+v %v", got, err)
	}
}

func TestRotationOverlaps(t *testing.T) {
	s := set(t, dbtest.SQLite(t))
	ctx := context.Background()
	e, former := s.endpoint("application.counted")
	current, err := s.hooks.Rotate(ctx, s.Lead, e.ID)
	if err != nil || current == former {
		t.Fatal(err)
	}
	verified := func(secret string) bool {
		t.Helper()
		if err := s.hooks.Ping(ctx, s.Lead, e.ID); err != nil {
			t.Fatal(err)
		}
		s.work()
		got := s.out.take()
		if len(got) != 1 {
			t.Fatalf("%d requests", len(got))
		}
		reader, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			t.Fatal(err)
		}
		return reader.VerifyIgnoringTimestamp(got[0].body, got[0].header) == nil
	}
	if !verified(former) || !verified(current) {
		t.Error("during a day both secrets verify")
	}
	s.after(overlap)
	if verified(former) || !verified(current) {
		t.Error("after a day only the new one does")
	}
	var kept string
	if err := s.DB.Reader().QueryRow(ctx, `select secret from webhooks where id = $1`, e.ID).Scan(&kept); err != nil || strings.Contains(kept, "whsec_") {
		t.Errorf("the secret is kept as it is: %v", err)
	}
}

func TestEndpointsAreTheLeads(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := set(t, d)
		ctx := context.Background()
		e, _ := s.endpoint("call.published")
		for name, act := range map[string]func() error{
			"list":   func() error { _, _, err := s.hooks.List(ctx, s.Bob, edition); return err },
			"read":   func() error { _, err := s.hooks.Get(ctx, s.Bob, e.ID); return err },
			"create": func() error { _, _, err := s.hooks.Create(ctx, s.Bob, edition, Wanted{}); return err },
			"edit":   func() error { return s.hooks.Edit(ctx, s.Bob, e.ID, Wanted{}, 1) },
			"rotate": func() error { _, err := s.hooks.Rotate(ctx, s.Bob, e.ID); return err },
			"remove": func() error { return s.hooks.Remove(ctx, s.Bob, e.ID) },
			"replay": func() error { return s.hooks.Replay(ctx, s.Bob, e.ID, "msg_1") },
			"log":    func() error { _, err := s.hooks.Deliveries(ctx, s.Bob, e.ID, 1); return err },
		} {
			if err := act(); !errs.Is(err, errs.NotFound) && !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s by somebody else: %v", name, err)
			}
		}
		_, _, err := s.hooks.Create(ctx, s.Lead, edition, Wanted{URL: "https://10.0.0.1/", Name: "", Kinds: []string{"everything"}})
		for _, key := range []string{"outbound.inside", "webhook.name_missing", "webhook.kind_missing"} {
			if err == nil || !strings.Contains(err.Error(), key) {
				t.Errorf("%v does not say %s", err, key)
			}
		}
		if err := s.hooks.Edit(ctx, s.Lead, e.ID, Wanted{URL: s.out.URL, Name: "Autre", Kinds: []string{"call.closed"}}, 0); errs.KeyOf(err) != "webhook.changed_meanwhile" {
			t.Errorf("from an old page: %v", err)
		}
		if err := s.hooks.Edit(ctx, s.Lead, e.ID, Wanted{URL: s.out.URL, Name: "Autre", Kinds: []string{"call.closed"}}, 1); err != nil {
			t.Error(err)
		}
		if err := s.hooks.Remove(ctx, s.Lead, e.ID); err != nil {
			t.Fatal(err)
		}
		if list, _, err := s.hooks.List(ctx, s.Lead, edition); err != nil || len(list) != 0 {
			t.Errorf("removed, and listed: %v %v", list, err)
		}
	})
}

// documented is a receiver as docs/api.md says to write one.
type documented struct {
	verify *standardwebhooks.Webhook
	seen   map[string]bool
}

func (d documented) accepts(h http.Header, body []byte) bool {
	id := h.Get("webhook-id")
	if d.verify.Verify(body, h) != nil || d.seen[id] {
		return false
	}
	d.seen[id] = true
	return true
}

// What is played again is refused: at once by its identifier, later by its instant.
func TestADocumentedReceiverRefusesWhatIsPlayedAgain(t *testing.T) {
	secret, body := newSecret(), []byte(`{"type":"call.closed"}`)
	verify, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	d := documented{verify, map[string]bool{}}
	request := func(id string, at time.Time) http.Header {
		signature, err := sign(id, at, body, secret)
		if err != nil {
			t.Fatal(err)
		}
		return http.Header{"Webhook-Id": {id}, "Webhook-Timestamp": {strconv.FormatInt(at.Unix(), 10)}, "Webhook-Signature": {signature}}
	}
	now := clock.System{}.Now()
	for _, c := range []struct {
		name, id string
		at       time.Time
		want     bool
	}{{"a message", "msg_1", now, true}, {"the same one at once", "msg_1", now, false}, {"another one", "msg_2", now, true}, {"one of this morning, never seen here", "msg_3", now.Add(-6 * time.Hour), false}} {
		if got := d.accepts(request(c.id, c.at), body); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	forged := request("msg_4", now)
	forged.Set("webhook-id", "msg_5")
	if d.accepts(forged, body) {
		t.Error("a message under another identifier")
	}
}
