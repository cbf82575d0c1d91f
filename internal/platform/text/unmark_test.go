package text_test

import (
	"testing"

	"transformateur/internal/platform/text"
)

func TestUnmark(t *testing.T) {
	for _, c := range []struct{ name, typed, want string }{
		{"a plain text", "Un campus\npour tous", "Un campus\npour tous"},
		{"a sign that is no tag", "Notation <A B C is OK, 3 < 4 > 2", "Notation <A B C is OK, 3 < 4 > 2"},
		{"paragraphs", "<p>Un</p><p>Deux &amp; trois</p>", "Un\nDeux & trois"},
		{"a list", "<ul><li>Un</li><li>Deux</li></ul>", "- Un\n- Deux"},
		{"a script", `Avant<script>alert(1)</script> après`, "Avant après"},
		{"an image that acts", `<img src=x onerror="alert(1)">Texte`, "Texte"},
		{"a style", "<style>b{}</style><b>Gras</b>", "Gras"},
		{"tags written as entities stay words", "<b>Le code</b> &lt;script&gt;", "Le code <script>"},
	} {
		if got := text.Unmark(c.typed); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
