// Package assignments is the pages on which readings are shared out: the matrix, why each pair, what is asked of the engine, and what each member would rather read.
package assignments

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"transformateur/internal/application"
	"transformateur/internal/assignment"
	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/solve/assign"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /assignments; the identifier is that of the selection.
type Handler struct {
	Assignments *assignment.Service
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	on := func(pattern string, action policy.Action, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: action, On: "selection", Handle: handle}
	}
	return []ui.Route{
		on("GET /assignments/{id}", "selection.assign", h.show),
		on("GET /assignments/{id}/settings", "selection.assign", h.settings),
		on("POST /assignments/{id}/settings", "selection.assign", h.choose),
		on("POST /assignments/{id}/propose", "selection.assign", h.propose),
		on("GET /assignments/{id}/repair", "selection.assign", h.mend),
		on("POST /assignments/{id}/repair", "selection.assign", h.repair),
		on("GET /assignments/{id}/members", "selection.assign", h.members),
		on("GET /assignments/{id}/members/{seat}", "selection.assign", h.member),
		on("GET /assignments/{id}/prices", "selection.assign", h.prices),
		on("POST /assignments/{id}/freeze", "selection.assign", h.freeze),
		on("POST /assignments/{id}/publish", "selection.assign", h.publish),
		on("GET /assignments/{id}/files/{title}", "selection.assign", h.file),
		on("POST /assignments/{id}/files/{title}", "selection.assign", h.edit),
		on("GET /assignments/{id}/plan.csv", "selection.assign", h.sheet),
		on("POST /assignments/{id}/import", "selection.assign", h.bring),
		on("POST /assignments/{id}/import/follow", "selection.assign", h.follow),
		on("GET /assignments/{id}/runs/{run}/problem.json", "selection.assign", h.problem),
		on("GET /assignments/{id}/runs/{run}/result.json", "selection.assign", h.result),
		on("GET /assignments/{id}/bids", "selection.sit", h.bids),
		on("POST /assignments/{id}/bids", "selection.sit", h.bid),
		on("GET /assignments/{id}/offers", "selection.sit", h.handovers),
		on("POST /assignments/{id}/offers", "selection.sit", h.offer),
		on("POST /assignments/{id}/offers/take", "selection.sit", h.take),
		on("POST /assignments/{id}/offers/refuse", "selection.sit", h.refuse),
		on("POST /assignments/{id}/offers/withdraw", "selection.sit", h.withdraw),
	}
}

func id(r *http.Request) committee.SelectionID { return committee.SelectionID(r.PathValue("id")) }

// link is an address below an assignment's.
func link(id committee.SelectionID, parts ...string) string {
	out := "/assignments/" + url.PathEscape(string(id))
	for _, part := range parts {
		out += "/" + part
	}
	return out
}

func in(ctx context.Context, l form.Localised) string { return l.In(string(i18n.From(ctx))) }

// board is the page of an assignment; its methods say it in words.
type board struct {
	assignment.Board
	problems ui.Problems
	files    map[string]assignment.File
	people   map[string]committee.Member
	places   map[string]int // of files, from 1
}

// told makes a board ready to be said: what it names is found at once.
func told(b assignment.Board) board {
	v := board{Board: b, files: make(map[string]assignment.File, len(b.Files)), people: make(map[string]committee.Member, len(b.Members)), places: make(map[string]int, len(b.Files))}
	for i, f := range b.Files {
		v.files[string(f.ID)], v.places[string(f.ID)] = f, i+1
	}
	for _, m := range b.Members {
		v.people[string(m.ID)] = m
	}
	return v
}

func (h *Handler) board(r *http.Request) (board, error) {
	b, err := h.Assignments.Board(r.Context(), ui.User(r), id(r))
	return told(b), err
}

func (h *Handler) explained(r *http.Request) (board, error) {
	b, err := h.Assignments.Explained(r.Context(), ui.User(r), id(r))
	return told(b), err
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	v, err := h.board(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, boardPage(v))
}

// done goes back to the board, or shows it again with what kept the act from being done.
func (h *Handler) done(w http.ResponseWriter, r *http.Request, err error, said string) error {
	if !errs.Is(err, errs.Invalid) && !errs.Is(err, errs.Conflict) {
		if err != nil {
			return err
		}
		return ui.Done(w, r, link(id(r)), said)
	}
	v, failed := h.board(r)
	if failed != nil {
		return failed
	}
	v.problems = problems(r.Context(), err)
	return ui.Render(w, r, ui.StatusOf(err), boardPage(v))
}

// problems are what is wrong with fields, or what changed meanwhile.
func problems(ctx context.Context, err error) ui.Problems {
	if list := ui.ProblemsOf(ctx, err); len(list) > 0 {
		return list
	}
	return ui.Problems{{Text: ui.Sentence(ctx, err)}}
}

// engine answers a calculation: found, or told why there is none.
func (h *Handler) engine(w http.ResponseWriter, r *http.Request, status assign.Status, err error) error {
	said := "assignments.done_proposed"
	if !status.Found() {
		said = "assignments.done_impossible"
	}
	return h.done(w, r, err, said)
}

func (h *Handler) propose(w http.ResponseWriter, r *http.Request) error {
	status, err := h.Assignments.Propose(r.Context(), ui.User(r), id(r))
	return h.engine(w, r, status, err)
}

func (h *Handler) freeze(w http.ResponseWriter, r *http.Request) error {
	frozen := r.PostFormValue("frozen") == "yes"
	said := "assignments.done_thawed"
	if frozen {
		said = "assignments.done_frozen"
	}
	return h.done(w, r, h.Assignments.Freeze(r.Context(), ui.User(r), id(r), frozen, version(r)), said)
}

func (h *Handler) publish(w http.ResponseWriter, r *http.Request) error {
	return h.done(w, r, h.Assignments.Publish(r.Context(), ui.User(r), id(r), version(r)), "assignments.done_published")
}

func version(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	if err != nil {
		return 1 << 62 // no page was ever written with that one
	}
	return n
}

// one is the page of a file: why each reader, and who else could.
type one struct {
	board
	assignment.File
}

func (h *Handler) one(r *http.Request) (v one, err error) {
	if v.board, err = h.explained(r); err != nil {
		return v, err
	}
	file, there := v.files[r.PathValue("title")]
	if !there {
		return v, errs.New(errs.NotFound, "errs.not_found")
	}
	v.File = file
	return v, nil
}

func (h *Handler) file(w http.ResponseWriter, r *http.Request) error {
	v, err := h.one(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, filePage(v))
}

func (h *Handler) edit(w http.ResponseWriter, r *http.Request) error {
	pair := assignment.Pair{File: application.ID(r.PathValue("title")), Member: committee.MemberID(r.PostFormValue("member"))}
	err := h.Assignments.Edit(r.Context(), ui.User(r), id(r), assignment.Act(r.PostFormValue("act")), pair, version(r))
	if err == nil {
		return ui.Done(w, r, link(id(r), "files", url.PathEscape(string(pair.File))), "assignments.done_edited")
	}
	if !errs.Is(err, errs.Invalid) && !errs.Is(err, errs.Conflict) {
		return err
	}
	v, failed := h.one(r)
	if failed != nil {
		return failed
	}
	v.problems = problems(r.Context(), err)
	return ui.Render(w, r, ui.StatusOf(err), filePage(v))
}

// person is who holds a seat, away or not.
func (v board) person(seat string) committee.Member { return v.people[seat] }
