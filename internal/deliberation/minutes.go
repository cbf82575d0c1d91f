package deliberation

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/deliberation/minutes"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// assemble makes the minutes from the record, whole.
func (s *Service) assemble(ctx context.Context, r db.Reader, sel committee.Selection) (minutes.Minutes, error) {
	room, err := roomOf(ctx, r, sel.ID)
	if err != nil {
		return minutes.Minutes{}, err
	}
	m := minutes.Minutes{Version: minutes.Version, Name: sel.Name, Call: sel.Call.Title, Opened: room.OpenedAt, Quorum: room.Quorum}
	members, err := committee.Members(ctx, r, sel.ID)
	if err != nil {
		return m, err
	}
	if err := m.Attend(ctx, r, sel.ID, room.Deputy, members); err != nil {
		return m, err
	}
	files, err := s.inOrder(ctx, r, account.System, sel, room)
	if err != nil {
		return m, err
	}
	decided, err := s.decided(ctx, r, account.System, sel.ID)
	if err != nil {
		return m, err
	}
	motions, err := s.motions(ctx, r, sel.ID, "")
	if err != nil {
		return m, err
	}
	leavers, err := minutes.Leavers(ctx, r, sel.ID)
	if err != nil {
		return m, err
	}
	for _, a := range files {
		m.Files = append(m.Files, about{files, room, motions}.entry(a, decided[a.ID], leavers[a.ID]))
	}
	m.Number()
	return m, nil
}

// about is what the entries of the minutes are written from.
type about struct {
	files   []application.Application
	room    Room
	motions []Motion
}

// entry writes what was said of one file.
func (b about) entry(a application.Application, d Decision, out []minutes.Leaver) minutes.Entry {
	e := minutes.Entry{ID: a.ID, Number: a.Number, Title: a.Title, Out: out, Outcome: string(d.Outcome), Rank: d.Rank, Wording: d.Wording, Comments: d.Comments}
	if reason, known := b.room.ReasonNamed(d.Reason); known {
		e.Reason = reason.Label
	}
	if i := slices.IndexFunc(b.files, func(o application.Application) bool { return d.Other != "" && o.ID == d.Other }); i >= 0 {
		e.Other = &minutes.Entry{ID: b.files[i].ID, Number: b.files[i].Number, Title: b.files[i].Title}
	}
	for _, v := range b.motions {
		if v.File == a.ID && v.Status == Voted {
			e.Votes = append(e.Votes, minutes.Count{string(v.Kind), v.Wording, v.Electors, v.For, v.Against, v.Abstained, v.Carried})
		}
	}
	return e
}

// Record is the minutes as a reader has them.
type Record struct {
	Selection committee.Selection
	Minutes   minutes.Minutes
	Digest    string // of what she has; of the whole when nothing is closed to her
	Signer    string // name; "" while they are not signed
	MaySign   bool
}

// Minutes reads the minutes for who may: from the record until they are signed, as they
// were signed afterwards.
func (s *Service) Minutes(ctx context.Context, by account.User, id committee.SelectionID) (Record, error) {
	r := s.db.Reader()
	sel, err := s.require(ctx, r, by, "selection.minutes", id)
	if err != nil {
		return Record{}, err
	}
	v := Record{Selection: sel}
	signed, err := minutes.SignatureOf(ctx, r, id)
	if err != nil {
		return v, err
	}
	if signed.Content == "" {
		v.Minutes, err = s.assemble(ctx, r, sel)
	} else {
		v.Signer = signed.Name
		if err = json.Unmarshal([]byte(signed.Content), &v.Minutes); err != nil {
			err = fmt.Errorf("read the minutes of %s: %w", id, err)
		}
	}
	if err != nil {
		return v, err
	}
	open, err := s.open(ctx, r, by, id)
	if err != nil {
		return v, err
	}
	v.Minutes = v.Minutes.Without(open)
	v.Digest = v.Minutes.Digest()
	d, err := s.policy.Decide(ctx, r, by, "selection.sign", sel.Object(s.clock.Now()))
	v.MaySign = d.Allowed && signed.Content == ""
	return v, err
}

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

// MayAnnounce says whether by may announce what the minutes of a selection say: they are
// signed, by somebody else. It asks no right. Errors: Conflict
// "deliberation.not_signed", "deliberation.same_person".
func MayAnnounce(ctx context.Context, r db.Reader, by account.User, id committee.SelectionID) error {
	signed, err := minutes.SignatureOf(ctx, r, id)
	switch {
	case err != nil:
		return err
	case signed.By == "":
		return errs.New(errs.Conflict, "deliberation.not_signed")
	case signed.By == by.Actor():
		return errs.New(errs.Conflict, "deliberation.same_person")
	}
	return nil
}
