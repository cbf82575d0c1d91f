package assign

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"slices"
	"strings"
)

// The sizes that are accepted: beyond, a mistake is likelier than a committee.
const (
	maxItems, maxAgents = 100_000, 20_000
	maxCells            = 20_000_000
	maxReaders          = 10_000
	maxWeight           = 1000
)

// instance is a problem made ready: sorted by id, affinities in a dense table.
type instance struct {
	p      *Problem
	items  []Item  // by id, Max filled in
	agents []Agent // by id
	item   map[string]int32
	agent  map[string]int32
	value  []int64 // affinity of (item, agent), millionths, at item*len(agents)+agent
	worth  []int64 // the same, weighted by item
	state  []pairState
	rules  []set   // the rules, one entry a bounded group
	tie    []int64 // 0 … tieMost-1, from the seed and the two ids
}

type pairState uint8

const (
	forbidden pairState = 1 << iota
	pinned
	previous
)

// tieMost is the range of the perturbations that decide between equal assignments.
const tieMost = 256

// set is one bounded group of agents, for the items that are in it.
type set struct {
	rule    int
	name    string
	group   string
	agents  []int32 // sorted
	has     []bool  // by agent
	items   []bool  // by item; nil for all
	atLeast int
	atMost  int // maxReaders when there is no bound
}

func (s *set) binds(item int) bool { return s.items == nil || s.items[item] }

func (in *instance) cell(item, agent int32) int { return int(item)*len(in.agents) + int(agent) }

// ready checks a problem and sorts it; its errors are *Malformed.
func ready(p *Problem) (*instance, error) {
	in := &instance{p: p, item: map[string]int32{}, agent: map[string]int32{}}
	for _, step := range []func() error{in.readOptions, in.readItems, in.readAgents, in.readPairs, in.readLinks, in.readRules} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	in.breakTies()
	return in, nil
}

func (in *instance) readOptions() error {
	p := in.p
	switch {
	case p.Version != Version:
		return malformed("this program reads version 1", "version")
	case p.Objective != "" && p.Objective != Total && p.Objective != Fair:
		return malformed(`"total" or "fair"`, "objective")
	case p.Levels < 0 || p.Levels > 1000:
		return malformed("from 0 to 1000", "levels")
	case p.Work < 0:
		return malformed("not below 0", "work")
	case !(p.Balance >= 0 && p.Balance <= 1):
		return malformed("from 0 to 1", "balance")
	case !(p.Keep.Bonus >= 0 && p.Keep.Bonus <= maxWeight):
		return malformed("from 0 to 1000", "keep.bonus")
	case p.Draw != nil && !(p.Draw.Cap > 0 && p.Draw.Cap <= 1):
		return malformed("above 0, up to 1", "draw.cap")
	case p.Draw != nil && !(p.Draw.Spread >= 0 && p.Draw.Spread <= 1):
		return malformed("from 0 to 1", "draw.spread")
	}
	for i, t := range p.Terms {
		if !(t.Weight >= 0 && t.Weight <= maxWeight) {
			return malformed("a weight from 0 to 1000", "terms[%d].weight", i)
		}
	}
	return nil
}

func (in *instance) readItems() error {
	p := in.p
	if len(p.Items) > maxItems {
		return malformed("more than 100,000 items", "items")
	}
	for i, it := range p.Items {
		if it.Max == 0 {
			it.Max = it.Min
		}
		switch {
		case it.ID == "":
			return malformed("an id is missing", "items[%d].id", i)
		case it.Min < 0 || it.Min > maxReaders:
			return malformed("from 0 to 10,000 readers", "items[%d].min", i)
		case it.Max < it.Min || it.Max > maxReaders:
			return malformed("from the minimum to 10,000 readers", "items[%d].max", i)
		case !(it.Weight >= 0 && it.Weight <= maxWeight):
			return malformed("a weight from 0 to 1000", "items[%d].weight", i)
		}
		if it.Weight == 0 {
			it.Weight = 1
		}
		in.items = append(in.items, it)
	}
	slices.SortFunc(in.items, func(a, b Item) int { return strings.Compare(a.ID, b.ID) })
	for i, it := range in.items {
		if i > 0 && in.items[i-1].ID == it.ID {
			return malformed("two items have this id", "items: %q", it.ID)
		}
		in.item[it.ID] = int32(i)
	}
	return nil
}

func (in *instance) readAgents() error {
	p := in.p
	if len(p.Agents) > maxAgents {
		return malformed("more than 20,000 agents", "agents")
	}
	for i, a := range p.Agents {
		switch {
		case a.ID == "":
			return malformed("an id is missing", "agents[%d].id", i)
		case a.Min < 0 || a.Min > maxItems:
			return malformed("from 0 to 100,000 readings", "agents[%d].min", i)
		case a.Max < a.Min || a.Max > maxItems:
			return malformed("from the minimum to 100,000 readings", "agents[%d].max", i)
		}
		in.agents = append(in.agents, a)
	}
	slices.SortFunc(in.agents, func(a, b Agent) int { return strings.Compare(a.ID, b.ID) })
	for i, a := range in.agents {
		if i > 0 && in.agents[i-1].ID == a.ID {
			return malformed("two agents have this id", "agents: %q", a.ID)
		}
		in.agent[a.ID] = int32(i)
	}
	if len(in.items)*len(in.agents) > maxCells {
		return malformed("more than 20,000,000 pairs", "items and agents")
	}
	return nil
}

// millionths rounds weight × value to a whole number of millionths. The product is
// rounded by itself, so that no machine fuses it with what follows.
func millionths(weight, value float64) Affinity {
	return Affinity(math.Round(float64(weight*value) * Scale))
}

func (in *instance) readPairs() error {
	n := len(in.items) * len(in.agents)
	in.value, in.worth, in.state = make([]int64, n), make([]int64, n), make([]pairState, n)
	seen := make([]bool, n)
	for i := range in.p.Pairs {
		pair := &in.p.Pairs[i]
		c, err := in.find(pair.Item, pair.Agent, "pairs", i)
		if err != nil {
			return err
		}
		if seen[c] {
			return malformed("this pair is given twice", "pairs[%d]", i)
		}
		seen[c] = true
		if len(pair.Values) > len(in.p.Terms) {
			return malformed("more values than terms", "pairs[%d].values", i)
		}
		for t, v := range pair.Values {
			if !(v >= 0 && v <= 1) {
				return malformed("a value from 0 to 1", "pairs[%d].values[%d]", i, t)
			}
			in.value[c] += int64(millionths(in.p.Terms[t].Weight, v))
		}
	}
	for i, it := range in.items {
		row := in.value[i*len(in.agents) : (i+1)*len(in.agents)]
		for r, v := range row {
			if it.Weight == 1 {
				in.worth[i*len(in.agents)+r] = v
			} else {
				in.worth[i*len(in.agents)+r] = int64(math.Round(float64(it.Weight * float64(v))))
			}
		}
	}
	return nil
}

func (in *instance) find(item, agent, list string, i int) (int, error) {
	it, ok := in.item[item]
	if !ok {
		return 0, malformed("no item has this id: "+quoted(item), "%s[%d].item", list, i)
	}
	a, ok := in.agent[agent]
	if !ok {
		return 0, malformed("no agent has this id: "+quoted(agent), "%s[%d].agent", list, i)
	}
	return in.cell(it, a), nil
}

// quoted shows an id that came from outside, short and on one line.
func quoted(s string) string {
	if r := []rune(s); len(r) > 40 {
		s = string(r[:40]) + "…"
	}
	return `"` + strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, s) + `"`
}

func (in *instance) readLinks() error {
	for i, f := range in.p.Forbidden {
		c, err := in.find(f.Item, f.Agent, "forbidden", i)
		if err != nil {
			return err
		}
		in.state[c] |= forbidden
	}
	for i, l := range in.p.Pinned {
		c, err := in.find(l.Item, l.Agent, "pinned", i)
		if err != nil {
			return err
		}
		in.state[c] |= pinned
	}
	for i, l := range in.p.Previous {
		// What was read may be gone: a pair that cannot be found is only removed.
		if c, err := in.find(l.Item, l.Agent, "previous", i); err == nil {
			in.state[c] |= previous
		}
	}
	return nil
}

// breakTies gives each pair a small number that depends on the seed and on the two ids.
func (in *instance) breakTies() {
	mix := func(s string) uint64 {
		h := fnv.New64a()
		var seed [8]byte
		binary.LittleEndian.PutUint64(seed[:], in.p.Seed)
		h.Write(seed[:])
		h.Write([]byte(s))
		return h.Sum64()
	}
	agents := make([]uint64, len(in.agents))
	for r, a := range in.agents {
		agents[r] = mix(a.ID)
	}
	in.tie = make([]int64, len(in.value))
	for i, it := range in.items {
		h := mix(it.ID)
		for r, a := range agents {
			x := (h ^ (a*0x9e3779b97f4a7c15 + 0x7f4a7c15)) // finaliser of SplitMix64 (Steele, Lea and Flood, 2014)
			x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9
			x = (x ^ (x >> 27)) * 0x94d049bb133111eb
			in.tie[i*len(agents)+r] = int64((x ^ (x >> 31)) % tieMost)
		}
	}
}
