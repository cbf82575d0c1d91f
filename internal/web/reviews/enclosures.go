package reviews

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"

	"transformateur/internal/application"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/review/enclosure"
	"transformateur/internal/web/ui"
)

// maxSent bounds a request that carries a document, in bytes. It is far above what is
// kept, so that a document too big gets an answer and not a cut connection.
const maxSent = 120 << 20

// join receives a document for one's own review. Whether she may is known before a byte of it is kept.
func (h *Handler) join(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxSent)
	name, content := document(r)
	_, err := h.Enclosures.Add(r.Context(), ui.User(r), fileID(r), name, content)
	if problems := ui.ProblemsOf(r.Context(), err); problems != nil {
		if _, gone := io.Copy(io.Discard, r.Body); gone != nil { // who sends without end reads no answer
			return errs.New(errs.Invalid, "enclosure.invalid").Because(gone)
		}
		return h.again(w, r, ui.StatusOf(err), func(f *reading) { f.problems = problems })
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(fileID(r), "?grid=#enclosures"), "reviews.joined_done")
}

// document is the file that a form carries; an empty one when there is none.
func document(r *http.Request) (name string, content io.Reader) {
	parts, err := r.MultipartReader()
	if err != nil {
		return "", strings.NewReader("")
	}
	for {
		part, err := parts.NextPart()
		if err != nil {
			return "", strings.NewReader("")
		}
		if part.FormName() == "file" {
			return part.FileName(), part
		}
	}
}

func (h *Handler) takeOut(w http.ResponseWriter, r *http.Request) error {
	if err := h.Enclosures.Remove(r.Context(), ui.User(r), fileID(r), r.PostFormValue("enclosure")); err != nil {
		return err
	}
	return ui.Done(w, r, at(fileID(r), "?grid=#enclosures"), "reviews.taken_out_done")
}

// enclosure serves the copy of a document without its author, always as a download.
func (h *Handler) enclosure(w http.ResponseWriter, r *http.Request) error {
	e, content, err := h.Enclosures.Open(r.Context(), ui.User(r), fileID(r), r.PathValue("enclosure"))
	if err != nil {
		return err
	}
	defer content.Close()
	ui.Keep(w, r, ui.Kept{Name: e.Name, At: e.AddedAt}, content)
	return nil
}

func enclosureURL(file application.ID, e enclosure.Enclosure) string {
	return at(file, "enclosures/"+url.PathEscape(e.ID))
}

// whyRefused says what the check found of a document that nobody opens.
func whyRefused(ctx context.Context, e enclosure.Enclosure) string {
	var said []string
	for _, p := range e.Problems {
		said = append(said, i18n.T(ctx, p.Key, p.Args...))
	}
	return strings.Join(said, " ")
}

// openOnes keeps the documents that were not refused.
func openOnes(list []enclosure.Enclosure) (out []string) {
	for _, e := range list {
		if e.Status != application.Refused {
			out = append(out, e.Name)
		}
	}
	return out
}
