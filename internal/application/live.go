package application

import (
	"context"

	"transformateur/internal/account"
	"transformateur/internal/application/presence"
)

// Watch follows what happens to a file, for those who write it. The second value
// ends it.
func (s *Service) Watch(ctx context.Context, by account.User, id ID) (<-chan presence.Told, func(), error) {
	if _, err := s.allowed(ctx, s.db.Reader(), by, "application.comment", id); err != nil {
		return nil, nil, err
	}
	c, end := s.live.Listen(string(id))
	return c, end, nil
}

// Here says on which field a member of the team is; an empty field means nowhere.
func (s *Service) Here(ctx context.Context, by account.User, id ID, field string) error {
	if _, err := s.allowed(ctx, s.db.Reader(), by, "application.comment", id); err != nil {
		return err
	}
	s.live.Here(string(id), by.LoginID, by.Name, field, s.clock.Now())
	return nil
}

// Marks says who else is on which field now, to a member of the team.
func (s *Service) Marks(ctx context.Context, by account.User, id ID) (map[string][]string, error) {
	if err := s.Allowed(ctx, by, id); err != nil {
		return nil, err
	}
	return s.live.Names(string(id), by.LoginID, s.clock.Now()), nil
}
