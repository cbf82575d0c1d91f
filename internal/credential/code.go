package credential

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// One-time codes follow RFC 6238 as every application knows it: SHA-1, six digits,
// thirty seconds; one step early or late is forgiven (§5.2).
const (
	codeStep   = 30
	codeSkew   = 1
	codeSecret = 20 // bytes, the length of the hash (RFC 4226, §4, R6)
	// codeTries bounds the tries of a quarter of an hour: 480 a day, of which three
	// codes in a million are right, is one chance in seven hundred.
	codeTries = 5
	// recoveryCount codes of 12 letters out of 32 are 60 bits each.
	recoveryCount  = 10
	recoveryLength = 12
)

// recoveryLetters leaves out what is read for something else.
const recoveryLetters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// Setup is what an application needs to make codes: the address that a QR code holds,
// and the secret to type where there is no camera.
type Setup struct {
	URL    string
	Secret string // in groups of four
}

func sealedFor(person account.PersonID) string { return "one-time code:" + string(person) }

// BeginCodes draws a secret for the person, which counts once a code confirms it.
// Beginning again draws another. Errors: Conflict credential.codes_set, Forbidden credential.prove_first.
func (s *Service) BeginCodes(ctx context.Context, by account.User) error {
	if err := s.mayChange(ctx, by); err != nil {
		return err
	}
	key := make([]byte, codeSecret)
	rand.Read(key)
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `
			insert into one_time_codes (person_id, secret, created_at, last_step) values ($1, $2, $3, 0)
			on conflict (person_id) do update set secret = excluded.secret, created_at = excluded.created_at where one_time_codes.confirmed_at is null`,
			string(by.ID), s.opt.Box.Seal(key, sealedFor(by.ID)), s.clock.Now())
		if err != nil {
			return fmt.Errorf("begin one-time codes: %w", err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "credential.codes_set")
		}
		return nil
	})
}

// Setup shows the secret that waits for its first code; NotFound when none does.
func (s *Service) Setup(ctx context.Context, by account.User) (Setup, error) {
	if err := signedIn(by); err != nil {
		return Setup{}, err
	}
	key, err := s.secret(ctx, s.db.Reader(), by.ID, `confirmed_at is null`)
	if err != nil {
		return Setup{}, err
	}
	email, _, err := s.opt.Accounts.MainAddress(ctx, s.db.Reader(), by.ID)
	if err != nil {
		return Setup{}, err
	}
	made, err := totp.Generate(totp.GenerateOpts{Issuer: strings.ReplaceAll(s.opt.Install, ":", " "), AccountName: email, Secret: key, SecretSize: codeSecret})
	if err != nil {
		return Setup{}, fmt.Errorf("write the address of the codes: %w", err)
	}
	return Setup{made.URL(), grouped(made.Secret(), " ")}, nil
}

func (s *Service) secret(ctx context.Context, r db.Reader, person account.PersonID, where string) ([]byte, error) {
	var sealed []byte
	err := r.QueryRow(ctx, `select secret from one_time_codes where person_id = $1 and `+where, string(person)).Scan(&sealed)
	if err != nil {
		return nil, err
	}
	return s.opt.Box.Open(sealed, sealedFor(person))
}

func grouped(s, between string) string {
	var parts []string
	for ; len(s) > 4; s = s[4:] {
		parts = append(parts, s[:4])
	}
	return strings.Join(append(parts, s), between)
}

// ConfirmCodes takes the first code of an application: from now on codes count. It
// gives the recovery codes, shown once, and the token that replaces the one of the
// cookie, since her sign-in now has two proofs.
// Errors: Invalid on "code" (credential.code_missing, _wrong, _many), NotFound.
func (s *Service) ConfirmCodes(ctx context.Context, by account.User, typed string) (recovery []string, token string, err error) {
	if err := s.mayChange(ctx, by); err != nil {
		return nil, "", err
	}
	token, err = s.trying(ctx, by, typed, func(tx *db.Tx, code string) (bool, error) {
		ok, err := s.takeCode(ctx, tx, by.ID, code, `confirmed_at is null`)
		if err != nil || !ok {
			return false, err
		}
		if _, err := tx.Exec(ctx, `update one_time_codes set confirmed_at = $2 where person_id = $1`, string(by.ID), s.clock.Now()); err != nil {
			return false, fmt.Errorf("confirm one-time codes: %w", err)
		}
		if recovery, err = s.drawRecovery(ctx, tx, by.ID); err != nil {
			return false, err
		}
		if err := s.opt.Accounts.MarkSecondFactor(ctx, tx, by.ID, true); err != nil {
			return false, err
		}
		return true, s.record(ctx, tx, by, act{name: "codes.set", person: by.ID, told: ToldCodesSet})
	}, account.MethodCode)
	return recovery, token, err
}

// UseCode adds a one-time code, or a recovery code, to the sign-in the request came
// with, and gives the token that replaces the one of the cookie.
// Errors: Invalid on "code" (credential.code_missing, _wrong, _many).
func (s *Service) UseCode(ctx context.Context, by account.User, typed string) (token string, err error) {
	if err := signedIn(by); err != nil {
		return "", err
	}
	if len(readCode(typed)) == recoveryLength {
		return s.trying(ctx, by, typed, func(tx *db.Tx, code string) (bool, error) { return s.takeRecovery(ctx, tx, by, code) }, account.MethodRecovery)
	}
	return s.trying(ctx, by, typed, func(tx *db.Tx, code string) (bool, error) {
		return s.takeCode(ctx, tx, by.ID, code, `confirmed_at is not null`)
	}, account.MethodCode)
}

// trying counts a try, which stays counted when the code is wrong, and strengthens the
// sign-in when it is right.
func (s *Service) trying(ctx context.Context, by account.User, typed string, take func(tx *db.Tx, code string) (bool, error), method string) (token string, err error) {
	code := readCode(typed)
	if code == "" {
		return "", invalid("code", "credential.code_missing")
	}
	problem := ""
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		problem, token = "", ""
		may, err := s.opt.Accounts.Allowed(ctx, tx, "code:"+string(by.ID), codeTries)
		if err != nil {
			return err
		}
		if !may {
			problem = "credential.code_many"
			return nil
		}
		ok, err := take(tx, code)
		if err != nil {
			return err
		}
		if !ok {
			problem = "credential.code_wrong"
			return nil
		}
		token, err = s.opt.Accounts.Strengthen(ctx, tx, by, method)
		return err
	})
	if err == nil && problem != "" {
		return "", invalid("code", problem)
	}
	return token, err
}

// readCode forgives what people do to a code: spaces, hyphens, lower case.
func readCode(typed string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || unicode.Is(unicode.Cf, r) || r == '.' {
			return -1
		}
		return r
	}, typed))
}

// takeCode says whether a code is that of the present step or of a neighbour, and uses
// the step up: the where clause decides between two uses.
func (s *Service) takeCode(ctx context.Context, tx *db.Tx, person account.PersonID, code, where string) (bool, error) {
	key, err := s.secret(ctx, tx, person, where)
	if errs.Is(err, errs.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	step, ok, err := stepOf(key, code, s.clock.Now())
	if err != nil || !ok {
		return false, err
	}
	n, err := tx.Exec(ctx, `update one_time_codes set last_step = $2 where person_id = $1 and last_step < $2 and `+where, string(person), step)
	if err != nil {
		return false, fmt.Errorf("use a one-time code: %w", err)
	}
	return n == 1, nil
}

// stepOf finds the step whose code was typed, among the present one and its neighbours.
func stepOf(key []byte, code string, at time.Time) (step int64, ok bool, err error) {
	encoded := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(key)
	now := at.Unix() / codeStep
	for candidate := now - codeSkew; candidate <= now+codeSkew; candidate++ {
		want, err := hotp.GenerateCodeCustom(encoded, uint64(candidate), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err != nil {
			return 0, false, fmt.Errorf("make a one-time code: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			step, ok = candidate, true
		}
	}
	return step, ok, nil
}

func (s *Service) recoveryDigest(person account.PersonID, code string) string {
	return hex.EncodeToString(s.opt.Box.Digest(code, "recovery code:"+string(person)))
}

// drawRecovery replaces the codes that she keeps on paper.
func (s *Service) drawRecovery(ctx context.Context, tx *db.Tx, person account.PersonID) (codes []string, err error) {
	if err := s.forget(ctx, tx, person, "recovery_codes"); err != nil {
		return nil, err
	}
	now := s.clock.Now()
	for range recoveryCount {
		var b [recoveryLength]byte
		rand.Read(b[:])
		for i := range b {
			b[i] = recoveryLetters[int(b[i])%len(recoveryLetters)]
		}
		code := string(b[:])
		_, err := tx.Exec(ctx, `insert into recovery_codes (id, person_id, digest, created_at) values ($1, $2, $3, $4)`, db.NewID(), string(person), s.recoveryDigest(person, code), now)
		if err != nil {
			return nil, fmt.Errorf("keep a recovery code: %w", err)
		}
		codes = append(codes, grouped(code, "-"))
	}
	return codes, nil
}

func (s *Service) takeRecovery(ctx context.Context, tx *db.Tx, by account.User, code string) (bool, error) {
	n, err := tx.Exec(ctx, `update recovery_codes set used_at = $3 where person_id = $1 and digest = $2 and used_at is null`, string(by.ID), s.recoveryDigest(by.ID, code), s.clock.Now())
	if err != nil {
		return false, fmt.Errorf("use a recovery code: %w", err)
	}
	if n == 0 {
		return false, nil
	}
	return true, s.record(ctx, tx, by, act{name: "recovery.used", person: by.ID, told: ToldRecoveryUsed})
}

// RenewRecovery draws other recovery codes, shown once; the former ones end.
// Errors: NotFound (no one-time codes), Forbidden credential.prove_first.
func (s *Service) RenewRecovery(ctx context.Context, by account.User) (codes []string, err error) {
	if err := s.mayChange(ctx, by); err != nil {
		return nil, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.secret(ctx, tx, by.ID, `confirmed_at is not null`); err != nil {
			return err
		}
		if codes, err = s.drawRecovery(ctx, tx, by.ID); err != nil {
			return err
		}
		return s.record(ctx, tx, by, act{name: "recovery.renewed", person: by.ID, told: ToldRecoveryRenewed})
	})
	return codes, err
}

// RemoveCodes ends one-time codes and the recovery codes that go with them.
// Errors: NotFound, Forbidden credential.prove_first.
func (s *Service) RemoveCodes(ctx context.Context, by account.User) error {
	if err := s.mayChange(ctx, by); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `delete from one_time_codes where person_id = $1 and confirmed_at is not null`, string(by.ID))
		if err != nil {
			return fmt.Errorf("remove one-time codes: %w", err)
		}
		if n == 0 {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		if err := s.forget(ctx, tx, by.ID, "recovery_codes"); err != nil {
			return err
		}
		if err := s.markFactor(ctx, tx, by.ID); err != nil {
			return err
		}
		return s.record(ctx, tx, by, act{name: "codes.removed", person: by.ID, told: ToldCodesRemoved})
	})
}
