package config

import (
	"os"
	"reflect"
	"regexp"
	"testing"
)

// settingsOf lists every setting that a file can hold, with its variable.
func settingsOf(v reflect.Type, before string) map[string]string {
	all := map[string]string{}
	for i := range v.NumField() {
		field := v.Field(i)
		name := field.Tag.Get("toml")
		if name == "-" {
			continue
		}
		inner := field.Type
		if inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct {
			for inner, variable := range settingsOf(inner, name+".") {
				all[inner] = variable
			}
			continue
		}
		all[before+name] = "FILE" // only there: the environment cannot say it
		if variable := field.Tag.Get("env"); variable != "" {
			all[before+name] = prefix + variable
		}
	}
	return all
}

var row = regexp.MustCompile("(?m)^\\| `([a-z0-9_.]+)` \\| `([A-Z0-9_]+)` \\| (.+) \\|$")

// The operator guide lists the settings that exist, all of them, and no other.
func TestOperatorGuideListsTheSettings(t *testing.T) {
	text, err := os.ReadFile("../../../docs/operator.md")
	if err != nil {
		t.Fatal(err)
	}
	want, have := settingsOf(reflect.TypeFor[Config](), ""), map[string]string{}
	for _, cells := range row.FindAllStringSubmatch(string(text), -1) {
		have[cells[1]] = cells[2]
	}
	for name, variable := range want {
		if have[name] != variable {
			t.Errorf("%s: the guide says %q, the program reads %q", name, have[name], variable)
		}
	}
	for name := range have {
		if want[name] == "" {
			t.Errorf("%s stands in the guide and is not a setting", name)
		}
	}
}
