// Command scan sets the scanners that attackers use (wapiti, sqlmap, ffuf) on the demonstration, as a visitor, as an applicant and as a lead, and fails on a finding of medium severity or above.
package main

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// finding is what a scanner says of an address.
type finding struct {
	tool, role, name, where string
	severity                int // 1 low, 2 medium, 3 high
}

// target is the demonstration, and who looks at it.
type target struct {
	dir, base, role string
	cookie          string // of the sign-in, "" for a visitor
	spend           time.Duration
	level           int // of sqlmap, 1 to 5
}

func main() {
	roles := flag.String("roles", "visitor,owner,lead", "as whom to look: visitor, or roles of the demonstration")
	spend := flag.Duration("spend", 3*time.Minute, "how long wapiti may look around, and attack, as each of them")
	level := flag.Int("level", 1, "how many payloads sqlmap tries, 1 to 5")
	flag.Parse()
	found, err := run(strings.Split(*roles, ","), *spend, *level)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	grave := false
	for _, f := range found {
		grave = grave || f.severity > 1
	}
	if grave {
		os.Exit(1)
	}
	fmt.Println("no finding of medium severity or above")
}

func run(roles []string, spend time.Duration, level int) ([]finding, error) {
	dir, err := os.MkdirTemp("", "transformateur-scan-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	base, stop, err := demonstration(dir)
	if err != nil {
		return nil, err
	}
	defer stop()
	var all []finding
	for _, role := range roles {
		t := target{dir: dir, base: base, role: role, spend: spend, level: level}
		if t.cookie, err = signIn(base, role); err != nil {
			return nil, err
		}
		for _, tool := range []struct {
			name string
			run  func(target) ([]finding, error)
		}{{"ffuf", hiddenPaths}, {"sqlmap", injections}, {"wapiti", crawl}} {
			begin := time.Now()
			found, err := tool.run(t)
			if err != nil {
				return nil, fmt.Errorf("%s as %s: %w", tool.name, role, err)
			}
			fmt.Printf("%s as %s: %d findings, %.0f s\n", tool.name, role, len(found), time.Since(begin).Seconds())
			for _, f := range found {
				fmt.Printf("  severity %d: %s at %s\n", f.severity, f.name, f.where)
			}
			all = append(all, found...)
		}
	}
	return all, nil
}

// demonstration builds the program and starts it with the demonstration's data.
func demonstration(dir string) (base string, stop func(), err error) {
	binary := filepath.Join(dir, "transformateur")
	build := exec.Command("go", "build", "-o", binary, "./cmd/transformateur")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return "", nil, fmt.Errorf("build: %w", err)
	}
	const address = "127.0.0.1:18311"
	cmd := exec.Command(binary, "--data", filepath.Join(dir, "data"), "serve", "--demo", "--addr", address)
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	base, stop = "http://"+address, func() { cmd.Process.Signal(os.Interrupt); cmd.Wait() }
	for range 300 {
		if res, err := http.Get(base + "/readyz"); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return base, stop, nil
			}
		}
		time.Sleep(200 * time.Millisecond)
	}
	stop()
	return "", nil, fmt.Errorf("the demonstration did not start")
}

// signIn becomes somebody of the demonstration.
func signIn(base, role string) (cookie string, err error) {
	if role == "visitor" {
		return "", nil
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Post(base+"/demo/"+role, "application/x-www-form-urlencoded", nil)
	if err != nil {
		return "", err
	}
	res.Body.Close()
	for _, c := range res.Cookies() {
		return c.Name + "=" + c.Value, nil
	}
	return "", fmt.Errorf("the demonstration has no role %q", role)
}

// ask reads a page as somebody.
func (t target) ask(path string) (status int, body string, err error) {
	r, err := http.NewRequest(http.MethodGet, t.base+path, nil)
	if err != nil {
		return 0, "", err
	}
	if t.cookie != "" {
		r.Header.Set("Cookie", t.cookie)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	return res.StatusCode, string(content), err
}
