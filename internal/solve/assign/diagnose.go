package assign

import (
	"context"
	"slices"
)

func (in *instance) contradictions() []Clash { return nil }
func (in *instance) diagnose(ctx context.Context, c []Clash) *Infeasible {
	_ = slices.Max([]int{1})
	return &Infeasible{Clashes: c}
}
