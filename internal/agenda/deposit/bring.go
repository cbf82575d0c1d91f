package deposit

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"transformateur/internal/account"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/inspect"
	"transformateur/internal/platform/picture"
	"transformateur/internal/project"
)

// accepted are the extensions that are taken in.
var accepted = []string{".jpg", ".jpeg", ".png", ".webp", ".gif", ".mp3", ".m4a", ".mp4", ".m4v", ".mov", ".pdf", ".odt", ".odp", ".ods", ".docx", ".pptx", ".xlsx", ".txt"}

// Accepted is what a page asks for: a telephone that keeps another kind of picture makes a
// JPEG by itself.
const Accepted = "image/jpeg,image/png,image/webp,image/gif,audio/mpeg,audio/mp4,video/mp4,video/quicktime,.mp3,.m4a,.mp4,.mov,.pdf,.odt,.odp,.ods,.docx,.pptx,.xlsx,.txt"

var formats = map[string]picture.Format{"image/jpeg": picture.JPEG, "image/png": picture.PNG, "image/webp": picture.WebP, "image/gif": picture.GIF}

// Sent is a file as it came.
type Sent struct {
	Name string
	Size int64 // bytes
	File blob.File
}

// Bring keeps a file that by brings to a gathering: a picture as a copy that tells nothing
// but what it shows, a document without its author's name, a recording as it is. Errors:
// Invalid on "title", "credit", "people", "scope", "activity", "project" and on "file":
// deposit.file_none, deposit.file_big, deposit.file_kind, what an inspection refuses;
// Conflict deposit.seat_first, deposit.many; as the policy, on gathering.deposit.
func (s *Service) Bring(ctx context.Context, by account.User, id gathering.ID, w Sheet, sent Sent) (which string, err error) {
	bad := w.check()
	g, v, err := s.viewer(ctx, s.db.Reader(), by, "gathering.deposit", id)
	if err != nil {
		return "", err
	}
	if v.Seat.ID == "" {
		return "", errs.New(errs.Conflict, "deposit.seat_first")
	}
	if err := s.tied(ctx, s.db.Reader(), g, w, &bad); err != nil {
		return "", err
	}
	if sent.File == nil || sent.Size == 0 {
		bad = append(bad, errs.Field{Path: "file", Key: "deposit.file_none"})
	}
	if err := errs.NewInvalid("deposit.invalid", bad); err != nil {
		return "", err
	}
	d := Deposit{ID: db.NewID(), Gathering: id, Activity: w.Activity, Project: w.Project, Participant: v.Seat.ID, Title: w.Title, Credit: w.Credit, People: w.People, Scope: w.Scope, Name: inspect.SafeName(sent.Name)}
	if err := s.keep(ctx, sent, &d); err != nil {
		return "", err
	}
	return d.ID, s.db.Write(ctx, func(tx *db.Tx) error { return s.insert(ctx, tx, by, d) })
}

// tied says what is wrong with what a deposit is tied to.
func (s *Service) tied(ctx context.Context, r db.Reader, g gathering.Gathering, w Sheet, bad *[]errs.Field) error {
	if len(w.Activity) > 64 {
		*bad = append(*bad, errs.Field{Path: "activity", Key: "deposit.activity_unknown"})
	}
	if w.Project == "" {
		return nil
	}
	p, err := project.Load(ctx, r, w.Project)
	if errs.Is(err, errs.NotFound) || err == nil && p.Edition != g.Edition {
		*bad = append(*bad, errs.Field{Path: "project", Key: "deposit.project_unknown"})
		return nil
	}
	return err
}

func wrong(key string, args ...any) error {
	return errs.NewInvalid("deposit.invalid", []errs.Field{{Path: "file", Key: key, Args: args}})
}

// keep looks at what was sent, and keeps the content that others will see.
func (s *Service) keep(ctx context.Context, sent Sent, d *Deposit) error {
	if sent.Size > MaxRecording {
		return wrong("deposit.file_big", MaxRecording>>20)
	}
	found, err := s.inspector.Inspect(ctx, sent.File, sent.Size, sent.Name, accepted)
	if err != nil {
		return fmt.Errorf("look at what was brought: %w", err)
	}
	if found.Refused {
		var list []errs.Field
		for _, f := range found.Problems {
			list = append(list, errs.Field{Path: "file", Key: f.Key, Args: f.Args})
		}
		return errs.NewInvalid("deposit.invalid", list)
	}
	d.MIME, d.Kind = found.MIME, kindOf(inspect.Kind(found.Kind), sent.Name)
	if (d.Kind == Picture || d.Kind == Document) && sent.Size > MaxFile {
		return wrong("deposit.file_big", MaxFile>>20)
	}
	var content io.Reader = io.NewSectionReader(sent.File, 0, sent.Size)
	switch {
	case d.Kind == Picture:
		if content, err = s.fit(ctx, sent, d); err != nil {
			return err
		}
	case d.Kind == Document && found.Clean != nil:
		var copied bytes.Buffer
		if _, err := found.Clean(ctx, &copied); err != nil {
			return wrong("deposit.file_damaged")
		}
		content = &copied
	}
	ref, err := s.blobs.Put(ctx, content, MaxRecording)
	if err != nil {
		return fmt.Errorf("keep what was brought to gathering %s: %w", d.Gathering, err)
	}
	d.digest, d.Size = ref.Digest, ref.Size
	return nil
}

// fit makes the copy of a picture that is kept, one at a time.
func (s *Service) fit(ctx context.Context, sent Sent, d *Deposit) (io.Reader, error) {
	format, known := formats[d.MIME]
	if !known {
		return nil, wrong("deposit.file_kind")
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, errs.New(errs.Unavailable, "errs.unavailable").Because(ctx.Err())
	}
	var copied bytes.Buffer
	var err error
	d.Width, d.Height, err = picture.Fit(ctx, sent.File, sent.Size, format, Side, &copied)
	if errs.Is(err, errs.Invalid) {
		return nil, wrong("deposit.file_damaged")
	}
	d.MIME = "image/jpeg"
	return &copied, err
}

// kindOf is what a file is for who looks at it.
func kindOf(k inspect.Kind, name string) Kind {
	switch k {
	case inspect.JPEG, inspect.PNG, inspect.WebP, inspect.GIF, inspect.HEIC:
		return Picture
	case inspect.MP3:
		return Sound
	case inspect.MP4:
		if len(name) > 4 && (name[len(name)-4:] == ".m4a" || name[len(name)-4:] == ".M4A") {
			return Sound
		}
		return Video
	}
	return Document
}

func (s *Service) insert(ctx context.Context, tx *db.Tx, by account.User, d Deposit) error {
	n, err := db.Get(ctx, tx, db.Value[int], `select count(*) from gathering_deposits where gathering_id = $1 and withdrawn_at is null`, string(d.Gathering))
	if err != nil {
		return fmt.Errorf("count what was brought to gathering %s: %w", d.Gathering, err)
	}
	if n >= Most {
		return errs.New(errs.Conflict, "deposit.many", Most)
	}
	_, err = tx.Exec(ctx, `insert into gathering_deposits (id, gathering_id, activity, project_id, participant_id, title, credit, people, scope, kind, mime, name, digest, size, width, height, added_at, withdrawn_by, version)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, '', 1)`,
		d.ID, string(d.Gathering), d.Activity, db.Null(string(d.Project)), d.Participant, d.Title, d.Credit, string(d.People), string(d.Scope), string(d.Kind), d.MIME, d.Name, d.digest, d.Size, d.Width, d.Height, s.clock.Now())
	if err != nil {
		return fmt.Errorf("note what was brought to gathering %s: %w", d.Gathering, err)
	}
	if err := s.pulse.Beat(ctx, tx, d.Gathering); err != nil {
		return err
	}
	return s.note(ctx, tx, by, "deposit.brought", d)
}

// Edit changes what is said of a deposit: who brought it does, and nobody else; whoever
// runs the gathering may withdraw it. Errors: Forbidden; Invalid; Conflict
// deposit.meanwhile; as Read; as the policy, on gathering.deposit.
func (s *Service) Edit(ctx context.Context, by account.User, id gathering.ID, which string, w Sheet) error {
	bad := w.check()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		g, v, err := s.viewer(ctx, tx, by, "gathering.deposit", id)
		if err != nil {
			return err
		}
		d, err := s.find(ctx, tx, v, id, which)
		if err != nil {
			return err
		}
		if !d.Mine {
			return errs.New(errs.Forbidden, "deposit.not_yours")
		}
		if err := s.tied(ctx, tx, g, w, &bad); err != nil {
			return err
		}
		if err := errs.NewInvalid("deposit.invalid", bad); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update gathering_deposits set activity = $3, project_id = $4, title = $5, credit = $6, people = $7, scope = $8, version = version + 1 where id = $1 and version = $2 and withdrawn_at is null`,
			which, w.Version, w.Activity, db.Null(string(w.Project)), w.Title, w.Credit, string(w.People), string(w.Scope))
		if err != nil {
			return fmt.Errorf("edit deposit %s: %w", which, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "deposit.meanwhile")
		}
		if err := s.pulse.Beat(ctx, tx, id); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "deposit.edited", d)
	})
}

// Withdraw takes a deposit away, for who brought it or runs the gathering: its words go at
// once, and its content as soon as nothing else is the same. Errors: Forbidden; as Read.
func (s *Service) Withdraw(ctx context.Context, by account.User, id gathering.ID, which string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, v, err := s.viewer(ctx, tx, by, "gathering.people", id)
		if err != nil {
			return err
		}
		d, err := s.find(ctx, tx, v, id, which)
		if err != nil {
			return err
		}
		if !d.Mine && !v.Manages {
			return errs.New(errs.Forbidden, "deposit.not_yours")
		}
		now := s.clock.Now()
		if _, err := tx.Exec(ctx, `update gathering_deposits set withdrawn_at = $2, withdrawn_by = $3, title = '', credit = '', name = '', digest = '', version = version + 1 where id = $1`, which, now, by.Actor()); err != nil {
			return fmt.Errorf("withdraw deposit %s: %w", which, err)
		}
		if err := s.jobs.Enqueue(ctx, tx, forgetBlobs, "", []string{d.digest}, now); err != nil {
			return err
		}
		if err := s.pulse.Beat(ctx, tx, id); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "deposit.withdrawn", d)
	})
}
