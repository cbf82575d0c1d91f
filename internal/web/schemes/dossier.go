package schemes

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/scheme"
	"transformateur/internal/web/ui"
)

// line is one thing of a dossier.
type line struct {
	key, label, value, from string
	kept                    bool
}

// dossier is what is known of a project, with what was unticked.
type dossier struct {
	scheme.Dossier
	lines []line
}

// gathered reads a dossier and what of it is kept: all, until somebody chose.
func (h *Handler) gathered(r *http.Request) (d dossier, err error) {
	ctx := r.Context()
	if d.Dossier, err = h.Schemes.Dossier(ctx, ui.User(r), projectOf(r), schemeOf(r)); err != nil {
		return d, err
	}
	q := r.URL.Query()
	put := func(key, label, value, from string) {
		if value != "" {
			d.lines = append(d.lines, line{key, label, value, from, !q.Has("chosen") || slices.Contains(q["keep"], key)})
		}
	}
	put("title", i18n.T(ctx, "schemes.dossier_title"), d.Project.Title, "")
	put("summary", i18n.T(ctx, "schemes.dossier_summary"), d.Project.Summary, "")
	put("organisation", i18n.T(ctx, "schemes.dossier_organisation"), d.Body.Name, "")
	put("siret", i18n.T(ctx, "schemes.dossier_siret"), d.Body.SIRET, "")
	for _, k := range d.Known {
		if k.Value != nil {
			put(k.Key, short(ctx, k.Key), valueWords(ctx, k.Fact, k.Typed(k.Value)), origin(ctx, k))
		}
	}
	return d, nil
}

func (d dossier) url(name string) string { return under(d.Project.ID, string(d.Offer.ID), name) }

// file is the address of a file that holds what is kept.
func (d dossier) file(name string) string {
	q := url.Values{"chosen": {"yes"}}
	for _, l := range d.lines {
		if l.kept {
			q.Add("keep", l.key)
		}
	}
	return d.url(name) + "?" + q.Encode()
}

// keeping are the ticks of the page.
func (d dossier) keeping() (c ui.Choice) {
	for _, l := range d.lines {
		c.Options = append(c.Options, ui.Option{Value: l.key, Label: l.label, Hint: l.value})
		if l.kept {
			c.Chosen = append(c.Chosen, l.key)
		}
	}
	return c
}

// pairs are what is kept, as it is printed.
func (d dossier) pairs() (list []ui.Pair) {
	for _, l := range d.lines {
		if l.kept {
			list = append(list, ui.Pair{Term: l.label, Text: l.value})
		}
	}
	return list
}

func (h *Handler) dossier(w http.ResponseWriter, r *http.Request) error {
	d, err := h.gathered(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, dossierPage(d))
}

func (h *Handler) dossierCSV(w http.ResponseWriter, r *http.Request) error {
	d, err := h.gathered(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	s := sheet.Sheet{Name: "dossier", Head: []string{i18n.T(ctx, "schemes.dossier_head_what"), i18n.T(ctx, "schemes.dossier_head_value"), i18n.T(ctx, "schemes.dossier_head_from")}}
	for _, l := range d.lines {
		if l.kept {
			s.Rows = append(s.Rows, []any{l.label, l.value, l.from})
		}
	}
	attached(w, "text/csv; charset=utf-8", "dossier.csv")
	return sheet.Book{}.CSV(w, s, true)
}

// toldLine is a line in JSON.
type toldLine struct {
	Key   string `json:"key"`
	Label string `json:"label"`
	Value string `json:"value"`
	From  string `json:"from,omitempty"`
}

func (h *Handler) dossierJSON(w http.ResponseWriter, r *http.Request) error {
	d, err := h.gathered(r)
	if err != nil {
		return err
	}
	out := struct {
		Scheme string     `json:"scheme"`
		Link   string     `json:"link,omitempty"`
		Lines  []toldLine `json:"lines"`
	}{d.Offer.Name, d.Offer.Link, []toldLine{}}
	for _, l := range d.lines {
		if l.kept {
			out.Lines = append(out.Lines, toldLine{l.key, l.label, l.value, l.from})
		}
	}
	attached(w, "application/json", "dossier.json")
	return json.NewEncoder(w).Encode(out)
}

// attached says that a file follows, which nobody keeps on the way.
func attached(w http.ResponseWriter, kind, name string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", ui.Attachment(name))
	w.Header().Set("Cache-Control", "no-store")
}
