package committee

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
)

// Seat is a place offered in a committee.
type Seat struct {
	Email        string
	Name         string
	Organisation account.OrganisationID // that she would sit for; "" for nobody but herself
	Role         Role
	Competences  []string
	Least, Most  int
	From, Until  time.Time // of the mandate; zero: from now, without end
	Lang         string    // of the mail
	Message      string
	What         string // what the mail says she is invited to, in that language
}

// Roles lists what one may be in a committee, in the order it is offered.
var Roles = []Role{Juror, Chair, Secretary, Officer}

// The bounds of lists that people type.
const (
	mostWords = 40
	longWord  = 80
)

// clean checks a seat and reports every bad field at once.
func (in Seat) clean() (Seat, []errs.Field) {
	var bad []errs.Field
	fault := func(wrong bool, path, key string, args ...any) {
		if wrong {
			bad = append(bad, errs.Field{Path: path, Key: key, Args: args})
		}
	}
	email, err := account.ParseEmail(in.Email)
	if e, ok := err.(*errs.Error); ok {
		bad = append(bad, e.Fields...)
	} else {
		in.Email = email
	}
	in.Name = oneLine(in.Name)
	fault(in.Name == "", "name", "committee.member_name_missing")
	fault(utf8.RuneCountInString(in.Name) > maxName, "name", "committee.name_long", maxName)
	fault(!slices.Contains(Roles, in.Role), "role", "committee.role_missing")
	fault(in.Least < 0 || in.Most < 0 || in.Least > mostFiles || in.Most > mostFiles || in.Most > 0 && in.Least > in.Most, "most", "committee.capacity_range")
	fault(!in.From.IsZero() && !in.Until.IsZero() && !in.Until.After(in.From), "until", "committee.mandate_order")
	fault(utf8.RuneCountInString(in.Message) > maxReason/2, "message", "invitation.message_long", maxReason/2)
	in.Competences = cleanWords(in.Competences)
	return in, bad
}

// cleanWords keeps each word once, in the order given.
func cleanWords(list []string) []string {
	out := []string{}
	for _, word := range list {
		word = oneLine(word)
		if r := []rune(word); len(r) > longWord {
			word = string(r[:longWord])
		}
		if word != "" && !slices.Contains(out, word) && len(out) < mostWords {
			out = append(out, word)
		}
	}
	return out
}

// Clash is a file that would be closed to somebody, and why.
type Clash struct {
	File   application.ID
	Number int
	Title  string
	Causes []CauseKind
}

// Check says which deposited files would be closed to whoever has an address and sits
// for an organisation. It writes nothing, and tells of people only what ties them to the
// files that by may read.
func (s *Service) Check(ctx context.Context, by account.User, id SelectionID, email string, house account.OrganisationID, name string) (list []Clash, files int, err error) {
	r := s.db.Reader()
	sel, err := s.require(ctx, r, by, "selection.manage", id)
	if err != nil {
		return nil, 0, err
	}
	if email, err = account.ParseEmail(email); err != nil {
		return nil, 0, err
	}
	d, err := s.facts(ctx, r, sel.Call)
	if err != nil {
		return nil, 0, err
	}
	who, err := s.sitter(ctx, r, Member{Selection: id, Email: email, OrganisationID: house, Name: name}, d.houses)
	if err != nil {
		return nil, 0, err
	}
	mine, err := s.readable(ctx, r, by, sel.Call)
	if err != nil {
		return nil, 0, err
	}
	for _, b := range d.bearers {
		t, seen := mine[b.File]
		if !seen {
			continue
		}
		files++
		causes := d.Detect(who, b)
		if len(causes) == 0 {
			continue
		}
		c := Clash{File: b.File, Number: t.Number, Title: t.Title}
		for _, cause := range causes {
			if !slices.Contains(c.Causes, cause.Kind) {
				c.Causes = append(c.Causes, cause.Kind)
			}
		}
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b Clash) int { return a.Number - b.Number })
	return list, files, nil
}

// Guest is somebody who does not sit, and may be asked about one file.
type Guest struct {
	Person account.PersonID // "" when nobody is known yet under the address
	Email  string
	Name   string
	House  account.OrganisationID // that she speaks for; "" for nobody but herself
}

// Ties says what would close a file of a selection to somebody if she sat, without asking
// who wants to know. It writes nothing.
func (s *Service) Ties(ctx context.Context, r db.Reader, sel Selection, file application.ID, g Guest) ([]Cause, error) {
	d, err := s.facts(ctx, r, sel.Call)
	if err != nil {
		return nil, err
	}
	who, err := s.sitter(ctx, r, Member{Selection: sel.ID, Person: g.Person, Email: g.Email, OrganisationID: g.House, Name: g.Name}, d.houses)
	if err != nil {
		return nil, err
	}
	for _, b := range d.bearers {
		if b.File == file {
			return d.Detect(who, b), nil
		}
	}
	return nil, nil
}

// Invite offers a seat. Nothing opens to the person before she has read and accepted
// what she commits to. Errors: Invalid; Conflict when the committee has its chair, or
// when she sits already or has not answered yet; as the policy.
func (s *Service) Invite(ctx context.Context, by account.User, id SelectionID, in Seat) (MemberID, error) {
	var member MemberID
	err := s.db.Write(ctx, func(tx *db.Tx) (err error) {
		sel, err := s.require(ctx, tx, by, "selection.manage", id)
		if err != nil {
			return err
		}
		member, err = s.invite(ctx, tx, by, sel, in)
		return err
	})
	return member, err
}

func (s *Service) invite(ctx context.Context, tx *db.Tx, by account.User, sel Selection, in Seat) (MemberID, error) {
	in, bad := in.clean()
	if err := errs.NewInvalid("committee.invalid", bad); err != nil {
		return "", err
	}
	if err := tx.Lock(ctx, "committee:"+string(sel.ID)); err != nil {
		return "", err
	}
	now, id := s.clock.Now(), MemberID(db.NewID())
	seats, err := Members(ctx, tx, sel.ID)
	if err != nil {
		return "", err
	}
	for _, m := range seats {
		switch {
		case m.Status != Invited && m.Status != Sitting:
		case m.Email == in.Email:
			return "", errs.New(errs.Conflict, "committee.seat_taken", in.Email)
		case in.Role == Chair && m.Role == Chair:
			return "", errs.New(errs.Conflict, "committee.one_chair", m.Name)
		}
	}
	competences, err := json.Marshal(in.Competences)
	if err != nil {
		return "", fmt.Errorf("write the competences: %w", err)
	}
	invitation, err := s.people.InviteIn(ctx, tx, by, account.Invite{Email: in.Email, Lang: in.Lang, Relation: "seat", Object: account.Ref{Kind: "seat", ID: string(id)}, ObjectName: in.What, Message: in.Message})
	if err != nil {
		return "", err
	}
	_, err = tx.Exec(ctx, `
		insert into committee_members (id, selection_id, invitation_id, email, name, organisation_id, role, status, competences, presence, least, most,
		  mandate_from, mandate_until, invited_by, invited_at, confidentiality, reason, version)
		values ($1, $2, $3, $4, $5, $6, $7, 'invited', $8, '[]', $9, $10, $11, $12, $13, $14, '', '', 1)`,
		string(id), string(sel.ID), invitation, in.Email, in.Name, db.Null(in.Organisation), string(in.Role), string(competences), in.Least, in.Most, in.From, in.Until, by.Actor(), now)
	if err != nil {
		return "", fmt.Errorf("invite to sit: %w", err)
	}
	return id, s.record(ctx, tx, by, "committee.invited", sel.ID, map[string]any{"member": string(id), "role": string(in.Role)})
}

// Arrange changes what is expected of a member: competences, how many files, until when.
// Errors: Invalid; Conflict when somebody saved meanwhile.
func (s *Service) Arrange(ctx context.Context, by account.User, id SelectionID, member MemberID, in Seat, base int64) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		sel, m, err := s.seat(ctx, tx, by, "selection.manage", id, member)
		if err != nil {
			return err
		}
		in.Email, in.Role = m.Email, m.Role
		in, bad := in.clean()
		if err := errs.NewInvalid("committee.invalid", bad); err != nil {
			return err
		}
		competences, err := json.Marshal(in.Competences)
		if err != nil {
			return fmt.Errorf("write the competences: %w", err)
		}
		n, err := tx.Exec(ctx, `update committee_members set name = $3, competences = $4, least = $5, most = $6, mandate_until = $7, version = version + 1
			where id = $1 and version = $2 and status in ('invited', 'sitting')`, string(member), base, in.Name, string(competences), in.Least, in.Most, in.Until)
		if err != nil {
			return fmt.Errorf("arrange seat %s: %w", member, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "committee.changed_meanwhile")
		}
		if m.Status == Sitting && !in.Until.Equal(m.MandateUntil) {
			m.MandateUntil = in.Until
			if err := s.ungrant(ctx, tx, by, sel, m); err != nil {
				return err
			}
			if err := s.grant(ctx, tx, by, sel, m); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, by, "committee.arranged", id, map[string]any{"member": string(member)})
	})
}

// seat finds one seat of a selection on which by may do action.
func (s *Service) seat(ctx context.Context, r db.Reader, by account.User, action policy.Action, id SelectionID, member MemberID) (Selection, Member, error) {
	sel, err := s.require(ctx, r, by, action, id)
	if err != nil {
		return sel, Member{}, err
	}
	m, err := db.Get(ctx, r, scanMember, `select `+memberColumns+` from `+memberTables+` where m.selection_id = $1 and m.id = $2`, string(id), string(member))
	return sel, m, err
}

// Seated is one seat of a selection, to those who arrange it.
func (s *Service) Seated(ctx context.Context, by account.User, id SelectionID, member MemberID) (Selection, Member, error) {
	return s.seat(ctx, s.db.Reader(), by, "selection.manage", id, member)
}

// Remind sends an invitation to sit again.
func (s *Service) Remind(ctx context.Context, by account.User, id SelectionID, member MemberID) error {
	_, m, err := s.seat(ctx, s.db.Reader(), by, "selection.clerk", id, member)
	if err != nil {
		return err
	}
	if m.Status != Invited {
		return errs.New(errs.Conflict, "committee.answered")
	}
	return s.people.ResendInvitation(ctx, by, account.Ref{Kind: "seat", ID: string(member)}, m.Invitation)
}

// End takes an invitation back, or ends a mandate: her rights end at once, her readings
// with them; what she wrote stays. Error: Invalid on "reason".
func (s *Service) End(ctx context.Context, by account.User, id SelectionID, member MemberID, why string) error {
	reason, bad := reasonOf(why)
	var m Member
	err := s.db.Write(ctx, func(tx *db.Tx) (err error) {
		var sel Selection
		if sel, m, err = s.seat(ctx, tx, by, "selection.manage", id, member); err != nil {
			return err
		}
		if err := errs.NewInvalid("committee.invalid", bad); err != nil {
			return err
		}
		return s.end(ctx, tx, by, sel, m, reason)
	})
	if err == nil && m.Status == Invited {
		err = s.takeBack(ctx, by, m)
	}
	return err
}

// Replace ends a mandate and offers the seat to somebody else, with the same role, in one act.
func (s *Service) Replace(ctx context.Context, by account.User, id SelectionID, member MemberID, why string, in Seat) (next MemberID, err error) {
	reason, bad := reasonOf(why)
	var m Member
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		sel, was, err := s.seat(ctx, tx, by, "selection.manage", id, member)
		if err != nil {
			return err
		}
		m, in.Role = was, was.Role
		_, more := in.clean()
		if err := errs.NewInvalid("committee.invalid", append(bad, more...)); err != nil {
			return err
		}
		if err := s.end(ctx, tx, by, sel, m, reason); err != nil {
			return err
		}
		next, err = s.invite(ctx, tx, by, sel, in)
		return err
	})
	if err == nil && m.Status == Invited {
		err = s.takeBack(ctx, by, m)
	}
	return next, err
}

// takeBack kills the link of an invitation whose seat has ended; one that was taken up
// or has expired has no link left.
func (s *Service) takeBack(ctx context.Context, by account.User, m Member) error {
	err := s.people.RevokeInvitation(ctx, by, account.Ref{Kind: "seat", ID: string(m.ID)}, m.Invitation)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	return err
}

func (s *Service) end(ctx context.Context, tx *db.Tx, by account.User, sel Selection, m Member, reason string) error {
	n, err := tx.Exec(ctx, `update committee_members set status = 'ended', ended_at = $2, reason = $3, version = version + 1 where id = $1 and status in ('invited', 'sitting')`, string(m.ID), s.clock.Now(), reason)
	if err != nil {
		return fmt.Errorf("end seat %s: %w", m.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "committee.ended_already")
	}
	if m.Status == Sitting {
		if err := s.ungrant(ctx, tx, by, sel, m); err != nil {
			return err
		}
		if err := s.EndReadings(ctx, tx, by, m, "", "mandate"); err != nil {
			return err
		}
		if err := s.bus.Publish(ctx, tx, "committee.ended", string(m.ID), nil); err != nil {
			return err
		}
	}
	if err := s.unseat(ctx, tx, by, m); err != nil {
		return err
	}
	return s.record(ctx, tx, by, "committee.ended", sel.ID, map[string]any{"member": string(m.ID)})
}

// split cuts what people type as a list: one a line, or separated by commas.
func split(typed string) []string {
	return strings.FieldsFunc(text.Clean(typed), func(r rune) bool { return r == ',' || r == ';' || r == '\n' || r == '\r' })
}

// Words cuts a list of competences as it is typed.
func Words(typed string) []string { return cleanWords(split(typed)) }
