package gatheringboards

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/room"
	"transformateur/internal/form"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	words "transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/web/ui"
)

// overview is all the boards of a gathering, projects by instruments.
type overview struct {
	gathering gathering.Gathering
	boards    []room.Standing
	problems  ui.Problems
}

func (h *Handler) overviewOf(ctx context.Context, by account.User, id gathering.ID) (v overview, err error) {
	g, err := h.Gatherings.Managed(ctx, by, id)
	if err != nil {
		return v, err
	}
	v.gathering = g.Gathering
	v.boards, err = h.Rooms.Standings(ctx, by, id)
	return v, err
}

// overview shows how far each board is.
func (h *Handler) overview(w http.ResponseWriter, r *http.Request) error {
	v, err := h.overviewOf(r.Context(), ui.User(r), gathering.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, overviewPage(v))
}

// instrument is a kit that has boards in a gathering.
type instrument struct {
	id     string
	title  form.Localised
	phases []kit.Phase
}

func (v overview) instruments() (list []instrument) {
	for _, b := range v.boards {
		if !slices.ContainsFunc(list, func(i instrument) bool { return i.id == b.KitID }) {
			list = append(list, instrument{b.KitID, b.KitTitle, b.Phases})
		}
	}
	slices.SortStableFunc(list, func(a, b instrument) int { return cmp.Compare(kit.Rank(a.id), kit.Rank(b.id)) })
	return list
}

// row is what a project has: its boards by instrument.
type row struct {
	about string
	cells map[string][]room.Standing
}

func (v overview) lines() (list []row) {
	for _, b := range v.boards {
		if len(list) == 0 || list[len(list)-1].about != b.About {
			list = append(list, row{b.About, map[string][]room.Standing{}})
		}
		last := list[len(list)-1]
		last.cells[b.KitID] = append(last.cells[b.KitID], b)
	}
	return list
}

// lost are those who were on a board a short while ago, and are nowhere now.
func (v overview) lost() (list []room.Lost) {
	for _, b := range v.boards {
		list = append(list, b.Lost...)
	}
	slices.SortFunc(list, func(a, b room.Lost) int { return strings.Compare(a.Name, b.Name) })
	return slices.CompactFunc(list, func(a, b room.Lost) bool { return a.Name == b.Name })
}

// present is how many people are on a board now.
func (v overview) present() (n int) {
	for _, b := range v.boards {
		n += len(b.Here)
	}
	return n
}

func (v overview) stuck() (n int) {
	for _, b := range v.boards {
		if b.Stuck != room.NotStuck {
			n++
		}
	}
	return n
}

func minutes(d time.Duration) int { return int(d / time.Minute) }

// hour is an instant of the day where the gathering is.
func (v overview) hour(ctx context.Context, at time.Time) string {
	return words.Clock(string(i18n.From(ctx)), at.In(zone.Location(v.gathering.Zone)))
}

// trouble says why a board seems to need somebody.
func trouble(ctx context.Context, b room.Standing) string {
	return i18n.N(ctx, "boards.stuck_"+string(b.Stuck), minutes(b.Idle))
}

// everywhere does something on all the boards of an instrument.
func (h *Handler) everywhere(w http.ResponseWriter, r *http.Request) error {
	ctx, by, id := r.Context(), ui.User(r), gathering.ID(r.PathValue("id"))
	op, err := asked(r)
	if err != nil {
		return err
	}
	done, refused, err := h.Rooms.Everywhere(ctx, by, room.All{Gathering: id, Kit: r.PostFormValue("kit"), Op: op})
	if errs.Is(err, errs.Conflict) || err == nil && refused != nil {
		v, verr := h.overviewOf(ctx, by, id)
		if verr != nil {
			return verr
		}
		why := cmp.Or(err, refused)
		v.problems = ui.Problems{{Text: i18n.N(ctx, "boards.everywhere_partly", done) + " " + ui.Sentence(ctx, why)}}
		return ui.Render(w, r, http.StatusConflict, overviewPage(v))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, overviewURL(id), "boards.everywhere_done")
}

// asked is the operation that the form asks for.
func asked(r *http.Request) (op board.Op, err error) {
	act, value, _ := strings.Cut(r.PostFormValue("act"), ":")
	switch act {
	case "phase":
		return board.Op{Kind: "phase.set", Target: value}, nil
	case "freeze", "thaw":
		return board.Op{Kind: "board." + act}, nil
	case "stop":
		return board.Op{Kind: "timer.stop"}, nil
	case "timer":
		n, err := strconv.Atoi(strings.TrimSpace(r.PostFormValue("minutes." + r.PostFormValue("kit"))))
		if err != nil || n < 1 || n*60 > board.MaxTimer {
			return op, errs.NewInvalid("board.invalid", []errs.Field{{Path: "minutes." + r.PostFormValue("kit"), Key: "board.bad_minutes"}})
		}
		return board.Op{Kind: "timer.start", Value: fmt.Append(nil, n*60)}, nil
	case "prompt":
		text, err := json.Marshal(strings.TrimSpace(r.PostFormValue("prompt." + r.PostFormValue("kit"))))
		return board.Op{Kind: "prompt.set", Value: text}, err
	}
	return op, errs.New(errs.Invalid, "board.bad_op")
}

func overviewURL(id gathering.ID) string { return "/gatherings/" + string(id) + "/boards" }

// watch calls an open overview when it is no longer what it shows.
func (h *Handler) watch(w http.ResponseWriter, r *http.Request) error {
	ctx, by, id := r.Context(), ui.User(r), gathering.ID(r.PathValue("id"))
	last, err := h.pulse(ctx, by, id)
	if err != nil {
		return err
	}
	out, err := ui.OpenStream(w)
	if err != nil {
		return err
	}
	if out.Send("listening", nil) != nil {
		return nil
	}
	look := time.NewTicker(3 * time.Second)
	defer look.Stop()
	for beat := 0; ; beat++ {
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		}
		now, err := h.pulse(ctx, by, id)
		if err != nil || !h.Alive(r) {
			out.Send("ended", nil)
			return nil
		}
		if now != last && out.Send("changed", nil) != nil || beat%5 == 4 && out.Send("beat", nil) != nil {
			return nil
		}
		last = now
	}
}

// pulse changes when what an overview shows does.
func (h *Handler) pulse(ctx context.Context, by account.User, id gathering.ID) (string, error) {
	list, err := h.Rooms.Standings(ctx, by, id)
	var b strings.Builder
	for _, s := range list {
		fmt.Fprintln(&b, s.ID, s.Cards, s.Phase.ID, s.Frozen, s.Here, s.Stuck, minutes(s.Idle), len(s.Lost), s.Timer)
	}
	return b.String(), err
}
