package house

import (
	"context"
	"fmt"
	"slices"

	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
)

// Guest is somebody who comes, as plans are made for her.
type Guest struct {
	Seat
	Access []string    // what a room must offer her: read by what makes plans, shown to nobody
	Away   []plan.Span // when she is not there
}

// Load reads what plans are made of: the running order on the days of the gathering, who
// comes (invited people included) and the rooms; version is that of the running order, 0
// when nothing was written. It asks nobody who wants it: what somebody needs is in it, and
// is shown to nobody. Error: NotFound when there is no such gathering.
func Load(ctx context.Context, r db.Reader, id gathering.ID) (o order.Order, h plan.House, version int64, err error) {
	g, err := gathering.Load(ctx, r, id)
	if err != nil {
		return o, h, 0, err
	}
	k, err := orderOf(ctx, r, g)
	if err != nil {
		return o, h, 0, err
	}
	rooms, err := RoomsOf(ctx, r, id)
	if err != nil {
		return o, h, 0, err
	}
	for _, m := range rooms {
		h.Places = append(h.Places, plan.Place{ID: m.ID, Capacity: m.Capacity, Access: m.Access, Equipment: m.Equipment, Closed: m.Closed})
	}
	guests, err := Guests(ctx, r, id)
	if err != nil {
		return o, h, 0, err
	}
	for _, p := range guests {
		h.Guests = append(h.Guests, plan.Guest{ID: p.ID, Access: p.Access, Away: p.Away})
	}
	return k.Order, h, k.Version, nil
}

// Guests lists those who come to a gathering, by name: those who were invited and have not
// left, with what a room must offer them and when they are away, on days counted from 0.
// It asks nobody who wants it. Error: NotFound when there is no such gathering.
func Guests(ctx context.Context, r db.Reader, id gathering.ID) ([]Guest, error) {
	g, err := gathering.Load(ctx, r, id)
	if err != nil {
		return nil, err
	}
	seats, err := db.List(ctx, r, scanSeat, seatsOf+` order by s.name, s.email, s.id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list who comes to gathering %s: %w", id, err)
	}
	told, err := needs(ctx, r, id)
	if err != nil {
		return nil, err
	}
	away, err := absences(ctx, r, id)
	if err != nil {
		return nil, err
	}
	days, list := DaysOf(g), make([]Guest, 0, len(seats))
	for _, p := range seats {
		one := Guest{Seat: p, Access: told[p.ID].Access}
		for _, a := range about(away, p.ID) {
			if day := slices.Index(days, a.Day); day >= 0 {
				one.Away = append(one.Away, plan.Span{Day: day, From: a.From, To: a.To})
			}
		}
		list = append(list, one)
	}
	return list, nil
}
