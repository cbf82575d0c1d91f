package board

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/board/kit"
	"transformateur/internal/platform/errs"
)

var noon = time.Date(2027, 3, 5, 12, 0, 0, 0, time.UTC)

// workshop is a kit with something of everything.
const workshop = `{"version":1,"id":"workshop","title":{"fr":"Atelier"},"layout":"columns",
 "zones":[{"id":"ideas","title":{"fr":"Idées"}},{"id":"kept","title":{"fr":"Retenues"},"write":["team"],"most":2},{"id":"later","title":{"fr":"Plus tard"},"closed":true},{"id":"facets","title":{"fr":"Facettes"},"cards":["facet"]}],
 "cards":[{"id":"note","title":{"fr":"Note"},"fields":[{"id":"text","type":"text","label":{"fr":"Texte"},"required":true,"most":200},{"id":"weight","type":"level","label":{"fr":"Poids"},"choices":[{"id":"low","label":{"fr":"Faible"}},{"id":"high","label":{"fr":"Fort"}}]},{"id":"when","type":"date","label":{"fr":"Quand"}},{"id":"see","type":"link","label":{"fr":"Lien"}}]},
  {"id":"facet","title":{"fr":"Facette"},"fields":[{"id":"text","type":"text","label":{"fr":"Texte"}}]}],
 "decks":[{"id":"short","title":{"fr":"Court"},"variant":"a","card":"facet","deal":"facets","prompts":[{"id":"p1","title":{"fr":"Un"}},{"id":"p2","title":{"fr":"Deux"}}]},
  {"id":"long","title":{"fr":"Long"},"variant":"b","card":"facet","deal":"facets","prompts":[{"id":"p1","title":{"fr":"Un"}}]}],
 "phases":[{"id":"silent","title":{"fr":"Silence"},"hidden":true},{"id":"talk","title":{"fr":"Discussion"}},{"id":"choose","title":{"fr":"Vote"},"frozen":true,"votes":["dots","level","pairs"]},{"id":"end","title":{"fr":"Fin"},"last":true}],
 "votes":[{"id":"dots","title":{"fr":"Gommettes"},"kind":"dots","budget":3,"most":2,"cards":["note"]},
  {"id":"level","title":{"fr":"Niveau"},"kind":"score","secret":true,"choices":[{"id":"a","label":{"fr":"A"}},{"id":"b","label":{"fr":"B"}},{"id":"c","label":{"fr":"C"}}]},
  {"id":"pairs","title":{"fr":"Duels"},"kind":"pairs"}],
 "outputs":[{"becomes":"idea","card":"note","title":"text","level":"weight","due":"when"}]}`

func workshopKit(t testing.TB) *kit.Kit {
	t.Helper()
	k, err := kit.Parse([]byte(workshop))
	if err != nil {
		t.Fatalf("%+v", err)
	}
	return k
}

// table is a board on which a test acts.
type table struct {
	t *testing.T
	s *State
	n int64
	r Result
}

func newTable(t *testing.T) *table { return &table{t: t, s: New(workshopKit(t), "a", noon)} }

func op(kind, target, field string, base int64, value string) Op {
	o := Op{Kind: kind, Target: target, Field: field, Base: base}
	if value != "" {
		o.Value = json.RawMessage(value)
	}
	return o
}

func add(id, zone, text string) Op {
	return op("card.add", id, "", 0, fmt.Sprintf(`{"type":"note","zone":%q,"order":"V","fields":{"text":%q}}`, zone, text))
}

// does has somebody do something, and gives the key of the refusal, "" for none.
func (b *table) does(who string, role kit.Role, o Op) string {
	b.t.Helper()
	if err := Allowed(b.s, Actor{who, role}, o); err != nil {
		return errs.KeyOf(err)
	}
	before := string(must(b.s))
	again := new(State)
	if err := json.Unmarshal([]byte(before), again); err != nil {
		b.t.Fatal(err)
	}
	b.s = again.Open(b.s.kit) // every operation is done on a board that was read from its snapshot
	r, err := Apply(b.s, Entry{N: b.n + 1, Client: "client-of-" + who, Person: who, At: noon.Add(time.Duration(b.n) * time.Second), Op: o})
	if err != nil {
		if after := string(must(b.s)); after != before {
			b.t.Errorf("a refused operation changed the board:\n%s\n%s", before, after)
		}
		return errs.KeyOf(err)
	}
	b.n++
	b.r = r
	return ""
}

// undo undoes the last operation.
func (b *table) undo(who string, role kit.Role, n int64, r Result) string {
	b.t.Helper()
	return b.does(who, role, Op{Kind: "undo", Base: n, Value: must(r.Inverse)})
}

func (b *table) must(who string, role kit.Role, o Op) Result {
	b.t.Helper()
	if key := b.does(who, role, o); key != "" {
		b.t.Fatalf("%s %s %s: %s", who, o.Kind, o.Target, key)
	}
	return b.r
}

func (b *table) text(card string) string {
	v := b.s.Cards[card].Fields["text"]
	list := []string{string(v.V)}
	for _, a := range v.Alts {
		list = append(list, string(a.V))
	}
	return strings.Join(list, "+")
}

const one, two = "cardnumberone", "cardnumbertwo"

func TestWhoMayDoWhat(t *testing.T) {
	long := `"` + strings.Repeat("é", 201) + `"`
	for _, c := range []struct {
		name  string
		phase string
		who   string
		role  kit.Role
		op    Op
		want  string
	}{
		{"a note", "talk", "eve", kit.Team, add("anotherone", "ideas", "Oui"), ""},
		{"a note by who only reads", "talk", "eve", kit.Reader, add("anotherone", "ideas", "Oui"), "board.reader"},
		{"a role that no board knows", "talk", "eve", "king", add("anotherone", "ideas", "Oui"), "board.reader"},
		{"a card that is there", "talk", "eve", kit.Team, add(one, "ideas", "Oui"), "board.twice"},
		{"an id that is none", "talk", "eve", kit.Team, add("UP", "ideas", "Oui"), "board.bad_op"},
		{"a zone that is not there", "talk", "eve", kit.Team, add("anotherone", "nowhere", "Oui"), "board.unknown"},
		{"a zone that others write", "talk", "gus", kit.Guest, add("anotherone", "kept", "Oui"), "board.not_yours"},
		{"a zone that is closed", "talk", "eve", kit.Team, add("anotherone", "later", "Oui"), "board.zone_closed"},
		{"a zone that is closed, for who leads", "talk", "fan", kit.Facilitator, add("anotherone", "later", "Oui"), ""},
		{"a card that the zone does not take", "talk", "eve", kit.Team, add("anotherone", "facets", "Oui"), "board.wrong_zone"},
		{"while all is frozen", "choose", "eve", kit.Team, op("card.set", one, "text", 9, `"Non"`), "board.frozen"},
		{"a text", "talk", "gus", kit.Guest, op("card.set", one, "text", 9, `"Mieux"`), ""},
		{"a text that is too long", "talk", "gus", kit.Guest, op("card.set", one, "text", 9, long), "board.too_long"},
		{"a number for a text", "talk", "gus", kit.Guest, op("card.set", one, "text", 9, `3`), "board.bad_value"},
		{"a text with a zero", "talk", "gus", kit.Guest, op("card.set", one, "text", 9, `"a\u0000"`), "board.bad_value"},
		{"a level", "talk", "gus", kit.Guest, op("card.set", one, "weight", 9, `2`), ""},
		{"a level beyond the scale", "talk", "gus", kit.Guest, op("card.set", one, "weight", 9, `3`), "board.bad_value"},
		{"a day that is none", "talk", "gus", kit.Guest, op("card.set", one, "when", 9, `"2027-02-30"`), "board.bad_value"},
		{"a link that would run", "talk", "gus", kit.Guest, op("card.set", one, "see", 9, `"javascript:alert(1)"`), "board.bad_value"},
		{"a link", "talk", "gus", kit.Guest, op("card.set", one, "see", 9, `"https://exemple.fr/a"`), ""},
		{"a field that is not there", "talk", "gus", kit.Guest, op("card.set", one, "nothing", 9, `"a"`), "board.unknown"},
		{"to take away what another wrote", "talk", "gus", kit.Guest, op("card.remove", one, "", 0, ""), "board.not_yours"},
		{"to take away what one wrote", "talk", "ana", kit.Guest, op("card.remove", one, "", 0, ""), ""},
		{"to take away as the project's team", "talk", "eve", kit.Team, op("card.remove", one, "", 0, ""), ""},
		{"to move", "talk", "gus", kit.Guest, op("card.move", one, "", 0, `{"zone":"ideas","order":"k"}`), ""},
		{"to move where others write", "talk", "gus", kit.Guest, op("card.move", one, "", 0, `{"zone":"kept","order":"k"}`), "board.not_yours"},
		{"to move out of the board", "talk", "gus", kit.Guest, op("card.move", one, "", 0, `{"zone":"ideas","order":"k","x":2}`), "board.bad_op"},
		{"a rank that is none", "talk", "gus", kit.Guest, op("card.move", one, "", 0, `{"zone":"ideas","order":"k0"}`), "board.bad_op"},
		{"the next phase", "talk", "eve", kit.Team, op("phase.set", "choose", "", 0, ""), "board.not_facilitator"},
		{"the next phase, for who leads", "talk", "fan", kit.Facilitator, op("phase.set", "choose", "", 0, ""), ""},
		{"a phase that is not there", "talk", "fan", kit.Facilitator, op("phase.set", "never", "", 0, ""), "board.unknown"},
		{"a timer", "talk", "fan", kit.Facilitator, op("timer.start", "", "", 0, `300`), ""},
		{"a timer of two days", "talk", "fan", kit.Facilitator, op("timer.start", "", "", 0, `172800`), "board.bad_op"},
		{"a dot while the vote is closed", "talk", "eve", kit.Team, op("vote.cast", one, "dots", 0, `1`), "board.vote_closed"},
		{"a dot", "choose", "eve", kit.Team, op("vote.cast", one, "dots", 0, `1`), ""},
		{"more dots than a card takes", "choose", "eve", kit.Team, op("vote.cast", one, "dots", 0, `3`), "board.bad_value"},
		{"a dot on what takes none", "choose", "eve", kit.Team, op("vote.cast", "dealt-short-p1", "dots", 0, `1`), "board.unknown"},
		{"a card against itself", "choose", "eve", kit.Team, op("vote.cast", one, "pairs", 0, `{"over":"`+one+`"}`), "board.bad_value"},
		{"a kind that nobody knows", "talk", "fan", kit.Facilitator, op("board.burn", "", "", 0, ""), "board.bad_op"},
		{"a drop that undoes nothing", "talk", "ana", kit.Team, op("card.drop", one, "text", 1, ""), "board.bad_op"},
		{"an unknown key", "talk", "eve", kit.Team, op("card.move", one, "", 0, `{"zone":"ideas","order":"k","z":2}`), "board.bad_op"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newTable(t)
			b.must("ana", kit.Guest, add(one, "ideas", "Premier"))
			b.must("fan", kit.Facilitator, op("phase.set", c.phase, "", 0, ""))
			if got := b.does(c.who, c.role, c.op); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestSilence(t *testing.T) {
	b := newTable(t)
	b.must("ana", kit.Peer, add(one, "ideas", "Un secret"))
	if text := string(must(b.s.Common(b.s.Keys(-1)))); strings.Contains(text, "secret") || strings.Contains(text, "ana") {
		t.Errorf("what is written in silence is seen: %s", text)
	}
	if own := b.s.Own("ana", b.s.Keys(-1)); !strings.Contains(string(own[len(own)-1].JSON), "secret") {
		t.Errorf("who wrote does not see it: %s", own)
	}
	if own := string(must(b.s.Own("gus", b.s.Keys(-1)))); strings.Contains(own, "secret") {
		t.Error("another sees it as her own")
	}
	for _, o := range []Op{op("card.set", one, "text", 0, `"x"`), op("card.move", one, "", 0, `{"zone":"ideas","order":"k"}`), op("card.remove", one, "", 0, "")} {
		if key := b.does("fan", kit.Facilitator, o); key != "board.unknown" {
			t.Errorf("%s of what is not revealed: %q", o.Kind, key)
		}
	}
	r := b.must("fan", kit.Facilitator, op("phase.set", "talk", "", 0, ""))
	if !slices.Contains(r.Changed, "c/"+one) || !strings.Contains(string(must(b.s.Common(r.Changed))), "secret") {
		t.Errorf("it is not revealed: %v", r.Changed)
	}
}

func TestTwoPeopleWriteTheSameText(t *testing.T) {
	b := newTable(t)
	b.must("fan", kit.Facilitator, op("phase.set", "talk", "", 0, ""))
	b.must("ana", kit.Peer, add(one, "ideas", "Un"))                       // 2
	b.must("ana", kit.Peer, op("card.set", one, "text", 2, `"Un beau"`))   // 3
	r := b.must("gus", kit.Peer, op("card.set", one, "text", 2, `"Un d"`)) // 4: had not seen 3
	b.must("gus", kit.Peer, op("card.set", one, "text", 2, `"Un deux"`))   // 5: goes on
	if got := b.text(one); got != `"Un beau"+"Un deux"` {
		t.Fatalf("both are kept: %s", got)
	}
	b.must("ana", kit.Peer, op("card.set", one, "text", 3, `"Un beau jour"`)) // 6: goes on too
	if key := b.does("eve", kit.Team, op("card.settle", one, "text", 4, `"Les deux"`)); key != "board.changed" {
		t.Errorf("a choice between versions that were not all seen: %q", key)
	}
	if key := b.undo("gus", kit.Peer, 4, r); key != "board.overwritten" {
		t.Errorf("what was written over is undone: %q", key)
	}
	b.must("eve", kit.Team, op("card.settle", one, "text", 6, `"Les deux"`))
	if got := b.text(one); got != `"Les deux"` {
		t.Errorf("settled: %s", got)
	}
	b.must("gus", kit.Peer, op("card.set", one, "text", 1, `"Les deux"`))
	if got := b.text(one); got != `"Les deux"` {
		t.Errorf("the same text twice is one: %s", got)
	}
}

func TestUndo(t *testing.T) {
	b := newTable(t)
	b.must("fan", kit.Facilitator, op("phase.set", "talk", "", 0, ""))
	added := b.must("ana", kit.Peer, add(one, "ideas", "Un"))
	set := b.must("ana", kit.Peer, op("card.set", one, "text", 2, `"Deux"`))
	if key := b.undo("ana", kit.Peer, b.n, set); key != "" || b.text(one) != `"Un"` {
		t.Errorf("%q, %s", key, b.text(one))
	}
	if key := b.undo("ana", kit.Peer, b.n, b.r); key != "" || b.text(one) != `"Deux"` {
		t.Errorf("to undo what was undone: %q, %s", key, b.text(one))
	}
	moved := b.must("ana", kit.Peer, op("card.move", one, "", 0, `{"zone":"ideas","order":"k"}`))
	at := b.n
	b.must("gus", kit.Peer, op("card.move", one, "", 0, `{"zone":"ideas","order":"m"}`))
	if key := b.undo("ana", kit.Peer, at, moved); key != "board.overwritten" {
		t.Errorf("another's move is undone: %q", key)
	}
	if key := b.undo("ana", kit.Peer, 2, added); key != "" || !b.s.Cards[one].Removed {
		t.Errorf("%q", key)
	}
	b.must("gus", kit.Peer, op("card.set", one, "text", b.n-1, `"Je ne savais pas"`))
	if b.s.Cards[one].Removed || b.text(one) != `"Je ne savais pas"` {
		t.Error("what was written on a card that had just gone is lost")
	}
}

func TestVotes(t *testing.T) {
	b := newTable(t)
	for i, id := range []string{one, two} {
		b.must("ana", kit.Peer, add(id, "ideas", fmt.Sprint(i)))
	}
	b.must("fan", kit.Facilitator, op("phase.set", "choose", "", 0, ""))
	b.must("ana", kit.Peer, op("vote.cast", one, "dots", 0, `2`))
	if key := b.does("ana", kit.Peer, op("vote.cast", two, "dots", 0, `2`)); key != "board.no_dots" {
		t.Errorf("%q", key)
	}
	b.must("ana", kit.Peer, op("vote.cast", two, "dots", 0, `1`))
	b.must("gus", kit.Peer, op("vote.cast", one, "dots", 0, `1`))
	if got := b.s.Count("dots"); got[one].Sum != 3 || got[one].People != 2 || got[two].Sum != 1 {
		t.Errorf("%s", must(got))
	}
	cast := b.must("ana", kit.Peer, op("vote.cast", one, "pairs", 0, `{"over":"`+two+`"}`))
	b.must("gus", kit.Peer, op("vote.cast", two, "pairs", 0, `{"over":"`+one+`"}`))
	if got := b.s.Count("pairs"); got[one].Won != 1 || got[two].Won != 1 || got[one].People != 2 {
		t.Errorf("%s", must(got))
	}
	if key := b.undo("ana", kit.Peer, b.n-1, cast); key != "" || b.s.Count("pairs")[one].Won != 0 {
		t.Errorf("%q %s", key, must(b.s.Count("pairs")))
	}
	b.must("ana", kit.Peer, op("vote.cast", one, "level", 0, `3`))
	b.must("gus", kit.Peer, op("vote.cast", one, "level", 0, `1`))
	if seen := string(b.s.Common([]string{"v/level"})[0].JSON); strings.Contains(seen, "tally") || !strings.Contains(seen, `"people":2`) {
		t.Errorf("a secret vote is told: %s", seen)
	}
	b.must("fan", kit.Facilitator, op("vote.close", "level", "", 0, ""))
	if seen := string(b.s.Common([]string{"v/level"})[0].JSON); !strings.Contains(seen, `"counts":[1,0,1]`) {
		t.Errorf("a closed vote is not told: %s", seen)
	}
}

func TestDeal(t *testing.T) {
	b := newTable(t)
	if len(b.s.Cards) != 2 || b.s.Cards["dealt-short-p1"].Order >= b.s.Cards["dealt-short-p2"].Order {
		t.Errorf("%s", must(b.s.Cards))
	}
}

func TestBetween(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("SEED"); text != "" {
		fmt.Sscan(text, &seed)
	}
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	list := []string{}
	for range 5000 {
		i := rng.IntN(len(list) + 1)
		if rng.IntN(2) == 0 {
			i = len(list)
		}
		a, b := "", ""
		if i > 0 {
			a = list[i-1]
		}
		if i < len(list) {
			b = list[i]
		}
		got := Between(a, b)
		if !goodOrder(got) || got <= a || b != "" && got >= b {
			t.Fatalf("between %q and %q: %q", a, b, got)
		}
		list = slices.Insert(list, i, got)
	}
	longest := 0
	for _, rank := range list {
		longest = max(longest, len(rank))
	}
	if longest > 60 {
		t.Errorf("a rank of %d bytes after 5,000 cards", longest)
	}
}
