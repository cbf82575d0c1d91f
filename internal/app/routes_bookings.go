package app

import (
	"context"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/job"
	"transformateur/internal/support/booking"
	"transformateur/internal/support/right"
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

// ties say who helps a project, and may be booked by its team: whoever brings another way
// of helping adds it here.
var ties = []booking.Ties{sponsor.Ties, right.Ties}

// openBookings makes the services of meetings and of sponsors, after the days.
func (a *App) openBookings() {
	a.Bookings = booking.New(booking.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Bus: a.Bus, Ties: ties,
		Heeds: map[string]booking.Heed{right.Relation: func(ctx context.Context, tx *db.Tx, by account.User, h booking.Happening) error {
			return a.Rights.Heed(ctx, tx, by, h)
		}}})
	a.Jobs.Every("remind_bookings", 15*time.Minute, func(ctx context.Context, _ job.Job) error { return a.Bookings.Remind(ctx, account.System) })
	a.Sponsors = sponsor.New(sponsor.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Bus: a.Bus, People: a.Accounts, Bookings: a.Bookings, Calls: a.Calls})
}

// bookingRoutes are the addresses of meetings and of sponsors.
func (a *App) bookingRoutes() []ui.Route {
	return append((&bookings.Handler{Bookings: a.Bookings, BaseURL: a.Config.BaseURL}).Routes(),
		(&sponsors.Handler{Sponsors: a.Sponsors, Visits: a.Visits, Roadmaps: a.Roadmaps, Bookings: a.Bookings, Rights: a.Rights}).Routes()...)
}

// sponsored leads a sponsor from her home to the projects that she goes with, a partner to what
// projects share with her, and an expert to what she is asked.
func (a *App) sponsored(ctx context.Context, by account.User) (list []ui.Todo, err error) {
	mine, err := a.Sponsors.Mine(ctx, by)
	if err != nil {
		return nil, err
	}
	if len(mine) > 0 {
		var titles []string
		for _, s := range mine {
			titles = append(titles, s.Title)
		}
		list = append(list, ui.Todo{Text: i18n.N(ctx, "sponsors.todo", len(mine)), About: strings.Join(titles, " · "), URL: "/sponsorships"})
	}
	for _, more := range []func(context.Context, account.User) ([]ui.Todo, error){a.partnered, a.offered, a.exhibiting, a.asked} {
		part, err := more(ctx, by)
		if err != nil {
			return nil, err
		}
		list = append(list, part...)
	}
	return list, nil
}

// asked leads an expert from her home to the requests that wait for her.
func (a *App) asked(ctx context.Context, by account.User) (list []ui.Todo, err error) {
	if by.IsVisitor() {
		return nil, nil
	}
	asked, err := a.Rights.Mine(ctx, by)
	for _, v := range asked {
		switch {
		case v.Open && v.Answer == "":
			list = append(list, ui.Todo{Text: i18n.T(ctx, "experts.todo"), About: v.Project, URL: "/experts/requests/" + v.Ask})
		case v.Meets != "":
			list = append(list, ui.Todo{Text: i18n.T(ctx, "experts.todo_chosen"), About: v.Project, URL: "/experts/requests/" + v.Ask})
		}
	}
	return list, err
}
