package stats

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/form"
	"transformateur/internal/screening"
)

// JSONFormat names the format of JSON exports, which docs/exports.md describes. A
// change that a reader must know of changes its number.
const JSONFormat = "transformateur-export/1"

// fileJSON is a file in a JSON export. What was not asked for is absent.
type fileJSON struct {
	Number      *int                  `json:"number,omitempty"`
	Title       *string               `json:"title,omitempty"`
	Status      *application.Status   `json:"status,omitempty"`
	DepositedAt *string               `json:"deposited_at,omitempty"` // RFC 3339, in the zone of the call
	Kind        *string               `json:"kind,omitempty"`
	Receipt     *int64                `json:"receipt,omitempty"`
	Due         *string               `json:"due,omitempty"`
	Verdict     *string               `json:"verdict,omitempty"`
	Reason      *string               `json:"reason,omitempty"`
	Labels      []string              `json:"labels,omitempty"`
	Owner       *string               `json:"owner,omitempty"`
	Email       *string               `json:"email,omitempty"`
	Answers     map[string]answerJSON `json:"answers"`
}

// answerJSON is an answer: as it is kept, and in words.
type answerJSON struct {
	Label string `json:"label"`
	Type  string `json:"type"`
	Value any    `json:"value"`
	Text  string `json:"text"`
}

// json writes the files one after the other: what is before and after them is small.
func (w writer) json(out io.Writer, each eachRecord) error {
	head, err := json.Marshal(map[string]any{"id": w.call.ID, "title": w.call.Title, "zone": w.call.Zone})
	if err != nil {
		return fmt.Errorf("write the head of an export: %w", err)
	}
	if _, err := fmt.Fprintf(out, "{\"format\":%q,\"call\":%s,\"files\":[", JSONFormat, head); err != nil {
		return err
	}
	first := true
	err = each(func(record screening.Record) error {
		content, err := json.Marshal(w.file(record))
		if err != nil {
			return fmt.Errorf("write file %s: %w", record.ID, err)
		}
		if !first {
			content = append([]byte(","), content...)
		}
		first = false
		_, err = out.Write(append([]byte("\n"), content...))
		return err
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, "\n]}\n")
	return err
}

func (w writer) asked(key string) bool { return slices.Contains(w.columns, key) }

// given is a value that was asked for, or nothing.
func given[T any](asked bool, value T) *T {
	if !asked {
		return nil
	}
	return &value
}

func (w writer) file(record screening.Record) fileJSON {
	verdict := record.Verdict
	if verdict == "" {
		verdict = "waiting"
	}
	f := fileJSON{Number: given(w.asked("number"), record.Number), Title: given(w.asked("title"), record.Title), Status: given(w.asked("status"), record.Status),
		DepositedAt: given(w.asked("deposited_at"), record.SubmittedAt.In(w.zone).Format(time.RFC3339)), Kind: given(w.asked("kind"), record.Kind),
		Receipt: given(w.asked("receipt") && record.Receipt > 0, record.Receipt), Due: given(w.asked("due") && !record.Due.IsZero(), record.Due.In(w.zone).Format(time.RFC3339)),
		Verdict: given(w.asked("verdict"), verdict), Reason: given(w.asked("reason"), record.Reason), Owner: given(w.asked("owner"), record.Owner),
		Email: given(w.asked("email"), record.OwnerEmail), Answers: map[string]answerJSON{}}
	if w.asked("labels") {
		for _, id := range record.Labels {
			f.Labels = append(f.Labels, w.labels[id])
		}
		slices.Sort(f.Labels)
	}
	speech := w.speech
	speech.Checks = record.Checks
	for _, field := range w.fields(record) {
		if value := record.Answers[field.ID]; value != nil {
			f.Answers[field.ID] = answerJSON{field.Label.In(w.speech.Lang), field.Type, value, field.Plain(value, speech)}
		}
	}
	return f
}

// fields are the questions of a file of which a column was chosen, in the order of its form.
func (w writer) fields(record screening.Record) []*form.Field {
	return slices.DeleteFunc(record.Form.Form.Fields(), func(field *form.Field) bool {
		key := fieldPrefix + field.ID
		return !slices.ContainsFunc(w.columns, func(c string) bool { return c == key || strings.HasPrefix(c, key+".") })
	})
}
