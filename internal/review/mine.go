package review

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/application/veil"
	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
)

// Task is a file that a member has to read. Place is its number in her own list of the
// selection, from 1: it tells nothing of the files that she does not see.
type Task struct {
	File      application.ID
	Place     int
	Title     string
	Status    Status // "" before she begins
	Given     bool
	Selection committee.SelectionID
	Name      form.Localised
	Call      form.Localised
	Zone      string
	DueAt     time.Time
	Reading   bool // the selection still reads: nothing is decided
	veiled    bool
}

// Done says whether nothing is left to do for the file.
func (t Task) Done() bool { return t.Status == Submitted }

// Mine lists the files that by reads, by selection, those whose reading ends first being
// first, then by the number of the file.
func (s *Service) Mine(ctx context.Context, by account.User) ([]Task, error) {
	return s.mine(ctx, by, application.Columns("$1"), "true", []any{s.clock.Now(), string(by.ID)})
}

// MineIn is Mine for one selection. What contains it is given as values, not columns: the
// engine then looks once, and not for each file, at what she holds there.
func (s *Service) MineIn(ctx context.Context, by account.User, sel committee.Selection) ([]Task, error) {
	c := sel.Call
	cols := application.Columns("$1")
	cols.Within = map[string]string{"selection": "$3", "call": "$4", "edition": "$5", "programme": "$6", "agency": "$7"}
	return s.mine(ctx, by, cols, "z.id = $3 and a.call_id = $4 and $5 <> '' and $6 <> '' and $7 <> ''", []any{s.clock.Now(), string(by.ID), string(sel.ID), string(c.ID), c.EditionID, c.ProgrammeID, c.AgencyID})
}

func (s *Service) mine(ctx context.Context, by account.User, cols policy.Columns, where string, args []any) ([]Task, error) {
	may, args := s.policy.Where(ctx, by, "application.reviews", cols, args)
	r := s.db.Reader()
	list, err := db.List(ctx, r, func(sc db.Scanner) (t Task, err error) {
		var fr, en, callFr, callEn, status string
		err = sc.Scan(&t.File, &t.Title, &t.veiled, &t.Status, &t.Given, &t.Selection, &fr, &en, &callFr, &callEn, &t.Zone, &t.DueAt, &status)
		t.Name, t.Call = form.Localised{"fr": fr, "en": en}, form.Localised{"fr": callFr, "en": callEn}
		t.Reading = committee.Status(status) == committee.Reading
		return t, err
	}, `
		select a.id, a.title, a.veiled and m.role <> 'chair', coalesce(v.status, ''), v.content is not null, z.id, z.name_fr, z.name_en, c.title_fr, c.title_en, c.zone, z.reviews_due_at, z.status
		from assignments g
		join committee_members m on m.id = g.member_id
		join selections z on z.id = g.selection_id
		join applications a on a.id = g.application_id and a.selection_id = z.id
		join calls c on c.id = a.call_id join editions e on e.id = c.edition_id join programmes p on p.id = e.programme_id
		left join reviews v on v.member_id = m.id and v.application_id = a.id
		where m.person_id = $2 and g.ended_at is null and a.deleted_at is null and a.created_at <= $1 and `+where+` and `+may+`
		order by z.reviews_due_at nulls last, z.created_at, z.id, a.number`, args...)
	if err != nil {
		return nil, fmt.Errorf("list the files to read: %w", err)
	}
	for i := range list {
		list[i].Place = 1
		if i > 0 && list[i-1].Selection == list[i].Selection {
			list[i].Place = list[i-1].Place + 1
		}
	}
	return list, s.veilTitles(ctx, r, list)
}

// veilTitles hides in titles what was redacted by hand. The chair sees who bears projects,
// as the policy says ("identity"); the others do not where the reading is veiled.
func (s *Service) veilTitles(ctx context.Context, r db.Reader, list []Task) error {
	for i := 0; i < len(list); {
		j := i
		var files []string
		for ; j < len(list) && list[j].Selection == list[i].Selection; j++ {
			files = append(files, string(list[j].File))
		}
		if list[i].veiled {
			veils, err := veil.Of(ctx, r, string(list[i].Selection), files...)
			if err != nil {
				return err
			}
			for k := i; k < j; k++ {
				list[k].Title = veils[string(list[k].File)].Text(list[k].Title)
			}
		}
		i = j
	}
	return nil
}
