package venue

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/board"
	"transformateur/internal/board/carriage"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
)

// Report is what came home from a venue: counts, and what was not taken, with the reason.
type Report struct {
	Brought int // operations that reached home: the sum of the four next ones
	Merged  int
	Twice   int // merged beside another text
	Late    int // put aside for who facilitates
	Refused int
	Guests  int
	Waiting int // operations that have not gone home yet; on the laptop only
	Left    []Left
}

// Left is what was not taken or was put aside, in the words of its author.
type Left struct {
	Board string
	Title string // of the board
	Who   string
	At    time.Time
	Fate  string
	Why   string // a key
	Text  string // what it said, "" when it said nothing
}

// most is how many of what was not taken a report lists.
const most = 200

// reportOf reads what came home from a venue. guests is how its guests are told.
func reportOf(ctx context.Context, r db.Reader, venue, guests string) (p Report, err error) {
	_, err = db.List(ctx, r, func(sc db.Scanner) (bool, error) {
		var fate string
		var n int
		err := sc.Scan(&fate, &n)
		switch fate {
		case carriage.Merged:
			p.Merged = n
		case carriage.Twice:
			p.Twice = n
		case carriage.Delayed:
			p.Late = n
		case carriage.Refused:
			p.Refused = n
		default:
			p.Waiting = n
		}
		return true, err
	}, `select fate, count(*) from venue_ops where venue_id = $1 group by fate`, venue)
	if err != nil {
		return p, fmt.Errorf("count what venue %s brought: %w", venue, err)
	}
	p.Brought = p.Merged + p.Twice + p.Late + p.Refused
	err = r.QueryRow(ctx, `select count(*) from participants where added_by = $1 and gathering_id = (select gathering_id from venues where id = $2)`, guests, venue).Scan(&p.Guests)
	if err != nil {
		return p, fmt.Errorf("count the guests of venue %s: %w", venue, err)
	}
	p.Left, err = db.List(ctx, r, func(sc db.Scanner) (l Left, err error) {
		var op string
		if err := sc.Scan(&l.Board, &l.Title, &l.Who, &l.At, &l.Fate, &l.Why, &op); err != nil {
			return l, err
		}
		l.Text = textOf(op)
		return l, nil
	}, `select o.board_id, b.title, coalesce(s.name, ''), o.at, o.fate, o.why, o.op from venue_ops o join boards b on b.id = o.board_id left join participants s on s.id = o.person
		where o.venue_id = $1 and o.fate in ('late', 'refused') order by o.at, o.id limit $2`, venue, most)
	if err != nil {
		return p, fmt.Errorf("list what venue %s could not bring: %w", venue, err)
	}
	return p, nil
}

// textOf is what an operation says in words.
func textOf(text string) string {
	var op board.Op
	if json.Unmarshal([]byte(text), &op) != nil {
		return ""
	}
	var said string
	if json.Unmarshal(op.Value, &said) == nil {
		return said
	}
	var added board.Added
	if op.Kind != "card.add" || json.Unmarshal(op.Value, &added) != nil {
		return ""
	}
	for _, value := range added.Fields {
		var one string
		if json.Unmarshal(value, &one) == nil && len(one) > len(said) {
			said = one
		}
	}
	return said
}

// Known is a venue with what came home from it.
type Known struct {
	Venue
	Report Report
}

// Of lists the venues of a gathering that by runs, the last one first, with what came home
// from each. Errors: as the policy.
func (s *Service) Of(ctx context.Context, by account.User, id gathering.ID) (g gathering.Gathering, list []Known, err error) {
	r := s.db.Reader()
	if g, err = s.require(ctx, r, by, id); err != nil {
		return g, nil, err
	}
	all, err := db.List(ctx, r, scan, `select `+columns+` from `+tables+` where v.gathering_id = $1 order by v.created_at desc, v.id`, string(id))
	if err != nil {
		return g, nil, fmt.Errorf("list the venues of gathering %s: %w", id, err)
	}
	for _, v := range all {
		report, err := reportOf(ctx, r, v.ID, through(v.ID))
		if err != nil {
			return g, nil, err
		}
		list = append(list, Known{v, report})
	}
	return g, list, nil
}

// Report is what came home with a key. Errors: Unauthenticated.
func (s *Service) Report(ctx context.Context, secret string) (Report, error) {
	r := s.db.Reader()
	v, _, err := s.enter(ctx, r, secret, brings)
	if err != nil {
		return Report{}, err
	}
	return reportOf(ctx, r, v.ID, through(v.ID))
}

// Waiting is how many operations have not gone home yet, of what was collected.
func (s *Service) Waiting(ctx context.Context) (int, error) {
	return db.Get(ctx, s.db.Reader(), db.Value[int], `select count(*) from venue_ops where fate = 'waiting'`)
}
