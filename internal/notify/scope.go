package notify

import (
	"context"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// place is where a mail belongs: the call, edition, programme and agency that
// contain it, as far as they exist.
type place struct{ call, edition, programme, agency string }

func (p place) refs() []policy.Ref {
	var refs []policy.Ref
	for _, ref := range []policy.Ref{{Kind: "call", ID: p.call}, {Kind: "edition", ID: p.edition}, {Kind: "programme", ID: p.programme}, {Kind: "agency", ID: p.agency}} {
		if ref.ID != "" {
			refs = append(refs, ref)
		}
	}
	return refs
}

// locate climbs from a scope to its agency. An unknown scope is NotFound.
func locate(ctx context.Context, r db.Reader, scope policy.Ref) (p place, err error) {
	up := func(text, id string, into *string) {
		if err == nil {
			err = r.QueryRow(ctx, text, id).Scan(into)
		}
	}
	switch scope.Kind {
	case "":
		return p, nil
	case "call":
		p.call = scope.ID
		up(`select edition_id from calls where id = $1`, p.call, &p.edition)
		up(`select programme_id from editions where id = $1`, p.edition, &p.programme)
		up(`select agency_id from programmes where id = $1`, p.programme, &p.agency)
	case "edition":
		p.edition = scope.ID
		up(`select programme_id from editions where id = $1`, p.edition, &p.programme)
		up(`select agency_id from programmes where id = $1`, p.programme, &p.agency)
	case "programme":
		p.programme = scope.ID
		up(`select agency_id from programmes where id = $1`, p.programme, &p.agency)
	case "agency":
		up(`select id from agencies where id = $1`, scope.ID, &p.agency)
	default:
		return p, errs.New(errs.NotFound, "errs.not_found")
	}
	return p, err
}

// states read the state of a scope, as the policy knows it.
var states = map[string]string{"call": `select status from calls where id = $1`, "edition": `select status from editions where id = $1`}

// scopeObject is how the policy sees a scope.
func (s *Service) scopeObject(ctx context.Context, scope policy.Ref) (obj policy.Object, err error) {
	if scopeColumns[scope.Kind] == "" {
		return obj, errs.New(errs.NotFound, "errs.not_found")
	}
	where, err := locate(ctx, s.db.Reader(), scope)
	if err != nil {
		return obj, err
	}
	obj = policy.Object{Ref: scope, Within: where.refs()[1:]}
	if text := states[scope.Kind]; text != "" {
		err = s.db.Reader().QueryRow(ctx, text, scope.ID).Scan(&obj.State)
	}
	return obj, err
}

// Place is a scope with its name in both languages.
type Place struct {
	Ref    policy.Ref
	NameFR string
	NameEN string
}

// Name is the place's name in a language.
func (p Place) Name(lang i18n.Lang) string {
	if lang == i18n.EN && p.NameEN != "" {
		return p.NameEN
	}
	return p.NameFR
}

var names = map[string]string{
	"call": `select title_fr, title_en from calls where id = $1`, "edition": `select name_fr, name_en from editions where id = $1`,
	"programme": `select name_fr, name_en from programmes where id = $1`, "agency": `select name_fr, name_en from agencies where id = $1`,
}

// At names a scope whose outbox by may read.
func (s *Service) At(ctx context.Context, by account.User, scope policy.Ref) (Place, error) {
	if err := s.Allow(ctx, by, "outbox.read", scope); err != nil {
		return Place{}, err
	}
	p := Place{Ref: scope}
	err := s.db.Reader().QueryRow(ctx, names[scope.Kind], scope.ID).Scan(&p.NameFR, &p.NameEN)
	return p, err
}

// Places lists the scopes on which by holds the right to read the outbox herself.
func (s *Service) Places(ctx context.Context, by account.User) ([]Place, error) {
	held, err := s.policy.HeldBy(ctx, s.db.Reader(), by.ID)
	if err != nil {
		return nil, err
	}
	var all []Place
	known := map[policy.Ref]bool{}
	for _, relation := range held {
		if known[relation.Object] || names[relation.Object.Kind] == "" {
			continue
		}
		known[relation.Object] = true
		p, err := s.At(ctx, by, relation.Object)
		if errs.Is(err, errs.NotFound) || errs.Is(err, errs.Forbidden) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}
