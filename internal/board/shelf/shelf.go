// Package shelf is the kits that an edition writes for itself: drafts, published versions that never change, and those put away.
package shelf

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"transformateur/internal/board/kit"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

// Bounds: the bytes of a kit as JSON, and the kits of an edition.
const (
	MaxSize = 256 << 10
	MaxKits = 200
)

// ID identifies a kit of an edition; it is random, and no kit that ships has it.
type ID string

// Status is where a kit stands.
type Status string

// The statuses. Boards are made from published kits alone.
const (
	Draft     Status = "draft"
	Published Status = "published"
	Retired   Status = "retired"
)

// Entry is a kit of an edition as it stands.
type Entry struct {
	ID        ID
	Edition   programme.EditionID
	Kit       *kit.Kit // the draft, with its faults; not to be changed by readers
	Revision  int64    // how many times it was saved
	Version   int      // the last one published, 0 for none
	made      int64    // the revision from which that version was made
	CreatedAt time.Time
	UpdatedAt time.Time
	RetiredAt time.Time
	programme programme.ProgrammeID
	agency    programme.AgencyID
}

// Status says where the kit stands.
func (e Entry) Status() Status {
	switch {
	case !e.RetiredAt.IsZero():
		return Retired
	case e.Version > 0:
		return Published
	}
	return Draft
}

// Ahead says whether the draft was saved since its last version was published.
func (e Entry) Ahead() bool { return e.Revision > e.made }

// Object is the kit as the policy sees it.
func (e Entry) Object() policy.Object {
	return policy.Object{Ref: policy.Ref{Kind: "kit", ID: string(e.ID)}, State: string(e.Status()),
		Within: []policy.Ref{{Kind: "edition", ID: string(e.Edition)}, {Kind: "programme", ID: string(e.programme)}, {Kind: "agency", ID: string(e.agency)}}}
}

const (
	columns = `k.id, k.edition_id, k.draft, k.revision, k.version, k.published_revision, k.created_at, k.updated_at, k.retired_at, e.programme_id, pr.agency_id`
	tables  = `kits k join editions e on e.id = k.edition_id join programmes pr on pr.id = e.programme_id`
)

func scan(sc db.Scanner) (e Entry, err error) {
	var draft string
	if err = sc.Scan(&e.ID, &e.Edition, &draft, &e.Revision, &e.Version, &e.made, &e.CreatedAt, &e.UpdatedAt, &e.RetiredAt, &e.programme, &e.agency); err != nil {
		return e, err
	}
	e.Kit, err = written(draft)
	return e, err
}

// written reads a kit that this package wrote, with its faults.
func written(text string) (*kit.Kit, error) {
	var k kit.Kit
	if err := json.Unmarshal([]byte(text), &k); err != nil {
		return nil, fmt.Errorf("read a kept kit: %w", err)
	}
	return &k, nil
}

// load reads a kit without asking who wants it. Error: NotFound.
func load(ctx context.Context, r db.Reader, id ID) (Entry, error) {
	e, err := db.Get(ctx, r, scan, `select `+columns+` from `+tables+` where k.id = $1`, string(id))
	if err != nil {
		return e, fmt.Errorf("load kit %s: %w", id, err)
	}
	return e, nil
}

// Version is a published version of a kit.
type Version struct {
	Kit         ID
	Number      int
	Body        *kit.Kit // not to be changed
	PublishedAt time.Time
}

func scanVersion(sc db.Scanner) (v Version, err error) {
	var body string
	if err = sc.Scan(&v.Kit, &v.Number, &body, &v.PublishedAt); err != nil {
		return v, err
	}
	v.Body, err = written(body)
	return v, err
}

const versionColumns = `v.kit_id, v.number, v.body, v.published_at`

// Offered lists the last versions from which boards of an edition may be made now, by
// title; without asking who wants them.
func Offered(ctx context.Context, r db.Reader, edition programme.EditionID) ([]Version, error) {
	list, err := db.List(ctx, r, scanVersion, `select `+versionColumns+` from kits k join kit_versions v on v.kit_id = k.id and v.number = k.version
		where k.edition_id = $1 and k.retired_at is null order by k.title, k.id`, string(edition))
	if err != nil {
		return nil, fmt.Errorf("list the kits offered in %s: %w", edition, err)
	}
	return list, nil
}

// Last is the version from which a board of an edition is made now. Error: NotFound when
// the kit is of another edition, was never published or is put away.
func Last(ctx context.Context, r db.Reader, edition programme.EditionID, id ID) (Version, error) {
	v, err := db.Get(ctx, r, scanVersion, `select `+versionColumns+` from kits k join kit_versions v on v.kit_id = k.id and v.number = k.version
		where k.edition_id = $1 and k.id = $2 and k.retired_at is null`, string(edition), string(id))
	if err != nil {
		return v, fmt.Errorf("find the last version of kit %s: %w", id, err)
	}
	return v, nil
}

// Service keeps the kits of editions.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	policy *policy.Service
}

// New makes the service.
func New(d *db.DB, c clock.Clock, p *policy.Service) *Service {
	return &Service{db: d, clock: c, policy: p}
}
