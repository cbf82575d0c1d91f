// Package exhibits writes of the sheets of the showcase, to the teams that write them and to those who answer for what the public reads.
package exhibits

import (
	"context"

	"transformateur/internal/account"
	"transformateur/internal/notify"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/showcase"
)

// Teller writes the mails.
type Teller struct {
	mails   *notify.Service
	baseURL string
}

// New makes the teller, and has it told of what becomes of sheets; baseURL is the public
// address of the install.
func New(bus *event.Bus, mails *notify.Service, baseURL string) *Teller {
	t := &Teller{mails: mails, baseURL: baseURL}
	bus.Subscribe("notify.sheets", t.onSheet, showcase.ToldAsked, showcase.ToldProposed, showcase.ToldSentBack, showcase.ToldCleared, showcase.ToldSeen, showcase.ToldWithdrawn)
	return t
}

// telling is one kind of mail: to whom it goes, and whether it still says what is.
type telling struct {
	template string
	to       func(showcase.Letter) []account.PersonID
	holds    func(showcase.Letter) bool
}

func team(t showcase.Letter) []account.PersonID { return t.Team }

func clearing(t showcase.Letter) []account.PersonID { return t.Clearing }

func everybody(t showcase.Letter) []account.PersonID {
	return append(append([]account.PersonID{}, t.Team...), t.Clearing...)
}

func in(state showcase.State) func(showcase.Letter) bool {
	return func(t showcase.Letter) bool { return t.State == state }
}

var tellings = map[string]telling{
	showcase.ToldAsked:     {"sheet_asked", team, in(showcase.Draft)},
	showcase.ToldProposed:  {"sheet_proposed", clearing, in(showcase.Proposed)},
	showcase.ToldSentBack:  {"sheet_sent_back", team, in(showcase.Draft)},
	showcase.ToldCleared:   {"sheet_cleared", team, func(t showcase.Letter) bool { return t.State == showcase.Cleared || t.State == showcase.Published }},
	showcase.ToldSeen:      {"sheet_seen", team, func(t showcase.Letter) bool { return t.Public }},
	showcase.ToldWithdrawn: {"sheet_withdrawn", everybody, func(t showcase.Letter) bool { return !t.Public }},
}

// onSheet tells each person once, but for who did it. What moved on meanwhile tells nobody:
// the next event does.
func (t *Teller) onSheet(ctx context.Context, tx *db.Tx, e event.Event) error {
	sheet, err := showcase.ToTell(ctx, tx, e)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var doer showcase.Doer
	if err := e.Read(&doer); err != nil {
		return err
	}
	one := tellings[e.Kind]
	if !one.holds(sheet) {
		return nil
	}
	args := map[string]string{"What": sheet.Title, "Link": t.baseURL + "/projects/" + e.ObjectID + "/sheet"}
	if e.Kind == showcase.ToldSentBack {
		args["Message"] = sheet.Remark
	}
	for _, person := range one.to(sheet) {
		if person == doer.By {
			continue
		}
		if err := t.mails.Enqueue(ctx, tx, notify.Mail{PersonID: string(person), Template: one.template, Key: one.template + ":" + e.ID + ":" + string(person), Object: sheet.Ref(), Scope: sheet.Ref(), Args: args}); err != nil {
			return err
		}
	}
	return nil
}
