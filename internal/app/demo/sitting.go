package demo

import (
	"fmt"
	"math/rand/v2"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/assignment"
	"transformateur/internal/committee"
	"transformateur/internal/demo"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/solve/assign"
)

// juror is somebody whom the first edition invites to sit.
type juror struct {
	key   string
	role  committee.Role
	house int // place among the organisations of the committee; -1 for an expert
	knows []string
	harsh float64 // how much lower than others she marks, of a scale from 0 to 1
}

// jury are the six organisations of the edition, three experts and the secretary. What
// they know is said in the words of the call's question on the family of projects.
var jury = []juror{
	{"chair", committee.Chair, 2, []string{"management", "culture"}, 0.02},
	{"jury.1", committee.Juror, 0, []string{"expression", "management"}, -0.04},
	{"member", committee.Juror, 1, []string{"culture", "expression"}, 0.06},
	{"jury.3", committee.Juror, 3, []string{"technical", "network"}, -0.08},
	{"jury.4", committee.Juror, 4, []string{"expression", "culture"}, 0},
	{"recused", committee.Juror, 5, []string{"technical", "network"}, -0.02},
	{"expert.1", committee.Juror, -1, []string{"technical", "management"}, 0.12},
	{"expert.2", committee.Juror, -1, []string{"culture", "expression"}, -0.12},
	{"expert.3", committee.Juror, -1, []string{"network", "management"}, 0.04},
	{"secretary", committee.Secretary, 0, nil, 0},
}

const promise = `Je lis les dossiers pour ce comité seulement, et je n'en parle à personne d'autre.

Je signale tout lien avec un projet, sa structure ou son équipe ; je ne lis pas ce dossier et je sors de la salle quand on en parle.

Je ne confie aucun dossier à un service en ligne, et j'efface mes copies à la fin.`

func (w *world) planCommittee(files []*work) {
	w.past(firstConvened, 9, 30, w.createSelection)
	w.past(firstConvened, 11, 0, w.inviteJury)
	for i := range jury {
		w.past(firstConvened+1+i%3, 9+i, 26, func() error { return w.takeSeat(jury[i]) })
	}
	w.past(firstConvened+1, 8, 0, func() error { return w.meetColleague(files[debates]) })
	w.past(firstConvened+2, 15, 5, func() error {
		k := files[workshop]
		return w.app.Committees.Oppose(w.ctx, k.by, k.id, panel[3].Name, typography.Replace("Cette agence a financé un projet concurrent du nôtre l'an dernier."))
	})
	w.past(firstDeclared, 10, 15, func() error { return w.declare(files[laureate]) })
	w.past(firstDeclared, 18, 0, w.attest)
	w.past(firstDeclared+1, 10, 0, w.bid)
	w.past(firstReading, 9, 0, w.beginReading)
}

// createSelection opens the only selection of the call: no edition like it eliminates
// after the two days.
func (w *world) createSelection() error {
	local := func(days, hour int) string { return w.since(days, hour, 0).Format(typed) }
	sel, err := w.app.Committees.Create(w.ctx, w.as("lead"), demo.RegionalCall, committee.Settings{Name: form.Localised{"fr": "Sélection des projets", "en": "Selection of the projects"},
		Blind: committee.Open, Others: committee.AfterOwn, Bidding: true, Readers: 3, Target: 7, ReviewsDueAt: local(firstDue, 18), DeliberatesAt: local(firstRoom, 14),
		Confidentiality: form.Localised{"fr": typography.Replace(promise)}})
	if err != nil {
		return fmt.Errorf("create the selection: %w", err)
	}
	w.selection = sel.ID
	_, err = w.app.Reviews.StartRubric(w.ctx, w.as("lead"), sel.ID, "six_dimensions", "", 0)
	return err
}

func (w *world) inviteJury() error {
	for i, j := range jury {
		called := name(300 + i*4)
		if role, ok := demo.Find(j.key); ok {
			called = role.Name
		}
		by, err := w.person(j.key, called)
		if err != nil {
			return err
		}
		var house account.OrganisationID
		if j.house >= 0 {
			house = w.houses[j.house]
		}
		w.seats[j.key], err = w.app.Committees.Invite(w.ctx, w.as("lead"), w.selection, committee.Seat{Email: j.key + "@demonstration.invalid", Name: by.Name, Organisation: house, Role: j.role, Competences: j.knows, Lang: "fr", What: "Sélection des projets"})
		if err != nil {
			return fmt.Errorf("invite %s: %w", j.key, err)
		}
	}
	return nil
}

// takeSeat accepts the invitation, commits to confidentiality and says when one is there.
func (w *world) takeSeat(j juror) error {
	by := w.as(j.key)
	if err := w.accepts(by); err != nil {
		return err
	}
	if _, err := w.app.Committees.Commit(w.ctx, by, w.seats[j.key], "fr", committee.Digest(typography.Replace(promise))); err != nil {
		return fmt.Errorf("seat %s: %w", j.key, err)
	}
	if j.role == committee.Secretary {
		return nil
	}
	_, seat, err := w.app.Committees.Mine(w.ctx, by, w.selection)
	if err != nil {
		return err
	}
	day := w.since(firstRoom, 9, 0).Format(time.DateOnly)
	return w.app.Committees.Tell(w.ctx, by, w.selection, committee.Say{Competences: j.knows, Presence: []string{day}}, seat.Version)
}

// meetColleague has the bearer of a file belong to what an organisation of the committee
// was before: the register finds it by itself.
func (w *world) meetColleague(k *work) error {
	return w.app.DB.Write(w.ctx, func(tx *db.Tx) error { return w.app.Accounts.JoinProved(w.ctx, tx, k.by, w.former) })
}

// declare has an expert step aside from a file that she helped to write.
func (w *world) declare(k *work) error {
	cause := committee.Cause{Kind: committee.Collaboration, Detail: typography.Replace("J'ai relu une première version du projet.")}
	return w.app.Committees.Declare(w.ctx, w.as("expert.2"), w.selection, k.id, cause)
}

// attest has every reader say that she declared all she knew.
func (w *world) attest() error {
	for _, j := range jury {
		if j.role == committee.Secretary {
			continue
		}
		w.clock.Advance(11 * time.Minute)
		if err := w.app.Committees.Attest(w.ctx, w.as(j.key), w.selection); err != nil {
			return fmt.Errorf("%s attests: %w", j.key, err)
		}
	}
	return nil
}

// bid has most of the readers say what they would rather read.
func (w *world) bid() error {
	for i, j := range jury {
		if j.role == committee.Secretary || i%4 == 3 {
			continue
		}
		titles, err := w.app.Committees.Eligible(w.ctx, w.as(j.key), w.selection)
		if err != nil {
			return err
		}
		rng, said := rand.New(rand.NewPCG(seed, uint64(i))), map[application.ID]assignment.Wish{}
		for _, t := range titles {
			if wish := assignment.Wishes[rng.IntN(len(assignment.Wishes))]; wish != assignment.Unsaid {
				said[application.ID(t.ID)] = wish
			}
		}
		w.clock.Advance(17 * time.Minute)
		if err := w.app.Assignments.Bid(w.ctx, w.as(j.key), w.selection, said); err != nil {
			return fmt.Errorf("%s bids: %w", j.key, err)
		}
	}
	return nil
}

// beginReading opens the reading, has the engine propose who reads what, and publishes it.
func (w *world) beginReading() error {
	lead := w.as("lead")
	if err := w.app.Committees.Begin(w.ctx, lead, w.selection); err != nil {
		return fmt.Errorf("begin the reading: %w", err)
	}
	choice, err := w.app.Assignments.Settings(w.ctx, lead, w.selection, "fr")
	if err != nil {
		return err
	}
	choice.Settings.Themes, choice.Settings.OneOfAHouse, choice.Settings.Even, choice.Settings.Seed = []string{"family"}, true, true, seed
	if err := w.app.Assignments.Choose(w.ctx, lead, w.selection, choice.Settings, choice.Version); err != nil {
		return fmt.Errorf("choose how files are assigned: %w", err)
	}
	status, err := w.app.Assignments.Propose(w.ctx, lead, w.selection)
	if err != nil || status != assign.Optimal && status != assign.Bounded {
		return fmt.Errorf("propose an assignment: %s, %w", status, err)
	}
	board, err := w.app.Assignments.Board(w.ctx, lead, w.selection)
	if err != nil {
		return err
	}
	w.clock.Advance(40 * time.Minute)
	return w.app.Assignments.Publish(w.ctx, lead, w.selection, board.Plan.Version)
}
