package calibrate

import (
	"cmp"
	"math"
	"slices"

	"transformateur/internal/solve/dense"
)

// apartMost is the share of files that may stand outside the largest group of
// readers without forbidding to adjust the others.
const apartMost = 0.1

// overlap says whether the readers can be compared.
func (s *state) overlap() Overlap {
	root := s.groups()
	o := Overlap{Groups: s.named(root), CutFiles: s.cutFiles(), Problems: []Problem{}}
	o.Repeats = len(s.y) - len(s.files) - len(s.readers) + len(o.Groups)
	if len(o.Groups) == 1 {
		o.Connectivity = s.connectivity()
	}
	for _, apart := range o.apart(s) {
		if apart {
			o.outside++
		}
	}
	note := func(p Problem, so bool) {
		if so {
			o.Problems = append(o.Problems, p)
		}
	}
	one := len(s.readers) == 1
	note(OneReader, one)
	note(NothingTwice, len(s.y) == len(s.files))
	note(TooLittle, !one && len(s.y) > len(s.files) && o.Repeats < max(2, len(s.readers)-len(o.Groups)))
	note(Disconnected, len(o.Groups) > 1)
	note(Weak, !one && len(o.Groups) == 1 && o.Connectivity < WeakUnder)
	note(SingleFile, len(o.CutFiles) > 0)
	return o
}

// allows says whether severities may be corrected.
func (o Overlap) allows(dealt bool, files int) bool {
	for _, p := range o.Problems {
		switch p {
		case OneReader, NothingTwice, TooLittle:
			return false
		case Disconnected:
			if !dealt && float64(o.outside) > apartMost*float64(files) {
				return false
			}
		}
	}
	return true
}

// groups numbers the readers: those linked by shared files have the same number.
func (s *state) groups() []int {
	root := make([]int, len(s.readers))
	for j := range root {
		root[j] = j
	}
	find := func(j int) int {
		for root[j] != j {
			root[j] = root[root[j]]
			j = root[j]
		}
		return j
	}
	for i := range s.files {
		from, before := s.of(i)
		for k := from + 1; k < before; k++ {
			a, b := find(s.reader[from]), find(s.reader[k])
			root[max(a, b)] = min(a, b)
		}
	}
	for j := range root {
		root[j] = find(j)
	}
	return root
}

// named lists the groups, the largest first.
func (s *state) named(root []int) [][]string {
	of := map[int][]string{}
	for j, g := range root {
		of[g] = append(of[g], s.readers[j])
	}
	all := make([][]string, 0, len(of))
	for _, names := range of {
		all = append(all, names)
	}
	slices.SortFunc(all, func(a, b []string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a[0], b[0]))
	})
	return all
}

// apart marks the files read outside the largest group.
func (o Overlap) apart(s *state) []bool {
	out := make([]bool, len(s.files))
	if len(o.Groups) < 2 {
		return out
	}
	main := map[string]bool{}
	for _, name := range o.Groups[0] {
		main[name] = true
	}
	for i := range out {
		out[i] = !main[s.readers[s.reader[s.start[i]]]]
	}
	return out
}

// shared counts the files that each pair of readers shares.
func (s *state) shared() *dense.Matrix {
	m := dense.New(len(s.readers))
	for i := range s.files {
		from, before := s.of(i)
		for k := from; k < before; k++ {
			for l := from; l < before; l++ {
				if k != l {
					m.Add(s.reader[k], s.reader[l], 1)
				}
			}
		}
	}
	return m
}

// partners counts the readers with whom each shares a file.
func (s *state) partners() []int {
	all := make([]int, len(s.readers))
	m := s.shared()
	for j := range all {
		for _, v := range m.Row(j) {
			if v > 0 {
				all[j]++
			}
		}
	}
	return all
}

// connectivity is the second eigenvalue of the normalised Laplacian I − D^½ A D^½ of
// the readers' graph, an edge weighing the files that two readers share (Chung 1997,
// "Spectral Graph Theory"), by inverse iteration: 0 when two groups share nothing,
// about 1 when everybody shares with everybody.
func (s *state) connectivity() float64 {
	m := s.shared()
	n := m.N
	if n < 2 {
		return 0
	}
	null := make([]float64, n)
	total := 0.0
	for j := range n {
		for _, v := range m.Row(j) {
			null[j] += v
		}
		total += null[j]
	}
	laplacian := dense.New(n)
	for i := range n {
		for j := range n {
			laplacian.Add(i, j, -m.At(i, j)/math.Sqrt(null[i]*null[j])+2*math.Sqrt(null[i]*null[j])/total)
		}
		laplacian.Add(i, i, 1+1e-12)
	}
	f, ok := dense.Cholesky(laplacian.Clone())
	if !ok {
		return 0
	}
	x := make([]float64, n)
	for j := range x {
		x[j] = math.Sin(float64(j + 1)) // any direction that favours no reader
	}
	for range 200 {
		f.Solve(x)
		length := math.Sqrt(dense.Dot(x, x))
		for j := range x {
			x[j] /= length
		}
	}
	value := 0.0
	for i := range n {
		value += x[i] * dense.Dot(laplacian.Row(i), x)
	}
	return max(0, value)
}

// cutFiles lists the files without which the readers would fall in more groups: the
// articulation points of the graph of files and readers (Hopcroft and Tarjan 1973).
func (s *state) cutFiles() []string {
	n, m := len(s.files), len(s.readers)
	next := make([][]int, n+m)
	for k := range s.y {
		i, j := s.file[k], n+s.reader[k]
		next[i], next[j] = append(next[i], j), append(next[j], i)
	}
	seen, low, cut := make([]int, n+m), make([]int, n+m), make([]bool, n)
	clock := 0
	var visit func(at, from int)
	visit = func(at, from int) {
		clock++
		seen[at], low[at] = clock, clock
		for _, to := range next[at] {
			switch {
			case to == from:
			case seen[to] > 0:
				low[at] = min(low[at], seen[to])
			default:
				visit(to, at)
				low[at] = min(low[at], low[to])
				if at < n && low[to] >= seen[at] {
					cut[at] = true
				}
			}
		}
	}
	for j := n; j < n+m; j++ { // starting from readers, no file is a root
		if seen[j] == 0 {
			visit(j, -1)
		}
	}
	names := []string{}
	for i, c := range cut {
		if c {
			names = append(names, s.files[i])
		}
	}
	return names
}
