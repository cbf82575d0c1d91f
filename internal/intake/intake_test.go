package intake_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/intake"
	"transformateur/internal/intake/intaketest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/screening"
	"transformateur/internal/screening/screeningtest"
)

var ctx = context.Background()

// theForm has one question of most of the kinds that an export of elsewhere fills.
const theForm = `{"version":1,"steps":[{"id":"s","title":{"fr":"Projet"},"fields":[
 {"id":"summary","type":"longtext","label":{"fr":"Résumé du projet"},"required":true,"settings":{"max_chars":500}},
 {"id":"bearer","type":"choice","label":{"fr":"Type de porteur"},"settings":{"options":[{"id":"company","label":{"fr":"Entreprise"}},{"id":"public","label":{"fr":"Organisme public, ou assimilé"}}],"other":true}},
 {"id":"themes","type":"choices","label":{"fr":"Thèmes"},"settings":{"options":[{"id":"a","label":{"fr":"Travail, santé"}},{"id":"b","label":{"fr":"Numérique"}}]}},
 {"id":"cost","type":"money","label":{"fr":"Coût total du projet"}},
 {"id":"begins","type":"date","label":{"fr":"Date de début"}},
 {"id":"staff","type":"number","label":{"fr":"Effectif"}},
 {"id":"new","type":"yesno","label":{"fr":"Nouveau projet ?"}},
 {"id":"place","type":"territory","label":{"fr":"Commune du projet"},"settings":{"kinds":["commune"]}},
 {"id":"firm","type":"organisation","label":{"fr":"Structure"}},
 {"id":"partners","type":"repeat","label":{"fr":"Partenaires"},"settings":{"columns":[{"id":"name","type":"text","label":{"fr":"Nom du partenaire"}},{"id":"share","type":"money","label":{"fr":"Apport"}}]}}]}]}`

var questions = []string{"Intitulé du projet", "Résumé", "Type de porteur", "Thèmes", "Coût total", "Date de début", "Effectif", "Nouveau projet ?", "Commune du projet", "Commune du projet (Code INSEE)", "Ancienne question"}

type people struct{}

func (people) Ensure(ctx context.Context, tx *db.Tx, _ account.User, email string) (account.Person, error) {
	id := "of-" + email
	_, err := tx.Exec(ctx, `insert into people (id, name, lang, zone, created_at) values ($1, $1, 'fr', 'Europe/Paris', $2) on conflict do nothing`, id, applicationtest.Noon)
	return account.Person{ID: account.PersonID(id)}, err
}

type registers struct{}

func (registers) Organisation(string, string) string      { return "" }
func (registers) Territory(_, code string) (string, bool) { return "Caen", code == "14118" }

// world is a closed call, whose form is theForm, and its intake.
func world(t *testing.T, d *db.DB) (*screeningtest.World, *intake.Service) {
	w := screeningtest.New(t, d)
	w.OpenCall("ailleurs", theForm)
	w.Clock.Advance(2 * time.Hour)
	return w, intake.New(intake.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Jobs: w.Jobs, Calls: w.Calls, Files: w.Files, Accounts: people{}, Checks: registers{}, Words: intaketest.Words})
}

func someFiles() []intaketest.File {
	at := time.Date(2027, 2, 1, 9, 30, 0, 0, time.UTC)
	return []intaketest.File{
		{ID: "1001", Email: "ada@exemple.fr", Company: "SCOP Ada", SIRET: "552 081 317 66522", Deposited: at, State: "En construction",
			Answers: []any{"Campus", "<p>Un campus</p><script>alert(1)</script>", "Entreprise", "Travail, santé, Numérique", "12 500,50 €", "05/03/2026", "12", "true", "Caen", "14118", "vieux"}},
		{ID: "1002", Email: "bob", Company: "Mairie", SIRET: "21140118500010", Deposited: at, State: "En instruction",
			Answers: []any{"=cmd|calc", "Deux", "Organisme public, ou assimilé", "", "beaucoup", "2026-03-05 00:00", "douze", "Non", "", "", ""}},
		{ID: "1003", Email: "cam@exemple.fr", Company: "Asso", SIRET: "21140118500010", Deposited: at, State: "Accepté", Answers: []any{"", "", "Une régie", "Autre chose", "1000", "", "", "", "", "", ""}},
	}
}

func start(t *testing.T, w *screeningtest.World, s *intake.Service, content []byte) intake.Import {
	t.Helper()
	i, err := s.Start(ctx, w.Lead, "ailleurs", intake.Upload{Name: "export.xlsx", Content: bytes.NewReader(content)})
	w.Must(err)
	return i
}

func workbook(t *testing.T, files []intaketest.File) []byte {
	t.Helper()
	b, err := intaketest.Workbook(questions, files, intaketest.Block{Name: "(7) Partenaires", Heads: []string{"Nom du partenaire", "Apport"}, Rows: [][]any{{"1001", "1", "Région", 1500.5}, {"1001", "2", "ADEME", "2 000"}}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestADemarchesExportBecomesFiles(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w, s := world(t, d)
		i := start(t, w, s, workbook(t, someFiles()))
		if i.Source != intake.Demarches || i.Origin != "Démarches simplifiées" || i.Rows != 3 {
			t.Fatalf("%+v", i)
		}
		plan := map[string]string{}
		for k, head := range i.Heads.Columns {
			plan[head] = i.Mapping.Columns[k]
		}
		for head, want := range map[string]string{"ID": "@number", "Email": "@email", "Déposé le": "@deposited", "Intitulé du projet": "@title", "Résumé": "f.summary", "Type de porteur": "f.bearer",
			"Coût total": "f.cost", "Commune du projet (Code INSEE)": "f.place", "Commune du projet": "", "Entreprise raison sociale": "f.firm.name", "Ancienne question": "", "État du dossier": "", "Instructeurs": ""} {
			if plan[head] != want {
				t.Errorf("%s became %q, want %q", head, plan[head], want)
			}
		}
		if len(i.Mapping.Blocks) != 1 || i.Mapping.Blocks[0] != "f.partners" {
			t.Errorf("blocks %q", i.Mapping.Blocks)
		}
		p, err := s.Preview(ctx, w.Lead, "ailleurs", i.ID)
		w.Must(err)
		if p.Counts[intake.Created] != 3 || p.Incomplete != 2 || p.Owners != 2 {
			t.Errorf("%+v", p)
		}
		w.Must(s.Apply(ctx, w.Lead, "ailleurs", i.ID))
		for err := error(nil); err == nil; {
			var n int
			if n, err = w.Bus.Deliver(ctx); n == 0 {
				break
			}
		}
		rep, err := s.Report(ctx, w.Lead, "ailleurs", i.ID)
		w.Must(err)
		if rep.Status != intake.Done || rep.Counts[intake.Created] != 3 || rep.Lines[0].Title != "Campus" {
			t.Fatalf("%+v", rep)
		}
		f, err := w.Files.Deposited(ctx, w.Lead, rep.Lines[0].File)
		w.Must(err)
		got := string(formText(f))
		want := `{"bearer":"company","begins":"2026-03-05","cost":1250050,"firm":{"id":"55208131766522","kind":"siret","name":"SCOP Ada"},"new":true,"partners":[{"name":"Région","share":150050},{"name":"ADEME","share":200000}],"place":["commune:14118"],"staff":12,"summary":"Un campus","themes":["a","b"]}`
		if got != want || f.Kind != application.KindImport || f.Receipt != 0 {
			t.Errorf("%s\n%s\n%s %d", got, want, f.Kind, f.Receipt)
		}
		if at := f.SubmittedAt.UTC().Format(time.DateTime); at != "2027-02-01 08:30:00" { // what the export's clock showed in Paris
			t.Errorf("deposited there at %s", at)
		}
		o, err := s.OriginOf(ctx, w.DB.Reader(), rep.Lines[0].File)
		if err != nil || o == nil || o.Number != "1001" || o.By != "lead" || len(o.Problems) != 0 {
			t.Errorf("%+v %v", o, err)
		}
		found, err := w.Screening.List(ctx, w.Lead, "ailleurs", screening.Filter{Words: "campus"})
		if err != nil || len(found) != 1 || found[0].Owner != "of-ada@exemple.fr" {
			t.Errorf("the words of an imported file find %+v %v", found, err)
		}
		var receipts int
		w.Must(w.DB.Reader().QueryRow(ctx, `select count(*) from receipts`).Scan(&receipts))
		var cells string
		w.Must(w.DB.Reader().QueryRow(ctx, `select max(cells) from import_rows`).Scan(&cells))
		if receipts != 0 || cells != "" {
			t.Errorf("%d receipts, cells %q", receipts, cells)
		}
	})
}

func formText(f application.Deposit) []byte { return canonical(f.Values()) }

func TestImportingAgain(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w, s := world(t, d)
		files := someFiles()
		apply := func(content []byte) intake.Report {
			t.Helper()
			i := start(t, w, s, content)
			w.Must(s.Apply(ctx, w.Lead, "ailleurs", i.ID))
			rep, err := s.Report(ctx, w.Lead, "ailleurs", i.ID)
			w.Must(err)
			return rep
		}
		first := apply(workbook(t, files))
		if again := apply(workbook(t, files)); again.Counts[intake.Unchanged] != 3 {
			t.Errorf("the same spreadsheet twice: %v", again.Counts)
		}
		files[0].Answers[1] = "Un autre campus"
		files = append(files, files[1])
		changed := apply(workbook(t, files))
		if changed.Counts[intake.Updated] != 1 || changed.Counts[intake.Unchanged] != 2 || changed.Counts[intake.Refused] != 1 || changed.Lines[3].Problems[len(changed.Lines[3].Problems)-1].Key != "intake.number_twice" {
			t.Errorf("%v %+v", changed.Counts, changed.Lines)
		}
		if err := s.Undo(ctx, w.Lead, "ailleurs", changed.ID); errs.KeyOf(err) != "intake.undo_updates" {
			t.Errorf("an import that changed files was undone: %v", err)
		}
		w.Must(w.Screening.Admit(ctx, w.Lead, first.Lines[1].File, screening.Verdict{Verdict: screening.Admissible}, 0))
		if err := s.Undo(ctx, w.Lead, "ailleurs", first.ID); errs.Is(err, errs.Conflict) == false {
			t.Errorf("files that somebody judged were discarded: %v", err)
		}
		n, err := w.Screening.List(ctx, w.Lead, "ailleurs", screening.Filter{})
		if err != nil || len(n) != 3 {
			t.Errorf("%d files %v", len(n), err)
		}
	})
}

func TestUndoWhileUntouched(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w, s := world(t, d)
		i := start(t, w, s, workbook(t, someFiles()))
		w.Must(s.Apply(ctx, w.Lead, "ailleurs", i.ID))
		w.Must(s.Undo(ctx, w.Lead, "ailleurs", i.ID))
		list, err := w.Screening.List(ctx, w.Lead, "ailleurs", screening.Filter{})
		if err != nil || len(list) != 0 {
			t.Fatalf("%v %v", list, err)
		}
		if _, err := w.Bus.Deliver(ctx); err != nil { // the index hears of files that are gone
			t.Fatal(err)
		}
		again := start(t, w, s, workbook(t, someFiles()))
		w.Must(s.Apply(ctx, w.Lead, "ailleurs", again.ID))
		rep, err := s.Report(ctx, w.Lead, "ailleurs", again.ID)
		if err != nil || rep.Counts[intake.Created] != 3 {
			t.Errorf("%v %v", rep.Counts, err)
		}
	})
}

func TestChoicesOfWhoImports(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w, s := world(t, d)
		i := start(t, w, s, workbook(t, someFiles()))
		for name, c := range map[string]struct {
			change func(*intake.Plan)
			want   string
		}{
			"a column of the table": {func(p *intake.Plan) { p.Columns[5] = "status" }, "intake.target_unknown"},
			"another question's":    {func(p *intake.Plan) { p.Columns[5] = "f.nothing" }, "intake.target_unknown"},
			"twice the same":        {func(p *intake.Plan) { p.Columns[5] = "@number" }, "intake.target_twice"},
			"fewer columns":         {func(p *intake.Plan) { p.Columns = p.Columns[:3] }, "intake.target_unknown"},
		} {
			plan := intake.Plan{Columns: append([]string(nil), i.Mapping.Columns...), Blocks: i.Mapping.Blocks}
			c.change(&plan)
			err := s.Plan(ctx, w.Lead, "ailleurs", i.ID, plan, intake.Options{})
			if !errs.Is(err, errs.Invalid) || !strings.Contains(fmt.Sprintf("%+v", err), c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		plan := i.Mapping
		for k, head := range i.Heads.Columns {
			if head == "Établissement SIRET" {
				plan.Columns[k] = ""
			}
			if head == "Ancienne question" {
				plan.Columns[k] = "f.firm.id"
			}
		}
		w.Must(s.Plan(ctx, w.Lead, "ailleurs", i.ID, plan, intake.Options{Refuse: true}))
		w.Must(s.Apply(ctx, w.Lead, "ailleurs", i.ID))
		rep, err := s.Report(ctx, w.Lead, "ailleurs", i.ID)
		if err != nil || rep.Counts[intake.Refused] != 3 {
			t.Errorf("%v %v", rep.Counts, err)
		}
		next := start(t, w, s, workbook(t, someFiles()))
		if last := len(next.Mapping.Columns) - 2; next.Mapping.Columns[last] != "f.firm.id" {
			t.Errorf("what was decided is not remembered: %q", next.Mapping.Columns)
		}
		if err := s.Apply(ctx, w.Lead, "ailleurs", i.ID); errs.KeyOf(err) != "intake.not_mapping" {
			t.Errorf("applied twice: %v", err)
		}
		w.Must(s.PutAway(ctx, w.Lead, "ailleurs", next.ID))
		third := start(t, w, s, workbook(t, someFiles()))
		w.Clock.Advance(31 * 24 * time.Hour)
		w.Must(w.Jobs.Work(ctx))
		if got, err := s.Get(ctx, w.Lead, "ailleurs", third.ID); err != nil || got.Status != intake.Put {
			t.Errorf("an import that waited a month: %v %v", got.Status, err)
		}
	})
}

func TestWhoMayImport(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w, s := world(t, d)
		up := intake.Upload{Name: "x.csv", Content: strings.NewReader("ID,Titre\n1,a\n")}
		if _, err := s.Start(ctx, w.Ana, "ailleurs", up); !errs.Is(err, errs.Forbidden) {
			t.Errorf("an applicant imports: %v", err)
		}
		w.Clock.Set(applicationtest.Noon)
		if _, err := s.Start(ctx, w.Lead, "ailleurs", up); !errs.Is(err, errs.Conflict) && !errs.Is(err, errs.Forbidden) {
			t.Errorf("before the closing: %v", err)
		}
		w.Clock.Advance(2 * time.Hour)
		if _, err := s.Start(ctx, w.Lead, "ailleurs", up); !errs.Is(err, errs.Invalid) {
			t.Errorf("a table without the name of its origin: %v", err)
		}
		up = intake.Upload{Name: "x.csv", Origin: "Tableur de 2024", Content: strings.NewReader("Numero,Titre\n1,a\n")}
		i, err := s.Start(ctx, w.Lead, "ailleurs", up)
		if err != nil || i.Source != intake.Export { // our own heads, whatever made it
			t.Errorf("%+v %v", i, err)
		}
		if _, err := s.Get(ctx, w.Lead, "appel", i.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("an import seen from another call: %v", err)
		}
	})
}

func TestALargeImportIsAJob(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w, s := world(t, d)
		var files []intaketest.File
		for n := range 130 {
			files = append(files, intaketest.File{ID: fmt.Sprint(n + 1), State: "Accepté", Deposited: "01/02/2027 10:00", Answers: []any{"", "Texte", "", "", "", "", "", "", "", "", ""}})
		}
		i := start(t, w, s, []byte(intaketest.CSV(questions, files)))
		w.Must(s.Apply(ctx, w.Lead, "ailleurs", i.ID))
		rep, err := s.Report(ctx, w.Lead, "ailleurs", i.ID)
		if err != nil || rep.Status != intake.Applying || rep.Progress() != 0 {
			t.Fatalf("%v %v", rep.Status, err)
		}
		w.Must(w.Jobs.Work(ctx))
		rep, err = s.Report(ctx, w.Lead, "ailleurs", i.ID)
		if err != nil || rep.Status != intake.Done || rep.Counts[intake.Created] != 130 {
			t.Fatalf("%v %v %v", rep.Status, rep.Counts, err)
		}
	})
}
