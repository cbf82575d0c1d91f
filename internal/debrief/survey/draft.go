package survey

import (
	"context"
	"encoding/json"
	"fmt"

	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// draft is what somebody typed and did not send: it follows her, whichever of her links she
// opens. Who reads the database alone learns nothing of it.
type draft struct {
	Answers json.RawMessage `json:"answers"`
	Quote   Quote           `json:"quote"`
	Name    string          `json:"name"`
}

func sealedFor(link string) string { return "survey draft:" + link }

// unsent adds to a what was typed through any link of its person; nothing was changes nothing.
func (s *Service) unsent(ctx context.Context, r db.Reader, a *Answer) error {
	box, err := db.Get(ctx, r, db.Value[[]byte], `select sealed_answers from survey_drafts where link_id = $1`, a.link)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find what was typed in survey %s: %w", a.Survey.ID, err)
	}
	body, err := s.box.Open(box, sealedFor(a.link))
	if err != nil { // sealed with the key of another install: what was typed is lost, not the survey
		return nil
	}
	var d draft
	if err := json.Unmarshal(body, &d); err != nil {
		return fmt.Errorf("read what was typed in survey %s: %w", a.Survey.ID, err)
	}
	if a.Answers, err = form.ParseAnswers(d.Answers); err != nil {
		return fmt.Errorf("read what was typed in survey %s: %w", a.Survey.ID, err)
	}
	a.Quote, a.Name, a.kept = d.Quote, d.Name, true
	return nil
}

// hold keeps what was typed and is not sent; answers is JSON.
func (s *Service) hold(ctx context.Context, tx *db.Tx, a Answer, answers []byte) error {
	body, err := json.Marshal(draft{answers, a.Quote, a.Name})
	if err != nil {
		return fmt.Errorf("write what was typed in survey %s: %w", a.Survey.ID, err)
	}
	if _, err := tx.Exec(ctx, `insert into survey_drafts (link_id, sealed_answers) values ($1, $2) on conflict (link_id) do update set sealed_answers = excluded.sealed_answers`, a.link, s.box.Seal(body, sealedFor(a.link))); err != nil {
		return fmt.Errorf("keep what was typed in survey %s: %w", a.Survey.ID, err)
	}
	return nil
}

// forget drops what was typed, once it is sent or withdrawn.
func forget(ctx context.Context, tx *db.Tx, a Answer) error {
	if _, err := tx.Exec(ctx, `delete from survey_drafts where link_id = $1`, a.link); err != nil {
		return fmt.Errorf("forget what was typed in survey %s: %w", a.Survey.ID, err)
	}
	return nil
}

// forgetAll drops what nobody can send any more.
func forgetAll(ctx context.Context, tx *db.Tx, id ID) error {
	if _, err := tx.Exec(ctx, `delete from survey_drafts where link_id in (select id from survey_links where survey_id = $1)`, string(id)); err != nil {
		return fmt.Errorf("forget what was typed in survey %s: %w", id, err)
	}
	return nil
}
