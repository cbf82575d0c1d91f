package programme

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
)

// MaxGuests bounds the people that one list invites: what one person may invite in an hour.
const MaxGuests = 50

// Guest is a row of a list of people to invite. Her name and her organisation help
// to read the list again; they are not kept: she says them herself when she comes.
type Guest struct {
	Line         int
	Name         string
	Email        string
	Organisation string
	Role         string // a relation, or what was written when it is none
	Until        time.Time
	State        GuestState
	Problems     []errs.Field // why she is refused
}

// GuestState is what becomes of a row.
type GuestState string

// The states.
const (
	GuestNew     GuestState = "new"     // will be invited
	GuestMember  GuestState = "member"  // holds the role already
	GuestInvited GuestState = "invited" // was invited to it, and has not answered
	GuestTwice   GuestState = "twice"   // stands above in the list with the same role
	GuestRefused GuestState = "refused"
)

// GuestWords are the heads of a list and the names of roles, in every language in
// which people write them. The keys of Heads are "name", "email", "role",
// "organisation" and "until"; those of Roles are relations.
type GuestWords struct{ Heads, Roles map[string][]string }

// guestBounds are the most that a list may hold.
var guestBounds = sheet.Bounds{Bytes: 1 << 20, Rows: 1000, Columns: 50, Cell: 500, Sheets: 10}

// ReadGuests reads a list, CSV or XLSX, whose last days are told in a zone.
//
// Errors: Invalid on "file": those of sheet.Read, "team.list_heads" when there is no
// column of addresses or of roles, "team.list_many", "team.list_empty".
func ReadGuests(content io.Reader, words GuestWords, there string) ([]Guest, error) {
	wrong := func(key string, args ...any) error {
		return errs.NewInvalid("programme.invalid", []errs.Field{{Path: "file", Key: key, Args: args}})
	}
	book, err := sheet.Read(content, guestBounds)
	if err != nil {
		var e *errs.Error
		if errors.As(err, &e) && e.Kind == errs.Invalid {
			return nil, wrong(e.Key, e.Args...)
		}
		return nil, err
	}
	rows := book.Tables[0].Rows
	at := map[string]int{}
	for i, head := range rows[0].Cells {
		if name := meant(words.Heads, head); name != "" {
			at[name] = i
		}
	}
	for _, needed := range []string{"email", "role"} {
		if _, found := at[needed]; !found {
			return nil, wrong("team.list_heads")
		}
	}
	switch n := len(rows) - 1; {
	case n == 0:
		return nil, wrong("team.list_empty")
	case n > MaxGuests:
		return nil, wrong("team.list_many", MaxGuests)
	}
	list := make([]Guest, 0, len(rows)-1)
	for _, row := range rows[1:] {
		list = append(list, guest(row, at, words, there))
	}
	return list, nil
}

// meant is the key under which a word stands, "" when it stands nowhere.
func meant(words map[string][]string, word string) string {
	word = text.Fold(strings.TrimSpace(word))
	for key, list := range words {
		if text.Fold(key) == word || slices.ContainsFunc(list, func(one string) bool { return text.Fold(one) == word }) {
			return key
		}
	}
	return ""
}

func guest(row sheet.Row, at map[string]int, words GuestWords, there string) Guest {
	cell := func(name string) string {
		i, found := at[name]
		if !found || i >= len(row.Cells) {
			return ""
		}
		return strings.Join(strings.Fields(text.Clean(sheet.Bare(row.Cells[i]))), " ")
	}
	g := Guest{Line: row.Number, Name: cell("name"), Email: cell("email"), Organisation: cell("organisation"), Role: cell("role"), State: GuestNew}
	if relation := meant(words.Roles, g.Role); relation != "" {
		g.Role = relation
	}
	if until := cell("until"); until != "" {
		for _, layout := range []string{time.DateOnly, "02/01/2006", "2/1/2006", "02.01.2006"} {
			if day, err := time.ParseInLocation(layout, until, zone.Location(there)); err == nil {
				g.Until = day.AddDate(0, 0, 1) // a role that ends on a day lasts through it
				return g
			}
		}
		g.refuse("until", "team.until_unreadable")
	}
	return g
}

func (g *Guest) refuse(path, key string) {
	g.State, g.Problems = GuestRefused, append(g.Problems, errs.Field{Path: path, Key: key})
}

// Guests says what would become of each row of a list, to who may change the team.
// Errors: NotFound, Forbidden.
func (t *Teams) Guests(ctx context.Context, by account.User, of policy.Ref, list []Guest) ([]Guest, error) {
	r := t.s.db.Reader()
	p, err := t.open(ctx, r, by, of)
	if err != nil {
		return nil, err
	}
	return t.weigh(ctx, r, by, p, list)
}

func (t *Teams) weigh(ctx context.Context, r db.Reader, by account.User, p place, list []Guest) ([]Guest, error) {
	roles, err := t.offered(ctx, r, by, p)
	if err != nil {
		return nil, err
	}
	members, err := t.s.members(ctx, r, p.Object)
	if err != nil {
		return nil, err
	}
	pending, err := t.accounts.PendingInvitations(ctx, r, account.Ref(p.Ref))
	if err != nil {
		return nil, err
	}
	out, met := slices.Clone(list), map[string]bool{}
	for i := range out {
		g := &out[i]
		email, wrong := account.ParseEmail(g.Email)
		if wrong != nil {
			g.refuse("email", "team.list_email")
		} else {
			g.Email = email
		}
		if !slices.Contains(roles, g.Role) {
			key := "team.list_role"
			if slices.Contains(p.roles, g.Role) {
				key = "team.list_appoint"
			}
			g.refuse("role", key)
		}
		if !g.Until.IsZero() && !g.Until.After(t.s.clock.Now()) {
			g.refuse("until", "team.until_past")
		}
		if g.State == GuestRefused {
			continue
		}
		if g.State, err = t.standing(ctx, r, *g, members, pending); err != nil {
			return nil, err
		}
		if key := g.Email + " " + g.Role; met[key] {
			g.State = GuestTwice
		} else {
			met[key] = true
		}
	}
	return out, nil
}

// standing says whether a guest holds the role already, or was invited to it. An address
// is only compared with those of the team: nothing is told of the others.
func (t *Teams) standing(ctx context.Context, r db.Reader, g Guest, members []Member, pending []account.Invitation) (GuestState, error) {
	who, err := t.accounts.FindPerson(ctx, r, g.Email)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return g.State, err
	}
	switch {
	case err == nil && slices.ContainsFunc(members, func(m Member) bool { return m.Subject == string(who.ID) && m.Relation == g.Role }):
		return GuestMember, nil
	case slices.ContainsFunc(pending, func(i account.Invitation) bool { return i.Email == g.Email && i.Relation == g.Role }):
		return GuestInvited, nil
	}
	return GuestNew, nil
}

// InviteAll invites the people of a list who are new to their role, all or none, and
// says how many they are. in gives the words and the language of the mail.
// Errors: NotFound, Forbidden; TooMany; Invalid on "message"; Conflict "team.list_none".
func (t *Teams) InviteAll(ctx context.Context, by account.User, of policy.Ref, in account.Invite, list []Guest) (sent int, err error) {
	err = t.s.db.Write(ctx, func(tx *db.Tx) error {
		sent = 0
		p, err := t.open(ctx, tx, by, of)
		if err != nil {
			return err
		}
		guests, err := t.weigh(ctx, tx, by, p, list)
		if err != nil {
			return err
		}
		for _, g := range guests {
			if g.State != GuestNew {
				continue
			}
			one := in
			one.Email, one.Relation, one.RelationUntil, one.Object, one.ObjectName = g.Email, g.Role, g.Until, account.Ref(p.Ref), p.name.In(in.Lang)
			if _, err := t.accounts.InviteIn(ctx, tx, by, one); err != nil {
				return err
			}
			sent++
		}
		if sent == 0 {
			return errs.New(errs.Conflict, "team.list_none")
		}
		return nil
	})
	return sent, err
}
