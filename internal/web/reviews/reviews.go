// Package reviews is the pages of who reads files for a committee: her list, one file beside its grid, and the pack to print.
package reviews

import (
	"net/http"
	"net/url"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/clock"
	"transformateur/internal/review"
	"transformateur/internal/review/enclosure"
	"transformateur/internal/review/opinion"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /reviews.
type Handler struct {
	Reviews    *review.Service
	Files      *application.Service
	Enclosures *enclosure.Service
	Opinions   *opinion.Service // nil where nobody outside the committee is asked
	Clock      clock.Clock
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	const on = "application"
	return []ui.Route{
		{Pattern: "GET /reviews", Action: "account.manage", Handle: h.list},
		{Pattern: "GET /reviews/print", Action: "account.manage", Handle: h.pack},
		{Pattern: "GET /reviews/{id}", Action: "application.reviews", On: on, Handle: h.one},
		{Pattern: "POST /reviews/{id}", Action: "application.review", On: on, Handle: h.savePage},
		{Pattern: "POST /reviews/{id}/save", Action: "application.review", On: on, Handle: h.autosave},
		{Pattern: "POST /reviews/{id}/reopen", Action: "application.review", On: on, Handle: h.reopen},
		{Pattern: "POST /reviews/{id}/return", Action: "application.review", On: on, Handle: h.giveBack},
		{Pattern: "POST /reviews/{id}/enclosures", Action: "application.review", On: on, Handle: h.join},
		{Pattern: "POST /reviews/{id}/enclosures/remove", Action: "application.review", On: on, Handle: h.takeOut},
		{Pattern: "GET /reviews/{id}/enclosures/{enclosure}", Action: "application.reviews", On: on, Handle: h.enclosure},
	}
}

func fileID(r *http.Request) application.ID { return application.ID(r.PathValue("id")) }

func at(id application.ID, page string) string {
	address := "/reviews/" + url.PathEscape(string(id))
	switch {
	case page == "":
		return address
	case page[0] == '?':
		return address + page
	}
	return address + "/" + page
}

// part is the files of one selection in somebody's list.
type part struct {
	tasks []review.Task
}

func (p part) first() review.Task { return p.tasks[0] }

func (p part) done() (n int) {
	for _, t := range p.tasks {
		if t.Done() {
			n++
		}
	}
	return n
}

func (p part) due() time.Time { return ui.Local(p.first().DueAt, p.first().Zone) }

// parts groups tasks by selection; they come in that order.
func parts(tasks []review.Task) (out []part) {
	for _, t := range tasks {
		if len(out) == 0 || out[len(out)-1].first().Selection != t.Selection {
			out = append(out, part{})
		}
		last := &out[len(out)-1]
		last.tasks = append(last.tasks, t)
	}
	return out
}

func (h *Handler) list(w http.ResponseWriter, r *http.Request) error {
	tasks, err := h.Reviews.Mine(r.Context(), ui.User(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, listPage(parts(tasks), h.Clock.Now()))
}

// around are the neighbours of a file in one's own list of its selection.
type around struct {
	previous, next *review.Task
	todo           *review.Task // the next one that is not handed in, after this one or from the top
	place, among   int          // 0 when the file is not in the list
	done           int
}

// neighbours finds a file in the list of who reads it.
func (h *Handler) neighbours(r *http.Request, id application.ID, selection committee.Selection) (a around, err error) {
	list, err := h.Reviews.MineIn(r.Context(), ui.User(r), selection)
	if err != nil {
		return a, err
	}
	a.among = len(list)
	for i := range list {
		if list[i].Done() {
			a.done++
		}
		if list[i].File != id {
			continue
		}
		a.place = i + 1
		if i > 0 {
			a.previous = &list[i-1]
		}
		if i+1 < len(list) {
			a.next = &list[i+1]
		}
		for j := 1; j < len(list) && a.todo == nil; j++ {
			if k := (i + j) % len(list); !list[k].Done() {
				a.todo = &list[k]
			}
		}
	}
	return a, nil
}
