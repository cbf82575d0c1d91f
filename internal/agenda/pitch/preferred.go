package pitch

import (
	"context"
	"fmt"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/solve/pairwise"
)

// Preference is what those who heard pitches preferred, among the files of a selection. It
// informs: nothing is decided by it. The ID of what is ranked is that of the file.
type Preference struct {
	Gathering string
	Outcome
}

// held is a sequence whose vote informs the selections of an edition.
type held struct {
	run
	gathering string
}

// Preferred gives the results of the votes that were opened to inform a selection and are
// closed, in the order of their gatherings, to who reads its ranking. Files that are closed
// to by are left out before anything is computed. Errors: as the policy, on selection.ranking.
func (s *Service) Preferred(ctx context.Context, by account.User, id committee.SelectionID) (list []Preference, err error) {
	files, err := s.files.Seen(ctx, by, id)
	if err != nil || len(files) == 0 {
		return nil, err
	}
	r := s.floor.DB.Reader()
	votes, err := db.List(ctx, r, func(sc db.Scanner) (h held, err error) {
		h.run, err = scanRun(tail{sc, &h.gathering})
		return h, err
	}, `select `+runColumns+`, g.title from pitch_runs k join gatherings g on g.id = k.gathering_id
		where k.vote = 'closed' and k.informs and g.edition_id = (select c.edition_id from selections s join calls c on c.id = s.call_id where s.id = $1) order by g.starts_on, g.id, k.id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the votes that inform selection %s: %w", id, err)
	}
	names, err := s.filed(ctx, r, id, files)
	if err != nil {
		return nil, err
	}
	for _, h := range votes {
		out, err := s.among(ctx, r, h.run, names)
		if err != nil {
			return nil, err
		}
		if len(out.Ranking) > 1 {
			list = append(list, Preference{h.gathering, out})
		}
	}
	return list, nil
}

// tail scans one column more than a run has.
type tail struct {
	db.Scanner
	last *string
}

func (t tail) Scan(into ...any) error { return t.Scanner.Scan(append(into, t.last)...) }

// filed names the projects that were born of some files of a selection, as those files are named.
func (s *Service) filed(ctx context.Context, r db.Reader, id committee.SelectionID, files []application.Application) (map[string]Named, error) {
	rows, err := db.List(ctx, r, func(sc db.Scanner) (p [2]string, err error) { return p, sc.Scan(&p[0], &p[1]) },
		`select j.id, j.application_id from projects j join applications a on a.id = j.application_id where a.selection_id = $1`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the projects of selection %s: %w", id, err)
	}
	names := map[string]Named{}
	for _, p := range rows {
		if i := slices.IndexFunc(files, func(a application.Application) bool { return string(a.ID) == p[1] }); i >= 0 {
			names[p[0]] = Named{ID: p[1], Title: files[i].Title}
		}
	}
	return names, nil
}

// among is the outcome of a vote as if only some projects had been in it.
func (s *Service) among(ctx context.Context, r db.Reader, k run, names map[string]Named) (out Outcome, err error) {
	cast, _, err := s.ballots(ctx, r, k)
	if err != nil {
		return out, err
	}
	known := func(id string) bool { return names[id].ID != "" }
	k.ballot = slices.DeleteFunc(slices.Clone(k.ballot), func(id string) bool { return !known(id) })
	cast = slices.DeleteFunc(cast, func(v pairwise.Vote) bool { return !known(v.Winner) || !known(v.Loser) })
	if out, err = fit(k, cast, 0, nil); err != nil {
		return out, err
	}
	for i, one := range out.Ranking {
		out.Ranking[i].Named = names[one.ID]
	}
	return out, nil
}
