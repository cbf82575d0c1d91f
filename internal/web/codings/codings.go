// Package codings is the pages where the programme's team sorts what people wrote into themes.
package codings

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"transformateur/internal/debrief/coding"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/platform/text"
	"transformateur/internal/programme"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /editions/{id}/themes and /editions/{id}/verbatims.
type Handler struct {
	Codings *coding.Service
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	at := func(pattern string, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: "verbatim.code", On: "edition", Handle: handle}
	}
	return []ui.Route{
		at("GET /editions/{id}/themes", h.themes),
		at("POST /editions/{id}/themes", h.write),
		at("GET /editions/{id}/themes.csv", h.figures),
		at("GET /editions/{id}/verbatims", h.next),
		at("POST /editions/{id}/verbatims", h.code),
		at("GET /editions/{id}/verbatims/groups", h.groups),
		at("GET /editions/{id}/verbatims/differences", h.differences),
	}
}

func editionOf(r *http.Request) programme.EditionID { return programme.EditionID(r.PathValue("id")) }

func at(id programme.EditionID, word string) string { return ui.EditionURL(id) + "/" + word }

// page is a desk, with what was typed.
type page struct {
	coding.Desk
	outside  bool
	shown    coding.Verbatim
	chosen   []string // of the verbatim shown; nil for what is kept
	typed    coding.Theme
	problems ui.Problems
}

func (h *Handler) open(r *http.Request, v page) (page, error) {
	desk, err := h.Codings.Open(r.Context(), ui.User(r), editionOf(r))
	v.Desk = desk
	return v, err
}

func (h *Handler) themes(w http.ResponseWriter, r *http.Request) error {
	return h.renderThemes(w, r, http.StatusOK, page{outside: r.URL.Query().Get("view") == "outside"})
}

func (h *Handler) renderThemes(w http.ResponseWriter, r *http.Request, status int, v page) error {
	v, err := h.open(r, v)
	if err != nil {
		return err
	}
	return ui.Render(w, r, status, themesPage(v))
}

func version(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64) // anything else is an old version
	return n
}

func (h *Handler) write(w http.ResponseWriter, r *http.Request) error {
	t := coding.Theme{ID: r.PostFormValue("theme"), Version: version(r)}
	t.Name, t.Meaning, t.Retired = r.PostFormValue(named(t, "name")), r.PostFormValue(named(t, "meaning")), r.PostFormValue(named(t, "retired")) != ""
	err := h.Codings.Write(r.Context(), ui.User(r), editionOf(r), t)
	if problems, show := ui.Again(r.Context(), err); show {
		return h.renderThemes(w, r, ui.StatusOf(err), page{typed: t, problems: problems})
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(editionOf(r), "themes"), "codings.written_done")
}

// next shows the first verbatim that the reader has not coded, or the one asked for.
func (h *Handler) next(w http.ResponseWriter, r *http.Request) error {
	return h.renderVerbatim(w, r, http.StatusOK, page{shown: coding.Verbatim{ID: r.URL.Query().Get("verbatim")}})
}

func (h *Handler) renderVerbatim(w http.ResponseWriter, r *http.Request, status int, v page) error {
	v, err := h.open(r, v)
	if err != nil {
		return err
	}
	wanted := v.shown.ID
	v.shown = coding.Verbatim{}
	if left := v.Left(); wanted == "" && len(left) > 0 {
		v.shown = left[0]
	}
	for _, one := range v.Verbatims {
		if one.ID == wanted {
			v.shown = one
		}
	}
	return ui.Render(w, r, status, verbatimPage(v))
}

func (h *Handler) code(w http.ResponseWriter, r *http.Request) error {
	in := coding.Reading{Verbatim: r.PostFormValue("verbatim"), Themes: r.PostForm["themes"], Version: version(r)}
	err := h.Codings.Code(r.Context(), ui.User(r), editionOf(r), in)
	if problems, show := ui.Again(r.Context(), err); show {
		return h.renderVerbatim(w, r, ui.StatusOf(err), page{shown: coding.Verbatim{ID: in.Verbatim}, chosen: append([]string{}, in.Themes...), problems: problems})
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, at(editionOf(r), "verbatims"), http.StatusSeeOther)
	return nil
}

func (h *Handler) groups(w http.ResponseWriter, r *http.Request) error {
	v, err := h.open(r, page{})
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, groupsPage(v))
}

func (h *Handler) differences(w http.ResponseWriter, r *http.Request) error {
	v, err := h.open(r, page{})
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, differencesPage(v))
}

func question(ctx context.Context, v coding.Verbatim) string {
	if key := v.Question["key"]; key != "" {
		return i18n.T(ctx, "codings.question_"+key)
	}
	return v.Question.In(string(i18n.From(ctx)))
}

// choices are the themes to tick for the verbatim shown; a retired one only when it is ticked.
func (v page) choices() ui.Choice {
	c := ui.Choice{Chosen: v.chosen}
	mine, _ := v.Mine(v.shown.ID)
	if v.chosen == nil {
		c.Chosen = mine.Themes
	}
	for _, t := range v.Themes {
		ticked := false
		for _, one := range c.Chosen {
			ticked = ticked || one == t.ID
		}
		if !t.Retired || ticked {
			c.Options = append(c.Options, ui.Option{Value: t.ID, Label: t.Name, Hint: t.Meaning})
		}
	}
	return c
}

func (v page) version() string {
	mine, _ := v.Mine(v.shown.ID)
	return strconv.FormatInt(mine.Version, 10)
}

func (v page) names(ctx context.Context, ids []string) string {
	var names []string
	for _, t := range v.Themes {
		for _, id := range ids {
			if t.ID == id {
				names = append(names, t.Name)
			}
		}
	}
	if len(names) == 0 {
		return i18n.T(ctx, "codings.no_theme")
	}
	return strings.Join(names, ", ")
}

func kappa(ctx context.Context, a coding.Agreement) string {
	if !a.Says {
		return i18n.T(ctx, "codings.kappa_silent")
	}
	return text.Decimal(string(i18n.From(ctx)), a.Kappa, 2)
}

func verbatimURL(v page, id string) string {
	return at(v.ID, "verbatims") + "?verbatim=" + url.QueryEscape(id)
}

func count(ctx context.Context, r coding.Result) string {
	if r.Hidden {
		return i18n.T(ctx, "codings.too_few")
	}
	return strconv.Itoa(r.Count)
}

// figures are one line for each verbatim of each theme, without a name.
func (h *Handler) figures(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.open(r, page{})
	if err != nil {
		return err
	}
	s := sheet.Sheet{Name: i18n.T(ctx, "codings.themes")}
	for _, key := range []string{"head_theme", "head_count", "head_question", "head_words"} {
		s.Head = append(s.Head, i18n.T(ctx, "codings."+key))
	}
	for _, one := range v.Results(r.URL.Query().Get("view") == "outside") {
		s.Rows = append(s.Rows, []any{one.Theme.Name, count(ctx, one), nil, nil})
		for _, q := range one.Quotes {
			s.Rows = append(s.Rows, []any{one.Theme.Name, nil, question(ctx, q), q.Words})
		}
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", ui.Attachment("themes.csv"))
	return sheet.Book{}.CSV(w, s, true)
}
