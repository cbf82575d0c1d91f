package boards

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/board/paper"
	"transformateur/internal/board/room"
	"transformateur/internal/board/transcript"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/drawing"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/project"
	"transformateur/internal/web/ui"
)

// archive is everything of a gathering that who asks may see, in one file, written as it
// goes: boards in each format with their pictures, what they gave to projects, who was
// there, and a manifest with the digest of each part.
func (h *Handler) archive(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	g, boards, err := h.Rooms.All(ctx, by, gathering.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	attach(w, "application/zip", fileName(g.Title)+".zip")
	a := &archived{h: h, by: by, zip: zip.NewWriter(w), lang: lang(r)}
	if err := a.whole(ctx, g, boards); err != nil { // the answer has begun: it breaks off, and is not a whole archive
		if ctx.Err() == nil {
			slog.ErrorContext(ctx, "archive of a gathering broken off", "gathering", g.ID, "err", err)
		}
		panic(http.ErrAbortHandler)
	}
	return nil
}

// archived is an archive being written.
type archived struct {
	h     *Handler
	by    account.User
	zip   *zip.Writer
	lang  string
	at    time.Time
	parts []part
}

// part is a line of the manifest.
type part struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

func (a *archived) whole(ctx context.Context, g gathering.Gathering, boards []room.Board) error {
	a.at = g.CreatedAt
	projects := map[string]string{}
	for i, b := range boards {
		v, err := a.h.Rooms.Read(ctx, a.by, b.ID)
		if err != nil {
			return err
		}
		s := sight{Sight: v, base: a.h.BaseURL}
		folder := fmt.Sprintf("%02d-%s", i+1, fileName(strings.TrimSpace(v.Project.Title+" "+b.Title)))
		if err := a.board(ctx, s, folder+"/"); err != nil {
			return fmt.Errorf("archive board %s: %w", b.ID, err)
		}
		if b.Project != "" {
			projects[b.Project] = v.Project.Title
		}
	}
	if err := a.items(ctx, projects); err != nil {
		return err
	}
	if err := a.people(ctx, g); err != nil {
		return err
	}
	if err := a.manifest(g); err != nil {
		return err
	}
	return a.zip.Close()
}

// put writes one part, and notes its digest.
func (a *archived) put(name string, write func(io.Writer) error) error {
	out, err := a.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: a.at})
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	sum, size := sha256.New(), &counted{}
	if err := write(io.MultiWriter(out, sum, size)); err != nil {
		return err
	}
	a.parts = append(a.parts, part{name, size.n, hex.EncodeToString(sum.Sum(nil))})
	return nil
}

// counted counts what is written.
type counted struct{ n int64 }

func (c *counted) Write(b []byte) (int, error) {
	c.n += int64(len(b))
	return len(b), nil
}

// board writes a board in each format, one after the other.
func (a *archived) board(ctx context.Context, s sight, folder string) error {
	b, err := a.h.drawn(ctx, a.by, s)
	if err != nil {
		return err
	}
	formats := []struct {
		name  string
		write func(io.Writer) error
	}{
		{"plateau.pdf", func(w io.Writer) error { return drawing.WritePDF(w, s.meta(ctx), paper.Pages(b)) }},
		{"plateau.png", func(w io.Writer) error { return paper.Image(b).WritePNG(w, imageWidth) }},
		{"plateau.svg", func(w io.Writer) error { return paper.Image(b).WriteSVG(w) }},
		{"plateau.json", func(w io.Writer) error { return transcript.Write(w, s.Sight) }},
		{"cartes.csv", func(w io.Writer) error { return book(ctx).CSV(w, s.table(ctx), true) }},
		{"compte-rendu.md", func(w io.Writer) error { return s.minutes(ctx, w) }},
	}
	for _, f := range formats {
		if err := a.put(folder+f.name, f.write); err != nil {
			return err
		}
	}
	return a.pictures(ctx, s, folder+"images/")
}

// pictures writes those of the cards that who asks sees, under their digests.
func (a *archived) pictures(ctx context.Context, s sight, folder string) error {
	var done []string
	for _, z := range s.kit().Zones {
		for _, c := range s.State.Lies(z.ID) {
			digest := s.firstPicture(c)
			if digest == "" || slices.Contains(done, digest) {
				continue
			}
			done = append(done, digest)
			file, err := a.h.Photos.Open(ctx, a.by, s.Board.ID, digest)
			if errs.Is(err, errs.NotFound) {
				continue
			}
			if err != nil {
				return err
			}
			err = a.put(folder+digest+".jpg", func(w io.Writer) error {
				_, err := io.Copy(w, file)
				return err
			})
			file.Close()
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// items writes what boards gave to the projects whose sheets who asks may read.
func (a *archived) items(ctx context.Context, projects map[string]string) error {
	t := sheet.Sheet{Name: i18n.T(ctx, "boards.archive_items"), Head: []string{i18n.T(ctx, "boards.import_project"), i18n.T(ctx, "boards.archive_kind"), i18n.T(ctx, "boards.archive_title"), i18n.T(ctx, "boards.archive_detail"), i18n.T(ctx, "boards.archive_level"), i18n.T(ctx, "boards.archive_owner"), i18n.T(ctx, "boards.archive_due"), "board", "card"}}
	for _, id := range slices.Sorted(maps.Keys(projects)) {
		f, err := a.h.Projects.Read(ctx, a.by, project.ID(id))
		if errs.Is(err, errs.NotFound) || errs.Is(err, errs.Forbidden) {
			continue
		}
		if err != nil {
			return err
		}
		for _, i := range f.Items {
			t.Rows = append(t.Rows, []any{f.Title, string(i.Kind), i.Title, i.Detail, i.LevelLabel, i.Owner, i.Due, i.Board, i.Card})
		}
	}
	return a.put("projets.csv", func(w io.Writer) error { return book(ctx).CSV(w, t, true) })
}

// people writes who sits in the gathering, for who may know; addresses are not in it.
func (a *archived) people(ctx context.Context, g gathering.Gathering) error {
	v, err := a.h.Gatherings.Read(ctx, a.by, g.ID)
	if err != nil {
		return err
	}
	if !v.SeesNames && !v.Manages {
		return nil
	}
	t := sheet.Sheet{Name: i18n.T(ctx, "boards.archive_people"), Head: []string{i18n.T(ctx, "boards.archive_name"), i18n.T(ctx, "boards.archive_role"), i18n.T(ctx, "boards.import_project"), i18n.T(ctx, "boards.archive_organisation")}}
	for _, p := range v.People {
		if !p.Invited() {
			t.Rows = append(t.Rows, []any{p.Name, string(p.Role), p.ProjectTitle, p.Organisation})
		}
	}
	return a.put("personnes.csv", func(w io.Writer) error { return book(ctx).CSV(w, t, true) })
}

// manifest says what the archive holds: each part with its digest (SHA-256, FIPS 180-4).
func (a *archived) manifest(g gathering.Gathering) error {
	out, err := a.zip.CreateHeader(&zip.FileHeader{Name: "manifeste.json", Method: zip.Deflate, Modified: a.at})
	if err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	enc := json.NewEncoder(out)
	enc.SetIndent("", " ")
	return enc.Encode(map[string]any{"version": 1, "gathering": g.Title, "starts": g.StartsOn, "ends": g.EndsOn, "lang": a.lang, "parts": a.parts})
}

func book(ctx context.Context) sheet.Book {
	return sheet.Book{Yes: i18n.T(ctx, "form.yes"), No: i18n.T(ctx, "form.no")}
}
