package assign

// crash replaces the artificial basis of a plain network by one made of a greedy
// assignment: each item takes its best readers that have room; an item hangs by the best
// arc it did not take to an agent with room, and a full agent hangs under the item that
// would lose least by leaving it. Every arc of that tree can carry a little more towards
// the hub, so that the basis is strongly feasible. What the greedy pass could not fill
// stays on artificial arcs.
func (m *model) crash() {
	items := len(m.in.items)
	if len(m.quota) > 0 || m.parts != 1 || m.in.p.Balance != 0 || len(m.cells) == 0 {
		return
	}
	n := m.net
	taken := make([]int32, len(m.in.agents))
	room := make([]int32, len(m.in.agents))
	for r, arcs := range m.loads {
		room[r] = -n.supply[1+items+r]
		if arcs[0] != nobody {
			room[r] += n.room[arcs[0]]
		}
	}
	rows := m.rows()
	for i, row := range rows {
		m.take(int32(1+i), row, room, taken)
	}
	for r := range m.in.agents {
		m.settle(r, taken[r])
	}
	m.rehang(rows)
	n.reprice()
}

// rows are the pair arcs of each item: from, and up to.
func (m *model) rows() [][2]int32 {
	rows := make([][2]int32, len(m.in.items))
	agents := len(m.in.agents)
	for a := 0; a < len(m.cells); {
		i, first := m.cells[a]/agents, a
		for a < len(m.cells) && m.cells[a]/agents == i {
			a++
		}
		rows[i] = [2]int32{int32(first), int32(a)}
	}
	return rows
}

// take gives an item its best readers among those that have room.
func (m *model) take(node int32, row [2]int32, room, taken []int32) {
	n, first := m.net, int32(1+len(m.in.items))
	art := n.pred[node]
	for want := n.supply[node]; want > 0; want-- {
		best := nobody
		for a := row[0]; a < row[1]; a++ {
			if r := n.to[a] - first; taken[r] < room[r] && n.flow[a] == 0 && (best == nobody || n.cost[a] < n.cost[best]) {
				best = a
			}
		}
		if best == nobody {
			return
		}
		n.flow[best], n.state[best] = 1, atUpper
		n.flow[art]--
		taken[n.to[best]-first]++
	}
}

// settle lets the load of an agent flow to the hub.
func (m *model) settle(r int, taken int32) {
	n := m.net
	node := int32(1 + len(m.in.items) + r)
	load, art := m.loads[r][0], n.pred[node]
	supply := n.supply[node] + taken // positive: to the hub
	n.from[art], n.to[art], n.up[node] = node, 0, true
	n.flow[art] = 0
	if supply < 0 {
		n.from[art], n.to[art], n.up[node] = 0, node, false
		n.flow[art] = -supply
		return
	}
	if load == nobody {
		return
	}
	n.flow[load], n.state[load] = supply, atUpper
	if supply < n.room[load] {
		n.pred[node], n.state[load], n.state[art] = load, inTree, atLower
	}
}

// rehang hangs items, then full agents.
func (m *model) rehang(rows [][2]int32) {
	n, first := m.net, int32(1+len(m.in.items))
	open := func(r int32) bool { return m.loads[r][0] != nobody && n.pred[first+r] == m.loads[r][0] }
	under := make([]int32, len(rows))   // by item: the arc it hangs by
	best := make([]int64, len(m.loads)) // by full agent: the least loss
	by := make([]int32, len(m.loads))
	for r := range by {
		by[r] = nobody
	}
	for i, row := range rows {
		node := int32(1 + i)
		under[i] = nobody
		if n.flow[n.pred[node]] > 0 || n.from[n.pred[node]] != node {
			continue
		}
		for a := row[0]; a < row[1]; a++ {
			if n.flow[a] == 0 && open(n.to[a]-first) && (under[i] == nobody || n.cost[a] < n.cost[under[i]]) {
				under[i] = a
			}
		}
		if under[i] == nobody {
			continue
		}
		n.state[n.pred[node]] = atLower
		n.pred[node], n.up[node], n.state[under[i]] = under[i], true, inTree
		n.unhang(node)
		n.hang(node, n.to[under[i]])
		for a := row[0]; a < row[1]; a++ {
			r := n.to[a] - first
			if loss := n.cost[under[i]] - n.cost[a]; n.flow[a] == 1 && !open(r) && n.flow[n.pred[first+r]] == 0 && (by[r] == nobody || loss < best[r]) {
				by[r], best[r] = a, loss
			}
		}
	}
	for r, a := range by {
		if a == nobody {
			continue
		}
		node := first + int32(r)
		n.state[n.pred[node]] = atLower
		n.pred[node], n.up[node], n.state[a] = a, false, inTree
		n.unhang(node)
		n.hang(node, n.from[a])
	}
}
