package text

import (
	"bytes"
	"html"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	htmlrender "github.com/yuin/goldmark/renderer/html"
	source "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// MaxMarkdown is the longest text set as Markdown, in bytes; a longer one is shown as plain text.
const MaxMarkdown = 256 << 10

const (
	maxLinks = 2_000   // in one text
	maxCells = 100_000 // the widest line of a text times its lines
)

const externalRel = "noopener noreferrer nofollow"

var (
	ownFile    = regexp.MustCompile(`^/files(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$`)
	deepLine   = regexp.MustCompile(`(?m)^(?:[ \t]*(?:[>*+-]|\d{1,9}[.)])){33,}`) // quotations and lists nested too deep to be meant
	leaves     = regexp.MustCompile(`^(?i:https?:|[/\\\\]{2})`)                   // browsers read \ as /
	alignments = regexp.MustCompile(`^(left|center|right)$`)
)

// markdown reads CommonMark with tables, automatic links and struck text. HTML in the source is
// not HTML: it is shown as it was typed, so that nobody loses words.
var markdown = goldmark.New(
	goldmark.WithParser(parser.NewParser(
		parser.WithBlockParsers(without(parser.DefaultBlockParsers(), 900)...),
		parser.WithInlineParsers(without(parser.DefaultInlineParsers(), 400)...),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
		parser.WithASTTransformers(util.Prioritized(pageRules{}, 1000)),
	)),
	goldmark.WithRenderer(renderer.NewRenderer(
		renderer.WithNodeRenderers(util.Prioritized(htmlrender.NewRenderer(htmlrender.WithHardWraps()), 1000)),
	)),
	goldmark.WithExtensions(
		extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
		extension.NewLinkify(extension.WithLinkifyAllowedProtocols([]string{"http:", "https:"})),
		extension.Strikethrough,
	),
)

// without leaves out the parser of raw HTML, known by its priority among goldmark's defaults.
func without(parsers []util.PrioritizedValue, htmlPriority int) []util.PrioritizedValue {
	kept := parsers[:0:0]
	for _, p := range parsers {
		if p.Priority != htmlPriority {
			kept = append(kept, p)
		}
	}
	return kept
}

// policy is what may leave: nothing that runs, nothing that styles, nothing fetched from elsewhere.
var policy = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "strong", "em", "del", "code", "pre",
		"blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("align").Matching(alignments).OnElements("th", "td")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("rel").Matching(regexp.MustCompile("^" + externalRel + "$")).OnElements("a")
	p.AllowAttrs("src").Matching(ownFile).OnElements("img")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowURLSchemes("http", "https", "mailto", "tel")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	return p
}()

// Markdown turns a text typed by a person into HTML that is safe to put in a page. Headings go
// down one level, so that the page keeps the only h1. Links elsewhere carry rel="noopener
// noreferrer nofollow". Only images of our own /files/ are shown; another image becomes a link.
// Line ends are kept.
func Markdown(src string) (safeHTML string) {
	src = Clean(src)
	if tooHeavy(src) {
		return plainHTML(src)
	}
	var out bytes.Buffer
	if err := markdown.Convert([]byte(src), &out); err != nil {
		return plainHTML(src)
	}
	return policy.Sanitize(out.String())
}

// tooHeavy tells the texts whose cost grows with the square of their length: nesting without
// end, links never closed, tables of a few wide rows that every later line repeats.
func tooHeavy(src string) bool {
	if len(src) > MaxMarkdown || strings.Count(src, "](") > maxLinks || deepLine.MatchString(src) {
		return true
	}
	widest, lines := 0, 0
	for line := range strings.SplitSeq(src, "\n") {
		lines++
		widest = max(widest, strings.Count(line, "|"))
	}
	return widest*lines > maxCells
}

func plainHTML(src string) string {
	return "<p>" + strings.ReplaceAll(html.EscapeString(strings.TrimSpace(src)), "\n", "<br>") + "</p>\n"
}

// pageRules adapts a parsed text to the page that will hold it.
type pageRules struct{}

// Transform shifts headings, marks links that leave and replaces images from elsewhere.
func (pageRules) Transform(doc *ast.Document, reader source.Reader, _ parser.Context) {
	var foreign []*ast.Image
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			n.Level = min(n.Level+1, 6)
		case *ast.Link:
			markExternal(n, n.Destination)
			n.Title = nil
		case *ast.AutoLink:
			markExternal(n, n.URL(reader.Source()))
		case *ast.Image:
			n.Title = nil
			if !isOwnFile(n.Destination) {
				foreign = append(foreign, n)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, image := range foreign {
		replaceImage(image)
	}
}

func isOwnFile(destination []byte) bool { return ownFile.Match(destination) }

func markExternal(n ast.Node, destination []byte) {
	if !leaves.Match(destination) {
		return
	}
	n.SetAttributeString("rel", []byte(externalRel))
}

// replaceImage puts a link to the image in its place, or its description alone inside a link.
func replaceImage(image *ast.Image) {
	parent := image.Parent()
	inLink := false
	for n := parent; n != nil; n = n.Parent() {
		if _, ok := n.(*ast.Link); ok {
			inLink = true
		}
	}
	if inLink {
		for child := image.FirstChild(); child != nil; child = image.FirstChild() {
			parent.InsertBefore(parent, image, child)
		}
		parent.RemoveChild(parent, image)
		return
	}
	link := ast.NewLink()
	link.Destination = image.Destination
	markExternal(link, link.Destination)
	for child := image.FirstChild(); child != nil; child = image.FirstChild() {
		link.AppendChild(link, child)
	}
	if !link.HasChildren() {
		link.AppendChild(link, ast.NewString(image.Destination))
	}
	parent.ReplaceChild(parent, image, link)
}
