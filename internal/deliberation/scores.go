package deliberation

import (
	"cmp"
	"slices"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/form"
)

// Scores are what the readings say of one file, in the room, to who may read the results.
type Scores struct {
	Line Line    // of the calibration, as on the page of results; no readings when N is 0
	Rank int     // place in the order of the results; 0 when the file is not ranked
	Of   int     // files that are ranked
	All  []Given // her own first, then by name

	Adjusted bool // scores were corrected for the severity of readers
	Target   int  // files above the line; 0 when nothing says where it is
}

// Given is one reading, as the room shows it.
type Given struct {
	Name   string
	Own    bool
	Score  float64
	Scored bool
	Advice form.Localised
	Failed []form.Localised // eliminatory conditions that the file does not meet
	member committee.MemberID
}

// scores tells what the readings say of a file, from what by sees alone; nil when nobody
// read it. Those to whom the same files are open share one calibration.
func (s *Service) scores(by account.User, v *View, f *facts) (*Scores, error) {
	var key strings.Builder
	for _, one := range v.Items {
		key.WriteString(string(one.ID) + " ")
	}
	f.scores.Lock()
	defer f.scores.Unlock()
	shared := f.scores.of[key.String()]
	if shared == nil {
		var err error
		if shared, err = s.scored(v, f); err != nil {
			return nil, err
		}
		if f.scores.of == nil {
			f.scores.of = map[string]*Scores{}
		}
		f.scores.of[key.String()] = shared
	}
	if len(shared.All) == 0 {
		return nil, nil
	}
	out := *shared
	out.All = slices.Clone(shared.All)
	seat := v.seat(by.ID)
	for i := range out.All {
		out.All[i].Own = seat != "" && out.All[i].member == seat
	}
	slices.SortStableFunc(out.All, func(a, b Given) int { return last(a.Own) - last(b.Own) })
	return &out, nil
}

func last(own bool) int {
	if own {
		return 0
	}
	return 1
}

// scored puts together what the readings say of the file of a view.
func (s *Service) scored(v *View, f *facts) (*Scores, error) {
	got := Results{Selection: v.Selection, Room: v.Room}
	var files []application.Application
	open := map[application.ID]bool{}
	for _, one := range v.Items {
		files, open[one.ID] = append(files, one.Application), true
	}
	shown := slices.DeleteFunc(slices.Clone(f.readings), func(one Reading) bool { return !open[one.File] })
	if err := s.rank(&got, said{files: files, readings: shown, compared: f.compared}, false); err != nil {
		return nil, err
	}
	out := &Scores{Adjusted: got.Adjusted, Target: got.Target, Of: len(got.Lines)}
	if i := slices.IndexFunc(got.Lines, func(l Line) bool { return l.File.ID == v.File.ID }); i >= 0 {
		out.Line, out.Rank = got.Lines[i], i+1
	}
	for _, one := range f.readings {
		if one.File == v.File.ID {
			out.All = append(out.All, Given{member: one.Member, Name: one.Name, Score: one.Score, Scored: one.Scored, Advice: one.Advice, Failed: one.Failed})
		}
	}
	slices.SortFunc(out.All, func(a, b Given) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

// seat is that of somebody who is in the room; "" when she does not sit.
func (v View) seat(person account.PersonID) committee.MemberID {
	for _, p := range v.Here {
		if p.ID == person {
			return p.Member
		}
	}
	return ""
}
