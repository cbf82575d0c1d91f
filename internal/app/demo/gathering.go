package demo

import (
	"time"

	"transformateur/internal/account"
	"transformateur/internal/form/typography"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/zone"
	"transformateur/internal/programme"
)
