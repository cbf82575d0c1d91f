package app

import (
	"strings"

	"transformateur/internal/i18n"
	"transformateur/internal/intake"
	"transformateur/internal/web/imports"
	"transformateur/internal/web/ui"
)

// intakeRoutes are the addresses where files come from elsewhere.
func (a *App) intakeRoutes() []ui.Route {
	return (&imports.Handler{Intake: a.Intake}).Routes()
}

// openIntake makes the service that brings in files, after those it stands on.
func (a *App) openIntake() {
	a.Intake = intake.New(intake.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Jobs: a.Jobs, Calls: a.Calls, Files: a.Files, Accounts: a.Accounts, Checks: registers{}, Words: exportWords()})
}

// exportWords are what our exports say, in both languages: what was written by one can
// be read again.
func exportWords() intake.Words {
	say := func(keys ...string) (all []string) {
		for _, key := range keys {
			all = append(all, i18n.Say(i18n.FR, key), i18n.Say(i18n.EN, key))
		}
		return all
	}
	w := intake.Words{Number: say("export.column_number"), Title: say("export.column_title"), Email: say("export.column_email"), Deposited: say("export.column_deposited_at"), Row: say("export.row"),
		Side: say("export.budget_side"), Category: say("export.budget_category"), Label: say("export.budget_label"), Amount: say("export.budget_amount"),
		Expenses: say("export.budget_expenses"), Income: say("export.budget_income"), Yes: say("form.yes", "export.yes"), No: say("form.no", "export.no"), Unknown: say("form.not_known"),
		English: []string{i18n.Say(i18n.EN, "export.column_number"), i18n.Say(i18n.EN, "export.column_title")}}
	for _, lang := range []i18n.Lang{i18n.FR, i18n.EN} {
		before, _, _ := strings.Cut(i18n.Say(lang, "form.other_with", "|"), "|")
		w.Other = append(w.Other, before)
	}
	return w
}
