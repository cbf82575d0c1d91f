// Package offer is the needs that are heard about projects, and what partners offer.
package offer

import (
	"context"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/floor"
	"transformateur/internal/agenda/wish"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/project"
)

// The bounds: characters of a title, of a text and of a need, places of an offer, offers
// of one person, needs of a gathering.
const (
	MaxTitle  = 120
	MaxAbout  = 600
	MaxNeed   = 200
	MaxPlaces = 1000
	MaxOffers = 20
	MaxNeeds  = 1000
)

// Meetings take what a team would like of who offers something.
type Meetings interface {
	RequestIn(ctx context.Context, tx *db.Tx, by account.User, id gathering.ID, a wish.Ask) error
}

// Projects keep the needs in the files of projects.
type Projects interface {
	Land(ctx context.Context, tx *db.Tx, by account.User, id project.ID, board string, list []project.Item) error
}

// Service keeps needs and offers.
type Service struct {
	floor    *floor.Floor
	meetings Meetings
	projects Projects
}

// New makes the service.
func New(f *floor.Floor, m Meetings, p Projects) *Service {
	return &Service{floor: f, meetings: m, projects: p}
}

// Sheet is what a partner offers.
type Sheet struct {
	Title    string
	About    string // what it is
	Audience string // for whom
	Until    string // "2027-03-05", the last day; "" for no end
	Places   int    // how many it is for; 0 when nobody counts
	Version  int64  // the one that was read
}

func (w *Sheet) check() (bad []errs.Field) {
	w.Title, w.About, w.Audience, w.Until = floor.Line(w.Title), floor.Lines(w.About), floor.Line(w.Audience), floor.Line(w.Until)
	if w.Title == "" || floor.Long(w.Title, MaxTitle) {
		bad = append(bad, errs.Field{Path: "title", Key: "offer.title_wrong", Args: []any{MaxTitle}})
	}
	if floor.Long(w.About, MaxAbout) {
		bad = append(bad, errs.Field{Path: "about", Key: "offer.long", Args: []any{MaxAbout}})
	}
	if floor.Long(w.Audience, MaxTitle) {
		bad = append(bad, errs.Field{Path: "audience", Key: "offer.long", Args: []any{MaxTitle}})
	}
	if _, err := time.Parse(time.DateOnly, w.Until); w.Until != "" && err != nil {
		bad = append(bad, errs.Field{Path: "until", Key: "offer.until_wrong"})
	}
	if w.Places < 0 || w.Places > MaxPlaces {
		bad = append(bad, errs.Field{Path: "places", Key: "offer.places_wrong", Args: []any{MaxPlaces}})
	}
	return bad
}

// offers says whether somebody writes offers: she comes for an organisation, and not with
// a project's team nor to run the gathering.
func offers(p floor.Speaker) bool {
	return p.Seated() && p.Seat.Organisation != "" && slices.Contains(wish.Meets, p.Seat.Role)
}

// partner does something as somebody who may offer.
func (s *Service) partner(ctx context.Context, by account.User, id gathering.ID, act func(*db.Tx, floor.Speaker) error) error {
	return s.floor.DB.Write(ctx, func(tx *db.Tx) error {
		p, err := s.floor.Enter(ctx, tx, by, id, "offer.write")
		if err != nil {
			return err
		}
		if !offers(p) {
			return errs.New(errs.Forbidden, "offer.not_partner")
		}
		return act(tx, p)
	})
}

// Write adds an offer, or changes one of hers when which names it. Errors: Invalid on each
// field of the sheet; NotFound; Conflict offer.meanwhile, offer.many; Forbidden
// offer.not_partner; as the policy, on offer.write.
func (s *Service) Write(ctx context.Context, by account.User, id gathering.ID, which string, w Sheet) error {
	bad := w.check()
	return s.partner(ctx, by, id, func(tx *db.Tx, p floor.Speaker) error {
		if err := errs.NewInvalid("offer.invalid", bad); err != nil {
			return err
		}
		if which == "" {
			return s.add(ctx, tx, p, w)
		}
		var version int64
		if err := tx.QueryRow(ctx, `select version from partner_offers where id = $1 and participant_id = $2`, which, p.Seat.ID).Scan(&version); err != nil {
			return fmt.Errorf("find offer %s: %w", which, err)
		}
		n, err := tx.Exec(ctx, `update partner_offers set title = $3, about = $4, audience = $5, until = $6, places = $7, version = version + 1 where id = $1 and version = $2`,
			which, w.Version, w.Title, w.About, w.Audience, w.Until, w.Places)
		if err != nil {
			return fmt.Errorf("change offer %s: %w", which, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "offer.meanwhile")
		}
		return s.floor.Note(ctx, tx, p, "offer.changed", map[string]any{"offer": which})
	})
}

func (s *Service) add(ctx context.Context, tx *db.Tx, p floor.Speaker, w Sheet) error {
	n, err := db.Get(ctx, tx, db.Value[int64], `select count(*) from partner_offers where participant_id = $1`, p.Seat.ID)
	if err != nil {
		return fmt.Errorf("count the offers of %s: %w", p.Seat.ID, err)
	}
	if n >= MaxOffers {
		return errs.New(errs.Conflict, "offer.many", MaxOffers)
	}
	which := db.NewID()
	_, err = tx.Exec(ctx, `insert into partner_offers (id, gathering_id, participant_id, title, about, audience, until, places, version, written_at) values ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9)`,
		which, string(p.ID), p.Seat.ID, w.Title, w.About, w.Audience, w.Until, w.Places, s.floor.Clock.Now())
	if err != nil {
		return fmt.Errorf("write an offer in gathering %s: %w", p.ID, err)
	}
	return s.floor.Note(ctx, tx, p, "offer.written", map[string]any{"offer": which})
}

// Remove takes an offer back: hers, or anybody's for who runs the gathering. Errors:
// NotFound; as the policy, on gathering.read.
func (s *Service) Remove(ctx context.Context, by account.User, id gathering.ID, which string) error {
	return s.floor.DB.Write(ctx, func(tx *db.Tx) error {
		p, err := s.floor.Enter(ctx, tx, by, id, "gathering.read", "offer.write")
		if err != nil {
			return err
		}
		statement, args := `delete from partner_offers where id = $1 and gathering_id = $2`, []any{which, string(id)}
		if !p.Manages {
			if !p.May("offer.write") {
				return floor.NotFound()
			}
			statement, args = statement+` and participant_id = $3`, append(args, p.Seat.ID)
		}
		n, err := tx.Exec(ctx, statement, args...)
		if err != nil {
			return fmt.Errorf("remove offer %s: %w", which, err)
		}
		if n == 0 {
			return floor.NotFound()
		}
		return s.floor.Note(ctx, tx, p, "offer.removed", map[string]any{"offer": which})
	})
}

// Interest says that the team of by would like to know more of an offer: it asks to meet
// who wrote it, unless the two have asked or agreed already. Errors: NotFound; Conflict
// offer.said; as wish.Request.
func (s *Service) Interest(ctx context.Context, by account.User, id gathering.ID, which string) error {
	return s.floor.DB.Write(ctx, func(tx *db.Tx) error {
		p, err := s.floor.Enter(ctx, tx, by, id, "meeting.ask")
		if err != nil {
			return err
		}
		if p.Seat.Role != gathering.Team || p.Seat.Project == "" {
			return floor.NotFound()
		}
		var participant, title string
		if err := tx.QueryRow(ctx, `select o.participant_id, o.title from partner_offers o join participants s on s.id = o.participant_id where o.id = $1 and o.gathering_id = $2 and s.left_at is null`, which, string(id)).Scan(&participant, &title); err != nil {
			return fmt.Errorf("find offer %s: %w", which, err)
		}
		n, err := tx.Exec(ctx, `insert into offer_interests (offer_id, project_id, said_by, said_at) values ($1, $2, $3, $4) on conflict (offer_id, project_id) do nothing`, which, string(p.Seat.Project), by.Actor(), s.floor.Clock.Now())
		if err != nil {
			return fmt.Errorf("note an interest in offer %s: %w", which, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "offer.said")
		}
		err = s.meetings.RequestIn(ctx, tx, by, id, wish.Ask{Participant: participant, Note: title})
		if err != nil && !slices.Contains([]string{"meeting.asked_already", "meeting.agreed_already", "meeting.declined_already"}, errs.KeyOf(err)) {
			return err
		}
		return s.floor.Note(ctx, tx, p, "offer.interest", map[string]any{"offer": which, "project": string(p.Seat.Project)})
	})
}
