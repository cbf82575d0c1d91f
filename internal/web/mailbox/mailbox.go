// Package mailbox is the page of development and demonstration that shows every mail that would leave, secrets included.
package mailbox

import (
	"net/http"
	"time"

	"transformateur/internal/notify"
	"transformateur/internal/platform/text"
	"transformateur/internal/web/ui"
)

// shown is how many mails the page holds.
const shown = 60

// Handler serves the page, only where Open is true.
type Handler struct {
	Mails *notify.Service
	Open  bool // development or demonstration: on a real install the address does not exist
	Zone  string
}

// Routes lists the addresses of the package: none on a real install.
func (h *Handler) Routes() []ui.Route {
	if !h.Open {
		return nil
	}
	return []ui.Route{{Pattern: "GET /mailbox", Action: "site.visit", Handle: h.list}}
}

// letter is a mail as the page shows it.
type letter struct {
	mail notify.Letter
	at   time.Time
	html string // cleaned
}

func (h *Handler) list(w http.ResponseWriter, r *http.Request) error {
	mails, err := h.Mails.Mailbox(r.Context(), ui.User(r), shown)
	if err != nil {
		return err
	}
	list := make([]letter, len(mails))
	for i, m := range mails {
		list[i] = letter{m, ui.Local(m.CreatedAt, h.Zone), text.Markdown(text.Typo(m.Lang, m.Body))}
	}
	return ui.Render(w, r, http.StatusOK, listPage(list))
}
