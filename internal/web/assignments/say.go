package assignments

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"transformateur/internal/application"
	"transformateur/internal/assignment"
	"transformateur/internal/committee"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
	"transformateur/internal/solve/assign"
	"transformateur/internal/web/ui"
)

// affinity writes an affinity with two decimals.
func affinity(ctx context.Context, a assign.Affinity) string {
	return text.Decimal(string(i18n.From(ctx)), a.Float(), 2)
}

func (v board) page(ctx context.Context) ui.Page {
	return ui.Page{Title: i18n.T(ctx, "assignments.title"), Over: in(ctx, v.Name), Lead: i18n.T(ctx, "assignments.lead"), Width: ui.Wide, Failed: len(v.problems) > 0, LangURL: ui.OtherLang(ctx, link(v.ID)),
		Crumbs: []ui.Crumb{{Label: in(ctx, v.Call.Title), URL: "/calls/" + url.PathEscape(string(v.Call.ID))}, {Label: in(ctx, v.Name), URL: "/selections/" + url.PathEscape(string(v.ID))}}}
}

func (v one) page(ctx context.Context) ui.Page {
	p := v.board.page(ctx)
	p.Over = i18n.T(ctx, "assignments.title") + " · " + p.Over // the page of who sits has the title of the file too
	p.Title, p.Lead, p.Width, p.LangURL = v.Title, themesOf(ctx, v.Themes), "", ui.OtherLang(ctx, v.url(v.File))
	p.Crumbs = append(p.Crumbs, ui.Crumb{Label: i18n.T(ctx, "assignments.title"), URL: link(v.Selection.ID)})
	return p
}

func (v board) url(f assignment.File) string {
	return link(v.Selection.ID, "files", url.PathEscape(string(f.ID)))
}

// title names a file of the board.
func (v board) title(file string) string { return v.files[file].Title }

func (v board) who(seat string) string { return v.people[seat].Name }

// warning says what is wrong in the plan, or "" for what needs no word.
func (v board) warning(ctx context.Context, w assign.Warning) string {
	file, who := v.title(w.Item), v.who(w.Agent)
	switch w.Kind {
	case assign.WarnConflict:
		if w.Name == assignment.ReasonBarred {
			return i18n.T(ctx, "assignments.warn_barred", who, file)
		}
		return i18n.T(ctx, "assignments.warn_conflict", who, file)
	case assign.WarnFewReaders, assign.WarnManyReaders:
		return i18n.N(ctx, "assignments.warn_"+w.Kind, w.Count, file, w.Bound)
	case assign.WarnOverload, assign.WarnUnderload:
		return i18n.N(ctx, "assignments.warn_"+w.Kind, w.Count, who, w.Bound)
	case assign.WarnAtLeast, assign.WarnAtMost:
		return i18n.T(ctx, "assignments.warn_rule", file, rule(ctx, w.Name))
	case assign.WarnPin:
		return i18n.T(ctx, "assignments.warn_pin", who, file)
	case assign.WarnUnknown:
		return i18n.T(ctx, "assignments.warn_away", who, file)
	}
	return ""
}

// warnings are the sentences on all that is wrong.
func (v board) warnings(ctx context.Context) []string { return v.said(ctx, v.Account.Warnings) }

func (v board) said(ctx context.Context, warnings []assign.Warning) (list []string) {
	seen := map[string]bool{}
	for _, w := range warnings {
		if s := v.warning(ctx, w); s != "" && !seen[s] {
			seen[s] = true
			list = append(list, s)
		}
	}
	return list
}

// warnings are those on the file, and on the loads of who reads it.
func (v one) warnings(ctx context.Context) []string {
	var list []assign.Warning
	for _, w := range v.Account.Warnings {
		if w.Item == string(v.File.ID) || w.Item == "" && v.Reads(assignment.Pair{File: v.File.ID, Member: committee.MemberID(w.Agent)}) {
			list = append(list, w)
		}
	}
	return v.said(ctx, list)
}

// byFile are the sentences of each file that has something wrong.
func (v board) byFile(ctx context.Context) map[string][]string {
	out := map[string][]string{}
	for _, w := range v.Account.Warnings {
		if s := v.warning(ctx, w); s != "" && w.Item != "" && !slices.Contains(out[w.Item], s) {
			out[w.Item] = append(out[w.Item], s)
		}
	}
	return out
}

// figures are what the plan gives, on the files that are shown.
func (v board) figures(ctx context.Context) []ui.Figure {
	a := v.Account
	list := []ui.Figure{
		{Value: affinity(ctx, a.Total), Label: i18n.T(ctx, "assignments.total")},
		{Value: i18n.T(ctx, "assignments.from_to", a.Lightest, a.Heaviest), Label: i18n.T(ctx, "assignments.loads")},
	}
	if name := v.title(a.Worst); name != "" {
		score := assign.Affinity(0)
		if i := slices.IndexFunc(a.Items, func(x assign.ItemAccount) bool { return x.Item == a.Worst }); i >= 0 {
			score = a.Items[i].Score
		}
		list = append(list, ui.Figure{Value: affinity(ctx, score), Label: i18n.T(ctx, "assignments.worst_file"), Note: name, URL: link(v.ID, "files", url.PathEscape(a.Worst))})
	}
	if name := v.who(a.WorstAgent); name != "" {
		list = append(list, ui.Figure{Value: name, Label: i18n.T(ctx, "assignments.worst_member"), URL: link(v.ID, "members", url.PathEscape(a.WorstAgent))})
	}
	return list
}

// reason is one reader of a file, explained.
type reason struct {
	committee.Member
	assign.PairAccount
	source string
	chance string // with which it was drawn, or ""
}

func (v one) reasons(ctx context.Context) (list []reason) {
	for _, p := range v.Account.Pairs {
		if p.Item != string(v.File.ID) {
			continue
		}
		pair := assignment.Pair{File: v.File.ID, Member: committee.MemberID(p.Agent)}
		list = append(list, reason{Member: v.person(p.Agent), PairAccount: p, source: v.Source(pair), chance: v.chance(ctx, pair)})
	}
	return list
}

// terms says what an affinity is made of.
func (v board) terms(ctx context.Context, list []assign.Affinity) string {
	var parts []string
	for i, t := range v.Problem.Terms {
		if i < len(list) && t.Weight > 0 {
			parts = append(parts, i18n.T(ctx, "assignments.term_"+t.Name, affinity(ctx, list[i])))
		}
	}
	return strings.Join(parts, " · ")
}

// better says who would suit more and what stands in the way.
func (v board) better(ctx context.Context, b assign.Better) string {
	if b.Bound == assign.BoundConflict {
		return i18n.T(ctx, "assignments.better_conflict", v.who(b.Agent))
	}
	if b.Bound == assign.BoundRule {
		return i18n.T(ctx, "assignments.better_rule", v.who(b.Agent), affinity(ctx, b.Value), rule(ctx, b.Name))
	}
	return i18n.T(ctx, "assignments.better_"+b.Bound, v.who(b.Agent), affinity(ctx, b.Value))
}

// next says what would happen without a reader. In an assignment that is not the best,
// one drawn or edited by hand, the sum may gain.
func (v board) next(ctx context.Context, n *assign.Next) string {
	if n == nil {
		return i18n.T(ctx, "assignments.next_nobody")
	}
	change := i18n.T(ctx, "assignments.sum_loses", affinity(ctx, n.Cost))
	if n.Cost < 0 {
		change = i18n.T(ctx, "assignments.sum_gains", affinity(ctx, -n.Cost))
	}
	switch {
	case n.Agent == "":
		return i18n.T(ctx, "assignments.next_none", change)
	case len(n.Moves) > 1:
		return i18n.T(ctx, "assignments.next_chain", v.who(n.Agent), change) + " " + v.moves(ctx, n.Moves[1:])
	}
	return i18n.T(ctx, "assignments.next", v.who(n.Agent), change)
}

func (v board) moves(ctx context.Context, list []assign.Move) string {
	var parts []string
	for _, m := range list {
		if m.From != "" && m.To != "" {
			parts = append(parts, i18n.T(ctx, "assignments.move", v.title(m.Item), v.who(m.From), v.who(m.To)))
		}
	}
	return strings.Join(parts, " ")
}

// candidate is a member who does not read the file.
type candidate struct {
	committee.Member
	value  assign.Affinity
	terms  []assign.Affinity
	load   int
	barred bool // by a conflict
	kept   bool // from the file, by hand
	away   bool
}

// candidates are those who do not read the file, the most suited first; those whom a
// conflict keeps away come last.
func (v one) candidates() (list []candidate) {
	for _, m := range v.Members {
		p := assignment.Pair{File: v.File.ID, Member: m.ID}
		if v.Reads(p) {
			continue
		}
		c := candidate{Member: m, load: v.Load(m.ID), barred: v.Barred(p), kept: slices.Contains(v.Plan.Settings.Barred, p), away: slices.Contains(v.Plan.Settings.Away, m.ID)}
		c.value, c.terms = v.Value(p)
		list = append(list, c)
	}
	slices.SortStableFunc(list, func(a, b candidate) int {
		switch {
		case a.barred != b.barred && a.barred:
			return 1
		case a.barred != b.barred:
			return -1
		}
		return int(min(max(b.value-a.value, -1), 1))
	})
	return list
}

func (v one) pinned(m committee.MemberID) bool {
	return v.isPinned(assignment.Pair{File: v.File.ID, Member: m})
}

func (v board) isPinned(p assignment.Pair) bool { return slices.Contains(v.Plan.Settings.Pinned, p) }

// quotas say how the rules on groups stand for the file: held, at their bound, or broken.
func (v one) quotas(ctx context.Context) (list []string) {
	i := slices.IndexFunc(v.Account.Items, func(x assign.ItemAccount) bool { return x.Item == string(v.File.ID) })
	if i < 0 || len(v.Readers(v.File.ID)) == 0 {
		return nil
	}
	for _, q := range v.Account.Items[i].Quotas {
		state := "held"
		switch {
		case !q.Kept:
			state = "broken"
		case q.Tight:
			state = "tight"
		}
		said := rule(ctx, q.Rule)
		if q.Rule == assignment.RuleOneOfHouse {
			said += " (" + q.Group + ")"
		}
		list = append(list, i18n.N(ctx, "assignments.quota_"+state, q.Count, said))
	}
	return list
}

// pairs are pairs as sentences: who, then what.
func (v board) pairs(ctx context.Context, list []assignment.Pair) (out []string) {
	for _, p := range list {
		who := v.who(string(p.Member))
		if who == "" {
			who = i18n.T(ctx, "assignments.somebody_gone")
		}
		out = append(out, i18n.T(ctx, "assignments.pair", who, v.title(string(p.File))))
	}
	slices.Sort(out)
	return out
}

// readers names those of a file.
func (v board) readers(file application.ID) string {
	var names []string
	for _, m := range v.Readers(file) {
		if name := v.who(string(m)); name != "" {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}
