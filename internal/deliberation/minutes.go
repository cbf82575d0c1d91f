package deliberation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// MinutesVersion is the version of the format in which minutes are frozen.
const MinutesVersion = 1

// Minutes tell a deliberation from its record. Those of somebody are without the files
// that are closed to her, and numbers close up.
type Minutes struct {
	Version  int            `json:"version"`
	Name     form.Localised `json:"selection"`
	Call     form.Localised `json:"call"`
	Opened   time.Time      `json:"opened"`
	Signed   time.Time      `json:"signed,omitzero"`
	Quorum   int            `json:"quorum"`
	Chairs   []Attendee     `json:"chairs"`
	Deputy   string         `json:"deputy,omitempty"`
	Present  []Attendee     `json:"present"`
	Absent   []Attendee     `json:"absent"`
	Guests   []Attendee     `json:"guests"` // of the programme's team: they do not vote
	Files    []Entry        `json:"files"`
	Reserves []int          `json:"reserves"` // places in Files, in the order of the reserve list
}

// Attendee is somebody as the minutes name her.
type Attendee struct {
	Name  string         `json:"name"`
	Sits  string         `json:"organisation,omitempty"`
	Role  committee.Role `json:"role,omitempty"`
	Stays []Stay         `json:"stays,omitempty"`
}

// Stay is a time in the room; one without an end lasted until the signature.
type Stay struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until,omitzero"`
}

// Entry is what the minutes say of one file.
type Entry struct {
	ID       application.ID `json:"id"`
	Number   int            `json:"number"` // of the file in its call
	Title    string         `json:"title"`
	Out      []Leaver       `json:"out"`
	Votes    []Count        `json:"votes"`
	Outcome  Outcome        `json:"outcome,omitempty"` // "" while nothing is decided
	Other    *Entry         `json:"other,omitempty"`   // of a pair: its identifier, number and title
	Rank     int            `json:"rank,omitempty"`
	Reason   form.Localised `json:"reason,omitempty"`
	Wording  string         `json:"wording,omitempty"`
	Comments []string       `json:"comments,omitempty"`
}

// Leaver is who stepped out, and the kinds of reasons: never their details.
type Leaver struct {
	Name  string   `json:"name"`
	Sits  string   `json:"organisation,omitempty"`
	Kinds []string `json:"kinds"`
}

// Count is a vote that was closed.
type Count struct {
	Kind      Outcome `json:"kind"`
	Wording   string  `json:"wording,omitempty"`
	Electors  int     `json:"electors"`
	For       int     `json:"for"`
	Against   int     `json:"against"`
	Abstained int     `json:"abstained"`
	Carried   bool    `json:"carried"`
}

// Digest is the SHA-256 of the minutes as they are frozen, in hexadecimal.
func (m Minutes) Digest() string {
	text, err := json.Marshal(m)
	if err != nil {
		panic(err) // nothing in the type can fail
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Undecided counts the files of which nothing was decided.
func (m Minutes) Undecided() (n int) {
	for _, e := range m.Files {
		if e.Outcome == "" {
			n++
		}
	}
	return n
}

// assemble makes the minutes from the record, whole.
func (s *Service) assemble(ctx context.Context, r db.Reader, sel committee.Selection) (Minutes, error) {
	room, err := roomOf(ctx, r, sel.ID)
	if err != nil {
		return Minutes{}, err
	}
	m := Minutes{Version: MinutesVersion, Name: sel.Name, Call: sel.Call.Title, Opened: room.OpenedAt, Quorum: room.Quorum}
	members, err := committee.Members(ctx, r, sel.ID)
	if err != nil {
		return m, err
	}
	if err := s.attendees(ctx, r, &m, room, members); err != nil {
		return m, err
	}
	files, err := s.inOrder(ctx, r, account.System, sel, room)
	if err != nil {
		return m, err
	}
	decided, err := s.decided(ctx, r, account.System, sel.ID)
	if err != nil {
		return m, err
	}
	motions, err := s.motions(ctx, r, sel.ID, "")
	if err != nil {
		return m, err
	}
	leavers, err := s.leavers(ctx, r, sel.ID)
	if err != nil {
		return m, err
	}
	for _, a := range files {
		m.Files = append(m.Files, about{files, room, motions}.entry(a, decided[a.ID], leavers[a.ID]))
	}
	m.number()
	return m, nil
}

// about is what the entries of the minutes are written from.
type about struct {
	files   []application.Application
	room    Room
	motions []Motion
}

// entry writes what was said of one file.
func (b about) entry(a application.Application, d Decision, out []Leaver) Entry {
	e := Entry{ID: a.ID, Number: a.Number, Title: a.Title, Out: out, Outcome: d.Outcome, Rank: d.Rank, Wording: d.Wording, Comments: d.Comments}
	if reason, known := b.room.ReasonNamed(d.Reason); known {
		e.Reason = reason.Label
	}
	if i := slices.IndexFunc(b.files, func(o application.Application) bool { return d.Other != "" && o.ID == d.Other }); i >= 0 {
		e.Other = &Entry{ID: b.files[i].ID, Number: b.files[i].Number, Title: b.files[i].Title}
	}
	for _, v := range b.motions {
		if v.File == a.ID && v.Status == Voted {
			e.Votes = append(e.Votes, Count{v.Kind, v.Wording, v.Electors, v.For, v.Against, v.Abstained, v.Carried})
		}
	}
	return e
}

// number lists the reserve, and closes its ranks up.
func (m *Minutes) number() {
	m.Reserves = nil
	for i, e := range m.Files {
		if e.Outcome == Reserve {
			m.Reserves = append(m.Reserves, i)
		}
	}
	slices.SortFunc(m.Reserves, func(a, b int) int { return m.Files[a].Rank - m.Files[b].Rank })
	for rank, i := range m.Reserves {
		m.Files[i].Rank = rank + 1
	}
}

// without leaves out the files that are closed to a reader, those paired with one too.
func (m Minutes) without(open map[application.ID]bool) Minutes {
	m.Files = slices.DeleteFunc(slices.Clone(m.Files), func(e Entry) bool { return !open[e.ID] || e.Other != nil && !open[e.Other.ID] })
	m.number()
	return m
}

// attendees tells who was there, who was not, and who listened.
func (s *Service) attendees(ctx context.Context, r db.Reader, m *Minutes, room Room, members []committee.Member) error {
	type stay struct {
		person account.PersonID
		name   string
		Stay
	}
	stays, err := db.List(ctx, r, func(sc db.Scanner) (x stay, err error) {
		err = sc.Scan(&x.person, &x.name, &x.From, &x.Until)
		return x, err
	}, `select t.person_id, p.name, t.entered_at, t.left_at from attendances t join people p on p.id = t.person_id where t.selection_id = $1 order by p.name, p.id, t.entered_at, t.id`, string(room.Selection))
	if err != nil {
		return fmt.Errorf("list who came to %s: %w", room.Selection, err)
	}
	of := func(person account.PersonID) (list []Stay) {
		for _, x := range stays {
			if x.person == person && person != "" {
				list = append(list, x.Stay)
			}
		}
		return list
	}
	sat := map[account.PersonID]bool{}
	for _, one := range members {
		if one.Status != committee.Sitting || one.Role == committee.Officer {
			continue
		}
		sat[one.Person] = true
		who := Attendee{one.Name, one.Organisation, one.Role, of(one.Person)}
		if one.Role == committee.Chair {
			m.Chairs = append(m.Chairs, Attendee{Name: one.Name, Sits: one.Organisation, Role: one.Role})
		}
		if one.ID == room.Deputy {
			m.Deputy = one.Name
		}
		if len(who.Stays) > 0 {
			m.Present = append(m.Present, who)
		} else {
			m.Absent = append(m.Absent, who)
		}
	}
	for _, x := range stays {
		if !sat[x.person] {
			sat[x.person] = true
			m.Guests = append(m.Guests, Attendee{Name: x.name, Stays: of(x.person)})
		}
	}
	return nil
}

// leavers tells, by file, who stepped out while it was discussed, and the kinds of causes
// that stand in the register.
func (s *Service) leavers(ctx context.Context, r db.Reader, id committee.SelectionID) (map[application.ID][]Leaver, error) {
	type row struct {
		file             application.ID
		name, sits, kind string
	}
	rows, err := db.List(ctx, r, func(sc db.Scanner) (x row, err error) {
		err = sc.Scan(&x.file, &x.name, &x.sits, &x.kind)
		return x, err
	}, `select distinct x.application_id, coalesce(m.name, p.name), coalesce(o.name, ''), coalesce(k.kind, '')
		from absences x join people p on p.id = x.person_id left join committee_members m on m.id = x.member_id left join organisations o on o.id = m.organisation_id
		left join recusals c on c.member_id = x.member_id and c.application_id = x.application_id and c.status = 'standing' left join recusal_causes k on k.recusal_id = c.id
		where x.selection_id = $1 order by 1, 2, 4`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list who stepped out of %s: %w", id, err)
	}
	out := map[application.ID][]Leaver{}
	for _, x := range rows {
		list := out[x.file]
		if len(list) == 0 || list[len(list)-1].Name != x.name {
			list = append(list, Leaver{Name: x.name, Sits: x.sits})
		}
		if x.kind != "" {
			list[len(list)-1].Kinds = append(list[len(list)-1].Kinds, x.kind)
		}
		out[x.file] = list
	}
	return out, nil
}

// Record is the minutes as a reader has them.
type Record struct {
	Selection committee.Selection
	Minutes   Minutes
	Digest    string // of what she has; of the whole when nothing is closed to her
	Signer    string // name; "" while they are not signed
	MaySign   bool
}

// signature is who signed the minutes, as they are kept.
type signature struct {
	content, by, name string
	at                time.Time
}

func signatureOf(ctx context.Context, r db.Reader, id committee.SelectionID) (signature, error) {
	got, err := db.Get(ctx, r, func(sc db.Scanner) (x signature, err error) {
		err = sc.Scan(&x.content, &x.by, &x.name, &x.at)
		return x, err
	}, `select n.content, n.signed_by, coalesce(p.name, ''), n.signed_at from minutes n
		left join people p on 'person:' || p.id = n.signed_by where n.selection_id = $1`, string(id))
	if errs.Is(err, errs.NotFound) {
		return signature{}, nil
	}
	return got, err
}

// Minutes reads the minutes for who may: from the record until they are signed, as they
// were signed afterwards.
func (s *Service) Minutes(ctx context.Context, by account.User, id committee.SelectionID) (Record, error) {
	r := s.db.Reader()
	sel, err := s.require(ctx, r, by, "selection.minutes", id)
	if err != nil {
		return Record{}, err
	}
	v := Record{Selection: sel}
	signed, err := signatureOf(ctx, r, id)
	if err != nil {
		return v, err
	}
	if signed.content == "" {
		v.Minutes, err = s.assemble(ctx, r, sel)
	} else {
		v.Signer = signed.name
		if err = json.Unmarshal([]byte(signed.content), &v.Minutes); err != nil {
			err = fmt.Errorf("read the minutes of %s: %w", id, err)
		}
	}
	if err != nil {
		return v, err
	}
	open, err := s.open(ctx, r, by, id)
	if err != nil {
		return v, err
	}
	v.Minutes = v.Minutes.without(open)
	v.Digest = v.Minutes.Digest()
	d, err := s.policy.Decide(ctx, r, by, "selection.sign", sel.Object(s.clock.Now()))
	v.MaySign = d.Allowed && signed.content == ""
	return v, err
}

// Sign freezes the minutes and closes the room: the selection is decided, under embargo
// until somebody else announces. Errors: Conflict while a file is undecided, a vote is
// open, or nobody opened the room.
func (s *Service) Sign(ctx context.Context, by account.User, id committee.SelectionID) error {
	return s.act(ctx, by, "selection.sign", id, func(tx *db.Tx, m *meeting) error {
		if m.room.Status != Open {
			return errs.New(errs.Conflict, "deliberation.not_open")
		}
		if err := s.inside(ctx, tx, m); err != nil {
			return err
		}
		var votes int
		if err := tx.QueryRow(ctx, `select count(*) from motions where selection_id = $1 and status = 'voting'`, string(id)).Scan(&votes); err != nil {
			return fmt.Errorf("look for an open vote: %w", err)
		}
		if votes > 0 {
			return errs.New(errs.Conflict, "deliberation.vote_open")
		}
		if err := s.empty(ctx, tx, m); err != nil {
			return err
		}
		content, err := s.assemble(ctx, tx, m.sel)
		if err != nil {
			return err
		}
		if content.Undecided() > 0 || len(content.Files) == 0 {
			return errs.New(errs.Conflict, "deliberation.unfinished")
		}
		content.Signed = db.Instant(m.now)
		text, err := json.Marshal(content)
		if err != nil {
			return fmt.Errorf("write the minutes of %s: %w", id, err)
		}
		if _, err := tx.Exec(ctx, `insert into minutes (selection_id, content, digest, signed_by, signed_at, countersigned_by, version) values ($1, $2, $3, $4, $5, '', 1)`,
			string(id), string(text), content.Digest(), by.Actor(), m.now); err != nil {
			return fmt.Errorf("keep the minutes of %s: %w", id, err)
		}
		if err := committee.Move(ctx, tx, m.sel, committee.Decided, m.now); err != nil {
			return err
		}
		if err := s.record(ctx, tx, by, "deliberation.signed", id, map[string]any{"digest": content.Digest(), "files": len(content.Files)}); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, "deliberation.signed", string(id), nil)
	})
}

// empty closes the room: everybody leaves, nothing is discussed any more.
func (s *Service) empty(ctx context.Context, tx *db.Tx, m *meeting) error {
	for _, text := range []string{
		`update absences set returned_at = $2 where selection_id = $1 and returned_at is null`,
		`update attendances set left_at = $2 where selection_id = $1 and left_at is null`,
	} {
		if _, err := tx.Exec(ctx, text, string(m.sel.ID), m.now); err != nil {
			return fmt.Errorf("empty the room of %s: %w", m.sel.ID, err)
		}
	}
	m.room.Status, m.room.ClosedAt, m.room.Current, m.room.Beside, m.room.Until = Closed, m.now, "", "", time.Time{}
	return nil
}

// MayAnnounce says whether by may announce what the minutes of a selection say: they are
// signed, by somebody else. It asks no right. Errors: Conflict
// "deliberation.not_signed", "deliberation.same_person".
func MayAnnounce(ctx context.Context, r db.Reader, by account.User, id committee.SelectionID) error {
	signed, err := signatureOf(ctx, r, id)
	switch {
	case err != nil:
		return err
	case signed.by == "":
		return errs.New(errs.Conflict, "deliberation.not_signed")
	case signed.by == by.Actor():
		return errs.New(errs.Conflict, "deliberation.same_person")
	}
	return nil
}
