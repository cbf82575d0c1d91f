package showcase

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// The events of sheets, on the project.
const (
	ToldAsked     = "showcase.sheet_asked"     // of its team
	ToldProposed  = "showcase.sheet_proposed"  // to be cleared
	ToldSentBack  = "showcase.sheet_sent_back" // with what to change
	ToldCleared   = "showcase.sheet_cleared"
	ToldSeen      = "showcase.sheet_seen" // visitors see it, from now on
	ToldWithdrawn = "showcase.sheet_withdrawn"
)

// Doer is what an event says besides its project: who did it is not told of it.
type Doer struct {
	By account.PersonID `json:"by"`
}

func (s *Service) tells(ctx context.Context, tx *db.Tx, by account.User, kind string, id project.ID) error {
	return s.bus.Publish(ctx, tx, kind, string(id), Doer{by.ID})
}

// Announce has teams told that visitors see their sheets: once, on the day on which the
// embargo of their edition ends, or as soon as they are published after it. Error: Forbidden
// for anybody but the program.
func (s *Service) Announce(ctx context.Context, by account.User) error {
	if !by.IsSystem() {
		return errs.New(errs.Forbidden, "errs.forbidden")
	}
	now := s.clock.Now()
	list, err := db.List(ctx, s.db.Reader(), db.Value[string], `select s.project_id from showcase_sheets s join projects p on p.id = s.project_id join editions e on e.id = p.edition_id join showcase_editions o on o.edition_id = e.id
		where s.public <> '' and s.told_at is null and `+open+` order by s.id`, now)
	if err != nil {
		return fmt.Errorf("find the sheets that visitors see: %w", err)
	}
	for _, id := range list {
		if err := s.db.Write(ctx, func(tx *db.Tx) error {
			n, err := tx.Exec(ctx, `update showcase_sheets set told_at = $2 where project_id = $1 and told_at is null and public <> ''`, id, now)
			if err != nil || n == 0 { // told by another node, or withdrawn
				return err
			}
			return s.tells(ctx, tx, by, ToldSeen, project.ID(id))
		}); err != nil {
			return fmt.Errorf("tell the team of project %s that visitors see its sheet: %w", id, err)
		}
	}
	return nil
}

// Letter is what a mail says of a sheet, and to whom it may go.
type Letter struct {
	Edition  programme.EditionID
	Title    string
	State    State
	Remark   string
	Public   bool
	Team     []account.PersonID // who write the sheet
	Clearing []account.PersonID // who answer for what the public reads
}

// ToTell reads the sheet of the project of an event, without asking who wants to know. Error:
// NotFound.
func ToTell(ctx context.Context, r db.Reader, e event.Event) (t Letter, err error) {
	var of string
	if err = r.QueryRow(ctx, `select p.edition_id, g.id, p.title, s.state, s.remark, s.public <> '' from showcase_sheets s join projects p on p.id = s.project_id join editions d on d.id = p.edition_id join programmes g on g.id = d.programme_id where p.id = $1`, e.ObjectID).
		Scan(&t.Edition, &of, &t.Title, &t.State, &t.Remark, &t.Public); err != nil {
		return t, err
	}
	const held = `select distinct v.subject_id from relations v join people h on h.id = v.subject_id join addresses m on m.person_id = h.id and m.main where v.subject_kind = 'person' and h.disabled_at is null and v.revoked_at is null and v.valid_from <= $1 and (v.valid_until is null or v.valid_until > $1) and `
	if t.Team, err = db.List(ctx, r, db.Value[account.PersonID], held+`v.relation in ('owner', 'editor', 'helper') and v.object_kind = 'project' and v.object_id = $2 order by v.subject_id`, e.At, e.ObjectID); err != nil {
		return t, fmt.Errorf("find the team of project %s: %w", e.ObjectID, err)
	}
	t.Clearing, err = db.List(ctx, r, db.Value[account.PersonID], held+`v.relation in ('lead', 'communications') and (v.object_kind = 'edition' and v.object_id = $2 or v.object_kind = 'programme' and v.object_id = $3) order by v.subject_id`, e.At, string(t.Edition), of)
	if err != nil {
		return t, fmt.Errorf("find who clears the sheet of project %s: %w", e.ObjectID, err)
	}
	return t, nil
}

// Ref is what its mails are about.
func (t Letter) Ref() policy.Ref { return onEdition(t.Edition) }
