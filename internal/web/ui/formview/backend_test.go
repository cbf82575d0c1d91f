package formview

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/territory"
	"transformateur/internal/web/assets"
	"transformateur/internal/web/ui"
)

// policy is the one of the program: no inline script or style, and no script that writes HTML.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// backend is a file that several browsers write, in memory.
type backend struct {
	mu       sync.Mutex
	form     *form.Compiled
	answers  form.Answers
	versions map[string]int64
	posts    int
	mode     string // "" works, "down" breaks the connection, "out" has forgotten the sign-in, "sealed" is deposited
	told     chan string
	uploads  map[string]*bytes.Buffer
	names    map[string]File
	kept     any // the text set aside
	cut      int // how many pieces to break
	heads    int
}

func newBackend(t *testing.T, name string) (*backend, *httptest.Server) {
	t.Helper()
	f, err := form.ReadyForm(name)
	if err != nil {
		t.Fatal(err)
	}
	c, err := f.Compile()
	if err != nil {
		t.Fatal(err)
	}
	b := &backend{form: c, answers: form.Answers{}, versions: map[string]int64{}, told: make(chan string, 16), uploads: map[string]*bytes.Buffer{}, names: map[string]File{}}
	mux := http.NewServeMux()
	mux.Handle("GET "+assets.Prefix, assets.Handler())
	mux.HandleFunc("GET /draft", b.page)
	mux.HandleFunc("GET /draft/part", b.part)
	mux.HandleFunc("POST /draft/save", b.save)
	mux.HandleFunc("POST /draft/presence", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /draft/events", b.events)
	mux.HandleFunc("POST /draft/uploads", b.openUpload)
	mux.HandleFunc("PATCH /draft/uploads/{id}", b.receive)
	mux.HandleFunc("HEAD /draft/uploads/{id}", b.standing)
	mux.HandleFunc("GET /territories", places)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return b, server
}

// Organisation, Territory and Attachment make the backend the world of its form.
func (b *backend) Organisation(string, string) string { return "" }

func (b *backend) Territory(kind, code string) (string, bool) {
	p, ok := territory.Find(territory.Ref{Kind: territory.Kind(kind), Code: code})
	return p.Name, ok
}

func (b *backend) Attachment(id string) (form.Attachment, bool) {
	f, ok := b.names[id]
	return form.Attachment{Name: f.Name, Size: f.Size}, ok
}

func (b *backend) env() form.Env { return form.Env{Now: noon.Now, Checks: b} }

func (b *backend) view(r *http.Request) View {
	v := View{
		Form: b.form, State: b.form.Evaluate(b.answers, b.env()), Answers: b.answers, Versions: b.versions, Checks: b,
		StepID: r.URL.Query().Get("step"), Problems: r.URL.Query().Has("problems"), Files: map[string][]File{},
		StepURL: func(id string) string { return "/draft?step=" + id },
	}
	for _, f := range b.form.Form.Fields() {
		if ids, ok := b.answers[f.ID].([]any); ok && f.Type == "file" {
			for _, id := range ids {
				v.Files[f.ID] = append(v.Files[f.ID], b.names[id.(string)])
			}
		}
	}
	return v
}

func render(w http.ResponseWriter, r *http.Request, draw func(ctx context.Context, w io.Writer) error) {
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	var out bytes.Buffer
	if err := draw(i18n.With(r.Context(), i18n.Parse(r.URL.Query().Get("lang"))), &out); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = out.WriteTo(w)
}

func (b *backend) page(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	frame := Frame{Action: "/draft", Application: "a1", SaveURL: "/draft/save", FragmentURL: "/draft/part", StreamURL: "/draft/events",
		PresenceURL: "/draft/presence", UploadsURL: "/draft/uploads", PlacesURL: "/territories"}
	if r.URL.Query().Has("plain") {
		frame = Frame{Action: "/draft"}
	}
	render(w, r, func(ctx context.Context, w io.Writer) error {
		return demo(frame, b.view(r), r.URL.Query().Get("show")).Render(ctx, w)
	})
}

func (b *backend) part(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	q := r.URL.Query()
	render(w, r, func(ctx context.Context, w io.Writer) error {
		switch v := b.view(r); {
		case q.Has("field"):
			return Question(v, q.Get("field")).Render(ctx, w)
		case q.Has("outline"):
			return Outline(v).Render(ctx, w)
		default:
			return Step(v).Render(ctx, w)
		}
	})
}

type edit struct {
	Field, Client, Settles, Choice string
	Base                           int64
	Value                          json.RawMessage
}

func (b *backend) save(w http.ResponseWriter, r *http.Request) {
	var in struct{ Edits []edit }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.posts++
	switch b.mode {
	case "down":
		panic(http.ErrAbortHandler)
	case "out":
		_ = ui.WriteJSON(w, http.StatusUnauthorized, map[string]string{"key": "errs.unauthenticated", "message": "x"})
		return
	case "sealed":
		_ = ui.WriteJSON(w, http.StatusConflict, map[string]string{"key": "application.not_draft", "message": "x"})
		return
	}
	var saved, conflicts []map[string]any
	for _, e := range in.Edits {
		f := b.form.Form.Field(e.Field)
		value, _ := f.Decode(e.Value) // nothing is sent with theirs and mine
		same := string(form.Canonical(value)) == string(form.Canonical(b.answers[e.Field]))
		switch {
		case e.Choice == KeepTheirs && e.Settles == "v1":
		case e.Choice == KeepMine && e.Settles == "v1" && e.Base == b.versions[e.Field]:
			b.put(e.Field, b.kept)
		case same && b.versions[e.Field] > 0:
		case e.Base != b.versions[e.Field]:
			b.kept = value
			conflicts = append(conflicts, map[string]any{"field": e.Field, "variant": "v1", "theirs": b.answers[e.Field], "version": b.versions[e.Field],
				"theirs_text": f.Plain(b.answers[e.Field], form.Speech{Lang: "fr"}), "author": "Ada Lovelace", "at": "2026-11-21T12:00:00Z"})
			continue
		default:
			b.put(e.Field, value)
		}
		saved = append(saved, map[string]any{"field": e.Field, "version": b.versions[e.Field]})
	}
	_ = ui.WriteJSON(w, http.StatusOK, map[string]any{"saved": saved, "conflicts": conflicts, "refused": nil, "state": b.state()})
}

// put writes an answer as if anybody had saved it.
func (b *backend) put(field string, value any) {
	b.versions[field]++
	if value == nil {
		delete(b.answers, field)
	} else {
		b.answers[field] = value
	}
}

func (b *backend) state() map[string]any {
	s := b.form.Evaluate(b.answers, b.env())
	visible, required, problems := []string{}, []string{}, map[string][]string{}
	for _, f := range s.Fields {
		if f.Visible {
			visible = append(visible, f.Field.ID)
		}
		if f.Required {
			required = append(required, f.Field.ID)
		}
		for _, p := range f.Problems {
			problems[f.Field.ID] = append(problems[f.Field.ID], i18n.Say(i18n.FR, p.Key, p.Args...))
		}
	}
	var steps []map[string]any
	for _, st := range s.Steps {
		steps = append(steps, map[string]any{"id": st.Step.ID, "missing": st.Missing, "problems": st.Problems, "asked": st.Asked, "filled": st.Filled})
	}
	return map[string]any{"visible": visible, "required": required, "problems": problems, "steps": steps}
}

func (b *backend) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	flush := http.NewResponseController(w)
	_ = flush.Flush()
	for {
		select {
		case <-r.Context().Done():
			return
		case line := <-b.told:
			if _, err := io.WriteString(w, line); err != nil {
				return
			}
			_ = flush.Flush()
		}
	}
}

func (b *backend) tell(kind string, data any) {
	text, err := json.Marshal(data)
	if err != nil {
		panic(err)
	}
	b.told <- "event: " + kind + "\ndata: " + string(text) + "\n\n"
}

func (b *backend) openUpload(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Field, Name string
		Size        int64
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	id := "u" + strconv.Itoa(len(b.uploads)+1)
	b.uploads[id] = &bytes.Buffer{}
	b.names[id] = File{ID: id, Name: in.Name, Size: in.Size, URL: in.Field}
	_ = ui.WriteJSON(w, http.StatusOK, map[string]any{"id": id, "offset": 0})
}

func (b *backend) receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	b.mu.Lock()
	defer b.mu.Unlock()
	id := r.PathValue("id")
	buffer, file := b.uploads[id], b.names[id]
	if err != nil || buffer == nil {
		http.NotFound(w, r)
		return
	}
	if r.Header.Get("Upload-Offset") != strconv.Itoa(buffer.Len()) {
		_ = ui.WriteJSON(w, http.StatusConflict, map[string]any{"offset": buffer.Len()})
		return
	}
	if b.cut > 0 { // a piece is lost half-way: what came is kept
		b.cut--
		buffer.Write(body[:len(body)/2])
		panic(http.ErrAbortHandler)
	}
	buffer.Write(body)
	answer := map[string]any{"offset": buffer.Len()}
	if int64(buffer.Len()) == file.Size {
		digest := sha256.Sum256(buffer.Bytes())
		field := file.URL
		file.Digest, file.URL = hex.EncodeToString(digest[:]), "/files/"+id
		b.names[id] = file
		list, _ := b.answers[field].([]any)
		b.put(field, append(list, id))
		answer["complete"], answer["digest"] = true, file.Digest
	}
	_ = ui.WriteJSON(w, http.StatusOK, answer)
}

func (b *backend) standing(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.heads++
	buffer := b.uploads[r.PathValue("id")]
	if buffer == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Upload-Offset", strconv.Itoa(buffer.Len()))
}

func places(w http.ResponseWriter, r *http.Request) {
	type place struct {
		Ref   string `json:"ref"`
		Label string `json:"label"`
		Kind  string `json:"kind"`
	}
	out := []place{}
	for _, p := range territory.Search(r.URL.Query().Get("q"), nil, 8) {
		out = append(out, place{fmt.Sprintf("%s:%s", p.Kind, p.Code), p.Label(), strings.ToLower(i18n.Say(i18n.FR, p.Kind.MessageKey()))})
	}
	_ = ui.WriteJSON(w, http.StatusOK, map[string]any{"places": out})
}
