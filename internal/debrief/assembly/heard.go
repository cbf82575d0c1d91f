package assembly

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/debrief/partner"
	"transformateur/internal/platform/db"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// Heard is a meeting of partners as a project sees it: when it is, whether the project is on
// screen, and what was said to it. Nothing of it names another project, nor who sits.
type Heard struct {
	Meeting
	OnScreen bool
	Said     []Answer
}

// Answer is an offer or a commitment that was said to a project, and where it stands.
type Answer struct {
	Saying
	Need  string // the words of the line that it answers, "" for none
	State string // of the offer, or of the commitment
}

// Around is the meetings of partners of a project, the last ones first.
type Around struct {
	Project  project.Project
	Zone     string
	Meetings []Heard
}

// Around gives the meetings in which a project has a turn, and what was offered and promised to
// it there; its team reads the same words by proposal.read and commitment.read. Errors: as the
// policy, on assembly.heard.
func (s *Service) Around(ctx context.Context, by account.User, id project.ID) (v Around, err error) {
	r := s.db.Reader()
	if v.Project, err = project.Load(ctx, r, id); err != nil {
		return v, err
	}
	if _, err = s.policy.Require(ctx, r, by, "assembly.heard", v.Project.Object()); err != nil {
		return v, err
	}
	e, err := programme.FindEdition(ctx, r, v.Project.Edition)
	if err != nil {
		return v, err
	}
	v.Zone = e.Zone
	list, err := db.List(ctx, r, scan, `select `+columns+` from assemblies a
		where a.edition_id = $2 and (exists (select 1 from assembly_turns n where n.assembly_id = a.id and n.project_id = $1)
		  or exists (select 1 from assembly_sayings y left join proposals o on o.id = y.proposal_id left join commitments k on k.id = y.commitment_id
		    where y.assembly_id = a.id and coalesce(o.project_id, k.project_id) = $1))
		order by a.held_on desc, a.id`, string(id), string(v.Project.Edition))
	if err != nil {
		return v, fmt.Errorf("list the partners' meetings of project %s: %w", id, err)
	}
	at := map[ID]int{}
	for i, m := range list {
		at[m.ID] = i
		h := Heard{Meeting: m, OnScreen: m.State == Running && m.Timer.Project == id}
		h.Timer = Timer{} // it says which other project is on screen
		v.Meetings = append(v.Meetings, h)
	}
	type one struct {
		Answer
		of ID
	}
	said, err := db.List(ctx, r, func(sc db.Scanner) (x one, err error) {
		var who partner.Partner
		err = sc.Scan(&x.of, &who.Organisation, &who.Name, &x.Kind, &x.Line, &x.Need, &x.Words, &x.Quantity, &x.Day, &x.State, &x.At)
		x.Project, x.Title, x.By, x.Organisation = id, v.Project.Title, who.Title(), who.Organisation
		return x, err
	}, `select y.assembly_id, t.organisation, coalesce(h.name, t.name), coalesce(o.kind, 'commitment'), coalesce(o.line_id, k.line_id, ''), coalesce(l.body, ''), coalesce(o.body, k.what, ''), coalesce(o.quantity, ''), coalesce(o.valid_until, k.due, ''),
		  coalesce(o.state, k.state), y.said_at
		from assembly_sayings y join assemblies a on a.id = y.assembly_id left join proposals o on o.id = y.proposal_id left join commitments k on k.id = y.commitment_id
		join partners t on t.id = coalesce(o.partner_id, k.partner_id) left join people h on h.id = t.person_id
		left join synthesis_lines l on l.id = coalesce(o.line_id, k.line_id)
		where a.edition_id = $2 and coalesce(o.project_id, k.project_id) = $1 order by y.said_at, y.id`, string(id), string(v.Project.Edition))
	if err != nil {
		return v, fmt.Errorf("list what was said to project %s in partners' meetings: %w", id, err)
	}
	for _, x := range said {
		if i, there := at[x.of]; there {
			v.Meetings[i].Said = append(v.Meetings[i].Said, x.Answer)
		}
	}
	return v, nil
}
