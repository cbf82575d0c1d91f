package showcase

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/picture"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// The bounds of a picture: what is taken in, in bytes, and the longest side of the copy that
// visitors are sent, in pixels.
const (
	MaxPicture = 20 << 20
	Side       = 1600
)

// Pictures is what a page asks for.
const Pictures = "image/jpeg,image/png,image/webp,image/gif"

var (
	pictureNames = []string{".jpg", ".jpeg", ".png", ".webp", ".gif"}
	formats      = map[string]picture.Format{"image/jpeg": picture.JPEG, "image/png": picture.PNG, "image/webp": picture.WebP, "image/gif": picture.GIF}
)

// Sent is a file as it came.
type Sent struct {
	Name string
	Size int64 // bytes
	File blob.File
}

// Caption is what is said of a picture.
type Caption struct {
	Alt    string // what it shows, for who does not see it
	Credit string // who made it
}

func (c *Caption) check() (bad []errs.Field) {
	c.Alt, c.Credit = oneLine(c.Alt), oneLine(c.Credit)
	fault := func(wrong bool, path, key string, args ...any) {
		if wrong {
			bad = append(bad, errs.Field{Path: path, Key: key, Args: args})
		}
	}
	fault(c.Alt == "", "alt", "showcase.alt_missing")
	fault(utf8.RuneCountInString(c.Alt) > MaxAlt, "alt", "showcase.field_long", MaxAlt)
	fault(c.Credit == "", "credit", "showcase.credit_missing")
	fault(utf8.RuneCountInString(c.Credit) > MaxCredit, "credit", "showcase.field_long", MaxCredit)
	return bad
}

func wrongFile(key string, args ...any) error {
	return errs.NewInvalid("showcase.invalid", []errs.Field{{Path: "file", Key: key, Args: args}})
}

// fit keeps the copy of a picture that visitors may be sent: it tells nothing but what it
// shows. Errors: Invalid on "file".
func (s *Service) fit(ctx context.Context, sent Sent, p *Picture) error {
	switch {
	case sent.File == nil || sent.Size == 0:
		return wrongFile("showcase.file_none")
	case sent.Size > MaxPicture:
		return wrongFile("showcase.file_big", MaxPicture>>20)
	}
	found, err := s.inspector.Inspect(ctx, sent.File, sent.Size, sent.Name, pictureNames)
	if err != nil {
		return fmt.Errorf("look at a picture: %w", err)
	}
	if found.Refused {
		return refusedFile(found.Problems)
	}
	format, known := formats[found.MIME]
	if !known {
		return wrongFile("showcase.picture_kind")
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return errs.New(errs.Unavailable, "errs.unavailable").Because(ctx.Err())
	}
	var copied bytes.Buffer
	if p.Width, p.Height, err = picture.Fit(ctx, sent.File, sent.Size, format, Side, &copied); errs.Is(err, errs.Invalid) {
		return wrongFile("showcase.file_damaged")
	} else if err != nil {
		return err
	}
	ref, err := s.blobs.Put(ctx, &copied, MaxPicture)
	if err != nil {
		return fmt.Errorf("keep a picture: %w", err)
	}
	p.digest = ref.Digest
	return nil
}

func refusedFile(problems []errs.Field) error {
	var list []errs.Field
	for _, f := range problems {
		list = append(list, errs.Field{Path: "file", Key: f.Key, Args: f.Args})
	}
	return errs.NewInvalid("showcase.invalid", list)
}

// AddPicture keeps a picture of a sheet that was begun; an owner then says whether it may be
// public. Errors: Invalid on "alt", "credit", "file"; Conflict "showcase.pictures_many",
// "showcase.write_first"; as the policy, on sheet.edit.
func (s *Service) AddPicture(ctx context.Context, by account.User, id project.ID, c Caption, sent Sent) error {
	bad := c.check()
	if _, err := s.require(ctx, s.db.Reader(), by, "sheet.edit", id); err != nil {
		return err
	}
	if err := errs.NewInvalid("showcase.invalid", bad); err != nil {
		return err
	}
	p := Picture{Shown: Shown{ID: db.NewID(), Alt: c.Alt, Credit: c.Credit}}
	if err := s.fit(ctx, sent, &p); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		now, err := s.require(ctx, tx, by, "sheet.edit", id)
		switch {
		case err != nil:
			return err
		case now.ID == "":
			return errs.New(errs.Conflict, "showcase.write_first")
		case len(now.Pictures) >= MaxPictures:
			return errs.New(errs.Conflict, "showcase.pictures_many", MaxPictures)
		}
		if err := s.insertPicture(ctx, tx, by, p, now.ID, ""); err != nil {
			return err
		}
		return s.note(ctx, tx, by, act{"showcase.picture_added", onProject(id)}, map[string]any{"picture": p.ID})
	})
}

// insertPicture keeps one of a sheet or of an edition; that of an edition is agreed to by
// who puts it there.
func (s *Service) insertPicture(ctx context.Context, tx *db.Tx, by account.User, p Picture, of ...string) error {
	var agreedAt any
	agreedBy := ""
	if of[1] != "" {
		agreedAt, agreedBy = s.clock.Now(), by.Actor()
	}
	_, err := tx.Exec(ctx, `insert into showcase_pictures (id, sheet_id, edition_id, alt, credit, digest, width, height, added_at, added_by, agreed_at, agreed_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		p.ID, db.Null(of[0]), db.Null(of[1]), p.Alt, p.Credit, p.digest, p.Width, p.Height, s.clock.Now(), by.Actor(), agreedAt, agreedBy)
	if err != nil {
		return fmt.Errorf("keep a picture: %w", err)
	}
	return nil
}

// ChangePicture saves what is said of a picture of a sheet, and whether it may be public,
// which an owner alone says; what somebody else changes has to be agreed to again. Errors:
// Invalid on "alt", "credit"; NotFound; as the policy, on sheet.edit.
func (s *Service) ChangePicture(ctx context.Context, by account.User, id project.ID, which string, c Caption, agreed bool) error {
	bad := c.check()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		now, p, err := s.pictureOf(ctx, tx, by, id, which)
		if err != nil {
			return err
		}
		owner, err := s.policy.Decide(ctx, tx, by, "sheet.agree", now.Project.Object())
		if err != nil {
			return err
		}
		if err := errs.NewInvalid("showcase.invalid", bad); err != nil {
			return err
		}
		wrote := p.Alt != c.Alt || p.Credit != c.Credit
		if !owner.Allowed {
			agreed = p.Agreed && !wrote
		}
		var agreedAt any
		agreedBy := ""
		if agreed {
			agreedAt, agreedBy = s.clock.Now(), by.Actor()
		}
		if _, err := tx.Exec(ctx, `update showcase_pictures set alt = $2, credit = $3, agreed_at = $4, agreed_by = $5 where id = $1`, which, c.Alt, c.Credit, agreedAt, agreedBy); err != nil {
			return fmt.Errorf("change picture %s: %w", which, err)
		}
		if !agreed && owner.Allowed {
			if err := s.hidePicture(ctx, tx, now, which); err != nil {
				return err
			}
		}
		if wrote || agreed && !p.Agreed {
			if err := s.reopen(ctx, tx, now.ID); err != nil {
				return err
			}
		}
		return s.note(ctx, tx, by, act{"showcase.picture_changed", onProject(id)}, map[string]any{"picture": which, "agreed": agreed})
	})
}

// RemovePicture takes a picture away, from visitors too and at once. Errors: NotFound; as
// the policy, on sheet.edit.
func (s *Service) RemovePicture(ctx context.Context, by account.User, id project.ID, which string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		now, p, err := s.pictureOf(ctx, tx, by, id, which)
		if err != nil {
			return err
		}
		if err := s.dropPicture(ctx, tx, p); err != nil {
			return err
		}
		if err := s.hidePicture(ctx, tx, now, which); err != nil {
			return err
		}
		return s.note(ctx, tx, by, act{"showcase.picture_removed", onProject(id)}, map[string]any{"picture": which})
	})
}

func (s *Service) dropPicture(ctx context.Context, tx *db.Tx, p Picture) error {
	if _, err := tx.Exec(ctx, `delete from showcase_pictures where id = $1`, p.ID); err != nil {
		return fmt.Errorf("remove picture %s: %w", p.ID, err)
	}
	return s.jobs.Enqueue(ctx, tx, forgetBlobs, "", []string{p.digest}, s.clock.Now())
}

// forgetBlobs is the job that removes contents to which no row refers any more.
const forgetBlobs = "forget_blobs"

// hidePicture takes a picture out of what visitors see of a sheet.
func (s *Service) hidePicture(ctx context.Context, tx *db.Tx, now Sheet, which string) error {
	if now.Public == nil {
		return nil
	}
	left := *now.Public
	left.Pictures = slices.DeleteFunc(slices.Clone(left.Pictures), func(p Shown) bool { return p.ID == which })
	if len(left.Pictures) == len(now.Public.Pictures) {
		return nil
	}
	return s.show(ctx, tx, now.ID, left)
}

func (s *Service) pictureOf(ctx context.Context, tx *db.Tx, by account.User, id project.ID, which string) (Sheet, Picture, error) {
	now, err := s.require(ctx, tx, by, "sheet.edit", id)
	if err != nil {
		return now, Picture{}, err
	}
	i := slices.IndexFunc(now.Pictures, func(p Picture) bool { return p.ID == which })
	if i < 0 {
		return now, Picture{}, notFound()
	}
	return now, now.Pictures[i], nil
}

// OpenPicture gives the content of a picture of a sheet to who reads the sheet. Errors:
// NotFound; as the policy, on sheet.read.
func (s *Service) OpenPicture(ctx context.Context, by account.User, id project.ID, which string) (blob.File, error) {
	now, err := s.require(ctx, s.db.Reader(), by, "sheet.read", id)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(now.Pictures, func(p Picture) bool { return p.ID == which })
	if i < 0 {
		return nil, notFound()
	}
	return s.blobs.Open(ctx, now.Pictures[i].digest)
}

// AddEditionPicture puts a picture on the page of an edition. Errors: Invalid on "alt",
// "credit", "file"; Conflict "showcase.pictures_many"; as the policy, on showcase.manage.
func (s *Service) AddEditionPicture(ctx context.Context, by account.User, id programme.EditionID, c Caption, sent Sent) error {
	bad := c.check()
	if _, err := s.managed(ctx, s.db.Reader(), by, "showcase.manage", id); err != nil {
		return err
	}
	if err := errs.NewInvalid("showcase.invalid", bad); err != nil {
		return err
	}
	p := Picture{Shown: Shown{ID: db.NewID(), Alt: c.Alt, Credit: c.Credit}}
	if err := s.fit(ctx, sent, &p); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.managed(ctx, tx, by, "showcase.manage", id); err != nil {
			return err
		}
		have, err := pictures(ctx, tx, `edition_id = $1`, string(id))
		if err != nil {
			return err
		}
		if len(have) >= MaxPictures {
			return errs.New(errs.Conflict, "showcase.pictures_many", MaxPictures)
		}
		if err := s.insertPicture(ctx, tx, by, p, "", string(id)); err != nil {
			return err
		}
		if err := s.turned(ctx, tx); err != nil {
			return err
		}
		return s.note(ctx, tx, by, act{"showcase.picture_added", onEdition(id)}, map[string]any{"picture": p.ID})
	})
}

// RemoveEditionPicture takes one away. Errors: NotFound; as the policy, on showcase.manage.
func (s *Service) RemoveEditionPicture(ctx context.Context, by account.User, id programme.EditionID, which string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.managed(ctx, tx, by, "showcase.manage", id); err != nil {
			return err
		}
		have, err := pictures(ctx, tx, `edition_id = $1 and id = $2`, string(id), which)
		if err != nil {
			return err
		}
		if len(have) == 0 {
			return notFound()
		}
		if err := s.dropPicture(ctx, tx, have[0]); err != nil {
			return err
		}
		if err := s.turned(ctx, tx); err != nil {
			return err
		}
		return s.note(ctx, tx, by, act{"showcase.picture_removed", onEdition(id)}, map[string]any{"picture": which})
	})
}

func onEdition(id programme.EditionID) policy.Ref {
	return policy.Ref{Kind: "edition", ID: string(id)}
}

// OpenEditionPicture gives the content of one to who prepares the page. Errors: NotFound;
// as the policy, on showcase.preview.
func (s *Service) OpenEditionPicture(ctx context.Context, by account.User, id programme.EditionID, which string) (blob.File, error) {
	r := s.db.Reader()
	if _, err := s.managed(ctx, r, by, "showcase.preview", id); err != nil {
		return nil, err
	}
	have, err := pictures(ctx, r, `edition_id = $1 and id = $2`, string(id), which)
	if err != nil {
		return nil, err
	}
	if len(have) == 0 {
		return nil, notFound()
	}
	return s.blobs.Open(ctx, have[0].digest)
}
