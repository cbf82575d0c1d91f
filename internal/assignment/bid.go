package assignment

import (
	"context"
	"fmt"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Wish is what a member says of reading a file. What ties her to it is not a wish: it is
// a recusal, declared with its reason.
type Wish string

// The wishes; Unsaid is kept nowhere.
const (
	Eager   Wish = "eager"
	Willing Wish = "willing"
	Unsaid  Wish = ""
	No      Wish = "no"
)

// Wishes are those that may be said, the warmest first.
var Wishes = []Wish{Eager, Willing, Unsaid, No}

// worth is the value of a wish in the affinity, from 0 to 1: a choice of this program,
// written in the guide. Saying nothing is worth more than saying no.
var worth = map[Wish]float64{Eager: 1, Willing: 0.6, Unsaid: 0.25, No: 0}

// Offer is a file as a member who bids sees it: its title and its themes, no more.
type Offer struct {
	committee.Title
	Themes []Theme
	Wish   Wish
}

// Bidding is what a member sees when she says what she would rather read.
type Bidding struct {
	committee.Selection
	Member committee.Member
	Offers []Offer
}

// Bids shows a member the titles and what she said of each; never what others said, nor
// a file from which she is kept.
func (s *Service) Bids(ctx context.Context, by account.User, id committee.SelectionID) (b Bidding, err error) {
	r := s.db.Reader()
	if b.Selection, b.Member, err = s.committees.Mine(ctx, by, id); err != nil {
		return b, err
	}
	titles, err := s.committees.Eligible(ctx, by, id)
	if err != nil {
		return b, err
	}
	said, err := wishesOf(ctx, r, id, b.Member.ID)
	if err != nil {
		return b, err
	}
	p, err := loadPlan(ctx, r, b.Selection)
	if err != nil {
		return b, err
	}
	themes, err := s.themes(ctx, r, b.Selection, p.Settings.Themes)
	if err != nil {
		return b, err
	}
	for _, t := range titles {
		b.Offers = append(b.Offers, Offer{t, themes[t.ID], said[t.ID]})
	}
	return b, nil
}

func wishesOf(ctx context.Context, r db.Reader, id committee.SelectionID, member committee.MemberID) (map[application.ID]Wish, error) {
	all, err := wishes(ctx, r, id)
	return all[member], err
}

// wishes are those of every member of a selection, by member then by file.
func wishes(ctx context.Context, r db.Reader, id committee.SelectionID) (map[committee.MemberID]map[application.ID]Wish, error) {
	type row struct {
		Pair
		wish Wish
	}
	list, err := db.List(ctx, r, func(sc db.Scanner) (x row, err error) {
		err = sc.Scan(&x.Member, &x.File, &x.wish)
		return x, err
	}, `select member_id, application_id, wish from bids where selection_id = $1`, string(id))
	if err != nil {
		return nil, fmt.Errorf("read the bids of %s: %w", id, err)
	}
	out := map[committee.MemberID]map[application.ID]Wish{}
	for _, x := range list {
		if out[x.Member] == nil {
			out[x.Member] = map[application.ID]Wish{}
		}
		out[x.Member][x.File] = x.wish
	}
	return out, nil
}

// Bid keeps what a member says of files; those she does not name keep what she said.
// Errors: NotFound for a file that is not on her list; Invalid for a wish that is none;
// Conflict when the selection takes no bids or she has no seat.
func (s *Service) Bid(ctx context.Context, by account.User, id committee.SelectionID, said map[application.ID]Wish) error {
	titles, err := s.committees.Eligible(ctx, by, id)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		sel, err := s.require(ctx, tx, by, "selection.sit", id)
		if err != nil {
			return err
		}
		m, err := committee.SeatOf(ctx, tx, id, by.ID)
		if errs.Is(err, errs.NotFound) || err == nil && m.Status != committee.Sitting {
			return errs.New(errs.Conflict, "committee.no_seat")
		}
		if err != nil {
			return err
		}
		if !sel.Bidding {
			return errs.New(errs.Conflict, "assignment.no_bidding")
		}
		n := 0
		for _, t := range titles {
			wish, spoken := said[t.ID]
			if !spoken {
				continue
			}
			n++
			if !slices.Contains(Wishes, wish) {
				return errs.NewInvalid("assignment.invalid", []errs.Field{{Path: string(t.ID), Key: "assignment.wish_unknown"}})
			}
			if err := s.keepWish(ctx, tx, m, t.ID, wish); err != nil {
				return err
			}
		}
		if n < len(said) {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		return s.record(ctx, tx, by, "assignment.bid", id, map[string]any{"member": string(m.ID)})
	})
}

func (s *Service) keepWish(ctx context.Context, tx *db.Tx, m committee.Member, file application.ID, wish Wish) error {
	var err error
	if wish == Unsaid {
		_, err = tx.Exec(ctx, `delete from bids where member_id = $1 and application_id = $2`, string(m.ID), string(file))
	} else {
		_, err = tx.Exec(ctx, `insert into bids (id, selection_id, application_id, member_id, wish, said_at) values ($1, $2, $3, $4, $5, $6)
			on conflict (member_id, application_id) do update set wish = excluded.wish, said_at = excluded.said_at`,
			db.NewID(), string(m.Selection), string(file), string(m.ID), string(wish), s.clock.Now())
	}
	if err != nil {
		return fmt.Errorf("keep a bid: %w", err)
	}
	return nil
}
