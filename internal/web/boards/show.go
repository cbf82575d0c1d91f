package boards

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/marker"
	"transformateur/internal/board/room"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// sight is a board as its page shows it.
type sight struct {
	room.Sight
	wall     bool
	sheet    marker.Sheet // on paper, to be typed here
	base     string       // of the install, for files that leave it; "" on a page
	problems ui.Problems
}

// show is the page of a board.
func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	v, err := h.Rooms.Read(r.Context(), ui.User(r), id(r))
	if err != nil {
		return err
	}
	page := sight{Sight: v, wall: r.URL.Query().Get("wall") == "1"}
	if code := r.URL.Query().Get("paper"); code != "" && v.Writes {
		page.sheet, err = h.Markers.Sheet(r.Context(), ui.User(r), id(r), code)
		if err != nil && !errs.Is(err, errs.NotFound) { // typed meanwhile: it is on the board
			return err
		}
	}
	return ui.Render(w, r, http.StatusOK, boardPage(page))
}

// token names a form, so that the same one sent twice is one operation.
func token() string { return strings.ToLower(rand.Text()) }

// page is what the layout needs.
func (s sight) page(ctx context.Context) ui.Page {
	p := ui.Page{Title: s.Board.Title, Width: ui.Wide, Scripts: []string{"board.js"}, Bare: true,
		Crumbs: []ui.Crumb{{Label: s.Gathering.Title, URL: "/gatherings/" + string(s.Gathering.ID)}}}
	if s.Project.ID != "" {
		p.Over = s.Project.Title
		p.Part = s.Project.Title
	}
	return p
}

func (s sight) kit() *kit.Kit { return s.State.Kit() }

// writable says whether who reads may write in a zone now.
func (s sight) writable(zone string) bool {
	probe := board.Op{Kind: "card.add", Target: "0000000000", Value: value(board.Added{Place: board.Place{Zone: zone, Order: "V"}})}
	return s.Writes && board.Allowed(s.State, board.Actor{Person: s.Seat.Participant, Role: s.Seat.Role}, probe) == nil
}

func (s sight) removable(c *board.Card) bool {
	return s.writable(c.Zone) && board.Allowed(s.State, board.Actor{Person: s.Seat.Participant, Role: s.Seat.Role}, board.Op{Kind: "card.remove", Target: c.ID}) == nil
}

// seen says whether who reads sees what a card says.
func (s sight) seen(c *board.Card) bool { return !c.Hidden || c.By == s.Seat.Participant && !s.wall }

// author is who wrote a card, "" for nobody or for one who left no name.
func (s sight) author(ctx context.Context, c *board.Card) string { return s.named(ctx, c.By) }

// named is the name of who wrote something; of a board that was read from a file, it says so.
func (s sight) named(ctx context.Context, by string) string {
	p := s.People[by]
	if p.Role == room.Imported && p.Name != "" {
		return i18n.T(ctx, "boards.imported_by", p.Name)
	}
	return p.Name
}

// said is what a field of a card says, in words.
func (s sight) said(ctx context.Context, c *board.Card, f kit.Field) string {
	v := c.Fields[f.ID]
	if v == nil {
		return ""
	}
	if f.Type == kit.Picture { // a file says where it is, a page shows it
		if digest := pictured(c, f); digest != "" && s.base != "" {
			return s.base + pictures(s.Board.ID) + "/" + digest
		}
		return ""
	}
	if f.Type == kit.Amount {
		if shown := shownValue(f, v.V); shown != "" {
			return shown + " €"
		}
		return ""
	}
	return board.Said(f, v.V, string(i18n.From(ctx)))
}

// now is a field's value as a form shows it.
func now(c *board.Card, f kit.Field) string {
	v := c.Fields[f.ID]
	if v == nil {
		return ""
	}
	return shownValue(f, v.V)
}

// versions are the texts that wait for a choice, the first one being the one kept so far.
func (s sight) versions(ctx context.Context, c *board.Card, f kit.Field) (list []version) {
	v := c.Fields[f.ID]
	if v == nil || len(v.Alts) == 0 {
		return nil
	}
	list = append(list, version{shownValue(f, v.V), s.named(ctx, v.By)})
	for _, a := range v.Alts {
		list = append(list, version{shownValue(f, a.V), s.named(ctx, a.By)})
	}
	return list
}

type version struct{ text, by string }

// ballots are the open votes that are put on a card.
func (s sight) ballots(c *board.Card) (list []kit.Vote) {
	for _, v := range s.kit().Votes {
		if s.State.Votes[v.ID].Open && s.Writes && (len(v.Cards) == 0 || slices.Contains(v.Cards, c.Type)) && (len(v.Write) == 0 || slices.Contains(v.Write, s.Seat.Role)) {
			list = append(list, v)
		}
	}
	return list
}

// cast is what who reads cast on a card, as its form shows it.
func (s sight) cast(v kit.Vote, c *board.Card) string {
	who := s.Seat.Participant
	if v.Shared {
		who = ""
	}
	return strings.Trim(string(s.State.Votes[v.ID].Casts[who][c.ID]), `"`)
}

// result is what a vote gives for a card, in words; "" while it is not to be seen.
func (s sight) result(ctx context.Context, v kit.Vote, c *board.Card) string {
	t := s.tally(v)[c.ID]
	if t == nil {
		return ""
	}
	switch v.Kind {
	case kit.Dots:
		return i18n.N(ctx, "boards.dots", t.Sum)
	case kit.Pairs:
		return i18n.T(ctx, "boards.won", t.Won, t.People)
	}
	var parts []string
	for i, n := range t.Counts {
		if n > 0 {
			parts = append(parts, in(ctx, v.Choices[i].Label)+i18n.T(ctx, "boards.colon")+itoa(n))
		}
	}
	return strings.Join(parts, ", ")
}

// tally is what a vote gave, card by card, as far as everybody may know.
func (s sight) tally(v kit.Vote) map[string]*board.Tally {
	var seen board.VoteView
	if json.Unmarshal(s.State.Common([]string{"v/" + v.ID})[0].JSON, &seen) != nil {
		return nil
	}
	return seen.Tally
}

// neighbour is the phase before or after the one the board is in, "" for none.
func (s sight) neighbour(step int) (kit.Phase, bool) {
	list := s.kit().Phases
	i := slices.IndexFunc(list, func(p kit.Phase) bool { return p.ID == s.State.Desk.Phase }) + step
	if i < 0 || i >= len(list) {
		return kit.Phase{}, false
	}
	return list[i], true
}

// waiting are the removed cards, which may come back.
func (s sight) waiting() (list []*board.Card) {
	for _, c := range s.State.Cards {
		if c.Removed && s.seen(c) {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b *board.Card) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// face is what names a card where it is only named.
func (s sight) face(ctx context.Context, c *board.Card) string {
	card, _ := s.kit().Card(c.Type)
	for _, f := range card.Fields {
		if said := s.said(ctx, c, f); said != "" {
			return said
		}
	}
	if p, asked := s.State.Prompt(c.Prompt); asked {
		return in(ctx, p.Title)
	}
	return in(ctx, card.Title)
}

// promptsFor lists the prompts that a card of a zone may answer.
func (s sight) promptsFor(ctx context.Context, z kit.Zone, kind kit.Card) (list []ui.Option) {
	for _, d := range s.State.Decks() {
		if d.Card != kind.ID || d.Deal != "" {
			continue
		}
		for _, p := range d.Prompts {
			if p.Zone == "" || p.Zone == z.ID {
				list = append(list, ui.Option{Value: d.ID + "." + p.ID, Label: in(ctx, p.Title)})
			}
		}
	}
	return list
}

// answers are what may be said of a card in a vote.
func (s sight) answers(ctx context.Context, v kit.Vote, c *board.Card) (list []ui.Option) {
	switch v.Kind {
	case kit.Dots:
		most := v.Budget
		if v.Most > 0 {
			most = v.Most
		}
		for n := 1; n <= most; n++ {
			list = append(list, ui.Option{Value: itoa(n), Label: i18n.N(ctx, "boards.dots", n)})
		}
	case kit.Score:
		for i, o := range v.Choices {
			list = append(list, ui.Option{Value: itoa(i + 1), Label: in(ctx, o.Label)})
		}
	case kit.Bins:
		for _, o := range v.Choices {
			list = append(list, ui.Option{Value: o.ID, Label: in(ctx, o.Label)})
		}
	case kit.Pairs:
		for _, other := range s.State.Lies(c.Zone) {
			if other.ID != c.ID && s.seen(other) {
				list = append(list, ui.Option{Value: other.ID, Label: i18n.T(ctx, "boards.rather", s.face(ctx, other))})
			}
		}
	}
	return list
}

// zones are those where a card of a kind may go.
func (s sight) zones(ctx context.Context, kind kit.Card) (list []ui.Option) {
	for _, z := range s.kit().Zones {
		if len(z.Cards) == 0 || slices.Contains(z.Cards, kind.ID) {
			list = append(list, ui.Option{Value: z.ID, Label: in(ctx, z.Title), Disabled: !s.writable(z.ID)})
		}
	}
	return list
}

// choices are the answers of a field.
func choices(ctx context.Context, f kit.Field) (list []ui.Option) {
	for i, o := range f.Choices {
		value := o.ID
		if f.Type == kit.Level {
			value = itoa(i + 1)
		}
		list = append(list, ui.Option{Value: value, Label: in(ctx, o.Label)})
	}
	return list
}

// together puts versions one after the other, to be merged by hand.
func together(list []version) string {
	var texts []string
	for _, one := range list {
		texts = append(texts, one.text)
	}
	return strings.Join(texts, "\n")
}
