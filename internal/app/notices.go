package app

import (
	"context"

	"transformateur/internal/account"
	"transformateur/internal/call"
	"transformateur/internal/programme"
)

// notices tells the pages of editions, which know nothing of calls, what to say of them.
type notices struct{ calls *call.Service }

// Notices lists the published calls that a person may see.
func (n notices) Notices(ctx context.Context, by account.User, edition programme.EditionID) ([]programme.CallNotice, error) {
	list, err := n.calls.List(ctx, by, string(edition))
	if err != nil {
		return nil, err
	}
	var all []programme.CallNotice
	for _, c := range list {
		if c.Status == call.Draft {
			continue
		}
		all = append(all, programme.CallNotice{ID: string(c.ID), Edition: programme.EditionID(c.EditionID),
			Title: programme.Words{FR: c.Title["fr"], EN: c.Title["en"]}, Summary: programme.Words{FR: c.Summary["fr"], EN: c.Summary["en"]},
			OpensAt: c.OpensAt, ClosesAt: c.ClosesAt, Zone: c.Zone, Version: c.Version, PublishedAt: c.PublishedAt, UpdatedAt: c.PublishedAt})
	}
	return all, nil
}
