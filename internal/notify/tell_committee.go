package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"transformateur/internal/call"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/event"
	"transformateur/internal/policy"
)

// stepped is a recusal as mails tell it.
type stepped struct {
	id, selection, file, person, name, reason string
	version                                   int64
}

// onRecusal tells the chair and those who lead the call that somebody stepped aside, or
// the member that a file is open to her again.
func (s *Service) onRecusal(ctx context.Context, tx *db.Tx, e event.Event) error {
	var x stepped
	err := tx.QueryRow(ctx, `select c.id, c.selection_id, c.application_id, coalesce(m.person_id, ''), m.name, c.waiver_reason, c.version
		from recusals c join committee_members m on m.id = c.member_id where c.id = $1`, e.ObjectID).Scan(&x.id, &x.selection, &x.file, &x.person, &x.name, &x.reason, &x.version)
	if err != nil {
		return fmt.Errorf("read recusal %s: %w", e.ObjectID, err)
	}
	f, err := s.file(ctx, tx, x.file)
	if err != nil {
		return err
	}
	if e.Kind == "recusal.waived" {
		return s.tellWaiver(ctx, tx, x, f)
	}
	kinds, err := db.List(ctx, tx, db.Value[string], `select distinct kind from recusal_causes where recusal_id = $1 and source <> 'found' order by kind`, x.id)
	if err != nil {
		return fmt.Errorf("read the causes of recusal %s: %w", x.id, err)
	}
	people, err := s.keepers(ctx, tx, x, f.call)
	if err != nil {
		return err
	}
	for _, who := range people {
		m := s.fileMail(f, who, "recusal_declared", fmt.Sprintf("%s:%d", x.id, x.version), map[string]string{"Author": x.name, "Reasons": causesIn(who.lang, kinds), "Link": s.opt.BaseURL + "/selections/" + x.selection + "/register"})
		m.Discreet = true
		if err := s.Enqueue(ctx, tx, m); err != nil {
			return err
		}
	}
	return nil
}

// causesIn says kinds of causes in a language.
func causesIn(lang string, kinds []string) string {
	list := make([]string, len(kinds))
	for i, kind := range kinds {
		list[i] = i18n.Say(i18n.Parse(lang), "committee.cause_"+kind)
	}
	return strings.Join(list, ", ")
}

// keepers lists those who keep the register, the chair and those who lead the call, but
// for whoever stepped aside from the file herself, and the member in question.
func (s *Service) keepers(ctx context.Context, r db.Reader, x stepped, c call.Call) ([]told, error) {
	list, err := db.List(ctx, r, scanTold, `
		select distinct p.id, p.lang from relations r join people p on p.id = r.subject_id
		where r.subject_kind = 'person' and r.revoked_at is null and r.valid_from <= $7 and (r.valid_until is null or r.valid_until > $7)
		  and p.disabled_at is null and p.id <> $8
		  and (r.relation = 'chair' and r.object_kind = 'selection' and r.object_id = $1
		    or r.relation = 'lead' and (r.object_kind = 'call' and r.object_id = $2 or r.object_kind = 'edition' and r.object_id = $3
		      or r.object_kind = 'programme' and r.object_id = $4 or r.object_kind = 'agency' and r.object_id = $5))
		  and not exists (select 1 from exclusions k where k.subject_kind = 'person' and k.subject_id = p.id and k.object_kind = 'application' and k.object_id = $6 and k.lifted_at is null)
		order by p.id`, x.selection, string(c.ID), c.EditionID, c.ProgrammeID, c.AgencyID, x.file, s.clock.Now(), x.person)
	if err != nil {
		return nil, fmt.Errorf("list who keeps the register of %s: %w", x.selection, err)
	}
	return slices.Clip(list), nil
}

func (s *Service) tellWaiver(ctx context.Context, tx *db.Tx, x stepped, f file) error {
	who, err := db.List(ctx, tx, scanTold, `select id, lang from people where id = $1 and disabled_at is null`, x.person)
	if err != nil || len(who) == 0 {
		return err
	}
	m := s.fileMail(f, who[0], "recusal_waived", fmt.Sprintf("%s:%d", x.id, x.version), map[string]string{"Reasons": x.reason, "Link": s.opt.BaseURL + "/selections/" + x.selection + "/seat"})
	m.Discreet = true
	return s.Enqueue(ctx, tx, m)
}

// onMandate tells a member that her mandate ended, and why.
func (s *Service) onMandate(ctx context.Context, tx *db.Tx, e event.Event) error {
	var person, lang, reason, fr, en, callID, selection string
	err := tx.QueryRow(ctx, `select p.id, p.lang, m.reason, s.name_fr, s.name_en, s.call_id, s.id from committee_members m join selections s on s.id = m.selection_id
		join people p on p.id = m.person_id where m.id = $1`, e.ObjectID).Scan(&person, &lang, &reason, &fr, &en, &callID, &selection)
	if err != nil {
		return fmt.Errorf("read seat %s: %w", e.ObjectID, err)
	}
	c, err := call.Load(ctx, tx, call.ID(callID))
	if err != nil {
		return err
	}
	name := fr
	if lang == "en" && en != "" {
		name = en
	}
	return s.Enqueue(ctx, tx, Mail{PersonID: person, Template: "mandate_ended", Key: "mandate_ended:" + e.ObjectID, Object: policy.Ref{Kind: "selection", ID: selection}, Scope: policy.Ref{Kind: "call", ID: callID},
		Args: map[string]string{"What": name, "Call": c.Title.In(lang), "Reasons": reason}})
}
