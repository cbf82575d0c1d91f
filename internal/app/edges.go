package app

import (
	"context"
	"fmt"

	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/register"
	"transformateur/internal/territory"
	"transformateur/internal/web/ui/formview"
)

// checkNumber checks a number of the registers that organisations have.
func checkNumber(name, number string) (string, error) {
	switch name {
	case "siret":
		return register.SIRET(number)
	case "rna":
		return register.RNA(number)
	}
	return "", fmt.Errorf("no register is called %q", name)
}

// registers check what forms ask about organisations and places.
type registers struct{}

// Organisation gives the message key of what is wrong with a number, or "".
func (registers) Organisation(kind, id string) string {
	_, err := checkNumber(kind, id)
	if err == nil {
		return ""
	}
	if key := errs.KeyOf(err); key != "" {
		return key
	}
	return "form.value_shape"
}

// Territory names a place of the official geographic code.
func (registers) Territory(kind, code string) (string, bool) {
	place, ok := territory.Find(territory.Ref{Kind: territory.Kind(kind), Code: code})
	if !ok {
		return "", false
	}
	return place.Label(), true
}

// places finds the places that a question about a territory accepts.
type places struct{}

// Search looks in the official geographic code for what a question accepts.
func (p places) Search(ctx context.Context, question *form.Field, query string) formview.Search {
	found := formview.Search{Query: query}
	if question != nil {
		found.Places = p.Among(ctx, question.Settings.Kinds, query, 10)
	}
	return found
}

// Among looks in the official geographic code; without kinds, at every one of them.
func (places) Among(ctx context.Context, names []string, query string, limit int) (list []formview.Place) {
	var kinds []territory.Kind
	for _, k := range names {
		kinds = append(kinds, territory.Kind(k))
	}
	for _, p := range territory.Search(query, kinds, limit) {
		list = append(list, formview.Place{Ref: string(p.Kind) + ":" + p.Code, Label: p.Label(), Kind: i18n.T(ctx, p.Kind.MessageKey())})
	}
	return list
}
