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
	return ui.Page{Title: i18n.T(ctx, "assignments.title"), Over: in(ctx, v.Name), Lead: i18n.T(ctx, "assignments.lead"), Width: ui.Wide, Failed: len(v.problems) > 0, LangURL: langURL(ctx, link(v.ID)),
		Crumbs: []ui.Crumb{{Label: in(ctx, v.Call.Title), URL: "/calls/" + url.PathEscape(string(v.Call.ID))}, {Label: in(ctx, v.Name), URL: "/selections/" + url.PathEscape(string(v.ID))}}}
}

func (v one) page(ctx context.Context) ui.Page {
	p := v.board.page(ctx)
	p.Over = i18n.T(ctx, "assignments.title") + " · " + p.Over // the page of who sits has the title of the file too
	p.Title, p.Lead, p.Width, p.LangURL = v.Title, themesOf(ctx, v.Themes), "", langURL(ctx, v.url(v.File))
	p.Crumbs = append(p.Crumbs, ui.Crumb{Label: i18n.T(ctx, "assignments.title"), URL: link(v.Selection.ID)})
	return p
}

func (v board) url(f assignment.File) string {
	return link(v.Selection.ID, "files", url.PathEscape(string(f.ID)))
}

// title names a file of the board.
func (v board) title(file string) string {
	for _, f := range v.Files {
		if string(f.ID) == file {
			return f.Title
		}
	}
	return ""
}

// named lists files and members by their names, as a sentence does.
func (v board) named(ctx context.Context, ids []string, name func(string) string) string {
	var list []string
	for _, id := range ids {
		if n := name(id); n != "" {
			list = append(list, i18n.T(ctx, "assignments.quoted", n))
		}
	}
	return strings.Join(list, ", ")
}

func (v board) who(seat string) string { return v.person(seat).Name }

// rule says the name of a rule as people know it.
func rule(ctx context.Context, name string) string {
	if name == assignment.RuleOneOfHouse {
		return i18n.T(ctx, "assignments.rule_one_of_house")
	}
	if group, ok := strings.CutPrefix(name, assignment.RuleAtLeast); ok {
		family, of, _ := strings.Cut(group, ":")
		return i18n.T(ctx, "assignments.rule_at_least", groupName(ctx, assignment.Group{Family: family, Name: of}))
	}
	return name
}

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
		return i18n.T(ctx, "assignments.warn_"+w.Kind, file, w.Count, w.Bound)
	case assign.WarnOverload, assign.WarnUnderload:
		return i18n.T(ctx, "assignments.warn_"+w.Kind, who, w.Count, w.Bound)
	case assign.WarnAtLeast, assign.WarnAtMost:
		return i18n.T(ctx, "assignments.warn_rule", file, rule(ctx, w.Name))
	case assign.WarnPin:
		return i18n.T(ctx, "assignments.warn_pin", who, file)
	case assign.WarnUnknown:
		return i18n.T(ctx, "assignments.warn_away", who, file)
	}
	return ""
}

// warnings are the sentences on a file, or on all with "".
func (v board) warnings(ctx context.Context, file string) (list []string) {
	for _, w := range v.Account.Warnings {
		if file != "" && w.Item != file {
			continue
		}
		if s := v.warning(ctx, w); s != "" && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
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
		list = append(list, ui.Figure{Value: name, Label: i18n.T(ctx, "assignments.worst_member")})
	}
	return list
}

// reason is one reader of a file, explained.
type reason struct {
	committee.Member
	assign.PairAccount
	source string
}

func (v one) reasons() (list []reason) {
	for _, p := range v.Account.Pairs {
		if p.Item != string(v.File.ID) {
			continue
		}
		x := reason{Member: v.person(p.Agent), PairAccount: p}
		for _, g := range v.Plan.Pairs {
			if g.File == v.File.ID && g.Member == x.Member.ID {
				x.source = g.Source
			}
		}
		list = append(list, x)
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

// next says what would happen without a reader.
func (v board) next(ctx context.Context, n *assign.Next) string {
	switch {
	case n == nil:
		return i18n.T(ctx, "assignments.next_nobody")
	case n.Agent == "":
		return i18n.T(ctx, "assignments.next_none", affinity(ctx, n.Cost))
	case len(n.Moves) > 1:
		return i18n.T(ctx, "assignments.next_chain", v.who(n.Agent), affinity(ctx, n.Cost)) + " " + v.moves(ctx, n.Moves[1:])
	}
	return i18n.T(ctx, "assignments.next", v.who(n.Agent), affinity(ctx, n.Cost))
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
	return slices.Contains(v.Plan.Settings.Pinned, assignment.Pair{File: v.File.ID, Member: m})
}

// clash says why there is no assignment.
func (v board) clash(ctx context.Context, c assign.Clash) string {
	files, people := v.named(ctx, c.Items, v.title), v.named(ctx, c.Agents, v.who)
	rules := make([]string, len(c.Rules))
	for i, r := range c.Rules {
		rules[i] = rule(ctx, r)
	}
	if files == "" || len(c.Items) == len(v.Files) {
		files = i18n.T(ctx, "assignments.all_files")
	}
	if people == "" || len(c.Agents) == len(v.Problem.Agents) {
		people = i18n.T(ctx, "assignments.all_members")
	}
	said := i18n.T(ctx, "assignments.clash_"+c.Kind, files, people, c.Need, c.Have)
	if len(rules) > 0 {
		said += " " + i18n.T(ctx, "assignments.clash_rules", strings.Join(rules, ", "))
	}
	return said
}

// change says one bound to move.
func (v board) change(ctx context.Context, c assign.Change) string {
	subject := v.title(c.Item)
	if c.What == "max_load" || c.What == "min_load" {
		subject = v.who(c.Agent)
	}
	if c.What == "unpin" {
		return i18n.T(ctx, "assignments.change_unpin", v.who(c.Agent), subject)
	}
	if c.What == "at_least" || c.What == "at_most" {
		return i18n.T(ctx, "assignments.change_rule", rule(ctx, c.Rule), subject)
	}
	return i18n.T(ctx, "assignments.change_"+c.What, subject, c.By)
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

// absent are the members, those who cannot read for now being checked.
func (v board) absent() (c ui.Choice) {
	for _, m := range v.Members {
		c.Options = append(c.Options, ui.Option{Value: string(m.ID), Label: m.Name})
	}
	for _, m := range v.Plan.Settings.Away {
		c.Chosen = append(c.Chosen, string(m))
	}
	return c
}
