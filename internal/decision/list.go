package decision

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/deliberation"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// Row is one decision as the programme's side reads it.
type Row struct {
	File     application.Application
	Decision Decision
	Reason   form.Localised
	Place    Place
	Appealed bool // an appeal waits for an answer; told to those who answer
	Running  bool // the file was not withdrawn
}

// View is the decisions of a selection.
type View struct {
	Selection    committee.Selection
	Rows         []Row
	Announcement Announcement
	May          map[policy.Action]bool
	Funnel       *Funnel        // nil for those who do not lead the call: it counts every file
	Free         int            // places that were given up and offered to nobody since
	Next         application.ID // first of the reserve list, proposed for a free place; "" for none
}

// Funnel counts the files of a call from the deposit to the confirmed place.
type Funnel struct {
	Deposited  int
	Admissible int
	Retained   int
	Confirmed  int
}

// List gives the decisions of a selection to who may know them, without the files that
// are closed to her: ranks close up around them.
func (s *Service) List(ctx context.Context, by account.User, id committee.SelectionID) (View, error) {
	r, now := s.db.Reader(), s.clock.Now()
	sel, err := s.require(ctx, r, by, "selection.decisions", id)
	if err != nil {
		return View{}, err
	}
	v := View{Selection: sel}
	if v.May, err = s.may(ctx, r, by, sel); err != nil {
		return v, err
	}
	all, err := s.rows(ctx, r, sel, now)
	if err != nil {
		return v, err
	}
	open, err := s.open(ctx, r, by, id)
	if err != nil {
		return v, err
	}
	if v.May["selection.manage"] {
		if v.Announcement, err = announcementOf(ctx, r, id); err != nil {
			return v, err
		}
		if v.Funnel, err = s.funnel(ctx, r, sel, all); err != nil {
			return v, err
		}
		v.Free, v.Next = free(all)
	}
	rank := 0
	for _, row := range all {
		if !open[row.File.ID] || row.Decision.Other != "" && !open[row.Decision.Other] {
			continue
		}
		if row.Decision.Rank > 0 {
			rank++
			row.Decision.Rank = rank
		}
		row.Appealed = row.Appealed && v.May["selection.appeals"]
		v.Rows = append(v.Rows, row)
	}
	if !open[v.Next] {
		v.Next = ""
	}
	return v, nil
}

// rows joins the decisions of a selection to their files, without asking who wants them.
func (s *Service) rows(ctx context.Context, r db.Reader, sel committee.Selection, now time.Time) ([]Row, error) {
	list, err := Of(ctx, r, sel.ID)
	if err != nil {
		return nil, err
	}
	reasons, err := ReasonsOf(ctx, r, sel.ID)
	if err != nil {
		return nil, err
	}
	appealed, err := db.List(ctx, r, db.Value[string], `select p.decision_id from appeals p join decisions d on d.id = p.decision_id where d.selection_id = $1 and p.status = 'open'`, string(sel.ID))
	if err != nil {
		return nil, fmt.Errorf("list what is contested in %s: %w", sel.ID, err)
	}
	rows := make([]Row, 0, len(list))
	for _, d := range list {
		a, err := application.Load(ctx, r, d.File)
		if errs.Is(err, errs.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		rows = append(rows, Row{File: a, Decision: d, Reason: reasons[d.Reason], Place: d.PlaceAt(now), Appealed: slices.Contains(appealed, d.ID), Running: running(a)})
	}
	return rows, nil
}

func running(a application.Application) bool {
	return a.Status == application.Submitted || a.Status == application.Reopened
}

// free counts the places that nobody has, and names the file that comes next.
func free(all []Row) (places int, next application.ID) {
	for _, row := range all {
		d := row.Decision
		if d.Kept() && (row.Place == GivenUp || !row.Running) {
			places++
		}
		if !d.PromotedAt.IsZero() {
			places--
		}
		if next == "" && row.Running && d.Waits() && !d.AnnouncedAt.IsZero() {
			next = row.File.ID
		}
	}
	if places <= 0 {
		return 0, ""
	}
	return places, next
}

// funnel counts the files of the selection's call.
func (s *Service) funnel(ctx context.Context, r db.Reader, sel committee.Selection, all []Row) (*Funnel, error) {
	f := &Funnel{}
	err := r.QueryRow(ctx, `select count(*), count(*) filter (where v.verdict = 'admissible') from applications a left join admissibility v on v.application_id = a.id
		where a.call_id = $1 and a.status in ('submitted', 'reopened') and a.deleted_at is null`, string(sel.Call.ID)).Scan(&f.Deposited, &f.Admissible)
	if err != nil {
		return nil, fmt.Errorf("count the files of %s: %w", sel.Call.ID, err)
	}
	for _, row := range all {
		if row.Running && row.Decision.Kept() && row.Place != GivenUp {
			f.Retained++
		}
		if row.Running && row.Place == Confirmed {
			f.Confirmed++
		}
	}
	return f, nil
}

// One is a decision with what its page needs.
type One struct {
	Selection committee.Selection
	Row       Row
	May       map[policy.Action]bool
	Appeals   []Appeal // the last one first; for those who answer them
	Shareable []string // remarks of readers that may be passed on, while the words may change
	Free      bool     // a place is free, and this file comes next
	Terms     Terms
}

// One gives a decision to who may know it. Error: NotFound too when it is closed to her.
func (s *Service) One(ctx context.Context, by account.User, id committee.SelectionID, file application.ID) (One, error) {
	list, err := s.List(ctx, by, id)
	if err != nil {
		return One{}, err
	}
	i := slices.IndexFunc(list.Rows, func(row Row) bool { return row.File.ID == file })
	if i < 0 {
		return One{}, errs.New(errs.NotFound, "errs.not_found")
	}
	v := One{Selection: list.Selection, Row: list.Rows[i], May: list.May, Free: list.Next == file, Terms: list.Announcement.Terms}
	r := s.db.Reader()
	if v.May["selection.appeals"] {
		if v.Appeals, err = appealsOf(ctx, r, v.Row.Decision.ID); err != nil {
			return v, err
		}
	}
	if v.May["selection.announce"] && v.Selection.Status == committee.Decided {
		v.Shareable, err = s.shareable(ctx, r, id, file)
	}
	return v, err
}

// shareable lists the remarks on a file that its readers let be passed on, without their
// names.
func (s *Service) shareable(ctx context.Context, r db.Reader, id committee.SelectionID, file application.ID) (list []string, err error) {
	readings, err := s.readings.Readings(ctx, r, id)
	for _, one := range readings {
		if one.File == file {
			list = append(list, one.Shareable...)
		}
	}
	return list, err
}

// Words are what a decision tells its applicant, beside the outcome and the reason.
type Words struct {
	Wording  string
	Comments []string
	Version  int64 // of the decision that was read
}

const mostComments = 30

func (w *Words) clean(outcome deliberation.Outcome) (bad []errs.Field) {
	w.Wording, bad = words("wording", w.Wording, outcome != deliberation.Retain)
	var kept []string
	for _, typed := range w.Comments {
		said, wrong := words("comments", typed, false)
		bad = append(bad, wrong...)
		if said != "" {
			kept = append(kept, said)
		}
	}
	if w.Comments = kept; len(kept) > mostComments {
		bad = append(bad, errs.Field{Path: "comments", Key: "decision.comments_many", Args: []any{mostComments}})
	}
	return bad
}

// Reword changes what an applicant will be told, until the announcement; what was
// prepared of it is dropped. Errors: Invalid; Conflict once it is announced, or when
// somebody else wrote since it was read.
func (s *Service) Reword(ctx context.Context, by account.User, id committee.SelectionID, file application.ID, w Words) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		sel, err := s.require(ctx, tx, by, "selection.announce", id)
		if err != nil {
			return err
		}
		d, err := s.about(ctx, tx, by, id, file)
		if err != nil {
			return err
		}
		if sel.Status != committee.Decided {
			return errs.New(errs.Conflict, "decision.already_announced")
		}
		if err := errs.NewInvalid("decision.invalid", w.clean(d.Outcome)); err != nil {
			return err
		}
		comments, err := json.Marshal(append([]string{}, w.Comments...))
		if err != nil {
			return fmt.Errorf("write the comments on %s: %w", file, err)
		}
		n, err := tx.Exec(ctx, `update decisions set wording = $3, comments = $4, version = version + 1 where id = $1 and version = $2 and announced_at is null`, d.ID, w.Version, w.Wording, string(comments))
		if err != nil {
			return fmt.Errorf("reword the decision on %s: %w", file, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "decision.meanwhile")
		}
		if err := s.unprepare(ctx, tx, id); err != nil {
			return err
		}
		return s.record(ctx, tx, by, "decision.reworded", onSelection(id), map[string]any{"file": string(file)})
	})
}
