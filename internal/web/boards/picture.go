package boards

import (
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"

	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/photo"
	"transformateur/internal/board/room"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// maxPictureSent bounds a request that carries a picture, in bytes: above what is taken
// in, so that a picture too big gets an answer and not a cut connection.
const maxPictureSent = photo.MaxSent + 4<<20

// pictures is where the pictures of a board are sent and read.
func pictures(id room.ID) string { return address(id, "pictures") }

// takePicture keeps a picture for a card. From a script it comes alone, and is answered
// by the digest that the card will hold; from the form of a card, it is put there at once.
func (h *Handler) takePicture(w http.ResponseWriter, r *http.Request) error {
	if err := h.Rooms.May(r.Context(), ui.User(r), "board.write", id(r)); err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxPictureSent)
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "multipart/form-data" {
		return h.joinPicture(w, r)
	}
	p, err := h.Photos.Add(r.Context(), ui.User(r), id(r), r.Body)
	if problems := ui.ProblemsOf(r.Context(), err); problems != nil {
		if _, gone := io.Copy(io.Discard, r.Body); gone != nil { // who sends without end reads no answer
			return errs.New(errs.Invalid, "board.picture_big", photo.MaxSent>>20).Because(gone)
		}
		return ui.WriteJSON(w, ui.StatusOf(err), map[string]string{"message": problems[0].Text})
	}
	if err != nil {
		return err
	}
	return ui.WriteJSON(w, http.StatusCreated, map[string]any{"digest": p.Digest, "width": p.Width, "height": p.Height})
}

// joinPicture puts on a card the picture of a form.
func (h *Handler) joinPicture(w http.ResponseWriter, r *http.Request) error {
	file, _, err := r.FormFile("file")
	if err != nil {
		return errs.New(errs.Invalid, "board.picture_none").Because(err)
	}
	defer file.Close()
	defer r.MultipartForm.RemoveAll()
	client, ok := bySheet(r.PostForm.Get("token"))
	if !ok {
		return errs.New(errs.Invalid, "board.bad_op")
	}
	p, err := h.Photos.Add(r.Context(), ui.User(r), id(r), file)
	if problems := ui.ProblemsOf(r.Context(), err); problems != nil {
		return h.again(w, r, problems)
	}
	if err != nil {
		return err
	}
	base, _ := strconv.ParseInt(r.PostForm.Get("base"), 10, 64)
	card := r.PostForm.Get("card")
	if err := h.do(r, client, board.Op{Kind: "card.set", Target: card, Field: r.PostForm.Get("field"), Base: base, Value: value(p.Digest)}); err != nil {
		return err
	}
	return ui.See(w, r, address(id(r), "")+"#card-"+url.PathEscape(card))
}

// again shows the board with what kept a form from being taken.
func (h *Handler) again(w http.ResponseWriter, r *http.Request, problems ui.Problems) error {
	v, err := h.Rooms.Read(r.Context(), ui.User(r), id(r))
	if err != nil {
		return err
	}
	for i := range problems {
		problems[i].Path = "" // the form of which card, the list does not say
	}
	return ui.Render(w, r, http.StatusUnprocessableEntity, boardPage(sight{Sight: v, problems: problems}))
}

// do does operations for who asks, and waits until they are on disk. The first refusal is
// the error.
func (h *Handler) do(r *http.Request, client string, ops ...board.Op) error {
	l, err := h.Rooms.Enter(r.Context(), ui.User(r), id(r), client, room.Nothing)
	if err != nil {
		return err
	}
	defer l.Leave()
	var sent []room.Sent
	for i, op := range ops {
		sent = append(sent, room.Sent{Seq: int64(i + 1), Op: op})
	}
	refused, err := l.Do(r.Context(), sent)
	if err != nil {
		return err
	}
	for _, why := range refused {
		if why != nil {
			return why
		}
	}
	return nil
}

// picture gives a picture to who sees a card that holds it.
func (h *Handler) picture(w http.ResponseWriter, r *http.Request) error {
	file, err := h.Photos.Open(r.Context(), ui.User(r), id(r), r.PathValue("picture"))
	if err != nil {
		return err
	}
	defer file.Close()
	w.Header().Set("Content-Type", "image/jpeg")
	w.Header().Set("Content-Disposition", "inline")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	w.Header().Set("Cache-Control", "private, max-age=3600")
	http.ServeContent(w, r, "", ui.Kept{}.At, file)
	return nil
}

// pictured is the digest of the picture that a field holds, "" for none.
func pictured(c *board.Card, f kit.Field) (digest string) {
	if v := c.Fields[f.ID]; v == nil || f.Type != kit.Picture || json.Unmarshal(v.V, &digest) != nil {
		return ""
	}
	return digest
}

// alt says what a picture shows, as far as anybody knows: what stands beside it on the card.
func (s sight) alt(ctx context.Context, c *board.Card, f kit.Field) string {
	kind, _ := s.kit().Card(c.Type)
	for _, other := range kind.Fields {
		if said := s.said(ctx, c, other); said != "" && other.Type == kit.Text {
			return in(ctx, f.Label) + i18n.T(ctx, "boards.colon") + said
		}
	}
	return in(ctx, f.Label)
}

// photographed are the fields of a card that hold pictures.
func photographed(kind kit.Card) (list []kit.Field) {
	for _, f := range kind.Fields {
		if f.Type == kit.Picture {
			list = append(list, f)
		}
	}
	return list
}
