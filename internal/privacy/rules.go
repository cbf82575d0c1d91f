package privacy

import (
	"slices"
	"time"

	"transformateur/internal/platform/errs"
)

// Reach says who may change a duration.
type Reach string

// The reaches.
const (
	Fixed     Reach = "fixed"     // nobody: the program does it
	Install   Reach = "install"   // the data protection officer, for the whole install
	Programme Reach = "programme" // the officer, then each programme's lead for hers
	PerCall   Reach = "call"      // the legal block of each call, which its applicants read
)

// Rule is how long a kind of data is kept, from when, and why that long. The words
// are message keys: privacy.rule_KEY, privacy.from_KEY, privacy.source_KEY.
type Rule struct {
	Key    string
	Days   int // by default; 0: no limit of its own
	Min    int
	Max    int
	Reach  Reach
	Notice bool // people are told noticeDays before
}

// noticeDays is how long before an erasure those concerned are told, in days. GDPR,
// article 5(1)(a), asks for transparency and names no delay: a month is that of article 12(3).
const noticeDays = 30

// Rules is the calendar. Sources: GDPR, article 5(1)(e); CNIL, deliberation 2021-122
// of 14 October 2021 (logs: six months to one year); code de justice administrative,
// article R421-1 (two months to contest a decision); CNIL, deliberation 2021-131 of 23 September 2021
// (three years after the last contact, of which what a project leaves is the nearest case); code civil, article 2224 (five
// years to prove that a request was honoured). Where no text gives a figure, the
// page says that it is a choice of the install.
var Rules = []Rule{
	{"deleted_drafts", 30, 7, 90, Install, false},
	{"undeposited", 90, 30, 365, Programme, true},
	{"withdrawn", 183, 30, 365, Programme, true},
	{"inadmissible", 365, 61, 730, Programme, true},
	{"deposited", 730, 61, 3650, PerCall, true},
	{"projects", 1095, 365, 3650, Programme, true},
	{"uploads", 7, 7, 7, Fixed, false},
	{"dormant", 730, 365, 1095, Install, true},
	{"guests", 30, 1, 90, Install, false},
	{"needs", 30, 30, 30, Fixed, false},
	{"signins", 30, 30, 30, Fixed, false},
	{"attempts", 1, 1, 1, Fixed, false},
	{"invitations", 365, 365, 365, Fixed, false},
	{"mails", 365, 30, 730, Install, false},
	{"events", 90, 30, 365, Install, false},
	{"archives", 7, 7, 7, Fixed, false},
	{"requests", 1826, 1826, 1826, Fixed, false},
	{"roles", 0, 0, 0, Fixed, false},
	{"directory", 0, 0, 0, Fixed, false},
	{"published", 0, 0, 0, Fixed, false},
	{"journal", 0, 0, 0, Fixed, false},
}

// ruleOf finds a rule by its key.
func ruleOf(key string) (Rule, bool) {
	i := slices.IndexFunc(Rules, func(r Rule) bool { return r.Key == key })
	if i < 0 {
		return Rule{}, false
	}
	return Rules[i], true
}

// check says whether a duration is within the bounds of its rule.
func (r Rule) check(days int, reason string) error {
	var bad []errs.Field
	if days < r.Min || days > r.Max {
		bad = append(bad, errs.Field{Path: "days", Key: "privacy.days_bounds", Args: []any{r.Min, r.Max}})
	}
	if reason == "" {
		bad = append(bad, errs.Field{Path: "reason", Key: "privacy.reason_missing"})
	}
	return errs.NewInvalid("errs.invalid", bad)
}

// moment is when something is erased.
type moment struct {
	base     time.Time // from when the duration runs
	days     int
	extended time.Time // a later instant that somebody decided
	told     time.Time // when those concerned were told; zero: not yet
	held     bool      // a legal hold forbids it
}

// due is when the duration ends, by what was decided.
func (m moment) due() time.Time {
	end := m.base.AddDate(0, 0, m.days)
	if m.extended.After(end) {
		return m.extended
	}
	return end
}

// next says what is to do at an instant under a rule: "" (nothing), "tell" or "erase".
// Whoever is told late keeps her whole month.
func (m moment) next(r Rule, now time.Time) string {
	switch {
	case m.held:
		return ""
	case !r.Notice && !m.due().After(now):
		return "erase"
	case !r.Notice:
		return ""
	case m.told.IsZero() && !m.due().AddDate(0, 0, -noticeDays).After(now):
		return "tell"
	case !m.told.IsZero() && !m.erasedAt(r).After(now):
		return "erase"
	}
	return ""
}

// erasedAt is when it really goes: never before a month after the notice.
func (m moment) erasedAt(r Rule) time.Time {
	if after := m.told.AddDate(0, 0, noticeDays); r.Notice && !m.told.IsZero() && after.After(m.due()) {
		return after
	}
	return m.due()
}
