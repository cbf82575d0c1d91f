// Command transformateur carries a programme for projects from its first call to what became of them.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"transformateur/internal/app/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := cli.Run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "transformateur:", err)
		os.Exit(cli.ExitCode(err))
	}
}
