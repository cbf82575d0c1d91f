package privacy

import (
	"context"
	"net/http"
	"strings"
	"time"

	"transformateur/internal/i18n"
	"transformateur/internal/privacy/statement"
	"transformateur/internal/web/ui"
)

// settingsView is the form of the statements.
type settingsView struct {
	typed    statement.Statements
	missing  []string
	problems ui.Problems
	preview  *site // what the pages would say
}

var groups = []string{"publisher", "host", "data", "access"}

func parts(group string) (list []statement.Part) {
	for _, p := range statement.Parts {
		if p.Group == group {
			list = append(list, p)
		}
	}
	return list
}

func parseDay(value string) (time.Time, error) { return time.Parse("2006-01-02", value) }

func (h *Handler) settings(w http.ResponseWriter, r *http.Request) error {
	s, err := h.Statements.Edit(r.Context(), ui.User(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, settingsPage(settingsView{typed: s, missing: s.Missing()}))
}

// saveSettings keeps what was typed, or shows what the pages would say.
func (h *Handler) saveSettings(w http.ResponseWriter, r *http.Request) error {
	by, typed := ui.User(r), statement.Statements{}
	for _, p := range statement.Parts {
		typed[p.Key] = r.PostFormValue(p.Key)
	}
	v := settingsView{typed: typed, missing: typed.Missing()}
	var err error
	if r.PostFormValue("do") == "preview" {
		var clean statement.Statements
		if clean, err = h.Statements.Preview(r.Context(), by, typed); err == nil {
			v.preview = &site{Statements: clean, name: h.Name, base: h.BaseURL, contact: h.Contact, preview: true}
			return ui.Render(w, r, http.StatusOK, settingsPage(v))
		}
	} else if err = h.Statements.Save(r.Context(), by, typed); err == nil {
		return ui.Done(w, r, "/privacy/settings", "privacy.settings_saved_done")
	}
	if v.problems = ui.ProblemsOf(r.Context(), err); v.problems == nil {
		return err
	}
	return ui.Render(w, r, http.StatusUnprocessableEntity, settingsPage(v))
}

// missingNames says what is to be completed.
func missingNames(ctx context.Context, keys []string) string {
	var names []string
	for _, key := range keys {
		names = append(names, i18n.T(ctx, "privacy.part_"+key))
	}
	return strings.Join(names, ", ")
}

func states(ctx context.Context, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}}
	for _, s := range []string{statement.AccessNone, statement.AccessPartial, statement.AccessFull} {
		c.Options = append(c.Options, ui.Option{Value: s, Label: i18n.T(ctx, "privacy.state_"+s)})
	}
	return c
}
