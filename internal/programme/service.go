package programme

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
)

// The events of this capability; the object is the agency, the programme or the edition.
const (
	AgencyCreated    = "agency.created"
	AgencyEdited     = "agency.edited"
	ProgrammeCreated = "programme.created"
	ProgrammeEdited  = "programme.edited"
	EditionCreated   = "edition.created"
	EditionEdited    = "edition.edited"
	EditionPublished = "edition.published"
	EditionClosed    = "edition.closed"
	EditionCloned    = "edition.cloned" // payload: Cloned
	StageAdded       = "stage.added"
	StageEdited      = "stage.edited"
	StageMoved       = "stage.moved"
	StageRemoved     = "stage.removed"
	JourneyCloned    = "journey.cloned"
	JourneyEdited    = "journey.edited"
	JourneyRemoved   = "journey.removed"
)

// Service is what can be done with agencies, programmes, editions and journeys.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	policy *policy.Service
	bus    *event.Bus
}

// New makes the service.
func New(d *db.DB, c clock.Clock, p *policy.Service, bus *event.Bus) *Service {
	return &Service{d, c, p, bus}
}

// Allowed says which of some actions a person may do on an object, for pages that
// show only the buttons that work.
func (s *Service) Allowed(ctx context.Context, by account.User, obj policy.Object, actions ...policy.Action) (map[policy.Action]bool, error) {
	decisions, err := s.policy.Decisions(ctx, s.db.Reader(), by, obj, actions...)
	if err != nil {
		return nil, err
	}
	may := map[policy.Action]bool{}
	for action, d := range decisions {
		may[action] = d.Allowed
	}
	return may, nil
}

// OnPlatform is Allowed on the whole install.
func (s *Service) OnPlatform(ctx context.Context, by account.User, actions ...policy.Action) (map[policy.Action]bool, error) {
	return s.Allowed(ctx, by, policy.Platform, actions...)
}

// act is one thing done to an object: its journal line and its event.
type act struct {
	name    string
	ref     policy.Ref
	detail  change
	payload any
}

// change is the detail of a journal line: which version came of it, what part of the
// object it bears on, which fields changed. It never holds what was written.
type change struct {
	Version int64    `json:"version"`
	Part    string   `json:"part,omitempty"` // a stage of the edition
	Fields  []string `json:"fields,omitempty"`
}

// record writes the journal line of an act and publishes its event.
func (s *Service) record(ctx context.Context, tx *db.Tx, by account.User, a act) error {
	detail := map[string]any{"version": a.detail.Version}
	if a.detail.Part != "" {
		detail["part"] = a.detail.Part
	}
	if len(a.detail.Fields) > 0 {
		detail["fields"] = a.detail.Fields
	}
	err := journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: a.name, Kind: a.ref.Kind, ID: a.ref.ID, Detail: detail})
	if err != nil {
		return err
	}
	if a.payload == nil {
		a.payload = a.detail
	}
	return s.bus.Publish(ctx, tx, a.name, a.ref.ID, a.payload)
}

// fields are the values of a form by name.
type fields map[string]string

func (f fields) words(name string, w Words) fields {
	f[name+"_fr"], f[name+"_en"] = w.FR, w.EN
	return f
}

// differ lists the names whose values are not the same in both, sorted.
func differ(a, b fields) []string {
	var names []string
	for name := range a {
		if a[name] != b[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// save is an attempt to change a version of an object that a person has seen.
type save struct {
	ref     policy.Ref
	part    string // a stage of the edition; "" for the object itself
	seen    int64  // the version she saw
	stands  int64  // the version that stands
	kept    fields // what stands
	written fields // what she wants
}

// compare says which fields the save changes. When somebody else has changed one of
// them since the version seen, the answer is a Conflict whose fields say what stands
// now; nothing of what she wrote is lost, since the form comes back with it.
func (s *Service) compare(ctx context.Context, tx *db.Tx, a save) ([]string, error) {
	changed := differ(a.written, a.kept)
	if a.seen == a.stands {
		return changed, nil
	}
	since, err := changedSince(ctx, tx, a)
	if err != nil {
		return nil, err
	}
	var clash []errs.Field
	for _, name := range changed {
		if since[name] {
			clash = append(clash, errs.Field{Path: name, Key: "programme.changed_meanwhile", Args: []any{a.kept[name]}})
		}
	}
	if len(clash) > 0 {
		return nil, &errs.Error{Kind: errs.Conflict, Key: "programme.stale", Args: []any{a.stands}, Fields: clash}
	}
	return changed, nil
}

// changedSince reads in the journal which fields others have changed since the version seen.
func changedSince(ctx context.Context, tx *db.Tx, a save) (map[string]bool, error) {
	since := map[string]bool{}
	for before := int64(0); ; {
		lines, err := journal.Recent(ctx, tx, before, a.ref.Kind, a.ref.ID, 100)
		if err != nil {
			return nil, fmt.Errorf("read what changed in %s: %w", a.ref.Kind, err)
		}
		for _, line := range lines {
			var c change
			if err := json.Unmarshal([]byte(line.Detail), &c); err != nil || c.Version == 0 {
				continue // the line of another capability
			}
			if c.Version <= a.seen {
				return since, nil
			}
			if c.Part == a.part {
				maps.Insert(since, allTrue(c.Fields))
			}
			before = line.Seq
		}
		if len(lines) < 100 {
			return since, nil
		}
	}
}

func allTrue(names []string) func(func(string, bool) bool) {
	return func(yield func(string, bool) bool) {
		for _, name := range names {
			if !yield(name, true) {
				return
			}
		}
	}
}

// freeSlug makes the readable identifier of a new row of a table from its name: the
// slug itself, or followed by the first free number.
func freeSlug(ctx context.Context, tx *db.Tx, table, name string) (string, error) {
	base := text.Slug(name)
	switch base {
	case "":
		base = strings.TrimSuffix(table, "s")
	case "new":
		base = strings.TrimSuffix(table, "s") + "-new" // "/editions/new" is a page
	}
	if len(base) > 60 {
		base = strings.TrimRight(base[:60], "-")
	}
	if err := tx.Lock(ctx, "slug:"+table); err != nil {
		return "", err
	}
	taken, err := db.List(ctx, tx, db.Value[string], `select id from `+table+` where id = $1 or id like $2`, base, base+"-%")
	if err != nil {
		return "", fmt.Errorf("look for a free address in %s: %w", table, err)
	}
	slug := base
	for n := 2; slices.Contains(taken, slug); n++ {
		slug = fmt.Sprintf("%s-%d", base, n)
	}
	return slug, nil
}
