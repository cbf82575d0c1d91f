package notify_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/notify"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/mail"
)

// report is what a mail system says of a mail.
func report(action, status, messageID, returned string) *strings.Reader {
	return strings.NewReader(strings.ReplaceAll(fmt.Sprintf(`From: MAILER-DAEMON@relay.example.org
To: %s
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example.org

Final-Recipient: rfc822; elsewhere@example.net
Action: %s
Status: %s
Diagnostic-Code: smtp; 550 no such user

--b
Content-Type: message/rfc822

Message-ID: <%s>
Subject: x

Bonjour
--b--
`, returned, action, status, messageID), "\n", "\r\n"))
}

func (w *world) mailTo(email, key string, urgent bool) notify.Letter {
	w.t.Helper()
	m := notice(key)
	m.To, m.PersonID, m.Lang, m.Hold, m.Urgent = email, "", "fr", notify.AtOnce, urgent
	w.enqueue(m)
	w.send()
	return w.byKey(key)
}

func TestBouncePausesAnAddress(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := w.mailTo("Zoe@example.org", "b1", false)
		if first.Status != notify.Sent {
			t.Fatalf("%+v", first)
		}
		for range 2 { // mail systems repeat themselves
			n, err := w.mails.Bounced(ctx, account.System, report("failed", "5.1.1", first.MessageID, "x@example.org"))
			if err != nil || n != 1 {
				t.Fatalf("%d, %v", n, err)
			}
		}
		if got := w.byKey("b1"); got.Status != notify.Failed || got.Problem != "550 no such user" {
			t.Errorf("a mail that came back: %+v", got)
		}
		if acts := strings.Join(w.acts(first.ID), ", "); acts != "system mail.sent, system mail.returned" {
			t.Errorf("journal %s", acts)
		}
		if next := w.mailTo("zoe@example.org", "b2", false); next.Status != notify.Failed || next.Problem != "notify.problem_paused" {
			t.Errorf("another mail to the address: %+v", next)
		}
		if urgent := w.mailTo("zoe@example.org", "b3", true); urgent.Status != notify.Sent {
			t.Errorf("a sign-in link she asks for: %+v", urgent)
		}
		trouble, err := w.mails.TroubleOf(ctx, w.lead, first.ID)
		if err != nil || trouble.PausedAt.IsZero() || trouble.Temporary != 0 || trouble.Email != "zoe@example.org" {
			t.Errorf("the lead reads %+v, %v", trouble, err)
		}
	})
}

func TestBounceThatPassesIsCounted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		l := w.mailTo("zoe@example.org", "b1", false)
		for _, status := range []string{"4.4.1", "5.2.2"} {
			action := map[byte]string{'4': "delayed", '5': "failed"}[status[0]]
			if _, err := w.mails.Bounced(ctx, account.System, report(action, status, "", "bounces+"+l.ID+"@example.org")); err != nil {
				t.Fatal(err)
			}
		}
		trouble, err := w.mails.TroubleOf(ctx, w.lead, l.ID)
		if err != nil || !trouble.PausedAt.IsZero() || trouble.Temporary != 2 {
			t.Errorf("%+v, %v", trouble, err)
		}
		if next := w.mailTo("zoe@example.org", "b2", false); next.Status != notify.Sent {
			t.Errorf("another mail: %+v", next)
		}
	})
}

func TestBouncesThatAreNotBelieved(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		l := w.mailTo("zoe@example.org", "b1", false)
		if _, err := w.mails.Bounced(ctx, account.System, report("failed", "5.1.1", "unknown@example.org", "x@example.org")); !errs.Is(err, errs.NotFound) {
			t.Errorf("about a mail of somebody else: %v", err)
		}
		if _, err := w.mails.Bounced(ctx, account.System, strings.NewReader("From: a@example.org\r\n\r\nMerci")); !errs.Is(err, errs.Invalid) {
			t.Errorf("an answer: %v", err)
		}
		if n, err := w.mails.Bounced(ctx, account.System, report("delivered", "2.0.0", l.MessageID, "")); err != nil || n != 1 || w.byKey("b1").Status != notify.Sent {
			t.Errorf("delivered: %d, %v", n, err)
		}
		w.clock.Advance(31 * 24 * time.Hour)
		if _, err := w.mails.Bounced(ctx, account.System, report("failed", "5.1.1", l.MessageID, "")); !errs.Is(err, errs.NotFound) {
			t.Errorf("a month later: %v", err)
		}
	})
}

func TestRefusedRecipientPausesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.post.answer = func(mail.Message) error {
			return &mail.Failure{Permanent: true, Recipient: true, Code: 550, Reason: "no such user"}
		}
		w.mailTo("zoe@example.org", "b1", false)
		w.post.answer = nil
		if next := w.mailTo("zoe@example.org", "b2", false); next.Problem != "notify.problem_paused" {
			t.Errorf("%+v", next)
		}
	})
}

func TestResumeOwnAddressOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ana := w.person("zoe", "fr", "Europe/Paris")
		l := w.mailTo("zoe@example.org", "b1", false)
		if _, err := w.mails.Bounced(ctx, account.System, report("failed", "5.1.1", l.MessageID, "")); err != nil {
			t.Fatal(err)
		}
		if list, err := w.mails.Troubles(ctx, ana); err != nil || len(list) != 1 || list[0].Email != "zoe@example.org" {
			t.Fatalf("%+v, %v", list, err)
		}
		if list, err := w.mails.Troubles(ctx, w.other); err != nil || len(list) != 0 {
			t.Errorf("another person reads %+v, %v", list, err)
		}
		if err := w.mails.Resume(ctx, w.other, "zoe@example.org"); !errs.Is(err, errs.NotFound) {
			t.Errorf("another person resumes it: %v", err)
		}
		if err := w.mails.Resume(ctx, ana, "Zoe@example.org "); err != nil {
			t.Fatal(err)
		}
		if next := w.mailTo("zoe@example.org", "b2", false); next.Status != notify.Sent {
			t.Errorf("after that: %+v", next)
		}
	})
}

func TestReturnPathNamesTheMail(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		l := w.mailTo("zoe@example.org", "b1", false)
		if got := w.post.taken[0].Return; got != "retours+"+l.ID+"@example.org" {
			t.Errorf("reports go to %q", got)
		}
	})
}
