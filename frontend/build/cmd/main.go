// Command cmd bundles the front end into internal/web/assets/dist; run it from the root: go run ./frontend/build/cmd.
package main

import (
	"fmt"
	"os"

	"transformateur/frontend/build"
)

func main() {
	files, err := build.Run(".")
	if err == nil {
		err = build.Write(".", files)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
