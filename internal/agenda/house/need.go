package house

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Diets are the words for what somebody eats or does not, in the order in which people
// read them: what a cook does, never why.
var Diets = []string{"vegetarian", "vegan", "no_pork", "no_gluten", "no_lactose", "no_nuts"}

// What somebody says of pictures of her; "" is that she has not said.
const (
	PicturesYes = "yes"
	PicturesNo  = "no"
)

// KeptDays is how long needs and absences are kept after a gathering closes, in days: the
// time to pay the cook and to answer a complaint. It is a choice of the program, within
// GDPR, article 5(1)(e): no text gives a figure.
const KeptDays = 30

// Needs is what somebody needs at a gathering. It is close to health (GDPR, article 9):
// only she and who runs the gathering read it, and it goes a month after.
type Needs struct {
	Access   []string
	Diets    []string
	Note     string
	Pictures string
	ToldAt   time.Time // zero: she said nothing
}

func (w *Needs) check() (bad []errs.Field) {
	w.Access, w.Diets, w.Note = among(Access, w.Access), among(Diets, w.Diets), lines(w.Note)
	if utf8.RuneCountInString(w.Note) > MaxNote {
		bad = append(bad, errs.Field{Path: "note", Key: "agenda.note_long", Args: []any{MaxNote}})
	}
	if !slices.Contains([]string{"", PicturesYes, PicturesNo}, w.Pictures) {
		bad = append(bad, errs.Field{Path: "pictures", Key: "agenda.pictures_wrong"})
	}
	return bad
}

// Told is somebody with what she needs.
type Told struct {
	Seat
	Needs
}

func needs(ctx context.Context, r db.Reader, id gathering.ID) (map[string]Needs, error) {
	all := map[string]Needs{}
	_, err := db.List(ctx, r, func(sc db.Scanner) (bool, error) {
		var who, access, diet string
		var n Needs
		err := sc.Scan(&who, &access, &diet, &n.Note, &n.Pictures, &n.ToldAt)
		n.Access, n.Diets = strings.Fields(access), strings.Fields(diet)
		all[who] = n
		return true, err
	}, `select n.participant_id, n.access, n.diet, n.note, n.pictures, n.told_at from agenda_needs n join participants s on s.id = n.participant_id where n.gathering_id = $1 and s.left_at is null`, string(id))
	if err != nil {
		return nil, fmt.Errorf("read the needs of gathering %s: %w", id, err)
	}
	return all, nil
}

// Count is how many people said a word.
type Count struct {
	Word string
	N    int
}

// NeedsView is what somebody may know of the needs of a gathering: her own, and all of
// them when she runs it.
type NeedsView struct {
	gathering.Gathering
	Manages  bool
	Speaks   bool // she may say hers now
	Seat     *Seat
	Mine     Needs
	Absences []Absence // hers

	People   int // who come, invited ones included; for who runs it, as all that follows
	Answered int
	Diets    []Count
	Access   []Count
	Pictures []Count
	List     []Told // those who said something, by name
}

// Needs tells what somebody may know of the needs of a gathering. Errors: as the policy,
// on gathering.read.
func (s *Service) Needs(ctx context.Context, by account.User, id gathering.ID) (v NeedsView, err error) {
	r := s.db.Reader()
	if v.Gathering, err = s.require(ctx, r, by, "gathering.read", id); err != nil {
		return v, err
	}
	may, err := s.policy.Decisions(ctx, r, by, v.Object(), "gathering.manage", "gathering.attend")
	if err != nil {
		return v, err
	}
	v.Manages = may["gathering.manage"].Allowed
	all, err := needs(ctx, r, id)
	if err != nil {
		return v, err
	}
	mine, err := mySeat(ctx, r, id, by)
	switch {
	case err == nil:
		v.Seat, v.Mine, v.Speaks = &mine, all[mine.ID], may["gathering.attend"].Allowed
		away, err := absences(ctx, r, id)
		if err != nil {
			return v, err
		}
		v.Absences = about(away, mine.ID)
	case !errs.Is(err, errs.NotFound):
		return v, err
	}
	if !v.Manages {
		return v, nil
	}
	return v, v.count(ctx, r, all)
}

// count fills what who runs the gathering knows.
func (v *NeedsView) count(ctx context.Context, r db.Reader, all map[string]Needs) error {
	seats, err := db.List(ctx, r, scanSeat, seatsOf+` order by s.name, s.email, s.id`, string(v.ID))
	if err != nil {
		return fmt.Errorf("list who comes to gathering %s: %w", v.ID, err)
	}
	v.People = len(seats)
	diets, access, pictures := map[string]int{}, map[string]int{}, map[string]int{}
	for _, p := range seats {
		n, told := all[p.ID]
		if !told {
			continue
		}
		v.Answered++
		for _, word := range n.Diets {
			diets[word]++
		}
		for _, word := range n.Access {
			access[word]++
		}
		pictures[n.Pictures]++
		if len(n.Diets)+len(n.Access)+len(n.Note) > 0 || n.Pictures == PicturesNo {
			v.List = append(v.List, Told{p, n})
		}
	}
	v.Diets, v.Access, v.Pictures = counts(Diets, diets), counts(Access, access), counts([]string{PicturesYes, PicturesNo}, pictures)
	return nil
}

func counts(known []string, said map[string]int) (list []Count) {
	for _, word := range known {
		if said[word] > 0 {
			list = append(list, Count{word, said[word]})
		}
	}
	return list
}

// TellNeeds says what by needs; nothing at all takes back what she said. Errors: NotFound
// when she has no seat; Invalid; as the policy, on gathering.attend.
func (s *Service) TellNeeds(ctx context.Context, by account.User, id gathering.ID, w Needs) error {
	bad := w.check()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, p, err := s.whose(ctx, tx, by, id, "")
		if err != nil {
			return err
		}
		if err := errs.NewInvalid("agenda.invalid", bad); err != nil {
			return err
		}
		if len(w.Access)+len(w.Diets)+len(w.Note)+len(w.Pictures) == 0 {
			_, err = tx.Exec(ctx, `delete from agenda_needs where participant_id = $1`, p.ID)
		} else {
			_, err = tx.Exec(ctx, `insert into agenda_needs (participant_id, gathering_id, access, diet, note, pictures, told_at) values ($1, $2, $3, $4, $5, $6, $7)
				on conflict (participant_id) do update set access = excluded.access, diet = excluded.diet, note = excluded.note, pictures = excluded.pictures, told_at = excluded.told_at`,
				p.ID, string(id), joined(w.Access), joined(w.Diets), w.Note, w.Pictures, s.clock.Now())
		}
		if err != nil {
			return fmt.Errorf("keep what somebody needs in gathering %s: %w", id, err)
		}
		return s.note(ctx, tx, by, "agenda.needs_told", id, nil)
	})
}

// over is the condition of what serves nothing any more: the gathering closed KeptDays
// ago ($1), or its days are past without its having been opened ($2), or she left it.
const over = `participant_id in (select s.id from participants s join gatherings g on g.id = s.gathering_id
	where s.left_at is not null or (g.status = 'closed' and g.closed_at <= $1) or (g.status = 'planned' and g.ends_on < $2))`

// eraseDue erases needs and absences that serve nothing any more.
func (s *Service) eraseDue(ctx context.Context) error {
	closed := s.clock.Now().AddDate(0, 0, -KeptDays)
	last := closed.AddDate(0, 0, -1).Format(time.DateOnly) // wherever it took place, its last day is over
	due, err := db.List(ctx, s.db.Reader(), db.Value[string], `select gathering_id from agenda_needs where `+over+` union select gathering_id from agenda_absences where `+over+` order by 1`, closed, last)
	if err != nil {
		return fmt.Errorf("find the needs to erase: %w", err)
	}
	var failed []error
	for _, id := range due {
		failed = append(failed, s.db.Write(ctx, func(tx *db.Tx) error { return s.erase(ctx, tx, gathering.ID(id), closed, last) }))
	}
	return errors.Join(failed...)
}

func (s *Service) erase(ctx context.Context, tx *db.Tx, id gathering.ID, closed time.Time, last string) error {
	detail := map[string]any{}
	for _, table := range []string{"needs", "absences"} {
		n, err := tx.Exec(ctx, `delete from agenda_`+table+` where `+over+` and gathering_id = $3`, closed, last, string(id))
		if err != nil {
			return fmt.Errorf("erase the %s of gathering %s: %w", table, id, err)
		}
		detail[table] = n
	}
	return s.note(ctx, tx, account.System, "agenda.needs_erased", id, detail)
}

// PicturesRefused counts those who come to a gathering and want no pictures of them: how
// many, never who. It asks nobody who wants it.
func PicturesRefused(ctx context.Context, r db.Reader, id gathering.ID) (int, error) {
	all, err := needs(ctx, r, id)
	n := 0
	for _, one := range all {
		if one.Pictures == PicturesNo {
			n++
		}
	}
	return n, err
}
