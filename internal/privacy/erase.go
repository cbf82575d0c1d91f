package privacy

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
)

// Erased tells, as the event person.erased, who is no more than an identifier.
type Erased struct {
	Person string `json:"person"`
}

// EraseDue erases those whose days of reflection are over; a hold leaves them
// waiting, in sight of the data protection officer. One that fails stops no other.
func (s *Service) EraseDue(ctx context.Context, by account.User) error {
	if !by.IsSystem() {
		return errs.New(errs.Forbidden, "errs.forbidden")
	}
	due, err := db.List(ctx, s.db.Reader(), scanRequest, `
		select `+requestColumns+` from erasures e join people p on p.id = e.person_id
		where e.cancelled_at is null and e.done_at is null and e.due_at <= $1 order by e.due_at, e.id`, s.clock.Now())
	if err != nil {
		return fmt.Errorf("list the erasures that are due: %w", err)
	}
	for _, one := range due {
		if one.Held {
			continue
		}
		if err := s.erase(ctx, by, one.PersonID, one.ID); err != nil {
			slog.Error("erase a person", "erasure", one.ID, "err", err)
		}
	}
	return nil
}

// erase turns a person into an identifier without a name, in one transaction: what
// the map says is deleted, emptied or kept, and her name hidden where it stood.
func (s *Service) erase(ctx context.Context, by account.User, person, request string) error {
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		now := s.clock.Now()
		if stands, err := held(ctx, tx, policy.Ref{Kind: "person", ID: person}); err != nil || stands {
			return err
		}
		if request != "" {
			n, err := tx.Exec(ctx, `update erasures set done_at = $2 where id = $1 and cancelled_at is null and done_at is null`, request, now)
			if err != nil || n == 0 { // taken back meanwhile
				return err
			}
		}
		m, err := s.maskFor(ctx, tx, person)
		if err != nil {
			return err
		}
		if err := s.leaveFiles(ctx, tx, by, person, now); err != nil {
			return err
		}
		if err := s.forgetUploads(ctx, tx, person, now); err != nil {
			return err
		}
		if err := s.forgetDeposits(ctx, tx, person, now); err != nil {
			return err
		}
		if err := s.applyMap(ctx, tx, person, now); err != nil {
			return err
		}
		if err := s.hideAll(ctx, tx, m, person, now); err != nil {
			return err
		}
		return s.close(ctx, tx, by, person, now)
	})
	if err != nil {
		return fmt.Errorf("erase %s: %w", person, err)
	}
	return s.settleDisk(ctx)
}

// settleDisk empties SQLite's log, in which former pages would otherwise stay; the
// pages themselves are wiped as they are freed (secure_delete).
func (s *Service) settleDisk(ctx context.Context) error {
	if s.db.Engine() != db.SQLite {
		return nil
	}
	if _, err := s.db.Raw().ExecContext(ctx, `pragma wal_checkpoint(truncate)`); err != nil {
		return fmt.Errorf("empty the log of the database: %w", err)
	}
	return nil
}

// maskFor collects the strings by which a person is known here: her names, also those
// that receipts say, her addresses, also those that mails were sent to.
func (s *Service) maskFor(ctx context.Context, tx *db.Tx, person string) (mask, error) {
	var found [2][]string
	for i, query := range []string{
		`select name from people where id in {id}`,
		`select email from addresses where person_id in {id}
		union select email from identities where person_id in {id}
		union select email from login_links where person_id in {id}
		union select email from invitations where accepted_by in {id}
		union select to_email from mails where person_id in {id}`,
	} {
		list, err := db.List(ctx, tx, db.Value[string], expand(query, s.clock.Now()), person)
		if err != nil {
			return mask{}, fmt.Errorf("collect what names the person: %w", err)
		}
		found[i] = list
	}
	bodies, err := db.List(ctx, tx, db.Value[string], expand(`select r.body from receipts r join submissions s on s.receipt = r.number and s.application_id = r.application_id where s.submitted_by in {actor}`, s.clock.Now()), person)
	if err != nil {
		return mask{}, fmt.Errorf("collect the names that receipts say: %w", err)
	}
	for _, body := range bodies {
		var r struct {
			SubmittedBy string `json:"submitted_by"`
		}
		if json.Unmarshal([]byte(body), &r) == nil {
			found[0] = append(found[0], r.SubmittedBy)
		}
	}
	for i := range found {
		slices.Sort(found[i])
		found[i] = slices.DeleteFunc(slices.Compact(found[i]), func(s string) bool { return strings.TrimSpace(s) == "" || s == Gone })
	}
	return newMask(found[0], found[1]), nil
}

// leaveFiles empties the drafts that nobody else writes, and gives those of a team to
// the one who has been in it longest.
func (s *Service) leaveFiles(ctx context.Context, tx *db.Tx, by account.User, person string, now time.Time) error {
	drafts, err := db.List(ctx, tx, db.Value[string], expand(`select a.id from applications a where a.status = 'draft' and `+soleOwner+` and not `+withOthers, now), person)
	if err != nil {
		return fmt.Errorf("list her drafts: %w", err)
	}
	for _, id := range drafts {
		if err := s.purge(ctx, tx, id, now); err != nil {
			return err
		}
	}
	heirs, err := db.List(ctx, tx, func(sc db.Scanner) (x [2]string, err error) {
		err = sc.Scan(&x[0], &x[1])
		return x, err
	}, expand(`select a.id, (select r.subject_id from relations r where r.subject_kind = 'person' and r.subject_id not in {id} and r.object_kind = 'application' and r.object_id = a.id and `+live+`
			order by case r.relation when 'editor' then 0 when 'signatory' then 1 else 2 end, r.granted_at, r.id limit 1)
		from applications a where `+soleOwner+` and `+withOthers, now), person)
	if err != nil {
		return fmt.Errorf("list the files to hand over: %w", err)
	}
	for _, heir := range heirs {
		if err := s.policy.Grant(ctx, tx, by, policy.Relation{SubjectID: heir[1], Relation: "owner", Object: policy.Ref{Kind: "application", ID: heir[0]}}); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, expand(`update relations set revoked_at = {now} where subject_kind = 'person' and subject_id in {id} and revoked_at is null`, now), person)
	if err != nil {
		return fmt.Errorf("end what she holds: %w", err)
	}
	return nil
}

// hideAll hides her name wherever the map says that it may stand.
func (s *Service) hideAll(ctx context.Context, tx *db.Tx, m mask, person string, now time.Time) error {
	for _, t := range Map {
		if err := m.hideRows(ctx, tx, t, person, now); err != nil {
			return err
		}
	}
	files, err := db.List(ctx, tx, db.Value[string], expand(`select id from applications where id in {circle}`, now), person)
	if err != nil {
		return fmt.Errorf("list her files: %w", err)
	}
	for _, file := range files {
		if err := s.redact(ctx, tx, file, m.everybody, false); err != nil {
			return err
		}
	}
	return m.unindex(ctx, tx, person, now)
}

// forgetUploads drops what she was still sending.
func (s *Service) forgetUploads(ctx context.Context, tx *db.Tx, person string, now time.Time) error {
	ids, err := db.List(ctx, tx, db.Value[string], expand(`select id from uploads where started_by in {actor}`, now), person)
	if err != nil {
		return fmt.Errorf("list what she was sending: %w", err)
	}
	tx.AfterCommit(func() {
		for _, id := range ids {
			if err := s.uploads.Abort(ctx, id); err != nil && !errs.Is(err, errs.NotFound) {
				slog.Warn("forget an upload", "upload", id, "err", err) // its sweep will
			}
		}
	})
	return nil
}

// forgetDeposits withdraws what she brought to gatherings: their contents go.
func (s *Service) forgetDeposits(ctx context.Context, tx *db.Tx, person string, now time.Time) error {
	digests, err := db.List(ctx, tx, db.Value[string], expand(`select distinct digest from gathering_deposits where digest <> '' and participant_id in `+herSeats, now), person)
	if err != nil {
		return fmt.Errorf("list what she brought to gatherings: %w", err)
	}
	if _, err := tx.Exec(ctx, expand(`update gathering_deposits set withdrawn_at = $2, withdrawn_by = 'system', digest = '' where withdrawn_at is null and participant_id in `+herSeats, now), person, now); err != nil {
		return fmt.Errorf("withdraw what she brought to gatherings: %w", err)
	}
	return s.forget(ctx, tx, digests)
}

// applyMap deletes and empties rows as the map says. Addresses go last: other
// conditions read them.
func (s *Service) applyMap(ctx context.Context, tx *db.Tx, person string, now time.Time) error {
	archives, err := db.List(ctx, tx, db.Value[string], `select digest from person_archives where person_id = $1 and digest <> ''`, person)
	if err != nil {
		return fmt.Errorf("list her archives: %w", err)
	}
	if _, err := tx.Exec(ctx, `update person_archives set status = 'expired', digest = '' where person_id = $1`, person); err != nil {
		return fmt.Errorf("forget her archives: %w", err)
	}
	if err := s.forget(ctx, tx, archives); err != nil {
		return err
	}
	mails, _ := tableOf("mails")
	if _, err := tx.Exec(ctx, `update mails set status = 'cancelled' where status in ('held', 'ready') and `+expand(mails.Erased, now), person); err != nil {
		return fmt.Errorf("stop the mails that wait: %w", err)
	}
	tables := slices.Clone(Map)
	slices.SortStableFunc(tables, func(a, b Table) int { return last(a) - last(b) })
	for _, t := range tables {
		var text string
		switch t.Erasure {
		case Deletes:
			text = `delete from ` + t.Name
		case Empties:
			var set []string
			for _, column := range words(t.Empty) {
				set = append(set, column+" = '"+emptied(t, column)+"'")
			}
			text = `update ` + t.Name + ` set ` + strings.Join(set, ", ")
		default:
			continue
		}
		if _, err := tx.Exec(ctx, text+` where `+expand(t.erasedRows(), now), person); err != nil {
			return fmt.Errorf("erase from %s: %w", t.Name, err)
		}
	}
	return nil
}

func last(t Table) int {
	if t.Name == "addresses" {
		return 1
	}
	return 0
}

// emptied is what stands where something was.
func emptied(t Table, column string) string {
	switch {
	case holdsJSON(t.Name, column):
		return `"` + Gone + `"`
	case strings.HasSuffix(column, "email") || column == "reason" || column == "problem":
		return ""
	case t.Name == "mails":
		return ""
	}
	return Gone
}

// close shuts the account and tells what was done.
func (s *Service) close(ctx context.Context, tx *db.Tx, by account.User, person string, now time.Time) error {
	_, err := tx.Exec(ctx, expand(`update people set disabled_at = coalesce(disabled_at, {now}), erased_at = {now}, zone = '`+zone.Default+`' where id in {id}`, now), person)
	if err != nil {
		return fmt.Errorf("close the account: %w", err)
	}
	if err := s.bus.Publish(ctx, tx, "person.erased", person, Erased{person}); err != nil {
		return err
	}
	return journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "person.erased", Kind: "person", ID: person})
}
