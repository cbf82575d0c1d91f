package notify

import (
	"context"
	"fmt"

	"transformateur/internal/approval"
	"transformateur/internal/call"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
)

// onApproval tells those who may be the second person, then whoever asked, and all
// those whose file an emergency opens.
func (s *Service) onApproval(ctx context.Context, tx *db.Tx, e event.Event) error {
	r, err := approval.Load(ctx, tx, e.ObjectID)
	if err != nil {
		return fmt.Errorf("read request %s: %w", e.ObjectID, err)
	}
	c, err := call.Load(ctx, tx, call.ID(r.CallID))
	if err != nil {
		return fmt.Errorf("read the call of request %s: %w", r.ID, err)
	}
	if e.Kind == "approval.asked" {
		return s.tellRequest(ctx, tx, r, c)
	}
	if err := s.tellDecision(ctx, tx, r, c); err != nil || r.Kind != approval.Emergency || r.Status != approval.Approved {
		return err
	}
	return s.tellEmergency(ctx, tx, r, c)
}

// seconds lists who may decide on a request, but for whoever asked. Those of the
// programme come from the call; the others hold a role on the platform.
func (s *Service) seconds(ctx context.Context, r db.Reader, q approval.Request, c call.Call) ([]told, error) {
	return db.List(ctx, r, scanTold, `
		select distinct p.id, p.lang from relations r join people p on p.id = r.subject_id
		where r.subject_kind = 'person' and r.revoked_at is null and r.valid_from <= $6 and (r.valid_until is null or r.valid_until > $6)
		  and p.disabled_at is null and p.id <> $5
		  and (r.relation in ('lead', 'region') and (r.object_kind = 'call' and r.object_id = $1 or r.object_kind = 'edition' and r.object_id = $2
		      or r.object_kind = 'programme' and r.object_id = $3 or r.object_kind = 'agency' and r.object_id = $4)
		    or r.object_kind = 'platform' and (r.relation = 'dpo' or r.relation = 'admin' and $7 = 'emergency'))
		order by p.id`, string(c.ID), c.EditionID, c.ProgrammeID, c.AgencyID, q.AskedBy, s.clock.Now(), string(q.Kind))
}

// asked says what a request is for, in the reader's language.
func asked(q approval.Request, c call.Call, lang string) string {
	if q.Kind == approval.Emergency {
		return i18n.Say(i18n.Parse(lang), "approval.what_emergency", q.Number, c.Title.In(lang))
	}
	return i18n.Say(i18n.Parse(lang), "approval.what_"+string(q.Kind), c.Title.In(lang))
}

func (s *Service) tellRequest(ctx context.Context, tx *db.Tx, q approval.Request, c call.Call) error {
	people, err := s.seconds(ctx, tx, q, c)
	if err != nil {
		return err
	}
	for _, who := range people {
		m := Mail{PersonID: who.id, Template: "approval_asked", Key: "approval_asked:" + q.ID + ":" + who.id, Hold: AtOnce,
			Args: map[string]string{"Author": q.Asker, "What": asked(q, c, who.lang), "Reasons": q.Reason, "Until": text.DateTime(who.lang, q.ExpiresAt.In(zone.Location(c.Zone))), "Link": s.opt.BaseURL + "/approvals/" + q.ID}}
		if err := s.Enqueue(ctx, tx, m); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) tellDecision(ctx context.Context, tx *db.Tx, q approval.Request, c call.Call) error {
	asker, err := db.List(ctx, tx, scanTold, `select id, lang from people where id = $1 and disabled_at is null`, q.AskedBy)
	if err != nil || len(asker) == 0 {
		return err
	}
	lang := asker[0].lang
	args := map[string]string{"Author": q.Decider, "What": asked(q, c, lang), "Result": i18n.Say(i18n.Parse(lang), "approval.status_"+string(q.Status)), "Reasons": q.Note, "Link": s.opt.BaseURL + "/approvals/" + q.ID}
	if !q.OpensUntil.IsZero() {
		args["Until"] = text.DateTime(lang, q.OpensUntil.In(zone.Location(c.Zone)))
	}
	return s.Enqueue(ctx, tx, Mail{PersonID: q.AskedBy, Template: "approval_decided", Key: "approval_decided:" + q.ID, Hold: AtOnce, Args: args})
}

// tellEmergency tells the team of the file, those who lead the call and the data
// protection officers; nobody may hold these mails back.
func (s *Service) tellEmergency(ctx context.Context, tx *db.Tx, q approval.Request, c call.Call) error {
	f, err := s.file(ctx, tx, q.Object.ID)
	if err != nil {
		return err
	}
	people, err := team(ctx, tx, f.id, s.clock.Now(), signers)
	if err != nil {
		return err
	}
	known := map[string]bool{q.AskedBy: true}
	for _, who := range people {
		known[who.id] = true
		if err := s.tellOpened(ctx, tx, q, f, who, map[string]string{"Application": f.title, "Link": s.opt.BaseURL + "/applications/" + f.id}); err != nil {
			return err
		}
	}
	others, err := s.seconds(ctx, tx, q, c)
	if err != nil {
		return err
	}
	for _, who := range others {
		if known[who.id] {
			continue
		}
		// A draft has no title for them.
		args := map[string]string{"Application": i18n.Say(i18n.Parse(who.lang), "approval.file_number", q.Number), "Link": s.opt.BaseURL + "/approvals/" + q.ID}
		if err := s.tellOpened(ctx, tx, q, f, who, args); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) tellOpened(ctx context.Context, tx *db.Tx, q approval.Request, f file, who told, args map[string]string) error {
	args["Author"], args["Second"], args["Reasons"] = q.Asker, q.Decider, q.Reason
	args["Until"] = text.DateTime(who.lang, q.OpensUntil.In(zone.Location(f.call.Zone)))
	m := s.fileMail(f, who, "emergency_opened", q.ID, args)
	m.Hold, m.Discreet = AtOnce, true
	return s.Enqueue(ctx, tx, m)
}
