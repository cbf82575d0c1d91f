package showcase_test

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/board/boardtest"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/showcase"
)

var ctx = context.Background()

// world has an edition, a project of Ana (who owns it) and Bob (who writes), and Camille,
// who answers for what the public reads.
type world struct {
	*gatheringtest.World
	showcase *showcase.Service
	id       project.ID
	camille  account.User
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{World: gatheringtest.New(t, d)}
	w.showcase = showcase.New(showcase.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Blobs: w.Blobs, Inspector: boardtest.Inspector{}, Jobs: w.Jobs, Bus: w.Bus, Programmes: programme.New(d, w.Clock, w.Policy, w.Bus)})
	w.id = w.Project("Campus", w.Ana, w.Bob)
	w.camille = w.Signed("camille@agence.example", "Camille Roy")
	w.Must(d.Write(ctx, func(tx *db.Tx) error {
		return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(w.camille.ID), Relation: "communications", Object: policy.Ref{Kind: "edition", ID: gatheringtest.Edition}})
	}))
	return w
}

func (w *world) desk() showcase.Desk {
	w.T.Helper()
	d, err := w.showcase.Read(ctx, w.Ana, w.id)
	w.Must(err)
	return d
}

// writes saves fields, and agrees to some of them.
func (w *world) writes(by account.User, values map[showcase.Name]string, agreed ...showcase.Name) {
	w.T.Helper()
	in := showcase.Written{Version: w.desk().Version, Values: values, Agreed: map[showcase.Name]bool{}}
	for _, name := range agreed {
		in.Agreed[name] = true
	}
	w.Must(w.showcase.Save(ctx, by, w.id, in))
}

var whole = map[showcase.Name]string{showcase.Title: "Campus connecté", showcase.Sentence: "Apprendre près de chez soi.", showcase.Story: "Une **salle** ouverte à tous.", showcase.Contact: "ana@labo.example",
	showcase.Region: "28", showcase.Themes: "Formation\nTiers-lieux", showcase.Links: "Le site https://campus.example"}

// published takes the sheet to visitors.
func (w *world) published(agreed ...showcase.Name) string {
	w.T.Helper()
	w.writes(w.Ana, whole, agreed...)
	w.clears()
	w.opens(w.Clock.Now())
	return w.desk().Slug
}

func (w *world) clears() {
	w.T.Helper()
	w.Must(w.showcase.Propose(ctx, w.Bob, w.id, w.desk().Version))
	w.Must(w.showcase.Clear(ctx, w.camille, w.id, w.desk().Version))
	w.Must(w.showcase.Publish(ctx, w.camille, w.id, w.desk().Version))
}

func (w *world) opens(at time.Time) {
	w.T.Helper()
	b, err := w.showcase.Backstage(ctx, w.Lead, gatheringtest.Edition)
	w.Must(err)
	w.Must(w.showcase.Dates(ctx, w.Lead, gatheringtest.Edition, showcase.Opening{At: at, Version: b.Version}))
}

// visible is what a visitor reads of the project, "" for nothing.
func (w *world) visible(slug string) showcase.Found {
	w.T.Helper()
	f, err := w.showcase.Project(ctx, account.User{}, slug)
	if err != nil && !errs.Is(err, errs.NotFound) {
		w.T.Fatal(err)
	}
	list, err := w.showcase.Projects(ctx, account.User{}, showcase.Filter{})
	w.Must(err)
	if listed := slices.ContainsFunc(list, func(l showcase.Listed) bool { return l.Slug == slug }); listed != (f.Title != "") {
		w.T.Errorf("%s: listed %t, read %q", slug, listed, f.Title)
	}
	return f
}

func wants(t *testing.T, what string, err error, kind errs.Kind, key string) {
	t.Helper()
	if !errs.Is(err, kind) || key != "" && errs.KeyOf(err) != key {
		t.Errorf("%s: %v, want %s %s", what, err, kind, key)
	}
}

func TestOnlyWhatWasAgreedAndClearedIsPublic(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.writes(w.Ana, whole)
		if got := w.desk().Agreed(); got.Title != "" || got.Story != "" {
			t.Fatalf("nobody agreed, and %+v would be public", got)
		}
		wants(t, "a sheet that nobody agreed to", w.showcase.Propose(ctx, w.Bob, w.id, w.desk().Version), errs.Invalid, "showcase.invalid")
		slug := w.published(showcase.Title, showcase.Sentence, showcase.Themes)
		f := w.visible(slug)
		if f.Title != "Campus connecté" || f.Sentence == "" || len(f.Themes) != 2 || f.Story != "" || f.Contact != "" || f.Region != "" || len(f.Links) != 0 {
			t.Errorf("visitors read %+v", f.Public)
		}
	})
}

func TestWhoMayWhat(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		dora := w.Signed("dora@labo.example", "Dora")
		w.writes(w.Ana, whole, showcase.Title, showcase.Sentence)
		in := showcase.Written{Version: w.desk().Version, Values: map[showcase.Name]string{showcase.Story: "Autre."}, Agreed: map[showcase.Name]bool{showcase.Story: true, showcase.Title: true, showcase.Sentence: true}}
		wants(t, "communications writes", w.showcase.Save(ctx, w.camille, w.id, in), errs.NotFound, "")
		wants(t, "the lead writes", w.showcase.Save(ctx, w.Lead, w.id, in), errs.Forbidden, "")
		wants(t, "somebody else writes", w.showcase.Save(ctx, dora, w.id, in), errs.NotFound, "")
		w.Must(w.showcase.Save(ctx, w.Bob, w.id, in))
		if got := w.desk().Agreed(); got.Story != "" || got.Title == "" {
			t.Errorf("who does not own the project agreed for her: %+v", got)
		}
		w.Must(w.showcase.Propose(ctx, w.Bob, w.id, w.desk().Version))
		wants(t, "the team clears", w.showcase.Clear(ctx, w.Ana, w.id, w.desk().Version), errs.Forbidden, "")
		wants(t, "published before it is cleared", w.showcase.Publish(ctx, w.camille, w.id, w.desk().Version), errs.Conflict, "showcase.not_cleared")
		wants(t, "communications chooses the day", w.showcase.Dates(ctx, w.camille, gatheringtest.Edition, showcase.Opening{At: w.Clock.Now()}), errs.Forbidden, "")
		wants(t, "an older page", w.showcase.Clear(ctx, w.camille, w.id, w.desk().Version-1), errs.Conflict, "showcase.stale")
		w.Must(w.showcase.Clear(ctx, w.Lead, w.id, w.desk().Version))
	})
}

// Whoever changes a field to which the owner agreed, but does not own the project, changes
// what she agreed to: she has to agree again.
func TestAgreementFallsWithTheText(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		slug := w.published(showcase.Title, showcase.Sentence, showcase.Story)
		in := showcase.Written{Version: w.desk().Version, Values: map[showcase.Name]string{showcase.Story: "Tout autre chose."}}
		w.Must(w.showcase.Save(ctx, w.Bob, w.id, in))
		if now := w.desk(); now.State != showcase.Draft || now.Agreed().Story != "" {
			t.Errorf("the sheet is %s, and %q would be public", now.State, now.Agreed().Story)
		}
		if f := w.visible(slug); f.Story != whole[showcase.Story] {
			t.Errorf("visitors read %q before anything is cleared again", f.Story)
		}
		w.writes(w.Ana, nil, showcase.Title, showcase.Sentence)
		if f := w.visible(slug); f.Story != "" || f.Title == "" {
			t.Errorf("the owner does not agree any more, and visitors read %+v", f.Public)
		}
		in.Version, in.Agreed = w.desk().Version, map[showcase.Name]bool{showcase.Sentence: true}
		wants(t, "a published sheet without its title", w.showcase.Save(ctx, w.Ana, w.id, in), errs.Invalid, "showcase.invalid")
	})
}

func TestChangesWaitUntilTheyAreCleared(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		slug := w.published(showcase.Title, showcase.Sentence)
		w.writes(w.Ana, map[showcase.Name]string{showcase.Title: "Campus relié", showcase.Story: "La suite."}, showcase.Title, showcase.Sentence, showcase.Story)
		if f := w.visible(slug); f.Title != "Campus connecté" || f.Story != "" {
			t.Errorf("visitors read %+v before it is cleared", f.Public)
		}
		w.clears()
		if f := w.visible(slug); f.Title != "Campus relié" || f.Story != "La suite." {
			t.Errorf("visitors read %+v at the same address", f.Public)
		}
	})
}

func TestWithdrawnAtOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		slug := w.published(showcase.Title, showcase.Sentence)
		before, err := w.showcase.Edge(ctx, account.User{})
		w.Must(err)
		wants(t, "withdrawn by the programme", w.showcase.Withdraw(ctx, w.Lead, w.id), errs.Forbidden, "")
		w.Must(w.showcase.Withdraw(ctx, w.Bob, w.id))
		if f := w.visible(slug); !f.Gone || f.Title != "" || f.EditionName.FR != "" {
			t.Errorf("its address says %+v", f)
		}
		if after, err := w.showcase.Edge(ctx, account.User{}); err != nil || after.Version <= before.Version {
			t.Errorf("what was drawn under %v still stands under %v, %v", before, after, err)
		}
		wants(t, "withdrawn twice", w.showcase.Withdraw(ctx, w.Bob, w.id), errs.Conflict, "showcase.not_public")
		n, err := db.Get(ctx, d.Reader(), db.Value[int], `select count(*) from showcase_terms`)
		if err != nil || n != 0 {
			t.Errorf("%d words of it are still looked for, %v", n, err)
		}
		w.opens(time.Time{})
		if f := w.visible(slug); f.Gone {
			t.Error("under an embargo, its address tells that it was public")
		}
	})
}

func TestEmbargo(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.writes(w.Ana, whole, showcase.Title, showcase.Sentence)
		w.clears()
		slug, at := w.desk().Slug, w.Clock.Now().Add(time.Hour)
		w.opens(at)
		nothing := func(when string) {
			t.Helper()
			if f := w.visible(slug); f.Gone || f.Title != "" {
				t.Errorf("%s, visitors read %+v", when, f)
			}
			_, err := w.showcase.Edition(ctx, account.User{}, gatheringtest.Edition)
			wants(t, when, err, errs.NotFound, "")
			list, err := w.showcase.Editions(ctx, account.User{}, "")
			if err != nil || len(list) != 0 {
				t.Errorf("%s, %d editions, %v", when, len(list), err)
			}
		}
		nothing("an hour before")
		p, err := w.showcase.Preview(ctx, w.camille, gatheringtest.Edition)
		if err != nil || len(p.Projects) != 1 || !p.Preview {
			t.Errorf("the preview has %+v, %v", p.Projects, err)
		}
		_, err = w.showcase.Preview(ctx, w.Ana, gatheringtest.Edition)
		wants(t, "a team previews", err, errs.Forbidden, "")
		edge, err := w.showcase.Edge(ctx, account.User{})
		if err != nil || !edge.Until.Equal(at) {
			t.Errorf("what is drawn now stands until %v, %v", edge.Until, err)
		}
		w.Clock.Advance(time.Hour - time.Second)
		nothing("a second before")
		w.Clock.Advance(time.Second)
		if f := w.visible(slug); f.Title == "" || f.Since.Before(at) || f.ChangedAt.Before(at) {
			t.Errorf("on the hour, visitors read %+v", f)
		}
		if e, err := w.showcase.Edition(ctx, account.User{}, gatheringtest.Edition); err != nil || len(e.Projects) != 1 {
			t.Errorf("on the hour, the edition has %d projects, %v", len(e.Projects), err)
		}
	})
}

func TestSearchWithoutAccents(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.published(showcase.Title, showcase.Sentence, showcase.Region)
		for query, want := range map[string]int{"CONNECTE": 1, "connectés": 1, "apprendre campus": 1, "normandie": 1, "campus absent": 0, "salle": 0, "": 1, "camp": 1, "%": 1} {
			list, err := w.showcase.Projects(ctx, account.User{}, showcase.Filter{Query: query})
			if err != nil || len(list) != want {
				t.Errorf("%q finds %d, %v, want %d", query, len(list), err, want)
			}
		}
	})
}

func TestPictures(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.writes(w.Ana, whole, showcase.Title, showcase.Sentence)
		photo := boardtest.Photograph(t, 60, 40, 7)
		sent := showcase.Sent{Name: "photo.jpg", Size: int64(len(photo)), File: file{bytes.NewReader(photo)}}
		wants(t, "without a description", w.showcase.AddPicture(ctx, w.Bob, w.id, showcase.Caption{Credit: "Bob"}, sent), errs.Invalid, "")
		w.Must(w.showcase.AddPicture(ctx, w.Bob, w.id, showcase.Caption{Alt: "La salle, vide", Credit: "Bob"}, sent))
		p := w.desk().Pictures[0]
		w.Must(w.showcase.ChangePicture(ctx, w.Bob, w.id, p.ID, showcase.Caption{Alt: p.Alt, Credit: p.Credit}, true))
		if w.desk().Pictures[0].Agreed {
			t.Error("who does not own the project agreed to a picture")
		}
		w.Must(w.showcase.ChangePicture(ctx, w.Ana, w.id, p.ID, showcase.Caption{Alt: p.Alt, Credit: p.Credit}, true))
		_, err := w.showcase.Picture(ctx, account.User{}, p.ID)
		wants(t, "before it is published", err, errs.NotFound, "")
		w.clears()
		_, err = w.showcase.Picture(ctx, account.User{}, p.ID)
		wants(t, "under the embargo", err, errs.NotFound, "")
		w.opens(w.Clock.Now())
		f, err := w.showcase.Picture(ctx, account.User{}, p.ID)
		w.Must(err)
		f.Close()
		w.Must(w.showcase.ChangePicture(ctx, w.Ana, w.id, p.ID, showcase.Caption{Alt: p.Alt, Credit: p.Credit}, false))
		_, err = w.showcase.Picture(ctx, account.User{}, p.ID)
		wants(t, "once the owner does not agree any more", err, errs.NotFound, "")
		w.Must(w.showcase.RemovePicture(ctx, w.Bob, w.id, p.ID))
		jobs, err := db.Get(ctx, d.Reader(), db.Value[int], `select count(*) from jobs where kind = 'forget_blobs'`)
		if err != nil || jobs != 1 {
			t.Errorf("%d jobs to erase its content, %v", jobs, err)
		}
	})
}

type file struct{ *bytes.Reader }

func (file) Close() error { return nil }

func TestFieldsAreChecked(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for name, in := range map[string]map[showcase.Name]string{
		"too many themes":            {showcase.Themes: "a\nb\nc\nd\ne\nf"},
		"a link that runs":           {showcase.Links: "Ici javascript:alert(1)"},
		"a link with a password":     {showcase.Links: "https://a:b@example.org"},
		"an unknown region":          {showcase.Region: "99"},
		"a title without end":        {showcase.Title: string(make([]byte, 0)) + longText(121)},
		"a sentence beyond its line": {showcase.Sentence: longText(201)},
	} {
		if err := w.showcase.Save(ctx, w.Ana, w.id, showcase.Written{Values: in}); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func longText(n int) string { return string(bytes.Repeat([]byte("a"), n)) }

func TestResources(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		e, err := programme.FindEdition(ctx, d.Reader(), gatheringtest.Edition)
		w.Must(err)
		g := showcase.Given{Kind: "guide", Title: "Animer une écoute", Author: "Agence", Language: "fr", Licence: "etalab-2.0"}
		by := w.Signed("ines@agence.example", "Inès")
		w.Must(d.Write(ctx, func(tx *db.Tx) error {
			return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(by.ID), Relation: "communications", Object: policy.Ref{Kind: "programme", ID: string(e.Programme)}})
		}))
		_, err = w.showcase.Add(ctx, by, e.Programme, g, showcase.Sent{})
		wants(t, "neither a file nor a link", err, errs.Invalid, "showcase.invalid")
		_, err = w.showcase.Add(ctx, w.Ana, e.Programme, g, showcase.Sent{})
		wants(t, "a team adds one", err, errs.Forbidden, "")
		words := []byte("Écouter.")
		id, err := w.showcase.Add(ctx, by, e.Programme, g, showcase.Sent{Name: "guide.txt", Size: int64(len(words)), File: file{bytes.NewReader(words)}})
		w.Must(err)
		found := func(query string) int {
			list, err := w.showcase.Resources(ctx, account.User{}, showcase.ResourceFilter{Query: query})
			w.Must(err)
			return len(list)
		}
		if found("") != 0 {
			t.Error("a draft is public")
		}
		w.Must(w.showcase.Move(ctx, by, e.Programme, id, showcase.Published))
		if found("ecoute") != 1 || found("absent") != 0 {
			t.Error("a published one is not found by its words")
		}
		_, f, err := w.showcase.OpenResource(ctx, account.User{}, id)
		w.Must(err)
		f.Close()
		w.Must(w.showcase.Move(ctx, by, e.Programme, id, showcase.Withdrawn))
		if found("") != 0 {
			t.Error("a withdrawn one is public")
		}
		_, _, err = w.showcase.OpenResource(ctx, account.User{}, id)
		wants(t, "the file of a withdrawn one", err, errs.NotFound, "")
	})
}

func TestWhoIsWaitedFor(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		waits := func(by account.User) (asked, proposed int) {
			a, p, err := w.showcase.Waiting(ctx, by)
			w.Must(err)
			return len(a), len(p)
		}
		w.Must(w.showcase.Ask(ctx, w.camille, w.id))
		if a, _ := waits(w.Ana); a != 1 || w.desk().Value(showcase.Title) != "Campus" {
			t.Errorf("%d sheets are asked of her, the title is %q", a, w.desk().Value(showcase.Title))
		}
		w.writes(w.Ana, whole, showcase.Title, showcase.Sentence)
		w.Clock.Advance(time.Minute)
		w.Must(w.showcase.Propose(ctx, w.Ana, w.id, w.desk().Version))
		if a, _ := waits(w.Ana); a != 0 {
			t.Error("once proposed, it is still asked for")
		}
		if _, p := waits(w.camille); p != 1 {
			t.Errorf("%d sheets wait for who clears", p)
		}
		if _, p := waits(w.Ana); p != 0 {
			t.Error("a team clears its own sheet")
		}
		w.Must(w.showcase.SendBack(ctx, w.camille, w.id, w.desk().Version, "Une phrase plus courte."))
		if now := w.desk(); now.State != showcase.Draft || now.Remark == "" {
			t.Errorf("sent back, it is %s, %q", now.State, now.Remark)
		}
	})
}
