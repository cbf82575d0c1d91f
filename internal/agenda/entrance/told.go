package entrance

import (
	"context"
	"fmt"

	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
)

// CountCame counts the people who were checked in at a gathering, what was taken back left
// out; ok is false when nobody was. It asks nobody who wants it.
func CountCame(ctx context.Context, r db.Reader, id gathering.ID) (came int, ok bool, err error) {
	list, err := marks(ctx, r, id)
	if err != nil {
		return 0, false, fmt.Errorf("count who came to gathering %s: %w", id, err)
	}
	seen := map[string]bool{}
	for _, m := range list {
		if m.kind == In {
			seen[m.participant] = true
		}
	}
	return len(seen), len(list) > 0, nil
}
