package cli

import (
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/app"
	"transformateur/internal/platform/clock"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

// named is whose role it is, and which.
type named struct {
	Email string `arg:"" help:"The person's address." placeholder:"EMAIL"`
	Role  string `arg:"" help:"admin, dpo or auditor." placeholder:"ROLE"`
}

type adminGrant struct{ named }

// Run gives the role.
func (c *adminGrant) Run(e *env) error {
	return e.withTeams(func(teams *programme.Teams) error {
		given, err := teams.Name(e.ctx, account.System, c.Email, c.Role)
		switch {
		case err != nil:
			return firstFault(err)
		case given:
			fmt.Fprintf(e.out, "%s now has the role %s\n", c.Email, c.Role)
		default:
			fmt.Fprintf(e.out, "%s already had the role %s\n", c.Email, c.Role)
		}
		return nil
	})
}

type adminRevoke struct{ named }

// Run ends the role.
func (c *adminRevoke) Run(e *env) error {
	return e.withTeams(func(teams *programme.Teams) error {
		if err := teams.Unname(e.ctx, account.System, c.Email, c.Role); err != nil {
			return firstFault(err)
		}
		fmt.Fprintf(e.out, "%s no longer has the role %s\n", c.Email, c.Role)
		return nil
	})
}

type adminReset struct {
	Email  string `arg:"" help:"The person's address." placeholder:"EMAIL"`
	Reason string `arg:"" help:"Why: it is sent to her." placeholder:"REASON"`
}

// Run takes the second factor away: for the only administrator, whom no page helps.
func (c *adminReset) Run(e *env) error {
	a, err := app.New(e.ctx, e.config, clock.System{})
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.Keys.Reset(e.ctx, account.System, c.Email, c.Reason); err != nil {
		return firstFault(err)
	}
	fmt.Fprintf(e.out, "%s has no second factor any more: she signs in by mail and sets up another one\n", c.Email)
	return nil
}

// withTeams opens the database of the install, which may be serving meanwhile.
func (e *env) withTeams(act func(*programme.Teams) error) error {
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
	rights := policy.New(d, c)
	return act(programme.NewTeams(programme.New(d, c, rights, nil), account.New(d, c, account.Options{Rights: rights.Rights()}), e.config.Name))
}
