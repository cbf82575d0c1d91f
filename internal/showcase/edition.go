package showcase

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

// The bounds of what is written of an edition, in characters.
const (
	MaxAbout      = 4000
	MaxVideoLabel = 120
)

// Room is what is written of an edition for its page.
type Room struct {
	About   programme.Words // Markdown
	Video   Link            // outside, never shown within the page
	Figures []string        // those that are shown, of Countable
	Version int64           // the one that was read, 0 of one that nobody wrote
}

// Page is the page of an edition as it is kept.
type Page struct {
	Room
	OpensAt  time.Time // zero: nothing of the edition shows
	Pictures []Picture
}

// Open says whether visitors see the page at an instant.
func (p Page) Open(now time.Time) bool { return !p.OpensAt.IsZero() && !now.Before(p.OpensAt) }

const pageColumns = `o.opens_at, o.about_fr, o.about_en, o.video_label, o.video_url, o.figures, o.version`

func scanPage(sc db.Scanner) (p Page, err error) {
	var figures string
	if err = sc.Scan(&p.OpensAt, &p.About.FR, &p.About.EN, &p.Video.Label, &p.Video.URL, &figures, &p.Version); err == nil {
		err = json.Unmarshal([]byte(figures), &p.Figures)
	}
	return p, err
}

// page reads the page of an edition without asking who wants it; one that nobody wrote is
// empty, and closed.
func page(ctx context.Context, r db.Reader, id programme.EditionID) (Page, error) {
	p, err := db.Get(ctx, r, scanPage, `select `+pageColumns+` from showcase_editions o where o.edition_id = $1`, string(id))
	if err != nil && !errs.Is(err, errs.NotFound) {
		return p, fmt.Errorf("read the page of edition %s: %w", id, err)
	}
	p.Pictures, err = pictures(ctx, r, `edition_id = $1`, string(id))
	return p, err
}

// opened says whether visitors see the page of an edition: it is published, and its embargo
// is over.
func opened(ctx context.Context, r db.Reader, id programme.EditionID, now time.Time) (bool, error) {
	n, err := db.Get(ctx, r, db.Value[int], `select count(*) from showcase_editions o join editions e on e.id = o.edition_id where e.id = $2 and `+open, now, string(id))
	if err != nil {
		return false, fmt.Errorf("see whether edition %s is in the showcase: %w", id, err)
	}
	return n > 0, nil
}

// open is the SQL for an edition e and its page o that visitors see; $1 is now.
const open = `e.status in ('published', 'closed') and o.opens_at is not null and o.opens_at <= $1`

// managed finds an edition on which by may do an action.
func (s *Service) managed(ctx context.Context, r db.Reader, by account.User, action policy.Action, id programme.EditionID) (programme.Edition, error) {
	e, err := programme.FindEdition(ctx, r, id)
	if err != nil {
		return e, err
	}
	_, err = s.policy.Require(ctx, r, by, action, e.PolicyObject())
	return e, err
}

// Backstage is the page of an edition to who prepares it.
type Backstage struct {
	Edition programme.Edition
	Page
	Writes bool // she may change the page
	Dates  bool // she chooses when it opens
	Rows   []Row
	Counts []Figure // every figure that may be shown, with what it is now
}

// Backstage gives it. Errors: as the policy, on showcase.preview.
func (s *Service) Backstage(ctx context.Context, by account.User, id programme.EditionID) (b Backstage, err error) {
	r := s.db.Reader()
	if b.Edition, err = s.managed(ctx, r, by, "showcase.preview", id); err != nil {
		return b, err
	}
	may, err := s.policy.Decisions(ctx, r, by, b.Edition.PolicyObject(), "showcase.manage", "showcase.open")
	if err != nil {
		return b, err
	}
	b.Writes, b.Dates = may["showcase.manage"].Allowed, may["showcase.open"].Allowed
	if b.Page, err = page(ctx, r, id); err != nil {
		return b, err
	}
	if b.Rows, err = s.rows(ctx, r, by, string(id)); err != nil {
		return b, err
	}
	b.Counts, err = s.count(ctx, r, id, Countable)
	return b, err
}

func (w *Room) check() (bad []errs.Field) {
	fault := func(wrong bool, path, key string, args ...any) {
		if wrong {
			bad = append(bad, errs.Field{Path: path, Key: key, Args: args})
		}
	}
	w.About = programme.Words{FR: text.Clean(w.About.FR), EN: text.Clean(w.About.EN)}
	fault(utf8.RuneCountInString(w.About.FR) > MaxAbout, "about_fr", "showcase.field_long", MaxAbout)
	fault(utf8.RuneCountInString(w.About.EN) > MaxAbout, "about_en", "showcase.field_long", MaxAbout)
	w.Video = Link{Label: oneLine(w.Video.Label), URL: oneLine(w.Video.URL)}
	fault(utf8.RuneCountInString(w.Video.Label) > MaxVideoLabel, "video_label", "showcase.field_long", MaxVideoLabel)
	fault(w.Video.URL != "" && !webAddress(w.Video.URL), "video_url", "showcase.link_wrong", w.Video.URL)
	fault(w.Video.URL != "" && w.Video.Label == "", "video_label", "showcase.video_label_missing")
	w.Figures = slices.DeleteFunc(slices.Clone(w.Figures), func(name string) bool { return !slices.Contains(Countable, name) })
	return bad
}

// Write saves what is written of an edition. Errors: Invalid on "about_fr", "about_en",
// "video_label", "video_url"; Conflict "showcase.stale"; as the policy, on showcase.manage.
func (s *Service) Write(ctx context.Context, by account.User, id programme.EditionID, w Room) error {
	bad := w.check()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.managed(ctx, tx, by, "showcase.manage", id); err != nil {
			return err
		}
		if err := errs.NewInvalid("showcase.invalid", bad); err != nil {
			return err
		}
		figures, err := json.Marshal(append([]string{}, w.Figures...))
		if err != nil {
			return fmt.Errorf("write the figures of edition %s: %w", id, err)
		}
		if err := s.begin(ctx, tx, by, id, w.Version); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update showcase_editions set about_fr = $3, about_en = $4, video_label = $5, video_url = $6, figures = $7, version = version + 1, updated_at = $8, updated_by = $9 where edition_id = $1 and version = $2`,
			string(id), max(w.Version, 1), w.About.FR, w.About.EN, w.Video.Label, w.Video.URL, string(figures), s.clock.Now(), by.Actor())
		return s.changed(ctx, tx, by, act{"showcase.page_saved", onEdition(id)}, n, err)
	})
}

// begin makes the page of an edition that nobody wrote yet.
func (s *Service) begin(ctx context.Context, tx *db.Tx, by account.User, id programme.EditionID, version int64) error {
	if version != 0 {
		return nil
	}
	n, err := tx.Exec(ctx, `insert into showcase_editions (edition_id, opened_by, about_fr, about_en, video_label, video_url, figures, version, updated_at, updated_by) values ($1, '', '', '', '', '', '[]', 1, $2, $3) on conflict (edition_id) do nothing`, string(id), s.clock.Now(), by.Actor())
	if err != nil {
		return fmt.Errorf("begin the page of edition %s: %w", id, err)
	}
	if n == 0 {
		return stale()
	}
	return nil
}

// changed ends a statement on the page of an edition: nothing changed means that somebody
// wrote meanwhile.
func (s *Service) changed(ctx context.Context, tx *db.Tx, by account.User, a act, n int, err error) error {
	if err != nil {
		return fmt.Errorf("change the page of edition %s: %w", a.on.ID, err)
	}
	if n == 0 {
		return stale()
	}
	if err := s.turned(ctx, tx); err != nil {
		return err
	}
	return s.note(ctx, tx, by, a, nil)
}

// Opening is when an edition enters the showcase.
type Opening struct {
	At      time.Time // zero: never
	Version int64     // the one that was read
}

// Dates chooses when visitors see an edition and its projects: before, nothing tells them
// that there is something to see. A date that is past shows it at once, none hides it.
// Errors: Conflict "showcase.stale", "showcase.edition_draft"; as the policy, on showcase.open.
func (s *Service) Dates(ctx context.Context, by account.User, id programme.EditionID, o Opening) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		e, err := s.managed(ctx, tx, by, "showcase.open", id)
		if err != nil {
			return err
		}
		if e.Status == programme.Preparing && !o.At.IsZero() {
			return errs.New(errs.Conflict, "showcase.edition_draft")
		}
		if err := s.begin(ctx, tx, by, id, o.Version); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update showcase_editions set opens_at = $3, opened_by = $5, version = version + 1, updated_at = $4, updated_by = $5 where edition_id = $1 and version = $2`,
			string(id), max(o.Version, 1), o.At, s.clock.Now(), by.Actor())
		return s.changed(ctx, tx, by, act{"showcase.dated", onEdition(id)}, n, err)
	})
}
