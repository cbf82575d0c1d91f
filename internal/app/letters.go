package app

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/notify"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/text"
)

// letters puts the mails of accounts in the outbox.
type letters struct {
	outbox  *notify.Service
	baseURL string
}

// Enqueue keeps a mail with the transaction that asks for it.
func (l letters) Enqueue(ctx context.Context, tx *db.Tx, m account.Mail) error {
	out := notify.Mail{To: m.To, Lang: m.Lang, Key: m.Key, Urgent: m.Urgent, Secret: true, Args: map[string]string{"Link": l.baseURL + m.Args["path"]}}
	copied := func(from, to string) {
		if v := m.Args[from]; v != "" {
			out.Args[to] = v
		}
	}
	copied("name", "Name")
	switch m.Template {
	case account.MailSignIn:
		out.Template = "signin_link"
		copied("code", "Code")
		copied("minutes", "Minutes")
	case account.MailAddress:
		out.Template = "address_proof"
		out.Args["Email"] = m.To
		copied("minutes", "Minutes")
	case account.MailChanged:
		out.Template = "account_changed"
		out.Args["Link"] = l.baseURL + "/account"
	case account.MailInvitation:
		out.Template = "invitation"
		delete(out.Args, "Name")
		copied("name", "Author")
		copied("object", "What")
		copied("message", "Message")
		lang := i18n.Parse(m.Lang)
		out.Args["Role"] = i18n.Say(lang, "invitation.relation_"+m.Args["relation"])
		if until, err := time.Parse(time.RFC3339, m.Args["until"]); err == nil {
			out.Args["Expires"] = text.Date(string(lang), until)
		}
	default:
		return fmt.Errorf("no letter is called %q", m.Template)
	}
	return l.outbox.Enqueue(ctx, tx, out)
}
