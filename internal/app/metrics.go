package app

import (
	"crypto/subtle"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"transformateur/internal/platform/db"
	"transformateur/internal/web/ui"
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

// handler answers the operator's monitoring: from the machine itself, without a
// server in front, or with the token of the settings. To anybody else there is
// nothing at that address.
func (m *Metrics) handler(token string) http.Handler {
	figures := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if token != "" && subtle.ConstantTimeCompare([]byte(given), []byte(token)) == 1 || fromHere(r) {
			figures.ServeHTTP(w, r)
			return
		}
		ui.Handle(ui.NotFound).ServeHTTP(w, r)
	})
}

// fromHere says whether a request comes from this machine and was passed on by nobody.
func fromHere(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	ip := net.ParseIP(host)
	return err == nil && ip != nil && ip.IsLoopback() && r.Header.Get("X-Forwarded-For") == "" && r.Header.Get("Forwarded") == ""
}
