package inspect

import (
	"bytes"
	"context"
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/platform/errs"
)

func keys(r Report, s Severity) string {
	var found []string
	for _, p := range r.Problems {
		if k := strings.TrimPrefix(p.Key, "inspect."); p.Severity == s && !slices.Contains(found, k) {
			found = append(found, k)
		}
	}
	slices.Sort(found)
	return strings.Join(found, " ")
}

func sorted(words string) string {
	w := strings.Fields(words)
	slices.Sort(w)
	return strings.Join(w, " ")
}

func flagsOf(r Report) string {
	var f []string
	for name, on := range map[string]bool{"macros": r.Macros, "embedded": r.EmbeddedFiles, "script": r.Script, "external": r.External, "encrypted": r.Encrypted, "located": r.Located} {
		if on {
			f = append(f, name)
		}
	}
	slices.Sort(f)
	return strings.Join(f, " ")
}

func TestInspectCorpus(t *testing.T) {
	all := corpus(t)
	if len(all) < 230 {
		t.Fatalf("the corpus shrank to %d files", len(all))
	}
	for _, c := range all {
		t.Run(c.situation, func(t *testing.T) {
			r, err := Inspect(context.Background(), bytes.NewReader(c.body), int64(len(c.body)), c.name, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if r.Kind != c.kind || r.MIME != c.kind.MIME() || keys(r, Refuse) != sorted(c.refuse) || keys(r, Warn) != sorted(c.warn) || flagsOf(r) != sorted(c.flags) {
				t.Errorf("kind %s, refused for %q, warned of %q, flags %q", r.Kind, keys(r, Refuse), keys(r, Warn), flagsOf(r))
				t.Errorf("want %s, %q, %q, %q", c.kind, sorted(c.refuse), sorted(c.warn), sorted(c.flags))
			}
			if r.Refused() != (c.refuse != "") || errs.Is(r.Err(), errs.Invalid) != r.Refused() {
				t.Errorf("Refused %v, Err %v", r.Refused(), r.Err())
			}
		})
	}
}

// held says what is held at most while f runs, in bytes.
func held(f func()) uint64 {
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	done, peak := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		for {
			select {
			case <-done:
				peak <- most
				return
			case <-time.After(2 * time.Millisecond):
				runtime.ReadMemStats(&now)
				if now.HeapAlloc > before.HeapAlloc {
					most = max(most, now.HeapAlloc-before.HeapAlloc)
				}
			}
		}
	}()
	f()
	close(done)
	return <-peak
}

func TestInspectStaysWithinBounds(t *testing.T) {
	for _, c := range corpus(t) {
		peak := held(func() {
			if _, err := Inspect(context.Background(), bytes.NewReader(c.body), int64(len(c.body)), c.name, Limits{}); err != nil {
				t.Errorf("%s: %v", c.situation, err)
			}
		})
		if peak > 64<<20 {
			t.Errorf("%s: held %d MB", c.situation, peak>>20)
		}
	}
}

func TestInspectStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, c := range corpus(t) {
		if len(c.body) == 0 {
			continue
		}
		if _, err := Inspect(ctx, bytes.NewReader(c.body), int64(len(c.body)), c.name, Limits{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", c.situation, err)
		}
	}
}

// brokenDisk fails where it is told to.
type brokenDisk struct {
	io.ReaderAt
	from int64
}

func (b brokenDisk) ReadAt(p []byte, at int64) (int, error) {
	if at+int64(len(p)) > b.from {
		return 0, errors.ErrUnsupported
	}
	return b.ReaderAt.ReadAt(p, at)
}

func TestInspectReportsAFileItCannotRead(t *testing.T) {
	body := docx(t)
	for _, from := range []int64{0, 100, int64(len(body)) - 10} {
		_, err := Inspect(context.Background(), brokenDisk{bytes.NewReader(body), from}, int64(len(body)), "plan.docx", Limits{})
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("broken from %d: %v", from, err)
		}
	}
}

func TestInspectLimits(t *testing.T) {
	svg := []byte(`<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>`)
	for _, c := range []struct {
		situation, name string
		body            []byte
		limits          Limits
		refuse          string
	}{
		{"a drawing where drawings are allowed", "l.svg", svg, Limits{AllowMarkup: true}, ""},
		{"a drawing with script where drawings are allowed", "l.svg", bytes.Replace(svg, []byte("<path"), []byte("<script/><path"), 1), Limits{AllowMarkup: true}, "markup_script"},
		{"a kind that was not asked for", "p.pdf", pdfOf(""), Limits{Accept: []Kind{PNG, JPEG}}, "not_accepted"},
		{"a kind that was asked for", "p.pdf", pdfOf(""), Limits{Accept: []Kind{PDF}}, ""},
		{"an unknown kind that was asked for", "p.xyz", []byte("\x00\x01"), Limits{Accept: []Kind{Unknown}}, ""},
		{"too large", "p.pdf", pdfOf(""), Limits{MaxSize: 100}, "too_large"},
		{"too many pixels", "p.png", pngOf(t, 20, 20), Limits{Pixels: 399}, "picture_too_large"},
		{"just enough pixels", "p.png", pngOf(t, 20, 20), Limits{Pixels: 400}, ""},
		{"two entries where one is allowed", "p.zip", zipOf(t, part{Name: "a"}, part{Name: "b"}), Limits{Entries: 1}, "archive_entries"},
		{"more bytes than allowed", "p.zip", zipOf(t, part{Name: "a", Body: "12345678901"}), Limits{Uncompressed: 10}, "archive_bomb"},
	} {
		t.Run(c.situation, func(t *testing.T) {
			r, err := Inspect(context.Background(), bytes.NewReader(c.body), int64(len(c.body)), c.name, c.limits)
			if err != nil || keys(r, Refuse) != c.refuse {
				t.Fatalf("refused for %q, %v", keys(r, Refuse), err)
			}
		})
	}
}

func TestInspectMeasures(t *testing.T) {
	pages := pdfOf("", objStm("/Type /ObjStm /N 2 /First 9 /Filter /FlateDecode", "5 0 6 9 << /Type /Page >> << /Type/Page >>"))
	r, err := Inspect(context.Background(), bytes.NewReader(pages), int64(len(pages)), "p.pdf", Limits{})
	if err != nil || r.Pages != 3 {
		t.Errorf("%d pages, %v", r.Pages, err)
	}
	for name, body := range map[string][]byte{"a.jpg": jpegOf(t, 21, 12, exif(6, false)), "a.png": pngOf(t, 21, 12), "a.webp": webpOf(21, 12, "")} {
		r, err := Inspect(context.Background(), bytes.NewReader(body), int64(len(body)), name, Limits{})
		if err != nil || r.Width != 21 || r.Height != 12 {
			t.Errorf("%s: %d × %d, %v", name, r.Width, r.Height, err)
		}
		if want := map[string]int{"a.jpg": 6}[name]; r.Orientation != want {
			t.Errorf("%s: orientation %d", name, r.Orientation)
		}
	}
}

func TestSafeName(t *testing.T) {
	for name, want := range map[string]string{
		"plan d'action.pdf":               "plan d'action.pdf",
		"re\u0301sume\u0301.pdf":          "résumé.pdf",
		"../../etc/passwd":                "passwd",
		`C:\Users\jeanne\cv.pdf`:          "cv.pdf",
		"a\x00b.pdf":                      "a_b.pdf",
		"cv\u202efdp.exe":                 "cvfdp.exe",
		"CON":                             "_CON",
		"nul.tar.gz":                      "_nul.tar.gz",
		`"><svg onload=alert(1)>`:         "___svg onload=alert(1)_",
		"":                                "_",
		"...":                             "_",
		".htaccess":                       "htaccess",
		"a.b\n.pdf":                       "a.b_.pdf",
		"\xff\xfe.pdf":                    "_.pdf",
		strings.Repeat("é", 150) + ".pdf": strings.Repeat("é", 88) + ".pdf",
	} {
		if got := SafeName(name); got != want {
			t.Errorf("SafeName(%q) = %q, want %q", name, got, want)
		}
		if again := SafeName(SafeName(name)); again != SafeName(name) {
			t.Errorf("SafeName(%q) is not stable: %q", name, again)
		}
	}
}
