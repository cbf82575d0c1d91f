// Command footprint builds the program as it is delivered and prints what it weighs: on the disk, in memory, and in time before it answers.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	idle := flag.Duration("idle", 20*time.Second, "how long the program stays idle before its memory is read")
	cold := flag.Bool("cold", true, "build with an empty cache, as on a fresh machine; the modules are downloaded already")
	flag.Parse()
	if err := run(*idle, *cold); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(idle time.Duration, cold bool) error {
	dir, err := os.MkdirTemp("", "transformateur-footprint-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "transformateur")
	if err := build(binary, filepath.Join(dir, "cache"), cold); err != nil {
		return err
	}
	info, err := os.Stat(binary)
	if err != nil {
		return err
	}
	fmt.Printf("binary: %.1f MB (to reach: 40)\n", float64(info.Size())/1e6)
	for _, start := range []struct {
		name string
		args []string
	}{
		{"empty folder, first start", []string{"--data", filepath.Join(dir, "empty"), "serve"}},
		{"empty folder, second start", []string{"--data", filepath.Join(dir, "empty"), "serve"}},
		{"demo, first start", []string{"--data", filepath.Join(dir, "demo"), "serve", "--demo"}},
		{"demo, second start", []string{"--data", filepath.Join(dir, "demo"), "serve", "--demo"}},
	} {
		if err := serve(start.name, binary, start.args, idle); err != nil {
			return fmt.Errorf("%s: %w", start.name, err)
		}
	}
	return nil
}

// build is the build of `make build`, towards another place.
func build(binary, cache string, cold bool) error {
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, "./cmd/transformateur")
	cmd.Env, cmd.Stderr = append(os.Environ(), "CGO_ENABLED=0"), os.Stderr
	name := "build, warm cache"
	if cold {
		name = "build, empty cache"
		cmd.Env = append(cmd.Env, "GOCACHE="+cache)
	}
	begin := time.Now()
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("build: %w", err)
	}
	fmt.Printf("%s: %.1f s, %.1f s of CPU\n", name, time.Since(begin).Seconds(), cpu(cmd))
	return nil
}

func cpu(cmd *exec.Cmd) float64 {
	return (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
}

// serve starts the program, waits for its first answer, lets it be idle, reads its
// memory and stops it.
func serve(name, binary string, args []string, idle time.Duration) error {
	cmd := exec.Command(binary, append(args, "--addr", "127.0.0.1:0")...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return err
	}
	defer cmd.Wait()
	defer cmd.Process.Signal(syscall.SIGTERM)
	address := ""
	for lines := bufio.NewScanner(out); address == "" && lines.Scan(); {
		if at := strings.Index(lines.Text(), "http://"); at >= 0 {
			address = strings.Fields(lines.Text()[at:])[0]
		}
	}
	if address == "" {
		return errors.New("it said no address")
	}
	res, err := http.Get(strings.TrimSuffix(address, "/") + "/")
	if err != nil {
		return err
	}
	res.Body.Close()
	first := time.Since(begin)
	time.Sleep(idle)
	resident, err := status(cmd.Process.Pid, "VmRSS")
	if err != nil {
		return err
	}
	anonymous, err := status(cmd.Process.Pid, "RssAnon")
	if err != nil {
		return err
	}
	fmt.Printf("%s: first page after %.2f s; after %s idle %.1f MB in memory (to reach: 60), of which %.1f MB are its own and not the file of the program\n",
		name, first.Seconds(), idle, resident/1e6, anonymous/1e6)
	return nil
}

// status reads a line of /proc/PID/status, in bytes.
func status(pid int, name string) (float64, error) {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(content)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kib * 1024, err
		}
	}
	return 0, fmt.Errorf("no %s in /proc/%d/status", name, pid)
}
