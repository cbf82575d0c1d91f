// Package config is the settings: defaults, then one file, then the environment, the last one winning.
package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// Secret is a setting that never shows in a log, an error or a page.
type Secret string

// String hides the value.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "(secret)"
}

// GoString hides the value from %#v too.
func (s Secret) GoString() string { return s.String() }

// LogValue hides the value from structured logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText hides the value from encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// SMTP says how mail leaves. Without a host, mail stays in the outbox and shows
// in the development mailbox.
type SMTP struct {
	Host     string `toml:"host" env:"SMTP_HOST"`
	Port     int    `toml:"port" env:"SMTP_PORT"`
	User     string `toml:"user" env:"SMTP_USER"`
	Password Secret `toml:"password" env:"SMTP_PASSWORD"`
	From     string `toml:"from" env:"SMTP_FROM"`
	Bounces  string `toml:"bounces" env:"SMTP_BOUNCES"`
	Token    Secret `toml:"bounce_token" env:"SMTP_BOUNCE_TOKEN"`
	TLS      string `toml:"tls" env:"SMTP_TLS"` // "starttls" (default), "tls" or "none"
}

// S3 says where files are kept when not in the data folder.
type S3 struct {
	Endpoint  string `toml:"endpoint" env:"S3_ENDPOINT"`
	Bucket    string `toml:"bucket" env:"S3_BUCKET"`
	Region    string `toml:"region" env:"S3_REGION"`
	AccessKey string `toml:"access_key" env:"S3_ACCESS_KEY"`
	SecretKey Secret `toml:"secret_key" env:"S3_SECRET_KEY"`
	Prefix    string `toml:"prefix" env:"S3_PREFIX"`
	PathStyle bool   `toml:"path_style" env:"S3_PATH_STYLE"` // endpoint/bucket/key rather than bucket.endpoint/key
	Insecure  bool   `toml:"insecure" env:"S3_INSECURE"`     // plain HTTP, for a server on the same machine
}

// OIDC is a provider where people may sign in. There may be several: [[oidc]] stands
// in the file once for each.
type OIDC struct {
	Name         string   `toml:"name"`          // in addresses: letters, digits and hyphens
	Label        string   `toml:"label"`         // what people read
	Kind         string   `toml:"kind"`          // "proconnect" or "generic" (default)
	Issuer       string   `toml:"issuer"`        // its address, from which the rest is found
	ClientID     string   `toml:"client_id"`     // what it calls us
	ClientSecret Secret   `toml:"client_secret"` // what it gave us
	Scopes       []string `toml:"scopes"`        // what we ask of it
	ACRValues    string   `toml:"acr_values"`    // the level asked for
	Signed       bool     `toml:"signed"`        // user information must be signed; always, for ProConnect
	TrustEmail   bool     `toml:"trust_email"`   // its addresses count as proved
	TrustMFA     bool     `toml:"trust_mfa"`     // its second factor counts as ours
	StrongACR    []string `toml:"strong_acr"`    // the levels that mean a second factor, besides amr "mfa"
}

// Config is every setting.
type Config struct {
	Data         string `toml:"data" env:"DATA"`                   // the data folder
	Addr         string `toml:"addr" env:"ADDR"`                   // HOST:PORT to listen on
	BaseURL      string `toml:"base_url" env:"BASE_URL"`           // public address, for links in mails
	Database     Secret `toml:"database" env:"DATABASE"`           // PostgreSQL address; empty: SQLite in the data folder
	NATS         Secret `toml:"nats" env:"NATS"`                   // nats://… by which nodes of one PostgreSQL database wake each other; empty: alone
	Name         string `toml:"name" env:"NAME"`                   // name of the install, shown in the header
	Contact      string `toml:"contact" env:"CONTACT"`             // address of the people to write to
	ClamAV       string `toml:"clamav" env:"CLAMAV"`               // "unix:/path" or "tcp:host:port" of clamd
	Dev          bool   `toml:"dev" env:"DEV"`                     // shows the mailbox and the style guide
	Demo         bool   `toml:"-"`                                 // set by the --demo flag only
	Proxied      bool   `toml:"behind_proxy" env:"PROXY"`          // trust X-Forwarded-For and -Proto
	MetricsToken Secret `toml:"metrics_token" env:"METRICS_TOKEN"` // opens /metrics to a monitoring that is not on this machine
	LogLevel     string `toml:"log_level" env:"LOG_LEVEL"`         // debug, info, warn, error
	APIRate      int    `toml:"api_rate" env:"API_RATE"`           // requests a second that one token may keep making; 0: 10
	WebhookProxy string `toml:"webhook_proxy" env:"WEBHOOK_PROXY"` // http://HOST:PORT by which webhooks leave; empty: directly
	SMTP         SMTP   `toml:"smtp"`
	S3           S3     `toml:"s3"`
	OIDC         []OIDC `toml:"oidc"`

	// RequireSecondFactor makes the rights of the programme wait for a second factor.
	RequireSecondFactor bool `toml:"require_second_factor" env:"REQUIRE_SECOND_FACTOR"`

	// What only transformateur venue sets: the program carries one gathering where there is
	// no Internet, and serves it with that certificate if it is not empty.
	Venue          bool   `toml:"-"`
	Certificate    string `toml:"-"`
	CertificateKey string `toml:"-"`

	// What only tests set: how SQLite syncs (empty means FULL), to prove that anything
	// weaker loses what was acknowledged; how long a write waits (0 means 10 s).
	Synchronous string        `toml:"-"`
	Patience    time.Duration `toml:"-"`
}

// DefaultData is the data folder of an install that names none.
const DefaultData = "data"

// prefix of every variable of the environment.
const prefix = "TRANSFORMATEUR_"

// Load reads the settings. file may be empty: then transformateur.toml of the
// data folder is read if it exists. A misspelt setting is an error that names it.
func Load(file, data string, environ []string) (Config, error) {
	env := map[string]string{}
	for _, pair := range environ {
		if name, value, ok := strings.Cut(pair, "="); ok && strings.HasPrefix(name, prefix) {
			env[strings.TrimPrefix(name, prefix)] = value
		}
	}
	c := Config{Data: cmp.Or(data, env["DATA"], DefaultData), Addr: "127.0.0.1:8080", Name: "Transformateur", LogLevel: "info", RequireSecondFactor: true}
	if err := c.readFile(file); err != nil {
		return c, err
	}
	if err := applyEnv(reflect.ValueOf(&c).Elem(), env); err != nil {
		return c, err
	}
	if data != "" {
		c.Data = data
	}
	return c, c.check()
}

func (c *Config) readFile(file string) error {
	optional := file == ""
	if optional {
		file = filepath.Join(c.Data, "transformateur.toml")
	}
	meta, err := toml.DecodeFile(file, c)
	if optional && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the settings in %s: %w", file, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return fmt.Errorf("settings in %s: %v is not a setting; see the operator guide for their list", file, unknown[0])
	}
	return nil
}

func applyEnv(v reflect.Value, env map[string]string) error {
	for i := range v.NumField() {
		field, tag := v.Field(i), v.Type().Field(i).Tag.Get("env")
		if field.Kind() == reflect.Struct {
			if err := applyEnv(field, env); err != nil {
				return err
			}
			continue
		}
		text, set := env[tag]
		if tag == "" || !set {
			continue
		}
		switch field.Kind() {
		case reflect.String:
			field.SetString(text)
		case reflect.Bool:
			b, err := strconv.ParseBool(text)
			if err != nil {
				return fmt.Errorf("%s%s must be true or false", prefix, tag)
			}
			field.SetBool(b)
		case reflect.Int:
			n, err := strconv.Atoi(text)
			if err != nil {
				return fmt.Errorf("%s%s must be a whole number", prefix, tag)
			}
			field.SetInt(int64(n))
		}
	}
	return nil
}

func (c *Config) check() error {
	if c.BaseURL == "" {
		c.BaseURL = "http://" + c.Addr
	}
	u, err := url.Parse(c.BaseURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("base_url must be a full address such as https://appels.example.org")
	}
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	if c.APIRate < 0 {
		return fmt.Errorf("api_rate must be a positive number of requests a second")
	}
	if proxy, err := url.Parse(c.WebhookProxy); c.WebhookProxy != "" && (err != nil || proxy.Scheme != "http" || proxy.Host == "") {
		return fmt.Errorf("webhook_proxy must be an address such as http://proxy.example.org:3128")
	}
	if c.SMTP.Port == 0 {
		c.SMTP.Port = 587
	}
	if c.SMTP.TLS == "" {
		c.SMTP.TLS = "starttls"
	}
	if c.SMTP.Host != "" && c.SMTP.From == "" {
		return fmt.Errorf("smtp.from is missing: mails need a sender's address")
	}
	if b := c.SMTP.Bounces; b != "" {
		if a, err := mail.ParseAddress(b); err != nil || a.Address != b || strings.Contains(b, "+") {
			return fmt.Errorf("smtp.bounces must be a bare address without a plus sign")
		}
	}
	if t := c.SMTP.Token; t != "" && len(t) < 24 {
		return fmt.Errorf("smtp.bounce_token must hold 24 characters at least")
	}
	if c.S3.Endpoint != "" && c.S3.Bucket == "" {
		return fmt.Errorf("s3.bucket is missing")
	}
	return c.checkProviders()
}

// HTTPS says whether people reach the program over HTTPS.
func (c Config) HTTPS() bool { return strings.HasPrefix(c.BaseURL, "https://") }

// Level is the log level asked for.
func (c Config) Level() slog.Level {
	var l slog.Level
	if l.UnmarshalText([]byte(c.LogLevel)) != nil {
		return slog.LevelInfo
	}
	return l
}

// Environ is the process's environment, here so that nothing else reads it.
func Environ() []string { return os.Environ() }
