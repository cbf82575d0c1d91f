// Package ledger is the arithmetic of drawing rights: movements of minutes between accounts, each balanced, none that leaves an account short.
package ledger

import (
	"cmp"
	"slices"
)

// Kind says what the minutes of an account are.
type Kind string

// The kinds of accounts. Source is the outside world, against which a fund is opened: it
// alone goes below zero, so that the sum of all accounts is always zero.
const (
	Source    Kind = "source"
	Budget    Kind = "budget"    // of a fund, granted to nobody yet
	Available Kind = "available" // of a project, free to use
	Reserved  Kind = "reserved"  // of a project, for an expert who was chosen
	Consumed  Kind = "consumed"
	Expired   Kind = "expired"
)

// Account names an account: that of a fund, or that of a project in a fund.
type Account struct {
	Fund    string
	Project string // "" for Source and Budget
	Kind    Kind
}

// Entry adds minutes to an account, or takes them away when below zero.
type Entry struct {
	Account
	Amount int64
}

// Act is why minutes move.
type Act string

// The acts.
const (
	Open     Act = "open"     // a funder gives
	Withdraw Act = "withdraw" // a funder takes back what is granted to nobody
	Grant    Act = "grant"
	TakeBack Act = "take_back"
	Reserve  Act = "reserve"
	Release  Act = "release"
	Consume  Act = "consume"
	Correct  Act = "correct" // what was consumed too much
	Expire   Act = "expire"
	Extend   Act = "extend" // what was expired may be used again
	Transfer Act = "transfer"
)

// ways says from which kind of account to which one each act moves.
var ways = map[Act][2]Kind{
	Open: {Source, Budget}, Withdraw: {Budget, Source}, Grant: {Budget, Available}, TakeBack: {Available, Budget},
	Reserve: {Available, Reserved}, Release: {Reserved, Available}, Consume: {Reserved, Consumed}, Correct: {Consumed, Reserved},
	Expire: {Available, Expired}, Extend: {Expired, Available}, Transfer: {Available, Available},
}

// Acts lists the acts, in alphabetical order.
func Acts() []Act {
	var list []Act
	for act := range ways {
		list = append(list, act)
	}
	slices.Sort(list)
	return list
}

// Way is what a movement is about.
type Way struct {
	Fund    string
	Project string // whose minutes move; "" between a funder and the fund
	To      string // the project that receives, of a transfer alone
}

// Entries gives the two entries of an act, in the order in which accounts are always taken:
// two movements at once never wait for each other. Nothing moves for an unknown act, for no
// minutes or fewer, or from an account to itself: the list is empty.
func Entries(act Act, way Way, minutes int64) []Entry {
	kinds, known := ways[act]
	from, to := account(kinds[0], way, way.Project), account(kinds[1], way, way.Project)
	if act == Transfer {
		to = account(kinds[1], way, way.To)
	}
	if !known || minutes <= 0 || from == to {
		return nil
	}
	list := []Entry{{from, -minutes}, {to, minutes}}
	slices.SortFunc(list, func(a, b Entry) int { return compare(a.Account, b.Account) })
	return list
}

func account(kind Kind, way Way, project string) Account {
	if kind == Source || kind == Budget {
		project = ""
	}
	return Account{Fund: way.Fund, Project: project, Kind: kind}
}

func compare(a, b Account) int {
	return cmp.Or(cmp.Compare(a.Fund, b.Fund), cmp.Compare(a.Project, b.Project), cmp.Compare(a.Kind, b.Kind))
}

// Balances are the minutes of accounts. The zero map reads as nothing everywhere.
type Balances map[Account]int64

// Apply moves minutes, all of them or none: it refuses what would leave an account other
// than Source below zero, and says so.
func (b Balances) Apply(entries []Entry) bool {
	for _, e := range entries {
		if e.Kind != Source && b[e.Account]+e.Amount < 0 {
			return false
		}
	}
	for _, e := range entries {
		b[e.Account] += e.Amount
	}
	return true
}

// Sum adds all accounts up: anything but zero is a fault.
func (b Balances) Sum() (sum int64) {
	for _, minutes := range b {
		sum += minutes
	}
	return sum
}
