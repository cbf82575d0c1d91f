package calibrate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"transformateur/internal/solve/pairwise"
	"transformateur/internal/solve/table"
)

// FormatVersion is the version of the JSON that ParseRequest reads and Answer writes.
const FormatVersion = 1

// Request is a calibration asked for in JSON.
type Request struct {
	Input
	Allowed []Pair // readings that could still be done; what to suggest is among them
	Most    int    // how many to suggest
}

// request is the JSON itself. A score may not be left out, hence the pointer.
type request struct {
	Version  int `json:"version"`
	Readings []struct {
		File   string   `json:"application"`
		Reader string   `json:"juror"`
		Score  *float64 `json:"score"`
		Weight *float64 `json:"confidence"`
	} `json:"readings"`
	Select        int             `json:"select"`
	Votes         []pairwise.Vote `json:"votes"`
	Seed          uint64          `json:"seed"`
	Draws         int             `json:"draws"`
	DealtAtRandom bool            `json:"dealt_at_random"`
	OwnError      bool            `json:"own_error"`
	HeavyTails    bool            `json:"heavy_tails"`
	Next          struct {
		Allowed []Pair `json:"allowed"`
		Most    int    `json:"most"`
	} `json:"next"`
}

// ParseRequest reads a request. It returns a *table.Fault that names the line and the
// field; what Fit refuses of a request is placed by Locate.
func ParseRequest(text []byte) (Request, error) {
	var in request
	decode := json.NewDecoder(bytes.NewReader(text))
	decode.DisallowUnknownFields()
	if err := decode.Decode(&in); err != nil {
		return Request{}, misread(text, decode.InputOffset(), err)
	}
	if _, err := decode.Token(); !errors.Is(err, io.EOF) {
		return Request{}, &table.Fault{Line: lineAt(text, decode.InputOffset()), Problem: table.Unreadable}
	}
	if in.Version != FormatVersion {
		return Request{}, &table.Fault{Field: "version", Value: fmt.Sprint(in.Version), Problem: table.Version}
	}
	out := Request{Allowed: in.Next.Allowed, Most: in.Next.Most}
	out.Input = Input{Select: in.Select, Votes: in.Votes, Seed: in.Seed, Draws: in.Draws, DealtAtRandom: in.DealtAtRandom, OwnError: in.OwnError, HeavyTails: in.HeavyTails}
	for i, r := range in.Readings {
		if r.Score == nil {
			return Request{}, &table.Fault{Field: fmt.Sprintf("readings[%d].score", i), Problem: table.Empty}
		}
		one := Reading{File: r.File, Reader: r.Reader, Score: *r.Score}
		if r.Weight != nil {
			if one.Weight = *r.Weight; one.Weight == 0 {
				return Request{}, &table.Fault{Field: fmt.Sprintf("readings[%d].confidence", i), Value: "0", Problem: table.OutOfRange}
			}
		}
		out.Readings = append(out.Readings, one)
	}
	if out.Most == 0 {
		out.Most = 5
	}
	return out, nil
}

// misread places what the decoder refuses.
func misread(text []byte, offset int64, err error) error {
	fault := &table.Fault{Line: lineAt(text, offset), Problem: table.Unreadable, Value: err.Error()}
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		fault.Line = lineAt(text, int64(len(text)))
	case errors.As(err, &kind):
		fault.Line, fault.Field, fault.Value = lineAt(text, kind.Offset), kind.Field, kind.Value
		if k := kind.Type.Kind().String(); k == "float64" || k == "int" || k == "uint64" {
			fault.Problem = table.NotNumber
		}
	case errors.As(err, &syntax):
		fault.Line = lineAt(text, syntax.Offset)
	}
	return fault
}

func lineAt(text []byte, offset int64) int {
	return 1 + bytes.Count(text[:min(max(offset, 0), int64(len(text)))], []byte("\n"))
}

// Locate turns the place in a list that a fault of Fit names into the path of the
// field in the request.
func Locate(err error) error {
	var fault *table.Fault
	if !errors.As(err, &fault) || fault.Line == 0 {
		return err
	}
	list := "readings"
	switch fault.Field {
	case "assessor", "winner", "loser":
		list = "votes"
	}
	return &table.Fault{Field: fmt.Sprintf("%s[%d].%s", list, fault.Line-1, fault.Field), Value: fault.Value, Problem: fault.Problem}
}

// Answer is the JSON that answers a request.
type Answer struct {
	Version int `json:"version"`
	*Result
	Next []Suggestion `json:"next"`
}

// Run answers a request, with the faults of Fit.
func (q Request) Run() (Answer, error) {
	r, err := Fit(q.Input)
	if err != nil {
		return Answer{}, Locate(err)
	}
	return Answer{FormatVersion, r, append([]Suggestion{}, r.Next(q.Allowed, q.Most)...)}, nil
}
