package app

import (
	"context"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/credential"
	"transformateur/internal/i18n"
	"transformateur/internal/notify"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/text"
	"transformateur/internal/web/ui"
)

// letters puts the mails of accounts in the outbox. They hold links that open
// something: nobody but their receiver reads them.
type letters struct {
	outbox  *notify.Service
	baseURL string
}

// mailZone is the zone in which mails of accounts say instants.
const mailZone = "Europe/Paris"

// Enqueue keeps a mail with the transaction that asks for it.
func (l letters) Enqueue(ctx context.Context, tx *db.Tx, m account.Mail) error {
	return l.outbox.Enqueue(ctx, tx, notify.Mail{To: m.To, Lang: m.Lang, Template: m.Template, Args: l.inWords(m), Key: m.Key, Urgent: m.Urgent, Secret: true})
}

// inWords says what fills a mail in its language: links are made whole, roles and
// dates are put into words.
func (l letters) inWords(m account.Mail) map[string]string {
	args := map[string]string{}
	for name, value := range m.Args {
		switch name {
		case "Link":
			value = l.baseURL + value
		case "Role":
			value = i18n.Say(i18n.Parse(m.Lang), "invitation.relation_"+value)
		case "Expires":
			if at, err := time.Parse(time.RFC3339, value); err == nil {
				value = text.DateTime(m.Lang, ui.Local(at, mailZone))
			}
		case "What":
			if m.Template == credential.MailSecurity {
				value = i18n.Say(i18n.Parse(m.Lang), "credential.told_"+value)
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
