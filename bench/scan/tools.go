package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// secretPaths are addresses that installs leave open by accident.
var secretPaths = strings.Fields(`
.git/config .git/HEAD .env .env.local .htaccess .htpasswd .svn/entries .DS_Store admin administrator backup backup.sql backup.zip dump.sql db.sqlite data
transformateur.db transformateur.db-wal transformateur.toml keys keys/receipt.key keys/seal.key files uploads config config.toml config.json settings secrets
id_rsa server.key docker-compose.yml Dockerfile go.mod debug debug/pprof debug/pprof/heap debug/vars metrics server-status status actuator/env phpinfo.php
wp-login.php console shell cgi-bin/ test api api/v1 swagger.json openapi.json graphql assets assets/ assets/manifest.json journal journal/export outbox
mailbox styleguide platform platform/team privacy/requests bounces ..%2f..%2fetc%2fpasswd %2e%2e/%2e%2e/etc/passwd ..;/etc/passwd %00 %c0%ae%c0%ae/
a%0d%0aSet-Cookie:x=1 //example.org
`)

// public are those of them that anybody may read; the scan runs on the machine itself,
// which may read the figures.
var public = map[string]bool{"api": true, "styleguide": true, "mailbox": true, "metrics": true}

// inside are those that answer to whoever signed in, with what is hers alone.
var inside = map[string]bool{"files": true, "outbox": true}

// hiddenPaths asks for what should not be there: nothing may answer, nor break.
func hiddenPaths(t target) ([]finding, error) {
	words, out := filepath.Join(t.dir, "words.txt"), filepath.Join(t.dir, "ffuf-"+t.role+".json")
	if err := os.WriteFile(words, []byte(strings.Join(secretPaths, "\n")), 0o600); err != nil {
		return nil, err
	}
	args := []string{"-u", t.base + "/FUZZ", "-w", words, "-mc", "all", "-fc", "301,302,303,307,308,400,401,403,404,405", "-s", "-o", out, "-of", "json", "-t", "4"}
	if t.cookie != "" {
		args = append(args, "-b", t.cookie)
	}
	if said, err := exec.Command("ffuf", args...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, said)
	}
	var answer struct {
		Results []struct {
			Input  map[string]string
			Status int
		}
	}
	if err := readJSON(out, &answer); err != nil {
		return nil, err
	}
	var found []finding
	for _, r := range answer.Results {
		switch word := r.Input["FUZZ"]; {
		case r.Status >= 500:
			found = append(found, finding{"ffuf", t.role, fmt.Sprintf("an error %d", r.Status), "/" + word, 2})
		case !public[word] && (t.cookie == "" || !inside[word]):
			found = append(found, finding{"ffuf", t.role, "an address that answers", "/" + word, 2})
		}
	}
	return found, nil
}

var withParameters = regexp.MustCompile(`href="(/[^"#]*\?[^"#]+)"`)

// mostAddresses bounds what sqlmap tries as each role: an address takes seconds.
const mostAddresses = 25

// injections sets sqlmap on the addresses with parameters that the role meets.
func injections(t target) ([]finding, error) {
	seen := map[string]bool{}
	var list []string
	add := func(address string) {
		path, query, _ := strings.Cut(address, "?")
		key := path
		for _, pair := range strings.Split(query, "&") {
			name, _, _ := strings.Cut(pair, "=")
			key += "&" + name
		}
		if !seen[key] {
			seen[key] = true
			list = append(list, strings.ReplaceAll(address, "&amp;", "&"))
		}
	}
	for _, path := range []string{"/organisations?q=mairie", "/territories?q=caen&kind=commune", "/calls?q=a", "/files?call=normandie-2", "/signin?next=/files",
		"/calls/normandie-2/files?q=a&status=submitted&sort=title&label=x&page=1", "/calls/interet-general/files?q=a&verdict=admissible&sort=number&page=1", "/receipts/1?file=x"} {
		status, body, err := t.ask(path)
		if err != nil {
			return nil, err
		}
		if status != 200 {
			continue
		}
		add(path)
		for _, m := range withParameters.FindAllStringSubmatch(body, 12) {
			if !strings.Contains(m[1], "lang=") {
				add(m[1])
			}
		}
	}
	var found []finding
	for _, address := range list[:min(mostAddresses, len(list))] {
		f, err := t.sqlmap("-u", t.base+address)
		if err != nil {
			return nil, err
		}
		found = append(found, f...)
	}
	f, err := t.sqlmap("-u", t.base+"/signin", "--data", "email=a@example.org&next=/files", "-p", "email,next")
	return append(found, f...), err
}

func (t target) sqlmap(args ...string) ([]finding, error) {
	args = append(args, "--batch", "--flush-session", "--disable-coloring", "--level", strconv.Itoa(t.level), "--risk", "1", "--technique", "BEU", "--threads", "4",
		"--timeout", "20", "--output-dir", filepath.Join(t.dir, "sqlmap"), "--headers", "Origin: "+t.base, "--ignore-code", "400,401,403,404,422,429", "--skip-waf")
	if t.cookie != "" {
		args = append(args, "--cookie", t.cookie)
	}
	said, err := exec.Command("sqlmap", args...).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, said)
	}
	text := string(said)
	if strings.Contains(text, "identified the following injection point") {
		return []finding{{"sqlmap", t.role, "an injection", args[1], 3}}, nil
	}
	if !strings.Contains(text, "do not appear to be injectable") {
		return nil, fmt.Errorf("sqlmap reached no verdict on %s:\n%s", args[1], text)
	}
	return nil, nil
}

// crawl lets wapiti look around and attack what it finds.
func crawl(t target) ([]finding, error) {
	out, seconds := filepath.Join(t.dir, "wapiti-"+t.role+".json"), strconv.Itoa(int(t.spend.Seconds()))
	args := []string{"-u", t.base + "/", "--scope", "folder", "-f", "json", "-o", out, "-v", "0", "-S", "polite", "--max-scan-time", seconds, "--max-attack-time", seconds,
		"-m", "xss,permanentxss,sql,exec,file,crlf,redirect,cookieflags,csp,http_headers", "--no-bugreport",
		"--flush-session", "--store-session", filepath.Join(t.dir, "wapiti", t.role), "--store-config", filepath.Join(t.dir, "wapiti-config")}
	if t.cookie != "" {
		args = append(args, "-H", "Cookie: "+t.cookie, "-H", "Origin: "+t.base)
	}
	if said, err := exec.Command("wapiti", args...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, said)
	}
	type hit struct {
		Path, Info string
		Level      int
	}
	var answer struct{ Vulnerabilities, Anomalies map[string][]hit }
	if err := readJSON(out, &answer); err != nil {
		return nil, err
	}
	var found []finding
	for _, kind := range []map[string][]hit{answer.Vulnerabilities, answer.Anomalies} {
		for name, hits := range kind {
			for _, h := range hits {
				// The demonstration speaks plain HTTP: HSTS and Secure come with an https address.
				if !strings.Contains(h.Info, "Strict-Transport-Security") && !strings.Contains(name, "Secure Flag") {
					found = append(found, finding{"wapiti", t.role, name + ": " + h.Info, h.Path, max(1, h.Level)})
				}
			}
		}
	}
	return found, nil
}

func readJSON(file string, into any) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return json.Unmarshal(content, into)
}
