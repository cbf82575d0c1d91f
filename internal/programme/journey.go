package programme

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/zone"
)

// JourneyFormat is the version of the format in which journeys are written.
const JourneyFormat = 1

// MaxStages is the most stages that a journey or an edition holds.
const MaxStages = 40

// Journey is a list of stages that a new edition starts from.
type Journey struct {
	Format int            `json:"format"`
	Key    string         `json:"key"` // name of a shipped journey; that an agency's was cloned from
	Name   Words          `json:"name"`
	About  Words          `json:"about"`
	Stages []JourneyStage `json:"stages"`
}

// JourneyStage is one stage of a journey, dated from the edition's first day.
type JourneyStage struct {
	Key    string     `json:"key"`
	Kind   Kind       `json:"kind"`
	Name   Words      `json:"name"`
	About  Words      `json:"about"`
	After  int        `json:"after_days"`       // days between the first day of the edition and that of the stage
	Days   int        `json:"days"`             // how many days it lasts; 1 is a single day
	From   string     `json:"from,omitempty"`   // local time at which it opens, "09:00" when empty
	Until  string     `json:"until,omitempty"`  // local time at which it closes; noon for a call, else "18:00" when empty
	Target int        `json:"target,omitempty"` // files or projects hoped for
	Agenda []Activity `json:"agenda,omitempty"` // proposed, to be changed
}

//go:embed journeys/*.json
var shippedFiles embed.FS

// shippedOrder is that of the product document.
var shippedOrder = []string{"national-acceleration", "regional-edition", "expedition", "tasters", "factory"}

var shipped = mustShip()

func mustShip() []Journey {
	var all []Journey
	for _, key := range shippedOrder {
		content, err := shippedFiles.ReadFile("journeys/" + key + ".json")
		if err != nil {
			panic(err) // embedded: only a broken build gets here
		}
		j, err := DecodeJourney(content)
		if err != nil {
			panic(fmt.Errorf("journey %s: %w", key, err))
		}
		all = append(all, j)
	}
	return all
}

// Shipped lists the journeys that come with the program.
func Shipped() []Journey { return slices.Clone(shipped) }

// ShippedJourney finds a journey that comes with the program by its key.
func ShippedJourney(key string) (Journey, bool) {
	i := slices.IndexFunc(shipped, func(j Journey) bool { return j.Key == key })
	if i < 0 {
		return Journey{}, false
	}
	return shipped[i], true
}

// DecodeJourney reads a journey strictly: an unknown member, another format or a
// broken rule is an error.
func DecodeJourney(content []byte) (Journey, error) {
	var j Journey
	dec := json.NewDecoder(bytes.NewReader(content))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&j); err != nil {
		return j, errs.New(errs.Invalid, "programme.journey_unreadable").Because(err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return j, errs.New(errs.Invalid, "programme.journey_unreadable").Because(fmt.Errorf("something follows the journey"))
	}
	if j.Format != JourneyFormat {
		return j, errs.New(errs.Invalid, "programme.journey_format", j.Format)
	}
	return j, j.check()
}

// modes of an activity: alternating them is the method of a gathering.
var modes = []string{"individual", "collective", "plenary", "informal"}

// check says every rule that the journey breaks.
func (j Journey) check() error {
	var bad problems
	bad.words("name", j.Name, MaxName, true)
	bad.words("about", j.About, MaxAbout, false)
	switch {
	case len(j.Stages) == 0:
		bad.add("stages", "programme.no_stage")
	case len(j.Stages) > MaxStages:
		bad.add("stages", "programme.too_many_stages", MaxStages)
	}
	ahead := 0
	for i, s := range j.Stages {
		bad = append(bad, s.check("stages."+strconv.Itoa(i)+".")...)
		if s.After < ahead {
			bad.add("stages."+strconv.Itoa(i)+".after", "programme.journey_out_of_order")
		}
		ahead = max(ahead, s.After)
	}
	return bad.err()
}

func (s JourneyStage) check(path string) (bad problems) {
	for _, f := range checkStage(Stage{Kind: s.Kind, Name: s.Name, About: s.About, Target: s.Target}) {
		bad.add(path+f.Path, f.Key, f.Args...)
	}
	if s.After < 0 || s.After > 3660 {
		bad.add(path+"after", "programme.days_bad")
	}
	if s.Days < 1 || s.Days > 3660 {
		bad.add(path+"days", "programme.days_bad")
	}
	from, until := s.hours()
	for field, hour := range map[string]string{"from": from, "until": until} {
		if _, err := time.Parse("15:04", hour); err != nil {
			bad.add(path+field, "programme.hour_bad")
		}
	}
	if s.Days == 1 && until <= from {
		bad.add(path+"until", "programme.hour_bad")
	}
	for _, a := range s.Agenda {
		if a.Day < 1 || a.Day > s.Days || a.Name.FR == "" || !slices.Contains(modes, a.Mode) {
			bad.add(path+"agenda", "programme.agenda_bad", a.Name.FR)
		}
	}
	return bad
}

func (s JourneyStage) hours() (from, until string) {
	from, until = s.From, s.Until
	if from == "" {
		from = "09:00"
	}
	if until == "" {
		if until = "18:00"; s.Kind == Call {
			until = "12:00"
		}
	}
	return from, until
}

// Plan dates the stages of a journey from a first day ("2027-09-01") in a zone. A
// stage neither opens nor closes on a Saturday or a Sunday: it moves to the Monday,
// and one of a few days moves whole. Stages have no identifier yet.
func (j Journey) Plan(firstDay, zoneName string) ([]Stage, error) {
	start, err := time.Parse(time.DateOnly, strings.TrimSpace(firstDay))
	if err != nil {
		return nil, errs.NewInvalid("programme.invalid", []errs.Field{{Path: "starts", Key: "programme.day_bad"}})
	}
	var stages []Stage
	var ahead time.Time
	for i, s := range j.Stages {
		open := weekday(start.AddDate(0, 0, s.After))
		if open.Before(ahead) {
			open = ahead
		}
		ahead = open
		end := open.AddDate(0, 0, s.Days-1)
		if s.Days <= 5 && end.Weekday() < open.Weekday() || isWeekend(end) && s.Days <= 5 {
			open = weekday(nextSaturday(open))
			ahead, end = open, open.AddDate(0, 0, s.Days-1)
		}
		stage := Stage{Position: i, Kind: s.Kind, Name: s.Name, About: s.About, Target: s.Target, Settings: Settings{Agenda: s.Agenda}}
		from, until := s.hours()
		if stage.OpensAt, err = zone.Resolve(open.Format(time.DateOnly)+"T"+from, zoneName); err != nil {
			return nil, at("starts", err)
		}
		if stage.ClosesAt, err = zone.Resolve(weekday(end).Format(time.DateOnly)+"T"+until, zoneName); err != nil {
			return nil, at("starts", err)
		}
		stages = append(stages, stage)
	}
	return stages, nil
}

func isWeekend(day time.Time) bool {
	return day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
}

// weekday is the day itself, or the Monday that follows a Saturday or a Sunday.
func weekday(day time.Time) time.Time {
	for isWeekend(day) {
		day = day.AddDate(0, 0, 1)
	}
	return day
}

func nextSaturday(day time.Time) time.Time {
	for day.Weekday() != time.Saturday {
		day = day.AddDate(0, 0, 1)
	}
	return day
}

// at puts an error about a value at the field that holds it.
func at(path string, err error) error {
	if !errs.Is(err, errs.Invalid) {
		return err
	}
	var args []any
	if e, ok := err.(*errs.Error); ok {
		args = e.Args
	}
	return errs.NewInvalid("programme.invalid", []errs.Field{{Path: path, Key: errs.KeyOf(err), Args: args}})
}
