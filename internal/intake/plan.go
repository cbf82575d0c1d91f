package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
)

func errorAs(err error, into **errs.Error) bool { return errors.As(err, into) }

// Target is something that a column can become.
type Target struct {
	Key   string
	Label form.Localised // of a question; empty for the targets that are not
	field *form.Field
}

// Offered lists what columns can become: the targets that are not questions, then the
// parts of each question whose answer a cell can hold.
func Offered(f *form.Form) []Target {
	var out []Target
	for _, key := range Targets {
		out = append(out, Target{Key: key})
	}
	for _, field := range f.Fields() {
		if field.Type == "file" {
			continue
		}
		fr, en := field.Headers("fr"), field.Headers("en")
		for i := range fr {
			if field.Type == "budget" && i < 4 { // totals follow from the lines
				continue
			}
			out = append(out, Target{"f." + fr[i].Key, form.Localised{"fr": fr[i].Label, "en": en[i].Label}, field})
		}
	}
	return out
}

// OfferedBlocks lists the questions that a sheet of repeated rows can answer.
func OfferedBlocks(f *form.Form) []Target {
	var out []Target
	for _, field := range f.Fields() {
		if repeated(field) {
			out = append(out, Target{"f." + field.ID, field.Label, field})
		}
	}
	return out
}

func repeated(f *form.Field) bool { return f.Type == "budget" || len(f.Columns()) > 0 }

// usual are the targets of columns that are called the same everywhere.
var usual = map[string]string{"id": ToNumber, "numero de dossier": ToNumber, "n° dossier": ToNumber, "numero": ToNumber, "email": ToEmail, "adresse electronique": ToEmail, "courriel": ToEmail,
	"depose le": ToDeposited, "date de depot": ToDeposited, "nom du projet": ToTitle, "titre du projet": ToTitle, "intitule du projet": ToTitle, "titre": ToTitle}

// ofOrganisation are the columns of Démarches simplifiées that tell who applies.
var ofOrganisation = map[string]string{"etablissement siret": "id", "siret": "id", "entreprise raison sociale": "name"}

// remembered is what columns became at the last import of a source, by folded head.
func (s *Service) remembered(ctx context.Context, r db.Reader, of call.ID, source Source) (map[string]string, error) {
	content, err := db.Get(ctx, r, db.Value[string], `select mapping from import_mappings where call_id = $1 and source = $2`, string(of), string(source))
	if errs.Is(err, errs.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("recall the columns of %s: %w", source, err)
	}
	out := map[string]string{}
	return out, json.Unmarshal([]byte(content), &out)
}

// candidate is a column that could become a target.
type candidate struct {
	column int
	target string
	score  float64
}

// leastScore is the likeness under which nothing is proposed.
const leastScore = 0.6

// propose says what each column likely becomes; a target is given once.
func (s *Service) propose(f *form.Form, i Import, rows []Line, remembered map[string]string) Plan {
	plan := Plan{Columns: make([]string, len(i.Heads.Columns)), Blocks: make([]string, len(i.Heads.Blocks))}
	offered := Offered(f)
	var all []candidate
	for column, head := range i.Heads.Columns {
		was, decided := remembered[text.Fold(head)]
		for _, t := range offered {
			score := s.likeness(i.Source, head, t)
			switch {
			case decided && was == t.Key:
				score = 3
			case decided:
				score = 0
			case score >= leastScore && t.field != nil:
				score -= s.misfit(f, i, t, column, rows)
			}
			if score >= leastScore {
				all = append(all, candidate{column, t.Key, score})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return a.column - b.column
	})
	given := map[string]bool{}
	for _, c := range all {
		if plan.Columns[c.column] == "" && !given[c.target] {
			plan.Columns[c.column], given[c.target] = c.target, true
		}
	}
	for k, block := range i.Heads.Blocks {
		best := 0.5
		for _, t := range OfferedBlocks(f) {
			if score := alike(block.Sheet, t.Label); score > best && !given[t.Key+".rows"] {
				plan.Blocks[k], best = t.Key, score
			}
		}
		for column, key := range plan.Columns { // the sheet says more than the column
			if plan.Blocks[k] != "" && strings.HasPrefix(key, plan.Blocks[k]+".") {
				plan.Columns[column] = ""
			}
		}
	}
	return plan
}

// likeness is how much the head of a column says what a target is, 0 to 2.
func (s *Service) likeness(source Source, head string, t Target) float64 {
	folded := text.Fold(head)
	own := map[string][]string{ToNumber: s.Words.Number, ToTitle: s.Words.Title, ToEmail: s.Words.Email, ToDeposited: s.Words.Deposited}
	if t.field == nil {
		switch {
		case in(own[t.Key], head):
			return 2
		case usual[folded] == t.Key:
			return 1.5
		}
		return 0
	}
	if part := ofOrganisation[folded]; source == Demarches && t.field.Type == "organisation" && part != "" && strings.HasSuffix(t.Key, "."+part) {
		return 0.9
	}
	if t.field.Type == "territory" {
		for _, suffix := range []string{" (code insee)", " (code)"} {
			if base, ok := strings.CutSuffix(folded, suffix); ok && alike(base, t.Label) == 1 {
				return 1.1
			}
		}
	}
	return alike(head, t.Label)
}

// small are words that say nothing of a question.
var small = []string{"de", "du", "des", "la", "le", "les", "l", "d", "un", "une", "et", "a", "au", "aux", "en", "votre", "vos", "the", "of", "and", "your"}

// alike compares two labels: 1 when they are the same, else the share of words that
// both hold (Dice's coefficient).
func alike(a string, label form.Localised) (best float64) {
	words := func(s string) []string {
		return slices.DeleteFunc(text.Words(s), func(w string) bool { return slices.Contains(small, w) })
	}
	mine := words(a)
	for _, b := range label {
		if b == "" {
			continue
		}
		if same(a, b) {
			return 1
		}
		theirs, both := words(b), 0
		for _, w := range theirs {
			if slices.Contains(mine, w) {
				both++
			}
		}
		if n := len(mine) + len(theirs); n > 0 {
			best = max(best, min(0.95, 2*float64(both)/float64(n)))
		}
	}
	return best
}

// misfit is what a likeness loses when the cells of the column cannot answer the
// question: all the first ones are wrong for its type.
func (s *Service) misfit(f *form.Form, i Import, t Target, column int, rows []Line) float64 {
	if !slices.Contains([]string{"number", "money", "percent", "date", "email", "yesno"}, t.field.Type) {
		return 0
	}
	alone := &form.Form{Version: form.Version, Steps: []form.Step{{ID: "s", Title: form.Localised{"fr": "s"}, Fields: []form.Field{{ID: t.field.ID, Type: t.field.Type, Label: t.field.Label, Settings: t.field.Settings}}}}}
	compiled, err := alone.Compile()
	if err != nil {
		return 0
	}
	r, seen, wrong := s.reader(i), 0, 0
	for _, row := range rows[:min(len(rows), 50)] {
		if row.cells[column] == "" || seen == 5 {
			continue
		}
		seen++
		value, bad := r.answer(t.field, map[string]string{"": row.cells[column]})
		if len(bad) > 0 || len(compiled.Missing(form.Answers{t.field.ID: value}, form.Env{Now: s.Clock.Now()})) > 0 {
			wrong++
		}
	}
	if seen > 0 && wrong == seen {
		return 0.4
	}
	return 0
}

func (s *Service) reader(i Import) reader { return reader{s.Words, i.Heads.Lang, checks{s.Checks}} }

// Plan changes what becomes of the columns of an import, and the choices of who
// imports. It is remembered for the next import of the same source into the call.
//
// Errors: Conflict "intake.not_mapping"; Invalid on "c.N" and "b.N" ("intake.target_unknown", "intake.target_twice").
func (s *Service) Plan(ctx context.Context, by account.User, of call.ID, id string, plan Plan, options Options) error {
	f, err := s.Form(ctx, by, of)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		i, err := load(ctx, tx, of, id)
		if err != nil {
			return err
		}
		if err := plan.check(f.Form, i.Heads); err != nil {
			return err
		}
		i.Mapping, i.Options = plan, options
		n, err := tx.Exec(ctx, `update imports set mapping = $2, options = $3, version = version + 1 where id = $1 and status = 'mapping'`, id, asJSON(plan), asJSON(options))
		if err != nil {
			return fmt.Errorf("map import %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "intake.not_mapping")
		}
		decided := map[string]string{}
		for k, head := range i.Heads.Columns {
			decided[text.Fold(head)] = plan.Columns[k]
		}
		_, err = tx.Exec(ctx, `
			insert into import_mappings (call_id, source, mapping, saved_by, saved_at) values ($1, $2, $3, $4, $5)
			on conflict (call_id, source) do update set mapping = excluded.mapping, saved_by = excluded.saved_by, saved_at = excluded.saved_at`,
			string(of), string(i.Source), asJSON(decided), by.Actor(), s.Clock.Now())
		if err != nil {
			return fmt.Errorf("remember the columns of import %s: %w", id, err)
		}
		return s.note(ctx, tx, by, "call.import_mapped", i, nil)
	})
}

// check refuses targets that are not offered, or given twice.
func (p Plan) check(f *form.Form, heads Heads) error {
	var bad []errs.Field
	look := func(prefix string, keys []string, offered []Target, want int) {
		given := map[string]bool{}
		for i, key := range keys {
			path := fmt.Sprintf("%s.%d", prefix, i)
			switch {
			case key == "":
			case !slices.ContainsFunc(offered, func(t Target) bool { return t.Key == key }):
				bad = append(bad, errs.Field{Path: path, Key: "intake.target_unknown"})
			case given[key]:
				bad = append(bad, errs.Field{Path: path, Key: "intake.target_twice"})
			}
			given[key] = true
		}
		if len(keys) != want {
			bad = append(bad, errs.Field{Path: prefix + ".0", Key: "intake.target_unknown"})
		}
	}
	look("c", p.Columns, Offered(f), len(heads.Columns))
	look("b", p.Blocks, OfferedBlocks(f), len(heads.Blocks))
	return errs.NewInvalid("errs.invalid", bad)
}
