package journeys_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/application/scrutiny"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/inspect/hostile"
	"transformateur/internal/web/ui"
)

// anyFile is the form of a call that takes any kind of file, twenty to a question.
func anyFile() string {
	fields := make([]string, 20)
	for i := range fields {
		fields[i] = fmt.Sprintf(`{"id":"annex%d","type":"file","label":{"fr":"Annexes %d"},"settings":{"max_bytes":60000000,"max_files":20}}`, i, i)
	}
	return `{"version":1,"steps":[{"id":"project","title":{"fr":"Votre projet"},"fields":[` + strings.Join(fields, ",") + `]}]}`
}

// sent is a file of the corpus as the program keeps it.
type sent struct {
	hostile.File
	id string
}

// deposit is a file whose annexes were sent through the routes that a browser uses.
type deposit struct {
	w       *world
	client  *http.Client
	id      application.ID
	by      account.User
	refused map[string]string // by situation, what was refused before its bytes
	sent    []sent
}

// signedIn is a client with the cookie of a person.
func (w *world) signedIn(who account.User) *http.Client {
	w.t.Helper()
	token, err := w.demo.SignIn(w.t.Context(), who.ID, "test")
	w.must(err)
	return &http.Client{Transport: cookied{&http.Cookie{Name: ui.CookieName(false), Value: token}}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

type cookied struct{ cookie *http.Cookie }

func (c cookied) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.AddCookie(c.cookie)
	return http.DefaultTransport.RoundTrip(r)
}

func (w *world) deposit(who account.User, title string, files []hostile.File) *deposit {
	w.t.Helper()
	a, err := w.app.Files.Create(w.t.Context(), who, w.call.ID, title)
	w.must(err)
	d := &deposit{w: w, client: w.signedIn(who), id: a.ID, by: who, refused: map[string]string{}}
	for i, f := range files {
		if i%2 == 0 && f.Name != "" {
			d.inPieces(f)
		} else {
			d.inAForm(f)
		}
	}
	d.settle()
	return d
}

func (d *deposit) call(method, path string, body io.Reader, with ...string) (int, []byte) {
	d.w.t.Helper()
	r, err := http.NewRequest(method, d.w.base+"/applications/"+string(d.id)+path, body)
	d.w.must(err)
	for i := 0; i+1 < len(with); i += 2 {
		r.Header.Set(with[i], with[i+1])
	}
	resp, err := d.client.Do(r)
	d.w.must(err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	d.w.must(err)
	return resp.StatusCode, answer
}

// question is one that still has room.
func (d *deposit) question() string { return fmt.Sprintf("annex%d", len(d.sent)/20) }

// inPieces sends a file as the page with script does.
func (d *deposit) inPieces(f hostile.File) {
	d.w.t.Helper()
	announced, err := json.Marshal(map[string]any{"field": d.question(), "name": f.Name, "size": len(f.Body)})
	d.w.must(err)
	code, answer := d.call("POST", "/uploads", bytes.NewReader(announced), "Content-Type", "application/json")
	if code == http.StatusUnprocessableEntity {
		d.refused[f.Situation] = string(answer)
		return
	}
	var begun struct{ ID string }
	if code != http.StatusCreated || json.Unmarshal(answer, &begun) != nil {
		d.w.t.Fatalf("%s: announced: %d %s", f.Situation, code, answer)
	}
	half := len(f.Body) / 2
	for _, piece := range [][2]int{{0, half}, {half, len(f.Body)}} {
		if code, answer := d.call("PATCH", "/uploads/"+begun.ID, bytes.NewReader(f.Body[piece[0]:piece[1]]), "Upload-Offset", fmt.Sprint(piece[0])); code != http.StatusOK {
			d.w.t.Fatalf("%s: a piece: %d %s", f.Situation, code, answer)
		}
	}
	d.sent = append(d.sent, sent{f, begun.ID})
}

// inAForm sends a file as the page without script does, under a type that lies.
func (d *deposit) inAForm(f hostile.File) {
	d.w.t.Helper()
	before := d.files()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	head := textproto.MIMEHeader{}
	head.Set("Content-Type", "text/html")
	head.Set("Content-Disposition", mime.FormatMediaType("form-data", map[string]string{"name": "file." + d.question(), "filename": f.Name}))
	part, err := form.CreatePart(head)
	d.w.must(err)
	_, err = part.Write(f.Body)
	d.w.must(err)
	d.w.must(form.WriteField("step", "project"))
	d.w.must(form.Close())
	code, answer := d.call("POST", "/edit", &body, "Content-Type", form.FormDataContentType())
	for id := range d.files() {
		if _, known := before[id]; !known {
			d.sent = append(d.sent, sent{f, id})
			return
		}
	}
	if code >= 500 {
		d.w.t.Fatalf("%s: sent in a form: %d", f.Situation, code)
	}
	d.refused[f.Situation] = string(answer)
}

func (d *deposit) files() map[string]application.Attachment {
	d.w.t.Helper()
	f, err := d.w.app.Files.Open(context.Background(), d.by, d.id)
	d.w.must(err)
	all := map[string]application.Attachment{}
	for _, a := range f.Files {
		all[a.ID] = a
	}
	return all
}

// settle waits until every file is checked.
func (d *deposit) settle() {
	d.w.t.Helper()
	for range 1200 {
		pending := 0
		for _, a := range d.files() {
			if a.Status == application.Pending {
				pending++
			}
		}
		if pending == 0 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	d.w.t.Fatal("the files were not checked within two minutes")
}

// serves checks how a file is served: to be kept, by a browser that guesses nothing
// and runs nothing.
func serves(t *testing.T, client *http.Client, url string) (int, []byte) {
	t.Helper()
	resp, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		return resp.StatusCode, nil
	}
	disposition, _, err := mime.ParseMediaType(resp.Header.Get("Content-Disposition"))
	if h := resp.Header; err != nil || disposition != "attachment" || h.Get("Content-Type") != "application/octet-stream" ||
		h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Security-Policy") != "default-src 'none'; sandbox" || h.Get("Set-Cookie") != "" {
		t.Errorf("%s is served with %v, %v", url, resp.Header, err)
	}
	return resp.StatusCode, body
}

// TestHostileFiles sends every file of the corpus through the routes of the
// program, then looks at what became of each: refused in words, or kept and served
// as bytes that nothing opens; and evaluators get a copy without author or nothing.
// Then a browser opens every address and every page that shows them.
func TestHostileFiles(t *testing.T) {
	browser, beacon := chromeBeside(t)
	w := start(t)
	w.revise(anyFile())
	ana := w.person("ana@projet.invalid", "Ana Lemoine")
	corpus := hostile.Corpus(t)
	d := w.deposit(ana, "<script>alert(1)</script>", corpus)
	kept, refused := d.verdicts(t)
	t.Logf("%d files: %d kept, %d refused by the check, %d before their bytes", len(corpus), kept, refused, len(d.refused))
	early := slices.Sorted(maps.Keys(d.refused)) // empty; or without a name, which is no file in a form
	if kept+refused+len(early) != len(corpus) || !slices.Equal(early, []string{"no name", "nothing at all"}) {
		t.Errorf("%d + %d + %v", kept, refused, early)
	}
	good := slices.DeleteFunc(slices.Concat(corpus, hostile.Signed(t)), func(f hostile.File) bool { return f.Refuse != "" })
	e := w.deposit(ana, "Campus", good)
	e.deposited(t)
	e.evaluators(t)

	opened := 0
	o := newOpener(t, browser, w, beacon)
	o.as(ana)
	for _, d := range []*deposit{d, e} {
		at := "/applications/" + string(d.id)
		for _, page := range []string{at, at + "/edit", at + "/print", at + "/submit"} {
			o.opens(page)
		}
		for _, s := range d.sent {
			o.opens(at + "/files/" + s.id)
			opened++
		}
	}
	o.as(w.lead)
	o.opens("/files/" + string(e.id))
	o.opens("/files/" + string(e.id) + "/print")
	for _, s := range e.sent {
		o.opens("/files/" + string(e.id) + "/attachments/" + s.id)
		opened++
	}
	o.nothingRan()
	t.Logf("%d addresses of files opened in the browser", opened)
}

// verdicts compares what became of each file with what it deserves.
func (d *deposit) verdicts(t *testing.T) (kept, refused int) {
	files := d.files()
	_, page := d.call("GET", "/edit", nil)
	for _, s := range d.sent {
		a := files[s.id]
		switch {
		case (s.Refuse == "" || s.Refuse == "name_turned") && a.Status == application.Clean: // such a name is cleaned before anybody looks
			kept++
		case s.Refuse != "" && a.Status == application.Refused:
			refused++
			for _, p := range a.Found() {
				if p.Key == "" {
					t.Errorf("%s: refused without a word", s.Situation)
				}
			}
		default:
			t.Errorf("%s (%q): %s, found %v, want refused for %q", s.Situation, s.Name, a.Status, a.Found(), s.Refuse)
		}
		code, body := serves(t, d.client, d.w.base+"/applications/"+string(d.id)+"/files/"+s.id)
		if sum := sha256.Sum256(body); code != http.StatusOK || hex.EncodeToString(sum[:]) != a.Digest || !bytes.Equal(body, s.Body) {
			t.Errorf("%s: its sender gets %d, %d bytes of %d", s.Situation, code, len(body), len(s.Body))
		}
		if strings.ContainsAny(a.Name, "/\\\r\n\x00<>\"\u202e\u2066") {
			t.Errorf("%s: kept under the name %q", s.Situation, a.Name)
		}
	}
	if bytes.Contains(page, []byte("<script>alert")) || bytes.Contains(page, []byte("onerror=fetch('"+hostile.Beacon)) && !bytes.Contains(page, []byte("_img src=x onerror")) {
		t.Error("a name became markup")
	}
	return kept, refused
}

// deposited hands the file in and closes the call, so that the other side reads it.
func (d *deposit) deposited(t *testing.T) {
	t.Helper()
	_, err := d.w.app.Files.Submit(t.Context(), d.by, d.id)
	d.w.must(err)
	d.w.must(d.w.app.DB.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `update calls set closes_at = $2 where id = $1`, string(d.w.call.ID), time.Now().Add(-time.Minute))
		return err
	}))
}

// evaluators checks what the other side gets: a copy that tells nothing, or nothing.
func (d *deposit) evaluators(t *testing.T) {
	t.Helper()
	lead, files := d.w.signedIn(d.w.lead), d.files()
	copies := 0
	for _, s := range d.sent {
		a := files[s.id]
		if a.CleanDigest == "" {
			found := a.Found()
			if i := slices.IndexFunc(found, func(p errs.Field) bool { return p.Key == scrutiny.NoCopy }); i < 0 || i == len(found)-1 {
				t.Errorf("%s: no copy, and found %v", s.Situation, found)
			}
			continue
		}
		copies++
		code, body := serves(t, lead, d.w.base+"/files/"+string(d.id)+"/attachments/"+s.id)
		if told := hostile.Tells(body); code != http.StatusOK || told != "" {
			t.Errorf("%s: %d, the copy tells in %s", s.Situation, code, told)
		}
	}
	if copies < 60 {
		t.Errorf("only %d copies of %d files", copies, len(d.sent))
	}
	t.Logf("%d copies without author, %d files without a copy", copies, len(d.sent)-copies)
}
