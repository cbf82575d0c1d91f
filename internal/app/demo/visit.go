package demo

import (
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
	"transformateur/internal/project"
	"transformateur/internal/support/booking"
	"transformateur/internal/support/pool"
	"transformateur/internal/support/right"
	"transformateur/internal/support/sponsor"
	"transformateur/internal/support/visit"
)

// planVisit gives the first project a sponsor, who visits it, and an expert, whom it meets.
func (w *world) planVisit() {
	if w.moment != Confirmed {
		return
	}
	w.on(w.now.Add(-130*time.Minute), w.accompany)
}

func (w *world) accompany() error {
	lead := w.as("lead")
	list, err := project.In(w.ctx, w.app.DB.Reader(), w.edition)
	if err != nil {
		return err
	}
	p, team, err := w.firstBorne(list)
	if err != nil {
		return err
	}
	for _, one := range []struct {
		key, name string
		sponsor.Profile
	}{{"sponsor", "Léon Noyer", sponsor.Profile{Subjects: []string{"Organisation du travail", "Numérique"}, Capacity: 2}}, {"marraine", "Solène Alisier", sponsor.Profile{Subjects: []string{"Santé", "Formation"}, Capacity: 3}}} {
		if err := w.joins(one.key, one.name, func(email string) error {
			return w.app.Sponsors.Invite(w.ctx, lead, w.edition, sponsor.Invited{Email: email, Lang: "fr"})
		}); err != nil {
			return err
		}
		if err := w.app.Sponsors.Describe(w.ctx, lead, w.edition, w.as(one.key).ID, one.Profile); err != nil {
			return fmt.Errorf("describe %s: %w", one.name, err)
		}
	}
	leon := w.as("sponsor")
	if err := w.app.Sponsors.Name(w.ctx, lead, p.ID, sponsor.Naming{Person: leon.ID}); err != nil {
		return fmt.Errorf("name a sponsor: %w", err)
	}
	if _, err := w.app.Visits.Write(w.ctx, leon, p.ID, visit.Draft{Day: w.date(-1), Place: "Dans l’atelier de l’équipe", Met: "La porteuse du projet et deux collègues", Shared: typography.Replace("Le prototype tient. **Prochaine étape** : l'essayer avec les équipes de nuit, et revoir le budget ensemble."), Private: typography.Replace("Penser à demander qui décide du budget.")}); err != nil {
		return fmt.Errorf("note a visit: %w", err)
	}
	if err := w.meets(leon, team, p.ID, ""); err != nil {
		return fmt.Errorf("meet the sponsor: %w", err)
	}
	if err := w.asksNora(team, p.ID); err != nil {
		return fmt.Errorf("ask an expert: %w", err)
	}
	return nil
}

// firstBorne is the first project that somebody owns: partners bring others, which nobody does.
func (w *world) firstBorne(list []project.Project) (project.Project, account.User, error) {
	for _, p := range list {
		team, err := w.bearer(p.ID)
		if err == nil || !errs.Is(err, errs.NotFound) {
			return p, team, err
		}
	}
	return project.Project{}, account.User{}, errs.New(errs.NotFound, "errs.not_found")
}

// bearer is who owns a project.
func (w *world) bearer(id project.ID) (account.User, error) {
	held, err := w.app.Policy.Holders(w.ctx, w.app.DB.Reader(), policy.Ref{Kind: "project", ID: string(id)})
	if err != nil {
		return account.User{}, err
	}
	for _, h := range held {
		if h.Relation == "owner" {
			return account.User{ID: account.PersonID(h.SubjectID), Zone: zone.Default}, nil
		}
	}
	return account.User{}, errs.New(errs.NotFound, "errs.not_found")
}

// joins makes an account and has it accept what it is then invited to.
func (w *world) joins(key, name string, invite func(email string) error) error {
	by, err := w.person(key, name)
	if err != nil {
		return err
	}
	if err := invite(key + "@demonstration.invalid"); err != nil {
		return fmt.Errorf("invite %s: %w", name, err)
	}
	offers, err := w.app.Accounts.MyInvitations(w.ctx, by)
	if err != nil {
		return err
	}
	for _, o := range offers { // others ask her to gatherings
		if o.Object.Kind == "gathering" {
			continue
		}
		if _, err := w.app.Accounts.AcceptInvitation(w.ctx, by, o.ID, account.Acceptance{}); err != nil {
			return fmt.Errorf("%s accepts: %w", name, err)
		}
	}
	return nil
}

// meets has somebody say when she can be met, and the team of a project book a slot.
func (w *world) meets(helper, team account.User, id project.ID, about string) error {
	s := booking.Sheet{Zone: zone.Default, Minutes: 45, Pause: 15, Notice: 24, Ahead: 21, Place: "Le Dôme, Caen"}
	for i := range 5 {
		s.Days[i] = "9:00-12:00"
	}
	if err := w.app.Bookings.Offer(w.ctx, helper, s); err != nil {
		return fmt.Errorf("offer hours: %w", err)
	}
	d, err := w.app.Bookings.Around(w.ctx, team, id)
	if err != nil {
		return err
	}
	for _, o := range d.Helpers {
		if o.Person == helper.ID && len(o.Slots) > 0 && (about == "" || o.About.ID == about) {
			slot := o.Slots[0]
			if about != "" { // the team has a sponsor to meet first
				slot = o.Slots[len(o.Slots)/2]
			}
			_, err := w.app.Bookings.Book(w.ctx, team, id, booking.Wanted{Helper: helper.ID, About: about, Start: slot.Start, Subject: "Préparer la suite"})
			return err
		}
	}
	return fmt.Errorf("%d people to meet: %w", len(d.Helpers), errs.New(errs.NotFound, "errs.not_found"))
}

// asksNora has the expert who was invited accept, and say yes to the first request of a
// project, whose team then meets her.
func (w *world) asksNora(team account.User, id project.ID) error {
	if err := w.joins("juriste", "Nora Lemoine", func(string) error { return nil }); err != nil {
		return err
	}
	if err := w.settle(); err != nil {
		return err
	}
	nora := w.as("juriste")
	v, err := w.app.Rights.Sheet(w.ctx, team, id)
	if err != nil || len(v.Requests) == 0 {
		return err
	}
	ask := v.Requests[len(v.Requests)-1].ID
	detail, err := w.app.Rights.Detail(w.ctx, team, id, ask)
	if err != nil {
		return err
	}
	for _, m := range detail.Fits {
		if m.Person != nora.ID {
			continue
		}
		if err := w.app.Rights.Send(w.ctx, team, id, ask, []pool.ID{m.ID}); err != nil {
			return fmt.Errorf("ask an expert: %w", err)
		}
		mine, err := w.app.Rights.Mine(w.ctx, nora)
		if err != nil {
			return err
		}
		if err := w.app.Rights.Answer(w.ctx, nora, mine[0].Ask, right.Answers[0], "Avec plaisir."); err != nil {
			return fmt.Errorf("answer a request: %w", err)
		}
		return w.meets(nora, team, id, string(ask))
	}
	return fmt.Errorf("%d experts fit: %w", len(detail.Fits), errs.New(errs.NotFound, "errs.not_found"))
}
