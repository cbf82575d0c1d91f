package ui

import (
	"context"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"transformateur/internal/form/rule"
	"transformateur/internal/i18n"
)

// Field is what surrounds a control: its label, hint, error, counter and save state.
type Field struct {
	Name     string // the path of the field, "budget.2.amount"; also the name of the control
	Label    string
	Hint     string
	Error    string // the problem, already said in the reader's language
	Optional bool   // shown beside the label; a field is required unless it says so
	Limit    Limit
	Saved    SaveState
	Beside   templ.Component  // stands at the right of the label: presence, comments
	Attrs    templ.Attributes // further attributes of the control: disabled, readonly, data-…
}

// Unit is what a limit counts.
type Unit string

// The units, counted as the form counts them (rule.Characters, rule.LineCount).
const (
	Characters Unit = "characters"
	Lines      Unit = "lines"
)

// Limit is the most that a text may hold; a Max of 0 is no limit.
type Limit struct {
	Max  int
	Unit Unit
	Used int // what the stored text counts
}

// SaveState is what the field says of its autosave; the island changes it later.
type SaveState string

// The states of a save: none is for a form without autosave; Idle shows nothing but
// keeps the place, so that nothing moves when a state comes.
const (
	NoSave   SaveState = ""
	Idle     SaveState = "idle"
	Saved    SaveState = "saved"
	Saving   SaveState = "saving"
	Offline  SaveState = "offline"
	Failed   SaveState = "failed"
	Conflict SaveState = "conflict"
)

var saveIcons = map[SaveState]string{Saved: "check", Saving: "clock", Offline: "clock", Failed: "warning", Conflict: "warning"}

var inID = strings.NewReplacer(".", "-", "[", "-", "]", "")

// FieldID is the id of the control of a field, from its path: the target of the error summary's links.
func FieldID(path string) string {
	return "f-" + inID.Replace(path)
}

// id is that of the control: its path, unless several fields of a page have one name.
func (f Field) id() string {
	if id, own := f.Attrs["id"].(string); own {
		return id
	}
	return FieldID(f.Name)
}

// describedBy lists what a screen reader says after the label.
func (f Field) describedBy() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.id()+"-hint")
	}
	if f.Error != "" {
		ids = append(ids, f.id()+"-error")
	}
	if f.Limit.Max > 0 {
		ids = append(ids, f.id()+"-limit")
	}
	return strings.Join(ids, " ")
}

// attrs are the attributes that bind a control to its field.
func (f Field) attrs() templ.Attributes {
	a := templ.Attributes{"id": f.id(), "name": f.Name}
	if by := f.describedBy(); by != "" {
		a["aria-describedby"] = by
	}
	if f.Error != "" {
		a["aria-invalid"] = "true"
	}
	if !f.Optional {
		a["aria-required"] = "true"
	}
	for key, value := range f.Attrs {
		a[key] = value
	}
	return a
}

// hasFoot says whether something may stand under the control.
func (f Field) hasFoot() bool { return f.Saved != NoSave || f.Limit.Max > 0 }

func (l Limit) key() string {
	if l.Unit == Lines {
		return "ui.limit_lines"
	}
	return "ui.limit_characters"
}

// text says what is left, or by how much the text is too long.
func (l Limit) text(ctx context.Context) string {
	if over := l.Used - l.Max; over > 0 {
		return i18n.N(ctx, l.key()+"_over", over)
	}
	return i18n.N(ctx, l.key()+"_left", l.Max-l.Used)
}

// words are the sentences that the counter fills in the browser.
func (l Limit) words(ctx context.Context) templ.Attributes {
	lang := i18n.From(ctx)
	leftOne, leftMany := i18n.Message(lang, l.key()+"_left")
	overOne, overMany := i18n.Message(lang, l.key()+"_over")
	return templ.Attributes{
		"data-max": strconv.Itoa(l.Max), "data-unit": string(l.Unit), "data-line": strconv.Itoa(rule.LineWidth),
		"data-left-one": leftOne, "data-left-many": leftMany, "data-over-one": overOne, "data-over-many": overMany,
	}
}

// Option is one choice of a list.
type Option struct {
	Value    string
	Label    string
	Hint     string
	Disabled bool
}

// OptionGroup is a titled part of a drop-down list; an untitled one adds no heading.
type OptionGroup struct {
	Label   string
	Options []Option
}

// Choice is a list and what is chosen in it.
type Choice struct {
	Options []Option
	Groups  []OptionGroup // for Select only, after Options
	Chosen  []string
	Empty   string // for Select only: the label of the empty choice; "" for none
	Side    bool   // short labels stand side by side when there is room
}

func (c Choice) has(value string) bool {
	for _, chosen := range c.Chosen {
		if chosen == value {
			return true
		}
	}
	return false
}

// Input is the content of a one-line control.
type Input struct {
	Value        string
	Type         string // text when empty; email, tel, url, number, search, password, date, datetime-local
	Autocomplete string // the purpose of the field, WCAG 1.3.5
	Mode         string // inputmode: numeric, decimal…
	Size         string // short, medium; the whole width when empty
	After        string // a unit after the control: €, %, mois
}

func (in Input) kind() string {
	if in.Type == "" {
		return "text"
	}
	return in.Type
}

func controlClass(size string) string {
	if size == "" {
		return "control"
	}
	return "control " + size
}

// FieldError is one line of the error summary.
type FieldError struct {
	Path string // of the field, "" when the error is about the whole form
	Text string
}

// choiceID is the id of the i-th choice; the first one carries the id of the field, where the summary leads.
func (f Field) choiceID(i int) string {
	if i == 0 {
		return f.id()
	}
	return f.id() + "-" + strconv.Itoa(i)
}

// choiceAttrs leaves the description to the fieldset, so that it is said once.
func (f Field) choiceAttrs(i int, kind string) templ.Attributes {
	a := templ.Attributes{"type": kind, "id": f.choiceID(i), "name": f.Name}
	if f.Error != "" {
		a["aria-invalid"] = "true"
	}
	for key, value := range f.Attrs {
		a[key] = value
	}
	return a
}
