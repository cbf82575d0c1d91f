package committee

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
)

// The bounds of what is typed, in characters, and of figures.
const (
	maxName        = 120
	maxPromise     = 6000
	maxReason      = 2000
	leastReason    = 10
	mostReaders    = 20
	mostTarget     = 100_000
	mostFiles      = 10_000
	defaultReaders = 2
)

// Settings is what the programme's team chooses of a selection. Instants are local
// times of the call's zone, "2027-03-05T12:00"; "" is a date not chosen yet.
type Settings struct {
	Name            form.Localised
	Blind           Blind
	Others          Others
	NamesPublic     bool
	Bidding         bool
	Readers, Target int
	ReviewsDueAt    string
	DeliberatesAt   string
	Confidentiality form.Localised
}

const localTime = "2006-01-02T15:04"

// Settings gives the settings as they are typed.
func (s Selection) Settings() Settings {
	write := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(zone.Location(s.Call.Zone)).Format(localTime)
	}
	return Settings{s.Name, s.Blind, s.Others, s.NamesPublic, s.Bidding, s.Readers, s.Target, write(s.ReviewsDueAt), write(s.DeliberatesAt), s.Confidentiality}
}

// langs are those of the texts of a selection; only the first is required.
var langs = []string{"fr", "en"}

// into puts the settings in a selection; every bad one is reported at once.
func (in Settings) into(s Selection) (Selection, error) {
	var bad []errs.Field
	fault := func(wrong bool, path, key string, args ...any) {
		if wrong {
			bad = append(bad, errs.Field{Path: path, Key: key, Args: args})
		}
	}
	read := func(path, typed string) time.Time {
		if typed == "" {
			return time.Time{}
		}
		at, err := zone.Resolve(typed, s.Call.Zone)
		if e, ok := err.(*errs.Error); ok {
			fault(true, path, e.Key, e.Args...)
		}
		return at
	}
	s.Name, s.Confidentiality = form.Localised{}, form.Localised{}
	for _, l := range langs {
		s.Name[l], s.Confidentiality[l] = oneLine(in.Name[l]), strings.TrimSpace(text.Clean(in.Confidentiality[l]))
		fault(utf8.RuneCountInString(s.Name[l]) > maxName, "name_"+l, "committee.name_long", maxName)
		fault(utf8.RuneCountInString(s.Confidentiality[l]) > maxPromise, "confidentiality_"+l, "committee.promise_long", maxPromise)
	}
	fault(s.Name["fr"] == "", "name_fr", "committee.name_missing")
	fault(s.Confidentiality["fr"] == "", "confidentiality_fr", "committee.promise_missing")
	fault(!slices.Contains([]Blind{Open, Veiled}, in.Blind), "blind", "committee.choice_missing")
	fault(!slices.Contains([]Others{AfterOwn, AtDeliberation}, in.Others), "others", "committee.choice_missing")
	fault(in.Readers < 1 || in.Readers > mostReaders, "readers", "committee.readers_range", mostReaders)
	fault(in.Target < 0 || in.Target > mostTarget, "target", "committee.target_range", mostTarget)
	s.Blind, s.Others, s.NamesPublic, s.Bidding, s.Readers, s.Target = in.Blind, in.Others, in.NamesPublic, in.Bidding, in.Readers, in.Target
	s.ReviewsDueAt, s.DeliberatesAt = read("reviews_due_at", in.ReviewsDueAt), read("deliberates_at", in.DeliberatesAt)
	fault(!s.ReviewsDueAt.IsZero() && s.DeliberatesAt.After(time.Time{}) && s.DeliberatesAt.Before(s.ReviewsDueAt), "deliberates_at", "committee.deliberation_before_reviews")
	return s, errs.NewInvalid("committee.invalid", bad)
}

// Opening prepares the next selection of a call for whoever may create it: its round,
// its stage and what it starts from, but for its words. Error: Conflict when the call has its two.
func (s *Service) Opening(ctx context.Context, by account.User, id call.ID) (Selection, error) {
	return s.opening(ctx, s.db.Reader(), by, id)
}

func (s *Service) opening(ctx context.Context, r db.Reader, by account.User, id call.ID) (Selection, error) {
	c, err := call.Load(ctx, r, id)
	if err != nil {
		return Selection{}, err
	}
	if _, err := s.policy.Require(ctx, r, by, "selection.create", c.Object(s.clock.Now())); err != nil {
		return Selection{}, err
	}
	had, err := Of(ctx, r, c)
	if err != nil {
		return Selection{}, err
	}
	if len(had) >= 2 {
		return Selection{}, errs.New(errs.Conflict, "committee.two_rounds")
	}
	sel := Selection{Call: c, Round: len(had) + 1, Status: Preparing, Blind: Open, Others: AfterOwn, Bidding: true, Readers: defaultReaders, Target: c.Target, Version: 1}
	stages, err := db.List(ctx, r, db.Value[string], `select id from stages where edition_id = $1 and kind = 'selection' order by position, id`, c.EditionID)
	if sel.Round <= len(stages) {
		sel.StageID = stages[sel.Round-1]
	}
	return sel, err
}

// Create opens the next selection of a call: the first round, or the second one.
// Errors: Invalid; Conflict when the call has its two, or somebody opened it meanwhile.
func (s *Service) Create(ctx context.Context, by account.User, id call.ID, in Settings) (Selection, error) {
	var sel Selection
	err := s.db.Write(ctx, func(tx *db.Tx) (err error) {
		if sel, err = s.opening(ctx, tx, by, id); err != nil {
			return err
		}
		if sel, err = in.into(sel); err != nil {
			return err
		}
		sel.ID, sel.CreatedAt = SelectionID(db.NewID()), s.clock.Now()
		_, err = tx.Exec(ctx, `
			insert into selections (id, call_id, stage_id, round, name_fr, name_en, status, blind, others, names_public, bidding, readers, target,
			  reviews_due_at, deliberates_at, confidentiality_fr, confidentiality_en, version, created_at, created_by)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 1, $18, $19)`,
			string(sel.ID), string(sel.Call.ID), db.Null(sel.StageID), sel.Round, sel.Name["fr"], sel.Name["en"], string(sel.Status), string(sel.Blind), string(sel.Others),
			sel.NamesPublic, sel.Bidding, sel.Readers, sel.Target, sel.ReviewsDueAt, sel.DeliberatesAt, sel.Confidentiality["fr"], sel.Confidentiality["en"], sel.CreatedAt, by.Actor())
		if db.Taken(err) {
			return errs.New(errs.Conflict, "committee.changed_meanwhile")
		}
		if err != nil {
			return fmt.Errorf("create a selection: %w", err)
		}
		return s.record(ctx, tx, by, "selection.created", sel.ID, map[string]any{"call": string(id), "round": sel.Round})
	})
	return sel, err
}

// Edit saves the settings, if nobody else did since base. Once the reading is open the
// blind mode stays: what was shown cannot be hidden again.
// Errors: Invalid; Conflict when somebody saved meanwhile.
func (s *Service) Edit(ctx context.Context, by account.User, id SelectionID, in Settings, base int64) (Selection, error) {
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		sel, err := s.require(ctx, tx, by, "selection.manage", id)
		if err != nil {
			return err
		}
		if sel.Status != Preparing {
			in.Blind = sel.Blind
		}
		if sel, err = in.into(sel); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `
			update selections set name_fr = $3, name_en = $4, blind = $5, others = $6, names_public = $7, bidding = $8, readers = $9, target = $10,
			  reviews_due_at = $11, deliberates_at = $12, confidentiality_fr = $13, confidentiality_en = $14, version = version + 1
			where id = $1 and version = $2`, string(id), base, sel.Name["fr"], sel.Name["en"], string(sel.Blind), string(sel.Others), sel.NamesPublic, sel.Bidding, sel.Readers, sel.Target,
			sel.ReviewsDueAt, sel.DeliberatesAt, sel.Confidentiality["fr"], sel.Confidentiality["en"])
		if err != nil {
			return fmt.Errorf("save the settings of selection %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "committee.changed_meanwhile")
		}
		return s.record(ctx, tx, by, "selection.edited", id, nil)
	})
	if err != nil {
		return Selection{}, err
	}
	return Load(ctx, s.db.Reader(), id)
}

// OfCall lists the selections of a call that by may read, the first round first, and
// says whether she may open the next one.
func (s *Service) OfCall(ctx context.Context, by account.User, c call.Call) (list []Selection, create bool, err error) {
	r, now := s.db.Reader(), s.clock.Now()
	all, err := Of(ctx, r, c)
	if err != nil {
		return nil, false, err
	}
	for _, sel := range all {
		d, err := s.policy.Decide(ctx, r, by, "selection.read", sel.Object(now))
		if err != nil {
			return nil, false, err
		}
		if d.Allowed {
			list = append(list, sel)
		}
	}
	d, err := s.policy.Decide(ctx, r, by, "selection.create", c.Object(now))
	return list, d.Allowed && len(all) < 2, err
}

// oneLine keeps what somebody typed as one line without control characters.
func oneLine(s string) string { return strings.Join(strings.Fields(text.Clean(s)), " ") }

// reasonOf cleans a reason and says what keeps it from being one.
func reasonOf(typed string) (string, []errs.Field) {
	reason := strings.TrimSpace(text.Clean(typed))
	switch n := utf8.RuneCountInString(reason); {
	case n < leastReason:
		return reason, []errs.Field{{Path: "reason", Key: "committee.reason_short", Args: []any{leastReason}}}
	case n > maxReason:
		return reason, []errs.Field{{Path: "reason", Key: "committee.reason_long", Args: []any{maxReason}}}
	}
	return reason, nil
}

// ref is the selection for the policy and for invitations.
func ref(id SelectionID) policy.Ref { return policy.Ref{Kind: "selection", ID: string(id)} }
