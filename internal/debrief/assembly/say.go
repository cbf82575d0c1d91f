package assembly

import (
	"context"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/debrief/commitment"
	"transformateur/internal/debrief/partner"
	"transformateur/internal/debrief/proposal"
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// Commits is the kind of a saying that is a commitment; others are kinds of offers.
const Commits = "commitment"

// Words are what a partner says in a meeting.
type Words struct {
	Project  project.ID // on her screen when she wrote
	Partner  partner.ID // for whom who runs the meeting writes
	Line     string     // the need that it answers, or ""
	Kind     string     // Commits, or one of proposal.Kinds
	Body     string
	Quantity string // of an offer
	Day      string // until when an offer stands, for when a commitment is
	Contact  string // of a commitment
}

// Say writes an offer or a commitment down in a meeting that goes on, to one of its projects:
// what was begun while a project was on screen may be ended after it. Errors: Invalid on
// "kind", "body", "quantity", "day", "contact", "partner", "project"; Conflict
// assembly.not_now; NotFound; as the policy, on assembly.attend.
func (s *Service) Say(ctx context.Context, by account.User, id programme.EditionID, which ID, w Words) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		at, err := s.attend(ctx, tx, by, id, which)
		if err != nil {
			return err
		}
		turns, err := turnsOf(ctx, tx, which)
		if err != nil {
			return err
		}
		if at.meeting.State != Running || !slices.ContainsFunc(turns, func(t Turn) bool { return t.Project == w.Project }) {
			return refused()
		}
		if !at.manages {
			w.Partner = ""
		} else if !slices.Contains(at.live, w.Partner) {
			return errs.NewInvalid("assembly.invalid", []errs.Field{{Path: "partner", Key: "assembly.partner_wrong"}})
		}
		var offer, promise string
		if w.Kind == Commits {
			promise, err = s.promises.MakeIn(ctx, tx, by, id, commitment.Sheet{Project: w.Project, Partner: w.Partner, Line: w.Line, What: w.Body, Due: w.Day, Contact: w.Contact})
		} else {
			offer, err = s.offers.MakeIn(ctx, tx, by, id, proposal.Sheet{Project: w.Project, Partner: w.Partner, Line: w.Line, Kind: w.Kind, Body: w.Body, Quantity: w.Quantity, Until: w.Day})
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `insert into assembly_sayings (id, assembly_id, proposal_id, commitment_id, said_at) values ($1, $2, $3, $4, $5)`, db.NewID(), string(which), db.Null(offer), db.Null(promise), s.clock.Now()); err != nil {
			return fmt.Errorf("note what is said in meeting %s: %w", which, err)
		}
		if _, err := tx.Exec(ctx, `update assemblies set beats = beats + 1 where id = $1`, string(which)); err != nil {
			return fmt.Errorf("tell the pages of meeting %s: %w", which, err)
		}
		return nil
	})
}

// Saying is an offer or a commitment that was said in a meeting.
type Saying struct {
	Project      project.ID
	Title        string // of the project
	By           string // the title of the partner
	Organisation string
	Kind         string // Commits, or a kind of offer
	Line         string
	Words        string // "" when they are not the reader's to see
	Open         bool   // everybody who sits may see the words
	Quantity     string
	Day          string
	At           time.Time
	Mine         bool
}

// said lists what was said in a meeting, in its order. Words are shown to who said them, to
// who runs the programme, and to all once the need that they answer is read by all who sit:
// they may quote it.
func (s *Service) said(ctx context.Context, r db.Reader, at seat) ([]Saying, error) {
	wall, err := s.common(ctx, r, at)
	if err != nil {
		return nil, err
	}
	open := map[string]bool{}
	for _, p := range wall {
		for _, l := range p.Lines {
			open[l.ID] = true
		}
	}
	all, err := db.List(ctx, r, func(sc db.Scanner) (x Saying, err error) {
		var who partner.Partner
		err = sc.Scan(&x.Project, &x.Title, &who.ID, &who.Organisation, &who.Name, &x.Kind, &x.Line, &x.Words, &x.Quantity, &x.Day, &x.At)
		x.By, x.Organisation, x.Mine = who.Title(), who.Organisation, who.ID == at.partner.ID
		return x, err
	}, `select p.id, p.title, t.id, t.organisation, coalesce(h.name, t.name), coalesce(o.kind, 'commitment'), coalesce(o.line_id, k.line_id, ''), coalesce(o.body, k.what, ''), coalesce(o.quantity, ''), coalesce(o.valid_until, k.due, ''), y.said_at
		from assembly_sayings y left join proposals o on o.id = y.proposal_id left join commitments k on k.id = y.commitment_id
		join projects p on p.id = coalesce(o.project_id, k.project_id) join partners t on t.id = coalesce(o.partner_id, k.partner_id) left join people h on h.id = t.person_id
		left join assembly_turns n on n.assembly_id = y.assembly_id and n.project_id = p.id
		where y.assembly_id = $1 order by coalesce(n.seq, 1000), p.id, y.said_at, y.id`, string(at.meeting.ID))
	if err != nil {
		return nil, fmt.Errorf("list what was said in meeting %s: %w", at.meeting.ID, err)
	}
	for i := range all {
		x := &all[i]
		if x.Open = x.Line != "" && open[x.Line]; !x.Open && !x.Mine && !at.manages {
			x.Words, x.Quantity, x.Day = "", "", ""
		}
	}
	return all, nil
}

// Account is what was said in a meeting, project by project.
type Account struct {
	programme.Edition
	Meeting
	Said []Saying
}

// Account gives what was said in a meeting: all of it to who runs it; to a partner what she
// said, and to whom others spoke of the projects that share something with her. Errors: as Room.
func (s *Service) Account(ctx context.Context, by account.User, id programme.EditionID, which ID) (v Account, err error) {
	r := s.db.Reader()
	at, err := s.attend(ctx, r, by, id, which)
	if err != nil {
		return v, err
	}
	v.Edition, v.Meeting = at.edition, at.meeting
	if v.Said, err = s.said(ctx, r, at); err != nil || at.manages {
		return v, err
	}
	v.Meeting.Timer = Timer{}
	hers, err := s.sheets.SharedWith(ctx, r, at.partner)
	v.Said = slices.DeleteFunc(v.Said, func(x Saying) bool {
		return !x.Mine && !slices.ContainsFunc(hers, func(p synthesis.Shared) bool { return p.Project == x.Project })
	})
	return v, err
}
