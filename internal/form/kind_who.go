package form

import (
	"net/url"
	"slices"
	"strings"

	"transformateur/internal/form/rule"
)

// organisationType is an organisation by its French identifier: {"kind":
// "siret" or "rna", "id", "name"}.
type organisationType struct{ base }

// contactType is a person to reach: {"name","function","organisation","email","phone"}.
type contactType struct{ base }

// emailType is an e-mail address, phoneType a telephone number, linkType a
// web address, ibanType a bank account.
type (
	emailType struct{ base }
	phoneType struct{ base }
	linkType  struct{ base }
	ibanType  struct{ base }
)

var organisationKinds = []string{"siret", "rna"}

func (organisationType) check(f *Field, bad *problems) { checkKinds(f, organisationKinds, bad) }

func checkKinds(f *Field, known []string, bad *problems) {
	for i, k := range f.Settings.Kinds {
		if !slices.Contains(known, k) {
			bad.add("settings.kinds."+itoa(i), "form.setting_kind", k)
		}
	}
}

func (organisationType) fromHTML(_ *Field, in *node) any { return in.object("kind", "id", "name") }

// normalise guesses the kind from the identifier when none is given: an RNA number starts with W.
func (organisationType) normalise(_ *Field, raw any) (any, string) {
	value, key := eachPart(raw, map[string]func(any) (any, string){"kind": lineOf, "id": compact, "name": lineOf})
	if key != "" {
		return nil, key
	}
	object := value.(map[string]any)
	id := text(object, "id")
	if id == "" && text(object, "name") == "" {
		return nil, ""
	}
	if k := text(object, "kind"); id != "" && !slices.Contains(organisationKinds, k) {
		object["kind"] = "siret"
		if strings.HasPrefix(id, "W") {
			object["kind"] = "rna"
		}
	}
	return object, ""
}

// compact removes the spaces, points and hyphens of an identifier and puts it in capitals.
func compact(raw any) (any, string) {
	v, key := lineOf(raw)
	s, _ := v.(string)
	s = strings.Map(func(r rune) rune {
		if r == ' ' || r == '\u00a0' || r == '\u202f' || r == '.' || r == '-' {
			return -1
		}
		return r
	}, s)
	return cleanLine(strings.ToUpper(s)), key
}

func (organisationType) validate(f *Field, v any, e *Env, b *problems) {
	object, _ := v.(map[string]any)
	kind, id := text(object, "kind"), text(object, "id")
	if text(object, "name") == "" {
		b.add("name", "form.required")
	} else if n := rule.Characters(text(object, "name")); n > defaultLine {
		b.add("name", "form.too_long", n, defaultLine)
	}
	switch {
	case id == "":
		b.add("id", "form.required")
	case len(f.Settings.Kinds) > 0 && !slices.Contains(f.Settings.Kinds, kind):
		b.add("kind", "form.organisation_kind")
	case kind == "siret" && !allDigits(id, 14):
		b.add("id", "form.siret_shape")
	case kind == "rna" && !(len(id) == 10 && id[0] == 'W'):
		b.add("id", "form.rna_shape")
	case e.Checks != nil:
		if key := e.Checks.Organisation(kind, id); key != "" {
			b.add("id", key)
		}
	}
}

func allDigits(s string, n int) bool {
	return len(s) == n && strings.Trim(s, "0123456789") == ""
}

func (organisationType) plain(_ *Field, v any, _ Speech) string {
	object, _ := v.(map[string]any)
	name, id := text(object, "name"), text(object, "id")
	if id == "" {
		return name
	}
	return strings.TrimSpace(name + " (" + strings.ToUpper(text(object, "kind")) + " " + id + ")")
}

func (organisationType) headers(f *Field, lang string) []Header {
	label := f.Label.In(lang)
	return []Header{{f.ID + ".name", label}, {f.ID + ".kind", label + " – SIRET/RNA"}, {f.ID + ".id", label + " – n°"}}
}

func (organisationType) cells(_ *Field, v any, _ Speech) []any {
	object, _ := v.(map[string]any)
	return []any{object["name"], object["kind"], object["id"]}
}

func (organisationType) part(_ *Field, name string) (rule.Info, bool) {
	return textParts(name, "kind", "id", "name")
}

// textParts is what rules read of an object of texts.
func textParts(name string, parts ...string) (rule.Info, bool) {
	if name == "" {
		return rule.Info{Kind: rule.Object, Read: readNothing}, true
	}
	return rule.Info{Kind: rule.Text, Read: partOf(name, readText)}, slices.Contains(parts, name)
}

var contactParts = []string{"name", "function", "organisation", "email", "phone"}

func (contactType) check(f *Field, bad *problems) {
	for i, p := range f.Settings.Parts {
		if !slices.Contains(contactParts, p) {
			bad.add("settings.parts."+itoa(i), "form.setting_kind", p)
		}
	}
}

func (contactType) fromHTML(_ *Field, in *node) any { return in.object(contactParts...) }

func (contactType) normalise(_ *Field, raw any) (any, string) {
	return eachPart(raw, map[string]func(any) (any, string){
		"name": lineOf, "function": lineOf, "organisation": lineOf, "email": typedEmail, "phone": typedPhone})
}

func (contactType) validate(f *Field, v any, e *Env, b *problems) {
	object, _ := v.(map[string]any)
	for _, p := range contactParts {
		s := text(object, p)
		switch {
		case s == "" && (p == "name" || slices.Contains(f.Settings.Parts, p)):
			b.add(p, "form.required")
		case s == "":
		case p == "email" && !emailShape(s):
			b.add(p, "form.email_shape")
		case p == "phone" && !phoneShape(s):
			b.add(p, "form.phone_shape")
		case len(s) > defaultLine && rule.Characters(s) > defaultLine:
			b.add(p, "form.too_long", rule.Characters(s), defaultLine)
		}
	}
}

func (contactType) plain(_ *Field, v any, _ Speech) string {
	object, _ := v.(map[string]any)
	var out []string
	for _, p := range contactParts {
		if s := text(object, p); s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, ", ")
}

func (contactType) headers(f *Field, lang string) []Header {
	var out []Header
	for i, p := range contactParts {
		out = append(out, Header{f.ID + "." + p, f.Label.In(lang) + " (" + itoa(i+1) + ")"})
	}
	return out
}

func (contactType) cells(_ *Field, v any, _ Speech) []any {
	object, _ := v.(map[string]any)
	var out []any
	for _, p := range contactParts {
		out = append(out, object[p])
	}
	return out
}

func (contactType) part(_ *Field, name string) (rule.Info, bool) {
	return textParts(name, contactParts...)
}

func (emailType) normalise(_ *Field, raw any) (any, string) { return typedEmail(raw) }

// typedEmail puts the domain of an address in lower case, and leaves the rest, which its host alone may interpret.
func typedEmail(raw any) (any, string) {
	v, key := lineOf(raw)
	s, _ := v.(string)
	s = strings.TrimPrefix(s, "mailto:")
	if at := strings.LastIndexByte(s, '@'); at >= 0 {
		s = s[:at] + strings.ToLower(s[at:])
	}
	return cleanLine(s), key
}

func (emailType) validate(_ *Field, v any, _ *Env, b *problems) {
	if !emailShape(scalarText(v)) {
		b.add("", "form.email_shape")
	}
}

// emailShape accepts what people write: one @, no space, a domain with a dot,
// within the lengths of RFC 5321. Whether it exists, only a mail can tell.
func emailShape(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at > 64 || len(s) > 254 || strings.ContainsAny(s, " \t,;<>()\"\\") || strings.IndexByte(s, '@') != at {
		return false
	}
	return domainShape(s[at+1:]) && s[0] != '.' && s[at-1] != '.' && !strings.Contains(s, "..")
}

func domainShape(s string) bool {
	if len(s) > 253 || !strings.Contains(s, ".") {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	return !strings.ContainsAny(s, "/:?#[]@!$&'()*+,;=%_ ")
}

func (phoneType) normalise(_ *Field, raw any) (any, string) { return typedPhone(raw) }

// typedPhone brings a French number of ten digits to +33…, drops the
// separators of any other number, and leaves what is not a number as typed.
func typedPhone(raw any) (any, string) {
	v, key := lineOf(raw)
	s, _ := v.(string)
	digits := strings.Map(func(r rune) rune {
		if r == ' ' || r == '\u00a0' || r == '\u202f' || r == '.' || r == '-' || r == '(' || r == ')' || r == '/' {
			return -1
		}
		return r
	}, s)
	if strings.HasPrefix(digits, "00") {
		digits = "+" + digits[2:]
	}
	digits = strings.Replace(digits, "+330", "+33", 1)
	if len(digits) == 10 && digits[0] == '0' && allDigits(digits, 10) {
		digits = "+33" + digits[1:]
	}
	if !phoneShape(digits) {
		return s, key
	}
	return digits, key
}

// phoneShape accepts E.164 (a plus, up to 15 digits) and French short numbers of four digits.
func phoneShape(s string) bool {
	if rest, plus := strings.CutPrefix(s, "+"); plus {
		return len(rest) >= 6 && len(rest) <= 15 && allDigits(rest, len(rest)) && rest[0] != '0'
	}
	return allDigits(s, 4)
}

func (phoneType) validate(_ *Field, v any, _ *Env, b *problems) {
	if !phoneShape(scalarText(v)) {
		b.add("", "form.phone_shape")
	}
}

// normalise adds https:// to an address typed without scheme.
func (linkType) normalise(_ *Field, raw any) (any, string) {
	v, key := lineOf(raw)
	s, _ := v.(string)
	if host, _, _ := strings.Cut(s, "/"); s != "" && !strings.ContainsAny(host, ": ") && domainShape(host) {
		s = "https://" + s
	}
	return s, key
}

func (linkType) validate(_ *Field, v any, _ *Env, b *problems) {
	s := scalarText(v)
	u, err := url.Parse(s)
	switch {
	case err != nil || len(s) > 2000 || strings.ContainsAny(s, " <>\"") || (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() == "":
		b.add("", "form.link_shape")
	case u.Scheme != "http" && u.Scheme != "https":
		b.add("", "form.link_scheme")
	case u.User != nil:
		b.add("", "form.link_password")
	}
}

func (ibanType) normalise(_ *Field, raw any) (any, string) { return compact(raw) }

func (ibanType) validate(_ *Field, v any, _ *Env, b *problems) {
	s := scalarText(v)
	switch {
	case !ibanShape(s):
		b.add("", "form.iban_shape")
	case !ibanKey(s):
		b.add("", "form.iban_key")
	}
}

// ibanShape: two letters, two digits, 11 to 30 letters or digits; 27 characters in all for France.
func ibanShape(s string) bool {
	if len(s) < 15 || len(s) > 34 || strings.HasPrefix(s, "FR") && len(s) != 27 {
		return false
	}
	for i := range len(s) {
		letter, digit := s[i] >= 'A' && s[i] <= 'Z', s[i] >= '0' && s[i] <= '9'
		if i < 2 && !letter || i >= 2 && i < 4 && !digit || !letter && !digit {
			return false
		}
	}
	return true
}

// ibanKey checks the two digits of the key: ISO 13616, modulo 97 of ISO 7064, remainder 1.
func ibanKey(s string) bool {
	rest := 0
	for _, c := range []byte(s[4:] + s[:4]) {
		if c >= 'A' {
			rest = (rest*100 + int(c-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(c-'0')) % 97
		}
	}
	return rest == 1
}

// plain writes the account in groups of four, as on bank papers.
func (ibanType) plain(_ *Field, v any, _ Speech) string {
	s := scalarText(v)
	var b strings.Builder
	for i := range len(s) {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
