package schedule

import (
	"context"
	"fmt"

	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
)

// History lists the versions that were published, the first one first, without asking who
// wants them: their plans change no more, and each is read once. Their state is that of
// when they were read.
func (s *Service) History(ctx context.Context, r db.Reader, id gathering.ID) (list []Version, err error) {
	ids, err := db.List(ctx, r, db.Value[string], `select id from agenda_plans where gathering_id = $1 and published_at is not null order by number`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list what was published of gathering %s: %w", id, err)
	}
	for _, one := range ids {
		v, known := s.read.Load(one)
		if !known {
			if v, err = Load(ctx, r, ID(one)); err != nil {
				return nil, err
			}
			s.read.Store(one, v)
		}
		list = append(list, v)
	}
	return list, nil
}
