package app

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
)

// The settings of an S3 store are enough to start with it, and a wrong secret is
// said at the start, not at the first deposit.
func TestStartsOnS3(t *testing.T) {
	parts := strings.Split(os.Getenv("TRANSFORMATEUR_TEST_S3"), "|")
	if len(parts) != 4 {
		if os.Getenv("TRANSFORMATEUR_TEST_REQUIRE_S3") != "" {
			t.Fatal("TRANSFORMATEUR_TEST_S3 is missing: run the tests with `make test`")
		}
		t.Skip("SKIPPED: no TRANSFORMATEUR_TEST_S3")
	}
	quiet(t)
	for secret, want := range map[string]string{parts[2]: "", "guess": "the access key or its secret is wrong"} {
		cfg := config.Config{Data: t.TempDir(), BaseURL: "http://127.0.0.1", S3: config.S3{Endpoint: parts[0], AccessKey: parts[1], SecretKey: config.Secret(secret), Bucket: parts[3], Region: "eu-west-3", Prefix: "app", PathStyle: true, Insecure: true}}
		a, err := New(context.Background(), cfg, clock.NewFake(noon))
		switch {
		case err == nil && want == "":
			a.Close()
		case err == nil || want == "" || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "guess"):
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestBouncesNeedTheirToken(t *testing.T) {
	quiet(t)
	const token = "a token of the settings, long enough"
	cfg := config.Config{Data: t.TempDir(), BaseURL: "http://127.0.0.1"}
	post := func(a *App, authorization, body string) int {
		r := httptest.NewRequest(http.MethodPost, "/bounces", strings.NewReader(body))
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, r)
		return w.Code
	}
	closed, err := New(context.Background(), cfg, clock.NewFake(noon))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed.Close() })
	if code := post(closed, "Bearer ", ""); code != http.StatusNotFound && code != http.StatusMethodNotAllowed {
		t.Errorf("without a token in the settings: %d", code)
	}
	cfg.Data, cfg.SMTP.Token = t.TempDir(), token
	a, err := New(context.Background(), cfg, clock.NewFake(noon))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	report := "From: x@example.org\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; a@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
	for _, c := range []struct {
		situation, authorization, body string
		want                           int
	}{
		{"no token", "", report, 401},
		{"a wrong token", "Bearer guess", report, 401},
		{"the token without its word", token, report, 401},
		{"no report", "Bearer " + token, "From: x@example.org\r\n\r\nMerci", 422},
		{"too long", "Bearer " + token, strings.Repeat("x", maxBounce+1), 422},
		{"about no mail of ours", "Bearer " + token, report, 404},
	} {
		if code := post(a, c.authorization, c.body); code != c.want {
			t.Errorf("%s: %d, want %d", c.situation, code, c.want)
		}
	}
}
