// Package veil is what a reader who may not know who bears a project does not see of its file: whole answers, and words wherever they stand.
package veil

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/form"
	"transformateur/internal/platform/db"
)

// Masked stands in the place of words that are hidden; its length tells nothing of theirs.
const Masked = "█████"

// Veil is what is hidden of one file. The zero Veil hides what every veiled reader is
// refused: the questions whose answers say who bears the project.
type Veil struct {
	fields   []string
	passages []*regexp.Regexp
}

// identityTypes are the questions whose answers say who bears a project, besides contacts.
var identityTypes = []string{"organisation", "address", "team", "contact", "email", "phone", "iban"}

// Redaction is something hidden by hand: of one file, or of all those of a selection when
// File is "". Without a passage, the whole answer to Field is hidden; with one, those words
// are hidden wherever they stand, the title included.
type Redaction struct {
	ID      string
	File    string
	Field   string
	Passage string
}

// Redactions lists what was hidden by hand in a selection, without asking who wants to know.
func Redactions(ctx context.Context, r db.Reader, selection string) ([]Redaction, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (x Redaction, err error) {
		err = sc.Scan(&x.ID, &x.File, &x.Field, &x.Passage)
		return x, err
	}, `select id, coalesce(application_id, ''), field, passage from redactions where selection_id = $1 and lifted_at is null order by added_at, id`, selection)
	if err != nil {
		return nil, fmt.Errorf("read what is hidden of the files of %s: %w", selection, err)
	}
	return list, nil
}

// Of gives the veils of files that stand in a selection, by file, without asking who wants
// to know: for whoever shows something of a file to a veiled reader.
func Of(ctx context.Context, r db.Reader, selection string, files ...string) (map[string]Veil, error) {
	out := map[string]Veil{}
	if selection == "" {
		return out, nil
	}
	rows, err := Redactions(ctx, r, selection)
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		var v Veil
		for _, x := range rows {
			switch {
			case x.File != "" && x.File != file:
			case x.Passage == "":
				v.fields = append(v.fields, x.Field)
			default:
				v.passages = append(v.passages, passage(x.Passage))
			}
		}
		out[file] = v
	}
	return out, nil
}

// passage finds words whatever their case, and whatever spaces stand between them.
func passage(words string) *regexp.Regexp {
	parts := strings.Fields(words)
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile(`(?i)` + strings.Join(parts, `\s+`))
}

// Text hides the words that are not to be read.
func (v Veil) Text(s string) string {
	for _, p := range v.passages {
		s = p.ReplaceAllString(s, Masked)
	}
	return s
}

// Hides says whether the whole answer to a question is hidden.
func (v Veil) Hides(f *form.Field) bool {
	return slices.Contains(identityTypes, f.Type) || slices.Contains(v.fields, f.ID)
}

// Answer hides words wherever a text stands in an answer. An answer that points at
// something else (an option, a file, a day) is left as it is.
func (v Veil) Answer(f *form.Field, value any) any {
	switch f.Type {
	case "scale", "choice", "choices", "linked", "ranking", "file", "date", "period":
		if !f.Settings.Other {
			return value
		}
	}
	return v.value(value)
}

func (v Veil) value(x any) any {
	switch x := x.(type) {
	case string:
		return v.Text(x)
	case []any:
		out := make([]any, len(x))
		for i := range x {
			out[i] = v.value(x[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(x))
		for k := range x {
			out[k] = v.value(x[k])
		}
		return out
	}
	return x
}

// Name is what an attachment is called where its own name, which often is somebody's, is hidden.
func Name(field string, n int, name string) string {
	return field + "-" + strconv.Itoa(n) + strings.ToLower(path.Ext(name))
}
