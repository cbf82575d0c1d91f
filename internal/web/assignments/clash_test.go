package assignments

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"transformateur/internal/application"
	"transformateur/internal/assignment"
	"transformateur/internal/committee"
	"transformateur/internal/i18n"
	"transformateur/internal/solve/assign"
)

// clashing is a board of eight files and six members, whose names are their identifiers.
func clashing() board {
	b := assignment.Board{Problem: &assign.Problem{Version: 1}}
	for i := range 8 {
		id := fmt.Sprintf("f%d", i+1)
		b.Files = append(b.Files, assignment.File{ID: application.ID(id), Title: "File " + id})
		b.Problem.Items = append(b.Problem.Items, assign.Item{ID: id, Min: 1})
	}
	for i := range 6 {
		id := fmt.Sprintf("m%d", i+1)
		b.Members = append(b.Members, committee.Member{ID: committee.MemberID(id), Name: "Member " + id})
		b.Problem.Agents = append(b.Problem.Agents, assign.Agent{ID: id, Max: 8})
	}
	return told(b)
}

// sound fails a sentence that shows a fault of its making.
func sound(t *testing.T, name string, lang i18n.Lang, said string) {
	t.Helper()
	for _, fault := range []string{"%!", "‹", "(s)", "at_least", "one_of_an_organisation", "recusal ", "by_hand"} {
		if strings.Contains(said, fault) {
			t.Errorf("%s, in %s: %q holds %q", name, lang, said, fault)
		}
	}
	if said == "" {
		t.Errorf("%s, in %s: nothing is said", name, lang)
	}
}

const (
	house = assignment.RuleOneOfHouse
	jury  = assignment.RuleAtLeast + "role:member"
	law   = assignment.RuleAtLeast + "competence:droit"
)

func TestEveryClashIsWorded(t *testing.T) {
	for _, c := range []struct {
		name   string
		clash  assign.Clash
		fr, en string // what stands in the sentence
	}{
		{"files want more than members can give", assign.Clash{Kind: assign.ClashShortage, Items: []string{"f1", "f2"}, Agents: []string{"m1"}, Need: 4, Have: 3},
			"Lectures demandées : 4, pour « File f1 », « File f2 ». Possibles : 3, en comptant tout ce que peuvent y lire ces personnes : Member m1.", "Readings wanted: 4, for “File f1”, “File f2”. Possible: 3"},
		{"the same, under rules", assign.Clash{Kind: assign.ClashShortage, Items: []string{"f1"}, Agents: []string{"m1"}, Rules: []string{house, law}, Need: 2, Have: 1},
			"Règles en cause (2) : une seule personne par organisation, au moins une lecture : Compétence : droit.", "Rules at fault (2): "},
		{"all files and all members", assign.Clash{Kind: assign.ClashShortage, Items: []string{"f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8"}, Agents: []string{"m1", "m2", "m3", "m4", "m5", "m6"}, Need: 16, Have: 12},
			"pour tous les dossiers. Possibles : 12, en comptant tout ce que peuvent y lire ces personnes : tous les membres.", "for all the files. Possible: 12"},
		{"nobody at all", assign.Clash{Kind: assign.ClashShortage, Items: []string{"f1"}, Need: 1}, "Possibles : 0", "Possible: 0"},
		{"more files than a sentence holds", assign.Clash{Kind: assign.ClashShortage, Items: []string{"f1", "f2", "f3", "f4", "f5", "f6", "f7"}, Agents: []string{"m1"}, Need: 14, Have: 7},
			"« File f5 », et 2 autres. Possibles", "“File f5”, and 2 more. Possible"},
		{"members owe more than files want", assign.Clash{Kind: assign.ClashMinimum, Items: []string{"f1"}, Agents: []string{"m1", "m2"}, Need: 4, Have: 1},
			"Lectures dues au moins : 4, par Member m1, Member m2. Possibles : 1, sur les dossiers qui leur sont ouverts : « File f1 ».", "Readings owed at least: 4, by Member m1, Member m2."},
		{"a pin on a recusal", assign.Clash{Kind: assign.ClashPin, Items: []string{"f1"}, Agents: []string{"m1"}, Rules: []string{assignment.ReasonRecused}, Need: 1},
			"Member m1 ne peut pas lire « File f1 », où une lecture lui est épinglée : un déport.", "Member m1 cannot read “File f1”, to which they are pinned: a recusal."},
		{"a pin on who was kept away", assign.Clash{Kind: assign.ClashPin, Items: []string{"f1"}, Agents: []string{"m1"}, Rules: []string{assignment.ReasonBarred}, Need: 1}, "vous l’avez écarté", "you kept them away"},
		{"too many pins on a file", assign.Clash{Kind: assign.ClashPin, Items: []string{"f1"}, Need: 3, Have: 2}, "Sur « File f1 », 3 lectures sont épinglées, pour 2 au plus.", "On “File f1”, 3 readings are pinned, for 2 at most."},
		{"too many pins on a member", assign.Clash{Kind: assign.ClashPin, Agents: []string{"m1"}, Need: 3, Have: 2}, "Pour Member m1, 3 lectures sont épinglées, pour 2 au plus.", "For Member m1, 3 readings are pinned, for 2 at most."},
		{"rules that ask for too many", assign.Clash{Kind: assign.ClashQuota, Items: []string{"f1"}, Rules: []string{jury}, Need: 2, Have: 1}, "Sur « File f1 », les règles demandent 2 lectures, et 1 au plus sont possibles. Règle en cause : au moins une lecture :", "Rule at fault: "},
		{"rules that cross", assign.Clash{Kind: assign.ClashQuota, Items: []string{"f1"}, Rules: []string{house}}, "n’a pas su tenir ensemble toutes les règles", "could not keep all the rules together"},
		{"a cap too low", assign.Clash{Kind: assign.ClashDraw}, "Aucun tirage ne respecte ce plafond", "No draw keeps this cap"},
		{"a draw under rules that cross", assign.Clash{Kind: assign.ClashDraw, Rules: []string{house, jury}}, "une seule personne par organisation", "A draw cannot keep together"},
	} {
		for lang, want := range map[i18n.Lang]string{i18n.FR: c.fr, i18n.EN: c.en} {
			said := clashing().clash(i18n.With(context.Background(), lang), c.clash)
			sound(t, c.name, lang, said)
			if got := plain(said); !strings.Contains(got, plain(want)) {
				t.Errorf("%s, in %s:\n%s\nwant\n%s", c.name, lang, got, want)
			}
		}
	}
}

// plain writes every space as a plain one.
func plain(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestEveryRemedyIsWorded(t *testing.T) {
	for _, c := range []struct {
		name   string
		change assign.Change
		fr, en string
	}{
		{"one reading fewer", assign.Change{What: "readers", Item: "f1", By: 1}, "« File f1 » : 1 lecture de moins.", "“File f1”: 1 reading fewer."},
		{"readings fewer", assign.Change{What: "readers", Item: "f1", By: 2}, "« File f1 » : 2 lectures de moins.", "“File f1”: 2 readings fewer."},
		{"a file more than the maximum", assign.Change{What: "max_load", Agent: "m1", By: 1}, "Member m1 : 1 dossier de plus que son maximum.", "Member m1: 1 file above the maximum."},
		{"files below the minimum", assign.Change{What: "min_load", Agent: "m1", By: 3}, "Member m1 : 3 dossiers de moins que son minimum.", "Member m1: 3 files below the minimum."},
		{"a rule not kept", assign.Change{What: "at_most", Item: "f1", Rule: house, By: 1}, "La règle « une seule personne par organisation » n’est pas tenue pour « File f1 ».", "one person"},
		{"a group without its reader", assign.Change{What: "at_least", Item: "f1", Rule: law, By: 1}, "au moins une lecture : Compétence : droit", "droit"},
		{"a pair to unpin", assign.Change{What: "unpin", Item: "f1", Agent: "m1", By: 1}, "Ne plus épingler Member m1 à « File f1 ».", "Member m1"},
	} {
		for lang, want := range map[i18n.Lang]string{i18n.FR: c.fr, i18n.EN: c.en} {
			said := clashing().change(i18n.With(context.Background(), lang), c.change)
			sound(t, c.name, lang, said)
			if !strings.Contains(plain(said), plain(want)) {
				t.Errorf("%s, in %s: %s, want %s", c.name, lang, plain(said), want)
			}
		}
	}
	many := assign.Remedy{Kind: assign.RelaxReaders}
	for i := range 20 {
		many.Changes = append(many.Changes, assign.Change{What: "readers", Item: fmt.Sprintf("f%d", 1+i%8), By: 1})
	}
	if list := clashing().changes(context.Background(), many); len(list) != 7 || !strings.Contains(list[6], "14") {
		t.Errorf("twenty changes are said in %d sentences, the last %q", len(list), list[len(list)-1])
	}
}

// What the engine really answers to problems that have no assignment, in words.
func TestWhatTheEngineRefusesIsWorded(t *testing.T) {
	kinds := map[string]bool{}
	for name, c := range map[string]struct {
		change func(*assign.Problem)
		want   string
		relax  []string
	}{
		"too few readings": {func(p *assign.Problem) {
			for i := range p.Agents {
				p.Agents[i].Max = 1
			}
		}, assign.ClashShortage, []string{assign.RelaxAny, assign.RelaxReaders, assign.RelaxLoads}},
		"a file that nobody may read": {func(p *assign.Problem) {
			for _, a := range p.Agents {
				p.Forbidden = append(p.Forbidden, assign.Forbidden{Item: "f1", Agent: a.ID, Reason: assignment.ReasonRecused})
			}
		}, assign.ClashShortage, []string{assign.RelaxAny, assign.RelaxReaders}},
		"members who must read more than there is": {func(p *assign.Problem) {
			for i := range p.Agents {
				p.Agents[i].Min = 3
			}
		}, assign.ClashMinimum, []string{assign.RelaxAny, assign.RelaxLoads}},
		"a pin on a recusal": {func(p *assign.Problem) {
			p.Pinned = []assign.Link{{Item: "f1", Agent: "m1"}}
			p.Forbidden = []assign.Forbidden{{Item: "f1", Agent: "m1", Reason: assignment.ReasonBarred}}
		}, assign.ClashPin, []string{assign.RelaxAny}},
		"two pins for one reading": {func(p *assign.Problem) {
			p.Pinned = []assign.Link{{Item: "f1", Agent: "m1"}, {Item: "f1", Agent: "m2"}}
		}, assign.ClashPin, nil},
		"a group that nobody is in": {func(p *assign.Problem) {
			p.Rules = []assign.Rule{{Name: law, Family: "competence", Group: "droit", AtLeast: 1}}
		}, "", []string{assign.RelaxAny, assign.RelaxRules}},
		"a cap that no draw keeps": {func(p *assign.Problem) {
			p.Draw = &assign.Draw{Cap: 0.1}
		}, assign.ClashDraw, nil},
	} {
		v := clashing()
		c.change(v.Problem)
		result, err := assign.Solve(t.Context(), v.Problem)
		if err != nil || result.Infeasible == nil {
			t.Errorf("%s: %v, %s", name, err, result.Status)
			continue
		}
		for _, lang := range i18n.Langs {
			ctx := i18n.With(context.Background(), lang)
			for _, clash := range result.Infeasible.Clashes {
				sound(t, name, lang, v.clash(ctx, clash))
				kinds[clash.Kind] = true
			}
			for _, remedy := range result.Infeasible.Relax {
				sound(t, name, lang, i18n.T(ctx, "assignments.relax_"+remedy.Kind))
				for _, s := range v.changes(ctx, remedy) {
					sound(t, name, lang, s)
				}
			}
		}
		if c.want != "" && !slices.ContainsFunc(result.Infeasible.Clashes, func(x assign.Clash) bool { return x.Kind == c.want }) {
			t.Errorf("%s: %+v, want a %s", name, result.Infeasible.Clashes, c.want)
		}
		for _, kind := range c.relax {
			if !slices.ContainsFunc(result.Infeasible.Relax, func(x assign.Remedy) bool { return x.Kind == kind && x.Count > 0 }) {
				t.Errorf("%s: no way out of kind %s in %+v", name, kind, result.Infeasible.Relax)
			}
		}
	}
	for _, kind := range []string{assign.ClashShortage, assign.ClashMinimum, assign.ClashPin, assign.ClashDraw} {
		if !kinds[kind] {
			t.Errorf("no problem led to a %s", kind)
		}
	}
}
