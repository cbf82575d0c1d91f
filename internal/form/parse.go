package form

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"strconv"
	"strings"

	"transformateur/internal/platform/errs"
)

// maxNesting bounds the depth of the JSON of a form; conditions are the deepest part.
const maxNesting = 60

// Parse reads a form from JSON. A key that does not exist, a key given twice,
// a value of the wrong kind or another version are refused, with the path of the
// fault ("steps.0.fields.2.settings.maxchars"). Compile does the other checks.
func Parse(text []byte) (*Form, error) {
	if len(text) > MaxFormSize {
		return nil, invalid("", "form.too_big", MaxFormSize)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	w := keyWalker{dec: dec}
	w.value(reflect.TypeFor[Form](), "", 0)
	if w.bad != nil {
		return nil, &errs.Error{Kind: errs.Invalid, Key: "form.invalid", Fields: w.bad}
	}
	if w.err != nil {
		return nil, unreadable(w.err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, invalid("", "form.json_unreadable")
	}
	var f Form
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, unreadable(err)
	}
	if f.Version != Version {
		return nil, invalid("version", "form.version_unknown", f.Version)
	}
	return &f, nil
}

// unreadable turns an error of the JSON decoder into the path it concerns.
func unreadable(err error) error {
	path := ""
	if wrong, ok := err.(*json.UnmarshalTypeError); ok {
		path = wrong.Field
	}
	return &errs.Error{Kind: errs.Invalid, Key: "form.invalid", Fields: []errs.Field{{Path: path, Key: "form.json_unreadable"}}}
}

func invalid(path, key string, args ...any) error {
	return errs.NewInvalid("form.invalid", []errs.Field{{Path: path, Key: key, Args: args}})
}

// keyWalker reads JSON beside a Go type and gathers the keys that have no place in it.
type keyWalker struct {
	dec *json.Decoder
	bad []errs.Field
	err error
}

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

// value reads one value. t is nil where anything goes.
func (w *keyWalker) value(t reflect.Type, path string, depth int) {
	if w.err != nil {
		return
	}
	if depth > maxNesting {
		w.bad = append(w.bad, errs.Field{Path: path, Key: "form.json_too_deep"})
		w.err = io.ErrUnexpectedEOF
		return
	}
	tok, err := w.dec.Token()
	if err != nil {
		w.err = err
		return
	}
	for t != nil && t.Kind() == reflect.Pointer {
		if t.Implements(unmarshaler) {
			t = nil
			break
		}
		t = t.Elem()
	}
	switch tok {
	case json.Delim('{'):
		w.object(t, path, depth)
	case json.Delim('['):
		var elem reflect.Type
		if t != nil && t.Kind() == reflect.Slice {
			elem = t.Elem()
		}
		for i := 0; w.err == nil && w.dec.More(); i++ {
			w.value(elem, join(path, strconv.Itoa(i)), depth+1)
		}
		w.close()
	}
}

func (w *keyWalker) object(t reflect.Type, path string, depth int) {
	seen := map[string]bool{}
	for w.err == nil && w.dec.More() {
		tok, err := w.dec.Token()
		if err != nil {
			w.err = err
			return
		}
		key := tok.(string)
		at := join(path, key)
		if seen[key] {
			w.bad = append(w.bad, errs.Field{Path: at, Key: "form.json_key_twice"})
		}
		seen[key] = true
		inner, known := keyType(t, key)
		if !known {
			w.bad = append(w.bad, errs.Field{Path: at, Key: "form.json_key_unknown", Args: []any{key}})
		}
		w.value(inner, at, depth+1)
	}
	w.close()
}

func (w *keyWalker) close() {
	if w.err == nil {
		_, w.err = w.dec.Token()
	}
}

// keyType is the type of a key of t; known is false when t has no such key.
func keyType(t reflect.Type, key string) (inner reflect.Type, known bool) {
	if t == nil {
		return nil, true
	}
	switch t.Kind() {
	case reflect.Map:
		return t.Elem(), true
	case reflect.Struct:
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			if name == key {
				return t.Field(i).Type, true
			}
		}
		return nil, false
	}
	return nil, true
}

func join(path, part string) string {
	if path == "" {
		return part
	}
	if part == "" {
		return path
	}
	return path + "." + part
}
