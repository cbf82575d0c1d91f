package proposal_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/debrief/commitment"
	"transformateur/internal/debrief/partner"
	"transformateur/internal/debrief/proposal"
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/project"
)

var ctx = context.Background()

// world is an edition in which Ana's project asks Eva for a place, and everybody for advice.
type world struct {
	*gatheringtest.World
	partners       *partner.Service
	sheets         *synthesis.Service
	promises       *commitment.Service
	offers         *proposal.Service
	campus, garden project.ID
	eva, leo       account.User
	byEva, byLeo   partner.ID
	place, advice  string
	told           []string
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{World: gatheringtest.New(t, d)}
	w.partners = partner.New(partner.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, People: w.Accounts})
	w.sheets = synthesis.New(synthesis.Deps{DB: d, Clock: w.Clock, Policy: w.Policy})
	w.promises = commitment.New(commitment.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Jobs: w.Jobs, Sheets: w.sheets})
	w.offers = proposal.New(proposal.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Sheets: w.sheets, Commitments: w.promises})
	w.Bus.Subscribe("test", func(_ context.Context, _ *db.Tx, e event.Event) error {
		w.told = append(w.told, e.Kind)
		return nil
	}, proposal.ToldMade, proposal.ToldAnswered)
	w.campus, w.garden = w.Project("Campus", w.Ana), w.Project("Jardin", w.Bob)
	w.eva, w.byEva = w.partner("eva@fonds.example", "Eva Sage", "Fonds régional")
	w.leo, w.byLeo = w.partner("leo@sante.example", "Léo Fabre", "Santé au travail")
	w.place, w.advice = w.need("Un local"), w.need("Un conseil")
	w.Must(w.sheets.Turn(ctx, w.Ana, w.campus, synthesis.Ready, 2))
	w.shares(map[string][]string{w.place: {string(w.byEva)}, w.advice: {synthesis.All}})
	return w
}

func (w *world) need(body string) string {
	w.T.Helper()
	line, err := w.sheets.Add(ctx, w.Ana, w.campus, synthesis.Words{Part: synthesis.Help, Body: body})
	w.Must(err)
	return line
}

func (w *world) partner(email, name, organisation string) (account.User, partner.ID) {
	w.T.Helper()
	by := w.Signed(email, name)
	w.Must(w.partners.Invite(ctx, w.Lead, gatheringtest.Edition, partner.Asked{Email: email, Name: name, Organisation: organisation, Lang: "fr"}))
	_, err := w.Accounts.AcceptInvitation(ctx, by, strings.TrimPrefix(w.Box.Last(w.T, email, account.MailInvitation).Args["Link"], "/invitations/"), account.Acceptance{})
	w.Must(err)
	w.deliver()
	p, err := partner.As(ctx, w.DB.Reader(), gatheringtest.Edition, by.ID)
	w.Must(err)
	return by, p.ID
}

func (w *world) deliver() {
	w.T.Helper()
	_, err := w.Bus.Deliver(ctx)
	w.Must(err)
}

func (w *world) shares(given map[string][]string) {
	w.T.Helper()
	v, err := w.sheets.Read(ctx, w.Ana, w.campus)
	w.Must(err)
	w.Must(w.sheets.Share(ctx, w.Ana, w.campus, synthesis.Choice{Version: v.Version, Recipients: []string{synthesis.All, string(w.byEva), string(w.byLeo)}, Given: given}))
}

func (w *world) wants(what string, err error, kind errs.Kind) {
	w.T.Helper()
	if !errs.Is(err, kind) {
		w.T.Errorf("%s: %v, want %s", what, err, kind)
	}
}

func (w *world) view(by account.User) proposal.View {
	w.T.Helper()
	v, err := w.offers.View(ctx, by, gatheringtest.Edition)
	w.Must(err)
	return v
}

func (w *world) sheet(line string) proposal.Sheet {
	return proposal.Sheet{Project: w.campus, Line: line, Kind: "place", Body: "Un atelier à Caen", Quantity: "80 m²", Until: w.Clock.Now().AddDate(0, 0, 30).Format(time.DateOnly)}
}

func TestFromAnOfferToACommitment(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		made, err := w.offers.Make(ctx, w.eva, gatheringtest.Edition, w.sheet(w.place))
		w.Must(err)
		_, err = w.offers.Make(ctx, w.Ana, gatheringtest.Edition, w.sheet(w.place))
		w.wants("by a team", err, errs.Forbidden)
		_, err = w.offers.Make(ctx, w.eva, gatheringtest.Edition, proposal.Sheet{Project: w.garden, Kind: "stone", Until: "demain"})
		w.wants("nothing, to a project that shares nothing", err, errs.Invalid)
		past := w.sheet(w.place)
		past.Until = "2020-01-01"
		_, err = w.offers.Make(ctx, w.eva, gatheringtest.Edition, past)
		w.wants("until a day that is over", err, errs.Invalid)

		w.wants("another partner takes it back", w.offers.Withdraw(ctx, w.leo, gatheringtest.Edition, made, proposal.Step{Why: "Non", Version: 1}), errs.NotFound)
		w.wants("promised too early", w.offers.Promise(ctx, w.eva, gatheringtest.Edition, made, proposal.Promise{What: "Un atelier", Version: 1}), errs.Conflict)
		w.wants("declined without why", w.offers.Answer(ctx, w.Ana, w.campus, made, proposal.Answer{Version: 1}), errs.Invalid)
		w.wants("another team answers", w.offers.Answer(ctx, w.Bob, w.garden, made, proposal.Answer{Accepts: true, Version: 1}), errs.NotFound)
		w.wants("the lead answers", w.offers.Answer(ctx, w.Lead, w.campus, made, proposal.Answer{Accepts: true, Version: 1}), errs.Forbidden)
		w.Must(w.offers.Answer(ctx, w.Ana, w.campus, made, proposal.Answer{Accepts: true, Version: 1}))
		w.wants("from an old page", w.offers.Answer(ctx, w.Ana, w.campus, made, proposal.Answer{Why: "Non", Version: 1}), errs.Conflict)
		// what was accepted may be promised even when the need is shared no more
		w.shares(nil)
		w.wants("a promise of nothing", w.offers.Promise(ctx, w.eva, gatheringtest.Edition, made, proposal.Promise{Version: 2}), errs.Invalid)
		w.Must(w.offers.Promise(ctx, w.eva, gatheringtest.Edition, made, proposal.Promise{What: "Un atelier", Due: "2027-06-01", Version: 2}))
		w.wants("twice", w.offers.Promise(ctx, w.eva, gatheringtest.Edition, made, proposal.Promise{What: "Un atelier", Version: 3}), errs.Conflict)
		w.wants("taken back once promised", w.offers.Withdraw(ctx, w.eva, gatheringtest.Edition, made, proposal.Step{Why: "Non", Version: 3}), errs.Conflict)
		if v, err := w.promises.Around(ctx, w.Ana, w.campus); err != nil || len(v.List) != 1 || v.List[0].What != "Un atelier" || v.List[0].Line != w.place {
			t.Errorf("the commitments are %+v, %v", v.List, err)
		}
		if v, err := w.offers.Around(ctx, w.Ana, w.campus); err != nil || len(v.List) != 1 || v.List[0].State != proposal.Promised || v.List[0].Need != "Un local" || !v.Answers {
			t.Errorf("the team reads %+v, %v", v, err)
		}
		_, err = w.offers.Around(ctx, w.Bob, w.campus)
		w.wants("another team reads", err, errs.NotFound)
		w.deliver()
		slices.Sort(w.told)
		if got := strings.Join(w.told, " "); got != proposal.ToldAnswered+" "+proposal.ToldMade {
			t.Errorf("told: %s", got)
		}
		if to, err := proposal.ToTell(ctx, d.Reader(), made, w.Clock.Now()); err != nil || to.Person != w.eva.ID || len(to.Team) != 1 || to.Team[0] != w.Ana.ID {
			t.Errorf("whom to write to: %+v, %v", to, err)
		}
	})
}

func TestOffersEnd(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		first, err := w.offers.Make(ctx, w.eva, gatheringtest.Edition, w.sheet(w.place))
		w.Must(err)
		w.Clock.Advance(time.Minute)
		his := w.sheet(w.advice)
		his.Partner = w.byLeo
		second, err := w.offers.Make(ctx, w.Lead, gatheringtest.Edition, his)
		w.Must(err)
		w.Must(w.offers.Answer(ctx, w.Ana, w.campus, first, proposal.Answer{Why: "Trop loin", Version: 1}))
		w.wants("taken back without why", w.offers.Withdraw(ctx, w.leo, gatheringtest.Edition, second, proposal.Step{Version: 1}), errs.Invalid)
		w.Clock.Set(w.Clock.Now().AddDate(0, 0, 40))
		w.wants("accepted too late", w.offers.Answer(ctx, w.Ana, w.campus, second, proposal.Answer{Accepts: true, Version: 1}), errs.Conflict)
		w.Must(w.offers.Withdraw(ctx, w.leo, gatheringtest.Edition, second, proposal.Step{Why: "Plus possible", Version: 1}))
		if v := w.view(w.Lead); len(v.List) != 2 || len(v.Unanswered()) != 2 || v.List[0].Why != "Trop loin" {
			t.Errorf("the lead reads %+v", v)
		}
	})
}

// The matrix: what each one reads of it, at each step of a consent.
func TestTheTableOfNeeds(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		_, err := w.offers.Make(ctx, w.eva, gatheringtest.Edition, w.sheet(w.place))
		w.Must(err)
		_, err = w.promises.Make(ctx, w.leo, gatheringtest.Edition, commitment.Sheet{Project: w.campus, Line: w.place, What: "Une visite"})
		w.Must(err)
		type row struct {
			need  string
			cells string // how many by partner
		}
		reads := func(by account.User, want ...row) {
			t.Helper()
			var got []row
			v := w.view(by)
			for _, r := range v.Rows {
				one := row{need: r.Need.Body}
				for _, c := range r.Cells {
					one.cells += string(rune('0' + len(c)))
				}
				got = append(got, one)
			}
			if len(got) != len(want) {
				t.Fatalf("%s reads %+v, want %+v", by.Name, got, want)
			}
			for i := range want {
				if got[i] != want[i] {
					t.Errorf("%s reads %+v, want %+v", by.Name, got[i], want[i])
				}
			}
		}
		// by organisation: Fonds régional, then Santé au travail; Léo does not read the place
		// he answered, whose line his commitment lost
		reads(w.Lead, row{"Un local", "10"}, row{"Un conseil", "00"}, row{"", "01"})
		reads(w.eva, row{"Un local", "1"}, row{"Un conseil", "0"})
		reads(w.leo, row{"Un conseil", "0"}, row{"", "1"})
		w.shares(map[string][]string{w.advice: {synthesis.All}})
		reads(w.eva, row{"Un conseil", "0"}, row{"", "1"})
		if v := w.view(w.eva); len(v.List) != 1 || v.List[0].Need != "" || v.List[0].Body != "Un atelier à Caen" || !v.List[0].Mine {
			t.Errorf("her offer keeps its own words alone: %+v", v.List)
		}
		w.shares(nil)
		reads(w.leo, row{"", "1"})
		reads(w.Lead, row{"", "11"})
		if _, err := w.offers.View(ctx, w.Ana, gatheringtest.Edition); !errs.Is(err, errs.Forbidden) {
			t.Errorf("a team reads the table: %v", err)
		}
	})
}
