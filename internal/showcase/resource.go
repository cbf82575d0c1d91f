package showcase

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/inspect"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

// What a resource is, under which licence it is given, and in which language it is.
var (
	ResourceKinds = []string{"talk", "kit", "guide"}
	Licences      = []string{"cc-by-4.0", "cc-by-sa-4.0", "cc0-1.0", "etalab-2.0"}
	Languages     = []string{"fr", "en", "other"}
)

// The bounds of a resource, in characters, and of its file, in bytes.
const (
	MaxResourceTitle = 160
	MaxResourceAbout = 2000
	MaxFile          = 50 << 20
)

// ResourceFiles are the extensions that are taken in.
var ResourceFiles = []string{".pdf", ".odt", ".odp", ".ods", ".docx", ".pptx", ".xlsx", ".txt", ".jpg", ".jpeg", ".png", ".mp3", ".mp4"}

// Given is what is written of a resource.
type Given struct {
	Kind     string
	Title    string
	About    string // Markdown
	Author   string
	Language string
	Licence  string
	Link     string // "" when there is a file
	Version  int64  // the one that was read
}

// Resource is a talk, a kit or a guide that a programme gives to everybody.
type Resource struct {
	ID        string
	Programme programme.ProgrammeID
	Given
	Name        string // of the file, "" when there is a link
	MIME        string
	Size        int64 // bytes
	State       State // Draft, Published or Withdrawn
	PublishedAt time.Time
	UpdatedAt   time.Time
	digest      string
}

const resourceColumns = `x.id, x.programme_id, x.kind, x.title, x.about, x.author, x.language, x.licence, x.link, x.name, x.mime, x.digest, x.size, x.state, x.version, x.published_at, x.updated_at`

func scanResource(sc db.Scanner) (x Resource, err error) {
	err = sc.Scan(&x.ID, &x.Programme, &x.Kind, &x.Title, &x.About, &x.Author, &x.Language, &x.Licence, &x.Link, &x.Name, &x.MIME, &x.digest, &x.Size, &x.State, &x.Version, &x.PublishedAt, &x.UpdatedAt)
	return x, err
}

func (g *Given) check() (bad []errs.Field) {
	fault := func(wrong bool, path, key string, args ...any) {
		if wrong {
			bad = append(bad, errs.Field{Path: path, Key: key, Args: args})
		}
	}
	g.Title, g.Author, g.Link, g.About = oneLine(g.Title), oneLine(g.Author), oneLine(g.Link), text.Clean(g.About)
	fault(!slices.Contains(ResourceKinds, g.Kind), "kind", "showcase.choose")
	fault(g.Title == "", "title", "showcase.resource_title")
	fault(utf8.RuneCountInString(g.Title) > MaxResourceTitle, "title", "showcase.field_long", MaxResourceTitle)
	fault(utf8.RuneCountInString(g.About) > MaxResourceAbout, "about", "showcase.field_long", MaxResourceAbout)
	fault(g.Author == "", "author", "showcase.author_missing")
	fault(utf8.RuneCountInString(g.Author) > MaxCredit, "author", "showcase.field_long", MaxCredit)
	fault(!slices.Contains(Languages, g.Language), "language", "showcase.choose")
	fault(!slices.Contains(Licences, g.Licence), "licence", "showcase.choose")
	fault(g.Link != "" && !webAddress(g.Link), "link", "showcase.link_wrong", g.Link)
	return bad
}

// managing finds a programme whose resources by may keep.
func (s *Service) managing(ctx context.Context, r db.Reader, by account.User, id programme.ProgrammeID) (programme.Programme, error) {
	p, err := s.programmes.Programme(ctx, by, id)
	if err != nil {
		return p, err
	}
	_, err = s.policy.Require(ctx, r, by, "resource.manage", p.PolicyObject())
	return p, err
}

// Shelf is the resources of a programme, drafts included, to who keeps them.
type Shelf struct {
	Programme programme.Programme
	List      []Resource
}

// Shelf gives them. Errors: as the policy, on resource.manage.
func (s *Service) Shelf(ctx context.Context, by account.User, id programme.ProgrammeID) (v Shelf, err error) {
	r := s.db.Reader()
	if v.Programme, err = s.managing(ctx, r, by, id); err != nil {
		return v, err
	}
	v.List, err = db.List(ctx, r, scanResource, `select `+resourceColumns+` from showcase_resources x where x.programme_id = $1 order by case x.state when 'draft' then 0 when 'published' then 1 else 2 end, x.title, x.id`, string(id))
	return v, err
}

// Kept gives one resource to who keeps it. Errors: NotFound; as the policy, on resource.manage.
func (s *Service) Kept(ctx context.Context, by account.User, id programme.ProgrammeID, which string) (p programme.Programme, x Resource, err error) {
	r := s.db.Reader()
	if p, err = s.managing(ctx, r, by, id); err != nil {
		return p, x, err
	}
	x, err = resource(ctx, r, id, which)
	return p, x, err
}

func resource(ctx context.Context, r db.Reader, id programme.ProgrammeID, which string) (Resource, error) {
	return db.Get(ctx, r, scanResource, `select `+resourceColumns+` from showcase_resources x where x.programme_id = $1 and x.id = $2`, string(id), which)
}

// file keeps the file of a resource, without its author's name where it holds one.
func (s *Service) file(ctx context.Context, sent Sent, x *Resource) error {
	if sent.File == nil || sent.Size == 0 {
		return nil
	}
	if sent.Size > MaxFile {
		return wrongFile("showcase.file_big", MaxFile>>20)
	}
	found, err := s.inspector.Inspect(ctx, sent.File, sent.Size, sent.Name, ResourceFiles)
	if err != nil {
		return fmt.Errorf("look at the file of a resource: %w", err)
	}
	if found.Refused {
		return refusedFile(found.Problems)
	}
	var content io.Reader = io.NewSectionReader(sent.File, 0, sent.Size)
	if found.Clean != nil {
		var copied bytes.Buffer
		if _, err := found.Clean(ctx, &copied); err != nil {
			return wrongFile("showcase.file_damaged")
		}
		content = &copied
	}
	ref, err := s.blobs.Put(ctx, content, MaxFile)
	if err != nil {
		return fmt.Errorf("keep the file of a resource: %w", err)
	}
	x.Name, x.MIME, x.digest, x.Size, x.Link = inspect.SafeName(sent.Name), found.MIME, ref.Digest, ref.Size, ""
	return nil
}

// Add writes a resource down, as a draft. Errors: Invalid on each field, and on "file" when
// there is neither a file nor a link; as the policy, on resource.manage.
func (s *Service) Add(ctx context.Context, by account.User, id programme.ProgrammeID, g Given, sent Sent) (string, error) {
	if _, err := s.managing(ctx, s.db.Reader(), by, id); err != nil {
		return "", err
	}
	bad := g.check()
	if g.Link == "" && sent.Size == 0 {
		bad = append(bad, errs.Field{Path: "link", Key: "showcase.resource_empty"})
	}
	if err := errs.NewInvalid("showcase.invalid", bad); err != nil {
		return "", err
	}
	x := Resource{ID: db.NewID(), Given: g}
	if err := s.file(ctx, sent, &x); err != nil {
		return "", err
	}
	return x.ID, s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.managing(ctx, tx, by, id); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `insert into showcase_resources (id, programme_id, kind, title, about, author, language, licence, link, name, mime, digest, size, state, version, added_at, added_by, updated_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'draft', 1, $14, $15, $14)`,
			x.ID, string(id), x.Kind, x.Title, x.About, x.Author, x.Language, x.Licence, x.Link, x.Name, x.MIME, x.digest, x.Size, s.clock.Now(), by.Actor()); err != nil {
			return fmt.Errorf("add a resource: %w", err)
		}
		return s.note(ctx, tx, by, act{"showcase.resource_added", onProgramme(id)}, map[string]any{"resource": x.ID})
	})
}

// Rewrite changes what is said of a resource, and its file when another is sent. Errors: as
// Add; Conflict "showcase.stale"; NotFound.
func (s *Service) Rewrite(ctx context.Context, by account.User, id programme.ProgrammeID, which string, g Given, sent Sent) error {
	_, x, err := s.Kept(ctx, by, id, which)
	if err != nil {
		return err
	}
	bad := g.check()
	if g.Link == "" && sent.Size == 0 && x.digest == "" {
		bad = append(bad, errs.Field{Path: "link", Key: "showcase.resource_empty"})
	}
	if err := errs.NewInvalid("showcase.invalid", bad); err != nil {
		return err
	}
	before := x.digest
	x.Given = g
	if g.Link != "" {
		x.Name, x.MIME, x.digest, x.Size = "", "", "", 0
	}
	if err := s.file(ctx, sent, &x); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.managing(ctx, tx, by, id); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update showcase_resources set kind = $3, title = $4, about = $5, author = $6, language = $7, licence = $8, link = $9, name = $10, mime = $11, digest = $12, size = $13, version = version + 1, updated_at = $14
			where id = $1 and version = $2`, which, g.Version, x.Kind, x.Title, x.About, x.Author, x.Language, x.Licence, x.Link, x.Name, x.MIME, x.digest, x.Size, s.clock.Now())
		if err != nil {
			return fmt.Errorf("change resource %s: %w", which, err)
		}
		if n == 0 {
			return stale()
		}
		if before != "" && before != x.digest {
			if err := s.jobs.Enqueue(ctx, tx, forgetBlobs, "", []string{before}, s.clock.Now()); err != nil {
				return err
			}
		}
		if err := s.shelve(ctx, tx, x); err != nil {
			return err
		}
		return s.note(ctx, tx, by, act{"showcase.resource_changed", onProgramme(id)}, map[string]any{"resource": which})
	})
}

// shelve keeps the words of a resource that visitors read, and forgets those of another.
func (s *Service) shelve(ctx context.Context, tx *db.Tx, x Resource) error {
	var words []string
	if x.State == Published {
		words = text.Words(x.Title + "\n" + text.MarkdownText(x.About) + "\n" + x.Author)
	}
	if err := s.index(ctx, tx, termResource, x.ID, words); err != nil {
		return err
	}
	return s.turned(ctx, tx)
}

// Move publishes a resource, or withdraws it: to is Published or Withdrawn. Errors: Conflict
// "showcase.stale"; NotFound; as the policy, on resource.manage.
func (s *Service) Move(ctx context.Context, by account.User, id programme.ProgrammeID, which string, to State) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.managing(ctx, tx, by, id); err != nil {
			return err
		}
		x, err := resource(ctx, tx, id, which)
		if err != nil {
			return err
		}
		if to != Published && to != Withdrawn || to == Withdrawn && x.State != Published {
			return stale()
		}
		n, err := tx.Exec(ctx, `update showcase_resources set state = $2, version = version + 1, updated_at = $3, published_at = case $2 when 'published' then coalesce(published_at, $3) else published_at end where id = $1 and state <> $2`, which, string(to), s.clock.Now())
		if err != nil {
			return fmt.Errorf("move resource %s: %w", which, err)
		}
		if n == 0 {
			return stale()
		}
		x.State = to
		if err := s.shelve(ctx, tx, x); err != nil {
			return err
		}
		name := "showcase.resource_published"
		if to == Withdrawn {
			name = "showcase.resource_withdrawn"
		}
		return s.note(ctx, tx, by, act{name, onProgramme(id)}, map[string]any{"resource": which})
	})
}

func onProgramme(id programme.ProgrammeID) policy.Ref {
	return policy.Ref{Kind: "programme", ID: string(id)}
}

// ResourceFilter narrows a list of resources; an empty member narrows nothing.
type ResourceFilter struct {
	Programme programme.ProgrammeID
	Kind      string
	Language  string
	Query     string // words
}

// Resources lists those that visitors may have, the latest first. It is for everybody.
func (s *Service) Resources(ctx context.Context, _ account.User, f ResourceFilter) ([]Resource, error) {
	found, args := found(termResource, "x.id", f.Query, []any{string(f.Programme), f.Kind, f.Language})
	list, err := db.List(ctx, s.db.Reader(), scanResource, `select `+resourceColumns+` from showcase_resources x
		where x.state = 'published' and ($1 = '' or x.programme_id = $1) and ($2 = '' or x.kind = $2) and ($3 = '' or x.language = $3)`+found+` order by x.published_at desc, x.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list resources: %w", err)
	}
	return list, nil
}

// OpenResource gives the file of a resource to everybody. Error: NotFound.
func (s *Service) OpenResource(ctx context.Context, _ account.User, which string) (Resource, blob.File, error) {
	x, err := db.Get(ctx, s.db.Reader(), scanResource, `select `+resourceColumns+` from showcase_resources x where x.id = $1 and x.state = 'published' and x.digest <> ''`, which)
	if err != nil {
		return x, nil, fmt.Errorf("find a resource: %w", err)
	}
	f, err := s.blobs.Open(ctx, x.digest)
	return x, f, err
}
