// Package recent keeps the last things that were asked for, up to a number of them.
package recent

import (
	"container/list"
	"sync"
)

// Kept holds values that never change, by key; past its bound it drops the one that was asked
// for the longest ago. It is safe for many goroutines. It is written here because no library
// that the program already has does it, and it is forty lines.
type Kept[K comparable, V any] struct {
	most  int
	mu    sync.Mutex
	order *list.List // of entry[K, V], the last one that was asked for first
	at    map[K]*list.Element
}

type entry[K comparable, V any] struct {
	key   K
	value V
}

// New makes a holder of at most so many values; under one it holds one.
func New[K comparable, V any](most int) *Kept[K, V] {
	return &Kept[K, V]{most: max(most, 1), order: list.New(), at: map[K]*list.Element{}}
}

// Load gives a value, and whether it is held.
func (k *Kept[K, V]) Load(key K) (value V, held bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	e, held := k.at[key]
	if !held {
		return value, false
	}
	k.order.MoveToFront(e)
	return e.Value.(entry[K, V]).value, true
}

// Store holds a value.
func (k *Kept[K, V]) Store(key K, value V) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if e, held := k.at[key]; held {
		e.Value = entry[K, V]{key, value}
		k.order.MoveToFront(e)
		return
	}
	k.at[key] = k.order.PushFront(entry[K, V]{key, value})
	if k.order.Len() > k.most {
		last := k.order.Back()
		k.order.Remove(last)
		delete(k.at, last.Value.(entry[K, V]).key)
	}
}
