package archive

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"

	"transformateur/internal/platform/errs"
)

// Lock is what an archive is encrypted to; the zero Lock leaves it in the clear.
// The two do not go together: age allows a passphrase alone.
type Lock struct {
	Recipients []string // public keys, "age1…"
	Passphrase string
}

// None says whether nothing was asked.
func (l Lock) None() bool { return len(l.Recipients) == 0 && l.Passphrase == "" }

// seal encrypts what is written to the writer it gives, which must be closed.
//
// Errors: Invalid "archive.bad_recipient" and "archive.two_locks".
func (l Lock) seal(w io.Writer) (io.WriteCloser, error) {
	var to []age.Recipient
	for _, text := range l.Recipients {
		some, err := age.ParseRecipients(strings.NewReader(text))
		if err != nil {
			return nil, errs.New(errs.Invalid, "archive.bad_recipient", text).Because(err)
		}
		to = append(to, some...)
	}
	if l.Passphrase != "" {
		if len(to) > 0 {
			return nil, errs.New(errs.Invalid, "archive.two_locks")
		}
		one, err := age.NewScryptRecipient(l.Passphrase)
		if err != nil {
			return nil, fmt.Errorf("derive a key from the passphrase: %w", err)
		}
		to = append(to, one)
	}
	out, err := age.Encrypt(w, to...)
	if err != nil {
		return nil, fmt.Errorf("encrypt the archive: %w", err)
	}
	return out, nil
}

// Key is what opens an archive: a passphrase, or the text of a file of private
// keys ("AGE-SECRET-KEY-1…").
type Key struct {
	Identities string
	Passphrase string
}

// sealed is how a file encrypted with age begins.
var sealed = []byte("age-encryption.org/v1\n")

// open decrypts an archive if it is encrypted.
//
// Errors: Invalid "archive.locked" (no key was given), "archive.bad_identity",
// "archive.wrong_key".
func (k Key) open(r io.Reader) (io.Reader, error) {
	from := bufio.NewReaderSize(r, 64<<10)
	start, err := from.Peek(len(sealed))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the archive: %w", err)
	}
	if !bytes.Equal(start, sealed) {
		return from, nil
	}
	var with []age.Identity
	if k.Identities != "" {
		if with, err = age.ParseIdentities(strings.NewReader(k.Identities)); err != nil {
			return nil, errs.New(errs.Invalid, "archive.bad_identity").Because(err)
		}
	}
	if k.Passphrase != "" {
		one, err := age.NewScryptIdentity(k.Passphrase)
		if err != nil {
			return nil, fmt.Errorf("derive a key from the passphrase: %w", err)
		}
		with = append(with, one)
	}
	if len(with) == 0 {
		return nil, errs.New(errs.Invalid, "archive.locked")
	}
	plain, err := age.Decrypt(from, with...)
	var no *age.NoIdentityMatchError
	if errors.As(err, &no) {
		return nil, errs.New(errs.Invalid, "archive.wrong_key").Because(err)
	}
	if err != nil {
		return nil, damaged("the header of the encryption", err)
	}
	return plain, nil
}

func damaged(what string, cause error) error {
	return errs.New(errs.Invalid, "archive.damaged", what).Because(cause)
}
