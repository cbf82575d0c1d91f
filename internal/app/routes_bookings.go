package app

import (
	"transformateur/internal/support/booking"
	"transformateur/internal/web/bookings"
	"transformateur/internal/web/ui"
)

// helping says who helps a project: whoever helps one brings her way of saying so.
func (a *App) helping() []booking.Ties {
	return nil
}

// openBookings makes the services of what follows the days, after them.
func (a *App) openBookings() {
	a.Bookings = booking.New(booking.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Bus: a.Bus, Ties: a.helping()})
}

// bookingRoutes are the addresses of meetings and of sponsors.
func (a *App) bookingRoutes() []ui.Route {
	return (&bookings.Handler{Bookings: a.Bookings, BaseURL: a.Config.BaseURL}).Routes()
}
