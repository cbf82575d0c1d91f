package drawing_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image/color"
	"image/png"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"rsc.io/qr"

	"transformateur/internal/platform/drawing"
	"transformateur/internal/platform/pdf"
)

var words = drawing.Words{Size: 10, Colour: drawing.Ink}

func page(t *testing.T) *drawing.Page {
	t.Helper()
	p := drawing.NewPage(100, 60)
	p.Title = "Un <plateau> & « le reste »"
	p.Rect(drawing.Box{X: 10, Y: 10, W: 30, H: 20}, drawing.Style{Fill: &drawing.Colour{200, 0, 0}, Line: &drawing.Ink, Width: 0.5, Round: 3})
	p.Disc(drawing.Box{X: 60, Y: 10, W: 10, H: 10}, drawing.Style{Fill: &drawing.Colour{0, 0, 200}})
	p.Line(drawing.Box{X: 5, Y: 40, W: 90}, drawing.Style{Line: &drawing.Ink, Width: 1, Dashed: true})
	p.Text(5, 50, words, "Œuvre d’Élodie – « ça », 👍🏽 <b>")
	if err := p.Code(drawing.Box{X: 75, Y: 30, W: 24, H: 24}, "https://example.org/b/ABCD2345"); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPDFIsRead(t *testing.T) {
	meta := pdf.Meta{Title: "Un plateau", Lang: "fr", At: time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)}
	var one, two bytes.Buffer
	for _, out := range []*bytes.Buffer{&one, &two} {
		if err := drawing.WritePDF(out, meta, []*drawing.Page{page(t), page(t)}); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("the same pages do not give the same bytes")
	}
	if err := api.Validate(bytes.NewReader(one.Bytes()), nil); err != nil {
		t.Errorf("another reader: %v", err)
	}
	for _, want := range []string{"/Lang", "/Outlines", "/Count 2"} {
		if !bytes.Contains(one.Bytes(), []byte(want)) {
			t.Errorf("no %s", want)
		}
	}
}

func TestSVGIsXMLThatAsksForNothing(t *testing.T) {
	var out bytes.Buffer
	if err := page(t).WriteSVG(&out); err != nil {
		t.Fatal(err)
	}
	dec, said := xml.NewDecoder(&out), ""
	for {
		token, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch v := token.(type) {
		case xml.CharData:
			said += string(v)
		case xml.StartElement:
			for _, a := range v.Attr {
				if strings.HasPrefix(a.Value, "http") && !strings.HasPrefix(a.Name.Local, "xmlns") && a.Name.Space != "xmlns" {
					t.Errorf("asks for %s", a.Value)
				}
			}
		}
	}
	for _, want := range []string{"👍", "<b>", "Un <plateau> &"} {
		if !strings.Contains(said, want) {
			t.Errorf("does not say %q", want)
		}
	}
}

func TestPNGShowsWhatWasDrawn(t *testing.T) {
	var out bytes.Buffer
	if err := page(t).WritePNG(&out, 1000); err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(&out)
	if err != nil || m.Bounds().Dx() != 1000 || m.Bounds().Dy() != 600 {
		t.Fatalf("%v, %v", m.Bounds(), err)
	}
	for _, c := range []struct {
		what string
		x, y int
		want color.RGBA
	}{
		{"inside the rectangle", 250, 200, color.RGBA{200, 0, 0, 255}},
		{"its round corner", 101, 101, color.RGBA{255, 255, 255, 255}},
		{"its edge", 250, 100, color.RGBA{0x22, 0x20, 0x1c, 255}},
		{"the disc", 650, 150, color.RGBA{0, 0, 200, 255}},
		{"beside the disc", 605, 105, color.RGBA{255, 255, 255, 255}},
		{"a dash", 55, 400, color.RGBA{0x22, 0x20, 0x1c, 255}},
		{"between two dashes", 72, 400, color.RGBA{255, 255, 255, 255}},
	} {
		if got := color.RGBAModel.Convert(m.At(c.x, c.y)); got != c.want {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
	}
	dark := 0
	for x := 50; x < 600; x++ {
		for y := 460; y < 505; y++ {
			if r, _, _, _ := m.At(x, y).RGBA(); r < 0x8000 {
				dark++
			}
		}
	}
	if dark < 500 {
		t.Errorf("%d dark points where there are words", dark)
	}
}

// A camera sees each module of the code where it belongs: in the picture, as it was encoded.
func TestCodesAreDrawnModuleByModule(t *testing.T) {
	for _, text := range []string{"https://example.org/b/ABCD2345", "https://transformateur.a-longer-name.example.fr/b/ZZZZ9999"} {
		p := drawing.NewPage(40, 40)
		if err := p.Code(drawing.Box{X: 8, Y: 8, W: 24, H: 24}, text); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := p.WritePNG(&out, 1600); err != nil {
			t.Fatal(err)
		}
		m, err := png.Decode(&out)
		if err != nil {
			t.Fatal(err)
		}
		code, err := qr.Encode(text, qr.M)
		if err != nil {
			t.Fatal(err)
		}
		each := 24 * 40 / float64(code.Size+8)
		if each/40 < 0.5 {
			t.Errorf("%q: modules of %.2f mm", text, each/40)
		}
		for y := -4; y < code.Size+4; y++ {
			for x := -4; x < code.Size+4; x++ {
				shade, _, _, _ := m.At(320+int((float64(x+4)+0.5)*each), 320+int((float64(y+4)+0.5)*each)).RGBA()
				if dark := shade < 0x8000; dark != code.Black(x, y) {
					t.Fatalf("%q: module %d, %d is %v", text, x, y, dark)
				}
			}
		}
	}
}

func TestAPictureTooLongIsDrawnSmaller(t *testing.T) {
	p := drawing.NewPage(10, 1000)
	var out bytes.Buffer
	if err := p.WritePNG(&out, 1920); err != nil {
		t.Fatal(err)
	}
	c, err := png.DecodeConfig(&out)
	if err != nil || c.Width*c.Height > drawing.MaxPixels || c.Width < 500 {
		t.Errorf("%d × %d, %v", c.Width, c.Height, err)
	}
}

func TestWrap(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"nothing":         {"", nil},
		"one word":        {"Bonjour", []string{"Bonjour"}},
		"breaks are kept": {"un\n\ndeux\n", []string{"un", "", "deux"}},
		"blanks are not":  {"  un   deux ", []string{"un deux"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := drawing.Wrap(words, c.text, 40); fmt.Sprint(got) != fmt.Sprint(c.want) || len(got) != len(c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// Whatever is written fits its width, and nothing of it is lost.
func TestWrapLosesNothing(t *testing.T) {
	seed := uint64(20271105)
	t.Logf("seed %d", seed)
	draw := rand.New(rand.NewPCG(seed, 1))
	letters := []rune("aéœ W’👍\n-文")
	for range 2000 {
		text := make([]rune, draw.IntN(120))
		for i := range text {
			text[i] = letters[draw.IntN(len(letters))]
		}
		wide := 3 + 60*draw.Float64()
		lines := drawing.Wrap(words, string(text), wide)
		for _, line := range lines {
			if drawing.Width(words, line) > wide+0.001 && len([]rune(line)) > 1 {
				t.Fatalf("%q is wider than %.1f mm: %.1f", line, wide, drawing.Width(words, line))
			}
		}
		squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if got := squeeze(strings.Join(lines, " ")); got != squeeze(string(text)) {
			t.Fatalf("%q became %q", string(text), got)
		}
	}
}

func TestTilesCoverThePage(t *testing.T) {
	p := drawing.NewPage(584, 410)
	p.Title = "Mur"
	for x := 5.0; x < 584; x += 40 {
		p.Text(x, x/584*400+5, words, fmt.Sprintf("m%.0f", x))
	}
	tiles := p.Tiles(297, 210, 10)
	if len(tiles) != 4 {
		t.Fatalf("%d tiles", len(tiles))
	}
	said := map[string]int{}
	for _, tile := range tiles {
		for _, text := range tile.Texts() {
			said[text]++
		}
	}
	for _, text := range p.Texts() {
		if said[text] == 0 {
			t.Errorf("%s is on no tile", text)
		}
	}
	for _, name := range []string{"A1", "A2", "B1", "B2"} {
		if said[name] != 1 {
			t.Errorf("%d tiles say %s", said[name], name)
		}
	}
}
