package app

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/admin"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/notify"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/mail"
	"transformateur/internal/platform/secret"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

// maxFile bounds a file that people send, in bytes.
const maxFile = 100 << 20

// build makes every service once, each after those it stands on.
func (a *App) build(ctx context.Context) error {
	blobs, err := openBlobs(ctx, a)
	if err != nil {
		return err
	}
	uploads, err := blob.OpenUploads(filepath.Join(a.Config.Data, "uploads"), blobs, maxFile, a.Clock)
	if err != nil {
		return fmt.Errorf("open the folder of uploads: %w", err)
	}
	key, err := secret.OpenKey(ReceiptKey(a.Config))
	if err != nil {
		return err
	}
	sender, err := openSender(a.Config, a)
	if err != nil {
		return err
	}
	d, c := a.DB, a.Clock
	a.Policy = policy.New(d, c)
	a.Notify = notify.New(d, c, a.Jobs, a.Policy, notify.Options{Sender: sender, Install: a.Config.Name, From: a.Config.SMTP.From, Contact: a.Config.Contact, BaseURL: a.Config.BaseURL})
	a.Accounts = account.New(d, c, account.Options{Mailer: letters{a.Notify, a.Config.BaseURL}, Rights: a.Policy.Rights(), Bus: a.Bus, Check: checkNumber})
	a.Jobs.Every("sweep_accounts", time.Hour, func(ctx context.Context, _ job.Job) error { return a.Accounts.Sweep(ctx) })
	a.Programmes = programme.New(d, c, a.Policy, a.Bus)
	a.Teams = programme.NewTeams(a.Programmes, a.Accounts, a.Config.Name)
	a.Calls = call.New(call.Deps{DB: d, Clock: c, Policy: a.Policy, Bus: a.Bus, Jobs: a.Jobs, Blobs: blobs})
	a.Files = application.New(application.Deps{DB: d, Clock: c, Policy: a.Policy, Bus: a.Bus, Calls: a.Calls, Signer: key, Checks: registers{},
		Jobs: a.Jobs, Blobs: blobs, Uploads: uploads, Inspector: inspector{clamav: a.Config.ClamAV}, People: a.Accounts, Numbers: call.Drawn})
	a.Notify.Listen(a.Bus)
	a.Admin = admin.New(d, c, a.Policy)
	a.Watch = &admin.Watch{DB: d, Clock: c, Policy: a.Policy, Mails: a.Notify, Folder: a.Config.Data, Key: key.Public()}
	return nil
}

// openBlobs keeps files in the data folder, or in S3 when the settings say so.
func openBlobs(ctx context.Context, a *App) (blob.Store, error) {
	s := a.Config.S3
	if s.Endpoint == "" {
		store, err := blob.OpenFolder(filepath.Join(a.Config.Data, "files"), a.Clock)
		if err != nil {
			return nil, fmt.Errorf("open the folder of files: %w", err)
		}
		return store, nil
	}
	store, err := blob.OpenS3(ctx, blob.S3Config{Endpoint: s.Endpoint, Bucket: s.Bucket, Region: s.Region, AccessKey: s.AccessKey, SecretKey: string(s.SecretKey), Prefix: s.Prefix, Insecure: s.Insecure})
	if err != nil {
		return nil, fmt.Errorf("reach the S3 store: %w", err)
	}
	return store, nil
}

// openSender sends mail by SMTP, or holds it when no server is set.
func openSender(cfg config.Config, a *App) (mail.Sender, error) {
	if cfg.SMTP.Host == "" {
		return mail.Hold{}, nil
	}
	sender, err := mail.New(cfg.SMTP, a.Clock)
	if err != nil {
		return nil, fmt.Errorf("set up the mail server: %w", err)
	}
	return sender, nil
}

// ReceiptKey is the file of the key that signs receipts.
func ReceiptKey(cfg config.Config) string { return filepath.Join(cfg.Data, "keys", "receipt.key") }
