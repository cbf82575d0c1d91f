package order

// The usual measures, in minutes and people, where an activity says nothing.
const (
	UsualSlot   = 30
	UsualRound  = 20
	UsualRounds = 5
	UsualSize   = 5
	UsualSpeak  = 3
	UsualAsk    = 2
)

// Usual gives an activity the usual measures of its kind where it says nothing.
func Usual(a Activity) Activity {
	or := func(value *int, usual int) {
		if *value == 0 {
			*value = usual
		}
	}
	switch a.Kind {
	case Coaching:
		or(&a.Slot, UsualSlot)
	case Mix:
		or(&a.Rounds, UsualRounds)
		or(&a.Size, UsualSize)
	case Collective:
		or(&a.Size, UsualSize)
	case Pitch:
		or(&a.Speak, UsualSpeak)
		or(&a.Ask, UsualAsk)
	}
	return a
}

// Slot is a part of an activity in which each person is in one place: a slot of a
// coaching, a round of a mix, the turn of one project at a pitch.
type Slot struct {
	Activity string
	N        int // from 0
	Day      int
	From, To Minute
	// Segment numbers what follows itself without a rest or a moment for everybody between:
	// who coaches three times in a row in one segment has not sat down.
	Segment int
}

// Slots cuts the coaching activities of a running order, the first slot first.
func (o Order) Slots() (list []Slot) {
	o.Sort()
	segment, day, end := 0, -1, Minute(0)
	for _, a := range o.Activities {
		if a.Kind != Coaching {
			continue
		}
		a = Usual(a)
		if len(list) > 0 && (a.Day != day || a.From != end || o.breaks(day, end)) {
			segment++
		}
		n := 0
		for from := a.From; from+Minute(a.Slot) <= a.To; from += Minute(a.Slot + a.Pause) {
			list = append(list, Slot{a.ID, n, a.Day, from, from + Minute(a.Slot), segment})
			n++
		}
		if a.Day != day {
			end = 0
		}
		day, end = a.Day, max(end, a.To)
	}
	return list
}

// breaks says whether something for everybody begins at an instant.
func (o Order) breaks(day int, at Minute) bool {
	for _, a := range o.Activities {
		if a.Day == day && a.Kind.Everybody() && a.From <= at && at < a.To {
			return true
		}
	}
	return false
}

// RoundsOf cuts a mix into its rounds, which share its time evenly but for the pauses
// between them: whole minutes, what is left over at the end.
func RoundsOf(a Activity) (list []Slot) {
	a = Usual(a)
	if a.Kind != Mix || a.Rounds < 1 {
		return nil
	}
	each := (a.Minutes() - (a.Rounds-1)*a.Pause) / a.Rounds
	if each < 1 {
		return nil
	}
	for n := range a.Rounds {
		from := a.From + Minute(n*(each+a.Pause))
		list = append(list, Slot{Activity: a.ID, N: n, Day: a.Day, From: from, To: from + Minute(each)})
	}
	return list
}

// Turns cuts a pitch into the turns of so many projects, each with its questions; fewer
// when they do not fit.
func Turns(a Activity, projects int) (list []Slot) {
	a = Usual(a)
	if a.Kind != Pitch {
		return nil
	}
	each := Minute(a.Speak + a.Ask)
	for n := range projects {
		from := a.From + Minute(n)*each
		if from+each > a.To {
			break
		}
		list = append(list, Slot{Activity: a.ID, N: n, Day: a.Day, From: from, To: from + each})
	}
	return list
}
