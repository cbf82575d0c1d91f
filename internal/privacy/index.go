package privacy

import (
	"encoding/json"
	"fmt"
	"html"
	"strings"
	"time"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
)

// indexRows is how many rows of a table the page shows; the JSON file has them all.
const indexRows = 200

// indexStyle is the whole look of the page: it opens from a disk, without network.
const indexStyle = `:root{color-scheme:light dark}body{margin:0 auto;padding:1.5rem;max-width:64rem;font:1.0625rem/1.55 system-ui,sans-serif;color:#1b1b1f;background:#fff}h1{line-height:1.2}h2{margin-top:2.5rem;border-bottom:1px solid #767680}table{border-collapse:collapse;font-size:.9375rem}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border:1px solid #c8c8d0;max-width:28rem;overflow-wrap:anywhere}.wide{overflow-x:auto}.soft{color:#55555e}a{color:#0b57a4}@media (prefers-color-scheme:dark){body{color:#ececf1;background:#16161a}.soft{color:#b4b4bd}a{color:#8fc1ff}th,td{border-color:#44444c}}`

// indexPage is the page that shows an archive, in the language of who receives it.
type indexPage struct {
	lang  i18n.Lang
	body  strings.Builder
	files strings.Builder
	now   Activity
}

func newIndex(lang, install string, at time.Time) *indexPage {
	p := &indexPage{lang: i18n.Parse(lang)}
	title := html.EscapeString(i18n.Say(p.lang, "privacy.index_title", install))
	fmt.Fprintf(&p.body, `<!DOCTYPE html><html lang="%s"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>%s</title><style>%s</style></head><body><main><h1>%s</h1><p>%s</p><p class="soft">%s</p>`,
		p.lang, title, indexStyle, title, p.say("privacy.index_lead", text.Instant(string(p.lang), at.UTC())), p.say("privacy.index_others"))
	return p
}

func (p *indexPage) say(key string, args ...any) string {
	return html.EscapeString(text.Typo(string(p.lang), i18n.Say(p.lang, key, args...)))
}

// section is the part of the page about one table.
type section struct {
	page  *indexPage
	table Table
	rows  int
}

func (p *indexPage) section(t Table) *section { return &section{page: p, table: t} }

// row shows one row; the first one opens the table.
func (s *section) row(r record, labels map[string]map[string]string) {
	b := &s.page.body
	if s.rows == 0 {
		if s.page.now != s.table.Activity {
			s.page.now = s.table.Activity
			fmt.Fprintf(b, `<h2>%s</h2>`, s.page.say("privacy.activity_"+string(s.table.Activity)))
		}
		name := s.page.say("privacy.table_" + s.table.Name)
		fmt.Fprintf(b, `<h3>%s</h3><div class="wide" role="region" tabindex="0" aria-label="%s"><table><thead><tr>`, name, name)
		for _, column := range r.names {
			fmt.Fprintf(b, `<th scope="col">%s</th>`, s.page.say("privacy.column_"+column))
		}
		b.WriteString(`</tr></thead><tbody>`)
	}
	if s.rows++; s.rows > indexRows {
		return
	}
	b.WriteString("<tr>")
	file := ""
	for i, name := range r.names {
		if id, ok := r.values[i].(string); ok && name == "application_id" {
			file = id
		}
	}
	for i, name := range r.names {
		shown := s.page.cell(r.values[i])
		if label := labels[file][shown]; name == "field" && label != "" {
			shown = label
		}
		b.WriteString("<td>" + html.EscapeString(shown) + "</td>")
	}
	b.WriteString("</tr>")
}

// cell writes a value for people.
func (p *indexPage) cell(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case bool:
		if v {
			return i18n.Say(p.lang, "privacy.yes")
		}
		return i18n.Say(p.lang, "privacy.no")
	case json.RawMessage:
		var plain string
		if json.Unmarshal(v, &plain) == nil {
			return plain
		}
		return string(v)
	case string:
		switch v {
		case you:
			return i18n.Say(p.lang, "privacy.you")
		case somebodyElse:
			return i18n.Say(p.lang, "privacy.somebody_else")
		}
		if at, err := time.Parse(time.RFC3339Nano, v); err == nil {
			return text.Instant(string(p.lang), at)
		}
		return v
	}
	return fmt.Sprint(value)
}

// done closes the table and says where it is whole.
func (s *section) done(n int64) {
	fmt.Fprintf(&s.page.body, `</tbody></table></div><p class="soft"><a href="data/%s.json">%s</a>`, s.table.Leaves, s.page.say("privacy.index_json", s.table.Leaves+".json"))
	if n > indexRows {
		s.page.body.WriteString(" " + s.page.say("privacy.index_more", indexRows, n))
	}
	s.page.body.WriteString("</p>")
}

func (p *indexPage) file(path, name string) {
	fmt.Fprintf(&p.files, `<li><a href="%s">%s</a></li>`, html.EscapeString(path), html.EscapeString(name))
}

func (p *indexPage) lost(name string) {
	fmt.Fprintf(&p.files, `<li>%s</li>`, p.say("privacy.index_lost", name))
}

// end is the whole page.
func (p *indexPage) end() string {
	if p.files.Len() > 0 {
		fmt.Fprintf(&p.body, `<h2>%s</h2><ul>%s</ul>`, p.say("privacy.index_files"), p.files.String())
	}
	p.body.WriteString(`</main></body></html>` + "\n")
	return p.body.String()
}
