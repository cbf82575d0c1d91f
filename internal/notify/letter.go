package notify

import (
	"crypto/sha256"
	"encoding/base64"
	"html"
	"net/mail"
	"strings"

	"transformateur/internal/i18n"
	sending "transformateur/internal/platform/mail"
	"transformateur/internal/platform/text"
)

// style is the whole look of a mail: one column, large letters, the reader's own
// light or dark. It is one block, so that the preview can name its digest.
const style = `:root{color-scheme:light dark}body{margin:0;padding:1.5rem;font:1.0625rem/1.55 system-ui,sans-serif;color:#1b1b1f;background:#fff}main,footer{max-width:36rem;margin:0 auto}h1{font-size:1.1rem;margin:0 0 1.5rem}a{color:#0b57a4}blockquote{margin:1rem 0;padding:.1rem 0 .1rem 1rem;border-left:.25rem solid #767680}footer{margin-top:2rem;padding-top:1rem;border-top:1px solid #767680;font-size:.9375rem}@media (prefers-color-scheme:dark){body{color:#ececf1;background:#16161a}a{color:#8fc1ff}}`

// StyleDigest is the source expression that lets a page show a mail under a strict
// content policy (CSP level 3, "sha256-").
func StyleDigest() string {
	sum := sha256.Sum256([]byte(style))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// Shown is a mail as its reader gets it.
type Shown struct {
	Subject string
	Text    string
	HTML    string
}

// Show sets a subject and a Markdown body as the reader gets them: both parts say
// the same words, with the same foot.
func (s *Service) Show(lang, subject, body string) Shown {
	l := i18n.Parse(lang)
	subject, body = text.Typo(lang, subject), text.Typo(lang, body)
	foot := i18n.Say(l, "notify.foot", s.opt.Install)
	if s.opt.Contact != "" {
		foot = i18n.Say(l, "notify.foot_contact", s.opt.Install, s.opt.Contact)
	}
	foot = text.Typo(lang, foot)
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><html lang="` + string(l) + `"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>`)
	b.WriteString(html.EscapeString(subject) + "</title><style>" + style + "</style></head><body><main><h1>" + html.EscapeString(s.opt.Install) + "</h1>\n")
	b.WriteString(text.Markdown(body))
	b.WriteString("</main><footer><p>" + html.EscapeString(foot) + "</p></footer></body></html>\n")
	return Shown{subject, strings.TrimSpace(text.MarkdownText(body)) + "\n\n-- \n" + foot + "\n", b.String()}
}

// compose makes the message that leaves from a mail of the outbox.
func (s *Service) compose(l Letter) sending.Message {
	shown := s.Show(l.Lang, l.Subject, l.Body)
	list := "personal"
	for _, ref := range l.place().refs() {
		list = ref.Kind + "-" + ref.ID
		break
	}
	headers := map[string]string{"List-Id": "<" + list + "." + s.host() + ">", "X-Auto-Response-Suppress": "All"}
	if l.PersonID != "" && !l.Secret { // she may choose how often she gets the others
		headers["List-Unsubscribe"] = "<" + s.opt.BaseURL + "/notifications>"
	}
	return sending.Message{
		From: s.from(), ReplyTo: s.opt.Contact, To: l.To, Subject: shown.Subject, Text: shown.Text, HTML: shown.HTML, MessageID: l.MessageID, Return: s.returnPath(l.ID),
		Headers: headers,
	}
}

// from names the install before the sender's address, unless the address has a name.
func (s *Service) from() string {
	from, err := mail.ParseAddress(s.opt.From)
	if err != nil || from.Name != "" {
		return s.opt.From
	}
	from.Name = s.opt.Install
	return from.String()
}
