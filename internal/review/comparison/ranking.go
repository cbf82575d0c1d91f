package comparison

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/solve/pairwise"
	"transformateur/internal/solve/standing"
	"transformateur/internal/solve/table"
)

// Line is what the answers of a round say of one file. It informs: nothing is decided by it.
// A file is out of the grey zone when its 90 % interval of ranks stands on one side of the line.
type Line struct {
	File application.Application
	pairwise.Item
}

// Trust is how the answers of a member go with those of the others.
type Trust struct {
	Name string
	pairwise.Reader
	Learnt bool // she answered enough for her reliability to be estimated
}

// Ranking is the order that the answers of a closed round give.
type Ranking struct {
	Selection committee.Selection
	Round     Round   // no ID before one closed
	Rounds    []Round // that closed, the last one first
	Lines     []Line  // from the best
	Apart     []application.Application
	Answers   int     // that tell something
	Target    int     // files above the line; 0 when nothing says where it is
	Undecided int     // files that the answers do not settle beside the line
	Scale     float64 // deviation of the worths, in logits
	Trusts    []Trust // for chair and lead only, by name
}

// Ranking reads the order of a closed round, the last one for number 0. What is closed to by
// is left out before anything is computed. Error: NotFound for a round that has not closed.
func (s *Service) Ranking(ctx context.Context, by account.User, id committee.SelectionID, number int) (v Ranking, err error) {
	r := s.db.Reader()
	if v.Selection, err = s.require(ctx, r, by, "selection.ranking", id); err != nil {
		return v, err
	}
	list, err := rounds(ctx, r, id)
	if err != nil {
		return v, err
	}
	for _, one := range list {
		if one.Status != Closed {
			continue
		}
		if v.Rounds = append(v.Rounds, one); number == 0 && v.Round.ID == "" || one.Number == number {
			v.Round = one
		}
	}
	if v.Round.ID == "" {
		if number != 0 {
			return v, errs.New(errs.NotFound, "errs.not_found")
		}
		return v, nil
	}
	files, err := s.seen(ctx, r, by, id)
	if err != nil {
		return v, err
	}
	counted, err := s.counted(ctx, r, v.Round)
	if err != nil {
		return v, err
	}
	if err := v.rank(files, counted); err != nil {
		return v, err
	}
	d, err := s.policy.Decide(ctx, r, by, "selection.register", v.Selection.Object(s.clock.Now()))
	if err != nil || !d.Allowed {
		v.Trusts = nil
		return v, err
	}
	return v, v.name(ctx, r)
}

// rank orders the files that somebody compared.
func (v *Ranking) rank(files []application.Application, counted []Comparison) error {
	open := ids(files)
	in := pairwise.Input{Seed: v.Round.Seed, Reliability: true}
	compared := map[application.ID]bool{}
	for _, c := range counted {
		if open[c.Left] && open[c.Right] {
			winner, loser := c.winner()
			in.Votes = append(in.Votes, pairwise.Vote{Reader: string(c.Member), Winner: string(winner), Loser: string(loser), Equal: c.Choice == Equal})
			compared[c.Left], compared[c.Right] = true, true
		}
	}
	v.Answers = len(in.Votes)
	at := map[string]application.Application{}
	for _, a := range files {
		if at[string(a.ID)] = a; !compared[a.ID] {
			v.Apart = append(v.Apart, a)
		}
	}
	if v.Answers == 0 {
		return nil
	}
	if t := v.Selection.Target; t > 0 && t < len(compared) {
		v.Target = t
	}
	in.Select = max(1, cmp.Or(v.Target, len(compared)/3))
	got, err := pairwise.Fit(in)
	var fault *table.Fault
	if errors.As(err, &fault) && fault.Problem == table.TooMany {
		return errs.New(errs.Conflict, "comparison.too_many")
	}
	if err != nil {
		return fmt.Errorf("rank the comparisons of %s: %w", v.Round.ID, err)
	}
	v.Scale = got.Scale
	for _, it := range got.Items {
		// Where few are above the line, a file of which nothing is known is likely under it: the
		// interval of its rank says that nothing is known.
		if it.RankLow <= in.Select && it.RankHigh > in.Select {
			it.Zone = standing.Grey
		}
		v.Lines = append(v.Lines, Line{at[it.Item], it})
		if v.Target > 0 && it.Zone == standing.Grey {
			v.Undecided++
		}
	}
	learnt := map[string]int{}
	for _, vote := range in.Votes {
		if !vote.Equal {
			learnt[vote.Reader]++
		}
	}
	for _, one := range got.Readers {
		v.Trusts = append(v.Trusts, Trust{Reader: one, Learnt: learnt[one.Reader] >= pairwise.MinVotes})
	}
	return nil
}

// name says whose answers are whose.
func (v *Ranking) name(ctx context.Context, r db.Reader) error {
	members, err := committee.Members(ctx, r, v.Selection.ID)
	for _, m := range members {
		for i := range v.Trusts {
			if v.Trusts[i].Reader.Reader == string(m.ID) {
				v.Trusts[i].Name = m.Name
			}
		}
	}
	slices.SortFunc(v.Trusts, func(a, b Trust) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Reader.Reader, b.Reader.Reader))
	})
	return err
}

// counted lists the answers of a round that tell something. Those of members who have
// stepped aside from one of the two files since count no more.
func (s *Service) counted(ctx context.Context, r db.Reader, round Round) ([]Comparison, error) {
	list, err := db.List(ctx, r, scanComparison, `
		select v.id, v.member_id, v.turn, v.left_id, v.right_id, v.choice, v.note, v.answered_at from comparisons v join committee_members m on m.id = v.member_id
		where v.round_id = $1 and v.choice in ('left', 'right', 'equal')
		and not exists (select 1 from exclusions x where x.subject_kind = 'person' and x.subject_id = m.person_id and x.object_kind = 'application' and x.object_id in (v.left_id, v.right_id) and x.lifted_at is null)
		order by v.member_id, v.turn`, round.ID)
	if err != nil {
		return nil, fmt.Errorf("list the answers of round %s: %w", round.ID, err)
	}
	return list, nil
}

// Answer is one answer of a member, as the deliberation takes it.
type Answer struct {
	Member        committee.MemberID
	Winner, Loser application.ID
	Equal         bool // neither was preferred
}

// Answers gives the answers of the last round that closed, by member then in their order. It
// asks no right: whoever shows what they give asks the policy ("selection.ranking", and the
// exclusions of each file).
func (s *Service) Answers(ctx context.Context, r db.Reader, id committee.SelectionID) ([]Answer, error) {
	list, err := rounds(ctx, r, id)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(list, func(one Round) bool { return one.Status == Closed })
	if i < 0 {
		return nil, nil
	}
	counted, err := s.counted(ctx, r, list[i])
	var out []Answer
	for _, c := range counted {
		winner, loser := c.winner()
		out = append(out, Answer{c.Member, winner, loser, c.Choice == Equal})
	}
	return out, err
}

func ids(files []application.Application) map[application.ID]bool {
	out := make(map[application.ID]bool, len(files))
	for _, a := range files {
		out[a.ID] = true
	}
	return out
}
