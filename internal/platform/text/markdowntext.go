package text

import (
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	tables "github.com/yuin/goldmark/extension/ast"
	source "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// MarkdownText turns Markdown into plain text, for mails and for search: marks removed,
// paragraphs apart, "- " and "1. " before list items, " | " between cells, and the address of a
// link after its words when they differ.
func MarkdownText(src string) string {
	src = Clean(src)
	if tooHeavy(src) {
		return strings.TrimSpace(src)
	}
	w := plainWriter{src: []byte(src)}
	w.blocks(markdown.Parser().Parse(source.NewReader(w.src)), "")
	return strings.TrimSpace(w.out.String())
}

type plainWriter struct {
	src []byte
	out strings.Builder
}

// blocks writes the children of n, each line after the first of a block begun by indent.
func (w *plainWriter) blocks(n ast.Node, indent string) {
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		w.block(child, indent)
		if next := child.NextSibling(); next == nil || child.Type() != ast.TypeBlock {
			continue
		}
		_, item := child.(*ast.ListItem)
		_, row := child.(*tables.TableRow)
		_, head := child.(*tables.TableHeader)
		w.out.WriteString("\n")
		if _, tight := child.(*ast.TextBlock); !item && !row && !head && !tight {
			w.out.WriteString(strings.TrimRight(indent, " ") + "\n")
		}
		w.out.WriteString(indent)
	}
}

func (w *plainWriter) block(n ast.Node, indent string) {
	switch n := n.(type) {
	case *ast.List:
		w.list(n, indent)
	case *ast.Blockquote:
		w.out.WriteString("> ")
		w.blocks(n, indent+"> ")
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		lines := strings.TrimRight(string(n.Lines().Value(w.src)), "\n")
		w.out.WriteString(strings.ReplaceAll(lines, "\n", "\n"+indent))
	case *ast.ThematicBreak:
		w.out.WriteString("---")
	case *tables.TableRow, *tables.TableHeader:
		for cell := n.FirstChild(); cell != nil; cell = cell.NextSibling() {
			if cell != n.FirstChild() {
				w.out.WriteString(" | ")
			}
			w.inlines(cell, indent)
		}
	default:
		if first := n.FirstChild(); first != nil && first.Type() == ast.TypeBlock {
			w.blocks(n, indent)
			return
		}
		w.inlines(n, indent)
	}
}

func (w *plainWriter) list(n *ast.List, indent string) {
	number := n.Start
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		mark := "- "
		if n.IsOrdered() {
			mark = strconv.Itoa(number) + ". "
			number++
		}
		w.out.WriteString(mark)
		w.blocks(item, indent+strings.Repeat(" ", len(mark)))
		if item.NextSibling() != nil {
			w.out.WriteString("\n" + indent)
		}
	}
}

func (w *plainWriter) inlines(n ast.Node, indent string) {
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		switch child := child.(type) {
		case *ast.Text:
			w.out.Write(unescape(child, w.src))
			if child.HardLineBreak() || child.SoftLineBreak() {
				w.out.WriteString("\n" + indent)
			}
		case *ast.String:
			w.out.Write(child.Value)
		case *ast.AutoLink:
			w.out.Write(child.Label(w.src))
		case *ast.Link:
			w.link(child, indent)
		default:
			w.inlines(child, indent)
		}
	}
}

func (w *plainWriter) link(n *ast.Link, indent string) {
	before := w.out.Len()
	w.inlines(n, indent)
	words, address := w.out.String()[before:], string(n.Destination)
	switch {
	case strings.TrimSpace(words) == "":
		w.out.WriteString(address)
	case words != address && "mailto:"+words != address:
		w.out.WriteString(" (" + address + ")")
	}
}

// unescape resolves the backslashes and entities of a text, except in code.
func unescape(n *ast.Text, src []byte) []byte {
	value := n.Value(src)
	if n.IsRaw() {
		return value
	}
	if _, code := n.Parent().(*ast.CodeSpan); code {
		return value
	}
	return util.UnescapePunctuations(util.ResolveEntityNames(util.ResolveNumericReferences(value)))
}
