package boards_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"

	"transformateur/internal/account"
	"transformateur/internal/board/boardtest"
	"transformateur/internal/board/room"
	"transformateur/internal/i18n"
)

// board makes a board of a kit for Ana's project, and says its address.
func (h *hall) board(t *testing.T, kit string) string {
	t.Helper()
	return wants(t, h.site(h.Lead, i18n.FR).Post(t, "/gatherings/"+string(h.gathering)+"/boards/new", url.Values{"kit": {kit}, "project": {string(h.project)}}), http.StatusSeeOther).Location
}

// form is a form with a file.
func posted(t *testing.T, fields map[string]string, file []byte) (kind string, body io.Reader) {
	t.Helper()
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	for name, value := range fields {
		if err := w.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if file != nil {
		part, err := w.CreateFormFile("file", "photo.jpg")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(file); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), &out
}

// A picture goes on a card from a script and from a form, is shown with the words beside
// it, and leaves with the exports of who sees it alone.
func TestPictures(t *testing.T) {
	h := newHall(t)
	one := h.board(t, "adn")
	ana, lead := h.site(h.Ana, i18n.FR), h.site(h.Lead, i18n.FR)
	wants(t, ana.Post(t, one, url.Values{"act": {"add"}, "token": {"tokenoftheadder"}, "zone": {"work"}, "type": {"facet"}, "f.text": {"Une carte recopiée"}}), http.StatusSeeOther)

	a := wants(t, ana.Send(t, one+"/pictures", "image/jpeg", bytes.NewReader(boardtest.Photograph(t, 300, 200, 9))), http.StatusCreated)
	var sent struct {
		Digest        string
		Width, Height int
	}
	if err := json.Unmarshal([]byte(a.Body), &sent); err != nil || len(sent.Digest) != 64 || sent.Width != 300 {
		t.Fatalf("%s: %v", a.Body, err)
	}
	refused := wants(t, ana.Send(t, one+"/pictures", "image/jpeg", strings.NewReader("bonjour")), http.StatusUnprocessableEntity)
	var why struct{ Message string }
	if err := json.Unmarshal([]byte(refused.Body), &why); err != nil || why.Message != i18n.Say(i18n.FR, "board.picture_kind") {
		t.Errorf("%s", refused.Body)
	}

	page := ana.Page(t, one)
	holds(t, page, `data-pictures="`+one+`/pictures"`, `enctype="multipart/form-data"`)
	kind, body := posted(t, map[string]string{"token": "tokenofthepicture", "card": "tokenoftheadder", "field": "photo", "base": "1"}, boardtest.Photograph(t, 320, 200, 50))
	wants(t, ana.Send(t, one+"/pictures", kind, body), http.StatusSeeOther)
	page = ana.Page(t, one)
	src := regexp.MustCompile(`<img class="b-picture" src="([^"]+)" alt="([^"]*)"`).FindStringSubmatch(page)
	if src == nil || !strings.Contains(src[2], "Une carte recopiée") {
		t.Fatalf("no picture on the page: %v", src)
	}
	if got := wants(t, ana.Get(t, src[1]), http.StatusOK); got.Type != "image/jpeg" {
		t.Errorf("%s", got.Type)
	}
	wants(t, lead.Get(t, src[1]), http.StatusNotFound) // written in silence
	lacks(t, wants(t, lead.Get(t, one+"/board.svg"), http.StatusOK).Body, "Une carte recopiée", "data:image")
	for _, phase := range []string{"reveal", "locks"} {
		wants(t, lead.Post(t, one, url.Values{"act": {"phase"}, "phase": {phase}, "token": {"phase00000" + phase}}), http.StatusSeeOther)
	}
	wants(t, lead.Get(t, src[1]), http.StatusOK)
	holds(t, wants(t, lead.Get(t, one+"/board.svg"), http.StatusOK).Body, "Une carte recopiée", "data:image/jpeg")
	holds(t, wants(t, lead.Get(t, one+"/cards.csv"), http.StatusOK).Body, "https://example.org"+src[1])

	kind, body = posted(t, map[string]string{"token": "tokenofthepicturf", "card": "tokenoftheadder", "field": "photo"}, []byte("bonjour"))
	holds(t, wants(t, ana.Send(t, one+"/pictures", kind, body), http.StatusUnprocessableEntity).Body, i18n.Say(i18n.FR, "board.picture_kind"))
	kind, body = posted(t, map[string]string{"token": "tokenofthepicturg"}, nil)
	wants(t, ana.Send(t, one+"/pictures", kind, body), http.StatusUnprocessableEntity)
	wants(t, ana.Post(t, one, url.Values{"act": {"set"}, "token": {"tokenoftheremoval"}, "card": {"tokenoftheadder"}, "base": {"9"}, "was.photo": {src[1][strings.LastIndex(src[1], "/")+1:]}, "f.photo": {""}}), http.StatusSeeOther)
	lacks(t, ana.Page(t, one), `<img class="b-picture"`)
}

func TestPrintAndScan(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			h := newHall(t)
			one := h.board(t, "adn")
			lead, ana := h.site(h.Lead, lang), h.site(h.Ana, lang)
			of := "/gatherings/" + string(h.gathering) + "/print"
			holds(t, lead.Page(t, one+"/print"), i18n.Say(lang, "boards.print_lead"))
			holds(t, lead.Page(t, of), i18n.Say(lang, "boards.print_kit_text"))
			wants(t, ana.Get(t, one+"/print"), http.StatusForbidden)
			wants(t, ana.Post(t, of, url.Values{"kit": {"adn"}}), http.StatusForbidden)
			for _, wall := range []string{"a4", "a3", "whole", "tiles"} {
				for _, where := range []string{one + "/print", of} {
					a := wants(t, lead.Post(t, where, url.Values{"kit": {"facettes"}, "variant": {"ani"}, "wall": {wall}, "cards": {"yes"}, "blanks": {"2"}, "lang": {"en"}}), http.StatusOK)
					if err := api.Validate(strings.NewReader(a.Body), nil); err != nil || a.Type != "application/pdf" {
						t.Errorf("%s %s: %v", where, wall, err)
					}
				}
			}
			holds(t, wants(t, lead.Post(t, one+"/print", url.Values{"wall": {""}}), http.StatusUnprocessableEntity).Body, i18n.Say(lang, "board.print_nothing"))
			holds(t, wants(t, lead.Post(t, one+"/print", url.Values{"wall": {"a4"}, "blanks": {"999"}}), http.StatusUnprocessableEntity).Body, i18n.Say(lang, "board.print_blanks", 48))
			wants(t, lead.Post(t, one+"/print", url.Values{"wall": {"papyrus"}}), http.StatusUnprocessableEntity)
			wants(t, lead.Post(t, of, url.Values{"kit": {"nothing"}, "wall": {"a4"}}), http.StatusUnprocessableEntity)

			pack, err := h.markers.Of(t.Context(), h.Lead, idIn(one))
			h.Must(err)
			pack, err = h.markers.Mark(t.Context(), h.Lead, pack, 1)
			h.Must(err)
			visitor := h.site(account.User{}, lang)
			door := wants(t, visitor.Get(t, "/b/"+pack.Zones[0].Code), http.StatusSeeOther).Location
			if want := "/join/" + h.Code(h.gathering) + "?card=" + pack.Zones[0].Code; door != want {
				t.Errorf("the door: %s, want %s", door, want)
			}
			if to := wants(t, ana.Get(t, "/b/"+strings.ToLower(pack.Zones[1].Code)), http.StatusSeeOther).Location; to != one+"#zone-"+pack.Zones[1].Place {
				t.Errorf("a zone: %s", to)
			}
			to := wants(t, ana.Get(t, "/b/"+pack.Prompts[0].Code), http.StatusSeeOther).Location
			page := ana.Page(t, strings.Split(to, "#")[0])
			id := strings.TrimPrefix(strings.Split(to, "#")[1], "card-")
			holds(t, page, `id="card-`+id+`"`, `data-paper="{`, `name="paper.zone"`)
			typed := url.Values{"act": {"add"}, "in": {"paper."}, "token": {"tokenofthepaper"}, "id": {id}, "type": {"facet"}, "prompt": {pack.Prompts[0].Place}, "paper.zone": {"work"}, "paper.f.text": {"Lu sur le papier"}}
			if back := wants(t, ana.Post(t, one, typed), http.StatusSeeOther).Location; back != one+"#card-"+id {
				t.Errorf("%s", back)
			}
			typed.Set("token", "tokenofanother")
			wants(t, h.site(h.Lead, lang).Post(t, one, typed), http.StatusConflict) // typed by two people
			if again := wants(t, ana.Get(t, "/b/"+pack.Prompts[0].Code), http.StatusSeeOther).Location; again != one+"#card-"+id {
				t.Errorf("scanned again: %s", again)
			}
			lacks(t, ana.Page(t, one+"?paper="+pack.Prompts[0].Code), `data-paper="{`)
			holds(t, visitor.Page(t, "/b"), i18n.Say(lang, "boards.code_lead"))
			if to := wants(t, visitor.Get(t, "/b?code=abcd-efgh"), http.StatusSeeOther).Location; to != "/b/ABCDEFGH" {
				t.Errorf("%s", to)
			}
			holds(t, wants(t, visitor.Get(t, "/b/ABCDEFGH"), http.StatusNotFound).Body, i18n.Say(lang, "boards.code_unknown"))
		})
	}
}

// Several boards of the kit: whoever is of no team picks one.
func TestScanPicks(t *testing.T) {
	h := newHall(t)
	one, two := h.board(t, "adn"), h.board(t, "adn")
	lead := h.site(h.Lead, i18n.FR)
	wants(t, lead.Post(t, "/gatherings/"+string(h.gathering)+"/print", url.Values{"kit": {"adn"}, "wall": {"a4"}}), http.StatusOK)
	var code string
	h.Must(h.DB.Reader().QueryRow(t.Context(), `select code from board_codes where place = 'z/work'`).Scan(&code))
	holds(t, lead.Page(t, "/b/"+code), one+"#zone-work", two+"#zone-work", "Campus")
}

// Each export is of what the asker sees, in a form that others read.
func TestDrawnExports(t *testing.T) {
	for _, lang := range i18n.Langs {
		h := newHall(t)
		one := h.board(t, "plan")
		lead := h.site(h.Lead, lang)
		wants(t, lead.Post(t, one, url.Values{"act": {"add"}, "token": {"tokenoftheadder"}, "zone": {firstZone(t, h, one)}, "type": {"action"}, "f." + firstField(t, h, one, "action"): {"Écrire à la <mairie> 👍"}}), http.StatusSeeOther)
		for path, kind := range map[string]string{"/board.pdf": "application/pdf", "/board.png": "image/png", "/board.svg": "image/svg+xml"} {
			first := wants(t, lead.Get(t, one+path), http.StatusOK)
			if first.Type != kind {
				t.Errorf("%s: %s", path, first.Type)
			}
			if again := wants(t, lead.Get(t, one+path), http.StatusOK); again.Body != first.Body {
				t.Errorf("%s: not the same bytes the second time", path)
			}
			var err error
			switch path {
			case "/board.pdf":
				err = api.Validate(strings.NewReader(first.Body), nil)
			case "/board.png":
				_, err = png.Decode(strings.NewReader(first.Body))
			case "/board.svg":
				err = xml.Unmarshal([]byte(first.Body), new(struct{}))
			}
			if err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
		wants(t, h.site(h.Bob, lang).Get(t, one+"/board.pdf"), http.StatusNotFound)
	}
}

// A radar board is drawn as a radar once everybody may know what was given, not before:
// the vote it takes is secret until it closes.
func TestRadarIsDrawn(t *testing.T) {
	h := newHall(t)
	one := h.board(t, "dimensions")
	lead, ana := h.site(h.Lead, i18n.FR), h.site(h.Ana, i18n.FR)
	phase := func(name string) {
		t.Helper()
		wants(t, lead.Post(t, one, url.Values{"act": {"phase"}, "phase": {name}, "token": {token(t, lead.Page(t, one))}}), http.StatusSeeOther)
	}
	phase("alone")
	cards := regexp.MustCompile(`name="card" value="([^"]+)"[^>]*>\s*<input type="hidden" name="vote" value="alone"`).FindAllStringSubmatch(wants(t, ana.Get(t, one), http.StatusOK).Body, -1)
	if len(cards) != 6 {
		t.Fatalf("%d cards to score", len(cards))
	}
	for i, c := range cards {
		wants(t, ana.Post(t, one, url.Values{"act": {"vote"}, "token": {token(t, ana.Page(t, one))}, "card": {c[1]}, "vote": {"alone"}, "value": {string(rune('1' + i%5))}}), http.StatusSeeOther)
	}
	if before := wants(t, lead.Get(t, one+"/board.svg"), http.StatusOK).Body; strings.Contains(before, ">Ma note<") {
		t.Error("a secret vote is drawn")
	}
	phase("gaps")
	after := wants(t, lead.Get(t, one+"/board.svg"), http.StatusOK).Body
	if !strings.Contains(after, ">Ma note<") || strings.Count(after, "<line") < 6*5+6+6+1 {
		t.Errorf("no radar: %d lines", strings.Count(after, "<line"))
	}
	if dir := os.Getenv("JOURNEY_PICTURES"); dir != "" {
		for _, name := range []string{"board.svg", "board.png", "board.pdf"} {
			if err := os.WriteFile(filepath.Join(dir, "radar-"+name), []byte(wants(t, lead.Get(t, one+"/"+name), http.StatusOK).Body), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A board is read again by who runs a gathering; a bad file is told line by line.
func TestImport(t *testing.T) {
	for _, lang := range i18n.Langs {
		h := newHall(t)
		one := h.board(t, "pitch")
		lead, ana := h.site(h.Lead, lang), h.site(h.Ana, lang)
		to := "/gatherings/" + string(h.gathering) + "/boards/import"
		holds(t, lead.Page(t, to), i18n.Say(lang, "boards.import_lead"), "Campus")
		wants(t, ana.Get(t, to), http.StatusForbidden)
		file := wants(t, lead.Get(t, one+"/board.json"), http.StatusOK).Body
		kind, body := posted(t, map[string]string{"project": string(h.project)}, []byte(file))
		where := wants(t, lead.Send(t, to, kind, body), http.StatusSeeOther).Location
		made := strings.Split(where, "?")[0]
		if made == one || !strings.HasPrefix(made, "/boards/") {
			t.Fatalf("%s", where)
		}
		holds(t, lead.Page(t, made), "Pitch", "Campus")
		kind, body = posted(t, nil, []byte(strings.Replace(file, `"version": 1`, `"version": 9`, 1)))
		holds(t, wants(t, lead.Send(t, to, kind, body), http.StatusUnprocessableEntity).Body, i18n.Say(lang, "board.import_version", 2, 1))
		kind, body = posted(t, nil, nil)
		holds(t, wants(t, lead.Send(t, to, kind, body), http.StatusUnprocessableEntity).Body, i18n.Say(lang, "board.import_none"))
		kind, body = posted(t, nil, []byte(file))
		wants(t, ana.Send(t, to, kind, body), http.StatusForbidden)
	}
}

// The archive of a gathering holds every board in each format; its manifest has the digest
// of each part; what somebody may not see is not in hers.
func TestArchive(t *testing.T) {
	h := newHall(t)
	one := h.board(t, "adn")
	h.board(t, "plan")
	ana := h.site(h.Ana, i18n.FR)
	wants(t, ana.Post(t, one, url.Values{"act": {"add"}, "token": {"tokenoftheadder"}, "zone": {"work"}, "type": {"facet"}, "f.text": {"Un hippocampe"}}), http.StatusSeeOther)
	path := "/gatherings/" + string(h.gathering) + "/archive.zip"
	told := map[string]int{}
	for name, by := range map[string]account.User{"ana": h.Ana, "lead": h.Lead} {
		a := wants(t, h.site(by, i18n.FR).Get(t, path), http.StatusOK)
		z, err := zip.NewReader(strings.NewReader(a.Body), int64(len(a.Body)))
		h.Must(err)
		var manifest struct {
			Parts []struct {
				Name, SHA256 string
				Size         int64
			}
		}
		parts := map[string][]byte{}
		for _, f := range z.File {
			r, err := f.Open()
			h.Must(err)
			parts[f.Name], err = io.ReadAll(r)
			h.Must(err)
			told[name] += strings.Count(string(parts[f.Name]), "hippocampe")
		}
		h.Must(json.Unmarshal(parts["manifeste.json"], &manifest))
		if len(manifest.Parts) != len(parts)-1 || len(manifest.Parts) != 2*6+2 {
			t.Errorf("%s: %d parts in the manifest, %d in the archive", name, len(manifest.Parts), len(parts))
		}
		for _, p := range manifest.Parts {
			sum := sha256.Sum256(parts[p.Name])
			if hex.EncodeToString(sum[:]) != p.SHA256 || int64(len(parts[p.Name])) != p.Size {
				t.Errorf("%s: %s is not what the manifest says", name, p.Name)
			}
		}
		holds(t, string(parts["personnes.csv"]), "Campus")
	}
	if told["ana"] < 4 || told["lead"] != 0 {
		t.Errorf("what was written in silence stands %v times", told)
	}
	wants(t, h.site(h.Bob, i18n.FR).Get(t, path), http.StatusNotFound)
}

func firstZone(t *testing.T, h *hall, one string) string {
	t.Helper()
	v, err := h.rooms.Read(t.Context(), h.Lead, idIn(one))
	h.Must(err)
	return v.State.Kit().Zones[0].ID
}

func firstField(t *testing.T, h *hall, one, card string) string {
	t.Helper()
	v, err := h.rooms.Read(t.Context(), h.Lead, idIn(one))
	h.Must(err)
	c, known := v.State.Kit().Card(card)
	if !known {
		t.Fatalf("no card %s", card)
	}
	return c.Fields[0].ID
}

func idIn(address string) room.ID { return room.ID(strings.TrimPrefix(address, "/boards/")) }
