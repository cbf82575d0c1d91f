package demo

import (
	"fmt"
	"time"

	"transformateur/internal/project"
	"transformateur/internal/scheme"
)

// planSchemes gives the regional agency its catalogue, and projects in their months of support a way through it.
func (w *world) planSchemes() {
	if w.moment != Confirmed {
		return
	}
	w.on(w.day(-34, 10, 0), w.orient)
	w.on(w.day(-3, 15, 0), w.obtain)
}

// orient has the lead say what she knows of two projects, and how far each went with a scheme.
func (w *world) orient() error {
	lead := w.as("lead")
	if _, err := w.app.Schemes.Start(w.ctx, lead, regionalAgency); err != nil {
		return fmt.Errorf("start the catalogue: %w", err)
	}
	list, err := w.projects(w.months)
	if err != nil {
		return err
	}
	known := []map[string][]string{
		{"structure": {"association"}, "ownership": {"private"}, "headcount": {"42"}, "stage": {"experiment"}, "expense": {"consulting", "staff"}, "participation": {"yes"}, "public_share": {"60"}},
		{"structure": {"company"}, "ownership": {"private"}, "headcount": {"18"}},
	}
	for i, typed := range known {
		if err := w.app.Schemes.Tell(w.ctx, lead, list[i].ID, typed); err != nil {
			return fmt.Errorf("say what is known of a project: %w", err)
		}
	}
	asked := int64(14_000_00)
	if err := w.walk(list[0].ID, "shipped:fact", scheme.Noted{To: scheme.Kept, Day: w.date(-40)}, scheme.Noted{To: scheme.Requested, Day: w.date(-36), Amount: &asked}); err != nil {
		return err
	}
	return w.walk(list[2].ID, "shipped:impulsion-conseil", scheme.Noted{To: scheme.Kept, Day: w.date(-35)})
}

// obtain has the lead note what came of a request, and what a project left aside.
func (w *world) obtain() error {
	list, err := w.projects(w.months)
	if err != nil {
		return err
	}
	given := int64(12_000_00)
	if err := w.walk(list[0].ID, "shipped:fact", scheme.Noted{To: scheme.Obtained, Day: w.date(-9), Amount: &given}); err != nil {
		return err
	}
	return w.walk(list[1].ID, "shipped:impulsion-conseil", scheme.Noted{To: scheme.Rejected, Day: w.date(-4), Why: "Le projet a déjà son prestataire, choisi avant la demande."})
}

// date is a day some days from today.
func (w *world) date(days int) string { return w.day(days, 12, 0).Format(time.DateOnly) }

// walk has the lead note steps of a project with a scheme, which is named by its origin.
func (w *world) walk(id project.ID, origin string, steps ...scheme.Noted) error {
	lead := w.as("lead")
	all, err := w.app.Schemes.List(w.ctx, lead, regionalAgency, scheme.Filter{})
	if err != nil {
		return err
	}
	for _, one := range all {
		if one.Origin != origin {
			continue
		}
		for _, n := range steps {
			now, err := w.app.Schemes.One(w.ctx, lead, id, one.ID)
			if err != nil {
				return err
			}
			n.Version = now.Followed.Version
			if err := w.app.Schemes.Note(w.ctx, lead, id, one.ID, n); err != nil {
				return fmt.Errorf("note %s of %s: %w", n.To, origin, err)
			}
		}
		return nil
	}
	return fmt.Errorf("no scheme comes from %s", origin)
}
