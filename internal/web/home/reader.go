package home

import (
	"context"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/review"
	"transformateur/internal/web/ui"
)

// readings are the selections whose files the person still has to review.
func (h *Handler) readings(ctx context.Context, user account.User, _ time.Time) ([]ui.Todo, error) {
	if h.Reviews == nil {
		return nil, nil
	}
	tasks, err := h.Reviews.Mine(ctx, user)
	left, first := map[string]int{}, map[string]review.Task{}
	var order []string
	for _, t := range tasks {
		id := string(t.Selection)
		if t.Done() || !t.Reading {
			continue
		}
		if left[id]++; left[id] == 1 {
			order, first[id] = append(order, id), t
		}
	}
	var out []ui.Todo
	for _, id := range order {
		t := first[id]
		todo := ui.Todo{Text: i18n.N(ctx, "home.todo_reviews", left[id]), About: t.Call.In(string(i18n.From(ctx))), URL: "/reviews"}
		if !t.DueAt.IsZero() {
			todo.Due = ui.Local(t.DueAt, t.Zone)
		}
		out = append(out, todo)
	}
	return out, err
}
