package cluster_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"transformateur/internal/solve/cluster"
)

func corpus(texts ...string) []cluster.Text {
	var words [][]string
	for _, one := range texts {
		words = append(words, strings.Fields(one))
	}
	return cluster.Corpus(words, strings.ToLower)
}

func TestStem(t *testing.T) {
	for _, pair := range [][2]string{{"partenaire", "partenaires"}, {"rencontre", "rencontrer"}, {"local", "locaux"}, {"animateur", "animation"}, {"heureuse", "heureuses"}} {
		if cluster.Stem(pair[0]) != cluster.Stem(pair[1]) {
			t.Errorf("%s gives %s, %s gives %s", pair[0], cluster.Stem(pair[0]), pair[1], cluster.Stem(pair[1]))
		}
	}
	if cluster.Stem("les") != "les" {
		t.Error("a short word was cut")
	}
}

func TestGroups(t *testing.T) {
	for _, c := range []struct {
		name  string
		texts []string
		want  [][]int
	}{
		{"nothing", nil, nil},
		{"one text is no group", []string{"la rencontre des partenaires"}, nil},
		{"two subjects", []string{"rencontrer des partenaires", "le planning trop serre", "la rencontre d un partenaire", "un planning serre"}, [][]int{{0, 2}, {1, 3}}},
		{"nothing shared", []string{"soleil radieux", "chaises dures"}, nil},
		{"words that say nothing do not bring together", []string{"avec les autres chaises", "avec les gateaux"}, nil},
	} {
		var got [][]int
		for _, g := range cluster.Groups(corpus(c.texts...), 0.2) {
			got = append(got, g.Members)
			if len(g.Words) == 0 {
				t.Errorf("%s: a group without a reason", c.name)
			}
		}
		if !slices.EqualFunc(got, c.want, slices.Equal) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestShared(t *testing.T) {
	texts := corpus("rencontrer des partenaires", "la rencontre etait belle", "le planning")
	if got := cluster.Shared(texts[0], texts[1:], 3); !slices.Equal(got, []string{"rencontrer"}) {
		t.Errorf("shared words %v", got)
	}
	if like := cluster.Likeness(texts[0], texts[0]); math.Abs(like-1) > 1e-9 {
		t.Errorf("a text is like itself at %v", like)
	}
}

func TestKappa(t *testing.T) {
	repeat := func(yes, no int) []bool {
		return slices.Concat(slices.Repeat([]bool{true}, yes), slices.Repeat([]bool{false}, no))
	}
	for _, c := range []struct {
		name string
		a, b []bool
		want float64
		ok   bool
	}{
		{"nothing read by both", nil, nil, 0, false},
		{"both said no to all", repeat(0, 4), repeat(0, 4), 0, false},
		{"always", repeat(2, 2), repeat(2, 2), 1, true},
		{"as chance would", []bool{true, true, false, false}, []bool{true, false, true, false}, 0, true},
		{"the opposite", repeat(2, 2), []bool{false, false, true, true}, -1, true},
		// 50 proposals, 20 both yes, 15 both no, 5 and 10 apart: 0.7 observed, 0.5 by chance.
		{"the usual example", slices.Concat(repeat(20, 15), repeat(5, 0), repeat(0, 10)), slices.Concat(repeat(20, 15), repeat(0, 5), repeat(10, 0)), 0.4, true},
	} {
		got, ok := cluster.Kappa(c.a, c.b)
		if ok != c.ok || math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s: %v %v, want %v %v", c.name, got, ok, c.want, c.ok)
		}
	}
}

// many are 500 texts of twelve words out of 300.
func many() [][]string {
	texts := make([][]string, 500)
	seed := uint32(1)
	for i := range texts {
		for range 12 {
			seed = seed*1664525 + 1013904223
			texts[i] = append(texts[i], fmt.Sprintf("mot%03d", (seed>>16)%300))
		}
	}
	return texts
}

func TestTheSameTextsGiveTheSameGroups(t *testing.T) {
	first, second := cluster.Groups(cluster.Corpus(many()[:120], strings.ToLower), 0.15), cluster.Groups(cluster.Corpus(many()[:120], strings.ToLower), 0.15)
	if fmt.Sprint(first) != fmt.Sprint(second) || len(first) == 0 {
		t.Errorf("%d and %d groups", len(first), len(second))
	}
}

func BenchmarkGroupsOf500(b *testing.B) {
	texts := many()
	for b.Loop() {
		cluster.Groups(cluster.Corpus(texts, strings.ToLower), 0.15)
	}
}
