package applications

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"

	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// offsetHeader says how many bytes are on disk here, as in the IETF draft
// "Resumable Uploads for HTTP".
const offsetHeader = "Upload-Offset"

// beginUpload announces a file; the answer says where to send its bytes.
func (h *Handler) beginUpload(w http.ResponseWriter, r *http.Request) error {
	var sent struct {
		Field string `json:"field"`
		Name  string `json:"name"`
		Size  int64  `json:"size"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&sent); err != nil {
		return errs.New(errs.Invalid, "applications.unreadable").Because(err)
	}
	u, err := h.Files.BeginUpload(r.Context(), ui.User(r), fileID(r), sent.Field, sent.Name, sent.Size)
	if err != nil {
		return err
	}
	return ui.WriteJSON(w, http.StatusCreated, map[string]any{"id": u.ID, "offset": u.Offset, "url": at(fileID(r), "uploads/"+u.ID)})
}

// uploadOffset tells a page that comes back where to go on from.
func (h *Handler) uploadOffset(w http.ResponseWriter, r *http.Request) error {
	u, err := h.Files.Upload(r.Context(), ui.User(r), fileID(r), r.PathValue("upload"))
	if err != nil {
		return err
	}
	w.Header().Set(offsetHeader, strconv.FormatInt(u.Offset, 10))
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// appendUpload adds a piece. The last one joins the file to the answer.
func (h *Handler) appendUpload(w http.ResponseWriter, r *http.Request) error {
	offset, err := strconv.ParseInt(r.Header.Get(offsetHeader), 10, 64)
	if err != nil {
		return errs.New(errs.Invalid, "applications.unreadable").Because(err)
	}
	u, err := h.Files.AppendUpload(r.Context(), ui.User(r), fileID(r), r.PathValue("upload"), offset, r.Body)
	if err != nil {
		if have, uerr := h.Files.Upload(r.Context(), ui.User(r), fileID(r), r.PathValue("upload")); uerr == nil {
			w.Header().Set(offsetHeader, strconv.FormatInt(have.Offset, 10))
		}
		return err
	}
	w.Header().Set(offsetHeader, strconv.FormatInt(u.Offset, 10))
	answer := map[string]any{"id": u.ID, "offset": u.Offset, "complete": u.Offset == u.Size}
	if u.Offset == u.Size {
		answer["digest"] = u.Digest
	}
	return ui.WriteJSON(w, http.StatusOK, answer)
}

func (h *Handler) dropUpload(w http.ResponseWriter, r *http.Request) error {
	if err := h.Files.DropUpload(r.Context(), ui.User(r), fileID(r), r.PathValue("upload")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// file serves an attachment, always as a download: nothing that people send is
// ever opened in our origin.
func (h *Handler) file(w http.ResponseWriter, r *http.Request) error {
	a, content, err := h.Files.Content(r.Context(), ui.User(r), fileID(r), r.PathValue("file"))
	if err != nil {
		return err
	}
	defer content.Close()
	if sum, err := hex.DecodeString(a.Digest); err == nil {
		w.Header().Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum)+":") // RFC 9530
	}
	ui.Keep(w, r, ui.Kept{Name: a.Name, At: a.UploadedAt}, content)
	return nil
}
