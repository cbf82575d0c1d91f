// Package screeningtest is the small world of applicationtest, with the programme's team at work on its files.
package screeningtest

import (
	"testing"

	"transformateur/internal/application/applicationtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/screening"
)

// World is what tests act in.
type World struct {
	*applicationtest.World
	Screening *screening.Service
}

// New makes the world on a database.
func New(t testing.TB, d *db.DB) *World {
	t.Helper()
	w := applicationtest.New(t, d)
	return &World{w, screening.New(screening.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Calls: w.Calls, Files: w.Files})}
}
