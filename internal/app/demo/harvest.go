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
	w.on(w.now.Add(-90*time.Minute), w.online)
}

// onlineForm is the schema of a procedure that stands on no site.
const onlineForm = `{"number":1,"title":"Demande d’appui à l’amélioration des conditions de travail (exemple)","revision":{"champDescriptors":[
	{"id":"Q2hhbXAtMQ==","__typename":"SiretChampDescriptor","label":"Numéro SIRET","required":true},
	{"id":"Q2hhbXAtMg==","__typename":"TextChampDescriptor","label":"Raison sociale","required":true},
	{"id":"Q2hhbXAtMw==","__typename":"TextChampDescriptor","label":"Intitulé du projet","required":true},
	{"id":"Q2hhbXAtNA==","__typename":"TextareaChampDescriptor","label":"Présentation du projet","required":true},
	{"id":"Q2hhbXAtNQ==","__typename":"IntegerNumberChampDescriptor","label":"Effectif de la structure","required":false},
	{"id":"Q2hhbXAtNg==","__typename":"PieceJustificativeChampDescriptor","label":"Accord des représentants du personnel","required":true}]}}`

// online brings the procedure at which a scheme of the catalogue is asked for.
func (w *world) online() error {
	all, err := w.app.Schemes.List(w.ctx, w.as("lead"), regionalAgency, scheme.Filter{})
	if err != nil {
		return err
	}
	for _, one := range all {
		if one.Origin == "shipped:fact" {
			return w.app.Schemes.BringProcedure(w.ctx, w.as("lead"), one.ID, "https://demarches.example/commencer/appui-conditions-de-travail", strings.NewReader(onlineForm), 0)
		}
	}
	return nil
}
