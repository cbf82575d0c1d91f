// Package cluster finds which short texts are alike, and how far two people who sort them agree.
package cluster

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
)

// stops are French and English words that say nothing of a subject.
var stops = func() map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(`a ai au aux avec avait avons avoir c ca car ce ceci cela ces cet cette ceux chez comme d dans de des donc du elle elles en encore entre est et etait ete etre eu eux fait faire il ils j je l la le les leur leurs lui m ma mais me meme mes moi mon n ne ni nos notre nous on ont ou par pas peu peut plus plusieurs pour qu quand que qui quoi s sa sans se sera ses si son sont sous sur t ta te tes toi ton tout toute toutes tous tres tu un une vers vos votre vous y
		an and are as at be been but by can for from had has have he her his i if in into is it its me more my no not of on or our she so than that the their them they this to too was we were what when which who will with you your`) {
		all[w] = true
	}
	return all
}()

// endings are cut from French words so that their forms meet, the longest first (after the
// light stemmer of Savoy, A stemming procedure and stopword list for general French
// corpora, JASIS 50(10), 1999: plurals, feminines and the commonest suffixes). Words are
// folded already: without accents, in lower case.
var endings = []string{"issements", "issement", "atrices", "ateurs", "ations", "atrice", "ateur", "ation", "ements", "ement", "ences", "euses", "ances", "ables", "ibles", "istes", "ives", "ence", "euse", "ance", "able", "ible", "iste", "ites", "ives", "eurs", "eaux", "ees", "ers", "ite", "eur", "ive", "ifs", "ees", "ent", "ons", "ant", "aux", "ee", "er", "es", "ez", "if", "al", "e", "s", "x"}

// Stem brings a folded word to what its forms share; at least three letters stay.
func Stem(word string) string {
	for _, end := range endings {
		if cut, ok := strings.CutSuffix(word, end); ok && len(cut) >= 3 {
			return cut
		}
	}
	return word
}

// Text is a short text as words are counted in it.
type Text struct {
	weights map[string]float64 // by stem, of length 1
	said    map[string]string  // a word of the text for each stem
}

// Corpus weighs texts, given as words that fold brings to lower case without accents, by TF-IDF (Spärck Jones, A statistical
// interpretation of term specificity, Journal of Documentation 28, 1972), each of length 1.
func Corpus(texts [][]string, fold func(string) string) []Text {
	out, in := make([]Text, len(texts)), map[string]int{}
	for i, words := range texts {
		out[i] = Text{map[string]float64{}, map[string]string{}}
		for _, w := range words {
			folded := fold(w)
			if len(folded) < 3 || stops[folded] {
				continue
			}
			stem := Stem(folded)
			if out[i].weights[stem]++; out[i].said[stem] == "" {
				out[i].said[stem] = w
			}
		}
		for stem := range out[i].weights {
			in[stem]++
		}
	}
	for i := range out {
		length := 0.0
		for _, stem := range slices.Sorted(maps.Keys(out[i].weights)) {
			w := (1 + math.Log(out[i].weights[stem])) * math.Log(1+float64(len(texts))/float64(in[stem]))
			out[i].weights[stem] = w
			length += w * w
		}
		for stem := range out[i].weights {
			out[i].weights[stem] /= math.Sqrt(length)
		}
	}
	return out
}

// Likeness is the cosine of two texts, from 0 to 1.
func Likeness(a, b Text) float64 {
	if len(b.weights) < len(a.weights) {
		a, b = b, a
	}
	sum := 0.0
	for _, stem := range slices.Sorted(maps.Keys(a.weights)) {
		sum += a.weights[stem] * b.weights[stem]
	}
	return sum
}

// Shared are the words of a that weigh most in its likeness with others, at most n, the
// heaviest first.
func Shared(a Text, others []Text, n int) (list []string) {
	type word struct {
		stem   string
		weight float64
	}
	var all []word
	for _, stem := range slices.Sorted(maps.Keys(a.weights)) {
		sum := 0.0
		for _, o := range others {
			sum += a.weights[stem] * o.weights[stem]
		}
		if sum > 0 {
			all = append(all, word{stem, sum})
		}
	}
	slices.SortStableFunc(all, func(x, y word) int { return cmp.Compare(y.weight, x.weight) })
	for _, w := range all[:min(n, len(all))] {
		list = append(list, a.said[w.stem])
	}
	return list
}

// Group is texts that are alike.
type Group struct {
	Members []int    // their places, in order
	Words   []string // what they share, the heaviest first
}

// Groups puts texts together, two groups at a time, the most alike on average first, until
// none are alike enough (average linkage: Sokal and Michener, 1958; distances updated after
// Lance and Williams, Computer Journal 9, 1967). The same texts always give the same
// groups, the largest first; a text like no other is in none.
func Groups(texts []Text, least float64) (list []Group) {
	n := len(texts)
	like, alive, size := make([][]float64, n), make([]bool, n), make([]int, n)
	members := make([][]int, n)
	for i := range texts {
		like[i], alive[i], size[i], members[i] = make([]float64, n), true, 1, []int{i}
		for j := range i {
			like[i][j] = Likeness(texts[i], texts[j])
			like[j][i] = like[i][j]
		}
	}
	best := make([]int, n) // the nearest of each
	nearest := func(i int) {
		best[i] = -1
		for j := range n {
			if j != i && alive[j] && (best[i] < 0 || like[i][j] > like[i][best[i]]) {
				best[i] = j
			}
		}
	}
	for i := range n {
		nearest(i)
	}
	for {
		a := -1
		for i := range n {
			if alive[i] && best[i] >= 0 && (a < 0 || like[i][best[i]] > like[a][best[a]]) {
				a = i
			}
		}
		if a < 0 || like[a][best[a]] < least || like[a][best[a]] == 0 {
			break
		}
		b := best[a]
		alive[b] = false
		for j := range n {
			if alive[j] && j != a {
				mean := (float64(size[a])*like[a][j] + float64(size[b])*like[b][j]) / float64(size[a]+size[b])
				like[a][j], like[j][a] = mean, mean
			}
		}
		size[a] += size[b]
		members[a] = append(members[a], members[b]...)
		for j := range n {
			if alive[j] && (j == a || best[j] == a || best[j] == b || like[j][a] > like[j][best[j]]) {
				nearest(j)
			}
		}
	}
	for i := range n {
		if alive[i] && size[i] > 1 {
			slices.Sort(members[i])
			list = append(list, Group{members[i], wordsOf(texts, members[i])})
		}
	}
	slices.SortStableFunc(list, func(x, y Group) int { return len(y.Members) - len(x.Members) })
	return list
}

// wordsOf are the words that most of a group share.
func wordsOf(texts []Text, members []int) (list []string) {
	sums, said, in := map[string]float64{}, map[string]string{}, map[string]int{}
	for _, i := range members {
		for stem, w := range texts[i].weights {
			sums[stem] += w
			in[stem]++
			if word := texts[i].said[stem]; said[stem] == "" || word < said[stem] {
				said[stem] = word
			}
		}
	}
	stems := slices.DeleteFunc(slices.Sorted(maps.Keys(sums)), func(s string) bool { return 2*in[s] < len(members) || in[s] < 2 })
	slices.SortStableFunc(stems, func(x, y string) int {
		if in[x] != in[y] {
			return in[y] - in[x]
		}
		return strings.Compare(x, y)
	})
	for _, s := range stems[:min(4, len(stems))] {
		list = append(list, said[s])
	}
	return list
}

// Kappa is how far two people agree beyond chance on whether each of some texts has a
// property: 1 for always, 0 for as often as chance would (Cohen, A coefficient of agreement
// for nominal scales, Educational and Psychological Measurement 20, 1960). ok is false when
// it says nothing: no text, or both gave the same answer to all.
func Kappa(a, b []bool) (kappa float64, ok bool) {
	n := min(len(a), len(b))
	if n == 0 {
		return 0, false
	}
	same, yesA, yesB := 0.0, 0.0, 0.0
	for i := range n {
		if a[i] == b[i] {
			same++
		}
		if a[i] {
			yesA++
		}
		if b[i] {
			yesB++
		}
	}
	all := float64(n)
	chance := (yesA*yesB + (all-yesA)*(all-yesB)) / (all * all)
	if chance == 1 {
		return 0, false
	}
	return (same/all - chance) / (1 - chance), true
}
