package api

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/clock"
	"transformateur/internal/token"
)

// Every operation, group, parameter and property has its sentence in both languages,
// and no sentence is left without a thing to say.
func TestTheDescriptionIsSpokenWhole(t *testing.T) {
	h := New(Deps{Tokens: token.New(nil, clock.System{}, token.Options{}), Clock: clock.System{}, BaseURL: "https://example.org"})
	unsaid := regexp.MustCompile(`‹[^›]*›`)
	used := map[string]bool{}
	for _, lang := range i18n.Langs {
		text, err := h.describe(lang)
		if err != nil {
			t.Fatal(err)
		}
		missing := map[string]bool{}
		for _, key := range unsaid.FindAllString(string(text), -1) {
			missing[key] = true
		}
		for key := range missing {
			t.Errorf("%s: %s", lang, key)
		}
		var doc any
		if err := json.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		names(doc, used)
	}
	for _, o := range h.operation {
		used["api.op_"+o.id] = true
	}
	for _, key := range i18n.Keys(i18n.FR) {
		if (strings.HasPrefix(key, "api.f_") || strings.HasPrefix(key, "api.op_")) && !used[key] {
			t.Errorf("%s says nothing of the API", key)
		}
	}
}

// names collects the keys of what a description names.
func names(node any, into map[string]bool) {
	switch node := node.(type) {
	case []any:
		for _, x := range node {
			names(x, into)
		}
	case map[string]any:
		if name, ok := node["name"].(string); ok && node["in"] != nil {
			into["api.f_"+fold(name)] = true
		}
		for _, group := range []string{"properties", "headers"} {
			if all, ok := node[group].(map[string]any); ok {
				for name := range all {
					into["api.f_"+fold(name)] = true
				}
			}
		}
		for _, x := range node {
			names(x, into)
		}
	}
}
