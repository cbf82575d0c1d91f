package app

import (
	"context"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/notify"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/text"
)

// accountMailer lets accounts, who stand above the outbox, put their mails in it:
// they name the act and the path, this names the template and the address.
type accountMailer struct {
	mails *notify.Service
	base  string
}

// accountMails says which template tells each act of an account. All of them hold
// something that only their reader may see.
var accountMails = map[string]string{
	account.MailSignIn: "signin_link", account.MailAddress: "address_proof", account.MailChanged: "account_changed", account.MailInvitation: "invitation",
}

// Enqueue keeps a mail of an account with the transaction that asks for it.
func (a accountMailer) Enqueue(ctx context.Context, tx *db.Tx, m account.Mail) error {
	lang := i18n.Parse(m.Lang)
	args := map[string]string{"Link": a.base + m.Args["path"]}
	set := func(name, value string) {
		if value != "" {
			args[name] = value
		}
	}
	switch m.Template {
	case account.MailSignIn:
		set("Code", m.Args["code"])
		set("Minutes", m.Args["minutes"])
	case account.MailAddress:
		set("Minutes", m.Args["minutes"])
		set("Name", m.Args["name"])
		set("Email", m.To)
	case account.MailChanged:
		set("Name", m.Args["name"])
	case account.MailInvitation:
		set("Author", m.Args["name"])
		set("What", m.Args["object"])
		set("Role", roleName(lang, m.Args["relation"]))
		set("Message", m.Args["message"])
		if until, err := time.Parse(time.RFC3339, m.Args["until"]); err == nil {
			set("Expires", text.Date(string(lang), until))
		}
	}
	return a.mails.Enqueue(ctx, tx, notify.Mail{To: m.To, Lang: string(lang), Template: accountMails[m.Template], Args: args, Key: m.Key,
		Urgent: m.Urgent, Secret: true, Hold: notify.AtOnce})
}

// roleName says a relation in words when the catalogue has them.
func roleName(lang i18n.Lang, relation string) string {
	if key := "notify.role_" + relation; i18n.Has(key) {
		return i18n.Say(lang, key)
	}
	return relation
}
