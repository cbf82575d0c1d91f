package mail_test

import (
	"errors"
	"strings"
	"testing"

	"transformateur/internal/platform/mail"
)

// report is a notification as Postfix writes it.
func report(action, status, said, headers string) string {
	return strings.ReplaceAll(`From: MAILER-DAEMON@relay.example.org
To: bounces+0123@example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

I'm sorry to have to inform you…

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example.org
Arrival-Date: Fri, 5 Mar 2027 11:00:00 +0000

Final-Recipient: rfc822; Ana@Example.org
Action: `+action+`
Status: `+status+`
Diagnostic-Code: smtp; `+said+`

--b1
Content-Type: text/rfc822-headers

`+headers+`
--b1--
`, "\n", "\r\n")
}

func TestParseBounce(t *testing.T) {
	for _, c := range []struct {
		situation string
		message   string
		want      mail.Bounce
		dead      bool
	}{
		{"an unknown mailbox", report("failed", "5.1.1", "550 5.1.1\tno such user", "Message-ID: <abc@example.org>"), mail.Bounce{Recipient: "ana@example.org", Action: "failed", Status: "5.1.1", Reason: "550 5.1.1 no such user", MessageID: "abc@example.org", Returned: "bounces+0123@example.org"}, true},
		{"a full mailbox", report("failed", "5.2.2", "552 full", "Message-ID: <abc@example.org>"), mail.Bounce{Recipient: "ana@example.org", Action: "failed", Status: "5.2.2", Reason: "552 full", MessageID: "abc@example.org", Returned: "bounces+0123@example.org"}, false},
		{"taken for spam", report("failed", "5.7.1", "550 spam", ""), mail.Bounce{Recipient: "ana@example.org", Action: "failed", Status: "5.7.1", Reason: "550 spam", Returned: "bounces+0123@example.org"}, false},
		{"late", report("delayed", "4.4.1", "no route", "Subject: x"), mail.Bounce{Recipient: "ana@example.org", Action: "delayed", Status: "4.4.1", Reason: "no route", Returned: "bounces+0123@example.org"}, false},
		{"delivered after all", report("delivered", "2.1.5", "ok", ""), mail.Bounce{Recipient: "ana@example.org", Action: "delivered", Status: "2.1.5", Reason: "ok", Returned: "bounces+0123@example.org"}, false},
		{"a status that is none", report("failed", "five", "?", ""), mail.Bounce{Recipient: "ana@example.org", Action: "failed", Reason: "?", Returned: "bounces+0123@example.org"}, false},
	} {
		t.Run(c.situation, func(t *testing.T) {
			got, err := mail.ParseBounce(strings.NewReader(c.message))
			if err != nil || len(got) != 1 || got[0] != c.want || got[0].Dead() != c.dead {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func TestParseBounceOfOtherMessages(t *testing.T) {
	whole := report("failed", "5.1.1", "no", "Message-ID: <abc@example.org>")
	for situation, message := range map[string]string{
		"nothing":             "",
		"an answer":           "From: ana@example.org\r\nSubject: Re: x\r\n\r\nMerci\r\n",
		"an absence":          "From: ana@example.org\r\nAuto-Submitted: auto-replied\r\nContent-Type: text/plain\r\n\r\nJe suis absente\r\n",
		"a read receipt":      strings.ReplaceAll(whole, "delivery-status", "disposition-notification"),
		"a report of no one":  strings.ReplaceAll(whole, "Final-Recipient", "X-Recipient"),
		"a report cut before": whole[:200],
	} {
		if got, err := mail.ParseBounce(strings.NewReader(message)); !errors.Is(err, mail.ErrNoBounce) {
			t.Errorf("%s: %+v, %v", situation, got, err)
		}
	}
}

func FuzzParseBounce(f *testing.F) {
	f.Add(report("failed", "5.1.1", "no", "Message-ID: <abc@example.org>"))
	f.Add(report("delayed", "4.0.0", "", ""))
	f.Fuzz(func(t *testing.T, message string) {
		list, err := mail.ParseBounce(strings.NewReader(message))
		if (err == nil) != (len(list) > 0) || len(list) > 2000 {
			t.Fatalf("%d reports, %v", len(list), err)
		}
		for _, b := range list {
			if strings.ContainsAny(b.Reason, "\r\n\x00") || len(b.Reason) > 310 || b.Recipient == "" || b.Dead() && !b.Failed() {
				t.Fatalf("%+v", b)
			}
		}
	})
}
