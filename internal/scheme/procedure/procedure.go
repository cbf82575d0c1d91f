// Package procedure knows the form of a procedure that is asked for on a site of Démarches simplifiées, and makes the link that opens it already filled.
package procedure

import (
	"encoding/json"
	"io"
	"net/url"
	"slices"
	"strings"

	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
)

// The bounds of a form that is read.
const (
	MaxBytes   = 4 << 20
	MaxFields  = 500
	MaxOptions = 500
	MaxLabel   = 500
)

// MaxLink is how long the link of a filled form may be, in characters: servers and mail
// programmes cut longer ones (RFC 9110, section 4.1, asks for 8,000; the documentation of
// Démarches simplifiées says 2,000).
const MaxLink = 2000

// Kind is how a field is answered.
type Kind string

// The kinds that can be filled; any other kind of a procedure is left to who fills it.
const (
	Line       Kind = "line"
	Text       Kind = "text"
	Integer    Kind = "integer"
	Decimal    Kind = "decimal"
	Day        Kind = "day"
	Yes        Kind = "yes" // yes or no, or a box to tick
	Choice     Kind = "choice"
	SIRET      Kind = "siret"
	Department Kind = "department"
	Region     Kind = "region"
)

// kinds are the types of fields as the public schema of a procedure names them.
var kinds = map[string]Kind{"Text": Line, "Textarea": Text, "IntegerNumber": Integer, "DecimalNumber": Decimal, "Date": Day, "YesNo": Yes, "Checkbox": Yes,
	"DropDownList": Choice, "Siret": SIRET, "Departement": Department, "Region": Region,
	"text": Line, "textarea": Text, "integer_number": Integer, "decimal_number": Decimal, "date": Day, "yes_no": Yes, "checkbox": Yes,
	"drop_down_list": Choice, "siret": SIRET, "departements": Department, "regions": Region}

// Field is a question of the form that can be filled.
type Field struct {
	ID       string   `json:"id"` // as the link names it, without "champ_"
	Label    string   `json:"label"`
	Kind     Kind     `json:"kind"`
	Required bool     `json:"required,omitempty"`
	Options  []string `json:"options,omitempty"`
}

// Form is what is known of a procedure.
type Form struct {
	Number int64   `json:"number"`
	Title  string  `json:"title"`
	Fields []Field `json:"fields"`
	Others int     `json:"others,omitempty"` // questions that a link cannot fill
}

// told is the schema of a procedure, as its address "/preremplir/…/schema" gives it.
type told struct {
	Number   int64  `json:"number"`
	Title    string `json:"title"`
	Revision struct {
		Fields []toldField `json:"champDescriptors"`
	} `json:"revision"`
}

type toldField struct {
	ID       string   `json:"id"`
	TypeName string   `json:"__typename"`
	Type     string   `json:"type"`
	Label    string   `json:"label"`
	Required bool     `json:"required"`
	Options  []string `json:"options"`
}

// silent are the parts of a form that ask nothing.
var silent = []string{"HeaderSection", "Explication", "header_section", "explication"}

// Read understands the schema of a procedure. Errors: Invalid procedure.too_big,
// procedure.unreadable, procedure.not_schema, procedure.fields_many.
func Read(r io.Reader) (Form, error) {
	content, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return Form{}, errs.New(errs.Invalid, "procedure.unreadable").Because(err)
	}
	if len(content) > MaxBytes {
		return Form{}, errs.New(errs.Invalid, "procedure.too_big", MaxBytes>>20)
	}
	var t told
	if err := json.Unmarshal(content, &t); err != nil {
		return Form{}, errs.New(errs.Invalid, "procedure.unreadable").Because(err)
	}
	f := Form{Number: t.Number, Title: line(t.Title)}
	if f.Number <= 0 || f.Title == "" || len(t.Revision.Fields) == 0 {
		return Form{}, errs.New(errs.Invalid, "procedure.not_schema")
	}
	if len(t.Revision.Fields) > MaxFields {
		return Form{}, errs.New(errs.Invalid, "procedure.fields_many", MaxFields)
	}
	seen := map[string]bool{}
	for _, one := range t.Revision.Fields {
		name := strings.TrimSuffix(one.TypeName, "ChampDescriptor")
		if name == "" {
			name = one.Type
		}
		field := Field{ID: one.ID, Label: line(one.Label), Kind: kinds[name], Required: one.Required}
		switch {
		case slices.Contains(silent, name):
		case field.Kind == "" || field.Label == "" || !named(one.ID) || seen[one.ID]:
			f.Others++
		default:
			for _, o := range one.Options[:min(len(one.Options), MaxOptions)] {
				field.Options = append(field.Options, line(o))
			}
			seen[one.ID] = true
			f.Fields = append(f.Fields, field)
		}
	}
	return f, nil
}

// line is a text of one line, bounded.
func line(s string) string {
	s = strings.Join(strings.Fields(text.Clean(s)), " ")
	if r := []rune(s); len(r) > MaxLabel {
		return string(r[:MaxLabel-1]) + "…"
	}
	return s
}

// named says whether an identifier is one that a link can hold: letters, figures and what
// base 64 uses besides.
func named(id string) bool {
	return id != "" && len(id) <= 100 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=-_") == ""
}

// Address tidies the address at which people begin a procedure, such as
// "https://www.demarches-simplifiees.fr/commencer/fact". False if it is none.
func Address(typed string) (string, bool) {
	u, err := url.Parse(strings.TrimSpace(typed))
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return "", false
	}
	path, slug, found := strings.Cut(strings.TrimSuffix(u.Path, "/"), "/commencer/")
	if !found || path != "" || slug == "" || strings.Contains(slug, "/") {
		return "", false
	}
	return "https://" + u.Host + "/commencer/" + url.PathEscape(slug), true
}

// SchemaAddress is where the schema of the procedure begun at an address is read.
func SchemaAddress(address string) string {
	return strings.Replace(address, "/commencer/", "/preremplir/", 1) + "/schema"
}
