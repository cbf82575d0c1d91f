package taster_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/agenda/taster"
	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
)

var ctx = context.Background()

// The holidays of 2025 to 2027 as service-public.fr lists them.
func TestHolidays(t *testing.T) {
	r := taster.Rhythm{First: "2027-01-01", Last: "2027-01-01", Weeks: 1, Zone: "Europe/Paris"}
	for day, want := range map[string]string{
		"2027-01-01": "new_year", "2027-03-29": "easter_monday", "2027-05-01": "labour", "2027-05-06": "ascension", "2027-05-08": "victory", "2027-05-17": "whit_monday", "2027-07-14": "national", "2027-08-15": "assumption",
		"2027-11-01": "all_saints", "2027-11-11": "armistice", "2027-12-25": "christmas", "2027-03-28": "", "2027-03-26": "", "2027-12-26": "",
		"2025-04-21": "easter_monday", "2025-05-29": "ascension", "2025-06-09": "whit_monday", "2026-04-06": "easter_monday", "2026-05-14": "ascension", "2026-05-25": "whit_monday",
	} {
		r.First, r.Last = day, day
		dates, err := r.Dates()
		if err != nil || len(dates) != 1 || dates[0].Holiday != want {
			t.Errorf("%s is %+v, want %q, %v", day, dates, want, err)
		}
	}
}

func TestRhythm(t *testing.T) {
	r := taster.Rhythm{First: "2027-03-11", Last: "2027-05-12", Weeks: 2, Zone: "Europe/Paris"}
	dates, err := r.Dates()
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, d := range dates {
		said = append(said, d.Day+d.Holiday+strings.Repeat("+", d.Shift/60))
	}
	if got := strings.Join(said, " "); got != "2027-03-11 2027-03-25 2027-04-08+ 2027-04-22 2027-05-06ascension" {
		t.Errorf("the days are %s", got)
	}
	autumn := taster.Rhythm{First: "2027-10-28", Last: "2027-11-11", Weeks: 1, Zone: "Europe/Paris"}
	if dates, err = autumn.Dates(); err != nil || dates[1].Shift != -60 || dates[2].Holiday != "armistice" || dates[2].Shift != 0 {
		t.Errorf("in autumn %+v, %v", dates, err)
	}
	for name, c := range map[string]struct {
		change func(*taster.Rhythm)
		path   string
	}{
		"no first day":       {func(r *taster.Rhythm) { r.First = "jeudi" }, "first"},
		"no last day":        {func(r *taster.Rhythm) { r.Last = "" }, "last"},
		"the end before":     {func(r *taster.Rhythm) { r.Last = "2027-03-10" }, "last"},
		"never":              {func(r *taster.Rhythm) { r.Weeks = 0 }, "weeks"},
		"too seldom":         {func(r *taster.Rhythm) { r.Weeks = taster.MaxWeeks + 1 }, "weeks"},
		"for years":          {func(r *taster.Rhythm) { r.Weeks, r.Last = 1, "2029-03-11" }, "last"},
		"a zone that is not": {func(r *taster.Rhythm) { r.Zone = "Europe/Atlantis" }, "zone"},
	} {
		bad := r
		c.change(&bad)
		if _, err := bad.Dates(); !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), c.path+"=") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheKitIsWhole(t *testing.T) {
	if faults := taster.Kit().Check(); faults != nil {
		t.Error(faults)
	}
	if _, ships := kit.Find(taster.KitID); ships {
		t.Error("another kit has its name")
	}
}

type world struct {
	*gatheringtest.World
	tasters *taster.Service
	rooms   *room.Service
}

func newWorld(t *testing.T, d *db.DB) *world {
	w := &world{World: gatheringtest.New(t, d)}
	w.rooms = room.New(room.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Seats: room.NewGatherings(w.Clock)})
	t.Cleanup(w.rooms.Close)
	w.tasters = taster.New(d, w.Clock, w.Policy, w.Gatherings, w.rooms)
	return w
}

var sheet = taster.Sheet{Theme: "L’écran partagé", Speaker: "Camille Roux", Place: "Le Dôme, Caen", Link: "https://visio.example/instant", From: 750, To: 810}

func (w *world) series(s taster.Sheet, days ...string) []gathering.ID {
	w.T.Helper()
	made, err := w.tasters.Series(ctx, w.Lead, gatheringtest.Edition, "Europe/Paris", s, days)
	w.Must(err)
	return made
}

func TestSeriesAndAnnouncement(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		made := w.series(sheet, "2027-03-11", "2027-03-25")
		visitor := account.User{}
		for name, by := range map[string]account.User{"a visitor": visitor, "a team": w.Ana} {
			if _, err := w.tasters.Read(ctx, by, made[0]); !errs.Is(err, errs.NotFound) {
				t.Errorf("%s reads one that is not announced: %v", name, err)
			}
		}
		one, err := w.tasters.Read(ctx, w.Lead, made[0])
		if err != nil || one.Starts().UTC().Format("2006-01-02 15:04") != "2027-03-11 11:30" || one.Speaker != "Camille Roux" {
			t.Errorf("%+v, %v", one, err)
		}
		told := sheet
		told.Announce, told.Version = true, 1
		if err := w.tasters.Put(ctx, w.Ana, made[0], told); !errs.Is(err, errs.NotFound) {
			t.Errorf("a team announces it: %v", err)
		}
		w.Must(w.tasters.Put(ctx, w.Lead, made[0], told))
		if err := w.tasters.Put(ctx, w.Lead, made[0], told); errs.KeyOf(err) != "taster.meanwhile" {
			t.Errorf("from an older page: %v", err)
		}
		if _, err := w.tasters.Read(ctx, visitor, made[0]); err != nil {
			t.Errorf("announced, a visitor: %v", err)
		}
		if _, err := w.tasters.Read(ctx, visitor, w.Planned()); !errs.Is(err, errs.NotFound) {
			t.Errorf("a gathering that is no taster: %v", err)
		}
		for name, c := range map[string]struct {
			by account.User
			n  int
		}{"who runs": {w.Lead, 2}, "a team": {w.Ana, 1}} {
			l, err := w.tasters.List(ctx, c.by, gatheringtest.Edition)
			if err != nil || len(l.List) != c.n {
				t.Errorf("%s sees %d, %v", name, len(l.List), err)
			}
		}
	})
}

func TestWhatIsRefused(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	days := []string{"2027-03-11"}
	for name, c := range map[string]struct {
		by     account.User
		change func(*taster.Sheet)
		days   []string
		kind   errs.Kind
	}{
		"a team prepares":       {w.Ana, func(*taster.Sheet) {}, days, errs.Forbidden},
		"without a theme":       {w.Lead, func(s *taster.Sheet) { s.Theme = "" }, days, errs.Invalid},
		"no day":                {w.Lead, func(*taster.Sheet) {}, nil, errs.Invalid},
		"it ends before":        {w.Lead, func(s *taster.Sheet) { s.To = 700 }, days, errs.Invalid},
		"it never ends":         {w.Lead, func(s *taster.Sheet) { s.To = 1400 }, days, errs.Invalid},
		"a link to a script":    {w.Lead, func(s *taster.Sheet) { s.Link = "javascript:alert(1)" }, days, errs.Invalid},
		"an endless speaker":    {w.Lead, func(s *taster.Sheet) { s.Speaker = strings.Repeat("x", taster.MaxSpeaker+1) }, days, errs.Invalid},
		"one of the days isn't": {w.Lead, func(*taster.Sheet) {}, []string{"2027-03-11", "2027-02-30"}, errs.Invalid},
	} {
		s := sheet
		c.change(&s)
		if _, err := w.tasters.Series(ctx, c.by, gatheringtest.Edition, "Europe/Paris", s, c.days); !errs.Is(err, c.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n, err := db.Get(ctx, w.DB.Reader(), db.Value[int], `select count(*) from gatherings`); err != nil || n != 0 {
		t.Errorf("%d gatherings were made, %v", n, err)
	}
}

func TestFigures(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		made := w.series(sheet, "2027-03-11", "2027-03-25", "2027-04-08", "2027-04-22")
		for i, id := range made[:3] {
			w.Must(w.Gatherings.Open(ctx, w.Lead, id))
			for _, by := range []account.User{w.Ana, w.Bob}[:2-i%2] {
				_, err := w.Gatherings.Join(ctx, by, gathering.Coming{Code: w.Code(id), IP: "192.0.2.1"})
				w.Must(err)
			}
		}
		w.Guest(made[0], "Gus")
		b, err := w.tasters.Hear(ctx, w.Lead, made[0])
		w.Must(err)
		if _, err := w.tasters.Hear(ctx, w.Lead, made[0]); errs.KeyOf(err) != "taster.board_already" {
			t.Errorf("heard twice: %v", err)
		}
		l, err := w.rooms.Enter(ctx, w.Ana, b, "clientofana0001", room.Nothing)
		w.Must(err)
		for i, c := range []string{taster.Need, taster.Offer, taster.Need} {
			zone := map[string]string{taster.Need: "needs", taster.Offer: "offers"}[c]
			value, _ := json.Marshal(map[string]any{"type": c, "zone": zone, "order": "V", "fields": map[string]any{"text": "Un relais"}})
			refused, err := l.Do(ctx, []room.Sent{{Seq: int64(i + 1), Op: board.Op{Kind: "card.add", Target: "cardofana000" + string(rune('a'+i)), Value: value}}})
			w.Must(err)
			w.Must(refused[0])
		}
		l.Leave()
		f, err := w.tasters.Figures(ctx, w.Lead, gatheringtest.Edition, "")
		w.Must(err)
		if len(f.Months) != 2 || f.Months[0] != (taster.Month{Month: "2027-03", Held: 2, Came: 4, People: 3, Needs: 2, Offers: 1}) || f.Months[1] != (taster.Month{Month: "2027-04", Held: 1, Came: 2, People: 2}) {
			t.Errorf("months %+v", f.Months)
		}
		if f.Year != "2027" || f.Whole != (taster.Month{Held: 3, Came: 6, People: 3, Needs: 2, Offers: 1}) {
			t.Errorf("%s: %+v", f.Year, f.Whole)
		}
		if _, err := w.tasters.Figures(ctx, w.Ana, gatheringtest.Edition, ""); !errs.Is(err, errs.Forbidden) {
			t.Errorf("a team: %v", err)
		}
	})
}
