package conduct

import (
	"context"
	"fmt"

	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
)

// Told lists what was announced in a gathering, the first thing said first, for its
// minutes. It asks nobody who wants it.
func Told(ctx context.Context, r db.Reader, id gathering.ID) ([]Announcement, error) {
	list, err := db.List(ctx, r, scanAnnouncement, announcements+` order by said_at, id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list what was announced in gathering %s: %w", id, err)
	}
	return list, nil
}
