package notify

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
)

// Wording is the text of a template as a scope has it: its own, one it inherits,
// or the one that the program brings.
type Wording struct {
	Kind      Kind
	Lang      i18n.Lang
	Text      Text
	From      policy.Ref // whose text it is; empty for the program's
	Version   int64      // of the scope's own text, 0 when it has none
	UpdatedAt time.Time
	UpdatedBy string
}

func scanWording(s db.Scanner) (w Wording, err error) {
	var name string
	err = s.Scan(&w.From.Kind, &w.From.ID, &name, &w.Lang, &w.Text.Subject, &w.Text.Body, &w.Version, &w.UpdatedAt, &w.UpdatedBy)
	if err != nil {
		return w, err
	}
	w.Kind, err = KindOf(name)
	return w, err
}

const wordingColumns = `scope_kind, scope_id, name, lang, subject, body, version, updated_at, updated_by`

// near orders the texts of a place from the nearest scope to the farthest.
const near = ` from mail_templates where
	(scope_kind = 'call' and scope_id = $1 or scope_kind = 'edition' and scope_id = $2 or scope_kind = 'programme' and scope_id = $3 or scope_kind = 'agency' and scope_id = $4)`

const nearOrder = ` order by case scope_kind when 'call' then 1 when 'edition' then 2 when 'programme' then 3 else 4 end`

// textFor is the text to use for a mail of a place.
func (s *Service) textFor(ctx context.Context, r db.Reader, kind Kind, lang i18n.Lang, p place) (Text, error) {
	if p == (place{}) || kind.own {
		return kind.Default(lang)
	}
	w, err := db.Get(ctx, r, scanWording, `select `+wordingColumns+near+` and name = $5 and lang = $6`+nearOrder+` limit 1`,
		p.call, p.edition, p.programme, p.agency, kind.Name, string(lang))
	if errs.Is(err, errs.NotFound) {
		return kind.Default(lang)
	}
	if err != nil {
		return Text{}, fmt.Errorf("find the text of %s: %w", kind.Name, err)
	}
	return w.Text, nil
}

// Wordings lists every editable template of a scope in both languages, with the
// text that would be sent.
func (s *Service) Wordings(ctx context.Context, by account.User, scope policy.Ref) ([]Wording, error) {
	if err := s.Allow(ctx, by, "outbox.read", scope); err != nil {
		return nil, err
	}
	p, err := locate(ctx, s.db.Reader(), scope)
	if err != nil {
		return nil, err
	}
	rows, err := db.List(ctx, s.db.Reader(), scanWording, `select `+wordingColumns+near+nearOrder, p.call, p.edition, p.programme, p.agency)
	if err != nil {
		return nil, fmt.Errorf("list the texts of %s: %w", scope.Kind, err)
	}
	type key struct {
		name string
		lang i18n.Lang
	}
	nearest := map[key]Wording{}
	for _, w := range rows {
		if _, have := nearest[key{w.Kind.Name, w.Lang}]; !have {
			nearest[key{w.Kind.Name, w.Lang}] = w
		}
	}
	var all []Wording
	for _, kind := range Kinds {
		for _, lang := range i18n.Langs {
			if kind.own {
				continue
			}
			w, have := nearest[key{kind.Name, lang}]
			if !have {
				w = Wording{Kind: kind, Lang: lang}
				if w.Text, err = kind.Default(lang); err != nil {
					return nil, err
				}
			}
			if w.From != scope {
				w.Version = 0
			}
			all = append(all, w)
		}
	}
	return all, nil
}

// Wording gives one of them.
func (s *Service) Wording(ctx context.Context, by account.User, scope policy.Ref, name string, lang i18n.Lang) (Wording, error) {
	all, err := s.Wordings(ctx, by, scope)
	if err != nil {
		return Wording{}, err
	}
	for _, w := range all {
		if w.Kind.Name == name && w.Lang == lang {
			return w, nil
		}
	}
	return Wording{}, errs.New(errs.NotFound, "errs.not_found")
}

// Reword gives a scope its own text. version is the one that was read, 0 for none.
//
// Errors: Invalid names a placeholder that the template does not take; Conflict
// when somebody changed the text meanwhile.
func (s *Service) Reword(ctx context.Context, by account.User, scope policy.Ref, w Wording) error {
	kind, err := KindOf(w.Kind.Name)
	if err != nil || kind.own || w.Lang != i18n.FR && w.Lang != i18n.EN {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	if err := s.Allow(ctx, by, "outbox.edit", scope); err != nil {
		return err
	}
	if err := kind.check(w.Text); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		now := s.clock.Now()
		n, err := tx.Exec(ctx, `
			insert into mail_templates (scope_kind, scope_id, name, lang, subject, body, version, updated_at, updated_by)
			values ($1, $2, $3, $4, $5, $6, 1, $7, $8)
			on conflict (scope_kind, scope_id, name, lang) do update set
			  subject = excluded.subject, body = excluded.body, version = mail_templates.version + 1, updated_at = excluded.updated_at, updated_by = excluded.updated_by
			where mail_templates.version = $9`,
			scope.Kind, scope.ID, kind.Name, string(w.Lang), inSubject("", w.Text.Subject), tidy(w.Text.Body), now, by.Actor(), w.Version)
		if err != nil {
			return fmt.Errorf("reword %s: %w", kind.Name, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "notify.edited_meanwhile")
		}
		return journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "mail_template.changed", Kind: scope.Kind, ID: scope.ID,
			Detail: map[string]any{"template": kind.Name, "lang": string(w.Lang)}})
	})
}

// Unword gives up the scope's own text: the inherited one is used again.
func (s *Service) Unword(ctx context.Context, by account.User, scope policy.Ref, name string, lang i18n.Lang) error {
	if err := s.Allow(ctx, by, "outbox.edit", scope); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `delete from mail_templates where scope_kind = $1 and scope_id = $2 and name = $3 and lang = $4`, scope.Kind, scope.ID, name, string(lang))
		if err != nil || n == 0 {
			return err
		}
		return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: "mail_template.reset", Kind: scope.Kind, ID: scope.ID,
			Detail: map[string]any{"template": name, "lang": string(lang)}})
	})
}
