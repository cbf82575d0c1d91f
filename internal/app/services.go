package app

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/admin"
	"transformateur/internal/application"
	"transformateur/internal/approval"
	"transformateur/internal/call"
	"transformateur/internal/continuity"
	"transformateur/internal/notify"
	"transformateur/internal/notify/readers"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/mail"
	"transformateur/internal/platform/outbound"
	"transformateur/internal/platform/secret"
	"transformateur/internal/policy"
	"transformateur/internal/privacy"
	statements "transformateur/internal/privacy/statement"
	"transformateur/internal/programme"
	"transformateur/internal/screening"
	"transformateur/internal/token"
	"transformateur/internal/webhook"
)

// maxFile bounds a file that people send, in bytes.
const maxFile = 100 << 20

// build makes every service once, each after those it stands on.
func (a *App) build(ctx context.Context) error {
	blobs, err := OpenBlobs(ctx, a.Config, a.Clock)
	if err != nil {
		return err
	}
	uploads, err := blob.OpenUploads(filepath.Join(a.Config.Data, "uploads"), blobs, maxFile, a.Clock)
	if err != nil {
		return fmt.Errorf("open the folder of uploads: %w", err)
	}
	a.disks = []breakable{a.DB, uploads}
	if folder, local := blobs.(breakable); local {
		a.disks = append(a.disks, folder)
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
	if a.asksTwice() {
		a.Policy.AskTwice()
	}
	a.Notify = notify.New(d, c, a.Jobs, a.Policy, notify.Options{Sender: sender, Install: a.Config.Name, From: a.Config.SMTP.From, Bounces: a.Config.SMTP.Bounces, Contact: a.Config.Contact, BaseURL: a.Config.BaseURL})
	a.Accounts = account.New(d, c, account.Options{Mailer: letters{a.Notify, a.Config.BaseURL}, Rights: a.Policy.Rights(), Bus: a.Bus, Check: checkNumber})
	a.Jobs.Every("sweep_accounts", time.Hour, func(ctx context.Context, _ job.Job) error { return a.Accounts.Sweep(ctx) })
	if err := a.buildKeys(); err != nil {
		return err
	}
	a.Programmes = programme.New(d, c, a.Policy, a.Bus)
	a.Teams = programme.NewTeams(a.Programmes, a.Accounts, a.Config.Name)
	a.Calls = call.New(call.Deps{DB: d, Clock: c, Policy: a.Policy, Bus: a.Bus, Jobs: a.Jobs, Blobs: blobs})
	a.Continuity = continuity.New(d, c, a.Policy, a.Bus, a.Calls)
	a.Files = application.New(application.Deps{DB: d, Clock: c, Policy: a.Policy, Bus: a.Bus, Calls: a.Calls, Signer: key, Checks: registers{},
		Jobs: a.Jobs, Blobs: blobs, Uploads: uploads, Inspector: inspector{clamav: a.Config.ClamAV}, People: a.Accounts, Numbers: call.Drawn})
	a.Screening = screening.New(screening.Deps{DB: d, Clock: c, Policy: a.Policy, Bus: a.Bus, Calls: a.Calls, Files: a.Files})
	a.openIntake()
	a.openReviews(blobs)
	a.Tokens = token.New(d, c, token.Options{PerSecond: float64(a.Config.APIRate), Burst: 10 * a.Config.APIRate})
	a.Jobs.Every("sweep_requests", time.Hour, func(ctx context.Context, _ job.Job) error { return a.Tokens.Sweep(ctx) })
	box, err := secret.OpenBox(SealKey(a.Config))
	if err != nil {
		return err
	}
	a.drafts = box
	a.Webhooks = webhook.New(webhook.Deps{DB: d, Clock: c, Policy: a.Policy, Bus: a.Bus, Jobs: a.Jobs, Counts: a.Screening, Box: box, Out: outbound.New(outbound.Options{Loopback: a.Config.Demo, Proxy: a.Config.WebhookProxy})})
	a.Webhooks.Listen()
	a.Approvals = approval.New(d, c, a.Policy, a.Bus)
	a.openDecisions()
	a.openCommittees()
	a.openOpinions()
	a.openRooms()
	a.openAssignments()
	a.openGatherings()
	a.openAgenda()
	a.openStage()
	a.openPapers()
	a.openKits()
	if err := a.openBoards(blobs); err != nil {
		return err
	}
	a.openDays()
	a.openNotes(blobs)
	a.openVenues()
	a.openAfterwards()
	a.Notify.Listen(a.Bus)
	readers.New(c, a.Notify, a.Config.BaseURL).Listen(a.Bus)
	a.Admin = admin.New(d, c, a.Policy)
	a.Privacy = privacy.New(privacy.Deps{DB: d, Clock: c, Policy: a.Policy, Bus: a.Bus, Jobs: a.Jobs, Mails: a.Notify, Blobs: blobs, Uploads: uploads, Signer: key,
		BaseURL: a.Config.BaseURL, Name: a.Config.Name})
	a.Statements = statements.New(d, c, a.Policy)
	a.Watch = &admin.Watch{DB: d, Clock: c, Policy: a.Policy, Mails: a.Notify, Folder: a.Config.Data, Key: key.Public()}
	return nil
}

// openAfterwards makes the services of what follows the two days, each after those it
// stands on.
func (a *App) openAfterwards() {
	a.openSchemes()
	a.openBookings()
	a.openRights()
	a.openRoadmap()
	a.openSynthesis()
	a.openReport()
	a.openShowcase()
	a.openOutcome()
	a.openFactory()
	a.openVisit()
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
