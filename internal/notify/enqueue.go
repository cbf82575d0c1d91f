package notify

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// recipient is who a mail goes to, once found.
type recipient struct {
	email, person, name, lang, zone string
	gone                            bool // the account was closed
}

// Enqueue puts a mail in the outbox, in the transaction of the act that causes it:
// the act and the mail are kept together, or neither. The same Key twice is one
// mail. A person whose account is closed is told nothing.
//
// Errors: NotFound for an unknown scope or a person without address; a template
// that does not take its arguments is a fault of the caller.
func (s *Service) Enqueue(ctx context.Context, tx *db.Tx, m Mail) error {
	if m.Key == "" {
		return fmt.Errorf("a mail %s was asked without a key", m.Template)
	}
	kind, err := KindOf(m.Template)
	if err != nil {
		return fmt.Errorf("the template %s: %w", m.Template, err)
	}
	who, err := find(ctx, tx, m)
	if err != nil || who.gone {
		return err
	}
	m.Secret, m.Discreet = m.Secret || m.Urgent, m.Discreet || kind.discreet
	if m.Secret {
		m.Scope = policy.Ref{}
	}
	where, err := locate(ctx, tx, m.Scope)
	if err != nil {
		return fmt.Errorf("the scope of a mail %s: %w", m.Template, err)
	}
	chosen, err := s.textFor(ctx, tx, kind, i18n.Parse(who.lang), where)
	if err != nil {
		return err
	}
	subject, body, err := kind.set(chosen, s.withOwn(kind, m.Args, who))
	if err != nil {
		return err
	}
	if !m.Secret {
		kept, err := s.keepForDigest(ctx, tx, m, who, subject, body)
		if err != nil || kept {
			return err
		}
	}
	return s.insert(ctx, tx, m, who, where, Text{subject, body})
}

// withOwn adds the arguments that the outbox knows by itself.
func (s *Service) withOwn(kind Kind, args map[string]string, who recipient) map[string]string {
	all := map[string]string{"Install": s.opt.Install, "Name": who.name}
	for name, value := range args {
		all[name] = value
	}
	return all
}

// insert writes the row, once for its key, and asks for the job that sends it.
func (s *Service) insert(ctx context.Context, tx *db.Tx, m Mail, who recipient, where place, t Text) error {
	now := s.clock.Now()
	id, status, due := db.NewID(), Held, now.Add(DefaultHold)
	switch {
	case m.Urgent || m.Hold == AtOnce || m.Hold == 0 && (m.Secret || m.Discreet && m.Batch == ""): // nobody may read it: waiting would serve nobody
		status, due = Ready, now
	case m.Hold == UntilReleased:
		due = time.Time{}
	case m.Hold > 0:
		due = now.Add(m.Hold)
	}
	n, err := tx.Exec(ctx, `
		insert into mails (id, dedupe_key, message_id, to_email, person_id, lang, template, subject, body, urgent, secret, discreet,
		  object_kind, object_id, call_id, edition_id, programme_id, agency_id, batch_id, status, due_at, since_at, created_at,
		  edited_by, version, attempts, problem)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $21, $22, '', 1, 0, '')
		on conflict (dedupe_key) do nothing`,
		id, m.Key, id+"@"+s.host(), who.email, db.Null(who.person), who.lang, m.Template, t.Subject, t.Body, m.Urgent, m.Secret, m.Discreet,
		m.Object.Kind, m.Object.ID, db.Null(where.call), db.Null(where.edition), db.Null(where.programme), db.Null(where.agency), m.Batch, string(status), due, now)
	if err != nil {
		return fmt.Errorf("put a mail %s in the outbox: %w", m.Template, err)
	}
	if n == 0 || due.IsZero() {
		return nil
	}
	return s.jobs.Enqueue(ctx, tx, "send_mail", "", nil, due)
}

// host ends the identifiers of mails.
func (s *Service) host() string {
	if u, err := url.Parse(s.opt.BaseURL); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return "localhost"
}

// find gives the address, the language and the zone of who is told. The person of
// an account that was merged is the one it was merged into.
func find(ctx context.Context, r db.Reader, m Mail) (who recipient, err error) {
	if m.PersonID != "" {
		var main string
		var disabled time.Time
		err = r.QueryRow(ctx, `
			select p.id, p.name, p.lang, p.zone, p.disabled_at, coalesce(a.email, '')
			from people o join people p on p.id = coalesce(o.merged_into, o.id)
			left join addresses a on a.person_id = p.id and a.main
			where o.id = $1`, m.PersonID).Scan(&who.person, &who.name, &who.lang, &who.zone, &disabled, &main)
		if err != nil {
			return who, fmt.Errorf("find who gets a mail %s: %w", m.Template, err)
		}
		who.email, who.gone = main, !disabled.IsZero()
	}
	if m.To != "" {
		who.email = strings.TrimSpace(m.To)
	}
	if m.Lang != "" {
		who.lang = m.Lang
	}
	who.lang = string(i18n.Parse(who.lang))
	if who.email == "" && !who.gone {
		return who, fmt.Errorf("a mail %s has no address: %w", m.Template, errs.New(errs.NotFound, "errs.not_found"))
	}
	return who, nil
}
