// Package home is the pages that stand at the root of the address: the home, the legal pages, the feeds.
package home

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/committee"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/notify"
	"transformateur/internal/platform/clock"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/review"
	"transformateur/internal/screening"
	"transformateur/internal/web/ui"
)

// Handler answers at the root of the address.
type Handler struct {
	Programmes *programme.Service
	Calls      programme.CallLister // nil while no capability lists calls
	Clock      clock.Clock
	BaseURL    string // public address of the install, without a final slash
	Name       string // name of the install
	Contact    string // address of the people to write to
	Files      *application.Service
	Screening  *screening.Service
	Accounts   *account.Service
	Steered    *call.Service      // the calls of who leads; nil shows nothing of them
	Mails      *notify.Service    // the outboxes of who leads; nil shows nothing of them
	Committees *committee.Service // nil shows nothing of the committees in which the reader sits
	Reviews    *review.Service    // the files that the person reads; nil shows nothing of them
	Gatherings *gathering.Service // nil shows nothing of them
	Projects   *project.Service   // those of the person's teams; nil shows nothing of them
	// Sponsored lists the projects that the reader goes with; nil shows nothing of them.
	Sponsored func(context.Context, account.User) ([]ui.Todo, error)
	// Crewed says whether the reader is asked to join a crew, or is in one; nil shows none.
	Crewed func(context.Context, account.User) (bool, error)
	// Funded lists the editions whose report the reader is shown as a funder; nil shows none.
	Funded func(context.Context, account.User) ([]programme.Edition, error)
}

// Routes are the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	return []ui.Route{
		{Pattern: "GET /{$}", Action: "site.visit", Handle: h.home},
		{Pattern: "GET /feed.atom", Action: "site.visit", Handle: h.feed},
		{Pattern: "GET /calendar.ics", Action: "site.visit", Handle: h.calendar},
		{Pattern: "GET /sitemap.xml", Action: "site.visit", Handle: h.sitemap},
		{Pattern: "GET /robots.txt", Action: "site.visit", Handle: h.robots},
	}
}

func (h *Handler) home(w http.ResponseWriter, r *http.Request) error {
	if l := ui.User(r).Limit; l != nil && l.Within.Kind == "gathering" { // a guest has nothing else here
		return ui.See(w, r, "/gatherings/"+url.PathEscape(l.Within.ID))
	}
	if h.Files != nil && !ui.User(r).IsVisitor() {
		return h.signed(w, r)
	}
	now := h.Clock.Now()
	public, err := h.public(r.Context())
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, homePage(public.openCalls(r.Context(), now), ui.EditionCards(r.Context(), public.editions, now)))
}

// published is what everybody may see, whoever asks.
type published struct {
	editions []programme.Overview
	calls    []programme.CallNotice
}

func (h *Handler) public(ctx context.Context) (p published, err error) {
	if p.editions, err = h.Programmes.Editions(ctx, account.User{}, programme.Filter{}); err != nil || h.Calls == nil {
		return p, err
	}
	p.calls, err = h.Calls.Notices(ctx, account.User{}, "")
	return p, err
}

// openCalls are the calls that may be answered now, the nearest deadline first.
func (p published) openCalls(ctx context.Context, now time.Time) (cards []ui.Card) {
	lang := string(i18n.From(ctx))
	names := map[programme.EditionID]string{}
	for _, o := range p.editions {
		names[o.ID] = o.Name.In(lang)
	}
	open := slices.DeleteFunc(slices.Clone(p.calls), func(c programme.CallNotice) bool { return !c.OpenAt(now) })
	slices.SortStableFunc(open, func(a, b programme.CallNotice) int { return a.ClosesAt.Compare(b.ClosesAt) })
	for _, c := range open {
		cards = append(cards, ui.CallCard(ctx, c, names[c.Edition], now))
	}
	return cards
}

func (h *Handler) host() string {
	u, err := url.Parse(h.BaseURL)
	if err != nil {
		return "localhost"
	}
	return u.Hostname()
}
