package cli

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"transformateur/internal/app"
	"transformateur/internal/application/receipt"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/secret"
)

// exits are what scripts read of a receipt that is not genuine; anything else that
// fails is 1.
var exits = map[string]int{"receipt.forged": 3, "receipt.other_key": 4, "receipt.unreadable": 5}

// coded is an error with the exit code it leads to.
type coded struct {
	error
	code int
}

// ExitCode is the exit code that an error of Run leads to.
func ExitCode(err error) int {
	var c coded
	if errors.As(err, &c) {
		return c.code
	}
	return 1
}

// words says a message in the language of the terminal.
func words(key string, args ...any) string {
	return i18n.Say(i18n.Parse(os.Getenv("LANG")), key, args...)
}

type receiptVerify struct {
	File        string `arg:"" help:"The receipt, as downloaded (JSON); - reads the standard input."`
	Key         string `help:"File of the public key (PEM or base 64)." type:"existingfile" placeholder:"FILE" xor:"pin"`
	Fingerprint string `help:"Fingerprint that the key in the receipt must have." placeholder:"HEX" xor:"pin"`
}

// Run verifies a receipt with nothing but the file and a public key.
func (c *receiptVerify) Run(e *env) error {
	text, err := readFile(c.File)
	if err != nil {
		return err
	}
	var public ed25519.PublicKey
	if c.Key != "" {
		if public, err = readKey(c.Key); err != nil {
			return err
		}
	}
	r, public, err := receipt.Verify(text, public)
	if err == nil && c.Fingerprint != "" && !strings.EqualFold(c.Fingerprint, secret.Fingerprint(public)) {
		err = errs.New(errs.Invalid, "receipt.other_key", secret.Fingerprint(public), strings.ToLower(c.Fingerprint))
	}
	if err != nil {
		if code, known := exits[errs.KeyOf(err)]; known {
			return coded{said(err), code}
		}
		return err
	}
	fmt.Fprintln(e.out, words("receipts.cli_valid", r.Number, r.Local, r.Application.Title, secret.Fingerprint(public)))
	if c.Key == "" && c.Fingerprint == "" {
		fmt.Fprintln(e.out, words("receipts.cli_unpinned", secret.Fingerprint(public)))
	}
	return nil
}

func readFile(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(os.Stdin)
	}
	return os.ReadFile(name)
}

// readKey reads a public key as the page /receipts/key gives it: PEM, or base 64.
func readKey(name string) (ed25519.PublicKey, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if block, _ := pem.Decode(text); block != nil {
		if key, err := x509.ParsePKIXPublicKey(block.Bytes); err == nil {
			if public, ok := key.(ed25519.PublicKey); ok {
				return public, nil
			}
		}
	}
	if raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text))); err == nil && len(raw) == ed25519.PublicKeySize {
		return raw, nil
	}
	return nil, errors.New(words("receipts.cli_key_unreadable", name))
}

type receiptKey struct{}

// Run prints the public key of the install.
func (receiptKey) Run(e *env) error {
	key, err := installKey(e)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%s\n%s", secret.Fingerprint(key), pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	return nil
}

// installKey is the public key of this install, which no command makes by itself.
func installKey(e *env) (ed25519.PublicKey, error) {
	file := app.ReceiptKey(e.config)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New(words("receipts.cli_no_key", file))
	}
	key, err := secret.OpenKey(file)
	if err != nil {
		return nil, err
	}
	return key.Public(), nil
}

type receiptChain struct{}

// Run reads every receipt and says whether the chain holds.
func (receiptChain) Run(e *env) error {
	key, err := installKey(e)
	if err != nil {
		return err
	}
	d, err := app.Open(e.ctx, e.config)
	if err != nil {
		return err
	}
	defer d.Close()
	count, head, broken, err := receipt.VerifyChain(e.ctx, d.Reader(), key)
	if err != nil {
		return err
	}
	if broken != nil {
		return coded{errors.New(brokenReceipts(broken)), exits["receipt.forged"]}
	}
	fmt.Fprintln(e.out, i18n.SayN(i18n.Parse(os.Getenv("LANG")), "receipts.cli_chain", int(count), head))
	return nil
}

func brokenReceipts(b *receipt.Break) string {
	return words("receipts.cli_broken", b.Number, words("receipts.break_"+b.Reason), b.Number-1)
}
