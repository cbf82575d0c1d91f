package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/screening"
)

// Counts are how many files a call has; before the closing it is all that the
// programme's team may know of them.
type Counts struct {
	Drafts       int `json:"drafts"`
	Submitted    int `json:"submitted"`
	Reopened     int `json:"reopened"`
	Withdrawn    int `json:"withdrawn"`
	Admissible   int `json:"admissible"`
	Inadmissible int `json:"inadmissible"`
}

// Item is a deposited file in the list of a call.
type Item struct {
	ID            string     `json:"id"`
	Number        int        `json:"number"`
	Title         string     `json:"title"`
	Status        string     `json:"status"`
	SubmittedAt   *time.Time `json:"submitted_at,omitempty"`
	Verdict       string     `json:"verdict,omitempty"`
	CorrectionDue *time.Time `json:"correction_due,omitempty"`
	Labels        []string   `json:"labels"`
}

// Application is one file: as its team writes it, or as it was deposited.
type Application struct {
	ID          string            `json:"id"`
	Call        string            `json:"call"`
	Number      int               `json:"number"`
	Title       string            `json:"title"`
	Status      string            `json:"status"`
	Side        string            `json:"side" enum:"team,programme"`
	Revision    int               `json:"form_revision"`
	CreatedAt   *time.Time        `json:"created_at,omitempty"`
	UpdatedAt   *time.Time        `json:"updated_at,omitempty"`
	SubmittedAt *time.Time        `json:"submitted_at,omitempty"`
	WithdrawnAt *time.Time        `json:"withdrawn_at,omitempty"`
	Answers     map[string]Answer `json:"answers"`
	Hidden      []string          `json:"hidden,omitempty"`
	Files       []File            `json:"files,omitempty"`
	Missing     []Fault           `json:"missing,omitempty"`
	Correction  *Correction       `json:"correction,omitempty"`
	Verdict     *Verdict          `json:"verdict,omitempty"`
}

// Answer is one answer, with the version to send back with a change.
type Answer struct {
	Value   any        `json:"value"`
	Version int64      `json:"version"`
	SavedAt *time.Time `json:"saved_at,omitempty"`
}

// File is a file joined to an answer.
type File struct {
	ID         string    `json:"id"`
	Field      string    `json:"field"`
	Name       string    `json:"name"`
	Bytes      int64     `json:"bytes"`
	SHA256     string    `json:"sha256"`
	Status     string    `json:"status" enum:"pending,clean,refused"`
	UploadedAt time.Time `json:"uploaded_at"`
}

// Correction is what must be corrected, and until when.
type Correction struct {
	Kind    string    `json:"kind"`
	Fields  []string  `json:"fields"`
	Message string    `json:"message"`
	Due     time.Time `json:"due"`
}

// Verdict is a person's word on admissibility.
type Verdict struct {
	Verdict string     `json:"verdict"`
	Reason  string     `json:"reason"`
	At      *time.Time `json:"at,omitempty"`
	Version int64      `json:"version"`
}

// Label is a word of the programme's own on files.
type Label struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Colour string `json:"colour"`
}

func (h *Handler) addFollowed() {
	add(h, operation{id: "get_call_counts", method: get, path: "/calls/{id}/counts", group: groupFiles, action: "call.files", on: onCall, scope: scopeFollow}, h.counts)
	add(h, operation{id: "list_call_applications", method: get, path: "/calls/{id}/applications", group: groupFiles, action: "call.files", on: onCall, scope: scopeRead}, h.items)
	add(h, operation{id: "get_application", method: get, path: "/applications/{id}", group: groupFiles, action: readFile, on: onFile, scope: scopeRead}, h.application)
	add(h, operation{id: "list_call_labels", method: get, path: "/calls/{id}/labels", group: groupFiles, action: "call.files", on: onCall, scope: scopeRead}, h.labels)
	add(h, operation{id: "add_application_label", method: http.MethodPut, path: "/applications/{id}/labels/{label}", group: groupFiles, action: "application.label", on: onFile, scope: scopeJudge, status: http.StatusNoContent}, h.label(true))
	add(h, operation{id: "remove_application_label", method: http.MethodDelete, path: "/applications/{id}/labels/{label}", group: groupFiles, action: "application.label", on: onFile, scope: scopeJudge, status: http.StatusNoContent}, h.label(false))
	add(h, operation{id: "give_verdict", method: http.MethodPut, path: "/applications/{id}/verdict", group: groupFiles, action: "application.admit", on: onFile, scope: scopeJudge, setup: func(op *huma.Operation) {
		op.Errors = append(op.Errors, http.StatusPreconditionRequired)
	}}, h.judge)
}

func (h *Handler) counts(ctx context.Context, by account.User, in *ByID) (*one[Counts], error) {
	f, err := h.Screening.Funnel(ctx, by, call.ID(in.ID))
	return &one[Counts]{Counts(f)}, err
}

func (h *Handler) items(ctx context.Context, by account.User, in *struct {
	ByID
	Paging
	Words   string `query:"words" maxLength:"200"`
	Status  string `query:"status" enum:"submitted,reopened,withdrawn"`
	Verdict string `query:"verdict" enum:"admissible,inadmissible,waiting"`
	Label   string `query:"label" maxLength:"60"`
}) (*listed[Item], error) {
	m, err := in.mark()
	if err != nil {
		return nil, err
	}
	f := screening.Filter{Words: in.Words, Status: in.Status, Verdict: in.Verdict, Label: in.Label, After: m.Count, Limit: in.Limit + 1}
	all, err := h.Screening.List(ctx, by, call.ID(in.ID), f)
	if err != nil {
		return nil, err
	}
	out := &listed[Item]{Body: Page[Item]{Items: []Item{}}}
	for i, x := range all {
		if i == in.Limit {
			out.follow(ctx, in.Paging, mark{After: string(all[i-1].ID), Count: all[i-1].Number})
			break
		}
		out.Body.Items = append(out.Body.Items, Item{string(x.ID), x.Number, x.Title, string(x.Status), instant(x.SubmittedAt), x.Verdict, instant(x.Due), append([]string{}, x.Labels...)})
	}
	return out, nil
}

// application gives the team its working copy, and the programme what was deposited,
// each within what the policy lets it see.
func (h *Handler) application(ctx context.Context, by account.User, in *ByID) (*one[Application], error) {
	a, err := h.read(ctx, by, application.ID(in.ID))
	return &one[Application]{a}, err
}

func (h *Handler) read(ctx context.Context, by account.User, id application.ID) (Application, error) {
	f, err := h.Files.Open(ctx, by, id)
	if err == nil {
		return tellOwn(ctx, f), nil
	}
	if !errs.Is(err, errs.NotFound) {
		return Application{}, err
	}
	d, err := h.Screening.Deposited(ctx, by, id)
	if err != nil {
		return Application{}, err
	}
	return tellDeposit(d), nil
}

func tellFile(f application.File, side string) Application {
	a := Application{ID: string(f.ID), Call: string(f.CallID), Number: f.Number, Title: f.Title, Status: string(f.Status), Side: side, Revision: f.Revision,
		SubmittedAt: instant(f.SubmittedAt), WithdrawnAt: instant(f.WithdrawnAt), Answers: map[string]Answer{}}
	for field, x := range f.Answers {
		a.Answers[field] = Answer{x.Value, x.Version, instant(x.SavedAt)}
	}
	if k := f.Correction; k != nil {
		a.Correction = &Correction{k.Kind, k.Fields, k.Message, k.DueAt}
	}
	return a
}

func tellOwn(ctx context.Context, f application.File) Application {
	a := tellFile(f, "team")
	a.CreatedAt, a.UpdatedAt, a.Files = instant(f.CreatedAt), instant(f.UpdatedAt), tellFiles(f.Files)
	if f.Status == application.Draft || f.Status == application.Reopened {
		a.Missing = faults(ctx, f.State.Missing())
	}
	return a
}

func faults(ctx context.Context, list []errs.Field) (out []Fault) {
	for _, f := range list {
		out = append(out, Fault{f.Path, f.Key, i18n.T(ctx, f.Key, f.Args...)})
	}
	return out
}

func tellDeposit(d screening.Deposit) Application {
	a := tellFile(d.File, "programme")
	sees := d.May[readFile].Sees
	a.Hidden = d.Hidden
	if sees("files") {
		a.Files = tellFiles(d.Files)
	}
	if !sees("admissibility") {
		a.Correction = nil
	} else if v := d.Verdict; v != nil {
		a.Verdict = &Verdict{v.Verdict, v.Reason, instant(v.At), v.Version}
	}
	return a
}

func tellFiles(list []application.Attachment) []File {
	out := []File{}
	for _, f := range list {
		out = append(out, File{f.ID, f.Field, f.Name, f.Size, f.Digest, string(f.Status), f.UploadedAt})
	}
	return out
}

func (h *Handler) labels(ctx context.Context, by account.User, in *struct {
	ByID
	Paging
}) (*listed[Label], error) {
	all, err := h.Screening.Labels(ctx, by, call.ID(in.ID))
	if err != nil {
		return nil, err
	}
	return paged(ctx, in.Paging, all, func(l screening.Label) string { return l.ID }, func(l screening.Label) Label { return Label(l) })
}

type labelled struct {
	ByID
	Label string `path:"label" maxLength:"60"`
}

func (h *Handler) label(on bool) func(context.Context, account.User, *labelled) (*struct{}, error) {
	return func(ctx context.Context, by account.User, in *labelled) (*struct{}, error) {
		return &struct{}{}, h.Screening.Tag(ctx, by, in.Label, on, application.ID(in.ID))
	}
}

// judge gives a verdict to who read the one before: If-Match holds its version, 0
// before the first.
func (h *Handler) judge(ctx context.Context, by account.User, in *struct {
	ByID
	IfMatch string `header:"If-Match" maxLength:"40"`
	Body    struct {
		Verdict string `json:"verdict" enum:"admissible,inadmissible"`
		Reason  string `json:"reason,omitempty" maxLength:"5000"`
	}
}) (*struct {
	ETag string `header:"ETag"`
	Body Verdict
}, error) {
	if in.IfMatch == "" {
		return nil, newProblem(ctx, http.StatusPreconditionRequired, "api.if_match_needed")
	}
	base, err := strconv.ParseInt(strings.Trim(in.IfMatch, `"`), 10, 64)
	if err != nil {
		return nil, &errs.Error{Kind: errs.Invalid, Key: "errs.invalid", Fields: []errs.Field{{Path: "header.If-Match", Key: "api.v_refused"}}}
	}
	id := application.ID(in.ID)
	if err := h.Screening.Admit(ctx, by, id, screening.Verdict{Verdict: in.Body.Verdict, Reason: in.Body.Reason}, base); err != nil {
		return nil, err
	}
	d, err := h.Screening.Deposited(ctx, by, id)
	if err != nil {
		return nil, err
	}
	out := &struct {
		ETag string `header:"ETag"`
		Body Verdict
	}{}
	if v := d.Verdict; v != nil {
		out.ETag, out.Body = strconv.Quote(strconv.FormatInt(v.Version, 10)), Verdict{v.Verdict, v.Reason, instant(v.At), v.Version}
	}
	return out, nil
}
