package deliberations_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/deliberation"
	"transformateur/internal/i18n"
	"transformateur/internal/web/assets"
)

func TestLook(t *testing.T) {
	w, as := house(t, i18n.FR)
	w.Exclude(w.Zoe, w.Files[0])
	w.Open(w.Chair, w.Mia, w.Noe, w.Zoe, w.Sam, w.Lead)
	w.Decide(w.Files[3], deliberation.Refuse)
	w.Decide(w.Files[2], deliberation.Reserve)
	w.Discuss(w.Files[0], "")
	w.Must(w.Rooms.Propose(ctx, w.Mia, selection, deliberation.Retain, "Le besoin est réel et l’équipe est prête."))
	v, _ := w.Rooms.Room(ctx, w.Chair, selection)
	w.Must(w.Rooms.PutToVote(ctx, w.Chair, selection, v.Motions[0].ID))
	w.Must(w.Rooms.Cast(ctx, w.Mia, selection, v.Motions[0].ID, deliberation.For))
	users := map[string]account.User{"chair": w.Chair, "mia": w.Mia, "zoe": w.Zoe}
	mux := http.NewServeMux()
	mux.Handle("GET "+assets.Prefix, assets.Handler())
	mux.HandleFunc("/u/{who}/", func(rw http.ResponseWriter, r *http.Request) {
		path := r.URL.Path[len("/u/"+r.PathValue("who")):]
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		rw.Write([]byte(as(users[r.PathValue("who")]).Get(t, path+"?"+r.URL.RawQuery).Body))
	})
	s := httptest.NewServer(mux)
	defer s.Close()
	for name, path := range map[string]string{"results": "/u/chair/deliberations/selection/results", "room": "/u/chair/deliberations/selection", "wait": "/u/zoe/deliberations/selection", "minutes": "/u/chair/deliberations/selection/minutes",
		"decide": "/u/chair/deliberations/selection/decisions/" + string(w.Files[0]), "mia": "/u/mia/deliberations/selection"} {
		for size, wh := range map[string]string{"phone": "500,2200", "laptop": "1280,1700"} {
			args := []string{"--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--user-data-dir=" + t.TempDir(), "--window-size=" + wh, "--screenshot=" + os.Getenv("LOOK") + "/" + name + "-" + size + ".png"}
			if size == "phone" && (name == "results" || name == "room") {
				args = append(args, "--force-dark-mode", "--enable-features=WebContentsForceDark")
			}
			out, err := exec.Command("chromium", append(args, s.URL+path)...).CombinedOutput()
			if err != nil {
				t.Log(string(out), err)
			}
		}
	}
}
