package app

import (
	"crypto/sha256"
	"net/http"
	"strings"

	"transformateur/internal/policy"
	"transformateur/internal/token"
)

// lendToken gives a person's programs a token with every scope, made from that of
// her cookie: the API asks for it where the pages ask for the cookie.
func (w *world) lendToken(person, cookie string) {
	var scopes []string
	for _, s := range token.Scopes {
		scopes = append(scopes, s.Name)
	}
	w.exec(`insert into access_tokens (id, person_id, name, digest, ending, scopes, object_kind, object_id, object_name, weak, created_at, expires_at, last_used_at)
		values ($1, $2, 'matrix', $3, '', $4, '', '', '', false, $5, $6, $5)`,
		"token-"+person, person, token.Digest(secretOf(cookie)), strings.Join(scopes, " "), noon, noon.AddDate(0, 1, 0))
}

func secretOf(cookie string) string { return token.Encode(sha256.Sum256([]byte(cookie))) }

// asProgram makes a request that of a program; a cookie would open nothing, and comes too.
func asProgram(r *http.Request, cookie string) {
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("If-Match", `"0"`)
	if cookie != "" {
		r.Header.Set("Authorization", "Bearer "+secretOf(cookie))
	}
}

// programBodies are what the writing operations of the API are tried with: a body
// that would be accepted, so that a refusal is about who asks.
var programBodies = map[string]string{
	"POST /api/v1/calls/{id}/applications":         `{"title":"Campus numérique"}`,
	"PATCH /api/v1/applications/{id}/answers":      `{"answers":{"summary":{"value":"Un campus","version":0}}}`,
	"POST /api/v1/applications/{id}/submit":        "",
	"POST /api/v1/applications/{id}/withdraw":      "",
	"POST /api/v1/applications/{id}/files":         "%PDF-1.7",
	"PUT /api/v1/applications/{id}/verdict":        `{"verdict":"admissible"}`,
	"PUT /api/v1/applications/{id}/labels/{label}": "",
}

// programQueries are what must stand after an address for it to be understood.
var programQueries = map[string]string{"POST /api/v1/applications/{id}/files": "?field=annex&name=annexe.pdf"}

// webhook is an endpoint of an edition, with a delivery.
func (w *world) webhook(m moment) made {
	edition := w.edition(moment{0, "published"})
	id, delivery, owner := w.name("webhook"), w.name("delivery"), w.name("person")
	w.exec(`insert into people (id, name, lang, zone, created_at) values ($1, $1, 'fr', 'Europe/Paris', $2)`, owner, noon)
	w.exec(`insert into webhooks (id, object_kind, object_id, url, name, kinds, secret, former_secret, owner_id, status, problem, version, created_at)
		values ($1, 'edition', $2, 'https://hooks.example.org/', $1, 'call.closed', '', '', $3, 'active', '', 1, $4)`, id, edition.ID, owner, noon)
	w.exec(`insert into webhook_deliveries (id, webhook_id, event_key, kind, body, created_at, status, attempts) values ($1, $2, $1, 'call.closed', '{}', $3, 'delivered', 1)`, delivery, id, noon)
	made := w.made(ref("webhook", id), m, append([]policy.Ref{edition.Ref}, edition.Within...)...)
	made.params = map[string]string{"{delivery}": delivery}
	return made
}
