// Package webhook is what is told to programs outside when something happens: an endpoint that a lead chose, deliveries signed and tried again.
package webhook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// Kinds are the events that an endpoint may ask for, in the order in which they are
// offered. What an event tells of a file follows the rights of the endpoint's owner:
// before the closing she knows how many files there are, and nothing of any of them.
var Kinds = []string{
	"call.published", "call.extended", "call.form_revised", "call.closed", "call.unsealed", "call.archived",
	"application.counted", "application.submitted", "application.withdrawn", "application.admitted", "application.correction_asked",
}

// ping is the event that tries an endpoint.
const ping = "endpoint.ping"

// Endpoint is an address of a program outside.
type Endpoint struct {
	ID           string
	On           policy.Ref // the edition or programme whose events it receives
	OnName       string
	URL          string
	Name         string
	Kinds        []string
	Owner        account.PersonID // whose rights bound what it is told
	OwnerName    string
	Status       string // Active or Disabled
	Problem      string // message key of why it was disabled, "" when a person did it
	FailingSince time.Time
	FormerUntil  time.Time // until when the former secret signs too
	Version      int64
	CreatedAt    time.Time
}

// The statuses of an endpoint.
const (
	Active   = "active"
	Disabled = "disabled"
)

// Delivery is one event for one endpoint.
type Delivery struct {
	ID        string
	Kind      string
	Body      string
	CreatedAt time.Time
	Status    string // Pending, Delivered or Failed
	Attempts  int
	DueAt     time.Time // of the next attempt
	DoneAt    time.Time
	Last      int // status of the last answer, 0 when there was none
}

// The statuses of a delivery.
const (
	Pending   = "pending"
	Delivered = "delivered"
	Failed    = "failed"
)

// Attempt is one sending, and what came back.
type Attempt struct {
	Number  int
	At      time.Time
	Status  int    // HTTP status, 0 when nothing came back
	Problem string // message key, or "" on success
	Answer  string // its first bytes
	Millis  int64
}

// schedule is how long to wait after each failed attempt, the first one being sent at
// once: three days in all. Source: the example of Standard Webhooks 1.0.0,
// "Deliverability and reliability".
var schedule = []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour}

// overlap is how long a former secret goes on signing beside the new one.
const overlap = 24 * time.Hour

// secretPrefix begins every signing secret (Standard Webhooks 1.0.0).
const secretPrefix = "whsec_"

func newSecret() string {
	var bits [32]byte
	rand.Read(bits[:])
	return secretPrefix + base64.StdEncoding.EncodeToString(bits[:])
}

// sign is the value of webhook-signature for each secret: "v1," and the HMAC-SHA256 of
// "id.timestamp.body" (Standard Webhooks 1.0.0, "Signature scheme").
func sign(id string, at time.Time, body []byte, secrets ...string) (string, error) {
	var all []string
	for _, secret := range secrets {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, secretPrefix))
		if err != nil {
			return "", fmt.Errorf("read a signing secret: %w", err)
		}
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
		mac.Write(body)
		all = append(all, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	return strings.Join(all, " "), nil
}

// Wanted is an endpoint as a person describes it.
type Wanted struct {
	URL   string
	Name  string
	Kinds []string
}

func (n *Wanted) check(address func(string) error) error {
	var bad []errs.Field
	n.URL, n.Name = strings.TrimSpace(n.URL), strings.Join(strings.Fields(n.Name), " ")
	if err := address(n.URL); err != nil {
		bad = append(bad, errs.Field{Path: "url", Key: errs.KeyOf(err)})
	}
	switch {
	case n.Name == "":
		bad = append(bad, errs.Field{Path: "name", Key: "webhook.name_missing"})
	case len([]rune(n.Name)) > 80:
		bad = append(bad, errs.Field{Path: "name", Key: "webhook.name_long", Args: []any{80}})
	}
	var known []string
	for _, kind := range Kinds {
		if slices.Contains(n.Kinds, kind) {
			known = append(known, kind)
		}
	}
	if n.Kinds = known; len(known) == 0 {
		bad = append(bad, errs.Field{Path: "kinds", Key: "webhook.kind_missing"})
	}
	return errs.NewInvalid("errs.invalid", bad)
}
