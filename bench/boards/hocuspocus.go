package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/coder/websocket"

	"transformateur/bench/served"
)

// The server to compare with, as its own guide sets it up: an SQLite file, and its own
// bounds for how long a change waits before it is stored.
//
//go:embed hocuspocus.mjs
var hocuspocusScript []byte

// startHocuspocus starts a Hocuspocus server of a folder where npm put it, and puts it
// there when the folder has none.
func startHocuspocus(ctx context.Context, folder, data string) (*served.Process, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "@hocuspocus", "server")); errors.Is(err, os.ErrNotExist) {
		install := exec.CommandContext(ctx, "npm", "install", "--prefix", folder, "@hocuspocus/server", "@hocuspocus/extension-sqlite")
		install.Stdout, install.Stderr = os.Stderr, os.Stderr
		if err := install.Run(); err != nil {
			return nil, fmt.Errorf("install: %w", err)
		}
	}
	script := filepath.Join(folder, "serve.mjs")
	if err := os.WriteFile(script, hocuspocusScript, 0o600); err != nil {
		return nil, err
	}
	return served.Run(exec.CommandContext(ctx, "node", script, data))
}

// yjs speaks with a document of a Hocuspocus server: a map whose keys are cards
// (messages of y-protocols, updates of Yjs in their first encoding).
type yjs struct {
	document string
	n        int
}

func (y *yjs) kind() websocket.MessageType { return websocket.MessageBinary }

// Kinds of messages: those of Hocuspocus, then those of y-protocols within its first.
const (
	kindSync       = 0
	kindAuth       = 2
	kindSyncStatus = 8
	syncFirst      = 0
	syncSecond     = 1
	syncUpdate     = 2
)

func (y *yjs) message(kinds ...uint64) []byte {
	b := varText(nil, y.document)
	for _, k := range kinds {
		b = binary.AppendUvarint(b, k)
	}
	return b
}

func (y *yjs) open(ctx context.Context, address string) (*websocket.Conn, error) {
	conn, _, err := websocket.Dial(ctx, strings.Replace(address, "http", "ws", 1), nil)
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(16 << 20)
	// Who asks, with an empty token; then what she has, which is nothing.
	for _, m := range [][]byte{varText(y.message(kindAuth, 0), ""), varBytes(y.message(kindSync, syncFirst), []byte{0})} {
		if err := conn.Write(ctx, websocket.MessageBinary, m); err != nil {
			return nil, err
		}
	}
	for {
		_, message, err := conn.Read(ctx)
		if err != nil {
			return nil, err
		}
		if bytes.HasPrefix(message, y.message(kindSync, syncSecond)) {
			return conn, nil
		}
	}
}

// write is an update that puts a text under her key, and marks the one before as removed:
// what Yjs sends for map.set. Her texts are the first structs of her client, one each.
func (y *yjs) write(seq int64, text string) []byte {
	client, clock := uint64(1000+y.n), uint64(seq-1)
	const any, withOrigin, withKey = 8, 1 << 7, 1 << 5
	u := binary.AppendUvarint(nil, 1)   // one client
	u = binary.AppendUvarint(u, 1)      // one struct of it
	u = binary.AppendUvarint(u, client) // whose
	u = binary.AppendUvarint(u, clock)  // from where
	if clock == 0 {
		u = append(u, any|withKey, 1) // its parent is a named type
		u = varText(u, "cards")
		u = varText(u, fmt.Sprint("card", y.n))
	} else {
		u = append(u, any|withKey|withOrigin)
		u = binary.AppendUvarint(binary.AppendUvarint(u, client), clock-1)
	}
	u = append(u, 1, 119) // one value, a text
	u = varText(u, text)
	if clock == 0 {
		u = append(u, 0)
	} else {
		u = append(u, 1) // the removals of one client, one range, of one
		u = binary.AppendUvarint(u, client)
		u = append(u, 1)
		u = append(binary.AppendUvarint(u, clock-1), 1)
	}
	return varBytes(y.message(kindSync, syncUpdate), u)
}

func (y *yjs) acknowledged(message []byte) int {
	if bytes.HasPrefix(message, y.message(kindSyncStatus, 1)) {
		return 1
	}
	return 0
}

func (y *yjs) ended([]byte) bool { return false }

func varBytes(b, content []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(content))), content...)
}

func varText(b []byte, text string) []byte { return varBytes(b, []byte(text)) }
