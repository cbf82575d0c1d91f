package app

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/intake"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/policy"
	"transformateur/internal/screening"
	"transformateur/internal/screening/screeningtest"
	"transformateur/internal/stats"
)

// roundForm has one question of nearly every kind whose answer a spreadsheet can hold.
const roundForm = `{"version":1,"steps":[{"id":"s","title":{"fr":"Projet"},"fields":[
 {"id":"name","type":"text","label":{"fr":"Nom court"}},
 {"id":"summary","type":"longtext","label":{"fr":"Résumé"}},
 {"id":"bearer","type":"choice","label":{"fr":"Porteur"},"settings":{"options":[{"id":"a","label":{"fr":"Entreprise, société"}},{"id":"b","label":{"fr":"Organisme ; public"}}],"other":true}},
 {"id":"themes","type":"choices","label":{"fr":"Thèmes"},"settings":{"options":[{"id":"a","label":{"fr":"Travail, santé"}},{"id":"b","label":{"fr":"Numérique"}},{"id":"c","label":{"fr":"Travail"}}],"other":true}},
 {"id":"rank","type":"ranking","label":{"fr":"Priorités"},"settings":{"options":[{"id":"x","label":{"fr":"Temps"}},{"id":"y","label":{"fr":"Argent; dons"}}]}},
 {"id":"sector","type":"linked","label":{"fr":"Secteur"},"settings":{"levels":[{"fr":"Branche"},{"fr":"Métier"}],"options":[{"id":"i","label":{"fr":"Industrie"},"options":[{"id":"b","label":{"fr":"Bois"}},{"id":"m","label":{"fr":"Métal / fonte"}}]},{"id":"s","label":{"fr":"Soin"},"options":[{"id":"d","label":{"fr":"Domicile"}}]}]}},
 {"id":"cost","type":"money","label":{"fr":"Coût"}},
 {"id":"staff","type":"number","label":{"fr":"Effectif"},"settings":{"unit":{"fr":"ETP"},"decimals":2}},
 {"id":"rate","type":"percent","label":{"fr":"Taux"}},
 {"id":"begins","type":"date","label":{"fr":"Début"}},
 {"id":"lasts","type":"period","label":{"fr":"Période"}},
 {"id":"new","type":"yesno","label":{"fr":"Nouveau ?"}},
 {"id":"scale","type":"scale","label":{"fr":"Maturité"},"settings":{"options":[{"id":"one","label":{"fr":"Idée"}},{"id":"two","label":{"fr":"Essai"}}]}},
 {"id":"grid","type":"matrix","label":{"fr":"Grille"},"settings":{"questions":[{"id":"p","label":{"fr":"Élan"}},{"id":"q","label":{"fr":"Appui"}}],"options":[{"id":"l","label":{"fr":"Peu"}},{"id":"h","label":{"fr":"Beaucoup"}}]}},
 {"id":"where","type":"address","label":{"fr":"Adresse"}},
 {"id":"firm","type":"organisation","label":{"fr":"Structure"}},
 {"id":"who","type":"contact","label":{"fr":"Contact"}},
 {"id":"place","type":"territory","label":{"fr":"Territoires"},"settings":{"max_picks":5}},
 {"id":"budget","type":"budget","label":{"fr":"Budget"},"settings":{"expenses":[{"id":"staff","label":{"fr":"Personnel"}},{"id":"tools","label":{"fr":"Outils"}}],"income":[{"id":"own","label":{"fr":"Fonds propres"}},{"id":"grant","label":{"fr":"Aide"},"public":true}]}},
 {"id":"team","type":"repeat","label":{"fr":"Partenaires"},"settings":{"columns":[{"id":"n","type":"text","label":{"fr":"Nom"}},{"id":"m","type":"money","label":{"fr":"Apport"}},{"id":"d","type":"date","label":{"fr":"Depuis"}},{"id":"y","type":"yesno","label":{"fr":"Signé"}},{"id":"c","type":"choice","label":{"fr":"Genre"},"settings":{"options":[{"id":"u","label":{"fr":"Public"}},{"id":"v","label":{"fr":"Privé"}}]}}]}}]}]}`

// pencil draws answers at random, among which are texts that spreadsheets mistake.
type pencil struct{ *rand.Rand }

func (p pencil) word() string {
	words := []string{"été", "=1+1", "-2+3", "+33 6", "@moi", "a;b", "\"dit-elle\"", "l'œuvre", "12,5", "<A B", "oui", "12/03/2026", "Autre : rien", "'quoi", "x|y", "0012", "1e5", "＝1"}
	return words[p.IntN(len(words))] + " " + words[p.IntN(len(words))]
}

func (p pencil) day() string {
	return time.Date(2026, 1, 1+p.IntN(900), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

func (p pencil) cents() int64 { return int64(1 + p.IntN(10_000_000)) }

func pick[T any](p pencil, list ...T) T { return list[p.IntN(len(list))] }

// answers are those of one file; each question is left out one time in four.
func (p pencil) answers() map[string]any {
	row := func() map[string]any {
		return map[string]any{"n": p.word(), "m": p.cents(), "d": p.day(), "y": p.IntN(2) == 0, "c": pick(p, "u", "v")}
	}
	line := func(category string) map[string]any {
		return map[string]any{"category": category, "label": "", "amount": p.cents()}
	}
	all := map[string]any{"name": p.word(), "summary": p.word() + "\n" + p.word(), "bearer": pick(p, "a", "b", "other:"+p.word()),
		"themes": pick(p, []any{"a", "b"}, []any{"c"}, []any{"a", "c"}, []any{"b", "other:Le reste"}), "rank": pick(p, []any{"x", "y"}, []any{"y"}),
		"sector": pick(p, []any{"i", "m"}, []any{"s", "d"}), "cost": p.cents(), "staff": float64(p.IntN(1000)) + 0.25, "rate": int64(p.IntN(100)), "begins": p.day(),
		"lasts": map[string]any{"from": p.day(), "to": p.day()}, "new": p.IntN(2) == 0, "scale": pick(p, "one", "two"), "grid": map[string]any{"p": "l", "q": pick(p, "l", "h")},
		"where": map[string]any{"street": "1 rue " + p.word(), "postcode": "01400", "city": "Vire"}, "firm": map[string]any{"kind": "siret", "id": "55208131766522", "name": p.word()},
		"who": map[string]any{"name": p.word(), "email": "ada@exemple.fr"}, "place": pick(p, []any{"commune:14118"}, []any{"commune:14118", "departement:2A"}, []any{"departement:2A"}),
		"budget": map[string]any{"expenses": []any{line("staff"), line("tools")}, "income": []any{line("own"), line("grant")}}, "team": pick(p, []any{row()}, []any{row(), row(), row()})}
	for id := range all {
		if p.IntN(4) == 0 {
			delete(all, id)
		}
	}
	return all
}

// What an export wrote, an import reads: exported again from the call it came into,
// the file is the same, byte for byte. In both languages, CSV and XLSX.
func TestExportComesBackTheSame(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	ctx, d := context.Background(), dbtest.SQLite(t)
	w := screeningtest.New(t, d)
	w.OpenCall("depart", roundForm)
	p := pencil{rand.New(rand.NewPCG(seed, 7))}
	const files = 25
	deposited := time.Date(2027, 3, 4, 9, 0, 0, 0, time.UTC)
	w.Must(d.Write(ctx, func(tx *db.Tx) error {
		for n := range files {
			id := fmt.Sprintf("file-%02d", n)
			answers := canonicalAnswers(t, w.Calls, p.answers())
			if _, err := tx.Exec(ctx, `insert into applications (id, call_id, number, title, status, form_revision, created_by, created_at, updated_at, submitted_at) values ($1, 'depart', $2, $3, 'submitted', 1, 'system', $4, $4, $4)`, id, n+1, strings.TrimSpace(p.word()), deposited); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `insert into submissions (id, application_id, seq, kind, at, submitted_by, form_revision, title, content, files, receipt) values ($1, $1, 1, 'deposit', $2, 'system', 1, '', $3, '[]', 1)`, id, deposited, answers); err != nil {
				return err
			}
		}
		return nil
	}))
	for _, format := range []stats.Format{stats.CSV, stats.CSVPlain, stats.XLSX} {
		for _, lang := range []i18n.Lang{i18n.FR, i18n.EN} {
			into := "retour-" + strings.ReplaceAll(string(format), "_", "-") + "-" + string(lang)
			w.Clock.Set(applicationtest.Noon)
			w.OpenCall(into, roundForm)
			w.Clock.Advance(2 * time.Hour)
			speech := form.Speech{Lang: string(lang), Say: func(key string, args ...any) string { return i18n.Say(lang, key, args...) }, Checks: atlas{}}
			first := exportAll(t, w, "depart", format, speech)
			importInto(t, w, into, first)
			if again := exportAll(t, w, call.ID(into), format, speech); !equal(t, format, first, again) {
				t.Errorf("%s in %s: %s", format, lang, difference(t, w, into, speech))
			}
		}
	}
}

// equal compares bytes; of workbooks, whose parts are zipped in no order, every cell.
func equal(t *testing.T, format stats.Format, a, b []byte) bool {
	t.Helper()
	if format != stats.XLSX {
		return bytes.Equal(a, b)
	}
	one, err := sheet.Read(bytes.NewReader(a), intake.Limits)
	if err != nil {
		t.Fatal(err)
	}
	two, err := sheet.Read(bytes.NewReader(b), intake.Limits)
	if err != nil {
		t.Fatal(err)
	}
	return reflect.DeepEqual(one, two)
}

// atlas names the places of the test.
type atlas struct{}

func (atlas) Organisation(string, string) string { return "" }
func (atlas) Territory(kind, code string) (string, bool) {
	name, ok := map[string]string{"commune:14118": "Caen", "departement:2A": "Corse-du-Sud"}[kind+":"+code]
	return name, ok
}
func (atlas) Attachment(string) (form.Attachment, bool) { return form.Attachment{}, false }

// canonicalAnswers are the answers as they are kept.
func canonicalAnswers(t *testing.T, calls *call.Service, raw map[string]any) string {
	t.Helper()
	f, err := form.Parse([]byte(roundForm))
	if err != nil {
		t.Fatal(err)
	}
	out := form.Answers{}
	for id, value := range raw {
		kept, bad := f.Field(id).Decode(form.Canonical(value))
		if len(bad) > 0 {
			t.Fatalf("%s: %v %v", id, value, bad)
		}
		if kept != nil {
			out[id] = kept
		}
	}
	return string(form.Canonical(out))
}

func exportAll(t *testing.T, w *screeningtest.World, id call.ID, format stats.Format, speech form.Speech) []byte {
	t.Helper()
	s := stats.New(w.Files, w.Screening)
	groups, err := s.Columns(context.Background(), w.Lead, id, speech)
	w.Must(err)
	columns := []string{"number", "title", "deposited_at"}
	for _, key := range stats.Keys(groups) {
		if strings.HasPrefix(key, "f.") {
			columns = append(columns, key)
		}
	}
	p, err := s.Export(context.Background(), w.Lead, id, stats.Wanted{Columns: columns, Format: format, Speech: speech, Filter: screening.Filter{Sort: "number"}})
	w.Must(err)
	var out bytes.Buffer
	w.Must(p.Write(&out))
	return out.Bytes()
}

type nobody struct{}

func (nobody) Ensure(context.Context, *db.Tx, account.User, string) (account.Person, error) {
	return account.Person{}, nil
}

func importInto(t *testing.T, w *screeningtest.World, id string, content []byte) {
	t.Helper()
	ctx := context.Background()
	s := intake.New(intake.Deps{DB: w.DB, Clock: w.Clock, Policy: policy.New(w.DB, w.Clock), Jobs: w.Jobs, Calls: w.Calls, Files: w.Files, Accounts: nobody{}, Checks: atlas{}, Words: exportWords()})
	i, err := s.Start(ctx, w.Lead, call.ID(id), intake.Upload{Name: "export", Content: bytes.NewReader(content)})
	w.Must(err)
	w.Must(s.Apply(ctx, w.Lead, call.ID(id), i.ID))
	rep, err := s.Report(ctx, w.Lead, call.ID(id), i.ID)
	w.Must(err)
	if rep.Counts[intake.Created] != rep.Rows {
		t.Errorf("%s: %v %+v", id, rep.Counts, rep.Lines)
	}
}

// difference is the first line of the CSV that is not the same.
func difference(t *testing.T, w *screeningtest.World, into string, speech form.Speech) string {
	t.Helper()
	a, b := strings.Split(string(exportAll(t, w, "depart", stats.CSVPlain, speech)), "\r\n"), strings.Split(string(exportAll(t, w, call.ID(into), stats.CSVPlain, speech)), "\r\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d\n%s\n%s", i, a[i], b[i])
		}
	}
	return "the tables are the same"
}
