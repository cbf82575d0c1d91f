package account

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

const (
	linkLife = 30 * time.Minute
	// codeTries bounds how often a code may be mistyped; 32⁸ codes exist.
	codeTries  = 5
	codeLength = 8
)

// codeLetters leaves out letters and digits that are read for one another.
const codeLetters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// What a link proves an address for.
const (
	forSignIn  = "signin"
	forAddress = "address"
)

// newCode draws a code that is read in a mail and typed elsewhere.
func newCode() string {
	var b [codeLength]byte
	rand.Read(b[:])
	for i := range b {
		b[i] = codeLetters[int(b[i])%len(codeLetters)]
	}
	return string(b[:])
}

// codeDigest binds a code to the page where it was asked for: neither the
// database nor another page can use it.
func codeDigest(page, code string) string { return tokenDigest(page + ":" + code) }

// readCode forgives what people do to a code: spaces, hyphens, lower case.
func readCode(code string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -\u00a0\u202f\t.", r) {
			return -1
		}
		return r
	}, code))
}

// Ask is a request for a link by mail.
type Ask struct {
	Email string
	Next  string // where to go afterwards; anything but a local path is "/"
	Lang  string
	IP    string
}

// AskLink has a link sent to an address, that signs in or, at its first use,
// creates the account. It returns the secret of the page where the mail's code may
// be typed. It never looks whether the address is known, so that it answers the
// same, in the same time; beyond the limits it answers the same too, and sends nothing.
// Error: Invalid on the field "email".
func (s *Service) AskLink(ctx context.Context, a Ask) (page string, err error) {
	return s.askLink(ctx, a, forSignIn, "", Mail{Template: MailSignIn, Args: map[string]string{}})
}

func (s *Service) askLink(ctx context.Context, a Ask, purpose string, person PersonID, m Mail) (page string, err error) {
	email, err := ParseEmail(a.Email)
	if err != nil {
		return "", err
	}
	token, tokenHash := newToken()
	page, pageHash := newToken()
	code := newCode()
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		now := s.clock.Now()
		may, err := s.mayAsk(ctx, tx, email, a.IP)
		if err != nil {
			return err
		}
		expires := now
		if may {
			expires = now.Add(linkLife)
		}
		var holder any
		if person != "" {
			holder = string(person)
		}
		_, err = tx.Exec(ctx, `
			insert into login_links (id, token_hash, page_hash, code_hash, tries, email, lang, purpose, person_id, next, created_at, expires_at)
			values ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9, $10, $11)`,
			db.NewID(), tokenHash, pageHash, codeDigest(page, code), email, langOf(a.Lang), purpose, holder, LocalPath(a.Next), now, expires)
		if err != nil || !may {
			return err
		}
		m.To, m.Lang, m.Key, m.Urgent = email, langOf(a.Lang), "link:"+tokenHash[:20], true
		m.Args["Minutes"] = strconv.Itoa(int(linkLife / time.Minute))
		if purpose == forSignIn {
			m.Args["Code"] = code[:4] + "-" + code[4:]
		}
		m.Args["Link"] = linkPaths[purpose] + token
		return s.send(ctx, tx, m)
	})
	if err != nil {
		return "", fmt.Errorf("ask for a link: %w", err)
	}
	return page, nil
}

var linkPaths = map[string]string{forSignIn: "/signin/link/", forAddress: "/account/addresses/confirm/"}

// link is a row that may still be used.
type link struct {
	id, email, lang, next string
	person                PersonID
}

func scanLink(sc db.Scanner) (l link, err error) {
	var person *string
	err = sc.Scan(&l.id, &l.email, &l.lang, &l.next, &person)
	if person != nil {
		l.person = PersonID(*person)
	}
	return l, err
}

// liveLink finds a link that may still be used; a dead one is NotFound.
func (s *Service) liveLink(ctx context.Context, r db.Reader, token, purpose string) (link, error) {
	return db.Get(ctx, r, scanLink, `
		select id, email, lang, next, person_id from login_links
		where token_hash = $1 and purpose = $2 and used_at is null and expires_at > $3`, tokenDigest(token), purpose, s.clock.Now())
}

// LinkEmail is the address that a sign-in link was sent to, without using the link:
// programs that check mails open links. Used, expired or unknown, it is NotFound.
func (s *Service) LinkEmail(ctx context.Context, token string) (string, error) {
	l, err := s.liveLink(ctx, s.db.Reader(), token, forSignIn)
	return l.email, err
}

// AskedEmail is the address that was typed on the page where a link was asked for,
// to show it there; NotFound once the page is older than a link lives.
func (s *Service) AskedEmail(ctx context.Context, page string) (string, error) {
	return db.Get(ctx, s.db.Reader(), db.Value[string], `select email from login_links where page_hash = $1 and created_at > $2`, tokenDigest(page), s.clock.Now().Add(-linkLife))
}

// Arrival is what a link or a code opened.
type Arrival struct {
	Token string // of the cookie
	Next  string // where the person wanted to go
	New   bool   // she has not said her name yet: welcome her first

	Person PersonID
	Login  string
	Weak   bool // the sign-in has one proof only
}

// takeLink marks a link used; the where clause decides between two uses.
func (s *Service) takeLink(ctx context.Context, tx *db.Tx, id string) error {
	n, err := tx.Exec(ctx, `update login_links set used_at = $2 where id = $1 and used_at is null and expires_at > $2`, id, s.clock.Now())
	if err != nil {
		return fmt.Errorf("use a link: %w", err)
	}
	if n == 0 {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	return nil
}

// UseLink signs in whoever holds a link: by is who was signed in on this device
// before, if anybody; that sign-in ends.
// Errors: NotFound (used, expired, unknown), Forbidden account.disabled.
func (s *Service) UseLink(ctx context.Context, by User, token, device string) (a Arrival, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		l, err := s.liveLink(ctx, tx, token, forSignIn)
		if err != nil {
			return err
		}
		if err := s.takeLink(ctx, tx, l.id); err != nil {
			return err
		}
		a, err = s.arrive(ctx, tx, by, l, device)
		return err
	})
	return a, err
}

// UseCode signs in whoever types, on the page where the link was asked for, the code that
// the mail brought. Errors: Invalid on the field "code" (account.code_missing,
// account.code_wrong, account.code_dead after five tries or half an hour),
// Forbidden account.disabled.
func (s *Service) UseCode(ctx context.Context, by User, page, code, device string) (a Arrival, err error) {
	if code = readCode(code); code == "" {
		return a, invalid("code", "account.code_missing")
	}
	problem := ""
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `
			update login_links set tries = tries + 1
			where page_hash = $1 and purpose = 'signin' and tries < $2 and used_at is null and expires_at > $3`, tokenDigest(page), codeTries, s.clock.Now())
		if err != nil {
			return fmt.Errorf("try a code: %w", err)
		}
		if n == 0 {
			problem = "account.code_dead"
			return nil
		}
		l, err := db.Get(ctx, tx, scanLink, `select id, email, lang, next, person_id from login_links where page_hash = $1 and code_hash = $2`, tokenDigest(page), codeDigest(page, code))
		if errs.Is(err, errs.NotFound) {
			problem = "account.code_wrong" // the try is kept: this transaction succeeds
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.takeLink(ctx, tx, l.id); err != nil {
			return err
		}
		a, err = s.arrive(ctx, tx, by, l, device)
		return err
	})
	if err == nil && problem != "" {
		return a, invalid("code", problem)
	}
	return a, err
}

// arrive opens a sign-in for the person of a proved address, creating her at the first time.
func (s *Service) arrive(ctx context.Context, tx *db.Tx, by User, l link, device string) (a Arrival, err error) {
	person, err := s.personOf(ctx, tx, l.email)
	if errs.Is(err, errs.NotFound) {
		person, err = s.create(ctx, tx, User{}, l.email, l.lang)
	}
	if err != nil {
		return a, err
	}
	return s.Enter(ctx, tx, by, Entry{Person: person.ID, Method: MethodMail, Device: device, Next: l.next})
}
