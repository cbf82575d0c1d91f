package app

import (
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/account/accounttest"
	"transformateur/internal/i18n"
)

// Every mail of accounts reaches the outbox with its words, in both languages.
func TestMailsOfAccounts(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			cfg := settings(t)
			cfg.Name = "Transformateur"
			a := boot(t, cfg)
			ctx := t.Context()
			ana, _ := accounttest.Person(t, a.Accounts, "ana@example.org", "Ana Martin")
			if err := a.Accounts.Save(ctx, ana, account.Profile{Name: "Ana Martin", Lang: string(lang), Zone: "Europe/Paris"}); err != nil {
				t.Fatal(err)
			}
			ana.Lang = string(lang)
			if _, err := a.Accounts.AskLink(ctx, account.Ask{Email: "new@example.org", Lang: string(lang), IP: "192.0.2.1"}); err != nil {
				t.Fatal(err)
			}
			if err := a.Accounts.AddAddress(ctx, ana, "second@example.org", "192.0.2.1"); err != nil {
				t.Fatal(err)
			}
			if err := a.Accounts.SetMain(ctx, ana, "ana@example.org"); err != nil {
				t.Fatal(err)
			}
			in := account.Invite{Email: "bob@example.org", Lang: string(lang), Relation: "editor", Object: account.Ref{Kind: "application", ID: "a1"}, ObjectName: "Atelier", Message: "Bonjour"}
			if _, err := a.Accounts.Invite(ctx, ana, in); err != nil {
				t.Fatal(err)
			}
			mails, err := a.Notify.Mailbox(ctx, account.System, 10)
			if err != nil || len(mails) != 4 {
				t.Fatalf("%d mails %v", len(mails), err)
			}
			links := map[string]string{account.MailSignIn: "/signin/link/", account.MailAddress: "/account/addresses/confirm/", account.MailChanged: "/account", account.MailInvitation: "/invitations/"}
			for _, m := range mails {
				if !m.Secret || m.Lang != string(lang) || m.Subject == "" || !strings.Contains(m.Body, "http://127.0.0.1"+links[m.Template]) {
					t.Errorf("%+v", m)
				}
				if m.Template == account.MailInvitation && !strings.Contains(m.Body, i18n.Say(lang, "invitation.relation_editor")) {
					t.Errorf("the role is not in words: %s", m.Body)
				}
				if strings.Contains(m.Subject+m.Body, "{{") || strings.Contains(m.Subject+m.Body, "‹") {
					t.Errorf("a hole in the mail: %s", m.Body)
				}
				delete(links, m.Template)
			}
			if len(links) != 0 {
				t.Errorf("not sent: %v", links)
			}
		})
	}
}
