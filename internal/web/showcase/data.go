package showcase

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
	"transformateur/internal/showcase"
	"transformateur/internal/web/ui"
)

// column is one of open data: its name, what it holds, and how.
type column struct {
	Name     string
	Type     string // of a Table Schema
	Format   string
	Required bool
}

// projectColumns and editionColumns are the columns of open data, in order. Names never
// change: who reads the data counts on them.
var (
	projectColumns = []column{
		{"id", "string", "", true}, {"url", "string", "uri", true}, {"title", "string", "", true}, {"sentence", "string", "", false}, {"story", "string", "", false},
		{"tried", "string", "", false}, {"gave", "string", "", false}, {"organisation", "string", "", false}, {"region_code", "string", "", false}, {"region", "string", "", false},
		{"themes", "array", "", false}, {"links", "array", "", false}, {"edition", "string", "", true}, {"programme", "string", "", true}, {"published", "date", "", true}, {"updated", "date", "", true},
	}
	editionColumns = []column{
		{"id", "string", "", true}, {"url", "string", "uri", true}, {"name", "string", "", true}, {"theme", "string", "", false}, {"programme", "string", "", true}, {"programme_name", "string", "", true},
		{"territory", "string", "", false}, {"place", "string", "", false}, {"begins", "date", "", false}, {"ends", "date", "", false}, {"published", "date", "", true}, {"projects", "integer", "", true},
	}
)

// row is a line of open data, its values in the order of its columns: a text, a number or a
// list of texts.
type row []any

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// projectRows are the projects whose team lets them be given as open data. The contact and
// the pictures of a page are never among them.
func (h *Handler) projectRows(r *http.Request) ([]row, error) {
	list, err := h.Showcase.Projects(r.Context(), visitor, showcase.Filter{})
	var rows []row
	for _, p := range list {
		if !p.Reuse {
			continue
		}
		links := []string{}
		for _, l := range p.Links {
			links = append(links, l.URL)
		}
		rows = append(rows, row{p.Slug, h.BaseURL + at("projects", p.Slug), p.Title, p.Sentence, text.MarkdownText(p.Story), text.MarkdownText(p.Tried), text.MarkdownText(p.Gave), p.Organisation, p.Region, regionName(p.Region),
			append([]string{}, p.Themes...), links, string(p.Edition), string(p.Programme), day(p.Since), day(p.ChangedAt)})
	}
	return rows, err
}

func (h *Handler) editionRows(r *http.Request) ([]row, error) {
	ctx := r.Context()
	list, err := h.Showcase.Editions(ctx, visitor, "")
	if err != nil {
		return nil, err
	}
	projects, err := h.Showcase.Projects(ctx, visitor, showcase.Filter{})
	in := map[string]int{}
	for _, p := range projects {
		in[string(p.Edition)]++
	}
	var rows []row
	for _, e := range list {
		first, last := ui.Dates(e.Stages)
		rows = append(rows, row{string(e.ID), h.BaseURL + at("editions", string(e.ID)), e.Name.In(lang(ctx)), e.Theme.In(lang(ctx)), string(e.Programme), e.ProgrammeName.In(lang(ctx)),
			e.Territory, e.Place, day(first), day(last), day(e.Since), in[string(e.ID)]})
	}
	return rows, err
}

// formula is what a spreadsheet would run: it stands after an apostrophe, which shows it as
// text.
func formula(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

func writeCSV(w http.ResponseWriter, name string, columns []column, rows []row) error {
	var out bytes.Buffer
	c := csv.NewWriter(&out)
	var head []string
	for _, col := range columns {
		head = append(head, col.Name)
	}
	c.Write(head)
	for _, r := range rows {
		var line []string
		for _, value := range r {
			if list, is := value.([]string); is {
				value = strings.Join(list, "|")
			}
			line = append(line, formula(fmt.Sprint(value)))
		}
		c.Write(line)
	}
	if c.Flush(); c.Error() != nil {
		return fmt.Errorf("write %s: %w", name, c.Error())
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", ui.Attachment(name))
	_, err := w.Write(out.Bytes())
	return err
}

func writeJSON(w http.ResponseWriter, kind string, value any) error {
	body, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		return fmt.Errorf("write open data: %w", err)
	}
	w.Header().Set("Content-Type", kind)
	_, err = w.Write(append(body, '\n'))
	return err
}

// records are rows by the names of their columns.
func records(columns []column, rows []row) []map[string]any {
	list := []map[string]any{}
	for _, r := range rows {
		one := map[string]any{}
		for i, col := range columns {
			one[col.Name] = r[i]
		}
		list = append(list, one)
	}
	return list
}

func (h *Handler) projectsCSV(w http.ResponseWriter, r *http.Request) error {
	rows, err := h.projectRows(r)
	if err != nil {
		return err
	}
	return writeCSV(w, "projects.csv", projectColumns, rows)
}

func (h *Handler) projectsJSON(w http.ResponseWriter, r *http.Request) error {
	rows, err := h.projectRows(r)
	if err != nil {
		return err
	}
	return writeJSON(w, "application/json; charset=utf-8", records(projectColumns, rows))
}

func (h *Handler) editionsCSV(w http.ResponseWriter, r *http.Request) error {
	rows, err := h.editionRows(r)
	if err != nil {
		return err
	}
	return writeCSV(w, "editions.csv", editionColumns, rows)
}

func (h *Handler) editionsJSON(w http.ResponseWriter, r *http.Request) error {
	rows, err := h.editionRows(r)
	if err != nil {
		return err
	}
	return writeJSON(w, "application/json; charset=utf-8", records(editionColumns, rows))
}

// sets are the tables of open data.
var sets = []struct {
	Name    string
	Columns []column
}{{"projects", projectColumns}, {"editions", editionColumns}}

// schema describes the columns, as Table Schema does (specs.frictionlessdata.io/table-schema).
func (h *Handler) schema(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var resources []map[string]any
	for _, set := range sets {
		var fields []map[string]any
		for _, c := range set.Columns {
			f := map[string]any{"name": c.Name, "type": c.Type, "description": i18n.T(ctx, "showcase.column_"+set.Name+"_"+c.Name), "constraints": map[string]any{"required": c.Required}}
			if c.Format != "" {
				f["format"] = c.Format
			}
			fields = append(fields, f)
		}
		resources = append(resources, map[string]any{"name": set.Name, "path": h.BaseURL + at("data", set.Name+".csv"), "schema": map[string]any{"fields": fields, "primaryKey": "id"}})
	}
	return writeJSON(w, "application/json; charset=utf-8", map[string]any{"profile": "tabular-data-package", "name": "showcase", "title": i18n.T(ctx, "showcase.data_title", h.Name), "resources": resources})
}

func (h *Handler) data(w http.ResponseWriter, r *http.Request) error {
	return ui.Render(w, r, http.StatusOK, dataPage())
}
