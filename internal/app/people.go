package app

import (
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
	"transformateur/internal/register"
	"transformateur/internal/web/ui"
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

// inWords gives what fills a mail of accounts, said in its language: links are made
// whole with base, roles and dates are put into words.
func inWords(m account.Mail, base, zone string) map[string]string {
	args := map[string]string{}
	for name, value := range m.Args {
		switch name {
		case "Link":
			value = base + value
		case "Role":
			value = i18n.Say(i18n.Parse(m.Lang), "invitation.relation_"+value)
		case "Expires":
			if at, err := time.Parse(time.RFC3339, value); err == nil {
				value = text.Instant(m.Lang, ui.Local(at, zone))
			}
		case "Author":
			if value == "" {
				value = i18n.Say(i18n.Parse(m.Lang), "ui.product")
			}
		}
		args[name] = value
	}
	return args
}
