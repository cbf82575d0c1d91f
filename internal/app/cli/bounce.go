package cli

import (
	"fmt"
	"os"

	"transformateur/internal/account"
	"transformateur/internal/app"
	"transformateur/internal/notify"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/mail"
	"transformateur/internal/policy"
)

type bounceCommand struct{}

// Run records the delivery report given on the standard input, as a mail server
// pipes it.
func (bounceCommand) Run(e *env) error {
	d, err := app.Open(e.ctx, e.config)
	if err != nil {
		return err
	}
	defer d.Close()
	schema, err := d.Schema(e.ctx)
	if err == nil {
		err = schema.Check()
	}
	if err != nil {
		return err
	}
	c := clock.System{}
	mails := notify.New(d, c, job.NewQueue(d, c), policy.New(d, c), notify.Options{Sender: mail.Hold{}})
	n, err := mails.Bounced(e.ctx, account.System, os.Stdin)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%d recorded\n", n)
	return nil
}
