package committee

import (
	"context"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/platform/db"
)

// Assignment is a file given to a member to read.
type Assignment struct {
	ID         string
	File       application.ID
	Member     MemberID
	Source     string // "engine", "hand", "delegated", "imported"
	AssignedBy string
	AssignedAt time.Time
	EndedAt    time.Time // zero while it stands
}

// Assigned lists the readings of a selection as they stand, without asking who wants
// them: by file, then by member.
func Assigned(ctx context.Context, r db.Reader, id SelectionID) ([]Assignment, error) {
	return db.List(ctx, r, func(sc db.Scanner) (a Assignment, err error) {
		err = sc.Scan(&a.ID, &a.File, &a.Member, &a.Source, &a.AssignedBy, &a.AssignedAt, &a.EndedAt)
		return a, err
	}, `select id, application_id, member_id, source, assigned_by, assigned_at, ended_at from assignments
		where selection_id = $1 and ended_at is null order by application_id, member_id`, string(id))
}
