package announce

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/decision"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
)

// Listen has people told of what becomes of places and appeals. It is called once,
// before anything is published.
func (s *Mails) Listen(bus *event.Bus) {
	bus.Subscribe("notify.places", s.onPlace, "place.confirmed", "place.given_up", "place.released", "place.prolonged", "place.offered")
	bus.Subscribe("notify.appeals", s.onAppeal, "appeal.lodged", "appeal.answered")
	s.jobs.Every("remind_places", time.Hour, func(ctx context.Context, _ job.Job) error { return s.remindPlaces(ctx) })
}

// unstopped keeps those who stepped aside from a file out of a list of people.
func (s *Mails) unstopped(ctx context.Context, r db.Reader, file string, people []told) ([]told, error) {
	var kept []told
	for _, who := range people {
		var n int
		if err := r.QueryRow(ctx, `select count(*) from exclusions where subject_kind = 'person' and subject_id = $1 and object_kind = 'application' and object_id = $2 and lifted_at is null`, who.id, file).Scan(&n); err != nil {
			return nil, fmt.Errorf("look for who stepped aside from %s: %w", file, err)
		}
		if n == 0 {
			kept = append(kept, who)
		}
	}
	return kept, nil
}

// announcers lists who leads the call of a file, but for those who stepped aside from it.
func (s *Mails) announcers(ctx context.Context, r db.Reader, f file) ([]told, error) {
	c := f.call
	list, err := db.List(ctx, r, scanTold, `
		select distinct p.id, p.lang from relations r join people p on p.id = r.subject_id
		where r.subject_kind = 'person' and r.revoked_at is null and r.valid_from <= $5 and (r.valid_until is null or r.valid_until > $5)
		  and r.relation = 'lead' and p.disabled_at is null
		  and (r.object_kind = 'call' and r.object_id = $1 or r.object_kind = 'edition' and r.object_id = $2
		    or r.object_kind = 'programme' and r.object_id = $3 or r.object_kind = 'agency' and r.object_id = $4)
		order by p.id`, string(c.ID), c.EditionID, c.ProgrammeID, c.AgencyID, s.clock.Now())
	if err != nil {
		return nil, fmt.Errorf("list who leads %s: %w", c.ID, err)
	}
	return s.unstopped(ctx, r, f.id, list)
}

// onPlace tells the leads what a project answered, and the project what a lead decided.
func (s *Mails) onPlace(ctx context.Context, tx *db.Tx, e event.Event) error {
	d, err := decision.ByID(ctx, tx, e.ObjectID)
	if err != nil {
		return fmt.Errorf("read decision %s: %w", e.ObjectID, err)
	}
	f, err := s.file(ctx, tx, d.File)
	if err != nil {
		return err
	}
	key := d.ID + ":" + e.ID
	switch e.Kind {
	case "place.confirmed":
		return s.tellPlace(ctx, tx, f, d, key, "confirmed")
	case "place.given_up":
		return s.tellPlace(ctx, tx, f, d, key, "given_up")
	case "place.released":
		return s.tellTeam(ctx, tx, f, "place_released", key, func(string) map[string]string { return map[string]string{"Reasons": d.GaveUpReason} })
	case "place.prolonged":
		return s.tellTeam(ctx, tx, f, "place_reminder", key, func(lang string) map[string]string { return s.due(f, d, lang) })
	}
	return s.tellTeam(ctx, tx, f, "place_offered", key, func(lang string) map[string]string {
		args := s.due(f, d, lang)
		delete(args, "Left")
		return args
	})
}

// due says until when a project may answer, and how long that is.
func (s *Mails) due(f file, d decision.Decision, lang string) map[string]string {
	return map[string]string{"Due": text.DateTime(lang, d.ConfirmBy.In(zone.Location(f.call.Zone))), "Left": text.Remaining(lang, d.ConfirmBy.Sub(s.clock.Now()))}
}

// tellTeam writes to those who answer for a file, with a link to its outcome.
func (s *Mails) tellTeam(ctx context.Context, tx *db.Tx, f file, template, key string, args func(lang string) map[string]string) error {
	people, err := s.team(ctx, tx, f.id)
	if err != nil {
		return err
	}
	for _, who := range people {
		all := args(who.lang)
		all["Link"] = s.baseURL + "/applications/" + f.id + "/outcome"
		if err := s.outbox.Enqueue(ctx, tx, s.mail(f, who, template, key, all)); err != nil {
			return err
		}
	}
	return nil
}

// tellPlace tells the leads where a place stands.
func (s *Mails) tellPlace(ctx context.Context, tx *db.Tx, f file, d decision.Decision, key, place string) error {
	people, err := s.announcers(ctx, tx, f)
	if err != nil {
		return err
	}
	for _, who := range people {
		if err := s.outbox.Enqueue(ctx, tx, s.mail(f, who, "place_answered", key, map[string]string{"Result": i18n.Say(i18n.Parse(who.lang), "notify.place_"+place), "Message": d.GaveUpReason, "Link": s.baseURL + "/decisions/" + string(d.Selection)})); err != nil {
			return err
		}
	}
	return nil
}

// onAppeal tells both sides that a decision is contested, and the project what was answered.
func (s *Mails) onAppeal(ctx context.Context, tx *db.Tx, e event.Event) error {
	a, err := decision.AppealByID(ctx, tx, e.ObjectID)
	if err != nil {
		return fmt.Errorf("read appeal %s: %w", e.ObjectID, err)
	}
	d, err := decision.ByID(ctx, tx, a.DecisionID)
	if err != nil {
		return fmt.Errorf("read decision %s: %w", a.DecisionID, err)
	}
	f, err := s.file(ctx, tx, a.File)
	if err != nil {
		return err
	}
	if e.Kind == "appeal.answered" {
		return s.tellTeam(ctx, tx, f, "appeal_answered", a.ID, func(lang string) map[string]string {
			args := map[string]string{"Result": i18n.Say(i18n.Parse(lang), "notify.appeal_"+string(a.Status)), "Answer": a.Answer}
			if a.Status == decision.Upheld && d.Kept() {
				args["Due"] = s.due(f, d, lang)["Due"]
			}
			return args
		})
	}
	err = s.tellTeam(ctx, tx, f, "appeal_received", a.ID, func(lang string) map[string]string {
		return map[string]string{"Instant": text.DateTime(lang, a.At.In(zone.Location(f.call.Zone)))}
	})
	if err != nil {
		return err
	}
	people, err := s.announcers(ctx, tx, f)
	if err != nil {
		return err
	}
	for _, who := range people {
		if err := s.outbox.Enqueue(ctx, tx, s.mail(f, who, "appeal_lodged", a.ID, map[string]string{"Message": a.Grounds, "Link": s.baseURL + "/decisions/" + string(d.Selection) + "/files/" + f.id})); err != nil {
			return err
		}
	}
	return nil
}

// placeReminder is how long before its deadline a project that did not answer is reminded.
const placeReminder = 3 * 24 * time.Hour

// remindPlaces reminds the projects whose answer is due soon, and tells the leads of those
// that stayed silent: once for each deadline.
func (s *Mails) remindPlaces(ctx context.Context) error {
	now := s.clock.Now()
	ids, err := db.List(ctx, s.db.Reader(), db.Value[string], `select d.id from decisions d join applications a on a.id = d.application_id
		where d.announced_at is not null and d.confirmed_at is null and d.gave_up_at is null and d.confirm_by > $1 and d.confirm_by <= $2
		  and a.status in ('submitted', 'reopened') and a.deleted_at is null order by d.id`, now.Add(-placeReminder), now.Add(placeReminder))
	if err != nil {
		return fmt.Errorf("list the places that wait: %w", err)
	}
	for _, id := range ids {
		if err := s.db.Write(ctx, func(tx *db.Tx) error { return s.remindPlace(ctx, tx, id, now) }); err != nil {
			return err
		}
	}
	return nil
}

func (s *Mails) remindPlace(ctx context.Context, tx *db.Tx, id string, now time.Time) error {
	d, err := decision.ByID(ctx, tx, id)
	if err != nil {
		return err
	}
	f, err := s.file(ctx, tx, d.File)
	if err != nil {
		return err
	}
	key := id + ":" + d.ConfirmBy.UTC().Format(time.RFC3339)
	switch d.PlaceAt(now) {
	case decision.Silent:
		return s.tellPlace(ctx, tx, f, d, key, "silent")
	case decision.Offered:
		return s.tellTeam(ctx, tx, f, "place_reminder", key, func(lang string) map[string]string { return s.due(f, d, lang) })
	}
	return nil
}
