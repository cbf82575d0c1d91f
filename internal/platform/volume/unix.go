//go:build linux || darwin || freebsd

package volume

import (
	"fmt"
	"syscall"
)

// Of tells the room of the volume that holds a folder.
func Of(folder string) (Room, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return Room{}, fmt.Errorf("read the room left where %s is: %w", folder, err)
	}
	size := uint64(s.Bsize)
	return Room{Free: uint64(s.Bavail) * size, Total: uint64(s.Blocks) * size}, nil
}
