package privacy

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/notify"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
)

// subject is something whose time will come: a file, a project, or a person.
type subject struct {
	rule      Rule
	on        policy.Ref
	programme string // of a file or a project
	call      string
	number    int64
	title     string    // of a project
	edition   [2]string // its name in French and in English
	over      bool      // emptied already
	moment
}

// durations are the days of each rule, for the install and for programmes.
type durations map[[2]string]int // rule, programme ("" for the install)

func readDurations(ctx context.Context, r db.Reader) (durations, error) {
	out := durations{}
	err := eachRow(ctx, r, 3, func(v []any) error {
		out[[2]string{v[0].(string), v[1].(string)}] = int(v[2].(int64))
		return nil
	}, `select rule, case when scope_kind = 'programme' then scope_id else '' end, days from retention_rules`)
	if err != nil {
		return nil, fmt.Errorf("read the durations: %w", err)
	}
	return out, nil
}

// of is the duration of a rule in a programme: hers, else the install's, else the rule's own.
func (d durations) of(r Rule, programme string) int {
	if days, set := d[[2]string{r.Key, programme}]; set && r.Reach == Programme {
		return days
	}
	if days, set := d[[2]string{r.Key, ""}]; set && r.Reach != Fixed {
		return days
	}
	return r.Days
}

// fileSubjects reads every file that still holds something, with what decides of its end.
const fileSubjects = `
	select a.id, a.number, a.status, a.deleted_at, a.withdrawn_at, c.id, c.closes_at, c.legal, e.programme_id, v.verdict, v.decided_at,
	  (select max(x.until_at) from retention_extensions x where x.object_kind = 'application' and x.object_id = a.id),
	  exists (select 1 from legal_holds h where h.object_kind = 'application' and h.object_id = a.id and h.lifted_at is null)
	from applications a join calls c on c.id = a.call_id join editions e on e.id = c.edition_id left join admissibility v on v.application_id = a.id
	where a.purged_at is null and (a.deleted_at is not null or c.closes_at is not null)`

// files lists the files whose time runs.
func (s *Service) files(ctx context.Context, r db.Reader) ([]subject, error) {
	d, told, err := readCalendar(ctx, r)
	if err != nil {
		return nil, err
	}
	return db.List(ctx, r, func(sc db.Scanner) (x subject, err error) {
		var status, legal string
		var verdict *string
		var deleted, withdrawn, closes, decided time.Time
		x.on.Kind = "application"
		if err = sc.Scan(&x.on.ID, &x.number, &status, &deleted, &withdrawn, &x.call, &closes, &legal, &x.programme, &verdict, &decided, &x.extended, &x.held); err != nil {
			return x, err
		}
		var key string
		key, x.base = fate(status, verdict != nil && *verdict == "inadmissible", [4]time.Time{deleted, withdrawn, closes, decided})
		x.rule, _ = ruleOf(key)
		x.days = d.of(x.rule, x.programme)
		if x.rule.Reach == PerCall {
			x.days = announced(legal, x.base, x.days)
		}
		x.told = told[[2]string{key, x.on.ID}]
		return x, nil
	}, fileSubjects+` order by a.id`)
}

// fate says which rule a file falls under and from when, given when it was deleted or
// withdrawn, when its call closes and when it was judged.
func fate(status string, inadmissible bool, at [4]time.Time) (rule string, from time.Time) {
	deleted, withdrawn, closes, decided := at[0], at[1], at[2], at[3]
	switch {
	case !deleted.IsZero():
		return "deleted_drafts", deleted
	case status == "draft":
		return "undeposited", closes
	case status == "withdrawn" && withdrawn.After(closes):
		return "withdrawn", withdrawn
	case status == "withdrawn":
		return "withdrawn", closes
	case inadmissible && decided.After(closes):
		return "inadmissible", decided
	}
	return "deposited", closes
}

// announced is what the legal block of a call promised its applicants, in days.
func announced(legal string, from time.Time, otherwise int) int {
	var l struct {
		Months int `json:"retain_months"`
	}
	if json.Unmarshal([]byte(legal), &l) != nil || l.Months <= 0 {
		return otherwise
	}
	return int(from.AddDate(0, l.Months, 0).Sub(from).Hours() / 24)
}

// readCalendar reads the durations, and who was told of what.
func readCalendar(ctx context.Context, r db.Reader) (d durations, told map[[2]string]time.Time, err error) {
	if d, err = readDurations(ctx, r); err != nil {
		return nil, nil, err
	}
	told, err = readNotices(ctx, r)
	return d, told, err
}

func readNotices(ctx context.Context, r db.Reader) (map[[2]string]time.Time, error) {
	type notice struct {
		rule, on string
		told     time.Time
	}
	list, err := db.List(ctx, r, func(sc db.Scanner) (n notice, err error) {
		err = sc.Scan(&n.rule, &n.on, &n.told)
		return n, err
	}, `select rule, object_id, told_at from retention_notices`)
	if err != nil {
		return nil, fmt.Errorf("read who was told: %w", err)
	}
	out := map[[2]string]time.Time{}
	for _, n := range list {
		out[[2]string{n.rule, n.on}] = n.told
	}
	return out, nil
}

// people lists the accounts that nobody used for long and that hold nothing any more:
// the last act is what the journal and the sign-ins say.
func (s *Service) people(ctx context.Context, r db.Reader) ([]subject, error) {
	d, told, err := readCalendar(ctx, r)
	if err != nil {
		return nil, err
	}
	rule, _ := ruleOf("dormant")
	now := s.clock.Now()
	old := now.AddDate(0, 0, noticeDays-d.of(rule, ""))
	return db.List(ctx, r, func(sc db.Scanner) (x subject, err error) {
		x.rule, x.days, x.on.Kind = rule, d.of(rule, ""), "person"
		var created, acted, seen time.Time
		if err = sc.Scan(&x.on.ID, &created, &acted, &seen, &x.held); err != nil {
			return x, err
		}
		x.base = latest(created, acted, seen)
		if x.told = told[[2]string{rule.Key, x.on.ID}]; x.told.Before(x.base) {
			x.told = time.Time{} // she came back after the last notice
		}
		return x, nil
	}, expand(`
		select p.id, p.created_at,
		  (select j.at from journal j where j.actor = 'person:' || p.id order by j.seq desc limit 1),
		  (select max(l.last_seen_at) from logins l where l.person_id = p.id),
		  exists (select 1 from legal_holds h where h.object_kind = 'person' and h.object_id = p.id and h.lifted_at is null)
		from people p
		where p.erased_at is null and p.merged_into is null and p.created_at < $1
		  and not exists (select 1 from relations r where r.subject_kind = 'person' and r.subject_id = p.id and `+live+`
		    and (r.object_kind <> 'application' or exists (select 1 from applications a where a.id = r.object_id and a.purged_at is null)))
		order by p.id`, now), old)
}

// passing lists those who came to gatherings without an account, and left: the name that
// each of them typed is all that is known of her.
func (s *Service) passing(ctx context.Context, r db.Reader) ([]subject, error) {
	d, err := readDurations(ctx, r)
	if err != nil {
		return nil, err
	}
	rule, _ := ruleOf("guests")
	return db.List(ctx, r, func(sc db.Scanner) (x subject, err error) {
		x.rule, x.days, x.on.Kind = rule, d.of(rule, ""), "person"
		err = sc.Scan(&x.on.ID, &x.base, &x.held)
		return x, err
	}, `
		select p.id, max(s.left_at),
		  exists (select 1 from legal_holds h where h.object_kind = 'person' and h.object_id = p.id and h.lifted_at is null)
		from people p join participants s on s.person_id = p.id
		where p.erased_at is null and p.merged_into is null and not exists (select 1 from addresses a where a.person_id = p.id)
		group by p.id having count(*) = count(s.left_at) order by p.id`)
}

func latest(list ...time.Time) (at time.Time) {
	for _, one := range list {
		if one.After(at) {
			at = one
		}
	}
	return at
}

// done counts what a run erased under a rule in a programme.
type done map[[2]string]int

// ApplyRetention tells those whose data will go in a month and erases what is due:
// files, projects, dormant accounts, old mails, events, archives and requests. One thing that
// fails stops no other; the next run takes it up again.
func (s *Service) ApplyRetention(ctx context.Context, by account.User) error {
	if !by.IsSystem() {
		return errs.New(errs.Forbidden, "errs.forbidden")
	}
	now, erased := s.clock.Now(), done{}
	for _, read := range []func(context.Context, db.Reader) ([]subject, error){s.files, s.projects, s.people, s.passing} {
		list, err := read(ctx, s.db.Reader())
		if err != nil {
			return fmt.Errorf("list what the calendar ends: %w", err)
		}
		for _, x := range list {
			if err := s.follow(ctx, by, x, x.next(x.rule, now), erased); err != nil {
				slog.Error("apply the calendar", "rule", x.rule.Key, "object", x.on.ID, "err", err)
			}
		}
	}
	if err := s.sweep(ctx, now, erased); err != nil {
		return err
	}
	if err := s.keepRun(ctx, by, now, erased); err != nil {
		return err
	}
	return s.settleDisk(ctx) // a page that was being read when somebody was erased may have stayed in the log
}

// follow does what is to be done about one thing.
func (s *Service) follow(ctx context.Context, by account.User, x subject, step string, erased done) error {
	switch {
	case step == "tell":
		return s.tell(ctx, x)
	case step == "erase" && x.on.Kind == "person":
		if err := s.erase(ctx, by, x.on.ID, ""); err != nil {
			return err
		}
		erased[[2]string{x.rule.Key, ""}]++
	case step == "erase":
		err := s.db.Write(ctx, func(tx *db.Tx) error {
			if x.on.Kind == "project" {
				return s.endProject(ctx, tx, by, x.on.ID)
			}
			if err := s.purge(ctx, tx, x.on.ID, s.clock.Now()); err != nil {
				return err
			}
			return s.record(ctx, tx, by, "application.purged", x.on, map[string]any{"rule": x.rule.Key})
		})
		if err != nil {
			return err
		}
		erased[[2]string{x.rule.Key, x.programme}]++
	}
	return nil
}

// tell writes to those whom an erasure concerns, once.
func (s *Service) tell(ctx context.Context, x subject) error {
	now := s.clock.Now()
	x.told = now
	goes := x.erasedAt(x.rule)
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `
			insert into retention_notices (rule, object_id, due_at, told_at) values ($1, $2, $3, $4)
			on conflict (rule, object_id) do update set due_at = excluded.due_at, told_at = excluded.told_at where retention_notices.told_at < excluded.told_at`, x.rule.Key, x.on.ID, goes, now)
		if err != nil || n == 0 {
			return err
		}
		people := expand(`select p.id, p.lang, p.zone from people p where p.id = $1 and p.disabled_at is null`, now)
		if x.on.Kind != "person" {
			people = expand(`select distinct p.id, p.lang, p.zone from people p join relations r on r.subject_kind = 'person' and r.subject_id = p.id
				where r.object_kind = '`+x.on.Kind+`' and r.object_id = $1 and p.disabled_at is null and `+live+` order by p.id`, now)
		}
		type told struct{ id, lang, zone string }
		list, err := db.List(ctx, tx, func(sc db.Scanner) (t told, err error) {
			err = sc.Scan(&t.id, &t.lang, &t.zone)
			return t, err
		}, people, x.on.ID)
		if err != nil {
			return fmt.Errorf("list those to tell: %w", err)
		}
		for _, t := range list {
			m := notify.Mail{PersonID: t.id, Template: "account_ends", Key: "retention:" + x.rule.Key + ":" + x.on.ID + ":" + t.id + ":" + now.Format("2006-01-02"), Secret: true, Hold: notify.AtOnce,
				Args: map[string]string{"Link": s.base + "/account/data", "Due": text.Date(t.lang, goes.In(zone.Location(t.zone)))}}
			if x.on.Kind == "project" {
				m.Template, m.Object, m.Args["Link"], m.Args["What"] = "project_ends", x.on, s.base+"/projects/"+x.on.ID, x.title
			}
			if x.on.Kind == "application" {
				m.Template, m.Object, m.Args["Link"] = "file_ends", x.on, s.base+"/applications/"+x.on.ID
				if err := tx.QueryRow(ctx, `select title from applications where id = $1`, x.on.ID).Scan(ref(m.Args, "Application")); err != nil {
					return fmt.Errorf("read the title of %s: %w", x.on.ID, err)
				}
			}
			if err := s.mails.Enqueue(ctx, tx, m); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, account.System, "retention.told", x.on, map[string]any{"rule": x.rule.Key, "due": goes, "people": len(list)})
	})
}

// into scans a text into a map.
type into struct {
	args map[string]string
	name string
}

func ref(args map[string]string, name string) *into { return &into{args, name} }

// Scan keeps the text.
func (i *into) Scan(v any) error {
	i.args[i.name] = fmt.Sprint(plain(v))
	return nil
}

// sweep ends what has no notice: mails, events, archives, requests.
func (s *Service) sweep(ctx context.Context, now time.Time, erased done) error {
	d, err := readDurations(ctx, s.db.Reader())
	if err != nil {
		return err
	}
	before := func(key string) time.Time {
		r, _ := ruleOf(key)
		return now.AddDate(0, 0, -d.of(r, ""))
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		for _, one := range []struct {
			rule, text string
			at         time.Time
		}{
			{"mails", `update mails set to_email = '', subject = '', body = '', problem = '' where created_at < $1 and to_email <> '' and status in ('sent', 'failed', 'cancelled')`, before("mails")},
			{"mails", `delete from digest_items where created_at < $1 and told_at is not null`, before("mails")},
			{"mails", `delete from bounces where received_at < $1`, before("mails")},
			{"events", `delete from events where at < $1 and not exists (select 1 from event_deliveries d where d.event_id = events.id and d.done_at is null)`, before("events")},
			{"requests", `delete from erasures where coalesce(done_at, cancelled_at) < $1`, before("requests")},
			{"requests", `delete from legal_holds where lifted_at < $1`, before("requests")},
		} {
			n, err := tx.Exec(ctx, one.text, one.at)
			if err != nil {
				return fmt.Errorf("sweep %s: %w", one.rule, err)
			}
			erased[[2]string{one.rule, ""}] += n
		}
		digests, err := db.List(ctx, tx, db.Value[string], `select digest from person_archives where status = 'ready' and expires_at <= $1`, now)
		if err != nil {
			return fmt.Errorf("list the archives that expired: %w", err)
		}
		if _, err := tx.Exec(ctx, `update person_archives set status = 'expired', digest = '' where status = 'ready' and expires_at <= $1`, now); err != nil {
			return fmt.Errorf("expire archives: %w", err)
		}
		erased[[2]string{"archives", ""}] += len(digests)
		return s.forget(ctx, tx, digests)
	})
}

// keepRun writes what a run erased, for the page of the calendar.
func (s *Service) keepRun(ctx context.Context, by account.User, now time.Time, erased done) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		total := 0
		for key, n := range erased {
			if n == 0 {
				continue
			}
			total += n
			if _, err := tx.Exec(ctx, `insert into retention_runs (id, rule, scope_id, at, objects) values ($1, $2, $3, $4, $5)`, db.NewID(), key[0], key[1], now, n); err != nil {
				return fmt.Errorf("keep what was erased: %w", err)
			}
		}
		if total == 0 {
			return nil
		}
		return s.record(ctx, tx, by, "retention.applied", policy.Platform.Ref, map[string]any{"erased": total})
	})
}
