package faults

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"transformateur/internal/app"
	"transformateur/internal/app/cli"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
)

// What the tests ask of the process that they start. None is a setting: nothing but
// this file reads them.
const (
	asChild   = "FAULTS_CHILD"    // be the program, not its tests
	lazily    = "FAULTS_SYNC"     // how SQLite syncs, to prove that less than FULL is seen
	patiently = "FAULTS_PATIENCE" // how long a write waits for its turn
)

// TestMain is the program itself when the tests start it, so that it can be killed.
func TestMain(m *testing.M) {
	if os.Getenv(asChild) == "" {
		code := m.Run()
		os.RemoveAll(made.folder)
		os.Exit(code)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := program(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "transformateur:", err)
		os.Exit(cli.ExitCode(err))
	}
}

// program is what cmd/transformateur runs, unless a test asks for a lazy or an impatient database.
func program(ctx context.Context) error {
	if os.Getenv(lazily) == "" && os.Getenv(patiently) == "" {
		return cli.Run(ctx, os.Args[1:], os.Stdout)
	}
	cfg, err := config.Load("", "", config.Environ())
	if err != nil {
		return err
	}
	cfg.Synchronous = os.Getenv(lazily)
	cfg.Patience, _ = time.ParseDuration(os.Getenv(patiently))
	a, err := app.New(ctx, cfg, clock.System{})
	if err != nil {
		return err
	}
	defer a.Close()
	return a.Serve(ctx, func(address string) { fmt.Println("Transformateur :", address) })
}

// child is the program, running on a data folder.
type child struct {
	base   string // its address, "" when it never came up
	cmd    *exec.Cmd
	stderr *tail
	ended  chan struct{}
	err    error // how it ended, once ended is closed
}

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

// Write keeps b.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, b...)
	if over := len(t.kept) - 4<<20; over > 0 {
		t.kept = append([]byte(nil), t.kept[over:]...)
	}
	return len(b), nil
}

// answered finds the request of an answer that told of a fault of ours.
var answered = regexp.MustCompile(`"request":"([^"]+)".*"status":500`)

// errors are the lines of the log that tell of a fault: those of the requests that were
// answered by one, or all of them when the log names none.
func (t *tail) errors() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	failed := answered.FindAllSubmatch(t.kept, -1)
	var out bytes.Buffer
	for line := range bytes.Lines(t.kept) {
		about := slices.ContainsFunc(failed, func(m [][]byte) bool { return bytes.Contains(line, m[1]) })
		if about || len(failed) == 0 && !bytes.Contains(line, []byte(`"level":"INFO"`)) {
			out.Write(line)
		}
	}
	return out.String()
}

// launch starts the program on a data folder and waits until it serves or ends.
func launch(t testing.TB, data string, env ...string) *child {
	t.Helper()
	c := &child{stderr: &tail{}, ended: make(chan struct{})}
	c.cmd = exec.Command(os.Args[0], "--data", data, "serve", "--addr", "127.0.0.1:0")
	c.cmd.Env = append(os.Environ(), asChild+"=1", "TRANSFORMATEUR_DATA="+data, "TRANSFORMATEUR_ADDR=127.0.0.1:0")
	c.cmd.Env = append(c.cmd.Env, env...)
	c.cmd.Stderr = c.stderr
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, address, ok := strings.Cut(lines.Text(), " : "); ok {
			c.base = address
			break
		}
	}
	go func() {
		for lines.Scan() {
		}
		c.err = c.cmd.Wait()
		close(c.ended)
	}()
	t.Cleanup(c.kill)
	return c
}

// kill ends the program as a crash does, and waits until it is gone.
func (c *child) kill() {
	c.cmd.Process.Kill()
	<-c.ended
}

// code is the exit code of a program that ended by itself.
func (c *child) code() int {
	<-c.ended
	return c.cmd.ProcessState.ExitCode()
}

// run runs one command of the program to its end.
func run(data string, env []string, args ...string) (string, error) {
	cmd := exec.Command(os.Args[0], append([]string{"--data", data}, args...)...)
	cmd.Env = slices.Concat(os.Environ(), []string{asChild + "=1", "LANG=en"}, env)
	out, err := cmd.CombinedOutput()
	return string(out), err
}
