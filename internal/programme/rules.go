package programme

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/territory"
)

// Limits of the texts, in characters.
const (
	MaxName  = 120
	MaxTheme = 300
	MaxAbout = 20_000
)

// problems gathers every bad field, so that nobody corrects a form twice.
type problems []errs.Field

func (p *problems) add(path, key string, args ...any) {
	*p = append(*p, errs.Field{Path: path, Key: key, Args: args})
}

// words checks a text in both languages.
func (p *problems) words(path string, w Words, limit int, required bool) {
	if required && w.FR == "" {
		p.add(path+"_fr", "programme.required")
	}
	for lang, s := range map[string]string{"_fr": w.FR, "_en": w.EN} {
		if n := utf8.RuneCountInString(s); n > limit {
			p.add(path+lang, "programme.too_long", limit, n-limit)
		}
	}
}

func (p *problems) territory(code string) {
	if code == "" {
		return
	}
	if _, ok := Territory(code); !ok {
		p.add("territory", "programme.territory_unknown")
	}
}

func (p *problems) zone(name string) {
	if _, err := zone.Load(name); err != nil {
		p.add("zone", "programme.zone_unknown")
	}
}

func (p problems) err() error {
	slices.SortStableFunc(p, func(a, b errs.Field) int { return strings.Compare(a.Path, b.Path) })
	return errs.NewInvalid("programme.invalid", p)
}

// Territory finds the place that an edition names ("region:28").
func Territory(code string) (territory.Place, bool) {
	kind, id, ok := strings.Cut(code, ":")
	if !ok {
		return territory.Place{}, false
	}
	return territory.Find(territory.Ref{Kind: territory.Kind(kind), Code: id})
}

func cleanWords(w Words) Words { return Words{clean(w.FR), clean(w.EN)} }

func clean(s string) string { return strings.TrimSpace(text.Clean(s)) }

// ordered says what is wrong with the dates of stages in their order: a stage closes
// after it opens, and never opens before the one ahead of it.
func ordered(stages []Stage) (bad problems) {
	var ahead time.Time
	for _, s := range stages {
		path := "stage." + strconv.Itoa(s.Position)
		if !s.OpensAt.IsZero() && !s.ClosesAt.IsZero() && !s.ClosesAt.After(s.OpensAt) {
			bad.add(path+".closes", "programme.stage_closes_first", s.Name.FR)
		}
		if s.OpensAt.IsZero() {
			continue
		}
		if s.OpensAt.Before(ahead) {
			bad.add(path+".opens", "programme.stage_out_of_order", s.Name.FR)
		}
		ahead = s.OpensAt
	}
	return bad
}

// publishable says what keeps an edition from being shown to everybody.
func publishable(e Edition, stages []Stage) error {
	if e.Status != Preparing {
		return errs.New(errs.Conflict, "programme.not_preparing")
	}
	var bad problems
	bad.words("name", e.Name, MaxName, true)
	bad.words("theme", e.Theme, MaxTheme, true)
	bad.words("about", e.About, MaxAbout, true)
	if len(stages) == 0 {
		bad.add("stages", "programme.no_stage")
	} else if stages[0].OpensAt.IsZero() {
		bad.add("stages", "programme.first_stage_undated")
	}
	bad = append(bad, ordered(stages)...)
	return bad.err()
}

// checkStage says what is wrong with one stage alone.
func checkStage(s Stage) (bad problems) {
	if !slices.Contains(Kinds, s.Kind) {
		bad.add("kind", "programme.kind_unknown")
	}
	bad.words("name", s.Name, MaxName, true)
	bad.words("about", s.About, MaxAbout, false)
	if s.Target < 0 || s.Target > 1_000_000 {
		bad.add("target", "programme.target_bad")
	}
	return bad
}
