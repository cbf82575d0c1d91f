package deliberation

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/deliberation/portfolio"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/solve/calibrate"
	"transformateur/internal/solve/pairwise"
	"transformateur/internal/solve/standing"
	"transformateur/internal/solve/table"
)

// Line is what the readings say of one file. It informs: nothing is decided by it.
type Line struct {
	File       application.Application
	N          int // readings with a score
	Raw        float64
	RawRank    int // 1 is the best; equal means share it
	Calibrated float64
	Rank       int
	Compared   int     // comparisons it was in
	Preferred  int     // rank by comparisons alone among the files of this list; 0 when it was in none
	Low, High  float64 // 90 % interval of the calibrated score
	Chance     float64 // of being above the line
	Zone       standing.Zone
	Fragile    []string // readers whose absence alone would move the file across the line: named to chair and lead, else one empty name each
	Correction calibrate.Correction
	Advices    []Advice
	Decision   Decision
	Under      bool // its score is under the threshold of the room
}

// Advice is how many readers recommend the same thing.
type Advice struct {
	Label form.Localised
	Count int
}

// Gated is a file that does not meet an eliminatory condition for one reader at least: it
// is never ranked, the committee settles it.
type Gated struct {
	File     application.Application
	Failed   []Failure
	Readers  int
	Decision Decision
}

// Failure is an eliminatory condition, and for how many readers the file does not meet it.
type Failure struct {
	Label form.Localised
	Count int
}

// Severity is what a reader adds to a score beside the panel.
type Severity struct {
	Name   string
	N      int
	Shift  float64 // negative is severe
	Error  float64
	Shared int // readings that others made too
}

// Results are the readings of a selection put together.
type Results struct {
	Selection  committee.Selection
	Room       Room
	Lines      []Line // calibrated order when adjusted, raw order otherwise
	Gated      []Gated
	Unread     []application.Application // without any score
	Adjusted   bool                      // scores were corrected for the severity of readers
	Problems   []calibrate.Problem       // of the overlap of readers
	Compared   int                       // comparisons of the files of Lines, which join the scores
	Ordered    int                       // comparisons of all the files that are seen, with a score or not
	Target     int                       // files above the line; 0 when nothing says where it is
	Grey       int                       // files between sure and sure
	Flips      float64                   // of the files above the line, how many another panel would replace
	Severities []Severity                // for chair and lead only
	Agreement  []Agreement               // for chair and lead only: the score first, then each criterion
	Portfolio  portfolio.Portfolio
	Retained   int // files that are retained, merged or paired now
	lang       string
}

// Results puts the readings together for who may see them. What is closed to her is left
// out before anything is computed.
func (s *Service) Results(ctx context.Context, by account.User, id committee.SelectionID) (Results, error) {
	r := s.db.Reader()
	sel, err := s.require(ctx, r, by, "selection.results", id)
	if err != nil {
		return Results{}, err
	}
	v := Results{Selection: sel, lang: by.Lang}
	if v.Room, err = roomOf(ctx, r, id); err != nil {
		return v, err
	}
	v.Room = v.Room.settings()
	files, err := s.seen(ctx, r, by, sel)
	if err != nil {
		return v, err
	}
	all, err := s.readings.Readings(ctx, r, id)
	if err != nil {
		return v, err
	}
	preferred, err := s.compared.Preferences(ctx, r, id)
	if err != nil {
		return v, err
	}
	had, err := s.decided(ctx, r, by, id)
	if err != nil {
		return v, err
	}
	named, err := s.namesReaders(ctx, r, by, sel)
	if err != nil {
		return v, err
	}
	if err := s.rank(&v, said{files, all, preferred, had}, named); err != nil {
		return v, err
	}
	if named {
		v.Agreement = agree(files, all)
	}
	v.Portfolio, err = s.portfolio(ctx, r, files, had, &v)
	return v, err
}

// portfolio counts how the files that by sees spread.
func (s *Service) portfolio(ctx context.Context, r db.Reader, files []application.Application, had map[application.ID]Decision, v *Results) (portfolio.Portfolio, error) {
	if len(files) == 0 || v.Selection.Call.Revision == 0 {
		return portfolio.Portfolio{}, nil
	}
	compiled, err := s.calls.Form(ctx, r, v.Selection.Call.ID, v.Selection.Call.Revision)
	if err != nil {
		return portfolio.Portfolio{}, fmt.Errorf("read the form of %s: %w", v.Selection.Call.ID, err)
	}
	above := map[application.ID]bool{}
	for _, l := range v.Lines[:min(v.Target, len(v.Lines))] {
		above[l.File.ID] = true
	}
	var all []portfolio.File
	for _, a := range files {
		o := had[a.ID].Outcome
		all = append(all, portfolio.File{ID: a.ID, Above: above[a.ID], Retained: o == Retain || o.ofTwo(), Reserve: o == Reserve})
	}
	return v.Room.Portfolio.Of(ctx, r, compiled.Form, all, v.Room.Envelope, portfolio.Speech{Lang: v.lang, Territory: s.places.Territory})
}

// namesReaders says whether by sees how severe each reader is: the chair and the lead, who
// register recusals and also read results.
func (s *Service) namesReaders(ctx context.Context, r db.Reader, by account.User, sel committee.Selection) (bool, error) {
	d, err := s.policy.Decide(ctx, r, by, "selection.register", sel.Object(s.clock.Now()))
	return d.Allowed, err
}

// said is what members said of the files that a reader sees, and what was decided.
type said struct {
	files    []application.Application
	readings []Reading
	compared []Preference
	had      map[application.ID]Decision
}

// rank sorts files between those that are ranked, those that fail a gate and those that
// nobody read, and calibrates the first.
func (s *Service) rank(v *Results, m said, named bool) error {
	v.Ordered = len(votes(m.compared, byID(m.files)))
	byFile, names := map[application.ID][]Reading{}, map[string]string{}
	files, had := m.files, m.had
	for _, one := range m.readings {
		byFile[one.File] = append(byFile[one.File], one)
		names[string(one.Member)] = one.Name
	}
	in := calibrate.Input{Seed: 1}
	at := map[string]application.Application{}
	for _, a := range files {
		if d := had[a.ID]; d.Outcome == Retain || d.Outcome.ofTwo() {
			v.Retained++
		}
		if g := gated(a, byFile[a.ID]); len(g.Failed) > 0 {
			g.Decision = had[a.ID]
			v.Gated = append(v.Gated, g)
			continue
		}
		scored := false
		for _, one := range byFile[a.ID] {
			if one.Scored {
				scored = true
				in.Readings = append(in.Readings, calibrate.Reading{File: string(a.ID), Reader: string(one.Member), Score: one.Score, Weight: weight(one)})
			}
		}
		if !scored {
			v.Unread = append(v.Unread, a)
			continue
		}
		at[string(a.ID)] = a
	}
	if len(at) == 0 {
		return nil
	}
	in.Votes = votes(m.compared, at)
	v.Compared = len(in.Votes)
	in.Select = max(1, min(v.Selection.Target, len(at)))
	if v.Selection.Target > 0 && v.Selection.Target < len(at) {
		v.Target = v.Selection.Target
	}
	got, err := s.fit(in)
	if err != nil {
		return fmt.Errorf("calibrate the readings of %s: %w", v.Selection.ID, err)
	}
	panel{at, byFile, had, names, named}.tell(v, got)
	return v.prefer(in.Votes)
}

// votes are the comparisons of files that are ranked: the others have no score to join.
func votes(all []Preference, at map[string]application.Application) (list []pairwise.Vote) {
	for _, one := range all {
		vote := pairwise.Vote{Reader: string(one.Member), Winner: string(one.Winner), Loser: string(one.Loser), Equal: one.Equal}
		if at[vote.Winner].ID != "" && at[vote.Loser].ID != "" {
			list = append(list, vote)
		}
	}
	slices.SortFunc(list, func(a, b pairwise.Vote) int {
		return cmp.Or(cmp.Compare(a.Reader, b.Reader), cmp.Compare(a.Winner, b.Winner), cmp.Compare(a.Loser, b.Loser))
	})
	return list
}

func byID(files []application.Application) map[string]application.Application {
	at := map[string]application.Application{}
	for _, a := range files {
		at[string(a.ID)] = a
	}
	return at
}

// prefer says the order that comparisons alone give to the files of the list.
func (v *Results) prefer(votes []pairwise.Vote) error {
	if len(votes) == 0 {
		return nil
	}
	got, err := pairwise.Fit(pairwise.Input{Votes: votes, Select: 1, Seed: 1, Draws: 1, Reliability: true})
	if err != nil {
		return fmt.Errorf("rank the comparisons of %s: %w", v.Selection.ID, err)
	}
	for _, it := range got.Items {
		i := slices.IndexFunc(v.Lines, func(l Line) bool { return string(l.File.ID) == it.Item })
		v.Lines[i].Compared, v.Lines[i].Preferred = it.N, it.Rank
	}
	return nil
}

// weight lets a reader who says that she is unsure count for less, down to a half.
func weight(one Reading) float64 {
	if !one.Sure {
		return 1
	}
	return 0.5 + one.Certainty
}

func gated(a application.Application, list []Reading) Gated {
	g := Gated{File: a, Readers: len(list)}
	for _, one := range list {
		for _, label := range one.Failed {
			i := slices.IndexFunc(g.Failed, func(f Failure) bool { return f.Label["fr"] == label["fr"] })
			if i < 0 {
				i, g.Failed = len(g.Failed), append(g.Failed, Failure{Label: label})
			}
			g.Failed[i].Count++
		}
	}
	return g
}

// fit calibrates, once for the same readings: everybody opens the same results.
func (s *Service) fit(in calibrate.Input) (*calibrate.Result, error) {
	slices.SortFunc(in.Readings, func(a, b calibrate.Reading) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Reader, b.Reader))
	})
	text, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	key := sha256.Sum256(text)
	s.fits.Lock()
	defer s.fits.Unlock()
	if had := s.fits.kept[key]; had != nil {
		return had, nil
	}
	got, err := calibrate.Fit(in)
	var fault *table.Fault
	if errors.As(err, &fault) && fault.Problem == table.Infeasible {
		return &calibrate.Result{}, nil
	}
	if err != nil {
		return nil, err
	}
	if s.fits.kept == nil || len(s.fits.kept) >= keptFits {
		s.fits.kept = map[[32]byte]*calibrate.Result{}
	}
	s.fits.kept[key] = got
	return got, nil
}

// keptFits bounds how many calibrations are remembered: one for each set of files that
// members of the committees that deliberate today see.
const keptFits = 64

// panel is what the figures of a calibration are about.
type panel struct {
	at     map[string]application.Application // ranked files
	byFile map[application.ID][]Reading
	had    map[application.ID]Decision
	names  map[string]string // of readers
	named  bool              // readers are named to who reads
}

// tell writes what a calibration says in the words of the page.
func (p panel) tell(v *Results, got *calibrate.Result) {
	v.Adjusted, v.Problems, v.Flips = got.Adjusted, got.Overlap.Problems, got.ExpectedFlips
	fragile := map[string][]string{}
	for _, out := range got.LeaveOut {
		for _, file := range slices.Concat(out.In, out.Out) {
			name := ""
			if p.named {
				name = p.names[out.Reader]
			}
			fragile[file] = append(fragile[file], name)
		}
	}
	for _, f := range got.Files {
		a := p.at[f.File]
		l := Line{File: a, N: f.N, Raw: f.RawMean, RawRank: f.RawRank, Calibrated: f.Calibrated, Rank: f.Rank, Low: f.Low, High: f.High, Chance: f.PSelected, Zone: f.Zone, Correction: f.Correction,
			Advices: advices(p.byFile[a.ID]), Decision: p.had[a.ID]}
		if v.Target > 0 {
			l.Fragile = fragile[f.File]
		}
		score := f.Calibrated
		if !got.Adjusted {
			score = f.RawMean
		}
		l.Under = v.Room.Threshold != nil && score < *v.Room.Threshold
		if v.Target > 0 && f.Zone == standing.Grey {
			v.Grey++
		}
		v.Lines = append(v.Lines, l)
	}
	if !p.named || !got.Adjusted {
		return
	}
	for _, r := range got.Readers {
		v.Severities = append(v.Severities, Severity{p.names[r.Reader], r.N, r.Shift, r.ShiftError, r.Shared})
	}
	slices.SortFunc(v.Severities, func(a, b Severity) int { return cmp.Or(cmp.Compare(a.Shift, b.Shift), cmp.Compare(a.Name, b.Name)) })
}

func advices(list []Reading) (out []Advice) {
	for _, one := range list {
		if one.Advice["fr"] == "" {
			continue
		}
		i := slices.IndexFunc(out, func(a Advice) bool { return a.Label["fr"] == one.Advice["fr"] })
		if i < 0 {
			i, out = len(out), append(out, Advice{Label: one.Advice})
		}
		out[i].Count++
	}
	slices.SortStableFunc(out, func(a, b Advice) int { return cmp.Compare(b.Count, a.Count) })
	return out
}
