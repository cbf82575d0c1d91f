package api

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/application/receipt"
	"transformateur/internal/call"
	"transformateur/internal/platform/errs"
)

// Mine is one of the person's own files, in her list.
type Mine struct {
	ID          string     `json:"id"`
	Call        string     `json:"call"`
	Number      int        `json:"number"`
	Title       string     `json:"title"`
	Status      string     `json:"status"`
	Role        string     `json:"role"`
	Due         *time.Time `json:"due,omitempty"`
	SubmittedAt *time.Time `json:"submitted_at,omitempty"`
}

// Saved is what became of a change of answers.
type Saved struct {
	Versions map[string]int64 `json:"versions"`
	Missing  []Fault          `json:"missing"`
	SavedAt  time.Time        `json:"saved_at"`
}

// value is an answer as it was sent, which its question reads.
type value struct{ text json.RawMessage }

// UnmarshalJSON keeps the text.
func (v *value) UnmarshalJSON(text []byte) error {
	v.text = slices.Clone(text)
	return nil
}

// Schema says that an answer can be anything; its question says what.
func (value) Schema(huma.Registry) *huma.Schema { return &huma.Schema{} }

// edit is an answer as a client wants it, and the version it started from.
type edit struct {
	Value   value `json:"value"`
	Version int64 `json:"version" minimum:"0"`
}

func (h *Handler) addOwn() {
	add(h, operation{id: "list_own_applications", method: get, path: "/applications", group: groupOwn, action: "account.manage", scope: scopeRead}, h.mine)
	add(h, operation{id: "create_application", method: http.MethodPost, path: "/calls/{id}/applications", group: groupOwn, action: "application.create", on: onCall, scope: scopeWrite, status: http.StatusCreated,
		effects: []string{actCreated}}, h.create)
	add(h, operation{id: "save_answers", method: http.MethodPatch, path: "/applications/{id}/answers", group: groupOwn, action: editFile, on: onFile, scope: scopeWrite}, h.save)
	add(h, operation{id: "submit_application", method: http.MethodPost, path: "/applications/{id}/submit", group: groupOwn, action: "application.submit", on: onFile, scope: scopeSubmit, status: http.StatusCreated,
		effects: []string{actSubmitted}}, h.submit)
	add(h, operation{id: "withdraw_application", method: http.MethodPost, path: "/applications/{id}/withdraw", group: groupOwn, action: "application.withdraw", on: onFile, scope: scopeSubmit, status: http.StatusCreated,
		effects: []string{actWithdrawn}}, h.withdraw)
}

// The acts of the journal after which a request is not done again.
const (
	actCreated   = "application.created"
	actSubmitted = "application.submitted"
	actWithdrawn = "application.withdrawn"
	actAttached  = "application.file_attached"
)

func (h *Handler) mine(ctx context.Context, by account.User, in *struct{ Paging }) (*listed[Mine], error) {
	all, err := h.Files.ListMine(ctx, by)
	if err != nil {
		return nil, err
	}
	return paged(ctx, in.Paging, all, func(m application.Mine) string { return string(m.ID) }, func(m application.Mine) Mine {
		return Mine{string(m.ID), string(m.CallID), m.Number, m.Title, string(m.Status), m.Role, instant(m.Due), instant(m.SubmittedAt)}
	})
}

// made is a new thing and its address.
type made[T any] struct {
	Location string `header:"Location"`
	Body     T
}

func (h *Handler) create(ctx context.Context, by account.User, in *struct {
	ByID
	Body struct {
		Title string `json:"title" minLength:"1" maxLength:"800"`
	}
}) (*made[Application], error) {
	var id application.ID
	if done, ok := lost(ctx, actCreated); ok {
		id = application.ID(done.ID)
	} else {
		a, err := h.Files.Create(ctx, by, call.ID(in.ID), in.Body.Title)
		if err != nil {
			return nil, err
		}
		id = a.ID
	}
	a, err := h.read(ctx, by, id)
	return &made[Application]{Prefix + "/applications/" + string(id), a}, err
}

// save writes all the answers that were sent, or none: what a question refuses, and
// what changed since the version that the client had, is said first. Should somebody
// write in between, her answer stands, the other is kept beside, and the client is told.
func (h *Handler) save(ctx context.Context, by account.User, in *struct {
	ByID
	Body struct {
		Answers map[string]edit `json:"answers" minProperties:"1" maxProperties:"500"`
	}
}) (*one[Saved], error) {
	id := application.ID(in.ID)
	f, err := h.Files.Open(ctx, by, id)
	if err != nil {
		return nil, err
	}
	edits, err := h.edits(ctx, f, in.Body.Answers)
	if err != nil {
		return nil, err
	}
	saved, err := h.Files.Save(ctx, by, id, edits)
	if err != nil {
		return nil, err
	}
	if len(saved.Refused) > 0 {
		return nil, &errs.Error{Kind: errs.Invalid, Key: "application.invalid", Fields: saved.Refused}
	}
	if len(saved.Conflicts) > 0 {
		var theirs []Conflict
		for _, c := range saved.Conflicts {
			theirs = append(theirs, Conflict{c.Field, c.Theirs.Version, c.Theirs.Value})
		}
		return nil, outdated(ctx, theirs)
	}
	return &one[Saved]{Saved{saved.Versions, append([]Fault{}, faults(ctx, saved.State.Missing())...), saved.At}}, nil
}

func outdated(ctx context.Context, theirs []Conflict) *Problem {
	p := newProblem(ctx, http.StatusConflict, "api.answers_changed")
	p.Conflicts = theirs
	return p
}

// edits reads the answers as their questions take them.
func (h *Handler) edits(ctx context.Context, f application.File, sent map[string]edit) (edits []application.Edit, err error) {
	var bad []errs.Field
	var theirs []Conflict
	now := h.Clock.Now()
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		e, field := sent[name], f.Form.Form.Field(name)
		if field == nil || field.Type == "file" {
			bad = append(bad, errs.Field{Path: name, Key: "application.field_unknown"})
			continue
		}
		if (f.Status == application.Draft || f.Status == application.Reopened) && !f.MayEdit(name, now) {
			bad = append(bad, errs.Field{Path: name, Key: "application.field_closed"})
			continue
		}
		v, wrong := field.Decode(e.Value.text)
		bad = append(bad, wrong...)
		if have := f.Answers[name]; have.Version != e.Version {
			theirs = append(theirs, Conflict{name, have.Version, have.Value})
		}
		edits = append(edits, application.Edit{Field: name, Base: e.Version, Value: v})
	}
	if err := errs.NewInvalid("application.invalid", bad); err != nil {
		return nil, err
	}
	if len(theirs) > 0 {
		return nil, outdated(ctx, theirs)
	}
	return edits, nil
}

func (h *Handler) submit(ctx context.Context, by account.User, in *ByID) (*made[receipt.Signed], error) {
	if _, done := lost(ctx, actSubmitted); !done {
		r, err := h.Files.Submit(ctx, by, application.ID(in.ID))
		return receipted(in.ID, r), err
	}
	return h.receiptAgain(ctx, by, in.ID, actSubmitted)
}

func (h *Handler) withdraw(ctx context.Context, by account.User, in *ByID) (*made[receipt.Signed], error) {
	if _, done := lost(ctx, actWithdrawn); !done {
		r, err := h.Files.Withdraw(ctx, by, application.ID(in.ID))
		return receipted(in.ID, r), err
	}
	return h.receiptAgain(ctx, by, in.ID, actWithdrawn)
}

func receipted(id string, r receipt.Signed) *made[receipt.Signed] {
	return &made[receipt.Signed]{fmt.Sprintf("%s/applications/%s/receipts/%d", Prefix, id, r.Receipt.Number), r}
}

// receiptAgain is the receipt of an act whose answer was lost.
func (h *Handler) receiptAgain(ctx context.Context, by account.User, id, act string) (*made[receipt.Signed], error) {
	done, _ := lost(ctx, act)
	var detail struct {
		Receipt int64 `json:"receipt"`
	}
	if err := json.Unmarshal(done.Detail, &detail); err != nil {
		return nil, fmt.Errorf("find the receipt of %s: %w", act, err)
	}
	r, err := h.Files.Receipt(ctx, by, application.ID(id), detail.Receipt)
	return receipted(id, r), err
}
