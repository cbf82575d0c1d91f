package demo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/app"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/committee"
	"transformateur/internal/demo"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/review/opinion"
	"transformateur/internal/support/right"
)

// seed makes the same demonstration every time.
const seed = 2018

// abreast is how many acts are under way at once: enough for commits to be grouped.
const abreast = 16

// world is the program while the demonstration is played in it.
type world struct {
	ctx    context.Context
	app    *app.App
	clock  *clock.Fake
	now    time.Time // the present, at which the play ends
	zone   *time.Location
	mu     sync.Mutex
	people map[string]account.User
	files  int
	script []act

	moment    Moment
	programme programme.ProgrammeID         // of the editions of Normandie
	houses    []account.OrganisationID      // of the committee, in its order
	former    account.OrganisationID        // what the last of them was before
	edition   programme.EditionID           // the finished one
	gathering gathering.ID                  // of that edition, under way
	selection committee.SelectionID         // of the finished edition
	opinion   opinion.ID                    // asked of somebody outside the committee
	seats     map[string]committee.MemberID // by the key of the person
	entered   map[application.ID]*work      // the files of the finished edition
	over      *earlier                      // the edition that ended last year
	months    *earlier                      // the one in its months of support
	fund      right.FundID                  // of that edition
}

// act is something that people did at an instant of the play.
type act struct {
	at time.Time
	do func() error
}

// on plans an act: everything happens in the order of time, whichever call it is about.
func (w *world) on(at time.Time, do func() error) {
	if at.After(w.now) {
		at = w.now
	}
	w.script = append(w.script, act{at, do})
}

func newWorld(ctx context.Context, a *app.App, c *clock.Fake, m Moment) *world {
	loc, err := zone.Load(zone.Default)
	if err != nil {
		loc = time.UTC
	}
	return &world{ctx: ctx, app: a, clock: c, now: c.Now(), zone: loc, people: map[string]account.User{}, moment: m, seats: map[string]committee.MemberID{}, entered: map[application.ID]*work{}}
}

func (w *world) play() error {
	all, err := demo.Projects()
	if err != nil {
		return err
	}
	w.on(w.day(-640, 9, 0), w.open)
	w.over, w.months = finished(), supported()
	w.planEarlier(w.over, all.Finished)
	w.planEarlier(w.months, all.Supported)
	w.planFirst(all.First)
	w.planBoards()
	w.planSchemes()
	w.planRoadmap()
	w.planSynthesis()
	w.planReport()
	w.planShowcase()
	w.planHarvest()
	w.planOutcome()
	w.planFactory()
	w.planVisit()
	w.planNational(all.National)
	w.planSecond(all.Second)
	slices.SortStableFunc(w.script, func(a, b act) int { return a.at.Compare(b.at) })
	for _, a := range w.script {
		w.clock.Set(a.at)
		if err := a.do(); err != nil {
			return fmt.Errorf("on %s: %w", a.at.Format(time.DateTime), err)
		}
	}
	w.clock.Set(w.now)
	return w.settle()
}

// day is a local hour some days from today.
func (w *world) day(days, hour, minute int) time.Time {
	y, m, d := w.now.In(w.zone).Date()
	return time.Date(y, m, d+days, hour, minute, 0, 0, w.zone)
}

// settle delivers events and does jobs, as the running program does all the time.
func (w *world) settle() error {
	if _, err := w.app.Bus.Deliver(w.ctx); err != nil {
		return err
	}
	return each(abreast, func(int) error { return w.app.Jobs.Work(w.ctx) })
}

// each does something for every number below n, several at once.
func each(n int, do func(int) error) error {
	var waiting sync.WaitGroup
	problems := make([]error, n)
	slots := make(chan struct{}, abreast)
	for i := range n {
		slots <- struct{}{}
		waiting.Go(func() {
			defer func() { <-slots }()
			problems[i] = do(i)
		})
	}
	waiting.Wait()
	return errors.Join(problems...)
}

// person makes the account of a fictitious person, or finds it.
func (w *world) person(key, name string) (account.User, error) {
	w.mu.Lock()
	known, ok := w.people[key]
	w.mu.Unlock()
	if ok {
		return known, nil
	}
	profile := account.Profile{Name: name, Lang: "fr", Zone: zone.Default}
	id, err := account.OpenDemo(w.app.Accounts).Create(w.ctx, key+"@demonstration.invalid", profile)
	if err != nil {
		return account.User{}, fmt.Errorf("make the account of %s: %w", key, err)
	}
	by := account.User{ID: id, Name: name, Lang: "fr", Zone: zone.Default}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.people[key] = by
	return by, nil
}

// as is somebody whose account was made by open.
func (w *world) as(key string) account.User {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.people[key]
}

// grant gives a relation in the name of the program, as the first command of an install does.
func (w *world) grant(who, relation string, on policy.Ref) error {
	return w.app.DB.Write(w.ctx, func(tx *db.Tx) error {
		return w.app.Policy.Grant(w.ctx, tx, account.System, policy.Relation{SubjectID: string(w.as(who).ID), Relation: relation, Object: on, Reason: "démonstration"})
	})
}

// work is one project on its way through a call.
type work struct {
	project demo.Project
	number  int
	key     string // of the person who carries it
	called  string
	by      account.User
	id      application.ID
}

func (k *work) pen(at time.Time) *pen {
	return &pen{project: k.project, rng: rand.New(rand.NewPCG(seed, uint64(k.number))), number: k.number, bearer: k.called, at: at}
}

// begin opens a draft.
func (w *world) begin(k *work, id call.ID) error {
	a, err := w.app.Files.Create(w.ctx, k.by, id, k.project.Name)
	if err != nil {
		return fmt.Errorf("begin %s: %w", k.project.Name, err)
	}
	k.id = a.ID
	w.mu.Lock()
	w.files++
	w.mu.Unlock()
	return nil
}

// fill saves the answers of the first steps of a form; parts is how many of them.
func (w *world) fill(k *work, steps int) error {
	f, err := w.app.Files.Open(w.ctx, k.by, k.id)
	if err != nil {
		return fmt.Errorf("open %s: %w", k.project.Name, err)
	}
	some := *f.Form.Form
	some.Steps = some.Steps[:min(steps, len(some.Steps))]
	answers, err := k.pen(w.clock.Now()).answers(&some)
	if err != nil {
		return err
	}
	var edits []application.Edit
	for _, field := range some.Fields() {
		if value, there := answers[field.ID]; there && f.Answers[field.ID].Version == 0 {
			edits = append(edits, application.Edit{Field: field.ID, Value: value})
		}
	}
	return w.save(k.by, k.id, edits...)
}

func (w *world) save(by account.User, id application.ID, edits ...application.Edit) error {
	saved, err := w.app.Files.Save(w.ctx, by, id, edits)
	if err != nil {
		return fmt.Errorf("save %s: %w", id, err)
	}
	if len(saved.Refused) > 0 {
		return fmt.Errorf("save %s: refused %v", id, saved.Refused)
	}
	return nil
}

// change writes one long answer again.
func (w *world) change(by account.User, id application.ID, field, text string) error {
	f, err := w.app.Files.Open(w.ctx, by, id)
	if err != nil {
		return err
	}
	return w.save(by, id, application.Edit{Field: field, Base: f.Answers[field].Version, Value: typography.Replace(text)})
}

// deposit submits a file; the error says what it lacks.
func (w *world) deposit(k *work) error {
	w.clock.Advance(time.Duration(k.number%7+1)*time.Second + 137*time.Millisecond)
	if _, err := w.app.Files.Submit(w.ctx, k.by, k.id); err != nil {
		return fmt.Errorf("deposit %s: %w", k.project.Name, err)
	}
	return nil
}

// legal is the block of an agency of the demonstration.
func legal(service, email, address string) call.Legal {
	return call.Legal{Service: service, Email: email, Phone: "01 99 00 00 18", Address: address, Silence: call.SilenceNone,
		Appeals:    "Recours gracieux auprès du service, ou recours devant le tribunal administratif, dans les deux mois (mentions écrites pour la démonstration).",
		Controller: service, DPO: "dpo@demonstration.invalid", Purposes: "Instruire les dossiers et accompagner les projets retenus.",
		Basis: "Mission d’intérêt public", Recipients: "L’équipe du programme et le comité de sélection.", RetainMonths: 24}
}
