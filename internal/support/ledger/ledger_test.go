package ledger_test

import (
	"math/rand/v2"
	"testing"

	"transformateur/internal/support/ledger"
)

// Whatever moves, the sum is zero and no account but the source is below it.
func TestBalance(t *testing.T) {
	seed := uint64(2018)
	random := rand.New(rand.NewPCG(seed, seed))
	acts, b, refused := ledger.Acts(), ledger.Balances{}, 0
	for range 20000 {
		way := ledger.Way{Fund: []string{"f", "g"}[random.IntN(2)], Project: []string{"a", "b", "c"}[random.IntN(3)], To: []string{"a", "b", "c"}[random.IntN(3)]}
		if !b.Apply(ledger.Entries(acts[random.IntN(len(acts))], way, random.Int64N(500)-20)) {
			refused++
		}
		if b.Sum() != 0 {
			t.Fatalf("seed %d: the sum is %d", seed, b.Sum())
		}
		for account, minutes := range b {
			if account.Kind != ledger.Source && minutes < 0 {
				t.Fatalf("seed %d: %+v has %d", seed, account, minutes)
			}
		}
	}
	if refused == 0 {
		t.Error("nothing was refused")
	}
}

func TestEntries(t *testing.T) {
	for name, c := range map[string]struct {
		act     ledger.Act
		way     ledger.Way
		minutes int64
		entries int
	}{
		"a grant":                {ledger.Grant, ledger.Way{Fund: "f", Project: "p"}, 60, 2},
		"a transfer":             {ledger.Transfer, ledger.Way{Fund: "f", Project: "p", To: "q"}, 60, 2},
		"a transfer to oneself":  {ledger.Transfer, ledger.Way{Fund: "f", Project: "p", To: "p"}, 60, 0},
		"nothing":                {ledger.Grant, ledger.Way{Fund: "f", Project: "p"}, 0, 0},
		"a grant the wrong way":  {ledger.Grant, ledger.Way{Fund: "f", Project: "p"}, -60, 0},
		"an act that nobody has": {"gift", ledger.Way{Fund: "f", Project: "p"}, 60, 0},
	} {
		list := ledger.Entries(c.act, c.way, c.minutes)
		sum := int64(0)
		for _, e := range list {
			sum += e.Amount
		}
		if len(list) != c.entries || sum != 0 {
			t.Errorf("%s: %+v", name, list)
		}
	}
}
