package arch

import (
	"fmt"
	"go/ast"
	"slices"
	"testing"
)

func TestOneClock(t *testing.T) { hold(t, clockFaults) }

// clockFaults: a rule that reads the machine's time cannot be tested at the last second.
func clockFaults(h *house) (faults []string) {
	for _, s := range h.production() {
		name := s.imported("time")
		if name == "" || within(s.dir, "internal/platform/clock") || within(s.dir, "bench") {
			continue
		}
		ast.Inspect(s.tree, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if ok && typeName(sel.X) == name && slices.Contains([]string{"Now", "Since", "Until"}, sel.Sel.Name) {
				faults = append(faults, fmt.Sprintf("%s: time.%s outside platform/clock: take a clock.Clock", h.at(n.Pos()), sel.Sel.Name))
			}
			return true
		})
	}
	return faults
}

func TestSeededChance(t *testing.T) { hold(t, chanceFaults) }

// seeded are the names of math/rand and math/rand/v2 that make or name a source of one's own.
// Uint64 draws the seed itself, which the test then prints.
var seeded = []string{"Uint64", "New", "NewPCG", "NewChaCha8", "NewSource", "NewZipf", "Rand", "Source", "PCG", "ChaCha8", "Zipf"}

// chanceFaults: what the shared, unseeded source gave can never be replayed.
func chanceFaults(h *house) (faults []string) {
	for _, s := range h.files {
		for _, pkg := range []string{"math/rand", "math/rand/v2"} {
			name := s.imported(pkg)
			if name == "" {
				continue
			}
			ast.Inspect(s.tree, func(n ast.Node) bool {
				sel, ok := n.(*ast.SelectorExpr)
				if ok && typeName(sel.X) == name && !slices.Contains(seeded, sel.Sel.Name) {
					faults = append(faults, fmt.Sprintf("%s: rand.%s draws from an unseeded source: seed one and print the seed", h.at(n.Pos()), sel.Sel.Name))
				}
				return true
			})
		}
	}
	return faults
}
