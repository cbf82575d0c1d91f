package bench

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

// exhibited is how many projects the measured showcase holds.
const exhibited = 200

// BenchmarkShowcase asks the whole program for pages of the showcase over loopback, as many
// visitors at once, compressed as every browser takes them, then as they are: pages a second,
// the generator being on the same cores.
func BenchmarkShowcase(b *testing.B) {
	w := newWorld(b)
	w.exec(`insert into showcase_editions (edition_id, opens_at, opened_by, about_fr, about_en, video_label, video_url, figures, version, updated_at, updated_by) values ('edition', $1, '', 'Deux jours.', '', '', '', '[]', 1, $1, 'system')`, start)
	regions := []string{"28", "53", "11", "84", "76"}
	for i := range exhibited {
		id := fmt.Sprintf("exhibited-%03d", i)
		w.exec(`insert into projects (id, edition_id, title, summary, status, version, created_at, created_by, updated_at) values ($1, 'edition', $1, '', 'active', 1, $2, 'system', $2)`, id, start)
		public := fmt.Sprintf(`{"title":"Projet %03d","sentence":"Un atelier partagé de la vallée.","story":"Une histoire.","tried":"Des essais.","gave":"Des effets.","organisation":"Association","region":"%s","themes":["Thème %d"]}`, i, regions[i%len(regions)], i%20)
		w.exec(`insert into showcase_sheets (id, project_id, slug, state, remark, public, version, begun_at, begun_by, asked_by, proposed_by, cleared_by, published_at, published_by, changed_at, withdrawn_by)
			values ($1, $1, $1, 'published', '', $3, 1, $2, 'system', '', '', '', $2, '', $2, '')`, id, start, public)
	}
	server := httptest.NewServer(w.app.Handler())
	defer server.Close()
	for _, page := range []struct{ name, path string }{{"project", "/showcase/projects/exhibited-007"}, {"home", "/showcase"}, {"projects", "/showcase/projects"}, {"edition", "/showcase/editions/edition"}} {
		for _, encoding := range []string{"gzip", "identity"} {
			b.Run(page.name+"/"+encoding, func(b *testing.B) {
				var size atomic.Int64
				client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}}
				b.SetParallelism(16)
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						request, err := http.NewRequest(http.MethodGet, server.URL+page.path, nil)
						if err != nil {
							b.Error(err)
							return
						}
						request.Header.Set("Accept-Encoding", encoding)
						answer, err := client.Do(request)
						if err != nil {
							b.Error(err)
							return
						}
						n, err := io.Copy(io.Discard, answer.Body)
						answer.Body.Close()
						if err != nil || answer.StatusCode != http.StatusOK {
							b.Errorf("%s answers %d, %v", page.path, answer.StatusCode, err)
							return
						}
						size.Store(n)
					}
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
				b.ReportMetric(float64(size.Load())/1000, "kB/page")
			})
		}
	}
}
