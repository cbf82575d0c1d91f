package boards

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"transformateur/internal/board/kit"
	"transformateur/internal/board/transcript"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/platform/zone"
	"transformateur/internal/web/ui"
)

// sightOf is the board that a file is made of, as who asks may see it.
func (h *Handler) sightOf(r *http.Request) (sight, error) {
	v, err := h.Rooms.Read(r.Context(), ui.User(r), id(r))
	return sight{Sight: v, base: h.BaseURL}, err
}

// attach names the file that an answer is.
func attach(w http.ResponseWriter, kind, name string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", ui.Attachment(name))
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
	var out bytes.Buffer
	if err := book(ctx).CSV(&out, s.table(ctx), true); err != nil {
		return err
	}
	attach(w, "text/csv; charset=utf-8", "cartes.csv")
	_, err = out.WriteTo(w)
	return err
}

// table is every card that who reads sees, with a column for each field of each type of
// card and one for each vote.
func (s sight) table(ctx context.Context) sheet.Sheet {
	t := sheet.Sheet{Name: s.Board.Title, Head: []string{"id", i18n.T(ctx, "boards.col_zone"), i18n.T(ctx, "boards.col_card"), i18n.T(ctx, "boards.prompt"), i18n.T(ctx, "boards.col_author"), i18n.T(ctx, "boards.col_at")}}
	type column struct{ card, field string }
	var columns []column
	for _, c := range s.kit().Cards {
		for _, f := range c.Fields {
			columns = append(columns, column{c.ID, f.ID})
			t.Head = append(t.Head, in(ctx, c.Title)+" – "+in(ctx, f.Label))
		}
	}
	for _, v := range s.kit().Votes {
		t.Head = append(t.Head, in(ctx, v.Title))
	}
	for _, z := range s.kit().Zones {
		for _, c := range s.State.Lies(z.ID) {
			if !s.seen(c) {
				continue
			}
			card, _ := s.kit().Card(c.Type)
			asked := ""
			if p, there := s.State.Prompt(c.Prompt); there {
				asked = in(ctx, p.Title)
			}
			line := []any{c.ID, in(ctx, z.Title), in(ctx, card.Title), asked, s.author(ctx, c), c.At.In(zone.Location(s.Gathering.Zone))}
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
			t.Rows = append(t.Rows, line)
		}
	}
	return t
}

// boardJSON is the board with its kit, as who asks sees it, in the format of docs/boards.md.
func (h *Handler) boardJSON(w http.ResponseWriter, r *http.Request) error {
	s, err := h.sightOf(r)
	if err != nil {
		return err
	}
	attach(w, "application/json; charset=utf-8", "plateau.json")
	return transcript.Write(w, s.Sight)
}

// minutes are what the board says, zone by zone with counts, in Markdown (CommonMark).
func (h *Handler) minutes(w http.ResponseWriter, r *http.Request) error {
	s, err := h.sightOf(r)
	if err != nil {
		return err
	}
	attach(w, "text/markdown; charset=utf-8", "compte-rendu.md")
	return s.minutes(r.Context(), w)
}

// minutes writes them.
func (s sight) minutes(ctx context.Context, w io.Writer) error {
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
			fmt.Fprintf(w, "- %s\n", strings.Join(s.lines(ctx, c.ID), "  \n  "))
		}
	}
	return nil
}

// lines are what the minutes say of a card.
func (s sight) lines(ctx context.Context, id string) (list []string) {
	c := s.State.Cards[id]
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
	if by := s.author(ctx, c); by != "" {
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
