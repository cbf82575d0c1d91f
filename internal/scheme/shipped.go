package scheme

import (
	"context"
	_ "embed" // the shipped catalogue
	"encoding/json"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/programme"
)

//go:embed shipped.json
var shipped []byte

// given is an entry of the shipped catalogue. Each names its source and the day of what it says.
type given struct {
	Key   string `json:"key"`
	State State  `json:"state"`
	Sheet
}

// catalogueFile is the shipped catalogue; its version grows when an entry changes.
type catalogueFile struct {
	Version int     `json:"version"`
	Entries []given `json:"entries"`
}

func readShipped() (c catalogueFile, err error) {
	if err = json.Unmarshal(shipped, &c); err != nil {
		return c, fmt.Errorf("read the shipped catalogue: %w", err)
	}
	return c, nil
}

// Start copies the shipped catalogue into that of an agency: what is already there stays as
// it is. It tells how many schemes were added. Errors: Conflict scheme.shipped_already,
// when nothing is left to add; as the policy, on scheme.manage.
func (s *Service) Start(ctx context.Context, by account.User, agency programme.AgencyID) (added int, err error) {
	c, err := readShipped()
	if err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		added = 0
		if err := s.managing(ctx, tx, by, agency); err != nil {
			return err
		}
		if err := tx.Lock(ctx, "schemes:"+string(agency)); err != nil {
			return err
		}
		have, err := origins(ctx, tx, agency)
		if err != nil {
			return err
		}
		for _, g := range c.Entries {
			origin := "shipped:" + g.Key
			if _, is := have[origin]; is {
				continue
			}
			if _, err := s.insert(ctx, tx, by, Scheme{Agency: agency, Origin: origin, State: g.State, Sheet: g.Sheet}, "created"); err != nil {
				return err
			}
			added++
		}
		if added == 0 {
			return errs.New(errs.Conflict, "scheme.shipped_already")
		}
		return nil
	})
	return added, err
}

// Left counts the schemes of the shipped catalogue that an agency has not taken. Errors: as
// the policy, on scheme.manage.
func (s *Service) Left(ctx context.Context, by account.User, agency programme.AgencyID) (left int, err error) {
	r := s.db.Reader()
	if err := s.managing(ctx, r, by, agency); err != nil {
		return 0, err
	}
	c, err := readShipped()
	if err != nil {
		return 0, err
	}
	have, err := origins(ctx, r, agency)
	if err != nil {
		return 0, err
	}
	for _, g := range c.Entries {
		if _, is := have["shipped:"+g.Key]; !is {
			left++
		}
	}
	return left, nil
}

// origins lists the schemes of an agency that were taken from somewhere, by origin.
func origins(ctx context.Context, r db.Reader, agency programme.AgencyID) (map[string]Scheme, error) {
	list, err := all(ctx, r, agency)
	if err != nil {
		return nil, err
	}
	found := map[string]Scheme{}
	for _, one := range list {
		if one.Origin != "" {
			found[one.Origin] = one
		}
	}
	return found, nil
}
