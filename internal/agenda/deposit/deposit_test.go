package deposit_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/agenda/deposit"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/board/boardtest"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/project"
)

var ctx = context.Background()

// file is a file in memory.
type file struct{ *bytes.Reader }

func (file) Close() error { return nil }

func sent(name string, body []byte) deposit.Sent {
	return deposit.Sent{Name: name, Size: int64(len(body)), File: file{bytes.NewReader(body)}}
}

// world is an open gathering of Ana's and Bob's teams; Léo sponsors Ana's project.
type world struct {
	*gatheringtest.World
	deposits *deposit.Service
	id       gathering.ID
	campus   project.ID
	leo      account.User
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{World: gatheringtest.New(t, d)}
	w.deposits = deposit.New(deposit.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Blobs: w.Blobs, Inspector: boardtest.Inspector{}, Jobs: w.Jobs, Pulse: pulse.New(d, w.Policy),
		With: func(_ context.Context, _ db.Reader, p gathering.Participant) ([]project.ID, error) {
			if p.Role == gathering.Coach {
				return []project.ID{p.Project}, nil
			}
			return nil, nil
		}})
	w.campus = w.Project("Campus", w.Ana)
	w.Project("Jardin", w.Bob)
	w.id = w.Open()
	_, err := w.Gatherings.AddTeams(ctx, w.Lead, w.id)
	w.Must(err)
	w.leo = w.Signed("leo@labo.example", "Léo Fabre")
	w.Must(w.Gatherings.Invite(ctx, w.Lead, w.id, gathering.Invited{Email: "leo@labo.example", Role: gathering.Coach, Project: w.campus, Lang: "fr"}))
	_, err = w.Gatherings.Join(ctx, w.leo, gathering.Coming{Code: w.Code(w.id), IP: "192.0.2.1"})
	w.Must(err)
	return w
}

func sheet(people deposit.People, scope deposit.Scope, about project.ID) deposit.Sheet {
	return deposit.Sheet{Title: "Le panneau de l’atelier", Credit: "Équipe Campus", People: people, Scope: scope, Project: about}
}

func (w *world) brings(by account.User, s deposit.Sheet, shade byte) string {
	w.T.Helper()
	which, err := w.deposits.Bring(ctx, by, w.id, s, sent("photo.jpg", boardtest.Photograph(w.T, 40, 30, shade)))
	w.Must(err)
	return which
}

// Who sees a deposit: those it may go to by its scope and its place, and nobody else as
// soon as somebody who can be recognised has not agreed.
func TestWhoSees(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		guest, _ := w.Guest(w.id, "Gus")
		dora := w.Signed("dora@labo.example", "Dora")
		people := map[string]account.User{"ana": w.Ana, "bob": w.Bob, "leo": w.leo, "lead": w.Lead, "guest": guest, "dora": dora}
		for i, c := range []struct {
			name  string
			sheet deposit.Sheet
			seen  string
		}{
			{"for the room", sheet(deposit.Nobody, deposit.Room, ""), "ana bob guest lead leo"},
			{"for the room, by agreement", sheet(deposit.Agreed, deposit.Room, ""), "ana bob guest lead leo"},
			{"for herself", sheet(deposit.Nobody, deposit.Alone, ""), "ana lead"},
			{"somebody has not agreed", sheet(deposit.Unsure, deposit.Publication, ""), "ana lead"},
			{"a project's, for the room", sheet(deposit.Nobody, deposit.Room, w.campus), "ana lead leo"},
			{"a project's, for the programme", sheet(deposit.Nobody, deposit.Programme, w.campus), "ana bob guest lead leo"},
			{"a project's, to be published", sheet(deposit.Agreed, deposit.Publication, w.campus), "ana bob guest lead leo"},
			{"a project's, somebody has not agreed", sheet(deposit.Unsure, deposit.Room, w.campus), "ana lead"},
		} {
			which := w.brings(w.Ana, c.sheet, byte(i))
			var seen []string
			for _, name := range []string{"ana", "bob", "guest", "lead", "leo", "dora"} {
				_, f, err := w.deposits.Open(ctx, people[name], w.id, which)
				gallery, missing := w.deposits.Gallery(ctx, people[name], w.id)
				listed := missing == nil && len(gallery.List) == 1
				if listed != (err == nil) || err != nil && !errs.Is(err, errs.NotFound) {
					t.Errorf("%s, %s: listed %t, opened %v", c.name, name, listed, err)
				}
				if err == nil {
					seen = append(seen, name)
					kept, err := io.ReadAll(f)
					w.Must(err)
					f.Close()
					if bytes.Contains(kept, []byte("Exif")) || bytes.Contains(kept, []byte("Caen")) {
						t.Error("the picture says where it was taken")
					}
				}
			}
			if got := strings.Join(seen, " "); got != c.seen {
				t.Errorf("%s is seen by %q, want %q", c.name, got, c.seen)
			}
			w.Must(w.deposits.Withdraw(ctx, w.Ana, w.id, which))
		}
	})
}

func TestWhatIsBrought(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	photograph := boardtest.Photograph(t, 3000, 1000, 9)
	sound := append([]byte("ID3\x04\x00\x00\x00\x00\x00\x00"), bytes.Repeat([]byte{0xff, 0xfb, 0x90, 0x00}, 500)...)
	video := append([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), make([]byte, 64)...)
	good := sheet(deposit.Nobody, deposit.Room, "")
	other := w.Project("Ailleurs")
	with := func(change func(*deposit.Sheet)) deposit.Sheet {
		s := good
		change(&s)
		return s
	}
	for name, c := range map[string]struct {
		by    account.User
		sheet deposit.Sheet
		sent  deposit.Sent
		kind  deposit.Kind
		key   string
	}{
		"a photograph":              {w.Ana, good, sent("a.jpg", photograph), deposit.Picture, ""},
		"a text":                    {w.Ana, good, sent("a.txt", []byte("bonjour")), deposit.Document, ""},
		"a sound":                   {w.Ana, good, sent("a.mp3", sound), deposit.Sound, ""},
		"a video":                   {w.Ana, good, sent("a.mp4", video), deposit.Video, ""},
		"a voice note":              {w.Ana, good, sent("a.m4a", video), deposit.Sound, ""},
		"of another activity":       {w.Ana, with(func(s *deposit.Sheet) { s.Activity = "a3" }), sent("a.jpg", photograph), deposit.Picture, ""},
		"on a project elsewhere":    {w.Ana, with(func(s *deposit.Sheet) { s.Project = "lost" }), sent("a.jpg", photograph), "", "deposit.project_unknown"},
		"on a project of the same":  {w.Ana, with(func(s *deposit.Sheet) { s.Project = other }), sent("a.jpg", photograph), deposit.Picture, ""},
		"a program":                 {w.Ana, good, sent("a.exe", []byte("MZ\x90\x00\x03")), "", "inspect.program"},
		"a program called a sound":  {w.Ana, good, sent("a.mp3", []byte("MZ\x90\x00\x03")), "", "inspect.program"},
		"a photograph, cut":         {w.Ana, good, sent("a.jpg", photograph[:300]), "", ""},
		"nothing":                   {w.Ana, good, deposit.Sent{}, "", "deposit.file_none"},
		"too long a recording":      {w.Ana, good, deposit.Sent{Name: "a.mp4", Size: deposit.MaxRecording + 1, File: file{bytes.NewReader(video)}}, "", "deposit.file_big"},
		"without a title":           {w.Ana, with(func(s *deposit.Sheet) { s.Title = " " }), sent("a.jpg", photograph), "", "deposit.title_missing"},
		"without who made it":       {w.Ana, with(func(s *deposit.Sheet) { s.Credit = "" }), sent("a.jpg", photograph), "", "deposit.credit_missing"},
		"without saying who's seen": {w.Ana, with(func(s *deposit.Sheet) { s.People = "" }), sent("a.jpg", photograph), "", "deposit.people_missing"},
		"without saying who may":    {w.Ana, with(func(s *deposit.Sheet) { s.Scope = "world" }), sent("a.jpg", photograph), "", "deposit.scope_missing"},
		"a title without end":       {w.Ana, with(func(s *deposit.Sheet) { s.Title = strings.Repeat("é", deposit.MaxTitle+1) }), sent("a.jpg", photograph), "", "deposit.title_long"},
		"by who has no seat":        {w.Signed("dora@labo.example", "Dora"), good, sent("a.jpg", photograph), "", "errs.not_found"},
	} {
		t.Run(name, func(t *testing.T) {
			which, err := w.deposits.Bring(ctx, c.by, w.id, c.sheet, c.sent)
			if c.kind != "" {
				w.Must(err)
				_, d, err := w.deposits.Read(ctx, c.by, w.id, which)
				w.Must(err)
				if d.Kind != c.kind || !d.Mine {
					t.Errorf("it is %+v", d)
				}
				if d.Kind == deposit.Picture && (d.Width != deposit.Side || d.Height != 800) {
					t.Errorf("%d × %d", d.Width, d.Height)
				}
				return
			}
			key := errs.KeyOf(err)
			if e, ok := errors.AsType[*errs.Error](err); ok && len(e.Fields) > 0 {
				key = e.Fields[0].Key
			}
			if err == nil || c.key != "" && key != c.key {
				t.Errorf("%v (%s), want %q", err, key, c.key)
			}
		})
	}
}

func TestEditAndWithdraw(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		which := w.brings(w.Ana, sheet(deposit.Nobody, deposit.Room, ""), 1)
		_, f, err := w.deposits.Open(ctx, w.Bob, w.id, which)
		w.Must(err)
		f.Close()
		hidden := sheet(deposit.Unsure, deposit.Room, "")
		hidden.Version = 1
		if err := w.deposits.Edit(ctx, w.Bob, w.id, which, hidden); !errs.Is(err, errs.Forbidden) {
			t.Errorf("another one edits: %v", err)
		}
		w.Must(w.deposits.Edit(ctx, w.Ana, w.id, which, hidden))
		if _, _, err := w.deposits.Open(ctx, w.Bob, w.id, which); !errs.Is(err, errs.NotFound) {
			t.Errorf("once somebody objects: %v", err)
		}
		if err := w.deposits.Edit(ctx, w.Ana, w.id, which, hidden); errs.KeyOf(err) != "deposit.meanwhile" {
			t.Errorf("from an older page: %v", err)
		}
		open := sheet(deposit.Nobody, deposit.Room, "")
		open.Version = 2
		w.Must(w.deposits.Edit(ctx, w.Ana, w.id, which, open))
		if err := w.deposits.Withdraw(ctx, w.Bob, w.id, which); !errs.Is(err, errs.Forbidden) {
			t.Errorf("another one withdraws: %v", err)
		}
		w.Must(w.deposits.Withdraw(ctx, w.Lead, w.id, which))
		for _, by := range []account.User{w.Ana, w.Lead} {
			if _, _, err := w.deposits.Open(ctx, by, w.id, which); !errs.Is(err, errs.NotFound) {
				t.Errorf("withdrawn: %v", err)
			}
		}
		left, err := db.Get(ctx, d.Reader(), db.Value[string], `select title || credit || name || digest from gathering_deposits where id = $1`, which)
		if err != nil || left != "" {
			t.Errorf("of what was withdrawn stays %q, %v", left, err)
		}
		jobs, err := db.Get(ctx, d.Reader(), db.Value[int], `select count(*) from jobs where kind = 'forget_blobs'`)
		if err != nil || jobs != 1 {
			t.Errorf("%d jobs to erase its content, %v", jobs, err)
		}
	})
}

// Who brings something learns how many people want no pictures of them, and nothing else.
func TestHowManyWantNoPictures(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	rooms := house.New(w.DB, w.Clock, w.Policy, w.Jobs)
	w.Must(rooms.TellNeeds(ctx, w.Bob, w.id, house.Needs{Pictures: house.PicturesNo}))
	w.Must(rooms.TellNeeds(ctx, w.leo, w.id, house.Needs{Pictures: house.PicturesYes}))
	v, err := w.deposits.Gallery(ctx, w.Ana, w.id)
	if err != nil || v.Refused != 1 || !v.Brings {
		t.Errorf("%+v, %v", v, err)
	}
	w.Must(w.Gatherings.Close(ctx, w.Lead, w.id))
	if v, err = w.deposits.Gallery(ctx, w.Ana, w.id); err != nil || !v.Brings {
		t.Errorf("after the gathering %+v, %v", v, err)
	}
}
