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
		room[r] = -n.Supply[1+items+r]
		if arcs[0] != nobody {
			room[r] += n.Room[arcs[0]]
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
	n.Reprice()
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
	for want := n.Supply[node]; want > 0; want-- {
		best := nobody
		for a := row[0]; a < row[1]; a++ {
			if r := n.To[a] - first; taken[r] < room[r] && n.Flow[a] == 0 && (best == nobody || n.Cost[a] < n.Cost[best]) {
				best = a
			}
		}
		if best == nobody {
			return
		}
		n.Send(best)
		taken[n.To[best]-first]++
	}
}

// settle lets the load of an agent flow to the hub.
func (m *model) settle(r int, taken int32) {
	n := m.net
	node := int32(1 + len(m.in.items) + r)
	load := m.loads[r][0]
	switch supply := n.Supply[node] + taken; { // positive: to the hub
	case supply < 0:
		n.Settle(node, supply)
	case load == nobody:
		n.Settle(node, 0)
	default:
		n.Fill(node, load, supply)
	}
}

// rehang hangs items, then full agents.
func (m *model) rehang(rows [][2]int32) {
	n, first := m.net, int32(1+len(m.in.items))
	open := func(r int32) bool { return m.loads[r][0] != nobody && n.Above(first+r) == m.loads[r][0] }
	under := make([]int32, len(rows))   // by item: the arc it hangs by
	best := make([]int64, len(m.loads)) // by full agent: the least loss
	by := make([]int32, len(m.loads))
	for r := range by {
		by[r] = nobody
	}
	for i, row := range rows {
		node := int32(1 + i)
		under[i] = nobody
		if n.Flow[n.Above(node)] > 0 || n.From[n.Above(node)] != node {
			continue
		}
		for a := row[0]; a < row[1]; a++ {
			if n.Flow[a] == 0 && open(n.To[a]-first) && (under[i] == nobody || n.Cost[a] < n.Cost[under[i]]) {
				under[i] = a
			}
		}
		if under[i] == nobody {
			continue
		}
		n.Rehang(node, under[i])
		for a := row[0]; a < row[1]; a++ {
			r := n.To[a] - first
			if loss := n.Cost[under[i]] - n.Cost[a]; n.Flow[a] == 1 && !open(r) && n.Flow[n.Above(first+r)] == 0 && (by[r] == nobody || loss < best[r]) {
				by[r], best[r] = a, loss
			}
		}
	}
	for r, a := range by {
		if a == nobody {
			continue
		}
		n.Rehang(first+int32(r), a)
	}
}
