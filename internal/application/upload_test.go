package application_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/application/scrutiny"
	"transformateur/internal/platform/errs"
)

func TestUploadResumesAndJoinsTheAnswer(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		a := w.Complete()
		content := strings.Repeat("x", 1000)
		u, err := w.Files.BeginUpload(ctx, w.Ana, a.ID, "annex", "Annexe.pdf", 1000)
		w.Must(err)
		u, err = w.Files.AppendUpload(ctx, w.Ana, a.ID, u.ID, 0, strings.NewReader(content[:400]))
		if err != nil || u.Offset != 400 {
			t.Fatalf("%+v %v", u, err)
		}
		if _, err := w.Files.AppendUpload(ctx, w.Ana, a.ID, u.ID, 300, strings.NewReader(content[300:])); !errs.Is(err, errs.Conflict) {
			t.Errorf("a wrong offset: %v", err)
		}
		if _, err := w.Files.AppendUpload(ctx, w.Ana, a.ID, u.ID, 400, strings.NewReader(content[400:])); err != nil {
			t.Fatal(err)
		}
		f, err := w.Files.Open(ctx, w.Ana, a.ID)
		w.Must(err)
		if ids, _ := f.Answers["annex"].Value.([]any); len(ids) != 1 || ids[0] != u.ID || f.Files[0].Status != application.Pending {
			t.Fatalf("answer %v, files %+v", f.Answers["annex"].Value, f.Files)
		}
		join(t, w, w.Bob, "reader", a.ID)
		if _, _, err := w.Files.Content(ctx, w.Bob, a.ID, u.ID); errs.KeyOf(err) != "application.file_pending" {
			t.Errorf("served before its check: %v", err)
		}
		w.Must(w.Jobs.Work(ctx))
		_, file, err := w.Files.Content(ctx, w.Bob, a.ID, u.ID)
		w.Must(err)
		defer file.Close()
		if got, _ := io.ReadAll(file); string(got) != content {
			t.Errorf("%d bytes came back", len(got))
		}
		s, err := w.Files.Submit(ctx, w.Ana, a.ID)
		if err != nil || len(s.Receipt.Files) != 1 || s.Receipt.Files[0].Bytes != 1000 || len(s.Receipt.Files[0].SHA256) != 64 {
			t.Fatalf("%+v %v", s.Receipt.Files, err)
		}
		if _, _, err := w.Files.Content(ctx, w.Lead, a.ID, u.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("the lead read a file before the closing: %v", err)
		}
		w.Clock.Advance(2 * time.Hour)
		if _, _, err := w.Files.Content(ctx, w.Lead, a.ID, u.ID); !errs.Is(err, errs.Forbidden) {
			t.Errorf("the lead read what the team sent, uncleaned: %v", err)
		}
		_, served, err := w.Files.Served(ctx, w.Lead, a.ID, u.ID, false)
		if err != nil {
			t.Fatalf("the lead after the closing: %v", err)
		}
		served.Close()
	})
}

func TestUploadRefusals(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		a := w.Draft()
		for _, c := range []struct {
			name, file string
			size       int64
			want       string
		}{
			{"another kind", "a.exe", 10, "application.file_kind"},
			{"empty", "a.pdf", 0, "application.file_empty"},
			{"too big", "a.pdf", 30 << 20, "application.file_too_big"},
		} {
			_, err := w.Files.BeginUpload(ctx, w.Ana, a.ID, "annex", c.file, c.size)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v, want %s", c.name, err, c.want)
			}
		}
		for range 2 {
			_, err := w.Files.Attach(ctx, w.Ana, a.ID, "annex", "x.pdf", strings.NewReader("pdf"))
			w.Must(err)
		}
		if _, err := w.Files.Attach(ctx, w.Ana, a.ID, "annex", "x.pdf", strings.NewReader("pdf")); err == nil || !strings.Contains(err.Error(), "application.file_too_many") {
			t.Errorf("a third file: %v", err)
		}
		f, _ := w.Files.Open(ctx, w.Ana, a.ID)
		w.Must(w.Files.Detach(ctx, w.Ana, a.ID, f.Files[0].ID))
		if f, _ = w.Files.Open(ctx, w.Ana, a.ID); len(f.Files) != 1 {
			t.Errorf("%d files after removing one of two", len(f.Files))
		}
	})
}

func TestUploadThatStoppedIsForgotten(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		a := w.Draft()
		u, err := w.Files.BeginUpload(ctx, w.Ana, a.ID, "annex", "Annexe.pdf", 1000)
		w.Must(err)
		w.Clock.Advance(24 * time.Hour)
		w.Must(w.Jobs.Work(ctx))
		if _, err := w.Files.Upload(ctx, w.Ana, a.ID, u.ID); err != nil {
			t.Errorf("forgotten after a day: %v", err)
		}
		w.Clock.Advance(20 * 24 * time.Hour)
		w.Must(w.Jobs.Work(ctx))
		if _, err := w.Files.Upload(ctx, w.Ana, a.ID, u.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("still there after three weeks: %v", err)
		}
	})
}

// A copy that would still say who made the file is not kept, and the team is told.
func TestACopyThatTellsIsNotKept(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		a := w.Complete()
		kept, err := w.Files.Attach(ctx, w.Ana, a.ID, "annex", "signed.pdf", strings.NewReader("pdf"))
		w.Must(err)
		w.Must(w.Jobs.Work(ctx))
		f, err := w.Files.Open(ctx, w.Ana, a.ID)
		w.Must(err)
		if len(f.Files) != 1 || f.Files[0].ID != kept.ID || f.Files[0].Status != application.Clean || f.Files[0].CleanDigest != "" {
			t.Fatalf("%+v", f.Files)
		}
		var said []string
		for _, p := range f.Files[0].Found() {
			said = append(said, p.Key)
		}
		if strings.Join(said, " ") != scrutiny.NoCopy+" inspect.left_signature" {
			t.Errorf("the team is told %v", said)
		}
	})
}
