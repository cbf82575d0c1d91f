package selections

import (
	"context"
	"net/http"
	"net/url"

	"transformateur/internal/call"
	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/web/ui"
)

// shelf is the selections of a call.
type shelf struct {
	call.Call
	list   []committee.Selection
	create bool
}

func (h *Handler) list(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	c, err := h.Calls.Follow(ctx, by, call.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	v := shelf{Call: c}
	if v.list, v.create, err = h.Committees.OfCall(ctx, by, c); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, shelfPage(v))
}

func (v shelf) address() string { return "/calls/" + url.PathEscape(string(v.ID)) }

// overview is the first page of a selection: what waits for the reader, then where it stands.
type overview struct {
	room
	mine  committee.Member // her seat, if she has one
	todos []ui.Todo
	ready committee.Ready
	sits  int
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	v, err := h.overview(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, overviewPage(v))
}

func (h *Handler) overview(r *http.Request) (v overview, err error) {
	ctx, by := r.Context(), ui.User(r)
	if v.room, err = h.room(r); err != nil {
		return v, err
	}
	seats, err := h.Committees.Committee(ctx, by, v.ID)
	if err != nil {
		return v, err
	}
	for _, m := range seats {
		if m.Status == committee.Sitting {
			v.sits++
		}
	}
	if v.may["selection.sit"] {
		if _, v.mine, err = h.Committees.Mine(ctx, by, v.ID); err != nil {
			return v, err
		}
	}
	if v.may["selection.manage"] && v.Status == committee.Preparing {
		if v.ready, err = h.Committees.Readiness(ctx, by, v.ID); err != nil {
			return v, err
		}
	}
	v.todos = v.waiting(ctx)
	return v, nil
}

// waiting is what the reader has to do in this selection.
func (v overview) waiting(ctx context.Context) (list []ui.Todo) {
	if v.mine.ID != "" && v.mine.DeclaredAt.IsZero() && v.titlesShow() {
		t := ui.Todo{Text: i18n.T(ctx, "selections.todo_declare"), About: i18n.T(ctx, "selections.todo_declare_about"), URL: link(v.ID, "seat")}
		if !v.ReviewsDueAt.IsZero() {
			t.Due = ui.Local(v.ReviewsDueAt, v.Call.Zone)
		}
		list = append(list, t)
	}
	if v.mine.ID != "" && len(v.mine.Competences) == 0 {
		list = append(list, ui.Todo{Text: i18n.T(ctx, "selections.todo_tell"), About: i18n.T(ctx, "selections.todo_tell_about"), URL: link(v.ID, "seat") + "#say"})
	}
	if v.compare {
		list = append(list, ui.Todo{Text: i18n.T(ctx, "selections.todo_compare"), URL: "/comparisons/" + url.PathEscape(string(v.ID)) + "#pair"})
	}
	if v.may["selection.manage"] && v.Status == committee.Preparing {
		if v.sits == 0 {
			list = append(list, ui.Todo{Text: i18n.T(ctx, "selections.todo_invite"), URL: link(v.ID, "committee", "invite")})
		}
		if v.DeliberatesAt.IsZero() || v.ReviewsDueAt.IsZero() {
			list = append(list, ui.Todo{Text: i18n.T(ctx, "selections.todo_dates"), URL: link(v.ID, "settings")})
		}
	}
	return list
}

// titlesShow says whether those who sit are shown the titles of the files.
func (v room) titlesShow() bool {
	return v.Status == committee.Reading || v.Status == committee.Deliberating || v.Status == committee.Preparing && v.Call.ClosedAt(v.now) && v.Call.UnsealedNow(v.now)
}

// facts are the dates and the rules of a selection.
func (v overview) facts(ctx context.Context) (rows []ui.Pair) {
	add := func(key, text string) {
		if text != "" {
			rows = append(rows, ui.Pair{Term: i18n.T(ctx, "selections."+key), Text: text})
		}
	}
	date := func(empty bool, text string) string {
		if empty {
			return i18n.T(ctx, "selections.no_date")
		}
		return text
	}
	add("reviews_due_at", date(v.ReviewsDueAt.IsZero(), v.at(ctx, v.ReviewsDueAt)))
	add("deliberates_at", date(v.DeliberatesAt.IsZero(), v.at(ctx, v.DeliberatesAt)))
	add("readers", i18n.N(ctx, "selections.readers_each", v.Readers))
	if v.Target > 0 {
		add("target", i18n.N(ctx, "selections.target_files", v.Target))
	}
	add("blind", i18n.T(ctx, "selections.blind_"+string(v.Blind)))
	add("others", i18n.T(ctx, "selections.others_"+string(v.Others)))
	return rows
}

func (h *Handler) begin(w http.ResponseWriter, r *http.Request) error {
	err := h.Committees.Begin(r.Context(), ui.User(r), id(r))
	if problems, show := ui.Again(r.Context(), err); show {
		v, err := h.overview(r)
		if err != nil {
			return err
		}
		v.problems = problems
		return ui.Render(w, r, http.StatusConflict, overviewPage(v))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, link(id(r)), "selections.done_begun")
}

func (h *Handler) search(w http.ResponseWriter, r *http.Request) error {
	if _, err := h.Committees.Search(r.Context(), ui.User(r), id(r)); err != nil {
		return err
	}
	return ui.Done(w, r, link(id(r), "committee"), "selections.done_searched")
}

// rules is the form of a selection's settings.
type rules struct {
	room
	call.Call
	committee.Settings
	fresh bool
	base  int64
}

// promised fills the words of a new selection.
func promised(round int) (name, promise form.Localised) {
	name, promise = form.Localised{}, form.Localised{}
	for _, lang := range i18n.Langs {
		name[string(lang)], promise[string(lang)] = i18n.Say(lang, "selections.name_round", round), i18n.Say(lang, "selections.promise")
	}
	return name, promise
}

func (h *Handler) fresh(w http.ResponseWriter, r *http.Request) error {
	sel, err := h.Committees.Opening(r.Context(), ui.User(r), call.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	v := rules{room: room{Selection: sel}, Call: sel.Call, Settings: sel.Settings(), fresh: true}
	v.Name, v.Confidentiality = promised(sel.Round)
	return ui.Render(w, r, http.StatusOK, settingsPage(v))
}

func (h *Handler) create(w http.ResponseWriter, r *http.Request) error {
	ctx, by, id := r.Context(), ui.User(r), call.ID(r.PathValue("id"))
	in := typed(r)
	sel, err := h.Committees.Create(ctx, by, id, in)
	if problems, show := ui.Again(ctx, err); show {
		sel, again := h.Committees.Opening(ctx, by, id)
		if again != nil {
			return again
		}
		return ui.Render(w, r, ui.StatusOf(err), settingsPage(rules{room: room{Selection: sel, problems: problems}, Call: sel.Call, Settings: in, fresh: true}))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, link(sel.ID), "selections.done_created")
}

func (h *Handler) settings(w http.ResponseWriter, r *http.Request) error {
	v, err := h.managed(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, settingsPage(rules{room: v, Call: v.Selection.Call, Settings: v.Selection.Settings(), base: v.Version}))
}

func (h *Handler) save(w http.ResponseWriter, r *http.Request) error {
	in := typed(r)
	_, err := h.Committees.Edit(r.Context(), ui.User(r), id(r), in, version(r))
	if problems, show := ui.Again(r.Context(), err); show {
		v, again := h.room(r)
		if again != nil {
			return again
		}
		v.problems = problems
		return ui.Render(w, r, ui.StatusOf(err), settingsPage(rules{room: v, Call: v.Selection.Call, Settings: in, base: version(r)}))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, link(id(r)), "selections.done_saved")
}

// typed reads the settings as they were typed.
func typed(r *http.Request) committee.Settings {
	pair := func(name string) form.Localised {
		out := form.Localised{}
		for _, lang := range i18n.Langs {
			out[string(lang)] = r.PostFormValue(name + "_" + string(lang))
		}
		return out
	}
	yes := func(name string) bool { return r.PostFormValue(name) == "yes" }
	return committee.Settings{Name: pair("name"), Blind: committee.Blind(r.PostFormValue("blind")), Others: committee.Others(r.PostFormValue("others")), NamesPublic: yes("names_public"), Bidding: yes("bidding"),
		Readers: number(r.PostFormValue("readers")), Target: number(r.PostFormValue("target")), ReviewsDueAt: r.PostFormValue("reviews_due_at"), DeliberatesAt: r.PostFormValue("deliberates_at"), Confidentiality: pair("confidentiality")}
}

func (v rules) action() string {
	if v.fresh {
		return "/calls/" + url.PathEscape(string(v.Call.ID)) + "/selections/new"
	}
	return link(v.Selection.ID, "settings")
}

// frame is the page of the form: under the call before the selection exists.
func (v rules) frame(ctx context.Context) ui.Page {
	if !v.fresh {
		return v.page(ctx, i18n.T(ctx, "selections.tab_settings"), "settings")
	}
	return ui.Page{Title: i18n.T(ctx, "selections.new_title"), Over: in(ctx, v.Call.Title), Lead: i18n.T(ctx, "selections.new_lead"), Failed: len(v.problems) > 0, LangURL: ui.OtherLang(ctx, v.action()),
		Crumbs: []ui.Crumb{{Label: in(ctx, v.Call.Title), URL: "/calls/" + url.PathEscape(string(v.Call.ID)) + "/manage"}}}
}

// choices are the options of a setting, each with what it means.
func choices(ctx context.Context, name, chosen string, values ...string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}}
	for _, value := range values {
		o := ui.Option{Value: value, Label: i18n.T(ctx, "selections."+name+"_"+value)}
		if key := "selections." + name + "_" + value + "_hint"; i18n.Has(key) {
			o.Hint = i18n.T(ctx, key)
		}
		c.Options = append(c.Options, o)
	}
	return c
}

// blindHint says that what was shown stays shown.
func (v rules) blindHint(ctx context.Context) string {
	if v.fresh || v.Selection.Status == committee.Preparing {
		return ""
	}
	return i18n.T(ctx, "selections.blind_fixed")
}

func statusTone(s committee.Status) ui.Tone {
	switch s {
	case committee.Preparing:
		return ui.Warning
	case committee.Announced:
		return ui.Success
	}
	return ui.Info
}
