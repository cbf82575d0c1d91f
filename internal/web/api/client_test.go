package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"transformateur/internal/account"
	"transformateur/internal/admin"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/screening/screeningtest"
	"transformateur/internal/token"
	"transformateur/internal/web/ui"
)

// door is the API on a world, over real HTTP.
type door struct {
	*screeningtest.World
	t       testing.TB
	api     *Handler
	tokens  *token.Service
	address string
}

func open(t testing.TB, d *db.DB, opt token.Options) *door {
	t.Helper()
	w := screeningtest.New(t, d)
	tokens := token.New(d, w.Clock, opt)
	accounts := account.New(d, w.Clock, account.Options{Rights: w.Policy.Rights(), Bus: w.Bus})
	programmes := programme.New(d, w.Clock, w.Policy, w.Bus)
	h := New(Deps{Tokens: tokens, Accounts: accounts, Programmes: programmes, Teams: programme.NewTeams(programmes, accounts, "Essai"), Calls: w.Calls, Files: w.Files, Screening: w.Screening,
		Admin: admin.New(d, w.Clock, w.Policy), Clock: w.Clock, BaseURL: "https://example.org", Spool: t.TempDir()})
	mux := http.NewServeMux()
	for _, route := range h.Routes() {
		mux.Handle(route.Pattern, ui.Handle(route.Handle))
	}
	mux.HandleFunc(Prefix+"/", Absent)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lang := i18n.Parse("fr")
		if strings.HasPrefix(r.Header.Get("Accept-Language"), "en") {
			lang = i18n.Parse("en")
		}
		mux.ServeHTTP(w, r.WithContext(i18n.With(r.Context(), lang)))
	}))
	t.Cleanup(server.Close)
	return &door{World: w, t: t, api: h, tokens: tokens, address: server.URL}
}

// lend makes a token of somebody's with some scopes.
func (d *door) lend(who account.User, within account.Ref, scopes ...string) string {
	d.t.Helper()
	_, secret, err := d.tokens.Create(context.Background(), who, token.Wanted{Name: "essai", Scopes: scopes, Within: within, ExpiresAt: d.Clock.Now().AddDate(0, 1, 0)})
	if err != nil {
		d.t.Fatal(err)
	}
	return secret
}

// everything is every scope.
func everything() (names []string) {
	for _, s := range token.Scopes {
		names = append(names, s.Name)
	}
	return names
}

// reply is what came back, already held against its description.
type reply struct {
	Status int
	Header http.Header
	Body   []byte
}

func (r reply) into(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(r.Body, v); err != nil {
		t.Fatalf("%v in %s", err, r.Body)
	}
}

// problem is the key of an error.
func (r reply) problem() string {
	var p Problem
	if r.Header.Get("Content-Type") != "application/problem+json" || json.Unmarshal(r.Body, &p) != nil || p.Status != r.Status {
		return "not a problem: " + string(r.Body)
	}
	return p.Key
}

// ask sends a request; with are further headers, as pairs.
func (d *door) ask(secret, method, path, body string, with ...string) reply {
	d.t.Helper()
	if !strings.HasPrefix(path, Prefix) {
		path = Prefix + path
	}
	r, err := http.NewRequest(method, d.address+path, strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	if secret != "" {
		r.Header.Set("Authorization", "Bearer "+secret)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(with); i += 2 {
		r.Header.Set(with[i], with[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	out := reply{res.StatusCode, res.Header, text}
	d.hold(method, path, out)
	return out
}

// hold compares an answer with the description of its operation: its status is
// announced, and its body is what its schema says.
func (d *door) hold(method, path string, r reply) {
	d.t.Helper()
	path, _, _ = strings.Cut(path, "?")
	op := d.operationAt(method, path)
	if op == nil {
		return // not an operation: the test knows
	}
	status := r.Status
	if status == http.StatusNotModified {
		return
	}
	described := op.Responses[strconv.Itoa(status)]
	if described == nil {
		d.t.Errorf("%s %s answers %d, which its description does not announce: %s", method, path, status, r.Body)
		return
	}
	medium, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	content := described.Content[medium]
	if content == nil {
		if len(r.Body) > 0 {
			d.t.Errorf("%s %s answers %s, which its description does not announce", method, path, medium)
		}
		return
	}
	if content.Schema == nil || content.Schema.Format == "binary" {
		return
	}
	var value any
	decoder := json.NewDecoder(bytes.NewReader(r.Body))
	if err := decoder.Decode(&value); err != nil {
		d.t.Errorf("%s %s: %v", method, path, err)
		return
	}
	found := &huma.ValidateResult{}
	huma.Validate(d.api.api.OpenAPI().Components.Schemas, content.Schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, value, found)
	for _, fault := range found.Errors {
		d.t.Errorf("%s %s answers what its schema refuses: %v in %s", method, path, fault, r.Body)
	}
}

// operationAt finds the operation of an address.
func (d *door) operationAt(method, path string) *huma.Operation {
	for pattern, item := range d.api.api.OpenAPI().Paths {
		want, have := strings.Split(pattern, "/"), strings.Split(path, "/")
		same := len(want) == len(have)
		for i := range want {
			same = same && (want[i] == have[i] || strings.HasPrefix(want[i], "{"))
		}
		if same {
			return map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete}[method]
		}
	}
	return nil
}

func (d *door) count(query string, args ...any) (n int) {
	d.t.Helper()
	if err := d.DB.Reader().QueryRow(context.Background(), query, args...).Scan(&n); err != nil {
		d.t.Fatal(err)
	}
	return n
}

func (d *door) exec(query string, args ...any) {
	d.t.Helper()
	ctx := context.Background()
	if err := d.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
}

// appoint gives a role.
func (d *door) appoint(who account.User, relation, kind, id string) {
	d.t.Helper()
	ctx := context.Background()
	if err := d.DB.Write(ctx, func(tx *db.Tx) error {
		return d.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(who.ID), Relation: relation, Object: policy.Ref{Kind: kind, ID: id}, ValidFrom: d.Clock.Now().Add(-time.Minute)})
	}); err != nil {
		d.t.Fatal(err)
	}
}
