package notify

import (
	"context"

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

// object is how the policy sees a scope.
func (p place) object(scope policy.Ref) policy.Object {
	return policy.Object{Ref: scope, Within: p.refs()}
}
