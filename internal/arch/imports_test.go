package arch

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// capabilities is the order of the house: each may import those before it.
var capabilities = []string{
	"account", "credential", "token", "policy", "programme", "project", "call", "continuity", "application", "screening", "approval", "intake", "committee", "assignment", "review", "deliberation", "decision", "gathering", "board", "agenda", "venue",
	"support", "roadmap", "scheme", "debrief", "foresight", "factory", "taster", "satchel", "showcase", "webhook", "notify", "stats", "admin", "privacy",
}

// foundations know the world (forms, registers of companies, territories, the real
// projects of the demonstration) and
// nothing of the product: any capability may import them.
var foundations = []string{"form", "register", "territory", "demo"}

// foundationPlatform is all that a foundation may take from the platform.
var foundationPlatform = []string{"internal/platform/errs", "internal/platform/text", "internal/platform/clock"}

// sayers are the capabilities that write to people, each in her language.
var sayers = map[string]string{
	"notify":  "mails are written in the recipient's language",
	"privacy": "a person's archive is read in her language",
}

func TestImports(t *testing.T) { hold(t, importFaults) }

func importFaults(h *house) []string {
	var faults []string
	for _, s := range h.files {
		ours, others := s.imports()
		if s.test {
			faults = append(faults, testImportFaults(s, ours)...)
			continue
		}
		for _, name := range ours {
			if why := refused(s.dir, name); why != "" {
				faults = append(faults, fmt.Sprintf("%s imports %s: %s", s.path, name, why))
			}
		}
		for _, name := range others {
			if _, capability := kindOf(s.dir); capability >= 0 && ofPages(name) {
				faults = append(faults, fmt.Sprintf("%s imports %s: a capability knows nothing of pages", s.path, name))
			}
		}
	}
	return faults
}

// testImportFaults: tests may boot the whole program, but a page's tests stay on their page.
func testImportFaults(s *source, ours []string) (faults []string) {
	for _, name := range ours {
		if page := pageOf(s.dir); page != "" && pageOf(name) != "" && pageOf(name) != page {
			faults = append(faults, fmt.Sprintf("%s imports %s: a page never imports another page", s.path, name))
		}
	}
	return faults
}

// refused says why the package in folder from may not import to, or "".
func refused(from, to string) string {
	kind, rank := kindOf(from)
	toKind, toRank := kindOf(to)
	switch {
	case toKind == "app" && kind != "app" && !within(from, "cmd") && !within(from, "bench"):
		return "only cmd, bench and tests import app"
	case kind == "app" || within(from, "cmd") || within(from, "bench"):
		return ""
	case toKind == "dbtest" && kind != "dbtest":
		return "only tests use test databases"
	case kind == "solve" && toKind != "solve":
		return "solve is pure: it imports neither platform nor capability"
	case (kind == "platform" || kind == "dbtest") && toKind != "platform" && toKind != "migrations":
		return "the platform knows no capability and no page"
	case kind == "foundation" && toKind != "foundation" && !slices.Contains(foundationPlatform, to):
		return "a foundation takes errs, text and clock from the platform, and nothing else"
	case kind == "i18n" && !slices.Contains(foundationPlatform, to):
		return "the catalogue knows no capability"
	case kind == "capability":
		return refusedToCapability(capabilities[rank], toKind, toRank)
	case kind == "ui" && toKind == "page":
		return "what pages are made of knows no page"
	case kind == "page" && toKind == "page" && pageOf(from) != pageOf(to):
		return "a page never imports another page"
	case kind == "page" && within(to, "internal/platform/db"):
		return "a page never touches the database"
	}
	return ""
}

func refusedToCapability(name, toKind string, toRank int) string {
	switch {
	case toKind == "page" || toKind == "ui":
		return "a capability knows nothing of pages"
	case toKind == "i18n" && sayers[name] == "":
		return "a capability speaks in message keys; pages say them"
	case toKind == "capability" && toRank > slices.Index(capabilities, name):
		return name + " stands above " + capabilities[toRank] + ": effects that travel back go through an event"
	}
	return ""
}

// kindOf says what part of the house a folder is; rank is a capability's place, else -1.
func kindOf(dir string) (kind string, rank int) {
	inside, ok := strings.CutPrefix(dir, "internal/")
	if !ok {
		return strings.SplitN(dir, "/", 2)[0], -1
	}
	first := strings.SplitN(inside, "/", 2)[0]
	switch {
	case within(dir, "internal/platform/db/dbtest"):
		return "dbtest", -1
	case within(dir, "internal/web/ui") || within(dir, "internal/web/assets"):
		return "ui", -1
	case first == "web":
		return "page", -1
	case slices.Contains(foundations, first):
		return "foundation", -1
	case slices.Contains(capabilities, first):
		return "capability", slices.Index(capabilities, first)
	}
	return first, -1
}

func pageOf(dir string) string {
	if kind, _ := kindOf(dir); kind != "page" {
		return ""
	}
	return strings.SplitN(strings.TrimPrefix(dir, "internal/web/"), "/", 2)[0]
}

func ofPages(name string) bool {
	return name == "net/http" || name == "html/template" || strings.HasPrefix(name, "github.com/a-h/templ")
}

// Every folder of internal/ is known to the rules above: a new one takes its place in the order first.
func TestEveryFolderHasItsPlace(t *testing.T) { hold(t, placeFaults) }

func placeFaults(h *house) []string {
	var faults []string
	known := []string{"capability", "foundation", "platform", "dbtest", "solve", "i18n", "ui", "page", "app", "arch"}
	for _, s := range h.files {
		if kind, _ := kindOf(s.dir); within(s.dir, "internal") && !slices.Contains(known, kind) {
			faults = append(faults, fmt.Sprintf("%s: %s has no place in the order of the house (internal/arch)", s.path, s.dir))
		}
	}
	return faults
}
