package app

import (
	"strings"
	"testing"
	"time"

	"transformateur/internal/policy"
)

// organisationOf makes an organisation to which somebody belongs until an instant
// (the zero instant: still), and gives its identifier.
func (w *world) organisationOf(person string, until time.Time) string {
	id := w.organisation(always[0]).ID
	w.exec(`insert into organisation_members (organisation_id, person_id, function, from_at, until_at) values ($1, $2, 'membre', $3, $4)`, id, person, noon.Add(-48*time.Hour), until)
	return id
}

// grantTo gives a relation to an organisation.
func (w *world) grantTo(organisation, relation string, on policy.Ref) {
	w.grant(organisation, relation, on, noon.Add(-time.Hour), time.Time{})
	w.exec(`update relations set subject_kind = 'organisation' where subject_id = $1`, organisation)
}

// What the matrix does not multiply: several relations of one person, those of her
// organisations, and sign-ins that ended.
func TestStandingsThatMeet(t *testing.T) {
	const (
		file    = "GET /files/FILE"
		own     = "GET /applications/FILE"
		verdict = "POST /files/FILE/verdict"
		list    = "GET /calls/CALL/files"
		manage  = "GET /editions/EDITION/manage"
		account = "GET /account"
	)
	ever, before := time.Time{}, noon.Add(-time.Hour)
	for _, c := range []struct {
		name string
		give func(w *world, person string, on map[string]policy.Ref)
		want map[string]int
	}{
		{"nothing at all", func(*world, string, map[string]policy.Ref) {},
			map[string]int{file: 404, own: 404, verdict: 404, list: 403, manage: 403, account: 200}},
		{"the lead of the call", func(w *world, p string, on map[string]policy.Ref) { w.grant(p, "lead", on["CALL"], before, ever) },
			map[string]int{file: 200, own: 404, verdict: 303, list: 200, manage: 403}},
		{"the lead, who is also in the project's team", func(w *world, p string, on map[string]policy.Ref) {
			w.grant(p, "lead", on["CALL"], before, ever)
			w.grant(p, "reader", on["FILE"], before, ever)
		}, map[string]int{file: 303, own: 200, verdict: 403, list: 200}},
		{"the lead of the edition, once an officer of the call", func(w *world, p string, on map[string]policy.Ref) {
			w.grant(p, "officer", on["CALL"], before, noon)
			w.grant(p, "lead", on["EDITION"], before, ever)
		}, map[string]int{file: 200, verdict: 303, list: 200, manage: 200}},
		{"an officer until this instant", func(w *world, p string, on map[string]policy.Ref) { w.grant(p, "officer", on["CALL"], before, noon) },
			map[string]int{file: 404, verdict: 404, list: 403}},
		{"an officer for one more instant", func(w *world, p string, on map[string]policy.Ref) {
			w.grant(p, "officer", on["CALL"], before, noon.Add(time.Microsecond))
		}, map[string]int{file: 200, verdict: 303, list: 200}},
		{"an officer from the next instant on", func(w *world, p string, on map[string]policy.Ref) {
			w.grant(p, "officer", on["CALL"], noon.Add(time.Microsecond), ever)
		}, map[string]int{file: 404, list: 403}},
		{"the auditor of the platform, before the announcement", func(w *world, p string, _ map[string]policy.Ref) {
			w.grant(p, "auditor", policy.Platform.Ref, before, ever)
		}, map[string]int{file: 404, list: 403}},
		{"her organisation leads the call", func(w *world, p string, on map[string]policy.Ref) {
			w.grantTo(w.organisationOf(p, ever), "lead", on["CALL"])
		}, map[string]int{file: 200, own: 404, verdict: 303, list: 200, manage: 403}},
		{"the lead, whose organisation carries the project", func(w *world, p string, on map[string]policy.Ref) {
			w.grant(p, "lead", on["CALL"], before, ever)
			w.grantTo(w.organisationOf(p, ever), "owner", on["FILE"])
		}, map[string]int{file: 303, own: 200, verdict: 403, list: 200}},
		{"the lead, once a helper of the project", func(w *world, p string, on map[string]policy.Ref) {
			w.grant(p, "lead", on["CALL"], before, ever)
			w.grant(p, "helper", on["FILE"], before, noon)
		}, map[string]int{file: 200, own: 404, verdict: 303, list: 200}},
		{"an organisation that she left leads the call", func(w *world, p string, on map[string]policy.Ref) {
			w.grantTo(w.organisationOf(p, noon), "lead", on["CALL"])
		}, map[string]int{file: 404, verdict: 404, list: 403}},
		{"the lead, in conflict by her organisation", func(w *world, p string, on map[string]policy.Ref) {
			w.grant(p, "lead", on["CALL"], before, ever)
			organisation := w.organisationOf(p, ever)
			w.exclude(organisation, on["FILE"])
			w.exec(`update exclusions set subject_kind = 'organisation' where subject_id = $1`, organisation)
		}, map[string]int{file: 404, verdict: 404, list: 200}},
		{"in conflict with her own project's file", func(w *world, p string, on map[string]policy.Ref) {
			w.grant(p, "owner", on["FILE"], before, ever)
			w.exclude(p, on["FILE"])
		}, map[string]int{own: 200}},
		{"the lead, whose sign-in was ended", func(w *world, p string, on map[string]policy.Ref) {
			w.grant(p, "lead", on["CALL"], before, ever)
			w.exec(`update logins set revoked_at = $2 where person_id = $1`, p, noon)
		}, map[string]int{file: 303, own: 303, verdict: 303, list: 303, account: 303, "GET /calls/CALL": 200}},
		{"the lead, whose sign-in is too old", func(w *world, p string, on map[string]policy.Ref) {
			w.grant(p, "lead", on["CALL"], before, ever)
			w.exec(`update logins set expires_at = $2 where person_id = $1`, p, noon)
		}, map[string]int{file: 303, list: 303, account: 303, "GET /calls/CALL": 200}},
	} {
		t.Run(c.name, func(t *testing.T) { w := newWorld(t); w.meet(t, c.give, c.want) })
	}
}

// meet makes a file that was deposited and whose call is closed, a person with what
// she has, and compares the answers that she gets.
func (w *world) meet(t *testing.T, give func(w *world, person string, on map[string]policy.Ref), want map[string]int) {
	for address, status := range want { // each address in a world that no other one changed
		f := w.application(moment{policy.Admissibility, "submitted"})
		on := map[string]policy.Ref{"FILE": f.Ref, "CALL": f.Within[0], "EDITION": f.Within[1]}
		person, token := w.person()
		give(w, person, on)
		method, path, _ := strings.Cut(address, " ")
		for name, ref := range on {
			path = strings.ReplaceAll(path, name, ref.ID)
		}
		rec := w.ask(method, path, token, "verdict=admissible&version=0")
		if rec.Code != status {
			t.Errorf("%s: status %d, want %d", address, rec.Code, status)
		}
		if ended := want["GET /account"] == 303; ended && status == 303 && !refused(rec.Code, rec.Header().Get("Location")) {
			t.Errorf("%s: led to %s, want to the sign-in", address, rec.Header().Get("Location"))
		}
	}
}
