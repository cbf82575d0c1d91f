package privacy

import (
	"context"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/policy"
	"transformateur/internal/privacy/statement"
)

// Processing is one entry of the register (GDPR, article 30). Its purpose, legal
// basis, people and recipients are message keys: privacy.purpose_KEY and so on.
type Processing struct {
	Activity Activity
	Natures  []Nature // of personal data
	Rules    []Kept   // how long, once each
	Tables   []Table  // the officer's part
}

// Kept is a rule with the days that hold on this install.
type Kept struct {
	Rule Rule
	Days int
}

// Register is the register of processing.
type Register struct {
	Statements statement.Statements
	Entries    []Processing
}

// Register gives the part of the register that everybody may read.
func (s *Service) Register(ctx context.Context, _ account.User) (Register, error) {
	statements, err := statement.Read(ctx, s.db.Reader())
	if err != nil {
		return Register{}, err
	}
	d, err := readDurations(ctx, s.db.Reader())
	if err != nil {
		return Register{}, err
	}
	reg := Register{Statements: statements}
	for _, a := range Activities {
		reg.Entries = append(reg.Entries, processing(a, d))
	}
	return reg, nil
}

// FullRegister adds the tables and columns, for the data protection officer and the audit.
func (s *Service) FullRegister(ctx context.Context, by account.User) (Register, error) {
	if err := s.require(ctx, s.db.Reader(), by, actRegister, policy.Platform); err != nil {
		return Register{}, err
	}
	reg, err := s.Register(ctx, by)
	for i, e := range reg.Entries {
		reg.Entries[i].Tables = Of(e.Activity)
	}
	return reg, err
}

// processing gathers from the map what the register says of an activity.
func processing(a Activity, d durations) Processing {
	p := Processing{Activity: a}
	for _, n := range natures {
		if slices.ContainsFunc(Of(a), func(t Table) bool { return slices.Contains(t.Natures(), n) }) {
			p.Natures = append(p.Natures, n)
		}
	}
	for _, rule := range Rules {
		used := slices.ContainsFunc(Of(a), func(t Table) bool { return t.Rule == rule.Key }) ||
			a == Files && slices.Contains([]string{"deleted_drafts", "undeposited", "withdrawn", "inadmissible"}, rule.Key)
		if used {
			p.Rules = append(p.Rules, Kept{rule, d.of(rule, "")})
		}
	}
	return p
}
