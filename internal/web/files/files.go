// Package files is the programme team's side of the files of a call: the list, one deposited file, exports.
package files

import (
	"net/http"

	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/intake"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/errs"
	"transformateur/internal/screening"
	"transformateur/internal/stats"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /files and under /calls/{id}/files.
type Handler struct {
	Files     *application.Service
	Screening *screening.Service
	Stats     *stats.Service
	// Origins tells where the files that were deposited elsewhere came from; nil when none can.
	Origins *intake.Service
	Clock   clock.Clock
}

// Routes lists the addresses of the package. What belongs to a call stands under
// its address, so that the route says on what the right is held.
func (h *Handler) Routes() []ui.Route {
	return []ui.Route{
		{Pattern: "GET /files", Action: "account.manage", Handle: h.followed},
		{Pattern: "GET /calls/{id}/files", Action: "call.files", On: "call", Handle: h.list},
		{Pattern: "POST /calls/{id}/files", Action: "call.files", On: "call", Handle: h.bulk},
		{Pattern: "POST /calls/{id}/files/verdicts", Action: "call.files", On: "call", Handle: h.admitAll},
		{Pattern: "POST /calls/{id}/files/labels", Action: "call.files", On: "call", Handle: h.addLabel},
		{Pattern: "POST /calls/{id}/files/views", Action: "call.files", On: "call", Handle: h.saveView},
		{Pattern: "POST /calls/{id}/files/views/{view}/remove", Action: "call.files", On: "call", Handle: h.removeView},
		{Pattern: "GET /calls/{id}/files/export", Action: "call.export", On: "call", Handle: h.chooseExport},
		{Pattern: "POST /calls/{id}/files/export", Action: "call.export", On: "call", Handle: h.export},
		{Pattern: "GET /files/{id}", Action: "application.read", On: "application", Handle: h.one},
		{Pattern: "GET /files/{id}/print", Action: "application.read", On: "application", Handle: h.print},
		{Pattern: "GET /files/{id}/history", Action: "application.history", On: "application", Handle: h.history},
		{Pattern: "GET /files/{id}/journal", Action: "application.history", On: "application", Handle: h.journal},
		{Pattern: "GET /files/{id}/thread", Action: "application.thread", On: "application", Handle: h.thread},
		{Pattern: "POST /files/{id}/thread", Action: "application.thread", On: "application", Handle: h.send},
		{Pattern: "POST /files/{id}/verdict", Action: "application.admit", On: "application", Handle: h.admit},
		{Pattern: "GET /files/{id}/correction", Action: "application.correct", On: "application", Handle: h.correction},
		{Pattern: "POST /files/{id}/correction", Action: "application.correct", On: "application", Handle: h.askCorrection},
		{Pattern: "POST /files/{id}/correction/cancel", Action: "application.admit", On: "application", Handle: h.cancelCorrection},
		{Pattern: "POST /files/{id}/labels", Action: "application.label", On: "application", Handle: h.tag},
		{Pattern: "GET /files/{id}/attachments/{attachment}", Action: "application.read", On: "application", Handle: h.attachment},
	}
}

// listURL is the address of the list of a call.
func listURL(id call.ID) string { return "/calls/" + string(id) + "/files" }

// fileURL is the address of one file's page; rest is "" or "/history"….
func fileURL(id application.ID, rest string) string { return "/files/" + string(id) + rest }

// followed lists the calls whose files one follows; with ?call= it leads to one.
func (h *Handler) followed(w http.ResponseWriter, r *http.Request) error {
	if id := r.FormValue("call"); id != "" {
		query := r.URL.Query()
		query.Del("call")
		return ui.See(w, r, withQuery(listURL(call.ID(id)), query))
	}
	list, err := h.Screening.Followed(r.Context(), ui.User(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, followedPage(list, h.Clock.Now()))
}

// refusedSelection is what is said when nothing was ticked.
var refusedSelection = errs.NewInvalid("application.invalid", []errs.Field{{Path: "file", Key: "files.none_chosen"}})
