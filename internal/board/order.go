package board

import "strings"

// digits are those of ranks, in the order of bytes, so that every engine and every
// browser sorts ranks alike.
const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// MaxOrder bounds a rank, in bytes.
const MaxOrder = 200

// Between gives a rank after a and before b; "" is before, or after, everything. Ranks
// are fractions in base 62 without their zeros at the end, the method that D. Greenspan
// described in "Implementing Fractional Indexing" (2020). Two people may draw the same
// rank: cards of one rank follow each other by their number.
func Between(a, b string) string {
	if b != "" && a >= b {
		b = ""
	}
	if b == "" && a != "" {
		return after(a)
	}
	var out strings.Builder
	for i := 0; ; i++ {
		low, high := digitAt(a, i, 0), digitAt(b, i, len(digits))
		if b != "" && i >= len(b) {
			high = 0
		}
		if low == high {
			out.WriteByte(digits[low])
			continue
		}
		if high-low > 1 {
			out.WriteByte(digits[(low+high)/2])
			return out.String()
		}
		out.WriteByte(digits[low])
		b = "" // whatever follows is before b already
	}
}

// after is a short rank after a: one more in its first digit that has room.
func after(a string) string {
	for i := range len(a) {
		if d := digitAt(a, i, 0); d < len(digits)-1 {
			return a[:i] + digits[d+1:d+2]
		}
	}
	return a + "1"
}

// digitAt is the value of a digit of a rank, or without when the rank is shorter.
func digitAt(rank string, i, without int) int {
	if i >= len(rank) {
		return without
	}
	return max(0, strings.IndexByte(digits, rank[i]))
}

// goodOrder says whether text is a rank.
func goodOrder(text string) bool {
	return text != "" && len(text) <= MaxOrder && strings.Trim(text, digits) == "" && !strings.HasSuffix(text, "0")
}
