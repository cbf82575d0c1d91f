package cli

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"transformateur/internal/app"
	"transformateur/internal/platform/archive"
	"transformateur/internal/platform/errs"
)

type backupCommand struct {
	File           string   `arg:"" help:"The archive to write. It must not exist yet."`
	Recipient      []string `help:"Encrypt to this age public key (age1…); may be repeated." placeholder:"KEY"`
	PassphraseFile string   `help:"Encrypt with the passphrase that stands on the first line of a file." type:"existingfile" placeholder:"FILE"`
	WithoutFiles   bool     `help:"Leave deposited files where they are: the archive can then only go back there."`
}

// Run makes an archive of the install, which may be serving meanwhile.
func (c *backupCommand) Run(e *env) error {
	lock := archive.Lock{Recipients: c.Recipient}
	var err error
	if lock.Passphrase, err = passphrase(c.PassphraseFile); err != nil {
		return err
	}
	made, err := app.Backup(e.ctx, e.config, c.File, !c.WithoutFiles, lock)
	if err != nil {
		return err
	}
	fmt.Fprintln(e.out, words("archive.cli_made", made.File, made.Size, made.SHA256))
	if lock.None() {
		fmt.Fprintln(e.out, words("archive.cli_clear"))
	}
	return e.sayContent(archive.Head{Files: !c.WithoutFiles}, made.Manifest)
}

// sayContent says what an archive holds, and fails when files were lost before it was made.
func (e *env) sayContent(head archive.Head, m archive.Manifest) error {
	count, bytes := m.Files()
	if head.Files {
		fmt.Fprintln(e.out, words("archive.cli_content", m.Rows(), count, bytes))
	} else {
		fmt.Fprintln(e.out, words("archive.cli_database", m.Rows()))
	}
	for _, digest := range m.Missing {
		fmt.Fprintln(e.out, words("check.file_missing", digest))
	}
	for _, digest := range m.Damaged {
		fmt.Fprintln(e.out, words("check.file_damaged", digest))
	}
	if lost := len(m.Missing) + len(m.Damaged); lost > 0 {
		return errs.New(errs.Conflict, "archive.losses", lost)
	}
	return nil
}

// opening is what opens an encrypted archive.
type opening struct {
	Identity       string `help:"File of the age private key that opens the archive." type:"existingfile" placeholder:"FILE"`
	PassphraseFile string `help:"File whose first line is the passphrase that opens the archive." type:"existingfile" placeholder:"FILE"`
}

func (o opening) key() (k archive.Key, err error) {
	if o.Identity != "" {
		text, err := os.ReadFile(o.Identity)
		if err != nil {
			return k, err
		}
		k.Identities = string(text)
	}
	k.Passphrase, err = passphrase(o.PassphraseFile)
	return k, err
}

// passphrase reads the first line of a file: on the command line, a passphrase would
// show in the list of processes.
func passphrase(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(string(text), "\n")
	if line = strings.TrimRight(line, "\r"); line == "" {
		return "", errors.New(words("archive.cli_no_passphrase", file))
	}
	return line, nil
}

type restoreCommand struct {
	File    string `arg:"" help:"The archive to restore." type:"existingfile"`
	Replace bool   `help:"Set what is there aside instead of refusing; nothing is deleted."`
	opening
}

// Run brings an archive back.
func (c *restoreCommand) Run(e *env) error {
	key, err := c.key()
	if err != nil {
		return err
	}
	file, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer file.Close()
	head, manifest, err := app.Restore(e.ctx, e.config, file, key, c.Replace)
	if err != nil {
		return err
	}
	fmt.Fprintln(e.out, words("archive.cli_restored", head.MadeAt, e.config.Data, head.Schema))
	return e.sayContent(head, manifest)
}
