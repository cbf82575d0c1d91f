package assignments

import (
	"bytes"
	"io"
	"net/http"

	"transformateur/internal/assignment"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/web/ui"
)

// mostSheet bounds the sheet that somebody brings, in bytes.
const mostSheet = 2 << 20

// sheet gives the plan as lines that come back in as they went out.
func (h *Handler) sheet(w http.ResponseWriter, r *http.Request) error {
	v, err := h.board(r)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := (sheet.Book{}).CSV(&out, sheet.Sheet{Name: "assignment", Head: assignment.Head, Rows: v.Rows()}, true); err != nil {
		return err
	}
	return send(w, "text/csv; charset=utf-8", i18n.T(r.Context(), "assignments.sheet_file")+".csv", out.Bytes())
}

// bring changes the plan by a sheet.
func (h *Handler) bring(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, mostSheet)
	missing := errs.NewInvalid("assignment.invalid", []errs.Field{{Path: "content", Key: "assignment.sheet_missing"}})
	if err := r.ParseMultipartForm(mostSheet); err != nil {
		return h.done(w, r, missing, "")
	}
	defer r.MultipartForm.RemoveAll()
	file, _, err := r.FormFile("content")
	if err != nil {
		return h.done(w, r, missing, "")
	}
	defer file.Close()
	content, err := io.ReadAll(file)
	if err != nil {
		return h.done(w, r, missing, "")
	}
	_, err = h.Assignments.Import(r.Context(), ui.User(r), id(r), content, version(r))
	return h.done(w, r, err, "assignments.done_imported")
}

func (h *Handler) problem(w http.ResponseWriter, r *http.Request) error { return h.replay(w, r, false) }

func (h *Handler) result(w http.ResponseWriter, r *http.Request) error { return h.replay(w, r, true) }

// replay gives a calculation as it was asked, or as it was answered.
func (h *Handler) replay(w http.ResponseWriter, r *http.Request, answer bool) error {
	run, err := h.Assignments.Replay(r.Context(), ui.User(r), id(r), r.PathValue("run"))
	if err != nil {
		return err
	}
	content, name := run.Input, "problem.json"
	if answer {
		content, name = run.Output, "result.json"
	}
	return send(w, "application/json", name, content)
}

// send answers with a file that the program made.
func send(w http.ResponseWriter, kind, name string, content []byte) error {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", ui.Attachment(name))
	w.Header().Set("Cache-Control", "private, no-store")
	_, err := w.Write(content)
	return err
}
