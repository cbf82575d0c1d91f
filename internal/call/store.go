package call

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

const columns = `c.id, c.edition_id, e.programme_id, p.agency_id, coalesce(c.stage_id, ''), c.title_fr, c.title_en, c.summary_fr, c.summary_en,
	c.text_fr, c.text_en, c.status, c.phase, c.zone, c.opens_at, c.closes_at, c.sealed, c.unseal_at, c.unsealed_at, coalesce(c.target, 0),
	c.legal, c.form_revision, c.version, c.created_at, c.published_at`

const tables = `calls c join editions e on e.id = c.edition_id join programmes p on p.id = e.programme_id`

func scanCall(s db.Scanner) (c Call, err error) {
	var legal, titleFR, titleEN, summaryFR, summaryEN, textFR, textEN string
	err = s.Scan(&c.ID, &c.EditionID, &c.ProgrammeID, &c.AgencyID, &c.StageID, &titleFR, &titleEN, &summaryFR, &summaryEN,
		&textFR, &textEN, &c.Status, &c.Phase, &c.Zone, &c.OpensAt, &c.ClosesAt, &c.Sealed, &c.UnsealAt, &c.UnsealedAt, &c.Target,
		&legal, &c.Revision, &c.Version, &c.CreatedAt, &c.PublishedAt)
	if err != nil {
		return c, err
	}
	c.Title, c.Summary, c.Text = localised(titleFR, titleEN), localised(summaryFR, summaryEN), localised(textFR, textEN)
	if err := json.Unmarshal([]byte(legal), &c.Legal); err != nil {
		return c, fmt.Errorf("read the legal block of call %s: %w", c.ID, err)
	}
	return c, nil
}

func localised(fr, en string) form.Localised {
	l := form.Localised{}
	if fr != "" {
		l["fr"] = fr
	}
	if en != "" {
		l["en"] = en
	}
	return l
}

// Load reads a call without asking who wants it: for other capabilities, which
// ask the policy about their own objects.
func Load(ctx context.Context, r db.Reader, id ID) (Call, error) {
	return db.Get(ctx, r, scanCall, `select `+columns+` from `+tables+` where c.id = $1`, string(id))
}

// LoadAll is Load for several calls at once; those that do not exist are left out.
func LoadAll(ctx context.Context, r db.Reader, ids []ID) (map[ID]Call, error) {
	out := map[ID]Call{}
	var marks []string
	var args []any
	for _, id := range ids {
		if _, twice := out[id]; !twice {
			args = append(args, string(id))
			marks = append(marks, fmt.Sprint("$", len(args)))
			out[id] = Call{}
		}
	}
	clear(out)
	if len(args) == 0 {
		return out, nil
	}
	list, err := db.List(ctx, r, scanCall, `select `+columns+` from `+tables+` where c.id in (`+strings.Join(marks, ", ")+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("load %d calls: %w", len(args), err)
	}
	for _, c := range list {
		out[c.ID] = c
	}
	return out, nil
}

func insert(ctx context.Context, tx *db.Tx, c Call) error {
	legal, err := json.Marshal(c.Legal)
	if err != nil {
		return fmt.Errorf("write the legal block: %w", err)
	}
	var stage any
	if c.StageID != "" {
		stage = c.StageID
	}
	_, err = tx.Exec(ctx, `
		insert into calls (id, edition_id, stage_id, title_fr, title_en, summary_fr, summary_en, text_fr, text_en, status, phase, zone,
			opens_at, closes_at, sealed, unseal_at, target, legal, form_revision, last_number, version, created_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12, $13, $14, $15, $16, $17, 0, 0, 1, $18)`,
		string(c.ID), c.EditionID, stage, c.Title["fr"], c.Title["en"], c.Summary["fr"], c.Summary["en"], c.Text["fr"], c.Text["en"],
		string(Draft), c.Zone, c.OpensAt, c.ClosesAt, c.Sealed, c.UnsealAt, c.Target, string(legal), c.CreatedAt)
	if err != nil {
		return fmt.Errorf("insert call %s: %w", c.ID, err)
	}
	return nil
}

// update saves what may change before and after publication; dates have their own acts once published.
func update(ctx context.Context, tx *db.Tx, c Call, base int64) error {
	legal, err := json.Marshal(c.Legal)
	if err != nil {
		return fmt.Errorf("write the legal block: %w", err)
	}
	n, err := tx.Exec(ctx, `
		update calls set title_fr = $3, title_en = $4, summary_fr = $5, summary_en = $6, text_fr = $7, text_en = $8, zone = $9,
			opens_at = $10, closes_at = $11, sealed = $12, unseal_at = $13, target = $14, legal = $15, version = version + 1
		where id = $1 and version = $2`,
		string(c.ID), base, c.Title["fr"], c.Title["en"], c.Summary["fr"], c.Summary["en"], c.Text["fr"], c.Text["en"], c.Zone,
		c.OpensAt, c.ClosesAt, c.Sealed, c.UnsealAt, c.Target, string(legal))
	if err != nil {
		return fmt.Errorf("update call %s: %w", c.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "call.changed_meanwhile")
	}
	return nil
}

func markPublished(ctx context.Context, tx *db.Tx, id ID, at time.Time) error {
	n, err := tx.Exec(ctx, `update calls set status = 'published', published_at = $2, version = version + 1 where id = $1 and status = 'draft'`, string(id), at)
	if err != nil {
		return fmt.Errorf("publish call %s: %w", id, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "call.already_published")
	}
	return nil
}

// postpone moves the deadline; the where clause refuses one that another person moved meanwhile.
func postpone(ctx context.Context, tx *db.Tx, c Call, to time.Time) error {
	n, err := tx.Exec(ctx, `
		update calls set closes_at = $3, unseal_at = case when unseal_at < $3 then $3 else unseal_at end, version = version + 1
		where id = $1 and closes_at = $2 and status = 'published'`, string(c.ID), c.ClosesAt, to)
	if err != nil {
		return fmt.Errorf("extend call %s: %w", c.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "call.changed_meanwhile")
	}
	return nil
}

// Columns maps the policy's questions to the columns of a query over calls c,
// editions e and programmes p; now is the placeholder of the instant.
func Columns(now string) policy.Columns {
	return policy.Columns{Kind: "call", ID: "c.id", State: "c.status", Stage: StageSQL("c", now),
		Within: map[string]string{"edition": "c.edition_id", "programme": "e.programme_id", "agency": "p.agency_id"},
		Flags:  map[string]string{"unsealed": UnsealedSQL("c", now)}}
}
