package offer

import (
	"context"
	"fmt"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
)

// Named is a project with its title.
type Named struct{ ID, Title string }

// Need is one that was heard.
type Need struct {
	ID           string
	Activity     string
	Project      string
	ProjectTitle string
	Body         string
	Answers      []string // offers
}

// Offer is one as those who are there see it.
type Offer struct {
	ID           string
	Participant  string
	Name         string
	Organisation string
	Sheet
	Interested []Named // teams: told to who wrote it and to who runs the gathering
	Said       bool    // the reader's team is interested
	Mine       bool
}

// View is the needs and offers of a gathering as somebody sees them.
type View struct {
	gathering.Gathering
	Beats    int64
	Hidden   bool // nothing is shown before the gathering opens, but to who runs it and to who offers
	Manages  bool
	Writes   bool // she offers something
	Hears    bool // she writes needs down
	Wants    bool // her team may be interested
	Offers   []Offer
	Needs    []Need
	Projects []Named
}

// Unanswered counts the needs that no offer answers.
func (v View) Unanswered() (n int) {
	for _, one := range v.Needs {
		if len(one.Answers) == 0 {
			n++
		}
	}
	return n
}

// Read gives the needs and offers of a gathering. Errors: NotFound; as the policy, on
// gathering.read.
func (s *Service) Read(ctx context.Context, by account.User, id gathering.ID) (v View, err error) {
	r := s.floor.DB.Reader()
	if v.Beats, err = pulse.Beats(ctx, r, id); err != nil {
		return v, err
	}
	p, err := s.floor.Enter(ctx, r, by, id, "gathering.read", "gathering.people", "offer.write", "stage.run", "meeting.ask")
	if err != nil {
		return v, err
	}
	v.Gathering, v.Manages, v.Hidden = p.Gathering, p.Manages, !p.May("gathering.people")
	v.Writes, v.Hears = p.May("offer.write") && offers(p), p.Manages && p.May("stage.run")
	v.Wants = p.May("meeting.ask") && p.Seat.Role == gathering.Team && p.Seat.Project != ""
	list, err := offersOf(ctx, r, id)
	if err != nil {
		return v, err
	}
	for _, o := range list {
		o.Mine = p.Seated() && o.Participant == p.Seat.ID
		o.Said = slices.ContainsFunc(o.Interested, func(n Named) bool { return p.Of(n.ID) })
		if !o.Mine && !v.Manages {
			o.Interested = nil
		}
		if o.Mine || !v.Hidden {
			v.Offers = append(v.Offers, o)
		}
	}
	if v.Hidden {
		return v, nil
	}
	if v.Needs, err = needsOf(ctx, r, id); err != nil {
		return v, err
	}
	if v.Hears {
		v.Projects, err = projects(ctx, r, id)
	}
	return v, err
}

// Of gives the needs that were heard during an activity, and the projects of which one may
// be, to who leads it; nothing to others. Errors: as Read.
func (s *Service) Of(ctx context.Context, by account.User, id gathering.ID, a order.Activity) (hears bool, here []Named, needs []Need, err error) {
	r := s.floor.DB.Reader()
	p, err := s.floor.Enter(ctx, r, by, id, "gathering.people", "stage.run")
	if err != nil || !p.Leads(a) || !p.May("stage.run") {
		return false, nil, nil, err
	}
	if here, err = projects(ctx, r, id); err != nil {
		return true, nil, nil, err
	}
	all, err := needsOf(ctx, r, id)
	return true, here, slices.DeleteFunc(all, func(n Need) bool { return n.Activity != a.ID }), err
}

func offersOf(ctx context.Context, r db.Reader, id gathering.ID) ([]Offer, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (o Offer, err error) {
		return o, sc.Scan(&o.ID, &o.Participant, &o.Name, &o.Organisation, &o.Title, &o.About, &o.Audience, &o.Until, &o.Places, &o.Version)
	}, `select o.id, o.participant_id, s.name, s.organisation, o.title, o.about, o.audience, o.until, o.places, o.version
		from partner_offers o join participants s on s.id = o.participant_id where o.gathering_id = $1 and s.left_at is null order by s.organisation, o.title, o.id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the offers of gathering %s: %w", id, err)
	}
	_, err = db.List(ctx, r, func(sc db.Scanner) (bool, error) {
		var offer string
		var n Named
		err := sc.Scan(&offer, &n.ID, &n.Title)
		if i := slices.IndexFunc(list, func(o Offer) bool { return o.ID == offer }); i >= 0 {
			list[i].Interested = append(list[i].Interested, n)
		}
		return true, err
	}, `select i.offer_id, j.id, j.title from offer_interests i join partner_offers o on o.id = i.offer_id join projects j on j.id = i.project_id where o.gathering_id = $1 order by j.title, j.id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list who is interested in the offers of gathering %s: %w", id, err)
	}
	return list, nil
}

func needsOf(ctx context.Context, r db.Reader, id gathering.ID) ([]Need, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (n Need, err error) {
		return n, sc.Scan(&n.ID, &n.Activity, &n.Project, &n.ProjectTitle, &n.Body)
	}, `select n.id, n.activity_id, n.project_id, j.title, n.body from heard_needs n join projects j on j.id = n.project_id where n.gathering_id = $1 order by j.title, j.id, n.noted_at, n.id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the needs of gathering %s: %w", id, err)
	}
	_, err = db.List(ctx, r, func(sc db.Scanner) (bool, error) {
		var need, offer string
		err := sc.Scan(&need, &offer)
		if i := slices.IndexFunc(list, func(n Need) bool { return n.ID == need }); i >= 0 {
			list[i].Answers = append(list[i].Answers, offer)
		}
		return true, err
	}, `select a.need_id, a.offer_id from offer_answers a join heard_needs n on n.id = a.need_id join partner_offers o on o.id = a.offer_id join participants s on s.id = o.participant_id where n.gathering_id = $1 and s.left_at is null`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list which offers answer the needs of gathering %s: %w", id, err)
	}
	return list, nil
}

// projects lists those that have somebody in a gathering, by title.
func projects(ctx context.Context, r db.Reader, id gathering.ID) ([]Named, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (n Named, err error) { return n, sc.Scan(&n.ID, &n.Title) },
		`select j.id, j.title from projects j where j.status = 'active' and j.id in (select s.project_id from participants s where s.gathering_id = $1 and s.role = 'team' and s.left_at is null) order by j.title, j.id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the projects of gathering %s: %w", id, err)
	}
	return list, nil
}
