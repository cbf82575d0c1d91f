package house

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// The bounds of rooms: how many of them, how many people one holds, and texts in characters.
const (
	MaxRooms    = 60
	MaxCapacity = 10000
	MaxName     = 80
	MaxNote     = 500
	MaxLink     = 500
)

// RoomSheet is what is written of a room.
type RoomSheet struct {
	Name      string
	Site      string // where it is, when the gathering has several places
	Capacity  int    // in people; 0: enough for all
	Access    []string
	Equipment []string
	Note      string
	Link      string // where those who are far away come in
	Version   int64  // the one that was read
}

// Room is a place of a gathering.
type Room struct {
	ID        string
	Gathering gathering.ID
	RoomSheet
	Closed    []plan.Span // when it cannot be used, on days counted from 0
	Position  int64
	CreatedAt time.Time
}

func (w *RoomSheet) check() (bad []errs.Field) {
	w.Name, w.Site, w.Note, w.Link = oneLine(w.Name), oneLine(w.Site), lines(w.Note), strings.TrimSpace(w.Link)
	w.Access, w.Equipment = among(Access, w.Access), among(Equipment, w.Equipment)
	fault := func(wrong bool, path, key string, args ...any) {
		if wrong {
			bad = append(bad, errs.Field{Path: path, Key: key, Args: args})
		}
	}
	fault(w.Name == "", "name", "agenda.room_name_missing")
	fault(utf8.RuneCountInString(w.Name) > MaxName, "name", "agenda.room_name_long", MaxName)
	fault(utf8.RuneCountInString(w.Site) > MaxName, "site", "agenda.room_name_long", MaxName)
	fault(w.Capacity < 0 || w.Capacity > MaxCapacity, "capacity", "agenda.room_capacity", MaxCapacity)
	fault(utf8.RuneCountInString(w.Note) > MaxNote, "note", "agenda.note_long", MaxNote)
	if w.Link != "" {
		u, err := url.Parse(w.Link)
		fault(err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || len(w.Link) > MaxLink, "link", "agenda.room_link")
	}
	return bad
}

const roomColumns = `id, gathering_id, name, site, capacity, access, equipment, note, link, position, version, created_at`

func scanRoom(sc db.Scanner) (m Room, err error) {
	var access, equipment string
	err = sc.Scan(&m.ID, &m.Gathering, &m.Name, &m.Site, &m.Capacity, &access, &equipment, &m.Note, &m.Link, &m.Position, &m.Version, &m.CreatedAt)
	m.Access, m.Equipment = strings.Fields(access), strings.Fields(equipment)
	return m, err
}

// RoomsOf lists the rooms of a gathering in their order, without asking who
// wants them. Error: NotFound when there is no such gathering.
func RoomsOf(ctx context.Context, r db.Reader, id gathering.ID) ([]Room, error) {
	g, err := gathering.Load(ctx, r, id)
	if err != nil {
		return nil, err
	}
	list, err := db.List(ctx, r, scanRoom, `select `+roomColumns+` from agenda_rooms where gathering_id = $1 order by position, id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the rooms of gathering %s: %w", id, err)
	}
	return list, closeRooms(ctx, r, g, list)
}

// Rooms lists the rooms of a gathering to who runs it. Errors: as the policy, on
// gathering.manage.
func (s *Service) Rooms(ctx context.Context, by account.User, id gathering.ID) (gathering.Gathering, []Room, error) {
	r := s.db.Reader()
	g, err := s.require(ctx, r, by, "gathering.manage", id)
	if err != nil {
		return g, nil, err
	}
	list, err := RoomsOf(ctx, r, id)
	return g, list, err
}

// onRooms writes the rooms of a gathering in one act, one writer at a time.
func (s *Service) onRooms(ctx context.Context, by account.User, id gathering.ID, act string, write func(*db.Tx, []Room) (room string, err error)) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.require(ctx, tx, by, "gathering.manage", id); err != nil {
			return err
		}
		if err := tx.Lock(ctx, "agenda:"+string(id)); err != nil {
			return err
		}
		list, err := RoomsOf(ctx, tx, id)
		if err != nil {
			return err
		}
		room, err := write(tx, list)
		if err != nil || room == "" {
			return err
		}
		return s.note(ctx, tx, by, act, id, map[string]any{"room": room})
	})
}

// AddRoom adds a room after the others. Errors: Invalid on each field of the sheet;
// Conflict "agenda.rooms_full"; as the policy.
func (s *Service) AddRoom(ctx context.Context, by account.User, id gathering.ID, w RoomSheet) (room string, err error) {
	bad := w.check()
	err = s.onRooms(ctx, by, id, "agenda.room_added", func(tx *db.Tx, list []Room) (string, error) {
		if len(list) >= MaxRooms {
			return "", errs.New(errs.Conflict, "agenda.rooms_full", MaxRooms)
		}
		if err := errs.NewInvalid("agenda.invalid", slices.Concat(bad, twice(list, "", w))); err != nil {
			return "", err
		}
		var last int64
		if len(list) > 0 {
			last = list[len(list)-1].Position
		}
		room = db.NewID()
		_, err := tx.Exec(ctx, `insert into agenda_rooms (`+roomColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11)`,
			room, string(id), w.Name, w.Site, w.Capacity, joined(w.Access), joined(w.Equipment), w.Note, w.Link, last+1, s.clock.Now())
		if err != nil {
			return "", fmt.Errorf("add a room to gathering %s: %w", id, err)
		}
		return room, nil
	})
	return room, err
}

// twice refuses a second room of one name at one site.
func twice(list []Room, but string, w RoomSheet) []errs.Field {
	same := func(m Room) bool {
		return m.ID != but && strings.EqualFold(m.Name, w.Name) && strings.EqualFold(m.Site, w.Site)
	}
	if w.Name == "" || !slices.ContainsFunc(list, same) {
		return nil
	}
	return []errs.Field{{Path: "name", Key: "agenda.room_twice"}}
}

// EditRoom saves the sheet of a room. Errors: NotFound; Invalid; Conflict
// "agenda.meanwhile" when somebody wrote since it was read; as the policy.
func (s *Service) EditRoom(ctx context.Context, by account.User, id gathering.ID, room string, w RoomSheet) error {
	bad := w.check()
	return s.onRooms(ctx, by, id, "agenda.room_edited", func(tx *db.Tx, list []Room) (string, error) {
		i := at(list, room)
		if i < 0 {
			return "", notFound()
		}
		if err := errs.NewInvalid("agenda.invalid", slices.Concat(bad, twice(list, room, w))); err != nil {
			return "", err
		}
		if list[i].Version != w.Version {
			return "", errs.New(errs.Conflict, "agenda.meanwhile")
		}
		_, err := tx.Exec(ctx, `update agenda_rooms set name = $3, site = $4, capacity = $5, access = $6, equipment = $7, note = $8, link = $9, version = version + 1 where id = $1 and version = $2`,
			room, w.Version, w.Name, w.Site, w.Capacity, joined(w.Access), joined(w.Equipment), w.Note, w.Link)
		if err != nil {
			return "", fmt.Errorf("edit room %s: %w", room, err)
		}
		return room, nil
	})
}

func at(list []Room, room string) int {
	return slices.IndexFunc(list, func(m Room) bool { return m.ID == room })
}

// MoveRoom puts a room before the one that stands before it, or after the one that
// follows it. At the end of the list nothing moves. Errors: NotFound; as the policy.
func (s *Service) MoveRoom(ctx context.Context, by account.User, id gathering.ID, room string, earlier bool) error {
	return s.onRooms(ctx, by, id, "agenda.room_moved", func(tx *db.Tx, list []Room) (string, error) {
		i := at(list, room)
		if i < 0 {
			return "", notFound()
		}
		j := i + 1
		if earlier {
			j = i - 1
		}
		if j < 0 || j >= len(list) {
			return "", nil
		}
		for n, position := range map[int]int64{i: list[j].Position, j: list[i].Position} {
			if _, err := tx.Exec(ctx, `update agenda_rooms set position = $2 where id = $1`, list[n].ID, position); err != nil {
				return "", fmt.Errorf("move room %s: %w", room, err)
			}
		}
		return room, nil
	})
}

// RemoveRoom takes a room away. Errors: NotFound; Conflict "agenda.room_used" while the
// running order names it; as the policy.
func (s *Service) RemoveRoom(ctx context.Context, by account.User, id gathering.ID, room string) error {
	return s.onRooms(ctx, by, id, "agenda.room_removed", func(tx *db.Tx, list []Room) (string, error) {
		if at(list, room) < 0 {
			return "", notFound()
		}
		k, err := keptOf(ctx, tx, id)
		if err != nil {
			return "", err
		}
		used := 0
		for _, a := range k.Order.Activities {
			if a.Room == room {
				used++
			}
		}
		if used > 0 {
			return "", errs.New(errs.Conflict, "agenda.room_used", used)
		}
		if _, err := tx.Exec(ctx, `delete from agenda_rooms where id = $1`, room); err != nil {
			return "", fmt.Errorf("remove room %s: %w", room, err)
		}
		return room, nil
	})
}
