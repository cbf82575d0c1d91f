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
	if m.Replaces, err = minutes.Voided(ctx, r, sel.ID); err != nil {
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
			e.Votes = append(e.Votes, minutes.Count{Kind: string(v.Kind), Wording: v.Wording, Electors: v.Electors, For: v.For, Against: v.Against, Abstained: v.Abstained, Carried: v.Carried})
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
	Second    string // name of who countersigned; "" while nobody has
	SecondAt  time.Time
	Wanted    bool // a second signature is needed before anything is announced
	MaySign   bool
	MaySecond bool
	MayVoid   bool
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
		v.Signer, v.Second, v.SecondAt = signed.Name, signed.SecondOf, signed.SecondAt
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
	room, err := roomOf(ctx, r, id)
	if err != nil {
		return v, err
	}
	may, err := s.policy.Decisions(ctx, r, by, sel.Object(s.clock.Now()), "selection.sign", "selection.countersign")
	v.Wanted = room.Countersigned && signed.Second == ""
	v.MaySign, v.MayVoid = may["selection.sign"].Allowed && signed.Content == "", may["selection.sign"].Allowed && signed.Content != ""
	v.MaySecond = may["selection.countersign"].Allowed && v.Wanted && signed.Content != "" && signed.By != by.Actor()
	return v, err
}
