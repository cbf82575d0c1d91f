package demo

import (
	"fmt"
	"time"

	"transformateur/internal/debrief/report"
)

// planReport has the lead introduce the report of the edition, freeze it and open it to all.
func (w *world) planReport() {
	if w.moment == Confirmed {
		w.on(w.now.Add(-2*time.Minute), w.report)
	}
}

func (w *world) report() error {
	lead := w.as("lead")
	said := report.Words{Before: typography.Replace("Treize projets, deux journées à Caen, et une année pour les suivre. Ce bilan est une première étape : l'accompagnement commence.")}
	if err := w.app.Reports.Write(w.ctx, lead, w.edition, "", said); err != nil {
		return fmt.Errorf("introduce the report: %w", err)
	}
	n, err := w.app.Reports.Freeze(w.ctx, lead, w.edition, typography.Replace("Remis au comité de pilotage."))
	if err != nil {
		return fmt.Errorf("freeze the report: %w", err)
	}
	return w.app.Reports.Share(w.ctx, lead, w.edition, n, report.Public)
}
