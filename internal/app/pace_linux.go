package app

import (
	"syscall"
	"time"
)

// doze sleeps for less than coarse, as finely as the kernel can.
func doze(d time.Duration) {
	if d > 0 {
		left := syscall.NsecToTimespec(int64(d))
		_ = syscall.Nanosleep(&left, nil) // a signal may wake it early: the beat is then missed, not the answer
	}
}
