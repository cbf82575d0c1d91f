// Package order is in which order files are discussed so that the fewest people go in and out of the room.
package order

import (
	"cmp"
	"math/bits"
	"slices"
)

// exactUntil is the number of different groups of absent people up to which the order is
// the best there is; beyond, it is improved until no exchange helps.
const exactUntil = 12

// Moves counts how many times somebody goes through the door when files are discussed in
// an order: out[i] are those who step out for file i; everybody is in before the first
// file and after the last one.
func Moves(out [][]int, order []int) int {
	sets := compact(out)
	moves, before := 0, -1
	for _, i := range order {
		moves += distance(sets, before, i)
		before = i
	}
	return moves + distance(sets, before, -1)
}

// Fewest gives an order in which the fewest people go through the door, and how many times
// they do. Files for which the same people step out follow each other, in the order they
// were given. The same input gives the same order.
//
// It is the travelling salesman on the Hamming distance between the sets of absent people,
// from an empty set and back to it (the blocks of the consecutive-ones problem: Kou 1977,
// "Polynomial complete consecutive information retrieval problems"): exact by dynamic
// programming (Held and Karp 1962) up to exactUntil different sets, then by nearest
// neighbour and reversal of paths (Croes 1958) and moves of short paths (Or 1976).
func Fewest(out [][]int) (order []int, moves int) {
	sets := compact(out)
	groups, distinct := grouped(sets)
	var path []int
	if len(distinct) <= exactUntil {
		path = exact(distinct)
	} else {
		path = improved(distinct)
	}
	for _, g := range path {
		order = append(order, groups[g]...)
	}
	return order, Moves(out, order)
}

// compact writes the sets as bits, in words of 64 people.
func compact(out [][]int) (sets [][]uint64) {
	number := map[int]int{}
	for _, list := range out {
		for _, who := range list {
			if _, known := number[who]; !known {
				number[who] = len(number)
			}
		}
	}
	wide := (len(number) + 63) / 64
	for _, list := range out {
		set := make([]uint64, wide)
		for _, who := range list {
			set[number[who]/64] |= 1 << (number[who] % 64)
		}
		sets = append(sets, set)
	}
	return sets
}

// grouped puts together the files with the same absent people.
func grouped(sets [][]uint64) (groups [][]int, distinct [][]uint64) {
	for i, set := range sets {
		g := slices.IndexFunc(distinct, func(d []uint64) bool { return slices.Equal(d, set) })
		if g < 0 {
			g, distinct, groups = len(distinct), append(distinct, set), append(groups, nil)
		}
		groups[g] = append(groups[g], i)
	}
	return groups, distinct
}

// distance is how many people move between two sets; -1 is the empty one.
func distance(sets [][]uint64, a, b int) (n int) {
	at := func(i, w int) uint64 {
		if i < 0 {
			return 0
		}
		return sets[i][w]
	}
	if len(sets) == 0 {
		return 0
	}
	for w := range sets[0] {
		n += bits.OnesCount64(at(a, w) ^ at(b, w))
	}
	return n
}

// exact is Held and Karp's programme over subsets.
func exact(sets [][]uint64) []int {
	n := len(sets)
	if n == 0 {
		return nil
	}
	const far = 1 << 30
	best := make([][]int, 1<<n)
	from := make([][]int, 1<<n)
	for s := range best {
		best[s], from[s] = slices.Repeat([]int{far}, n), make([]int, n)
	}
	for i := range n {
		best[1<<i][i] = distance(sets, -1, i)
	}
	for s := 1; s < 1<<n; s++ {
		for last := range n {
			if best[s][last] == far {
				continue
			}
			for next := range n {
				if s>>next&1 == 1 {
					continue
				}
				to := s | 1<<next
				if d := best[s][last] + distance(sets, last, next); d < best[to][next] {
					best[to][next], from[to][next] = d, last
				}
			}
		}
	}
	all, end := 1<<n-1, 0
	for i := range n {
		if best[all][i]+distance(sets, i, -1) < best[all][end]+distance(sets, end, -1) {
			end = i
		}
	}
	var path []int
	for s, at := all, end; s != 0; {
		path = append(path, at)
		s, at = s&^(1<<at), from[s][at]
	}
	slices.Reverse(path)
	return path
}

// improved starts from the nearest neighbour and exchanges until nothing helps.
func improved(sets [][]uint64) []int {
	n := len(sets)
	left := make([]int, n)
	for i := range left {
		left[i] = i
	}
	var path []int
	for at := -1; len(left) > 0; {
		at = slices.MinFunc(left, func(a, b int) int {
			return cmp.Or(cmp.Compare(distance(sets, at, a), distance(sets, at, b)), cmp.Compare(a, b))
		})
		path = append(path, at)
		left = slices.DeleteFunc(left, func(i int) bool { return i == at })
	}
	for reversed(sets, path) || moved(sets, path) {
	}
	return path
}

// at is the group at a place of a path; the empty set stands before and after.
func at(path []int, i int) int {
	if i < 0 || i >= len(path) {
		return -1
	}
	return path[i]
}

// reversed turns one stretch of the path when fewer people move then.
func reversed(sets [][]uint64, path []int) bool {
	for i := range path {
		for j := i + 1; j < len(path); j++ {
			now := distance(sets, at(path, i-1), path[i]) + distance(sets, path[j], at(path, j+1))
			then := distance(sets, at(path, i-1), path[j]) + distance(sets, path[i], at(path, j+1))
			if then < now {
				slices.Reverse(path[i : j+1])
				return true
			}
		}
	}
	return false
}

// moved puts a stretch of three groups at most elsewhere when fewer people move then.
func moved(sets [][]uint64, path []int) bool {
	before := length(sets, path)
	for size := 1; size <= 3; size++ {
		for i := 0; i+size <= len(path); i++ {
			piece, rest := slices.Clone(path[i:i+size]), slices.Delete(slices.Clone(path), i, i+size)
			for to := 0; to <= len(rest); to++ {
				next := slices.Insert(slices.Clone(rest), to, piece...)
				if length(sets, next) < before {
					copy(path, next)
					return true
				}
			}
		}
	}
	return false
}

func length(sets [][]uint64, path []int) (n int) {
	for i := 0; i <= len(path); i++ {
		n += distance(sets, at(path, i-1), at(path, i))
	}
	return n
}
