package scheme

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/form/rule"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/text"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/scheme/eligible"
)

// Match is a need or a lock of a project that a scheme speaks of.
type Match struct {
	Kind  project.Kind
	Title string
	Word  string // the tag that both share
}

// Offer is a scheme, as it stands for a project.
type Offer struct {
	Scheme
	Verdict eligible.Verdict
	Matches []Match
}

// Failed are the criteria that the project does not meet.
func (o Offer) Failed() (list []eligible.Criterion) {
	for _, i := range o.Verdict.Failed {
		list = append(list, o.Criteria[i])
	}
	return list
}

// View is what a project may ask for.
type View struct {
	Project    project.Project
	Edition    programme.Words
	Acts       bool
	Known      []Known
	Questions  []Known // not known, those that would settle most schemes first
	Eligible   []Offer
	ToComplete []Offer
	Refused    []Offer
	Followed   []Followed
	decides    map[string]int
}

// Decides says how many schemes wait for a fact.
func (v View) Decides(key string) int { return v.decides[key] }

// Orientation puts the schemes of the agency to what is known of a project; query keeps
// those that hold its words. Errors: as the policy, on orientation.read.
func (s *Service) Orientation(ctx context.Context, by account.User, id project.ID, query string) (v View, err error) {
	r := s.db.Reader()
	if v.Project, err = s.project(ctx, r, by, "orientation.read", id); err != nil {
		return v, err
	}
	if v.Edition, v.Acts, err = s.around(ctx, r, by, v.Project); err != nil {
		return v, err
	}
	if v.Known, err = know(ctx, r, id, s.clock.Now()); err != nil {
		return v, err
	}
	if v.Followed, err = followedOf(ctx, r, `o.project_id = $1`, string(id)); err != nil {
		return v, err
	}
	c, err := s.published(ctx, r, agencyOf(v.Project))
	if err != nil {
		return v, err
	}
	items, err := project.ItemsOf(ctx, r, id)
	if err != nil {
		return v, err
	}
	v.sort(c, s.answers(v.Known), wants(items), s.today(), query)
	return v, nil
}

// around finds the name of a project's edition, and whether by may act on the orientation.
func (s *Service) around(ctx context.Context, r db.Reader, by account.User, p project.Project) (programme.Words, bool, error) {
	e, err := programme.FindEdition(ctx, r, p.Edition)
	if err != nil {
		return programme.Words{}, false, err
	}
	may, err := s.policy.Decide(ctx, r, by, "orientation.act", p.Object())
	return e.Name, may.Allowed, err
}

// sort judges every scheme that is proposed on a day, and orders what came of it.
func (v *View) sort(c *catalogue, a *eligible.Answers, needs []need, day, query string) {
	v.decides = map[string]int{}
	for i, one := range c.schemes {
		if !one.Proposed(day) {
			continue
		}
		verdict := c.rules[i].Judge(a)
		for _, key := range verdict.Missing {
			v.decides[key]++
		}
		if v.follows(one.ID) || !one.speaks(query) {
			continue
		}
		o := Offer{Scheme: one, Verdict: verdict, Matches: matches(needs, c.words[i])}
		switch verdict.Truth {
		case rule.True:
			v.Eligible = append(v.Eligible, o)
		case rule.False:
			v.Refused = append(v.Refused, o)
		default:
			v.ToComplete = append(v.ToComplete, o)
		}
	}
	for _, list := range [][]Offer{v.Eligible, v.ToComplete, v.Refused} {
		slices.SortStableFunc(list, func(a, b Offer) int {
			return cmp.Or(len(b.Matches)-len(a.Matches), len(a.Verdict.Missing)-len(b.Verdict.Missing), len(a.Verdict.Failed)-len(b.Verdict.Failed))
		})
	}
	for _, k := range v.Known {
		if k.Value == nil && v.decides[k.Key] > 0 {
			v.Questions = append(v.Questions, k)
		}
	}
	slices.SortStableFunc(v.Questions, func(a, b Known) int { return v.decides[b.Key] - v.decides[a.Key] })
}

func (v *View) follows(id ID) bool {
	return slices.ContainsFunc(v.Followed, func(f Followed) bool { return f.Scheme.ID == id && f.State != "" })
}

// said are the words by which people ask for what an instrument gives.
var said = map[string]string{
	"consulting": "conseil consultant accompagnement", "grant": "financement subvention argent", "training": "formation compétence", "diagnosis": "diagnostic",
	"loan": "prêt emprunt", "advance": "avance trésorerie", "engineering": "ingénierie méthode", "network": "réseau partenaire",
}

// roots are the roots of the words by which a scheme is looked up.
func (w Sheet) roots() map[string]bool {
	found := map[string]bool{}
	for _, one := range append(slices.Clone(w.Tags), w.instrumentWords()...) {
		for _, root := range text.Words(one) {
			found[root] = true
		}
	}
	return found
}

func (w Sheet) instrumentWords() (list []string) {
	for _, one := range w.Instruments {
		list = append(list, said[one])
	}
	return list
}

// need is a need or a lock of a project, with the roots of its words.
type need struct {
	Match
	words []string // as they are written
}

func wants(items []project.Item) (list []need) {
	for _, i := range items {
		if i.Kind == "need" || i.Kind == "lock" {
			list = append(list, need{Match: Match{Kind: i.Kind, Title: i.Title}, words: strings.Fields(i.Title + " " + i.Detail)})
		}
	}
	return list
}

// matches are the needs that share a word with a scheme.
func matches(needs []need, words map[string]bool) (list []Match) {
	for _, n := range needs {
		if word := shared(n.words, words); word != "" {
			n.Word = word
			list = append(list, n.Match)
		}
	}
	return list
}

func shared(said []string, words map[string]bool) string {
	for _, word := range said {
		for _, root := range text.Words(word) {
			if words[root] {
				return strings.Trim(word, ".,;:!?«»()’'\u00a0\u202f")
			}
		}
	}
	return ""
}

// One is a scheme for a project, and how far it went.
type One struct {
	Project  project.Project
	Edition  programme.Words
	Acts     bool
	Offer    Offer
	Truths   []rule.Truth // of each criterion
	Known    []Known
	Proposed bool
	Followed Followed
	Steps    []Step
	Next     []State // what may be noted now
	Today    string
}

// One gives a scheme for a project. Errors: NotFound, for one of another agency or that
// was never published; as the policy, on orientation.read.
func (s *Service) One(ctx context.Context, by account.User, id project.ID, scheme ID) (v One, err error) {
	r := s.db.Reader()
	if v.Project, err = s.project(ctx, r, by, "orientation.read", id); err != nil {
		return v, err
	}
	if v.Offer.Scheme, err = s.offered(ctx, r, v.Project, scheme); err != nil {
		return v, err
	}
	if v.Edition, v.Acts, err = s.around(ctx, r, by, v.Project); err != nil {
		return v, err
	}
	if v.Known, err = know(ctx, r, id, s.clock.Now()); err != nil {
		return v, err
	}
	rules, err := eligible.Compile(v.Offer.Criteria)
	if err != nil {
		return v, fmt.Errorf("compile scheme %s: %w", scheme, err)
	}
	a := s.answers(v.Known)
	v.Offer.Verdict, v.Truths = rules.Judge(a), rules.Of(a)
	items, err := project.ItemsOf(ctx, r, id)
	if err != nil {
		return v, err
	}
	v.Offer.Matches, v.Today = matches(wants(items), v.Offer.roots()), s.today()
	if v.Proposed = v.Offer.Proposed(v.Today); !v.Acts {
		v.Next = nil
	}
	return v, s.following(ctx, r, &v)
}

// offered gives a scheme of the agency of a project, unless it is a draft.
func (s *Service) offered(ctx context.Context, r db.Reader, p project.Project, id ID) (Scheme, error) {
	one, err := load(ctx, r, id)
	if err == nil && (one.Agency != agencyOf(p) || one.State == Draft) {
		err = notFound()
	}
	return one, err
}
