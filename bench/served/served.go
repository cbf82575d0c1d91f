// Package served is the program, built as it is delivered and run beside a generator of load, with what it costs.
package served

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Process is the program, as it is delivered.
type Process struct {
	cmd     *exec.Cmd
	Address string // "http://127.0.0.1:…"
}

// Start starts a binary of the program on a data folder, and waits until it serves.
func Start(ctx context.Context, binary, folder string) (*Process, error) {
	cmd := exec.CommandContext(ctx, binary, "--data", folder, "serve", "--addr", "127.0.0.1:0")
	cmd.Env = append(os.Environ(), "TRANSFORMATEUR_LOG_LEVEL=error", "TRANSFORMATEUR_DATABASE=")
	return Run(cmd)
}

// Run starts a server, and waits until it says its address.
func Run(cmd *exec.Cmd) (*Process, error) {
	p := &Process{cmd: cmd}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.cmd.Stderr = os.Stderr
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if at := strings.Index(lines.Text(), "http://"); at >= 0 {
			p.Address = strings.TrimSpace(lines.Text()[at:])
			return p, nil
		}
	}
	p.Kill()
	return nil, errors.New("the server said no address")
}

// Kill ends the program without a word, and gives the processor's time it took.
func (p *Process) Kill() time.Duration {
	if p.cmd.ProcessState == nil {
		p.cmd.Process.Kill()
		p.cmd.Wait()
	}
	return p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime()
}

// Peak is the most memory that the program had resident, in bytes.
func (p *Process) Peak() (float64, error) { return p.memory("VmHWM:") }

// Resident is the memory that the program has resident now, in bytes.
func (p *Process) Resident() (float64, error) { return p.memory("VmRSS:") }

func (p *Process) memory(line string) (float64, error) {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for text := range strings.Lines(string(content)) {
		if rest, ok := strings.CutPrefix(text, line); ok {
			kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kib * 1024, err
		}
	}
	return 0, errors.New("the system does not say how much memory the program took")
}

// Usage is the processor's time of the generator itself.
func Usage() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// Pulse does over and over, beside the program, the least that a durable act costs:
// it wakes up, writes 4 kB and syncs them. What it waits says how busy the machine is.
func Pulse(folder string) (stop func() []time.Duration) {
	done, waits := make(chan struct{}), make(chan []time.Duration, 1)
	go func() {
		var all []time.Duration
		defer func() { waits <- all }()
		file, err := os.CreateTemp(folder, "pulse-*")
		if err != nil {
			return
		}
		defer file.Close()
		for next := time.Now(); ; next = next.Add(100 * time.Millisecond) {
			select {
			case <-done:
				return
			case <-time.After(time.Until(next)):
			}
			if _, err := file.WriteAt(make([]byte, 4096), int64(len(all))*4096); err != nil || file.Sync() != nil {
				return
			}
			all = append(all, time.Since(next))
		}
	}()
	return func() []time.Duration { close(done); return <-waits }
}

// Spent is the processor's time that the program took until now.
func (p *Process) Spent() (time.Duration, error) {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(content), ") ") // the name of the program may hold spaces
	fields := strings.Fields(rest)
	var ticks int64
	for _, field := range fields[11:13] { // utime and stime, proc(5)
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond, nil
}

// Build makes the program, as it is delivered, in a folder.
func Build(ctx context.Context, folder string) (binary string, err error) {
	binary = filepath.Join(folder, "transformateur")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, "transformateur/cmd/transformateur")
	build.Env, build.Stderr = append(os.Environ(), "CGO_ENABLED=0"), os.Stderr
	if err := build.Run(); err != nil {
		return "", fmt.Errorf("build: %w", err)
	}
	return binary, nil
}
