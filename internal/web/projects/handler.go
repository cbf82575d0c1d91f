// Package projects is the pages of projects: their sheets, with what boards landed on them, and how a programme's team writes one down.
package projects

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/board"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /projects, and to who follows the projects of an edition.
type Handler struct {
	Projects   *project.Service
	Programmes *programme.Service
	// Ended gives the address of the page that says how a project stopped or was handed over,
	// and what to call it, "" while it goes on; nil knows of none.
	Ended     func(ctx context.Context, by account.User, id project.ID) (address, name string, err error)
	Links     []Link // from the page of a project, for everybody who reads it
	Overviews []Link // from the projects of an edition, for who follows them all
}

// Link leads to what another package shows of a project, or of all those of an edition.
type Link struct {
	Path  string // "roadmap"
	Label string // a key
	Part  Part
}

// Part is what a link is about, and the heading it stands under; "" is [Support].
type Part string

// The parts of the months after the two days.
const (
	Support  Part = "support"  // what helps a project on
	Partners Part = "partners" // what is asked of partners, offered and promised
	Account  Part = "account"  // what became of it, and what is told of it
)

// group is the links of one part, and where they start from.
type group struct {
	part  Part
	base  string
	links []Link
}

// grouped sorts links by their part, each part in the order of its links.
func grouped(base string, links []Link) (list []group) {
	for _, p := range []Part{Support, Partners, Account} {
		g := group{part: p, base: base}
		for _, l := range links {
			if l.Part == p || l.Part == "" && p == Support {
				g.links = append(g.links, l)
			}
		}
		if len(g.links) > 0 {
			list = append(list, g)
		}
	}
	return list
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	return []ui.Route{
		{Pattern: "GET /editions/{id}/projects", Action: "project.manage", On: "edition", Handle: h.list},
		{Pattern: "GET /editions/{id}/projects/new", Action: "project.manage", On: "edition", Handle: h.blank},
		{Pattern: "POST /editions/{id}/projects/new", Action: "project.manage", On: "edition", Handle: h.start},
		{Pattern: "GET /projects/{id}", Action: "project.read", On: "project", Handle: h.show},
		{Pattern: "GET /projects/{id}/edit", Action: "project.edit", On: "project", Handle: h.edit},
		{Pattern: "POST /projects/{id}/edit", Action: "project.edit", On: "project", Handle: h.save},
		{Pattern: "POST /projects/{id}/actions/{item}", Action: "project.edit", On: "project", Handle: h.tick},
		{Pattern: "POST /projects/{id}/team", Action: "project.manage", On: "project", Handle: h.invite},
	}
}

func idOf(r *http.Request) project.ID { return project.ID(r.PathValue("id")) }

func editionOf(r *http.Request) programme.EditionID { return programme.EditionID(r.PathValue("id")) }

// at is an address of a project.
func at(id project.ID, parts ...string) string {
	return strings.Join(append([]string{"/projects/" + url.PathEscape(string(id))}, parts...), "/")
}

// under is an address of the projects of an edition.
func under(id programme.EditionID, parts ...string) string {
	return strings.Join(append([]string{ui.EditionURL(id) + "/projects"}, parts...), "/")
}

// listed is the page of an edition's projects.
type listed struct {
	edition programme.Overview
	cards   []ui.Card
	links   []Link
}

func (h *Handler) list(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	if err := h.Projects.Manageable(ctx, by, editionOf(r)); err != nil {
		return err
	}
	e, err := h.Programmes.Edition(ctx, by, editionOf(r))
	if err != nil {
		return err
	}
	list, err := h.Projects.List(ctx, by, e.ID)
	if err != nil {
		return err
	}
	v := listed{edition: e, links: h.Overviews}
	for _, o := range list {
		c := ui.Card{Title: o.Title, URL: at(o.ID), Text: o.Summary, Facts: []string{i18n.N(ctx, "projects.items_count", o.Standing)}}
		if o.Status == project.Left {
			c.Badge, c.Tone = i18n.T(ctx, "projects.left"), ui.Warning
		}
		v.cards = append(v.cards, c)
	}
	return ui.Render(w, r, http.StatusOK, listPage(v))
}

// form is a sheet as it was typed, of a new project or of one that stands.
type form struct {
	project.Sheet
	title, url, back string
	people, message  string // of a new project alone
	lang             string
	fresh            bool
	crumbs           []ui.Crumb
	problems         ui.Problems
}

func (h *Handler) starting(r *http.Request) (v form, err error) {
	ctx, by := r.Context(), ui.User(r)
	if err := h.Projects.Manageable(ctx, by, editionOf(r)); err != nil {
		return v, err
	}
	e, err := h.Programmes.Edition(ctx, by, editionOf(r))
	if err != nil {
		return v, err
	}
	v = form{title: i18n.T(ctx, "projects.new"), url: under(e.ID, "new"), back: under(e.ID), fresh: true, lang: r.PostFormValue("lang"),
		people: r.PostFormValue("people"), message: r.PostFormValue("message"), Sheet: typed(r),
		crumbs: []ui.Crumb{{Label: e.Name.In(string(i18n.From(ctx))), URL: ui.EditionURL(e.ID)}, {Label: i18n.T(ctx, "projects.title"), URL: under(e.ID)}}}
	if v.lang == "" {
		v.lang = string(i18n.From(ctx))
	}
	return v, nil
}

func typed(r *http.Request) project.Sheet {
	version, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64) // anything else is an old version
	return project.Sheet{Title: r.PostFormValue("title"), Summary: r.PostFormValue("summary"), Version: version}
}

func (h *Handler) blank(w http.ResponseWriter, r *http.Request) error {
	v, err := h.starting(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, formPage(v))
}

func (h *Handler) start(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.starting(r)
	if err != nil {
		return err
	}
	id, err := h.Projects.Start(ctx, ui.User(r), project.Started{Edition: editionOf(r), Sheet: v.Sheet, People: strings.Split(v.people, "\n"), Lang: v.lang, Message: v.message})
	if problems, show := ui.Again(ctx, err); show {
		v.problems = problems
		return ui.Render(w, r, ui.StatusOf(err), formPage(v))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(id), "projects.started_done")
}

// shown is the page of a project.
type shown struct {
	project.File
	edition  programme.Words
	links    []Link
	endedAt  string
	ended    string
	email    string
	owner    bool
	lang     string
	zone     string
	message  string
	problems ui.Problems
}

func (h *Handler) showing(r *http.Request) (v shown, err error) {
	ctx, by := r.Context(), ui.User(r)
	if v.File, err = h.Projects.Read(ctx, by, idOf(r)); err != nil {
		return v, err
	}
	v.edition, v.links, v.zone = v.In, h.Links, by.Zone
	if h.Ended != nil {
		if v.endedAt, v.ended, err = h.Ended(ctx, by, v.ID); err != nil {
			return v, err
		}
	}
	v.email, v.message, v.owner, v.lang = r.PostFormValue("email"), r.PostFormValue("message"), r.PostFormValue("role") == "owner", r.PostFormValue("lang")
	if v.lang == "" {
		v.lang = string(i18n.From(ctx))
	}
	return v, nil
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	v, err := h.showing(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, showPage(v))
}

func (h *Handler) invite(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.showing(r)
	if err != nil {
		return err
	}
	err = h.Projects.Invite(ctx, ui.User(r), v.ID, project.Invited{Email: v.email, Owner: v.owner, Lang: v.lang, Message: v.message})
	if problems, show := ui.Again(ctx, err); show {
		v.problems = problems
		return ui.Render(w, r, ui.StatusOf(err), showPage(v))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(v.ID), "projects.invited_done")
}

func (h *Handler) editing(r *http.Request) (v form, err error) {
	ctx := r.Context()
	f, err := h.Projects.Edited(ctx, ui.User(r), idOf(r))
	if err != nil {
		return v, err
	}
	return form{title: i18n.T(ctx, "projects.edit"), url: at(f.ID, "edit"), back: at(f.ID), Sheet: project.Sheet{Title: f.Title, Summary: f.Summary, Version: f.Version},
		crumbs: []ui.Crumb{{Label: f.Title, URL: at(f.ID)}}}, nil
}

func (h *Handler) edit(w http.ResponseWriter, r *http.Request) error {
	v, err := h.editing(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, formPage(v))
}

func (h *Handler) save(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	err := h.Projects.Edit(ctx, ui.User(r), idOf(r), typed(r))
	problems, show := ui.Again(ctx, err)
	if !show && err != nil {
		return err
	}
	if !show {
		return ui.Done(w, r, at(idOf(r)), "projects.saved_done")
	}
	v, missing := h.editing(r)
	if missing != nil {
		return missing
	}
	now := v.Version
	v.Sheet, v.problems = typed(r), problems
	v.Version = now // she is told that somebody wrote meanwhile: saving again is her choice
	return ui.Render(w, r, ui.StatusOf(err), formPage(v))
}

// kind are the items of one kind.
type kind struct {
	name  project.Kind
	items []project.Item
}

// kinds are the items of a project, by kind.
func (v shown) kinds() (list []kind) {
	for _, i := range v.Items {
		if n := len(list); n == 0 || list[n-1].name != i.Kind {
			list = append(list, kind{name: i.Kind})
		}
		last := &list[len(list)-1]
		last.items = append(last.items, i)
	}
	return list
}

// cards are the items of a kind; the title of each leads back to its card on the board.
func (k kind) cards(ctx context.Context) (list []ui.Card) {
	for _, i := range k.items {
		list = append(list, card(ctx, i))
	}
	return list
}

func card(ctx context.Context, i project.Item) ui.Card {
	c := ui.Card{Title: i.Title, URL: cardURL(i), Text: i.Detail, Facts: facts(ctx, i)}
	if !i.Done.IsZero() {
		c.Badge, c.Tone = i18n.T(ctx, doneWord(i)), ui.Success
	}
	return c
}

func doneWord(i project.Item) string {
	switch i.Kind {
	case "need":
		return "projects.need_answered"
	case "lock":
		return "projects.lock_lifted"
	}
	return "projects.done"
}

// tick says that an action is done, or that it is not after all.
func (h *Handler) tick(w http.ResponseWriter, r *http.Request) error {
	done := r.PostFormValue("do") == "done"
	if err := h.Projects.Done(r.Context(), ui.User(r), idOf(r), r.PathValue("item"), done); err != nil {
		return err
	}
	said := "projects.ticked"
	if !done {
		said = "projects.reopened"
	}
	return ui.Done(w, r, at(idOf(r)), said)
}

// cardURL leads back to the card that an item comes from, or to the coaching where it was agreed.
func cardURL(i project.Item) string {
	if gathering, _, is := i.Agreed(); is {
		return "/gatherings/" + url.PathEscape(gathering) + "/coaching"
	}
	return "/boards/" + url.PathEscape(i.Board) + "#card-" + url.PathEscape(i.Card)
}

// facts are what an item says besides its words.
func facts(ctx context.Context, i project.Item) (list []string) {
	if i.LevelLabel != "" {
		list = append(list, i.LevelLabel)
	} else if i.Level != 0 {
		list = append(list, i18n.T(ctx, "projects.level", i.Level))
	}
	for _, m := range moments(i) {
		said := i18n.T(ctx, "projects.moment", m.Title, m.Median, m.Most)
		if m.Low != m.High {
			said = i18n.T(ctx, "projects.moment_apart", m.Title, m.Median, m.Most, m.Low, m.High)
		}
		list = append(list, said)
	}
	if _, who, is := i.Agreed(); is && who != "" {
		list = append(list, i18n.T(ctx, "projects.who_"+who))
	} else if i.Owner != "" {
		list = append(list, i18n.T(ctx, "projects.owner", i.Owner))
	}
	if day, err := time.Parse(time.DateOnly, i.Due); err == nil {
		list = append(list, i18n.T(ctx, "projects.due", ui.ShortDay(ctx, day)))
	}
	if i.Amount != nil {
		list = append(list, text.Money(string(i18n.From(ctx)), *i.Amount))
	}
	return list
}

// moments are the scores of a dimension before and after, with how far apart people were.
func moments(i project.Item) []board.Moment {
	var body struct {
		Moments []board.Moment `json:"moments"`
	}
	if i.Kind != "dimension" || json.Unmarshal(i.Body, &body) != nil {
		return nil
	}
	return body.Moments
}

// people are those of a project.
func (v shown) people(ctx context.Context) (list []ui.Person) {
	for _, m := range v.Team {
		list = append(list, ui.Person{Name: m.Name, Role: i18n.T(ctx, "invitation.relation_"+m.Relation)})
	}
	return list
}

func roles(ctx context.Context, owner bool) ui.Choice {
	c := ui.Choice{Chosen: []string{"editor"}, Options: []ui.Option{{Value: "editor", Label: i18n.T(ctx, "projects.role_editor")}, {Value: "owner", Label: i18n.T(ctx, "projects.role_owner")}}}
	if owner {
		c.Chosen = []string{"owner"}
	}
	return c
}

func langs(chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}, Side: true}
	for _, lang := range i18n.Langs {
		c.Options = append(c.Options, ui.Option{Value: string(lang), Label: i18n.Say(lang, "ui.lang_name")})
	}
	return c
}
