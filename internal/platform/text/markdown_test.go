package text

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

func TestMarkdown(t *testing.T) {
	const rel = ` rel="noopener noreferrer nofollow"`
	for _, c := range []struct{ name, in, want string }{
		{"a title", "# Projet", "<h2>Projet</h2>"},
		{"the smallest title", "###### Note", "<h6>Note</h6>"},
		{"strong and struck", "**oui** ~~non~~", "<p><strong>oui</strong> <del>non</del></p>"},
		{"line ends are kept", "un\ndeux", "<p>un<br>\ndeux</p>"},
		{"a link elsewhere", "[site](https://a.fr)", `<p><a href="https://a.fr"` + rel + `>site</a></p>`},
		{"a link of ours", "[page](/calls/1)", `<p><a href="/calls/1">page</a></p>`},
		{"a link without a scheme", "[x](//a.fr)", `<p><a href="//a.fr"` + rel + `>x</a></p>`},
		{"a bare address", "voir https://a.fr.", `<p>voir <a href="https://a.fr"` + rel + `>https://a.fr</a>.</p>`},
		{"a script address", "[x](javascript:alert(1))", `<p>x</p>`},
		{"a hidden script address", "[x](java&#115;cript:alert(1))", `<p>x</p>`},
		{"a data address", "[x](data:text/html,a)", `<p>x</p>`},
		{"HTML is shown as typed", "<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"},
		{"HTML in a sentence", `un <b onclick="x()">mot</b>`, `<p>un &lt;b onclick=&#34;x()&#34;&gt;mot&lt;/b&gt;</p>`},
		{"an image of ours", "![plan](/files/ab12/plan.png)", `<p><img src="/files/ab12/plan.png" alt="plan"></p>`},
		{"an image from elsewhere", "![plan](https://a.fr/p.png)", `<p><a href="https://a.fr/p.png"` + rel + `>plan</a></p>`},
		{"an image from elsewhere without words", "![](https://a.fr/p.png)", `<p><a href="https://a.fr/p.png"` + rel + `>https://a.fr/p.png</a></p>`},
		{"an image that climbs out", "![x](/files/../logout)", `<p><a href="/files/../logout">x</a></p>`},
		{"an image from elsewhere in a link", "[![x](https://b.fr/i.png)](https://a.fr)", `<p><a href="https://a.fr"` + rel + `>x</a></p>`},
		{"a table", "|a|b|\n|:-|-:|\n|1|2|", "<table>\n<thead>\n<tr>\n<th align=\"left\">a</th>\n<th align=\"right\">b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td align=\"left\">1</td>\n<td align=\"right\">2</td>\n</tr>\n</tbody>\n</table>"},
		{"a list that starts at three", "3. a\n4. b", "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>"},
		{"code", "```go\nif a < b {}\n```", "<pre><code>if a &lt; b {}\n</code></pre>"},
		{"nothing", "", ""},
	} {
		got := strings.TrimSpace(Markdown(c.in))
		if got = strings.NewReplacer("<br/>", "<br>", "/>", ">").Replace(got); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestMarkdownText(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"title and paragraphs", "# Projet\n\nUn *mot*.\nSuite\n\nFin", "Projet\n\nUn mot.\nSuite\n\nFin"},
		{"links", "[site](https://a.fr), https://b.fr, [c@d.fr](mailto:c@d.fr)", "site (https://a.fr), https://b.fr, c@d.fr"},
		{"lists", "- a\n- b\n  1. c\n  2. d\n- e", "- a\n- b\n  1. c\n  2. d\n- e"},
		{"a quotation", "> un\n> deux\n>\n> trois", "> un\n> deux\n>\n> trois"},
		{"a table", "|a|b|\n|-|-|\n|1|**2**|", "a | b\n1 | 2"},
		{"code", "`a \\* b`\n\n```\nx\ny\n```\nz", "a \\* b\n\nx\ny\n\nz"},
		{"escapes and entities", "5 \\* 3 &amp; caf&eacute;", "5 * 3 & café"},
		{"HTML stays words", "<b>mot</b>", "<b>mot</b>"},
		{"an image", "![plan](/files/1/p.png)", "plan"},
		{"a rule", "a\n\n---\n\nb", "a\n\n---\n\nb"},
	} {
		if got := MarkdownText(c.in); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

// Texts made to be slow must not be.
func TestMarkdownStaysBounded(t *testing.T) {
	for name, src := range map[string]string{
		"quotations": strings.Repeat(">", 50_000), "spaced quotations": strings.Repeat("> ", 50_000),
		"lists": strings.Repeat("- ", 50_000), "brackets": strings.Repeat("[", 50_000), "images": strings.Repeat("![", 25_000),
		"emphasis": strings.Repeat("*a _b ", 8_000), "backticks": strings.Repeat("`a``", 12_000), "links": strings.Repeat("[a](", 60_000), "links, almost too many": strings.Repeat("[a](", maxLinks),
		"table":    "|" + strings.Repeat("a|", 2_000) + "\n|" + strings.Repeat("-|", 2_000) + "\n" + strings.Repeat("|\n", 120_000),
		"too long": strings.Repeat("mot ", MaxMarkdown),
		"www":      strings.Repeat("www.a_", 8_000), "stairs": stairs(300),
	} {
		done := make(chan int, 1)
		go func() { done <- len(Markdown(src)) + len(MarkdownText(src)) }()
		select {
		case n := <-done:
			if n > 30*MaxMarkdown {
				t.Errorf("%s: %d bytes for %d", name, n, len(src))
			}
		case <-time.After(5 * time.Second):
			t.Errorf("%s: more than 5 s for %d bytes", name, len(src))
		}
	}
}

func stairs(depth int) string {
	var b strings.Builder
	for i := range depth {
		b.WriteString(strings.Repeat("  ", i) + "- a\n")
	}
	return b.String()
}

func FuzzMarkdown(f *testing.F) {
	for _, s := range []string{
		"# a\n[x](javascript:1) <img src=x onerror=1>", "![a](data:image/svg+xml,1)", "<svg/onload=1>", "[a]: javascript:1\n[a]",
		"<https://a.fr/\"onclick=1>", "|a|\n|-|\n|<b>|", "[a](<javas\ncript:1>)", "&#x6A;avascript:1", "[x](\x01javascript:1)", "```\"onclick=1\n```",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out := Markdown(s)
		assertHarmless(t, s, out)
		if strings.ContainsRune(MarkdownText(s), 0) {
			t.Fatalf("%q: a null in plain text", s)
		}
	})
}

// assertHarmless reads the HTML as a browser does, with a list of its own of what is allowed.
func assertHarmless(t *testing.T, src, out string) {
	t.Helper()
	allowed := " h2 h3 h4 h5 h6 p br hr strong em del code pre blockquote ul ol li table thead tbody tr th td a img "
	z := html.NewTokenizer(strings.NewReader(out))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return
		}
		if kind == html.CommentToken || kind == html.DoctypeToken {
			t.Fatalf("%q gives %q", src, out)
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		tag := z.Token()
		if !strings.Contains(allowed, " "+tag.Data+" ") {
			t.Fatalf("%q gives the element %s: %q", src, tag.Data, out)
		}
		attributes := map[string]string{}
		for _, a := range tag.Attr {
			attributes[a.Key] = a.Val
		}
		for key, value := range attributes {
			switch tag.Data + " " + key {
			case "a href":
				assertAddress(t, src, value, attributes["rel"])
			case "img src":
				if !strings.HasPrefix(value, "/files/") || strings.Contains(value, "..") && strings.Contains(value, "/.") {
					t.Fatalf("%q shows the image %q", src, value)
				}
			case "a rel", "img alt", "ol start", "th align", "td align":
			default:
				t.Fatalf("%q gives the attribute %s of %s: %q", src, key, tag.Data, out)
			}
		}
	}
}

func assertAddress(t *testing.T, src, address, rel string) {
	t.Helper()
	seen := strings.ToLower(strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, address))
	scheme, _, found := strings.Cut(seen, ":")
	if found && !strings.ContainsAny(scheme, "/?#") && !strings.Contains(" http https mailto tel ", " "+scheme+" ") {
		t.Fatalf("%q links to %q", src, address)
	}
	leaves := found && strings.HasPrefix(scheme, "http") || strings.HasPrefix(seen, "//") || strings.HasPrefix(seen, `/\`)
	if leaves && rel != externalRel {
		t.Fatalf("%q links to %q with rel %q", src, address, rel)
	}
}

func BenchmarkMarkdownPage(b *testing.B) {
	page := strings.Repeat("## Un titre\n\nUn paragraphe **fort** avec [un lien](https://a.fr) et *des mots* pour remplir la ligne.\n\n- un\n- deux\n\n|a|b|\n|-|-|\n|1|2|\n\n", 20)
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		Markdown(page)
	}
}
