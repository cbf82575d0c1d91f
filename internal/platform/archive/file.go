package archive

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"transformateur/internal/platform/errs"
)

// Made is an archive that was written to a file.
type Made struct {
	File     string
	Size     int64
	SHA256   string // of the file, encrypted or not
	Manifest Manifest
}

// Create writes an archive to a file: under a temporary name beside it, synced,
// then renamed, so that a file of that name is always a whole archive. Nobody but
// its owner may read it.
//
// Errors: Conflict "archive.exists" when there is such a file already; those of Lock.
func Create(ctx context.Context, name string, s Source, lock Lock) (made Made, err error) {
	if _, err := os.Lstat(name); err == nil {
		return made, errs.New(errs.Conflict, "archive.exists", name)
	}
	folder := filepath.Dir(name)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return made, fmt.Errorf("make the folder of the archive: %w", err)
	}
	file, err := os.CreateTemp(folder, ".archive-*.part") // 0600
	if err != nil {
		return made, fmt.Errorf("make the archive: %w", err)
	}
	defer func() {
		if err != nil {
			file.Close()
			os.Remove(file.Name())
		}
	}()
	made.File = name
	if err := made.fill(ctx, file, s, lock); err != nil {
		return made, err
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return made, fmt.Errorf("keep the archive: %w", err)
	}
	if err := os.Rename(file.Name(), name); err != nil {
		return made, fmt.Errorf("name the archive: %w", err)
	}
	return made, syncFolder(folder)
}

func (made *Made) fill(ctx context.Context, file io.Writer, s Source, lock Lock) (err error) {
	sum := sha256.New()
	count := &counter{}
	buffer := bufio.NewWriterSize(io.MultiWriter(file, sum, count), 256<<10)
	var to io.Writer = buffer
	var safe io.WriteCloser
	if !lock.None() {
		if safe, err = lock.seal(buffer); err != nil {
			return err
		}
		to = safe
	}
	if made.Manifest, err = Write(ctx, to, s); err != nil {
		return err
	}
	if safe != nil {
		if err := safe.Close(); err != nil {
			return fmt.Errorf("end the encryption: %w", err)
		}
	}
	if err := buffer.Flush(); err != nil {
		return fmt.Errorf("write the archive: %w", err)
	}
	made.SHA256, made.Size = hexOf(sum), count.n
	return nil
}

type counter struct{ n int64 }

func (c *counter) Write(b []byte) (int, error) {
	c.n += int64(len(b))
	return len(b), nil
}

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open folder %s to sync it: %w", path, err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("sync folder %s: %w", path, err)
	}
	return nil
}
