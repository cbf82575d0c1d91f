package demo

import (
	"fmt"

	"transformateur/internal/debrief/report"
)

// planReport has the lead introduce the report of the edition that is over, freeze it and
// open it to all.
func (w *world) planReport() {
	if w.moment == Confirmed {
		w.on(w.day(-120, 16, 0), w.report)
	}
}

func (w *world) report() error {
	lead, edition := w.as("lead"), w.over.edition
	for chapter, said := range map[string]string{
		"":        "Cinq projets, deux journées à Caen, puis une année pour les suivre. Un an après, trois continuent, un a été repris ailleurs et un s'est arrêté : chacun dit ce qu'il a appris.",
		"support": "L'accompagnement de cette première promotion s'est fait sans droit de tirage : il a été ajouté à la suivante.",
	} {
		if err := w.app.Reports.Write(w.ctx, lead, edition, chapter, report.Words{Before: typography.Replace(said)}); err != nil {
			return fmt.Errorf("introduce the report: %w", err)
		}
	}
	n, err := w.app.Reports.Freeze(w.ctx, lead, edition, typography.Replace("Remis au comité de pilotage."))
	if err != nil {
		return fmt.Errorf("freeze the report: %w", err)
	}
	return w.app.Reports.Share(w.ctx, lead, edition, n, report.Public)
}
