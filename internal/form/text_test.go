package form

import "testing"

// What is kept of a text must not change from a version of the program to the
// next: receipts carry its digest.
func TestCanonicalText(t *testing.T) {
	for _, c := range []struct{ name, text, kept, back string }{
		{"nothing", "", `""`, ""},
		{"plain", "Campus numérique <&> 🏛", `"Campus numérique <&> 🏛"`, "Campus numérique <&> 🏛"},
		{"quotes and slashes", `a "b" \c/`, `"a \"b\" \\c/"`, `a "b" \c/`},
		{"lines", "é\nà\t\r\b\f.", `"é\nà\t\r\b\f."`, "é\nà\t\r\b\f."},
		{"control characters", "\x00\x1f\x7f\u2028", "\"\\u0000\\u001f\x7f\u2028\"", "\x00\x1f\x7f\u2028"},
		{"stray bytes", "a\xff\xfe\"z", `"a` + "\uFFFD\uFFFD" + `\"z"`, "a\uFFFD\uFFFD\"z"},
		{"half a character", "\xc3", "\"\uFFFD\"", "\uFFFD"},
	} {
		t.Run(c.name, func(t *testing.T) {
			kept := Canonical(c.text)
			if string(kept) != c.kept {
				t.Errorf("kept %q, want %q", kept, c.kept)
			}
			if back, err := ParseValue(kept); err != nil || back != c.back {
				t.Errorf("back %q %v, want %q", back, err, c.back)
			}
		})
	}
	for _, broken := range []string{`"`, `"a`, `"a"b"`, `"a\"`, "\"\xff\"x"} {
		if v, err := ParseValue([]byte(broken)); err == nil {
			t.Errorf("%s was read as %v", broken, v)
		}
	}
}
