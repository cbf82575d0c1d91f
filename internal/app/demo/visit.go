package demo

import (
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/zone"
	"transformateur/internal/support/booking"
	"transformateur/internal/support/pool"
	"transformateur/internal/support/right"
	"transformateur/internal/support/sponsor"
	"transformateur/internal/support/visit"
)

// planVisit gives the projects in their months of support their sponsors, who visit them, and
// an expert, whom they meet.
func (w *world) planVisit() {
	if w.moment != Confirmed {
		return
	}
	w.on(w.day(-63, 10, 0), w.support)
	w.on(w.day(-62, 11, 0), w.accompany)
	w.on(w.day(-60, 9, 0), w.meetFirst)
	w.on(w.day(-44, 18, 0), w.heldThem)
	w.on(w.day(-41, 17, 0), w.visited)
	w.on(w.day(-3, 10, 0), w.meetNext)
}

// accompany invites two sponsors, and names one for each project.
func (w *world) accompany() error {
	lead, e := w.as("lead"), w.months
	list, err := w.projects(e)
	if err != nil {
		return err
	}
	sponsors := []struct {
		key, name string
		sponsor.Profile
	}{{"sponsor", "Léon Noyer", sponsor.Profile{Subjects: []string{"Organisation du travail", "Numérique"}, Capacity: 2}}, {"marraine", "Solène Alisier", sponsor.Profile{Subjects: []string{"Santé", "Formation"}, Capacity: 3}}}
	for _, one := range sponsors {
		if err := w.joins(one.key, one.name, func(email string) error {
			return w.app.Sponsors.Invite(w.ctx, lead, e.edition, sponsor.Invited{Email: email, Lang: "fr"})
		}); err != nil {
			return err
		}
		if err := w.app.Sponsors.Describe(w.ctx, lead, e.edition, w.as(one.key).ID, one.Profile); err != nil {
			return fmt.Errorf("describe %s: %w", one.name, err)
		}
	}
	for i, p := range list {
		if err := w.app.Sponsors.Name(w.ctx, lead, p.ID, sponsor.Naming{Person: w.as(sponsors[i%2].key).ID}); err != nil {
			return fmt.Errorf("name the sponsor of %s: %w", p.Title, err)
		}
	}
	return nil
}

// meetFirst has the first project meet its sponsor, and the expert whom it asks for help.
func (w *world) meetFirst() error {
	list, err := w.projects(w.months)
	if err != nil {
		return err
	}
	p, leon := list[0], w.as("sponsor")
	if err := w.hours(leon); err != nil {
		return err
	}
	if err := w.books(p, leon, "", 0); err != nil {
		return fmt.Errorf("meet the sponsor: %w", err)
	}
	if err := w.joins("juriste", "Nora Lemoine", func(string) error { return nil }); err != nil {
		return err
	}
	if err := w.settle(); err != nil { // the expert is one once the event of her answer is delivered
		return err
	}
	if err := w.hours(w.as("juriste")); err != nil {
		return err
	}
	ask, err := w.asksNora(p)
	if err != nil {
		return err
	}
	return w.books(p, w.as("juriste"), ask, 1)
}

// heldThem has both sides say that the first meetings took place, and how long they took.
func (w *world) heldThem() error {
	list, err := w.projects(w.months)
	if err != nil {
		return err
	}
	p := list[0]
	d, err := w.app.Bookings.Around(w.ctx, p.by, p.ID)
	if err != nil {
		return err
	}
	for _, m := range d.Past {
		if err := w.app.Bookings.Hold(w.ctx, p.by, m.ID, m.Version, 60); err != nil {
			return fmt.Errorf("say that a meeting took place: %w", err)
		}
		helper := account.User{ID: m.Helper, Zone: zone.Default}
		now, err := w.app.Bookings.Read(w.ctx, helper, m.ID)
		if err != nil {
			return err
		}
		if err := w.app.Bookings.Hold(w.ctx, helper, m.ID, now.Version, 60); err != nil {
			return fmt.Errorf("say that a meeting took place: %w", err)
		}
	}
	return w.settle()
}

// visited has the sponsors note their visits, one of which has a private note.
func (w *world) visited() error {
	list, err := w.projects(w.months)
	if err != nil {
		return err
	}
	for i, v := range []struct {
		by string
		visit.Draft
	}{
		{"sponsor", visit.Draft{Day: w.date(-42), Place: "Dans l’atelier de l’équipe", Met: "La porteuse du projet et deux collègues", Shared: "Le prototype tient. **Prochaine étape** : l'essayer avec les équipes de nuit, et revoir le budget ensemble.", Private: "Penser à demander qui décide du budget."}},
		{"marraine", visit.Draft{Day: w.date(-43), Place: "Au siège", Met: "Toute l’équipe", Shared: "Les agents ont choisi deux écrans sur cinq. Il reste à dire comment les retours seront lus, et par qui."}},
	} {
		v.Shared, v.Private = typography.Replace(v.Shared), typography.Replace(v.Private)
		if _, err := w.app.Visits.Write(w.ctx, w.as(v.by), list[i].ID, v.Draft); err != nil {
			return fmt.Errorf("note the visit of %s: %w", list[i].Title, err)
		}
	}
	return nil
}

// meetNext has two projects book what comes: the first its sponsor, the second the expert,
// on its drawing right. The third has asked, and waits.
func (w *world) meetNext() error {
	list, err := w.projects(w.months)
	if err != nil {
		return err
	}
	for _, p := range list[1:3] {
		if err := w.needs(p); err != nil {
			return err
		}
	}
	if err := w.books(list[0], w.as("sponsor"), "", -1); err != nil {
		return fmt.Errorf("meet the sponsor again: %w", err)
	}
	ask, err := w.asksNora(list[1])
	if err != nil {
		return err
	}
	return w.books(list[1], w.as("juriste"), ask, -1)
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

// hours has somebody say when she can be met.
func (w *world) hours(helper account.User) error {
	s := booking.Sheet{Zone: zone.Default, Minutes: 60, Notice: 24, Ahead: 21, Place: "Le Dôme, Caen"}
	for i := range 5 {
		s.Days[i] = "9:00-12:00"
	}
	if err := w.app.Bookings.Offer(w.ctx, helper, s); err != nil {
		return fmt.Errorf("offer hours: %w", err)
	}
	return nil
}

// books has the team of a project take a slot of who helps it, counted from the last one when
// which is negative. about is the request that the meeting answers, "" for a sponsor.
func (w *world) books(p carried, helper account.User, about string, which int) error {
	d, err := w.app.Bookings.Around(w.ctx, p.by, p.ID)
	if err != nil {
		return err
	}
	for _, o := range d.Helpers {
		if o.Person != helper.ID || len(o.Slots) < 2 || about != "" && o.About.ID != about {
			continue
		}
		slot := o.Slots[(which+len(o.Slots))%len(o.Slots)]
		_, err := w.app.Bookings.Book(w.ctx, p.by, p.ID, booking.Wanted{Helper: helper.ID, About: about, Start: slot.Start, Subject: "Préparer la suite"})
		return err
	}
	return fmt.Errorf("%d people to meet: %w", len(d.Helpers), errs.New(errs.NotFound, "errs.not_found"))
}

// asksNora has the expert say yes to the request of a project.
func (w *world) asksNora(p carried) (ask string, err error) {
	nora := w.as("juriste")
	v, err := w.app.Rights.Sheet(w.ctx, p.by, p.ID)
	if err != nil {
		return "", err
	}
	if len(v.Requests) == 0 {
		return "", errs.New(errs.NotFound, "errs.not_found")
	}
	id := v.Requests[0].ID
	detail, err := w.app.Rights.Detail(w.ctx, p.by, p.ID, id)
	if err != nil {
		return "", err
	}
	for _, m := range detail.Fits {
		if m.Person != nora.ID {
			continue
		}
		if err := w.app.Rights.Send(w.ctx, p.by, p.ID, id, []pool.ID{m.ID}); err != nil {
			return "", fmt.Errorf("ask an expert: %w", err)
		}
		mine, err := w.app.Rights.Mine(w.ctx, nora)
		if err != nil {
			return "", err
		}
		if err := w.app.Rights.Answer(w.ctx, nora, mine[0].Ask, right.Answers[0], "Avec plaisir."); err != nil {
			return "", fmt.Errorf("answer a request: %w", err)
		}
		return string(id), nil
	}
	return "", fmt.Errorf("%d experts fit: %w", len(detail.Fits), errs.New(errs.NotFound, "errs.not_found"))
}
