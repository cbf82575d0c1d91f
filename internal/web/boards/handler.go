// Package boards is the pages of live boards: the board itself, as a list that works without script and as the surface that improves it, and what leaves it.
package boards

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"transformateur/internal/board"
	"transformateur/internal/board/marker"
	"transformateur/internal/board/photo"
	"transformateur/internal/board/room"
	"transformateur/internal/form"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/project"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /boards.
type Handler struct {
	Rooms      *room.Service
	Gatherings *gathering.Service
	Projects   *project.Service
	Photos     *photo.Service
	Markers    *marker.Service
	BaseURL    string // of the install, for what is printed and for what leaves it
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	on := func(pattern string, action policy.Action, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: action, On: "board", Handle: handle}
	}
	in := func(pattern string, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: "gathering.manage", On: "gathering", Handle: handle}
	}
	return []ui.Route{
		in("GET /gatherings/{id}/boards/new", h.create),
		in("POST /gatherings/{id}/boards/new", h.made),
		on("GET /boards/{id}", "board.read", h.show),
		on("POST /boards/{id}", "board.write", h.act),
		on("GET /boards/{id}/kit", "board.read", h.kit),
		on("GET /boards/{id}/live", "board.read", h.live),
		on("GET /boards/{id}/stream", "board.read", h.stream),
		on("GET /boards/{id}/poll", "board.read", h.poll),
		on("POST /boards/{id}/ops", "board.write", h.ops),
		on("GET /boards/{id}/history", "board.read", h.history),
		on("POST /boards/{id}/call", "board.conduct", h.call),
		on("GET /boards/{id}/late", "board.conduct", h.late),
		on("POST /boards/{id}/late", "board.conduct", h.settle),
		on("POST /boards/{id}/close", "board.conduct", h.end),
		on("GET /boards/{id}/code", "board.conduct", h.doorCode),
		on("POST /boards/{id}/code", "board.conduct", h.makeCode),
		{Pattern: "GET /gatherings/{id}/archive.zip", Action: "board.read", On: "gathering", Handle: h.archive},
		in("GET /gatherings/{id}/boards/import", h.bring),
		in("POST /gatherings/{id}/boards/import", h.brought),
		on("GET /boards/{id}/print", "board.conduct", h.printBoard),
		on("POST /boards/{id}/print", "board.conduct", h.printedBoard),
		in("GET /gatherings/{id}/print", h.printKit),
		in("POST /gatherings/{id}/print", h.printedKit),
		{Pattern: "GET /b", Action: "gathering.join", Handle: h.typed},
		{Pattern: "GET /b/{code}", Action: "gathering.join", Handle: h.scan},
		on("POST /boards/{id}/pictures", "board.write", h.takePicture),
		on("GET /boards/{id}/pictures/{picture}", "board.read", h.picture),
		on("GET /boards/{id}/cards.csv", "board.read", h.cardsCSV),
		on("GET /boards/{id}/board.pdf", "board.read", h.boardPDF),
		on("GET /boards/{id}/board.png", "board.read", h.boardPNG),
		on("GET /boards/{id}/board.svg", "board.read", h.boardSVG),
		on("GET /boards/{id}/board.json", "board.read", h.boardJSON),
		on("GET /boards/{id}/minutes.md", "board.read", h.minutes),
	}
}

func id(r *http.Request) room.ID { return room.ID(r.PathValue("id")) }

func address(id room.ID, part string) string {
	where := "/boards/" + url.PathEscape(string(id))
	if part != "" {
		where += "/" + part
	}
	return where
}

func in(ctx context.Context, l form.Localised) string { return l.In(string(i18n.From(ctx))) }

func itoa(n int) string { return strconv.Itoa(n) }

// kit is the kit that the board was made from.
func (h *Handler) kit(w http.ResponseWriter, r *http.Request) error {
	v, err := h.Rooms.Read(r.Context(), ui.User(r), id(r))
	if err != nil {
		return err
	}
	return ui.WriteJSON(w, http.StatusOK, v.State.Kit())
}

// history is the board as it was at a number, as who asks may see it.
func (h *Handler) history(w http.ResponseWriter, r *http.Request) error {
	at, err := strconv.ParseInt(r.URL.Query().Get("at"), 10, 64)
	if err != nil || at < 0 {
		at = 0
	}
	v, err := h.Rooms.ReadAt(r.Context(), ui.User(r), id(r), at)
	if err != nil {
		return err
	}
	return ui.WriteJSON(w, http.StatusOK, map[string]any{"n": v.State.N, "last": v.Board.N, "set": objectsOf(v.State, v.Seat)})
}

// call brings everybody to this board.
func (h *Handler) call(w http.ResponseWriter, r *http.Request) error {
	if err := h.Rooms.Call(r.Context(), ui.User(r), id(r), id(r)); err != nil {
		return err
	}
	if ui.WantsJSON(r) {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return ui.See(w, r, address(id(r), ""))
}

// end closes the board.
func (h *Handler) end(w http.ResponseWriter, r *http.Request) error {
	if err := h.Rooms.End(r.Context(), ui.User(r), id(r)); err != nil {
		return err
	}
	return ui.See(w, r, address(id(r), ""))
}

// bySheet is the client under which the forms of a page hand operations in: each form
// holds a token of its own, so that sending it twice is one operation.
func bySheet(token string) (client string, ok bool) {
	client = strings.ToLower(token)
	return client, len(client) >= 10
}

// act is one operation, from a form of the list.
func (h *Handler) act(w http.ResponseWriter, r *http.Request) error {
	if err := h.Rooms.May(r.Context(), ui.User(r), "board.write", id(r)); err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return errs.New(errs.Invalid, "board.bad_op").Because(err)
	}
	client, ok := bySheet(r.PostForm.Get("token"))
	if !ok {
		return errs.New(errs.Invalid, "board.bad_op")
	}
	v, err := h.Rooms.Read(r.Context(), ui.User(r), id(r))
	if err != nil {
		return err
	}
	ops, err := opsOf(v.State, unnamed(r.PostForm))
	if err != nil {
		return err
	}
	if err := h.do(r, client, ops...); err != nil {
		return err
	}
	where := address(id(r), "")
	if target := cmp.Or(r.PostForm.Get("card"), r.PostForm.Get("id")); target != "" {
		where += "#card-" + target
	}
	return ui.See(w, r, where)
}

// unnamed takes off the fields of a form what tells them from those of the others.
func unnamed(f url.Values) url.Values {
	in := f.Get("in")
	if in == "" {
		return f
	}
	out := url.Values{}
	for name, values := range f {
		out[strings.TrimPrefix(name, in)] = values
	}
	return out
}

// opsOf are the operations that a form of the list asks for.
func opsOf(s *board.State, f url.Values) ([]board.Op, error) {
	card := f.Get("card")
	switch act := f.Get("act"); act {
	case "add":
		return adding(s, f)
	case "set":
		return setting(s, f, card)
	case "settle":
		base, _ := strconv.ParseInt(f.Get("base"), 10, 64)
		return []board.Op{{Kind: "card.settle", Target: card, Field: f.Get("field"), Base: base, Value: text(f.Get("value"))}}, nil
	case "move":
		list := s.Lies(f.Get("zone"))
		last := ""
		if len(list) > 0 {
			last = list[len(list)-1].Order
		}
		return []board.Op{{Kind: "card.move", Target: card, Value: value(board.Place{Zone: f.Get("zone"), Order: board.Between(last, "")})}}, nil
	case "remove", "restore":
		return []board.Op{{Kind: "card." + act, Target: card}}, nil
	case "vote":
		cast, err := casting(s, f)
		return []board.Op{{Kind: "vote.cast", Target: card, Field: f.Get("vote"), Value: cast}}, err
	case "phase":
		return []board.Op{{Kind: "phase.set", Target: f.Get("phase")}}, nil
	case "freeze", "thaw":
		return []board.Op{{Kind: "board." + act}}, nil
	case "undo":
		return []board.Op{{Kind: "undo"}}, nil
	}
	return nil, errs.New(errs.Invalid, "board.bad_op")
}

func value(v any) json.RawMessage {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own types can be written
	}
	return out
}

func text(s string) json.RawMessage { return value(strings.ReplaceAll(s, "\r\n", "\n")) }

func lower(code string) string { return strings.ToLower(code) }

func chosen(yes bool) []string {
	if yes {
		return []string{"yes"}
	}
	return nil
}
