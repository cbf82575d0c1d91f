package design

import (
	"testing"

	"transformateur/internal/solve/cooling"
)

func TestDesignsHaveNoRepeats(t *testing.T) {
	for _, c := range []struct{ groups, size, rounds int }{
		{2, 2, 3}, {3, 3, 4}, {4, 4, 5}, {5, 5, 6}, {7, 7, 8}, {8, 8, 9}, {9, 9, 10}, {11, 11, 12}, {13, 13, 14}, {16, 16, 17}, {25, 25, 26}, {27, 27, 28},
		{8, 4, 9}, {9, 3, 13}, {12, 3, 13}, {16, 4, 21}, {20, 4, 20}, {15, 2, 29}, {6, 2, 11}, {1, 2, 1},
	} {
		plan := Rounds(c.groups, c.size, c.rounds)
		if len(plan) != c.rounds {
			t.Errorf("%v: %d rounds", c, len(plan))
		}
		met := map[[2]int]bool{}
		for _, seat := range plan {
			size := map[int]int{}
			for a, g := range seat {
				size[g]++
				for b := range a {
					if seat[b] == g && met[[2]int{a, b}] {
						t.Fatalf("%v: %d and %d meet twice", c, a, b)
					}
					met[[2]int{a, b}] = met[[2]int{a, b}] || seat[b] == g
				}
			}
			for g, n := range size {
				if n != c.size || g < 0 || g >= c.groups {
					t.Fatalf("%v: %d at table %d", c, n, g)
				}
			}
		}
	}
}

// In a field, every product but those by zero can be undone, and products distribute.
func TestFields(t *testing.T) {
	for _, c := range [][3]int{{2, 1, 2}, {2, 2, 4}, {2, 3, 8}, {3, 2, 9}, {2, 4, 16}, {5, 2, 25}, {3, 3, 27}, {2, 5, 32}} {
		f := newField(c[0], c[1], c[2])
		for a := range f.q {
			seen := map[int]bool{}
			for b := range f.q {
				seen[f.mult[a*f.q+b]] = true
				if f.mult[a*f.q+b] != f.mult[b*f.q+a] {
					t.Fatalf("%d: %d·%d does not commute", f.q, a, b)
				}
				for d := range f.q {
					if f.mult[a*f.q+f.add[b*f.q+d]] != f.add[f.mult[a*f.q+b]*f.q+f.mult[a*f.q+d]] {
						t.Fatalf("%d: %d·(%d + %d) does not distribute", f.q, a, b, d)
					}
				}
			}
			if a > 0 && len(seen) != f.q {
				t.Fatalf("%d: %d cannot be undone", f.q, a)
			}
		}
	}
}

// The cost that the search of base rounds keeps is that of the rounds they give.
func TestCyclicCostIsThatOfItsRounds(t *testing.T) {
	const seed = 20270401
	chance := cooling.New(seed, 3)
	for _, c := range []struct {
		sy    Symmetry
		sizes []int
	}{
		{Symmetry{7, 3, 0, 1, 3}, []int{3, 3, 3, 3, 3, 3, 3}}, {Symmetry{8, 2, 2, 1, 0}, []int{3, 3, 3, 3, 3, 3}},
		{Symmetry{4, 4, 2, 2, 0}, []int{3, 3, 3, 3, 3, 3}}, {Symmetry{6, 2, 1, 1, 0}, []int{5, 4, 4}},
	} {
		cy := NewCyclic(c.sy, c.sizes)
		for range 30 {
			cy.scatter(chance)
			for range 20 {
				cy.step(unit*int64(c.sy.Order), chance)
			}
			met, cost := map[[2]int]int{}, 0
			for _, seat := range cy.Develop(100) {
				for a := range seat {
					for b := range a {
						if seat[a] == seat[b] {
							cost += met[[2]int{a, b}]
							met[[2]int{a, b}]++
						}
					}
				}
			}
			if cost != cy.Cost {
				t.Fatalf("seed %d, %+v: cost %d, counted %d", seed, c.sy, cy.Cost, cost)
			}
		}
	}
}
