package order

import "strconv"

// Usual hours of a day of gathering, in minutes since midnight.
const (
	morning   Minute = 9 * 60
	afternoon Minute = 13*60 + 45
)

// Propose is a running order for some days and so many projects, to be changed at will:
// on two days, the frise with the sponsor, the pitch to all, what experts bring, the game
// of the project's DNA, the partners' round table, the mix of ideas, the priority actions
// with the sponsor and the debrief, individual and collective work taking turns. One day
// holds the same in short; a third one and those after it go on with coaching.
func Propose(days []string, projects int) Order {
	b := builder{order: Order{Version: version, Days: days}}
	switch {
	case len(days) == 0:
		return b.order
	case len(days) == 1:
		b.oneDay(projects)
	default:
		b.firstDay(projects)
		for day := 1; day < len(days)-1; day++ {
			b.middleDay(day)
		}
		b.lastDay(len(days) - 1)
	}
	return b.order
}

type builder struct {
	order Order
	day   int
	at    Minute
}

// begins sets the clock.
func (b *builder) begins(day int, at Minute) { b.day, b.at = day, at }

// then adds what follows, for so many minutes, and gives its id.
func (b *builder) then(minutes int, a Activity) string {
	a.ID = "a" + strconv.Itoa(len(b.order.Activities)+1)
	a.Day, a.From, a.To = b.day, b.at, b.at+Minute(minutes)
	b.at = a.To
	b.order.Activities = append(b.order.Activities, a)
	return a.ID
}

// pitch is as long as it takes, rounded up to five minutes.
func (b *builder) pitch(projects int) string {
	minutes := max(1, projects) * (UsualSpeak + UsualAsk)
	return b.then((minutes+4)/5*5, Activity{Kind: Pitch, Kit: "pitch"})
}

func (b *builder) firstDay(projects int) {
	b.begins(0, morning)
	b.then(30, Activity{Kind: Free})
	b.then(30, Activity{Kind: Plenary})
	frise := b.then(60, Activity{Kind: Coaching, Kit: "frise", Sponsor: true})
	b.then(10, Activity{Kind: Free})
	pitch := b.pitch(projects)
	b.then(70, Activity{Kind: Meal})
	b.at = max(b.at, afternoon)
	input := b.then(40, Activity{Kind: Input, Kit: "dimensions"})
	dna := b.then(80, Activity{Kind: Collective, Kit: "adn", After: []string{frise, input}})
	b.then(20, Activity{Kind: Free})
	b.then(60, Activity{Kind: Coaching})
	b.then(60, Activity{Kind: RoundTable, After: []string{pitch, dna}})
	b.at = max(b.at, 19*60+30)
	b.then(120, Activity{Kind: Evening})
}

func (b *builder) middleDay(day int) {
	b.begins(day, morning)
	b.then(90, Activity{Kind: Coaching})
	b.then(20, Activity{Kind: Free})
	b.then(90, Activity{Kind: Collective, Kit: "facettes"})
	b.then(75, Activity{Kind: Meal})
	b.at = max(b.at, afternoon)
	b.then(90, Activity{Kind: Coaching})
	b.then(20, Activity{Kind: Free})
	b.then(75, Activity{Kind: Plenary})
}

func (b *builder) lastDay(day int) {
	b.begins(day, morning)
	b.then(15, Activity{Kind: Plenary})
	mix := b.then(115, Activity{Kind: Mix, Kit: "grandmix", Pause: 3})
	b.then(20, Activity{Kind: Free})
	b.then(90, Activity{Kind: Coaching})
	b.then(75, Activity{Kind: Meal})
	b.at = max(b.at, afternoon+30)
	b.then(60, Activity{Kind: Coaching, Kit: "plan", Sponsor: true, After: []string{mix}})
	b.then(45, Activity{Kind: Collective})
	b.then(15, Activity{Kind: Free})
	b.then(30, Activity{Kind: Plenary, Kit: "debrief"})
	b.then(15, Activity{Kind: Plenary})
}

func (b *builder) oneDay(projects int) {
	b.begins(0, morning)
	b.then(15, Activity{Kind: Plenary})
	pitch := b.pitch(projects)
	b.then(15, Activity{Kind: Free})
	b.then(60, Activity{Kind: Coaching, Kit: "adn", Sponsor: true})
	b.then(75, Activity{Kind: Meal})
	b.at = max(b.at, afternoon)
	mix := b.then(90, Activity{Kind: Mix, Kit: "grandmix", Rounds: 4, Pause: 2, After: []string{pitch}})
	b.then(15, Activity{Kind: Free})
	b.then(60, Activity{Kind: Coaching, Kit: "plan", Sponsor: true, After: []string{mix}})
	b.then(25, Activity{Kind: Plenary, Kit: "debrief"})
}
