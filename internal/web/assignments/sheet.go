package assignments

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"unicode"

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

// bringing is the page of a sheet before it is followed.
type bringing struct {
	board
	assignment.Incoming
}

// bring reads a sheet and shows what following it would do; nothing changes.
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
	in, err := h.Assignments.Preview(r.Context(), ui.User(r), id(r), content)
	if err != nil {
		return h.done(w, r, err, "")
	}
	return ui.Render(w, r, http.StatusOK, bringPage(bringing{told(in.Board), in}))
}

// follow changes the plan as the sheet that was shown says.
func (h *Handler) follow(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 2*mostSheet) // what was accepted, written for a form
	_, err := h.Assignments.Import(r.Context(), ui.User(r), id(r), []byte(r.PostFormValue("content")), version(r))
	return h.done(w, r, err, "assignments.done_imported")
}

func (v bringing) page(ctx context.Context) ui.Page {
	p := v.board.page(ctx)
	p.Title, p.Lead, p.LangURL = i18n.T(ctx, "assignments.bring_title"), i18n.T(ctx, "assignments.bring_lead"), ui.OtherLang(ctx, link(v.board.ID)) // the sheet itself has no address
	p.Crumbs = append(p.Crumbs, ui.Crumb{Label: i18n.T(ctx, "assignments.title"), URL: link(v.board.ID)})
	return p
}

// mostLines is how many lines of each outcome a page shows; it counts the others.
const mostLines = 200

// lines are those of one outcome.
func (v bringing) lines(o assignment.Outcome) (list []assignment.Line) {
	for _, l := range v.Lines {
		if l.Outcome == o && len(list) < mostLines {
			list = append(list, l)
		}
	}
	return list
}

// typed is what a line says, as it was typed: short, and on one line.
func typed(s string) string { return short(strings.Join(strings.Fields(visible(s)), " "), 60) }

// visible leaves out the characters that show nothing and may turn what stands beside
// them: controls, and marks of direction (Unicode, UAX #9).
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, s)
}

// short cuts a text that a cell cannot hold.
func short(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// counts are how many lines have each outcome.
func (v bringing) counts(ctx context.Context) (list []ui.Figure) {
	for _, o := range []assignment.Outcome{assignment.Adds, assignment.Removes, assignment.Keeps, assignment.Refuses} {
		list = append(list, ui.Figure{Value: strconv.Itoa(v.Count[o]), Label: i18n.T(ctx, "assignments.count_"+string(o))})
	}
	return list
}

// remedyOf is what to do about a line that is refused, after the key of its reason.
func remedyOf(reason string) string { return strings.TrimPrefix(reason, "assignment.row_") }

// about says which reading a line is about.
func (v bringing) about(ctx context.Context, l assignment.Line) string {
	file, who := i18n.T(ctx, "assignments.all_files"), i18n.T(ctx, "assignments.all_members")
	if l.Title != "" {
		file = i18n.T(ctx, "assignments.quoted", l.Title)
	}
	if l.Name != "" {
		who = l.Name
	}
	return i18n.T(ctx, "assignments.line_about", who, file)
}

// columns says how the columns were read.
func (v bringing) columns(ctx context.Context) (list []string) {
	var others []string
	for _, c := range v.Columns {
		if c.As != "" {
			list = append(list, i18n.T(ctx, "assignments.column_"+c.As, typed(c.Name)))
		} else if name := typed(c.Name); name != "" {
			others = append(others, i18n.T(ctx, "assignments.quoted", name))
		}
	}
	if len(others) > 0 {
		list = append(list, i18n.T(ctx, "assignments.columns_left", strings.Join(others, ", ")))
	}
	return list
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
