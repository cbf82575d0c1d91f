// Package transcript is a board written in one JSON file, and read again from it.
package transcript

import (
	"encoding/json"
	"io"
	"slices"

	"transformateur/internal/board/kit"
	"transformateur/internal/board/room"
)

// Version is the version of the format that this package reads and writes: docs/boards.md.
const Version = 1

// File is a board as somebody saw it when she wrote it down.
type File struct {
	Version int                        `json:"version"`
	Title   string                     `json:"title"`
	Variant string                     `json:"variant"`
	N       int64                      `json:"n"`
	Kit     json.RawMessage            `json:"kit"`
	People  map[string]room.Person     `json:"people"`
	Objects map[string]json.RawMessage `json:"objects"`
}

// Write writes the board that somebody sees: what is hidden from her is not in it.
func Write(w io.Writer, v room.Sight) error {
	keys := v.State.Keys(-1)
	set := map[string]json.RawMessage{}
	for _, o := range slices.Concat(v.State.Common(keys), v.State.Own(v.Seat.Participant, keys)) {
		set[o.Key] = o.JSON
	}
	people := map[string]room.Person{}
	for _, id := range append(v.State.People(), v.Seat.Participant) {
		if p, known := v.People[id]; known {
			people[id] = room.Person{Name: p.Name, Role: string(p.Role)}
		}
	}
	text, err := kitJSON(v.State.Kit())
	if err != nil {
		return err
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	return enc.Encode(File{Version: Version, Title: v.Board.Title, Variant: v.Board.Variant, N: v.State.N, Kit: text, People: people, Objects: set})
}

func kitJSON(k *kit.Kit) (json.RawMessage, error) { return json.Marshal(k) }
