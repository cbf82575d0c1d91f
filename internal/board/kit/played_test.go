package kit_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/platform/errs"
)

// played is a board of a shipped kit on which people act, each when she may.
type played struct {
	t *testing.T
	s *board.State
	n int64
}

func play(t *testing.T, id, variant string) *played {
	t.Helper()
	k, there := kit.Find(id)
	if !there {
		t.Fatal(id)
	}
	return &played{t: t, s: board.New(k, variant, time.Time{})}
}

// does says under which key an operation is refused, "" when it is done.
func (p *played) does(role kit.Role, op board.Op) string {
	p.t.Helper()
	who := string(role)
	err := board.Allowed(p.s, board.Actor{Person: who, Role: role}, op)
	if err == nil {
		p.n++
		_, err = board.Apply(p.s, board.Entry{N: p.n, Client: who, Seq: p.n, Person: who, Op: op})
	}
	if err != nil {
		return errs.KeyOf(err)
	}
	return ""
}

func (p *played) must(role kit.Role, op board.Op) {
	p.t.Helper()
	if key := p.does(role, op); key != "" {
		p.t.Fatalf("%s %s %s: %s", role, op.Kind, op.Target, key)
	}
}

func (p *played) phase(id string) {
	p.t.Helper()
	p.must(kit.Facilitator, board.Op{Kind: "phase.set", Target: id})
}

func lies(zone string) string { return fmt.Sprintf(`"zone":%q,"order":"a"`, zone) }

func adds(card, kind, prompt, zone, fields string) board.Op {
	return board.Op{Kind: "card.add", Target: card, Value: json.RawMessage(fmt.Sprintf(`{"type":%q,"prompt":%q,"fields":%s,%s}`, kind, prompt, fields, lies(zone)))}
}

func moves(card, zone string) board.Op {
	return board.Op{Kind: "card.move", Target: card, Value: json.RawMessage("{" + lies(zone) + "}")}
}

func casts(card, vote, value string) board.Op {
	return board.Op{Kind: "vote.cast", Target: card, Field: vote, Value: json.RawMessage(value)}
}

// becomes wants the items of the board: "kind title level owner due", in the order of cards.
func (p *played) becomes(want ...string) {
	p.t.Helper()
	var got []string
	for _, i := range p.s.Items("fr") {
		got = append(got, fmt.Sprintf("%s: %s (%d %s %s)", i.Becomes, i.Title, i.Level, i.Owner, i.Due))
	}
	if !slices.Equal(got, want) {
		p.t.Errorf("the board gives %q, not %q", got, want)
	}
}

const card1, card2, card3 = "aaaaaaaaaaaaaaaaaaa1", "aaaaaaaaaaaaaaaaaaa2", "aaaaaaaaaaaaaaaaaaa3"

func TestAQuestionRaisesALock(t *testing.T) {
	p := play(t, "adn", "")
	p.must(kit.Expert, adds(card1, "facet", "work.added", "work", `{"text":"Ressaisir les tournées, le soir"}`))
	p.must(kit.Team, adds(card2, "facet", "growth.yes", "growth", `{"text":"Celui de la direction"}`))
	p.becomes() // nothing is revealed
	p.phase("locks")
	p.becomes() // an answer without a lock is no item
	for field, value := range map[string]string{"lock": `"Personne n’a dit qui ressaisit"`, "severity": `3`, "owner": `"Lina"`} {
		p.must(kit.Team, board.Op{Kind: "card.set", Target: card1, Field: field, Base: p.n, Value: json.RawMessage(value)})
	}
	p.phase("own")
	p.must(kit.Team, moves(card1, "locks"))
	p.must(kit.Team, adds(card3, "lock", "", "locks", `{"text":"Le contrat finit en juin","severity":4}`))
	p.phase("close")
	if key := p.does(kit.Team, moves(card2, "locks")); key != "board.frozen" {
		t.Errorf("what is closed moves: %q", key)
	}
	p.becomes("lock: Personne n’a dit qui ressaisit (3 Lina )", "lock: Le contrat finit en juin (4  )")
}

func TestTheTeamAloneKeepsWhatItReceives(t *testing.T) {
	p := play(t, "grandmix", "")
	p.phase("write")
	p.must(kit.Peer, adds(card1, "contribution", "openings.cheap", "received", `{"text":"Un tableau papier, une semaine"}`))
	p.must(kit.Expert, adds(card2, "contribution", "", "received", `{"text":"Tout refaire"}`))
	p.phase("receive")
	if key := p.does(kit.Peer, moves(card1, "kept")); key != "board.not_yours" {
		t.Errorf("a visitor keeps her own idea: %q", key)
	}
	p.must(kit.Team, moves(card1, "kept"))
	p.must(kit.Team, moves(card2, "thanked"))
	p.becomes("contribution: Un tableau papier, une semaine (0  )", "idea: Un tableau papier, une semaine (0  )", "contribution: Tout refaire (0  )")
}

func TestOneCardOfThePlanIsAnActionAndANeed(t *testing.T) {
	p := play(t, "plan", "")
	p.phase("write")
	p.must(kit.Team, adds(card1, "action", "actions.watch", "matrix", `{"text":"Passer une matinée avec Zoé"}`))
	p.must(kit.Team, adds(card2, "action", "", "matrix", `{"text":"Écrire une charte"}`))
	p.phase("commit")
	p.must(kit.Team, moves(card1, "plan"))
	for field, value := range map[string]string{"owner": `"Sam"`, "due": `"2027-03-05"`, "need": `"L’accord du service"`} {
		p.must(kit.Team, board.Op{Kind: "card.set", Target: card1, Field: field, Base: p.n, Value: json.RawMessage(value)})
	}
	p.becomes("action: Passer une matinée avec Zoé (0 Sam 2027-03-05)", "need: L’accord du service (0 Sam 2027-03-05)")
}

func TestADimensionIsScoredAloneThenTogetherThenLater(t *testing.T) {
	p := play(t, "dimensions", "")
	useful := board.Dealt("six", "usefulness")
	p.phase("alone")
	p.must(kit.Team, casts(useful, "alone", "5"))
	p.must(kit.Coach, casts(useful, "alone", "2"))
	p.becomes() // the vote is secret, and open
	p.phase("gaps")
	p.becomes("dimension: Utilité (2  )")
	p.phase("together")
	p.must(kit.Team, casts(useful, "together", "3"))
	p.phase("after")
	p.must(kit.Coach, casts(useful, "after", "4"))
	p.becomes("dimension: Utilité (3  )")
	p.moments(useful, "alone 2 from 2 to 5, 2 people", "together 3 from 3 to 3, 1 people") // the last one is still secret
	p.phase("end")
	p.becomes("dimension: Utilité (4  )")
	p.moments(useful, "alone 2 from 2 to 5, 2 people", "together 3 from 3 to 3, 1 people", "after 4 from 4 to 4, 1 people")
}

// moments are how a card was scored before and after, with the gap between people.
func (p *played) moments(card string, want ...string) {
	p.t.Helper()
	var got []string
	for _, m := range p.s.Moments(p.s.Cards[card], "fr") {
		got = append(got, fmt.Sprintf("%s %d from %d to %d, %d people", m.Vote, m.Median, m.Low, m.High, m.People))
	}
	if !slices.Equal(got, want) {
		p.t.Errorf("scored %v, want %v", got, want)
	}
}

func TestSituationsGoToTheirBinWithWhatToChange(t *testing.T) {
	p := play(t, "facettes", "ani")
	first, second := board.Dealt("ani", "error_tell"), board.Dealt("ani", "ambiance_new")
	if len(p.s.Cards) != 18 {
		t.Fatal(len(p.s.Cards))
	}
	p.must(kit.Guest, casts(first, "mine", `"improve"`))
	p.phase("sort")
	p.must(kit.Team, moves(first, "improve"))
	p.must(kit.Team, moves(second, "good"))
	p.phase("change")
	for _, card := range []string{first, second} {
		p.must(kit.Team, board.Op{Kind: "card.set", Target: card, Field: "change", Value: json.RawMessage(`"Raconter une erreur le lundi"`)})
	}
	p.becomes("action: Raconter une erreur le lundi (0  )")
}
