package rubric

import (
	"embed"
	"fmt"
)

//go:embed models/*.json
var models embed.FS

// Ready lists the grids that ship with the program, by name: "five_criteria" (that of a
// State programme) and "six_dimensions" (those of a digital project at work). Their title
// is the message key "review.ready_<name>".
func Ready() []string { return []string{"five_criteria", "six_dimensions"} }

// ReadyRubric reads a grid that ships with the program; each call gives a new copy, free to change.
func ReadyRubric(name string) (*Rubric, error) {
	text, err := models.ReadFile("models/" + name + ".json")
	if err != nil {
		return nil, fmt.Errorf("read ready-made rubric %s: %w", name, err)
	}
	r, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("read ready-made rubric %s: %w", name, err)
	}
	return r, nil
}
