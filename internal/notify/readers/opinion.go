package readers

import (
	"context"
	"fmt"
	"strings"

	"transformateur/internal/i18n"
	"transformateur/internal/notify"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/event"
	"transformateur/internal/policy"
	"transformateur/internal/review/opinion"
)

// onOpinion tells who asked for an opinion what became of it, unless she has stepped aside
// from the file since; and tells the expert that her request was revoked, with the reason.
// What an opinion says is told to nobody.
func (s *Mails) onOpinion(ctx context.Context, tx *db.Tx, e event.Event) error {
	o, err := opinion.Load(ctx, tx, opinion.ID(e.ObjectID))
	if err != nil {
		return fmt.Errorf("read opinion %s: %w", e.ObjectID, err)
	}
	f, err := s.file(ctx, tx, string(o.File))
	if err != nil {
		return err
	}
	if e.Kind == "opinion.revoked" {
		return s.tellRevoked(ctx, tx, o, f)
	}
	asker, _ := strings.CutPrefix(o.AskedBy, "person:")
	people, err := db.List(ctx, tx, scanTold, `select p.id, p.lang from people p where p.id = $1 and p.disabled_at is null
		and not exists (select 1 from exclusions x where x.subject_kind = 'person' and x.subject_id = p.id and x.object_kind = 'application' and x.object_id = $2 and x.lifted_at is null)`, asker, f.id)
	if err != nil {
		return fmt.Errorf("find who asked for opinion %s: %w", o.ID, err)
	}
	for _, who := range people {
		args := map[string]string{"Author": o.Name, "Result": i18n.Say(i18n.Parse(who.lang), "notify."+strings.ReplaceAll(e.Kind, ".", "_")),
			"Link": s.baseURL + "/consultations/" + string(o.Selection) + "/" + string(o.ID)}
		if err := s.outbox.Enqueue(ctx, tx, s.fileMail(f, who, "opinion_answered", e.ID, args)); err != nil {
			return err
		}
	}
	return nil
}

// tellRevoked names no file: the one it was about is closed to the expert again.
func (s *Mails) tellRevoked(ctx context.Context, tx *db.Tx, o opinion.Opinion, f file) error {
	people, err := db.List(ctx, tx, scanTold, `select id, lang from people where id = $1 and disabled_at is null`, string(o.Person))
	if err != nil || len(people) == 0 {
		return err
	}
	who := people[0]
	return s.outbox.Enqueue(ctx, tx, notify.Mail{PersonID: who.id, Template: "opinion_revoked", Key: "opinion_revoked:" + string(o.ID), Discreet: true,
		Object: policy.Ref{Kind: "opinion", ID: string(o.ID)}, Scope: policy.Ref{Kind: "call", ID: string(f.call.ID)},
		Args: map[string]string{"Call": f.call.Title.In(who.lang), "Reasons": o.Reason}})
}
