package entrance_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/entrance"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
)

var ctx = context.Background()

// world is an open gathering of two days with Ana, Bob and the lead.
type world struct {
	*gatheringtest.World
	service        *entrance.Service
	house          *house.Service
	id             gathering.ID
	ana, bob, lead string
}

func on(t *testing.T, test func(t *testing.T, w *world)) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := &world{World: gatheringtest.New(t, d)}
		w.service = entrance.New(d, w.Clock, w.Policy, pulse.New(d, w.Policy))
		w.house = house.New(d, w.Clock, w.Policy, w.Jobs)
		w.Project("Campus", w.Ana, w.Bob)
		sheet := gatheringtest.Sheet()
		sheet.StartsOn, sheet.EndsOn = "2027-03-08", "2027-03-09"
		id, err := w.Gatherings.Create(ctx, w.Lead, gatheringtest.Edition, sheet)
		w.Must(err)
		w.id = id
		w.Must(w.Gatherings.Open(ctx, w.Lead, id))
		_, err = w.Gatherings.AddTeams(ctx, w.Lead, w.id)
		w.Must(err)
		w.ana, w.bob, w.lead = w.seat(w.Ana), w.seat(w.Bob), w.seat(w.Lead)
		w.at("2027-03-08 08:55")
		test(t, w)
	})
}

func (w *world) seat(who account.User) string {
	w.T.Helper()
	p, err := gathering.Comes(ctx, w.DB.Reader(), w.id, who.ID)
	w.Must(err)
	return p.ID
}

// here is an instant as the clock of the wall shows it in Caen.
func here(t testing.TB, said string) time.Time {
	t.Helper()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", said, paris)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func (w *world) at(said string) {
	w.T.Helper()
	w.Clock.Advance(here(w.T, said).Sub(w.Clock.Now()))
}

func (w *world) notes(list ...entrance.Mark) {
	w.T.Helper()
	done, err := w.service.Note(ctx, w.Lead, w.id, list)
	w.Must(err)
	for _, one := range done {
		if one.Key != "" {
			w.T.Errorf("%s: %s", one.ID, one.Key)
		}
	}
}

func (w *world) present() (list []string) {
	w.T.Helper()
	there, err := w.service.Present(ctx, w.DB.Reader(), w.id)
	w.Must(err)
	for id := range there {
		list = append(list, id)
	}
	slices.Sort(list)
	return list
}

func (w *world) attendance() entrance.Attendance {
	w.T.Helper()
	a, err := w.service.Attendance(ctx, w.Lead, w.id)
	w.Must(err)
	return a
}

func (w *world) count(query string, args ...any) int {
	w.T.Helper()
	n, err := db.Get(ctx, w.DB.Reader(), db.Value[int], query, args...)
	w.Must(err)
	return n
}

func wants(t *testing.T, err error, kind errs.Kind, key string) {
	t.Helper()
	if !errs.Is(err, kind) || key != "" && errs.KeyOf(err) != key {
		t.Errorf("%v, want %s %s", err, kind, key)
	}
}

func in(id, who string) entrance.Mark {
	return entrance.Mark{ID: id, Participant: who, Kind: entrance.In}
}

func TestWhoIsThere(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		beats := w.count(`select beats from gatherings where id = $1`, string(w.id))
		w.notes(in("mark-0001", w.ana), in("mark-0002", w.bob))
		if got := w.present(); len(got) != 2 {
			t.Errorf("%v are there", got)
		}
		if now := w.count(`select beats from gatherings where id = $1`, string(w.id)); now != beats+1 {
			t.Errorf("the pages are called %d times", now-beats)
		}
		w.at("2027-03-08 12:00")
		w.notes(entrance.Mark{ID: "mark-0003", Participant: w.bob, Kind: entrance.Out})
		if got := w.present(); !slices.Equal(got, []string{w.ana}) {
			t.Errorf("%v are there, want Ana", got)
		}
		w.notes(entrance.Mark{ID: "mark-0004", Participant: w.bob, Kind: entrance.Undone, Of: "mark-0003"})
		if got := w.present(); len(got) != 2 {
			t.Errorf("%v are there once Bob's departure is undone", got)
		}
		w.at("2027-03-09 00:30")
		if got := w.present(); len(got) != 2 {
			t.Errorf("%v are there after midnight", got)
		}
		w.at("2027-03-09 08:00")
		if got := w.present(); len(got) != 0 {
			t.Errorf("%v slept there", got)
		}
		if n, ok, err := entrance.CountCame(ctx, w.DB.Reader(), w.id); n != 2 || !ok || err != nil {
			t.Errorf("%d came, %v, %v", n, ok, err)
		}
		if n, ok, err := entrance.CountCame(ctx, w.DB.Reader(), w.Planned()); n != 0 || ok || err != nil {
			t.Errorf("%d came where nobody was checked in, %v, %v", n, ok, err)
		}
		for act, want := range map[string]int{"entrance.in": 2, "entrance.out": 1, "entrance.undone": 1} {
			if n := w.count(`select count(*) from journal where act = $1`, act); n != want {
				t.Errorf("%d lines of %s in the journal, want %d", n, act, want)
			}
		}
	})
}

func TestWhatIsSentTwiceIsNotedOnce(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		w.notes(in("mark-0001", w.ana))
		beats := w.count(`select beats from gatherings where id = $1`, string(w.id))
		w.notes(in("mark-0001", w.ana), in("mark-0001", w.bob))
		if n := w.count(`select count(*) from entrance_marks`); n != 1 {
			t.Errorf("%d marks", n)
		}
		if now := w.count(`select beats from gatherings where id = $1`, string(w.id)); now != beats {
			t.Error("pages are called for nothing")
		}
		if n := w.count(`select count(*) from journal where act = 'entrance.in'`); n != 1 {
			t.Errorf("%d lines in the journal", n)
		}
	})
}

func TestWhatCannotBeNoted(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		other := w.Planned()
		stranger, err := gathering.Comes(ctx, w.DB.Reader(), other, w.Lead.ID)
		w.Must(err)
		done, err := w.service.Note(ctx, w.Lead, w.id, []entrance.Mark{
			in("mark-0001", w.ana),
			in("short", w.ana),
			in("mark-0002", stranger.ID),
			{ID: "mark-0003", Participant: w.ana, Kind: "lunch"},
			{ID: "mark-0004", Participant: w.ana, Kind: entrance.Undone},
			{ID: "mark-0005", Participant: w.ana, Kind: entrance.In, Of: "mark-0001"},
		})
		w.Must(err)
		var keys []string
		for _, one := range done {
			keys = append(keys, one.Key)
		}
		if want := []string{"", "entrance.mark_unnamed", "entrance.nobody", "entrance.mark_kind", "entrance.mark_of", "entrance.mark_of"}; !slices.Equal(keys, want) {
			t.Errorf("%q, want %q", keys, want)
		}
		if got := w.present(); !slices.Equal(got, []string{w.ana}) {
			t.Errorf("%v are there: what can be noted stands", got)
		}
		_, err = w.service.Note(ctx, w.Lead, w.id, make([]entrance.Mark, entrance.MaxMarks+1))
		wants(t, err, errs.Invalid, "entrance.many")
		_, err = w.service.Note(ctx, w.Ana, w.id, []entrance.Mark{in("mark-0009", w.ana)})
		wants(t, err, errs.Forbidden, "")
		_, err = w.service.Attendance(ctx, w.Ana, w.id)
		wants(t, err, errs.Forbidden, "")
		_, _, err = w.service.Badges(ctx, w.Ana, w.id)
		wants(t, err, errs.Forbidden, "")
		_, err = w.service.Present(ctx, w.DB.Reader(), "nowhere")
		wants(t, err, errs.NotFound, "")
	})
}

func TestTheClockOfTheDevice(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		w.at("2027-03-08 11:00")
		for name, c := range map[string]struct{ said, want string }{
			"without network for an hour": {"2027-03-08 09:58", "2027-03-08 09:58"},
			"a clock that is fast":        {"2027-03-08 11:05", "2027-03-08 11:00"},
			"a clock of another year":     {"2020-01-01 09:00", "2027-03-08 11:00"},
		} {
			id := "clock-" + fmt.Sprint(len(name))
			w.notes(entrance.Mark{ID: id, Participant: w.ana, Kind: entrance.In, At: here(t, c.said)})
			at, err := db.Get(ctx, w.DB.Reader(), db.Value[time.Time], `select at from entrance_marks where id = $1`, id)
			w.Must(err)
			if !at.Equal(here(t, c.want)) {
				t.Errorf("%s: noted %s, want %s", name, at, c.want)
			}
		}
	})
}

func TestAttendanceByHalfDay(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		w.Must(w.house.NoteAbsence(ctx, w.Lead, w.id, w.lead, house.AbsenceSheet{Day: "2027-03-08", Part: house.Morning}))
		w.Must(w.house.NoteAbsence(ctx, w.Lead, w.id, w.bob, house.AbsenceSheet{Day: "2027-03-09", Part: house.WholeDay}))
		w.Must(w.house.NoteAbsence(ctx, w.Lead, w.id, w.bob, house.AbsenceSheet{Day: "2027-03-08", Part: house.Hours, From: 600, To: 660}))
		w.at("2027-03-08 09:05")
		w.notes(in("mark-0001", w.ana), in("mark-0002", w.bob))
		if a := w.attendance(); a.Current != 0 || a.Here != 2 || a.Due() != 2 || a.Missing() != 0 {
			t.Errorf("the first morning: %d there, %d due, %d missing, half day %d", a.Here, a.Due(), a.Missing(), a.Current)
		}
		w.at("2027-03-08 11:00")
		w.notes(entrance.Mark{ID: "mark-0003", Participant: w.bob, Kind: entrance.Out})
		w.at("2027-03-08 14:00")
		w.notes(in("mark-0004", w.lead))
		w.at("2027-03-09 15:00")
		w.notes(in("mark-0005", w.ana))
		a := w.attendance()
		came := func(who string) (out string) {
			for _, l := range a.Lines {
				if l.ID == who {
					for _, c := range l.Halves {
						out += map[[2]bool]string{{true, true}: "X", {true, false}: "-", {false, true}: "+", {}: "."}[[2]bool{c.Expected, c.There}]
					}
				}
			}
			return out
		}
		for who, want := range map[string]string{w.ana: "XX-X", w.bob: "X-..", w.lead: ".X--"} {
			if got := came(who); got != want {
				t.Errorf("%s: %s, want %s", who, got, want)
			}
		}
		want := []entrance.Figure{{Expected: 2, Came: 2}, {Expected: 3, Came: 2}, {Expected: 2, Came: 0}, {Expected: 2, Came: 1}}
		if !slices.Equal(a.ByHalf, want) || a.All != (entrance.Figure{Expected: 3, Came: 3}) {
			t.Errorf("%v and %v, want %v", a.ByHalf, a.All, want)
		}
		if want := []entrance.RoleFigure{{Role: gathering.Facilitator, Figure: entrance.Figure{Expected: 1, Came: 1}}, {Role: gathering.Team, Figure: entrance.Figure{Expected: 2, Came: 2}}}; !slices.Equal(a.ByRole, want) {
			t.Errorf("%v, want %v", a.ByRole, want)
		}
		if a.Here != 1 || a.Missing() != 1 || a.Current != 3 {
			t.Errorf("on the last afternoon %d are there, %d are missing", a.Here, a.Missing())
		}
	})
}

// Who came and gave up her seat stays on the sheet, and nobody expects her any more.
func TestWhoLeftStaysOnTheSheet(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		w.notes(in("mark-0001", w.bob))
		w.Must(w.Gatherings.Remove(ctx, w.Lead, w.id, w.bob))
		w.Must(w.Gatherings.Remove(ctx, w.Lead, w.id, w.ana))
		a := w.attendance()
		if len(a.Lines) != 2 || a.All != (entrance.Figure{Expected: 1, Came: 1}) {
			t.Errorf("%d lines, %v", len(a.Lines), a.All)
		}
	})
}

func TestBadges(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		w.Must(w.Gatherings.Invite(ctx, w.Lead, w.id, gathering.Invited{Email: "leo@labo.example", Role: gathering.Expert, Lang: "fr"}))
		_, first, err := w.service.Badges(ctx, w.Lead, w.id)
		w.Must(err)
		codes := map[string]bool{}
		for _, g := range first {
			if len(g.Code) < 8 || codes[g.Code] {
				t.Errorf("the code of %s is %q", g.Name, g.Code)
			}
			codes[g.Code] = true
		}
		if len(first) != 4 {
			t.Errorf("%d badges", len(first))
		}
		_, again, err := w.service.Badges(ctx, w.Lead, w.id)
		w.Must(err)
		if !slices.Equal(first, again) {
			t.Error("what was printed opens something else")
		}
		mine, err := w.service.Badge(ctx, w.Ana, w.id)
		w.Must(err)
		if !codes[mine] {
			t.Errorf("Ana's badge is %q", mine)
		}
		if none, err := w.service.Badge(ctx, account.User{ID: "nobody"}, w.id); none != "" || err != nil {
			t.Errorf("%q, %v", none, err)
		}
	})
}

// Devices without network send what they noted late, twice, and in any order: in the end
// everybody is where the same marks in their order say.
func TestAnyOrderGivesTheSamePeople(t *testing.T) {
	seed := uint64(20270306)
	t.Logf("seed %d", seed)
	draw := rand.New(rand.NewPCG(seed, 2))
	on(t, func(t *testing.T, w *world) {
		w.at("2027-03-08 18:00")
		who, start := []string{w.ana, w.bob, w.lead}, here(t, "2027-03-08 09:00")
		for round := range 8 {
			if _, err := w.DB.Raw().ExecContext(ctx, `delete from entrance_marks`); err != nil {
				t.Fatal(err)
			}
			var list []entrance.Mark
			want, last := map[string]bool{}, map[string][]entrance.Mark{}
			for i := range 30 {
				m := entrance.Mark{ID: fmt.Sprintf("order-%02d-%02d", round, i), Participant: who[draw.IntN(3)], Kind: []entrance.Kind{entrance.In, entrance.Out, entrance.Undone}[draw.IntN(3)], At: start.Add(time.Duration(i) * time.Minute)}
				stack := last[m.Participant]
				switch {
				case m.Kind == entrance.Undone && len(stack) == 0:
					continue
				case m.Kind == entrance.Undone:
					m.Of, last[m.Participant] = stack[len(stack)-1].ID, stack[:len(stack)-1]
				default:
					last[m.Participant] = append(stack, m)
				}
				list = append(list, m)
			}
			for participant, stack := range last {
				if len(stack) > 0 {
					want[participant] = stack[len(stack)-1].Kind == entrance.In
				}
			}
			draw.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
			for len(list) > 0 {
				n := 1 + draw.IntN(len(list))
				w.notes(list[:n]...)
				w.notes(list[:draw.IntN(n+1)]...)
				list = list[n:]
			}
			got := w.present()
			for _, one := range who {
				if slices.Contains(got, one) != want[one] {
					t.Fatalf("round %d: %s is there: %v, want %v", round, one, !want[one], want[one])
				}
			}
		}
	})
}
