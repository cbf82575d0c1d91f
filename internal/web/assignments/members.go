package assignments

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"transformateur/internal/assignment"
	"transformateur/internal/committee"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/solve/assign"
	"transformateur/internal/web/ui"
)

func (h *Handler) members(w http.ResponseWriter, r *http.Request) error {
	v, err := h.board(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, membersPage(v))
}

// sitting is the page of one member: her load, and why each of her files.
type sitting struct {
	board
	assignment.Share
}

func (h *Handler) member(w http.ResponseWriter, r *http.Request) error {
	b, err := h.explained(r)
	if err != nil {
		return err
	}
	for _, s := range b.Shares() {
		if string(s.Member.ID) == r.PathValue("seat") {
			return ui.Render(w, r, http.StatusOK, memberPage(sitting{b, s}))
		}
	}
	return errs.New(errs.NotFound, "errs.not_found")
}

func (v board) membersPage(ctx context.Context) ui.Page {
	p := v.page(ctx)
	p.Title, p.Lead, p.LangURL = i18n.T(ctx, "assignments.members_title"), i18n.T(ctx, "assignments.members_lead"), ui.OtherLang(ctx, link(v.ID, "members"))
	p.Crumbs = append(p.Crumbs, ui.Crumb{Label: i18n.T(ctx, "assignments.title"), URL: link(v.ID)})
	return p
}

func (v sitting) page(ctx context.Context) ui.Page {
	p := v.membersPage(ctx)
	p.Title, p.Lead, p.Width, p.LangURL = v.Name, v.Organisation, "", ui.OtherLang(ctx, v.seat(v.Member))
	p.Over = i18n.T(ctx, "assignments.title") + " · " + p.Over
	p.Crumbs = append(p.Crumbs, ui.Crumb{Label: i18n.T(ctx, "assignments.members_title"), URL: link(v.board.ID, "members")})
	return p
}

// seat is the address of the page of a member.
func (v board) seat(m committee.Member) string {
	return link(v.Selection.ID, "members", url.PathEscape(string(m.ID)))
}

// load draws what a member reads against the most that she may.
func load(ctx context.Context, s assignment.Share) ui.Meter {
	m := ui.Meter{Label: i18n.T(ctx, "assignments.load"), Value: s.Load, Max: max(s.Max, 1), Text: i18n.N(ctx, "assignments.load_of", s.Load, s.Max)}
	if s.AgentAccount.Min > 0 {
		m.Text = i18n.N(ctx, "assignments.load_between", s.Load, s.AgentAccount.Min, s.Max)
	}
	if s.Bound == assignment.BoundAway {
		m.Max, m.Text = max(s.Load, 1), i18n.N(ctx, "assignments.load_away", s.Load)
	}
	if s.Bound == assignment.BoundOver || s.Bound == assignment.BoundUnder || s.Bound == assignment.BoundAway && s.Load > 0 {
		m.Tone = ui.Warning
	}
	return m
}

// bounded says which bound is active for a member, with the tone of the badge.
func bounded(s assignment.Share) (ui.Tone, string) {
	switch s.Bound {
	case assignment.BoundOver, assignment.BoundUnder, assignment.BoundAway:
		return ui.Warning, "assignments.bound_" + s.Bound
	}
	return ui.Info, "assignments.bound_" + s.Bound
}

// served says how the wishes of a member are served: of those she said, how many.
func served(ctx context.Context, s assignment.Share) string {
	var parts []string
	for _, w := range []assignment.Wish{assignment.Eager, assignment.Willing, assignment.No} {
		if n := s.Said[w]; n > 0 {
			parts = append(parts, i18n.T(ctx, "assignments.served_"+string(w), s.Served[w], n))
		}
	}
	if len(parts) == 0 {
		return i18n.T(ctx, "assignments.served_unsaid")
	}
	return strings.Join(parts, " · ")
}

// held is one file of a member.
type held struct {
	assignment.File
	assign.PairAccount
	chance string
}

func (v sitting) reads(ctx context.Context) (list []held) {
	for _, p := range v.Account.Pairs {
		if p.Agent == string(v.Member.ID) {
			f := v.files[p.Item]
			list = append(list, held{f, p, v.chance(ctx, assignment.Pair{File: f.ID, Member: v.Member.ID})})
		}
	}
	slices.SortFunc(list, func(a, b held) int { return v.places[a.Item] - v.places[b.Item] })
	return list
}

// missed are the files that she would gladly read and does not.
func (v sitting) missed() (list []assignment.File) {
	for _, f := range v.Files {
		p := assignment.Pair{File: f.ID, Member: v.Member.ID}
		if v.Wish(p) == assignment.Eager && !v.Reads(p) && !v.Barred(p) {
			list = append(list, f)
		}
	}
	return list
}

// readersOf names those of a file.
func (v board) readersOf(f assignment.File) string {
	if said := v.readers(f.ID); said != "" {
		return said
	}
	return "–"
}
