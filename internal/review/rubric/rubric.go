// Package rubric defines the rubric: the grid that members of a committee fill in for each file, and what a filled grid is worth.
package rubric

import (
	"bytes"
	"encoding/json"
	"errors"

	"transformateur/internal/form"
	"transformateur/internal/platform/errs"
)

// Version is the version of the JSON format of rubrics that this package reads and writes.
const Version = 1

// MaxSize bounds a rubric as JSON, in bytes.
const MaxSize = 1 << 20

// Rubric is what a lead writes. Its questions are a form; the rest says what they are
// worth. In JSON:
//
//	{"version":1,
//	 "form":{"version":1,"steps":[{"id":"criteria","title":{"fr":"Critères"},"fields":[
//	   {"id":"need","type":"scale","label":{"fr":"Pertinence du besoin"},"required":true,
//	    "settings":{"options":[{"id":"weak","label":{"fr":"Besoin affirmé"}},
//	                           {"id":"strong","label":{"fr":"Besoin démontré"}},
//	                           {"id":"unable","label":{"fr":"Je ne peux pas en juger"}}]}},
//	   {"id":"legal","type":"yesno","label":{"fr":"Le projet est-il légal ?"}},
//	   {"id":"why","type":"longtext","label":{"fr":"Pour le projet"}}]}]},
//	 "criteria":[{"field":"need","weight":3,"unable":"unable"}],
//	 "gates":[{"id":"legal","label":{"fr":"Légalité"},"least":1,"of":[{"field":"legal","accept":["yes"]}]}],
//	 "shareable":["why"]}
//
// Unknown keys are refused.
type Rubric struct {
	Version        int         `json:"version"`
	Form           *form.Form  `json:"form"`
	Criteria       []Criterion `json:"criteria"`
	Gates          []Gate      `json:"gates,omitempty"`
	Recommendation string      `json:"recommendation,omitempty"` // the choice that sums the reading up
	Confidence     string      `json:"confidence,omitempty"`     // the scale on which a reader says how sure she is
	Shareable      []string    `json:"shareable,omitempty"`      // comments that may be told to the project; the others stay in the committee
	Final          bool        `json:"final,omitempty"`          // a reading handed in cannot be taken up again
}

// Criterion is a question that counts: a scale whose anchors go from the worst to the
// best, at equal distances, or a yes/no question. Weight is its share relative to the
// other criteria. Unable is the last anchor of the scale when that one says that the
// reader cannot judge: it counts for nothing.
type Criterion struct {
	Field  string `json:"field"`
	Weight int    `json:"weight"`
	Unable string `json:"unable,omitempty"`
}

// Gate is an eliminatory condition: at least Least of its parts must hold. It is never
// averaged with the score.
type Gate struct {
	ID    string         `json:"id"`
	Label form.Localised `json:"label"`
	Least int            `json:"least"`
	Of    []Pass         `json:"of"`
}

// Pass holds when the answer to a question is one of Accept: the ids of anchors or
// options, or "yes" and "no".
type Pass struct {
	Field  string   `json:"field"`
	Accept []string `json:"accept"`
}

// Parse reads a rubric from JSON and checks its shape; Compile checks the rest. Error:
// Invalid, with the path of each fault ("form.steps.0.fields.2.type", "gates.0.least").
func Parse(text []byte) (*Rubric, error) {
	if len(text) > MaxSize {
		return nil, errs.NewInvalid("review.rubric_invalid", []errs.Field{{Key: "review.rubric_too_big", Args: []any{MaxSize / 1000}}})
	}
	var outside struct {
		Version        int             `json:"version"`
		Form           json.RawMessage `json:"form"`
		Criteria       []Criterion     `json:"criteria"`
		Gates          []Gate          `json:"gates"`
		Recommendation string          `json:"recommendation"`
		Confidence     string          `json:"confidence"`
		Shareable      []string        `json:"shareable"`
		Final          bool            `json:"final"`
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&outside); err != nil || dec.More() {
		return nil, errs.NewInvalid("review.rubric_invalid", []errs.Field{{Key: "review.rubric_unreadable"}})
	}
	r := &Rubric{Version: outside.Version, Criteria: outside.Criteria, Gates: outside.Gates, Recommendation: outside.Recommendation, Confidence: outside.Confidence,
		Shareable: outside.Shareable, Final: outside.Final}
	var bad []errs.Field
	if r.Version != Version {
		bad = append(bad, errs.Field{Path: "version", Key: "form.version_unknown", Args: []any{r.Version}})
	}
	var err error
	if r.Form, err = form.Parse(outside.Form); err != nil {
		bad = append(bad, inside("form", err)...)
	}
	if err := errs.NewInvalid("review.rubric_invalid", bad); err != nil {
		return nil, err
	}
	return r, nil
}

// JSON is the rubric as it is kept and exported: the same bytes for the same rubric.
func (r *Rubric) JSON() []byte {
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		panic("rubric: " + err.Error()) // every part of it marshals
	}
	return text
}

// inside gives the faults of a part of the rubric, under its path.
func inside(path string, err error) []errs.Field {
	var e *errs.Error
	if !errors.As(err, &e) || len(e.Fields) == 0 {
		return []errs.Field{{Path: path, Key: errs.KeyOf(err)}}
	}
	out := make([]errs.Field, len(e.Fields))
	for i, f := range e.Fields {
		at := path
		if f.Path != "" {
			at += "." + f.Path
		}
		out[i] = errs.Field{Path: at, Key: f.Key, Args: f.Args}
	}
	return out
}
