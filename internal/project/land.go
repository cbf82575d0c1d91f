package project

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/programme"
)

// Kind is what a card became in the file of a project.
type Kind string

// Kinds are those of items, in the order in which people read them: the same words as the
// outcomes of a kit.
var Kinds = []Kind{"pitch", "landmark", "lock", "need", "action", "contribution", "idea", "dimension"}

// Item is one thing that a card became.
type Item struct {
	ID         string
	Kind       Kind
	Title      string
	Detail     string
	Level      int64 // of a lock, of a dimension…; 0: none was said
	LevelLabel string
	Owner      string          // who takes it up, as the card says
	Due        string          // "2027-03-05", or ""
	Amount     *int64          // cents of euro
	Body       json.RawMessage // all the fields of the card; "{}" when empty
	Board      string
	Card       string
	By         string    // the participant who wrote the card
	Standing   bool      // false: the board took it back
	Done       time.Time // when an action was done; zero while it is not
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// same says whether a landing changes nothing of what is kept.
func (i Item) same(kept Item) bool {
	amount := i.Amount == nil && kept.Amount == nil || i.Amount != nil && kept.Amount != nil && *i.Amount == *kept.Amount
	return kept.Standing && amount && i.Title == kept.Title && i.Detail == kept.Detail && i.Level == kept.Level && i.LevelLabel == kept.LevelLabel && i.Owner == kept.Owner && i.Due == kept.Due && i.By == kept.By && bytes.Equal(i.Body, kept.Body)
}

const itemColumns = `i.id, i.kind, i.title, i.detail, coalesce(i.level, 0), i.level_label, i.owner, i.due, i.amount, i.body, i.board_id, i.card_id, i.made_by, i.state = 'standing', i.done_at, i.created_at, i.updated_at`

func scanItem(sc db.Scanner) (i Item, err error) {
	var body string
	err = sc.Scan(&i.ID, &i.Kind, &i.Title, &i.Detail, &i.Level, &i.LevelLabel, &i.Owner, &i.Due, &i.Amount, &body, &i.Board, &i.Card, &i.By, &i.Standing, &i.Done, &i.CreatedAt, &i.UpdatedAt)
	i.Body = json.RawMessage(body)
	return i, err
}

// landing counts what a batch did; it is what the journal keeps of it.
type landing struct{ added, changed, withdrawn int }

// Land makes the items of a project that come from a board those of list, in the
// transaction of the board's act: new ones are added, others follow their card, what the
// board gives no more is withdrawn. The same list again changes nothing. A card that goes
// from a project to another takes its item along. Whoever calls has decided that by may.
func (s *Service) Land(ctx context.Context, tx *db.Tx, by account.User, id ID, board string, list []Item) error {
	if err := tx.Lock(ctx, "project:"+string(id)); err != nil {
		return err
	}
	kept, err := db.List(ctx, tx, scanItem, `select `+itemColumns+` from project_items i where i.project_id = $1 and i.board_id = $2`, string(id), board)
	if err != nil {
		return fmt.Errorf("read what board %s gave project %s: %w", board, id, err)
	}
	type key struct {
		card string
		kind Kind
	}
	stands := map[key]Item{}
	for _, i := range kept {
		stands[key{i.Card, i.Kind}] = i
	}
	var did landing
	for _, i := range list {
		if !slices.Contains(Kinds, i.Kind) {
			return fmt.Errorf("land card %s: %q is no kind of item", i.Card, i.Kind)
		}
		if i.Board = board; len(i.Body) == 0 {
			i.Body = json.RawMessage("{}")
		}
		at := key{i.Card, i.Kind}
		was, known := stands[at]
		delete(stands, at)
		switch {
		case known && i.same(was):
			continue
		case known && was.Standing:
			did.changed++
		default:
			did.added++
		}
		if err := s.put(ctx, tx, id, i); err != nil {
			return err
		}
	}
	for _, i := range stands {
		if !i.Standing {
			continue
		}
		if _, err := tx.Exec(ctx, `update project_items set state = 'withdrawn', updated_at = $2 where id = $1`, i.ID, s.clock.Now()); err != nil {
			return fmt.Errorf("withdraw item %s: %w", i.ID, err)
		}
		did.withdrawn++
	}
	if did == (landing{}) {
		return nil
	}
	return s.note(ctx, tx, by, "project.landed", id, map[string]any{"board": board, "added": did.added, "changed": did.changed, "withdrawn": did.withdrawn})
}

func (s *Service) put(ctx context.Context, tx *db.Tx, id ID, i Item) error {
	var level any
	if i.Level != 0 {
		level = i.Level
	}
	_, err := tx.Exec(ctx, `
		insert into project_items (id, project_id, kind, title, detail, level, level_label, owner, due, amount, body, board_id, card_id, state, made_by, created_at, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'standing', $14, $15, $15)
		on conflict (board_id, card_id, kind) do update set project_id = excluded.project_id, title = excluded.title, detail = excluded.detail, level = excluded.level, level_label = excluded.level_label,
		  owner = excluded.owner, due = excluded.due, amount = excluded.amount, body = excluded.body, state = 'standing', made_by = excluded.made_by, updated_at = excluded.updated_at`,
		db.NewID(), string(id), string(i.Kind), i.Title, i.Detail, level, i.LevelLabel, i.Owner, i.Due, i.Amount, string(i.Body), i.Board, i.Card, i.By, s.clock.Now())
	if err != nil {
		return fmt.Errorf("land card %s on project %s: %w", i.Card, id, err)
	}
	return nil
}

// ItemsOf lists what stands in a project, by kind, the oldest first, without asking who
// wants it.
func ItemsOf(ctx context.Context, r db.Reader, id ID) ([]Item, error) {
	list, err := db.List(ctx, r, scanItem, `select `+itemColumns+` from project_items i where i.project_id = $1 and i.state = 'standing' order by i.created_at, i.id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the items of project %s: %w", id, err)
	}
	slices.SortStableFunc(list, func(a, b Item) int { return slices.Index(Kinds, a.Kind) - slices.Index(Kinds, b.Kind) })
	return list, nil
}

// ItemsIn lists, by project, what stands in the projects of an edition, as ItemsOf does for one
// of them.
func ItemsIn(ctx context.Context, r db.Reader, edition programme.EditionID) (map[ID][]Item, error) {
	all := map[ID][]Item{}
	_, err := db.List(ctx, r, func(sc db.Scanner) (of ID, err error) {
		i, err := scanItem(tail{sc, &of})
		all[of] = append(all[of], i)
		return of, err
	}, `select `+itemColumns+`, i.project_id from project_items i join projects p on p.id = i.project_id where p.edition_id = $1 and i.state = 'standing' order by i.created_at, i.id`, string(edition))
	if err != nil {
		return nil, fmt.Errorf("list the items of the projects of %s: %w", edition, err)
	}
	for _, list := range all {
		slices.SortStableFunc(list, func(a, b Item) int { return slices.Index(Kinds, a.Kind) - slices.Index(Kinds, b.Kind) })
	}
	return all, nil
}

// tail scans one more column, after those that somebody else asks for.
type tail struct {
	db.Scanner
	last any
}

// Scan scans the columns that are asked for, then the last one.
func (t tail) Scan(dest ...any) error { return t.Scanner.Scan(append(dest, t.last)...) }
