package app

import (
	"context"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/support/booking"
	"transformateur/internal/support/sponsor"
	"transformateur/internal/web/bookings"
	"transformateur/internal/web/projects"
	"transformateur/internal/web/sponsors"
	"transformateur/internal/web/ui"
)

func init() {
	projectLinks = append(projectLinks, projects.Link{Path: "sponsor", Label: "sponsors.one_link"})
	overviewLinks = append(overviewLinks, projects.Link{Path: "sponsors", Label: "sponsors.link"})
}

// helping says who helps a project, and may be booked by its team: whoever brings another way
// of helping adds it here.
var helping = []booking.Ties{sponsor.Ties}

// openBookings makes the services of meetings and of sponsors, after the days.
func (a *App) openBookings() {
	a.Bookings = booking.New(booking.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Bus: a.Bus, Ties: helping})
	a.Sponsors = sponsor.New(sponsor.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Bus: a.Bus, People: a.Accounts, Bookings: a.Bookings})
}

// bookingRoutes are the addresses of meetings and of sponsors.
func (a *App) bookingRoutes() []ui.Route {
	return append((&bookings.Handler{Bookings: a.Bookings, BaseURL: a.Config.BaseURL}).Routes(),
		(&sponsors.Handler{Sponsors: a.Sponsors}).Routes()...)
}

// sponsored leads a sponsor from her home to the projects that she goes with.
func (a *App) sponsored(ctx context.Context, by account.User) (list []ui.Todo, err error) {
	mine, err := a.Sponsors.Mine(ctx, by)
	for _, s := range mine {
		list = append(list, ui.Todo{Text: i18n.T(ctx, "sponsors.todo"), About: s.Title, URL: "/projects/" + string(s.Project) + "/sponsor"})
	}
	if err != nil {
		return list, err
	}
	sheets, err := a.exhibiting(ctx, by)
	return append(list, sheets...), err
}
