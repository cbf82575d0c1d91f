package notify

import (
	"context"
	"fmt"
	"strings"

	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/board/kit"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/notify/telling"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
)

// sitter is somebody who has a seat in a gathering and an account with an address.
type sitter struct{ seat, person, lang, project string }

func sitters(ctx context.Context, r db.Reader, id gathering.ID) ([]sitter, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (s sitter, err error) {
		err = sc.Scan(&s.seat, &s.person, &s.lang, &s.project)
		return s, err
	}, `select s.id, p.id, p.lang, coalesce(s.project_id, '') from participants s join people p on p.id = s.person_id where s.gathering_id = $1 and s.left_at is null and p.disabled_at is null
		and exists (select 1 from addresses x where x.person_id = p.id) order by s.id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list who is told of the programme of gathering %s: %w", id, err)
	}
	return list, nil
}

// onPlan tells everybody once where her programme is, then each person what changes for
// her on a day to come: what changes on the day itself she reads on her page.
func (s *Service) onPlan(ctx context.Context, tx *db.Tx, e event.Event) error {
	var news schedule.News
	if err := e.Read(&news); err != nil {
		return err
	}
	v, err := schedule.Load(ctx, tx, news.Plan)
	if errs.Is(err, errs.NotFound) { // its gathering was deleted meanwhile
		return nil
	}
	if err != nil {
		return err
	}
	g, err := gathering.Load(ctx, tx, v.Gathering)
	if err != nil {
		return err
	}
	people, err := sitters(ctx, tx, g.ID)
	if err != nil {
		return err
	}
	if news.First {
		for _, who := range people {
			if err := s.Enqueue(ctx, tx, s.planMail(g, who, "programme_ready", string(g.ID), nil)); err != nil {
				return err
			}
		}
		return nil
	}
	before, err := schedule.Load(ctx, tx, v.BasedOn)
	if err != nil {
		return err
	}
	return s.tellChanges(ctx, tx, g, before, v, people)
}

func (s *Service) tellChanges(ctx context.Context, tx *db.Tx, g gathering.Gathering, before, v schedule.Version, people []sitter) error {
	rooms, err := house.RoomsOf(ctx, tx, g.ID)
	if err != nil {
		return err
	}
	today, _ := schedule.Now(g, v.Order, v.PublishedAt)
	for _, who := range people {
		var lines []string
		w := words(g, v, rooms, i18n.Parse(who.lang))
		for _, c := range plan.ChangesFor(before.Plan, v.Plan, who.seat, who.project) {
			if later(c, today) {
				lines = append(lines, dated(w, c))
			}
		}
		if len(lines) == 0 {
			continue
		}
		if err := s.Enqueue(ctx, tx, s.planMail(g, who, "programme_changed", string(v.ID), map[string]string{"Changes": strings.Join(lines, "\n\n")})); err != nil {
			return err
		}
	}
	return nil
}

// later says whether a change is about a day after today, in what was or in what is.
func later(c plan.Change, today int) bool {
	return c.Was != nil && c.Was.Day > today || c.Is != nil && c.Is.Day > today
}

// dated is a change with its day, which a mail is read without.
func dated(w telling.Words, c plan.Change) string {
	one := c.Is
	if one == nil {
		one = c.Was
	}
	if one.Day >= len(w.Days) {
		return w.Change(c)
	}
	day, err := order.Minute(0).At(w.Days[one.Day], w.Zone)
	if err != nil {
		return w.Change(c)
	}
	return i18n.Say(w.Lang, "notify.on_day", day.Format("02/01"), w.Change(c))
}

// words say a programme in a mail.
func words(g gathering.Gathering, v schedule.Version, rooms []house.Room, lang i18n.Lang) telling.Words {
	return telling.Words{Lang: lang, Days: v.Order.Days, Zone: zone.Location(g.Zone),
		Name: func(activity string) string {
			a, _ := v.Order.Find(activity)
			k, ships := kit.Find(a.Kit)
			switch {
			case a.Title != "":
				return a.Title
			case ships:
				return k.Title.In(string(lang))
			case a.Kind == "": // it is no more
				return i18n.Say(lang, "notify.an_activity")
			}
			return i18n.Say(lang, "agendas.kind_"+string(a.Kind))
		},
		Room: func(id string) string {
			for _, m := range rooms {
				if m.ID == id {
					return m.Name
				}
			}
			return ""
		}}
}

func (s *Service) planMail(g gathering.Gathering, who sitter, template, key string, args map[string]string) Mail {
	all := map[string]string{"What": g.Title, "Link": s.opt.BaseURL + "/gatherings/" + string(g.ID) + "/now"}
	for name, value := range args {
		all[name] = value
	}
	return Mail{PersonID: who.person, Template: template, Key: template + ":" + key + ":" + who.seat, Object: g.Object().Ref, Scope: policy.Ref{Kind: "edition", ID: string(g.Edition)}, Args: all}
}
