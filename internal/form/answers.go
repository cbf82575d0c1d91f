package form

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"transformateur/internal/platform/errs"
)

// Answers are the answers of a file by field id, each one canonical: what
// Decode and DecodeHTML return. Nil or absent means not answered. A canonical
// value is made of string, bool, int64, float64 (never a whole number),
// []any and map[string]any.
type Answers map[string]any

// ParseAnswers reads stored answers back from their canonical JSON.
func ParseAnswers(text []byte) (Answers, error) {
	tree, err := parseTree(text)
	if err != nil {
		return nil, err
	}
	object, ok := tree.(map[string]any)
	if !ok {
		return nil, invalid("", "form.json_unreadable")
	}
	return object, nil
}

// ParseValue reads one stored answer back from its canonical JSON.
func ParseValue(text []byte) (any, error) {
	if s, ok := plainString(text); ok {
		return s, nil
	}
	return parseTree(text)
}

// plainString reads a JSON string that has nothing escaped: most answers are one,
// and a file has hundreds.
func plainString(text []byte) (string, bool) {
	last := len(text) - 1
	if last < 1 || text[0] != '"' || text[last] != '"' {
		return "", false
	}
	inside := text[1:last]
	for _, c := range inside {
		if c < ' ' || c == '"' || c == '\\' {
			return "", false
		}
	}
	return string(inside), utf8.Valid(inside)
}

// parseTree decodes JSON with whole numbers as int64 and the others as float64.
func parseTree(text []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var raw any
	if err := dec.Decode(&raw); err != nil || dec.More() {
		return nil, invalid("", "form.json_unreadable")
	}
	return settle(raw), nil
}

// settle replaces the numbers of a tree by int64 or float64.
func settle(raw any) any {
	switch v := raw.(type) {
	case json.Number:
		if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			return n
		}
		f, err := strconv.ParseFloat(string(v), 64)
		if err != nil {
			return string(v)
		}
		return tidyFloat(f)
	case float64:
		return tidyFloat(v)
	case int:
		return int64(v)
	case []any:
		for i := range v {
			v[i] = settle(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = settle(v[k])
		}
	}
	return raw
}

// tidyFloat gives whole numbers as int64, so that each number has one form.
func tidyFloat(f float64) any {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil
	}
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return int64(f)
	}
	return f
}

// Canonical is the one JSON text of a value: keys sorted by bytes, no space,
// shortest numbers, only the escapes that JSON demands. It follows RFC 8785,
// except that keys are sorted by UTF-8 bytes (ours are ASCII, where both orders agree).
func Canonical(value any) []byte { return appendCanonical(nil, value) }

// Digest is the SHA-256 of the canonical JSON, as it stands in receipts.
func Digest(value any) [32]byte { return sha256.Sum256(Canonical(value)) }

func appendCanonical(b []byte, value any) []byte {
	switch v := value.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, v)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case float64:
		return appendFloat(b, v)
	case string:
		return appendString(b, v)
	case []any:
		b = append(b, '[')
		for i, item := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendCanonical(b, item)
		}
		return append(b, ']')
	case map[string]any:
		return appendObject(b, v)
	case Answers:
		return appendObject(b, v)
	}
	panic("form: a value that is not canonical")
}

func appendObject(b []byte, v map[string]any) []byte {
	keys := make([]string, 0, len(v))
	for k := range v {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	b = append(b, '{')
	for i, k := range keys {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, k), ':')
		b = appendCanonical(b, v[k])
	}
	return append(b, '}')
}

func appendFloat(b []byte, f float64) []byte {
	if whole, ok := tidyFloat(f).(int64); ok {
		return strconv.AppendInt(b, whole, 10)
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(b, "null"...)
	}
	if abs := math.Abs(f); abs >= 1e21 || abs < 1e-6 {
		return strconv.AppendFloat(b, f, 'e', -1, 64)
	}
	return strconv.AppendFloat(b, f, 'f', -1, 64)
}

// appendString copies what needs no escaping in one piece.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	if !utf8.ValidString(s) {
		s = string([]rune(s)) // each stray byte becomes U+FFFD
	}
	b = append(b, '"')
	start := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[start:i]...)
		start = i + 1
		if short := strings.IndexByte("\"\\\n\t\r\b\f", c); short >= 0 {
			b = append(b, '\\', "\"\\ntrbf"[short])
		} else {
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(append(b, s[start:]...), '"')
}

// isEmpty says whether a value stands for no answer at all.
func isEmpty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// clone copies a value deeply.
func clone(value any) any {
	switch v := value.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = clone(v[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k := range v {
			out[k] = clone(v[k])
		}
		return out
	}
	return value
}

// problems gathers what is wrong with one field; paths start with at.
type problems struct {
	at   string
	list []errs.Field
}

func (p *problems) add(sub, key string, args ...any) {
	p.list = append(p.list, errs.Field{Path: join(p.at, sub), Key: key, Args: args})
}

// text reads a text of an object, or "".
func text(object map[string]any, key string) string {
	s, _ := object[key].(string)
	return s
}

// whole reads a whole number of an object.
func whole(object map[string]any, key string) (int64, bool) {
	n, ok := object[key].(int64)
	return n, ok
}
