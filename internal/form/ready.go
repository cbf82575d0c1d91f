package form

import (
	"embed"
	"fmt"
)

//go:embed models/*.json
var readyFiles embed.FS

// Ready lists the forms that ship with the program, by name: "regional" (a
// regional edition of the Transformateur) and "detailed_sheet" (a sheet whose
// questions are limited in lines). Their title is the message key "form.ready_<name>".
func Ready() []string { return []string{"regional", "detailed_sheet"} }

// ReadyForm reads a form that ships with the program; each call gives a new copy, free to change.
func ReadyForm(name string) (*Form, error) {
	text, err := readyFiles.ReadFile("models/" + name + ".json")
	if err != nil {
		return nil, fmt.Errorf("read ready-made form %s: %w", name, err)
	}
	f, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("read ready-made form %s: %w", name, err)
	}
	return f, nil
}
