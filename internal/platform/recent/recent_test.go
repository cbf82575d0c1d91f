package recent_test

import (
	"sync"
	"testing"

	"transformateur/internal/platform/recent"
)

func TestTheOneAskedForLongestAgoGoes(t *testing.T) {
	k := recent.New[string, int](2)
	k.Store("a", 1)
	k.Store("b", 2)
	if v, held := k.Load("a"); !held || v != 1 {
		t.Errorf("a is %d, %v", v, held)
	}
	k.Store("c", 3) // b goes: a was asked for since
	if _, held := k.Load("b"); held {
		t.Error("b is still held")
	}
	k.Store("a", 4)
	if v, held := k.Load("a"); !held || v != 4 {
		t.Errorf("a is %d, %v", v, held)
	}
	if v, held := k.Load("c"); !held || v != 3 {
		t.Errorf("c is %d, %v", v, held)
	}
}

func TestManyAtOnce(t *testing.T) {
	k := recent.New[int, int](8)
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			for i := range 1000 {
				k.Store((i+n)%20, i)
				k.Load(i % 20)
			}
		})
	}
	all.Wait()
	held := 0
	for i := range 20 {
		if _, there := k.Load(i); there {
			held++
		}
	}
	if held != 8 {
		t.Errorf("%d are held", held)
	}
}
