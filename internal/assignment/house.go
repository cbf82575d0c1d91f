package assignment

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/solve/assign"
)

// File is what is read: only what names it.
type File struct {
	ID     application.ID
	Number int
	Title  string
	Themes []Theme
}

// The names of the terms of an affinity, of the reasons of a conflict and of the rules,
// as they stand in a problem that anybody can replay.
const (
	TermCompetence = "competence"
	TermText       = "text"
	TermBid        = "bid"
	ReasonRecused  = "recusal"
	ReasonBarred   = "by_hand"
	RuleOneOfHouse = "one_of_an_organisation"
	RuleAtLeast    = "at_least_one:" // then the family, ":" and the group
)

// house is what a calculation reads in the house.
type house struct {
	sel     committee.Selection
	plan    Plan
	files   []File
	members []committee.Member
	barred  map[Pair]bool // conflicts: nothing lifts them here
	wishes  map[committee.MemberID]map[application.ID]Wish
	words   lexicon
	begun   []Pair
	live    []committee.Assignment // as published
}

// house reads everything that an assignment rests on, whoever asks.
func (s *Service) house(ctx context.Context, r db.Reader, sel committee.Selection) (h house, err error) {
	h.sel = sel
	if h.plan, err = loadPlan(ctx, r, sel); err != nil {
		return h, err
	}
	if h.members, err = s.readers(ctx, r, sel); err != nil {
		return h, err
	}
	if h.files, err = s.files(ctx, r, sel, h.plan.Settings.Themes); err != nil {
		return h, err
	}
	if h.barred, err = s.conflicts(ctx, r, sel, h.members); err != nil {
		return h, err
	}
	if h.wishes, err = wishes(ctx, r, sel.ID); err != nil {
		return h, err
	}
	var asked []string
	for _, m := range h.members {
		asked = append(asked, vocabulary(m)...)
	}
	slices.Sort(asked)
	if h.words, err = s.lexicon(ctx, r, sel, slices.Compact(asked)); err != nil {
		return h, err
	}
	if s.begun != nil {
		if h.begun, err = s.begun.Begun(ctx, r, sel.ID); err != nil {
			return h, err
		}
	}
	h.live, err = committee.Assigned(ctx, r, sel.ID)
	return h, err
}

// readers are the members who may read now: they sit, and their mandate runs.
func (s *Service) readers(ctx context.Context, r db.Reader, sel committee.Selection) ([]committee.Member, error) {
	all, err := committee.Members(ctx, r, sel.ID)
	now := s.clock.Now()
	return slices.DeleteFunc(all, func(m committee.Member) bool {
		over := !m.MandateUntil.IsZero() && !now.Before(m.MandateUntil)
		return m.Status != committee.Sitting || m.Person == "" || over || m.Role != committee.Chair && m.Role != committee.Juror
	}), err
}

// files are those to be read, by number: those of the selection once its reading opened;
// before, in a first round, those found admissible.
func (s *Service) files(ctx context.Context, r db.Reader, sel committee.Selection, themes []string) ([]File, error) {
	stands, first := `a.selection_id = $1`, sel.ID
	if sel.Status == committee.Preparing && sel.Round == 1 {
		stands = `(a.selection_id is null or a.selection_id = $1) and exists (select 1 from admissibility v where v.application_id = a.id and v.verdict = 'admissible')`
	}
	list, err := db.List(ctx, r, func(sc db.Scanner) (f File, err error) {
		err = sc.Scan(&f.ID, &f.Number, &f.Title)
		return f, err
	}, `select a.id, a.number, a.title from applications a where `+stands+` and a.call_id = $2 and a.status in ('submitted', 'reopened') and a.deleted_at is null order by a.number, a.id`, string(first), string(sel.Call.ID))
	if err != nil {
		return nil, fmt.Errorf("list the files of selection %s: %w", sel.ID, err)
	}
	chosen, err := s.themes(ctx, r, sel, themes)
	for i := range list {
		list[i].Themes = chosen[list[i].ID]
	}
	return list, err
}

// conflicts are the pairs that nothing but the chair's waiver opens: what keeps a member
// from a file on every page keeps it from her here.
func (s *Service) conflicts(ctx context.Context, r db.Reader, sel committee.Selection, members []committee.Member) (map[Pair]bool, error) {
	recused, err := committee.Recused(ctx, r, sel.ID)
	if err != nil {
		return nil, err
	}
	out := map[Pair]bool{}
	for _, m := range members {
		for _, file := range recused[m.ID] {
			out[Pair{file, m.ID}] = true
		}
		closed, err := s.closed(ctx, r, account.User{ID: m.Person}, sel)
		if err != nil {
			return nil, err
		}
		for _, file := range closed {
			out[Pair{file, m.ID}] = true
		}
	}
	return out, nil
}

// groups are those of a member, by family.
func groups(m committee.Member) map[string][]string {
	out := map[string][]string{FamilyRole: {string(m.Role)}}
	if m.Organisation != "" {
		out[FamilyHouse] = []string{m.Organisation}
	}
	for _, c := range m.Competences {
		if c = strings.TrimSpace(c); c != "" && !slices.Contains(out[FamilyCompetence], c) {
			out[FamilyCompetence] = append(out[FamilyCompetence], c)
		}
	}
	return out
}

// thousandth keeps what is compared short and the same on every machine.
func thousandth(x float64) float64 { return math.Round(x*1000) / 1000 }

// problem states what is asked, in the versioned form of "transformateur solve assign".
// It is kept, and so names nobody: files and members stand in it by their identifiers.
func (h house) problem() *assign.Problem {
	in := h.plan.Settings
	p := &assign.Problem{Version: assign.Version, Objective: in.Objective, Levels: in.Levels, Even: in.Even, Seed: in.Seed,
		Terms: []assign.Term{{Name: TermCompetence, Weight: in.Competence}, {Name: TermText, Weight: in.Text}, {Name: TermBid, Weight: in.Bid}}}
	themes := make([][]string, len(h.files))
	for i, f := range h.files {
		p.Items = append(p.Items, assign.Item{ID: string(f.ID), Min: in.Readers})
		themes[i] = foldedThemes(f.Themes)
	}
	for _, m := range h.members {
		if slices.Contains(in.Away, m.ID) {
			continue
		}
		least, most := h.bounds(m)
		p.Agents = append(p.Agents, assign.Agent{ID: string(m.ID), Min: least, Max: most, Groups: groups(m)})
		h.affinities(p, m, themes)
	}
	if in.OneOfAHouse {
		p.Rules = append(p.Rules, assign.Rule{Name: RuleOneOfHouse, Family: FamilyHouse, AtMost: 1})
	}
	for _, g := range in.Needs {
		p.Rules = append(p.Rules, assign.Rule{Name: RuleAtLeast + g.Family + ":" + g.Name, Family: g.Family, Group: g.Name, AtLeast: 1})
	}
	h.pin(p)
	if in.Cap > 0 {
		p.Draw = &assign.Draw{Cap: in.Cap, Spread: in.Spread}
	}
	return p
}

// bounds are how many files a member reads: hers, or those of the settings.
func (h house) bounds(m committee.Member) (least, most int) {
	least, most = m.Least, m.Most
	if least == 0 && most == 0 {
		least, most = h.plan.Settings.Least, h.plan.Settings.Most
	}
	if most == 0 || most > len(h.files) {
		most = len(h.files)
	}
	return min(least, most), most
}

// affinities adds what a member is worth for each file, and what is closed to her.
func (h house) affinities(p *assign.Problem, m committee.Member, themes [][]string) {
	words, competences := vocabulary(m), foldedSet(m.Competences)
	for i, f := range h.files {
		pair := Pair{f.ID, m.ID}
		switch {
		case h.barred[pair]:
			p.Forbidden = append(p.Forbidden, assign.Forbidden{Item: string(f.ID), Agent: string(m.ID), Reason: ReasonRecused})
			continue
		case slices.Contains(h.plan.Settings.Barred, pair):
			p.Forbidden = append(p.Forbidden, assign.Forbidden{Item: string(f.ID), Agent: string(m.ID), Reason: ReasonBarred})
		}
		values := []float64{thousandth(knows(competences, themes[i])), thousandth(h.words.likeness(words, f.ID)), 0}
		if h.sel.Bidding {
			values[2] = worth[h.wishes[m.ID][f.ID]]
		}
		if values[0] > 0 || values[1] > 0 || values[2] > 0 {
			p.Pairs = append(p.Pairs, assign.Pair{Item: string(f.ID), Agent: string(m.ID), Values: values})
		}
	}
}

// pin has the engine keep what was pinned, and the readings that are begun.
func (h house) pin(p *assign.Problem) {
	files, members := map[application.ID]bool{}, map[string]bool{}
	for _, f := range h.files {
		files[f.ID] = true
	}
	for _, a := range p.Agents {
		members[a.ID] = true
	}
	seen := map[Pair]bool{}
	for _, pair := range slices.Concat(h.plan.Settings.Pinned, h.begun) {
		if files[pair.File] && members[string(pair.Member)] && !h.barred[pair] && !seen[pair] {
			seen[pair] = true
			p.Pinned = append(p.Pinned, assign.Link{Item: string(pair.File), Agent: string(pair.Member)})
		}
	}
}

// published are the pairs that stand, as published.
func (h house) published() (list []Given) {
	for _, a := range h.live {
		list = append(list, Given{Pair{a.File, a.Member}, a.Source})
	}
	return list
}

// links are pairs as the engine names them.
func links(list []Given) []assign.Link {
	out := make([]assign.Link, len(list))
	for i, g := range list {
		out[i] = assign.Link{Item: string(g.File), Agent: string(g.Member)}
	}
	return out
}
