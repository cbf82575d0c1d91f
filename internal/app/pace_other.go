//go:build !linux

package app

import "time"

// doze sleeps for less than coarse.
func doze(d time.Duration) { time.Sleep(d) }
