package sponsors

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/project"
	"transformateur/internal/support/sponsor"
	"transformateur/internal/web/ui"
)

// describe writes what is known of a sponsor.
func (h *Handler) describe(w http.ResponseWriter, r *http.Request) error {
	form := r.PostFormValue
	version, _ := strconv.ParseInt(form("version"), 10, 64) // anything else is an old version
	capacity, err := strconv.Atoi(strings.TrimSpace(form("capacity")))
	if err != nil {
		capacity = -1 // refused with its field
	}
	in := sponsor.Profile{Subjects: []string{form("subjects")}, Territory: form("territory"), Capacity: capacity, Version: version}
	err = h.Sponsors.Describe(r.Context(), ui.User(r), editionOf(r), account.PersonID(form("person")), in)
	if problems, show := ui.Again(r.Context(), err); show {
		v := board{in: sponsor.Invited{Lang: string(i18n.From(r.Context()))}, who: account.PersonID(form("person")), profile: in, problems: problems}
		if errs.Is(err, errs.Conflict) {
			v.who = "" // what is written now is shown
		}
		return h.people(w, r, ui.StatusOf(err), v)
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, under(editionOf(r)), "sponsors.described_done")
}

// proposal is who could sponsor what, with what was chosen when it is shown again.
type proposal struct {
	sponsor.Proposal
	chosen   map[project.ID]account.PersonID // nil for what is proposed
	problems ui.Problems
}

func (h *Handler) matched(w http.ResponseWriter, r *http.Request, status int, v proposal) (err error) {
	if v.Proposal, err = h.Sponsors.Propose(r.Context(), ui.User(r), editionOf(r)); err != nil {
		return err
	}
	return ui.Render(w, r, status, proposalPage(v))
}

func (h *Handler) propose(w http.ResponseWriter, r *http.Request) error {
	return h.matched(w, r, http.StatusOK, proposal{})
}

func (h *Handler) confirm(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.New(errs.Invalid, "errs.invalid").Because(err)
	}
	c := sponsor.Confirmed{Stamp: r.PostFormValue("stamp"), Named: map[project.ID]account.PersonID{}}
	for name, values := range r.PostForm {
		if id, named := strings.CutPrefix(name, "named."); named {
			c.Named[project.ID(id)] = account.PersonID(values[0])
		}
	}
	err := h.Sponsors.Confirm(r.Context(), ui.User(r), editionOf(r), c)
	if problems, show := ui.Again(r.Context(), err); show {
		v := proposal{chosen: c.Named, problems: problems}
		if errs.Is(err, errs.Conflict) {
			v.chosen = nil // a new proposal, from what stands now
		}
		return h.matched(w, r, ui.StatusOf(err), v)
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, under(editionOf(r)), "sponsors.confirmed_done")
}

// choice is who may be named for one project.
func (v proposal) choice(ctx context.Context, one sponsor.Suggestion) ui.Choice {
	chosen := one.Person
	if v.chosen != nil {
		chosen = v.chosen[one.ID]
	}
	c := ui.Choice{Chosen: []string{string(chosen)}, Empty: i18n.T(ctx, "sponsors.nobody_yet")}
	for _, p := range v.Candidates {
		if one.Barred[p.Person] == "" && p.Left() > 0 {
			c.Options = append(c.Options, ui.Option{Value: string(p.Person), Label: i18n.T(ctx, "sponsors.with_room", p.Name, p.Left())})
		}
	}
	return c
}

// why says in words what speaks for who is proposed.
func (v proposal) why(ctx context.Context, one sponsor.Suggestion) (list []string) {
	if one.Person == "" {
		return []string{i18n.T(ctx, "sponsors.why_nobody")}
	}
	for _, g := range one.Grounds {
		switch g.Kind {
		case "subjects":
			list = append(list, i18n.T(ctx, "sponsors.why_subjects", strings.Join(g.Words, ", ")))
		case "region":
			list = append(list, i18n.T(ctx, "sponsors.why_region", g.Words[0]))
		case "carries":
			if g.Count == 0 {
				list = append(list, i18n.T(ctx, "sponsors.why_free"))
				continue
			}
			list = append(list, i18n.N(ctx, "sponsors.why_carries", g.Count))
		}
	}
	return list
}

// barred says who may not be named, and why.
func (v proposal) barred(ctx context.Context, one sponsor.Suggestion) (list []string) {
	for _, p := range v.Candidates {
		if why := one.Barred[p.Person]; why != "" {
			list = append(list, i18n.T(ctx, "sponsors.barred", p.Name, i18n.T(ctx, why)))
		}
	}
	return list
}

// name is who is proposed.
func (v proposal) name(one sponsor.Suggestion) string {
	for _, p := range v.Candidates {
		if p.Person == one.Person {
			return p.Name
		}
	}
	return "—"
}

// room says whether anybody may be named.
func (v proposal) room() bool {
	for _, one := range v.Candidates {
		if one.Left() > 0 {
			return true
		}
	}
	return false
}

// profileOf is what is known of a sponsor, or what was typed of her.
func (v board) profileOf(id account.PersonID) sponsor.Profile {
	if v.who == id {
		return v.profile
	}
	if w, written := v.Profiles[id]; written {
		return w
	}
	return sponsor.Profile{Capacity: sponsor.DefaultCapacity}
}

// wrong is a problem of the sheet of one sponsor.
func (v board) wrong(id account.PersonID, path string) string {
	if v.who != id {
		return ""
	}
	return v.problems.At(path)
}

// own gives the fields of each sponsor ids of their own, but in the sheet where something
// went wrong: the summary of errors leads there.
func (v board) own(id account.PersonID, path string) map[string]any {
	if v.who == id {
		return nil
	}
	return map[string]any{"id": path + "-" + string(id)}
}
