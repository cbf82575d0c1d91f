// Package faults is what can go wrong under the program, done on purpose by its tests: power cuts, kills, disks that fail, fill or slow down, a database or a mail server that goes away.
package faults
