// Package admin is the running of the install: the journal that the audit reads, and the checks that keep it honest.
package admin

import (
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
)

// Service answers the auditor and the operator.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	policy *policy.Service
}

// New makes the service.
func New(d *db.DB, c clock.Clock, p *policy.Service) *Service { return &Service{d, c, p} }
