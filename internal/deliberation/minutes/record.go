package minutes

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Attend tells who of the members was there and who was not, and who listened.
func (m *Minutes) Attend(ctx context.Context, r db.Reader, selection committee.SelectionID, deputy committee.MemberID, members []committee.Member) error {
	type stay struct {
		person account.PersonID
		name   string
		Stay
	}
	stays, err := db.List(ctx, r, func(sc db.Scanner) (x stay, err error) {
		err = sc.Scan(&x.person, &x.name, &x.From, &x.Until, &x.Mode)
		return x, err
	}, `select t.person_id, p.name, t.entered_at, t.left_at, t.mode from attendances t join people p on p.id = t.person_id where t.selection_id = $1 order by p.name, p.id, t.entered_at, t.id`, string(selection))
	if err != nil {
		return fmt.Errorf("list who came to %s: %w", selection, err)
	}
	of := func(person account.PersonID) (list []Stay) {
		for _, x := range stays {
			if x.person == person && person != "" {
				list = append(list, x.Stay)
			}
		}
		return list
	}
	sat := map[account.PersonID]bool{}
	for _, one := range members {
		if one.Status != committee.Sitting || one.Role == committee.Officer {
			continue
		}
		sat[one.Person] = true
		who := Attendee{one.Name, one.Organisation, one.Role, of(one.Person)}
		if one.Role == committee.Chair {
			m.Chairs = append(m.Chairs, Attendee{Name: one.Name, Sits: one.Organisation, Role: one.Role})
		}
		if one.ID == deputy {
			m.Deputy = one.Name
		}
		if len(who.Stays) > 0 {
			m.Present = append(m.Present, who)
		} else {
			m.Absent = append(m.Absent, who)
		}
	}
	for _, x := range stays {
		if !sat[x.person] {
			sat[x.person] = true
			m.Guests = append(m.Guests, Attendee{Name: x.name, Stays: of(x.person)})
		}
	}
	return nil
}

// Leavers tells, by file, who stepped out while it was discussed, and the kinds of causes
// that stand in the register.
func Leavers(ctx context.Context, r db.Reader, id committee.SelectionID) (map[application.ID][]Leaver, error) {
	type row struct {
		file             application.ID
		name, sits, kind string
	}
	rows, err := db.List(ctx, r, func(sc db.Scanner) (x row, err error) {
		err = sc.Scan(&x.file, &x.name, &x.sits, &x.kind)
		return x, err
	}, `select distinct x.application_id, coalesce(m.name, p.name), coalesce(o.name, ''), coalesce(k.kind, '')
		from absences x join people p on p.id = x.person_id left join committee_members m on m.id = x.member_id left join organisations o on o.id = m.organisation_id
		left join recusals c on c.member_id = x.member_id and c.application_id = x.application_id and c.status = 'standing' left join recusal_causes k on k.recusal_id = c.id
		where x.selection_id = $1 order by 1, 2, 4`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list who stepped out of %s: %w", id, err)
	}
	out := map[application.ID][]Leaver{}
	for _, x := range rows {
		list := out[x.file]
		if len(list) == 0 || list[len(list)-1].Name != x.name {
			list = append(list, Leaver{Name: x.name, Sits: x.sits})
		}
		if x.kind != "" {
			list[len(list)-1].Kinds = append(list[len(list)-1].Kinds, x.kind)
		}
		out[x.file] = list
	}
	return out, nil
}

// Signature is who signed the minutes, as they are kept. Content is "" while nobody has.
type Signature struct {
	Content  string
	By       string // actor
	Name     string
	At       time.Time
	Second   string // actor who countersigned; "" while nobody has
	SecondOf string // her name
	SecondAt time.Time
}

// SignatureOf reads the signature of the minutes of a selection.
func SignatureOf(ctx context.Context, r db.Reader, id committee.SelectionID) (Signature, error) {
	got, err := db.Get(ctx, r, func(sc db.Scanner) (x Signature, err error) {
		err = sc.Scan(&x.Content, &x.By, &x.Name, &x.At, &x.Second, &x.SecondOf, &x.SecondAt)
		return x, err
	}, `select n.content, n.signed_by, coalesce(p.name, ''), n.signed_at, n.countersigned_by, coalesce(q.name, ''), n.countersigned_at from minutes n
		left join people p on 'person:' || p.id = n.signed_by left join people q on 'person:' || q.id = n.countersigned_by where n.selection_id = $1`, string(id))
	if errs.Is(err, errs.NotFound) {
		return Signature{}, nil
	}
	return got, err
}

// Voided lists when the minutes of a selection were signed before the signature was withdrawn.
func Voided(ctx context.Context, r db.Reader, id committee.SelectionID) ([]time.Time, error) {
	list, err := db.List(ctx, r, db.Value[time.Time], `select signed_at from voided_minutes where selection_id = $1 order by signed_at`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the withdrawn minutes of %s: %w", id, err)
	}
	return list, nil
}
