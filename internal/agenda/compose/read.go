package compose

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"transformateur/internal/solve/timetable"
)

// maxFile bounds what is read, in bytes.
const maxFile = 8 << 20

// Read reads an input in JSON, and refuses fields that it does not know. Its errors are
// *timetable.Malformed, with the line or the field.
func Read(r io.Reader) (*Input, error) {
	var in Input
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	return &in, in.Check()
}

// ReadEvent reads what happened. Its errors are *timetable.Malformed.
func ReadEvent(r io.Reader) (*Event, error) {
	var e Event
	if err := decode(r, &e); err != nil {
		return nil, err
	}
	return &e, nil
}

// Encode writes an input: the same one, the same bytes.
func (in Input) Encode() []byte {
	in.Version = Version
	text, err := json.MarshalIndent(in, "", "  ")
	if err != nil {
		panic(err) // our own types can be written
	}
	return append(text, '\n')
}

func decode(r io.Reader, into any) error {
	text, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return err
	}
	if len(text) > maxFile {
		return &timetable.Malformed{Line: 1, Why: "more than 8 MB"}
	}
	from := json.NewDecoder(bytes.NewReader(text))
	from.DisallowUnknownFields()
	err = from.Decode(into)
	if err == nil {
		if _, more := from.Token(); !errors.Is(more, io.EOF) {
			return &timetable.Malformed{Line: lineAt(text, from.InputOffset()), Why: "something follows"}
		}
		return nil
	}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return &timetable.Malformed{Line: lineAt(text, syntax.Offset), Why: err.Error()}
	case errors.As(err, &kind):
		return &timetable.Malformed{Line: lineAt(text, kind.Offset), Field: kind.Field, Why: "a " + kind.Value + " where a " + kind.Type.String() + " is expected"}
	}
	line := lineAt(text, from.InputOffset())
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return &timetable.Malformed{Line: line, Field: strings.Trim(name, `"`), Why: "nobody knows this field"}
	}
	return &timetable.Malformed{Line: line, Why: err.Error()}
}

func lineAt(text []byte, offset int64) int {
	return 1 + bytes.Count(text[:min(max(offset, 0), int64(len(text)))], []byte("\n"))
}
