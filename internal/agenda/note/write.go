package note

import (
	"context"
	"fmt"
	"slices"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/agenda/order"
	"transformateur/internal/application"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/project"
	"transformateur/internal/review/sheet"
)

// Place is where a note belongs.
type Place struct {
	Gathering gathering.ID
	Project   project.ID
	Sitting   string // Outside, or the one of a slot
}

// Sheet is a note, for who writes it.
type Sheet struct {
	gathering.Gathering
	Project  project.Project
	Slot     Slot // empty outside any
	Answers  map[string]application.Answer
	Variants []sheet.Variant
	Seat     string // of its author
	id       string // "" until something is written
}

// kept is a note as the database has it.
type kept struct {
	id, seat, day string
	from, to      order.Minute
}

// Open gives a note to who writes it: who accompanies the project, in one of her slots or
// outside any. What she has written stays hers to read, whatever became of the slot.
// Errors: NotFound to everybody else; as the policy, on gathering.coach.
func (s *Service) Open(ctx context.Context, by account.User, at Place) (Sheet, error) {
	return s.open(ctx, s.db.Reader(), by, at)
}

func (s *Service) open(ctx context.Context, r db.Reader, by account.User, at Place) (d Sheet, err error) {
	st, err := s.standing(ctx, r, by, "gathering.coach", at.Gathering)
	if err != nil {
		return d, err
	}
	if st.seat.ID == "" {
		return d, notFound()
	}
	d.Gathering, d.Seat = st.g, st.seat.ID
	mine, err := mineAt(ctx, r, by, at)
	if err != nil {
		return d, err
	}
	if mine == nil && !slices.Contains(st.with, at.Project) {
		return d, notFound()
	}
	if d.Project, err = project.Load(ctx, r, at.Project); err != nil {
		return d, err
	}
	slots := st.book.of(at.Project, st.seat.ID)
	i := slices.IndexFunc(slots, func(one Slot) bool { return one.Sitting == at.Sitting && one.Mine })
	switch {
	case i >= 0:
		d.Slot = slots[i]
	case mine != nil && at.Sitting != Outside: // the plan changed since
		d.Slot = Slot{Sitting: at.Sitting, Day: mine.day, From: mine.from, To: mine.to}
	case at.Sitting != Outside:
		return d, notFound()
	}
	if mine != nil {
		d.id = mine.id
	}
	if d.Answers, err = sheet.Notes.Answers(ctx, r, d.id); err != nil {
		return d, err
	}
	d.Variants, err = sheet.Notes.Variants(ctx, r, d.id)
	return d, err
}

// mineAt finds the note that by began somewhere, nil for none.
func mineAt(ctx context.Context, r db.Reader, by account.User, at Place) (*kept, error) {
	k, err := db.Get(ctx, r, func(sc db.Scanner) (k kept, err error) {
		return k, sc.Scan(&k.id, &k.seat, &k.day, &k.from, &k.to)
	}, `select n.id, n.participant_id, n.day, n.from_minute, n.to_minute from coaching_notes n join participants p on p.id = n.participant_id
		where n.gathering_id = $1 and n.project_id = $2 and n.sitting = $3 and p.person_id = $4 order by n.begun_at, n.id limit 1`,
		string(at.Gathering), string(at.Project), sittingOf(at), string(by.ID))
	if errs.Is(err, errs.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find a note about project %s: %w", at.Project, err)
	}
	return &k, nil
}

func sittingOf(at Place) string {
	if at.Sitting == Outside {
		return ""
	}
	return at.Sitting
}

// sift sets apart what is no text of a note, or too long for one.
func sift(edits []application.Edit) (good []application.Edit, refused []errs.Field) {
	seen := map[string]bool{}
	for _, e := range edits {
		text, isText := e.Value.(string)
		switch {
		case e.Field != Shared && e.Field != Private || e.Value != nil && !isText:
			refused = append(refused, errs.Field{Path: e.Field, Key: "application.field_unknown"})
		case seen[e.Field]:
			refused = append(refused, errs.Field{Path: e.Field, Key: "application.field_twice"})
		case utf8.RuneCountInString(text) > MaxText:
			refused = append(refused, errs.Field{Path: e.Field, Key: "coaching.note_long", Args: []any{MaxText}})
		default:
			seen[e.Field] = true
			good = append(good, e)
		}
	}
	return good, refused
}

// Save writes texts of a note, each of them from the version that its author read: one that
// started from an older version never overwrites, both are kept until she chooses. Errors:
// as Open.
func (s *Service) Save(ctx context.Context, by account.User, at Place, edits []application.Edit) (application.Saved, error) {
	saved := application.Saved{Versions: map[string]int64{}, At: s.clock.Now()}
	if _, err := s.Open(ctx, by, at); err != nil {
		return saved, err
	}
	good, refused := sift(edits)
	if saved.Refused = refused; len(good) == 0 {
		return saved, nil
	}
	return saved, s.db.Write(ctx, func(tx *db.Tx) error {
		saved.Versions, saved.Conflicts = map[string]int64{}, nil
		d, err := s.open(ctx, tx, by, at)
		if err != nil {
			return err
		}
		if err := s.begin(ctx, tx, by, at, &d); err != nil {
			return err
		}
		before := d.Answers[Shared].Version
		if err := sheet.Notes.Write(ctx, tx, d.id, d.Answers, good, &saved); err != nil {
			return err
		}
		if before == 0 && d.Answers[Shared].Version > 0 {
			return s.pulse.Beat(ctx, tx, at.Gathering)
		}
		return nil
	})
}

// begin makes the note on which a first text is written; of two pages that begin at once,
// one does.
func (s *Service) begin(ctx context.Context, tx *db.Tx, by account.User, at Place, d *Sheet) error {
	if d.id != "" {
		return nil
	}
	id := db.NewID()
	n, err := tx.Exec(ctx, `insert into coaching_notes (id, gathering_id, project_id, sitting, day, from_minute, to_minute, participant_id, begun_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		on conflict (gathering_id, project_id, sitting, participant_id) do nothing`,
		id, string(at.Gathering), string(at.Project), sittingOf(at), d.Slot.Day, d.Slot.From, d.Slot.To, d.Seat, s.clock.Now())
	if err != nil {
		return fmt.Errorf("begin a note about project %s: %w", at.Project, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "coaching.meanwhile")
	}
	d.id = id
	return s.note(ctx, tx, by, "coaching.note_begun", at.Gathering, map[string]any{"project": string(at.Project)})
}

// Settle chooses between the current text and a kept one. Errors: as Open; NotFound,
// Invalid application.choice_unknown, Conflict application.field_changed.
func (s *Service) Settle(ctx context.Context, by account.User, at Place, c sheet.Choice) error {
	if text, isText := c.Merged.(string); isText && utf8.RuneCountInString(text) > MaxText {
		return errs.NewInvalid("coaching.invalid", []errs.Field{{Path: "text", Key: "coaching.note_long", Args: []any{MaxText}}})
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		d, err := s.open(ctx, tx, by, at)
		if err != nil {
			return err
		}
		return sheet.Notes.Settle(ctx, tx, d.id, c, s.clock.Now())
	})
}

// following decides that by may change what is agreed about a project: to add, those who
// accompany it and who runs the gathering; to tick, its team too.
func (s *Service) following(ctx context.Context, tx *db.Tx, by account.User, id gathering.ID, about project.ID, adds bool) (standing, error) {
	st, err := s.standing(ctx, tx, by, "gathering.coach", id)
	if err != nil {
		return st, err
	}
	_, p, err := s.part(ctx, tx, by, st, about)
	if err == nil && adds && !p.writes && !p.manages {
		err = errs.New(errs.Forbidden, "errs.forbidden")
	}
	return st, err
}

// Agree writes down what was agreed about a project: it joins the actions of its file.
// Errors: as project.Agree; NotFound, Forbidden; as the policy, on gathering.coach.
func (s *Service) Agree(ctx context.Context, by account.User, id gathering.ID, about project.ID, l project.Line) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		st, err := s.following(ctx, tx, by, id, about, true)
		if err != nil {
			return err
		}
		l.By = st.seat.ID
		if _, err := s.projects.Agree(ctx, tx, by, about, string(id), l); err != nil {
			return err
		}
		return s.pulse.Beat(ctx, tx, id)
	})
}

// Tick says that an action of a project is done, or is not after all. Errors: as Agree.
func (s *Service) Tick(ctx context.Context, by account.User, id gathering.ID, about project.ID, item string, done bool) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.following(ctx, tx, by, id, about, false); err != nil {
			return err
		}
		if err := s.projects.Mark(ctx, tx, by, about, item, done); err != nil {
			return err
		}
		return s.pulse.Beat(ctx, tx, id)
	})
}

// TakeBack removes what was agreed in a gathering. Errors: as Agree.
func (s *Service) TakeBack(ctx context.Context, by account.User, id gathering.ID, about project.ID, item string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.following(ctx, tx, by, id, about, true); err != nil {
			return err
		}
		if err := s.projects.Unagree(ctx, tx, by, about, string(id), item); err != nil {
			return err
		}
		return s.pulse.Beat(ctx, tx, id)
	})
}
