package demo

import (
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/call"
	"transformateur/internal/committee"
	"transformateur/internal/decision"
	"transformateur/internal/deliberation"
	"transformateur/internal/demo"
	"transformateur/internal/form"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/zone"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/screening"
)

// earlier is an edition of the regional programme whose two days are over.
type earlier struct {
	call        string
	name, theme programme.Words
	place       string
	opened      int // the day its call opened, from today
	first       int // the number of its first file
	kept        int // how many projects are kept
	carried     map[int]string

	files     []*work
	edition   programme.EditionID
	selection committee.SelectionID
	gathering gathering.ID
	seats     map[string]committee.MemberID
}

// The days of an earlier edition, from the opening of its call.
const (
	earlierClosed    = 30
	earlierChecked   = 33
	earlierConvened  = 34
	earlierDecided   = 50
	earlierAnnounced = 52
	earlierConfirmed = 55
	earlierGathered  = 90
)

// finished ended last year: what became of its projects is known.
func finished() *earlier {
	return &earlier{call: demo.FinishedCall, name: programme.Words{FR: "Caen, première promotion", EN: "Caen, first year"}, place: "Le Dôme, Caen", opened: -600, first: 400, kept: 5,
		theme: programme.Words{FR: "Le numérique au service du dialogue sur le travail", EN: "Digital tools for talking about work"}}
}

// supported is in its months of support.
func supported() *earlier {
	return &earlier{call: demo.SupportedCall, name: programme.Words{FR: "Rouen, printemps", EN: "Rouen, spring"}, place: "Le 108, Rouen", opened: -155, first: 420, kept: 4, carried: map[int]string{0: "supported"},
		theme: programme.Words{FR: "Des outils choisis par celles et ceux qui s’en servent", EN: "Tools chosen by those who use them"}}
}

const earlierAbout = `Cette édition est **inventée pour la démonstration**, comme ses dates, ses lectures et ses décisions. Ses projets sont ceux, publics, d'autres programmes.

Les équipes retenues se sont retrouvées deux jours, puis ont été accompagnées six mois.`

// bench sits on the committees of earlier editions.
var bench = []string{"before.1", "before.2", "before.3"}

// planEarlier plays an earlier edition, from its call to the end of its two days.
func (w *world) planEarlier(e *earlier, projects []demo.Project) {
	if w.moment != Confirmed {
		return
	}
	e.files, e.seats = bearers(e.first, projects, e.carried), map[string]committee.MemberID{}
	for _, step := range []struct {
		days, hour int
		do         func(*earlier) error
	}{
		{-20, 10, w.openEarlier}, {5, 10, w.writeEarlier}, {earlierClosed - 2, 11, w.depositEarlier}, {earlierChecked, 9, w.checkEarlier},
		{earlierConvened, 9, w.seatEarlier}, {earlierConvened + 4, 9, w.attestEarlier}, {earlierDecided, 14, w.decideEarlier}, {earlierDecided + 1, 9, w.signEarlier},
		{earlierAnnounced, 9, w.announceEarlier}, {earlierConfirmed, 9, w.confirmEarlier}, {earlierGathered - 20, 9, w.gatherEarlier}, {earlierGathered, 8, w.beginEarlier}, {earlierGathered + 1, 18, w.endEarlier},
	} {
		w.on(w.day(e.opened+step.days, step.hour, 0), func() error {
			if err := step.do(e); err != nil {
				return fmt.Errorf("%s: %w", e.call, err)
			}
			return w.settle()
		})
	}
}

func (w *world) openEarlier(e *earlier) error {
	lead, opens, closes := w.as("lead"), w.day(e.opened, 9, 0), w.day(e.opened+earlierClosed, 12, 0)
	id, err := w.regionalProgramme()
	if err != nil {
		return err
	}
	made, err := w.app.Programmes.CreateEdition(w.ctx, lead, programme.NewEdition{Programme: id, Journey: "regional-edition", Name: e.name, Theme: e.theme, Place: e.place, Territory: "region:28", Zone: zone.Default, FirstDay: opens.Format(time.DateOnly)})
	if err != nil {
		return err
	}
	made.About = programme.Words{FR: typography.Replace(earlierAbout), EN: "This edition is **made up for the demonstration**, as its dates, readings and decisions are. Its projects are public ones of other programmes."}
	if made, err = w.app.Programmes.EditEdition(w.ctx, lead, made); err != nil {
		return err
	}
	e.edition = made.ID
	stage, err := w.dated(lead, made, opens.Format(typed), closes.Format(typed))
	if err != nil {
		return err
	}
	return w.publish("lead", call.Call{ID: call.ID(e.call), EditionID: string(made.ID), StageID: string(stage), Title: form.Localised{"fr": "Transformateur numérique, " + e.name.FR, "en": "Digital transformer, " + e.name.EN},
		Summary: form.Localised{"fr": "Deux jours d’accélération, puis six mois d’accompagnement.", "en": "Two days of acceleration, then six months of support."},
		Text:    form.Localised{"fr": typography.Replace(secondText)}, Zone: zone.Default, OpensAt: opens, ClosesAt: closes, Target: e.kept,
		Legal: legal("Aract Normandie (démonstration)", "normandie@demonstration.invalid", "Le Dôme, 3, esplanade Stéphane-Hessel, 14000 Caen")}, "regional")
}

func (w *world) writeEarlier(e *earlier) error {
	if err := w.meet(e.files); err != nil {
		return err
	}
	return each(len(e.files), func(i int) error {
		if err := w.begin(e.files[i], call.ID(e.call)); err != nil {
			return err
		}
		return w.fill(e.files[i], 9)
	})
}

// depositEarlier has every file deposited but the last one, which stays a draft.
func (w *world) depositEarlier(e *earlier) error {
	return each(len(e.files)-1, func(i int) error { return w.deposit(e.files[i]) })
}

// checkEarlier finds the last deposited file outside the call.
func (w *world) checkEarlier(e *earlier) error {
	last := len(e.files) - 2
	for i, k := range e.files[:last+1] {
		v := screening.Verdict{Verdict: screening.Admissible}
		if i == last {
			v = screening.Verdict{Verdict: screening.Inadmissible, Reason: typography.Replace("Le projet est déjà financé par un autre appel de la région.")}
		}
		if err := w.app.Screening.Admit(w.ctx, w.as("lead"), k.id, v, 0); err != nil {
			return fmt.Errorf("admit %s: %w", k.project.Name, err)
		}
	}
	return nil
}

// seatEarlier makes the selection and seats its committee.
func (w *world) seatEarlier(e *earlier) error {
	lead := w.as("lead")
	local := func(days int) string { return w.day(e.opened+days, 14, 0).Format(typed) }
	sel, err := w.app.Committees.Create(w.ctx, lead, call.ID(e.call), committee.Settings{Name: form.Localised{"fr": "Sélection des projets", "en": "Selection of the projects"},
		Blind: committee.Open, Others: committee.AfterOwn, Readers: 2, Target: e.kept, ReviewsDueAt: local(earlierDecided - 1), DeliberatesAt: local(earlierDecided), Confidentiality: form.Localised{"fr": typography.Replace(promise)}})
	if err != nil {
		return err
	}
	e.selection = sel.ID
	if _, err := w.app.Reviews.StartRubric(w.ctx, lead, sel.ID, "six_dimensions", "", 0); err != nil {
		return err
	}
	for i, key := range bench {
		by, err := w.person(key, name(360+i*4))
		if err != nil {
			return err
		}
		role := committee.Juror
		if i == 0 {
			role = committee.Chair
		}
		if e.seats[key], err = w.app.Committees.Invite(w.ctx, lead, sel.ID, committee.Seat{Email: key + "@demonstration.invalid", Name: by.Name, Organisation: w.houses[i], Role: role, Lang: "fr", What: "Sélection des projets"}); err != nil {
			return fmt.Errorf("invite %s: %w", key, err)
		}
		if err := w.accepts(by); err != nil {
			return err
		}
		if _, err := w.app.Committees.Commit(w.ctx, by, e.seats[key], "fr", committee.Digest(typography.Replace(promise))); err != nil {
			return fmt.Errorf("seat %s: %w", key, err)
		}
	}
	return nil
}

func (w *world) attestEarlier(e *earlier) error {
	for _, key := range bench {
		if err := w.app.Committees.Attest(w.ctx, w.as(key), e.selection); err != nil {
			return fmt.Errorf("%s attests: %w", key, err)
		}
	}
	return w.app.Committees.Begin(w.ctx, w.as("lead"), e.selection)
}

// decideEarlier opens the room; the files are taken in the order of their numbers.
func (w *world) decideEarlier(e *earlier) error {
	chair := w.as(bench[0])
	setup, err := w.app.Rooms.Setup(w.ctx, chair, e.selection)
	if err != nil {
		return err
	}
	if err := w.app.Rooms.Open(w.ctx, chair, e.selection, deliberation.Settings{Quorum: 2, Reasons: setup.Room.Reasons, Deputy: e.seats[bench[1]], Version: setup.Room.Version}); err != nil {
		return fmt.Errorf("open the room: %w", err)
	}
	for _, key := range bench {
		if err := w.app.Rooms.Enter(w.ctx, w.as(key), e.selection); err != nil {
			return fmt.Errorf("%s enters: %w", key, err)
		}
	}
	for i, k := range e.files[:len(e.files)-2] {
		v := deliberation.Verdict{Outcome: deliberation.Retain, Reason: "fit", Wording: "Le comité a retenu la place donnée à celles et ceux qui se servent de l’outil. " + told}
		if i >= e.kept {
			v = deliberation.Verdict{Outcome: deliberation.Refuse, Reason: "maturity", Wording: "Le projet gagnera à décrire d’abord le travail des personnes concernées. " + told}
		}
		if err := w.app.Rooms.Call(w.ctx, chair, e.selection, k.id, ""); err != nil {
			return err
		}
		w.clock.Advance(6 * time.Minute)
		if err := w.app.Rooms.Decide(w.ctx, chair, e.selection, k.id, v); err != nil {
			return fmt.Errorf("decide on %s: %w", k.project.Name, err)
		}
	}
	return w.app.Rooms.Call(w.ctx, chair, e.selection, "", "")
}

func (w *world) signEarlier(e *earlier) error {
	return w.app.Rooms.Sign(w.ctx, w.as(bench[0]), e.selection)
}

func (w *world) announceEarlier(e *earlier) error {
	lead := w.as("lead")
	v, err := w.app.Decisions.Preparing(w.ctx, lead, e.selection)
	if err != nil {
		return err
	}
	terms := decision.Terms{ConfirmBy: w.day(e.opened+earlierConfirmed+10, 12, 0), AppealMonths: decision.DefaultAppealMonths, WinnersPublic: true}
	if err := w.app.Decisions.Prepare(w.ctx, lead, e.selection, terms, v.Announcement.Version); err != nil {
		return err
	}
	if v, err = w.app.Decisions.Preparing(w.ctx, lead, e.selection); err != nil {
		return err
	}
	_, err = w.app.Decisions.Announce(w.ctx, lead, e.selection, v.Announcement.Version)
	return err
}

func (w *world) confirmEarlier(e *earlier) error {
	return each(e.kept, func(i int) error {
		return w.app.Decisions.Confirm(w.ctx, e.files[i].by, e.selection, e.files[i].id)
	})
}

// gatherEarlier prepares the two days and asks the teams.
func (w *world) gatherEarlier(e *earlier) (err error) {
	lead, first := w.as("lead"), w.day(e.opened+earlierGathered, 9, 0)
	e.gathering, err = w.app.Gatherings.Create(w.ctx, lead, e.edition, gathering.Sheet{Title: "Deux jours, " + e.name.FR, About: typography.Replace("Deux journées ont suivi la sélection."), Place: e.place, Zone: zone.Default,
		StartsOn: first.Format(time.DateOnly), EndsOn: first.AddDate(0, 0, 1).Format(time.DateOnly)})
	if err != nil {
		return err
	}
	if _, err := w.app.Gatherings.AddTeams(w.ctx, lead, e.gathering); err != nil {
		return err
	}
	return w.app.Gatherings.Invite(w.ctx, lead, e.gathering, gathering.Invited{Email: "sponsor@demonstration.invalid", Name: w.as("sponsor").Name, Organisation: "Réseau des parrains", Role: gathering.Coach, Lang: "fr"})
}

// beginEarlier opens the doors: the teams come in.
func (w *world) beginEarlier(e *earlier) error {
	lead := w.as("lead")
	if err := w.app.Gatherings.Open(w.ctx, lead, e.gathering); err != nil {
		return err
	}
	_, code, err := w.app.Gatherings.Code(w.ctx, lead, e.gathering)
	if err != nil {
		return err
	}
	coming := []account.User{w.as("sponsor")}
	for _, k := range e.files[:e.kept] {
		coming = append(coming, k.by)
	}
	for i, by := range coming {
		if _, err := w.app.Gatherings.Join(w.ctx, by, gathering.Coming{Code: code, Lang: "fr", IP: fmt.Sprintf("198.51.100.%d", e.first-390+i)}); err != nil {
			return fmt.Errorf("%s comes: %w", by.Name, err)
		}
	}
	return nil
}

func (w *world) endEarlier(e *earlier) error {
	if g, err := w.app.Gatherings.Managed(w.ctx, w.as("lead"), e.gathering); err != nil || g.Gathering.Status == gathering.Closed {
		return err
	}
	return w.app.Gatherings.Close(w.ctx, w.as("lead"), e.gathering)
}

// carried is a project and who carries it.
type carried struct {
	project.Project
	by account.User
}

// projects are those that an earlier edition kept, in the order of their files.
func (w *world) projects(e *earlier) (list []carried, err error) {
	for _, k := range e.files[:e.kept] {
		p, err := project.From(w.ctx, w.app.DB.Reader(), string(k.id))
		if err != nil {
			return nil, fmt.Errorf("the project of %s: %w", k.project.Name, err)
		}
		list = append(list, carried{p, k.by})
	}
	return list, nil
}
