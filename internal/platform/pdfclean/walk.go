package pdfclean

import (
	"bytes"
	"slices"
	"strconv"
)

// value is an entry of a dictionary. For a string, from and to hold what
// stands between its brackets; word is a name or a number as it is written.
type value struct {
	key      string
	sort     byte // '(' and '<' strings, '/' name, 'R' reference, '0' number, ' ' anything else
	word     string
	from, to int
}

// frame is a dictionary and its own entries, not those of dictionaries in it.
type frame struct {
	from, to int
	outer    bool // stands in no other dictionary
	key      string
	entries  []value
	value    bool // an entry is waiting for its value
	lists    int  // open "[" since
}

func (f *frame) get(key string) (value, bool) {
	i := slices.IndexFunc(f.entries, func(v value) bool { return v.key == key })
	if i < 0 {
		return value{}, false
	}
	return f.entries[i], true
}

func (f *frame) name(key string) string {
	if v, ok := f.get(key); ok && v.sort == '/' {
		return v.word
	}
	return ""
}

func (f *frame) number(key string) (int64, bool) {
	v, ok := f.get(key)
	if !ok || v.sort != '0' {
		return 0, false
	}
	n, err := strconv.ParseInt(v.word, 10, 64)
	return n, err == nil
}

const frames = 2000 // dictionaries within dictionaries that are told apart

// walk cuts PDF objects into dictionaries (ISO 32000-1 §7.3) and calls do
// with each one as it closes. It stops before the first word for which stop says
// so, and gives where; or the length of b when there is none. It needs no table
// of what is where, and no more memory than b has entries.
func walk(b []byte, stop func(word string) bool, do func(*frame)) int {
	w := &walker{b: b}
	for w.i < len(b) {
		switch c := b[w.i]; {
		case c <= ' ':
			w.i++
		case c == '%':
			w.i += lineLength(b[w.i:])
		case c == '/':
			name, n := nameAt(b[w.i+1:])
			w.names(name, n)
		case c == '(':
			n := literal(b[w.i:])
			w.put('(', "", w.i+1, w.i+n-1)
			w.i += n
		case c == '<' && w.i+1 < len(b) && b[w.i+1] == '<':
			w.open()
		case c == '<':
			n := bytes.IndexByte(b[w.i:], '>') + 1
			if n == 0 {
				n = len(b) - w.i
			}
			w.put('<', "", w.i+1, w.i+n-1)
			w.i += n
		case c == '>' && w.i+1 < len(b) && b[w.i+1] == '>':
			w.close(do)
		case bytes.IndexByte([]byte(")<>[]{}"), c) >= 0:
			w.bracket(c)
		default:
			word := wordAt(b[w.i:])
			if stop != nil && stop(word) {
				return w.i
			}
			w.words(word)
		}
	}
	return len(b)
}

func lineLength(b []byte) int {
	if n := bytes.IndexAny(b, "\r\n"); n >= 0 {
		return n
	}
	return len(b)
}

func wordAt(b []byte) string {
	n := 0
	for n < len(b) && b[n] > ' ' && bytes.IndexByte([]byte("()<>[]{}/%"), b[n]) < 0 {
		n++
	}
	return string(b[:n])
}

type walker struct {
	b     []byte
	i     int
	stack []*frame
	deep  int // dictionaries open beyond frames
}

func (w *walker) top() *frame {
	if len(w.stack) == 0 || w.deep > 0 {
		return nil
	}
	return w.stack[len(w.stack)-1]
}

func (w *walker) open() {
	if len(w.stack) == frames {
		w.deep++
	} else {
		w.stack = append(w.stack, &frame{from: w.i, outer: len(w.stack) == 0})
	}
	w.i += 2
}

func (w *walker) close(do func(*frame)) {
	w.i += 2
	switch {
	case w.deep > 0:
		w.deep--
	case len(w.stack) > 0:
		f := w.stack[len(w.stack)-1]
		w.stack = w.stack[:len(w.stack)-1]
		f.to = w.i
		do(f)
		w.put(' ', "", f.from, f.to)
	}
}

func (w *walker) bracket(c byte) {
	if f := w.top(); f != nil {
		switch c {
		case '[':
			f.lists++
		case ']':
			if f.lists = max(f.lists-1, 0); f.lists == 0 {
				w.put(' ', "", w.i, w.i+1)
			}
		}
	}
	w.i++
}

func (w *walker) names(name string, n int) {
	if f := w.top(); f != nil && f.lists == 0 && !f.value {
		f.key, f.value = name, true
	} else {
		w.put('/', name, w.i, w.i+1+n)
	}
	w.i += 1 + n
}

// put gives its value to the entry that waits for one. A string in a list is an
// entry by itself, under the key of the list.
func (w *walker) put(sort byte, word string, from, to int) {
	f := w.top()
	if f == nil || !f.value {
		return
	}
	f.entries = append(f.entries, value{f.key, sort, word, from, to})
	f.value = f.lists > 0
}

// words takes numbers, references and what else is no bracket. "12 0 R" is seen
// as a number first.
func (w *walker) words(word string) {
	if f := w.top(); f != nil && word == "R" && !f.value && len(f.entries) > 0 {
		f.entries[len(f.entries)-1].sort = 'R'
	} else if f != nil && f.value {
		sort := byte(' ')
		if word[0] >= '0' && word[0] <= '9' {
			sort = '0'
		}
		w.put(sort, word, w.i, w.i+len(word))
	}
	w.i += len(word)
}

// literal is the length of a string in parentheses (§7.3.4.2), both included.
func literal(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(b)
}
