package boards

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/paper"
	"transformateur/internal/board/room"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/drawing"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/pdf"
	"transformateur/internal/platform/picture"
	words "transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/web/ui"
)

// imageWidth is that of the picture of a board, in pixels: what a projector shows.
const imageWidth = 1920

// Photographs stand in a document so large, in pixels, and no more of them than this.
const (
	thumb      = 560
	mostThumbs = 120
)

// boardPDF is the board on pages, as who asks sees it.
func (h *Handler) boardPDF(w http.ResponseWriter, r *http.Request) error {
	return h.drawnAs(w, r, "application/pdf", ".pdf", func(ctx context.Context, out io.Writer, s sight, b paper.Board) error {
		return drawing.WritePDF(out, s.meta(ctx), paper.Pages(b))
	})
}

// boardPNG is the board on one picture, for a slide or a wall.
func (h *Handler) boardPNG(w http.ResponseWriter, r *http.Request) error {
	return h.drawnAs(w, r, "image/png", ".png", func(_ context.Context, out io.Writer, _ sight, b paper.Board) error {
		return paper.Image(b).WritePNG(out, imageWidth)
	})
}

// boardSVG is the same as a drawing that can be enlarged and changed.
func (h *Handler) boardSVG(w http.ResponseWriter, r *http.Request) error {
	return h.drawnAs(w, r, "image/svg+xml", ".svg", func(_ context.Context, out io.Writer, _ sight, b paper.Board) error {
		return paper.Image(b).WriteSVG(out)
	})
}

func (h *Handler) drawnAs(w http.ResponseWriter, r *http.Request, kind, extension string, write func(context.Context, io.Writer, sight, paper.Board) error) error {
	s, err := h.sightOf(r)
	if err != nil {
		return err
	}
	b, err := h.drawn(r.Context(), ui.User(r), s)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := write(r.Context(), &out, s, b); err != nil {
		return err
	}
	attach(w, kind, fileName(s.Board.Title)+extension)
	_, err = out.WriteTo(w)
	return err
}

// meta is what a document about the board says of itself: the instant is that of the last
// thing written, so that the same board gives the same bytes.
func (s sight) meta(ctx context.Context) pdf.Meta {
	at := s.Board.Created
	for _, c := range s.State.Cards {
		if c.At.After(at) && s.seen(c) {
			at = c.At
		}
	}
	return pdf.Meta{Title: s.Board.Title, Author: "Transformateur", Subject: s.Gathering.Title, Lang: string(i18n.From(ctx)), At: at}
}

// drawn is the board as it is drawn, as who asks sees it.
func (h *Handler) drawn(ctx context.Context, by account.User, s sight) (paper.Board, error) {
	b := paper.Board{Title: s.Board.Title, Over: s.Project.Title, Layout: s.kit().Layout, Page: i18n.T(ctx, "boards.page_of", "%d", "%d"), More: i18n.T(ctx, "boards.goes_on", "%s")}
	b.Where = s.Gathering.Title + " · " + in(ctx, s.kit().Title) + " · " + ui.Day(ctx, s.meta(ctx).At.In(zone.Location(s.Gathering.Zone)))
	b.Radar = s.radar(ctx)
	for _, a := range s.kit().Axes {
		b.Axes = append(b.Axes, paper.Axis{Low: in(ctx, a.Low), High: in(ctx, a.High)})
	}
	thumbs := mostThumbs
	for _, z := range s.kit().Zones {
		cards := s.State.Lies(z.ID)
		one := paper.Zone{Title: in(ctx, z.Title), Help: in(ctx, z.Help), Colour: z.Colour, Count: i18n.N(ctx, "boards.cards", len(cards))}
		for _, c := range cards {
			card := s.drawnCard(ctx, c)
			if digest := s.firstPicture(c); digest != "" && thumbs > 0 {
				thumbs--
				if err := h.thumb(ctx, shot{by, s.Board.ID, digest}, &card); err != nil {
					return b, err
				}
				card.Alt = card.Face
			}
			one.Cards = append(one.Cards, card)
		}
		b.Zones = append(b.Zones, one)
	}
	return b, nil
}

func (s sight) drawnCard(ctx context.Context, c *board.Card) paper.Card {
	if !s.seen(c) {
		return paper.Card{Hidden: i18n.T(ctx, "boards.hidden")}
	}
	one := paper.Card{By: s.author(ctx, c), X: c.X, Y: c.Y}
	kind, _ := s.kit().Card(c.Type)
	if p, asked := s.State.Prompt(c.Prompt); asked {
		one.Prompt = in(ctx, p.Title)
	}
	for i, f := range kind.Fields {
		if f.Type == kit.Picture {
			continue
		}
		if list := s.versions(ctx, c, f); len(list) > 0 { // both were written: both are shown
			one.More = append(one.More, paper.Pair{Term: in(ctx, f.Label), Text: together(list)})
			continue
		}
		said := s.said(ctx, c, f)
		switch {
		case said == "":
		case i == 0:
			one.Face = said
		default:
			one.More = append(one.More, paper.Pair{Term: in(ctx, f.Label), Text: said})
		}
	}
	for _, v := range s.kit().Votes {
		if got := s.result(ctx, v, c); got != "" {
			one.Votes = append(one.Votes, in(ctx, v.Title)+i18n.T(ctx, "boards.colon")+got)
		}
	}
	return one
}

// firstPicture is the digest of the first picture of a card that who asks sees.
func (s sight) firstPicture(c *board.Card) string {
	if !s.seen(c) {
		return ""
	}
	kind, _ := s.kit().Card(c.Type)
	for _, f := range kind.Fields {
		if digest := pictured(c, f); digest != "" {
			return digest
		}
	}
	return ""
}

// shot is a picture of a board, for somebody.
type shot struct {
	by     account.User
	board  room.ID
	digest string
}

// thumb puts a smaller copy of a photograph on a drawn card. One that is not there any
// more is left out.
func (h *Handler) thumb(ctx context.Context, s shot, card *paper.Card) error {
	file, err := h.Photos.Open(ctx, s.by, s.board, s.digest)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("measure a picture: %w", err)
	}
	var small bytes.Buffer
	if card.Wide, card.High, err = picture.Fit(ctx, file, size, picture.JPEG, thumb, &small); err != nil {
		return err
	}
	card.Photo = small.Bytes()
	return nil
}

// fileName is a title as the name of a file.
func fileName(title string) string {
	if name := words.Slug(title); name != "" {
		return name
	}
	return "plateau"
}

// objectsOf are all the objects of a board as somebody sees them.
func objectsOf(s *board.State, seat room.Seat) map[string]json.RawMessage {
	keys := s.Keys(-1)
	set := map[string]json.RawMessage{}
	for _, o := range slices.Concat(s.Common(keys), s.Own(seat.Participant, keys)) {
		set[o.Key] = o.JSON
	}
	return set
}
