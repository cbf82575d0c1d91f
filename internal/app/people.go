package app

import (
	"fmt"

	"transformateur/internal/register"
)

// checkNumber checks a number of the registers that organisations have.
func checkNumber(name, number string) (string, error) {
	switch name {
	case "siret":
		return register.SIRET(number)
	case "rna":
		return register.RNA(number)
	}
	return "", fmt.Errorf("no register is called %q", name)
}
