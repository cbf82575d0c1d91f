package schemes

import (
	"net/http"
	"strings"

	"transformateur/internal/scheme"
	"transformateur/internal/scheme/eligible"
	"transformateur/internal/web/ui"
)

// most is how many schemes a part of the page shows; a search finds the others.
const most = 20

// first is how many questions stand above the schemes.
const first = 3

// oriented is the page of what a project may ask for.
type oriented struct {
	scheme.View
	query string
}

func (h *Handler) orientation(w http.ResponseWriter, r *http.Request) error {
	v := oriented{query: strings.TrimSpace(r.URL.Query().Get("q"))}
	var err error
	if v.View, err = h.Schemes.Orientation(r.Context(), ui.User(r), projectOf(r), v.query); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, orientationPage(v))
}

// followed are the schemes that the project goes with.
func (v oriented) followed() (list []scheme.Followed) {
	for _, f := range v.Followed {
		if f.State != "" {
			list = append(list, f)
		}
	}
	return list
}

// questions are those asked above the schemes.
func (v oriented) questions() []scheme.Known { return v.Questions[:min(first, len(v.Questions))] }

func shortened(list []scheme.Offer) []scheme.Offer { return list[:min(most, len(list))] }

// missing are the questions that a scheme waits for.
func (v oriented) missing(o scheme.Offer) (list []scheme.Known) {
	for _, k := range v.Known {
		for _, key := range o.Verdict.Missing {
			if k.Key == key {
				list = append(list, k)
			}
		}
	}
	return list
}

// known is the page of what is known of a project, with what was typed.
type known struct {
	scheme.Sheets
	typed    map[string][]string
	problems ui.Problems
}

// everything names the form of the page of facts: its fields are "facts.KEY".
const everything = "facts"

func (h *Handler) facts(w http.ResponseWriter, r *http.Request) error {
	return h.factsPage(w, r, http.StatusOK, known{})
}

func (h *Handler) factsPage(w http.ResponseWriter, r *http.Request, status int, v known) (err error) {
	if v.Sheets, err = h.Schemes.Facts(r.Context(), ui.User(r), projectOf(r)); err != nil {
		return err
	}
	for i, k := range v.Known {
		if said, was := v.typed[k.Key]; was {
			v.Known[i].Value = nil
			if value, wrong := k.Read(said); wrong == nil {
				v.Known[i].Value = value
			}
		}
	}
	return ui.Render(w, r, status, factsPage(v))
}

func (h *Handler) tell(w http.ResponseWriter, r *http.Request) error {
	form := r.PostFormValue("form")
	typed := map[string][]string{}
	for _, key := range r.PostForm["asked"] {
		if _, known := eligible.Find(key); known {
			typed[key] = r.PostForm[form+"."+key]
		}
	}
	err := h.Schemes.Tell(r.Context(), ui.User(r), projectOf(r), typed)
	if problems, show := ui.Again(r.Context(), err); show {
		for i, one := range problems {
			if one.Path != "" {
				problems[i].Path = everything + "." + one.Path
			}
		}
		return h.factsPage(w, r, ui.StatusOf(err), known{typed: typed, problems: problems})
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, under(projectOf(r)), "schemes.told_done")
}

// single is the page of a scheme for a project, with what was typed of a step.
type single struct {
	scheme.One
	to, day, amount, why, undoing string
	problems                      ui.Problems
}

func (h *Handler) one(w http.ResponseWriter, r *http.Request) error {
	return h.onePage(w, r, http.StatusOK, single{})
}

func (h *Handler) onePage(w http.ResponseWriter, r *http.Request, status int, v single) (err error) {
	if v.One, err = h.Schemes.One(r.Context(), ui.User(r), projectOf(r), schemeOf(r)); err != nil {
		return err
	}
	if v.day == "" {
		v.day = v.Today
	}
	if v.to == "" && len(v.Next) > 0 {
		v.to = string(v.Next[0])
	}
	return ui.Render(w, r, status, onePage(v))
}

func (h *Handler) note(w http.ResponseWriter, r *http.Request) error {
	v := single{to: r.PostFormValue("to"), day: r.PostFormValue("day"), amount: r.PostFormValue("amount"), why: r.PostFormValue("why")}
	n := scheme.Noted{To: scheme.State(v.to), Day: v.day, Why: v.why, Version: version(r)}
	if cents, said := euros(v.amount); said {
		n.Amount = &cents
	}
	err := h.Schemes.Note(r.Context(), ui.User(r), projectOf(r), schemeOf(r), n)
	return h.acted(w, r, err, v, "schemes.noted_done")
}

func (h *Handler) undo(w http.ResponseWriter, r *http.Request) error {
	v := single{undoing: r.PostFormValue("undoing")}
	err := h.Schemes.Undo(r.Context(), ui.User(r), projectOf(r), schemeOf(r), v.undoing, version(r))
	return h.acted(w, r, err, v, "schemes.undone_done")
}

func (h *Handler) acted(w http.ResponseWriter, r *http.Request, err error, v single, said string) error {
	if problems, show := ui.Again(r.Context(), err); show {
		v.problems = problems
		return h.onePage(w, r, ui.StatusOf(err), v)
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, under(projectOf(r), string(schemeOf(r))), said)
}

// euros reads an amount as people type it; false for none. One that cannot be read is
// refused as a negative one would be.
func euros(typed string) (cents int64, said bool) {
	if strings.TrimSpace(typed) == "" {
		return 0, false
	}
	f, _ := eligible.Find("turnover")
	v, wrong := f.Read([]string{typed})
	n, is := v.(float64)
	if wrong != nil || !is {
		return -1, true
	}
	return int64(n), true
}
