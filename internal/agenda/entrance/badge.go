package entrance

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
)

// Badges gives a code to the badge of each participant who has none, and all who come: a
// badge that was printed goes on opening the same name. Errors: as the policy, on
// gathering.manage.
func (s *Service) Badges(ctx context.Context, by account.User, id gathering.ID) (g gathering.Gathering, list []Guest, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if g, err = s.require(ctx, tx, by, id); err != nil {
			return err
		}
		if err := tx.Lock(ctx, "badges:"+string(id)); err != nil {
			return err
		}
		if list, err = guests(ctx, tx, id); err != nil {
			return err
		}
		taken, made := map[string]bool{}, 0
		for _, one := range list {
			taken[one.Code] = true
		}
		for i := range list {
			one := &list[i]
			if one.Code != "" || one.Left {
				continue
			}
			for one.Code == "" || taken[one.Code] {
				one.Code = gathering.DrawCode()
			}
			taken[one.Code] = true
			made++
			if _, err := tx.Exec(ctx, `insert into entrance_badges (participant_id, gathering_id, code, made_at) values ($1, $2, $3, $4)`, one.ID, string(id), one.Code, s.clock.Now()); err != nil {
				return fmt.Errorf("make a badge of gathering %s: %w", id, err)
			}
		}
		return s.note(ctx, tx, by, "entrance.badges_made", id, map[string]any{"made": made})
	})
	return g, list, err
}

// Badge is the code of by's own badge, "" before badges were made: it opens nothing, and
// says who she is to who runs the gathering.
func (s *Service) Badge(ctx context.Context, by account.User, id gathering.ID) (string, error) {
	list, err := db.List(ctx, s.db.Reader(), db.Value[string], `select b.code from entrance_badges b join participants s on s.id = b.participant_id
		where b.gathering_id = $1 and s.person_id = $2 and s.left_at is null`, string(id), string(by.ID))
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[0], nil
}
