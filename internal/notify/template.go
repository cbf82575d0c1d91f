package notify

import (
	"net/url"
	"regexp"
	"slices"
	"sort"
	"strings"

	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
)

// The kinds of placeholders: what may stand in them, and how it is made safe.
type placeholderKind int

const (
	word  placeholderKind = iota // one line of plain words
	link                         // a full address of the web
	quote                        // what a person wrote, shown as a quotation
	list                         // a list this program made, in Markdown
)

// part is a piece of a parsed template: words, a placeholder, or a conditional passage.
type part struct {
	words string
	name  string // of a placeholder
	ifSet string // the passage stands only when this placeholder has a value
	inner []part
}

var mark = regexp.MustCompile(`\{\{[^{}]*\}\}`)

var (
	valueMark = regexp.MustCompile(`^\{\{\s*\.([A-Za-z][A-Za-z0-9]*)\s*\}\}$`)
	ifMark    = regexp.MustCompile(`^\{\{\s*if\s+\.([A-Za-z][A-Za-z0-9]*)\s*\}\}$`)
	endMark   = regexp.MustCompile(`^\{\{\s*end\s*\}\}$`)
)

// parse reads a text with placeholders. allowed are those of the template; any
// other is refused with its name and the list. There is no logic but presence:
// {{if .Message}} … {{end}}, which cannot be nested.
func parse(src string, allowed []string) ([]part, error) {
	var parts []part
	var open *part
	add := func(p part) {
		if open != nil {
			open.inner = append(open.inner, p)
		} else {
			parts = append(parts, p)
		}
	}
	known := func(name string) error {
		if !slices.Contains(allowed, name) {
			return errs.New(errs.Invalid, "notify.placeholder_unknown", "{{."+name+"}}", listed(allowed))
		}
		return nil
	}
	at := 0
	for _, span := range mark.FindAllStringIndex(src, -1) {
		if span[0] > at {
			add(part{words: src[at:span[0]]})
		}
		tag := src[span[0]:span[1]]
		at = span[1]
		switch {
		case valueMark.MatchString(tag):
			name := valueMark.FindStringSubmatch(tag)[1]
			if err := known(name); err != nil {
				return nil, err
			}
			add(part{name: name})
		case ifMark.MatchString(tag) && open == nil:
			name := ifMark.FindStringSubmatch(tag)[1]
			if err := known(name); err != nil {
				return nil, err
			}
			open = &part{ifSet: name}
		case endMark.MatchString(tag) && open != nil:
			parts, open = append(parts, *open), nil
		default:
			return nil, errs.New(errs.Invalid, "notify.placeholder_malformed", tag)
		}
	}
	if open != nil {
		return nil, errs.New(errs.Invalid, "notify.placeholder_open", "{{if ."+open.ifSet+"}}")
	}
	if rest := src[at:]; strings.Contains(rest, "{{") || strings.Contains(mark.ReplaceAllString(src, ""), "{{") {
		return nil, errs.New(errs.Invalid, "notify.placeholder_malformed", "{{")
	}
	return append(parts, part{words: src[at:]}), nil
}

func listed(names []string) string {
	names = slices.Clone(names)
	sort.Strings(names)
	for i, name := range names {
		names[i] = "{{." + name + "}}"
	}
	return strings.Join(names, ", ")
}

// fill gives the text of parts with args. A placeholder outside a conditional
// passage must have a value; missing names the first that has none.
func fill(parts []part, args map[string]string, safe func(name, value string) string) (out, missing string) {
	var b strings.Builder
	for _, p := range parts {
		switch {
		case p.ifSet != "":
			if args[p.ifSet] == "" {
				continue
			}
			inner, lost := fill(p.inner, args, safe)
			if lost != "" && missing == "" {
				missing = lost
			}
			b.WriteString(inner)
		case p.name != "":
			if args[p.name] == "" && missing == "" {
				missing = p.name
			}
			b.WriteString(safe(p.name, args[p.name]))
		default:
			b.WriteString(p.words)
		}
	}
	return b.String(), missing
}

var manyLines = regexp.MustCompile(`\n{3,}`)

// tidy removes the empty lines that absent passages leave.
func tidy(body string) string {
	return strings.TrimSpace(manyLines.ReplaceAllString(body, "\n\n")) + "\n"
}

var marks = regexp.MustCompile("[\\\\`*_\\[\\]<>|~&]")

var lineStart = regexp.MustCompile(`^(\s*)([#+=-]|\d+[.)])`)

// plain writes what a person typed so that Markdown shows it as it is: a name is
// never a link nor a heading. The colon of an address is marked too, so that it
// does not become a link by itself.
func plain(value string) string {
	value = oneLine(value)
	value = marks.ReplaceAllString(value, `\$0`)
	value = strings.ReplaceAll(value, "://", `\://`)
	return lineStart.ReplaceAllStringFunc(value, func(s string) string {
		last := len(s) - 1
		return s[:last] + `\` + s[last:]
	})
}

// inBody makes a value safe in the Markdown of a body.
func inBody(name, value string) string {
	switch placeholders[name] {
	case link:
		return webAddress(value)
	case quote:
		var lines []string
		for _, line := range strings.Split(strings.TrimSpace(text.Clean(value)), "\n") {
			lines = append(lines, strings.TrimRight("> "+plain(line), " "))
		}
		return strings.Join(lines, "\n")
	case list:
		return value
	}
	return plain(value)
}

// inSubject makes a value safe in a subject: one line.
func inSubject(_, value string) string {
	return oneLine(value)
}

var blanks = regexp.MustCompile(`[ \t\r\n]+`)

// oneLine brings a value to one line; non-breaking spaces stay.
func oneLine(value string) string {
	return strings.Trim(blanks.ReplaceAllString(text.Clean(value), " "), " ")
}

// webAddress gives value back if it is a full address of the web, so written that
// it ends where it ends in Markdown; anything else becomes empty.
func webAddress(value string) string {
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return strings.NewReplacer("(", "%28", ")", "%29", "<", "%3C", ">", "%3E", " ", "%20").Replace(u.String())
}
