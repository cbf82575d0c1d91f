package gatheringminutes

import (
	"context"

	"transformateur/internal/i18n"
)

func otherLang(ctx context.Context) string {
	if i18n.From(ctx) == i18n.EN {
		return "?lang=fr"
	}
	return "?lang=en"
}
