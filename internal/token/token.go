// Package token is the access token: what a person gives a program so that it acts in her name, for a time and for some acts only.
package token

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"hash/crc32"
	"math/big"
	"strings"
	"time"

	"transformateur/internal/account"
)

// MaxLife is the longest life of a token; a person chooses a shorter one.
const MaxLife = 366 * 24 * time.Hour

// Scope is a bundle of rights under a name that people choose. A program gets those
// of its owner that its scopes name, and nothing more.
type Scope struct {
	Name    string
	Actions []string // of the policy table
}

// standing tells on which side of a file its owner stands: the lists of the
// programme leave out the files of her own projects by it. It opens nothing alone.
const standing = "application.comment"

// Scopes lists every scope, in the order in which they are offered.
var Scopes = []Scope{
	{"account:read", []string{"account.manage"}},
	{"programmes:read", []string{"agency.read", "programme.read", "edition.read", "call.read", "call.files"}},
	{"applications:read", []string{"call.read", "call.files", "application.read", standing}},
	{"applications:write", []string{"call.read", "application.read", standing, "application.create", "application.edit"}},
	{"applications:submit", []string{"call.read", "application.read", standing, "application.submit", "application.withdraw"}},
	{"applications:judge", []string{"call.read", "call.files", "application.read", standing, "application.admit", "application.label"}},
	{"organisations:read", []string{"organisation.read"}},
	{"teams:read", []string{"edition.read", "edition.manage", "edition.invite"}},
	{"journal:read", []string{"journal.read"}},
}

// Token is an access token as its owner sees it: its secret was shown once.
type Token struct {
	ID         string
	Person     account.PersonID
	Name       string
	Ending     string // the last characters of the secret, to tell tokens apart
	Scopes     []string
	Within     account.Ref // the programme, edition or call it is limited to; zero: none
	WithinName string
	CreatedAt  time.Time
	ExpiresAt  time.Time
	LastUsedAt time.Time // zero: never; to the minute
	RevokedAt  time.Time
}

// Live says whether the token opens anything at an instant.
func (t Token) Live(at time.Time) bool { return t.RevokedAt.IsZero() && at.Before(t.ExpiresAt) }

// Has says whether the token has a scope.
func (t Token) Has(scope string) bool {
	for _, s := range t.Scopes {
		if s == scope {
			return true
		}
	}
	return false
}

// limit is what the token lets its owner's program do.
func (t Token) limit() *account.Limit {
	l := &account.Limit{Within: t.Within}
	for _, s := range Scopes {
		if t.Has(s.Name) {
			l.Actions = append(l.Actions, s.Actions...)
		}
	}
	return l
}

// Prefix begins every secret, so that people and secret scanners know one.
const Prefix = "tfm_"

// The digits of a secret: 256 bits take 43 of them, a CRC-32 takes 6.
const (
	digits     = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	bitsDigits = 43
	sumDigits  = 6
)

// Encode writes a secret: the prefix, the bits in base 62, then their CRC-32, by
// which a scanner or a typing mistake is told without asking the database.
func Encode(bits [32]byte) string {
	body := base62(new(big.Int).SetBytes(bits[:]), bitsDigits)
	return Prefix + body + checksum(body)
}

func checksum(body string) string {
	return base62(new(big.Int).SetUint64(uint64(crc32.ChecksumIEEE([]byte(body)))), sumDigits)
}

func base62(n *big.Int, width int) string {
	out, base, rest := make([]byte, width), big.NewInt(int64(len(digits))), new(big.Int)
	for i := width - 1; i >= 0; i-- {
		n.DivMod(n, base, rest)
		out[i] = digits[rest.Int64()]
	}
	return string(out)
}

// WellFormed says whether a text has the shape and the checksum of a secret.
func WellFormed(secret string) bool {
	body, ok := strings.CutPrefix(secret, Prefix)
	if !ok || len(body) != bitsDigits+sumDigits {
		return false
	}
	return checksum(body[:bitsDigits]) == body[bitsDigits:]
}

// Digest is what is kept of a secret: who reads the database cannot act with it.
func Digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func newSecret() string {
	var bits [32]byte
	rand.Read(bits[:])
	return Encode(bits)
}
