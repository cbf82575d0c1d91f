package agendas

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// roomList is the page of rooms, and the form that adds one as it was typed.
type roomList struct {
	gathering.Gathering
	list []house.Room
	house.RoomSheet
	problems ui.Problems
}

// roomForm is the page of one room.
type roomForm struct {
	gathering.Gathering
	id string
	house.RoomSheet
	closed   []plan.Span
	problems ui.Problems
}

// closedWords says when a room cannot be used.
func (v roomForm) closedWords(ctx context.Context) string {
	days, list := house.DaysOf(v.Gathering), make([]string, len(v.closed))
	for i, c := range v.closed {
		until := c.To.Clock()
		if c.To >= order.Latest {
			until = i18n.T(ctx, "agendas.end_of_day")
		}
		list[i] = i18n.T(ctx, "agendas.closed_span", ui.DayOf(ctx, v.Gathering.Zone, days[c.Day]), c.From.Clock(), until)
	}
	return strings.Join(list, " ; ")
}

// bySite says whether rooms are of several places, so that each one says its own.
func (v roomList) bySite() bool {
	return slices.ContainsFunc(v.list, func(m house.Room) bool { return m.Site != v.list[0].Site })
}

// holds says in a line what a room offers.
func holds(ctx context.Context, m house.Room) (list []string) {
	if m.Capacity > 0 {
		list = append(list, i18n.N(ctx, "agendas.capacity_count", m.Capacity))
	}
	for _, word := range m.Access {
		list = append(list, accessName(ctx, word))
	}
	for _, word := range m.Equipment {
		list = append(list, equipmentName(ctx, word))
	}
	return list
}

func typedRoom(r *http.Request) house.RoomSheet {
	form := r.PostFormValue
	return house.RoomSheet{Name: form("name"), Site: form("site"), Capacity: number(form("capacity")), Note: form("note"), Link: form("link"), Version: versionOf(r),
		Access: r.PostForm["access"], Equipment: r.PostForm["equipment"]}
}

func (h *Handler) roomList(r *http.Request) (v roomList, err error) {
	v.Gathering, v.list, err = h.House.Rooms(r.Context(), ui.User(r), idOf(r))
	return v, err
}

func (h *Handler) rooms(w http.ResponseWriter, r *http.Request) error {
	v, err := h.roomList(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, roomsPage(v))
}

// onRooms leads back to the rooms, or shows there why nothing was done.
func (h *Handler) onRooms(w http.ResponseWriter, r *http.Request, err error, said string) error {
	return acted(w, r, err, acting{at(idOf(r), "rooms"), said, func(problems ui.Problems, status int) error {
		v, missing := h.roomList(r)
		if missing != nil {
			return missing
		}
		v.RoomSheet, v.problems = typedRoom(r), problems
		return ui.Render(w, r, status, roomsPage(v))
	}})
}

func (h *Handler) addRoom(w http.ResponseWriter, r *http.Request) error {
	_, err := h.House.AddRoom(r.Context(), ui.User(r), idOf(r), typedRoom(r))
	return h.onRooms(w, r, err, "agendas.room_added_done")
}

func (h *Handler) moveRoom(w http.ResponseWriter, r *http.Request) error {
	return h.onRooms(w, r, h.House.MoveRoom(r.Context(), ui.User(r), idOf(r), r.PathValue("room"), r.PostFormValue("way") == "earlier"), "agendas.room_moved_done")
}

func (h *Handler) reopenRoom(w http.ResponseWriter, r *http.Request) error {
	return h.onRooms(w, r, h.House.ReopenRoom(r.Context(), ui.User(r), idOf(r), r.PathValue("room")), "agendas.room_reopened_done")
}

func (h *Handler) removeRoom(w http.ResponseWriter, r *http.Request) error {
	return h.onRooms(w, r, h.House.RemoveRoom(r.Context(), ui.User(r), idOf(r), r.PathValue("room")), "agendas.room_removed_done")
}

func (h *Handler) roomForm(r *http.Request) (v roomForm, err error) {
	list, err := h.roomList(r)
	if err != nil {
		return v, err
	}
	for _, m := range list.list {
		if m.ID == r.PathValue("room") {
			return roomForm{Gathering: list.Gathering, id: m.ID, RoomSheet: m.RoomSheet, closed: m.Closed}, nil
		}
	}
	return v, errs.New(errs.NotFound, "errs.not_found")
}

func (h *Handler) room(w http.ResponseWriter, r *http.Request) error {
	v, err := h.roomForm(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, roomPage(v))
}

func (h *Handler) changeRoom(w http.ResponseWriter, r *http.Request) error {
	err := h.House.EditRoom(r.Context(), ui.User(r), idOf(r), r.PathValue("room"), typedRoom(r))
	return acted(w, r, err, acting{at(idOf(r), "rooms"), "agendas.room_saved_done", func(problems ui.Problems, status int) error {
		v, missing := h.roomForm(r)
		if missing != nil {
			return missing
		}
		now := v.RoomSheet.Version
		v.RoomSheet, v.problems = typedRoom(r), problems
		v.RoomSheet.Version = now // she is told that somebody wrote meanwhile: saving again is her choice
		return ui.Render(w, r, status, roomPage(v))
	}})
}

func version(n int64) string { return strconv.FormatInt(n, 10) }
