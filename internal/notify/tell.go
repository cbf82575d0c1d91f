package notify

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"transformateur/internal/agenda/registration"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/agenda/wish"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
)

// Listen has people told by mail of what happens to their files and calls. It is
// called once, before anything is published.
func (s *Service) Listen(bus *event.Bus) {
	bus.Subscribe("notify.files", s.onFile, "application.submitted", "application.withdrawn", "application.correction_asked", "application.admitted", "application.message_sent", "application.imported")
	bus.Subscribe("notify.calls", s.onCall, "call.extended", "extension.drafted", "call.form_revised", "call.question_asked", "call.question_answered")
	bus.Subscribe("notify.webhooks", s.onWebhook, "webhook.disabled")
	bus.Subscribe("notify.approvals", s.onApproval, "approval.asked", "approval.approved", "approval.refused")
	bus.Subscribe("notify.recusals", s.onRecusal, "recusal.declared", "recusal.waived")
	bus.Subscribe("notify.mandates", s.onMandate, "committee.ended")
	bus.Subscribe("notify.gatherings", s.onSeat, "participant.added")
	bus.Subscribe("notify.plans", s.onPlan, schedule.Told)
	bus.Subscribe("notify.registrations", s.onRegistration, registration.ToldPromoted, registration.ToldAccepted, registration.ToldDeclined)
	bus.Subscribe("notify.meetings", s.onMeeting, wish.ToldAsked, wish.ToldAccepted, wish.ToldDeclined)
	s.jobs.Every("remind_drafts", time.Hour, func(ctx context.Context, _ job.Job) error { return s.remind(ctx) })
}

// told is a person to write to.
type told struct{ id, lang string }

func scanTold(sc db.Scanner) (p told, err error) {
	err = sc.Scan(&p.id, &p.lang)
	return p, err
}

// team lists the people of a file who hold one of the roles.
func team(ctx context.Context, r db.Reader, file string, now time.Time, roles string) ([]told, error) {
	return db.List(ctx, r, scanTold, `
		select distinct p.id, p.lang from relations r join people p on p.id = r.subject_id
		where r.object_kind = 'application' and r.object_id = $1 and r.subject_kind = 'person' and r.revoked_at is null
		  and r.valid_from <= $2 and (r.valid_until is null or r.valid_until > $2) and r.relation in (`+roles+`) and p.disabled_at is null
		order by p.id`, file, now)
}

// leads lists the people of the programme's team who follow the files of a call.
func leads(ctx context.Context, r db.Reader, c call.Call, now time.Time) ([]told, error) {
	return db.List(ctx, r, scanTold, `
		select distinct p.id, p.lang from relations r join people p on p.id = r.subject_id
		where r.subject_kind = 'person' and r.revoked_at is null and r.valid_from <= $5 and (r.valid_until is null or r.valid_until > $5)
		  and r.relation in ('lead', 'officer') and p.disabled_at is null
		  and (r.object_kind = 'call' and r.object_id = $1 or r.object_kind = 'edition' and r.object_id = $2
		    or r.object_kind = 'programme' and r.object_id = $3 or r.object_kind = 'agency' and r.object_id = $4)
		order by p.id`, string(c.ID), c.EditionID, c.ProgrammeID, c.AgencyID, now)
}

const (
	writers = `'owner', 'editor', 'helper'`
	signers = `'owner', 'editor', 'helper', 'signatory'`
)

// file is what mails say of a file.
type file struct {
	id, title, number string
	call              call.Call
}

func (s *Service) file(ctx context.Context, r db.Reader, id string) (f file, err error) {
	var callID string
	var number int
	if err = r.QueryRow(ctx, `select title, number, call_id from applications where id = $1`, id).Scan(&f.title, &number, &callID); err != nil {
		return f, fmt.Errorf("read file %s: %w", id, err)
	}
	f.id, f.number = id, strconv.Itoa(number)
	f.call, err = call.Load(ctx, r, call.ID(callID))
	return f, err
}

// mail makes one mail about a file, in its reader's language.
func (s *Service) fileMail(f file, p told, template, key string, args map[string]string) Mail {
	all := map[string]string{"Application": f.title, "Call": f.call.Title.In(p.lang), "Link": s.opt.BaseURL + "/applications/" + f.id}
	for name, value := range args {
		all[name] = value
	}
	return Mail{PersonID: p.id, Template: template, Args: all, Key: template + ":" + key + ":" + p.id, Object: policy.Ref{Kind: "application", ID: f.id}, Scope: policy.Ref{Kind: "call", ID: string(f.call.ID)}}
}

func (s *Service) onFile(ctx context.Context, tx *db.Tx, e event.Event) error {
	f, err := s.file(ctx, tx, e.ObjectID)
	if err != nil {
		return err
	}
	switch e.Kind {
	case "application.submitted", "application.withdrawn":
		return s.tellDeposit(ctx, tx, f, e)
	case "application.correction_asked":
		return s.tellCorrection(ctx, tx, f, e)
	case "application.admitted":
		return s.tellVerdict(ctx, tx, f, e)
	case "application.imported":
		return s.tellImport(ctx, tx, f, e)
	}
	return s.tellMessage(ctx, tx, f, e)
}

// tellDeposit sends the receipt to those who answer for the file, at once.
func (s *Service) tellDeposit(ctx context.Context, tx *db.Tx, f file, e event.Event) error {
	var p application.SubmittedEvent
	if err := e.Read(&p); err != nil {
		return err
	}
	template := "receipt"
	if e.Kind == "application.withdrawn" {
		template = "withdrawn"
	}
	people, err := team(ctx, tx, f.id, s.clock.Now(), signers)
	if err != nil {
		return err
	}
	number := strconv.FormatInt(p.Receipt, 10)
	var at time.Time
	if err := tx.QueryRow(ctx, `select at from receipts where number = $1`, p.Receipt).Scan(&at); err != nil {
		return fmt.Errorf("read receipt %d: %w", p.Receipt, err)
	}
	for _, who := range people {
		m := s.fileMail(f, who, template, number, map[string]string{"Number": number, "Instant": text.Instant(who.lang, at.In(zone.Location(f.call.Zone))),
			"Link": s.opt.BaseURL + "/receipts/" + number + "?file=" + f.id})
		m.Hold = AtOnce
		if err := s.Enqueue(ctx, tx, m); err != nil {
			return err
		}
	}
	if p.Kind != application.KindCorrection {
		return nil
	}
	officers, err := leads(ctx, tx, f.call, s.clock.Now())
	if err != nil {
		return err
	}
	for _, who := range officers {
		if err := s.Enqueue(ctx, tx, s.fileMail(f, who, "correction_received", number, map[string]string{"Number": number, "Link": s.opt.BaseURL + "/files/" + f.id})); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) tellCorrection(ctx context.Context, tx *db.Tx, f file, e event.Event) error {
	var p struct {
		Correction string    `json:"correction"`
		Due        time.Time `json:"due"`
	}
	if err := e.Read(&p); err != nil {
		return err
	}
	var message string
	if err := tx.QueryRow(ctx, `select message from corrections where id = $1`, p.Correction).Scan(&message); err != nil {
		return fmt.Errorf("read correction %s: %w", p.Correction, err)
	}
	people, err := team(ctx, tx, f.id, s.clock.Now(), signers)
	if err != nil {
		return err
	}
	for _, who := range people {
		if err := s.Enqueue(ctx, tx, s.fileMail(f, who, "correction_requested", p.Correction, map[string]string{"Message": message, "Due": text.DateTime(who.lang, p.Due.In(zone.Location(f.call.Zone)))})); err != nil {
			return err
		}
	}
	return nil
}

// tellVerdict prepares the answer on admissibility; it leaves when a lead releases it.
func (s *Service) tellVerdict(ctx context.Context, tx *db.Tx, f file, e event.Event) error {
	var verdict, reason string
	var version int64
	if err := tx.QueryRow(ctx, `select verdict, reason, version from admissibility where application_id = $1`, f.id).Scan(&verdict, &reason, &version); err != nil {
		return fmt.Errorf("read the verdict on %s: %w", f.id, err)
	}
	people, err := team(ctx, tx, f.id, s.clock.Now(), signers)
	if err != nil {
		return err
	}
	for _, who := range people {
		m := s.fileMail(f, who, "admissibility_result", f.id+":"+strconv.FormatInt(version, 10), map[string]string{"Result": i18n.Say(i18n.Parse(who.lang), "notify.result_"+verdict), "Reasons": reason})
		m.Hold, m.Batch = UntilReleased, "admissibility:"+string(f.call.ID)
		if err := s.Enqueue(ctx, tx, m); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) tellMessage(ctx context.Context, tx *db.Tx, f file, e event.Event) error {
	var p application.ThreadEvent
	if err := e.Read(&p); err != nil {
		return err
	}
	people, err := team(ctx, tx, f.id, s.clock.Now(), signers)
	link := s.opt.BaseURL + "/applications/" + f.id + "/thread"
	if err == nil && p.Side == application.FromApplicant {
		people, err = leads(ctx, tx, f.call, s.clock.Now())
		link = s.opt.BaseURL + "/files/" + f.id
	}
	if err != nil {
		return err
	}
	var body, author string
	if err := tx.QueryRow(ctx, `select m.body, coalesce(p.name, '') from thread_messages m left join people p on p.id = m.author where m.id = $1`, p.Message).Scan(&body, &author); err != nil {
		return fmt.Errorf("read message %s: %w", p.Message, err)
	}
	if p.Side == application.FromProgramme {
		author = f.call.Legal.Service
	}
	for _, who := range people {
		if who.id == p.By {
			continue
		}
		m := s.fileMail(f, who, "thread_message", p.Message, map[string]string{"Author": author, "Message": body, "Link": link})
		delete(m.Args, "Call")
		if err := s.Enqueue(ctx, tx, m); err != nil {
			return err
		}
	}
	return nil
}
