package committee

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// Offer is a seat as the person who is invited to it sees it.
type Offer struct {
	Member
	Of      Selection
	Promise string // the text she is asked to commit to, in the language asked for
}

// Offered shows a seat to the person who took up its invitation. It opens nothing else.
func (s *Service) Offered(ctx context.Context, by account.User, member MemberID, lang string) (Offer, error) {
	return s.offered(ctx, s.db.Reader(), by, member, lang)
}

func (s *Service) offered(ctx context.Context, r db.Reader, by account.User, member MemberID, lang string) (o Offer, err error) {
	obj := policy.Object{Ref: policy.Ref{Kind: "seat", ID: string(member)}}
	if _, err := s.policy.Require(ctx, r, by, "seat.answer", obj); err != nil {
		return o, err
	}
	if o.Member, err = db.Get(ctx, r, scanMember, `select `+memberColumns+` from `+memberTables+` where m.id = $1 and m.status = 'invited'`, string(member)); err != nil {
		return o, err
	}
	if o.Of, err = Load(ctx, r, o.Selection); err != nil {
		return o, err
	}
	o.Promise = o.Of.Confidentiality.In(lang)
	return o, nil
}

// Commit takes a seat: the commitment to confidentiality is kept as it was read, with its
// instant, and its digest goes to the journal. Conflicts are looked for in the same act,
// before the first right is granted. digest is that of the text she read, as Digest gives
// it. Errors: Conflict when the text changed meanwhile, or she sits already.
func (s *Service) Commit(ctx context.Context, by account.User, member MemberID, lang, digest string) (SelectionID, error) {
	o, err := s.offered(ctx, s.db.Reader(), by, member, lang)
	if err != nil {
		return "", err
	}
	d, err := s.concerned(ctx, o.Selection)
	if err != nil {
		return "", err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		o, err := s.offered(ctx, tx, by, member, lang)
		if err != nil {
			return err
		}
		if Digest(o.Promise) != digest {
			return errs.New(errs.Conflict, "committee.promise_changed")
		}
		now := s.clock.Now()
		m := o.Member
		m.Person, m.Status = by.ID, Sitting
		if m.MandateFrom.IsZero() {
			m.MandateFrom = now
		}
		n, err := tx.Exec(ctx, `
			update committee_members set status = 'sitting', person_id = $2, answered_at = $3, confidentiality = $4, confidentiality_at = $3, mandate_from = $5, version = version + 1
			where id = $1 and status = 'invited'`, string(member), string(by.ID), now, o.Promise, m.MandateFrom)
		if db.Taken(err) {
			return errs.New(errs.Conflict, "committee.sits_already")
		}
		if err != nil {
			return fmt.Errorf("take seat %s: %w", member, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "committee.answered")
		}
		if _, err := s.detect(ctx, tx, d, []Member{m}); err != nil {
			return err
		}
		if err := s.grant(ctx, tx, by, o.Of, m); err != nil {
			return err
		}
		if err := s.unseat(ctx, tx, by, m); err != nil {
			return err
		}
		if err := s.search(ctx, tx, o.Selection); err != nil { // for what changed while this was read
			return err
		}
		return s.record(ctx, tx, by, "committee.accepted", o.Selection, map[string]any{"member": string(member), "role": string(m.Role), "confidentiality": digest})
	})
	return o.Selection, err
}

// Digest is the fingerprint of a text that people commit to: SHA-256, in hexadecimal.
func Digest(promise string) string {
	sum := sha256.Sum256([]byte(promise))
	return hex.EncodeToString(sum[:])
}

// Decline refuses a seat, with a reason if she wishes.
func (s *Service) Decline(ctx context.Context, by account.User, member MemberID, why string) error {
	reason, _ := reasonOf(why) // she owes none
	if r := []rune(reason); len(r) > maxReason {
		reason = string(r[:maxReason])
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		o, err := s.offered(ctx, tx, by, member, "fr")
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update committee_members set status = 'declined', answered_at = $2, reason = $3, version = version + 1 where id = $1 and status = 'invited'`, string(member), s.clock.Now(), reason)
		if err != nil {
			return fmt.Errorf("decline seat %s: %w", member, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "committee.answered")
		}
		if err := s.unseat(ctx, tx, by, o.Member); err != nil {
			return err
		}
		return s.record(ctx, tx, by, "committee.declined", o.Selection, map[string]any{"member": string(member)})
	})
}

// place is where a member holds her relation: an officer's is on the call.
func (m Member) place(sel Selection) policy.Ref {
	if m.Role == Officer {
		return policy.Ref{Kind: "call", ID: string(sel.Call.ID)}
	}
	return ref(sel.ID)
}

// grant gives a member her relation for the time of her mandate.
func (s *Service) grant(ctx context.Context, tx *db.Tx, by account.User, sel Selection, m Member) error {
	return s.policy.Grant(ctx, tx, by, policy.Relation{SubjectID: string(m.Person), Relation: string(m.Role), Object: m.place(sel),
		ValidFrom: m.MandateFrom, ValidUntil: m.MandateUntil, Reason: "seat:" + string(m.ID)})
}

// ungrant ends what the seat gave, and nothing that she holds for another reason.
func (s *Service) ungrant(ctx context.Context, tx *db.Tx, by account.User, sel Selection, m Member) error {
	return s.policy.EndFor(ctx, tx, by, m.place(sel), "seat:"+string(m.ID))
}

// unseat closes the page of the invitation.
func (s *Service) unseat(ctx context.Context, tx *db.Tx, by account.User, m Member) error {
	return s.policy.EndFor(ctx, tx, by, policy.Ref{Kind: "seat", ID: string(m.ID)}, "invitation:"+m.Invitation)
}

// Say is what a member tells of herself: what she knows, when she is there, how much she reads.
type Say struct {
	Competences []string
	Presence    []string // days, "2027-03-05"
}

// Tell keeps what a member says of herself. Errors: Invalid on "presence"; Conflict when
// it was changed meanwhile.
func (s *Service) Tell(ctx context.Context, by account.User, id SelectionID, in Say, base int64) error {
	in.Competences = cleanWords(in.Competences)
	days := []string{}
	for _, day := range in.Presence {
		if day == "" || slices.Contains(days, day) {
			continue
		}
		if _, err := time.Parse(time.DateOnly, day); err != nil || len(days) >= mostWords {
			return errs.NewInvalid("committee.invalid", []errs.Field{{Path: "presence", Key: "committee.day_unreadable"}})
		}
		days = append(days, day)
	}
	slices.Sort(days)
	competences, err := json.Marshal(in.Competences)
	if err != nil {
		return fmt.Errorf("write the competences: %w", err)
	}
	presence, err := json.Marshal(days)
	if err != nil {
		return fmt.Errorf("write the days: %w", err)
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, m, err := s.mine(ctx, tx, by, id)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update committee_members set competences = $3, presence = $4, version = version + 1 where id = $1 and version = $2`, string(m.ID), base, string(competences), string(presence))
		if err != nil {
			return fmt.Errorf("keep what member %s says: %w", m.ID, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "committee.changed_meanwhile")
		}
		return s.record(ctx, tx, by, "committee.told", id, map[string]any{"member": string(m.ID)})
	})
}

// mine finds the seat of who asks, who must sit now. Error: Conflict when she holds her
// role without a seat.
func (s *Service) mine(ctx context.Context, r db.Reader, by account.User, id SelectionID) (Selection, Member, error) {
	sel, m, err := s.maybe(ctx, r, by, id)
	if err == nil && m.ID == "" {
		err = errs.New(errs.Conflict, "committee.no_seat")
	}
	return sel, m, err
}

// maybe is mine for who may hold her role without a seat, which is then empty.
func (s *Service) maybe(ctx context.Context, r db.Reader, by account.User, id SelectionID) (Selection, Member, error) {
	sel, err := s.require(ctx, r, by, "selection.sit", id)
	if err != nil {
		return sel, Member{}, err
	}
	m, err := SeatOf(ctx, r, id, by.ID)
	if errs.Is(err, errs.NotFound) || err == nil && m.Status != Sitting {
		return sel, Member{}, nil
	}
	return sel, m, err
}

// Mine is the selection and the seat of who asks; the seat is empty when she holds her
// role without one.
func (s *Service) Mine(ctx context.Context, by account.User, id SelectionID) (Selection, Member, error) {
	return s.maybe(ctx, s.db.Reader(), by, id)
}
