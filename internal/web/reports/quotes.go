package reports

import (
	"context"
	"net/http"
	"strconv"

	"transformateur/internal/debrief/report"
	"transformateur/internal/i18n"
	"transformateur/internal/web/ui"
)

// shelf is what may be quoted, on a page.
type shelf struct{ report.Shelf }

// choiceKey names a choice in keys.
func choiceKey(c report.Choice) string {
	if c == report.Undecided {
		return "undecided"
	}
	return string(c)
}

// choice is what a button says, one that is none of them for anything else.
func choice(key string) report.Choice {
	for _, c := range report.Choices {
		if choiceKey(c) == key {
			return c
		}
	}
	return "?"
}

// stands says whether a text is quoted, why, and under which name.
func stands(ctx context.Context, c report.Candidate) string {
	said := i18n.T(ctx, "report.unquoted")
	switch {
	case c.Choice == report.Dropped:
		said = i18n.T(ctx, "report.quote_dropped")
	case c.Quoted && c.Choice == report.Picked:
		said = i18n.T(ctx, "report.quote_picked")
	case c.Quoted:
		said = i18n.T(ctx, "report.quote_drawn")
	case c.Choice == report.Picked:
		said = i18n.T(ctx, "report.quote_elsewhere")
	case c.Long:
		said = i18n.T(ctx, "report.quote_long", report.MaxQuoted)
	}
	if c.Name != "" {
		return said + " " + i18n.T(ctx, "report.quote_name", c.Name)
	}
	return said + " " + i18n.T(ctx, "report.quote_nameless")
}

func (h *Handler) quotes(w http.ResponseWriter, r *http.Request) error {
	v, err := h.Reports.Candidates(r.Context(), ui.User(r), edition(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, quotesPage(shelf{v}))
}

// choose keeps what the lead says of one text.
func (h *Handler) choose(w http.ResponseWriter, r *http.Request) error {
	version, err := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	if err != nil {
		version = -1
	}
	c := report.Candidate{Quotation: report.Quotation{ID: r.PostFormValue("verbatim")}}
	c.Choice, c.Version = choice(r.PostFormValue("choice")), version
	if err := h.Reports.Choose(r.Context(), ui.User(r), edition(r), c); err != nil {
		return err
	}
	return ui.Done(w, r, at(edition(r), "/quotes"), "report.chosen")
}
