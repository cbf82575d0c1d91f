package demo

import (
	"fmt"

	"transformateur/internal/debrief/commitment"
	"transformateur/internal/debrief/partner"
	"transformateur/internal/debrief/synthesis"
)

// planSynthesis has partners come in, projects share some lines with them, partners commit
// and offer something, and the lead plan their meeting.
func (w *world) planSynthesis() {
	if w.moment != Confirmed {
		return
	}
	w.on(w.day(-512, 10, 0), func() error { return w.partners(w.over, "partner", "partner-2") })
	w.on(w.day(-500, 10, 0), w.sumOver)
	w.on(w.day(-498, 10, 0), w.commitOver)
	w.on(w.day(-440, 10, 0), w.keepOver)
	w.on(w.day(-66, 10, 0), func() error { return w.partners(w.months, "partner", "partner-2", "partner-3") })
	w.on(w.day(-57, 10, 0), w.sumMonths)
	w.on(w.day(-56, 14, 0), w.commitMonths)
	w.on(w.day(-27, 10, 0), w.keepMonths)
	w.on(w.day(-20, 10, 0), w.offer)
}

// represents is for whom each partner speaks.
var represents = map[string][2]string{
	"partner": {"Élise Bruyère", "Service régional de santé au travail"}, "partner-2": {"Simon Tamaris", "Chambre régionale de l'économie sociale"}, "partner-3": {"Tessa Glycine", "Fonds d'amorçage territorial"},
}

// partners invites partners to an edition; they accept.
func (w *world) partners(e *earlier, keys ...string) error {
	for _, key := range keys {
		name, organisation := represents[key][0], typography.Replace(represents[key][1])
		if err := w.joins(key, name, func(email string) error {
			return w.app.Partners.Invite(w.ctx, w.as("lead"), e.edition, partner.Asked{Email: email, Name: name, Organisation: organisation, Lang: "fr"})
		}); err != nil {
			return err
		}
	}
	return w.settle()
}

// sumOver has every project of the edition that is over share its sheet with all partners.
func (w *world) sumOver() error {
	list, err := w.projects(w.over)
	if err != nil {
		return err
	}
	for _, p := range list {
		if err := w.shares(p, []string{synthesis.All}); err != nil {
			return err
		}
	}
	return nil
}

// sumMonths has each project choose otherwise: all partners, one of them, two of them, nobody.
func (w *world) sumMonths() error {
	list, err := w.projects(w.months)
	if err != nil {
		return err
	}
	var ids []string
	for _, key := range []string{"partner", "partner-2"} {
		p, err := partner.As(w.ctx, w.app.DB.Reader(), w.months.edition, w.as(key).ID)
		if err != nil {
			return err
		}
		ids = append(ids, string(p.ID))
	}
	for i, to := range [][]string{{synthesis.All}, ids[:1], ids, nil} {
		if err := w.shares(list[i], to); err != nil {
			return err
		}
	}
	return nil
}

// vow is what a partner commits to for a project, by its place among those of its edition.
type vow struct {
	by, what string
	project  int
	due      int // days from today
}

func (w *world) pledge(e *earlier, made ...vow) error {
	list, err := w.projects(e)
	if err != nil {
		return err
	}
	for _, m := range made {
		if _, err := w.app.Commitments.Make(w.ctx, w.as(m.by), e.edition, commitment.Sheet{Project: list[m.project].ID, What: typography.Replace(m.what), Due: w.date(m.due), Contact: represents[m.by][0]}); err != nil {
			return fmt.Errorf("commit to %s: %w", list[m.project].Title, err)
		}
	}
	return nil
}

func (w *world) commitOver() error {
	return w.pledge(w.over, vow{"partner", "Deux demi-journées d'une ergonome, sur place.", 0, -445}, vow{"partner-2", "Une présentation devant nos structures adhérentes.", 1, -443}, vow{"partner-2", "Trois rendez-vous avec des structures qui voudraient essayer.", 4, -441}, vow{"partner", "Une relecture des écrans par un médecin du travail.", 2, -460})
}

func (w *world) commitMonths() error {
	return w.pledge(w.months, vow{"partner", "Une visite de l'atelier par une ergonome, et son compte rendu.", 0, -28}, vow{"partner-3", "L'étude d'un prêt d'amorçage, avec une réponse écrite.", 0, -10}, vow{"partner-2", "L'usage d'une salle une fois par mois, jusqu'à l'essai.", 2, 25}, vow{"partner", "Un atelier sur la charge de travail avec les agents de nuit.", 1, 18})
}

// keepOver has partners say that they kept what they promised, but one; projects confirm.
func (w *world) keepOver() error {
	return w.moves(w.over, "Le médecin a quitté le service, et n'a pas été remplacé.", func(c commitment.Commitment) commitment.State {
		if c.Due == w.date(-460) {
			return commitment.Dropped
		}
		return commitment.Kept
	})
}

// keepMonths has one commitment kept and one under way. One is late; one waits for its day.
func (w *world) keepMonths() error {
	return w.moves(w.months, "", func(c commitment.Commitment) commitment.State {
		return map[string]commitment.State{w.date(-28): commitment.Kept, w.date(25): commitment.Underway}[c.Due]
	})
}

// moves has each partner say where her commitments stand, those of which to says something,
// and the projects confirm what was kept. why is why one was not.
func (w *world) moves(e *earlier, why string, to func(commitment.Commitment) commitment.State) error {
	for _, key := range []string{"partner", "partner-2"} {
		v, err := w.app.Commitments.View(w.ctx, w.as(key), e.edition)
		if err != nil {
			return err
		}
		for _, c := range v.List {
			if state := to(c); c.Mine && state != "" {
				if err := w.app.Commitments.Move(w.ctx, w.as(key), e.edition, c.ID, commitment.Step{To: state, Why: typography.Replace(why), Version: c.Version}); err != nil {
					return fmt.Errorf("say where a commitment stands: %w", err)
				}
			}
		}
	}
	list, err := w.projects(e)
	if err != nil {
		return err
	}
	for _, p := range list {
		v, err := w.app.Commitments.Around(w.ctx, p.by, p.ID)
		if err != nil {
			return err
		}
		for _, c := range v.List {
			if c.State == commitment.Kept {
				if err := w.app.Commitments.Confirm(w.ctx, p.by, p.ID, c.ID, c.Version); err != nil {
					return fmt.Errorf("confirm a commitment: %w", err)
				}
			}
		}
	}
	return nil
}

// shares writes the sheet of a project, and shares what asks for help.
func (w *world) shares(p carried, to []string) error {
	owner, id := p.by, p.ID
	sheets, c := w.app.Syntheses, synthesis.Choice{Recipients: to, Given: map[string][]string{}}
	if _, err := sheets.Propose(w.ctx, owner, id); err != nil {
		return err
	}
	for _, words := range []synthesis.Words{
		{Part: synthesis.Brought, Body: "Deux rencontres qui changent notre façon de présenter le projet."},
		{Part: synthesis.Stands, Body: "La direction est d'accord pour un essai, les équipes demandent à en parler avant."},
		{Part: synthesis.Help, Body: "Un appui pour mener la discussion avec les équipes.", Help: "advice", Addressee: "un service de santé au travail"},
		{Part: synthesis.Next, Body: "Réunir les équipes, puis écrire ensemble les règles de l'essai."},
	} {
		words.Body = typography.Replace(words.Body)
		line, err := sheets.Add(w.ctx, owner, id, words)
		if err != nil {
			return err
		}
		if words.Part == synthesis.Help || len(to) > 0 && to[0] == synthesis.All {
			c.Given[line] = to
		}
	}
	v, err := sheets.Read(w.ctx, owner, id)
	if err != nil {
		return err
	}
	if err := sheets.Turn(w.ctx, owner, id, synthesis.Ready, v.Version); err != nil {
		return err
	}
	if v, err = sheets.Read(w.ctx, owner, id); err != nil {
		return err
	}
	c.Version = v.Version
	return sheets.Share(w.ctx, owner, id, c)
}
