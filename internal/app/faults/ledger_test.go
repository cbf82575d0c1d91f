package faults

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"transformateur/internal/application/receipt"
	"transformateur/internal/form"
)

// ledger is what the depositors know: it lives outside the program and forgets nothing.
type ledger struct {
	origin origin
	mu     sync.Mutex
	people [][]*deposit // by depositor; the last one may be under way
	faults []string
	status map[int]int // answers, by status
	rngs   []*rand.Rand
}

func newLedger(o origin, rng *rand.Rand) *ledger {
	l := &ledger{origin: o, people: make([][]*deposit, depositors), status: map[int]int{}}
	for range depositors {
		l.rngs = append(l.rngs, rand.New(rand.NewPCG(rng.Uint64(), rng.Uint64())))
	}
	return l
}

func (l *ledger) person(i int, base string) person {
	return person{base, l.origin.tokens[i], func(status int) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.status[status]++
	}}
}

func (l *ledger) fault(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = append(l.faults, err.Error())
}

// deposits has everybody deposit, one project after the other and each step again until
// it is acknowledged, until stop closes; it returns when nothing is under way any more.
// With most above 0, each stops after that many deposits.
func (l *ledger) deposits(base string, stop <-chan struct{}, most int) {
	l.each(base, stop, func(done int, _ *deposit) bool { return most > 0 && done >= most })
}

// until has everybody work at a deposit up to some step of it.
func (l *ledger) until(base string, stop <-chan struct{}, enough func(*deposit) bool) {
	l.each(base, stop, func(_ int, d *deposit) bool { return enough(d) })
}

func (l *ledger) each(base string, stop <-chan struct{}, enough func(done int, at *deposit) bool) {
	var group sync.WaitGroup
	for i := range depositors {
		group.Go(func() {
			p := l.person(i, base)
			for done := 0; ; {
				select {
				case <-stop:
					return
				default:
				}
				d := l.current(i)
				err := d.step(p)
				var bad lost
				switch {
				case errors.As(err, &bad):
					l.fault(err)
					d.abandoned = true
				case err != nil:
					time.Sleep(5 * time.Millisecond)
				case d.receipt > 0:
					done++
				}
				if enough(done, d) {
					return
				}
			}
		})
	}
	group.Wait()
}

// current is the deposit that a person is at, or a new one.
func (l *ledger) current(i int) *deposit {
	mine := l.people[i]
	if n := len(mine); n > 0 && mine[n-1].receipt == 0 && !mine[n-1].abandoned {
		return mine[n-1]
	}
	d := newDeposit(l.rngs[i], i, len(mine))
	l.people[i] = append(mine, d)
	return d
}

// acknowledged counts the receipts that were given.
func (l *ledger) acknowledged() (n int) {
	for _, mine := range l.people {
		for _, d := range mine {
			if d.receipt > 0 {
				n++
			}
		}
	}
	return n
}

// verify asks the program for everything it acknowledged since the deposit at place from of each person.
func (l *ledger) verify(base string, from []int) {
	var group sync.WaitGroup
	for i, mine := range l.people {
		group.Go(func() {
			for _, d := range mine[min(from[i], len(mine)):] {
				if d.receipt == 0 {
					continue
				}
				err := l.verifyOne(l.person(i, base), d)
				for tries := 0; errors.Is(err, errLater) && tries < 100; tries++ {
					time.Sleep(20 * time.Millisecond)
					err = l.verifyOne(l.person(i, base), d)
				}
				if err != nil {
					l.fault(fmt.Errorf("receipt %d of %s: %w", d.receipt, d.id, err))
				}
			}
		})
	}
	group.Wait()
}

// verifyOne reads a receipt back, verifies its signature with the key that was known
// before, and compares it with what was typed and sent.
func (l *ledger) verifyOne(p person, d *deposit) error {
	r, err := p.ask("GET", fmt.Sprintf("/receipts/%d.json", d.receipt), nil, nil)
	if err != nil {
		return err
	}
	got, _, err := receipt.Verify(r.body, l.origin.public)
	if err != nil {
		return fmt.Errorf("%w: %s", err, r.excerpt())
	}
	if got.Application.ID != d.id || got.Application.Title != d.title || len(got.Files) != 1 || got.Files[0].SHA256 != digestOf(d.file) {
		return fmt.Errorf("it is about something else: %+v", got)
	}
	digests := map[string]string{}
	for _, a := range got.Answers {
		digests[a.Field] = a.SHA256
	}
	for field, text := range d.answers {
		if sum := form.Digest(text); digests[field] != hex.EncodeToString(sum[:]) {
			return fmt.Errorf("answer %s is not what was acknowledged", field)
		}
	}
	page, err := p.ask("GET", "/applications/"+d.id, nil, nil)
	if err != nil {
		return err
	}
	if n := strings.Count(string(page.body), `id="receipt-`); n != 1 {
		return fmt.Errorf("the file has %d receipts", n)
	}
	_, err = d.holdsFile(p)
	return err
}

// marks is where each person stands, to verify what follows.
func (l *ledger) marks() (at []int) {
	for _, mine := range l.people {
		n := len(mine)
		if n > 0 && mine[n-1].receipt == 0 {
			n--
		}
		at = append(at, n)
	}
	return at
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// answers counts the answers of a status.
func (l *ledger) answers(status int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.status[status]
}
