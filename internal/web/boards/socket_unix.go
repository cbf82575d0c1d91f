//go:build unix

package boards

import "syscall"

// takenNow writes bytes as far as the system takes them without waiting, and gives the
// rest. An error is met again, and told, by who writes the rest.
func takenNow(raw syscall.RawConn, text []byte) (rest []byte) {
	raw.Write(func(fd uintptr) bool {
		if n, err := syscall.Write(int(fd), text); err == nil {
			text = text[n:]
		}
		return true
	})
	return text
}
