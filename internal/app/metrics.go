package app

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"transformateur/internal/platform/db"
)

// Metrics is what the operator's monitoring reads at /metrics.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newMetrics(d *db.DB) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(), requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "transformateur_request_seconds", Help: "Time to answer, by route and status.",
		Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
	}, []string{"route", "status"})}
	gauge := func(name, help string, read func() float64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, read)
	}
	readOnly := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "transformateur_read_only", Help: "1 while the disk of the database is full and nothing can be saved."}, func() float64 {
		if d.ReadOnly() {
			return 1
		}
		return 0
	})
	m.registry.MustRegister(readOnly, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), m.requests,
		gauge("transformateur_commit_groups_total", "Groups committed.", func() float64 { n, _, _ := d.Stats(); return float64(n) }),
		gauge("transformateur_commit_writes_total", "Writes committed.", func() float64 { _, n, _ := d.Stats(); return float64(n) }),
		gauge("transformateur_commit_seconds_total", "Time spent committing.", func() float64 { _, _, s := d.Stats(); return s.Seconds() }))
	return m
}

func (m *Metrics) request(route string, status int, spent time.Duration) {
	if route == "" {
		route = "none"
	}
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Observe(spent.Seconds())
}

func (m *Metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
