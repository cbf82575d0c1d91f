package notify

import (
	"context"
	"time"

	"transformateur/internal/call"
	"transformateur/internal/continuity"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
)

// tellDraft tells the team of a call, at once, that its last hour was disturbed and
// that somebody must decide.
func (s *Service) tellDraft(ctx context.Context, tx *db.Tx, c call.Call, e event.Event) error {
	var p continuity.Drafted
	if err := e.Read(&p); err != nil {
		return err
	}
	people, err := leads(ctx, tx, c, s.clock.Now())
	if err != nil {
		return err
	}
	for _, who := range people {
		m := s.callMail(c, who, "extension_drafted", p.Draft, map[string]string{
			"Deadline": text.DateTime(who.lang, p.ClosesAt.In(zone.Location(c.Zone))), "Left": text.Remaining(who.lang, time.Duration(p.Seconds)*time.Second),
			"Link": s.opt.BaseURL + "/calls/" + string(c.ID) + "/manage"})
		m.Hold = AtOnce
		if err := s.Enqueue(ctx, tx, m); err != nil {
			return err
		}
	}
	return nil
}
