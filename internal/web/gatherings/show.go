package gatherings

import (
	"context"
	"net/http"
	"slices"

	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/policy"
	"transformateur/internal/web/ui"
)

func actionOf(name string) policy.Action { return policy.Action("gathering." + name) }

func (h *Handler) showing(r *http.Request) (v view, err error) {
	ctx, by := r.Context(), ui.User(r)
	if v.View, err = h.Gatherings.Read(ctx, by, idOf(r)); err != nil {
		return v, err
	}
	v.links = h.Links
	if h.Boards != nil && (v.Manages || v.Status != gathering.Planned) {
		if v.boards, err = h.Boards(ctx, by, v.ID); err != nil {
			return v, err
		}
		slices.SortStableFunc(v.boards, func(a, b Board) int { return a.order() - b.order() })
	}
	if h.NewBoardURL != nil && v.Manages && v.Status != gathering.Closed {
		v.newBoard = h.NewBoardURL(v.ID)
	}
	return v, nil
}

// order puts first where one was sent, then one's own boards, and among them those where people write now.
func (b Board) order() (n int) {
	if !b.Place {
		n += 4
	}
	if !b.Mine {
		n += 2
	}
	if !b.Current {
		n++
	}
	return n
}

// many is how many boards are shown at once to somebody whose they are not.
const many = 9

// shelves are the boards of a gathering as they are first seen: her own and those where one
// is sent, or all of them when they are few; then the others.
func (v view) shelves() (first, others []Board) {
	if len(v.boards) <= many {
		return v.boards, nil
	}
	for _, b := range v.boards {
		if b.Mine || b.Place || b.Current {
			first = append(first, b)
		} else {
			others = append(others, b)
		}
	}
	return first, others
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	v, err := h.showing(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, showPage(v))
}

// acted leads back to the gathering, or shows there why nothing was done.
func (h *Handler) acted(w http.ResponseWriter, r *http.Request, err error, said string) error {
	problems, show := ui.Again(r.Context(), err)
	if !show && err != nil {
		return err
	}
	if !show {
		return ui.Done(w, r, at(idOf(r)), said)
	}
	v, missing := h.showing(r)
	if missing != nil {
		return err
	}
	v.problems = problems
	return ui.Render(w, r, ui.StatusOf(err), showPage(v))
}

func (h *Handler) open(w http.ResponseWriter, r *http.Request) error {
	return h.acted(w, r, h.Gatherings.Open(r.Context(), ui.User(r), idOf(r)), "gatherings.opened_done")
}

func (h *Handler) close(w http.ResponseWriter, r *http.Request) error {
	return h.acted(w, r, h.Gatherings.Close(r.Context(), ui.User(r), idOf(r)), "gatherings.closed_done")
}

func (h *Handler) takeSeat(w http.ResponseWriter, r *http.Request) error {
	return h.acted(w, r, h.Gatherings.TakeSeat(r.Context(), ui.User(r), idOf(r)), "gatherings.seated_done")
}

// leave ends one's own seat; there may be nothing to come back to.
func (h *Handler) leave(w http.ResponseWriter, r *http.Request) error {
	err := h.Gatherings.Leave(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return h.acted(w, r, err, "")
	}
	return ui.Done(w, r, "/", "gatherings.left_done")
}

func boardCards(ctx context.Context, list []Board) (cards []ui.Card) {
	for _, b := range list {
		c := ui.Card{Title: b.Title, URL: b.URL, Text: b.About}
		if b.Mine {
			c.Over = i18n.T(ctx, "gatherings.board_mine")
		}
		if b.Place {
			c.Over = i18n.T(ctx, "gatherings.board_place")
		}
		if b.Current {
			c.Badge, c.Tone = i18n.T(ctx, "gatherings.board_current"), ui.Success
		}
		cards = append(cards, c)
	}
	return cards
}
