package worlds_test

import "transformateur/internal/debrief/report"

// reported are the secrets of reports: what one who reads a published one must not learn.
var reported = []secret{
	{name: "a small number of a published report", after: "committee", varies: true, knows: append([]string{"dora"}, running...), plant: func(w *world, told bool) {
		_, e := w.grants(map[bool]int64{true: 660, false: 720}[told])
		w.then("the report is frozen")
		n, err := w.app.Reports.Freeze(w.ctx, w.as("lead"), e.ID, "")
		w.must(err)
		w.then("everybody may read it")
		w.must(w.app.Reports.Share(w.ctx, w.as("lead"), e.ID, n, report.Public))
	}},
}
