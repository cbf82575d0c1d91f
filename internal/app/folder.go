package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// dataFolder makes the data folder, with its name and those of the folders above that
// it made on the disk: a power cut after the first deposit must not take it away.
func dataFolder(path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("find the data folder: %w", err)
	}
	parent := filepath.Dir(path)
	if _, err := os.Stat(parent); errors.Is(err, fs.ErrNotExist) && parent != path {
		if err := dataFolder(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("create the data folder %s: %w", path, err)
	}
	above, err := os.Open(parent)
	if errors.Is(err, fs.ErrPermission) {
		return nil // then somebody else made the folder in it
	}
	if err != nil {
		return fmt.Errorf("sync the folder above the data folder: %w", err)
	}
	defer above.Close()
	if err := above.Sync(); err != nil {
		return fmt.Errorf("sync the folder above the data folder: %w", err)
	}
	return nil
}
