package main

import (
	"context"

	"transformateur/internal/app"
	"transformateur/internal/board/boardtest"
	"transformateur/internal/board/room"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
)

// prepare makes an install with an open gathering of people, each signed in, and one
// board for each room.
func prepare(ctx context.Context, folder string, people, rooms int) ([]room.ID, error) {
	a, err := app.New(ctx, config.Config{Data: folder, Addr: "127.0.0.1:0", BaseURL: "http://127.0.0.1", Name: "Charge"}, clock.System{})
	if err != nil {
		return nil, err
	}
	defer a.Close()
	return boardtest.Hall(ctx, a.DB, a.Boards, clock.System{}.Now(), people, rooms)
}
