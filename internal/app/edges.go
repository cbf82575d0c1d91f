package app

import (
	"context"
	"fmt"

	"transformateur/internal/form"
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

// Search looks in the official geographic code.
func (places) Search(_ context.Context, question *form.Field, query string) formview.Search {
	found := formview.Search{Query: query}
	if question == nil {
		return found
	}
	var kinds []territory.Kind
	for _, k := range question.Settings.Kinds {
		kinds = append(kinds, territory.Kind(k))
	}
	for _, p := range territory.Search(query, kinds, 10) {
		found.Places = append(found.Places, formview.Place{Ref: string(p.Kind) + ":" + p.Code, Label: p.Label(), Kind: p.Kind.MessageKey()})
	}
	return found
}
