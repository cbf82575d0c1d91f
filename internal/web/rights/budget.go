package rights

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/project"
	"transformateur/internal/support/ledger"
	"transformateur/internal/support/pool"
	"transformateur/internal/support/right"
	"transformateur/internal/web/ui"
)

func policyAction(word string) policy.Action { return policy.Action("right." + word) }

// budget is the page of an edition's funds, with a new one as it was typed.
type budget struct {
	right.Budget
	sheet    right.FundSheet
	typed    map[string]string // numbers as they were typed
	problems ui.Problems
}

// numbers are the fields of a fund that hold one, and what each is when nothing was typed.
var numbers = map[string]string{"minutes": "", "ceiling": "21", "day": "7", "price": "", "notice": "48"}

func (h *Handler) budgetOf(r *http.Request) (v budget, err error) {
	if v.Budget, err = h.Rights.Budget(r.Context(), ui.User(r), editionOf(r)); err != nil {
		return v, err
	}
	get := r.PostFormValue
	v.typed = map[string]string{}
	for name, usual := range numbers {
		if v.typed[name] = usual; r.Method == http.MethodPost {
			v.typed[name] = get(name)
		}
	}
	v.sheet = right.FundSheet{Funder: get("funder"), Name: get("name"), Subjects: pool.Words(get("subjects")), FirstDay: get("first"), LastDay: get("last"), DayMinutes: scaled(v.typed["day"], 60),
		Ceiling: scaled(v.typed["ceiling"], 60), NoticeHours: scaled(v.typed["notice"], 1), MissedRule: get("missed")}
	if v.typed["price"] != "" {
		v.sheet.DayCents = scaled(v.typed["price"], 100)
	}
	if r.Method != http.MethodPost {
		v.sheet.MissedRule = right.MissedConsumes
	}
	return v, nil
}

func (h *Handler) budget(w http.ResponseWriter, r *http.Request) error {
	v, err := h.budgetOf(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, budgetPage(v))
}

func (h *Handler) found(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.budgetOf(r)
	if err != nil {
		return err
	}
	id, err := h.Rights.Found(ctx, ui.User(r), v.ID, v.sheet, scaled(v.typed["minutes"], 60))
	if problems, show := ui.Again(ctx, err); show {
		v.problems = problems
		return ui.Render(w, r, ui.StatusOf(err), budgetPage(v))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, below(v.ID, string(id)), "rights.founded_done")
}

// fund is the page of one fund, with a change as it was typed.
type fund struct {
	right.Budget
	one        right.Spent
	statement  right.Statement
	change     right.Change
	typed, day string
	problems   ui.Problems
	prolongs   bool // the problems are those of the second form
}

func (h *Handler) fundPage(r *http.Request) (v fund, err error) {
	ctx, by := r.Context(), ui.User(r)
	if v.statement, err = h.Rights.OfFund(ctx, by, editionOf(r), fundOf(r)); err != nil {
		return v, err
	}
	if v.Budget, err = h.Rights.Budget(ctx, by, editionOf(r)); err != nil {
		return v, err
	}
	i := slices.IndexFunc(v.Funds, func(f right.Spent) bool { return f.ID == fundOf(r) })
	if i >= 0 {
		v.one = v.Funds[i]
	}
	get := r.PostFormValue
	v.typed, v.day = get("minutes"), get("day")
	v.change = right.Change{Fund: fundOf(r), Act: ledger.Act(get("act")), Project: project.ID(get("project")), To: project.ID(get("to")), Minutes: scaled(v.typed, 60), Reason: get("reason")}
	if v.change.Act == "" {
		v.change.Act = ledger.Grant
	}
	return v, nil
}

func (h *Handler) fund(w http.ResponseWriter, r *http.Request) error {
	v, err := h.fundPage(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, fundPage(v))
}

func (h *Handler) change(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.fundPage(r)
	if err != nil {
		return err
	}
	err = h.Rights.Change(ctx, ui.User(r), v.ID, v.change)
	if problems, show := ui.Again(ctx, err); show {
		v.problems = problems
		return ui.Render(w, r, ui.StatusOf(err), fundPage(v))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, below(v.ID, string(v.one.ID)), "rights.moved_done")
}

func (h *Handler) prolong(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.fundPage(r)
	if err != nil {
		return err
	}
	err = h.Rights.Prolong(ctx, ui.User(r), v.ID, v.change, v.day)
	if problems, show := ui.Again(ctx, err); show {
		v.problems, v.prolongs = problems, true
		return ui.Render(w, r, ui.StatusOf(err), prolongPage(v))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, below(v.ID, string(v.one.ID)), "rights.prolonged_done")
}

func (h *Handler) prolonging(w http.ResponseWriter, r *http.Request) error {
	v, err := h.fundPage(r)
	if err == nil {
		err = h.Rights.Manageable(r.Context(), ui.User(r), editionOf(r))
	}
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, prolongPage(v))
}

// holders are the projects that have a share of the fund.
func (v fund) holders() (list []project.Project) {
	for _, h := range v.one.Shares {
		list = append(list, project.Project{ID: h.Project, Title: h.Title})
	}
	return list
}

// at gives the problem of a field of the first form, or of the second.
func (v fund) at(prolongs bool, path string) string {
	if v.prolongs != prolongs {
		return ""
	}
	return v.problems.At(path)
}

func acts(ctx context.Context, chosen ledger.Act) ui.Choice {
	c := ui.Choice{Chosen: []string{string(chosen)}}
	for _, one := range []ledger.Act{ledger.Grant, ledger.TakeBack, ledger.Transfer, ledger.Open, ledger.Withdraw} {
		c.Options = append(c.Options, ui.Option{Value: string(one), Label: i18n.T(ctx, "rights.do_"+string(one))})
	}
	return c
}

func choices(list []project.Project, chosen project.ID, none string) ui.Choice {
	c := ui.Choice{Chosen: []string{string(chosen)}, Empty: none}
	for _, p := range list {
		c.Options = append(c.Options, ui.Option{Value: string(p.ID), Label: p.Title})
	}
	return c
}

func missed(ctx context.Context, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}}
	for _, one := range []string{right.MissedConsumes, right.MissedReleases} {
		c.Options = append(c.Options, ui.Option{Value: one, Label: i18n.T(ctx, "rights.rule_"+one)})
	}
	return c
}

// long says minutes in hours, and in days of the fund when there is one at least.
func long(ctx context.Context, f right.Fund, minutes int64) string {
	said := right.Clock(minutes)
	if f.DayMinutes > 0 && minutes >= f.DayMinutes {
		said = i18n.T(ctx, "rights.hours_days", said, text.Decimal(string(i18n.From(ctx)), float64(minutes)/float64(f.DayMinutes), 1))
	}
	if f.DayCents > 0 && minutes > 0 {
		said += " · " + text.Money(string(i18n.From(ctx)), f.Cents(minutes))
	}
	return said
}

func figures(ctx context.Context, f right.Spent) []ui.Figure {
	return []ui.Figure{
		{Value: right.Clock(f.Given), Label: i18n.T(ctx, "rights.given")},
		{Value: right.Clock(f.Granted()), Label: i18n.T(ctx, "rights.granted")},
		{Value: right.Clock(f.Reserved), Label: i18n.T(ctx, "rights.account_reserved")},
		{Value: right.Clock(f.Consumed), Label: i18n.T(ctx, "rights.account_consumed")},
		{Value: right.Clock(f.Available + f.Budget), Label: i18n.T(ctx, "rights.left")},
	}
}

// cards are the funds of an edition.
func (v budget) cards(ctx context.Context) (list []ui.Card) {
	for _, f := range v.Funds {
		facts := []string{i18n.T(ctx, "rights.left") + " : " + long(ctx, f.Fund, f.Available+f.Budget), i18n.T(ctx, "rights.account_consumed") + " : " + long(ctx, f.Fund, f.Consumed)}
		if f.UsedBy != "" {
			facts = append(facts, i18n.T(ctx, "rights.used_by", ui.DayOf(ctx, v.Zone, f.UsedBy)))
		}
		list = append(list, ui.Card{Over: f.Funder, Title: f.Name, URL: below(v.ID, string(f.ID)), Text: strings.Join(f.Subjects, ", "), Facts: facts})
	}
	return list
}

func meter(ctx context.Context, h right.Share) ui.Meter {
	m := ui.Meter{Label: h.Name, Value: int(h.Consumed + h.Reserved), Max: int(max(1, h.Granted)), Text: i18n.T(ctx, "rights.meter", right.Clock(h.Available), right.Clock(h.Granted))}
	if h.Available == 0 {
		m.Tone = ui.Warning
	}
	return m
}

func stateTone(s right.State) ui.Tone {
	switch s {
	case right.Confirmed:
		return ui.Success
	case right.Cancelled, right.Missed:
		return ui.Warning
	}
	return ui.Info
}

// requests are those of a project.
func (v desk) requests(ctx context.Context) (list []ui.Card) {
	for _, q := range v.Requests {
		list = append(list, ui.Card{Title: q.Subject, URL: at(v.ID, string(q.ID)), Badge: i18n.T(ctx, "rights.state_"+string(q.State)), Tone: stateTone(q.State),
			Facts: []string{right.Clock(q.Minutes), i18n.T(ctx, "rights.urgency_"+q.Urgency), ui.ShortDay(ctx, ui.Local(q.AskedAt, v.Zone))}})
	}
	return list
}

func funds(v desk) ui.Choice {
	c := ui.Choice{Chosen: []string{string(v.asked.Fund)}}
	for _, h := range v.Shares {
		label := h.Name + " (" + right.Clock(h.Available) + ")"
		if len(h.Subjects) > 0 {
			label += " : " + strings.Join(h.Subjects, ", ")
		}
		c.Options = append(c.Options, ui.Option{Value: string(h.ID), Label: label, Disabled: h.Over(v.Today)})
	}
	return c
}

func urgencies(ctx context.Context, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}, Side: true}
	for _, one := range right.Urgencies {
		c.Options = append(c.Options, ui.Option{Value: one, Label: i18n.T(ctx, "rights.urgency_"+one)})
	}
	return c
}

// fits are the experts who may be asked, with why.
func fits(ctx context.Context, list []pool.Match) (c ui.Choice) {
	for _, m := range list {
		var why []string
		for _, one := range []struct {
			holds bool
			key   string
		}{{m.Subject, "rights.why_subject"}, {m.Near, "rights.why_near"}, {m.Language, "rights.why_language"}} {
			if one.holds {
				why = append(why, i18n.T(ctx, one.key))
			}
		}
		if m.Left >= 0 {
			why = append(why, i18n.T(ctx, "rights.why_left", right.Clock(m.Left)))
		}
		label := m.Name
		if m.Organisation != "" {
			label += ", " + m.Organisation
		}
		c.Options = append(c.Options, ui.Option{Value: string(m.ID), Label: label, Hint: strings.Join(m.Subjects, ", ") + ". " + strings.Join(why, " · ") + ". " + m.Availability})
	}
	return c
}

func ends(ctx context.Context, booked bool) ui.Choice {
	c := ui.Choice{Chosen: []string{"cancel"}, Options: []ui.Option{{Value: "cancel", Label: i18n.T(ctx, "rights.end_cancel")}}}
	if booked {
		c.Options = append(c.Options, ui.Option{Value: "team", Label: i18n.T(ctx, "rights.missed_team")}, ui.Option{Value: "expert", Label: i18n.T(ctx, "rights.missed_expert")})
	}
	return c
}
