package programme

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestShippedJourneysPlanInOrder(t *testing.T) {
	if len(Shipped()) != 5 {
		t.Fatalf("%d journeys, want 5", len(Shipped()))
	}
	for _, j := range Shipped() {
		for _, zone := range []string{"Europe/Paris", "Indian/Reunion", "Pacific/Noumea"} {
			for day := range 400 {
				first := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, day).Format(time.DateOnly)
				stages, err := j.Plan(first, zone)
				if err != nil {
					t.Fatalf("%s from %s in %s: %v", j.Key, first, zone, err)
				}
				if bad := ordered(stages); len(bad) > 0 {
					t.Fatalf("%s from %s in %s: %v", j.Key, first, zone, bad.err())
				}
				for _, s := range stages {
					if isWeekend(s.OpensAt) || isWeekend(s.ClosesAt) {
						t.Fatalf("%s from %s: %s is on a weekend, %v to %v", j.Key, first, s.Name.FR, s.OpensAt, s.ClosesAt)
					}
				}
			}
		}
	}
}

func TestShippedJourneysAreComplete(t *testing.T) {
	for _, j := range Shipped() {
		seen := map[string]bool{}
		words := []Words{j.Name, j.About}
		for _, s := range j.Stages {
			if s.Key == "" || seen[s.Key] {
				t.Errorf("%s: the key %q is empty or stands twice", j.Key, s.Key)
			}
			seen[s.Key] = true
			words = append(words, s.Name, s.About)
			for _, a := range s.Agenda {
				words = append(words, a.Name)
			}
		}
		for _, w := range words {
			if w.FR == "" || w.EN == "" || w.FR == w.EN {
				t.Errorf("%s: %q / %q is not in both languages", j.Key, w.FR, w.EN)
			}
		}
	}
}

func TestPlanKeepsTheDaysOfAGathering(t *testing.T) {
	j := Journey{Stages: []JourneyStage{{Kind: Call, After: 0, Days: 30}, {Kind: Gathering, After: 3, Days: 2}, {Kind: Debrief, After: 3, Days: 1}}}
	for _, c := range []struct{ name, first, want string }{
		{"a Monday call, a gathering on Thursday", "2027-03-01", "03-01 09:00 → 03-30 12:00 | 03-04 09:00 → 03-05 18:00 | 03-04 09:00 → 03-04 18:00"},
		{"a gathering over Friday and Saturday moves whole", "2027-03-02", "03-02 09:00 → 03-31 12:00 | 03-08 09:00 → 03-09 18:00 | 03-08 09:00 → 03-08 18:00"},
		{"a first day on Saturday", "2027-03-06", "03-08 09:00 → 04-06 12:00 | 03-09 09:00 → 03-10 18:00 | 03-09 09:00 → 03-09 18:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			stages, err := j.Plan(c.first, "Europe/Paris")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range stages {
				got = append(got, s.OpensAt.Format("01-02 15:04")+" → "+s.ClosesAt.Format("01-02 15:04"))
			}
			if text := strings.Join(got, " | "); text != c.want {
				t.Errorf("got  %s\nwant %s", text, c.want)
			}
		})
	}
}

func TestDecodeJourney(t *testing.T) {
	stage := `{"key":"a","kind":"call","name":{"fr":"A","en":"A"},"about":{"fr":"","en":""},"after_days":%d,"days":%d}`
	whole := func(format int, extra string, stages ...string) string {
		return fmt.Sprintf(`{"format":%d,"key":"k","name":{"fr":"N","en":"N"},"about":{"fr":"","en":""},"stages":[%s]%s}`, format, strings.Join(stages, ","), extra)
	}
	for _, c := range []struct{ name, content, want string }{
		{"one call", whole(1, "", fmt.Sprintf(stage, 0, 30)), ""},
		{"a format to come", whole(2, "", fmt.Sprintf(stage, 0, 30)), "programme.journey_format"},
		{"a member nobody knows", whole(1, `,"color":"red"`, fmt.Sprintf(stage, 0, 30)), "programme.journey_unreadable"},
		{"something after the journey", whole(1, "", fmt.Sprintf(stage, 0, 30)) + "{}", "programme.journey_unreadable"},
		{"no stage", whole(1, ""), "stages=programme.no_stage"},
		{"a stage of no day", whole(1, "", fmt.Sprintf(stage, 0, 0)), "stages.0.days=programme.days_bad"},
		{"a stage before the one ahead", whole(1, "", fmt.Sprintf(stage, 9, 3), fmt.Sprintf(stage, 8, 3)), "stages.1.after=programme.journey_out_of_order"},
		{"a kind nobody knows", strings.Replace(whole(1, "", fmt.Sprintf(stage, 0, 3)), `"call"`, `"party"`, 1), "stages.0.kind=programme.kind_unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := DecodeJourney([]byte(c.content))
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestStageInTime(t *testing.T) {
	noon := time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name          string
		opens, closes time.Duration
		want          State
	}{
		{"before it opens", time.Second, time.Hour, Next},
		{"on its first instant", 0, time.Hour, Open},
		{"a second before it closes", -time.Hour, time.Second, Open},
		{"on its last instant", -time.Hour, 0, Past},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := (Stage{OpensAt: noon.Add(c.opens), ClosesAt: noon.Add(c.closes)}).At(noon); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	if got := (Stage{}).At(noon); got != Next {
		t.Errorf("without dates: %s, want %s", got, Next)
	}
}
