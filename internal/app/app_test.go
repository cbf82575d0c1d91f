package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/web/ui"
)

func settings(t *testing.T) config.Config {
	return config.Config{Data: t.TempDir(), Addr: "127.0.0.1:0", BaseURL: "http://127.0.0.1", LogLevel: "debug"}
}

func boot(t *testing.T, cfg config.Config) *App {
	t.Helper()
	a, err := New(context.Background(), cfg, clock.NewFake(noon))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

func get(a *App, address string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	a.Handler().ServeHTTP(rec, httptest.NewRequest("GET", address, nil))
	return rec
}

func TestProbes(t *testing.T) {
	cfg := settings(t)
	cfg.MetricsToken = "clé"
	a := boot(t, cfg)
	for address, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/metrics": 404, "/no-such-page": 404} {
		if rec := get(a, address); rec.Code != want {
			t.Errorf("%s: status %d, want %d", address, rec.Code, want)
		}
	}
	if body := metrics(a, "192.0.2.1:1", "Authorization", "Bearer clé").Body.String(); !strings.Contains(body, `transformateur_request_seconds_count{route="none",status="404"} 2`) {
		t.Error("the metrics do not count requests")
	}
}

func metrics(a *App, peer string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "/metrics", nil)
	r.RemoteAddr = peer
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	a.Handler().ServeHTTP(rec, r)
	return rec
}

func TestMetricsAreTheOperators(t *testing.T) {
	cfg := settings(t)
	cfg.MetricsToken = "clé"
	open, closed := boot(t, settings(t)), boot(t, cfg)
	for _, c := range []struct {
		name   string
		a      *App
		peer   string
		header []string
		want   int
	}{
		{"this machine", open, "127.0.0.1:4000", nil, 200},
		{"this machine, by its other name", open, "[::1]:4000", nil, 200},
		{"somebody behind the web server of this machine", open, "127.0.0.1:4000", []string{"X-Forwarded-For", "192.0.2.1"}, 404},
		{"another machine", open, "192.0.2.1:4000", nil, 404},
		{"another machine, with an empty token", open, "192.0.2.1:4000", []string{"Authorization", "Bearer "}, 404},
		{"another machine, with the token", closed, "192.0.2.1:4000", []string{"Authorization", "Bearer clé"}, 200},
		{"another machine, with another token", closed, "192.0.2.1:4000", []string{"Authorization", "Bearer cle"}, 404},
	} {
		if got := metrics(c.a, c.peer, c.header...).Code; got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

// Ready is not only alive: the database must keep what it is given.
func TestReadyProvesACommit(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil string
		after time.Duration // since the last proof
		want  int
	}{
		{"a sound database", "", time.Minute, 200},
		{"one that refuses to write", "drop table settings", time.Minute, 503},
		{"a fresh proof is good for a while", "drop table settings", readyEvery - time.Millisecond, 200},
		{"and no longer", "drop table settings", readyEvery, 503},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := boot(t, settings(t))
			if rec := get(a, "/readyz"); rec.Code != 200 {
				t.Fatalf("at first: status %d", rec.Code)
			}
			if c.spoil != "" {
				if _, err := a.DB.Raw().Exec(c.spoil); err != nil {
					t.Fatal(err)
				}
			}
			a.Clock.(*clock.Fake).Advance(c.after)
			if rec := get(a, "/readyz"); rec.Code != c.want {
				t.Errorf("status %d, want %d", rec.Code, c.want)
			}
		})
	}
}

func TestOtherSchemasAreRefused(t *testing.T) {
	for _, c := range []struct {
		name, change, key, words string
	}{
		{"a newer database", `insert into goose_db_version (version_id, is_applied) values (9999, true)`, "db.schema_newer", "plus récente que ce programme"},
		{"an older database", `delete from goose_db_version where version_id > 2`, "db.schema_older", "transformateur migrate"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Run(t, func(t *testing.T, d *db.DB) {
				cfg := settings(t)
				if d.Engine() == db.PostgreSQL {
					url := dbtest.PostgresURL(t)
					cfg.Database = config.Secret(url)
				}
				a := boot(t, cfg)
				if err := a.DB.Write(context.Background(), func(tx *db.Tx) error {
					return journal.Write(context.Background(), tx, noon, journal.Entry{Actor: "system", Act: "login.opened", Kind: "login", ID: "used"})
				}); err != nil {
					t.Fatal(err)
				}
				a.Close()
				other, err := Open(context.Background(), cfg)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := other.Raw().Exec(c.change); err != nil {
					t.Fatal(err)
				}
				other.Close()
				_, err = New(context.Background(), cfg, clock.NewFake(noon))
				if errs.KeyOf(err) != c.key || !strings.Contains(i18n.Say(i18n.FR, errs.KeyOf(err), 1, 2), c.words) {
					t.Errorf("got %v, want %s", err, c.key)
				}
			})
		})
	}
}

// A request under way when the program is told to stop is answered in full; what
// comes later is refused.
func TestStopLetsRequestsFinish(t *testing.T) {
	a := boot(t, settings(t))
	entered, release := make(chan struct{}), make(chan struct{})
	inner := a.handler
	a.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/slow" {
			inner.ServeHTTP(w, r)
			return
		}
		close(entered)
		<-release
		io.WriteString(w, "finished")
	})
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	address, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- a.Serve(ctx, func(at string) { address <- at }) }()
	at := <-address
	answer := make(chan string, 1)
	go func() {
		res, err := http.Get(at + "/slow")
		if err != nil {
			answer <- err.Error()
			return
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		answer <- string(body)
	}()
	<-entered
	stop()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Second}
	for deadline := time.Now().Add(5 * time.Second); ; {
		res, err := client.Get(at + "/healthz")
		if err != nil {
			break // the door is closed
		}
		res.Body.Close()
		if time.Now().After(deadline) {
			t.Fatal("new requests are still taken after the order to stop")
		}
	}
	select {
	case err := <-ended:
		t.Fatalf("the program stopped before the request under way: %v", err)
	default:
	}
	close(release)
	if got := <-answer; got != "finished" {
		t.Errorf("the request under way got %q", got)
	}
	if err := <-ended; err != nil {
		t.Errorf("the program ended with %v", err)
	}
}

// Whatever happens, no log line holds a secret: those of the settings, the token of
// a sign-in, the address of the database.
func TestSecretsNeverReachTheLog(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { slog.SetDefault(before) })
	cfg := settings(t)
	cfg.SMTP.Password, cfg.S3.SecretKey = "hunter2-smtp", "hunter2-s3"
	a := boot(t, cfg)
	slog.Info("settings", "config", cfg, "smtp", cfg.SMTP, "all", fmt.Sprintf("%+v", cfg))
	mux := http.NewServeMux()
	mux.Handle("GET /door/{token}", named("GET /door/{token}", ui.Handle(func(http.ResponseWriter, *http.Request) error { return errors.New("the door is stuck") })))
	mux.Handle("GET /wall/{token}", named("GET /wall/{token}", ui.Handle(func(http.ResponseWriter, *http.Request) error { panic("a wall") })))
	mux.Handle("/", a.mux())
	a.handler = a.chain(mux)
	for _, address := range []string{"/", "/journal", "/readyz", "/nothing/hunter2-link?next=/", "/door/hunter2-link?a=hunter2-query", "/wall/hunter2-link"} {
		r := httptest.NewRequest("GET", address, nil)
		r.AddCookie(&http.Cookie{Name: "login", Value: "hunter2-cookie"})
		r.Header.Set("Authorization", "Bearer hunter2-bearer")
		a.Handler().ServeHTTP(httptest.NewRecorder(), r)
	}
	cfg.Database = "postgres://tester:hunter2-db@127.0.0.1:1/none"
	if _, err := New(context.Background(), cfg, a.Clock); err != nil {
		slog.Error("start", "err", err)
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("an error shows a secret: %v", err)
		}
	} else {
		t.Error("a database that is not there was opened")
	}
	if !strings.Contains(log.String(), `"msg":"request"`) {
		t.Fatal("nothing was logged: the test proves nothing")
	}
	for _, line := range strings.Split(log.String(), "\n") {
		if strings.Contains(line, "hunter2") {
			t.Errorf("a log line shows a secret: %s", line)
		}
	}
}
