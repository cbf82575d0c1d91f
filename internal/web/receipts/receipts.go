// Package receipts is the pages of the proof of a deposit: to read, to keep, to verify.
package receipts

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"transformateur/internal/application"
	"transformateur/internal/application/receipt"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/secret"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /receipts.
type Handler struct {
	Files *application.Service
}

// Routes lists the addresses of the package. A number may end in .json or .pdf.
func (h *Handler) Routes() []ui.Route {
	return []ui.Route{
		{Pattern: "GET /receipts/{number}", Action: "application.read", On: "application", Handle: h.show},
		{Pattern: "GET /receipts/key", Action: "receipt.verify", Handle: h.key},
		{Pattern: "GET /receipts/key.pem", Action: "receipt.verify", Handle: h.keyFile},
		{Pattern: "GET /receipts/verify", Action: "receipt.verify", Handle: h.form},
		{Pattern: "POST /receipts/verify", Action: "receipt.verify", Handle: h.verify},
	}
}

// maxReceipt bounds what is read of a receipt that somebody shows, in bytes.
const maxReceipt = 2 << 20

// shown is what the page of a receipt holds.
type shown struct {
	receipt.Signed
	fingerprint string
	digest      string
	mine        bool // the reader belongs to the project's team
}

func (h *Handler) shown(s receipt.Signed) (shown, error) {
	digest, err := s.Receipt.Digest()
	return shown{Signed: s, fingerprint: secret.Fingerprint(h.Files.PublicKey()), digest: digest}, err
}

// show gives a receipt to whoever may read its file: a page, the signed JSON or a PDF.
func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	name, form, _ := strings.Cut(r.PathValue("number"), ".")
	number, err := strconv.ParseInt(name, 10, 64)
	if err != nil || form != "" && form != "json" && form != "pdf" {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	signed, err := h.Files.ReceiptByNumber(r.Context(), ui.User(r), number)
	if err != nil {
		return err
	}
	s, err := h.shown(signed)
	if err != nil {
		return err
	}
	switch form {
	case "json":
		return sendJSON(w, r, s)
	case "pdf":
		return sendPDF(w, r, s)
	}
	_, err = h.Files.Open(r.Context(), ui.User(r), application.ID(s.Receipt.Application.ID))
	s.mine = err == nil
	return ui.Render(w, r, http.StatusOK, receiptPage(s))
}

// file is the signed receipt as people keep it: indented, for those who read it.
func file(s receipt.Signed) ([]byte, error) {
	text, err := json.MarshalIndent(s, "", "  ")
	return append(text, '\n'), err
}

func attach(w http.ResponseWriter, kind, name string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name))
	w.Header().Set("Cache-Control", "no-store")
}

func sendJSON(w http.ResponseWriter, r *http.Request, s shown) error {
	text, err := file(s.Signed)
	if err != nil {
		return err
	}
	attach(w, "application/json; charset=utf-8", i18n.T(r.Context(), "receipts.pdf_file", s.Receipt.Number)+".json")
	_, err = w.Write(text)
	return err
}

func (h *Handler) pem() (string, error) {
	der, err := x509.MarshalPKIXPublicKey(h.Files.PublicKey())
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), err
}

func (h *Handler) key(w http.ResponseWriter, r *http.Request) error {
	text, err := h.pem()
	if err != nil {
		return err
	}
	key := h.Files.PublicKey()
	return ui.Render(w, r, http.StatusOK, keyPage(secret.Fingerprint(key), text, base64.StdEncoding.EncodeToString(key)))
}

func (h *Handler) keyFile(w http.ResponseWriter, _ *http.Request) error {
	text, err := h.pem()
	if err != nil {
		return err
	}
	attach(w, "application/x-pem-file", "transformateur-"+secret.Fingerprint(h.Files.PublicKey())+".pem")
	_, err = io.WriteString(w, text)
	return err
}

// verdict is what the page that verifies says.
type verdict struct {
	asked    bool
	problems ui.Problems
	typed    string
	key      string // message key of what is wrong with the receipt, "" when nothing is
	text     string // the same, said
	application.Verified
}

func (h *Handler) form(w http.ResponseWriter, r *http.Request) error {
	return ui.Render(w, r, http.StatusOK, verifyPage(verdict{}))
}

// verify says whether a receipt is genuine. It reads nothing but what it is shown,
// and tells nothing that the receipt does not say.
func (h *Handler) verify(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	r.Body = http.MaxBytesReader(w, r.Body, 2*maxReceipt)
	text, err := given(r)
	if err != nil {
		return errs.New(errs.Invalid, "receipt.unreadable").Because(err)
	}
	v := verdict{asked: true, typed: r.PostFormValue("text")}
	if len(strings.TrimSpace(string(text))) == 0 {
		v.asked, v.problems = false, ui.Problems{{Path: "text", Text: i18n.T(ctx, "receipts.verify_empty")}}
		return ui.Render(w, r, http.StatusUnprocessableEntity, verifyPage(v))
	}
	v.Verified, err = h.Files.CheckReceipt(ctx, ui.User(r), text)
	var refused *errs.Error
	if errors.As(err, &refused) && refused.Kind == errs.Invalid {
		v.key, v.text = refused.Key, i18n.T(ctx, refused.Key, refused.Args...)
		return ui.Render(w, r, http.StatusOK, verifyPage(v))
	}
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, verifyPage(v))
}

// given is the receipt that was sent as a file or pasted.
func given(r *http.Request) ([]byte, error) {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		f, _, err := r.FormFile("file")
		switch {
		case errors.Is(err, http.ErrMissingFile):
		case err != nil:
			return nil, err
		default:
			defer f.Close()
			text, err := io.ReadAll(io.LimitReader(f, maxReceipt))
			if err != nil || len(text) > 0 {
				return text, err
			}
		}
	}
	return []byte(r.PostFormValue("text")), nil
}
