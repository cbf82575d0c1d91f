package portfolio

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"transformateur/internal/application"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
)

// among writes the list of files of a query, from $1.
func among(files []File) (string, []any) {
	var args []any
	var marks []string
	for i, one := range files {
		args, marks = append(args, string(one.ID)), append(marks, fmt.Sprintf("$%d", i+1))
	}
	return " (" + strings.Join(marks, ", ") + ") ", args
}

// chosen reads what files answered to the questions of choice: by question, by answer.
func chosen(ctx context.Context, r db.Reader, files []File) (map[string]map[string][]application.ID, error) {
	type row struct {
		field, value string
		id           application.ID
	}
	list, args := among(files)
	rows, err := db.List(ctx, r, func(sc db.Scanner) (x row, err error) {
		err = sc.Scan(&x.field, &x.value, &x.id)
		return x, err
	}, `select field, value, application_id from application_facets where application_id in`+list+`order by field, value, application_id`, args...)
	if err != nil {
		return nil, fmt.Errorf("read the answers of files: %w", err)
	}
	out := map[string]map[string][]application.ID{}
	for _, x := range rows {
		if out[x.field] == nil {
			out[x.field] = map[string][]application.ID{}
		}
		out[x.field][x.value] = append(out[x.field][x.value], x.id)
	}
	return out, nil
}

// deposited reads the answers of files as they were last deposited.
func deposited(ctx context.Context, r db.Reader, files []File) (map[application.ID]form.Answers, error) {
	type row struct {
		id      application.ID
		content string
	}
	list, args := among(files)
	rows, err := db.List(ctx, r, func(sc db.Scanner) (x row, err error) {
		err = sc.Scan(&x.id, &x.content)
		return x, err
	}, `select s.application_id, s.content from submissions s where s.application_id in`+list+`and s.seq = (select max(l.seq) from submissions l where l.application_id = s.application_id)`, args...)
	if err != nil {
		return nil, fmt.Errorf("read what files deposited: %w", err)
	}
	out := map[application.ID]form.Answers{}
	for _, x := range rows {
		if out[x.id], err = form.ParseAnswers([]byte(x.content)); err != nil {
			return nil, fmt.Errorf("read what %s deposited: %w", x.id, err)
		}
	}
	return out, nil
}

// options lists those of a question, the inner ones after the one that holds them.
func options(list []form.Option) (all []form.Option) {
	for _, o := range list {
		all = append(append(all, o), options(o.Options)...)
	}
	return all
}

// inOrder puts answers in the order of the question's options, others after them.
func inOrder(field *form.Field, values []string) []string {
	place := map[string]int{}
	for i, o := range options(field.Settings.Options) {
		place[o.ID] = i - len(options(field.Settings.Options))
	}
	slices.SortStableFunc(values, func(a, b string) int { return place[a] - place[b] })
	return values
}

// label names an answer in a language.
func label(field *form.Field, value string, s Speech) string {
	for _, o := range options(field.Settings.Options) {
		if o.ID == value {
			return o.Label.In(s.Lang)
		}
	}
	if kind, code, cut := strings.Cut(value, ":"); cut && field.Type == "territory" {
		if name, known := s.Territory(kind, code); known {
			return name
		}
	}
	return value
}

// said is the message key of a yes or of a no, "" for any other answer.
func said(field *form.Field, value string) string {
	switch {
	case field.Type != "yesno":
		return ""
	case value == "true":
		return "form.yes"
	}
	return "form.no"
}
