// Package ui is what every page is made of: the layout, the components, and the way from a request to an answer.
package ui

import (
	"context"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"transformateur/internal/account"
)

//go:generate go tool templ generate -path .

// Width says how much of the screen a page takes.
type Width string

// The widths: a page of text, a matrix or a timeline, a short form alone.
const (
	Normal Width = ""
	Wide   Width = "wide"
	Narrow Width = "narrow"
)

// Page is what the layout needs to know of a page; its content is the children of Layout.
type Page struct {
	Title  string // the heading and the title of the window
	Lead   string // one sentence under the heading
	Over   string // a short line above the heading: where one is
	Part   string // which page of several about the same thing, said in the title of the window alone
	Nav    []NavItem
	Crumbs []Crumb // from the home to the parent; the page itself is added
	Person string  // the name to show for who is signed in; "" takes it from the request
	Notice string  // what was just done, shown once and announced politely
	Failed bool    // the form came back with errors: the title of the window says it first
	Bare   bool    // the page draws its own heading
	Width  Width
	// LangURL is where the link to the other language leads: this page with ?lang=.
	// When empty, the address of the page is kept and its query dropped.
	LangURL string
	Scripts []string // further scripts by logical name, such as "deposit.js"
	Head    templ.Component
	Full    bool // the page itself says that nothing can be saved for want of room
}

// NavItem is one entry of the main navigation. Count, above zero, is what waits there.
type NavItem struct {
	Label   string
	URL     string
	Current bool
	Count   int
}

// Crumb is one step of the path to a page.
type Crumb struct {
	Label string
	URL   string
}

// person is the name to show for who is signed in, "" for a visitor.
func (p Page) person(ctx context.Context) string {
	if p.Person != "" {
		return p.Person
	}
	return account.From(ctx).Name
}

// window is the title of the window, which tells the page from every other one
// (RGAA 8.6): the part, the heading, and where it is.
func (p Page) window() string {
	words := slices.DeleteFunc([]string{p.Part, p.Title, p.Over}, func(s string) bool { return s == "" })
	return strings.Join(words, " – ")
}

func (p Page) bodyClass() string {
	if p.Width == Normal {
		return "shell"
	}
	return "shell " + string(p.Width)
}
