package showcase

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/territory"
)

// Name names a field of a sheet.
type Name string

// The fields, in the order in which they are written and read. Reuse holds no text: to
// agree to it lets what is public be given as open data.
const (
	Title        Name = "title"
	Sentence     Name = "sentence"
	Story        Name = "story"
	Tried        Name = "tried"
	Gave         Name = "gave"
	Organisation Name = "organisation"
	Region       Name = "region"
	Themes       Name = "themes"
	Contact      Name = "contact"
	Links        Name = "links"
	Reuse        Name = "reuse"
)

// Kind is how a field is written.
type Kind string

// The kinds: one line, Markdown, the code of a region, one theme a line, one link a line, a
// yes alone.
const (
	Line  Kind = "line"
	Long  Kind = "long"
	Place Kind = "place"
	Words Kind = "words"
	URLs  Kind = "urls"
	Alone Kind = "alone"
)

// Field is one of a sheet's.
type Field struct {
	Name Name
	Kind Kind
	Max  int // characters; 0 for the bounds of its kind
}

// Fields lists those of a sheet.
var Fields = []Field{
	{Title, Line, 120}, {Sentence, Line, 200}, {Story, Long, 4000}, {Tried, Long, 3000}, {Gave, Long, 3000},
	{Organisation, Line, 160}, {Region, Place, 0}, {Themes, Words, 0}, {Contact, Line, 200}, {Links, URLs, 0}, {Reuse, Alone, 0},
}

// The bounds of lists, and of what stands in them, in characters.
const (
	MaxThemes    = 5
	MaxTheme     = 40
	MaxLinks     = 8
	MaxLinkLabel = 100
	MaxPictures  = 12
	MaxAlt       = 300
	MaxCredit    = 120
)

// Link leads outside.
type Link struct {
	Label string `json:"label"`
	URL   string `json:"url"`
}

// clean gives what is kept of what was typed in a field, and what is wrong with it.
func (f Field) clean(typed string) (string, []errs.Field) {
	typed = text.Clean(typed)
	fault := func(key string, args ...any) []errs.Field {
		return []errs.Field{{Path: string(f.Name), Key: key, Args: args}}
	}
	switch f.Kind {
	case Long:
		typed = strings.TrimSpace(typed)
	case Words:
		list := lines(typed)
		if len(list) > MaxThemes {
			return typed, fault("showcase.themes_many", MaxThemes)
		}
		for _, one := range list {
			if utf8.RuneCountInString(one) > MaxTheme {
				return typed, fault("showcase.theme_long", MaxTheme)
			}
		}
		return strings.Join(list, "\n"), nil
	case URLs:
		list := lines(typed)
		if len(list) > MaxLinks {
			return typed, fault("showcase.links_many", MaxLinks)
		}
		for _, one := range list {
			if l, ok := linkOf(one); !ok {
				return typed, fault("showcase.link_wrong", one)
			} else if utf8.RuneCountInString(l.Label) > MaxLinkLabel {
				return typed, fault("showcase.link_long", MaxLinkLabel)
			}
		}
		return strings.Join(list, "\n"), nil
	case Place:
		if typed = strings.TrimSpace(typed); typed != "" && territory.Check(territory.Ref{Kind: territory.KindRegion, Code: typed}) != nil {
			return "", fault("showcase.region_unknown")
		}
		return typed, nil
	case Alone:
		return "", nil
	default:
		typed = oneLine(typed)
	}
	if f.Max > 0 && utf8.RuneCountInString(typed) > f.Max {
		return typed, fault("showcase.field_long", f.Max)
	}
	return typed, nil
}

func oneLine(s string) string { return strings.Join(strings.Fields(text.Clean(s)), " ") }

// lines are the lines of a text that hold something, once each.
func lines(s string) (list []string) {
	for one := range strings.Lines(s) {
		if one = oneLine(one); one != "" && !slices.Contains(list, one) {
			list = append(list, one)
		}
	}
	return list
}

// linkOf reads a line: what it leads to, then its address, which stands last.
func linkOf(line string) (Link, bool) {
	i := strings.LastIndexByte(line, ' ')
	l := Link{Label: strings.TrimRight(oneLine(line[:max(i, 0)]), " :|"), URL: line[i+1:]}
	if !webAddress(l.URL) {
		return l, false
	}
	if l.Label == "" {
		u, _ := url.Parse(l.URL)
		l.Label = u.Host
	}
	return l, true
}

// webAddress says whether s is an address of the web, which a page may lead to.
func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil && len(s) <= 500
}

// Public is what visitors read of a project: what was agreed to and cleared, and nothing else.
type Public struct {
	Title        string   `json:"title"`
	Sentence     string   `json:"sentence,omitempty"`
	Story        string   `json:"story,omitempty"` // Markdown, as Tried and Gave
	Tried        string   `json:"tried,omitempty"`
	Gave         string   `json:"gave,omitempty"`
	Organisation string   `json:"organisation,omitempty"`
	Region       string   `json:"region,omitempty"` // its code
	Themes       []string `json:"themes,omitempty"`
	Contact      string   `json:"contact,omitempty"`
	Links        []Link   `json:"links,omitempty"`
	Reuse        bool     `json:"reuse,omitempty"`
	Pictures     []Shown  `json:"pictures,omitempty"`
}

// Shown is a picture that visitors see.
type Shown struct {
	ID     string `json:"id"`
	Alt    string `json:"alt"`
	Credit string `json:"credit"`
	Width  int    `json:"width"` // pixels
	Height int    `json:"height"`
}

// set puts the text of a field where visitors read it.
func (p *Public) set(name Name, value string) {
	switch name {
	case Title:
		p.Title = value
	case Sentence:
		p.Sentence = value
	case Story:
		p.Story = value
	case Tried:
		p.Tried = value
	case Gave:
		p.Gave = value
	case Organisation:
		p.Organisation = value
	case Region:
		p.Region = value
	case Themes:
		p.Themes = lines(value) // nil for none, as it is read back
	case Contact:
		p.Contact = value
	case Links:
		p.Links = nil
		for _, one := range lines(value) {
			if l, ok := linkOf(one); ok {
				p.Links = append(p.Links, l)
			}
		}
	case Reuse:
		p.Reuse = value != ""
	}
}

// words are those that a search finds the project by.
func (p Public) words() []string {
	parts := []string{p.Title, p.Sentence, text.MarkdownText(p.Story), text.MarkdownText(p.Tried), text.MarkdownText(p.Gave), p.Organisation, territory.Name(territory.KindRegion, p.Region)}
	return text.Words(strings.Join(append(parts, p.Themes...), "\n"))
}
