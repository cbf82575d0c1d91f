package transcript

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/platform/errs"
)

// MaxSize bounds a file, in bytes: a board of 3,000 long cards.
const MaxSize = 24 << 20

// MostFaults is how many faults of a file are told at once.
const MostFaults = 25

// Read is a board that was read from a file.
type Board struct {
	Title   string
	Variant string
	Kit     *kit.Kit
	Content board.Content
	Masked  int // cards of which the file holds nothing: who wrote it did not see them
	Photos  int // pictures, which a file names and does not hold
}

// Read reads a board from a file that Write wrote, or that somebody made. Authors become
// names: nobody is taken for one of them. Errors: Invalid board.import_invalid, each fault
// with its line as its first argument.
func Read(text []byte) (*Board, error) {
	r := &reader{text: text, at: map[string]int64{}}
	if len(text) > MaxSize {
		return nil, refuse([]errs.Field{{Path: "file", Key: "board.import_big", Args: []any{MaxSize >> 20}}})
	}
	f := r.top()
	if len(r.faults) > 0 {
		return nil, refuse(r.faults)
	}
	b := r.board(f)
	if len(r.faults) > 0 {
		return nil, refuse(r.faults)
	}
	return b, nil
}

func refuse(faults []errs.Field) error {
	slices.SortStableFunc(faults, func(a, b errs.Field) int { return lineOf(a) - lineOf(b) })
	return errs.NewInvalid("board.import_invalid", faults[:min(len(faults), MostFaults)])
}

func lineOf(f errs.Field) int {
	if len(f.Args) > 0 {
		if n, ok := f.Args[0].(int); ok {
			return n
		}
	}
	return 0
}

// reader reads a file, and remembers where each thing of it stands.
type reader struct {
	text   []byte
	at     map[string]int64 // by key, of the file and of its objects
	faults []errs.Field
}

// line is the line of a place of the file, from 1.
func (r *reader) line(at int64) int {
	return 1 + bytes.Count(r.text[:max(0, min(at, int64(len(r.text))))], []byte("\n"))
}

// fault says what is wrong, and on which line.
func (r *reader) fault(at int64, key string, args ...any) {
	if len(r.faults) >= 8*MostFaults {
		return // to count lines takes time, and nobody reads so many
	}
	r.faults = append(r.faults, errs.Field{Path: "file", Key: key, Args: append([]any{r.line(at)}, args...)})
}

// unreadable says where JSON cannot be read.
func (r *reader) unreadable(at int64, err error) {
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		at += e.Offset
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		at += e.Offset
	}
	r.fault(at, "board.import_json")
}

// top reads the file, key by key.
func (r *reader) top() (f File) {
	dec := json.NewDecoder(bytes.NewReader(r.text))
	into := map[string]any{"version": &f.Version, "title": &f.Title, "variant": &f.Variant, "n": &f.N, "kit": &f.Kit, "people": &f.People}
	r.object(dec, "", func(key string, at int64) error {
		if key == "objects" {
			f.Objects = map[string]json.RawMessage{}
			return r.object(dec, "objects/", func(name string, from int64) error {
				var value json.RawMessage
				if err := dec.Decode(&value); err != nil {
					return err
				}
				if _, twice := f.Objects[name]; twice {
					r.fault(from, "board.import_twice", name)
				}
				f.Objects[name] = value
				r.at["objects/"+name] = dec.InputOffset() - int64(len(value))
				return nil
			})
		}
		to, known := into[key]
		if !known {
			r.fault(at, "board.import_key", key)
			to = new(json.RawMessage)
		}
		err := dec.Decode(to)
		if _, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			r.fault(at, "board.import_json")
			return nil
		}
		return err
	})
	if len(r.faults) == 0 {
		if _, err := dec.Token(); err != io.EOF {
			r.fault(dec.InputOffset(), "board.import_json")
		}
	}
	return f
}

// object reads an object of JSON, key by key; do reads each value.
func (r *reader) object(dec *json.Decoder, under string, do func(key string, at int64) error) error {
	first, err := dec.Token()
	if err == nil && first != json.Delim('{') {
		err = errors.New("not an object")
	}
	for err == nil && dec.More() {
		var token json.Token
		if token, err = dec.Token(); err != nil {
			break
		}
		key, _ := token.(string)
		r.at[under+key] = dec.InputOffset()
		err = do(key, dec.InputOffset())
	}
	if err == nil {
		_, err = dec.Token()
	}
	if err != nil && len(r.faults) == 0 {
		at := dec.InputOffset()
		if e, ok := errors.AsType[*json.SyntaxError](err); ok {
			at = e.Offset
		}
		r.fault(at, "board.import_json")
	}
	return err
}

// board makes a board of what was read.
func (r *reader) board(f File) *Board {
	if f.Version != Version {
		r.fault(r.at["version"], "board.import_version", Version)
		return nil
	}
	k, err := kit.Parse(f.Kit)
	if err != nil {
		r.kit(err)
		return nil
	}
	if f.Variant != "" && !slices.Contains(k.Variants(), f.Variant) {
		r.fault(r.at["variant"], "board.import_variant", f.Variant)
	}
	title := []rune(strings.TrimSpace(strings.Map(printable, f.Title)))
	b := &Board{Title: string(title[:min(len(title), board.MaxName)]), Variant: f.Variant, Kit: k}
	b.Content = board.Content{Zones: map[string]board.Zone{}, Cards: map[string]*board.CardView{}, Votes: map[string]board.VoteView{}, Names: map[string]string{}}
	b.Content.Desk.Phase = k.Phases[0].ID
	authors := r.authors(f, b.Content.Names)
	for _, key := range slices.Sorted(maps.Keys(f.Objects)) {
		r.thing(b, key, f.Objects[key], authors)
	}
	return b
}

// kit says what is wrong with the kit that the file holds.
func (r *reader) kit(err error) {
	if e, ok := errors.AsType[*errs.Error](err); ok && len(e.Fields) > 0 {
		for _, f := range e.Fields {
			r.fault(r.at["kit"], "board.import_kit", f.Path)
		}
		return
	}
	r.fault(r.at["kit"], "board.import_kit", "")
}

// authors gives the people of a file names of this board, and keeps what they are called.
func (r *reader) authors(f File, names map[string]string) map[string]string {
	authors := map[string]string{"": ""}
	for i, id := range slices.Sorted(maps.Keys(f.People)) {
		made := fmt.Sprintf("imported-%d", i+1)
		authors[id] = made
		name := []rune(strings.Map(printable, f.People[id].Name))
		names[made] = string(name[:min(len(name), board.MaxName)])
	}
	return authors
}

func printable(c rune) rune {
	if c < ' ' || c == 0x7f {
		return -1
	}
	return c
}

// thing takes one object of the file in.
func (r *reader) thing(b *Board, key string, value json.RawMessage, authors map[string]string) {
	at := r.at["objects/"+key]
	kind, id, _ := strings.Cut(key, "/")
	switch kind {
	case "desk":
		if r.decode(at, value, &b.Content.Desk) {
			r.check(at, board.CheckDesk(b.Kit, b.Content.Desk))
		}
	case "z":
		var z board.Zone
		if _, known := b.Kit.Zone(id); !known {
			r.fault(at, "board.import_key", key)
		} else if r.decode(at, value, &z) {
			b.Content.Zones[id] = z
		}
	case "v":
		var v board.VoteView
		if r.decode(at, value, &v) {
			r.check(at, board.CheckVote(b.Kit, id, v))
			b.Content.Votes[id] = v
		}
	case "c":
		r.card(b, id, value, authors)
	case "m": // what the person who wrote the file cast: it is counted with the others already
	default:
		r.fault(at, "board.import_key", key)
	}
}

func (r *reader) card(b *Board, id string, value json.RawMessage, authors map[string]string) {
	at := r.at["objects/c/"+id]
	var v board.CardView
	if !r.decode(at, value, &v) {
		return
	}
	if v.Type == "" && v.Hidden {
		b.Masked++
		return
	}
	if v.ID != id {
		r.fault(at, "board.import_id", v.ID)
		return
	}
	unknown := map[string]bool{}
	named := func(by *string) {
		made, known := authors[*by]
		if !known {
			unknown[*by] = true
		}
		*by = made
	}
	kind, _ := b.Kit.Card(v.Type)
	named(&v.By)
	for name, f := range v.Fields {
		named(&f.By)
		for i := range f.Alts {
			named(&f.Alts[i].By)
		}
		if field, known := kind.Field(name); known && field.Type == kit.Picture && !bytes.Equal(f.V, []byte("null")) && !bytes.Equal(f.V, []byte(`""`)) {
			b.Photos++
			f.V = json.RawMessage("null")
		}
		v.Fields[name] = f
	}
	for by := range unknown {
		r.fault(at, "board.import_author", by)
	}
	r.check(at, board.CheckCard(b.Kit, b.Variant, v))
	b.Content.Cards[id] = &v
}

// decode reads a value; a key that does not exist is refused.
func (r *reader) decode(at int64, value json.RawMessage, into any) bool {
	dec := json.NewDecoder(bytes.NewReader(value))
	dec.DisallowUnknownFields()
	err := dec.Decode(into)
	if err != nil {
		r.unreadable(at, err)
	}
	return err == nil
}

// lines are the messages of a board as they are said of a line of a file.
var lines = map[string]string{"board.bad_value": "board.import_value", "board.too_long": "board.import_long", "board.too_many_versions": "board.import_versions", "board.bad_op": "board.import_place"}

func (r *reader) check(at int64, err error) {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		key := e.Key
		if said, other := lines[key]; other {
			key = said
		}
		r.fault(at, key, e.Args...)
	}
}
