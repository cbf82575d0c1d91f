package boardtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/room"
	"transformateur/internal/platform/db"
)

// Kit is what the boards of a hall are made from: one zone, cards with a text, and a vote.
const Kit = `{"version":1,"id":"load","title":{"fr":"Charge"},"layout":"free","zones":[{"id":"z","title":{"fr":"Zone"}}],
 "cards":[{"id":"note","title":{"fr":"Note"},"fields":[{"id":"text","type":"text","label":{"fr":"Texte"}}]}],
 "phases":[{"id":"all","title":{"fr":"Tout"},"votes":["dots"]}],
 "votes":[{"id":"dots","title":{"fr":"Gommettes"},"kind":"dots","budget":5}]}`

// Token is the sign-in of a person of a hall.
func Token(n int) string { return fmt.Sprint("token-of-", n) }

// CardID is a card that a person of a hall may add.
func CardID(n int) string { return fmt.Sprintf("card%014d", n) }

// ClientID is a tab of a person of a hall.
func ClientID(n int) string { return fmt.Sprintf("client%014d", n) }

func personID(n int) string { return fmt.Sprintf("person%014d", n) }

// Hall puts in an empty install an open gathering of people, each signed in for a day, and
// so many boards. now is the present.
func Hall(ctx context.Context, d *db.DB, rooms *room.Service, now time.Time, people, count int) (boards []room.ID, err error) {
	k, err := kit.Parse([]byte(Kit))
	if err != nil {
		return nil, err
	}
	day := now.Format(time.DateOnly)
	err = d.Write(ctx, func(tx *db.Tx) error {
		for _, q := range []string{
			`insert into agencies (id, name_fr, name_en, about_fr, about_en, contact, created_at) values ('agence', 'Agence', 'Agency', '', '', '', $1)`,
			`insert into programmes (id, agency_id, name_fr, name_en, about_fr, about_en, created_at) values ('programme', 'agence', 'Programme', 'Programme', '', '', $1)`,
			`insert into editions (id, programme_id, name_fr, name_en, theme_fr, theme_en, about_fr, about_en, place, territory, zone, status, journey, version, created_at, published_at)
			 values ('edition', 'programme', 'Édition', 'Edition', '', '', '', '', '', '', 'Europe/Paris', 'published', 'regional', 1, $1, $1)`,
		} {
			if _, err := tx.Exec(ctx, q, now); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `insert into gatherings (id, edition_id, title, about, place, zone, starts_on, ends_on, status, join_code, version, created_at, created_by, opened_at)
			values ('session', 'edition', 'Session', '', '', 'Europe/Paris', $1, $1, 'open', 'CODECODE', 1, $2, 'system', $2)`, day, now)
		if err != nil {
			return err
		}
		for n := range people {
			if err := seated(ctx, tx, n, now); err != nil {
				return err
			}
		}
		boards = nil
		for n := range count {
			b, err := rooms.Make(ctx, tx, account.System, room.Board{Gathering: "session", Title: fmt.Sprint("Plateau ", n)}, k)
			if err != nil {
				return err
			}
			boards = append(boards, b.ID)
		}
		return nil
	})
	return boards, err
}

// seated is somebody who is signed in and has a seat.
func seated(ctx context.Context, tx *db.Tx, n int, now time.Time) error {
	sum := sha256.Sum256([]byte(Token(n)))
	id := personID(n)
	for _, q := range []struct {
		text string
		args []any
	}{
		{`insert into people (id, name, lang, zone, created_at) values ($1, $1, 'fr', 'Europe/Paris', $2)`, []any{id, now}},
		{`insert into logins (id, person_id, token_hash, created_at, last_seen_at, expires_at, device) values ($1, $2, $3, $4, $4, $5, 'load')`, []any{"login-" + id, id, hex.EncodeToString(sum[:]), now, now.Add(24 * time.Hour)}},
		{`insert into participants (id, gathering_id, person_id, email, name, role, organisation, added_by, added_at, joined_at, left_by, version) values ($1, 'session', $2, '', $2, 'peer', '', 'system', $3, $3, '', 1)`, []any{"seat-" + id, id, now}},
		{`insert into relations (id, subject_kind, subject_id, relation, object_kind, object_id, valid_from, granted_by, reason, granted_at) values ($1, 'person', $2, 'participant', 'gathering', 'session', $3, 'system', 'load', $3)`, []any{"seat-" + id, id, now}},
	} {
		if _, err := tx.Exec(ctx, q.text, q.args...); err != nil {
			return err
		}
	}
	return nil
}
