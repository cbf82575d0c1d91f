package pitch

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/agenda/floor"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/solve/pairwise"
)

func cmpText(a, b string) int { return strings.Compare(a, b) }

// votes says whether somebody compares projects: whoever has a seat and does more than read.
func votes(p floor.Speaker) bool {
	return p.Seated() && p.May("pitch.vote") && p.Seat.Role != gathering.Reader
}

// own is the project that somebody is not asked about: hers, and the one she sponsors.
func own(p floor.Speaker) string { return string(p.Seat.Project) }

type choice struct{ first, second, chosen string }

func choices(ctx context.Context, r db.Reader, k run, participant string) ([]choice, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (c choice, err error) {
		return c, sc.Scan(&c.first, &c.second, &c.chosen)
	}, `select first_id, second_id, chosen from pitch_votes where run_id = $1 and participant_id = $2`, k.id, participant)
	if err != nil {
		return nil, fmt.Errorf("read the votes of %s: %w", participant, err)
	}
	return list, nil
}

// next is the first pair that somebody has not answered; ok is false when none is left.
func next(k run, p floor.Speaker, done []choice) (pair [2]string, total int, ok bool) {
	pairs := Pairs(k.ballot, own(p), p.Seat.ID, k.seed)
	for _, pair := range pairs {
		if !slices.ContainsFunc(done, func(c choice) bool { return c.first == min(pair[0], pair[1]) && c.second == max(pair[0], pair[1]) }) {
			return pair, len(pairs), true
		}
	}
	return pair, len(pairs), false
}

// Choose answers the pair that somebody is shown: chosen is one of the two, "" when she
// cannot tell. Errors: Conflict pitch.vote_none, pitch.vote_moved when that pair is not
// the one she is to answer; Forbidden; NotFound; as the policy, on pitch.vote.
func (s *Service) Choose(ctx context.Context, by account.User, at At, pair [2]string, chosen string) error {
	return s.floor.DB.Write(ctx, func(tx *db.Tx) error {
		p, _, _, err := s.enter(ctx, tx, by, at, "pitch.vote")
		if err != nil {
			return err
		}
		if !votes(p) {
			return errs.New(errs.Forbidden, "pitch.not_hers")
		}
		k, err := runOf(ctx, tx, at.Gathering, at.Activity)
		if err != nil {
			return err
		}
		if k.vote != VoteOpen {
			return errs.New(errs.Conflict, "pitch.vote_none")
		}
		done, err := choices(ctx, tx, k, p.Seat.ID)
		if err != nil {
			return err
		}
		if shown, _, ok := next(k, p, done); !ok || shown != pair || chosen != "" && !slices.Contains(pair[:], chosen) {
			return errs.New(errs.Conflict, "pitch.vote_moved")
		}
		_, err = tx.Exec(ctx, `insert into pitch_votes (id, run_id, participant_id, first_id, second_id, chosen, voted_at) values ($1, $2, $3, $4, $5, $6, $7)`,
			db.NewID(), k.id, p.Seat.ID, min(pair[0], pair[1]), max(pair[0], pair[1]), chosen, s.floor.Clock.Now())
		if err != nil {
			return fmt.Errorf("keep a choice at %s: %w", at.Activity, err)
		}
		return s.floor.Journal(ctx, tx, p, "pitch.compared", map[string]any{"activity": at.Activity})
	})
}

// Ranked is what the votes say of a project.
type Ranked struct {
	Named
	Rank     int
	Seen     int     // comparisons it was in
	Won      float64 // share of them that it won
	Worth    float64 // Bradley–Terry, in logits
	Low, Top float64 // 90 % interval of Worth
}

// Outcome is what the votes of a sequence say together.
type Outcome struct {
	Voters, Votes, Passed int
	Ranking               []Ranked // the first one first; empty without votes
}

func (s *Service) ballots(ctx context.Context, r db.Reader, k run) (list []pairwise.Vote, passed int, err error) {
	all, err := db.List(ctx, r, func(sc db.Scanner) (v [4]string, err error) {
		return v, sc.Scan(&v[0], &v[1], &v[2], &v[3])
	}, `select participant_id, first_id, second_id, chosen from pitch_votes where run_id = $1 order by participant_id, first_id, second_id`, k.id)
	if err != nil {
		return nil, 0, fmt.Errorf("read the votes of %s: %w", k.id, err)
	}
	readers := map[string]string{} // nobody is named: the ids of seats are drawn at random
	for _, v := range all {
		if readers[v[0]] == "" {
			readers[v[0]] = fmt.Sprintf("v%02d", len(readers)+1)
		}
		if v[3] == "" {
			passed++
			continue
		}
		loser := v[1]
		if loser == v[3] {
			loser = v[2]
		}
		list = append(list, pairwise.Vote{Reader: readers[v[0]], Winner: v[3], Loser: loser})
	}
	return list, passed, nil
}

// outcome fits the Bradley–Terry model to the votes (see package pairwise).
func (s *Service) outcome(ctx context.Context, r db.Reader, k run, names []Named) (out Outcome, err error) {
	cast, passed, err := s.ballots(ctx, r, k)
	if err != nil {
		return out, err
	}
	return fit(k, cast, passed, names)
}

func fit(k run, cast []pairwise.Vote, passed int, names []Named) (out Outcome, err error) {
	if out.Votes, out.Passed = len(cast), passed; len(cast) == 0 {
		return out, nil
	}
	seen := map[string]bool{}
	for _, v := range cast {
		seen[v.Reader] = true
	}
	out.Voters = len(seen)
	got, err := pairwise.Fit(pairwise.Input{Items: k.ballot, Votes: cast, Select: 1, Seed: 1})
	if err != nil {
		return out, fmt.Errorf("rank the pitches of run %s: %w", k.id, err)
	}
	for _, one := range got.Items {
		line := Ranked{Named: Named{ID: one.Item, Title: one.Item}, Rank: one.Rank, Seen: one.N, Won: one.Won, Worth: one.Worth, Low: one.Low, Top: one.High}
		if i := slices.IndexFunc(names, func(n Named) bool { return n.ID == one.Item }); i >= 0 {
			line.Named = names[i]
		}
		out.Ranking = append(out.Ranking, line)
	}
	return out, nil
}

// Export gives the outcome of a vote that is closed, and each vote without its voter, to
// who runs the gathering. Errors: NotFound while there is none; as the policy, on
// gathering.manage.
func (s *Service) Export(ctx context.Context, by account.User, at At) (g gathering.Gathering, out Outcome, cast []pairwise.Vote, err error) {
	r := s.floor.DB.Reader()
	p, a, all, err := s.enter(ctx, r, by, at, "gathering.manage")
	if err != nil {
		return g, out, nil, err
	}
	k, err := runOf(ctx, r, at.Gathering, at.Activity)
	if err != nil {
		return g, out, nil, err
	}
	if k.vote != VoteClosed {
		return g, out, nil, floor.NotFound()
	}
	names, err := s.projects(ctx, r, p, a, all)
	if err != nil {
		return g, out, nil, err
	}
	if out, err = s.outcome(ctx, r, k, names); err != nil {
		return g, out, nil, err
	}
	cast, _, err = s.ballots(ctx, r, k)
	return p.Gathering, out, cast, err
}
