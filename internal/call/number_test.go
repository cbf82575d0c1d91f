package call_test

import (
	"slices"
	"testing"

	"transformateur/internal/call"
)

// A number says nothing of the other files of its call.
func TestDrawnNumbersTellNothing(t *testing.T) {
	var numbers []int64
	for files := range int64(20) { // in order by chance once in 20! draws
		n, err := call.Drawn(files + 1)
		if err != nil || n < 1000 || n > 9999 {
			t.Fatalf("number %d of file %d, %v", n, files+1, err)
		}
		numbers = append(numbers, n)
	}
	if slices.IsSorted(numbers) {
		t.Errorf("numbers in the order of creation: %v", numbers)
	}
	for _, c := range []struct{ files, least, most int64 }{{4500, 1000, 9999}, {4501, 10_000, 99_999}, {20_000, 10_000, 99_999}, {1_000_000, 1_000_000, 9_999_999}} {
		if n, err := call.Drawn(c.files); err != nil || n < c.least || n > c.most {
			t.Errorf("the number of file %d: %d, %v", c.files, n, err)
		}
	}
}
