package assemblies

import (
	"context"
	"net/http"
	"net/url"

	"transformateur/internal/debrief/assembly"
	"transformateur/internal/i18n"
	"transformateur/internal/project"
	"transformateur/internal/web/ui"
)

// around is the meetings of partners as a project sees them.
func (h *Handler) around(w http.ResponseWriter, r *http.Request) error {
	v, err := h.Meetings.Around(r.Context(), ui.User(r), project.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, aroundPage(v))
}

func ofProject(id project.ID, word string) string {
	return "/projects/" + url.PathEscape(string(id)) + "/" + word
}

// stands is where an offer or a commitment stands.
func stands(ctx context.Context, x assembly.Answer) string {
	if x.Kind == assembly.Commits {
		return i18n.T(ctx, "commitments.state_"+x.State)
	}
	return i18n.T(ctx, "proposals.state_"+x.State)
}

// until is the day of an offer or of a commitment, in words.
func until(ctx context.Context, x assembly.Answer, zone string) string {
	if x.Kind == assembly.Commits {
		return i18n.T(ctx, "assemblies.heard_for", ui.DayOf(ctx, zone, x.Day))
	}
	return i18n.T(ctx, "assemblies.heard_until", ui.DayOf(ctx, zone, x.Day))
}
