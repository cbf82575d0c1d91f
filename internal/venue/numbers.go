package venue

import "transformateur/internal/board/weave"

// era is a stretch of the numbers of a board on the laptop: from From on, numbers differ
// by Shift from those of home, up to Fork, which is ForkHome there; what comes after was
// written here. Home is the last number of home of the era before.
type era struct {
	From     int64 `json:"from"`
	Home     int64 `json:"home"`
	Shift    int64 `json:"shift"`
	Fork     int64 `json:"fork"`
	ForkHome int64 `json:"fork_home"`
}

// eras are those of a board, the first one first; there is always one.
type eras []era

func (list eras) last() era { return list[len(list)-1] }

// here is the number on the laptop of a number of home.
func (list eras) here(home int64) int64 {
	for i := len(list) - 1; i > 0; i-- {
		if home > list[i].Home {
			return home + list[i].Shift
		}
	}
	return home
}

// knew is what somebody who had a number of the laptop had seen: home up to Fork, the
// laptop up to Upto.
func (list eras) knew(n int64) weave.Knew {
	for i := len(list) - 1; ; i-- {
		e := list[i]
		if n < e.From && i > 0 {
			continue
		}
		if n > e.Fork {
			return weave.Knew{Fork: e.ForkHome, Upto: n}
		}
		return weave.Knew{Fork: max(e.Home, n-e.Shift)}
	}
}

// next is the era that begins when a board whose last number is n is given what home has
// up to another one.
func (list eras) next(n, home int64) era {
	was := list.last()
	e := era{From: n + 1, Home: was.ForkHome, Shift: n + 1 - was.ForkHome, ForkHome: home}
	e.Fork = home + e.Shift
	return e
}
