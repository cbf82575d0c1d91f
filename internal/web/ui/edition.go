package ui

import (
	"context"
	"net/url"
	"time"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/calendar"
	"transformateur/internal/programme"
)

// FriseOf is the timeline of an edition at an instant: the one drawing of its stages
// on the public page, the dashboard and the report. link gives the address of a stage;
// nil for none.
func FriseOf(ctx context.Context, e programme.Edition, stages []programme.Stage, now time.Time, link func(programme.Stage) string) Frise {
	loc, lang := e.Location(), string(i18n.From(ctx))
	f := Frise{Now: now}
	for _, s := range stages {
		segment := FriseStage{Kind: string(s.Kind), Name: s.Name.In(lang), Opens: localTime(s.OpensAt, loc), Closes: localTime(s.ClosesAt, loc), State: StageState(stageStates[s.At(now)])}
		if link != nil {
			segment.URL = link(s)
		}
		f.Stages = append(f.Stages, segment)
	}
	return f
}

var stageStates = map[programme.State]StageState{programme.Past: StagePast, programme.Open: StageOpen, programme.Next: StageNext}

func localTime(t time.Time, loc *time.Location) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(loc)
}

// TerritoryName names the place that an edition is for; without one it is the whole country.
func TerritoryName(ctx context.Context, code string) string {
	if place, ok := programme.Territory(code); ok {
		return place.Label()
	}
	return i18n.T(ctx, "edition.whole_country")
}

// EditionURL is the public page of an edition.
func EditionURL(id programme.EditionID) string { return "/editions/" + url.PathEscape(string(id)) }

// EditionStatus is the badge of an edition: in preparation, to come, under way, over.
func EditionStatus(o programme.Overview, now time.Time) (Tone, string) {
	switch {
	case o.Status == programme.Preparing:
		return Warning, "edition.status_preparing"
	case o.Status == programme.Closed:
		return Success, "edition.status_closed"
	}
	for _, s := range o.Stages {
		if s.At(now) != programme.Next {
			return Info, "edition.status_underway"
		}
	}
	return Info, "edition.status_coming"
}

// EditionCard shows an edition in a list, with its thin frise.
func EditionCard(ctx context.Context, o programme.Overview, now time.Time) Card {
	lang := string(i18n.From(ctx))
	tone, badge := EditionStatus(o, now)
	card := Card{Over: o.ProgrammeName.In(lang), Title: o.Name.In(lang), URL: EditionURL(o.ID), Text: o.Theme.In(lang),
		Tone: tone, Badge: i18n.T(ctx, badge), Frise: FriseOf(ctx, o.Edition, o.Stages, now, nil)}
	card.Facts = append(card.Facts, TerritoryName(ctx, o.Territory))
	if first, last := Dates(o.Stages); !first.IsZero() {
		card.Facts = append(card.Facts, Span(ctx, first.In(o.Location()), localTime(last, o.Location())))
	}
	return card
}

// EditionCards shows several.
func EditionCards(ctx context.Context, list []programme.Overview, now time.Time) (cards []Card) {
	for _, o := range list {
		cards = append(cards, EditionCard(ctx, o, now))
	}
	return cards
}

// Dates are the first and the last instants of some stages, zero when none has any.
func Dates(stages []programme.Stage) (first, last time.Time) {
	for _, s := range stages {
		for _, t := range []time.Time{s.OpensAt, s.ClosesAt} {
			if t.IsZero() {
				continue
			}
			if first.IsZero() || t.Before(first) {
				first = t
			}
			if t.After(last) {
				last = t
			}
		}
	}
	return first, last
}

// CallCard shows a call in a list: its deadline in full and what is left.
func CallCard(ctx context.Context, c programme.CallNotice, over string, now time.Time) Card {
	lang := string(i18n.From(ctx))
	card := Card{Over: over, Title: c.Title.In(lang), URL: "/calls/" + url.PathEscape(c.ID), Text: c.Summary.In(lang)}
	label := "edition.call_closes"
	switch {
	case c.OpenAt(now):
		card.Badge, card.Tone = i18n.T(ctx, "edition.call_open"), Info
	case now.Before(c.OpensAt):
		card.Badge, label = i18n.T(ctx, "edition.call_coming"), "edition.call_opens"
		card.Deadline = Deadline{Label: i18n.T(ctx, label), At: Local(c.OpensAt, c.Zone), Now: now}
		return card
	default:
		card.Badge, label = i18n.T(ctx, "edition.call_closed"), "edition.call_closed_at"
	}
	if !c.ClosesAt.IsZero() {
		card.Deadline = Deadline{Label: i18n.T(ctx, label), At: Local(c.ClosesAt, c.Zone), Now: now}
	}
	return card
}

// Moments are the entries of a calendar for editions and calls: the deadline of each
// call, the days of each gathering, and when every other stage ends. base is the public
// address of the install, host its name, which makes the identifiers unique for ever.
func Moments(ctx context.Context, base, host string, editions []programme.Overview, calls []programme.CallNotice) []calendar.Entry {
	lang := string(i18n.From(ctx))
	var list []calendar.Entry
	names, called := map[programme.EditionID]string{}, map[programme.EditionID]bool{}
	for _, o := range editions {
		names[o.ID] = o.Name.In(lang)
	}
	for _, c := range calls {
		if c.ClosesAt.IsZero() || names[c.Edition] == "" {
			continue
		}
		called[c.Edition] = true
		list = append(list, calendar.Entry{UID: "call-" + c.ID + "@" + host, Title: i18n.T(ctx, "edition.moment_deadline", c.Title.In(lang)), Text: names[c.Edition],
			URL: base + "/calls/" + url.PathEscape(c.ID), Starts: Local(c.ClosesAt, c.Zone), Sequence: c.Version, Changed: c.UpdatedAt})
	}
	for _, o := range editions {
		for _, s := range o.Stages {
			if s.Kind == programme.Call && called[o.ID] {
				continue // the call tells its own deadline
			}
			if m, ok := moment(ctx, o, s); ok {
				m.UID, m.URL = "stage-"+string(s.ID)+"@"+host, base+EditionURL(o.ID)
				list = append(list, m)
			}
		}
	}
	return list
}

func moment(ctx context.Context, o programme.Overview, s programme.Stage) (calendar.Entry, bool) {
	lang, loc := string(i18n.From(ctx)), o.Location()
	m := calendar.Entry{Text: o.Name.In(lang), Sequence: o.Version, Changed: o.UpdatedAt}
	switch {
	case (s.Kind == programme.Gathering || s.Kind == programme.Taster) && !s.OpensAt.IsZero() && !s.ClosesAt.IsZero():
		m.Title, m.Place, m.Starts, m.Ends = s.Name.In(lang), o.Place, s.OpensAt.In(loc), s.ClosesAt.In(loc)
	case s.Kind == programme.Call && !s.ClosesAt.IsZero():
		m.Title, m.Starts = i18n.T(ctx, "edition.moment_deadline", s.Name.In(lang)), s.ClosesAt.In(loc)
	case !s.ClosesAt.IsZero():
		m.Title, m.Starts = i18n.T(ctx, "edition.moment_end", s.Name.In(lang)), s.ClosesAt.In(loc)
	default:
		return m, false
	}
	return m, true
}

// WordsField is one of the two boxes in which a bilingual text is written; lang is "fr" or "en".
func WordsField(ctx context.Context, name, label, lang string, problems Problems) Field {
	path := name + "_" + lang
	return Field{Name: path, Label: i18n.T(ctx, label) + " " + i18n.T(ctx, "edition.in_"+lang), Error: problems.At(path), Optional: lang == "en", Attrs: map[string]any{"lang": lang}}
}

// AboutField is the box of a presentation in Markdown; it is never required.
func AboutField(ctx context.Context, lang string, problems Problems) Field {
	f := WordsField(ctx, "about", "edition.about", lang, problems)
	f.Optional = true
	if lang == "fr" {
		f.Hint = i18n.T(ctx, "edition.markdown")
	}
	return f
}
