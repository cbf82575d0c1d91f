package text

import (
	"path"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"lines of Windows and of old Macs", "a\r\nb\rc", "a\nb\nc"},
		{"combining accent", "e\u0301", "é"},
		{"null and control characters", "a\x00b\x07c\td", "abc\td"},
		{"an override that hides an extension", "a\u202Egpj.exe", "agpj.exe"},
		{"isolates", "\u2066a\u2069", "a"},
		{"byte order mark", "\uFEFFa", "a"},
		{"a mark of Arabic text stays", "a\u200Fb", "a\u200Fb"},
		{"non-breaking spaces stay", "12\u202f000\u00a0€", "12\u202f000\u00a0€"},
		{"bytes that are not UTF-8", "a\xff", "a\uFFFD"},
		{"a carriage return that joins a line feed once the mark goes", "a\r\u202E\nb", "a\n\nb"},
	} {
		if got := Clean(c.in); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestFileName(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"a plain name", "Budget prévisionnel.xlsx", "Budget prévisionnel.xlsx"},
		{"a path of Unix", "../../etc/passwd", "passwd"},
		{"a path of Windows", `C:\Users\me\cv.pdf`, "cv.pdf"},
		{"a folder only", "a/b/", "fichier"},
		{"dots only", "..", "fichier"},
		{"a hidden file", ".htaccess", "htaccess"},
		{"a device", "con.txt", "_con.txt"},
		{"a device in capitals with two extensions", "LPT1.tar.gz", "_LPT1.tar.gz"},
		{"a name that starts like a device", "contrat.pdf", "contrat.pdf"},
		{"an extension hidden by direction", "facture\u202Efdp.exe", "facturefdp.exe"},
		{"direction and invisible marks", "a\u200f\u200bb.pdf", "ab.pdf"},
		{"null", "a.php\x00.jpg", "a.php.jpg"},
		{"lines and spaces", " a\n b .pdf ", "a b .pdf"},
		{"reserved characters", `a<b>:"c|?*.md`, "a-b---c---.md"},
		{"too long, extension kept", strings.Repeat("é", 150) + ".pdf", strings.Repeat("é", 98) + ".pdf"},
		{"a dot far from the end", "a." + strings.Repeat("b", 300), "a." + strings.Repeat("b", 198)},
	} {
		if got := FileName(c.in); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"a\r\nb", "e\u0301\u202E\x00", "\xff\u0085", "\r\u202E\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if !utf8.ValidString(got) || !norm.NFC.IsNormalString(got) {
			t.Fatalf("Clean(%q) = %q is not NFC", s, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) && r != '\n' && r != '\t' || reorders(r) {
				t.Fatalf("Clean(%q) keeps %U", s, r)
			}
		}
		if again := Clean(got); again != got {
			t.Fatalf("cleaning %q twice gives %q then %q", s, got, again)
		}
	})
}

func FuzzFileName(f *testing.F) {
	for _, s := range []string{"../a", "CON", "a\u202Eb.exe", ".", strings.Repeat("é", 199) + ".x", "com¹", "a ./b. .pdf"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := FileName(s)
		if got == "" || len(got) > MaxFileName || !utf8.ValidString(got) {
			t.Fatalf("FileName(%q) = %q", s, got)
		}
		if strings.ContainsAny(got, "/\\\x00\n\r\t<>:\"|?*\u200e\u200f\u202e") || isReserved(got) || strings.Trim(got, ". ") != got {
			t.Fatalf("FileName(%q) = %q is not safe", s, got)
		}
		if again := FileName(got); again != got {
			t.Fatalf("naming %q twice gives %q then %q", s, got, again)
		}
		if len(s) < 20 && path.Ext(Clean(s)) == ".pdf" && path.Ext(got) != ".pdf" && got != "pdf" && got != namelessFile {
			t.Fatalf("FileName(%q) = %q lost its extension", s, got)
		}
	})
}
