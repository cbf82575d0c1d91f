package papers

import (
	"context"
	"net/http"

	"transformateur/internal/account"
	"transformateur/internal/agenda/entrance"
	"transformateur/internal/agenda/papers"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/drawing"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// opened reads what papers are made from, as the service gives it to the reader.
type opened func(ctx context.Context, by account.User, id gathering.ID) (papers.Book, error)

// planned reads what is made from a published plan. Error: Conflict schedule.none while
// none is.
func planned(r *http.Request, open opened) (papers.Book, error) {
	b, err := open(r.Context(), ui.User(r), idOf(r))
	if err == nil && b.Version == nil {
		err = errs.New(errs.Conflict, "schedule.none")
	}
	return b, err
}

// nothing is said of a paper that would have no page.
func nothing() error { return errs.New(errs.Conflict, "papers.nothing") }

// programme is what happens, for all those who are there: it names nobody.
func (h *Handler) programme(w http.ResponseWriter, r *http.Request) error {
	b, err := planned(r, h.Papers.Open)
	if err != nil {
		return err
	}
	ctx := r.Context()
	return answer(w, r, b, "programme", papers.Programme(head(ctx, b, i18n.T(ctx, "papers.title_programme")), everybodys(ctx, b)))
}

// mine is the reader's own days.
func (h *Handler) mine(w http.ResponseWriter, r *http.Request) error {
	b, err := planned(r, h.Papers.Open)
	if err == nil && b.Seat == nil {
		err = errs.New(errs.Conflict, "papers.no_seat")
	}
	if err != nil {
		return err
	}
	return answer(w, r, b, "mine", h.sheetOf(r, b, papers.Person{ID: b.Seat.ID, Name: b.Seat.Name}))
}

func (h *Handler) sheetOf(r *http.Request, b papers.Book, p papers.Person) []*drawing.Page {
	return papers.Sheet(head(r.Context(), b, p.Name), own(r.Context(), b, p.ID))
}

// sheets are the days of each person, a page each, by name.
func (h *Handler) sheets(w http.ResponseWriter, r *http.Request) error {
	b, err := planned(r, h.Papers.Managed)
	if err != nil {
		return err
	}
	var pages []*drawing.Page
	for _, p := range b.People {
		pages = append(pages, h.sheetOf(r, b, p)...)
	}
	if len(pages) == 0 {
		return nothing()
	}
	return answer(w, r, b, "sheets", pages)
}

// doors are the posters of the rooms, one for each of its days.
func (h *Handler) doors(w http.ResponseWriter, r *http.Request) error {
	b, err := planned(r, h.Papers.Managed)
	if err != nil {
		return err
	}
	ctx := r.Context()
	var pages []*drawing.Page
	for _, m := range b.Rooms {
		for _, day := range inRoom(ctx, b, m.ID) {
			pages = append(pages, papers.Poster(head(ctx, b, m.Name), m.Name, day))
		}
	}
	if len(pages) == 0 {
		return nothing()
	}
	return answer(w, r, b, "doors", pages)
}

// tables are the cards of tables, for each round.
func (h *Handler) tables(w http.ResponseWriter, r *http.Request) error {
	b, err := planned(r, h.Papers.Managed)
	if err != nil {
		return err
	}
	ctx := r.Context()
	var list []papers.Card
	for _, s := range b.Tables() {
		a, _ := b.Version.Order.Find(s.Activity)
		card := papers.Card{Table: i18n.T(ctx, "papers.table", s.Table), Title: titleOf(ctx, b, a), Room: b.Room(s.Room).Name, About: b.Project(s.Project),
			When: joined(i18n.T(ctx, "papers.round", s.N+1), ui.DayOf(ctx, b.Gathering.Zone, b.Version.Order.Days[s.Day]), hours(s.From, s.To))}
		for _, id := range s.People {
			p := b.Person(id)
			if p.Name == "" {
				continue
			}
			card.People = append(card.People, papers.Sitter{Name: p.Name, More: joined(p.Organisation, p.ProjectTitle)})
		}
		list = append(list, card)
	}
	if len(list) == 0 {
		return nothing()
	}
	return answer(w, r, b, "tables", papers.Cards(i18n.T(ctx, "papers.title_tables"), list))
}

// signing is the sheet that people sign, half day by half day.
func (h *Handler) signing(w http.ResponseWriter, r *http.Request) error {
	b, err := h.Papers.Managed(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	ctx := r.Context()
	roll := papers.Roll{Head: head(ctx, b, i18n.T(ctx, "papers.title_signing")), Columns: []string{i18n.T(ctx, "entrances.name"), i18n.T(ctx, "entrances.organisation"), i18n.T(ctx, "entrances.role")},
		Page: i18n.T(ctx, "entrances.page_of", "%d", "%d"), Tall: 12}
	for _, half := range entrance.Halves(b.Gathering) {
		roll.Columns = append(roll.Columns, i18n.T(ctx, "entrances.half_"+string(half.Part), ui.DayOf(ctx, b.Gathering.Zone, half.Day)))
	}
	for _, p := range b.People {
		more := p.Organisation
		if more == "" {
			more = p.ProjectTitle
		}
		roll.Rows = append(roll.Rows, []string{p.Name, more, roleName(ctx, p.Role)})
	}
	for range blanks {
		roll.Rows = append(roll.Rows, nil)
	}
	return answer(w, r, b, "signing", papers.Rolls(roll))
}

// blanks are the empty lines of a sheet to sign, for those whom nobody expected.
const blanks = 6

// badges prints the badges of all those who come; those who have none are given a code.
func (h *Handler) badges(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	_, list, err := h.Entrance.Badges(ctx, ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	b, err := h.Papers.Managed(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	var badges []papers.Badge
	for _, g := range list {
		if g.Left {
			continue
		}
		badges = append(badges, papers.Badge{Name: g.Name, Organisation: g.Organisation, Role: roleName(ctx, g.Role), Project: g.Project, Gathering: b.Title,
			Address: h.BaseURL + at(b.ID, "entrance") + "?badge=" + g.Code, Code: gathering.ShowCode(g.Code)})
	}
	pages, err := papers.Badges(i18n.T(ctx, "papers.title_badges"), badges)
	if err != nil {
		return err
	}
	return answer(w, r, b, "badges", pages)
}

// doorsOf says whether something takes place in a room.
func (v index) doorsOf() bool {
	for _, m := range v.Rooms {
		if len(v.In(m.ID)) > 0 {
			return true
		}
	}
	return false
}
