package deliberation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/committee"
	"transformateur/internal/deliberation/portfolio"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/solve/order"
)

// Settings are what the chair sets of a room.
type Settings struct {
	Quorum        int
	Minutes       int // for each file; 0: no timer
	Named         bool
	Threshold     *float64
	Envelope      *int64
	Countersigned bool
	Portfolio     portfolio.Rules
	Reasons       []Reason
	Deputy        committee.MemberID // "" for none
	Version       int64
}

const (
	mostMinutes = 240
	mostReasons = 30
	mostLabel   = 200 // characters of a reason
)

// faults lists what is wrong with the settings.
func (c Settings) faults(members []committee.Member) (bad []errs.Field) {
	if c.Quorum < 0 || c.Quorum > 1000 {
		bad = append(bad, errs.Field{Path: "quorum", Key: "deliberation.quorum_wrong"})
	}
	if c.Minutes < 0 || c.Minutes > mostMinutes {
		bad = append(bad, errs.Field{Path: "minutes", Key: "deliberation.minutes_wrong", Args: []any{mostMinutes}})
	}
	if c.Envelope != nil && *c.Envelope < 0 {
		bad = append(bad, errs.Field{Path: "envelope", Key: "deliberation.envelope_wrong"})
	}
	if len(c.Reasons) == 0 || len(c.Reasons) > mostReasons {
		bad = append(bad, errs.Field{Path: "reasons", Key: "deliberation.reasons_wrong", Args: []any{mostReasons}})
	}
	for _, r := range c.Reasons {
		if len([]rune(r.Label["fr"])) > mostLabel || len([]rune(r.Label["en"])) > mostLabel {
			bad = append(bad, errs.Field{Path: "reasons", Key: "deliberation.reason_long", Args: []any{mostLabel}})
			break
		}
	}
	if c.Deputy != "" && !slices.ContainsFunc(members, func(m committee.Member) bool {
		return m.ID == c.Deputy && m.Status == committee.Sitting && m.Role == committee.Juror
	}) {
		bad = append(bad, errs.Field{Path: "deputy", Key: "deliberation.deputy_unknown"})
	}
	return bad
}

// Setup is the settings page: the room, and who may be its deputy.
type Setup struct {
	Selection committee.Selection
	Room      Room
	Members   []committee.Member // those who may preside in the chair's place
	Offer     portfolio.Offer    // what may be watched
}

// Setup gives the settings to who convenes.
func (s *Service) Setup(ctx context.Context, by account.User, id committee.SelectionID) (Setup, error) {
	r := s.db.Reader()
	sel, err := s.require(ctx, r, by, "selection.convene", id)
	if err != nil {
		return Setup{}, err
	}
	v := Setup{Selection: sel}
	if v.Room, err = roomOf(ctx, r, id); err != nil {
		return v, err
	}
	all, err := committee.Members(ctx, r, id)
	for _, m := range all {
		if m.Role == committee.Juror && m.Status == committee.Sitting {
			v.Members = append(v.Members, m)
		}
	}
	if err != nil || sel.Call.Revision == 0 {
		return v, err
	}
	compiled, err := s.calls.Form(ctx, r, sel.Call.ID, sel.Call.Revision)
	if err != nil {
		return v, fmt.Errorf("read the form of %s: %w", sel.Call.ID, err)
	}
	v.Offer = portfolio.OfferOf(compiled.Form)
	return v, nil
}

// Set changes the settings. Errors: Invalid on each field; Conflict when they changed meanwhile.
func (s *Service) Set(ctx context.Context, by account.User, id committee.SelectionID, c Settings) error {
	return s.act(ctx, by, "selection.convene", id, func(tx *db.Tx, m *meeting) error {
		if m.room.Version != c.Version && c.Version >= 0 && m.room.Status != Open {
			return errs.New(errs.Conflict, "deliberation.meanwhile")
		}
		return s.set(ctx, tx, m, c)
	})
}

func (s *Service) set(ctx context.Context, tx *db.Tx, m *meeting, c Settings) error {
	members, err := committee.Members(ctx, tx, m.sel.ID)
	if err != nil {
		return err
	}
	for i := range c.Reasons {
		for lang, label := range c.Reasons[i].Label {
			c.Reasons[i].Label[lang] = strings.TrimSpace(text.Clean(label))
		}
		if c.Reasons[i].Key == "" {
			c.Reasons[i].Key = db.NewID()
		}
	}
	c.Reasons = slices.DeleteFunc(c.Reasons, func(r Reason) bool { return r.Label["fr"] == "" })
	bad := c.faults(members)
	if m.sel.Call.Revision > 0 {
		compiled, err := s.calls.Form(ctx, tx, m.sel.Call.ID, m.sel.Call.Revision)
		if err != nil {
			return fmt.Errorf("read the form of %s: %w", m.sel.Call.ID, err)
		}
		if c.Portfolio.Faults(compiled.Form) {
			bad = append(bad, errs.Field{Path: "portfolio", Key: "deliberation.portfolio_wrong"})
		}
	}
	if err := errs.NewInvalid("deliberation.settings_invalid", bad); err != nil {
		return err
	}
	if err := s.hand(ctx, tx, m, members, c.Deputy); err != nil {
		return err
	}
	m.room.Quorum, m.room.Seconds, m.room.Named, m.room.Threshold, m.room.Envelope, m.room.Reasons, m.room.Deputy = c.Quorum, 60*c.Minutes, c.Named, c.Threshold, c.Envelope, c.Reasons, c.Deputy
	m.room.Countersigned, m.room.Portfolio = c.Countersigned, c.Portfolio
	if err := s.record(ctx, tx, m.by, "deliberation.set", m.sel.ID, map[string]any{"quorum": c.Quorum, "minutes": c.Minutes, "named": c.Named}); err != nil {
		return err
	}
	if m.room.Version == 0 {
		return m.room.save(ctx, tx, m.by.Actor())
	}
	return nil
}

// hand gives the presidency of what the chair may not see to another member, and takes it
// back from whoever had it.
func (s *Service) hand(ctx context.Context, tx *db.Tx, m *meeting, members []committee.Member, to committee.MemberID) error {
	if to == m.room.Deputy {
		return nil
	}
	for _, one := range members {
		relation := policy.Relation{SubjectID: string(one.Person), Relation: "deputy", Object: policy.Ref{Kind: "selection", ID: string(m.sel.ID)}}
		switch one.ID {
		case m.room.Deputy:
			if _, err := s.policy.Revoke(ctx, tx, m.by, relation); err != nil {
				return err
			}
		case to:
			if err := s.policy.Grant(ctx, tx, m.by, relation); err != nil {
				return err
			}
		}
	}
	return nil
}

// Open opens the room: reviews are closed, results are shown, files are discussed.
// Errors: as Set, and Conflict when the selection is not being read.
func (s *Service) Open(ctx context.Context, by account.User, id committee.SelectionID, c Settings) error {
	return s.act(ctx, by, "selection.convene", id, func(tx *db.Tx, m *meeting) error {
		if m.room.Status != Ready || m.sel.Status != committee.Reading && m.sel.Status != committee.Deliberating {
			return errs.New(errs.Conflict, "deliberation.not_reading")
		}
		if err := s.set(ctx, tx, m, c); err != nil {
			return err
		}
		if m.sel.Status == committee.Reading {
			if err := committee.Move(ctx, tx, m.sel, committee.Deliberating, m.now); err != nil {
				return err
			}
			if err := call.Advance(ctx, tx, m.sel.Call.ID, policy.Deliberation); err != nil {
				return err
			}
		}
		files, err := committee.Files(ctx, tx, id)
		if err != nil {
			return err
		}
		if m.room.Order, err = s.fewest(ctx, tx, m, files); err != nil {
			return err
		}
		m.room.Status, m.room.OpenedAt = Open, m.now
		if err := s.record(ctx, tx, by, "deliberation.opened", id, map[string]any{"files": len(files)}); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, "deliberation.opened", string(id), nil)
	})
}

// fewest orders files so that the fewest members go in and out.
func (s *Service) fewest(ctx context.Context, r db.Reader, m *meeting, files []application.Application) ([]application.ID, error) {
	members, err := committee.Members(ctx, r, m.sel.ID)
	if err != nil {
		return nil, err
	}
	out := make([][]int, len(files))
	for who, one := range members {
		if one.Person == "" || !one.SitsAt(m.now) {
			continue
		}
		open, err := s.open(ctx, r, account.User{ID: one.Person}, m.sel.ID)
		if err != nil {
			return nil, err
		}
		for i, a := range files {
			if !open[a.ID] {
				out[i] = append(out[i], who)
			}
		}
	}
	var ids []application.ID
	best, _ := order.Fewest(out)
	for _, i := range best {
		ids = append(ids, files[i].ID)
	}
	return ids, nil
}

// Arrange puts the files that by sees in an order of hers; the others keep their places.
func (s *Service) Arrange(ctx context.Context, by account.User, id committee.SelectionID, file application.ID, up bool) error {
	return s.preside(ctx, by, id, func(tx *db.Tx, m *meeting) error {
		files, err := s.inOrder(ctx, tx, by, m.sel, m.room)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(files, func(a application.Application) bool { return a.ID == file })
		to := at + 1
		if up {
			to = at - 1
		}
		if at < 0 {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		if to < 0 || to >= len(files) {
			return nil
		}
		m.room.Order = complete(m.room.Order, files)
		i, j := slices.Index(m.room.Order, files[at].ID), slices.Index(m.room.Order, files[to].ID)
		m.room.Order[i], m.room.Order[j] = m.room.Order[j], m.room.Order[i]
		return s.record(ctx, tx, by, "deliberation.arranged", id, nil)
	})
}

// complete adds to an order the files that it does not name.
func complete(order []application.ID, files []application.Application) []application.ID {
	order = slices.Clone(order)
	for _, a := range files {
		if !slices.Contains(order, a.ID) {
			order = append(order, a.ID)
		}
	}
	return order
}

// inOrder lists the files that by sees in the order of discussion.
func (s *Service) inOrder(ctx context.Context, r db.Reader, by account.User, sel committee.Selection, room Room) ([]application.Application, error) {
	files, err := s.seen(ctx, r, by, sel)
	room.sort(files)
	return files, err
}

// sort puts files in the order of discussion.
func (r Room) sort(files []application.Application) {
	place := map[application.ID]int{}
	for i, id := range complete(r.Order, files) {
		place[id] = i
	}
	slices.SortStableFunc(files, func(a, b application.Application) int { return place[a.ID] - place[b.ID] })
}

// preside does an act of who presides, in a room that is open, when she is inside.
func (s *Service) preside(ctx context.Context, by account.User, id committee.SelectionID, do func(*db.Tx, *meeting) error) error {
	return s.act(ctx, by, "selection.preside", id, func(tx *db.Tx, m *meeting) error {
		if m.room.Status != Open {
			return errs.New(errs.Conflict, "deliberation.not_open")
		}
		if err := s.inside(ctx, tx, m); err != nil {
			return err
		}
		return do(tx, m)
	})
}

// Call puts a file under discussion, with a second one beside it to pair or merge them.
// Those to whom one of them is closed step out, those who had stepped out come back.
// No file ends the discussion. Errors: NotFound; Conflict while a vote is open.
func (s *Service) Call(ctx context.Context, by account.User, id committee.SelectionID, file, beside application.ID) error {
	return s.preside(ctx, by, id, func(tx *db.Tx, m *meeting) error {
		for _, one := range []application.ID{file, beside} {
			if one == "" {
				continue
			}
			if _, err := s.one(ctx, tx, by, m.sel, one); err != nil {
				return err
			}
		}
		if beside == file {
			beside = ""
		}
		var votes int
		if err := tx.QueryRow(ctx, `select count(*) from motions where selection_id = $1 and status = 'voting'`, string(id)).Scan(&votes); err != nil {
			return fmt.Errorf("look for an open vote: %w", err)
		}
		if votes > 0 {
			return errs.New(errs.Conflict, "deliberation.vote_open")
		}
		if file != m.room.Current {
			if _, err := tx.Exec(ctx, `update motions set status = 'withdrawn', version = version + 1 where selection_id = $1 and status = 'proposed'`, string(id)); err != nil {
				return fmt.Errorf("drop the motions that were not voted: %w", err)
			}
			m.room.discussion++
			m.room.Called, m.room.Until = m.now, time.Time{}
			if file != "" && m.room.Seconds > 0 {
				m.room.Until = m.now.Add(time.Duration(m.room.Seconds) * time.Second)
			}
		}
		m.room.Current, m.room.Beside = file, beside
		if err := s.doors(ctx, tx, m); err != nil {
			return err
		}
		return s.record(ctx, tx, by, "deliberation.called", id, map[string]any{"file": string(file), "beside": string(beside)})
	})
}

// Time gives the file under discussion some more minutes, counted from now; 0 stops the timer.
func (s *Service) Time(ctx context.Context, by account.User, id committee.SelectionID, minutes int) error {
	return s.preside(ctx, by, id, func(tx *db.Tx, m *meeting) error {
		if m.room.Current == "" || minutes < 0 || minutes > mostMinutes {
			return errs.New(errs.Conflict, "deliberation.nothing_discussed")
		}
		m.room.Until = time.Time{}
		if minutes > 0 {
			m.room.Until = m.now.Add(time.Duration(minutes) * time.Minute)
		}
		return s.record(ctx, tx, by, "deliberation.timed", id, map[string]any{"minutes": minutes})
	})
}

// labels makes reasons of what a chair wrote, one a line in each language; a line that
// was there keeps its key, since decisions name it.
func labels(fr, en string, had []Reason) (list []Reason) {
	english := strings.Split(strings.ReplaceAll(en, "\r", ""), "\n")
	for i, line := range strings.Split(strings.ReplaceAll(fr, "\r", ""), "\n") {
		r := Reason{Label: form.Localised{"fr": strings.TrimSpace(line)}}
		if i < len(english) {
			r.Label["en"] = strings.TrimSpace(english[i])
		}
		for _, old := range had {
			if old.Label["fr"] == r.Label["fr"] {
				r.Key = old.Key
			}
		}
		list = append(list, r)
	}
	return list
}

// Worded makes the reasons of a room of two texts, one reason a line.
func (r Room) Worded(fr, en string) []Reason { return labels(fr, en, r.Reasons) }
