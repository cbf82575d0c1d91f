package comparison

import (
	"context"
	"fmt"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/application/veil"
	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Pitch is what is shown of a file: a title and some answers, as they were deposited.
type Pitch struct {
	File  application.ID
	Title string
	Parts []Part
	Whole bool // the whole file may be opened
}

// Part is an answer of a pitch.
type Part struct {
	Label form.Localised
	Text  string
}

// textual are the questions whose answers can be shown in a pitch: those that are read as
// they stand, and say neither who bears a project nor how to reach it.
var textual = []string{"longtext", "text"}

// questions lists the questions of a form that a pitch may show, long texts first.
func questions(f *form.Form) (list []*form.Field) {
	for _, kind := range textual {
		for _, field := range f.Fields() {
			if field.Type == kind {
				list = append(list, field)
			}
		}
	}
	return list
}

// pitch reads a file for a member who compares it. Error: NotFound to whom it is closed.
func (s *Service) pitch(ctx context.Context, r db.Reader, by account.User, sel committee.Selection, round Round, id application.ID) (p Pitch, err error) {
	a, err := application.Load(ctx, r, id)
	if err != nil {
		return p, err
	}
	may, err := s.policy.Decisions(ctx, r, by, a.Object(sel.Call, s.clock.Now()), "application.compare", "application.read")
	if err != nil {
		return p, err
	}
	if !may["application.compare"].Allowed {
		return p, errs.New(errs.NotFound, "errs.not_found")
	}
	p.File, p.Whole = id, may["application.read"].Allowed
	var content string
	var revision int
	if err := r.QueryRow(ctx, `select form_revision, title, content from submissions where application_id = $1 order by seq desc limit 1`, string(id)).Scan(&revision, &p.Title, &content); err != nil {
		return p, fmt.Errorf("read what was deposited of %s: %w", id, err)
	}
	compiled, err := s.calls.Form(ctx, r, sel.Call.ID, revision)
	if err != nil {
		return p, err
	}
	answers, err := form.ParseAnswers([]byte(content))
	if err != nil {
		return p, fmt.Errorf("read the answers of %s: %w", id, err)
	}
	hidden := veil.Veil{}
	named := may["application.compare"].Sees("identity")
	if !named {
		veils, err := veil.Of(ctx, r, string(sel.ID), string(id))
		if err != nil {
			return p, err
		}
		hidden = veils[string(id)]
		p.Title = hidden.Text(p.Title)
	}
	for _, name := range round.Fields {
		field := compiled.Form.Field(name)
		if field == nil || !slices.Contains(textual, field.Type) || !named && hidden.Hides(field) {
			continue
		}
		text, _ := answers[name].(string)
		if !named {
			text = hidden.Text(text)
		}
		if text != "" {
			p.Parts = append(p.Parts, Part{field.Label, text})
		}
	}
	return p, nil
}

// titles are those of the files of a selection as they were deposited, as who compares them
// reads them: what was hidden by hand is hidden in those of a veiled selection.
func titles(ctx context.Context, r db.Reader, id committee.SelectionID) (map[application.ID]string, error) {
	type row struct {
		file   application.ID
		title  string
		veiled bool
	}
	list, err := db.List(ctx, r, func(sc db.Scanner) (x row, err error) {
		err = sc.Scan(&x.file, &x.title, &x.veiled)
		return x, err
	}, `select a.id, s.title, a.veiled from applications a join submissions s on s.application_id = a.id
		where a.selection_id = $1 and s.seq = (select max(x.seq) from submissions x where x.application_id = a.id)`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the titles of %s: %w", id, err)
	}
	out, veiled := map[application.ID]string{}, []string{}
	for _, x := range list {
		if out[x.file] = x.title; x.veiled {
			veiled = append(veiled, string(x.file))
		}
	}
	if len(veiled) == 0 {
		return out, nil
	}
	veils, err := veil.Of(ctx, r, string(id), veiled...)
	for _, file := range veiled {
		out[application.ID(file)] = veils[file].Text(out[application.ID(file)])
	}
	return out, err
}
