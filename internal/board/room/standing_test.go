package room

import (
	"testing"
	"time"
)

func TestStuck(t *testing.T) {
	now := time.Date(2027, 3, 2, 10, 0, 0, 0, time.UTC)
	ago := func(m int) time.Time { return now.Add(-time.Duration(m) * time.Minute) }
	for name, c := range map[string]struct {
		scene
		want Stuck
		idle time.Duration
	}{
		"nobody is there":                     {scene{0, 3, false, ago(60), ago(60)}, NotStuck, 0},
		"it was frozen on purpose":            {scene{3, 3, true, ago(60), ago(60)}, NotStuck, 0},
		"the phase has just begun":            {scene{3, 0, false, ago(4), time.Time{}}, NotStuck, 0},
		"empty for five minutes":              {scene{3, 0, false, ago(5), time.Time{}}, Blank, 5 * time.Minute},
		"somebody writes":                     {scene{3, 2, false, ago(60), ago(1)}, NotStuck, 0},
		"nothing for eight minutes":           {scene{3, 2, false, ago(60), ago(8)}, Still, 8 * time.Minute},
		"people came back after a long pause": {scene{3, 2, false, ago(2), ago(90)}, NotStuck, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got, idle := c.stuck(now); got != c.want || idle != c.idle {
				t.Errorf("%q for %v, want %q for %v", got, idle, c.want, c.idle)
			}
		})
	}
}
