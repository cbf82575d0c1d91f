package journeys

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/programme"
	"transformateur/internal/web/ui"
)

// editor is the form of an agency's journey.
type editor struct {
	programme.AgencyJourney
	frise    ui.Frise
	problems ui.Problems
	stale    bool
	mayEdit  bool
	notice   string
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	j, err := h.Programmes.Journey(ctx, by, programme.JourneyID(r.PathValue("id")))
	if err != nil {
		return err
	}
	may, err := h.Programmes.Allowed(ctx, by, j.PolicyObject(), "journey.edit")
	if err != nil {
		return err
	}
	v := editor{AgencyJourney: j, frise: h.frise(ctx, j.Journey), mayEdit: may["journey.edit"]}
	if key := "journey.done_" + r.URL.Query().Get("done"); i18n.Has(key) {
		v.notice = i18n.T(ctx, key)
	}
	return ui.Render(w, r, http.StatusOK, editorPage(v))
}

// save changes the rows of the form, or saves the journey.
func (h *Handler) save(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	v := editor{AgencyJourney: read(r), mayEdit: true}
	if act := r.FormValue("_rows"); act != "" {
		if err := h.Programmes.MayEditJourney(ctx, by, v.ID); err != nil {
			return err
		}
		v.Stages = rearranged(v.Stages, act)
		v.frise = h.frise(ctx, v.Journey)
		return ui.Render(w, r, http.StatusOK, editorPage(v))
	}
	_, err := h.Programmes.EditJourney(ctx, by, v.AgencyJourney)
	if err == nil {
		return ui.See(w, r, address(v.ID)+"?done=saved")
	}
	if v.problems = staleStages(ctx, v.Stages, ui.ProblemsOf(ctx, err)); v.problems == nil {
		return err
	}
	v.stale, v.Version = ui.Stale(err, v.Version)
	v.frise = h.frise(ctx, v.Journey)
	return ui.Render(w, r, ui.Status(errs.KindOf(err)), editorPage(v))
}

// read takes the journey from the form: stages.0.kind, stages.0.name_fr…
func read(r *http.Request) programme.AgencyJourney {
	number := func(name string) int {
		if r.FormValue(name) == "" {
			return 0
		}
		n, err := strconv.Atoi(strings.TrimSpace(r.FormValue(name)))
		if err != nil {
			return -1 // refused at its field
		}
		return n
	}
	words := func(name string) programme.Words {
		return programme.Words{FR: r.FormValue(name + "_fr"), EN: r.FormValue(name + "_en")}
	}
	j := programme.AgencyJourney{ID: programme.JourneyID(r.PathValue("id")), Version: int64(number("version"))}
	j.Name, j.About = words("name"), words("about")
	for i := range programme.MaxStages + 1 {
		path := "stages." + strconv.Itoa(i) + "."
		if !r.Form.Has(path + "kind") {
			break
		}
		j.Stages = append(j.Stages, programme.JourneyStage{Key: r.FormValue(path + "key"), Kind: programme.Kind(r.FormValue(path + "kind")),
			Name: words(path + "name"), About: words(path + "about"), After: number(path + "after"), Days: number(path + "days"), Target: number(path + "target")})
	}
	return j
}

// rearranged does what a button of the repeating block asks: add, remove, up, down.
func rearranged(stages []programme.JourneyStage, act string) []programme.JourneyStage {
	what, path, _ := strings.Cut(act, ":")
	if what == "add" {
		after := 0
		if n := len(stages); n > 0 {
			after = stages[n-1].After + max(stages[n-1].Days, 0)
		}
		return append(stages, programme.JourneyStage{Kind: programme.Call, After: after, Days: 1})
	}
	i, err := strconv.Atoi(path[strings.LastIndex(path, ".")+1:])
	if err != nil || i < 0 || i >= len(stages) {
		return stages
	}
	switch {
	case what == "remove":
		return slices.Delete(stages, i, i+1)
	case what == "up" && i > 0:
		stages[i-1], stages[i] = stages[i], stages[i-1]
	case what == "down" && i < len(stages)-1:
		stages[i+1], stages[i] = stages[i], stages[i+1]
	}
	return stages
}

// staleStages turns "stage KEY was changed meanwhile" into a problem of that stage's block.
func staleStages(ctx context.Context, stages []programme.JourneyStage, problems ui.Problems) ui.Problems {
	for i, p := range problems {
		key, ok := strings.CutPrefix(p.Path, "stage ")
		switch at := slices.IndexFunc(stages, func(s programme.JourneyStage) bool { return s.Key == key }); {
		case ok && at >= 0:
			problems[i] = ui.FieldError{Path: "stages." + strconv.Itoa(at) + ".name_fr", Text: i18n.T(ctx, "journey.stage_changed", stages[at].Name.In(string(i18n.From(ctx))))}
		case ok:
			problems[i] = ui.FieldError{Text: i18n.T(ctx, "journey.stage_removed")}
		case p.Path == "order":
			problems[i] = ui.FieldError{Text: i18n.T(ctx, "journey.order_changed")}
		}
	}
	return problems
}

func (v editor) rows(ctx context.Context) ui.Rows {
	rows := ui.Rows{Path: "stages", Title: i18n.T(ctx, "journey.stage_number"), Add: i18n.T(ctx, "journey.add_stage"), Min: 1, Max: programme.MaxStages,
		Blank: stageFields("stages."+ui.RowMark+".", programme.JourneyStage{Kind: programme.Call, Days: 1}, nil)}
	for i, s := range v.Stages {
		rows.Rows = append(rows.Rows, stageFields("stages."+strconv.Itoa(i)+".", s, v.problems))
	}
	return rows
}

func kindChoice(ctx context.Context, chosen programme.Kind) ui.Choice {
	c := ui.Choice{Chosen: []string{string(chosen)}}
	for _, k := range programme.Kinds {
		c.Options = append(c.Options, ui.Option{Value: string(k), Label: ui.KindName(ctx, string(k))})
	}
	return c
}
