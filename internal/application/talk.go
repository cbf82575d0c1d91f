package application

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application/presence"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
)

// maxMessage bounds a comment or a message, in bytes.
const maxMessage = 20_000

// Comment is a remark inside the team, on a field or on the whole file.
type Comment struct {
	ID        string
	Field     string
	Author    string // name
	AuthorID  string
	Body      string
	At        time.Time
	SettledAt time.Time
}

// Comments lists the team's remarks on a file, the oldest first.
func (s *Service) Comments(ctx context.Context, by account.User, id ID) ([]Comment, error) {
	r := s.db.Reader()
	if _, err := s.allowed(ctx, r, by, "application.comment", id); err != nil {
		return nil, err
	}
	return db.List(ctx, r, func(sc db.Scanner) (c Comment, err error) {
		err = sc.Scan(&c.ID, &c.Field, &c.Author, &c.AuthorID, &c.Body, &c.At, &c.SettledAt)
		return c, err
	}, `select c.id, c.field, coalesce(p.name, ''), c.author, c.body, c.at, c.settled_at
		from application_comments c left join people p on p.id = c.author
		where c.application_id = $1 order by c.at, c.id`, string(id))
}

// Comment adds a remark; field may be empty.
func (s *Service) Comment(ctx context.Context, by account.User, id ID, field, body string) error {
	f, err := s.allowed(ctx, s.db.Reader(), by, "application.comment", id)
	if err != nil {
		return err
	}
	if field != "" && f.Form.Form.Field(field) == nil {
		return errs.New(errs.Invalid, "application.field_unknown")
	}
	if body, err = cleanMessage(body); err != nil {
		return err
	}
	now := s.clock.Now()
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		comment := db.NewID()
		if _, err := tx.Exec(ctx, `insert into application_comments (id, application_id, field, author, body, at) values ($1, $2, $3, $4, $5, $6)`,
			comment, string(id), field, string(by.ID), body, now); err != nil {
			return fmt.Errorf("comment on %s: %w", id, err)
		}
		return s.record(ctx, tx, now, by, "application.commented", id, map[string]any{"field": field, "comment": comment})
	})
	if err == nil {
		s.live.Tell(string(id), presence.Told{Kind: "commented", By: by.Name, Login: by.LoginID})
	}
	return err
}

// SettleComment marks a remark as dealt with.
func (s *Service) SettleComment(ctx context.Context, by account.User, id ID, comment string) error {
	if _, err := s.allowed(ctx, s.db.Reader(), by, "application.comment", id); err != nil {
		return err
	}
	now := s.clock.Now()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `update application_comments set settled_at = $3 where id = $1 and application_id = $2 and settled_at is null`, comment, string(id), now)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		return s.record(ctx, tx, now, by, "application.comment_settled", id, map[string]any{"comment": comment})
	})
}

// The sides of a thread.
const (
	FromApplicant = "applicant"
	FromProgramme = "programme"
)

// Message is one message between the project's team and the programme's.
type Message struct {
	ID     string
	Author string // name; the programme's side signs with the service's name
	Side   string
	Body   string
	At     time.Time
}

// Thread lists the messages of a file, the oldest first.
func (s *Service) Thread(ctx context.Context, by account.User, id ID) ([]Message, error) {
	r := s.db.Reader()
	if _, err := s.allowed(ctx, r, by, "application.thread", id); err != nil {
		return nil, err
	}
	return db.List(ctx, r, func(sc db.Scanner) (m Message, err error) {
		err = sc.Scan(&m.ID, &m.Author, &m.Side, &m.Body, &m.At)
		return m, err
	}, `select m.id, coalesce(p.name, ''), m.side, m.body, m.at
		from thread_messages m left join people p on p.id = m.author
		where m.application_id = $1 order by m.at, m.id`, string(id))
}

// ThreadEvent is the payload of the event "application.message_sent".
type ThreadEvent struct {
	Side    string `json:"side"`
	By      string `json:"by"`
	Message string `json:"message"`
}

// Send adds a message to the thread.
func (s *Service) Send(ctx context.Context, by account.User, id ID, body string) error {
	f, err := s.allowed(ctx, s.db.Reader(), by, "application.thread", id)
	if err != nil {
		return err
	}
	if body, err = cleanMessage(body); err != nil {
		return err
	}
	side := FromProgramme
	if f.May["application.comment"].Allowed {
		side = FromApplicant
	}
	now := s.clock.Now()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		message := db.NewID()
		if _, err := tx.Exec(ctx, `insert into thread_messages (id, application_id, author, side, body, at) values ($1, $2, $3, $4, $5, $6)`,
			message, string(id), string(by.ID), side, body, now); err != nil {
			return fmt.Errorf("send a message on %s: %w", id, err)
		}
		if err := s.record(ctx, tx, now, by, "application.message_sent", id, map[string]any{"message": message, "side": side}); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, "application.message_sent", string(id), ThreadEvent{side, string(by.ID), message})
	})
}

func cleanMessage(body string) (string, error) {
	body = text.Clean(body)
	switch {
	case len(body) > maxMessage:
		return "", errs.NewInvalid("application.invalid", []errs.Field{{Path: "body", Key: "application.message_too_long", Args: []any{len(body), maxMessage}}})
	case text.Fold(body) == "" || len(text.Words(body)) == 0:
		return "", errs.NewInvalid("application.invalid", []errs.Field{{Path: "body", Key: "application.message_empty"}})
	}
	return body, nil
}
