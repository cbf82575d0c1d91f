package receipts_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/application/receipt"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/secret"
	"transformateur/internal/web/receipts"
	"transformateur/internal/web/ui"
)

var ctx = context.Background()

type house struct {
	*applicationtest.World
	mux *http.ServeMux
}

func open(t *testing.T) *house {
	h := &house{applicationtest.New(t, dbtest.SQLite(t)), http.NewServeMux()}
	for _, route := range (&receipts.Handler{Files: h.Files}).Routes() {
		h.mux.Handle(route.Pattern, ui.Handle(route.Handle))
	}
	a := h.Complete()
	_, err := h.Files.Submit(ctx, h.Ana, a.ID)
	h.Must(err)
	return h
}

func (h *house) do(by account.User, lang i18n.Lang, r *http.Request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	h.mux.ServeHTTP(rec, r.WithContext(account.With(i18n.With(ctx, lang), by)))
	return rec
}

func (h *house) get(by account.User, address string) *httptest.ResponseRecorder {
	return h.do(by, i18n.FR, httptest.NewRequest(http.MethodGet, address, nil))
}

func (h *house) check(text string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/receipts/verify", strings.NewReader(url.Values{"text": {text}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return h.do(account.User{}, i18n.FR, r)
}

func TestReceiptIsReadByThoseWhoReadTheFile(t *testing.T) {
	h := open(t)
	for _, c := range []struct {
		name    string
		by      account.User
		address string
		status  int
	}{
		{"its team", h.Ana, "/receipts/1", 200},
		{"its team, as JSON", h.Ana, "/receipts/1.json", 200},
		{"its team, as PDF", h.Ana, "/receipts/1.pdf?file=x", 200},
		{"a stranger", h.Bob, "/receipts/1", 404},
		{"the lead before the closing", h.Lead, "/receipts/1.json", 404},
		{"a visitor", account.User{}, "/receipts/1", 303},
		{"a visitor, a number that is not", account.User{}, "/receipts/99", 303},
		{"a number that is not", h.Ana, "/receipts/99", 404},
		{"no number", h.Ana, "/receipts/first", 404},
		{"another form", h.Ana, "/receipts/1.exe", 404},
	} {
		if rec := h.get(c.by, c.address); rec.Code != c.status {
			t.Errorf("%s: %d, want %d", c.name, rec.Code, c.status)
		}
	}
}

func TestPageAndPDFSayTheLegalMentions(t *testing.T) {
	h := open(t)
	for _, lang := range i18n.Langs {
		body := h.do(h.Ana, lang, httptest.NewRequest(http.MethodGet, "/receipts/1", nil)).Body.String()
		legal := applicationtest.Legal()
		for _, said := range []string{legal.Service, legal.Email, legal.Address, legal.Appeals, "R112-11-1", "Campus numérique", secret.Fingerprint(h.Files.PublicKey()), "receipt verify"} {
			if !strings.Contains(body, said) {
				t.Errorf("%s: the page does not say %q", lang, said)
			}
		}
		if strings.Contains(body, "‹") {
			t.Errorf("%s: a message has no words", lang)
		}
	}
	rec := h.get(h.Ana, "/receipts/1.pdf")
	if !bytes.HasPrefix(rec.Body.Bytes(), []byte("%PDF-")) || !bytes.Contains(rec.Body.Bytes(), []byte("/EmbeddedFile")) || rec.Header().Get("Content-Type") != "application/pdf" {
		t.Errorf("%v %.20q", rec.Header(), rec.Body.String())
	}
}

func TestVerify(t *testing.T) {
	h := open(t)
	text := h.get(h.Ana, "/receipts/1.json").Body.String()
	if _, _, err := receipt.Verify([]byte(text), h.Files.PublicKey()); err != nil {
		t.Fatal(err)
	}
	other := open(t).get(h.Ana, "/receipts/1.json").Body.String()
	for _, c := range []struct{ name, text, says string }{
		{"genuine", text, "receipts.valid_title"},
		{"with other blanks", strings.ReplaceAll(text, "\n  ", "\n"), "receipts.valid_title"},
		{"changed", strings.Replace(text, "Campus", "Campu5", 1), "receipts.forged_title"},
		{"with a key added", strings.Replace(text, `"receipt": {`, `"receipt": {"more": 1,`, 1), "receipts.forged_title"},
		{"of another install", other, "receipts.other_title"},
		{"something else", "{}", "receipts.unreadable_title"},
		{"not JSON", "bonjour", "receipts.unreadable_title"},
		{"nothing", "  ", "receipts.verify_empty"},
	} {
		if body := h.check(c.text).Body.String(); !strings.Contains(body, i18n.Say(i18n.FR, c.says)) {
			t.Errorf("%s: the page does not say %s", c.name, c.says)
		}
	}
	h.Must(h.DB.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(ctx, `delete from receipts`); return err }))
	if body := h.check(text).Body.String(); !strings.Contains(body, i18n.Say(i18n.FR, "receipts.unknown_title")) {
		t.Error("a receipt that left the chain is not told")
	}
}

func TestVerifyAFile(t *testing.T) {
	h := open(t)
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", "accuse-1.json")
	h.Must(err)
	part.Write(h.get(h.Ana, "/receipts/1.json").Body.Bytes())
	w.WriteField("text", "")
	w.Close()
	r := httptest.NewRequest(http.MethodPost, "/receipts/verify", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	if rec := h.do(account.User{}, i18n.EN, r); !strings.Contains(rec.Body.String(), i18n.Say(i18n.EN, "receipts.valid_title")) {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

func TestKey(t *testing.T) {
	h := open(t)
	if body := h.get(account.User{}, "/receipts/key").Body.String(); !strings.Contains(body, secret.Fingerprint(h.Files.PublicKey())) || !strings.Contains(body, "BEGIN PUBLIC KEY") {
		t.Error("the page of the key lacks it")
	}
	if block, _ := pem.Decode(h.get(account.User{}, "/receipts/key.pem").Body.Bytes()); block == nil || block.Type != "PUBLIC KEY" {
		t.Error("not PEM")
	}
	var s receipt.Signed
	h.Must(json.Unmarshal(h.get(h.Ana, "/receipts/1.json").Body.Bytes(), &s))
	if s.Receipt.Number != 1 {
		t.Errorf("%+v", s.Receipt)
	}
}
