package api

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"transformateur/internal/account"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/errs"
	"transformateur/internal/programme"
	"transformateur/internal/web/ui"
)

// Words is a text in both languages.
type Words struct {
	FR string `json:"fr"`
	EN string `json:"en,omitempty"`
}

func wordsOf(w programme.Words) Words  { return Words{w.FR, w.EN} }
func localised(l form.Localised) Words { return Words{l["fr"], l["en"]} }

// instant is a time that may not be chosen yet.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// Agency is who runs programmes.
type Agency struct {
	ID      string `json:"id"`
	Name    Words  `json:"name"`
	About   Words  `json:"about"`
	Contact string `json:"contact"`
}

// Programme is what an agency offers edition after edition.
type Programme struct {
	ID     string `json:"id"`
	Agency string `json:"agency"`
	Name   Words  `json:"name"`
	About  Words  `json:"about"`
}

// Edition is one round of a programme.
type Edition struct {
	ID          string     `json:"id"`
	Programme   string     `json:"programme"`
	Agency      string     `json:"agency"`
	Name        Words      `json:"name"`
	Theme       Words      `json:"theme"`
	About       Words      `json:"about"`
	Place       string     `json:"place"`
	Territory   string     `json:"territory"`
	Zone        string     `json:"zone"`
	Status      string     `json:"status"`
	PublishedAt *time.Time `json:"published_at,omitempty"`
	Stages      []Stage    `json:"stages"`
}

// Stage is one step of an edition.
type Stage struct {
	ID       string     `json:"id"`
	Kind     string     `json:"kind"`
	Name     Words      `json:"name"`
	OpensAt  *time.Time `json:"opens_at,omitempty"`
	ClosesAt *time.Time `json:"closes_at,omitempty"`
}

// Call is a call for projects.
type Call struct {
	ID           string     `json:"id"`
	Edition      string     `json:"edition"`
	Programme    string     `json:"programme"`
	Agency       string     `json:"agency"`
	Title        Words      `json:"title"`
	Summary      Words      `json:"summary"`
	Text         Words      `json:"text"`
	Status       string     `json:"status"`
	Open         bool       `json:"open"`
	Zone         string     `json:"zone"`
	OpensAt      *time.Time `json:"opens_at,omitempty"`
	ClosesAt     *time.Time `json:"closes_at,omitempty"`
	Sealed       bool       `json:"sealed"`
	UnsealAt     *time.Time `json:"unseal_at,omitempty"`
	FormRevision int        `json:"form_revision"`
	Version      int64      `json:"version"`
	PublishedAt  *time.Time `json:"published_at,omitempty"`
}

// Postponement is a deadline moved later.
type Postponement struct {
	Was     time.Time `json:"was"`
	Becomes time.Time `json:"becomes"`
	Reason  string    `json:"reason"`
	At      time.Time `json:"at"`
}

// Dates are those of a call, with what moved them.
type Dates struct {
	Zone          string         `json:"zone"`
	OpensAt       *time.Time     `json:"opens_at,omitempty"`
	ClosesAt      *time.Time     `json:"closes_at,omitempty"`
	UnsealAt      *time.Time     `json:"unseal_at,omitempty"`
	Now           time.Time      `json:"now"`
	Open          bool           `json:"open"`
	Postponements []Postponement `json:"postponements"`
}

// Document is joined to a call.
type Document struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Bytes   int64     `json:"bytes"`
	SHA256  string    `json:"sha256"`
	MIME    string    `json:"mime"`
	AddedAt time.Time `json:"added_at"`
}

// one is an answer of one thing.
type one[T any] struct{ Body T }

// ByID names one thing by its identifier.
type ByID struct {
	ID string `path:"id" maxLength:"120"`
}

const (
	groupPublic  = "public"
	groupFiles   = "applications"
	groupOwn     = "own"
	groupAround  = "around"
	scopeFollow  = "programmes:read"
	scopeRead    = "applications:read"
	scopeWrite   = "applications:write"
	scopeSubmit  = "applications:submit"
	scopeJudge   = "applications:judge"
	get          = http.MethodGet
	onAgency     = "agency"
	onProgramme  = "programme"
	onEdition    = "edition"
	onCall       = "call"
	onFile       = "application"
	onOrganism   = "organisation"
	readCall     = "call.read"
	readFile     = "application.read"
	editFile     = "application.edit"
	binaryMedium = "application/octet-stream"
)

func (h *Handler) addPublic() {
	add(h, operation{id: "list_agencies", method: get, path: "/agencies", group: groupPublic, action: "agency.read"}, h.agencies)
	add(h, operation{id: "get_agency", method: get, path: "/agencies/{id}", group: groupPublic, action: "agency.read", on: onAgency}, h.agency)
	add(h, operation{id: "list_programmes", method: get, path: "/programmes", group: groupPublic, action: "programme.read"}, h.programmes)
	add(h, operation{id: "get_programme", method: get, path: "/programmes/{id}", group: groupPublic, action: "programme.read", on: onProgramme}, h.programme)
	add(h, operation{id: "list_editions", method: get, path: "/editions", group: groupPublic, action: "site.visit"}, h.editions)
	add(h, operation{id: "get_edition", method: get, path: "/editions/{id}", group: groupPublic, action: "edition.read", on: onEdition}, h.edition)
	add(h, operation{id: "list_calls", method: get, path: "/calls", group: groupPublic, action: "site.visit"}, h.calls)
	add(h, operation{id: "get_call", method: get, path: "/calls/{id}", group: groupPublic, action: readCall, on: onCall}, h.call)
	add(h, operation{id: "get_call_form", method: get, path: "/calls/{id}/form", group: groupPublic, action: readCall, on: onCall}, h.form)
	add(h, operation{id: "get_call_dates", method: get, path: "/calls/{id}/dates", group: groupPublic, action: readCall, on: onCall}, h.dates)
	add(h, operation{id: "list_call_documents", method: get, path: "/calls/{id}/documents", group: groupPublic, action: readCall, on: onCall}, h.documents)
	add(h, operation{id: "get_call_document", method: get, path: "/calls/{id}/documents/{document}", group: groupPublic, action: readCall, on: onCall, setup: answersBytes}, h.document)
}

func tellAgency(a programme.Agency) Agency {
	return Agency{string(a.ID), wordsOf(a.Name), wordsOf(a.About), a.Contact}
}

func (h *Handler) agencies(ctx context.Context, by account.User, in *struct{ Paging }) (*listed[Agency], error) {
	all, err := h.Programmes.Agencies(ctx, by)
	if err != nil {
		return nil, err
	}
	return paged(ctx, in.Paging, all, func(a programme.Agency) string { return string(a.ID) }, tellAgency)
}

func (h *Handler) agency(ctx context.Context, by account.User, in *ByID) (*one[Agency], error) {
	a, err := h.Programmes.Agency(ctx, by, programme.AgencyID(in.ID))
	return &one[Agency]{tellAgency(a)}, err
}

func tellProgramme(p programme.Programme) Programme {
	return Programme{string(p.ID), string(p.Agency), wordsOf(p.Name), wordsOf(p.About)}
}

func (h *Handler) programmes(ctx context.Context, by account.User, in *struct {
	Paging
	Agency string `query:"agency" maxLength:"120"`
}) (*listed[Programme], error) {
	all, err := h.Programmes.Programmes(ctx, by, programme.AgencyID(in.Agency))
	if err != nil {
		return nil, err
	}
	return paged(ctx, in.Paging, all, func(p programme.Programme) string { return string(p.ID) }, tellProgramme)
}

func (h *Handler) programme(ctx context.Context, by account.User, in *ByID) (*one[Programme], error) {
	p, err := h.Programmes.Programme(ctx, by, programme.ProgrammeID(in.ID))
	return &one[Programme]{tellProgramme(p)}, err
}

func tellEdition(o programme.Overview) Edition {
	e := Edition{ID: string(o.ID), Programme: string(o.Programme), Agency: string(o.Agency), Name: wordsOf(o.Name), Theme: wordsOf(o.Theme), About: wordsOf(o.About),
		Place: o.Place, Territory: o.Territory, Zone: o.Zone, Status: string(o.Status), PublishedAt: instant(o.PublishedAt), Stages: []Stage{}}
	for _, s := range o.Stages {
		e.Stages = append(e.Stages, Stage{string(s.ID), string(s.Kind), wordsOf(s.Name), instant(s.OpensAt), instant(s.ClosesAt)})
	}
	return e
}

func (h *Handler) editions(ctx context.Context, by account.User, in *struct {
	Paging
	Agency    string `query:"agency" maxLength:"120"`
	Programme string `query:"programme" maxLength:"120"`
	Status    string `query:"status" enum:"draft,published,closed"`
}) (*listed[Edition], error) {
	all, err := h.Programmes.Editions(ctx, by, programme.Filter{Agency: programme.AgencyID(in.Agency), Programme: programme.ProgrammeID(in.Programme), Status: programme.Status(in.Status)})
	if err != nil {
		return nil, err
	}
	return paged(ctx, in.Paging, all, func(o programme.Overview) string { return string(o.ID) }, tellEdition)
}

func (h *Handler) edition(ctx context.Context, by account.User, in *ByID) (*one[Edition], error) {
	o, err := h.Programmes.Edition(ctx, by, programme.EditionID(in.ID))
	return &one[Edition]{tellEdition(o)}, err
}

func (h *Handler) tellCall(c call.Call) Call {
	return Call{ID: string(c.ID), Edition: c.EditionID, Programme: c.ProgrammeID, Agency: c.AgencyID, Title: localised(c.Title), Summary: localised(c.Summary), Text: localised(c.Text),
		Status: string(c.Status), Open: c.OpenAt(h.Clock.Now()), Zone: c.Zone, OpensAt: instant(c.OpensAt), ClosesAt: instant(c.ClosesAt), Sealed: c.Sealed, UnsealAt: instant(c.UnsealAt),
		FormRevision: c.Revision, Version: c.Version, PublishedAt: instant(c.PublishedAt)}
}

func (h *Handler) calls(ctx context.Context, by account.User, in *struct {
	Paging
	Edition string `query:"edition" maxLength:"120"`
	Open    bool   `query:"open"`
}) (*listed[Call], error) {
	all, err := h.Calls.List(ctx, by, in.Edition)
	if err != nil {
		return nil, err
	}
	if in.Open {
		now, open := h.Clock.Now(), []call.Call{}
		for _, c := range all {
			if c.OpenAt(now) {
				open = append(open, c)
			}
		}
		all = open
	}
	return paged(ctx, in.Paging, all, func(c call.Call) string { return string(c.ID) }, h.tellCall)
}

func (h *Handler) call(ctx context.Context, by account.User, in *ByID) (*one[Call], error) {
	c, err := h.Calls.Get(ctx, by, call.ID(in.ID))
	return &one[Call]{h.tellCall(c)}, err
}

// Form is the published form of a call, in the format of forms.
type Form struct {
	Revision int        `json:"revision"`
	Form     *form.Form `json:"form"`
}

// Schema leaves the form itself open: its format is that of the builder, and grows.
func (Form) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: "object", Required: []string{"revision", "form"}, Properties: map[string]*huma.Schema{
		"revision": {Type: "integer"}, "form": {Type: "object", AdditionalProperties: true}}}
}

func (h *Handler) form(ctx context.Context, by account.User, in *ByID) (*one[Form], error) {
	c, err := h.Calls.Get(ctx, by, call.ID(in.ID))
	if err != nil {
		return nil, err
	}
	if c.Revision == 0 {
		return nil, errs.New(errs.NotFound, "errs.not_found")
	}
	compiled, err := h.Calls.PublishedForm(ctx, by, c.ID)
	if err != nil {
		return nil, err
	}
	return &one[Form]{Form{c.Revision, compiled.Form}}, nil
}

func (h *Handler) dates(ctx context.Context, by account.User, in *ByID) (*one[Dates], error) {
	c, err := h.Calls.Get(ctx, by, call.ID(in.ID))
	if err != nil {
		return nil, err
	}
	moved, err := h.Calls.Postponements(ctx, by, c.ID)
	if err != nil {
		return nil, err
	}
	now := h.Clock.Now()
	d := Dates{Zone: c.Zone, OpensAt: instant(c.OpensAt), ClosesAt: instant(c.ClosesAt), UnsealAt: instant(c.UnsealAt), Now: now, Open: c.OpenAt(now), Postponements: []Postponement{}}
	for _, p := range moved {
		d.Postponements = append(d.Postponements, Postponement{p.Was, p.Becomes, p.Reason, p.At})
	}
	return &one[Dates]{d}, nil
}

func (h *Handler) documents(ctx context.Context, by account.User, in *struct {
	ByID
	Paging
}) (*listed[Document], error) {
	all, err := h.Calls.Documents(ctx, by, call.ID(in.ID))
	if err != nil {
		return nil, err
	}
	return paged(ctx, in.Paging, all, func(d call.Document) string { return d.ID }, func(d call.Document) Document {
		return Document{d.ID, d.Name, d.Size, d.Digest, d.MIME, d.AddedAt}
	})
}

func (h *Handler) document(ctx context.Context, by account.User, in *struct {
	ByID
	Document string `path:"document" maxLength:"60"`
}) (*huma.StreamResponse, error) {
	d, content, err := h.Calls.Document(ctx, by, call.ID(in.ID), in.Document)
	if err != nil {
		return nil, err
	}
	return download(d.Name, d.Digest, d.AddedAt, content), nil
}

// answersBytes describes an operation that answers with a file.
func answersBytes(op *huma.Operation) {
	op.Responses["200"] = &huma.Response{Description: "OK", Content: map[string]*huma.MediaType{binaryMedium: {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}
	op.Errors = append(op.Errors, http.StatusConflict)
}

// download answers with a file, always to be kept and never to be opened in our origin.
func download(name, digest string, at time.Time, content io.ReadSeekCloser) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		defer content.Close()
		r, w := humago.Unwrap(hctx)
		header := w.Header()
		header.Set("Content-Type", binaryMedium)
		header.Set("Content-Disposition", ui.Attachment(name))
		header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
		header.Set("Cache-Control", "private, no-store")
		header.Set("ETag", `"`+digest+`"`)
		http.ServeContent(w, r, "", at, content)
	}}
}
