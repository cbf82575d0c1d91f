package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/demo"
	"transformateur/internal/review"
)

// worth says, from 0 to 1, how the projects of the first edition are read: by their place.
// It is invented, as everything that is said of them.
var worth = []float64{0.92, 0.80, 0.55, 0.78, 0.32, 0.66, 0.60, 0.74, 0.50, 0.40, 0.30, 0.70, 0.45}

// unread are those who leave one file for the last day.
var unread = map[string]bool{"member": true, "recused": true}

func (w *world) planReading() {
	for i, j := range jury {
		if j.role == committee.Secretary {
			continue
		}
		for turn := range 6 {
			w.past(firstReading+1+2*turn, 8+i, 7*i, func() error { return w.read(j, turn, turn+1) })
		}
	}
	w.past(firstDue-1, 16, 0, func() error {
		for _, j := range jury {
			if err := w.read(j, 0, 100); err != nil {
				return err
			}
		}
		return nil
	})
}

// read hands in the readings of a member from a place in her list to another; some keep
// their last one until the last day.
func (w *world) read(j juror, from, to int) error {
	if j.role == committee.Secretary {
		return nil
	}
	tasks, err := w.app.Reviews.Mine(w.ctx, w.as(j.key))
	if err != nil {
		return err
	}
	for i, t := range tasks {
		last := unread[j.key] && i == len(tasks)-1 && to < 100
		if i < from || i >= to || last || t.Status == review.Submitted {
			continue
		}
		w.clock.Advance(23 * time.Minute)
		if err := w.mark(j, t.File); err != nil {
			return fmt.Errorf("%s reads %s: %w", j.key, t.Title, err)
		}
	}
	return nil
}

// mark fills the grid of one file and hands it in.
func (w *world) mark(j juror, file application.ID) error {
	k := w.entered[file]
	rng := rand.New(rand.NewPCG(uint64(k.number), uint64(len(j.key))+uint64(j.house+2)*31))
	good := worth[k.number-100] - j.harsh + 0.06*rng.NormFloat64()
	_, _, err := w.app.Reviews.Save(w.ctx, w.as(j.key), file, func(v review.Work) (edits []application.Edit) {
		for _, f := range v.Grid.Rubric.Rubric.Form.Fields() {
			value := reply(f.ID, string(f.Type), good, k.project, rng)
			if value != nil {
				edits = append(edits, application.Edit{Field: f.ID, Base: v.Answers[f.ID].Version, Value: value})
			}
		}
		return edits
	})
	if err != nil {
		return err
	}
	_, err = w.app.Reviews.Submit(w.ctx, w.as(j.key), file)
	return err
}

// anchors are the points of the scales of the ready-made grids, the lowest first.
var anchors = []string{"weak", "partial", "good", "strong"}

// reply is what a reader answers to a question of the grid, nil for nothing.
func reply(id, kind string, good float64, p demo.Project, rng *rand.Rand) any {
	switch {
	case id == "sure":
		return []string{"fair", "high", "high", "low"}[rng.IntN(4)]
	case kind == "scale":
		if rng.IntN(16) == 0 {
			return "unable"
		}
		return anchors[min(max(int((good+0.10*rng.NormFloat64())*4), 0), 3)]
	case kind == "yesno":
		return good > 0.25 || rng.IntN(3) > 0
	case id == "advice":
		switch {
		case good > 0.65:
			return "keep"
		case good > 0.45:
			return "discuss"
		}
		return "refuse"
	case id == "strengths":
		return remark(strengths, good, p, rng)
	case id == "advice_text":
		return remark(advices, good, p, rng)
	case id == "aside" && rng.IntN(3) == 0:
		return typography.Replace("À reprendre en comité : le calendrier me paraît court. ") + told
	}
	return nil
}

// What readers write, for the files that they find weak, fair and good.
var (
	strengths = [3][]string{
		{"Le sujet est réel, et il est bien dit.", "L'équipe connaît son terrain."},
		{"Le besoin est décrit à partir de situations vues sur place.", "Les personnes concernées sont associées à chaque étape."},
		{"Le travail réel est au centre : on voit qui fait quoi, et ce qui coince.", "L'essai prévu est petit, daté, et il peut être arrêté.", "La direction et les équipes parlent du même projet."},
	}
	advices = [3][]string{
		{"Partez d'une seule situation de travail, et décrivez-la avec celles et ceux qui la vivent.", "Dites ce que vous arrêterez de faire si l'outil arrive."},
		{"Prévoyez du temps pour l'encadrement de proximité : tout repose dessus.", "Choisissez un indicateur que les équipes reconnaissent comme le leur."},
		{"Gardez une trace de ce que vous décidez de ne pas faire.", "Pensez dès maintenant à qui reprendra l'outil."},
	}
)

func remark(list [3][]string, good float64, p demo.Project, rng *rand.Rand) string {
	level := 0
	if good > 0.65 {
		level = 2
	} else if good > 0.45 {
		level = 1
	}
	some := list[level]
	return typography.Replace(strings.TrimSpace(some[rng.IntN(len(some))] + " " + told))
}
