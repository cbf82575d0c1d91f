package inspect

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/inspect/hostile"
)

// What one file may cost (docs/trust.md, "Files").
const (
	maxExtra = 64 << 20
	maxCPU   = 10 * time.Second
)

// TestMain lets the test run itself again, to look at one file alone.
func TestMain(m *testing.M) {
	if file := os.Getenv("INSPECT_ALONE"); file != "" {
		if err := alone(file, unquoted(os.Getenv("INSPECT_NAME"))); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		// The most this process has held (proc(5)); rusage would count its parent's too.
		status, _ := os.ReadFile("/proc/self/status")
		for line := range strings.Lines(string(status)) {
			if strings.HasPrefix(line, "VmHWM:") {
				fmt.Print(line)
			}
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// alone does with a file on disk what the program does: it looks, then writes the copy.
func alone(file, name string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	r, err := Inspect(context.Background(), f, info.Size(), name, Limits{})
	if err != nil || r.Kind == Unknown && r.Size > DefaultLimits().MaxSize {
		return err
	}
	if _, err := Strip(context.Background(), f, info.Size(), io.Discard); err != nil && !errs.Is(err, errs.Invalid) {
		return err
	}
	return nil
}

// cost runs alone in another process and gives the most memory it held at once and
// the time of the processor that it took.
func cost(t *testing.T, file, name string) (rss int64, cpu time.Duration) {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run", "^$")
	c.Env = append(os.Environ(), "INSPECT_ALONE="+file, "INSPECT_NAME="+strconv.Quote(name), "GOCOVERDIR="+t.TempDir())
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", name, err, out)
	}
	if _, err := fmt.Sscanf(string(out), "VmHWM: %d kB", &rss); err != nil {
		t.Fatalf("%s: %v: %s", name, err, out)
	}
	return rss << 10, c.ProcessState.UserTime() + c.ProcessState.SystemTime()
}

// Each hostile file, looked at and cleaned in a process of its own, stays within
// its bounds; so do an honest file of the largest size and a sparse one of 4 GB.
func TestCostOfEachFile(t *testing.T) {
	if testing.Short() || os.Getenv("TRANSFORMATEUR_RACE") != "" {
		t.Skip("the race detector multiplies memory")
	}
	dir := t.TempDir()
	write := func(name string, body []byte) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, body, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	empty, _ := cost(t, write("base", []byte("bonjour")), "a.txt")
	files := append(hostile.Corpus(t), hostile.Signed(t)...)
	files = append(files,
		hostile.File{Situation: "an honest PDF of 60 MB", Name: "a.pdf", Body: pdfOf("", objStm("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", "9 0 << /Author (Jeanne) >>"), "<< /Length 60000000 >>\nstream\n"+noise(60_000_000)+"\nendstream")},
		hostile.File{Situation: "an honest document of 60 MB", Name: "a.docx", Body: docx(t, part{Name: "word/media/a.png", Body: string(pngOf(t, 4000, 3000)), Stored: true}, part{Name: "word/b.bin", Body: noise(60_000_000), Stored: true})},
		hostile.File{Situation: "a PDF of 100,000 objects", Name: "a.pdf", Body: pdfOf("", manyObjects(100_000)...)},
		hostile.File{Situation: "a PDF of 3,000 object streams", Name: "a.pdf", Body: pdfOf("", manyStreams(3000)...)})
	var most struct {
		rss, cpu string
		extra    int64
		slow     time.Duration
	}
	for _, f := range files {
		file := write("file", f.Body)
		extra, cpu := cost(t, file, f.Name)
		for range 2 { // a collector that waits for a processor lets memory grow: the least of three is the file's
			if extra-empty <= maxExtra {
				break
			}
			again, _ := cost(t, file, f.Name)
			extra = min(extra, again)
		}
		extra -= empty
		if extra > most.extra {
			most.extra, most.rss = extra, f.Situation
		}
		if cpu > most.slow {
			most.slow, most.cpu = cpu, f.Situation
		}
		if extra > maxExtra || cpu > maxCPU {
			t.Errorf("%s: %d MB more than an empty look, %v of processor", f.Situation, extra>>20, cpu)
		}
	}
	sparse := write("sparse", []byte("%PDF-1.7\n"))
	if err := os.Truncate(sparse, 4<<30); err != nil {
		t.Fatal(err)
	}
	if extra, cpu := cost(t, sparse, "a.pdf"); extra-empty > maxExtra || cpu > maxCPU {
		t.Errorf("4 GB of nothing: %d MB, %v", (extra-empty)>>20, cpu)
	}
	t.Logf("%d files; an empty look holds %d MB; most memory beyond it: %d MB (%s); most processor: %v (%s)", len(files)+1, empty>>20, most.extra>>20, most.rss, most.slow, most.cpu)
}

func manyObjects(n int) (all []string) {
	for range n {
		all = append(all, "<< /Author (Jeanne) /A [1 2 3] >>")
	}
	return all
}

func manyStreams(n int) (all []string) {
	body := objStm("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", "9 0 << /Author (Jeanne) >> "+noise(2000))
	for range n {
		all = append(all, body)
	}
	return all
}

func unquoted(s string) string {
	name, _ := strconv.Unquote(s)
	return name
}
