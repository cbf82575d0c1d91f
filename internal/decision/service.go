package decision

import (
	"context"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/deliberation"
	"transformateur/internal/form"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
)

// Notice is what one decision tells the team of its file.
type Notice struct {
	Selection committee.Selection
	File      application.Application
	Decision  Decision
	Reason    form.Localised
	Terms     Terms
	Attempt   int64 // of preparing the announcement: each replaces the mails of the one before
}

// Letter is a mail of an announcement, as it waits.
type Letter struct {
	ID      string
	File    application.ID
	To      string
	Subject string
	Body    string // Markdown
	Held    bool
}

// Outbox holds the mails of an announcement until it is made.
type Outbox interface {
	// HoldNotice adds the mails of a decision to those that wait.
	HoldNotice(ctx context.Context, tx *db.Tx, n Notice) error
	// DropNotices cancels the mails that wait, about these files or, when none is named, about all.
	DropNotices(ctx context.Context, tx *db.Tx, id committee.SelectionID, files ...application.ID) error
	// ReleaseNotices lets the mails that wait leave, and counts them.
	ReleaseNotices(ctx context.Context, tx *db.Tx, id committee.SelectionID) (int, error)
	// Notices lists the mails of the last preparation that were not cancelled.
	Notices(ctx context.Context, r db.Reader, id committee.SelectionID) ([]Letter, error)
}

// Service announces decisions and keeps what follows.
type Service struct {
	db       *db.DB
	clock    clock.Clock
	policy   *policy.Service
	bus      *event.Bus
	outbox   Outbox
	readings deliberation.Readings
}

// Deps are what the service stands on.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Policy   *policy.Service
	Bus      *event.Bus
	Outbox   Outbox
	Readings deliberation.Readings // whose shareable remarks are offered
}

// New makes the service.
func New(d Deps) *Service {
	return &Service{db: d.DB, clock: d.Clock, policy: d.Policy, bus: d.Bus, outbox: d.Outbox, readings: d.Readings}
}

// require loads a selection on which by may do action.
func (s *Service) require(ctx context.Context, r db.Reader, by account.User, action policy.Action, id committee.SelectionID) (committee.Selection, error) {
	sel, err := committee.Load(ctx, r, id)
	if err != nil {
		return sel, err
	}
	_, err = s.policy.Require(ctx, r, by, action, sel.Object(s.clock.Now()))
	return sel, err
}

// acts are what pages ask the policy about the decisions of a selection.
var acts = []policy.Action{"selection.decisions", "selection.announce", "selection.appeals", "selection.manage", "selection.minutes"}

func (s *Service) may(ctx context.Context, r db.Reader, by account.User, sel committee.Selection) (map[policy.Action]bool, error) {
	got, err := s.policy.Decisions(ctx, r, by, sel.Object(s.clock.Now()), acts...)
	out := map[policy.Action]bool{}
	for action, d := range got {
		out[action] = d.Allowed
	}
	return out, err
}

// about finds a decision on a file that nothing closes to by; absent and closed answer the same.
func (s *Service) about(ctx context.Context, r db.Reader, by account.User, id committee.SelectionID, file application.ID) (Decision, error) {
	open, err := s.open(ctx, r, by, id)
	if err != nil {
		return Decision{}, err
	}
	if !open[file] {
		return Decision{}, errs.New(errs.NotFound, "errs.not_found")
	}
	return On(ctx, r, id, file)
}

func (s *Service) record(ctx context.Context, tx *db.Tx, by account.User, act string, ref policy.Ref, detail map[string]any) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: ref.Kind, ID: ref.ID, Detail: detail})
}

func onSelection(id committee.SelectionID) policy.Ref {
	return policy.Ref{Kind: "selection", ID: string(id)}
}

func onFile(id application.ID) policy.Ref { return policy.Ref{Kind: "application", ID: string(id)} }

// mostWords bounds what somebody writes to a project, or a project of its reasons, in characters.
const mostWords = 5000

// words cleans a text and says what keeps it from being one.
func words(path, typed string, required bool) (string, []errs.Field) {
	said := strings.TrimSpace(text.Clean(typed))
	switch n := len([]rune(said)); {
	case n == 0 && required:
		return said, []errs.Field{{Path: path, Key: "decision.words_missing"}}
	case n > mostWords:
		return said, []errs.Field{{Path: path, Key: "decision.words_long", Args: []any{mostWords}}}
	}
	return said, nil
}

// instant is how an absent instant is kept.
func instant(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}
