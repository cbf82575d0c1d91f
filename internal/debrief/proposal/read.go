package proposal

import (
	"context"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/debrief/commitment"
	"transformateur/internal/debrief/partner"
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/platform/db"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// View is the offers of an edition, as somebody sees them.
type View struct {
	programme.Edition
	Today    string
	Manages  bool
	Partner  partner.Partner    // the reader, empty for who only runs the programme
	Partners []partner.Partner  // the columns: all to who runs the programme, herself to a partner
	Projects []synthesis.Shared // to which she may offer something
	List     []Offer            // those she reads
	Rows     []Row              // what is asked for, and what answers it
}

// Row is a need with what answers it, or what partners say to a project without naming a need.
type Row struct {
	Project project.ID
	Title   string
	Need    synthesis.Line // empty for no need in particular
	Cells   [][]Cell       // by partner, in the order of View.Partners
}

// Cell is one thing that a partner offers or promised.
type Cell struct {
	Offer      Offer                 // empty for a commitment
	Commitment commitment.Commitment // empty for an offer
}

// Answered says whether somebody answers a row.
func (r Row) Answered() bool {
	return slices.ContainsFunc(r.Cells, func(c []Cell) bool { return len(c) > 0 })
}

// Unanswered lists the needs that nobody answers.
func (v View) Unanswered() (rows []Row) {
	for _, r := range v.Rows {
		if !r.Answered() {
			rows = append(rows, r)
		}
	}
	return rows
}

// View gives the offers of an edition and the table of needs: all of them to who runs the
// programme; to a partner, what she offers and the needs that she reads now, and nothing of
// what others offer. Errors: as the policy, on proposal.follow.
func (s *Service) View(ctx context.Context, by account.User, id programme.EditionID) (v View, err error) {
	r := s.db.Reader()
	st, err := s.standing(ctx, r, by, "proposal.follow", id)
	if err != nil {
		return v, err
	}
	v.Edition, v.Today, v.Manages, v.Partner = st.edition, st.today, st.manages, st.partner
	where, args := `o.edition_id = $1`, []any{string(id)}
	if st.manages {
		if v.Partners, err = partner.Of(ctx, r, id); err != nil {
			return v, err
		}
		v.Projects, err = synthesis.SharedWithAny(ctx, r, id)
	} else {
		v.Partners = []partner.Partner{st.partner}
		where, args = where+` and o.partner_id = $2`, append(args, string(st.partner.ID))
		v.Projects, err = s.sheets.SharedWith(ctx, r, st.partner)
	}
	if err != nil {
		return v, err
	}
	if v.List, err = list(ctx, r, where, args...); err != nil {
		return v, err
	}
	needs := needsOf(v.Projects)
	for i := range v.List {
		o := &v.List[i]
		o.Mine, o.Need = o.Partner == st.partner.ID, needs[o.Line]
	}
	promised, err := commitment.Of(ctx, r, id)
	v.fill(promised)
	return v, err
}

// needsOf gives the words of the needs that somebody reads.
func needsOf(shown []synthesis.Shared) map[string]string {
	needs := map[string]string{}
	for _, p := range shown {
		for _, l := range p.Part(synthesis.Help) {
			needs[l.ID] = l.Body
		}
	}
	return needs
}

// fill makes the rows: the needs that the reader reads, each followed by no need in particular
// of its project when something was said to it.
func (v *View) fill(promised []commitment.Commitment) {
	row := map[string]int{} // by line, or by project for no need
	titles := map[project.ID]string{}
	add := func(id project.ID, title string, l synthesis.Line) int {
		v.Rows = append(v.Rows, Row{Project: id, Title: title, Need: l, Cells: make([][]Cell, len(v.Partners))})
		return len(v.Rows) - 1
	}
	for _, p := range v.Projects {
		titles[p.Project] = p.Title
		for _, l := range p.Part(synthesis.Help) {
			row[l.ID] = add(p.Project, p.Title, l)
		}
	}
	put := func(by partner.ID, line string, id project.ID, title string, c Cell) {
		column := slices.IndexFunc(v.Partners, func(p partner.Partner) bool { return p.ID == by })
		if column < 0 {
			return
		}
		at, ok := row[line]
		if !ok {
			if at, ok = row[string(id)]; !ok {
				at = add(id, title, synthesis.Line{})
				row[string(id)] = at
			}
		}
		v.Rows[at].Cells[column] = append(v.Rows[at].Cells[column], c)
	}
	for _, o := range v.List {
		if o.State == Offered || o.State == Accepted {
			put(o.Partner, o.Line, o.Project, o.Title, Cell{Offer: o})
		}
	}
	for _, c := range promised {
		if c.State != commitment.Dropped {
			put(c.Partner, c.Line, c.Project, c.Title, Cell{Commitment: c})
		}
	}
	slices.SortStableFunc(v.Rows, func(a, b Row) int { return compare(a, b) })
}

// compare puts the rows of a project together, no need in particular last.
func compare(a, b Row) int {
	switch {
	case a.Title != b.Title && a.Title < b.Title, a.Title == b.Title && a.Project < b.Project:
		return -1
	case a.Project != b.Project:
		return 1
	case a.Need.ID != "" && b.Need.ID == "":
		return -1
	case a.Need.ID == "" && b.Need.ID != "":
		return 1
	}
	return 0
}

// Around is the offers to a project.
type Around struct {
	project.Project
	Zone    string
	Today   string
	List    []Offer
	Answers bool // the reader answers for the project
}

// Open counts the offers that wait for an answer.
func (v Around) Open() (n int) {
	for _, o := range v.List {
		if o.State == Offered && !o.Past(v.Today) {
			n++
		}
	}
	return n
}

// Around gives what partners offer a project, each with the need that it answers when the
// reader reads it. Errors: as the policy, on proposal.read.
func (s *Service) Around(ctx context.Context, by account.User, id project.ID) (v Around, err error) {
	r := s.db.Reader()
	e, err := s.of(ctx, r, by, "proposal.read", id)
	if err != nil {
		return v, err
	}
	if v.Project, err = project.Load(ctx, r, id); err != nil {
		return v, err
	}
	v.Zone, v.Today = e.Zone, s.today(e)
	may, err := s.policy.Decisions(ctx, r, by, v.Object(), "proposal.answer", "synthesis.share")
	if err != nil {
		return v, err
	}
	v.Answers = may["proposal.answer"].Allowed
	if v.List, err = list(ctx, r, `o.project_id = $1`, string(id)); err != nil {
		return v, err
	}
	needs, err := s.needs(ctx, r, v.Project, may["synthesis.share"].Allowed)
	for i := range v.List {
		v.List[i].Need = needs[v.List[i].Line]
	}
	return v, err
}

// needs gives the words of a project's needs: all to its team, to others those that are shared.
func (s *Service) needs(ctx context.Context, r db.Reader, p project.Project, team bool) (map[string]string, error) {
	if !team {
		shown, err := synthesis.SharedWithAny(ctx, r, p.Edition)
		return needsOf(shown), err
	}
	lines, err := synthesis.Needs(ctx, r, p.ID)
	needs := map[string]string{}
	for _, l := range lines {
		needs[l.ID] = l.Body
	}
	return needs, err
}

// Waiting lists the offers that wait for by: those that a team of hers has not answered, and
// those of her own that were accepted and that she may turn into a commitment; none that is
// over.
func (s *Service) Waiting(ctx context.Context, by account.User) (answer, promise []Offer, err error) {
	if by.IsVisitor() {
		return nil, nil, nil
	}
	r, now := s.db.Reader(), s.clock.Now()
	today := now.Format(time.DateOnly)
	teams, err := list(ctx, r, `o.state = 'offered' and (o.valid_until = '' or o.valid_until >= $3) and exists (select 1 from relations v where v.subject_kind = 'person' and v.subject_id = $1 and v.relation in ('owner', 'editor') and v.object_kind = 'project' and v.object_id = o.project_id
		and v.revoked_at is null and v.valid_from <= $2 and (v.valid_until is null or v.valid_until > $2))`, string(by.ID), now, today)
	if err != nil {
		return nil, nil, err
	}
	for _, o := range teams { // a team that does not read its offers any more answers none
		p, err := project.Load(ctx, r, o.Project)
		if err != nil {
			return nil, nil, err
		}
		may, err := s.policy.Decide(ctx, r, by, "proposal.answer", p.Object())
		if err != nil {
			return nil, nil, err
		}
		if may.Allowed {
			answer = append(answer, o)
		}
	}
	promise, err = list(ctx, r, `o.state = 'accepted' and o.commitment_id is null and (o.valid_until = '' or o.valid_until >= $2) and t.person_id = $1 and `+partner.Live, string(by.ID), today)
	return answer, promise, err
}

// Told is what a mail says of an offer, and to whom it goes.
type Told struct {
	Offer
	Person account.PersonID   // the partner, "" when she is none any more
	Team   []account.PersonID // who may answer for the project
}

// ToTell reads an offer that is told at an instant, without asking who wants to know. Error: NotFound.
func ToTell(ctx context.Context, r db.Reader, which string, now time.Time) (t Told, err error) {
	if t.Offer, err = find(ctx, r, which); err != nil {
		return t, err
	}
	if t.Team, err = db.List(ctx, r, db.Value[account.PersonID], `select distinct v.subject_id from relations v where v.subject_kind = 'person' and v.relation in ('owner', 'editor') and v.object_kind = 'project' and v.object_id = $1
		and v.revoked_at is null and v.valid_from <= $2 and (v.valid_until is null or v.valid_until > $2) order by v.subject_id`, string(t.Project), now); err != nil {
		return t, err
	}
	people, err := db.List(ctx, r, db.Value[account.PersonID], `select t.person_id from partners t where t.id = $1 and `+partner.Live, string(t.Partner))
	if len(people) > 0 {
		t.Person = people[0]
	}
	return t, err
}
