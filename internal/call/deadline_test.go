package call

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/zone"
)

// seed is drawn anew at each run, and printed; DEADLINE_SEED replays one.
func seed(t *testing.T) *rand.Rand {
	t.Helper()
	n := uint64(time.Now().UnixNano())
	if text := os.Getenv("DEADLINE_SEED"); text != "" {
		var err error
		if n, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("DEADLINE_SEED=%d", n)
	return rand.New(rand.NewPCG(n, 5))
}

// deadlines are local times of a call's end: around both changes of the clock, on
// leap days, at midnight, in zones of both hemispheres and of odd offsets.
func deadlines(draw *rand.Rand) (typed, place string) {
	zones := zone.Offered()
	place = zones[draw.IntN(len(zones))].Name
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, draw.IntN(365*6))
	switch draw.IntN(6) {
	case 0:
		day = time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC) // 02:30 exists twice in Paris
	case 1:
		day = time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC) // 02:30 does not exist
	case 2:
		day = time.Date(2028, 2, 29, 0, 0, 0, 0, time.UTC)
	}
	minutes := draw.IntN(24 * 60)
	if draw.IntN(3) == 0 {
		minutes = []int{0, 90, 120, 150, 179, 180, 23*60 + 59}[draw.IntN(7)]
	}
	return day.Add(time.Duration(minutes) * time.Minute).Format(localTime), place
}

// skews are how far from the deadline a deposit arrives.
func skew(draw *rand.Rand) time.Duration {
	switch draw.IntN(4) {
	case 0:
		return time.Duration(draw.IntN(3) - 1) // a nanosecond before, at, after
	case 1:
		return time.Duration(draw.Int64N(int64(2*time.Second))) - time.Second
	case 2:
		return time.Duration(draw.IntN(5)-2) * time.Hour // what a wrong zone or season would give
	}
	return time.Duration(draw.Int64N(int64(48*time.Hour))) - 24*time.Hour
}

// The deadline over a million cases: nothing is accepted at it or after it, nothing
// is refused before it, whatever the zone, the season and the place where the
// instant is told; and a local time that names no instant, or two, names no deadline.
func TestDeadlineInVirtualTime(t *testing.T) {
	const cases = 1_000_000
	draw := seed(t)
	places := []*time.Location{time.UTC}
	for _, z := range zone.Offered() {
		places = append(places, zone.Location(z.Name))
	}
	refused, after, before := 0, 0, 0
	var c Call
	for n := range cases {
		if n%50 == 0 {
			typed, place := deadlines(draw)
			made, err := Dates{Zone: place, OpensAt: "2025-01-01T08:00", ClosesAt: typed}.Into(Call{Status: Published})
			names := instantsNamed(t, typed, place)
			if (err == nil) != (names == 1) {
				t.Fatalf("%s in %s names %d instants: %v", typed, place, names, err)
			}
			if err != nil {
				refused++
				c = Call{}
				continue
			}
			c = made
			if c.ClosesAt.In(zone.Location(place)).Format(localTime) != typed {
				t.Fatalf("%s in %s became %v", typed, place, c.ClosesAt)
			}
		}
		if c.ClosesAt.IsZero() {
			continue
		}
		by := skew(draw)
		at := c.ClosesAt.Add(by).In(places[draw.IntN(len(places))])
		switch open := c.OpenAt(at); {
		case open && by >= 0:
			after++
			t.Errorf("accepted %v after %v in %s", by, c.ClosesAt, c.Zone)
		case !open && by < 0:
			before++
			t.Errorf("refused %v before %v in %s", -by, c.ClosesAt, c.Zone)
		case c.ClosedAt(at) == open:
			t.Fatalf("open and closed agree at %v", at)
		}
		if after+before > 10 {
			t.Fatal("and so on")
		}
	}
	if refused == 0 || refused > cases/100 {
		t.Errorf("%d deadlines refused: the cases are not what they should be", refused)
	}
	t.Logf("%d cases: %d accepted after, %d refused before; %d deadlines refused for they name no instant or two", cases, after, before, refused)
}

// instantsNamed counts the instants that are told as typed in a place, by looking at
// every quarter of an hour of the days around: another way than the one under test.
func instantsNamed(t *testing.T, typed, place string) (n int) {
	wall, err := time.Parse(localTime, typed)
	if err != nil {
		t.Fatal(err)
	}
	for offset := -14 * 4; offset <= 14*4; offset++ {
		at := wall.Add(time.Duration(offset) * 15 * time.Minute)
		if at.In(zone.Location(place)).Format(localTime) == typed {
			n++
		}
	}
	return n
}

// The two local times that everybody asks about.
func TestDeadlinesThatCannotBe(t *testing.T) {
	for _, c := range []struct {
		name, typed, zone string
		ok                bool
	}{
		{"02:30 on 25 October 2026 exists twice", "2026-10-25T02:30", "Europe/Paris", false},
		{"03:00 that day exists once", "2026-10-25T03:00", "Europe/Paris", true},
		{"02:30 on 29 March 2026 does not exist", "2026-03-29T02:30", "Europe/Paris", false},
		{"03:00 that day exists", "2026-03-29T03:00", "Europe/Paris", true},
		{"in Réunion there is no change", "2026-10-25T02:30", "Indian/Reunion", true},
		{"nor in Guadeloupe", "2026-03-29T02:30", "America/Guadeloupe", true},
		{"nor in Nouméa", "2026-10-25T02:30", "Pacific/Noumea", true},
		{"a leap day", "2028-02-29T12:00", "Europe/Paris", true},
		{"a 29 February that is not", "2027-02-29T12:00", "Europe/Paris", false},
	} {
		_, err := Dates{Zone: c.zone, OpensAt: "2025-01-01T08:00", ClosesAt: c.typed}.Into(Call{})
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// Machines tell another time than the authority, by five minutes at most, and one
// steps back by an hour: the side of the deadline is the authority's, always, and
// once the authority has passed it, nothing reopens.
func TestDeadlineWithSkewedClocks(t *testing.T) {
	draw := seed(t)
	closes := time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)
	c := Call{Status: Published, OpensAt: closes.AddDate(0, 0, -30), ClosesAt: closes}
	wrong := 0
	for range 2_000 {
		truth := clock.NewFake(closes.Add(-time.Duration(draw.IntN(600)) * time.Second))
		nodes := make([]*clock.Authority, 3)
		walls, ticks := make([]*clock.Fake, 3), time.Duration(0)
		for i := range nodes {
			walls[i] = clock.NewFake(truth.Now().Add(time.Duration(draw.Int64N(int64(10*time.Minute))) - 5*time.Minute))
			nodes[i] = clock.NewAuthority(walls[i], func() time.Duration { return ticks })
			nodes[i].Follow(truth.Now())
		}
		for range 40 {
			step := time.Duration(draw.Int64N(int64(30 * time.Second)))
			truth.Advance(step)
			ticks += step
			for i, w := range walls {
				w.Advance(step)
				if draw.IntN(40) == 0 {
					w.Advance(-time.Hour)
				}
				if draw.IntN(3) == 0 {
					nodes[i].Follow(truth.Now())
				}
				if now := nodes[i].Now(); c.OpenAt(now) != truth.Now().Before(closes) {
					wrong++
				}
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d deposits on the wrong side", wrong)
	}
}
