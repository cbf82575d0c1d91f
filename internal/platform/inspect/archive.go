package inspect

import (
	"bytes"
	"errors"
	"io"
	"path"
)

// archive looks into a zip: a plain one, or a document.
func (in *inspection) archive(r io.ReaderAt, size int64, guess Kind) (Kind, error) {
	if in.depth > in.limits.Depth {
		return guess, wrong("inspect.archive_depth", in.limits.Depth)
	}
	z, err := openZip(r, size, in.limits.Entries)
	if err != nil {
		return guess, err
	}
	if err := in.checkTotals(z, size); err != nil {
		return guess, err
	}
	kind, err := in.zipKind(z)
	if err != nil {
		return kind, err
	}
	if kind == Executable {
		in.refuse("inspect.program")
		return kind, nil
	}
	for _, e := range z.entries {
		if err := in.ctx.Err(); err != nil {
			return kind, err
		}
		if badEntryName(e.name) || e.link {
			in.refuse("inspect.archive_name")
			continue
		}
		if e.folder() {
			continue
		}
		if e.flags&1 != 0 {
			in.report.Encrypted = true
			in.refuse("inspect.encrypted")
			continue
		}
		if err := in.entry(z, e, kind); err != nil {
			return kind, err
		}
	}
	return kind, nil
}

// checkTotals refuses a bomb on what the directory admits, before inflating anything.
func (in *inspection) checkTotals(z *zipFile, size int64) error {
	var total int64
	for _, e := range z.entries {
		total += e.size
		if e.size > 10<<20 && e.size/max(e.packed, 1) > in.limits.Ratio || total > in.limits.Uncompressed || total < 0 {
			return wrong("inspect.archive_bomb")
		}
	}
	if total > 10<<20 && total/max(size, 1) > in.limits.Ratio {
		return wrong("inspect.archive_bomb")
	}
	return nil
}

// zipKind reads what the archive says it is.
func (in *inspection) zipKind(z *zipFile) (Kind, error) {
	if e, ok := z.find("[Content_Types].xml"); ok {
		body, err := in.all(z, e, 1<<20)
		if err != nil {
			return ZIP, err
		}
		return in.ooxmlKind(body), nil
	}
	if len(z.entries) > 0 && z.entries[0].name == "mimetype" {
		body, err := in.all(z, z.entries[0], 200)
		if err != nil {
			return ZIP, err
		}
		return odfKind(string(body)), nil
	}
	for _, e := range z.entries {
		if e.name == "META-INF/MANIFEST.MF" || e.name == "AndroidManifest.xml" {
			return Executable, nil
		}
	}
	return ZIP, nil
}

// metered counts inflated bytes against what is left, and refuses an entry
// that gives more than it declared.
type metered struct {
	in   *inspection
	r    io.Reader
	left int64 // of what the entry declared
}

func (m *metered) Read(b []byte) (int, error) {
	if err := m.in.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := m.r.Read(b)
	m.left -= int64(n)
	*m.in.inflated -= int64(n)
	if m.left < 0 || *m.in.inflated < 0 {
		return n, wrong("inspect.archive_bomb")
	}
	if err != nil && err != io.EOF {
		var f *fault
		if !errors.As(err, &f) && m.in.ctx.Err() == nil {
			err = wrong("inspect.archive_damaged")
		}
	}
	return n, err
}

func (in *inspection) open(z *zipFile, e zipEntry) (io.Reader, error) {
	r, err := z.open(e)
	if err != nil {
		return nil, err
	}
	return &metered{in, r, e.size}, nil
}

// all reads a small entry whole.
func (in *inspection) all(z *zipFile, e zipEntry, limit int64) ([]byte, error) {
	if e.size > limit {
		return nil, wrong("inspect.archive_damaged")
	}
	r, err := in.open(z, e)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// entry inflates one entry, which also proves its declared size, and looks at
// what it is.
func (in *inspection) entry(z *zipFile, e zipEntry, outer Kind) error {
	inner := *in
	inner.path = path.Join(in.path, e.name)
	r, err := inner.open(z, e)
	if err != nil {
		return err
	}
	head := make([]byte, min(e.size, headSize))
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return err
	}
	head = head[:n]
	rest := io.MultiReader(bytes.NewReader(head), r)
	if outer.office() {
		if done, err := inner.part(rest, e, outer); done || err != nil {
			return err
		}
	}
	kind := KindOf(head, e.name)
	switch {
	case kind == Executable:
		inner.refuse("inspect.program_inside")
	case kind == HTML && !outer.office(), kind == SVG && !outer.office():
		inner.warn("inspect.markup_inside")
	case kind == Archive:
		inner.warn("inspect.archive_unopened")
	case kind == ZIP, kind.office(), kind == PDF, kind == OLE:
		return inner.nested(z, e, rest)
	}
	_, err = io.Copy(io.Discard, rest)
	return err
}

// nested inspects a file inside the archive: in place when it is stored plain,
// else from memory, of which there is little.
func (in *inspection) nested(z *zipFile, e zipEntry, rest io.Reader) error {
	in.depth++
	var at io.ReaderAt = z.raw(e)
	if e.method != methodRaw {
		if e.size > *in.memory {
			in.refuse("inspect.nested_unseen")
			_, err := io.Copy(io.Discard, rest)
			return err
		}
		*in.memory -= e.size
		defer func() { *in.memory += e.size }()
		body := bytes.NewBuffer(make([]byte, 0, e.size))
		if _, err := io.Copy(body, rest); err != nil {
			return err
		}
		if int64(body.Len()) != e.size {
			return wrong("inspect.archive_damaged")
		}
		at = bytes.NewReader(body.Bytes())
	}
	_, err := in.look(at, e.size, path.Base(e.name))
	var f *fault
	if errors.As(err, &f) {
		in.refuse(f.key, f.args...)
		return nil
	}
	return err
}

// hiddenZip refuses a file of another kind that also opens as a zip.
func (in *inspection) hiddenZip(r io.ReaderAt, size int64) error {
	if size < endSize {
		return nil
	}
	from := max(0, size-endSize-0xffff-4096)
	tail := make([]byte, size-from)
	if n, err := r.ReadAt(tail, from); err != nil && (err != io.EOF || n < len(tail)) {
		return err
	}
	for at := bytes.LastIndex(tail, []byte(sigEnd)); at >= 0; at = bytes.LastIndex(tail[:at], []byte(sigEnd)) {
		if at+endSize > len(tail) {
			continue
		}
		dir := int64(uint32(tail[at+12]) | uint32(tail[at+13])<<8 | uint32(tail[at+14])<<16 | uint32(tail[at+15])<<24)
		start := from + int64(at) - dir
		var sig [4]byte
		if start < 0 || dir == 0 {
			continue
		}
		if _, err := r.ReadAt(sig[:], start); err == nil && string(sig[:]) == sigCentral {
			in.refuse("inspect.polyglot")
			return nil
		}
	}
	return nil
}
