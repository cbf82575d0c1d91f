package intake_test

import "transformateur/internal/form"

func canonical(a form.Answers) []byte { return form.Canonical(a) }
