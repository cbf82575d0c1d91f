// Package applications is the pages of a file: written together, deposited once, followed afterwards.
package applications

import (
	"context"
	"net/http"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/decision"
	"transformateur/internal/form"
	"transformateur/internal/intake"
	"transformateur/internal/platform/clock"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/formview"
)

// Places finds communes, regions and the like for questions about a territory.
type Places interface {
	Search(ctx context.Context, question *form.Field, query string) formview.Search
}

// Handler answers under /applications.
type Handler struct {
	Files  *application.Service
	Clock  clock.Clock
	Places Places
	// Origins tells where the files that were deposited elsewhere came from; nil when none can.
	Origins *intake.Service
	// Decisions tells what was decided of a file, once it is announced.
	Decisions *decision.Service
	// Alive says whether the request's sign-in still holds, for streams that outlive it.
	Alive func(r *http.Request) bool
}

// Routes is every address of the pages of files.
func (h *Handler) Routes() []ui.Route {
	const on = "application"
	return append(h.outcomeRoutes(), []ui.Route{
		{Pattern: "GET /applications", Action: "account.manage", Handle: h.mine},
		{Pattern: "POST /applications", Action: "application.create", On: "call", Handle: h.create},
		{Pattern: "GET /applications/{id}", Action: "application.comment", On: on, Handle: h.show},
		{Pattern: "GET /applications/{id}/edit", Action: "application.edit", On: on, Handle: h.edit},
		{Pattern: "POST /applications/{id}/edit", Action: "application.edit", On: on, Handle: h.savePage},
		{Pattern: "POST /applications/{id}/save", Action: "application.edit", On: on, Handle: h.autosave},
		{Pattern: "GET /applications/{id}/fragment", Action: "application.comment", On: on, Handle: h.fragment},
		{Pattern: "GET /applications/{id}/stream", Action: "application.comment", On: on, Handle: h.stream},
		{Pattern: "POST /applications/{id}/presence", Action: "application.comment", On: on, Handle: h.presence},
		{Pattern: "POST /applications/{id}/title", Action: "application.edit", On: on, Handle: h.rename},
		{Pattern: "POST /applications/{id}/uploads", Action: "application.edit", On: on, Handle: h.beginUpload},
		{Pattern: "HEAD /applications/{id}/uploads/{upload}", Action: "application.edit", On: on, Handle: h.uploadOffset},
		{Pattern: "PATCH /applications/{id}/uploads/{upload}", Action: "application.edit", On: on, Handle: h.appendUpload},
		{Pattern: "DELETE /applications/{id}/uploads/{upload}", Action: "application.edit", On: on, Handle: h.dropUpload},
		{Pattern: "GET /applications/{id}/files/{file}", Action: "application.comment", On: on, Handle: h.file},
		{Pattern: "GET /applications/{id}/submit", Action: "application.comment", On: on, Handle: h.submitPage},
		{Pattern: "POST /applications/{id}/submit", Action: "application.submit", On: on, Handle: h.submit},
		{Pattern: "POST /applications/{id}/withdraw", Action: "application.withdraw", On: on, Handle: h.withdraw},
		{Pattern: "POST /applications/{id}/reopen", Action: "application.reopen", On: on, Handle: h.reopen},
		{Pattern: "POST /applications/{id}/delete", Action: "application.delete", On: on, Handle: h.delete},
		{Pattern: "GET /applications/{id}/print", Action: "application.comment", On: on, Handle: h.print},
		{Pattern: "GET /applications/{id}/team", Action: "application.comment", On: on, Handle: h.team},
		{Pattern: "POST /applications/{id}/team", Action: "application.team", On: on, Handle: h.invite},
		{Pattern: "POST /applications/{id}/team/{person}", Action: "application.team", On: on, Handle: h.changeRole},
		{Pattern: "POST /applications/{id}/leave", Action: "application.comment", On: on, Handle: h.leave},
		{Pattern: "GET /applications/{id}/comments", Action: "application.comment", On: on, Handle: h.comments},
		{Pattern: "POST /applications/{id}/comments", Action: "application.comment", On: on, Handle: h.comment},
		{Pattern: "POST /applications/{id}/comments/{comment}", Action: "application.comment", On: on, Handle: h.settleComment},
		{Pattern: "GET /applications/{id}/thread", Action: "application.correspond", On: on, Handle: h.thread},
		{Pattern: "POST /applications/{id}/thread", Action: "application.correspond", On: on, Handle: h.send},
		{Pattern: "GET /applications/{id}/revision", Action: "application.edit", On: on, Handle: h.revision},
		{Pattern: "POST /applications/{id}/revision", Action: "application.edit", On: on, Handle: h.accept},
	}...)
}

func fileID(r *http.Request) application.ID { return application.ID(r.PathValue("id")) }

func at(id application.ID, page string) string {
	if page == "" {
		return "/applications/" + string(id)
	}
	return "/applications/" + string(id) + "/" + page
}

// there tells an instant in the zone of the file's call.
func there(f application.File, t time.Time) time.Time { return ui.Local(t, f.Call.Zone) }
