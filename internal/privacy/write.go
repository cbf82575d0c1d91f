package privacy

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode"

	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// writer is an archive being written.
type writer struct {
	zip  *zip.Writer
	at   time.Time
	lang string
	page *indexPage
	hers map[string]bool

	person string
	labels map[string]map[string]string // of the questions, by file and field
}

// write puts everything about a person into a ZIP: one JSON file a table, her files,
// and a page that shows it all in her language.
func (s *Service) write(ctx context.Context, to io.Writer, a *Archive, lang string) error {
	r := s.db.Reader()
	hers, err := idsOf(ctx, r, a.PersonID)
	if err != nil {
		return fmt.Errorf("read who she is: %w", err)
	}
	w := &writer{zip: zip.NewWriter(to), at: s.clock.Now().UTC(), lang: lang, hers: hers, person: a.PersonID, page: newIndex(lang, s.name, a.AskedAt)}
	if w.labels, err = labels(ctx, r, a.PersonID, w.at, lang); err != nil {
		return err
	}
	for _, activity := range Activities {
		for _, t := range Of(activity) {
			if t.Rows == "" {
				continue
			}
			n, err := w.table(ctx, r, t)
			if err != nil {
				return fmt.Errorf("write the table %s: %w", t.Name, err)
			}
			a.Lines += n
		}
	}
	if a.Files, err = s.attachments(ctx, r, w); err != nil {
		return err
	}
	index, err := w.create("index.html", zip.Deflate)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(index, w.page.end()); err != nil {
		return err
	}
	return w.zip.Close()
}

func (w *writer) create(name string, method uint16) (io.Writer, error) {
	return w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: w.at})
}

// table writes the rows of a table that are about the person; an empty one writes nothing.
func (w *writer) table(ctx context.Context, r db.Reader, t Table) (n int64, err error) {
	x := reader{t, w.hers, t.leaving()}
	condition := expand(t.Rows, w.at)
	var file io.Writer
	section := w.page.section(t)
	err = eachRow(ctx, r, len(x.names), func(values []any) error {
		one := x.record(values)
		line, err := json.Marshal(one)
		if err != nil {
			return err
		}
		sep := ",\n"
		if n == 0 {
			if file, err = w.create("data/"+t.Leaves+".json", zip.Deflate); err != nil {
				return err
			}
			sep = "[\n"
		}
		n++
		section.row(one, w.labels)
		_, err = file.Write(append([]byte(sep), line...))
		return err
	}, `select `+strings.Join(x.names, ", ")+` from `+t.Name+` where `+condition, w.person)
	if err != nil || n == 0 {
		return n, err
	}
	_, err = io.WriteString(file, "\n]\n")
	section.done(n)
	return n, err
}

// labels reads what the questions of her files are called: one query.
func labels(ctx context.Context, r db.Reader, person string, at time.Time, lang string) (map[string]map[string]string, error) {
	out, parsed := map[string]map[string]string{}, map[string]map[string]string{}
	err := eachRow(ctx, r, 4, func(v []any) error {
		file, key := v[0].(string), fmt.Sprint(v[1], " ", v[2])
		if parsed[key] == nil {
			parsed[key] = map[string]string{}
			content, _ := v[3].(string)
			if f, err := form.Parse([]byte(content)); err == nil { // a form of another time still leaves, by its identifiers
				for _, field := range f.Fields() {
					parsed[key][field.ID] = field.Label.In(lang)
				}
			}
		}
		out[file] = parsed[key]
		return nil
	}, expand(`select a.id, a.call_id, a.form_revision, f.content from applications a join call_forms f on f.call_id = a.call_id and f.revision = a.form_revision where a.id in {files}`, at), person)
	if err != nil {
		return nil, fmt.Errorf("read the forms of her files: %w", err)
	}
	return out, nil
}

// attachments copies the files of her projects, as they were sent. One that the store
// has lost is said in the page rather than stopping everything.
func (s *Service) attachments(ctx context.Context, r db.Reader, w *writer) (n int64, err error) {
	type file struct {
		id, title, name, digest string
		number                  int64
	}
	t, _ := tableOf("attachments")
	list, err := db.List(ctx, r, func(sc db.Scanner) (f file, err error) {
		err = sc.Scan(&f.id, &f.number, &f.title, &f.name, &f.digest)
		return f, err
	}, `select attachments.id, a.number, a.title, attachments.name, attachments.digest from attachments join applications a on a.id = attachments.application_id
		where removed_at is null and attachments.digest <> '' and `+expand(t.Rows, w.at)+` order by a.number, attachments.uploaded_at, attachments.id`, w.person)
	if err != nil {
		return 0, fmt.Errorf("list her files: %w", err)
	}
	for _, f := range list {
		name := "files/" + strconv.FormatInt(f.number, 10) + "-" + safeName(f.title) + "/" + f.id + "-" + safeName(f.name)
		if err := s.attachment(ctx, w, name, f.digest); errs.Is(err, errs.NotFound) {
			w.page.lost(f.name)
			continue
		} else if err != nil {
			return n, fmt.Errorf("copy the file %s: %w", f.id, err)
		}
		w.page.file(name, f.name)
		n++
	}
	return n, nil
}

func (s *Service) attachment(ctx context.Context, w *writer, name, digest string) error {
	content, err := s.blobs.Open(ctx, digest)
	if err != nil {
		return err
	}
	defer content.Close()
	out, err := w.create(name, zip.Store) // documents and pictures are packed already
	if err != nil {
		return err
	}
	_, err = io.Copy(out, content)
	return err
}

// safeName keeps of a name what every system can unpack: letters, digits, . - and _.
func safeName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '.', r == '-', r == '_':
			return r
		}
		return '-'
	}, path.Base(name))
	if ext := path.Ext(name); len(name) > 80 {
		stem := strings.TrimSuffix(name, ext)
		name = strings.ToValidUTF8(stem[:min(len(stem), 60)], "") + strings.ToValidUTF8(ext[:min(len(ext), 12)], "")
	}
	return strings.Trim(name, ".")
}
