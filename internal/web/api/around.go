package api

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
)

// Me is who the token acts for.
type Me struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Lang string `json:"lang"`
	Zone string `json:"zone"`
}

// Organisation is a line of the directory.
type Organisation struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Kind      string `json:"kind"`
	SIRET     string `json:"siret,omitempty"`
	RNA       string `json:"rna,omitempty"`
	Territory string `json:"territory,omitempty"`
}

// Invitation is an offer of a role that was not answered yet.
type Invitation struct {
	ID        string    `json:"id"`
	Email     string    `json:"email"`
	Role      string    `json:"role"`
	SentAt    time.Time `json:"sent_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

// Line is an act of the journal.
type Line struct {
	Seq     int64          `json:"seq"`
	At      time.Time      `json:"at"`
	Actor   string         `json:"actor"`
	Act     string         `json:"act"`
	Kind    string         `json:"object_kind"`
	Object  string         `json:"object_id"`
	Detail  map[string]any `json:"detail"`
	Request string         `json:"request"`
	Prev    string         `json:"prev"`
	Hash    string         `json:"hash"`
}

func (h *Handler) addAround() {
	add(h, operation{id: "get_me", method: get, path: "/me", group: groupAround, action: "account.manage", scope: "account:read"}, h.me)
	add(h, operation{id: "search_organisations", method: get, path: "/organisations", group: groupAround, action: "organisation.read", scope: "organisations:read"}, h.organisations)
	add(h, operation{id: "get_organisation", method: get, path: "/organisations/{id}", group: groupAround, action: "organisation.read", on: onOrganism, scope: "organisations:read"}, h.organisation)
	add(h, operation{id: "list_edition_invitations", method: get, path: "/editions/{id}/invitations", group: groupAround, action: "edition.invite", on: onEdition, scope: "teams:read"}, h.invitations)
	add(h, operation{id: "read_journal", method: get, path: "/journal", group: groupAround, action: "journal.read", on: "platform", scope: "journal:read"}, h.journal)
}

func (h *Handler) me(_ context.Context, by account.User, _ *struct{}) (*one[Me], error) {
	return &one[Me]{Me{string(by.ID), by.Name, by.Lang, by.Zone}}, nil
}

func tellOrganisation(o account.Organisation) Organisation {
	return Organisation{string(o.ID), o.Name, string(o.Kind), o.SIRET, o.RNA, o.Territory}
}

// maxFound bounds a search of the directory: beyond it, more words are needed.
const maxFound = 1000

func (h *Handler) organisations(ctx context.Context, by account.User, in *struct {
	Paging
	Words string `query:"words" maxLength:"200"`
}) (*listed[Organisation], error) {
	all, err := h.Accounts.SearchOrganisations(ctx, by, in.Words, maxFound)
	if err != nil {
		return nil, err
	}
	return paged(ctx, in.Paging, all, func(f account.Found) string { return string(f.ID) }, func(f account.Found) Organisation { return tellOrganisation(f.Organisation) })
}

func (h *Handler) organisation(ctx context.Context, by account.User, in *ByID) (*one[Organisation], error) {
	sheet, err := h.Accounts.ReadOrganisation(ctx, by, account.OrganisationID(in.ID))
	return &one[Organisation]{tellOrganisation(sheet.Organisation)}, err
}

func (h *Handler) invitations(ctx context.Context, by account.User, in *struct {
	ByID
	Paging
}) (*listed[Invitation], error) {
	t, err := h.Teams.Open(ctx, by, policy.Ref{Kind: onEdition, ID: in.ID})
	if err != nil {
		return nil, err
	}
	return paged(ctx, in.Paging, t.Pending, func(i account.Invitation) string { return i.ID }, func(i account.Invitation) Invitation {
		return Invitation{i.ID, i.Email, i.Relation, i.SentAt, i.ExpiresAt}
	})
}

func (h *Handler) journal(ctx context.Context, by account.User, in *struct {
	Limit  int       `query:"limit" minimum:"1" maximum:"50" default:"50"`
	Cursor string    `query:"cursor" maxLength:"400"`
	Actor  string    `query:"actor" maxLength:"80"`
	Act    string    `query:"act" maxLength:"80"`
	Kind   string    `query:"object_kind" maxLength:"80"`
	Object string    `query:"object_id" maxLength:"120"`
	From   time.Time `query:"from"`
	Until  time.Time `query:"until"`
}) (*listed[Line], error) {
	p := Paging{in.Limit, in.Cursor}
	m, err := p.mark()
	if err != nil {
		return nil, err
	}
	found, err := h.Admin.Journal(ctx, by, journal.Filter{Actor: in.Actor, Act: in.Act, Kind: in.Kind, ID: in.Object, From: in.From, Until: in.Until}, int64(m.Count))
	if err != nil {
		return nil, err
	}
	out := &listed[Line]{Body: Page[Line]{Items: []Line{}}}
	for i, l := range found.Lines {
		if i == in.Limit {
			break
		}
		line := Line{l.Seq, l.At, l.Actor, l.Act, l.Kind, l.ID, map[string]any{}, l.Request, l.Prev, l.Hash}
		if err := json.Unmarshal([]byte(l.Detail), &line.Detail); err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, line)
	}
	if n := len(out.Body.Items); n > 0 && (found.Next > 0 || n < len(found.Lines)) {
		last := out.Body.Items[n-1].Seq
		out.follow(ctx, p, mark{After: strconv.FormatInt(last, 10), Count: int(last)})
	}
	return out, nil
}
