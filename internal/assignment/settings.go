package assignment

import (
	"context"
	"slices"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/solve/assign"
)

// Settings is what is asked of the engine.
type Settings struct {
	Readers     int                  `json:"readers"` // of each file
	Least       int                  `json:"least"`   // files for a member who has no bound of her own
	Most        int                  `json:"most"`    // the same; 0 is no bound
	Competence  float64              `json:"competence"`
	Text        float64              `json:"text"`
	Bid         float64              `json:"bid"`
	Themes      []string             `json:"themes,omitempty"` // the questions that say a file's themes; none is every question of choice
	Objective   assign.Objective     `json:"objective"`
	Levels      int                  `json:"levels,omitempty"` // how many times a fair objective raises a floor; 0 is once
	Cap         float64              `json:"cap,omitempty"`    // the most chances that a draw gives a pair; 0 draws nothing
	Spread      float64              `json:"spread,omitempty"` // from 0 to 1: how much a draw flattens the chances further
	Even        bool                 `json:"even"`             // loads within one reading, as far as bounds allow
	OneOfAHouse bool                 `json:"one_a_house"`      // at most one reader of an organisation
	Needs       []Group              `json:"needs,omitempty"`
	Pinned      []Pair               `json:"pinned,omitempty"`
	Barred      []Pair               `json:"barred,omitempty"` // by hand
	Away        []committee.MemberID `json:"away,omitempty"`   // who cannot read for now
	Seed        uint64               `json:"seed"`
}

// Group is some of the members: those of a role, of an organisation, or who know something.
type Group struct {
	Family string `json:"family"` // FamilyRole, FamilyHouse or FamilyCompetence
	Name   string `json:"name"`
}

// The families of groups.
const (
	FamilyRole       = "role"
	FamilyHouse      = "organisation"
	FamilyCompetence = "competence"
)

// The bounds of what is typed.
const (
	mostReaders = 20
	mostFiles   = 10_000
	mostWeight  = 10
	mostNeeds   = 20
	mostLevels  = 20
	leastCap    = 0.05 // under, one pair in twenty, hardly any committee is large enough
)

// startingFrom are the settings of a selection for which nothing was chosen yet: reading
// what one knows counts as much as what one wishes, words half as much; the worst-off
// file first.
func startingFrom(sel committee.Selection) Settings {
	s := Settings{Readers: max(sel.Readers, 1), Competence: 1, Text: 0.5, Bid: 1, Objective: assign.Fair, Even: true, OneOfAHouse: true, Seed: 1}
	if !sel.Bidding {
		s.Bid = 0
	}
	return s
}

// Choice is what the page of settings shows.
type Choice struct {
	committee.Selection
	Settings
	Version   int64
	Groups    []Group    // those that members form
	Questions []Question // whose answers may be themes
	Members   []committee.Member
}

// Question is one of the call's that is answered by choosing.
type Question struct{ ID, Label string }

// Settings gives what is asked of the engine, to who assigns; lang is that of the questions.
func (s *Service) Settings(ctx context.Context, by account.User, id committee.SelectionID, lang string) (c Choice, err error) {
	r := s.db.Reader()
	if c.Selection, err = s.require(ctx, r, by, "selection.assign", id); err != nil {
		return c, err
	}
	p, err := loadPlan(ctx, r, c.Selection)
	if err != nil {
		return c, err
	}
	c.Settings, c.Version = p.Settings, p.Version
	if c.Members, err = s.readers(ctx, r, c.Selection); err != nil {
		return c, err
	}
	c.Groups = groupsOf(c.Members)
	fields, err := s.choices(ctx, r, c.Selection)
	for _, f := range fields {
		c.Questions = append(c.Questions, Question{f.ID, f.Label.In(lang)})
	}
	return c, err
}

// groupsOf lists the groups that members form, by family then by name.
func groupsOf(members []committee.Member) (list []Group) {
	for _, m := range members {
		for family, names := range groups(m) {
			for _, name := range names {
				if g := (Group{family, name}); !slices.Contains(list, g) {
					list = append(list, g)
				}
			}
		}
	}
	slices.SortFunc(list, func(a, b Group) int {
		if c := slices.Index(families, a.Family) - slices.Index(families, b.Family); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	return list
}

var families = []string{FamilyRole, FamilyHouse, FamilyCompetence}

// Choose keeps what is asked of the engine; pairs pinned, barred and who is away are
// changed elsewhere and stay. Errors: Invalid, field by field; Conflict when it was
// changed meanwhile.
func (s *Service) Choose(ctx context.Context, by account.User, id committee.SelectionID, in Settings, base int64) error {
	return s.change(ctx, by, id, base, "assignment.settings", func(sel committee.Selection, p *Plan) error {
		if err := in.check(); err != nil {
			return err
		}
		in.Pinned, in.Barred, in.Away = p.Settings.Pinned, p.Settings.Barred, p.Settings.Away
		p.Settings = in
		return nil
	})
}

func (in Settings) check() error {
	var bad []errs.Field
	fault := func(wrong bool, path, key string, args ...any) {
		if wrong {
			bad = append(bad, errs.Field{Path: path, Key: key, Args: args})
		}
	}
	fault(in.Readers < 1 || in.Readers > mostReaders, "readers", "assignment.readers_range", mostReaders)
	fault(in.Least < 0 || in.Least > mostFiles, "least", "assignment.load_range", mostFiles)
	fault(in.Most < 0 || in.Most > mostFiles, "most", "assignment.load_range", mostFiles)
	fault(in.Most > 0 && in.Least > in.Most, "most", "assignment.most_under_least")
	for path, w := range map[string]float64{"competence": in.Competence, "text": in.Text, "bid": in.Bid} {
		fault(!(w >= 0 && w <= mostWeight), path, "assignment.weight_range", mostWeight)
	}
	fault(in.Objective != assign.Total && in.Objective != assign.Fair, "objective", "assignment.objective_missing")
	fault(in.Levels < 0 || in.Levels > mostLevels, "levels", "assignment.levels_range", mostLevels)
	fault(in.Cap != 0 && !(in.Cap >= leastCap && in.Cap <= 1), "cap", "assignment.cap_range")
	fault(!(in.Spread >= 0 && in.Spread <= 1), "spread", "assignment.spread_range")
	fault(len(in.Needs) > mostNeeds, "needs", "assignment.needs_many", mostNeeds)
	slices.SortFunc(bad, func(a, b errs.Field) int { return strings.Compare(a.Path, b.Path) })
	return errs.NewInvalid("assignment.invalid", bad)
}

// change reads a plan, has it changed, and keeps it with a line in the journal. base is
// the version that was read by who acts; -1 takes the one that stands.
func (s *Service) change(ctx context.Context, by account.User, id committee.SelectionID, base int64, act string, do func(committee.Selection, *Plan) error) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		sel, err := s.require(ctx, tx, by, "selection.assign", id)
		if err != nil {
			return err
		}
		p, err := loadPlan(ctx, tx, sel)
		if err != nil {
			return err
		}
		if base >= 0 && p.Version != base {
			return errs.New(errs.Conflict, "assignment.changed_meanwhile")
		}
		if err := do(sel, &p); err != nil {
			return err
		}
		if err := s.keepPlan(ctx, tx, by, id, p); err != nil {
			return err
		}
		return s.record(ctx, tx, by, act, id, nil)
	})
}
