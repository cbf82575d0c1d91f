package right

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/support/ledger"
	"transformateur/internal/support/pool"
)

// Share is what a project has of a fund, in minutes.
type Share struct {
	Fund
	Project                                project.ID
	Title                                  string // of the project
	Granted                                int64
	Until                                  string // the last day on which it may be used
	Available, Reserved, Consumed, Expired int64
}

// Over says whether the share may no longer be used on a day.
func (h Share) Over(day string) bool { return h.Until < day }

// shares lists what the projects of an edition, or one of them, have of each fund.
func shares(ctx context.Context, r db.Reader, where string, args ...any) ([]Share, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (h Share, err error) {
		var fund string
		err = sc.Scan(&fund, &h.Project, &h.Title, &h.Granted, &h.Until)
		h.ID = FundID(fund)
		return h, err
	}, `select h.fund_id, h.project_id, p.title, h.granted, h.last_day from right_shares h join right_funds f on f.id = h.fund_id join projects p on p.id = h.project_id
		where `+where+` order by f.made_at, f.id, p.title, p.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list the shares of funds: %w", err)
	}
	for i := range list {
		h := &list[i]
		if h.Fund, err = loadFund(ctx, r, h.ID); err != nil {
			return nil, err
		}
		b, err := Balances(ctx, r, h.ID)
		if err != nil {
			return nil, err
		}
		of := func(kind ledger.Kind) int64 {
			return b[ledger.Account{Fund: string(h.ID), Project: string(h.Project), Kind: kind}]
		}
		h.Available, h.Reserved, h.Consumed, h.Expired = of(ledger.Available), of(ledger.Reserved), of(ledger.Consumed), of(ledger.Expired)
	}
	return list, nil
}

// Sheet is the drawing right of a project, as its team and the programme see it.
type Sheet struct {
	project.Project
	Zone     string
	Today    string
	Shares   []Share
	Requests []Request
	Asks     bool // the reader may ask and choose
	Settles  bool // she may cancel and say how long it took
}

// Sheet gives the drawing right of a project and its requests. Errors: as the policy, on
// right.read.
func (s *Service) Sheet(ctx context.Context, by account.User, id project.ID) (v Sheet, err error) {
	r := s.db.Reader()
	if v.Project, err = s.on(ctx, r, by, "right.read", id); err != nil {
		return v, err
	}
	e, err := programme.FindEdition(ctx, r, v.Edition)
	if err != nil {
		return v, err
	}
	v.Zone, v.Today = e.Zone, s.today(e)
	may, err := s.policy.Decisions(ctx, r, by, v.Object(), "right.ask", "right.settle")
	if err != nil {
		return v, err
	}
	v.Asks, v.Settles = may["right.ask"].Allowed, may["right.settle"].Allowed
	if v.Shares, err = shares(ctx, r, `h.project_id = $1`, string(id)); err != nil {
		return v, err
	}
	v.Requests, err = db.List(ctx, r, scanRequest, `select `+requestColumns+` from `+requestTables+` where q.project_id = $1 order by q.asked_at desc, q.id`, string(id))
	if err != nil {
		return v, fmt.Errorf("list the requests of project %s: %w", id, err)
	}
	return v, nil
}

// Left is the minutes of expertise that each project that by sponsors may still use, in one
// question to the database: a project that was granted nothing is not in it, and a right that
// ended counts for nothing.
func (s *Service) Left(ctx context.Context, by account.User) (map[project.ID]int64, error) {
	if by.IsVisitor() {
		return nil, nil
	}
	where, args := s.policy.Where(ctx, by, "right.left", policy.Columns{Kind: "project", ID: "p.id", State: "p.status",
		Within: map[string]string{"application": "coalesce(p.application_id, '')", "edition": "p.edition_id", "programme": "e.programme_id", "agency": "g.agency_id"}}, nil)
	type share struct {
		project     project.ID
		until, zone string
		available   int64
	}
	list, err := db.List(ctx, s.db.Reader(), func(sc db.Scanner) (h share, err error) {
		return h, sc.Scan(&h.project, &h.until, &h.zone, &h.available)
	}, `select p.id, h.last_day, e.zone, coalesce(a.balance, 0)
		from right_shares h join projects p on p.id = h.project_id join editions e on e.id = p.edition_id join programmes g on g.id = e.programme_id
		left join right_accounts a on a.fund_id = h.fund_id and a.project_id = h.project_id and a.kind = 'available'
		where `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read what is left to the projects that %s sponsors: %w", by.ID, err)
	}
	left := map[project.ID]int64{}
	for _, h := range list {
		left[h.project] += 0
		if h.until >= s.clock.Now().In(zone.Location(h.zone)).Format(time.DateOnly) {
			left[h.project] += h.available
		}
	}
	return left, nil
}

// Reply is what an expert who was asked answered, "" until then.
type Reply struct {
	Expert     pool.ID
	Name       string
	Answer     string
	Words      string
	SentAt     time.Time
	AnsweredAt time.Time
}

// Detail is a request with who may be asked and who was.
type Detail struct {
	Sheet
	Request Request
	Fund    Fund
	Replies []Reply
	Fits    []pool.Match // who may be asked and was not; none for who may not ask
}

// Detail gives one request of a project. Errors: NotFound; as the policy, on right.read.
func (s *Service) Detail(ctx context.Context, by account.User, of project.ID, id RequestID) (v Detail, err error) {
	if v.Sheet, err = s.Sheet(ctx, by, of); err != nil {
		return v, err
	}
	r := s.db.Reader()
	if v.Request, err = LoadRequest(ctx, r, id); err != nil {
		return v, err
	}
	if v.Request.Project != of {
		return v, notFound()
	}
	if v.Fund, err = loadFund(ctx, r, v.Request.Fund); err != nil {
		return v, err
	}
	v.Replies, err = db.List(ctx, r, func(sc db.Scanner) (a Reply, err error) {
		return a, sc.Scan(&a.Expert, &a.Name, &a.Answer, &a.Words, &a.SentAt, &a.AnsweredAt)
	}, `select a.expert_id, x.name, a.answer, a.words, a.sent_at, a.answered_at from right_asks a join experts x on x.id = a.expert_id where a.request_id = $1 order by a.sent_at, x.name, a.id`, string(id))
	if err != nil || !v.Asks || v.Request.State != Open {
		return v, err
	}
	e, err := programme.FindEdition(ctx, r, v.Edition)
	if err != nil {
		return v, err
	}
	promised, err := busy(ctx, r)
	if err != nil {
		return v, err
	}
	fits, err := s.pool.Fit(ctx, r, s.need(e, v.Project, v.Request), promised)
	for _, m := range fits {
		asked := false
		for _, a := range v.Replies {
			asked = asked || a.Expert == m.ID
		}
		if !asked {
			v.Fits = append(v.Fits, m)
		}
	}
	return v, err
}

// Spent is where a fund stands, in minutes.
type Spent struct {
	Fund
	Given, Budget, Available, Reserved, Consumed, Expired int64
	Shares                                                []Share
	UsedBy                                                string // the day on which all that is left is used, at the pace of now; "" when it cannot be said
}

// Granted is what projects were given and still have, or used.
func (f Spent) Granted() int64 { return f.Available + f.Reserved + f.Consumed + f.Expired }

// Budget is the funds of an edition.
type Budget struct {
	programme.Edition
	Today    string
	Funds    []Spent
	Projects []project.Project
	Manages  bool // the reader may write funds and grant
}

// Budget gives the funds of an edition and what became of them. Errors: as the policy, on
// right.follow.
func (s *Service) Budget(ctx context.Context, by account.User, id programme.EditionID) (v Budget, err error) {
	r := s.db.Reader()
	if v.Edition, err = s.under(ctx, r, by, "right.follow", id); err != nil {
		return v, err
	}
	v.Today = s.today(v.Edition)
	may, err := s.policy.Decide(ctx, r, by, "right.manage", v.PolicyObject())
	if err != nil {
		return v, err
	}
	v.Manages = may.Allowed
	if v.Projects, err = project.In(ctx, r, id); err != nil {
		return v, err
	}
	funds, err := db.List(ctx, r, scanFund, `select `+fundColumns+` from right_funds f where f.edition_id = $1 order by f.made_at, f.id`, string(id))
	if err != nil {
		return v, fmt.Errorf("list the funds of %s: %w", id, err)
	}
	all, err := shares(ctx, r, `f.edition_id = $1`, string(id))
	if err != nil {
		return v, err
	}
	for _, f := range funds {
		one, err := s.spent(ctx, r, f, v.Today)
		if err != nil {
			return v, err
		}
		for _, h := range all {
			if h.ID == f.ID {
				one.Shares = append(one.Shares, h)
			}
		}
		v.Funds = append(v.Funds, one)
	}
	return v, nil
}

func (s *Service) spent(ctx context.Context, r db.Reader, f Fund, today string) (one Spent, err error) {
	one.Fund = f
	b, err := Balances(ctx, r, f.ID)
	if err != nil {
		return one, err
	}
	sums := map[ledger.Kind]int64{}
	for account, minutes := range b {
		sums[account.Kind] += minutes
	}
	one.Given, one.Budget, one.Available = -sums[ledger.Source], sums[ledger.Budget], sums[ledger.Available]
	one.Reserved, one.Consumed, one.Expired = sums[ledger.Reserved], sums[ledger.Consumed], sums[ledger.Expired]
	one.UsedBy = forecast(f.FirstDay, today, one.Consumed, one.Given-one.Consumed-one.Expired)
	return one, nil
}

// forecast says on which day what is left will be used, at the mean pace since the first
// day: "" before it, while nothing is used, when nothing is left, or beyond ten years.
func forecast(first, today string, used, left int64) string {
	from, err := time.Parse(time.DateOnly, first)
	if err != nil {
		return ""
	}
	now, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return ""
	}
	days := int64(now.Sub(from)/(24*time.Hour)) + 1
	if days <= 0 || used <= 0 || left <= 0 {
		return ""
	}
	more := (left*days + used - 1) / used
	if more > 3660 {
		return ""
	}
	return now.AddDate(0, 0, int(more)).Format(time.DateOnly)
}

// fundOf finds a fund of an edition that by follows.
func (s *Service) fundOf(ctx context.Context, r db.Reader, by account.User, in programme.EditionID, id FundID) (e programme.Edition, f Fund, err error) {
	if e, err = s.under(ctx, r, by, "right.follow", in); err != nil {
		return e, f, err
	}
	f, err = loadFund(ctx, r, id)
	if err == nil && f.Edition != in || errs.Is(err, errs.NotFound) {
		err = notFound()
	}
	return e, f, err
}
