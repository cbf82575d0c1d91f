package demo

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/project"
)

// planBoards opens the boards of the two days on their morning.
func (w *world) planBoards() {
	if w.moment != Confirmed {
		return
	}
	w.on(w.now.Add(-3*time.Hour), w.openBoards)
	w.on(w.now.Add(-150*time.Minute), w.fillBoards)
}

// instruments are the kits of the two days, in their order, with a board for each project.
var instruments = []string{"frise", "adn", "grandmix", "plan"}

// openBoards opens a board of each instrument for each project.
func (w *world) openBoards() error {
	lead := w.as("lead")
	list, err := w.app.Projects.List(w.ctx, lead, w.edition)
	if err != nil {
		return err
	}
	var ids []project.ID
	for _, p := range list {
		ids = append(ids, p.ID)
	}
	for _, id := range instruments {
		k, _ := kit.Find(id)
		if _, err := w.app.Boards.Create(w.ctx, lead, room.Asked{Gathering: w.gathering, Kit: id, Title: k.Title.In("fr"), Projects: ids}); err != nil {
			return fmt.Errorf("open the boards of %s: %w", id, err)
		}
	}
	return nil
}

// fillBoards has the facilitator write the first cards of each frise from what the file
// says, as she prepares it the evening before.
func (w *world) fillBoards() error {
	lead := w.as("lead")
	g, err := gathering.Load(w.ctx, w.app.DB.Reader(), w.gathering)
	if err != nil {
		return err
	}
	boards, err := w.app.Boards.Boards(w.ctx, lead, g)
	if err != nil {
		return err
	}
	for _, b := range boards {
		if b.KitID != "frise" {
			continue
		}
		if err := w.write(lead, b); err != nil {
			return fmt.Errorf("prepare board %s: %w", b.ID, err)
		}
	}
	return nil
}

// write puts on a board the moments that the project's life in the program gave.
func (w *world) write(by account.User, b room.Board) error {
	ops := []room.Sent{{Seq: 1, Op: board.Op{Kind: "phase.set", Target: "tell"}}}
	order := ""
	for _, said := range []string{"Dépôt du dossier", "Place confirmée", "Accélérateur des possibles"} {
		order = board.Between(order, "")
		text, err := json.Marshal(said)
		if err != nil {
			return err
		}
		value, err := json.Marshal(board.Added{Type: "moment", Fields: map[string]json.RawMessage{"text": text}, Place: board.Place{Zone: "done", Order: order}})
		if err != nil {
			return err
		}
		ops = append(ops, room.Sent{Seq: int64(len(ops) + 1), Op: board.Op{Kind: "card.add", Target: strings.ToLower(fmt.Sprintf("moment%d%s", len(ops)+1, string(b.ID)[:10])), Value: value}})
	}
	l, err := w.app.Boards.Enter(w.ctx, by, b.ID, "preparation"+string(b.ID)[:10], room.Nothing)
	if err != nil {
		return err
	}
	defer l.Leave()
	refused, err := l.Do(w.ctx, ops)
	for _, why := range refused {
		if err == nil {
			err = why
		}
	}
	return err
}
