package deliberation

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/call"
	"transformateur/internal/committee"
	"transformateur/internal/deliberation/minutes"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
)

// Sign freezes the minutes and closes the room: the selection is decided, under embargo
// until somebody else announces. Errors: Conflict while a file is undecided, a vote is
// open, or nobody opened the room.
func (s *Service) Sign(ctx context.Context, by account.User, id committee.SelectionID) error {
	return s.act(ctx, by, "selection.sign", id, func(tx *db.Tx, m *meeting) error {
		if m.room.Status != Open {
			return errs.New(errs.Conflict, "deliberation.not_open")
		}
		if err := s.inside(ctx, tx, m); err != nil {
			return err
		}
		var votes int
		if err := tx.QueryRow(ctx, `select count(*) from motions where selection_id = $1 and status = 'voting'`, string(id)).Scan(&votes); err != nil {
			return fmt.Errorf("look for an open vote: %w", err)
		}
		if votes > 0 {
			return errs.New(errs.Conflict, "deliberation.vote_open")
		}
		if err := s.empty(ctx, tx, m); err != nil {
			return err
		}
		content, err := s.assemble(ctx, tx, m.sel)
		if err != nil {
			return err
		}
		if content.Undecided() > 0 || len(content.Files) == 0 {
			return errs.New(errs.Conflict, "deliberation.unfinished")
		}
		content.Signed = db.Instant(m.now)
		text, err := json.Marshal(content)
		if err != nil {
			return fmt.Errorf("write the minutes of %s: %w", id, err)
		}
		if _, err := tx.Exec(ctx, `insert into minutes (selection_id, content, digest, signed_by, signed_at, countersigned_by, version) values ($1, $2, $3, $4, $5, '', 1)`,
			string(id), string(text), content.Digest(), by.Actor(), m.now); err != nil {
			return fmt.Errorf("keep the minutes of %s: %w", id, err)
		}
		if err := committee.Move(ctx, tx, m.sel, committee.Decided, m.now); err != nil {
			return err
		}
		if err := call.Advance(ctx, tx, m.sel.Call.ID, policy.Embargo); err != nil {
			return err
		}
		if err := s.record(ctx, tx, by, "deliberation.signed", id, map[string]any{"digest": content.Digest(), "files": len(content.Files)}); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, "deliberation.signed", string(id), nil)
	})
}

// empty closes the room: everybody leaves, nothing is discussed any more.
func (s *Service) empty(ctx context.Context, tx *db.Tx, m *meeting) error {
	for _, text := range []string{
		`update absences set returned_at = $2 where selection_id = $1 and returned_at is null`,
		`update attendances set left_at = $2 where selection_id = $1 and left_at is null`,
	} {
		if _, err := tx.Exec(ctx, text, string(m.sel.ID), m.now); err != nil {
			return fmt.Errorf("empty the room of %s: %w", m.sel.ID, err)
		}
	}
	m.room.Status, m.room.ClosedAt, m.room.Current, m.room.Beside, m.room.Until = Closed, m.now, "", "", time.Time{}
	return nil
}

// Countersign adds a second signature to the minutes: that of somebody else, who may, on
// what she read. Digest is that of the minutes as she reads them. Errors: Conflict
// "deliberation.not_signed", "deliberation.signed_alone" to who signed first,
// "deliberation.meanwhile" when the minutes are not those that she read, or when they were
// countersigned already.
func (s *Service) Countersign(ctx context.Context, by account.User, id committee.SelectionID, digest string) error {
	return s.act(ctx, by, "selection.countersign", id, func(tx *db.Tx, m *meeting) error {
		signed, err := minutes.SignatureOf(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case signed.Content == "":
			return errs.New(errs.Conflict, "deliberation.not_signed")
		case signed.By == by.Actor():
			return errs.New(errs.Conflict, "deliberation.signed_alone")
		}
		var content minutes.Minutes
		if err := json.Unmarshal([]byte(signed.Content), &content); err != nil {
			return fmt.Errorf("read the minutes of %s: %w", id, err)
		}
		open, err := s.open(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if content.Without(open).Digest() != digest {
			return errs.New(errs.Conflict, "deliberation.meanwhile")
		}
		n, err := tx.Exec(ctx, `update minutes set countersigned_by = $2, countersigned_at = $3, version = version + 1 where selection_id = $1 and countersigned_by = ''`, string(id), by.Actor(), m.now)
		if err != nil {
			return fmt.Errorf("countersign the minutes of %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "deliberation.meanwhile")
		}
		return s.record(ctx, tx, by, "deliberation.countersigned", id, map[string]any{"digest": content.Digest()})
	})
}

// mostReason bounds why a signature is withdrawn, in characters.
const mostReason = 1000

// Void withdraws the signatures, so that a decision may change: the minutes are kept as they
// were signed, the room opens again, and everything is signed anew. Nothing may have been
// announced. Errors: Invalid on "reason"; Conflict "deliberation.not_signed", "deliberation.announced".
func (s *Service) Void(ctx context.Context, by account.User, id committee.SelectionID, reason string) error {
	reason = strings.TrimSpace(text.Clean(reason))
	return s.act(ctx, by, "selection.sign", id, func(tx *db.Tx, m *meeting) error {
		if m.room.Status != Closed {
			return errs.New(errs.Conflict, "deliberation.not_signed")
		}
		if n := len([]rune(reason)); n == 0 || n > mostReason {
			return errs.NewInvalid("deliberation.void_invalid", []errs.Field{{Path: "reason", Key: "deliberation.void_reason", Args: []any{mostReason}}})
		}
		var told int
		if err := tx.QueryRow(ctx, `select count(*) from decisions where selection_id = $1 and announced_at is not null`, string(id)).Scan(&told); err != nil {
			return fmt.Errorf("look for what was announced: %w", err)
		}
		if told > 0 {
			return errs.New(errs.Conflict, "deliberation.announced")
		}
		n, err := tx.Exec(ctx, `insert into voided_minutes (id, selection_id, content, digest, signed_by, signed_at, countersigned_by, countersigned_at, voided_by, voided_at, reason)
			select $2, selection_id, content, digest, signed_by, signed_at, countersigned_by, countersigned_at, $3, $4, $5 from minutes where selection_id = $1`, string(id), db.NewID(), by.Actor(), m.now, reason)
		if err == nil && n == 0 {
			return errs.New(errs.Conflict, "deliberation.not_signed")
		}
		if err == nil {
			_, err = tx.Exec(ctx, `delete from minutes where selection_id = $1`, string(id))
		}
		if err != nil {
			return fmt.Errorf("withdraw the signatures of %s: %w", id, err)
		}
		if err := committee.Move(ctx, tx, m.sel, committee.Deliberating, m.now); err != nil {
			return err
		}
		m.room.Status, m.room.ClosedAt = Open, time.Time{}
		return s.record(ctx, tx, by, "deliberation.voided", id, nil)
	})
}

// MayAnnounce says whether by may announce what the minutes of a selection say: they are
// signed, by somebody else, and countersigned where the room asks for it. It asks no right.
// Errors: Conflict "deliberation.not_signed", "deliberation.same_person",
// "deliberation.not_countersigned".
func MayAnnounce(ctx context.Context, r db.Reader, by account.User, id committee.SelectionID) error {
	signed, err := minutes.SignatureOf(ctx, r, id)
	switch {
	case err != nil:
		return err
	case signed.By == "":
		return errs.New(errs.Conflict, "deliberation.not_signed")
	case signed.By == by.Actor():
		return errs.New(errs.Conflict, "deliberation.same_person")
	case signed.Second != "":
		return nil
	}
	room, err := roomOf(ctx, r, id)
	if err == nil && room.Countersigned {
		return errs.New(errs.Conflict, "deliberation.not_countersigned")
	}
	return err
}
