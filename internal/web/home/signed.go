package home

import (
	"context"
	"net/http"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/zone"
	"transformateur/internal/project"
	"transformateur/internal/web/ui"
)

// newsFor is how far back "what changed" looks.
const newsFor = 14 * 24 * time.Hour

// signedView is what the home of who is signed in shows.
type signedView struct {
	todos    []ui.Todo
	news     []application.News
	projects []ui.Card
	doors    []ui.Action
	calls    []ui.Card
	now      time.Time
}

// signed is the home of who is signed in: what she has to do, by when, then what changed.
func (h *Handler) signed(w http.ResponseWriter, r *http.Request) error {
	ctx, user, now := r.Context(), ui.User(r), h.Clock.Now()
	var todos []ui.Todo
	for _, part := range []func(context.Context, account.User, time.Time) ([]ui.Todo, error){h.gatherings, h.sponsored, h.offers, h.readings, h.files, h.seats, h.questions, h.verdicts, h.mails, h.preparations} {
		more, err := part(ctx, user, now)
		if err != nil {
			return err
		}
		todos = append(todos, more...)
	}
	byUrgency(todos)
	news, err := h.Files.News(ctx, user, now.Add(-newsFor))
	if err != nil {
		return err
	}
	mine, err := h.mine(ctx, user)
	if err != nil {
		return err
	}
	doors, err := h.doors(ctx, user)
	if err != nil {
		return err
	}
	public, err := h.public(ctx)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, signedPage(signedView{todos, news, mine, doors, public.openCalls(ctx, now), now}))
}

// mine are the projects of the reader's teams.
func (h *Handler) mine(ctx context.Context, user account.User) (out []ui.Card, err error) {
	if h.Projects == nil {
		return nil, nil
	}
	list, err := h.Projects.Mine(ctx, user)
	for _, p := range list {
		c := ui.Card{Title: p.Title, Text: p.Summary, URL: "/projects/" + string(p.ID)}
		if p.Status != project.Active {
			c.Badge = i18n.T(ctx, "projects.left")
		}
		out = append(out, c)
	}
	return out, err
}

// gatherings are those, open or to come, in which the reader has a seat.
func (h *Handler) gatherings(ctx context.Context, user account.User, _ time.Time) (out []ui.Todo, err error) {
	if h.Gatherings == nil {
		return nil, nil
	}
	list, err := h.Gatherings.Mine(ctx, user)
	for _, g := range list {
		t := ui.Todo{Text: i18n.T(ctx, "home.todo_gathering", g.Title), About: g.Place, URL: "/gatherings/" + string(g.ID)}
		if g.Status == gathering.Planned {
			t.Text = i18n.T(ctx, "home.todo_gathering_planned", g.Title)
		}
		if day, bad := time.ParseInLocation(time.DateOnly, g.EndsOn, zone.Location(g.Zone)); bad == nil {
			t.Due = day.AddDate(0, 0, 1).Add(-time.Minute)
		}
		out = append(out, t)
	}
	return out, err
}

// sponsored are the projects that the reader goes with.
func (h *Handler) sponsored(ctx context.Context, user account.User, _ time.Time) ([]ui.Todo, error) {
	if h.Sponsored == nil {
		return nil, nil
	}
	return h.Sponsored(ctx, user)
}

// offers are the invitations that wait for an answer.
func (h *Handler) offers(ctx context.Context, user account.User, _ time.Time) ([]ui.Todo, error) {
	list, err := h.Accounts.MyInvitations(ctx, user)
	var out []ui.Todo
	for _, i := range list {
		out = append(out, ui.Todo{Text: i18n.T(ctx, "home.todo_invitation", i.ObjectName), About: i18n.T(ctx, "invitation.relation_"+i.Relation), URL: "/account#invitations", Due: i.ExpiresAt})
	}
	return out, err
}

// files are the person's files that wait for an act of hers.
func (h *Handler) files(ctx context.Context, user account.User, now time.Time) ([]ui.Todo, error) {
	list, err := h.Files.ListMine(ctx, user)
	var out []ui.Todo
	for _, m := range list {
		if m.Status != application.Draft && m.Status != application.Reopened || m.Role == "reader" || now.After(m.Due) {
			continue
		}
		t := ui.Todo{About: m.Call.Title.In(string(i18n.From(ctx))), URL: "/applications/" + string(m.ID) + "/edit", Due: ui.Local(m.Due, m.Call.Zone)}
		switch {
		case m.Corrected:
			t.Text = i18n.T(ctx, "home.todo_correct", m.Title)
		case m.Missing > 0:
			t.Text = i18n.N(ctx, "home.todo_complete", m.Missing, m.Title)
		default:
			t.Text, t.URL = i18n.T(ctx, "home.todo_submit", m.Title), "/applications/"+string(m.ID)+"/submit"
		}
		out = append(out, t)
	}
	return out, err
}

// seats are the committees in which something waits for the reader.
func (h *Handler) seats(ctx context.Context, user account.User, _ time.Time) (out []ui.Todo, err error) {
	if h.Committees == nil {
		return nil, nil
	}
	list, err := h.Committees.Waiting(ctx, user)
	for _, w := range list {
		if w.Declare {
			out = append(out, ui.Todo{Text: i18n.T(ctx, "home.todo_declare", w.Name.In(string(i18n.From(ctx)))), About: w.Call.Title.In(string(i18n.From(ctx))), URL: "/selections/" + string(w.ID) + "/seat", Due: dueIn(w.ReviewsDueAt, w.Call.Zone)})
		}
	}
	return out, err
}

// byUrgency puts the nearest due dates first, then what has none.
func byUrgency(todos []ui.Todo) {
	slices.SortStableFunc(todos, func(a, b ui.Todo) int {
		switch {
		case a.Due.IsZero() == b.Due.IsZero():
			return a.Due.Compare(b.Due)
		case a.Due.IsZero():
			return 1
		}
		return -1
	})
}

// newsText says one piece of news.
func newsText(ctx context.Context, n application.News) string {
	who := n.By
	if who == "" {
		who = i18n.T(ctx, "home.news_somebody")
	}
	return i18n.T(ctx, "home.news_"+n.Act[len("application."):], who, n.Title)
}
