// Package opinionview is how the opinions of experts look to those who read or discuss a file.
package opinionview

import (
	"context"

	"transformateur/internal/i18n"
	"transformateur/internal/review/opinion"
)

//go:generate go tool templ generate -path .

// called is what an opinion is called: by its author's name, once names are told.
func called(ctx context.Context, o opinion.Opinion, place int) string {
	if o.Name != "" {
		return o.Name
	}
	return i18n.T(ctx, "opinions.unnamed", place)
}
