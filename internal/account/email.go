package account

import (
	"net/mail"
	"net/url"
	"strings"
	"unicode"

	"transformateur/internal/platform/text"
)

// maxEmail is the longest address that mail can carry (RFC 5321 §4.5.3.1.3, less the brackets).
const maxEmail = 254

// ParseEmail checks an address and gives the form in which it is kept and
// compared: lower case, no display name. It does not prove that it works.
// Errors, Invalid on the field "email": account.email_missing, account.email_form.
func ParseEmail(s string) (string, error) {
	s = strings.ToLower(strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }))
	if s == "" {
		return "", invalid("email", "account.email_missing")
	}
	parsed, err := mail.ParseAddress(s)
	at := strings.LastIndexByte(s, '@')
	if err != nil || parsed.Address != s || len(s) > maxEmail || at < 1 || at > 64 || strings.ContainsAny(s[:at], "\" ") || !isDomain(s[at+1:]) {
		return "", invalid("email", "account.email_form")
	}
	return s, nil
}

// isDomain says whether s is a domain name with at least two labels (RFC 1035 §2.3.1; letters of other scripts allowed).
func isDomain(s string) bool {
	labels := strings.Split(s, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
		for _, r := range label {
			if r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				return false
			}
		}
	}
	return len(labels) > 1 && len(s) <= 253
}

// publicProviders give addresses to anybody: their domain says nothing of an organisation.
var publicProviders = wordSet(`
	gmail.com googlemail.com outlook.com outlook.fr hotmail.com hotmail.fr live.com live.fr msn.com
	yahoo.com yahoo.fr ymail.com icloud.com me.com mac.com aol.com proton.me protonmail.com pm.me
	gmx.com gmx.fr gmx.net mail.com zoho.com tutanota.com tuta.io fastmail.com yandex.com
	orange.fr wanadoo.fr free.fr freesbee.fr sfr.fr neuf.fr cegetel.net club-internet.fr numericable.fr
	noos.fr bbox.fr laposte.net lilo.org mailo.com netcourrier.com caramail.com voila.fr aliceadsl.fr
	dartybox.com nordnet.fr ovh.fr riseup.net disroot.org posteo.net mailoo.org demonstration.invalid`) // the last gives one to every person of the demonstration

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(words) {
		set[word] = true
	}
	return set
}

// PublicProvider says whether a domain gives addresses to anybody.
func PublicProvider(domain string) bool { return publicProviders[strings.ToLower(domain)] }

func domainOf(email string) string { return email[strings.LastIndexByte(email, '@')+1:] }

// nameFrom guesses a name from an address, for who has not said hers: "ana.le-goff@…" gives "Ana Le-Goff".
func nameFrom(email string) string {
	local, _, _ := strings.Cut(email, "@")
	local, _, _ = strings.Cut(local, "+")
	start := true
	name := strings.Map(func(r rune) rune {
		switch {
		case r == '.' || r == '_':
			start = true
			return ' '
		case start:
			start = r == '-'
			return unicode.ToUpper(r)
		}
		start = r == '-'
		return r
	}, local)
	if name = strings.Join(strings.Fields(name), " "); name == "" {
		return email // "+news@…" guesses nothing
	}
	return name
}

// LocalPath gives next if it is an address of this site, "/" otherwise: a link
// that signs in must never lead elsewhere.
func LocalPath(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\") || len(next) > 1000 {
		return "/"
	}
	for _, r := range next {
		if r < ' ' || r == 0x7f || unicode.Is(unicode.Cf, r) {
			return "/"
		}
	}
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || strings.HasPrefix(u.Path, "//") || strings.Contains(u.Path, "\\") {
		return "/"
	}
	if u.Path == "/signin" || strings.HasPrefix(u.Path, "/signin/") || u.Path == "/signout" {
		return "/"
	}
	return next
}

// oneLine keeps what somebody typed as one line without control characters.
func oneLine(s string) string { return strings.Join(strings.Fields(text.Clean(s)), " ") }
