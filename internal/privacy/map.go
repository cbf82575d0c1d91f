// Package privacy is what the install keeps of people and what becomes of it: one map of every column, from which come a person's archive, her erasure, the calendar of retention and the register of processing.
package privacy

import (
	"slices"
	"strings"
	"time"
)

// Nature says what a column holds.
type Nature string

// The natures of columns. All but the last two are personal data.
const (
	Identifying Nature = "identifying" // says by itself who somebody is: a name, an address
	Words       Nature = "words"       // what somebody wrote, which may name anybody
	Trace       Nature = "trace"       // what somebody did, when, with what
	Linked      Nature = "linked"      // the identifier of a person: a pseudonym once her name is gone
	Secret      Nature = "secret"      // the digest of a key: nobody receives it
	Technical   Nature = "technical"   // makes the program work
)

// natures lists them in the order of the register.
var natures = []Nature{Identifying, Words, Trace, Linked, Secret, Technical}

// Erasure says what becomes of the rows of a person who is erased.
type Erasure string

// The fates of a row.
const (
	Deletes Erasure = "delete" // the row goes
	Empties Erasure = "empty"  // the row stays, for the figures; the columns of Empty are emptied
	Keeps   Erasure = "keep"   // the row stays as it is, but for the name, for the reason that Why gives
)

// Activity is one processing of the register (GDPR, article 30).
type Activity string

// The processings, in the order of the register.
const (
	Accounts Activity = "accounts" // who people are and how they sign in
	Calls    Activity = "calls"    // programmes, calls, questions and answers
	Files    Activity = "files"    // files, from the draft to the verdict
	Mails    Activity = "mails"    // what people are told
	Audit    Activity = "audit"    // the journal and the safety of the install
	Rights   Activity = "rights"   // what people ask under the GDPR
)

// Activities lists the processings.
var Activities = []Activity{Accounts, Calls, Files, Mails, Audit, Rights}

// Table is what the map says of one table. Columns are named by nature, separated by
// spaces. A new table is one new entry; a test refuses a column that no entry names.
//
// Conditions are SQL in which $1 is the person, and {id}, {actor}, {files},
// {circle} and {now} stand for what expand writes.
type Table struct {
	Name     string
	Activity Activity // "" when nothing in it is about a person
	Rule     string   // what says how long it is kept, one of Rules

	Identifying, Words, Trace, Linked, Secret, Technical string

	Rows    string // the rows that the archive of a person holds; "" for none
	Leaves  string // where in the archive: "account/addresses"
	Hidden  string // columns of those rows that are about somebody else
	Erased  string // the rows that erasure changes; Rows when empty
	Erasure Erasure
	Empty   string // columns that are emptied
	Near    string // rows around a person, in which her name is hidden wherever it stands
	Key     string // the columns of the primary key; "id" when empty
	Why     string // message key: why what is kept is kept
}

// words cuts a list of columns.
func words(list string) []string { return strings.Fields(list) }

// columns lists every column with its nature.
func (t Table) columns() map[string]Nature {
	all := map[string]Nature{}
	for nature, list := range map[Nature]string{Identifying: t.Identifying, Words: t.Words, Trace: t.Trace, Linked: t.Linked, Secret: t.Secret, Technical: t.Technical} {
		for _, name := range words(list) {
			all[name] = nature
		}
	}
	return all
}

// Natures says which natures of personal data the table holds, in order.
func (t Table) Natures() (list []Nature) {
	held := t.columns()
	for _, n := range natures {
		if n == Technical || n == Secret {
			continue
		}
		for _, of := range held {
			if of == n {
				list = append(list, n)
				break
			}
		}
	}
	return list
}

// leaving lists the columns that the archive holds, in the order of the map.
func (t Table) leaving() (list []string) {
	hidden := words(t.Hidden)
	for _, name := range slices.Concat(words(t.Identifying), words(t.Words), words(t.Trace), words(t.Linked), words(t.Technical)) {
		if !slices.Contains(hidden, name) {
			list = append(list, name)
		}
	}
	return list
}

// masked lists the columns in which a name may stand and is hidden.
func (t Table) masked() []string {
	return slices.Concat(words(t.Identifying), words(t.Words))
}

// erasedRows is the condition of the rows that erasure changes.
func (t Table) erasedRows() string {
	if t.Erased != "" {
		return t.Erased
	}
	return t.Rows
}

// expand writes a condition out: who the person is under every identifier she had,
// how the journal names her, the files whose team she is in, those she ever was in.
func expand(condition string, now time.Time) string {
	const ids = `(select id from people where id = $1 or merged_into = $1)`
	const actors = `(select 'person:' || id from people where id = $1 or merged_into = $1)`
	const circle = `select object_id from relations where subject_kind = 'person' and object_kind = 'application' and subject_id in ` + ids
	at := "'" + now.UTC().Format("2006-01-02 15:04:05.000000+00:00") + "'"
	return strings.NewReplacer(
		"{id}", ids, "{actor}", actors, "{now}", at,
		"{files}", "("+circle+" and revoked_at is null and valid_from <= "+at+" and (valid_until is null or valid_until > "+at+"))",
		"{circle}", "("+circle+")",
	).Replace(condition)
}

// Map is the data map: every table of the migrations.
var Map = slices.Concat(peopleTables, callTables, fileTables, selectionTables, assignmentTables, reviewTables, opinionTables, deliberationTables, decisionTables, gatheringTables, rightTables, kitTables, boardTables, agendaTables, venueTables, connectionTables, returnedTables, mailTables, platformTables, schemeTables, bookingTables,
	roadmapTables, synthesisTables, reportTables, showcaseTables, harvestTables, outcomeTables, factoryTables, visitTables)

// tableOf finds the entry of a table.
func tableOf(name string) (Table, bool) {
	i := slices.IndexFunc(Map, func(t Table) bool { return t.Name == name })
	if i < 0 {
		return Table{}, false
	}
	return Map[i], true
}

// Of lists the tables of a processing.
func Of(a Activity) (list []Table) {
	for _, t := range Map {
		if t.Activity == a {
			list = append(list, t)
		}
	}
	return list
}
