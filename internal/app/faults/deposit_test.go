package faults

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// deposit is one project on its way to its receipt, with what was acknowledged of it.
// A step that was not acknowledged is asked again; one that was is never asked again.
type deposit struct {
	owner   int
	title   string
	answers map[string]string
	file    []byte

	id      string          // of the draft
	saved   map[string]bool // answers
	upload  string          // of the file on its way
	offset  int             // bytes of it
	whole   bool            // the file is there
	receipt int64           // its number

	abandoned bool // something acknowledged was lost: its owner begins another
}

// lost is an answer that shows that something acknowledged is not there, or is there
// twice: the fault that these tests look for.
type lost struct{ what string }

func (l lost) Error() string { return l.what }

// errLater is an answer after which the same step is asked again.
var errLater = errors.New("the program did not keep it")

func newDeposit(rng *rand.Rand, owner, n int) *deposit {
	d := &deposit{owner: owner, title: fmt.Sprintf("Projet %d-%d", owner, n), saved: map[string]bool{}, answers: map[string]string{}}
	for _, field := range []string{"summary", "needs"} {
		d.answers[field] = strings.TrimSpace(strings.Repeat(fmt.Sprintf("%s %d ", field, rng.Uint64()), 1+rng.IntN(60)))
	}
	d.file = []byte(strings.Repeat(fmt.Sprintf("Présentation %d\n", rng.Uint64()), 10+rng.IntN(2000)))
	return d
}

// person is a browser with a sign-in, which answers of the program are counted by their status.
type person struct {
	base, token string
	count       func(status int)
}

// client follows no redirection: where an act leads is what acknowledges it.
var client = &http.Client{
	Timeout:       2 * time.Minute,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Transport:     &http.Transport{DisableKeepAlives: true},
}

type reply struct {
	status int
	header http.Header
	body   []byte
}

// ask sends a request. A process that is gone, and an answer that says to come back, are errLater.
func (p person) ask(method, path string, header http.Header, body []byte) (reply, error) {
	r, err := p.raw(method, path, header, body)
	switch {
	case err != nil:
		return reply{}, errors.Join(errLater, err)
	case r.status == http.StatusServiceUnavailable && r.header.Get("Retry-After") == "":
		return reply{}, lost{method + " " + path + ": 503 without Retry-After"}
	case r.status >= 500 || r.status == http.StatusTooManyRequests:
		return reply{}, fmt.Errorf("%w: %s", errLater, r.excerpt())
	}
	return r, nil
}

// raw sends a request and gives whatever is answered.
func (p person) raw(method, path string, header http.Header, body []byte) (reply, error) {
	req, err := http.NewRequest(method, p.base+path, bytes.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	req.Header = header.Clone()
	if req.Header == nil {
		req.Header = http.Header{}
	}
	req.AddCookie(&http.Cookie{Name: "login", Value: p.token})
	res, err := client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return reply{}, err
	}
	p.count(res.StatusCode)
	return reply{res.StatusCode, res.Header, text}, nil
}

func (p person) post(path string, value any) (reply, error) {
	body, err := json.Marshal(value)
	if err != nil {
		return reply{}, err
	}
	return p.ask("POST", path, http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}}, body)
}

func (r reply) excerpt() string {
	return fmt.Sprintf("%d %s", r.status, strings.Join(strings.Fields(string(r.body[:min(len(r.body), 200)])), " "))
}

// step asks for the next thing that was not acknowledged.
func (d *deposit) step(p person) error {
	switch {
	case d.id == "":
		return d.create(p)
	case len(d.saved) < len(d.answers):
		return d.save(p)
	case !d.whole:
		return d.send(p)
	}
	return d.submit(p)
}

var draftIn = regexp.MustCompile(`^/applications/([a-z0-9]+)/edit$`)

func (d *deposit) create(p person) error {
	form := url.Values{"call": {theCall}, "title": {d.title}}
	r, err := p.ask("POST", "/applications", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, []byte(form.Encode()))
	if err != nil {
		return err
	}
	found := draftIn.FindStringSubmatch(r.header.Get("Location"))
	if r.status != http.StatusSeeOther || found == nil {
		return lost{"create: " + r.excerpt()}
	}
	d.id = found[1]
	return nil
}

// save sends one answer, as the page does while it is typed.
func (d *deposit) save(p person) error {
	for field, text := range d.answers {
		if d.saved[field] {
			continue
		}
		r, err := p.post("/applications/"+d.id+"/save", map[string]any{"edits": []any{map[string]any{"field": field, "base": 0, "value": text}}})
		if err != nil {
			return err
		}
		var answer struct {
			Saved     []struct{ Field string }
			Conflicts []struct {
				Field  string
				Theirs string
			}
		}
		if err := json.Unmarshal(r.body, &answer); err != nil || r.status != http.StatusOK {
			return lost{"save: " + r.excerpt()}
		}
		d.saved[field] = len(answer.Saved) == 1 || len(answer.Conflicts) == 1 && answer.Conflicts[0].Theirs == text
		if !d.saved[field] {
			return lost{"save: " + r.excerpt()}
		}
		return nil
	}
	return nil
}

// send sends a piece of the file, from where the program stands.
func (d *deposit) send(p person) error {
	if d.upload == "" {
		r, err := p.post("/applications/"+d.id+"/uploads", map[string]any{"field": "deck", "name": "deck.txt", "size": len(d.file)})
		var begun struct{ ID string }
		if err != nil {
			return err
		}
		if json.Unmarshal(r.body, &begun); r.status != http.StatusCreated || begun.ID == "" {
			return lost{"begin a file: " + r.excerpt()}
		}
		d.upload = begun.ID
		return nil
	}
	place := "/applications/" + d.id + "/uploads/" + d.upload
	at, there, err := d.standing(p, place)
	if err != nil || there {
		d.whole = there
		return err
	}
	end := min(len(d.file), at+16<<10)
	r, err := p.ask("PATCH", place, http.Header{"Upload-Offset": {strconv.Itoa(at)}, "Content-Type": {"application/octet-stream"}, "Accept": {"application/json"}}, d.file[at:end])
	if err != nil {
		return err
	}
	var got struct {
		Offset   int
		Complete bool
		Digest   string
	}
	if err := json.Unmarshal(r.body, &got); err != nil || r.status != http.StatusOK {
		return lost{"send a file: " + r.excerpt()}
	}
	if d.offset, d.whole = got.Offset, got.Complete; d.whole && got.Digest != digestOf(d.file) {
		return lost{"send a file: its digest is another"}
	}
	return nil
}

// standing asks how much of the file is there; there is true when all of it is.
func (d *deposit) standing(p person, place string) (at int, there bool, err error) {
	r, err := p.ask("HEAD", place, nil, nil)
	if err != nil {
		return 0, false, err
	}
	if r.status == http.StatusNotFound { // joined to the answer, unless it is lost
		there, err := d.holdsFile(p)
		return 0, there, err
	}
	at, err = strconv.Atoi(r.header.Get("Upload-Offset"))
	if err != nil || at < d.offset {
		return 0, false, lost{fmt.Sprintf("file: %d bytes were acknowledged, %d are there", d.offset, at)}
	}
	return min(at, len(d.file)), false, nil
}

// holdsFile reads the file back.
func (d *deposit) holdsFile(p person) (bool, error) {
	r, err := p.ask("GET", "/applications/"+d.id+"/files/"+d.upload, nil, nil)
	if err != nil {
		return false, err
	}
	if r.status != http.StatusOK || !bytes.Equal(r.body, d.file) {
		return false, lost{fmt.Sprintf("file %s of %s is not what was sent: %s", d.upload, d.id, r.excerpt())}
	}
	return true, nil
}

var receiptIn = regexp.MustCompile(`receipt-([0-9]+)`)

// submit deposits. When an earlier try was kept and its answer lost, the page of the
// file shows the receipt.
func (d *deposit) submit(p person) error {
	r, err := p.ask("POST", "/applications/"+d.id+"/submit", nil, nil)
	if err != nil {
		return err
	}
	found := receiptIn.FindStringSubmatch(r.header.Get("Location"))
	if r.status == http.StatusConflict {
		page, err := p.ask("GET", "/applications/"+d.id, nil, nil)
		if err != nil {
			return err
		}
		found = receiptIn.FindStringSubmatch(string(page.body))
	}
	if found == nil {
		return lost{"deposit of " + d.id + ": " + r.excerpt()}
	}
	d.receipt, err = strconv.ParseInt(found[1], 10, 64)
	return err
}
