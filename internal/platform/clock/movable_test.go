package clock_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"transformateur/internal/platform/clock"
)

func TestMovableClock(t *testing.T) {
	own, file := clock.NewFake(time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)), filepath.Join(t.TempDir(), "clock")
	m, err := clock.NewMovable(own, file)
	if err != nil || !m.Now().Equal(own.Now()) {
		t.Fatalf("%v, %v", m.Now(), err)
	}
	later := own.Now().Add(22 * time.Hour)
	if moved, err := m.Forward(later); !moved || err != nil || !m.Now().Equal(later) {
		t.Fatalf("moved to %v: %v, %v", m.Now(), moved, err)
	}
	own.Advance(time.Minute)
	if want := later.Add(time.Minute); !m.Now().Equal(want) {
		t.Errorf("it stands still at %v", m.Now())
	}
	if moved, err := m.Forward(own.Now()); moved || err != nil {
		t.Errorf("it goes back: %v, %v", moved, err)
	}
	again, err := clock.NewMovable(own, file)
	if err != nil || !again.Now().Equal(m.Now()) {
		t.Errorf("after a restart %v, %v", again.Now(), err)
	}
	if err := os.WriteFile(file, []byte("tomorrow"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := clock.NewMovable(own, file); err == nil {
		t.Error("any file is a clock")
	}
	if err := os.RemoveAll(filepath.Dir(file)); err != nil {
		t.Fatal(err)
	}
	if moved, err := m.Forward(later.Add(time.Hour)); moved || err == nil {
		t.Error("it moves without keeping that")
	}
}
