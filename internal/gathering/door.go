package gathering

import (
	"context"
	"fmt"

	"transformateur/internal/platform/db"
)

// JoinCode is the code of the door of an open gathering, without asking who wants it: what
// is printed for the room opens the door that the code on its wall opens. Error: NotFound
// when it is not open.
func JoinCode(ctx context.Context, r db.Reader, id ID) (string, error) {
	code, err := db.Get(ctx, r, db.Value[string], `select join_code from gatherings where id = $1 and status = 'open'`, string(id))
	if err != nil {
		return "", fmt.Errorf("find the door of gathering %s: %w", id, err)
	}
	return code, nil
}

// DrawCode draws a code that is easy to read aloud and to type, such as those of doors.
func DrawCode() string { return newCode() }
