package screening

import (
	"context"
	"fmt"
	"strings"

	"transformateur/internal/application"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/text"
)

// faceted are the types of questions whose answers can narrow a list.
var faceted = map[string]bool{"choice": true, "choices": true, "yesno": true, "territory": true, "scale": true, "linked": true}

// index makes a deposited file findable: its words, and the answers that narrow a
// list. It runs after the deposit, so that the acknowledgement does not wait.
func (s *Service) index(ctx context.Context, tx *db.Tx, e event.Event) error {
	id := application.ID(e.ObjectID)
	var title, content, callID string
	var revision int
	err := tx.QueryRow(ctx, `
		select s.title, s.content, s.form_revision, a.call_id from submissions s join applications a on a.id = s.application_id
		where s.application_id = $1 order by s.seq desc limit 1`, string(id)).Scan(&title, &content, &revision, &callID)
	if err != nil {
		return fmt.Errorf("read the submission of %s: %w", id, err)
	}
	a, err := application.Load(ctx, tx, id)
	if errs.Is(err, errs.NotFound) {
		return nil // an import that was undone meanwhile
	}
	if err != nil {
		return err
	}
	f, err := s.calls.Form(ctx, tx, a.CallID, revision)
	if err != nil {
		return err
	}
	answers, err := form.ParseAnswers([]byte(content))
	if err != nil {
		return fmt.Errorf("read the answers of %s: %w", id, err)
	}
	for _, table := range []string{`delete from search_terms where kind = 'application' and object_id = $1`, `delete from application_facets where application_id = $1`} {
		if _, err := tx.Exec(ctx, table, string(id)); err != nil {
			return err
		}
	}
	words := text.Words(title + " " + f.Evaluate(answers, form.Env{Now: e.At}).SearchText(answers, form.Speech{Lang: "fr", Checks: s.files.Checks(application.File{})}))
	if err := insertMany(ctx, tx, `insert into search_terms (kind, term, object_id) values `, "('application', $%d, $1)", string(id), words, 1); err != nil {
		return fmt.Errorf("index the words of %s: %w", id, err)
	}
	var facets []string
	for _, field := range f.Form.Fields() {
		if faceted[field.Type] {
			for _, value := range options(field.Type, answers[field.ID]) {
				facets = append(facets, field.ID, value)
			}
		}
	}
	if err := insertMany(ctx, tx, `insert into application_facets (application_id, field, value) values `, "($1, $%d, $%d)", string(id), facets, 2); err != nil {
		return fmt.Errorf("index the choices of %s: %w", id, err)
	}
	return nil
}

// options are the identifiers chosen in an answer. What is written after "other:"
// is left out; a place keeps its kind and its code.
func options(kind string, value any) []string {
	switch v := value.(type) {
	case string:
		if kind == "territory" {
			return []string{v}
		}
		id, _, _ := strings.Cut(v, ":")
		return []string{id}
	case bool:
		return []string{fmt.Sprint(v)}
	case int64:
		return []string{fmt.Sprint(v)}
	case []any:
		var out []string
		for _, one := range v {
			out = append(out, options(kind, one)...)
		}
		return out
	case map[string]any:
		if code, ok := v["code"].(string); ok {
			return []string{code}
		}
	}
	return nil
}

// insertMany inserts rows of per values each, by hundreds.
func insertMany(ctx context.Context, tx *db.Tx, head, row, id string, values []string, per int) error {
	for len(values) > 0 {
		n := min(len(values), 400*per)
		var b strings.Builder
		b.WriteString(head)
		args := []any{id}
		for i := 0; i < n; i += per {
			if i > 0 {
				b.WriteString(", ")
			}
			places := make([]any, per)
			for k := range per {
				args = append(args, values[i+k])
				places[k] = len(args)
			}
			fmt.Fprintf(&b, row, places...)
		}
		b.WriteString(" on conflict do nothing")
		if _, err := tx.Exec(ctx, b.String(), args...); err != nil {
			return err
		}
		values = values[n:]
	}
	return nil
}
