package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strconv"

	"transformateur/internal/platform/errs"
)

// Paging is how a client walks through a list.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Cursor string `query:"cursor" maxLength:"400"`
}

// Page is one part of a list, and where the next one starts.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`
}

// listed is a page with its link to the next (RFC 8288).
type listed[T any] struct {
	Link string `header:"Link"`
	Body Page[T]
}

// mark is what a cursor holds: the last thing that was given, and how many before.
type mark struct {
	After string `json:"a"`
	Count int    `json:"n"`
}

func (p Paging) mark() (m mark, err error) {
	if p.Cursor == "" {
		return m, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil || m.Count < 0 {
		return m, &errs.Error{Kind: errs.Invalid, Key: "errs.invalid", Fields: []errs.Field{{Path: "query.cursor", Key: "api.cursor_unknown"}}}
	}
	return m, nil
}

func (m mark) String() string {
	text, _ := json.Marshal(m)
	return base64.RawURLEncoding.EncodeToString(text)
}

// paged cuts a list after what the client already has. What disappeared meanwhile
// leaves its place: nothing is given twice, nothing is skipped but what is gone.
func paged[S, T any](ctx context.Context, p Paging, all []S, id func(S) string, tell func(S) T) (*listed[T], error) {
	m, err := p.mark()
	if err != nil {
		return nil, err
	}
	from := min(m.Count, len(all))
	for i, one := range all {
		if m.After != "" && id(one) == m.After {
			from = i + 1
		}
	}
	until := min(from+p.Limit, len(all))
	out := &listed[T]{Body: Page[T]{Items: make([]T, 0, until-from)}}
	for _, one := range all[from:until] {
		out.Body.Items = append(out.Body.Items, tell(one))
	}
	if until < len(all) {
		out.follow(ctx, p, mark{After: id(all[until-1]), Count: until})
	}
	return out, nil
}

// follow says where the next page starts.
func (l *listed[T]) follow(ctx context.Context, p Paging, next mark) {
	l.Body.Next = next.String()
	u := *addressOf(ctx)
	q := u.Query()
	q.Set("cursor", l.Body.Next)
	q.Set("limit", strconv.Itoa(p.Limit))
	u.RawQuery = q.Encode()
	l.Link = "<" + u.RequestURI() + `>; rel="next"`
}
