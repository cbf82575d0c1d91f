package assign

import "slices"

// mend moves readings until no item breaks a rule nor lies under its floor; it says
// whether it came to that.
func (x *exchange) mend() bool {
	list := x.faulty()
	slices.SortStableFunc(list, func(i, j int32) int { return int(min(max(x.score[i]-x.score[j], -1), 1)) })
	for _, i := range list {
		for range 4 * (len(x.plan[i]) + 1) {
			readers, score := x.fault(i)
			if readers == 0 && score == 0 {
				break
			}
			if readers == 0 && x.swapIn(i) {
				continue
			}
			x.edges()
			x.chains(false)
			if !x.mendItem(i, readers, score) {
				return false
			}
		}
		if readers, score := x.fault(i); readers > 0 || score > 0 {
			return false
		}
	}
	return true
}

// swapIn gives an item under its floor a better reader for one of its own, in exchange
// with one other item or with an agent who has room: quicker to find than a chain.
func (x *exchange) swapIn(i int32) bool {
	type swap struct {
		a, b, j     int32
		under, loss int64
	}
	best := swap{j: nobody, under: x.needs[i] - x.score[i]}
	found := false
	try := func(w swap) {
		if w.under < best.under || found && w.under == best.under && w.loss < best.loss {
			best, found = w, true
		}
	}
	first := x.in.cell(i, 0)
	for _, a := range x.plan[i] {
		ca := first + int(a)
		for b := range int32(x.n - 1) {
			cb := first + int(b)
			gain := x.in.value[cb] - x.in.value[ca]
			if gain <= 0 || x.has[cb] || !x.free(i, a) || !x.free(i, b) || !x.bears(i, a, b) {
				continue
			}
			under, loss := max(x.needs[i]-x.score[i]-gain, 0), x.worth[ca]-x.worth[cb]
			if x.load[b] < x.upper[b] && x.load[a] > x.lower[a] {
				try(swap{a, b, nobody, under, loss})
			}
			for _, j := range x.holds[b] {
				cj := x.in.cell(j, 0)
				if j != i && !x.has[cj+int(a)] && x.free(j, a) && x.free(j, b) && x.bears(j, b, a) {
					try(swap{a, b, j, under, loss + x.worth[cj+int(b)] - x.worth[cj+int(a)]})
				}
			}
		}
	}
	if !found {
		return false
	}
	x.make(trade{i, best.a, best.b})
	if best.j != nobody {
		x.make(trade{best.j, best.b, best.a})
	}
	return true
}

// rounds is how many cycles improve may look for, by the size of the problem.
func (x *exchange) rounds() int {
	size := x.n*x.n*x.n + 3*len(x.plan)*x.n
	return min(max(600_000_000/size, 10), 1000)
}

// mendItem makes the cheapest trade that brings item i nearer to its rules and floor.
func (x *exchange) mendItem(i int32, readers int, score int64) bool {
	type option struct {
		a, b  int32
		rest  int
		under int64
		cost  int64
	}
	var options []option
	for _, a := range append([]int32{}, x.plan[i]...) {
		if !x.free(i, a) {
			continue
		}
		for b := range int32(x.n - 1) {
			way := x.far[int(b)*x.n+int(a)]
			if x.has[x.in.cell(i, b)] || !x.free(i, b) || way >= never {
				continue
			}
			x.make(trade{i, a, b})
			rest, under := x.fault(i)
			x.make(trade{i, b, a})
			if rest < readers && under <= score || rest <= readers && under < score {
				loss := x.worth[x.in.cell(i, a)] - x.worth[x.in.cell(i, b)]
				options = append(options, option{a, b, rest, under, loss + way})
			}
		}
	}
	for range min(len(options), 20) {
		best := 0
		for k, o := range options {
			w := options[best]
			if o.rest != w.rest && o.rest < w.rest || o.rest == w.rest && (o.under < w.under || o.under == w.under && o.cost < w.cost) {
				best = k
			}
		}
		o := options[best]
		if x.apply(append([]trade{{i, o.a, o.b}}, x.chain(o.b, o.a)...)) {
			return true
		}
		options[best] = options[len(options)-1]
		options = options[:len(options)-1]
	}
	return false
}

// improve makes cycles of at most three trades that gain, until there is none or
// rounds of them were made.
func (x *exchange) improve(rounds int) {
	for range rounds {
		x.edges()
		x.chains(false)
		worst, from, to := int64(0), nobody, nobody
		for a := range x.n {
			for b := range x.n {
				if back := x.cost[b*x.n+a]; a != b && back < never && x.far[a*x.n+b] < never {
					if c := back + x.far[a*x.n+b]; c < worst {
						worst, from, to = c, int32(a), int32(b)
					}
				}
			}
		}
		if from == nobody || !x.apply(append(x.chain(from, to), x.trade(to, from))) {
			return
		}
	}
}
