package boards

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"transformateur/internal/board/room"
	"transformateur/internal/board/transcript"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/project"
	"transformateur/internal/web/ui"
)

// bringing is the form that reads a board from a file.
type bringing struct {
	gathering gathering.Gathering
	projects  []project.Overview
	project   string
	problems  ui.Problems
}

func (h *Handler) bringing(r *http.Request) (b bringing, err error) {
	m, err := h.making(r)
	return bringing{gathering: m.gathering, projects: m.projects}, err
}

// bring asks for a file.
func (h *Handler) bring(w http.ResponseWriter, r *http.Request) error {
	b, err := h.bringing(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, importPage(b))
}

// brought reads a board from it.
func (h *Handler) brought(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	b, err := h.bringing(r)
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, transcript.MaxSize+4<<20)
	text, err := importedFile(r)
	if r.MultipartForm != nil {
		defer r.MultipartForm.RemoveAll()
	}
	var read *transcript.Board
	if err == nil {
		read, err = transcript.Read(text)
	}
	b.project = r.FormValue("project")
	if problems := ui.ProblemsOf(ctx, err); problems != nil {
		b.problems = problems
		return ui.Render(w, r, http.StatusUnprocessableEntity, importPage(b))
	}
	if err != nil {
		return err
	}
	if read.Title == "" {
		read.Title = in(ctx, read.Kit.Title)
	}
	made, err := h.Rooms.Import(ctx, ui.User(r), room.Bring{Gathering: b.gathering.ID, Project: project.ID(b.project), Title: read.Title, Variant: read.Variant, Kit: read.Kit, Content: read.Content})
	if err != nil {
		return err
	}
	return ui.Done(w, r, address(made.ID, ""), "boards.imported_done")
}

// importedFile is the file that a form carries.
func importedFile(r *http.Request) ([]byte, error) {
	none := errs.NewInvalid("board.invalid", []errs.Field{{Path: "file", Key: "board.import_none"}})
	file, _, err := r.FormFile("file")
	if err != nil {
		return nil, none
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, transcript.MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read a file: %w", err)
	}
	if len(text) == 0 {
		return nil, none
	}
	return text, nil
}

func importAddress(id gathering.ID) string {
	return "/gatherings/" + url.PathEscape(string(id)) + "/boards/import"
}

func (b bringing) page(ctx context.Context) ui.Page {
	return ui.Page{Title: i18n.T(ctx, "boards.import"), Lead: i18n.T(ctx, "boards.import_lead"), Failed: len(b.problems) > 0, Width: ui.Narrow, Crumbs: []ui.Crumb{{Label: b.gathering.Title, URL: "/gatherings/" + string(b.gathering.ID)}}}
}
