package comparison

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"transformateur/internal/application"
	"transformateur/internal/committee"
)

// pairsOf draws what was shown in a round: members by their number, files by theirs.
func pairsOf(t *rapid.T, files int) (list []Comparison) {
	turns := map[committee.MemberID]int{}
	for range rapid.IntRange(0, 25).Draw(t, "answers") {
		member := committee.MemberID(fmt.Sprint("m", rapid.IntRange(0, 3).Draw(t, "member")))
		a := rapid.IntRange(0, files-1).Draw(t, "left")
		b := (a + rapid.IntRange(1, files-1).Draw(t, "away")) % files
		turns[member]++
		list = append(list, Comparison{Member: member, Turn: turns[member], Left: file(a), Right: file(b), Choice: rapid.SampledFrom([]Choice{Left, Right, Equal, Unsure, undone, dropped}).Draw(t, "choice")})
	}
	return list
}

func file(i int) application.ID { return application.ID(fmt.Sprint("f", i)) }

// What a member is shown owes nothing to what the others answered, nor to files that are
// closed to her: with other answers, and without what was said of those, it is the same.
func TestNextTellsNothing(t *testing.T) {
	round := Round{ID: "r", Seed: 7}
	rapid.Check(t, func(t *rapid.T) {
		files := rapid.IntRange(2, 8).Draw(t, "files")
		shown := pairsOf(t, files)
		open := map[application.ID]bool{}
		for i := range files {
			if rapid.IntRange(0, 3).Draw(t, "open") > 0 {
				open[file(i)] = true
			}
		}
		left, right, ok, err := next(round, "m0", shown, open)
		if err != nil {
			t.Fatal(err)
		}
		var other []Comparison
		for _, c := range shown {
			if c.Member != "m0" && c.Choice.Told() {
				c.Choice = rapid.SampledFrom([]Choice{Left, Right, Equal}).Draw(t, "said instead")
			}
			if c.Member == "m0" || open[c.Left] && open[c.Right] {
				other = append(other, c)
			}
		}
		l, r, also, err := next(round, "m0", other, open)
		if err != nil || l != left || r != right || also != ok {
			t.Fatalf("%s and %s (%v), then %s and %s (%v, %v)", left, right, ok, l, r, also, err)
		}
		if ok && (!open[left] || !open[right] || left == right) {
			t.Fatalf("shown %s and %s of %v", left, right, open)
		}
		met := map[[2]application.ID]bool{}
		for _, c := range shown {
			if c.Member == "m0" && c.Choice.Given() && open[c.Left] && open[c.Right] {
				met[[2]application.ID{min(c.Left, c.Right), max(c.Left, c.Right)}] = true
			}
		}
		if all := len(open) * (len(open) - 1) / 2; ok != (len(met) < all) || ok && met[[2]application.ID{min(left, right), max(left, right)}] {
			t.Fatalf("%d pairs of %d were answered: %s and %s, %v", len(met), all, left, right, ok)
		}
	})
}

// Members are not all shown the same pair first, and no side is always the same file's.
func TestFirstPairsDiffer(t *testing.T) {
	open := map[application.ID]bool{}
	for i := range 12 {
		open[file(i)] = true
	}
	pairs, lefts := map[string]bool{}, 0
	for m := range 20 {
		left, right, ok, err := next(Round{ID: "r", Seed: 3}, committee.MemberID(fmt.Sprint("m", m)), nil, open)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		pairs[fmt.Sprint(left, right)] = true
		if left < right {
			lefts++
		}
	}
	if len(pairs) < 15 || lefts < 4 || lefts > 16 {
		t.Errorf("%d first pairs for 20 members, %d with the lower file on the left", len(pairs), lefts)
	}
}

// What the answers say fills in turn: nobody sees a file three times before all the others once.
func TestFilesAreSharedOut(t *testing.T) {
	open, seen := map[application.ID]bool{}, map[application.ID]int{}
	for i := range 10 {
		open[file(i)] = true
	}
	var shown []Comparison
	for turn := 1; turn <= 10; turn++ {
		for m := range 4 {
			member := committee.MemberID(fmt.Sprint("m", m))
			left, right, ok, err := next(Round{ID: "r", Seed: 11}, member, shown, open)
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			choice := Left
			if right < left {
				choice = Right
			}
			shown = append(shown, Comparison{Member: member, Turn: turn, Left: left, Right: right, Choice: choice})
			seen[left]++
			seen[right]++
		}
	}
	for id := range open {
		if seen[id] < 5 || seen[id] > 12 {
			t.Errorf("%s was compared %d times, 8 on average", id, seen[id])
		}
	}
}

func BenchmarkNext(b *testing.B) {
	for _, files := range []int{40, 200} {
		b.Run(fmt.Sprintf("files=%d", files), func(b *testing.B) {
			open := map[application.ID]bool{}
			for i := range files {
				open[file(i)] = true
			}
			round := Round{ID: "r", Seed: 5}
			var shown []Comparison
			for turn := 1; turn <= 12; turn++ {
				for m := range 12 {
					member := committee.MemberID(fmt.Sprint("m", m))
					left, right, _, err := next(round, member, shown, open)
					if err != nil {
						b.Fatal(err)
					}
					shown = append(shown, Comparison{Member: member, Turn: turn, Left: left, Right: right, Choice: []Choice{Left, Right}[(turn+m)%2]})
				}
			}
			for b.Loop() {
				if _, _, ok, err := next(round, "m0", shown, open); err != nil || !ok {
					b.Fatal(ok, err)
				}
			}
		})
	}
}
