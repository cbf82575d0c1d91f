package assignment

import (
	"context"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Act is what is done by hand to one pair.
type Act string

// The acts: give a file to a member or take it back, in the plan; pin a pair, which the
// engine then keeps, or unpin it; bar a pair, which the engine then avoids, or unbar it.
const (
	Give  Act = "give"
	Take  Act = "take"
	Pin   Act = "pin"
	Unpin Act = "unpin"
	Bar   Act = "bar"
	Unbar Act = "unbar"
)

// Edit changes one pair by hand. A conflict refuses: only the chair's waiver opens the
// file again. Any other rule that breaks is named on the page, and may be broken.
// Errors: NotFound for a file that by may not know; Invalid for a member who may not read; Conflict when the plan is frozen,
// when it changed meanwhile, or when the member is recused from the file.
func (s *Service) Edit(ctx context.Context, by account.User, id committee.SelectionID, act Act, pair Pair, base int64) error {
	b, err := s.Board(ctx, by, id)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(b.Files, func(f File) bool { return f.ID == pair.File }) {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	if !slices.ContainsFunc(b.Members, func(m committee.Member) bool { return m.ID == pair.Member }) {
		return errs.New(errs.Invalid, "assignment.member_missing")
	}
	return s.change(ctx, by, id, base, "assignment.edited", func(sel committee.Selection, p *Plan) error {
		if p.Frozen {
			return errs.New(errs.Conflict, "assignment.frozen")
		}
		if b.barred[pair] && (act == Give || act == Pin) {
			return errs.New(errs.Conflict, "assignment.recused")
		}
		return p.edit(act, pair)
	})
}

func (p *Plan) edit(act Act, pair Pair) error {
	in := &p.Settings
	without := func(list []Pair) []Pair {
		return slices.DeleteFunc(slices.Clone(list), func(x Pair) bool { return x == pair })
	}
	give := func(source string) {
		if !has(p.Pairs, pair) {
			p.Pairs = append(p.Pairs, Given{pair, source})
		}
	}
	take := func() {
		p.Pairs = slices.DeleteFunc(p.Pairs, func(g Given) bool { return g.Pair == pair })
	}
	switch act {
	case Give:
		give(ByHand)
	case Take:
		take()
		in.Pinned = without(in.Pinned)
	case Pin:
		give(ByHand)
		in.Pinned, in.Barred = append(without(in.Pinned), pair), without(in.Barred)
	case Unpin:
		in.Pinned = without(in.Pinned)
	case Bar:
		take()
		in.Barred, in.Pinned = append(without(in.Barred), pair), without(in.Pinned)
	case Unbar:
		in.Barred = without(in.Barred)
	default:
		return errs.New(errs.Invalid, "assignment.act_unknown")
	}
	return nil
}

// Freeze keeps the plan from changing, or lets it change again: neither a calculation
// nor a hand touches it meanwhile. Only a conflict takes a pair out of a frozen plan.
func (s *Service) Freeze(ctx context.Context, by account.User, id committee.SelectionID, frozen bool, base int64) error {
	act := "assignment.frozen"
	if !frozen {
		act = "assignment.thawed"
	}
	return s.change(ctx, by, id, base, act, func(_ committee.Selection, p *Plan) error {
		p.Frozen = frozen
		return nil
	})
}

// Hand gives a published reading from one member to another at once, in the transaction
// of the act that causes it, and who asks is who the policy let do it there. to receives
// the file, from loses it, the plan follows, and both are told.
// Errors: NotFound when from does not read the file; Conflict when to may not, or already
// reads it.
func (s *Service) Hand(ctx context.Context, tx *db.Tx, by account.User, id committee.SelectionID, file application.ID, from, to committee.MemberID) error {
	sel, err := committee.Load(ctx, tx, id)
	if err != nil {
		return err
	}
	h, err := s.house(ctx, tx, sel)
	if err != nil {
		return err
	}
	old, next := Pair{file, from}, Pair{file, to}
	switch {
	case !has(h.published(), old):
		return errs.New(errs.NotFound, "errs.not_found")
	case h.barred[next] || !slices.ContainsFunc(h.members, func(m committee.Member) bool { return m.ID == to }):
		return errs.New(errs.Conflict, "assignment.recused")
	case has(h.published(), next):
		return errs.New(errs.Conflict, "assignment.reads_already")
	}
	p := h.plan
	p.Pairs = slices.DeleteFunc(slices.Clone(p.Pairs), func(g Given) bool { return g.Pair == old || g.Pair == next })
	p.Pairs = append(p.Pairs, Given{next, Delegated})
	p.Settings.Pinned = slices.DeleteFunc(p.Settings.Pinned, func(x Pair) bool { return x == old })
	if err := s.keepPlan(ctx, tx, by, id, p); err != nil {
		return err
	}
	if err := s.apply(ctx, tx, by, h, Changes{Added: []Pair{next}, Ended: []Pair{old}}, map[Pair]string{next: Delegated}); err != nil {
		return err
	}
	return s.record(ctx, tx, by, "assignment.delegated", id, map[string]any{"file": string(file), "from": string(from), "to": string(to)})
}
