package kit

import (
	"embed"
	"fmt"
	"slices"
	"sync"
)

//go:embed shipped/*.json
var files embed.FS

// order is that in which a gathering meets them; the last two stand on their own.
var order = []string{"frise", "pitch", "dimensions", "facettes", "adn", "grandmix", "plan", "debrief", "scenario", "axes"}

var shipped = sync.OnceValue(func() (list []*Kit) {
	for _, id := range order {
		text, err := files.ReadFile("shipped/" + id + ".json")
		if err != nil {
			panic(fmt.Errorf("read shipped kit %s: %w", id, err)) // a test reads them all
		}
		k, err := Parse(text)
		if err != nil {
			panic(fmt.Errorf("read shipped kit %s: %w", id, err))
		}
		list = append(list, k)
	}
	return list
})

// Shipped lists the kits that come with the program, in the order in which a gathering
// meets them. They are shared by all callers and are not to be changed: whoever wants to
// edit one parses what Encode gives.
func Shipped() []*Kit { return append([]*Kit(nil), shipped()...) }

// Rank is where a gathering meets a kit: those that ship have an order, others come after.
func Rank(id string) int {
	at := slices.IndexFunc(shipped(), func(k *Kit) bool { return k.ID == id })
	if at < 0 {
		return len(shipped())
	}
	return at
}

// Find is a kit that comes with the program.
func Find(id string) (*Kit, bool) {
	return find(shipped(), func(k *Kit) bool { return k.ID == id })
}
