package application

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
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// Veiling is what a reader who may not know who bears a project does not see: whole
// answers, and words wherever they stand.
type Veiling struct {
	fields   []string
	passages []*regexp.Regexp
}

// Masked stands in the place of words that are hidden; its length tells nothing of theirs.
const Masked = "█████"

// identityTypes are the questions whose answers say who bears a project, besides contacts.
var identityTypes = []string{"organisation", "address", "team"}

// loadVeiling reads what was redacted of a file by hand.
func loadVeiling(ctx context.Context, r db.Reader, a Application) (Veiling, error) {
	all, err := Veilings(ctx, r, a)
	return all[a.ID], err
}

// Veilings reads what was redacted by hand of files that stand in one selection, by file,
// without asking who wants to know: for capabilities that show titles to veiled readers.
func Veilings(ctx context.Context, r db.Reader, list ...Application) (map[ID]Veiling, error) {
	out := map[ID]Veiling{}
	if len(list) == 0 || list[0].Selection == "" {
		return out, nil
	}
	type row struct{ file, field, passage string }
	rows, err := db.List(ctx, r, func(sc db.Scanner) (x row, err error) {
		err = sc.Scan(&x.file, &x.field, &x.passage)
		return x, err
	}, `select coalesce(application_id, ''), field, passage from redactions where selection_id = $1 and lifted_at is null order by added_at, id`, list[0].Selection)
	if err != nil {
		return nil, fmt.Errorf("read what is hidden of the files of %s: %w", list[0].Selection, err)
	}
	for _, a := range list {
		var v Veiling
		for _, x := range rows {
			switch {
			case x.file != "" && x.file != string(a.ID):
			case x.passage == "":
				v.fields = append(v.fields, x.field)
			default:
				v.passages = append(v.passages, passage(x.passage))
			}
		}
		out[a.ID] = v
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
func (v Veiling) Text(s string) string {
	for _, p := range v.passages {
		s = p.ReplaceAllString(s, Masked)
	}
	return s
}

// value hides words wherever a text stands in an answer. What points at something
// else (an option, a file) is never made of those words, or is of no use without them.
func (v Veiling) value(x any) any {
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

// written are the kinds of questions that are answered in words: only they are searched.
func written(f *form.Field) bool {
	switch f.Type {
	case "scale", "choice", "choices", "linked", "ranking", "file", "date", "period", "yesno", "consent":
		return f.Settings.Other
	}
	return true
}

// veiled says whether the reader is not to know who bears the project.
func (f File) veiled() bool { return !f.May["application.read"].Sees("identity") }

// veil takes out of a deposit what a veiled reader may not see.
func (s *Service) veil(ctx context.Context, r db.Reader, d *Deposit) error {
	if !d.veiled() {
		return nil
	}
	v, err := loadVeiling(ctx, r, d.Application)
	if err != nil {
		return err
	}
	d.SubmittedName = ""
	d.Title = v.Text(d.Title)
	for _, field := range d.Form.Form.Fields() {
		if slices.Contains(identityTypes, field.Type) || slices.Contains(v.fields, field.ID) {
			if !slices.Contains(d.Hidden, field.ID) {
				d.Hidden = append(d.Hidden, field.ID)
			}
			delete(d.Answers, field.ID)
			continue
		}
		if a, answered := d.Answers[field.ID]; answered && len(v.passages) > 0 && written(field) {
			a.Value = v.value(a.Value)
			d.Answers[field.ID] = a
		}
	}
	seen := map[string]int{}
	d.Files = slices.DeleteFunc(slices.Clone(d.Files), func(a Attachment) bool { return slices.Contains(d.Hidden, a.Field) })
	for i := range d.Files { // a name of a file often is somebody's
		a := &d.Files[i]
		seen[a.Field]++
		a.Name = a.Field + "-" + strconv.Itoa(seen[a.Field]) + strings.ToLower(path.Ext(a.Name))
		a.UploadedBy = ""
	}
	return nil
}

// Redaction is something that veiled readers do not see: of one file, or of all those of
// a selection when File is "". Without a passage, the whole answer to Field is hidden;
// with one, those words are hidden wherever they stand, the title included.
type Redaction struct {
	ID      string
	File    ID
	Field   string
	Passage string
}

// Redactions lists what is hidden in a selection, without asking who wants to know.
func Redactions(ctx context.Context, r db.Reader, selection string) ([]Redaction, error) {
	return db.List(ctx, r, func(sc db.Scanner) (x Redaction, err error) {
		err = sc.Scan(&x.ID, &x.File, &x.Field, &x.Passage)
		return x, err
	}, `select id, coalesce(application_id, ''), field, passage from redactions where selection_id = $1 and lifted_at is null order by added_at, id`, selection)
}

// sealedReceipt refuses a receipt, which names who deposited, to a reader who may not know.
func (f File) sealedReceipt() error {
	if f.veiled() {
		return errs.New(errs.Conflict, "application.receipt_veiled")
	}
	return nil
}

// PolicyColumns maps the policy's questions about files to a query in which "a" is the
// table of files, "c" that of calls, "e" that of editions and "p" that of programmes. now is
// the placeholder of the instant.
func PolicyColumns(now string) policy.Columns { return listColumns(now) }

// Load reads a file without asking who wants it: for capabilities that ask the policy
// about it. Error: NotFound.
func Load(ctx context.Context, r db.Reader, id ID) (Application, error) { return get(ctx, r, id) }
