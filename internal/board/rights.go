package board

import (
	"encoding/json"
	"slices"
	"strings"

	"transformateur/internal/board/kit"
	"transformateur/internal/platform/errs"
)

// Actor is who does something, and what she is on the board.
type Actor struct {
	Person string
	Role   kit.Role
}

// Allowed says whether somebody may do an operation now. A card that she may not see is
// refused as one that is not there. Errors: Forbidden board.not_facilitator,
// board.reader, board.not_yours; Conflict board.frozen, board.zone_closed,
// board.vote_closed (what she may do at another time); NotFound board.unknown.
func Allowed(s *State, a Actor, op Op) error {
	if a.Role == kit.Reader || !slices.Contains(kit.Writers, a.Role) {
		return errs.New(errs.Forbidden, "board.reader")
	}
	switch {
	case op.Kind == "card.drop", op.Kind == "board.import": // only as the undoing of an operation, and as the first of a board
		return errBad()
	case op.Kind == "undo":
		return s.allowedUndo(a, op)
	case op.Kind == "vote.cast":
		return s.allowedVote(a, op)
	case strings.HasPrefix(op.Kind, "card."):
		return s.allowedCard(a, op)
	case a.Role != kit.Facilitator:
		return errs.New(errs.Forbidden, "board.not_facilitator")
	}
	return nil
}

// allowedUndo: what undoes an operation must be allowed now, as any other; the service
// has looked that the operation was hers.
func (s *State) allowedUndo(a Actor, op Op) error {
	var inner Op
	if read(op.Value, &inner) != nil {
		return errBad()
	}
	if inner.Kind == "card.drop" {
		inner.Kind = "card.set"
	}
	return Allowed(s, a, inner)
}

func (s *State) allowedVote(a Actor, op Op) error {
	v, known := s.kit.Vote(op.Field)
	c, there := s.Cards[op.Target]
	if !known || !there || !c.seenBy(a.Person) {
		return errUnknown()
	}
	if len(v.Write) > 0 && !slices.Contains(v.Write, a.Role) {
		return errs.New(errs.Forbidden, "board.not_yours")
	}
	if !s.Votes[v.ID].Open {
		return errs.New(errs.Conflict, "board.vote_closed")
	}
	return nil
}

func (s *State) allowedCard(a Actor, op Op) error {
	var to Place
	if op.Kind == "card.add" || op.Kind == "card.move" {
		var v struct{ Place }
		if json.Unmarshal(op.Value, &v) != nil {
			return errBad()
		}
		to = v.Place
	}
	if op.Kind != "card.add" {
		c, there := s.Cards[op.Target]
		if !there || !c.seenBy(a.Person) {
			return errUnknown()
		}
		if err := s.writable(a, c.Zone); err != nil {
			return err
		}
		if op.Kind == "card.remove" && c.By != a.Person && !slices.Contains([]kit.Role{kit.Facilitator, kit.Team, kit.Coach}, a.Role) {
			return errs.New(errs.Forbidden, "board.not_yours")
		}
	}
	if to.Zone != "" {
		return s.writable(a, to.Zone)
	}
	return nil
}

// writable says whether somebody may change what lies in a zone now.
func (s *State) writable(a Actor, zone string) error {
	z, known := s.kit.Zone(zone)
	if !known {
		return errUnknown()
	}
	if len(z.Write) > 0 && a.Role != kit.Facilitator && !slices.Contains(z.Write, a.Role) {
		return errs.New(errs.Forbidden, "board.not_yours")
	}
	if a.Role == kit.Facilitator {
		return nil // whoever leads may put things right while others wait
	}
	p := s.Phase()
	switch {
	case s.Desk.Frozen || p.Frozen:
		return errs.New(errs.Conflict, "board.frozen")
	case !s.Zones[zone].Open || len(p.Zones) > 0 && !slices.Contains(p.Zones, zone):
		return errs.New(errs.Conflict, "board.zone_closed")
	}
	return nil
}

// seenBy says whether somebody sees what a card says: before it is revealed, its author alone.
func (c *Card) seenBy(person string) bool { return !c.Hidden || c.By == person }

// Late says whether an operation was refused only because its time had passed: what it
// holds is put aside for the facilitator, and does not vanish.
func Late(err error) bool {
	return slices.Contains([]string{"board.frozen", "board.zone_closed"}, errs.KeyOf(err))
}

// TooBig refuses an operation that is longer than any honest one. Error: Invalid board.bad_op.
func TooBig(op Op) error {
	if len(op.Kind)+len(op.Target)+len(op.Field)+len(op.Value) > MaxOp {
		return errBad()
	}
	return nil
}
