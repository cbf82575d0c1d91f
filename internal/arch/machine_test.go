package arch

import (
	"bytes"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// machinePath is a folder of somebody's machine; a web address that holds the same
// words is not one.
var machinePath = regexp.MustCompile(`(?:^|[\s"'=(:,` + "`" + `])/(?:work|root|Users|home/[a-z]+)/`)

// settingsOfMachines are files that belong to a machine, never to the project.
var settingsOfMachines = []string{".npmrc", ".netrc", "pip.conf", ".env", "env.sh", ".pgpass"}

// Nothing committed names a folder of a machine, nor where its modules come from.
func TestNoMachineIsNamed(t *testing.T) {
	hosts := registryHosts()
	err := walk(func(name string) error {
		for _, own := range settingsOfMachines {
			if path.Base(name) == own {
				t.Errorf("%s belongs to a machine, not to the project", name)
			}
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil || !utf8.Valid(text) {
			return err
		}
		if found := namesMachine(text, hosts); found != "" {
			t.Errorf("%s names a machine: %q", name, found)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func namesMachine(text []byte, hosts []string) string {
	if at := machinePath.FindIndex(text); at != nil {
		end := min(at[1]+30, len(text))
		return string(text[at[0]:end])
	}
	for _, host := range hosts {
		if bytes.Contains(text, []byte(host)) {
			return host
		}
	}
	return ""
}

// registryHosts asks this machine where it takes modules from, so that the guard
// knows private registries without naming one.
func registryHosts() (hosts []string) {
	out, err := exec.Command("go", "env", "GOPROXY").Output()
	if err != nil {
		return nil
	}
	all := append(strings.FieldsFunc(strings.TrimSpace(string(out)), func(r rune) bool { return r == ',' || r == '|' }),
		os.Getenv("npm_config_registry"), os.Getenv("HTTPS_PROXY"), os.Getenv("https_proxy"))
	for _, address := range all {
		u, err := url.Parse(address)
		if err != nil || !strings.Contains(u.Host, ".") || u.Host == "proxy.golang.org" || u.Host == "registry.npmjs.org" {
			continue
		}
		hosts = append(hosts, u.Hostname())
	}
	return hosts
}
