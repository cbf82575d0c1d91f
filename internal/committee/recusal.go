package committee

import (
	"context"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
)

// RecusalStatus is whether a file is closed to a member.
type RecusalStatus string

// The statuses. A waived recusal closes again when another cause appears.
const (
	Standing RecusalStatus = "standing"
	Waived   RecusalStatus = "waived"
)

// The sources of a cause.
const (
	Found    = "found"     // by the program
	ByMember = "member"    // declared by the member
	ByTeam   = "applicant" // asked by the project's team
)

// RecordedCause is a cause as the register keeps it.
type RecordedCause struct {
	Cause
	Source string // Found, ByMember or ByTeam
	At     time.Time
}

// Recusal is a file closed to a member, or that was.
type Recusal struct {
	ID         string
	Selection  SelectionID
	File       application.ID
	Number     int // of the file in its call
	Title      string
	Member     MemberID
	Name       string // of the member
	Sits       string // the organisation she sits for
	Person     account.PersonID
	Status     RecusalStatus
	FoundAt    time.Time
	WaivedBy   string // the chair's name, of the last waiver
	WaivedAt   time.Time
	WaivedWhy  string
	Causes     []RecordedCause
	Version    int64
	declaredBy string
}

const recusalColumns = `c.id, c.selection_id, c.application_id, a.number, a.title, c.member_id, m.name, coalesce(o.name, ''), coalesce(m.person_id, ''), c.status, c.found_at, coalesce(w.name, ''), c.waived_at, c.waiver_reason, c.version, c.declared_by`

const recusalTables = `recusals c join applications a on a.id = c.application_id join committee_members m on m.id = c.member_id
	left join organisations o on o.id = m.organisation_id left join people w on 'person:' || w.id = c.waived_by`

func scanRecusal(sc db.Scanner) (x Recusal, err error) {
	err = sc.Scan(&x.ID, &x.Selection, &x.File, &x.Number, &x.Title, &x.Member, &x.Name, &x.Sits, &x.Person, &x.Status, &x.FoundAt, &x.WaivedBy, &x.WaivedAt, &x.WaivedWhy, &x.Version, &x.declaredBy)
	return x, err
}

// Recused lists the files that are closed to the members of a selection, with the
// members, without asking who wants them: for the engine of assignment and the minutes.
func Recused(ctx context.Context, r db.Reader, id SelectionID) (map[MemberID][]application.ID, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (x Recusal, err error) {
		err = sc.Scan(&x.Member, &x.File)
		return x, err
	}, `select member_id, application_id from recusals where selection_id = $1 and status = 'standing' order by member_id, application_id`, string(id))
	out := map[MemberID][]application.ID{}
	for _, x := range list {
		out[x.Member] = append(out[x.Member], x.File)
	}
	return out, err
}

// RecusedFrom lists the members of a selection to whom a file is closed, by name,
// without asking who wants them: those who leave the room when it is discussed.
func RecusedFrom(ctx context.Context, r db.Reader, id SelectionID, file application.ID) ([]Member, error) {
	return db.List(ctx, r, scanMember, `select `+memberColumns+` from `+memberTables+` where m.selection_id = $1 and m.status = 'sitting' and exists (
		select 1 from recusals c where c.member_id = m.id and c.application_id = $2 and c.status = 'standing') order by m.name, m.id`, string(id), string(file))
}

func addCauses(ctx context.Context, r db.Reader, list []Recusal) error {
	if len(list) == 0 {
		return nil
	}
	at := map[string]int{}
	for i, x := range list {
		at[x.ID] = i
	}
	type row struct {
		recusal string
		RecordedCause
	}
	rows, err := db.List(ctx, r, func(sc db.Scanner) (x row, err error) {
		err = sc.Scan(&x.recusal, &x.Kind, &x.Source, &x.Detail, &x.At)
		return x, err
	}, `select k.recusal_id, k.kind, k.source, k.detail, k.added_at from recusal_causes k join recusals c on c.id = k.recusal_id
		where c.selection_id = $1 order by k.added_at, k.kind, k.id`, string(list[0].Selection))
	if err != nil {
		return fmt.Errorf("read the causes of recusals: %w", err)
	}
	for _, x := range rows {
		if i, listed := at[x.recusal]; listed {
			list[i].Causes = append(list[i].Causes, x.RecordedCause)
		}
	}
	return nil
}

// recuse closes a file to a member for causes, those of which are new; it says whether
// one was. What was waived closes again: a waiver speaks of the causes that it knew.
func (s *Service) recuse(ctx context.Context, tx *db.Tx, by account.User, m Member, file application.ID, causes []RecordedCause) (bool, error) {
	if len(causes) == 0 {
		return false, nil
	}
	now := s.clock.Now()
	list, err := db.List(ctx, tx, scanRecusal, `select `+recusalColumns+` from `+recusalTables+` where c.member_id = $1 and c.application_id = $2`, string(m.ID), string(file))
	if err != nil {
		return false, fmt.Errorf("find a recusal: %w", err)
	}
	if err := addCauses(ctx, tx, list); err != nil {
		return false, err
	}
	var known []RecordedCause
	id, closed := db.NewID(), false
	if len(list) == 1 {
		id, known, closed = list[0].ID, list[0].Causes, list[0].Status == Standing
	}
	causes = slices.DeleteFunc(slices.Clone(causes), func(c RecordedCause) bool {
		return slices.ContainsFunc(known, func(k RecordedCause) bool { return k.Cause == c.Cause && k.Source == c.Source && c.Source != ByMember })
	})
	if len(causes) == 0 {
		return false, nil
	}
	if len(list) == 0 {
		_, err = tx.Exec(ctx, `insert into recusals (id, selection_id, application_id, member_id, status, found_at, declared_by, waived_by, waiver_reason, version)
			values ($1, $2, $3, $4, 'standing', $5, $6, '', '', 1)`, id, string(m.Selection), string(file), string(m.ID), now, by.Actor())
	} else {
		_, err = tx.Exec(ctx, `update recusals set status = 'standing', version = version + 1 where id = $1`, id)
	}
	if err != nil {
		return false, fmt.Errorf("keep a recusal: %w", err)
	}
	kinds := make([]string, len(causes))
	for i, c := range causes {
		kinds[i] = string(c.Kind)
		if _, err := tx.Exec(ctx, `insert into recusal_causes (id, recusal_id, kind, source, detail, added_by, added_at) values ($1, $2, $3, $4, $5, $6, $7)`,
			db.NewID(), id, string(c.Kind), c.Source, c.Detail, by.Actor(), now); err != nil {
			return false, fmt.Errorf("keep the cause of a recusal: %w", err)
		}
	}
	if err := s.close(ctx, tx, by, m, file, closed, id); err != nil {
		return false, err
	}
	act := "recusal.found"
	if slices.ContainsFunc(causes, func(c RecordedCause) bool { return c.Source != Found }) {
		act = "recusal.declared"
	}
	if err := journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: act, Kind: "application", ID: string(file),
		Detail: map[string]any{"recusal": id, "member": string(m.ID), "causes": kinds, "source": causes[0].Source}}); err != nil {
		return false, err
	}
	return true, s.bus.Publish(ctx, tx, act, id, nil)
}

// close shuts the file to the person, and ends her readings of it.
func (s *Service) close(ctx context.Context, tx *db.Tx, by account.User, m Member, file application.ID, closed bool, id string) error {
	if m.Person != "" && !closed {
		if err := s.policy.Exclude(ctx, tx, by, "person", string(m.Person), policy.Ref{Kind: "application", ID: string(file)}, "conflict", "recusal:"+id); err != nil {
			return err
		}
	}
	return s.EndReadings(ctx, tx, by, m, file, "recused")
}

// EndReadings ends the readings that are a member's, of one file or, with "", of all, in
// the transaction of the act that causes it; her right to read them ends with them.
func (s *Service) EndReadings(ctx context.Context, tx *db.Tx, by account.User, m Member, file application.ID, reason string) error {
	files, err := db.List(ctx, tx, db.Value[string], `update assignments set ended_at = $3, end_reason = $4
		where member_id = $1 and ended_at is null and ($2 = '' or application_id = $2) returning application_id`, string(m.ID), string(file), s.clock.Now(), reason)
	if err != nil {
		return fmt.Errorf("end the readings of member %s: %w", m.ID, err)
	}
	slices.Sort(files)
	for _, one := range files {
		relation := policy.Relation{SubjectID: string(m.Person), Relation: "rapporteur", Object: policy.Ref{Kind: "application", ID: one}}
		if _, err := s.policy.Revoke(ctx, tx, by, relation); err != nil {
			return err
		}
		if err := s.bus.Publish(ctx, tx, "assignment.ended", one, Ending{m.Selection, m.ID, reason}); err != nil {
			return err
		}
	}
	return nil
}

// Ending is the payload of the event "assignment.ended", whose object is the file.
type Ending struct {
	Selection SelectionID `json:"selection"`
	Member    MemberID    `json:"member"`
	Reason    string      `json:"reason"` // "recused", "mandate", "withdrawn"
}

// found are detected causes as the register keeps them; what a team asked is its own.
func found(causes []Cause) (list []RecordedCause) {
	for _, c := range causes {
		source := Found
		if c.Kind == Opposed {
			source = ByTeam
		}
		list = append(list, RecordedCause{Cause: c, Source: source})
	}
	return list
}

// detect compares members with every deposited file of the call, and closes what must
// be. It says how many recusals are new.
func (s *Service) detect(ctx context.Context, tx *db.Tx, d detector, members []Member) (n int, err error) {
	for _, m := range members {
		if m.Status != Sitting {
			continue
		}
		who, err := s.sitter(ctx, tx, m, d.houses)
		if err != nil {
			return n, err
		}
		for _, b := range d.bearers {
			more, err := s.recuse(ctx, tx, account.System, m, b.File, found(d.Detect(who, b)))
			if err != nil {
				return n, err
			}
			if more {
				n++
			}
		}
	}
	return n, nil
}
