package app

import (
	"transformateur/internal/gathering"
	"transformateur/internal/project"
	"transformateur/internal/web/agendas"
	"transformateur/internal/web/gatherings"
	"transformateur/internal/web/projects"
	"transformateur/internal/web/ui"
)

// openGatherings makes the services of projects and gatherings, after decisions.
func (a *App) openGatherings() {
	a.Projects = project.New(a.DB, a.Clock, a.Policy, a.Accounts)
	a.Gatherings = gathering.New(gathering.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Bus: a.Bus, Jobs: a.Jobs, People: a.Accounts, Projects: a.Projects})
}

// gatheringLinks lead from the page of a gathering to all that other packages show of it:
// for everybody, then for who runs it, in the order of the days.
var gatheringLinks = []gatherings.Link{
	{Path: "now", Label: "gatherings.now_link"},
	{Path: "programme", Label: "gatherings.programme_link"},
	{Path: "meetings", Label: "gatherings.meetings_link"},
	{Path: "coaching", Label: "gatherings.coaching_link"},
	{Path: "stage", Label: "gatherings.stage_link"},
	{Path: "offers", Label: "gatherings.offers_link"},
	{Path: "deposits", Label: "gatherings.deposits_link"},
	{Path: "debrief", Label: "gatherings.debrief_link"},
	{Path: "needs", Label: "gatherings.needs_link"},
	{Path: "papers", Label: "gatherings.papers_link"},
	{Path: "agenda", Label: "gatherings.agenda_link"},
	{Path: "rooms", Label: "gatherings.rooms_link", When: gatherings.Before},
	{Path: "registrations", Label: "gatherings.registrations_link", When: gatherings.Before},
	{Path: "taster", Label: "gatherings.taster_link", When: gatherings.Before},
	{Path: "plans", Label: "gatherings.plans_link", When: gatherings.Before},
	{Path: "entrance", Label: "gatherings.entrance_link", When: gatherings.During},
	{Path: "conduct", Label: "gatherings.conduct_link", When: gatherings.During},
	{Path: "screen", Label: "gatherings.screen_link", When: gatherings.During},
	{Path: "attendance", Label: "gatherings.attendance_link", When: gatherings.After},
	{Path: "minutes", Label: "gatherings.minutes_link", When: gatherings.After},
}

// projectLinks lead from the page of a project to what other packages show of it, in the
// order in which a project meets it; overviewLinks do so for all projects of an edition.
var (
	projectLinks = []projects.Link{
		{Path: "roadmap", Label: "roadmaps.link"},
		{Path: "orientation", Label: "schemes.orientation"},
		{Path: "outcome", Label: "outcomes.link", Part: projects.Account},
		{Path: "framing", Label: "factories.title"},
	}
	overviewLinks = []projects.Link{
		{Path: "roadmaps", Label: "roadmaps.links"},
		{Path: "orientation", Label: "schemes.edition"},
		{Path: "report", Label: "report.title", Part: projects.Account},
		{Path: "outcomes", Label: "outcomes.edition", Part: projects.Account},
		{Path: "surveys", Label: "surveys.title", Part: projects.Account},
		{Path: "themes", Label: "codings.link", Part: projects.Account},
		{Path: "progress", Label: "factories.board"},
	}
)

// gatheringRoutes are the addresses of projects, of gatherings and of their doors.
func (a *App) gatheringRoutes() []ui.Route {
	cfg := a.Config
	return append(
		(&gatherings.Handler{Gatherings: a.Gatherings, Programmes: a.Programmes, Clock: a.Clock, BaseURL: cfg.BaseURL, HTTPS: cfg.HTTPS(), Proxied: cfg.Proxied, Boards: a.boardsOf, Away: (&agendas.Handler{House: a.House}).AwayWords,
			NewBoardURL: func(id gathering.ID) string { return "/gatherings/" + string(id) + "/boards/new" }, Links: gatheringLinks}).Routes(),
		(&projects.Handler{Projects: a.Projects, Programmes: a.Programmes, Ended: a.endedAt, Links: projectLinks, Overviews: overviewLinks}).Routes()...)
}
