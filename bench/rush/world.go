package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/app"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
)

const callID = "appel"

// world is an install with an open call and its drafts, each of a person signed in.
type world struct {
	folder string
	closes time.Time
}

func (w *world) config() config.Config {
	return config.Config{Data: w.folder, Addr: "127.0.0.1:0", BaseURL: "http://127.0.0.1", Name: "Ruée"}
}

func tokenOf(n int) string          { return fmt.Sprint("token-of-", n) }
func fileOf(n int) string           { return fmt.Sprintf("rush%016d", n) }
func personOf(n int) string         { return fmt.Sprint("person-", n) }
func fieldOf(n int) string          { return fmt.Sprint("f", n) }
func said(fr string) form.Localised { return form.Localised{"fr": fr} }

const fields = 30 // of the form: texts, long ones and numbers, half of them required

func theForm() *form.Form {
	f := &form.Form{Version: form.Version, Steps: []form.Step{{ID: "projet", Title: said("Projet")}}}
	for i := range fields {
		kind, settings := "text", form.Settings{MaxChars: 120}
		if i%5 == 1 {
			kind, settings = "longtext", form.Settings{MaxChars: 2000}
		}
		f.Steps[0].Fields = append(f.Steps[0].Fields, form.Field{ID: fieldOf(i), Type: kind, Label: said(fmt.Sprint("Question ", i+1)), Required: i%2 == 0, Settings: settings})
	}
	return f
}

func answer(field, n int) string {
	text := fmt.Sprintf("Réponse %d, version %d", field, n)
	if field%5 == 1 {
		return text + strings.Repeat(" Une phrase accentuée, répétée.", 20)
	}
	return text
}

// prepare makes the install through the program itself, but for the drafts, which
// are as many rows as it would have written.
func prepare(ctx context.Context, folder string, p plan) (*world, error) {
	w := &world{folder: folder}
	a, err := app.New(ctx, w.config(), clock.System{})
	if err != nil {
		return nil, err
	}
	defer a.Close()
	now := clock.System{}.Now()
	err = a.DB.Write(ctx, func(tx *db.Tx) error {
		for _, q := range []string{
			`insert into people (id, name, lang, zone, created_at) values ('lead', 'lead', 'fr', 'Europe/Paris', $1)`,
			`insert into agencies (id, name_fr, name_en, about_fr, about_en, contact, created_at) values ('agence', 'Agence', 'Agency', '', '', '', $1)`,
			`insert into programmes (id, agency_id, name_fr, name_en, about_fr, about_en, created_at) values ('programme', 'agence', 'Programme', 'Programme', '', '', $1)`,
			`insert into editions (id, programme_id, name_fr, name_en, theme_fr, theme_en, about_fr, about_en, place, territory, zone, status, journey, version, created_at, published_at)
			 values ('edition', 'programme', 'Édition', 'Edition', '', '', '', '', '', '', 'Europe/Paris', 'published', 'regional', 1, $1, $1)`,
		} {
			if _, err := tx.Exec(ctx, q, now); err != nil {
				return err
			}
		}
		return a.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: "lead", Relation: "lead", Object: policy.Ref{Kind: "edition", ID: "edition"}})
	})
	if err != nil {
		return nil, err
	}
	if err := w.openCall(ctx, a, now); err != nil {
		return nil, err
	}
	for first := 0; first < p.Drafts; first += 500 {
		if err := a.DB.Write(ctx, func(tx *db.Tx) error { return drafts(ctx, tx, first, min(first+500, p.Drafts), now) }); err != nil {
			return nil, err
		}
	}
	return w, a.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update calls set last_number = $1`, p.Drafts)
		return err
	})
}

func (w *world) openCall(ctx context.Context, a *app.App, now time.Time) error {
	lead := account.User{ID: "lead", Name: "lead", Lang: "fr", Zone: "Europe/Paris"}
	legal := call.Legal{Service: "Appels à projets", Email: "appels@agence.invalid", Address: "Caen", Silence: call.SilenceNone, Appeals: "Tribunal administratif", Controller: "L'agence",
		DPO: "dpo@agence.invalid", Purposes: "Instruire", Basis: "Mission d'intérêt public", Recipients: "L'équipe", RetainMonths: 24}
	c, err := a.Calls.Create(ctx, lead, call.Call{ID: callID, EditionID: "edition", Title: said("Appel"), Text: said("Texte"), Zone: "Europe/Paris",
		OpensAt: now.Add(-24 * time.Hour), ClosesAt: now.Add(24 * time.Hour), Legal: legal})
	if err != nil {
		return err
	}
	if _, err := a.Calls.SaveForm(ctx, lead, c.ID, theForm(), 0); err != nil {
		return err
	}
	_, err = a.Calls.Publish(ctx, lead, c.ID)
	return err
}

// drafts are the rows of files that can be deposited, from first to last.
func drafts(ctx context.Context, tx *db.Tx, first, last int, now time.Time) error {
	for n := first; n < last; n++ {
		sum := sha256.Sum256([]byte(tokenOf(n)))
		person, file := personOf(n), fileOf(n)
		for _, q := range []struct {
			text string
			args []any
		}{
			{`insert into people (id, name, lang, zone, created_at) values ($1, $1, 'fr', 'Europe/Paris', $2)`, []any{person, now}},
			{`insert into logins (id, person_id, token_hash, created_at, last_seen_at, expires_at, device) values ($1, $2, $3, $4, $4, $5, 'rush')`,
				[]any{"login-" + person, person, hex.EncodeToString(sum[:]), now, now.Add(24 * time.Hour)}},
			{`insert into applications (id, call_id, number, title, status, form_revision, created_by, created_at, updated_at) values ($1, $2, $3, $4, 'draft', 1, $5, $6, $6)`,
				[]any{file, callID, n + 1, fmt.Sprint("Projet ", n), "person:" + person, now}},
			{`insert into relations (id, subject_kind, subject_id, relation, object_kind, object_id, valid_from, granted_by, reason, granted_at) values ($1, 'person', $2, 'owner', 'application', $3, $4, 'system', 'created it', $4)`,
				[]any{"owner-" + file, person, file, now}},
		} {
			if _, err := tx.Exec(ctx, q.text, q.args...); err != nil {
				return err
			}
		}
		for i := range fields {
			if i%2 != 0 && i%5 != 1 {
				continue
			}
			_, err := tx.Exec(ctx, `insert into answers (application_id, field, value, version, author, saved_at) values ($1, $2, $3, 1, $4, $5)`,
				file, fieldOf(i), string(form.Canonical(answer(i, 0))), "person:"+person, now)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// close sets the deadline behind the program's back: a rush does not wait for a
// whole minute of the clock.
func (w *world) close(ctx context.Context, at time.Time) error {
	w.closes = at.UTC().Truncate(time.Millisecond)
	d, err := app.Open(ctx, w.config())
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update calls set closes_at = $1`, w.closes)
		return err
	})
}

// judge compares what was acknowledged with what the data folder holds.
func (r *report) judge(ctx context.Context, w *world, deposits []deposit, saves []saved) error {
	d, err := app.Open(ctx, w.config())
	if err != nil {
		return err
	}
	defer d.Close()
	kept := map[string][]time.Time{}
	rows, err := d.Reader().Query(ctx, `select r.application_id, r.at from receipts r join submissions s on s.receipt = r.number`)
	if err != nil {
		return err
	}
	for rows.Next() {
		var id string
		var at time.Time
		if err := rows.Scan(&id, &at); err != nil {
			return err
		}
		kept[id] = append(kept[id], at)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	for _, one := range deposits {
		r.count(one, kept[one.file], w.closes)
	}
	for _, s := range saves {
		r.saves += s.count
		var value string
		err := d.Reader().QueryRow(ctx, `select value from answers where application_id = $1 and field = $2`, s.file, s.field).Scan(&value)
		if err != nil {
			return err
		}
		var text string
		if err := json.Unmarshal([]byte(value), &text); err != nil {
			return err
		}
		// The last one may have been kept without its answer having come.
		if text != s.value && text != s.next {
			r.savesLost++
		}
	}
	return nil
}

// count judges one deposit.
func (r *report) count(d deposit, kept []time.Time, closes time.Time) {
	r.busy += d.busy
	if len(kept) > 1 {
		r.twice++
	}
	for _, at := range kept {
		if !at.Before(closes) || d.sent.After(closes) {
			r.side++
		}
	}
	switch d.outcome {
	case acknowledged:
		r.acknowledged++
		r.waits = append(r.waits, d.waited)
		if len(kept) == 0 {
			r.lost++
		}
	case closed:
		r.refused++
		if d.answered.Before(closes) {
			r.side++
		}
		if d.sent.After(closes) {
			r.lateRefused++
		}
	default:
		r.failed++
	}
}
