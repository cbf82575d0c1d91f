package app

import (
	"crypto/sha256"
	"net/http"
	"strings"

	"transformateur/internal/token"
)

// lendToken gives a person's programs a token with every scope, made from that of
// her cookie: the API asks for it where the pages ask for the cookie.
func (w *world) lendToken(person, cookie string) {
	var scopes []string
	for _, s := range token.Scopes {
		scopes = append(scopes, s.Name)
	}
	w.exec(`insert into access_tokens (id, person_id, name, digest, ending, scopes, object_kind, object_id, object_name, created_at, expires_at, last_used_at)
		values ($1, $2, 'matrix', $3, '', $4, '', '', '', $5, $6, $5)`,
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
