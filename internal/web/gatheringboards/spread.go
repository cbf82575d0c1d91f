package gatheringboards

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/board/kit"
	"transformateur/internal/board/placing"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// spreading is the page on which people are spread over the boards of an instrument.
type spreading struct {
	overview
	kit      string
	teams    placing.Teams
	seed     uint64
	people   []room.Seat
	places   map[string]room.ID // as drawn, or as they are
	drawn    bool
	problems ui.Problems
}

func (h *Handler) spreading(r *http.Request) (v spreading, err error) {
	ctx, by, id := r.Context(), ui.User(r), gathering.ID(r.PathValue("id"))
	if v.overview, err = h.overviewOf(ctx, by, id); err != nil {
		return v, err
	}
	if v.people, err = h.Placing.Seated(ctx, by, id); err != nil {
		return v, err
	}
	if v.places, err = h.Placing.Places(ctx, by, id); err != nil {
		return v, err
	}
	v.kit, v.teams = r.FormValue("kit"), placing.Teams(r.FormValue("teams"))
	if list := v.instruments(); v.kit == "" && len(list) > 0 {
		v.kit = list[0].id
	}
	if v.teams != placing.TeamsMove {
		v.teams = placing.TeamsStay
	}
	v.seed, _ = strconv.ParseUint(r.FormValue("seed"), 10, 32)
	return v, nil
}

// spread asks how people are spread, and shows who would go where.
func (h *Handler) spread(w http.ResponseWriter, r *http.Request) error {
	v, err := h.spreading(r)
	if err != nil {
		return err
	}
	if v.seed > 0 {
		v.places, v.drawn = placing.Draw(v.people, v.candidates(), v.teams, v.seed), true
	}
	return ui.Render(w, r, http.StatusOK, spreadPage(v))
}

// candidates are the boards of the instrument over which people are spread.
func (v spreading) candidates() (list []room.Board) {
	for _, b := range v.boards {
		if b.KitID == v.kit {
			list = append(list, b.Board)
		}
	}
	return list
}

// send sends each where the form says.
func (h *Handler) send(w http.ResponseWriter, r *http.Request) error {
	v, err := h.spreading(r)
	if err != nil {
		return err
	}
	chosen := map[string]room.ID{}
	for _, p := range v.people {
		if to := r.PostFormValue("place." + p.Participant); to != "" {
			chosen[p.Participant] = room.ID(to)
		}
	}
	if len(chosen) == 0 {
		err = errs.New(errs.Conflict, "board.nobody_chosen")
	} else {
		err = h.Placing.Send(r.Context(), ui.User(r), v.gathering.ID, chosen)
	}
	if errs.Is(err, errs.Conflict) {
		v.places, v.drawn = chosen, true
		v.problems = ui.Problems{{Text: ui.Sentence(r.Context(), err)}}
		return ui.Render(w, r, http.StatusConflict, spreadPage(v))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, overviewURL(v.gathering.ID), "boards.spread_done")
}

func (v spreading) url() string { return "/gatherings/" + string(v.gathering.ID) + "/spread" }

// again is the address of another draw.
func (v spreading) again() string {
	return v.url() + "?" + url.Values{"kit": {v.kit}, "teams": {string(v.teams)}, "seed": {strconv.FormatUint(v.seed%1_000_000+1, 10)}}.Encode()
}

// group is who would be on a board.
type group struct {
	board room.Standing
	names []string
}

// groups are the boards over which people are spread, with who goes there.
func (v spreading) groups() (list []group) {
	for _, b := range v.boards {
		if b.KitID != v.kit {
			continue
		}
		g := group{board: b}
		for _, p := range v.people {
			if v.places[p.Participant] == b.ID {
				g.names = append(g.names, p.Name)
			}
		}
		slices.SortFunc(g.names, strings.Compare)
		list = append(list, g)
	}
	return list
}

// named is a board in a list of choices.
func named(ctx context.Context, b room.Standing) string {
	if b.About != "" {
		return b.About
	}
	return b.Title
}

func (v spreading) choices(ctx context.Context) (list []ui.Option) {
	for _, b := range v.boards {
		if b.KitID == v.kit {
			list = append(list, ui.Option{Value: string(b.ID), Label: named(ctx, b)})
		}
	}
	return list
}

func (v spreading) kits(ctx context.Context) (list []ui.Option) {
	for _, one := range v.instruments() {
		list = append(list, ui.Option{Value: one.id, Label: in(ctx, one.title)})
	}
	return list
}

func (v spreading) teamsOptions(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: string(placing.TeamsStay), Label: i18n.T(ctx, "boards.teams_stay")},
		{Value: string(placing.TeamsMove), Label: i18n.T(ctx, "boards.teams_move")},
	}
}

func roleOf(ctx context.Context, r kit.Role) string {
	return i18n.T(ctx, "gatherings.role_"+string(r))
}
