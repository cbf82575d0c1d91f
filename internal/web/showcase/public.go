package showcase

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/showcase"
	"transformateur/internal/web/ui"
)

// latest is how many projects the home of the showcase shows.
const latest = 12

// plate is what every page of the showcase knows of the install.
type plate struct{ base, name, contact string }

func (h *Handler) plate() plate { return plate{h.BaseURL, h.Name, h.Contact} }

// front is the home of the showcase.
type front struct {
	projects  []showcase.Listed
	editions  []showcase.Told
	resources []showcase.Resource
	work      showcase.Work // of who signed in
	now       time.Time
}

func (h *Handler) home(w http.ResponseWriter, r *http.Request) (err error) {
	ctx, v := r.Context(), front{now: h.Clock.Now()}
	if v.projects, err = h.Showcase.Projects(ctx, visitor, showcase.Filter{}); err != nil {
		return err
	}
	if v.editions, err = h.Showcase.Editions(ctx, visitor, ""); err != nil {
		return err
	}
	if v.resources, err = h.Showcase.Resources(ctx, visitor, showcase.ResourceFilter{}); err != nil {
		return err
	}
	if v.work, err = h.Showcase.Desks(ctx, ui.User(r)); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, homePage(v))
}

// card shows a project in a list.
func card(ctx context.Context, l showcase.Listed, address string) ui.Card {
	c := ui.Card{Over: l.EditionName.In(lang(ctx)), Title: l.Title, URL: address, Text: l.Sentence}
	for _, fact := range append([]string{l.Organisation, regionName(l.Region)}, l.Themes...) {
		if fact != "" {
			c.Facts = append(c.Facts, fact)
		}
	}
	return c
}

func cards(ctx context.Context, list []showcase.Listed) (out []ui.Card) {
	for _, l := range list {
		out = append(out, card(ctx, l, at("projects", l.Slug)))
	}
	return out
}

// editionCards show editions in a list, the page of the showcase behind each.
func editionCards(ctx context.Context, list []showcase.Told, now time.Time) (out []ui.Card) {
	for _, t := range list {
		c := ui.Card{Over: t.ProgrammeName.In(lang(ctx)), Title: t.Name.In(lang(ctx)), URL: at("editions", string(t.ID)), Text: t.Theme.In(lang(ctx)),
			Facts: []string{ui.TerritoryName(ctx, t.Territory)}, Frise: ui.FriseOf(ctx, t.Edition, t.Stages, now, nil)}
		if first, last := ui.Dates(t.Stages); !first.IsZero() {
			c.Facts = append(c.Facts, ui.Span(ctx, first.In(t.Location()), last.In(t.Location())))
		}
		out = append(out, c)
	}
	return out
}

// shelf is a list of projects, narrowed.
type shelf struct {
	query, region, theme string
	list                 []showcase.Listed
	page                 int     // from 1
	regions, themes      []group // of all that is public, to narrow by
}

// onPage is how many projects a page of the list shows.
const onPage = 60

func (v shelf) last() int { return max(1, (len(v.list)+onPage-1)/onPage) }

// shown are those of the page.
func (v shelf) shown() []showcase.Listed {
	from := (v.page - 1) * onPage
	return v.list[from:min(len(v.list), from+onPage)]
}

// url is the address of a page of the same list.
func (v shelf) url(page int) string {
	q := url.Values{}
	for name, value := range map[string]string{"q": v.query, "region": v.region, "theme": v.theme} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return at("projects")
	}
	return at("projects") + "?" + q.Encode()
}

func (h *Handler) projects(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v := shelf{query: q.Get("q"), region: q.Get("region"), theme: q.Get("theme")}
	all, err := h.Showcase.Projects(ctx, visitor, showcase.Filter{})
	if err != nil {
		return err
	}
	v.regions, v.themes = byRegion(all), byTheme(all)
	if v.list, err = h.Showcase.Projects(ctx, visitor, showcase.Filter{Query: v.query, Region: v.region, Theme: v.theme}); err != nil {
		return err
	}
	page, _ := strconv.Atoi(q.Get("page")) // anything else is the first
	v.page = min(max(page, 1), v.last())
	return ui.Render(w, r, http.StatusOK, projectsPage(v))
}

func choice(groups []group, chosen, empty string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}, Empty: empty}
	for _, g := range groups {
		c.Options = append(c.Options, ui.Option{Value: g.Value, Label: g.Label})
	}
	return c
}

// narrowed is a list of projects of one region or of one theme.
func narrowed(name, value string) string {
	return at("projects") + "?" + url.Values{name: {value}}.Encode()
}

// hits are what a search found.
type hits struct {
	query     string
	projects  []showcase.Listed
	editions  []showcase.Told
	resources []showcase.Resource
}

func (v hits) none() bool { return len(v.projects)+len(v.editions)+len(v.resources) == 0 }

func (h *Handler) search(w http.ResponseWriter, r *http.Request) (err error) {
	ctx, v := r.Context(), hits{query: r.URL.Query().Get("q")}
	if len(text.Words(v.query)) == 0 {
		return ui.Render(w, r, http.StatusOK, searchPage(v))
	}
	if v.projects, err = h.Showcase.Projects(ctx, visitor, showcase.Filter{Query: v.query}); err != nil {
		return err
	}
	if v.resources, err = h.Showcase.Resources(ctx, visitor, showcase.ResourceFilter{Query: v.query}); err != nil {
		return err
	}
	if v.editions, err = h.Showcase.Search(ctx, visitor, v.query); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, searchPage(v))
}

// told is the page of a project, for visitors or for who prepares it.
type told struct {
	showcase.Listed
	plate
	preview bool
	now     time.Time
	picture func(id string) string
}

func publicPicture(id string) string { return at("pictures", id) }

func (h *Handler) project(w http.ResponseWriter, r *http.Request) error {
	f, err := h.Showcase.Project(r.Context(), visitor, r.PathValue("slug"))
	if err != nil {
		return err
	}
	if f.Gone {
		return ui.Render(w, r, http.StatusGone, gonePage(h.plate()))
	}
	return ui.Render(w, r, http.StatusOK, projectPage(told{Listed: f.Listed, plate: h.plate(), now: h.Clock.Now(), picture: publicPicture}))
}

func (v told) crumbs(ctx context.Context) []ui.Crumb {
	if v.preview {
		return []ui.Crumb{{Label: i18n.T(ctx, "showcase.sheet"), URL: "."}}
	}
	return crumbs(ctx, ui.Crumb{Label: v.EditionName.In(lang(ctx)), URL: at("editions", string(v.Edition))})
}

// facts are the short ones of a project, each leading to those like it.
func (v told) facts(ctx context.Context) (rows []ui.Pair) {
	add := func(key, said string, detail templ.Component) {
		if said != "" || detail != nil {
			rows = append(rows, ui.Pair{Term: i18n.T(ctx, key), Text: said, Detail: detail})
		}
	}
	add("showcase.field_organisation", v.Organisation, nil)
	if v.Region != "" {
		add("showcase.field_region", "", links([]showcase.Link{{Label: regionName(v.Region), URL: narrowed("region", v.Region)}}))
	}
	var themes []showcase.Link
	for _, t := range v.Themes {
		themes = append(themes, showcase.Link{Label: t, URL: narrowed("theme", text.Fold(t))})
	}
	if len(themes) > 0 {
		add("showcase.field_themes", "", links(themes))
	}
	if !v.preview {
		add("showcase.edition", "", links([]showcase.Link{{Label: v.EditionName.In(lang(ctx)), URL: at("editions", string(v.Edition))}}))
	}
	add("showcase.field_contact", v.Contact, nil)
	if len(v.Links) > 0 {
		add("showcase.field_links", "", links(v.Links))
	}
	if !v.ChangedAt.IsZero() {
		add("showcase.updated", ui.Day(ctx, v.ChangedAt.In(zone.Location(zone.Default))), nil)
	}
	return rows
}

// whole is the page of an edition.
type whole struct {
	showcase.Whole
	plate
	now     time.Time
	more    []showcase.Link
	picture func(id string) string
}

func (h *Handler) edition(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	e, err := h.Showcase.Edition(ctx, visitor, editionNamed(r))
	if err != nil {
		return err
	}
	v := whole{Whole: e, plate: h.plate(), now: h.Clock.Now(), picture: publicPicture}
	if v.more, err = h.more(ctx, e); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, editionPage(v))
}

// more are the links of other rooms.
func (h *Handler) more(ctx context.Context, e showcase.Whole) (list []showcase.Link, err error) {
	for _, room := range h.More {
		links, err := room(ctx, e.ID)
		if err != nil {
			return nil, err
		}
		list = append(list, links...)
	}
	return list, nil
}

func (v whole) crumbs(ctx context.Context) []ui.Crumb {
	if v.Preview {
		return []ui.Crumb{{Label: i18n.T(ctx, "showcase.backstage"), URL: backURL(v.ID)}}
	}
	return crumbs(ctx)
}

func (v whole) figures(ctx context.Context) (list []ui.Figure) {
	for _, f := range v.Counts {
		list = append(list, ui.Figure{Value: text.Number(lang(ctx), int64(f.Value)), Label: i18n.N(ctx, "showcase.figure_"+f.Name, f.Value)})
	}
	return list
}

func (v whole) cards(ctx context.Context) (out []ui.Card) {
	for _, l := range v.Projects {
		address := at("projects", l.Slug)
		if v.Preview {
			address = sheetURL(projectID(l.Project), "preview")
		}
		c := card(ctx, l, address)
		c.Over = ""
		out = append(out, c)
	}
	return out
}

func (h *Handler) picture(w http.ResponseWriter, r *http.Request) error {
	f, err := h.Showcase.Picture(r.Context(), visitor, r.PathValue("picture"))
	if err != nil {
		return err
	}
	defer f.Close()
	header := w.Header()
	header.Set("Cache-Control", "public, no-cache") // its owner may take it back at any time
	header.Set("ETag", `"`+r.PathValue("picture")+`"`)
	sendPicture(w, r, f)
	return nil
}
