package stats_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/policy"
	"transformateur/internal/screening"
	"transformateur/internal/screening/screeningtest"
	"transformateur/internal/stats"
)

func TestJSONHoldsWhatWasAsked(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w, s := world(t, d)
		p, err := s.Export(ctx, w.Lead, "moyens", stats.Wanted{Columns: []string{"number", "title", "status", "f.who.email"}, Format: stats.JSON, Speech: speech})
		w.Must(err)
		var out bytes.Buffer
		w.Must(p.Write(&out))
		var got struct {
			Format string
			Call   struct{ ID string }
			Files  []struct {
				Number  int
				Title   string
				Status  string
				Email   *string
				Answers map[string]struct {
					Label, Type, Text string
					Value             any
				}
			}
		}
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			t.Fatalf("%v in %s", err, out.String())
		}
		if got.Format != stats.JSONFormat || got.Call.ID != "moyens" || len(got.Files) != 2 || got.Files[0].Title != "Un" || got.Files[0].Status != "submitted" || got.Files[0].Email != nil ||
			len(got.Files[0].Answers) != 1 || got.Files[0].Answers["who"].Type != "contact" || !strings.Contains(got.Files[0].Answers["who"].Text, "ada@exemple.fr") {
			t.Errorf("%s", out.String())
		}
	})
}

// agreed gives the lead what a second person's agreement opens.
func agreed(w *screeningtest.World) {
	w.T.Helper()
	w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
		return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: "lead", Relation: "exporter", Object: policy.Ref{Kind: "call", ID: string(w.Call.ID)}})
	}))
}

func TestArchiveHoldsFilesAndTheirDigests(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := screeningtest.New(t, d)
		a := w.Complete()
		w.Must(w.Files.Rename(ctx, w.Ana, a.ID, "../=Évasion / \"CON\""))
		one, err := w.Files.Attach(ctx, w.Ana, a.ID, "annex", "..\\plan.pdf", strings.NewReader("%PDF-1.7 secret author"))
		w.Must(err)
		w.Must(w.Jobs.Work(ctx))
		w.Fill(w.Ana, a.ID, "annex", []any{one.ID})
		_, err = w.Files.Submit(ctx, w.Ana, a.ID)
		w.Must(err)
		w.Clock.Advance(2 * time.Hour)
		s := stats.New(w.Files, w.Screening)
		groups, err := s.Columns(ctx, w.Lead, w.Call.ID, speech)
		w.Must(err)
		want := stats.Wanted{Columns: stats.Keys(groups), Format: stats.ZIP, Speech: speech}
		if _, err := s.Export(ctx, w.Lead, w.Call.ID, want); !strings.Contains(fmt.Sprintf("%+v", err), "export.needs_two") {
			t.Fatalf("one person alone took the archive: %v", err)
		}
		agreed(w)
		p, err := s.Export(ctx, w.Lead, w.Call.ID, want)
		w.Must(err)
		var out bytes.Buffer
		w.Must(p.Write(&out))
		z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
		w.Must(err)
		content, names := map[string][]byte{}, []string{}
		for _, f := range z.File {
			r, err := f.Open()
			w.Must(err)
			content[f.Name], err = io.ReadAll(r)
			w.Must(err)
			names = append(names, f.Name)
		}
		folder := "files/0001-evasion-con/"
		if want := []string{folder + "answers.html", folder + "answers.json", folder + "attachments/01-plan.pdf", "files.csv", "manifest.json"}; !slices.Equal(names, want) {
			t.Fatalf("%q, want %q", names, want)
		}
		if string(content[folder+"attachments/01-plan.pdf"]) != "clean" {
			t.Errorf("the attachment is not the copy without author: %q", content[folder+"attachments/01-plan.pdf"])
		}
		if page := string(content[folder+"answers.html"]); !strings.Contains(page, "<h1>1. ../=Évasion / &#34;CON&#34;</h1>") || !strings.Contains(page, "Un campus") {
			t.Errorf("%s", page)
		}
		var manifest struct {
			Entries []struct {
				Path   string
				Bytes  int64
				SHA256 string
			}
		}
		w.Must(json.Unmarshal(content["manifest.json"], &manifest))
		for _, e := range manifest.Entries {
			sum := sha256.Sum256(content[e.Path])
			if e.SHA256 != hex.EncodeToString(sum[:]) || e.Bytes != int64(len(content[e.Path])) {
				t.Errorf("%s: %d bytes, %s", e.Path, e.Bytes, e.SHA256)
			}
		}
		if len(manifest.Entries) != 4 {
			t.Errorf("%d entries", len(manifest.Entries))
		}
	})
}

// Formulas are texts in every format that a spreadsheet opens, in wide characters too.
func TestNothingThatLeavesIsAFormula(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := screeningtest.New(t, d)
		signs := []string{"=", "+", "-", "@", "\t=", "\r=", "＝", "＋", "－", "＠", "|", "%"}
		for i, sign := range signs {
			a := w.Complete()
			w.Must(w.Files.Rename(ctx, w.Ana, a.ID, strings.TrimSpace(sign)+"cmd()"))
			w.Fill(w.Ana, a.ID, "summary", sign+"cmd|' /C calc'!A"+fmt.Sprint(i))
			_, err := w.Files.Submit(ctx, w.Ana, a.ID)
			w.Must(err)
		}
		w.Clock.Advance(2 * time.Hour)
		s := stats.New(w.Files, w.Screening)
		agreed(w)
		for _, format := range []stats.Format{stats.CSV, stats.ZIP} {
			p, err := s.Export(ctx, w.Lead, w.Call.ID, stats.Wanted{Columns: []string{"title", "f.summary"}, Format: format, Speech: speech})
			w.Must(err)
			var out bytes.Buffer
			w.Must(p.Write(&out))
			text := out.String()
			if format == stats.ZIP {
				z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
				w.Must(err)
				i := slices.IndexFunc(z.File, func(f *zip.File) bool { return f.Name == "files.csv" })
				r, err := z.File[i].Open()
				w.Must(err)
				all, err := io.ReadAll(r)
				w.Must(err)
				text = string(all)
			}
			r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\uFEFF")))
			r.Comma = ';'
			rows, err := r.ReadAll()
			if err != nil || len(rows) != len(signs)+1 {
				t.Fatalf("%s: %d rows %v", format, len(rows), err)
			}
			for _, row := range rows[1:] {
				for _, cell := range row {
					if !strings.HasPrefix(cell, "'") {
						t.Errorf("%s: %q", format, cell)
					}
				}
			}
		}
	})
}

// heap remembers the most memory in use while something is written.
type heap struct {
	writes int
	most   uint64
}

func (h *heap) Write(p []byte) (int, error) {
	if h.writes++; h.writes%400 == 0 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		h.most = max(h.most, m.HeapAlloc)
	}
	return len(p), nil
}

// Memory does not grow with the number of files: 1,500 of 40 kB, which is 60 MB, leave
// while less than 24 MB more is in use.
func TestLargeExportsStream(t *testing.T) {
	d := dbtest.SQLite(t)
	w := screeningtest.New(t, d)
	w.OpenCall("grand", `{"version":1,"steps":[{"id":"s","title":{"fr":"S"},"fields":[{"id":"text","type":"longtext","label":{"fr":"Texte"}}]}]}`)
	const files = 1500
	content := `{"text":"` + strings.Repeat("Un long texte. ", 40_000/15) + `"}`
	w.Must(d.Write(ctx, func(tx *db.Tx) error {
		for i := range files {
			id := fmt.Sprintf("file-%04d", i)
			if _, err := tx.Exec(ctx, `insert into applications (id, call_id, number, title, status, form_revision, created_by, created_at, updated_at, submitted_at) values ($1, 'grand', $2, $1, 'submitted', 1, 'system', $3, $3, $3)`, id, i+1, applicationtest.Noon); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `insert into submissions (id, application_id, seq, kind, at, submitted_by, form_revision, title, content, files, receipt) values ($1, $1, 1, 'deposit', $2, 'system', 1, $1, $3, '[]', 1)`, id, applicationtest.Noon, content); err != nil {
				return err
			}
		}
		return nil
	}))
	w.Clock.Advance(2 * time.Hour)
	s := stats.New(w.Files, w.Screening)
	for _, format := range []stats.Format{stats.CSVPlain, stats.JSON} {
		p, err := s.Export(ctx, w.Lead, "grand", stats.Wanted{Columns: []string{"number", "title", "f.text"}, Format: format, Speech: speech, Filter: screening.Filter{}})
		w.Must(err)
		runtime.GC()
		var before runtime.MemStats
		runtime.ReadMemStats(&before)
		h := &heap{}
		w.Must(p.Write(h))
		if p.Rows != files || h.most == 0 || h.most > before.HeapAlloc+24<<20 {
			t.Errorf("%s: %d files, %d writes, %d MB before and %d MB at most", format, p.Rows, h.writes, before.HeapAlloc>>20, h.most>>20)
		}
	}
}
