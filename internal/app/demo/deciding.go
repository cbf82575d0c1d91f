package demo

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/decision"
	"transformateur/internal/deliberation"
)

// The places that the committee gives, from the first of its order on.
const (
	places   = 7
	reserves = 2
)

func (w *world) planDeliberation() {
	if w.moment == Deliberating {
		w.on(w.now.Add(-100*time.Minute), w.openRoom)
		w.on(w.now.Add(-90*time.Minute), w.deliberate)
		w.on(w.now.Add(-2*time.Minute), w.suspend)
		return
	}
	w.past(firstRoom, 14, 0, w.openRoom)
	w.past(firstRoom, 14, 20, w.deliberate)
	w.past(firstRoom+1, 9, 30, func() error { return w.app.Rooms.Sign(w.ctx, w.as("chair"), w.selection) })
	w.past(firstRoom+1, 11, 15, w.countersign)
}

// openRoom opens the room to the committee and to the lead, who does not vote.
func (w *world) openRoom() error {
	chair := w.as("chair")
	setup, err := w.app.Rooms.Setup(w.ctx, chair, w.selection)
	if err != nil {
		return err
	}
	c := deliberation.Settings{Quorum: 5, Minutes: 12, Countersigned: true, Reasons: setup.Room.Reasons, Deputy: w.seats["jury.1"], Version: setup.Room.Version}
	if err := w.app.Rooms.Open(w.ctx, chair, w.selection, c); err != nil {
		return fmt.Errorf("open the room: %w", err)
	}
	for _, j := range jury {
		w.clock.Advance(40 * time.Second)
		if err := w.app.Rooms.Enter(w.ctx, w.as(j.key), w.selection); err != nil {
			return fmt.Errorf("%s enters: %w", j.key, err)
		}
	}
	return w.app.Rooms.Enter(w.ctx, w.as("lead"), w.selection)
}

// countersign has the secretary sign after the chair.
func (w *world) countersign() error {
	record, err := w.app.Rooms.Minutes(w.ctx, w.as("secretary"), w.selection)
	if err != nil {
		return err
	}
	return w.app.Rooms.Countersign(w.ctx, w.as("secretary"), w.selection, record.Digest)
}

// deliberate takes the files in the order of the calibrated results: those about the line
// are voted, the others decided by agreement.
func (w *world) deliberate() error {
	results, err := w.app.Rooms.Results(w.ctx, w.as("chair"), w.selection)
	if err != nil {
		return err
	}
	var order []application.ID
	for _, l := range results.Lines {
		order = append(order, l.File.ID)
	}
	for _, g := range results.Gated {
		if !slices.Contains(order, g.File.ID) {
			order = append(order, g.File.ID)
		}
	}
	room, err := w.app.Rooms.Room(w.ctx, w.as("chair"), w.selection)
	if err != nil {
		return err
	}
	for i, item := range room.Items {
		if w.moment == Deliberating && i == len(room.Items)/2 {
			return nil
		}
		if err := w.discuss(item.ID, slices.Index(order, item.ID)); err != nil {
			return fmt.Errorf("discuss %s: %w", item.Title, err)
		}
	}
	return w.app.Rooms.Call(w.ctx, w.as("chair"), w.selection, "", "")
}

// suspend stops in the middle of a vote on the first file that is not decided.
func (w *world) suspend() error {
	room, err := w.app.Rooms.Room(w.ctx, w.as("chair"), w.selection)
	if err != nil {
		return err
	}
	next := slices.IndexFunc(room.Items, func(i deliberation.Item) bool { return i.Decision.Outcome == "" })
	if err := w.app.Rooms.Call(w.ctx, w.as("chair"), w.selection, room.Items[next].ID, ""); err != nil {
		return err
	}
	if err := w.vote(deliberation.Retain, 3); err != nil {
		return err
	}
	return w.settle()
}

func (w *world) discuss(file application.ID, at int) error {
	chair, rooms := w.as("chair"), w.app.Rooms
	w.clock.Advance(2 * time.Minute)
	if err := rooms.Call(w.ctx, chair, w.selection, file, ""); err != nil {
		return err
	}
	v := deliberation.Verdict{Outcome: deliberation.Retain, Reason: "fit", Wording: "Le comité a été sensible à la place donnée aux personnes qui feront vivre le projet. " + told}
	switch {
	case at < 0 || at >= places+reserves:
		v = deliberation.Verdict{Outcome: deliberation.Refuse, Reason: "maturity", Wording: "Le sujet intéresse le comité. Le travail des personnes concernées doit encore être décrit avec elles : revenez vers l’équipe du programme. " + told}
	case at >= places:
		v = deliberation.Verdict{Outcome: deliberation.Reserve, Reason: "rank", Wording: "Le projet a sa place dans l’édition ; il en manquait une. " + told}
	}
	if at >= places-2 && at < places+reserves {
		if err := w.vote(v.Outcome, len(jury)); err != nil {
			return err
		}
	}
	sheet, err := rooms.Deciding(w.ctx, chair, w.selection, file)
	if err != nil {
		return err
	}
	v.Comments = slices.Compact(slices.Sorted(slices.Values(sheet.Comments)))
	v.Comments = v.Comments[:min(2, len(v.Comments))]
	w.clock.Advance(6 * time.Minute)
	return rooms.Decide(w.ctx, chair, w.selection, file, v)
}

// vote puts what the chair is about to decide to those who may vote, and has the first
// of them answer.
func (w *world) vote(kind deliberation.Outcome, voters int) error {
	rooms := w.app.Rooms
	var motion string
	for _, key := range append([]string{"chair"}, keysOf(jury)...) {
		by := w.as(key)
		room, err := rooms.Room(w.ctx, by, w.selection)
		if err != nil {
			return err
		}
		if !room.Votes {
			continue
		}
		if motion == "" {
			if err := rooms.Propose(w.ctx, by, w.selection, kind, "Décider sur ce dossier comme l’ordre des lectures le propose."); err != nil {
				return err
			}
			if room, err = rooms.Room(w.ctx, by, w.selection); err != nil {
				return err
			}
			motion = room.Motions[len(room.Motions)-1].ID
			if err := rooms.PutToVote(w.ctx, w.as("chair"), w.selection, motion); err != nil {
				return err
			}
		}
		if voters--; voters < 0 {
			break
		}
		w.clock.Advance(9 * time.Second)
		choice := deliberation.For
		if key == "expert.1" {
			choice = deliberation.Against
		}
		if err := rooms.Cast(w.ctx, by, w.selection, motion, choice); err != nil {
			return fmt.Errorf("%s votes: %w", key, err)
		}
	}
	return nil
}

// keysOf lists the readers of the committee but its chair.
func keysOf(list []juror) (keys []string) {
	for _, j := range list {
		if j.role == committee.Juror {
			keys = append(keys, j.key)
		}
	}
	return keys
}

func (w *world) planAnnouncement() {
	w.past(firstAnnounced-1, 11, 0, w.prepare)
	w.past(firstAnnounced, 9, 0, w.announce)
	w.past(firstAnnounced+2, 10, 0, w.answer)
	w.past(firstAnnounced+8, 14, 0, w.promote)
	w.past(firstAnnounced+9, 16, 20, w.follow)
	w.past(firstAnnounced+10, 10, 30, w.contest)
	w.past(firstAnnounced+13, 9, 15, w.reply)
}

func (w *world) prepare() error {
	lead := w.as("lead")
	v, err := w.app.Decisions.Preparing(w.ctx, lead, w.selection)
	if err != nil {
		return err
	}
	terms := decision.Terms{ConfirmBy: w.since(firstConfirmBy, 12, 0), AppealMonths: decision.DefaultAppealMonths, WinnersPublic: true}
	return w.app.Decisions.Prepare(w.ctx, lead, w.selection, terms, v.Announcement.Version)
}

func (w *world) announce() error {
	lead := w.as("lead")
	v, err := w.app.Decisions.Preparing(w.ctx, lead, w.selection)
	if err != nil {
		return err
	}
	_, err = w.app.Decisions.Announce(w.ctx, lead, w.selection, v.Announcement.Version)
	return err
}

// rows are the decisions of the first edition, as its lead lists them.
func (w *world) rows() ([]decision.Row, error) {
	v, err := w.app.Decisions.List(w.ctx, w.as("lead"), w.selection)
	return v.Rows, err
}

// answer has the retained projects accept their place, but for one that gives it up and
// one that has not answered yet.
func (w *world) answer() error {
	rows, err := w.rows()
	if err != nil {
		return err
	}
	var left bool
	for _, row := range rows {
		k := w.entered[row.File.ID]
		if row.Place != decision.Offered || k.key == "retained" {
			continue
		}
		w.clock.Advance(3 * time.Hour)
		if !left && k.key != "carrier" {
			left = true
			err = w.app.Decisions.GiveUp(w.ctx, k.by, w.selection, k.id, typography.Replace("La personne qui portait le projet quitte la structure."))
		} else {
			err = w.app.Decisions.Confirm(w.ctx, k.by, w.selection, k.id)
		}
		if err != nil {
			return fmt.Errorf("answer for %s: %w", k.project.Name, err)
		}
	}
	return nil
}

// promote offers the free place to the first of the reserve list.
func (w *world) promote() error {
	rows, err := w.rows()
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.Decision.Rank == 1 {
			return w.app.Decisions.Offer(w.ctx, w.as("lead"), w.selection, row.File.ID, w.since(firstConfirmBy, 12, 0))
		}
	}
	return errors.New("nobody waits on the reserve list")
}

// follow has the file that was next accept its place.
func (w *world) follow() error {
	rows, err := w.rows()
	if err != nil {
		return err
	}
	for _, row := range rows {
		if k := w.entered[row.File.ID]; row.Place == decision.Offered && k.key != "retained" {
			return w.app.Decisions.Confirm(w.ctx, k.by, w.selection, k.id)
		}
	}
	return errors.New("no place is offered")
}

// contest has a refused project lodge an appeal.
func (w *world) contest() error {
	rows, err := w.rows()
	if err != nil {
		return err
	}
	for _, row := range rows {
		k := w.entered[row.File.ID]
		if row.Decision.Outcome == deliberation.Refuse && k.key != "refused" {
			return w.app.Decisions.Appeal(w.ctx, k.by, w.selection, k.id, typography.Replace("Notre dossier a été lu comme un projet d'affichage. Les ateliers avec les agents, décrits dans la partie sur la participation, ne sont cités nulle part."))
		}
	}
	return errors.New("no project was refused")
}

// reply answers the appeal.
func (w *world) reply() error {
	lead := w.as("lead")
	rows, err := w.rows()
	if err != nil {
		return err
	}
	for _, row := range rows {
		if !row.Appealed {
			continue
		}
		one, err := w.app.Decisions.One(w.ctx, lead, w.selection, row.File.ID)
		if err != nil {
			return err
		}
		words := typography.Replace("Les trois lectures citent les ateliers et les jugent utiles. Le comité a demandé que le travail des agents d'accueil soit décrit aussi : c'est ce qui a compté. La décision est maintenue.")
		return w.app.Decisions.Answer(w.ctx, lead, w.selection, one.Appeals[0].ID, decision.Answer{Words: words, Version: one.Appeals[0].Version})
	}
	return errors.New("no appeal waits")
}
