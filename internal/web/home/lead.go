package home

import (
	"context"
	"net/url"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/committee"
	"transformateur/internal/i18n"
	"transformateur/internal/programme"
	"transformateur/internal/web/ui"
)

func callAt(id, room string) string { return "/calls/" + url.PathEscape(id) + "/" + room }

// questions are the calls whose questions wait for an answer of the reader's.
func (h *Handler) questions(ctx context.Context, user account.User, _ time.Time) (out []ui.Todo, err error) {
	if h.Steered == nil {
		return nil, nil
	}
	list, err := h.Steered.Unanswered(ctx, user)
	for _, u := range list {
		out = append(out, ui.Todo{Text: i18n.N(ctx, "home.todo_questions", u.Questions, ui.ShortDay(ctx, ui.Local(u.Since, u.Zone))), About: u.Title.In(string(i18n.From(ctx))),
			URL: callAt(string(u.ID), "manage#questions"), Due: dueIn(u.ClosesAt, u.Zone)})
	}
	return out, err
}

// verdicts are the closed calls whose files nobody ruled on.
func (h *Handler) verdicts(ctx context.Context, user account.User, _ time.Time) (out []ui.Todo, err error) {
	list, err := h.Screening.Unjudged(ctx, user)
	for _, u := range list {
		out = append(out, ui.Todo{Text: i18n.N(ctx, "home.todo_verdicts", u.Files), About: u.Title.In(string(i18n.From(ctx))), URL: callAt(string(u.ID), "files?verdict=waiting")})
	}
	return out, err
}

// mails are the outboxes in which mails wait for the reader.
func (h *Handler) mails(ctx context.Context, user account.User, _ time.Time) (out []ui.Todo, err error) {
	if h.Mails == nil {
		return nil, nil
	}
	list, err := h.Mails.Piles(ctx, user)
	for _, p := range list {
		at, name := "/outbox/"+p.Ref.Kind+"/"+url.PathEscape(p.Ref.ID), p.Name(i18n.From(ctx))
		if p.Held > 0 {
			out = append(out, ui.Todo{Text: i18n.N(ctx, "home.todo_mails", p.Held), About: name, URL: at + "?status=held"})
		}
		if p.Failed > 0 {
			out = append(out, ui.Todo{Text: i18n.N(ctx, "home.todo_failed", p.Failed), About: name, URL: at + "?status=failed"})
		}
	}
	return out, err
}

// preparations are the editions and the calls that are not open to the public yet.
func (h *Handler) preparations(ctx context.Context, user account.User, _ time.Time) (out []ui.Todo, err error) {
	lang := string(i18n.From(ctx))
	editions, err := h.Programmes.EditionsToManage(ctx, user, programme.Filter{Status: programme.Preparing})
	if err != nil || h.Steered == nil {
		return nil, err
	}
	for _, e := range editions {
		t := ui.Todo{Text: i18n.T(ctx, "home.todo_edition_ready", e.Name.In(lang)), About: e.ProgrammeName.In(lang), URL: ui.EditionURL(e.ID) + "/manage"}
		if n := len(e.Missing()); n > 0 {
			t.Text = i18n.N(ctx, "home.todo_edition", n, e.Name.In(lang))
		}
		if first, _ := ui.Dates(e.Stages); !first.IsZero() {
			t.Due = first.In(e.Location())
		}
		out = append(out, t)
	}
	calls, err := h.Steered.Preparations(ctx, user)
	for _, c := range calls {
		t := ui.Todo{About: i18n.T(ctx, "home.call"), URL: callAt(string(c.ID), "manage"), Due: dueIn(c.OpensAt, c.Zone)}
		switch {
		case c.Lacks > 0:
			t.Text = i18n.N(ctx, "home.todo_call", c.Lacks, c.Title.In(lang))
		case c.Publish:
			t.Text = i18n.T(ctx, "home.todo_call_ready", c.Title.In(lang))
		default:
			continue
		}
		out = append(out, t)
	}
	return out, err
}

// dueIn is an instant in a zone; the zero one stays no date at all.
func dueIn(at time.Time, zone string) time.Time {
	if at.IsZero() {
		return at
	}
	return ui.Local(at, zone)
}

// doors lead to the rooms that the reader's roles open, beyond those everybody has.
func (h *Handler) doors(ctx context.Context, user account.User) (doors []ui.Action, err error) {
	platform, err := h.Programmes.OnPlatform(ctx, user, "journal.read", "platform.administer")
	if err != nil {
		return nil, err
	}
	add := func(open bool, key, url string) {
		if open {
			doors = append(doors, ui.Action{Label: i18n.T(ctx, key), URL: url})
		}
	}
	add(platform["platform.administer"], "home.door_platform", "/platform")
	add(platform["journal.read"], "home.door_journal", "/journal")
	managed, err := h.Programmes.EditionsToManage(ctx, user, programme.Filter{})
	if err != nil {
		return nil, err
	}
	for _, e := range managed[:min(len(managed), mostDoors)] {
		doors = append(doors, ui.Action{Label: i18n.T(ctx, "home.door_edition", e.Name.In(string(i18n.From(ctx)))), URL: ui.EditionURL(e.ID) + "/manage"})
	}
	add(len(managed) > mostDoors, "home.all_editions", "/editions")
	followed, err := h.Screening.Followed(ctx, user)
	if err != nil {
		return nil, err
	}
	add(len(followed) > 0, "home.door_files", "/files")
	if h.Committees != nil {
		sits, err := h.Committees.Waiting(ctx, user)
		if err != nil {
			return nil, err
		}
		for _, w := range sits {
			if w.Role != committee.Officer {
				doors = append(doors, ui.Action{Label: i18n.T(ctx, "home.door_selection", w.Name.In(string(i18n.From(ctx)))), URL: "/selections/" + string(w.ID)})
			}
		}
	}
	if h.Crewed != nil {
		crewed, err := h.Crewed(ctx, user)
		if err != nil {
			return nil, err
		}
		add(crewed, "home.door_crews", "/crews")
	}
	if h.Funded != nil {
		funded, err := h.Funded(ctx, user)
		if err != nil {
			return nil, err
		}
		for _, e := range funded[:min(len(funded), mostDoors)] {
			doors = append(doors, ui.Action{Label: i18n.T(ctx, "home.door_report", e.Name.In(string(i18n.From(ctx)))), URL: ui.EditionURL(e.ID) + "/report/published"})
		}
	}
	add(len(managed) > 0, "home.door_outbox", "/outbox")
	create, err := h.Programmes.ProgrammesToOpenIn(ctx, user)
	add(len(create) > 0, "home.door_new_edition", "/editions/new")
	return doors, err
}

// mostDoors is how many editions have a door of their own on the home.
const mostDoors = 5
