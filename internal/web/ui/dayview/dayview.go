// Package dayview is what the live pages of the day of a gathering share: their addresses, how they follow what changes, and how an act on them ends.
package dayview

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/agenda/order"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/zone"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// ID is the gathering of a request.
func ID(r *http.Request) gathering.ID { return gathering.ID(r.PathValue("id")) }

// At is an address of a gathering.
func At(id gathering.ID, parts ...string) string {
	list := []string{"/gatherings/" + url.PathEscape(string(id))}
	for _, part := range parts {
		list = append(list, url.PathEscape(part))
	}
	return strings.Join(list, "/")
}

// Live is a page that follows the day.
type Live struct {
	ui.Page
	URL   string // of the page as it is shown now
	Beats int64  // of the day, when it was drawn
	ID    gathering.ID
	Said  string // what is told aloud when it changes
	Wall  bool   // for a projector
}

// Of is the page of a gathering, whose links lead back to it.
func Of(ctx context.Context, g gathering.Gathering, title, path string, above ...ui.Crumb) Live {
	other := path + "?lang=en"
	if i18n.From(ctx) == i18n.EN {
		other = path + "?lang=fr"
	}
	return Live{Page: ui.Page{Title: title, Over: g.Title, LangURL: other, Scripts: []string{"room.js"}, Crumbs: append([]ui.Crumb{{Label: g.Title, URL: At(g.ID)}}, above...)}, URL: path, ID: g.ID}
}

func (p Live) stream() string { return At(p.ID, "pulse") + "?since=" + strconv.FormatInt(p.Beats, 10) }

func (p Live) class() string {
	if p.Wall {
		return "stack-l stage-wall"
	}
	return "stack-l"
}

// Acting is how an act on a page ends.
type Acting struct {
	Where string // to go once it is done
	Said  string // key of what is said there
	Show  func(problems ui.Problems, status int) error
}

// Acted leads on, or shows the page once more with what kept the act from being done.
func Acted(w http.ResponseWriter, r *http.Request, err error, a Acting) error {
	if err == nil {
		return ui.Done(w, r, a.Where, a.Said)
	}
	problems, show := ui.Again(r.Context(), err)
	if !show {
		return err
	}
	return a.Show(problems, ui.StatusOf(err))
}

// DayName is a day of a gathering, as people say it.
func DayName(ctx context.Context, g gathering.Gathering, day int) string {
	first, err := time.ParseInLocation(time.DateOnly, g.StartsOn, zone.Location(g.Zone))
	if err != nil {
		return g.StartsOn
	}
	return ui.Day(ctx, first.AddDate(0, 0, day))
}

// Title is the name of an activity.
func Title(ctx context.Context, a order.Activity) string {
	if a.Title != "" {
		return a.Title
	}
	return i18n.T(ctx, "agendas.kind_"+string(a.Kind))
}

// Hours say when an activity takes place.
func Hours(ctx context.Context, g gathering.Gathering, a order.Activity) string {
	return i18n.T(ctx, "dayview.hours", DayName(ctx, g, a.Day), a.From.Clock(), a.To.Clock())
}

// Number reads a whole number of a form; anything else is -1, nothing at all 0.
func Number(typed string) int {
	if strings.TrimSpace(typed) == "" {
		return 0
	}
	n, err := strconv.Atoi(strings.TrimSpace(typed))
	if err != nil {
		return -1
	}
	return n
}

// Version is the version that a form was made from; anything else is an old one.
func Version(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}
