package app

import (
	"context"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/debrief/assembly"
	"transformateur/internal/debrief/commitment"
	"transformateur/internal/debrief/partner"
	"transformateur/internal/debrief/proposal"
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/i18n"
	"transformateur/internal/notify/promises"
	"transformateur/internal/platform/db"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/scheme"
	"transformateur/internal/support/booking"
	"transformateur/internal/web/assemblies"
	"transformateur/internal/web/commitments"
	"transformateur/internal/web/partners"
	"transformateur/internal/web/projects"
	"transformateur/internal/web/proposals"
	"transformateur/internal/web/syntheses"
	"transformateur/internal/web/ui"
)

func init() {
	projectLinks = append(projectLinks, projects.Link{Path: "synthesis", Label: "syntheses.title", Part: projects.Partners}, projects.Link{Path: "offers", Label: "proposals.around", Part: projects.Partners}, projects.Link{Path: "commitments", Label: "commitments.around", Part: projects.Partners}, projects.Link{Path: "assemblies", Label: "assemblies.around", Part: projects.Partners})
	overviewLinks = append(overviewLinks, projects.Link{Path: "partners", Label: "partners.link", Part: projects.Partners}, projects.Link{Path: "offers", Label: "proposals.link", Part: projects.Partners}, projects.Link{Path: "commitments", Label: "commitments.link", Part: projects.Partners}, projects.Link{Path: "assemblies", Label: "assemblies.link", Part: projects.Partners})
}

// synthesisServices hold synthesis sheets and partners.
type synthesisServices struct {
	Partners    *partner.Service
	Syntheses   *synthesis.Service
	Commitments *commitment.Service
	Offers      *proposal.Service
	Assemblies  *assembly.Service
}

// openSynthesis makes the services of synthesis sheets and partners.
func (a *App) openSynthesis() {
	a.Partners = partner.New(partner.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Bus: a.Bus, People: a.Accounts})
	a.Syntheses = synthesis.New(synthesis.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Sources: []synthesis.Source{oriented, met}})
	a.Commitments = commitment.New(commitment.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Bus: a.Bus, Jobs: a.Jobs, Sheets: a.Syntheses})
	a.Offers = proposal.New(proposal.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Bus: a.Bus, Sheets: a.Syntheses, Commitments: a.Commitments})
	a.Assemblies = assembly.New(assembly.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Sheets: a.Syntheses, Offers: a.Offers, Commitments: a.Commitments})
	promises.New(a.Bus, a.Notify, a.Config.BaseURL)
}

// oriented and met are what schemes and meetings add to what a sheet may say, in the words of
// who asks for it.
func oriented(ctx context.Context, r db.Reader, id project.ID) (found []synthesis.Found, err error) {
	list, err := scheme.Follows(ctx, r, id)
	for _, f := range list {
		found = append(found, synthesis.Found{Part: synthesis.Stands, Body: i18n.T(ctx, "syntheses.body_orientation", f.Scheme.Name, i18n.T(ctx, "schemes.state_"+string(f.State))), Origin: synthesis.FromOrientation, Source: "orientation:" + f.ID})
	}
	return found, err
}

func met(ctx context.Context, r db.Reader, id project.ID) (found []synthesis.Found, err error) {
	list, err := booking.Met(ctx, r, id)
	for _, b := range list {
		found = append(found, synthesis.Found{Part: synthesis.Stands, Body: i18n.T(ctx, "syntheses.body_meeting", b.HelperName, b.Subject), Origin: synthesis.FromMeeting, Source: "booking:" + string(b.ID)})
	}
	return found, err
}

// synthesisRoutes are the addresses of synthesis sheets and partners.
func (a *App) synthesisRoutes() []ui.Route {
	return slices.Concat((&syntheses.Handler{Sheets: a.Syntheses, Offers: a.Offers}).Routes(),
		(&partners.Handler{Partners: a.Partners, Sheets: a.Syntheses}).Routes(),
		(&assemblies.Handler{Meetings: a.Assemblies, Alive: a.alive}).Routes(),
		(&proposals.Handler{Offers: a.Offers}).Routes(),
		(&commitments.Handler{Commitments: a.Commitments}).Routes())
}

// partnered leads a partner from her home to what projects share with her.
func (a *App) partnered(ctx context.Context, by account.User) (list []ui.Todo, err error) {
	mine, err := a.Partners.Mine(ctx, by)
	if err != nil {
		return nil, err
	}
	for _, p := range mine {
		e, err := programme.FindEdition(ctx, a.DB.Reader(), p.Edition)
		if err != nil {
			return nil, err
		}
		list = append(list, ui.Todo{Text: i18n.T(ctx, "partners.todo"), About: e.Name.In(string(i18n.From(ctx))), URL: ui.EditionURL(p.Edition) + "/partners/projects"})
	}
	return list, nil
}

// offered leads to the offers that wait for the answer of somebody's team, and to those of a
// partner that were accepted and that she may turn into commitments.
func (a *App) offered(ctx context.Context, by account.User) (list []ui.Todo, err error) {
	answer, promise, err := a.Offers.Waiting(ctx, by)
	for _, o := range answer {
		list = append(list, ui.Todo{Text: i18n.T(ctx, "proposals.todo_answer"), About: o.Title, URL: "/projects/" + string(o.Project) + "/offers"})
	}
	for _, o := range promise {
		list = append(list, ui.Todo{Text: i18n.T(ctx, "proposals.todo_promise"), About: o.Title, URL: ui.EditionURL(o.Edition) + "/offers"})
	}
	return list, err
}
