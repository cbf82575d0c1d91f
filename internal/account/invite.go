package account

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
)

const (
	// inviteLife is how long an invitation stands when nothing else is said.
	inviteLife = 21 * 24 * time.Hour
	// maxMessage is the longest personal message, in characters.
	maxMessage = 1000
)

// Invite is an offer of a relation on an object to whoever holds an address.
type Invite struct {
	Email         string
	Lang          string // of the mail
	Relation      string // its words are under "invitation.relation_…"
	Object        Ref
	ObjectName    string
	Message       string
	ExpiresAt     time.Time // zero: in 21 days
	RelationUntil time.Time // zero: the relation has no end
}

// Invitation is an offer that was made.
type Invitation struct {
	ID            string
	Email         string
	Lang          string
	Relation      string
	Object        Ref
	ObjectName    string
	Message       string
	InvitedBy     string // "person:ID" or "system"
	InviterName   string // "" for the program
	RelationUntil time.Time
	SentAt        time.Time
	ExpiresAt     time.Time
}

const invitationColumns = `i.id, i.email, i.lang, i.relation, i.object_kind, i.object_id, i.object_name, i.message, i.invited_by, coalesce(p.name, ''), i.relation_until, i.sent_at, i.expires_at`

const fromInvitations = ` from invitations i left join people p on 'person:' || p.id = i.invited_by `

// pending is the condition of an invitation that still stands at $1.
const pending = ` i.accepted_at is null and i.declined_at is null and i.revoked_at is null and i.expires_at > $1 `

func scanInvitation(sc db.Scanner) (i Invitation, err error) {
	err = sc.Scan(&i.ID, &i.Email, &i.Lang, &i.Relation, &i.Object.Kind, &i.Object.ID, &i.ObjectName, &i.Message, &i.InvitedBy, &i.InviterName, &i.RelationUntil, &i.SentAt, &i.ExpiresAt)
	return i, err
}

// Invite is InviteIn in a transaction of its own.
func (s *Service) Invite(ctx context.Context, by User, in Invite) (id string, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		id, err = s.InviteIn(ctx, tx, by, in)
		return err
	})
	return id, err
}

// InviteIn offers a relation by mail, in the transaction of the act that causes it.
// The caller has decided that by may. An earlier offer of the same to the same
// address is replaced. Nothing is looked up about the address.
// Errors: Invalid on "email", "message", "expires"; TooMany invitation.too_many.
func (s *Service) InviteIn(ctx context.Context, tx *db.Tx, by User, in Invite) (string, error) {
	if err := signedIn(by); err != nil {
		return "", err
	}
	now := s.clock.Now()
	if err := in.check(now); err != nil {
		return "", err
	}
	if !by.IsSystem() {
		may, err := s.allowed(ctx, tx, "inviter:"+string(by.ID), attemptsByPerson)
		if err != nil {
			return "", err
		}
		if !may {
			return "", errs.New(errs.TooMany, "invitation.too_many")
		}
	}
	_, err := tx.Exec(ctx, `
		update invitations set revoked_at = $6
		where email = $1 and relation = $2 and object_kind = $3 and object_id = $4 and accepted_at is null and declined_at is null and revoked_at is null and expires_at > $5`,
		in.Email, in.Relation, in.Object.Kind, in.Object.ID, now, now)
	if err != nil {
		return "", fmt.Errorf("replace an invitation: %w", err)
	}
	inv := Invitation{ID: db.NewID(), Email: in.Email, Lang: in.Lang, Relation: in.Relation, Object: in.Object, ObjectName: in.ObjectName, Message: in.Message,
		InvitedBy: by.Actor(), InviterName: by.Name, ExpiresAt: in.ExpiresAt}
	token, digest := newToken()
	_, err = tx.Exec(ctx, `
		insert into invitations (id, token_hash, email, lang, relation, object_kind, object_id, object_name, message, invited_by, relation_until, created_at, sent_at, expires_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13)`,
		inv.ID, digest, in.Email, in.Lang, in.Relation, in.Object.Kind, in.Object.ID, in.ObjectName, in.Message, by.Actor(), in.RelationUntil, now, in.ExpiresAt)
	if err != nil {
		return "", fmt.Errorf("invite: %w", err)
	}
	if err := s.mailInvitation(ctx, tx, inv, token); err != nil {
		return "", err
	}
	return inv.ID, s.note(ctx, tx, by, "invitation.sent", inv)
}

func (in *Invite) check(now time.Time) error {
	email, err := ParseEmail(in.Email)
	if err != nil {
		return err
	}
	in.Email, in.Lang, in.ObjectName = email, langOf(in.Lang), oneLine(in.ObjectName)
	in.Message = strings.TrimSpace(text.Clean(in.Message))
	if in.ExpiresAt.IsZero() {
		in.ExpiresAt = now.Add(inviteLife)
	}
	var bad []errs.Field
	if utf8.RuneCountInString(in.Message) > maxMessage {
		bad = append(bad, errs.Field{Path: "message", Key: "invitation.message_long", Args: []any{maxMessage}})
	}
	if !in.ExpiresAt.After(now) {
		bad = append(bad, errs.Field{Path: "expires", Key: "invitation.expiry_past"})
	}
	return errs.NewInvalid("errs.invalid", bad)
}

func (s *Service) mailInvitation(ctx context.Context, tx *db.Tx, i Invitation, token string) error {
	return s.send(ctx, tx, Mail{To: i.Email, Lang: i.Lang, Template: MailInvitation, Key: "invitation:" + tokenDigest(token)[:20], Args: map[string]string{
		"Link": "/invitations/" + token, "Author": i.InviterName, "What": i.ObjectName, "Role": i.Relation, "Message": i.Message, "Expires": i.ExpiresAt.UTC().Format(time.RFC3339),
	}})
}

// note writes an act on an invitation, on the object that it opens.
func (s *Service) note(ctx context.Context, tx *db.Tx, by User, act string, i Invitation) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: i.Object.Kind, ID: i.Object.ID,
		Detail: map[string]any{"invitation": i.ID, "relation": i.Relation, "email": tokenDigest(i.Email)}})
}

// PendingInvitations lists the offers on an object that nobody answered yet.
func (s *Service) PendingInvitations(ctx context.Context, r db.Reader, object Ref) ([]Invitation, error) {
	return db.List(ctx, r, scanInvitation, `select `+invitationColumns+fromInvitations+`where`+pending+`and i.object_kind = $2 and i.object_id = $3 order by i.created_at, i.id`, s.clock.Now(), object.Kind, object.ID)
}

// pendingOn finds one standing offer on an object that the caller opened for by.
func (s *Service) pendingOn(ctx context.Context, r db.Reader, object Ref, id string) (Invitation, error) {
	return db.Get(ctx, r, scanInvitation, `select `+invitationColumns+fromInvitations+`where`+pending+`and i.object_kind = $2 and i.object_id = $3 and i.id = $4`, s.clock.Now(), object.Kind, object.ID, id)
}

// RevokeInvitation takes back an offer on an object; the caller has decided that by
// may. NotFound when it does not stand any more, or is about another object.
func (s *Service) RevokeInvitation(ctx context.Context, by User, object Ref, id string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error { return s.RevokeInvitationIn(ctx, tx, by, object, id) })
}

// RevokeInvitationIn is RevokeInvitation in the transaction of the act that causes it.
func (s *Service) RevokeInvitationIn(ctx context.Context, tx *db.Tx, by User, object Ref, id string) error {
	i, err := s.pendingOn(ctx, tx, object, id)
	if err != nil {
		return err
	}
	if err := s.settle(ctx, tx, i.ID, `revoked_at = $2`); err != nil {
		return err
	}
	return s.note(ctx, tx, by, "invitation.revoked", i)
}

// ResendInvitation sends an offer again with a new link; the former link dies. The
// caller has decided that by may. It stands again as long as at first.
func (s *Service) ResendInvitation(ctx context.Context, by User, object Ref, id string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		i, err := s.pendingOn(ctx, tx, object, id)
		if err != nil {
			return err
		}
		may, err := s.allowed(ctx, tx, "inviter:"+string(by.ID), attemptsByPerson)
		if err != nil {
			return err
		}
		if !may {
			return errs.New(errs.TooMany, "invitation.too_many")
		}
		token, digest := newToken()
		now := s.clock.Now()
		i.ExpiresAt = now.Add(i.ExpiresAt.Sub(i.SentAt))
		if _, err := tx.Exec(ctx, `update invitations set token_hash = $2, sent_at = $3, expires_at = $4 where id = $1`, i.ID, digest, now, i.ExpiresAt); err != nil {
			return fmt.Errorf("send an invitation again: %w", err)
		}
		if err := s.mailInvitation(ctx, tx, i, token); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "invitation.sent_again", i)
	})
}

// settle ends an invitation; the where clause decides between two answers.
func (s *Service) settle(ctx context.Context, tx *db.Tx, id, set string, more ...any) error {
	n, err := tx.Exec(ctx, `
		update invitations set `+set+`
		where id = $1 and accepted_at is null and declined_at is null and revoked_at is null and expires_at > $2`, append([]any{id, s.clock.Now()}, more...)...)
	if err != nil {
		return fmt.Errorf("answer an invitation: %w", err)
	}
	if n == 0 {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	return nil
}
