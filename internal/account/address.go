package account

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
)

// Address is a proved mail address of a person. She has exactly one main address,
// where mails go, and signs in with any.
type Address struct {
	Email      string
	Main       bool
	VerifiedAt time.Time
}

func scanAddress(sc db.Scanner) (a Address, err error) {
	err = sc.Scan(&a.Email, &a.Main, &a.VerifiedAt)
	return a, err
}

// Addresses lists the person's addresses, the main one first.
func (s *Service) Addresses(ctx context.Context, by User) ([]Address, error) {
	return addressesOf(ctx, s.db.Reader(), by.ID)
}

func addressesOf(ctx context.Context, r db.Reader, person PersonID) ([]Address, error) {
	return db.List(ctx, r, scanAddress, `select email, main, verified_at from addresses where person_id = $1 order by main desc, email`, string(person))
}

// MainAddress is where mails to a person go, and the language to write in.
func (s *Service) MainAddress(ctx context.Context, r db.Reader, person PersonID) (email, lang string, err error) {
	err = r.QueryRow(ctx, `
		select a.email, p.lang from people was
		join people p on p.id = coalesce(was.merged_into, was.id)
		join addresses a on a.person_id = p.id and a.main
		where was.id = $1 and p.disabled_at is null`, string(person)).Scan(&email, &lang)
	return email, lang, err
}

// keepAddress gives a proved address to a person; somebody else's is a Conflict.
func (s *Service) keepAddress(ctx context.Context, tx *db.Tx, person PersonID, email string, main bool) error {
	n, err := tx.Exec(ctx, `insert into addresses (email, person_id, main, verified_at) values ($1, $2, $3, $4) on conflict (email) do nothing`, email, string(person), main, s.clock.Now())
	if err != nil {
		return fmt.Errorf("keep an address: %w", err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "account.address_taken")
	}
	return nil
}

// AddAddress has a link sent to an address that the person says is hers; opened
// while she is signed in, it adds the address, or offers to merge the account that
// has it. It answers the same whether the address is known or not.
// Errors: Invalid on "email" (not an address, or already hers).
func (s *Service) AddAddress(ctx context.Context, by User, email, ip string) error {
	if err := signedIn(by); err != nil {
		return err
	}
	email, err := ParseEmail(email)
	if err != nil {
		return err
	}
	mine, err := s.Addresses(ctx, by)
	if err != nil {
		return err
	}
	for _, a := range mine {
		if a.Email == email {
			return invalid("email", "account.address_yours")
		}
	}
	_, err = s.askLink(ctx, Ask{Email: email, Next: "/account", Lang: by.Lang, IP: ip}, forAddress, by.ID, Mail{Template: MailAddress, Args: map[string]string{"Email": email}})
	return err
}

// Proof is what the link sent to an address proves.
type Proof struct {
	Email string
	Other bool   // the address belongs to another account: confirming merges it into the person's
	Name  string // of the other account
}

// ReadProof says what confirming a link would do, without doing it. A link that the
// person did not ask for herself, used, expired or unknown, is NotFound.
func (s *Service) ReadProof(ctx context.Context, by User, token string) (Proof, error) {
	if err := signedIn(by); err != nil {
		return Proof{}, err
	}
	_, _, p, err := s.proof(ctx, s.db.Reader(), by, token)
	return p, err
}

func (s *Service) proof(ctx context.Context, r db.Reader, by User, token string) (l link, other Person, p Proof, err error) {
	l, err = s.liveLink(ctx, r, token, forAddress)
	if err == nil && l.person != by.ID {
		err = errs.New(errs.NotFound, "errs.not_found")
	}
	if err != nil {
		return l, other, p, err
	}
	p.Email = l.email
	other, err = s.personOf(ctx, r, l.email)
	switch {
	case errs.Is(err, errs.NotFound):
		return l, Person{}, p, nil
	case err == nil && other.ID != by.ID:
		p.Other, p.Name = true, other.Name
	}
	return l, other, p, err
}

// ConfirmAddress uses the link: the address becomes the person's. When another
// account has it, merge must say that she agrees to merge it into hers; both are
// proved, one by the sign-in, the other by the link.
// Errors: NotFound (dead link, or asked for by somebody else), Invalid on "merge"
// (account.merge_unsaid), Forbidden account.disabled.
func (s *Service) ConfirmAddress(ctx context.Context, by User, token string, merge bool) error {
	if err := signedIn(by); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		l, other, p, err := s.proof(ctx, tx, by, token)
		if err != nil {
			return err
		}
		if p.Other && !merge {
			return invalid("merge", "account.merge_unsaid")
		}
		if err := s.takeLink(ctx, tx, l.id); err != nil {
			return err
		}
		switch {
		case p.Other:
			return s.merge(ctx, tx, by, other)
		case other.ID == by.ID:
			return nil
		}
		if err := s.keepAddress(ctx, tx, by.ID, l.email, false); err != nil {
			return err
		}
		return s.addressesChanged(ctx, tx, by, "address.added")
	})
}

// addressesChanged writes the act and tells the main address, so that nobody
// changes an account unseen.
func (s *Service) addressesChanged(ctx context.Context, tx *db.Tx, by User, act string) error {
	email, lang, err := s.MainAddress(ctx, tx, by.ID)
	if err != nil {
		return fmt.Errorf("find the main address: %w", err)
	}
	err = s.send(ctx, tx, Mail{To: email, Lang: lang, Template: MailChanged, Args: map[string]string{"Link": "/account"}, Key: "changed:" + db.NewID()})
	if err != nil {
		return err
	}
	if err := s.tell(ctx, tx, "person.addresses", string(by.ID), nil); err != nil {
		return err
	}
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "person", ID: string(by.ID)})
}

// SetMain chooses the address where mails go; the former one is told.
// Another person's address is NotFound.
func (s *Service) SetMain(ctx context.Context, by User, email string) error {
	if err := signedIn(by); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.addressesChanged(ctx, tx, by, "address.main_chosen"); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update addresses set main = false where person_id = $1 and main`, string(by.ID)); err != nil {
			return fmt.Errorf("choose the main address: %w", err)
		}
		n, err := tx.Exec(ctx, `update addresses set main = true where person_id = $1 and email = $2`, string(by.ID), email)
		if err != nil {
			return fmt.Errorf("choose the main address: %w", err)
		}
		if n == 0 {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		return nil
	})
}

// RemoveAddress forgets an address. The main one stays until another is chosen, so
// that the last one never goes. Errors: NotFound, Conflict account.address_main.
func (s *Service) RemoveAddress(ctx context.Context, by User, email string) error {
	if err := signedIn(by); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `delete from addresses where person_id = $1 and email = $2 and not main`, string(by.ID), email)
		if err != nil {
			return fmt.Errorf("remove an address: %w", err)
		}
		if n == 1 {
			return s.addressesChanged(ctx, tx, by, "address.removed")
		}
		if _, err := db.Get(ctx, tx, scanAddress, `select email, main, verified_at from addresses where person_id = $1 and email = $2`, string(by.ID), email); err != nil {
			return err
		}
		return errs.New(errs.Conflict, "account.address_main")
	})
}
