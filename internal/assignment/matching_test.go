package assignment_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"transformateur/internal/application"
	"transformateur/internal/assignment"
	"transformateur/internal/committee"
	"transformateur/internal/committee/committeetest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/solve/assign"
)

// choose changes what is asked of the engine.
func (w *world) choose(change func(*assignment.Settings)) {
	w.T.Helper()
	c, err := w.s.Settings(ctx, w.Lead, w.Selection.ID, "fr")
	w.Must(err)
	change(&c.Settings)
	w.Must(w.s.Choose(ctx, w.Lead, w.Selection.ID, c.Settings, -1))
}

// themed asks for themes and for a size, which is no theme when it is left out.
const themed = `{"version":1,"steps":[{"id":"project","title":{"fr":"Votre projet"},"fields":[
  {"id":"summary","type":"longtext","label":{"fr":"Résumé"},"required":true,"settings":{"max_chars":200}},
  {"id":"themes","type":"choices","label":{"fr":"Thèmes"},"settings":{"options":[{"id":"food","label":{"fr":"Alimentation de proximité","en":"Local food"}},{"id":"move","label":{"fr":"Mobilités","en":"Getting around"}}]}},
  {"id":"size","type":"choice","label":{"fr":"Taille"},"settings":{"options":[{"id":"small","label":{"fr":"Petit"}},{"id":"large","label":{"fr":"Grand"}}]}}]}]}`

func TestAffinityIsDeclaredCompetencesByThemes(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := &world{World: committeetest.NewWith(t, d, themed)}
		w.s = assignment.New(assignment.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Calls: w.Calls, Committees: w.Committees})
		file := func(title, size string, themes ...any) application.ID {
			return w.Deposit(w.Ana, title, "themes", themes, "size", size)
		}
		both, one := file("Potager", "small", "food", "move"), file("Navette", "large", "move")
		w.Close(both, one)
		seats := map[string]committee.MemberID{}
		for name, competences := range map[string][]string{"by words": {"alimentation de PROXIMITE"}, "by identifier": {"food"}, "in English": {"local food"}, "elsewhere": {"Comptabilité"}, "of both": {"Mobilités", "food"}, "of nothing": nil, "of the size": {"Petit"}} {
			email := strings.ReplaceAll(name, " ", "-") + "@club.example"
			seats[name] = w.Seat(w.Somebody(email, name), committee.Seat{Email: email, Role: committee.Juror, Competences: competences})
		}
		w.Settle()
		for name, c := range map[string]struct {
			questions []string
			member    string
			file      application.ID
			want      float64
		}{
			"the words of a theme, without accents nor case": {[]string{"themes"}, "by words", both, 0.5},
			"the same, in another language":                  {[]string{"themes"}, "in English", both, 0.5},
			"the identifier of a theme":                      {[]string{"themes"}, "by identifier", both, 0.5},
			"a theme that the file has not":                  {[]string{"themes"}, "by words", one, 0},
			"every theme of the file":                        {[]string{"themes"}, "of both", both, 1},
			"a competence that is no theme":                  {[]string{"themes"}, "elsewhere", both, 0},
			"nothing declared":                               {[]string{"themes"}, "of nothing", both, 0},
			"a question that says no theme":                  {[]string{"themes"}, "of the size", both, 0},
			"every question when none is chosen":             {nil, "of the size", both, 1.0 / 3},
		} {
			w.choose(func(s *assignment.Settings) { s.Themes, s.Competence, s.Text, s.Bid = c.questions, 2, 0, 0 })
			b := w.board(w.Lead)
			total, terms := b.Value(assignment.Pair{File: c.file, Member: seats[c.member]})
			if want := 2 * c.want; math.Abs(terms[0].Float()-want) > 0.002 || total != terms[0] {
				t.Errorf("%s: %v of %v, want %v", name, terms, total, want)
			}
		}
		w.choose(func(s *assignment.Settings) { s.Themes, s.Readers, s.Even = []string{"themes"}, 1, false })
		w.propose()
		if b := w.board(w.Lead); !b.Reads(assignment.Pair{File: both, Member: seats["of both"]}) {
			t.Errorf("who knows every theme does not read the file: %v", b.Plan.Pairs)
		}
	})
}

func TestAMembersShare(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Must(w.s.Bid(ctx, w.marc, w.Selection.ID, map[application.ID]assignment.Wish{w.files[0]: assignment.Eager, w.files[1]: assignment.No}))
		give := func(file int, m committee.MemberID) {
			w.Must(w.s.Edit(ctx, w.Lead, w.Selection.ID, assignment.Give, assignment.Pair{File: w.files[file], Member: m}, -1))
		}
		w.choose(func(s *assignment.Settings) { s.Even, s.Least, s.Most = false, 1, 2 })
		marc, nina, chair := w.seat(w.marc), w.seat(w.nina), w.seat(w.chair)
		give(0, marc)
		give(1, marc)
		give(2, nina)
		want := func(m committee.MemberID, bound string, load int) {
			t.Helper()
			for _, s := range w.board(w.Lead).Shares() {
				if s.Member.ID == m && (s.Bound != bound || s.Load != load) {
					t.Errorf("%s: bound %q with %d files, want %q with %d", s.Name, s.Bound, s.Load, bound, load)
				}
			}
		}
		want(marc, assignment.BoundMost, 2)
		want(nina, assignment.BoundLeast, 1)
		want(chair, assignment.BoundUnder, 0)
		give(2, marc)
		want(marc, assignment.BoundOver, 3)
		for _, s := range w.board(w.Lead).Shares() {
			if s.Member.ID == marc && (s.Said[assignment.Eager] != 1 || s.Said[assignment.No] != 1 || s.Said[assignment.Unsaid] != 2 || s.Served[assignment.Eager] != 1 || s.Served[assignment.Unsaid] != 1) {
				t.Errorf("what she said: %v, what she got: %v", s.Said, s.Served)
			}
			if s.Worst != (s.Member.ID == nina) {
				t.Errorf("%s is the worst off: %v", s.Name, s.Worst)
			}
		}
		w.Must(w.Committees.Declare(ctx, w.marc, w.Selection.ID, w.files[0], committee.Cause{Kind: committee.Declarable[0], Detail: "Un proche"}))
		w.Settle()
		for _, s := range w.board(w.Lead).Shares() {
			if s.Member.ID == marc && s.Said[assignment.Eager] != 0 {
				t.Error("a wish for a file from which she stepped aside is counted")
			}
		}
	})
}

func TestWhatEachRuleCosts(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for _, file := range w.files {
			w.Must(w.s.Bid(ctx, w.marc, w.Selection.ID, map[application.ID]assignment.Wish{file: assignment.Eager}))
		}
		marc, nina := w.seat(w.marc), w.seat(w.nina)
		w.choose(func(s *assignment.Settings) {
			s.Text, s.Objective, s.Even, s.OneOfAHouse, s.Most, s.Needs = 0, assign.Total, false, false, 3, nil
		})
		w.Must(w.s.Edit(ctx, w.Lead, w.Selection.ID, assignment.Pin, assignment.Pair{File: w.files[0], Member: nina}, -1))
		w.Must(w.s.Edit(ctx, w.Lead, w.Selection.ID, assignment.Bar, assignment.Pair{File: w.files[1], Member: marc}, -1))
		got, err := w.s.Prices(ctx, w.Lead, w.Selection.ID)
		w.Must(err)
		// Eager is worth 1, unsaid 0.25: the best has two eager readings; without the pin or
		// the bar, three; with no bound on loads alone, still two.
		want := map[string]assign.Affinity{assignment.PricePins: 750_000, assignment.PriceBars: 750_000, assignment.PriceMost: 0}
		if got.Best.Total != 2_500_000 || len(got.List) != len(want) {
			t.Fatalf("the best is %v, with %d prices: %+v", got.Best.Total, len(got.List), got.List)
		}
		for _, p := range got.List {
			if p.Total != want[p.Kind] || !p.Possible || !p.Proved {
				t.Errorf("%s costs %v (%+v), want %v", p.Kind, p.Total, p, want[p.Kind])
			}
		}
		w.choose(func(s *assignment.Settings) { s.Most = 1 })
		got, err = w.s.Prices(ctx, w.Lead, w.Selection.ID)
		w.Must(err)
		if got.Best.Status.Found() {
			t.Fatal("four readings of three members who read one")
		}
		for _, p := range got.List {
			if p.Possible != (p.Kind == assignment.PriceMost) {
				t.Errorf("without %s, an assignment is possible: %v", p.Kind, p.Possible)
			}
		}
	})
}

func TestARepairIsSeenBeforeItIsAccepted(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		mend := func() (assignment.Mending, error) {
			return w.s.Mend(ctx, w.Lead, w.Selection.ID, []committee.MemberID{w.seat(w.marc), "nobody"})
		}
		if _, err := mend(); !errs.Is(err, errs.Conflict) {
			t.Errorf("repairing nothing answers %v", err)
		}
		w.Must(w.Committees.Begin(ctx, w.Lead, w.Selection.ID))
		w.propose()
		w.publish()
		before := w.board(w.Lead)
		had := before.Load(w.seat(w.marc))
		m, err := mend()
		w.Must(err)
		if len(m.Ways) == 0 || len(m.Away) != 1 || had == 0 {
			t.Fatalf("%d ways, away %v, she had %d", len(m.Ways), m.Away, had)
		}
		if first := m.Ways[0]; len(first.Changes.Ended) != had || !first.Proved || first.Way != assignment.Fewest {
			t.Errorf("the fewest changes: %+v, she had %d", first, had)
		}
		if after := w.board(w.Lead); after.Plan.Version != before.Plan.Version || !slices.Equal(after.Plan.Pairs, before.Plan.Pairs) || after.Tries != before.Tries {
			t.Error("looking at a repair changes something")
		}
		for _, way := range m.Ways {
			in := assignment.Repairing{Away: m.Away, Way: way.Way, Seen: way.Seen}
			_, err := w.s.Repair(ctx, w.Lead, w.Selection.ID, in)
			w.Must(err)
			if got := w.board(w.Lead).Changes; !slices.Equal(got.Added, way.Changes.Added) || !slices.Equal(got.Ended, way.Changes.Ended) {
				t.Errorf("%s gives %+v, and showed %+v", way.Way, got, way.Changes)
			}
		}
		takes := w.nina
		if m.Ways[0].Changes.Added[0].Member != w.seat(w.nina) {
			takes = w.chair
		}
		w.Must(w.Committees.Declare(ctx, takes, w.Selection.ID, m.Ways[0].Changes.Added[0].File, committee.Cause{Kind: committee.Declarable[0], Detail: "Un proche"}))
		w.Settle()
		_, err = w.s.Repair(ctx, w.Lead, w.Selection.ID, assignment.Repairing{Away: m.Away, Way: assignment.Fewest, Seen: m.Ways[0].Seen})
		if !errs.Is(err, errs.Conflict) {
			t.Errorf("a repair that is not the one that was seen answers %v", err)
		}
		if _, err := w.s.Repair(ctx, w.Lead, w.Selection.ID, assignment.Repairing{Way: "some"}); !errs.Is(err, errs.Invalid) {
			t.Errorf("a way that is none answers %v", err)
		}
		other := slices.IndexFunc(w.files, func(f application.ID) bool { return f != m.Ways[0].Changes.Added[0].File })
		w.Must(w.Committees.Declare(ctx, w.chair, w.Selection.ID, w.files[other], committee.Cause{Kind: committee.Declarable[0], Detail: "Un proche"}))
		part, err := w.s.Mend(ctx, w.chair, w.Selection.ID, m.Away)
		if err != nil || !part.Partial || len(part.Ways) != 0 {
			t.Errorf("a chair who is kept from a file sees %d ways: %v", len(part.Ways), err)
		}
	})
}

func TestAPrudentDrawIsToldWithItsChances(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.choose(func(s *assignment.Settings) { s.OneOfAHouse, s.Cap, s.Spread, s.Seed = false, 0.5, 0.5, 41 })
		w.propose()
		b := w.board(w.Lead)
		if b.Run.Result.Status != assign.Drawn || b.Run.Result.Seed != 41 || b.Tries != 1 {
			t.Fatalf("%s with seed %d at try %d", b.Run.Result.Status, b.Run.Result.Seed, b.Tries)
		}
		for _, f := range b.Files {
			sum := 0.0
			for _, m := range b.Members {
				chance, drawn := b.Chance(assignment.Pair{File: f.ID, Member: m.ID})
				if !drawn || chance > 0.5 {
					t.Errorf("%s has %v chances of %s", m.Name, chance, f.Title)
				}
				sum += chance
			}
			if math.Abs(sum-1) > 0.001 {
				t.Errorf("the chances of %s add up to %v", f.Title, sum)
			}
		}
		again := b.Plan.Pairs
		w.propose()
		if b := w.board(w.Lead); !slices.Equal(b.Plan.Pairs, again) || b.Tries != 2 {
			t.Errorf("the same seed gives %v, then %v, at try %d", again, b.Plan.Pairs, b.Tries)
		}
		for name, change := range map[string]func(*assignment.Settings){
			"a cap under one pair in twenty": func(s *assignment.Settings) { s.Cap = 0.01 },
			"a cap above certainty":          func(s *assignment.Settings) { s.Cap = 1.5 },
			"a cap that is no number":        func(s *assignment.Settings) { s.Cap = math.NaN() },
			"a spread below nothing":         func(s *assignment.Settings) { s.Spread = -1 },
			"too many floors":                func(s *assignment.Settings) { s.Levels = 99 },
		} {
			c, err := w.s.Settings(ctx, w.Lead, w.Selection.ID, "fr")
			w.Must(err)
			change(&c.Settings)
			if err := w.s.Choose(ctx, w.Lead, w.Selection.ID, c.Settings, -1); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestASheetIsSeenBeforeItIsFollowed(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Must(w.s.Edit(ctx, w.Lead, w.Selection.ID, assignment.Give, assignment.Pair{File: w.files[0], Member: w.seat(w.marc)}, -1))
		w.Must(w.s.Edit(ctx, w.Lead, w.Selection.ID, assignment.Give, assignment.Pair{File: w.files[1], Member: w.seat(w.nina)}, -1))
		w.Must(w.Committees.Declare(ctx, w.nina, w.Selection.ID, w.files[3], committee.Cause{Kind: committee.Declarable[0], Detail: "Un proche"}))
		w.Settle()
		before := w.board(w.Lead)
		number := func(i int) string { return fmt.Sprint(before.Files[i].Number) }
		content := "paper,action,email,round,title\n" +
			number(0) + ",primary,MARC@club.example,R1,Potager\n" + // 2: she reads it already
			number(1) + ",clearreview,#pc,any,Sonnettes\n" + // 3
			"#" + number(2) + ",pcreview,nina@club.example,,\n" + // 4
			number(3) + ",review,nina@club.example,,\n" + // 5: she stepped aside
			number(2) + ",conflict,marc@club.example,,\n" + // 6
			number(2) + ",tag,marc@club.example,,\n" + // 7
			"999,review,marc@club.example,,\n" + // 8
			number(2) + ",review,=cmd|' /C calc'!A0,,\n" + // 9
			number(1) + ",clear,marc@club.example,,\n" // 10: nothing to take back
		in, err := w.s.Preview(ctx, w.Lead, w.Selection.ID, []byte(content))
		w.Must(err)
		want := map[int]string{2: "unchanged", 3: "removed", 4: "added", 5: "refused assignment.row_recused", 6: "refused assignment.row_conflict", 7: "refused assignment.row_action", 8: "refused assignment.row_file", 9: "refused assignment.row_member", 10: "unchanged"}
		for _, l := range in.Lines {
			if got := strings.TrimSpace(string(l.Outcome) + " " + l.Reason); got != want[l.Number] {
				t.Errorf("line %d: %s, want %s", l.Number, got, want[l.Number])
			}
		}
		if len(in.Lines) != len(want) || in.Count[assignment.Refuses] != 5 || len(in.Changes.Added) != 1 || len(in.Changes.Ended) != 1 {
			t.Errorf("%d lines, %v, %+v", len(in.Lines), in.Count, in.Changes)
		}
		as := map[string]string{}
		for _, c := range in.Columns {
			as[c.Name] = c.As
		}
		if as["paper"] != "file" || as["action"] != "action" || as["email"] != "email" || as["round"] != "" || as["title"] != "" {
			t.Errorf("the columns are read as %v", as)
		}
		if after := w.board(w.Lead); after.Plan.Version != before.Plan.Version {
			t.Error("looking at a sheet changes the plan")
		}
		n, err := w.s.Import(ctx, w.Lead, w.Selection.ID, in.Follow, before.Plan.Version)
		w.Must(err)
		b := w.board(w.Lead)
		if n != 4 || len(b.Plan.Pairs) != 2 || !b.Reads(in.Changes.Added[0]) || b.Reads(in.Changes.Ended[0]) {
			t.Errorf("%d lines followed: %v", n, b.Plan.Pairs)
		}
		if _, err := w.s.Import(ctx, w.Lead, w.Selection.ID, in.Follow, before.Plan.Version); !errs.Is(err, errs.Conflict) {
			t.Errorf("following it from a stale page answers %v", err)
		}
		w.Must(w.s.Freeze(ctx, w.Lead, w.Selection.ID, true, -1))
		if _, err := w.s.Preview(ctx, w.Lead, w.Selection.ID, []byte(content)); !errs.Is(err, errs.Conflict) {
			t.Errorf("a sheet brought to a frozen plan answers %v", err)
		}
	})
}

func TestAHostileSheetIsRefusedOrHarmless(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		head := "file,action,email\n"
		for name, content := range map[string]string{
			"nothing at all":                "",
			"a head without lines":          head,
			"a null byte":                   head + "1,assign,marc@club.example\x00\n",
			"a cell of a megabyte":          head + strings.Repeat("x", 1<<20) + ",assign,marc@club.example\n",
			"a file of three megabytes":     head + strings.Repeat("1,assign,marc@club.example\n", 120_000),
			"more lines than any committee": head + strings.Repeat("1,clear,all\n", 30_000),
			"a thousand columns":            strings.Repeat("x,", 1000) + "\n",
			"a page of the web":             "<html><script>alert(1)</script></html>",
			"half of an archive":            "PK\x03\x04" + strings.Repeat("\xff", 50),
		} {
			if _, err := w.s.Preview(ctx, w.Lead, w.Selection.ID, []byte(content)); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		in, err := w.s.Preview(ctx, w.Lead, w.Selection.ID, []byte(head+"=1+1,assign,marc@club.example\n\u202e1,assign,\"a,b\"\n<b>,<i>,<script>\n"))
		w.Must(err)
		if in.Count[assignment.Refuses] != 3 || strings.Contains(string(in.Follow), "script") {
			t.Errorf("%v, to follow: %q", in.Count, in.Follow)
		}
		// "all,clear,all" as many times as a sheet may hold it, over a full plan.
		w.propose()
		in, err = w.s.Preview(ctx, w.Lead, w.Selection.ID, []byte(head+strings.Repeat("all,clear,all\n", 19_000)))
		w.Must(err)
		if in.Count[assignment.Removes] != 1 || in.Lines[0].Pairs != 4 || in.Count[assignment.Keeps] != 18_999 {
			t.Errorf("%v", in.Count)
		}
	})
}

func TestARecusedChairBringsASheet(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		hidden := assignment.Pair{File: w.files[1], Member: w.seat(w.nina)}
		w.Must(w.s.Edit(ctx, w.Lead, w.Selection.ID, assignment.Give, hidden, -1))
		w.Must(w.Committees.Declare(ctx, w.chair, w.Selection.ID, w.files[1], committee.Cause{Kind: committee.Declarable[0], Detail: "Un proche"}))
		w.Settle()
		in, err := w.s.Preview(ctx, w.chair, w.Selection.ID, []byte("file,action,email\nall,clear,all\n"+string(w.files[1])+",clear,nina@club.example\nnothing,clear,nina@club.example\n"))
		w.Must(err)
		if in.Lines[0].Outcome != assignment.Keeps || in.Lines[1].Reason != in.Lines[2].Reason || in.Lines[1].Title != "" {
			t.Errorf("the sheet tells a file from which she is kept: %+v", in.Lines)
		}
		_, err = w.s.Import(ctx, w.chair, w.Selection.ID, in.Follow, -1)
		w.Must(err)
		if !w.board(w.Lead).Reads(hidden) {
			t.Error("she took back a reading of a file from which she is kept")
		}
		prices, err := w.s.Prices(ctx, w.chair, w.Selection.ID)
		if err != nil || len(prices.Files) != 3 || prices.Best.Status.Found() && len(prices.Best.Pairs) != 3 {
			t.Errorf("what rules cost is reckoned on %d files: %v", len(prices.Files), err)
		}
	})
}
