package boards

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"transformateur/internal/board/kit"
	"transformateur/internal/board/room"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/platform/zone"
	"transformateur/internal/web/ui"
)

// sightOf is the board that a file is made of, as who asks may see it.
func (h *Handler) sightOf(r *http.Request) (sight, error) {
	v, err := h.Rooms.Read(r.Context(), ui.User(r), id(r))
	return sight{Sight: v}, err
}

// attach names the file that an answer is.
func attach(w http.ResponseWriter, kind, name string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	w.Header().Set("Cache-Control", "no-store")
}

// cardsCSV is every card, one per line, with all that it says: what is not revealed to
// who asks is not in it.
func (h *Handler) cardsCSV(w http.ResponseWriter, r *http.Request) error {
	s, err := h.sightOf(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	attach(w, "text/csv; charset=utf-8", "cartes.csv")
	w.Write([]byte("\xef\xbb\xbf")) // so that spreadsheets read accents
	out := csv.NewWriter(w)
	out.Comma = ';'
	out.UseCRLF = true
	head := []string{"id", i18n.T(ctx, "boards.col_zone"), i18n.T(ctx, "boards.col_card"), i18n.T(ctx, "boards.prompt"), i18n.T(ctx, "boards.col_author"), i18n.T(ctx, "boards.col_at")}
	type column struct{ card, field string }
	var columns []column
	for _, c := range s.kit().Cards {
		for _, f := range c.Fields {
			columns = append(columns, column{c.ID, f.ID})
			head = append(head, in(ctx, c.Title)+" – "+in(ctx, f.Label))
		}
	}
	for _, v := range s.kit().Votes {
		head = append(head, in(ctx, v.Title))
	}
	out.Write(head)
	for _, z := range s.kit().Zones {
		for _, c := range s.State.Lies(z.ID) {
			if !s.seen(c) {
				continue
			}
			card, _ := s.kit().Card(c.Type)
			line := []string{c.ID, in(ctx, z.Title), in(ctx, card.Title), "", s.author(c), c.At.In(zone.Location(s.Gathering.Zone)).Format(time.RFC3339)}
			if p, asked := s.State.Prompt(c.Prompt); asked {
				line[3] = in(ctx, p.Title)
			}
			for _, col := range columns {
				said := ""
				if f, there := card.Field(col.field); there && col.card == c.Type {
					said = s.said(ctx, c, f)
				}
				line = append(line, said)
			}
			for _, v := range s.kit().Votes {
				line = append(line, s.result(ctx, v, c))
			}
			for i := range line {
				line[i] = sheet.Plain(line[i])
			}
			out.Write(line)
		}
	}
	out.Flush()
	return out.Error()
}

// boardJSON is the board with its kit, as who asks sees it, in the format of docs/boards.md.
func (h *Handler) boardJSON(w http.ResponseWriter, r *http.Request) error {
	s, err := h.sightOf(r)
	if err != nil {
		return err
	}
	attach(w, "application/json; charset=utf-8", "plateau.json")
	keys := s.State.Keys(-1)
	set := map[string]json.RawMessage{}
	for _, o := range s.State.Common(keys) {
		set[o.Key] = o.JSON
	}
	for _, o := range s.State.Own(s.Seat.Participant, keys) {
		set[o.Key] = o.JSON
	}
	people := map[string]room.Person{}
	for id, p := range s.People {
		people[id] = room.Person{Name: p.Name, Role: string(p.Role)}
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	return enc.Encode(map[string]any{"version": 1, "title": s.Board.Title, "variant": s.Board.Variant, "n": s.State.N, "kit": s.kit(), "people": people, "objects": set})
}

// minutes are what the board says, zone by zone with counts, in Markdown (CommonMark).
func (h *Handler) minutes(w http.ResponseWriter, r *http.Request) error {
	s, err := h.sightOf(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	attach(w, "text/markdown; charset=utf-8", "compte-rendu.md")
	fmt.Fprintf(w, "# %s\n", marked(s.Board.Title))
	if s.Project.ID != "" {
		fmt.Fprintf(w, "\n%s\n", marked(s.Project.Title))
	}
	fmt.Fprintf(w, "\n%s\n", marked(s.Gathering.Title))
	for _, z := range s.kit().Zones {
		cards := s.State.Lies(z.ID)
		fmt.Fprintf(w, "\n## %s (%s)\n\n", marked(in(ctx, z.Title)), i18n.N(ctx, "boards.cards", len(cards)))
		for _, c := range cards {
			if !s.seen(c) {
				continue
			}
			fmt.Fprintf(w, "- %s\n", strings.Join(s.lines(r, c.ID), "  \n  "))
		}
	}
	return nil
}

// lines are what the minutes say of a card.
func (s sight) lines(r *http.Request, id string) (list []string) {
	ctx, c := r.Context(), s.State.Cards[id]
	card, _ := s.kit().Card(c.Type)
	if p, asked := s.State.Prompt(c.Prompt); asked {
		list = append(list, "**"+marked(in(ctx, p.Title))+"**")
	}
	for i, f := range card.Fields {
		said := s.said(ctx, c, f)
		if said == "" {
			continue
		}
		if said = marked(said); i > 0 || f.Type != kit.Text {
			said = marked(in(ctx, f.Label)) + i18n.T(ctx, "boards.colon") + said
		}
		list = append(list, said)
	}
	for _, v := range s.kit().Votes {
		if got := s.result(ctx, v, c); got != "" {
			list = append(list, marked(in(ctx, v.Title))+i18n.T(ctx, "boards.colon")+marked(got))
		}
	}
	if by := s.author(c); by != "" {
		list = append(list, "*"+marked(by)+"*")
	}
	if len(list) == 0 {
		list = []string{"…"}
	}
	return list
}

// marked keeps what people wrote from being read as Markdown.
func marked(text string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "`", "\\`", "#", `\#`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "|", `\|`, "\n", "  \n  ").Replace(text)
}
