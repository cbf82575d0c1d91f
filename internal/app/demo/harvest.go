package demo

import (
	_ "embed" // a list from elsewhere
	"strings"
	"time"

	"transformateur/internal/scheme"
)

//go:embed harvest.csv
var elsewhere string

// planHarvest brings a list of schemes from elsewhere, which waits to be read.
func (w *world) planHarvest() {
	if w.moment != Confirmed {
		return
	}
	w.on(w.now.Add(-100*time.Minute), func() error {
		_, err := w.app.Schemes.StartImport(w.ctx, w.as("lead"), regionalAgency, scheme.Upload{Name: "aides-du-territoire.csv", List: "Aides du territoire (exemple)", Licence: "Licence Ouverte 2.0", Content: strings.NewReader(elsewhere)})
		return err
	})
}
