package credential_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/go-webauthn/webauthn/protocol"

	"transformateur/internal/account"
	"transformateur/internal/credential"
	"transformateur/internal/platform/errs"
)

// device is what keeps a passkey, written from Web Authentication Level 3 (§6.1, §6.5)
// and CTAP 2.1: one key, ES256, no attestation.
type device struct {
	t       *testing.T
	key     *ecdsa.PrivateKey
	id      []byte
	user    []byte
	rp      string
	origin  string
	counter uint32
	flags   byte
}

const (
	userPresent  = 0x01
	userVerified = 0x04
	backedUp     = 0x18 // eligible, and done
	hasKey       = 0x40
)

func newDevice(t *testing.T) *device {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d := &device{t: t, key: key, id: make([]byte, 32), rp: "appels.example.org", origin: base, flags: userPresent | userVerified | backedUp}
	rand.Read(d.id)
	return d
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (d *device) clientData(kind, challenge string) []byte {
	text, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": d.origin, "crossOrigin": false})
	if err != nil {
		d.t.Fatal(err)
	}
	return text
}

func (d *device) authData(flags byte, rest []byte) []byte {
	hash := sha256.Sum256([]byte(d.rp))
	return append(binary.BigEndian.AppendUint32(append(hash[:], flags), d.counter), rest...)
}

// bytesOf writes a CBOR byte string.
func bytesOf(b []byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0x59}, uint16(len(b))), b...)
}

// cose is the public key as RFC 9053 writes it: EC2, ES256, P-256.
func (d *device) cose() []byte {
	point, err := d.key.PublicKey.Bytes()
	if err != nil {
		d.t.Fatal(err)
	}
	out := []byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20}
	out = append(append(out, point[1:33]...), 0x22, 0x58, 0x20)
	return append(out, point[33:]...)
}

func (d *device) create(c credential.Challenge) string {
	options := c.Options.(protocol.PublicKeyCredentialCreationOptions)
	d.user = options.User.ID.(protocol.URLEncodedBase64)
	attested := append(make([]byte, 16), binary.BigEndian.AppendUint16(nil, uint16(len(d.id)))...)
	attested = append(append(attested, d.id...), d.cose()...)
	object := append([]byte{0xa3, 0x63}, "fmt"...)
	object = append(append(append(object, 0x64), "none"...), 0x67)
	object = append(append(append(object, "attStmt"...), 0xa0, 0x68), "authData"...)
	object = append(object, bytesOf(d.authData(d.flags|hasKey, attested))...)
	return d.json(map[string]any{"clientDataJSON": b64(d.clientData("webauthn.create", options.Challenge.String())), "attestationObject": b64(object), "transports": []string{"internal"}})
}

func (d *device) sign(c credential.Challenge) string {
	options := c.Options.(protocol.PublicKeyCredentialRequestOptions)
	client, data := d.clientData("webauthn.get", options.Challenge.String()), d.authData(d.flags, nil)
	hash := sha256.Sum256(client)
	sum := sha256.Sum256(append(data, hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, d.key, sum[:])
	if err != nil {
		d.t.Fatal(err)
	}
	return d.json(map[string]any{"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature), "userHandle": b64(d.user)})
}

func (d *device) json(response map[string]any) string {
	text, err := json.Marshal(map[string]any{"id": b64(d.id), "rawId": b64(d.id), "type": "public-key", "response": response, "clientExtensionResults": map[string]any{}})
	if err != nil {
		d.t.Fatal(err)
	}
	return string(text)
}

func answerOf(ceremony, response, name string) credential.Answer {
	return credential.Answer{Ceremony: ceremony, Response: response, Name: name, Device: "test", Next: "/applications"}
}

// withKey gives somebody a passkey.
func (w world) withKey(email string) (account.User, *device) {
	w.t.Helper()
	by, _ := w.weak(email)
	d := newDevice(w.t)
	c, err := w.OfferKey(ctx, by)
	w.must(err)
	token, err := w.KeepKey(ctx, by, answerOf(c.Ceremony, d.create(c), "Téléphone"))
	w.must(err)
	return w.who(token), d
}

func (w world) ask() credential.Challenge {
	w.t.Helper()
	c, err := w.AskKey(ctx, "192.0.2.1")
	w.must(err)
	return c
}

func TestPasskeySignsIn(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		by, d := w.withKey("ana@example.org")
		if by.Weak {
			t.Error("a key that checked its holder did not add a proof")
		}
		w.journaled("passkey.added", 1)
		w.told("ana@example.org", credential.ToldPasskeyAdded)
		w.clock.Advance(time.Hour)
		c := w.ask()
		response := d.sign(c)
		a, err := w.UseKey(ctx, account.User{}, answerOf(c.Ceremony, response, ""))
		w.must(err)
		if who := w.who(a.Token); who.ID != by.ID || who.Weak || a.Next != "/applications" {
			t.Errorf("signed in as %+v, to %s", who, a.Next)
		}
		_, err = w.UseKey(ctx, account.User{}, answerOf(c.Ceremony, response, ""))
		w.refused(err, errs.Invalid, "passkey=credential.passkey_late")
		keys, err := w.Passkeys(ctx, by)
		w.must(err)
		if len(keys) != 1 || keys[0].Name != "Téléphone" || !keys[0].Shared || !keys[0].LastUsedAt.Equal(w.clock.Now()) {
			t.Errorf("keys %+v", keys)
		}
		w.must(w.RenameKey(ctx, by, keys[0].ID, "  Clé  bleue "))
		w.refused(w.RenameKey(ctx, by, keys[0].ID, " "), errs.Invalid, "name=credential.name_missing")
		w.refused(w.RenameKey(ctx, by, "other", "x"), errs.NotFound, "errs.not_found")
		stranger, _ := w.weak("bob@example.org")
		w.refused(w.RemoveKey(ctx, stranger, keys[0].ID), errs.NotFound, "errs.not_found")
		w.must(w.RemoveKey(ctx, by, keys[0].ID))
		w.told("ana@example.org", credential.ToldPasskeyRemoved)
		c = w.ask()
		_, err = w.UseKey(ctx, account.User{}, answerOf(c.Ceremony, d.sign(c), ""))
		w.refused(err, errs.Invalid, "passkey=credential.passkey_refused")
		w.weak("ana@example.org") // the mail link always remains
	})
}

func TestPasskeyIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		_, d := w.withKey("ana@example.org")
		bob, _ := w.weak("bob@example.org")
		for _, c := range []struct {
			name  string
			spoil func(d *device, c *credential.Challenge)
			after time.Duration
			want  string
		}{
			{"as it should be", func(*device, *credential.Challenge) {}, 0, ""},
			{"who holds it was not checked", func(d *device, _ *credential.Challenge) { d.flags &^= userVerified }, 0, "passkey_refused"},
			{"nobody was there", func(d *device, _ *credential.Challenge) { d.flags &^= userPresent }, 0, "passkey_refused"},
			{"from another site", func(d *device, _ *credential.Challenge) { d.origin = "https://appels.example.com" }, 0, "passkey_refused"},
			{"for another site", func(d *device, _ *credential.Challenge) { d.rp = "example.com" }, 0, "passkey_refused"},
			{"over plain HTTP", func(d *device, _ *credential.Challenge) { d.origin = "http://appels.example.org" }, 0, "passkey_refused"},
			{"another key", func(d *device, _ *credential.Challenge) { d.key = newDevice(t).key }, 0, "passkey_refused"},
			{"in somebody else's name", func(d *device, _ *credential.Challenge) { d.user = []byte(bob.ID) }, 0, "passkey_refused"},
			{"nobody's name", func(d *device, _ *credential.Challenge) { d.user = []byte("nobody") }, 0, "passkey_refused"},
			{"no longer copied anywhere, suddenly", func(d *device, _ *credential.Challenge) { d.flags &^= backedUp }, 0, "passkey_refused"},
			{"an invented ceremony", func(_ *device, c *credential.Challenge) { c.Ceremony = "invented" }, 0, "passkey_late"},
			{"too late", func(*device, *credential.Challenge) {}, 5 * time.Minute, "passkey_late"},
		} {
			one, challenge := *d, w.ask()
			c.spoil(&one, &challenge)
			response := one.sign(challenge)
			w.clock.Advance(c.after)
			_, err := w.UseKey(ctx, account.User{}, answerOf(challenge.Ceremony, response, ""))
			if c.want == "" {
				w.must(err)
				continue
			}
			if !errs.Is(err, errs.Invalid) || !strings.HasSuffix(errs.KeyOf(err)+firstKey(err), c.want) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		c := w.ask()
		_, err := w.UseKey(ctx, account.User{}, answerOf(c.Ceremony, "{", ""))
		w.refused(err, errs.Invalid, "passkey=credential.passkey_refused")
		first, second := w.ask(), w.ask()
		_, err = w.UseKey(ctx, account.User{}, answerOf(second.Ceremony, d.sign(first), ""))
		w.refused(err, errs.Invalid, "passkey=credential.passkey_refused")
	})
}

func firstKey(err error) string {
	var e *errs.Error
	if asError(err, &e) && len(e.Fields) > 0 {
		return e.Fields[0].Key
	}
	return ""
}

// A key that counts backwards may have been copied: it opens nothing, and its owner is told.
func TestCopiedPasskey(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		_, d := w.withKey("ana@example.org")
		use := func(counter uint32) error {
			d.counter = counter
			c := w.ask()
			_, err := w.UseKey(ctx, account.User{}, answerOf(c.Ceremony, d.sign(c), ""))
			return err
		}
		w.must(use(7))
		w.refused(use(7), errs.Invalid, "passkey=credential.passkey_copied")
		w.refused(use(3), errs.Invalid, "passkey=credential.passkey_copied")
		w.told("ana@example.org", credential.ToldPasskeyCopied)
		w.journaled("passkey.copy_suspected", 2)
		w.must(use(8))
	})
}

func TestPasskeyIsKeptOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		ana, d := w.withKey("ana@example.org")
		offer := func(by account.User) credential.Challenge {
			c, err := w.OfferKey(ctx, by)
			w.must(err)
			return c
		}
		c := offer(ana)
		if ids := c.Options.(protocol.PublicKeyCredentialCreationOptions).CredentialExcludeList; len(ids) != 1 || string(ids[0].CredentialID) != string(d.id) {
			t.Errorf("the browser is not told which keys she has: %v", ids)
		}
		_, err := w.KeepKey(ctx, ana, answerOf(c.Ceremony, d.create(c), "encore"))
		w.refused(err, errs.Invalid, "passkey=credential.passkey_known")
		bob, _ := w.weak("bob@example.org")
		c = offer(ana)
		_, err = w.KeepKey(ctx, bob, answerOf(c.Ceremony, newDevice(t).create(c), "volée"))
		w.refused(err, errs.Invalid, "passkey=credential.passkey_late")
		c = offer(bob)
		unchecked := newDevice(t)
		unchecked.flags &^= userVerified
		_, err = w.KeepKey(ctx, bob, answerOf(c.Ceremony, unchecked.create(c), "sans code"))
		w.refused(err, errs.Invalid, "passkey=credential.passkey_refused")
		c = offer(bob)
		_, err = w.KeepKey(ctx, bob, answerOf(c.Ceremony, newDevice(t).create(c), strings.Repeat("a", 61)))
		w.refused(err, errs.Invalid, "name=credential.name_long")
		c = offer(bob)
		w.clock.Advance(5 * time.Minute)
		_, err = w.KeepKey(ctx, bob, answerOf(c.Ceremony, newDevice(t).create(c), "tard"))
		w.refused(err, errs.Invalid, "passkey=credential.passkey_late")
	})
}

func TestChallengesAreBoundedByNetwork(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		for range 300 {
			w.ask()
		}
		_, err := w.AskKey(ctx, "192.0.2.1")
		w.refused(err, errs.TooMany, "errs.too_many")
		_, err = w.AskKey(ctx, "192.0.2.2")
		w.must(err)
		w.clock.Advance(49 * time.Hour)
		w.must(w.Sweep(ctx))
		if n := w.count(`select count(*) from ceremonies`); n != 0 {
			t.Errorf("%d ceremonies are left", n)
		}
	})
}
