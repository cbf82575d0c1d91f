// Package factory is a project held to a bounded time: what it promises before it starts, the gates at which it goes on or stops, and the board where everybody sees both.
package factory

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// SheetID, DeliverableID and GateID identify what their names say; they are random.
type (
	SheetID       string
	DeliverableID string
	GateID        string
)

// Status is where a framing sheet stands.
type Status string

// The statuses. One that was returned is written again; one that was approved never changes.
const (
	Draft     Status = "draft"
	Submitted Status = "submitted"
	Returned  Status = "returned"
	Approved  Status = "approved"
)

// Decision is what was decided at a gate.
type Decision string

// The decisions, in the order in which people read them.
const (
	GoOn     Decision = "on"
	Changes  Decision = "changes" // goes on, with changes
	Stop     Decision = "stop"    // a normal outcome
	HandOver Decision = "over"    // somebody else takes it on for good
)

// Decisions are all of them.
var Decisions = []Decision{GoOn, Changes, Stop, HandOver}

// The bounds of what is written: characters of a line and of a text, deliverables of a sheet,
// gates of a project.
const (
	MaxLine         = 200
	MaxText         = 4000
	MaxDeliverables = 8
	MaxGates        = 30
)

// Deliverable is what a project will have made by a day.
type Deliverable struct {
	ID        DeliverableID
	Title     string
	Due       string // "2027-03-05"
	Delivered string // the day it was ticked, "" until then
}

// Late says whether the deliverable was due before today and is not there.
func (d Deliverable) Late(today string) bool { return d.Delivered == "" && d.Due < today }

// Framing is what a team writes of its project.
type Framing struct {
	Objectives   string
	Resources    string
	Deadlines    string
	Deliverables []Deliverable
	Version      int64 // the one that was read, 0 for a new sheet
}

// Sheet is one version of the framing of a project.
type Sheet struct {
	ID     SheetID
	Number int64 // 1 for the first one
	Status Status
	Framing
	Reasons    string // why it was returned, or with what words it was approved
	By         string // the name of who answered, "" when it is not known any more
	ChangedAt  time.Time
	AnsweredAt time.Time // zero until then
}

// Gate is a day on which somebody decides whether a project goes on.
type Gate struct {
	ID        GateID
	Name      string
	Day       string // "2027-03-05"
	By        string // the name of who decided
	DecidedAt time.Time
	Verdict
}

// Verdict is what is decided at a gate. Learnt, Kept, Thanks and Next are those of a stop.
type Verdict struct {
	Decision Decision // "" until then
	Reasons  string
	Learnt   string
	Kept     string // resources and contacts that stay
	Thanks   string
	Next     string // who may take the project up again, in words
}

// Page is the framing and the gates of a project.
type Page struct {
	Project  project.Project
	Sheets   []Sheet // those that the reader may see, the last one first
	Gates    []Gate  // by day
	Stands   Decision
	Writes   bool // she writes the framing
	Approves bool // she approves it, and decides at gates
	Today    string
	Zone     string
}

// Open is the sheet that is not approved yet, as far as the reader sees it.
func (p Page) Open() (Sheet, bool) {
	return p.sheet(func(s Sheet) bool { return s.Status != Approved })
}

// Agreed is the last sheet that was approved.
func (p Page) Agreed() (Sheet, bool) {
	return p.sheet(func(s Sheet) bool { return s.Status == Approved })
}

func (p Page) sheet(is func(Sheet) bool) (Sheet, bool) {
	i := slices.IndexFunc(p.Sheets, is)
	if i < 0 {
		return Sheet{}, false
	}
	return p.Sheets[i], true
}

// Gate finds a gate.
func (p Page) Gate(id GateID) (Gate, bool) {
	i := slices.IndexFunc(p.Gates, func(g Gate) bool { return g.ID == id })
	if i < 0 {
		return Gate{}, false
	}
	return p.Gates[i], true
}

// stands is the last decision taken, "" before the first one.
func stands(gates []Gate) Decision { return lastDecided(gates).Decision }

// lastDecided is the gate of the last decision, without one before any.
func lastDecided(gates []Gate) (last Gate) {
	for _, g := range gates {
		if g.Decision != "" && !g.DecidedAt.Before(last.DecidedAt) {
			last = g
		}
	}
	return last
}

// Line is one project on the board: nothing of it is confidential.
type Line struct {
	Project      project.Project
	Stands       Decision // "" before the first gate
	Gate         string   // the next one, "" for none
	Day          string   // of the next gate
	Deliverables []Deliverable
	Late         int // deliverables
	Changed      time.Time
}

// Board is the projects of an edition whose framing was approved.
type Board struct {
	Edition programme.EditionID
	In      programme.Words
	Lines   []Line
	Today   string
	Zone    string
}

// fields gathers what is wrong with what was written.
type fields []errs.Field

func (f *fields) wrong(bad bool, path, key string, args ...any) {
	if bad {
		*f = append(*f, errs.Field{Path: path, Key: key, Args: args})
	}
}

// block cleans a text and says whether it is missing or too long.
func (f *fields) block(path string, value *string, needed bool) {
	*value = strings.TrimSpace(text.Clean(*value))
	f.wrong(needed && *value == "", path, "factory.text_missing")
	f.wrong(utf8.RuneCountInString(*value) > MaxText, path, "factory.long", MaxText)
}

// line is block for what holds on one line.
func (f *fields) line(path string, value *string, needed bool) {
	*value = strings.Join(strings.Fields(text.Clean(*value)), " ")
	f.wrong(needed && *value == "", path, "factory.text_missing")
	f.wrong(utf8.RuneCountInString(*value) > MaxLine, path, "factory.long", MaxLine)
}

func (f *fields) day(path string, value *string) {
	*value = strings.TrimSpace(*value)
	_, err := time.Parse(time.DateOnly, *value)
	f.wrong(err != nil, path, "factory.day_unknown")
}

// check cleans a framing and reports every bad field at once; a draft may be unfinished,
// whole asks for everything that approval needs.
func (w *Framing) check(whole bool) []errs.Field {
	var bad fields
	bad.block("objectives", &w.Objectives, whole)
	bad.block("resources", &w.Resources, whole)
	bad.block("deadlines", &w.Deadlines, whole)
	w.Deliverables = slices.DeleteFunc(slices.Clone(w.Deliverables), func(d Deliverable) bool {
		return strings.TrimSpace(d.Title) == "" && strings.TrimSpace(d.Due) == ""
	})
	bad.wrong(whole && len(w.Deliverables) == 0, "title-1", "factory.deliverable_missing")
	bad.wrong(len(w.Deliverables) > MaxDeliverables, "title-1", "factory.deliverables_many", MaxDeliverables)
	for i := range w.Deliverables {
		n := string(rune('1' + i%MaxDeliverables))
		bad.line("title-"+n, &w.Deliverables[i].Title, true)
		bad.day("due-"+n, &w.Deliverables[i].Due)
	}
	return bad
}

// check cleans a verdict and reports every bad field at once.
func (v *Verdict) check() []errs.Field {
	var bad fields
	bad.wrong(!slices.Contains(Decisions, v.Decision), "decision", "factory.decision_unknown")
	bad.block("reasons", &v.Reasons, v.Decision != GoOn)
	if v.Decision != Stop {
		v.Learnt, v.Kept, v.Thanks, v.Next = "", "", "", ""
		return bad
	}
	bad.block("learnt", &v.Learnt, true)
	bad.block("kept", &v.Kept, false)
	bad.block("thanks", &v.Thanks, false)
	bad.line("next", &v.Next, false)
	return bad
}
