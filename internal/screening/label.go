package screening

import (
	"context"
	"fmt"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
)

// Label is a word that the programme's team puts on files, for itself only.
type Label struct {
	ID     string
	Name   string
	Colour string // one of Colours
}

// Colours are the names of the palette's colours for labels.
var Colours = []string{"grey", "blue", "green", "amber", "red", "violet"}

// Labels lists the labels of a call.
func (s *Service) Labels(ctx context.Context, by account.User, id call.ID) ([]Label, error) {
	if _, err := s.callFor(ctx, by, "call.files", id); err != nil {
		return nil, err
	}
	return db.List(ctx, s.db.Reader(), func(sc db.Scanner) (l Label, err error) {
		err = sc.Scan(&l.ID, &l.Name, &l.Colour)
		return l, err
	}, `select id, name, colour from labels where call_id = $1 order by name, id`, string(id))
}

// AddLabel makes a label; its name is unique in the call.
func (s *Service) AddLabel(ctx context.Context, by account.User, id call.ID, name, colour string) (Label, error) {
	if _, err := s.callFor(ctx, by, "call.files", id); err != nil {
		return Label{}, err
	}
	l := Label{ID: db.NewID(), Name: strings.TrimSpace(text.Clean(name)), Colour: colour}
	var bad []errs.Field
	if l.Name == "" || len([]rune(l.Name)) > 40 {
		bad = append(bad, errs.Field{Path: "name", Key: "application.label_name"})
	}
	known := false
	for _, c := range Colours {
		known = known || c == colour
	}
	if !known {
		bad = append(bad, errs.Field{Path: "colour", Key: "application.label_colour"})
	}
	if err := errs.NewInvalid("application.invalid", bad); err != nil {
		return l, err
	}
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `insert into labels (id, call_id, name, colour) values ($1, $2, $3, $4)`, l.ID, string(id), l.Name, l.Colour); err != nil {
			return err
		}
		return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: "call.label_added", Kind: "call", ID: string(id), Detail: map[string]any{"label": l.ID}})
	})
	if db.Taken(err) {
		err = errs.NewInvalid("application.invalid", []errs.Field{{Path: "name", Key: "application.label_taken"}})
	}
	return l, err
}

// Tag puts a label on several files, or takes it off: all of them, or none when
// one may not be labelled by her.
func (s *Service) Tag(ctx context.Context, by account.User, label string, on bool, files ...application.ID) error {
	if err := s.permitted(ctx, by, "application.label", files); err != nil {
		return err
	}
	now := s.clock.Now()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		for _, id := range files {
			query := `delete from application_labels where application_id = $1 and label_id = $2`
			if on {
				query = `insert into application_labels (application_id, label_id)
					select a.id, l.id from applications a join labels l on l.call_id = a.call_id where a.id = $1 and l.id = $2
					on conflict do nothing`
			}
			n, err := tx.Exec(ctx, query, string(id), label)
			if err != nil {
				return fmt.Errorf("label %s: %w", id, err)
			}
			if n == 0 {
				continue
			}
			if err := s.record(ctx, tx, now, by, "application.labelled", id, map[string]any{"label": label, "on": on}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) addLabels(ctx context.Context, r db.Reader, id call.ID, items []Item) error {
	if len(items) == 0 {
		return nil
	}
	at := make(map[application.ID]int, len(items))
	for i, item := range items {
		at[item.ID] = i
	}
	rows, err := r.Query(ctx, `
		select l.application_id, l.label_id from application_labels l join applications a on a.id = l.application_id
		where a.call_id = $1 order by l.application_id, l.label_id`, string(id))
	if err != nil {
		return fmt.Errorf("list the labels of %s: %w", id, err)
	}
	defer rows.Close()
	for rows.Next() {
		var file application.ID
		var label string
		if err := rows.Scan(&file, &label); err != nil {
			return err
		}
		if i, listed := at[file]; listed {
			items[i].Labels = append(items[i].Labels, label)
		}
	}
	return rows.Err()
}
