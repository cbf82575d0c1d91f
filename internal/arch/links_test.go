package arch

import (
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// fenced are the parts of a Markdown text that are shown as they are written.
var fenced = regexp.MustCompile("(?ms)^```.*?^```$|`[^`\n]*`")

// linked finds what a Markdown text points to: "[words](address)" and "![words](address)".
var linked = regexp.MustCompile(`\]\(\s*<?([^)\s>]+)`)

// Whoever reads a page of the project can follow each of its links: the file is there,
// and so is the heading when one is named.
func TestDocumentsLinkToWhatExists(t *testing.T) {
	pages := map[string]string{}
	err := walk(func(name string) error {
		if path.Ext(name) != ".md" {
			return nil
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		pages[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) < 5 {
		t.Fatalf("only %d pages read: the guard looks at the wrong folder", len(pages))
	}
	followed := 0
	for name, text := range pages {
		for _, address := range linksOf(text) {
			followed++
			if why := brokenLink(pages, name, address); why != "" {
				t.Errorf("%s links to %s: %s", name, address, why)
			}
		}
	}
	if followed == 0 {
		t.Error("no page holds a link: the guard reads none")
	}
}

// linksOf lists the addresses within the project that a page points to.
func linksOf(text string) (list []string) {
	for _, found := range linked.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
		if strings.HasPrefix(found[1], "{{") { // a mail's template, filled when it is sent
			continue
		}
		if address, err := url.Parse(found[1]); err == nil && address.Scheme == "" && address.Host == "" {
			list = append(list, found[1])
		}
	}
	return list
}

// brokenLink says why a link of a page leads nowhere, or "".
func brokenLink(pages map[string]string, page, link string) string {
	address, err := url.Parse(link)
	if err != nil {
		return "it cannot be read"
	}
	to := page
	if address.Path != "" {
		to = path.Join(path.Dir(page), address.Path)
		if _, err := os.Stat(filepath.Join(root, to)); err != nil {
			return "no such file"
		}
	}
	if text, read := pages[to]; read && address.Fragment != "" && !hasHeading(text, address.Fragment) {
		return "no such heading"
	}
	return ""
}

// hasHeading says whether a Markdown text has the heading that an anchor names, as
// the places that show Markdown make anchors: lower case, hyphens, no punctuation.
func hasHeading(text, anchor string) bool {
	for line := range strings.SplitSeq(text, "\n") {
		title := strings.TrimLeft(line, "#")
		if title != line && anchorOf(title) == anchor {
			return true
		}
	}
	return false
}

var punctuation = regexp.MustCompile(`[^\p{L}\p{N}\s_-]`)

func anchorOf(title string) string {
	return strings.ReplaceAll(punctuation.ReplaceAllString(strings.ToLower(strings.TrimSpace(title)), ""), " ", "-")
}

func TestLinksAreFollowed(t *testing.T) {
	pages := map[string]string{
		"docs/here.md":  "# Le dépôt, enfin\n[a](there.md) ![b](<pictures/x.png>) [c](https://example.org/x) `[d](code.md)`\n```\n[e](shown.md)\n```\n",
		"docs/there.md": "## Second part\n",
	}
	if got := strings.Join(linksOf(pages["docs/here.md"]), " "); got != "there.md pictures/x.png" {
		t.Errorf("links of the page: %q", got)
	}
	for _, c := range []struct{ situation, link, want string }{
		{"a heading of the same page", "#le-dépôt-enfin", ""},
		{"a heading that is not there", "#la-suite", "no such heading"},
		{"a page that is not there", "nowhere.md", "no such file"},
		{"a file of another folder", "../go.mod", ""},
		{"a folder", "../internal", ""},
	} {
		if got := brokenLink(pages, "docs/here.md", c.link); got != c.want {
			t.Errorf("%s: %q, not %q", c.situation, got, c.want)
		}
	}
}
