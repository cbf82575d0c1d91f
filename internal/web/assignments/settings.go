package assignments

import (
	"context"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/application"
	"transformateur/internal/assignment"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/solve/assign"
	"transformateur/internal/web/ui"
)

// rules is the page of what is asked of the engine.
type rules struct {
	assignment.Choice
	problems ui.Problems
	typed    map[string]string // figures as they were typed
}

func (h *Handler) rules(r *http.Request) (v rules, err error) {
	v.Choice, err = h.Assignments.Settings(r.Context(), ui.User(r), id(r), string(i18n.From(r.Context())))
	v.typed = map[string]string{"readers": strconv.Itoa(v.Settings.Readers), "least": figure(v.Least), "most": figure(v.Most), "seed": strconv.FormatUint(v.Seed, 10),
		"levels": figure(v.Levels), "cap": percent(r.Context(), v.Cap), "spread": percent(r.Context(), v.Spread),
		"competence": weight(r.Context(), v.Competence), "text": weight(r.Context(), v.Text), "bid": weight(r.Context(), v.Bid)}
	return v, err
}

func weight(ctx context.Context, w float64) string {
	return text.Decimal(string(i18n.From(ctx)), w, 3)
}

// percent writes a part of one in hundredths; nothing for zero.
func percent(ctx context.Context, x float64) string {
	if x == 0 {
		return ""
	}
	return weight(ctx, 100*x)
}

func figure(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func (h *Handler) settings(w http.ResponseWriter, r *http.Request) error {
	v, err := h.rules(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, settingsPage(v))
}

func (h *Handler) choose(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.rules(r)
	if err != nil {
		return err
	}
	v.read(r)
	err = h.Assignments.Choose(ctx, ui.User(r), id(r), v.Settings, version(r))
	if errs.Is(err, errs.Invalid) || errs.Is(err, errs.Conflict) {
		v.problems = problems(ctx, err)
		return ui.Render(w, r, ui.StatusOf(err), settingsPage(v))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, link(id(r)), "assignments.done_settings")
}

// read takes what was typed; a figure that is none is out of every range.
func (v *rules) read(r *http.Request) {
	for name := range v.typed {
		v.typed[name] = strings.TrimSpace(r.PostFormValue(name))
	}
	whole := func(name string) int {
		n, err := strconv.Atoi(v.typed[name])
		if err != nil && v.typed[name] != "" {
			return -1
		}
		return n
	}
	decimal := func(name string) float64 {
		x, err := strconv.ParseFloat(strings.Replace(v.typed[name], ",", ".", 1), 64)
		if err != nil && v.typed[name] != "" {
			return math.NaN()
		}
		return x
	}
	in := &v.Settings
	in.Readers, in.Least, in.Most = whole("readers"), whole("least"), whole("most")
	in.Competence, in.Text, in.Bid = decimal("competence"), decimal("text"), decimal("bid")
	in.Levels, in.Cap, in.Spread = whole("levels"), decimal("cap")/100, decimal("spread")/100
	in.Objective = assign.Objective(r.PostFormValue("objective"))
	in.Even, in.OneOfAHouse = r.PostFormValue("even") != "", r.PostFormValue("one_of_a_house") != ""
	in.Themes, in.Needs = nil, nil
	for _, q := range v.Questions {
		if slices.Contains(r.PostForm["themes"], q.ID) {
			in.Themes = append(in.Themes, q.ID)
		}
	}
	for _, g := range v.Groups {
		if slices.Contains(r.PostForm["needs"], groupValue(g)) {
			in.Needs = append(in.Needs, g)
		}
	}
	if n, err := strconv.ParseUint(v.typed["seed"], 10, 64); err == nil {
		in.Seed = n
	}
}

func groupValue(g assignment.Group) string { return g.Family + ":" + g.Name }

// groupName says a group: a role by its name, an organisation or a competence as it is written.
func groupName(ctx context.Context, g assignment.Group) string {
	if g.Family == assignment.FamilyRole {
		return i18n.T(ctx, "selections.role_"+g.Name)
	}
	return i18n.T(ctx, "assignments.group_"+g.Family, g.Name)
}

func (v rules) needs(ctx context.Context) (c ui.Choice) {
	for _, g := range v.Groups {
		c.Options = append(c.Options, ui.Option{Value: groupValue(g), Label: groupName(ctx, g)})
	}
	for _, g := range v.Settings.Needs {
		c.Chosen = append(c.Chosen, groupValue(g))
	}
	return c
}

func (v rules) themes() (c ui.Choice) {
	for _, q := range v.Questions {
		c.Options = append(c.Options, ui.Option{Value: q.ID, Label: q.Label})
	}
	c.Chosen = v.Settings.Themes
	return c
}

func (v rules) objectives(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: []string{string(v.Objective)}}
	for _, o := range []assign.Objective{assign.Fair, assign.Total} {
		c.Options = append(c.Options, ui.Option{Value: string(o), Label: i18n.T(ctx, "assignments.objective_"+string(o)), Hint: i18n.T(ctx, "assignments.objective_"+string(o)+"_hint")})
	}
	return c
}

func (v rules) page(ctx context.Context) ui.Page {
	return ui.Page{Title: i18n.T(ctx, "assignments.settings_title"), Over: in(ctx, v.Name), Lead: i18n.T(ctx, "assignments.settings_lead"), Failed: len(v.problems) > 0, LangURL: ui.OtherLang(ctx, link(v.ID, "settings")),
		Crumbs: []ui.Crumb{{Label: in(ctx, v.Name), URL: "/selections/" + string(v.ID)}, {Label: i18n.T(ctx, "assignments.title"), URL: link(v.ID)}}}
}

// bidding is the page on which a member says what she would rather read.
type bidding struct {
	assignment.Bidding
	problems ui.Problems
}

func (h *Handler) bids(w http.ResponseWriter, r *http.Request) error {
	b, err := h.Assignments.Bids(r.Context(), ui.User(r), id(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, bidsPage(bidding{Bidding: b}))
}

func (h *Handler) bid(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	b, err := h.Assignments.Bids(ctx, ui.User(r), id(r))
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return errs.New(errs.Invalid, "errs.invalid").Because(err)
	}
	said := map[application.ID]assignment.Wish{}
	for name := range r.PostForm {
		if file, ok := strings.CutPrefix(name, "wish."); ok {
			said[application.ID(file)] = assignment.Wish(r.PostFormValue(name))
		}
	}
	err = h.Assignments.Bid(ctx, ui.User(r), id(r), said)
	if errs.Is(err, errs.Invalid) || errs.Is(err, errs.Conflict) {
		return ui.Render(w, r, ui.StatusOf(err), bidsPage(bidding{b, problems(ctx, err)}))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, link(id(r), "bids"), "assignments.done_bid")
}

func wishes(ctx context.Context, chosen assignment.Wish) ui.Choice {
	c := ui.Choice{Chosen: []string{string(chosen)}, Side: true}
	for _, wish := range assignment.Wishes {
		name := string(wish)
		if wish == assignment.Unsaid {
			name = "unsaid"
		}
		c.Options = append(c.Options, ui.Option{Value: string(wish), Label: i18n.T(ctx, "assignments.wish_"+name)})
	}
	return c
}

func themesOf(ctx context.Context, list []assignment.Theme) string {
	names := make([]string, len(list))
	for i, t := range list {
		names[i] = in(ctx, t.Label)
	}
	return strings.Join(names, ", ")
}

func (v bidding) page(ctx context.Context) ui.Page {
	return ui.Page{Title: i18n.T(ctx, "assignments.bids_title"), Over: in(ctx, v.Name), Lead: i18n.T(ctx, "assignments.bids_lead"), Failed: len(v.problems) > 0, LangURL: ui.OtherLang(ctx, link(v.ID, "bids")),
		Crumbs: []ui.Crumb{{Label: in(ctx, v.Name), URL: "/selections/" + string(v.ID)}}}
}
