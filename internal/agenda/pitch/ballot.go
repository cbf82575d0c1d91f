package pitch

import (
	"hash/fnv"
	"slices"
)

// Pairs are those that a voter is shown, in their order, of projects that are compared: a
// round-robin tournament by the circle method (Kirkman 1847; "Schurig tables"), in which
// each project is seen once before any is seen twice. Each voter's circle is shuffled by
// her and the seed, so that the first pairs of all voters together bear on every project
// alike, and nothing of what others chose moves them. Her own project is left out.
func Pairs(projects []string, own, voter, seed string) (list [][2]string) {
	circle := slices.DeleteFunc(slices.Clone(projects), func(p string) bool { return p == own })
	slices.Sort(circle)
	place := func(what string) uint64 {
		h := fnv.New64a()
		h.Write([]byte(seed + "\x00" + voter + "\x00" + what))
		return mixed(h.Sum64())
	}
	slices.SortStableFunc(circle, func(a, b string) int {
		if x, y := place(a), place(b); x < y {
			return -1
		} else if x > y {
			return 1
		}
		return 0
	})
	if len(circle)%2 == 1 {
		circle = append(circle, "") // who is drawn with nobody rests
	}
	n := len(circle)
	for range n - 1 {
		for i := range n / 2 {
			pair := [2]string{circle[i], circle[n-1-i]}
			if pair[0] == "" || pair[1] == "" {
				continue
			}
			if place(pair[0]+pair[1])&1 == 1 { // neither side is favoured
				pair[0], pair[1] = pair[1], pair[0]
			}
			list = append(list, pair)
		}
		circle = append(append([]string{circle[0]}, circle[n-1]), circle[1:n-1]...)
	}
	return list
}

// mixed spreads the bits of a hash (the finaliser of splitmix64, Steele, Lea and Flood
// 2014): FNV leaves neighbours close.
func mixed(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
